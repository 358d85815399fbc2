"""regctl (regclient), which mounts without naming a source and pushes in chunks that say where they belong."""
import json

import pytest
from support.oci import Repository, expect, push_layout, verify
from support.programs import refused, succeeded
from support.traffic import Traffic

SPACE = "retail-apps/regctl"


@pytest.fixture
def regctl(binaries, home, world):
    def run(*arguments, **more):
        return home.run(binaries / "regctl", *arguments, REGCTL_CONFIG=str(home.directory / "regctl.json"), **more)

    succeeded(run("registry", "set", world.admin.host, "--tls", "disabled", "--skip-check"))
    return run


@pytest.fixture
def logged_in(regctl, world, alice):
    succeeded(regctl("registry", "login", world.admin.host, "--user", alice[0], "--pass-stdin", text_in=alice[1]))
    return f"{world.admin.host}/{SPACE}"


def test_wrong_password_is_refused(regctl, world):
    world.add_user("regctl-user")
    refused(regctl("registry", "login", world.admin.host, "--user", "regctl-user", "--pass-stdin", text_in="wrong"))


def test_push_and_pull(regctl, world, logged_in, layout, tmp_path):
    image, directory = layout
    succeeded(regctl("image", "copy", f"ocidir://{directory}:1", f"{logged_in}/image:1"))
    assert list(verify(world.user("alice"), f"{SPACE}/image", "1")) == [image.digest]
    succeeded(regctl("image", "copy", f"{logged_in}/image:1", f"ocidir://{tmp_path / 'pulled'}:1"))
    for digest, content in image.blobs.items():
        assert (tmp_path / "pulled" / "blobs" / "sha256" / digest.split(":")[1]).read_bytes() == content


def test_push_in_chunks(regctl, world, logged_in, layout):
    image, directory = layout
    succeeded(regctl("registry", "set", world.admin.host, "--blob-chunk", "65536", "--blob-max", "65536", "--skip-check"))
    traffic = Traffic(world.admin)
    succeeded(regctl("image", "copy", f"ocidir://{directory}:1", f"{logged_in}/chunks:1"))
    assert traffic.answered("PATCH", Traffic.UPLOAD, 202) >= 16, "1 MiB in pieces of 64 KiB"
    assert list(verify(world.user("alice"), f"{SPACE}/chunks", "1")) == [image.digest]


def test_index_of_platforms(regctl, world, logged_in, index_layout):
    succeeded(regctl("image", "copy", f"ocidir://{index_layout}:1", f"{logged_in}/platforms:1"))
    assert len(verify(world.user("alice"), f"{SPACE}/platforms", "1")) == 3
    config = json.loads(succeeded(regctl("image", "config", "--platform", "linux/arm64", f"{logged_in}/platforms:1")).stdout)
    assert config["architecture"] == "arm64"


def test_copy_mounts(regctl, world, logged_in, layout):
    image, directory = layout
    push_layout(world.user("alice"), f"{SPACE}/first", directory, "1")
    traffic = Traffic(world.admin)
    succeeded(regctl("image", "copy", f"{logged_in}/first:1", f"{logged_in}/second:1"))
    assert traffic.answered("POST", Traffic.UPLOADS, 201) == len(image.blobs)
    assert traffic.received() < 1 << 16
    assert list(verify(world.user("alice"), f"{SPACE}/second", "1")) == [image.digest]


def test_mount_without_a_source_becomes_an_upload(regctl, world, logged_in, layout):
    """From a layout, so that the client knows no repository to name. Its token is good for the target alone, and what a token is not
    good for is not read through it: the server opens uploads instead, and the client uses those."""
    image, directory = layout
    push_layout(world.user("alice"), f"{SPACE}/third", directory, "1")
    traffic = Traffic(world.admin)
    succeeded(regctl("image", "copy", f"ocidir://{directory}:1", f"{logged_in}/fourth:1"))
    assert traffic.answered("POST", Traffic.UPLOADS, 202) == len(image.blobs)
    assert list(verify(world.user("alice"), f"{SPACE}/fourth", "1")) == [image.digest]


def test_referrers(regctl, world, logged_in, layout, tmp_path):
    push_layout(world.user("alice"), f"{SPACE}/signed", layout[1], "1")
    (tmp_path / "sbom").write_text("one package")
    succeeded(regctl("artifact", "put", "--artifact-type", "application/vnd.example.sbom", "--subject", f"{logged_in}/signed:1",
                     "--file", tmp_path / "sbom"))
    assert "application/vnd.example.sbom" in succeeded(regctl("artifact", "list", f"{logged_in}/signed:1")).stdout
    assert succeeded(regctl("artifact", "get", "--subject", f"{logged_in}/signed:1")).stdout == "one package"


def test_tags_and_repositories(regctl, world, logged_in, layout):
    push_layout(world.user("alice"), f"{SPACE}/tags", layout[1], "1")
    succeeded(regctl("image", "copy", f"{logged_in}/tags:1", f"{logged_in}/tags:2"))
    assert succeeded(regctl("tag", "ls", f"{logged_in}/tags")).stdout.split() == ["1", "2"]
    succeeded(regctl("tag", "delete", f"{logged_in}/tags:2"))
    expect(Repository(world.user("alice"), f"{SPACE}/tags").head_manifest("2"), 404)
    verify(world.user("alice"), f"{SPACE}/tags", "1")
    assert f"{SPACE}/tags" in succeeded(regctl("repo", "ls", world.admin.host)).stdout.split()
