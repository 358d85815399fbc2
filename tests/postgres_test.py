"""What a push promises on PostgreSQL, seen from outside: durable before its 201, and no push waits for another one's disk."""
import concurrent.futures
import time

import pytest

from berth_client import Server
from support import postgres
from support.oci import IMAGE, Image, Repository, tar


@pytest.fixture
def cluster():
    with postgres.cluster() as running:
        yield running


@pytest.fixture
def server(berth, tmp_path, cluster):
    postgres.create(cluster("berth"))
    with Server(berth, tmp_path / "data", {"database": cluster("berth")}) as running:
        yield running


def wait_until(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


@pytest.fixture
def stalled(cluster, server):
    """From begin() to end() no commit is durable: the standby that has to confirm it never comes."""

    class Stalled:
        @staticmethod
        def set(standbys):
            postgres.run(cluster("postgres"), f"ALTER SYSTEM SET synchronous_standby_names = '{standbys}'")

        def begin(self):
            self.set("nobody")
            cluster.stop()  # a new start, since nobody tells when a setting that is loaded again has come everywhere
            cluster.start()
            wait_until(lambda: server.admin().get("/readyz").status == 200, "the server does not find its database again")

        def end(self):
            self.set("")
            postgres.run(cluster("postgres"), "SELECT pg_reload_conf()")

    return Stalled()


@pytest.mark.parametrize("hosts", ["", "&target_session_attrs=any"], ids=["primary", "any"])
def test_a_server_that_becomes_a_standby_is_a_lost_database(berth, tmp_path, cluster, hosts):
    """503 until there is a primary again, and then by itself: also where the URI takes a standby for good."""
    postgres.create(cluster("berth"))
    with Server(berth, tmp_path / "data", {"database": cluster("berth") + hosts}) as server:
        admin = server.admin()
        admin.post("/api/v1/registries/berth/spaces", {"name": "apps"}, expect=201)
        cluster.stop()
        cluster.become_standby()
        for _ in range(3):
            refused = admin.post("/v2/apps/web/blobs/uploads/", b"")
            assert refused.status == 503 and "Retry-After" in refused.headers, refused
        cluster.promote()
        wait_until(lambda: admin.post("/v2/apps/web/blobs/uploads/", b"").status == 202, "the server does not find the primary")


def test_pushes_into_one_repository_do_not_wait_for_each_others_disk(server, stalled):
    admin = server.admin()
    admin.post("/api/v1/registries/berth/spaces", {"name": "apps"}, expect=201)
    repository, image = Repository(admin, "apps/web"), Image([tar({"a": b"one"})])
    repository.push_image(image, "0")
    tags = [f"t{number}" for number in range(4)]
    stalled.begin()
    with concurrent.futures.ThreadPoolExecutor(len(tags)) as pool:
        try:
            pushes = [pool.submit(repository.put_manifest, tag, image.manifest, IMAGE) for tag in tags]
            # A lock that is not given back is waited for ten seconds.
            wait_until(lambda: repository.tags().json["tags"] == ["0", *tags], "each waits for the disk of the one before", 8)
            assert not any(push.done() for push in pushes), "a 201 that the disk does not hold"
        finally:
            stalled.end()
        assert [push.result(60).status for push in pushes] == [201] * len(tags)


def test_what_may_be_pulled_is_seen_by_nobody_before_it_is_durable(server, cluster, stalled):
    """Another replica would decide by it, and keep on after a crash of the database that takes it back."""
    admin = server.admin()
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    stalled.begin()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        try:
            change = pool.submit(admin.post, "/api/v1/workspaces", {"name": "retail"})
            wait_until(lambda: postgres.run(cluster("postgres"), waits) != "0", "nobody waits for the standby")
            assert postgres.run(cluster("berth"), "SELECT count(*) FROM workspaces WHERE name = 'retail'") == "0"
        finally:
            stalled.end()
        assert change.result(60).status == 201
