"""helm, which keeps charts in registries, against the running server."""
import pytest
from support.oci import verify
from support.programs import refused, succeeded

SPACE = "retail-apps/charts"


@pytest.fixture
def helm(binaries, home):
    return lambda *arguments, **more: home.run(binaries / "helm", *arguments, **more)


@pytest.fixture
def login(helm):
    return lambda host, user, password: helm("registry", "login", "--plain-http", host, "--username", user, "--password-stdin", text_in=password)


@pytest.fixture
def chart(helm, tmp_path):
    """shop 1.2.0+build.3, packed: a plus sign is no part of a tag, and helm sends a low line instead."""
    source = tmp_path / "shop"
    (source / "templates").mkdir(parents=True)
    (source / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.2.0+build.3\n")
    (source / "templates" / "one.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n")
    succeeded(helm("package", source, "--destination", tmp_path))
    return tmp_path / "shop-1.2.0+build.3.tgz"


def test_wrong_password_is_refused(login, world):
    world.add_user("helm-user")
    refused(login(world.admin.host, "helm-user", "wrong"))


def test_push_and_pull(helm, login, world, alice, chart, tmp_path):
    succeeded(login(world.admin.host, *alice))
    succeeded(helm("push", "--plain-http", chart, f"oci://{world.admin.host}/{SPACE}"))
    (document,) = verify(world.user("alice"), f"{SPACE}/shop", "1.2.0_build.3").values()
    assert document["config"]["mediaType"] == "application/vnd.cncf.helm.config.v1+json"
    (tmp_path / "back").mkdir()
    succeeded(helm("pull", "--plain-http", f"oci://{world.admin.host}/{SPACE}/shop", "--version", "1.2.0+build.3", "--destination", tmp_path / "back"))
    assert (tmp_path / "back" / chart.name).read_bytes() == chart.read_bytes()
    assert "kind: ConfigMap" in succeeded(helm("template", "--plain-http", f"oci://{world.admin.host}/{SPACE}/shop")).stdout


def test_pull_without_rights_is_refused(helm, login, world, alice, chart):
    succeeded(login(world.admin.host, *alice))
    succeeded(helm("push", "--plain-http", chart, f"oci://{world.admin.host}/{SPACE}"))
    succeeded(helm("registry", "logout", world.admin.host))
    refused(helm("pull", "--plain-http", f"oci://{world.admin.host}/{SPACE}/shop"))
