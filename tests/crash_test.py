"""Promises 1, 2 and 5 of a running server: killed at any moment, with its database gone, with its disk full. Everything that was
answered for with 201 is there afterwards, nothing half-written is, and nobody repairs anything by hand.

BERTH_CRASH_KILLS (20) and BERTH_CRASH_SEED (1) set how often it is killed, and when: scripts/test kills it a few times, a night 500 times.
"""
import os
import random
import subprocess
import time

import pytest

from berth_client import Server
from support import postgres
from support.oci import digest_of
from support.operating import operate
from support.pushers import GONE, Promises, Pusher, broken_promises, half_written, unresumable

KILLS = int(os.environ.get("BERTH_CRASH_KILLS", "20"))
SEED = int(os.environ.get("BERTH_CRASH_SEED", "1"))
REPOSITORIES = ("apps/web", "apps/api", "apps/shared", "apps/shared")
CHECKED = 100  # promises held against the server after each kill: the latest ones; at the end, fsck reads everything


def wait_until(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.002)


class Stage:
    def __init__(self, server, seed=SEED):
        self.server, self.random, self.promises = server, random.Random(seed), Promises()
        self.nonsense, self.acknowledged, self.resumed = [], 0, 0
        server.admin().post("/api/v1/registries/berth/spaces", {"name": "apps"}, expect=201)

    def push_until(self, more, then):
        """Pushes from several clients at once; `then()` comes when so many more answers have come in, in the middle of the next ones."""
        pushers = [Pusher(self.server.admin(), repository, self.random.random(), self.promises) for repository in REPOSITORIES]
        for each in pushers:
            each.start()
        try:
            wait_until(lambda: sum(each.acknowledged for each in pushers) >= more, "the pushes do not come forward")
            then()
        finally:
            for each in pushers:
                each.stopping.set()
            for each in pushers:
                each.join(60)
                assert not each.is_alive()
                self.nonsense += each.nonsense
                self.acknowledged += each.acknowledged
        self.promises.quiet()

    def check(self):
        client = self.server.admin()
        assert self.nonsense == []
        self.promises.forget_older(CHECKED)
        self.resumed += len(self.promises.uploads)
        assert unresumable(client, self.promises) == []
        assert broken_promises(client, self.promises) == []
        assert half_written(client, set(REPOSITORIES)) == []

    def be_killed(self, kills):
        for _ in range(kills):
            self.push_until(self.random.randrange(1, 40), self.server.kill)
            self.server.start()
            self.check()

    def check_all_in_peace(self, berth):
        """Stopped in order: every blob read, every counter counted. Objects that no row speaks of are what a kill may leave."""
        assert self.server.stop() == 0
        done = operate(berth, "fsck", "--repair", "--read-data", settings=self.server.settings)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [line for line in done.stdout.splitlines()[:-1] if not line.startswith("orphan: ")] == []


@pytest.fixture(scope="module")
def cluster():
    with postgres.cluster() as running:
        yield running


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_at_any_moment(berth, tmp_path, database, request, record_property):
    settings = {}
    if database == "postgresql":
        cluster = request.getfixturevalue("cluster")
        postgres.create(cluster("killed"))
        settings = {"database": cluster("killed")}
    with Server(berth, tmp_path / "data", settings) as server:
        stage = Stage(server)
        stage.be_killed(KILLS)
        stage.check_all_in_peace(berth)
    for name in ("acknowledged", "resumed"):
        record_property(name, getattr(stage, name))
    print(f"\n{KILLS} kills on {database}, {stage.acknowledged} answers held, {stage.resumed} uploads resumed")


def test_the_database_goes_away_and_comes_back(berth, tmp_path, cluster):
    """The server goes on running: it says 503 meanwhile, and needs no restart."""
    postgres.create(cluster("lost"))
    with Server(berth, tmp_path / "data", {"database": cluster("lost")}) as server:
        stage = Stage(server)
        process = server.process.pid
        for _ in range(3):
            stage.push_until(stage.random.randrange(1, 40), cluster.stop)
            try:
                refused = server.admin().post("/v2/apps/web/blobs/uploads/", b"")
                assert refused.status == 503 and "Retry-After" in refused.headers, refused
                assert server.admin().get("/readyz").status == 503
            finally:
                cluster.start()
            wait_until(lambda: server.admin().get("/readyz").status == 200, "the server does not find its database again")
            stage.check()
        assert server.process.pid == process
        stage.check_all_in_peace(berth)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 48 MiB. Mounting takes root, as the tests of other users' directories do."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk_refuses_clearly_and_recovers_when_there_is_room(berth, small_disk):
    spare = small_disk / "spare"
    spare.write_bytes(bytes(8 << 20))
    with Server(berth, small_disk / "data") as server:
        client, promises = server.admin(), Promises()
        client.post("/api/v1/registries/berth/spaces", {"name": "apps"}, expect=201)
        numbers = random.Random(SEED)
        refusals = 0
        while refusals < 20:
            content = numbers.randbytes(numbers.choice((1000, 300_000, 3 << 20)))
            reply = client.post(f"/v2/apps/web/blobs/uploads/?digest={digest_of(content)}", content)
            if reply.status == 201:
                promises.blob("apps/web", content)
                continue
            refusals += 1
            assert reply.status == 503 and "Retry-After" in reply.headers, reply
            assert reply.json["errors"][0]["code"] == "UNAVAILABLE", reply
        assert len(promises.blobs) > 5
        assert broken_promises(client, promises) == []
        spare.unlink()
        content = numbers.randbytes(3 << 20)
        client.post(f"/v2/apps/web/blobs/uploads/?digest={digest_of(content)}", content, expect=201)
        promises.blob("apps/web", content)
        assert broken_promises(client, promises) == []
        assert server.stop() == 0
    done = operate(berth, "fsck", "--repair", "--read-data", settings=server.settings)
    assert done.returncode == 0, done.stdout
    assert [line for line in done.stdout.splitlines()[:-1] if not line.startswith("orphan: ")] == []


def test_a_server_that_is_gone_is_what_the_pushers_are_made_for():
    """The test's own ear: what http.client throws at a closed connection must be one of GONE, or a pusher dies silently."""
    import http.client
    assert issubclass(http.client.RemoteDisconnected, GONE) and issubclass(ConnectionRefusedError, GONE)
