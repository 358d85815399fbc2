"""Much of everything: a layer of 2 GiB, an image of 100 layers, 32 clients at once."""
import concurrent.futures
import hashlib
import os
import shutil

import pytest
from support.oci import CONFIG, IMAGE, LAYER, Image, Repository, descriptor, dumps, expect, tar, verify
from support.programs import succeeded

GIBIBYTES = 2
PIECE = 1 << 20
CROWD = 32


@pytest.fixture
def scratch(work):
    """Emptied right after the test: these are big."""
    directory = work / "scratch"
    directory.mkdir()
    yield directory
    shutil.rmtree(directory)


def file_digest(path):
    with open(path, "rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def sparse_file(path, size):
    """Few blocks on disk; a stamp in every MiB, so that a piece in the wrong place shows."""
    with open(path, "wb") as file:
        for number in range(size // PIECE):
            file.seek(number * PIECE)
            file.write(number.to_bytes(8, "little") + os.urandom(8))
        file.truncate(size)


def skopeo_directory(directory, size):
    """An image with one layer of `size` bytes in skopeo's `dir:` form; gives the layer's descriptor."""
    directory.mkdir()
    sparse_file(directory / "layer", size)
    digest = file_digest(directory / "layer")
    (directory / "layer").rename(directory / digest.split(":")[1])
    config = dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest]}})
    layer = {"mediaType": LAYER, "digest": digest, "size": size}
    manifest = {"schemaVersion": 2, "mediaType": IMAGE, "config": descriptor(config, CONFIG), "layers": [layer]}
    (directory / manifest["config"]["digest"].split(":")[1]).write_bytes(config)
    (directory / "manifest.json").write_bytes(dumps(manifest))
    (directory / "version").write_text("Directory Transport Version: 1.1\n")
    return layer


def test_a_layer_of_two_gibibytes(started, world, alice, scratch):
    skopeo, host = started("skopeo"), world.admin.host
    layer = skopeo_directory(scratch / "source", GIBIBYTES << 30)
    reference = f"docker://{host}/retail-apps/large/layer:1"
    succeeded(skopeo.skopeo("copy", "--preserve-digests", *skopeo.flags(alice, "dest-"), f"dir:{scratch / 'source'}", reference))
    shutil.rmtree(scratch / "source")
    repository = Repository(world.user("alice"), "retail-apps/large/layer")
    assert expect(repository.head_blob(layer["digest"]), 200).headers["Content-Length"] == str(GIBIBYTES << 30)
    last = expect(repository.get_blob(layer["digest"], Range=f"bytes=-{PIECE}"), 206).body
    assert int.from_bytes(last[:8], "little") == (GIBIBYTES << 10) - 1, "a range beyond 2^31"
    succeeded(skopeo.skopeo("copy", *skopeo.flags(alice, "src-"), reference, f"dir:{scratch / 'pulled'}"))
    assert file_digest(scratch / "pulled" / layer["digest"].split(":")[1]) == layer["digest"]
    expect(repository.delete_manifest("1"), 202)


@pytest.mark.parametrize("name", ["skopeo", "podman", "docker"])
def test_an_image_of_a_hundred_layers(name, started, world, alice, scratch):
    image = Image([tar({f"file-{number}": os.urandom(64)}) for number in range(100)])
    image.write_layout(scratch / "image", "100")
    reference = f"{world.admin.host}/retail-apps/large/{name}-layers:100"
    client = started(name)
    succeeded(client.push((scratch / "image", "100"), reference, alice))
    (manifest,) = verify(world.user("alice"), f"retail-apps/large/{name}-layers", "100").values()
    assert len(manifest["layers"]) == 100
    client.forget()
    assert client.pull(reference, alice) == manifest["config"]["digest"]


def all_at_once(task):
    """`task` for 0 … 31, each in a thread; the first failure is raised."""
    with concurrent.futures.ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(task, range(CROWD)))


def test_32_clients_push_and_pull_images_of_their_own(started, world, alice, scratch):
    skopeo, host = started("skopeo"), world.admin.host

    def push_and_pull(number):
        image = Image([tar({"own": os.urandom(1 << 18)}), tar({"number": str(number).encode()})])
        image.write_layout(scratch / f"image-{number}", "1")
        reference = f"{host}/retail-apps/crowd/own-{number}:1"
        succeeded(skopeo.push((scratch / f"image-{number}", "1"), reference, alice))
        assert skopeo.pull(reference, alice) == image.config_digest

    all_at_once(push_and_pull)
    for number in range(CROWD):
        assert verify(world.user("alice"), f"retail-apps/crowd/own-{number}", "1")


def test_32_clients_push_the_same_image_to_one_repository(started, world, alice, scratch):
    skopeo, host = started("skopeo"), world.admin.host
    image = Image([tar({"same": os.urandom(1 << 20)}), tar({"also": b"the same"})])
    image.write_layout(scratch / "image", "1")

    def push_and_pull(number):
        reference = f"{host}/retail-apps/crowd/same:{number}"
        succeeded(skopeo.push((scratch / "image", "1"), reference, alice))
        assert skopeo.pull(reference, alice) == image.config_digest

    all_at_once(push_and_pull)
    repository = Repository(world.user("alice"), "retail-apps/crowd/same")
    assert sorted(repository.tags().json["tags"]) == sorted(map(str, range(CROWD)))
    assert {repository.head_manifest(str(number)).headers["Docker-Content-Digest"] for number in range(CROWD)} == {image.digest}
    assert verify(world.user("alice"), repository.name, "0")


def test_32_clients_move_one_tag(world):
    """By plain HTTP, as fast as it goes: every answer is a 201, and the tag is one of the images, whole."""
    repository = Repository(world.user("alice"), "retail-apps/crowd/moved")
    images = [Image([tar({"number": str(number).encode()})]) for number in range(CROWD)]
    all_at_once(lambda number: repository.push_image(images[number], "latest"))
    (found,) = verify(world.user("alice"), repository.name, "latest")
    assert found in {image.digest for image in images}
    for image in images:
        expect(repository.head_manifest(image.digest), 200)
