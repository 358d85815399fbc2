"""A connection that breaks in the middle of a push or a pull: the client tries again by itself, or its user does, and nothing is left half done."""
import pytest
from support.oci import image_layout, push_layout, verify
from support.programs import succeeded
from support.proxy import Proxy

SIZE, CUT = 16 << 20, 6 << 20
SPACE = "retail-apps/cut"

# login (the password on standard input), push of an OCI layout's tag 1, pull into a directory
COMMANDS = {
    "crane": (lambda host, user: ("auth", "login", host, "--username", user, "--password-stdin"),
              lambda layout, reference: ("push", layout, reference),
              lambda reference, directory: ("pull", "--format", "oci", reference, directory)),
    "oras": (lambda host, user: ("login", "--plain-http", host, "--username", user, "--password-stdin"),
             lambda layout, reference: ("cp", "--from-oci-layout", f"{layout}:1", "--to-plain-http", reference),
             lambda reference, directory: ("cp", "--from-plain-http", reference, "--to-oci-layout", f"{directory}:1")),
}


@pytest.fixture(params=COMMANDS)
def client(request, binaries, home):
    """Three functions that run the client: login, push, pull."""

    def runner(command):
        return lambda *arguments, **more: home.run(binaries / request.param, *command(*arguments), **more)

    return [runner(command) for command in COMMANDS[request.param]]


@pytest.fixture
def proxy(world):
    with Proxy(world.admin.host) as running:
        yield running


def test_push_after_a_cut(client, proxy, world, alice, tmp_path):
    login, push, _ = client
    _, layout = image_layout(tmp_path / "big", SIZE)
    succeeded(login(proxy.host, alice[0], text_in=alice[1]))
    proxy.cut(Proxy.UP, CUT)
    done = push(layout, f"{proxy.host}/{SPACE}/pushed:1")
    assert proxy.cuts == 1, done
    if done.returncode != 0:
        succeeded(push(layout, f"{proxy.host}/{SPACE}/pushed:1"))
    assert verify(world.user("alice"), f"{SPACE}/pushed", "1")


def test_pull_after_a_cut(client, proxy, world, alice, tmp_path):
    login, _, pull = client
    image, layout = image_layout(tmp_path / "big", SIZE)
    push_layout(world.user("alice"), f"{SPACE}/pulled", layout, "1")
    succeeded(login(proxy.host, alice[0], text_in=alice[1]))
    proxy.cut(Proxy.DOWN, CUT)
    done = pull(f"{proxy.host}/{SPACE}/pulled:1", tmp_path / "back")
    assert proxy.cuts == 1, done
    if done.returncode != 0:
        succeeded(pull(f"{proxy.host}/{SPACE}/pulled:1", tmp_path / "back"))
    for digest, content in image.blobs.items():
        assert (tmp_path / "back" / "blobs" / "sha256" / digest.split(":")[1]).read_bytes() == content
