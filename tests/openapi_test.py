"""The REST contract: api/openapi.yaml is a sound OpenAPI document, and a running server answers as it says.

src/app/tests/openapi_test.cpp holds it against the route table; here every operation is asked for at least once, and every
answer, refusals too, is held against the schemas: nothing is missing, nothing has another shape, nothing is there that the file
does not name.
"""
import re

import jsonschema
import pytest

from berth_client import Client, Unexpected
from support.contract import METHODS, Contract, Exchanges
from support.oci import Image, Repository, tar
from support.world import World

CONTRACT = Contract()
OPERATIONS = [str(each) for each in CONTRACT.operations]


# The document itself ------------------------------------------------------------------------------------------------


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_it_is_openapi_3_1_and_says_what_it_is():
    document = CONTRACT.document
    assert re.fullmatch(r"3\.1\.\d", document["openapi"])
    assert document["info"]["title"] == "Berth" and document["info"]["version"]
    assert set(document) == {"openapi", "info", "servers", "security", "tags", "paths", "components"}


def test_every_reference_leads_somewhere_and_every_component_is_used():
    used = set(references(CONTRACT.document))
    parts = {f"#/components/{kind}/{name}" for kind, named in CONTRACT.document["components"].items() if kind != "securitySchemes" for name in named}
    assert used - parts == set()
    assert parts - used == set()


def test_every_schema_is_json_schema():
    for name, schema in CONTRACT.document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        required, properties = set(schema.get("required", [])), set(schema.get("properties", {}))
        assert required <= properties, f"{name} requires what it does not describe"


def test_every_operation_is_complete():
    tags = {each["name"] for each in CONTRACT.document["tags"]}
    schemes = set(CONTRACT.document["components"]["securitySchemes"])
    assert len(set(OPERATIONS)) == len(OPERATIONS), "an operationId stands twice"
    for operation in CONTRACT.operations:
        document = operation.document
        assert document["summary"].endswith("."), operation
        assert set(document["tags"]) <= tags, operation
        assert document["x-permission"], operation
        assert all(set(each) <= schemes for each in document.get("security", [])), operation
        assert operation.succeeds_with(), operation
        assert "default" in document["responses"], operation
        assert all(CONTRACT.resolve(each)["description"] for each in document["responses"].values()), operation
        in_path = re.findall(r"{(\w+)}", operation.path)
        assert [each["name"] for each in operation.parameters if each["in"] == "path"] == in_path, operation
        assert all(each.get("required") for each in operation.parameters if each["in"] == "path"), operation


def test_every_tag_is_used_and_every_path_has_only_methods_that_exist():
    assert {tag for each in CONTRACT.operations for tag in each.document["tags"]} == {each["name"] for each in CONTRACT.document["tags"]}
    for path, item in CONTRACT.document["paths"].items():
        assert set(item) <= {"parameters", *METHODS}, path


def test_what_changes_something_asks_a_session_for_its_csrf_token():
    for operation in CONTRACT.operations:
        security = operation.document.get("security", CONTRACT.document["security"])
        for each in security:
            assert ("csrf" in each) == ("session" in each and operation.method != "GET"), operation


def test_the_check_of_answers_notices_what_the_file_does_not_name():
    schema = CONTRACT.strict({"$ref": "#/components/schemas/CreatedToken"})
    token = {"id": 1, "name": "n", "grants": {"api": "read", "spaces": []}, "created_at": "2026-01-01T00:00:00.000Z", "expires_at": None, "secret": "s"}
    assert CONTRACT.mistakes(schema, token) == []
    for wrong in ({**token, "more": 1}, {**token, "id": "1"}, {**token, "created_at": "yesterday"}, {**token, "grants": {"api": "root"}},
                  {key: value for key, value in token.items() if key != "secret"}):
        assert CONTRACT.mistakes(schema, wrong), wrong


# A running server ---------------------------------------------------------------------------------------------------


