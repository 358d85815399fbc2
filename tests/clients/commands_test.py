"""The push commands that Berth prints do what they say: each is run as it stands, by the shell, with its own temporary login."""
import pytest
from support.oci import verify
from support.programs import refused, succeeded

CLIENTS = ("docker", "podman", "skopeo", "buildah")


def temporary_login(world, client, repository):
    """The lines for `client`, and the login they hold."""
    made = world.user("alice").post("/api/v1/registries/berth/spaces/retail-apps/temporary-login",
                                    {"repository": repository, "tag": "2.0"}, expect=201).json
    (lines,) = [entry["lines"] for entry in made["commands"] if entry["client"] == client]
    return lines, made


def source_image(client, web):
    """What each client calls the image to push."""
    return client.take(web) if hasattr(client, "take") else f"oci:{web[0]}:{web[1]}"


@pytest.mark.parametrize("client", CLIENTS, indirect=True)
def test_printed_commands_push(client, world, web):
    name = client.binary.rsplit("/", 1)[-1]
    lines, _ = temporary_login(world, name, f"printed/{name}")
    source = source_image(client, web)
    for line in lines:
        succeeded(client.home.run("sh", "-c", line, SOURCE_IMAGE=source))
    assert verify(world.user("alice"), f"retail-apps/printed/{name}", "2.0")


@pytest.mark.parametrize("client", CLIENTS, indirect=True)
def test_printed_login_is_for_one_space_and_ends_with_its_owner(client, world, web):
    name = client.binary.rsplit("/", 1)[-1]
    lines, made = temporary_login(world, name, f"ended/{name}")
    credentials = made["login"], made["secret"]
    refused(client.push(web, f"{world.admin.host}/shared/{name}:1", credentials))
    world.unbind("retail-apps", "retail")
    try:
        refused(client.push(web, f"{world.admin.host}/retail-apps/ended/{name}:1", credentials))
    finally:
        world.bind("retail-apps", "retail", "push")
    succeeded(client.push(web, f"{world.admin.host}/retail-apps/ended/{name}:1", credentials))
