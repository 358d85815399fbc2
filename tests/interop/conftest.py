"""Fixtures for clients that Debian does not package: scripts/interop builds them and says where they are."""
import concurrent.futures
import os
import pathlib
import shutil

import pytest
from support.oci import INDEX, Image, descriptor, dumps, image_layout, tar
from support.programs import Home

CROWD = 32


@pytest.fixture(scope="session")
def binaries():
    directory = os.environ.get("BERTH_INTEROP_BIN")
    assert directory, "run scripts/interop: it builds the clients"
    return pathlib.Path(directory)


@pytest.fixture
def home(tmp_path):
    """A home directory without logins, for one test."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="module")
def alice(world):
    return "alice", world.PASSWORD


@pytest.fixture
def layout(tmp_path):
    """An image of two layers as an OCI layout: (image, directory), tagged 1."""
    return image_layout(tmp_path / "layout")


@pytest.fixture
def index_layout(tmp_path):
    """amd64 and arm64 under one index, tagged 1: the directory."""
    directory = tmp_path / "index-layout"
    entries = []
    for architecture in ("amd64", "arm64"):
        image = Image([tar({"platform": architecture.encode()})], architecture)
        image.write_layout(directory, architecture)
        entries.append(descriptor(image.manifest, image.document["mediaType"], platform={"os": "linux", "architecture": architecture}))
    index = dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
    entry = descriptor(index, INDEX, annotations={"org.opencontainers.image.ref.name": "1"})
    (directory / "blobs" / "sha256" / entry["digest"].split(":")[1]).write_bytes(index)
    (directory / "index.json").write_bytes(dumps({"schemaVersion": 2, "manifests": [entry]}))
    return directory


@pytest.fixture
def crowd(tmp_path):
    """Runs `task(number, image, directory)` in 32 threads, each with an image of its own; the first failure is raised."""

    def run(task):
        def one(number):
            directory = tmp_path / f"crowd-{number}"
            task(number, *image_layout(directory, 1 << 16))
            shutil.rmtree(directory)

        with concurrent.futures.ThreadPoolExecutor(CROWD) as pool:
            list(pool.map(one, range(CROWD)))

    return run
