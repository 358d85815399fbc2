"""client x verb: each cell is one test, done by the real client on the running server and checked from the other side by plain HTTP.

A cell exists where the client has the verb (support/clients.py); the table is printed after the tests.
"""
import json

import pytest
from support import clients
from support.oci import Repository, expect, push_layout, verify
from support.programs import refused, succeeded
from support.proxy import Proxy
from support.traffic import Traffic

CUT = 3 << 20  # in the middle of the big layer


def who_can(verb):
    return pytest.mark.parametrize("client", [name for name, kind in clients.ALL.items() if hasattr(kind, verb)], indirect=True)


def config_of(source, architecture="amd64"):
    """The digest of a layout's image configuration: what a client that pulled it must have."""
    layout, tag = source
    blob = lambda digest: json.loads((layout / "blobs" / "sha256" / digest.split(":")[1]).read_bytes())  # noqa: E731
    manifest = blob(json.loads((layout / "index.json").read_bytes())["manifests"][0]["digest"])
    for child in manifest.get("manifests", []):
        if child["platform"]["architecture"] == architecture:
            return blob(child["digest"])["config"]["digest"]
    return manifest["config"]["digest"]


@pytest.fixture
def place(world, client):
    """A repository of the test's own: where clients reach it, and its name."""
    name = f"retail-apps/by-{client.binary.rsplit('/', 1)[-1]}"
    return f"{world.admin.host}/{name}", name


@who_can("login")
def test_login(client, world, seeded, web, alice):
    succeeded(client.login(world.admin.host, *alice))
    assert client.pull(f"{seeded}/web:1.2") == config_of(web), "the login is kept and let a private image be pulled"


@who_can("logout")
def test_logout(client, world, seeded, alice):
    succeeded(client.login(world.admin.host, *alice))
    succeeded(client.logout(world.admin.host))
    refused(client.fetch(f"{seeded}/web:1.2"))


@who_can("push")
def test_push(client, world, place, web, alice):
    succeeded(client.push(web, f"{place[0]}/pushed:1.2", alice))
    (manifest,) = verify(world.user("alice"), f"{place[1]}/pushed", "1.2").values()
    assert len(manifest["layers"]) == 2


@who_can("pull")
def test_pull(client, seeded, web, alice):
    assert client.pull(f"{seeded}/web:1.2", alice) == config_of(web)


@who_can("pull")
def test_anonymous_pull(client, seeded_in_public, web):
    """The image is in a public space, and nobody is logged in."""
    if hasattr(client, "logout"):
        client.logout(seeded_in_public.split("/")[0])
    assert client.pull(f"{seeded_in_public}/web:1.2") == config_of(web)


@who_can("push_all")
def test_push_of_many_platforms(client, world, place, base, alice):
    succeeded(client.push_all(base, f"{place[0]}/platforms:1.0", alice))
    found = verify(world.user("alice"), f"{place[1]}/platforms", "1.0")
    (index,) = [document for document in found.values() if "manifests" in document]
    assert sorted(child["platform"]["architecture"] for child in index["manifests"]) == ["amd64", "arm64"]
    assert len(found) == 3


@who_can("pull_platform")
def test_pull_of_one_platform(client, seeded, alice):
    assert client.pull_platform(f"{seeded}/base:1.0", "arm64", alice) == "arm64"


@who_can("copy")
def test_mount_from_another_repository(client, world, place, big, alice):
    traffic = Traffic(world.admin)
    succeeded(client.copy(big, f"{place[0]}/first:1", f"{place[0]}/second:1", alice))
    assert traffic.answered("POST", Traffic.UPLOADS, 201) >= 1, "no mount was accepted"
    assert traffic.received() < 12 << 20, "the 8 MiB of the layer came once"
    assert verify(world.user("alice"), f"{place[1]}/first", "1") == verify(world.user("alice"), f"{place[1]}/second", "1")


@who_can("tags")
def test_list_of_tags(client, world, place, web, alice):
    repository = Repository(world.user("alice"), f"{place[1]}/many-tags")
    wanted = sorted(f"v{number}" for number in range(30))
    digest = push_web(repository, web)
    for tag in wanted:
        expect(repository.put_manifest(tag, *digest), 201)
    assert sorted(client.tags(f"{place[0]}/many-tags", alice)) == wanted


