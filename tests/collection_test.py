"""Deleting frees the disk while the server runs; the collector can be watched, paused and asked; quotas refuse in the clients' words."""
import pathlib
import secrets
import shutil
import tempfile
import time

import pytest

from berth_client import Server
from support import clients
from support.oci import Image, Repository, digest_of, tar
from support.operating import operate
from support.programs import refused, succeeded
from support.raw import Raw

QUICK = {"collection-interval": "1s", "collection-push-time": "1s", "collection-delay": "1s", "collection-grace": "1s"}


@pytest.fixture(scope="module")
def quick(berth, tmp_path_factory):
    with Server(berth, tmp_path_factory.mktemp("collection") / "data", QUICK) as server:
        server.admin().post("/api/v1/registries/berth/spaces", {"name": "shop"}, expect=201)
        yield server


def objects(server):
    return {path.name for path in (server.directory / "blobs" / "blobs").glob("*/*/*") if path.is_file()}


def until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def test_a_deleted_image_gives_its_bytes_back(quick):
    admin = quick.admin()
    repository = Repository(admin, "shop/web")
    image, kept = Image([tar({"a": b"deleted"})]), Image([tar({"b": b"kept"})])
    repository.push_image(image, "1")
    repository.push_image(kept, "2")
    before = admin.get("/api/v1/registries/berth/spaces/shop").json["logical_bytes"]
    assert repository.delete_manifest(image.digest).status == 202
    gone = {digest.split(":")[1] + ".1" for digest in image.blobs if digest not in kept.blobs}
    until(lambda: not gone & objects(quick))
    assert all(repository.get_blob(digest).status == 200 for digest in kept.blobs)
    assert all(repository.get_blob(digest).status == 404 for digest in image.blobs if digest not in kept.blobs)
    assert admin.get("/api/v1/registries/berth/spaces/shop").json["logical_bytes"] < before
    until(lambda: admin.get("/api/v1/collection").json["last_run"]["state"] == "succeeded")
    runs = admin.items("/api/v1/collection/runs")
    assert sum(run["progress"].get("bytes_freed", 0) for run in runs) >= sum(len(image.blobs[d]) for d in image.blobs if d not in kept.blobs)
    assert admin.items(f"/api/v1/collection/runs/{runs[0]['id']}/log")
    assert "berth_collection_freed_bytes_total" in admin.get("/metrics").body.decode()
    repository.push_image(image, "1")
    assert all(repository.get_blob(digest).status == 200 for digest in image.blobs)


def test_what_was_collected_is_not_written_again_by_the_next_start(berth, tmp_path):
    """Small blobs lie in a journal, too, which a start reads."""
    with Server(berth, tmp_path / "data", QUICK) as server:
        server.admin().post("/api/v1/registries/berth/spaces", {"name": "shop"}, expect=201)
        repository, image = Repository(server.admin(), "shop/web"), Image([tar({"a": b"small"})])
        repository.push_image(image, "1")
        assert repository.delete_manifest(image.digest).status == 202
        until(lambda: not objects(server))
        assert server.stop() == 0
        server.start()
        assert server.stop() == 0
        done = operate(berth, "fsck", settings=server.settings)
        assert done.returncode == 0, done.stdout + done.stderr


def test_paused_it_only_says_what_it_would_do(quick):
    admin = quick.admin()
    repository = Repository(admin, "shop/paused")
    image = Image([tar({"a": b"paused"})])
    repository.push_image(image, "1")
    assert admin.patch("/api/v1/collection", {"paused": True}, expect=200).json["paused"]
    repository.delete_manifest(image.digest)
    preview = admin.get("/api/v1/collection/preview", expect=200).json
    assert preview["complete"] and preview["bytes"] >= sum(map(len, image.blobs.values()))
    run = admin.post("/api/v1/collection/runs", expect=202).json
    assert admin.get(f"/api/v1/collection/runs/{run['id']}").json["state"] == "waiting"
    assert all(repository.get_blob(digest).status == 200 for digest in image.blobs)
    admin.patch("/api/v1/collection", {"paused": False}, expect=200)
    until(lambda: admin.get("/api/v1/collection/preview").json["bytes"] == 0)
    assert all(repository.get_blob(digest).status == 404 for digest in image.blobs)


