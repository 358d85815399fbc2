"""The push commands that Berth prints for clients that Debian does not package, run as they stand (the others: tests/clients)."""
import os

import pytest
from support.oci import verify
from support.programs import succeeded


@pytest.fixture
def printed(world):
    """The lines for a client, with a temporary login of their own."""

    def lines(client, repository, tag):
        made = world.user("alice").post("/api/v1/registries/berth/spaces/retail-apps/temporary-login",
                                        {"repository": repository, "tag": tag}, expect=201).json
        (found,) = [entry["lines"] for entry in made["commands"] if entry["client"] == client]
        return found

    return lines


@pytest.fixture
def run_lines(home, binaries):
    def run(lines, **variables):
        for line in lines:
            succeeded(home.run("sh", "-c", line, PATH=f"{binaries}:{home.environment['PATH']}", **variables))

    return run


def test_oras(printed, run_lines, world, home):
    (home.directory / "notes.txt").write_bytes(os.urandom(1000))
    run_lines(printed("oras", "printed/oras", "2.0"), FILE="notes.txt")
    assert verify(world.user("alice"), "retail-apps/printed/oras", "2.0")


def test_helm(printed, run_lines, world, home):
    source = home.directory / "shop"
    source.mkdir()
    (source / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 2.0.0\n")
    run_lines([f"helm package {source}"] + printed("helm", "printed/shop", "2.0.0"), CHART_FILE="shop-2.0.0.tgz")
    assert verify(world.user("alice"), "retail-apps/printed/shop", "2.0.0")
