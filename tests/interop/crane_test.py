"""crane (go-containerregistry), whose library kaniko, ko and many build tools use, against the running server."""
import json

import pytest
from support.oci import Repository, expect, push_layout, verify
from support.programs import refused, succeeded
from support.traffic import Traffic

SPACE = "retail-apps/crane"


@pytest.fixture
def crane(binaries, home):
    return lambda *arguments, **more: home.run(binaries / "crane", *arguments, **more)


@pytest.fixture
def logged_in(crane, world, alice):
    """Where alice, who is logged in, pushes to."""
    succeeded(crane("auth", "login", world.admin.host, "--username", alice[0], "--password-stdin", text_in=alice[1]))
    return f"{world.admin.host}/{SPACE}"


def test_wrong_password_is_refused(crane, world, layout):
    world.add_user("crane-user")
    succeeded(crane("auth", "login", world.admin.host, "--username", "crane-user", "--password-stdin", text_in="wrong"))  # it does not ask
    refused(crane("push", layout[1], f"{world.admin.host}/{SPACE}/wrong:1"))


def test_pull_without_rights_is_refused(crane, world, layout):
    push_layout(world.user("alice"), f"{SPACE}/private", layout[1], "1")
    refused(crane("manifest", f"{world.admin.host}/{SPACE}/private:1"))


def test_anonymous_pull_of_a_public_image(crane, world, layout):
    digest = push_layout(world.admin, "base/crane", layout[1], "1")
    assert succeeded(crane("digest", f"{world.admin.host}/base/crane:1")).stdout.strip() == digest


def test_push_and_pull(crane, world, logged_in, layout, tmp_path):
    image, directory = layout
    succeeded(crane("push", directory, f"{logged_in}/image:1"))
    assert list(verify(world.user("alice"), f"{SPACE}/image", "1")) == [image.digest]
    succeeded(crane("pull", "--format", "oci", f"{logged_in}/image:1", tmp_path / "pulled"))
    for digest, content in image.blobs.items():
        assert (tmp_path / "pulled" / "blobs" / "sha256" / digest.split(":")[1]).read_bytes() == content
    succeeded(crane("validate", "--remote", f"{logged_in}/image:1"))


def test_index_of_platforms(crane, world, logged_in, index_layout):
    succeeded(crane("push", index_layout, f"{logged_in}/platforms:1"))
    assert len(verify(world.user("alice"), f"{SPACE}/platforms", "1")) == 3
    config = succeeded(crane("config", "--platform", "linux/arm64", f"{logged_in}/platforms:1")).stdout
    assert json.loads(config)["architecture"] == "arm64"


def test_copy_mounts(crane, world, logged_in, layout):
    image, directory = layout
    succeeded(crane("push", directory, f"{logged_in}/first:1"))
    traffic = Traffic(world.admin)
    succeeded(crane("copy", f"{logged_in}/first:1", f"{logged_in}/second:1"))
    assert traffic.answered("POST", Traffic.UPLOADS, 201) == len(image.blobs)
    assert traffic.received() < 1 << 16
    assert verify(world.user("alice"), f"{SPACE}/first", "1") == verify(world.user("alice"), f"{SPACE}/second", "1")


def test_tags_are_listed_moved_and_deleted(crane, world, logged_in, layout):
    image, directory = layout
    push_layout(world.user("alice"), f"{SPACE}/tags", directory, "1")
    for tag in ("2", "3"):
        succeeded(crane("tag", f"{logged_in}/tags:1", tag))
    assert sorted(succeeded(crane("ls", f"{logged_in}/tags")).stdout.split()) == ["1", "2", "3"]
    succeeded(crane("delete", f"{logged_in}/tags:2"))
    assert sorted(succeeded(crane("ls", f"{logged_in}/tags")).stdout.split()) == ["1", "3"]
    succeeded(crane("delete", f"{logged_in}/tags@{image.digest}"))
    expect(Repository(world.user("alice"), f"{SPACE}/tags").head_manifest("1"), 404)


def test_catalog_has_what_the_caller_may_pull(crane, world, logged_in, layout):
    push_layout(world.user("alice"), f"{SPACE}/catalogued", layout[1], "1")
    push_layout(world.admin, "vault/hidden", layout[1], "1")
    listed = succeeded(crane("catalog", world.admin.host)).stdout.split()
    assert f"{SPACE}/catalogued" in listed and "vault/hidden" not in listed


def test_32_at_once(crane, world, logged_in, crowd):
    def push_and_read(number, image, directory):
        succeeded(crane("push", directory, f"{logged_in}/crowd-{number}:1"))
        succeeded(crane("validate", "--remote", f"{logged_in}/crowd-{number}:1"))
        assert list(verify(world.user("alice"), f"{SPACE}/crowd-{number}", "1")) == [image.digest]

    crowd(push_and_read)
