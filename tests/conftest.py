"""Fixtures of the black-box tests: the binary, a running server, and a small world in it."""
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts" / "lib"), str(ROOT / "tests")]

pytest.register_assert_rewrite("support")  # its failed assertions say what was compared, too

from berth_client import Server  # noqa: E402
from support.cli import Cli  # noqa: E402
from support.world import World  # noqa: E402


@pytest.fixture(scope="session")
def berth():
    binary = pathlib.Path(os.environ.get("BERTH_BINARY", ROOT / "build" / "release" / "src" / "app" / "berth"))
    assert binary.exists(), f"{binary} is not built: run scripts/run --build-only"
    return binary


@pytest.fixture(scope="module")
def server(berth, tmp_path_factory):
    with Server(berth, tmp_path_factory.mktemp("server") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def admin(server):
    return server.admin()


@pytest.fixture(scope="module")
def world(server):
    """Workspaces retail and lab, their people, namespaces, and spaces of every kind (support/world.py)."""
    return World(server)


@pytest.fixture
def cli(berth, tmp_path):
    return Cli(berth, tmp_path)


@pytest.fixture
def admin_cli(cli, server):
    return cli.login(server.url, "admin", server.password)
