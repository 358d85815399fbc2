"""oras, the command line for artifacts (oras-go is also under helm and notation), against the running server."""
import json
import os

import pytest
from support.oci import Repository, expect, push_layout, verify
from support.programs import refused, succeeded
from support.traffic import Traffic

SPACE = "retail-apps/oras"
SBOM = "application/vnd.example.sbom"


@pytest.fixture
def oras(binaries, home):
    return lambda *arguments, **more: home.run(binaries / "oras", *arguments, **more)


@pytest.fixture
def login(oras):
    return lambda host, user, password: oras("login", "--plain-http", host, "--username", user, "--password-stdin", text_in=password)


@pytest.fixture
def logged_in(login, world, alice):
    """Where alice, who is logged in, pushes to."""
    succeeded(login(world.admin.host, *alice))
    return f"{world.admin.host}/{SPACE}"


@pytest.fixture
def push_layout_by_oras(oras):
    return lambda directory, reference: oras("cp", "--from-oci-layout", f"{directory}:1", "--to-plain-http", reference)


@pytest.fixture
def artifact(tmp_path):
    """Two files to push."""
    paths = [tmp_path / "chart.bin", tmp_path / "notes.txt"]
    for path in paths:
        path.write_bytes(os.urandom(100_000))
    return paths


def digest_printed(done):
    return json.loads(succeeded(done).stdout)["digest"]


def test_wrong_password_is_refused(login, world):
    world.add_user("oras-user")
    refused(login(world.admin.host, "oras-user", "wrong"))


def test_logout_forgets(oras, world, logged_in, layout):
    push_layout(world.user("alice"), f"{SPACE}/private", layout[1], "1")
    succeeded(oras("manifest", "fetch", "--plain-http", f"{logged_in}/private:1"))
    succeeded(oras("logout", world.admin.host))
    refused(oras("manifest", "fetch", "--plain-http", f"{logged_in}/private:1"))


def test_pull_without_rights_is_refused(oras, world, layout, tmp_path):
    push_layout(world.user("alice"), f"{SPACE}/private", layout[1], "1")
    refused(oras("pull", "--plain-http", f"{world.admin.host}/{SPACE}/private:1", "--output", tmp_path / "pulled"))


def test_push_without_rights_is_refused(oras, world, login, artifact):
    world.add_user("oras-stranger")
    succeeded(login(world.admin.host, "oras-stranger", world.PASSWORD))
    refused(oras("push", "--plain-http", "--disable-path-validation", f"{world.admin.host}/{SPACE}/foreign:1", *artifact))


def test_anonymous_pull_of_a_public_image(oras, world, layout):
    push_layout(world.admin, "base/oras", layout[1], "1")
    assert succeeded(oras("repo", "tags", "--plain-http", f"{world.admin.host}/base/oras")).stdout.split() == ["1"]


def test_push_and_pull_files(oras, world, logged_in, artifact, tmp_path):
    digest = digest_printed(oras("push", "--plain-http", "--format", "json", "--artifact-type", "application/vnd.example.chart",
                                 f"{logged_in}/files:1", *(path.name for path in artifact), directory=tmp_path))
    (found,) = verify(world.user("alice"), f"{SPACE}/files", "1").items()
    assert (found[0], found[1]["artifactType"]) == (digest, "application/vnd.example.chart")
    succeeded(oras("pull", "--plain-http", f"{logged_in}/files:1", "--output", tmp_path / "pulled"))
    assert [(tmp_path / "pulled" / path.name).read_bytes() for path in artifact] == [path.read_bytes() for path in artifact]


def test_many_tags_in_one_push(oras, world, logged_in, artifact, tmp_path):
    succeeded(oras("push", "--plain-http", f"{logged_in}/many:1,2,latest", artifact[0].name, directory=tmp_path))
    succeeded(oras("tag", "--plain-http", f"{logged_in}/many:1", "3"))
    assert sorted(succeeded(oras("repo", "tags", "--plain-http", f"{logged_in}/many")).stdout.split()) == ["1", "2", "3", "latest"]


