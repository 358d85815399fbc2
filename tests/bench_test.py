"""The bench can be used: it runs, its load notices wrong answers, and its verdicts are what the lines say. How fast anything is, no test asserts."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest
from support.oci import digest_of

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench" / "lib"))

import build  # noqa: E402
from rows import Line, Row, text  # noqa: E402


@pytest.fixture(scope="module")
def load():
    if "BERTH_LOAD" in os.environ:
        return os.environ["BERTH_LOAD"]
    build.build("berth_load")
    return str(ROOT / "build" / "release" / "bench" / "load" / "berth_load")


def run(load, *arguments):
    return subprocess.run([load, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def token_file(world, tmp_path_factory):
    eddie = world.user("eddie")
    scope = "repository:retail-apps/bench:pull,push,delete"
    token = eddie.get(f"/service/token?service={eddie.host}&scope={scope}", expect=200).json["token"]
    path = tmp_path_factory.mktemp("tokens") / "tokens"
    path.write_text(token + "\n")
    return path


@pytest.mark.parametrize("ratio, verdict", [(1.2, "goal met"), (1.0, "goal met"), (0.99, "below goal"), (0.7, "below goal"), (0.69, "FAILS")])
def test_a_share_of_the_limit_is_judged_by_its_median(ratio, verdict):
    row = Row("manifest GET", "/s", 50_000, {"nginx": 60_000}, "nginx", [0.1, ratio, 9], Line(1.0, 0.7, True))
    assert row.verdict == verdict
    assert row.failed == (verdict == "FAILS")
    assert text(row).splitlines()[0].endswith(verdict)


@pytest.mark.parametrize("milliseconds, verdict", [(4.9, "goal met"), (5.1, "below goal"), (10.1, "FAILS")])
def test_a_time_fails_above_its_line(milliseconds, verdict):
    assert Row("tags/list", "ms", milliseconds, line=Line(5, 10, False)).verdict == verdict


def test_a_row_without_lines_is_for_information():
    row = Row("pulls by Zipf", "/s", 1, {"nginx": 10}, "nginx", [0.1])
    assert row.verdict == "for information" and not row.failed


def test_compare_measures_a_row(berth, load, tmp_path):
    """On a server that is built already; memory at rest needs no peer. Its exit status follows its verdict."""
    report = tmp_path / "report.json"
    done = subprocess.run([str(ROOT / "bench" / "compare"), "--quick", "--row", "memory-idle", "--json", str(report), "--work", str(tmp_path / "work")],
                          capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "BERTH_BINARY": str(berth), "BERTH_LOAD": load})
    (row,) = json.loads(report.read_text())["rows"]
    assert row["berth"] > 0 and row["verdict"] in done.stdout, done
    assert "QUICK" in done.stdout
    assert done.returncode == (1 if row["verdict"] == "FAILS" else 0), done
    assert list((tmp_path / "work").iterdir()) == []


def test_the_load_pushes_artifacts_that_can_be_read(server, world, load, token_file):
    done = run(load, "push-artifacts", "--url", server.url, "--tokens", token_file, "--repository", "retail-apps/bench", "--clients", 3, "--count", 7,
               "--config", "own")
    assert done.returncode == 0, done
    report = json.loads(done.stdout)
    assert report["count"] == 7 and report["bytes"] == 7 * 1024
    repository = world.user("eddie")
    tags = repository.get("/v2/retail-apps/bench/tags/list", expect=200).json["tags"]
    assert len(tags) == 7
    manifest = repository.get(f"/v2/retail-apps/bench/manifests/{tags[0]}", expect=200).json
    layer = repository.get(f"/v2/retail-apps/bench/blobs/{manifest['layers'][0]['digest']}", expect=200).body
    assert len(layer) == 1024 and digest_of(layer) == manifest["layers"][0]["digest"]


@pytest.mark.parametrize("upload", ["patch", "put"])
def test_the_load_pushes_blobs(server, load, token_file, upload):
    done = run(load, "push-blobs", "--url", server.url, "--tokens", token_file, "--repository", "retail-apps/bench", "--size", 300_000, "--count", 5,
               "--clients", 2, "--upload", upload)
    assert done.returncode == 0, done
    assert json.loads(done.stdout)["bytes"] == 1_500_000


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_load_reads_over_plain_http_and_tls(berth, load, tmp_path, scheme):
    from berth_client import Server
    with Server(berth, tmp_path / "data", {"tls-listen": "127.0.0.1:0"}) as server:
        targets = tmp_path / "targets"
        targets.write_text("/healthz\n/readyz\n")
        for method in ("GET", "HEAD"):
            done = run(load, "read", "--url", server.addresses[scheme], "--targets", targets, "--method", method, "--clients", 4, "--requests", 50, "--zipf", 1.1)
            assert done.returncode == 0, done
            report = json.loads(done.stdout)
            assert report["count"] == 50 and (report["bytes"] > 0) == (method == "GET")


@pytest.mark.parametrize("line, status", [("/healthz 99999", 200), ("/healthz", 404), ("/v2/retail-apps/bench/tags/list", 200)])
def test_the_load_fails_loudly_at_an_answer_that_it_did_not_expect(server, load, tmp_path, line, status):
    targets = tmp_path / "targets"
    targets.write_text(line + "\n")
    done = run(load, "read", "--url", server.url, "--targets", targets, "--status", status, "--requests", 10)
    assert done.returncode == 1 and "expected" in done.stderr and done.stdout == "", done


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgresql"])
def test_a_world_is_filled_and_served(berth, postgres):
    """Rows that SQL wrote are what the server takes for pushed images."""
    import worlds
    # Not below pytest's own directories: user postgres may not enter them.
    with tempfile.TemporaryDirectory(prefix="berth-worlds-") as place, \
            worlds.world(berth, pathlib.Path(place), worlds.Size(repositories=300, manifests=20, postgres=postgres)) as filled:
        server = filled.serve(berth).start()
        try:
            look_at(server, filled)
        finally:
            server.stop()


def look_at(server, filled):
    few = server.server.admin().bearer(filled.tokens["few"])
    everything = server.server.admin().bearer(filled.tokens["all"])
    assert len(few.items("/api/v1/workspaces/few/images")) == 300  # all three spaces there are
    assert len(everything.items("/api/v1/workspaces/all/images")) == 300
    tags = server.person().get("/v2/bench/big/tags/list", expect=200).json["tags"]
    assert len(tags) == 20
    manifest = server.person().get(f"/v2/bench/big/manifests/{tags[0]}", expect=200)
    assert manifest.headers["Docker-Content-Digest"] == digest_of(manifest.body)
    admin = server.server.admin()
    image = few.items("/api/v1/workspaces/few/images")[0]
    path = f"/v2/{image['space']}/{image['name']}"
    assert len(admin.get(f"{path}/tags/list", expect=200).json["tags"]) == 10
    assert len(admin.get(f"{path}/manifests/1.9", expect=200).json["layers"]) == 1
    admin.delete(f"/v2/bench/big/manifests/{digest_of(manifest.body)}", expect=202)
    assert len(admin.get("/v2/bench/big/tags/list", expect=200).json["tags"]) == 19
