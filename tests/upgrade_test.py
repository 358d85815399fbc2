"""Every released version's state, opened by this version: people log in, secrets open, bindings hold, images are intact, pushes go on."""
import pathlib

import pytest

from berth_client import Server
from support import fixture, postgres
from support.oci import Image, Repository, digest_of, tar

VERSIONS = sorted(path.name for path in fixture.FIXTURES.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def database():
    with postgres.cluster() as uri:
        yield uri


@pytest.fixture(params=[f"{version}-{kind}" for version in VERSIONS for kind in ("sqlite", "postgres")])
def upgraded(request, berth, database, tmp_path):
    version, kind = request.param.split("-")
    data = pathlib.Path(tmp_path / "data")
    settings = {}
    uri = database("v" + version.replace(".", "_"))
    if kind == "postgres":
        settings["database"] = uri
    data.mkdir()
    facts = fixture.restore(version, kind, data, uri)
    with Server(berth, data, {**settings, "administrator-password": facts["password"]}) as server:
        server.wait_until_ready()
        yield server, facts


def test_the_state_of_every_release_is_kept(upgraded):
    server, facts = upgraded
    admin = server.admin()
    assert {item["name"] for item in admin.items("/api/v1/workspaces")} == {"retail", "lab"}
    assert "alice" in {item["login"] for item in admin.items("/api/v1/users")}

    bound = Repository(admin.basic(*facts["namespaces"]["shop"]), facts["repository"])
    manifest = bound.get_manifest(facts["tag"])
    assert manifest.status == 200 and digest_of(manifest.body) == facts["manifest"]
    for digest in facts["blobs"]:
        assert digest_of(bound.get_blob(digest).body) == digest
    assert Repository(admin.basic(*facts["namespaces"]["bench"]), facts["repository"]).get_manifest(facts["tag"]).status == 404

    alice = admin.basic("alice", facts["world_password"])
    assert [item["name"] for item in admin.bearer(facts["token"]).items("/api/v1/workspaces/retail/images")] == ["team/web"]
    scope = f"/service/token?service={admin.host}&scope=repository:{facts['repository']}:pull"
    assert alice.get(scope).status == 200, "the signing key opens"
    Repository(alice, facts["repository"]).push_image(Image([tar({"new": b"pushed after the upgrade\n"})]), "2.0")
    assert Repository(alice, facts["repository"]).get_manifest("2.0").status == 200