def test_index_of_platforms(oras, world, logged_in, index_layout, push_layout_by_oras):
    succeeded(push_layout_by_oras(index_layout, f"{logged_in}/platforms:1"))
    assert len(verify(world.user("alice"), f"{SPACE}/platforms", "1")) == 3
    config = succeeded(oras("manifest", "fetch-config", "--plain-http", "--platform", "linux/arm64", f"{logged_in}/platforms:1")).stdout
    assert json.loads(config)["architecture"] == "arm64"


def test_copy_mounts(oras, world, logged_in, layout, push_layout_by_oras):
    image, directory = layout
    succeeded(push_layout_by_oras(directory, f"{logged_in}/first:1"))
    traffic = Traffic(world.admin)
    succeeded(oras("cp", "--from-plain-http", f"{logged_in}/first:1", "--to-plain-http", f"{logged_in}/second:1"))
    assert traffic.answered("POST", Traffic.UPLOADS, 201) == len(image.blobs)
    assert traffic.received() < 1 << 16
    assert verify(world.user("alice"), f"{SPACE}/first", "1") == verify(world.user("alice"), f"{SPACE}/second", "1")


def test_referrers_are_attached_and_discovered(oras, world, logged_in, layout, artifact, tmp_path):
    def discovered():
        document = json.loads(succeeded(oras("discover", "--plain-http", "--format", "json", f"{logged_in}/signed:1")).stdout)
        return [(entry["digest"], entry["artifactType"], entry["annotations"]["org.example.by"]) for entry in document["referrers"] or []]

    push_layout(world.user("alice"), f"{SPACE}/signed", layout[1], "1")
    attached = digest_printed(oras("attach", "--plain-http", "--format", "json", "--artifact-type", SBOM, "--annotation",
                                   "org.example.by=oras", f"{logged_in}/signed:1", artifact[0].name, directory=tmp_path))
    assert discovered() == [(attached, SBOM, "oras")]
    succeeded(oras("manifest", "delete", "--plain-http", "--force", f"{logged_in}/signed@{attached}"))
    assert discovered() == []


def test_repositories_come_in_pages(oras, world, logged_in, layout):
    for number in range(8):
        push_layout(world.user("alice"), f"{SPACE}/catalogued-{number}", layout[1], "1")
    push_layout(world.admin, "vault/hidden-from-oras", layout[1], "1")
    listed = succeeded(oras("repo", "ls", "--plain-http", world.admin.host)).stdout.split()
    assert {f"{SPACE}/catalogued-{number}" for number in range(8)} <= set(listed)
    assert "vault/hidden-from-oras" not in listed and len(listed) == len(set(listed))


def test_delete(oras, world, logged_in, layout):
    push_layout(world.user("alice"), f"{SPACE}/deleted", layout[1], "1")
    succeeded(oras("manifest", "delete", "--plain-http", "--force", f"{logged_in}/deleted:1"))
    expect(Repository(world.user("alice"), f"{SPACE}/deleted").head_manifest("1"), 404)


def test_blobs_are_pushed_fetched_and_deleted(oras, world, logged_in, artifact, tmp_path):
    digest = digest_printed(oras("blob", "push", "--plain-http", "--descriptor", f"{logged_in}/blobs", artifact[0]))
    succeeded(oras("blob", "fetch", "--plain-http", "--output", tmp_path / "back", f"{logged_in}/blobs@{digest}"))
    assert (tmp_path / "back").read_bytes() == artifact[0].read_bytes()
    succeeded(oras("blob", "delete", "--plain-http", "--force", f"{logged_in}/blobs@{digest}"))
    expect(Repository(world.user("alice"), f"{SPACE}/blobs").head_blob(digest), 404)


def test_32_at_once(oras, world, logged_in, crowd, push_layout_by_oras):
    def push_and_copy(number, image, directory):
        succeeded(push_layout_by_oras(directory, f"{logged_in}/crowd-{number}:1"))
        succeeded(oras("cp", "--from-plain-http", f"{logged_in}/crowd-{number}:1", "--to-plain-http", f"{logged_in}/crowd-all:{number}"))
        assert list(verify(world.user("alice"), f"{SPACE}/crowd-all", str(number))) == [image.digest]

    crowd(push_and_copy)
