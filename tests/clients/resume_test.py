"""An upload that is cut goes on where the server has it: what a client that knows the specification does (GET the upload, PATCH the rest)."""
import os

from support.oci import Repository, digest_of, expect
from support.proxy import Proxy


def test_an_upload_goes_on_after_a_cut(world):
    content = os.urandom(8 << 20)
    repository = Repository(world.user("alice"), "retail-apps/resumed")
    location = expect(repository.start(), 202).headers["Location"]
    with Proxy(world.admin.host) as proxy:
        proxy.cut(Proxy.UP, 5 << 20)
        try:
            Repository(through(proxy, repository.client), repository.name).chunk(location, content, 0)
        except OSError:
            pass  # the cut
        assert proxy.cuts == 1
    received = settled(repository, location)
    assert 1 << 20 < received <= 5 << 20, "what arrived is kept"
    expect(repository.chunk(location, content[received:], received), 202)
    expect(repository.close(location, digest_of(content)), 201)
    assert expect(repository.get_blob(digest_of(content)), 200).body == content


def through(proxy, client):
    return type(client)(f"http://{proxy.host}", client.authorization)


def settled(repository, location):
    """How much the server has, once it has noticed the cut: before that the upload is busy, or has what its last request left (0-0)."""
    for _ in range(500):
        status = repository.status(location)
        received = int(status.headers["Range"].split("-")[1]) + 1 if status.status == 204 else 0
        if received > 1:
            return received
    raise AssertionError(f"the upload stays busy: {status!r}")