def people(world):
    a = world.admin
    made = a.post("/api/v1/users", {"login": "carol", "display_name": "Carol", "email": "carol@example.com", "platform_role": "auditor"}, expect=201)
    a.get("/api/v1/users?search=car&limit=1", expect=200)
    a.get("/api/v1/users?limit=2", expect=200)
    user = a.get("/api/v1/users/carol", expect=200)
    a.get("/api/v1/users/carol", headers={"If-None-Match": user.headers["ETag"]}, expect=304)
    a.patch("/api/v1/users/carol", {"display_name": "C."}, headers={"If-Match": made.headers["ETag"]}, expect=200)
    a.patch("/api/v1/users/carol", {"display_name": "D."}, headers={"If-Match": made.headers["ETag"]}, expect=412)
    a.post("/api/v1/users", {"login": "carol"}, expect=409)
    a.post("/api/v1/users", {"login": "!", "surplus": 1}, expect=400)
    a.get("/api/v1/users/nobody", expect=404)
    world.user("alice").get("/api/v1/users", expect=403)
    a.anonymous().get("/api/v1/users", expect=401)
    a.post("/api/v1/groups", {"name": "crew"}, expect=201)
    a.put("/api/v1/groups/crew/members/vera", {}, expect=204)
    a.get("/api/v1/groups", expect=200)
    a.get("/api/v1/groups/crew", expect=200)
    a.put("/api/v1/workspaces/retail/members/group/crew", {"role": "viewer"}, expect=201)
    a.put("/api/v1/workspaces/retail/members/group/crew", {"role": "editor"}, expect=200)
    a.get("/api/v1/workspaces/retail/members?limit=2", expect=200)
    a.delete("/api/v1/workspaces/retail/members/group/crew", expect=204)
    a.delete("/api/v1/groups/crew/members/vera", expect=204)
    a.delete("/api/v1/groups/crew", expect=204)
    a.delete("/api/v1/users/admin", expect=409)
    a.delete("/api/v1/users/carol", expect=204)


def sessions(world):
    open_client = world.admin.anonymous()
    opened = open_client.post("/api/v1/session", {"login": "vera", "password": world.PASSWORD}, expect=201)
    open_client.post("/api/v1/session", {"login": "vera", "password": "not it at all"}, expect=401)
    cookie = {"Cookie": opened.headers["Set-Cookie"].split(";")[0]}
    me = open_client.get("/api/v1/session", headers=cookie, expect=200).json
    changing = {**cookie, "X-CSRF-Token": me["csrf_token"]}
    open_client.post("/api/v1/session", {"login": "vera", "password": world.PASSWORD}, expect=201)
    for session in open_client.get("/api/v1/me/sessions", headers=cookie, expect=200).json["items"]:
        if not session["current"]:
            open_client.delete(f"/api/v1/me/sessions/{session['id']}", headers=changing, expect=204)
    open_client.put("/api/v1/me/password", {"current_password": world.PASSWORD, "new_password": "another good phrase"}, headers=changing, expect=204)
    open_client.delete("/api/v1/session", headers=changing, expect=204)


def machines(world):
    alice = world.user("alice")
    grants = {"api": "read", "spaces": [{"space": "berth/base", "repository": "tools/web", "verbs": ["pull"]}, {"verbs": ["push"]}]}
    token = alice.post("/api/v1/me/tokens", {"name": "laptop", "grants": grants, "expires_at": "2099-01-01T00:00:00Z"}, expect=201).json
    alice.post("/api/v1/me/tokens", {"name": "laptop"}, expect=409)
    alice.bearer(token["secret"]).get("/api/v1/session", expect=200)
    alice.get("/api/v1/me/tokens", expect=200)
    alice.delete(f"/api/v1/me/tokens/{token['id']}", expect=204)
    for base in ("/api/v1/me/robots", "/api/v1/workspaces/retail/robots"):
        robot = alice.post(base, {"name": "ci", "description": "builds", "grants": grants}, expect=201).json
        alice.post(base, {"name": "ci2", "expires_at": "2099-01-01T00:00:00Z"}, expect=201)
        alice.get(base + "?limit=1", expect=200)
        one = f"{base}/{robot['id']}"
        alice.get(one, expect=200)
        alice.patch(one, {"expires_at": "never", "disabled": True}, headers={"If-Match": "*"}, expect=200)
        alice.post(one + "/secret", {}, expect=200)
        alice.get(f"{base}/999999", expect=404)
        alice.delete(one, expect=204)


