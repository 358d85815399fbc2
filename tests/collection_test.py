"""Deleting frees the disk while the server runs; the collector can be watched, paused and asked; quotas refuse in the clients' words."""
import time

import pytest

from berth_client import Server
from support import clients
from support.oci import Image, Repository, tar
from support.programs import refused, succeeded

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


@pytest.mark.parametrize("name", ["skopeo", "podman"])
def test_a_full_space_refuses_in_words_that_the_client_shows(name, quick, tmp_path):
    admin = quick.admin()
    space = f"full-{name}"
    admin.post("/api/v1/registries/berth/spaces", {"name": space, "quota_bytes": 100}, expect=201)
    Image([tar({"a": b"too much"})]).write_layout(tmp_path / "image", "1")
    client = clients.ALL[name](tmp_path / "client")
    reference, login = f"{admin.host}/{space}/web:1", ("admin", quick.password)
    words = refused(client.push((tmp_path / "image", "1"), reference, login)).stderr
    assert f"the quota of space {space} is used up" in words and "ask a platform administrator" in words
    assert admin.get(f"/api/v1/registries/berth/spaces/{space}").json["logical_bytes"] == 0
    admin.patch(f"/api/v1/registries/berth/spaces/{space}", {"quota_bytes": None}, expect=200)
    succeeded(client.push((tmp_path / "image", "1"), reference, login))


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
