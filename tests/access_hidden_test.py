"""Existence is never revealed: what another workspace has answers as what nobody has, byte for byte but for the request's id. And a child
is found under its own parent alone."""
import re

import pytest

from berth_client import Server
from support import routes
from support.company import EVERY_VERB, Company
from support.registry import NOBODY_HAS, SMALL_CONFIG, codes, digest_of, push_blob, registry_token, start_upload

SECRET = b"what only retail has"


@pytest.fixture(scope="module")
def company(berth, tmp_path_factory):
    place = tmp_path_factory.mktemp("company")
    with Server(berth, place / "data") as server:
        with Server(berth, place / "foreign", {"public-url": server.url}) as foreign:
            made = Company(server, foreign)
        push_blob(made.user("alice"), "retail-apps/web", SECRET)
        made.upload = start_upload(made.user("alice"), "retail-apps/web").rpartition("/")[2]
        yield made


def told(reply, *names):
    """All that an answer says, without what differs from one request to the next; `names` are what the path named."""
    said = [f"{key}: {value}" for key, value in reply.headers.items() if key not in ("Date", "X-Request-Id", "Content-Length")]
    text = "\n".join([str(reply.status), *sorted(said), re.sub(rb'"request_id":"[0-9a-f]+"', b"", reply.body).decode()])
    for name in sorted(map(str, names), key=len, reverse=True):
        text = text.replace(name, "…")
    return text


# (a name in a path that retail has, one that nobody has)
FOREIGN = {"workspace": ("retail", "retaii"), "space": ("retail-apps", "retaii-apps"), "name+": ("retail-apps/web", "retaii-apps/web")}
STRANGERS = ["user without workspace", "viewer of other", "admin of other", "unbound namespace",
             "token of the admin of retail, to pull from base", "anonymous", "registry token of nobody"]


def with_names(route, company, real):
    at = 0 if real else 1
    names = {**{name: pair[at] for name, pair in FOREIGN.items()}, "namespace": (company.namespaces["shop"], 987654)[at], "registry": "berth",
             "kind": "user", "principal": "vera", "credential": (company.credential, 987654)[at], "robot": (company.robot, 987654)[at],
             "repository+": "web", "digest": digest_of(SECRET), "reference": "1", "upload": company.upload}
    return re.sub(r"{([^}]*)}", lambda m: str(names[m.group(1)]), route.pattern) + route.query, list(names.values())


HIDING = [route for route in routes.REST + routes.REGISTRY_ROUTES if re.search(r"{(workspace|namespace|space|name\+)}", route.pattern)]


@pytest.mark.parametrize("who", STRANGERS, ids=lambda who: who.replace(" ", "_"))
@pytest.mark.parametrize("route", HIDING, ids=str)
def test_what_is_anothers_answers_as_what_is_not_there(company, route, who):
    client = company.who[who].client
    (real, real_names), (none, no_names) = with_names(route, company, True), with_names(route, company, False)
    methods = [route.method] + (["HEAD"] if route.method == "GET" else [])
    for method in methods:
        replies = [client.request(method, path, route.body, headers=route.headers) for path in (real, none)]
        assert told(replies[0], *real_names) == told(replies[1], *no_names)
        assert replies[0].status in (401, 403, 404), replies[0]