def tenancy(world):
    a = world.admin
    made = a.post("/api/v1/workspaces", {"name": "gone", "display_name": "To go", "description": "soon"}, expect=201)
    a.get("/api/v1/workspaces?limit=1", expect=200)
    a.get("/api/v1/workspaces/gone", expect=200)
    a.patch("/api/v1/workspaces/gone", {"description": "now"}, headers={"If-Match": made.headers["ETag"]}, expect=200)
    a.put("/api/v1/workspaces/gone/members/user/bob", {"role": "admin"}, expect=201)
    a.put("/api/v1/workspaces/gone/members/user/bob", {"role": "owner"}, expect=400)
    a.delete("/api/v1/workspaces/gone/members/user/bob", expect=200)
    a.delete("/api/v1/workspaces/retail", expect=409)
    a.delete("/api/v1/workspaces/gone", expect=204)
    a.post("/api/v1/clusters", {"name": "c2", "uid": "c2-uid", "description": "second"}, expect=201)
    a.get("/api/v1/clusters", expect=200)
    a.get("/api/v1/clusters/c2", expect=200)
    a.patch("/api/v1/clusters/c2", {"description": "other"}, expect=200)
    namespace = a.post("/api/v1/namespaces", {"cluster": "c2", "name": "n", "uid": "n-uid"}, expect=201).json
    one = f"/api/v1/namespaces/{namespace['id']}"
    a.get("/api/v1/namespaces?limit=1", expect=200)
    a.get(one, expect=200)
    a.put(one + "/binding", {}, expect=409)
    a.put(one + "/claim", {"workspace": "lab"}, expect=200)
    a.put(one + "/claim", {"workspace": "retail"}, expect=409)
    a.delete(one + "/binding", expect=204)
    world.user("bob").put(one + "/binding", {}, expect=200)
    a.get("/api/v1/workspaces/lab/namespaces", expect=200)
    credential = a.post(one + "/credentials", {"expires_at": "2099-01-01T00:00:00Z"}, expect=201).json
    a.get(one + "/credentials", expect=200)
    a.delete(f"{one}/credentials/{credential['id']}", expect=204)
    a.delete(one + "/claim", expect=204)
    a.delete("/api/v1/clusters/c2", expect=409)
    a.delete(one, expect=204)
    a.delete("/api/v1/clusters/c2", expect=204)


def places(world):
    a = world.admin
    a.get("/api/v1/registries", expect=200)
    registry = a.get("/api/v1/registries/berth", expect=200)
    a.post("/api/v1/registries/berth/publicity-preview", {"all_spaces_public": True}, expect=200)
    a.patch("/api/v1/registries/berth", {"all_spaces_public": False}, headers={"If-Match": registry.headers["ETag"]}, expect=200)
    spaces = "/api/v1/registries/berth/spaces"
    a.get(spaces + "?limit=2", expect=200)
    a.post(spaces, {"name": "tmp", "owner_workspace": "lab", "quota_bytes": 1 << 30, "description": "short", "allow_sparse": True,
                    "untagged_days": 7}, expect=201)
    a.post(spaces, {"name": "v2"}, expect=400)
    a.get(spaces + "/tmp", expect=200)
    a.patch(spaces + "/tmp", {"owner_workspace": None, "quota_bytes": None, "untagged_days": None, "public": True}, expect=200)
    world.user("bob").get(spaces + "/vault", expect=404)
    batch = {"spaces": ["berth/tmp", "berth/vault"], "workspaces": ["lab", "retail"]}
    a.post("/api/v1/bindings", {**batch, "access": "pull", "dry_run": True}, expect=200)
    a.post("/api/v1/bindings", {**batch, "access": "pull"}, expect=200)
    a.post("/api/v1/bindings", {**batch, "access": "push"}, expect=200)
    a.post("/api/v1/bindings", {"spaces": ["berth/none"], "workspaces": ["none"], "access": "pull"}, expect=400)
    a.get("/api/v1/bindings?space=berth/tmp&workspace=lab", expect=200)
    a.get("/api/v1/bindings?limit=1", expect=200)
    a.get("/api/v1/workspaces/lab/bindings", expect=200)
    a.delete(spaces + "/tmp", expect=409)
    a.post("/api/v1/bindings/remove", batch, expect=200)
    a.delete(spaces + "/tmp", expect=204)


def content(world):
    alice = world.user("alice")
    image = Image([tar({"a": b"a"}), tar({"b": b"b"})], labels={"title": "web"})
    for name in ("web", "tools/web"):
        Repository(alice, f"retail-apps/{name}").push_image(image, "1.0")
    space = "/api/v1/registries/berth/spaces/retail-apps"
    alice.get(space + "/repositories?sort=updated&order=desc&visibility=private&search=web&limit=1", expect=200)
    repository = alice.get(space + "/repositories/tools/web", expect=200).json
    assert (repository["space"], repository["name"]) == ("retail-apps", "tools/web")
    alice.get(space + "/tags/tools/web?search=1&limit=1", expect=200)
    alice.get(space + "/artifacts/tools/web?reference=1.0", expect=200)
    alice.get(f"{space}/artifacts/web?reference={image.digest}", expect=200)
    alice.get(space + "/artifacts/web", expect=400)
    alice.get(space + "/artifacts/web?reference=9", expect=404)
    alice.get(space + "/push-commands?client=helm&repository=tools/web&tag=2", expect=200)
    alice.get(space + "/push-commands", expect=200)
    alice.post(space + "/temporary-login", {"repository": "web", "lifetime_seconds": 60}, expect=201)
    for path in ("/api/v1/images", "/api/v1/workspaces/retail/images", f"/api/v1/namespaces/{world.namespaces['shop']}/images"):
        alice.get(path + "?limit=1&registry=berth&space=retail-apps", expect=200)
        alice.get(path + "?sort=colour", expect=400)
    world.user("vera").delete(space + "/repositories/tools/web", expect=403)
    alice.delete(space + "/repositories/tools/web", expect=204)
    alice.delete(space + "/repositories/tools/web", expect=404)
    assert [item["name"] for item in alice.items("/api/v1/images?space=retail-apps")] == ["web"]


