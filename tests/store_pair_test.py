"""A database and a blob store that do not belong together are not served: nothing is quarantined, collected or written in the wrong place."""
import shutil

import pytest

from berth_client import Server
from support import postgres
from support.operating import operate
from support.registry import push_blob, push_image
from support.serving import check_refuses_to_start, run

LAYER = b"a layer " * 40_000


@pytest.fixture(scope="module")
def cluster():
    with postgres.cluster() as running:
        yield running


@pytest.fixture
def registry(berth, tmp_path, cluster, request):
    """On PostgreSQL, with an image in it; stopped."""
    name = request.node.name.replace("test_", "")[:40]
    postgres.create(cluster(name))
    with Server(berth, tmp_path / "data", {"database": cluster(name)}) as server:
        server.admin().post("/api/v1/registries/berth/spaces", {"name": "apps"}, expect=201)
        push_image(server.admin(), "apps/web", "1", LAYER)
        server.stop()
        yield server


def start(berth, server, directory):
    return run(berth, "--listen=127.0.0.1:0", f"--data-dir={directory}", f"--database={server.settings['database']}")


def store_id(directory):
    return (directory / "blobs" / "store-id").read_text().strip()


def test_a_disk_that_is_not_mounted(berth, registry):
    mounted = registry.directory.with_name("aside")
    registry.directory.rename(mounted)
    registry.directory.mkdir()
    check_refuses_to_start(start(berth, registry, registry.directory), 1, str(registry.directory), f"has id {store_id(mounted)}", "has no id",
                           "mount", "berth fsck --adopt-store")
    assert [entry.name for entry in registry.directory.iterdir()] == ["lock"], "no other secrets key is made, nor anything else"
    shutil.rmtree(registry.directory)
    mounted.rename(registry.directory)
    client = registry.start().admin()
    assert client.items("/api/v1/damaged-blobs") == []
    assert client.get(f"/v2/apps/web/blobs/{push_blob(client, 'apps/web', LAYER)}").body == LAYER


def test_the_directory_of_another_server(berth, registry, tmp_path):
    with Server(berth, tmp_path / "theirs") as theirs:
        pass
    check_refuses_to_start(start(berth, registry, theirs.directory), 1, store_id(registry.directory), store_id(theirs.directory))
    for words in (("fsck", "--repair"), ("backup", tmp_path / "backup")):
        done = operate(berth, *words, settings={**registry.settings, "data-dir": theirs.directory})
        assert done.returncode == 3 and store_id(theirs.directory) in done.stderr, done


def test_an_embedded_database_without_its_blobs(berth, tmp_path):
    with Server(berth, tmp_path / "data") as server:
        pass
    shutil.rmtree(server.directory / "blobs")
    check_refuses_to_start(run(berth, "--listen=127.0.0.1:0", f"--data-dir={server.directory}"), 1, "no such directory")


def test_what_is_left_is_adopted_when_the_operator_says_so(berth, registry, tmp_path):
    shutil.rmtree(registry.directory / "blobs")
    assert operate(berth, "fsck", settings=registry.settings).returncode == 3
    assert operate(berth, "fsck", "--adopt-store", "--repair", settings=registry.settings).returncode == 2
    done = operate(berth, "fsck", "--adopt-store", settings=registry.settings)
    assert done.returncode == 1 and "are a pair now" in done.stdout and "missing" in done.stdout, done
    client = registry.start().admin()
    assert client.get("/v2/apps/web/manifests/1").status == 200, "the rows are as they were"
    assert registry.stop() == 0


def test_a_restore_is_a_pair_of_its_own(berth, registry, tmp_path):
    assert operate(berth, "backup", tmp_path / "backup", settings=registry.settings).returncode == 0
    done = operate(berth, "restore", tmp_path / "backup", settings={"data-dir": tmp_path / "restored"})
    assert done.returncode == 0, done
    assert store_id(tmp_path / "restored") != store_id(registry.directory)
    check_refuses_to_start(start(berth, registry, tmp_path / "restored"), 1, store_id(tmp_path / "restored"))
    with Server(berth, tmp_path / "restored", {"administrator-password": registry.password}) as restored:
        assert restored.admin().get("/v2/apps/web/manifests/1").status == 200