QUERIES = {
    "bindings_of_a_space": ("/api/v1/bindings?space=berth/{}", ("vault", "vauit")),
    "bindings_of_a_workspace": ("/api/v1/bindings?workspace={}", ("retail", "retaii")),
    "images_of_a_space": ("/api/v1/images?space={}", ("vault", "vauit")),
    "images_of_a_space_of_a_registry": ("/api/v1/images?registry=berth&space={}", ("vault", "vauit")),
    "images_by_search": ("/api/v1/images?search={}", ("vault", "vauit")),
    "images_of_a_workspace_by_space": ("/api/v1/workspaces/lab/images?space={}", ("vault", "vauit")),
    "images_of_a_namespace_by_space": ("/api/v1/namespaces/{{bench}}/images?space={}", ("vault", "vauit")),
    "repository_of_a_space_one_sees": ("/api/v1/registries/berth/spaces/base/repositories/{}", ("nowhere", "nowhera")),
    "explanation_of_an_image": ("/api/v1/explain?subject=user:bob&action=pull&image={}/ours:1", ("vault", "vauit")),
    "explanation_of_a_push": ("/api/v1/explain?subject=user:bob&action=push&image={}/ours:1", ("shared", "sharad")),
    "explanation_of_deleting": ("/api/v1/explain?subject=user:bob&action=delete&image={}/ours:1", ("shared", "sharad")),
    "explanation_for_a_user": ("/api/v1/explain?subject=user:{}&action=pull&image=base/ours", ("alice", "alica")),
    "explanation_for_a_namespace": ("/api/v1/explain?subject=namespace:c1/{}&action=pull&image=base/ours", ("shop", "shap")),
    "explanation_for_a_robot": ("/api/v1/explain?subject=robot:robot+retail+{}&action=pull&image=base/ours", ("builder", "buildar")),
    "a_token_of_the_registry": ("/service/token?scope=repository:{}/ours:pull,push,delete", ("vault", "vauit")),
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_filter_by_what_is_anothers_answers_as_one_by_what_is_not_there(company, query):
    template, names = QUERIES[query]
    template = template.replace("{{bench}}", str(company.namespaces["bench"]))
    bob = company.user("bob")
    real, none = (bob.get(template.format(name)) for name in names)
    if query == "a_token_of_the_registry":  # the token itself differs each time
        assert (real.status, real.json["scope"]) == (none.status, none.json["scope"]) == (200, "")
    else:
        assert told(real, names[0]) == told(none, names[1])


def to_pull_from(space):
    return {"name": "x", "grants": {"api": "none", "spaces": [{"space": f"berth/{space}", "verbs": ["pull"]}]}}


BODIES = {
    "robot_with_a_grant_on_a_space": ("/api/v1/workspaces/lab/robots", ("vault", "vauit"), to_pull_from),
    "token_with_a_grant_on_a_space": ("/api/v1/me/tokens", ("vault", "vauit"), to_pull_from),
    "space_for_a_workspace": ("/api/v1/registries/berth/spaces", ("retail", "retaii"), lambda name: {"name": "fresh", "owner_workspace": name}),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_names_what_is_anothers_is_refused_as_one_that_names_nothing(company, case):
    path, names, body = BODIES[case]
    real, none = (company.user("bob").post(path, body(name)) for name in names)
    assert told(real, names[0]) == told(none, names[1])
    assert real.status in (400, 403)


def test_cve_2024_39897_a_digest_that_only_another_repository_has_is_unknown(company):
    """Also where it lies on the same disk, and where the asker may pull."""
    admin = company.admin
    for path in ("/v2/base/ours/blobs/", "/v2/base/ours/manifests/"):
        real, none = admin.get(path + digest_of(SECRET)), admin.get(path + NOBODY_HAS)
        assert real.status == 404
        assert told(real) == told(none)


@pytest.mark.parametrize("from_, digest", [
    ("retail-apps/web", digest_of(SECRET)), ("retail-apps/web", NOBODY_HAS), ("retaii-apps/web", digest_of(SECRET)), (None, digest_of(SECRET)),
    ("../retail-apps/web", digest_of(SECRET)), ("", digest_of(SECRET)),
], ids=["theirs", "no_such_blob", "no_such_repository", "anywhere", "path_trick", "empty"])
def test_cve_2024_39897_a_mount_of_what_one_may_not_pull_is_an_upload_and_links_nothing(company, from_, digest):
    company.bind("pushed", "lab", "push")
    try:
        bob = company.user("bob")
        reply = bob.post(f"/v2/pushed/of-bob/blobs/uploads/?mount={digest}" + (f"&from={from_}" if from_ is not None else ""), b"")
        assert reply.status == 202, reply
        assert "Docker-Content-Digest" not in reply.headers
        assert re.fullmatch(r"/v2/pushed/of-bob/blobs/uploads/[0-9a-f-]{36}", reply.headers["Location"])
        assert bob.head(f"/v2/pushed/of-bob/blobs/{digest}").status == 404
    finally:
        company.unbind("pushed", "lab")


def test_a_mount_without_a_token_for_the_source_links_nothing(company):
    """The token is for the target alone: sent back for a wider one, or taken as an upload, but never mounted."""
    token = company.admin.bearer(registry_token(company.user("alice"), "repository:pushed/mounted:pull,push"))
    reply = token.post(f"/v2/pushed/mounted/blobs/uploads/?mount={digest_of(SECRET)}&from=retail-apps/web", b"")
    assert reply.status in (202, 401), reply
    assert company.user("alice").head(f"/v2/pushed/mounted/blobs/{digest_of(SECRET)}").status == 404


class TestUploads:
    """An upload belongs to its repository and to the subject that began it."""

    REQUESTS = [("GET", b""), ("PATCH", b"bytes"), ("PUT", b"bytes"), ("DELETE", b"")]

    @pytest.mark.parametrize("method, body", REQUESTS)
    @pytest.mark.parametrize("login, repository", [("alice", "pushed/ours"), ("eddie", "retail-apps/web"), ("admin", "retail-apps/web")],
                             ids=["other_repository", "other_subject", "administrator"])
    def test_cve_2026_32589_an_upload_of_another_is_unknown(self, company, login, repository, method, body):
        client = company.person(login)
        query = "?digest=" + NOBODY_HAS if method == "PUT" else ""
        other = client.request(method, f"/v2/{repository}/blobs/uploads/{company.upload}{query}", body)
        none = client.request(method, f"/v2/{repository}/blobs/uploads/00000000-0000-4000-8000-000000000000{query}", body)
        assert (other.status, codes(other)) == (404, ["BLOB_UPLOAD_UNKNOWN"])
        assert told(other, company.upload) == told(none)
        assert company.user("alice").get(f"/v2/retail-apps/web/blobs/uploads/{company.upload}").headers["Range"] == "0-0"

    def test_a_token_of_the_same_user_is_another_subject(self, company):
        by_token = company.who["token of the admin of retail, API write"].client
        assert by_token.get(f"/v2/retail-apps/web/blobs/uploads/{company.upload}").status == 404


class TestChildren:
    """Each child of one parent, asked for under another, by somebody who may do all to both: 404, and it is still there."""

    def robots(self, company):
        make = {"name": company.unique("robot"), "grants": {"api": "none"}}
        lab = company.admin.post("/api/v1/workspaces/lab/robots", make, expect=201).json["id"]
        return "/api/v1/workspaces/{}/robots/" + str(lab), "lab", "retail"

    def own_robots(self, company):
        make = {"name": company.unique("robot"), "grants": {"api": "none"}}
        lab = company.admin.post("/api/v1/workspaces/lab/robots", make, expect=201).json["id"]
        return "/api/v1/{}/robots/" + str(lab), "workspaces/lab", "me"

    @pytest.mark.parametrize("kind", ["robots", "own_robots"])
    def test_cve_2022_31667_robots(self, company, kind):
        pattern, parent, other = getattr(self, kind)(company)
        for method, suffix, body in (("GET", "", None), ("PATCH", "", {"disabled": True}), ("DELETE", "", None), ("POST", "/secret", None)):
            reply = company.admin.request(method, pattern.format(other) + suffix, body)
            assert (reply.status, reply.json["code"]) == (404, "not_found"), reply
        assert company.admin.get(pattern.format(parent), expect=200).json["disabled"] is False

    def test_credentials(self, company):
        shop, bench = company.namespaces["shop"], company.namespaces["bench"]
        reply = company.admin.delete(f"/api/v1/namespaces/{bench}/credentials/{company.credential}")
        assert (reply.status, reply.json["code"]) == (404, "not_found")
        assert company.credential in [item["id"] for item in company.admin.items(f"/api/v1/namespaces/{shop}/credentials")]

    def test_what_belongs_to_another_user(self, company):
        for path in (f"tokens/{company.token}", f"sessions/{company.session}", f"robots/{company.own_robot}"):
            for login in ("bob", "admin"):
                reply = company.person(login).delete(f"/api/v1/me/{path}")
                assert (reply.status, reply.json["code"]) == (404, "not_found"), path
        alice = company.user("alice")
        assert company.token in [item["id"] for item in alice.get("/api/v1/me/tokens").json["items"]]
        assert company.session in [item["id"] for item in alice.get("/api/v1/me/sessions").json["items"]]
        alice.get(f"/api/v1/me/robots/{company.own_robot}", expect=200)

    def test_members(self, company):
        reply = company.admin.delete("/api/v1/workspaces/lab/members/user/vera")
        assert (reply.status, reply.json["code"]) == (404, "not_found")
        for kind in ("group", "robot", "User"):
            assert company.admin.delete(f"/api/v1/workspaces/retail/members/{kind}/vera").status in (400, 404)
        assert "vera" in [item["name"] for item in company.admin.items("/api/v1/workspaces/retail/members")]

    def test_spaces_of_another_registry(self, company):
        assert company.admin.get("/api/v1/registries/elsewhere/spaces/base").status == 404

    def test_blobs_and_manifests_of_another_repository(self, company):
        push_blob(company.user("alice"), "retail-apps/web", SMALL_CONFIG)
        manifest = company.admin.head("/v2/retail-apps/web/manifests/1").headers["Docker-Content-Digest"]
        company.admin.get(f"/v2/retail-apps/web/manifests/{manifest}", expect=200)
        push_blob(company.user("alice"), "retail-apps/empty", b"something")
        for method in ("GET", "HEAD", "DELETE"):
            assert company.admin.request(method, f"/v2/retail-apps/empty/blobs/{digest_of(SMALL_CONFIG)}").status == 404
            assert company.admin.request(method, f"/v2/retail-apps/empty/manifests/{manifest}").status == 404


@pytest.mark.parametrize("login", ["alice", "bob", "nora", "audrey"])
def test_a_secret_is_in_no_answer_after_the_one_that_made_it(company, login):
    client = company.person(login)
    token = company.access_token(login, "none", EVERY_VERB)["secret"]
    robot = client.post("/api/v1/me/robots", {"name": company.unique("robot"), "grants": {"api": "none"}}, expect=201).json["secret"]
    for route in routes.REST:
        if route.method == "GET":
            body = route.ask(client, company).body.decode()
            assert token not in body and robot not in body and company.credentials["shop"][1] not in body, str(route)