def collection(world):
    a = world.admin
    a.get("/api/v1/collection", expect=200)
    a.patch("/api/v1/collection", {"paused": True}, expect=200)
    a.patch("/api/v1/collection", {"paused": "yes"}, expect=400)
    run = a.post("/api/v1/collection/runs", expect=202).json
    assert a.post("/api/v1/collection/runs", expect=202).json["id"] == run["id"]
    one = f"/api/v1/collection/runs/{run['id']}"
    a.get(one, expect=200)
    a.get(one + "/log?limit=1", expect=200)
    a.get("/api/v1/collection/runs/999999", expect=404)
    a.get("/api/v1/collection/runs/999999/log", expect=404)
    a.get("/api/v1/collection/runs?limit=1", expect=200)
    a.get("/api/v1/collection/runs?cursor=x", expect=400)
    a.get("/api/v1/collection/preview", expect=200)
    a.patch("/api/v1/collection", {"paused": False}, expect=200)
    world.user("alice").get("/api/v1/collection", expect=403)
    world.user("alice").post("/api/v1/collection/runs", {}, expect=403)


def platform(world):
    a = world.admin
    a.anonymous().get("/api/v1/version", expect=200)
    a.get("/api/v1/audit?limit=200", expect=200)
    a.get("/api/v1/audit?workspace=retail&limit=2", expect=200)
    world.user("alice").get("/api/v1/workspaces/retail/audit?limit=200", expect=200)
    a.get("/api/v1/explain?subject=namespace:c1/shop&image=retail-apps/web&action=push", expect=200)
    a.get("/api/v1/explain?subject=who", expect=400)
    a.get("/api/v1/explain?subject=user:nobody&image=base/web", expect=404)
    a.get("/api/v1/signing-keys", expect=200)
    a.post("/api/v1/signing-keys", expect=201)
    settings = a.get("/api/v1/settings", expect=200)
    a.patch("/api/v1/settings", {"anonymous_pull": True}, headers={"If-Match": settings.headers["ETag"]}, expect=200)
    a.patch("/api/v1/settings", {"anonymous_pull": "yes"}, expect=400)
    world.user("alice").get("/api/v1/settings", expect=403)
    a.delete("/api/v1/scrub", expect=200)
    a.get("/api/v1/scrub", expect=200)
    a.post("/api/v1/scrub", {"bytes_per_second": 1}, expect=202)
    a.delete("/api/v1/scrub", expect=200)
    a.post("/api/v1/scrub", {"bytes_per_second": -1}, expect=400)
    a.get("/api/v1/damaged-blobs?limit=10", expect=200)
    world.user("alice").get("/api/v1/scrub", expect=403)


@pytest.fixture(scope="module")
def exchanges(server):
    """Everything that was asked of the server, from making the world on."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        seen = Exchanges(CONTRACT).install(monkeypatch, Client)
        world = World(server)
        for scenario in (people, machines, tenancy, places, content, collection, platform, sessions):
            try:
                scenario(world)
            except Unexpected as unexpected:
                seen.seen.setdefault("broken scenarios", []).append((0, f"{scenario.__name__}: {unexpected}", ["it went another way"]))
        return seen


def none(mistakes):
    if mistakes:
        pytest.fail("\n".join(mistakes), pytrace=False)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_are_as_the_file_says(exchanges, operation):
    assert exchanges.succeeded(operation), f"no request to {operation} succeeded: ask for it in a scenario"
    none(exchanges.mistakes(operation))


def test_nothing_was_answered_that_the_file_does_not_know(exchanges):
    none(exchanges.mistakes("None") + exchanges.mistakes("broken scenarios"))
