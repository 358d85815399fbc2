"""Fixtures of the real clients, and the table that is printed at the end: client by verb."""
import os
import pathlib
import re
import secrets
import shutil
import tempfile

import images as real_images
import pytest
from berth_client import Server
from support import clients
from support.oci import LAYER_GZIP, Image, push_layout, tar

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CELL = re.compile(r"clients/table_test\.py::test_(\w+)\[(\w+)\]")
CELLS = {}  # (verb, client) -> "pass" or "fail"


@pytest.fixture(scope="session")
def work():
    """A directory with a short name (daemons have their sockets in it), emptied at the end."""
    # podman takes a layout's path for an image's name: tempfile's random ones are now and then none (berth-_x).
    directory = pathlib.Path(tempfile.gettempdir()) / f"berth-{secrets.token_hex(4)}"
    directory.mkdir(mode=0o700)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def images():
    return real_images.build(ROOT / "build" / "images")


@pytest.fixture(scope="session")
def web(images):
    """One platform, two layers."""
    return images / "web", "1.2"


@pytest.fixture(scope="session")
def base(images):
    """amd64 and arm64 under one index."""
    return images / "base", "1.0"


@pytest.fixture(scope="session")
def big(work):
    """An image with one layer of 8 MiB that no compression makes smaller: long enough to be cut in the middle."""
    image = Image([tar({"big": os.urandom(8 << 20)})], media_type=LAYER_GZIP)
    image.write_layout(work / "big", "1")
    return work / "big", "1"


@pytest.fixture(scope="session")
def started(work):
    """Clients by name, started when they are first asked for."""
    running = {}

    def start(name, ca=None):
        key = name if ca is None else f"{name}-tls"
        if key not in running:
            running[key] = clients.ALL[name](work / key, ca)
        return running[key]

    yield start
    for client in running.values():
        client.stop()


@pytest.fixture
def client(request, started):
    client = started(request.param)
    client.forget()
    return client


@pytest.fixture(scope="module")
def alice(world):
    """Administrator of retail: pushes to retail-apps, deletes there."""
    return "alice", world.PASSWORD


@pytest.fixture(scope="module")
def seeded(world, web, base, big):
    """The images in retail-apps, pushed by plain HTTP: what pulls start from."""
    for name, source in (("web", web), ("base", base), ("big", big)):
        push_layout(world.user("alice"), f"retail-apps/seeded/{name}", *source)
    return f"{world.admin.host}/retail-apps/seeded"


@pytest.fixture(scope="module")
def seeded_in_public(world, web):
    push_layout(world.admin, "base/seeded/web", *web)
    return f"{world.admin.host}/base/seeded"


@pytest.fixture(scope="session")
def secure(berth, work):
    """A server that speaks HTTPS alone, with a certificate authority of its own; the authority's directory; who may push to `secure`."""
    with Server(berth, work / "secure", {"listen": "", "tls-listen": "127.0.0.1:0"}) as server:
        (work / "ca").mkdir()
        shutil.copy(work / "secure" / "tls" / "ca.crt", work / "ca" / "ca.crt")
        server.admin("https").post("/api/v1/registries/berth/spaces", {"name": "secure"}, expect=201)
        yield server, work / "ca", ("admin", server.password)


def pytest_runtest_logreport(report):
    cell = CELL.search(report.nodeid)
    if cell and (report.when == "call" or report.failed):
        CELLS[cell.groups()] = "fail" if report.failed or CELLS.get(cell.groups()) == "fail" else "pass"


def pytest_terminal_summary(terminalreporter):
    if not CELLS:
        return
    verbs = list(dict.fromkeys(verb for verb, _ in CELLS))
    width = max(map(len, verbs))
    terminalreporter.section("clients by verb")
    terminalreporter.line(f"{'':<{width}}  " + "".join(f"{name:<9}" for name in clients.ALL))
    for verb in verbs:
        row = "".join(f"{CELLS.get((verb, name), '-'):<9}" for name in clients.ALL)
        terminalreporter.line(f"{verb.replace('_', ' '):<{width}}  {row}".rstrip())
    terminalreporter.line("-: the client has no such verb")