@who_can("search")
def test_search(client, world, seeded, web, alice):
    push_layout(world.admin, "vault/seeded/hidden", *web)
    found = client.search(world.admin.host, "seeded", alice)
    assert {f"retail-apps/seeded/{name}" for name in ("base", "big", "web")} <= set(found)
    assert not [name for name in found if name.startswith("vault/")], "what alice may not pull is not listed"


@who_can("delete")
def test_delete(client, world, place, web, alice):
    repository = Repository(world.user("alice"), f"{place[1]}/deleted")
    expect(repository.put_manifest("1.2", *push_web(repository, web)), 201)
    succeeded(client.delete(f"{place[0]}/deleted:1.2", alice))
    expect(repository.head_manifest("1.2"), 404)


@who_can("push")
def test_wrong_password_is_refused(client, world, place, web):
    login = client.binary.rsplit("/", 1)[-1] + "-user"  # one for each client: failed logins slow an account down
    world.add_user(login)
    if hasattr(client, "login"):
        refused(client.login(world.admin.host, login, "wrong"))
    refused(client.push(web, f"{place[0]}/wrong:1.2", (login, "wrong")))
    expect(Repository(world.admin, f"{place[1]}/wrong").tags(), 404)


@who_can("fetch")
def test_pull_without_rights_is_refused(client, world, seeded, alice):
    refused(client.fetch(f"{seeded}/web:1.2", world.credentials["bench"]))
    assert verify(world.user("alice"), "retail-apps/seeded/web", "1.2"), "it is there for others"


@who_can("push")
def test_push_without_rights_is_refused(client, world, place, web):
    refused(client.push(web, f"{place[0]}/refused:1.2", ("bob", world.PASSWORD)))
    expect(Repository(world.admin, f"{place[1]}/refused").tags(), 404)


@who_can("push")
def test_push_after_a_cut(client, world, place, big, alice):
    with Proxy(world.admin.host) as proxy:
        reference = f"{proxy.host}/{place[1]}/cut:1"
        proxy.cut(Proxy.UP, CUT)
        done = client.push(big, reference, alice)
        assert proxy.cuts == 1, done
        if done.returncode != 0:  # not every client tries again by itself; its user does
            succeeded(client.push(big, reference, alice))
    assert verify(world.user("alice"), f"{place[1]}/cut", "1")


@who_can("fetch")
def test_pull_after_a_cut(client, world, seeded, big, alice):
    traffic = Traffic(world.admin)
    with Proxy(world.admin.host) as proxy:
        reference = f"{proxy.host}/retail-apps/seeded/big:1"
        proxy.cut(Proxy.DOWN, CUT)
        done = client.fetch(reference, alice)  # some try again by themselves, some leave that to their user
        assert proxy.cuts == 1, done
        assert client.pull(reference, alice) == config_of(big)
    if client.resumes:
        assert traffic.answered("GET", Traffic.BLOB, 206) == 1, "the client went on where it was cut"


@who_can("push")
def test_push_and_pull_over_https(client, started, secure, web):
    server, ca, credentials = secure
    trusting = started(client.binary.rsplit("/", 1)[-1], ca)
    host = server.addresses["https"].split("//")[1]
    succeeded(trusting.push(web, f"{host}/secure/web:1.2", credentials))
    assert trusting.pull(f"{host}/secure/web:1.2", credentials) in {
        document["config"]["digest"] for document in verify(server.admin("https"), "secure/web", "1.2").values()}


def push_web(repository, web):
    """Blobs by plain HTTP; gives what put_manifest takes."""
    layout, _ = web
    entry = json.loads((layout / "index.json").read_bytes())["manifests"][0]
    content = (layout / "blobs" / "sha256" / entry["digest"].split(":")[1]).read_bytes()
    document = json.loads(content)
    for blob in (document["config"], *document["layers"]):
        repository.push_blob((layout / "blobs" / "sha256" / blob["digest"].split(":")[1]).read_bytes())
    return content, entry["mediaType"]