@pytest.fixture
def client(request):
    """In a directory with a short name: docker's daemon has sockets there."""
    work = pathlib.Path(tempfile.gettempdir()) / f"berth-{secrets.token_hex(4)}"
    made = clients.ALL[request.param](work)
    yield made
    made.stop()
    shutil.rmtree(work, ignore_errors=True)


@pytest.mark.parametrize("name, client", [(name, name) for name in ("docker", "podman", "skopeo")], indirect=["client"])
def test_a_full_space_refuses_in_words_that_the_client_shows(name, client, quick, tmp_path):
    admin = quick.admin()
    space = f"full-{name}"
    admin.post("/api/v1/registries/berth/spaces", {"name": space, "quota_bytes": 100}, expect=201)
    Image([tar({"a": b"too much"})]).write_layout(tmp_path / "image", "1")
    reference, login = f"{admin.host}/{space}/web:1", ("admin", quick.password)
    words = refused(client.push((tmp_path / "image", "1"), reference, login)).stderr
    assert f"the quota of space {space} is used up" in words and "ask a platform administrator" in words
    assert admin.get(f"/api/v1/registries/berth/spaces/{space}").json["logical_bytes"] == 0
    admin.patch(f"/api/v1/registries/berth/spaces/{space}", {"quota_bytes": None}, expect=200)
    succeeded(client.push((tmp_path / "image", "1"), reference, login))


def in_one_request(admin, name, content, *framing, body=None):
    """A push by POST alone, of a client that sends all it has and then reads the answer."""
    with Raw(admin) as connection:
        connection.head(f"POST /v2/{name}/blobs/uploads/?digest={digest_of(content)} HTTP/1.1", "Content-Type: application/octet-stream", *framing)
        return connection.send(content if body is None else body).reply()


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_push_in_one_request_is_cut_off_by_the_quota_and_reserves_nothing(chunked, quick):
    admin = quick.admin()
    quota, space = 1 << 20, f"cut-{'chunked' if chunked else 'length'}"
    admin.post("/api/v1/registries/berth/spaces", {"name": space, "quota_bytes": quota}, expect=201)
    content = bytes(8 << 20)  # of which the socket's buffers cannot hold all
    if chunked:
        reply = in_one_request(admin, f"{space}/web", content, "Transfer-Encoding: chunked", body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content))
    else:
        reply = in_one_request(admin, f"{space}/web", content, f"Content-Length: {len(content)}")
    assert reply.status == 403 and reply.json["errors"][0]["code"] == "DENIED", reply
    words = reply.json["errors"][0]["message"]
    assert f"the quota of space {space} is used up: it holds 0 bytes of 1.0 MiB" in words and "ask a platform administrator" in words
    assert admin.get(f"/api/v1/registries/berth/spaces/{space}").json["logical_bytes"] == 0
    assert list((quick.directory / "blobs" / "uploads").rglob("*")) == []
    whole = bytes(quota)  # to the last byte
    assert in_one_request(admin, f"{space}/web", whole, f"Content-Length: {quota}").status == 201
    assert Repository(admin, f"{space}/web").start().status == 403


def test_a_workspace_shows_its_use_and_its_quota(quick):
    admin = quick.admin()
    admin.post("/api/v1/workspaces", {"name": "retail", "quota_bytes": 1 << 20}, expect=201)
    admin.post("/api/v1/registries/berth/spaces", {"name": "owned", "owner_workspace": "retail"}, expect=201)
    Repository(admin, "owned/web").push_image(Image([tar({"a": b"owned"})]), "1")
    shown = admin.get("/api/v1/workspaces/retail").json
    assert shown["quota_bytes"] == 1 << 20
    assert 0 < shown["logical_bytes"] == admin.get("/api/v1/registries/berth/spaces/owned").json["logical_bytes"]
    admin.patch("/api/v1/workspaces/retail", {"quota_bytes": 1}, expect=200)
    reply = Repository(admin, "owned/more").start()
    assert reply.status == 403 and reply.json["errors"][0]["code"] == "DENIED"
    assert "workspace retail is used up" in reply.json["errors"][0]["message"]
