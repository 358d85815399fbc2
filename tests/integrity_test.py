"""What who runs the server does about its data: backups while it runs, restores, checks, and what happens when a disk forgets."""
import contextlib
import sqlite3

import pytest

from berth_client import Server
from support import postgres
from support.operating import operate
from support.pushers import Promises, Pusher, broken_promises, half_written
from support.registry import push_blob, push_image

LAYER = b"a layer " * 40_000


def object_file(server, digest, generation=1):
    algorithm, value = digest.split(":")
    return server.directory / "blobs" / "blobs" / algorithm / value[:2] / f"{value}.{generation}"


def make_space(server, name="apps"):
    server.admin().post("/api/v1/registries/berth/spaces", {"name": name}, expect=201)


@pytest.fixture
def registry(berth, tmp_path):
    with Server(berth, tmp_path / "data") as server:
        make_space(server)
        yield server


def restored(berth, tmp_path, backup, registry, database=None):
    settings = {"data-dir": str(tmp_path / "restored"), **({"database": database} if database else {})}
    done = operate(berth, "restore", backup, settings=settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return Server(berth, tmp_path / "restored", {**settings, "administrator-password": registry.password})


class TestBackup:
    def test_of_a_running_server_comes_back_elsewhere(self, berth, tmp_path, registry):
        client = registry.admin()
        push_image(client, "apps/web", "1", LAYER)
        promises = Promises()
        pusher = Pusher(client, "apps/busy", 1, promises)
        pusher.start()
        try:
            for _ in range(3):
                done = operate(berth, "backup", tmp_path / "backup", settings=registry.settings)
                assert done.returncode == 0, done.stderr
        finally:
            pusher.stopping.set()
            pusher.join(60)
        assert "secrets key" in done.stdout
        done = operate(berth, "backup", tmp_path / "backup", settings=registry.settings)
        assert done.returncode == 0, done.stderr
        images = client.items("/api/v1/images")  # before the pulls, which are counted when their interval is over
        manifest = client.get("/v2/apps/web/manifests/1").body
        with restored(berth, tmp_path, tmp_path / "backup", registry) as other:
            other.wait_until_ready()
            again = other.admin()
            assert again.items("/api/v1/images") == images
            assert again.get("/v2/apps/web/manifests/1").body == manifest
            assert broken_promises(again, promises) == []
            assert half_written(again, ["apps/web", "apps/busy"]) == []
            assert again.items("/api/v1/audit?limit=1000") == client.items("/api/v1/audit?limit=1000")
            push_image(again, "apps/web", "2", b"goes on")

    def test_leaves_the_running_server_its_log(self, berth, tmp_path, registry):
        """A second process on SQLite's files must never take itself for the last one: the server's next commits would go nowhere."""
        promises, client = Promises(), registry.admin()
        for n in range(3):
            push_blob(client, "apps/web", b"%d" % n)
            promises.blob("apps/web", b"%d" % n)
            assert operate(berth, "backup", tmp_path / "backup", settings=registry.settings).returncode == 0
        push_blob(client, "apps/web", b"last")
        promises.blob("apps/web", b"last")
        registry.kill()
        registry.start()
        assert broken_promises(registry.admin(), promises) == []

    def test_moves_a_server_to_postgresql(self, berth, tmp_path, registry):
        push_image(registry.admin(), "apps/web", "1", LAYER)
        assert operate(berth, "backup", tmp_path / "backup", settings=registry.settings).returncode == 0
        with postgres.cluster() as cluster:
            postgres.create(cluster("moved"))
            with restored(berth, tmp_path, tmp_path / "backup", registry, cluster("moved")) as other:
                again = other.admin()
                assert half_written(again, ["apps/web"]) == []
                push_image(again, "apps/web", "2", b"goes on")
                assert sorted(again.get("/v2/apps/web/tags/list").json["tags"]) == ["1", "2"]

    def test_a_token_given_before_is_good_after(self, berth, tmp_path, registry):
        body = {"name": "ci", "grants": {"api": "read"}}
        token = registry.admin().post("/api/v1/me/tokens", body, expect=201).json["secret"]
        assert operate(berth, "backup", tmp_path / "backup", settings=registry.settings).returncode == 0
        with restored(berth, tmp_path, tmp_path / "backup", registry) as other:
            other.admin().anonymous().bearer(token).get("/api/v1/me/robots", expect=200)

    def test_a_damaged_one_is_refused(self, berth, tmp_path, registry):
        push_image(registry.admin(), "apps/web", "1", LAYER)
        assert operate(berth, "backup", tmp_path / "backup", settings=registry.settings).returncode == 0
        largest = max((tmp_path / "backup" / "blobs").rglob("*.1"), key=lambda path: path.stat().st_size)
        largest.write_bytes(b"B" + largest.read_bytes()[1:])
        done = operate(berth, "restore", tmp_path / "backup", settings={"data-dir": tmp_path / "restored"})
        assert done.returncode == 3 and "damaged" in done.stderr and largest.name.split(".")[0] in done.stderr, done
        assert [entry.name for entry in (tmp_path / "restored").iterdir()] == ["lock"]

    def test_a_directory_in_use_takes_no_restore(self, berth, tmp_path, registry):
        assert operate(berth, "backup", tmp_path / "backup", settings=registry.settings).returncode == 0
        done = operate(berth, "restore", tmp_path / "backup", settings=registry.settings)
        assert done.returncode == 3 and "in use" in done.stderr, done
        assert registry.stop() == 0
        done = operate(berth, "restore", tmp_path / "backup", settings=registry.settings)
        assert done.returncode == 3 and "not empty" in done.stderr, done

    def test_wrong_usage(self, berth, tmp_path):
        for words in (("backup",), ("restore",), ("backup", tmp_path, "--no-such-setting=1")):
            assert operate(berth, *words, settings={}).returncode == 2, words
        done = operate(berth, "backup", tmp_path / "backup", settings={"data-dir": tmp_path / "nowhere"})
        assert done.returncode == 3 and str(tmp_path / "nowhere") in done.stderr, done
        assert not (tmp_path / "nowhere").exists()
        assert operate(berth, "fsck", "--help", settings={}).returncode == 0


class TestFsck:
    def test_refuses_while_the_server_runs(self, berth, registry):
        done = operate(berth, "fsck", settings=registry.settings)
        assert done.returncode == 3 and f"process {registry.process.pid}" in done.stderr, done

    def test_finds_and_repairs(self, berth, registry):
        push_image(registry.admin(), "apps/web", "1", LAYER)
        assert registry.stop() == 0
        assert operate(berth, "fsck", settings=registry.settings).returncode == 0
        with contextlib.closing(sqlite3.connect(registry.directory / "berth.db")) as database, database:
            database.execute("UPDATE repositories SET tag_count = 9")
        done = operate(berth, "fsck", settings=registry.settings)
        assert done.returncode == 1 and "counter: apps/web: tag_count is 9, counted 1" in done.stdout, done
        assert operate(berth, "fsck", "--repair", settings=registry.settings).returncode == 0
        assert operate(berth, "fsck", settings=registry.settings).returncode == 0


class TestScrub:
    def wait(self, client):
        while (status := client.get("/api/v1/scrub", expect=200).json)["state"] == "running":
            pass
        return status

    def test_finds_quarantines_tells_and_the_next_push_heals(self, registry):
        client = registry.admin()
        push_image(client, "apps/web", "1", LAYER)
        digest = push_blob(client, "apps/web", LAYER)
        path = object_file(registry, digest)
        path.write_bytes(LAYER[:-1] + b"!")
        client.post("/api/v1/scrub", {}, expect=202)
        status = self.wait(client)
        assert (status["state"], status["damaged"], status["quarantined"]) == ("finished", 1, 1), status
        (found,) = client.items("/api/v1/damaged-blobs")
        assert (found["digest"], found["damage"], found["affected"]) == (digest, "content", ["apps/web:1"])
        assert "berth_scrub_damaged_total 1" in client.get("/metrics").body.decode()
        assert client.head(f"/v2/apps/web/blobs/{digest}").status == 404
        push_blob(client, "apps/web", LAYER)
        assert client.get(f"/v2/apps/web/blobs/{digest}").body == LAYER
        assert client.items("/api/v1/damaged-blobs") == []

    def test_goes_on_after_a_kill(self, registry):
        client = registry.admin()
        for n in range(20):
            push_blob(client, "apps/web", b"%d" % n + LAYER)
        client.post("/api/v1/scrub", {"bytes_per_second": 2 << 20}, expect=202)
        registry.kill()
        registry.start()
        assert self.wait(registry.admin())["objects"] == 20

    def test_a_lost_file_is_found_by_who_pulls(self, registry):
        client = registry.admin()
        digest = push_blob(client, "apps/web", LAYER)
        object_file(registry, digest).unlink()
        assert client.get(f"/v2/apps/web/blobs/{digest}").status == 503
        assert client.head(f"/v2/apps/web/blobs/{digest}").status == 404
        push_blob(client, "apps/web", LAYER)
        assert client.get(f"/v2/apps/web/blobs/{digest}").body == LAYER
