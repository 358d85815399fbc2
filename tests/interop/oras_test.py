"""oras-go, the library of oras, helm and notation, by a small client of ours (oras/main.go), against the running server."""
import json
import os

import pytest
from support.oci import Repository, expect, push_layout, verify
from support.programs import refused, succeeded
from support.traffic import Traffic

SPACE = "retail-apps/oras"
SBOM = "application/vnd.example.sbom"


@pytest.fixture
def oras(binaries, home):
    return lambda *arguments, **more: home.run(binaries / "oras-client", "-plain-http", "-config", home.directory / "logins.json", *arguments, **more)


@pytest.fixture
def logged_in(oras, world, alice):
    succeeded(oras("login", world.admin.host, alice[0], text_in=alice[1]))
    return f"{world.admin.host}/{SPACE}"


@pytest.fixture
def artifact(tmp_path):
    """Two files to push."""
    paths = [tmp_path / "chart.bin", tmp_path / "notes.txt"]
    for path in paths:
        path.write_bytes(os.urandom(100_000))
    return paths


def test_wrong_password_is_refused(oras, world):
    world.add_user("oras-user")
    refused(oras("login", world.admin.host, "oras-user", text_in="wrong"))


def test_pull_without_rights_is_refused(oras, world, layout, tmp_path):
    push_layout(world.user("alice"), f"{SPACE}/private", layout[1], "1")
    refused(oras("pull", f"{world.admin.host}/{SPACE}/private:1", tmp_path / "pulled"))


def test_anonymous_pull_of_a_public_image(oras, world, layout):
    push_layout(world.admin, "base/oras", layout[1], "1")
    assert succeeded(oras("tags", f"{world.admin.host}/base/oras")).stdout.split() == ["1"]


def test_push_and_pull_files(oras, world, logged_in, artifact, tmp_path):
    digest = succeeded(oras("push", f"{logged_in}/files:1", "application/vnd.example.chart", *artifact)).stdout.strip()
    (found,) = verify(world.user("alice"), f"{SPACE}/files", "1").items()
    assert (found[0], found[1]["artifactType"]) == (digest, "application/vnd.example.chart")
    succeeded(oras("pull", f"{logged_in}/files:1", tmp_path / "pulled"))
    assert [(tmp_path / "pulled" / path.name).read_bytes() for path in artifact] == [path.read_bytes() for path in artifact]


def test_index_of_platforms(oras, world, logged_in, index_layout):
    succeeded(oras("push-layout", f"{logged_in}/platforms:1", index_layout, "1"))
    assert len(verify(world.user("alice"), f"{SPACE}/platforms", "1")) == 3


def test_copy_mounts(oras, world, logged_in, layout):
    image, directory = layout
    succeeded(oras("push-layout", f"{logged_in}/first:1", directory, "1"))
    traffic = Traffic(world.admin)
    succeeded(oras("copy", f"{logged_in}/first:1", f"{logged_in}/second:1"))
    assert traffic.answered("POST", Traffic.UPLOADS, 201) == len(image.blobs)
    assert traffic.received() < 1 << 16
    assert verify(world.user("alice"), f"{SPACE}/first", "1") == verify(world.user("alice"), f"{SPACE}/second", "1")


def test_referrers_are_attached_and_discovered(oras, world, logged_in, layout, artifact):
    push_layout(world.user("alice"), f"{SPACE}/signed", layout[1], "1")
    attached = succeeded(oras("attach", f"{logged_in}/signed:1", SBOM, *artifact)).stdout.strip()
    line = succeeded(oras("discover", f"{logged_in}/signed:1")).stdout.strip()
    digest, kind, annotations = line.split(" ", 2)
    assert (digest, kind) == (attached, SBOM)
    assert json.loads(annotations)["org.example.by"] == "oras-go"
    succeeded(oras("delete", f"{logged_in}/signed@{attached}"))
    assert succeeded(oras("discover", f"{logged_in}/signed:1")).stdout == ""


def test_tags_come_in_pages(oras, world, logged_in, layout):
    image, directory = layout
    repository = Repository(world.user("alice"), f"{SPACE}/tags")
    push_layout(repository.client, repository.name, directory, "1")
    wanted = ["1"] + [f"v{number}" for number in range(20)]
    for tag in wanted[1:]:
        expect(repository.put_manifest(tag, image.manifest, image.document["mediaType"]), 201)
    assert sorted(succeeded(oras("tags", f"{logged_in}/tags")).stdout.split()) == sorted(wanted)


def test_repositories_come_in_pages(oras, world, logged_in, layout):
    for number in range(8):
        push_layout(world.user("alice"), f"{SPACE}/catalogued-{number}", layout[1], "1")
    push_layout(world.admin, "vault/hidden-from-oras", layout[1], "1")
    listed = succeeded(oras("repositories", world.admin.host)).stdout.split()
    assert {f"{SPACE}/catalogued-{number}" for number in range(8)} <= set(listed)
    assert "vault/hidden-from-oras" not in listed and len(listed) == len(set(listed))


def test_delete(oras, world, logged_in, layout):
    push_layout(world.user("alice"), f"{SPACE}/deleted", layout[1], "1")
    succeeded(oras("delete", f"{logged_in}/deleted:1"))
    expect(Repository(world.user("alice"), f"{SPACE}/deleted").head_manifest("1"), 404)


def test_seek_asks_for_the_rest_alone(oras, world, logged_in):
    content = bytes(range(256)) * 4096
    digest = Repository(world.user("alice"), f"{SPACE}/seek").push_blob(content).headers["Docker-Content-Digest"]
    traffic = Traffic(world.admin)
    printed = succeeded(oras("seek", f"{logged_in}/seek", digest, "1000000", "64")).stdout
    assert printed.encode("utf-8", "surrogateescape") == content[1000000:1000064]
    assert traffic.answered("GET", Traffic.BLOB, 206) == 1


def test_32_at_once(oras, world, logged_in, crowd, tmp_path):
    def push_and_copy(number, image, directory):
        succeeded(oras("push-layout", f"{logged_in}/crowd-{number}:1", directory, "1"))
        succeeded(oras("copy", f"{logged_in}/crowd-{number}:1", f"{logged_in}/crowd-all:{number}"))
        assert list(verify(world.user("alice"), f"{SPACE}/crowd-all", str(number))) == [image.digest]

    crowd(push_and_copy)
