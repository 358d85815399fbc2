"""Effective at the next request: whatever takes a right away takes it from tokens that were issued before, from remembered passwords, from
open sessions and from uploads under way.

Every case works with objects of its own, so that each can run alone.
"""
import time

import pytest

from support.oci import IMAGE
from support.raw import Raw
from support.registry import digest_of, push_image, registry_token, start_upload

IMAGE_PATH = "/v2/{}/app/manifests/1"


def wait_for_requests(client, count):
    """Until so many requests, this one aside, have been let in and have no answer yet."""
    deadline = time.monotonic() + 30
    while f"berth_http_requests_in_flight {count + 1}\n" not in client.get("/metrics").body.decode():
        assert time.monotonic() < deadline


def begin(raw, client, request_line, *fields):
    """As Raw.head(), under the server's own name: a registry token is good for that alone."""
    lines = [request_line, f"Host: {client.host}", f"Authorization: {client.authorization}", *fields]
    return raw.send("\r\n".join(lines) + "\r\n\r\n")


class Stage:
    """A workspace with an editor, a namespace with a credential, a robot, and a private space that is bound to it with push."""

    made = 0

    def __init__(self, world):
        Stage.made += 1
        self.world, self.admin = world, world.admin
        self.workspace, self.space, self.login = (f"{kind}-{Stage.made}" for kind in ("team", "apps", "user"))
        self.admin.post("/api/v1/workspaces", {"name": self.workspace}, expect=201)
        world.add_space(self.space)
        world.add_user(self.login)
        self.member(f"{self.login}", "editor")
        world.bind(self.space, self.workspace, "push")
        uid = f"6a1d8e0c-0000-4000-8000-00000001{Stage.made:04}"
        body = {"cluster": "c1", "name": f"ns-{Stage.made}", "uid": uid, "workspace": self.workspace}
        self.namespace = self.admin.post("/api/v1/namespaces", body, expect=201).headers["Location"]
        self.credential = self.admin.post(self.namespace + "/credentials", {}, expect=201).json
        grants = {"api": "write", "spaces": [{"verbs": ["pull", "push", "delete"]}]}
        self.robots = f"/api/v1/workspaces/{self.workspace}/robots"
        self.robot = self.admin.post(self.robots, {"name": "ci", "grants": grants}, expect=201).json
        self.token = self.user.post("/api/v1/me/tokens", {"name": "laptop", "grants": grants}, expect=201).json
        push_image(self.user, f"{self.space}/app", "1")

    def member(self, login, role):
        self.admin.put(f"/api/v1/workspaces/{self.workspace}/members/user/{login}", {"role": role}, expect=(200, 201))

    @property
    def user(self):
        return self.world.user(self.login)

    def client(self, kind):
        if kind == "user":
            return self.user
        if kind == "robot":
            return self.admin.basic(self.robot["login"], self.robot["secret"])
        if kind == "token":
            return self.admin.bearer(self.token["secret"])
        return self.admin.basic(self.credential["username"], self.credential["password"])

    def bearer(self, kind, verbs="pull,push"):
        return self.admin.bearer(registry_token(self.client(kind), f"repository:{self.space}/app:{verbs}"))

    def pull(self, client):
        return client.get(IMAGE_PATH.format(self.space)).status

    # The ways to take a right away.
    def unbind(self):
        self.world.unbind(self.space, self.workspace)

    def bind_to_pull_alone(self):
        self.world.bind(self.space, self.workspace, "pull")

    def remove_member(self):
        self.admin.delete(f"/api/v1/workspaces/{self.workspace}/members/user/{self.login}", expect=(200, 204))

    def make_viewer(self):
        self.member(self.login, "viewer")

    def disable_user(self):
        self.admin.patch(f"/api/v1/users/{self.login}", {"disabled": True}, expect=200)

    def delete_user(self):
        self.admin.delete(f"/api/v1/users/{self.login}", expect=204)

    def disable_robot(self):
        self.admin.patch(f"{self.robots}/{self.robot['id']}", {"disabled": True}, expect=200)

    def delete_robot(self):
        self.admin.delete(f"{self.robots}/{self.robot['id']}", expect=204)

    def set_password(self):
        self.admin.patch(f"/api/v1/users/{self.login}", {"password": "another horse battery"}, expect=200)

    def rotate_robot(self):
        self.admin.post(f"{self.robots}/{self.robot['id']}/secret", expect=200)

    def take_grants_from_robot(self):
        self.admin.patch(f"{self.robots}/{self.robot['id']}", {"grants": {"api": "none"}}, expect=200)

    def delete_token(self):
        self.user.delete(f"/api/v1/me/tokens/{self.token['id']}", expect=204)

    def delete_credential(self):
        self.admin.delete(f"{self.namespace}/credentials/{self.credential['id']}", expect=204)

    def release_namespace(self):
        self.admin.delete(self.namespace + "/binding", expect=(200, 204))

    def delete_namespace(self):
        self.admin.delete(self.namespace, expect=204)


@pytest.fixture
def stage(world):
    return Stage(world)


# (what happens, whom it concerns, what a pull gets then with the credential itself, and with a registry token issued before)
PULLS = [
    ("unbind", "user", 404, 404),
    ("unbind", "robot", 404, 404),
    ("unbind", "token", 404, 404),
    ("unbind", "namespace", 404, 404),
    ("remove_member", "user", 404, 404),
    ("remove_member", "token", 404, 404),
    ("disable_user", "user", 401, 401),
    ("disable_user", "token", 401, 401),
    ("set_password", "user", 401, 401),
    ("delete_user", "user", 401, 401),
    ("delete_user", "token", 401, 401),
    ("disable_robot", "robot", 401, 401),
    ("delete_robot", "robot", 401, 401),
    ("rotate_robot", "robot", 401, 401),
    ("take_grants_from_robot", "robot", 404, 404),
    ("delete_token", "token", 401, 401),
    ("delete_credential", "namespace", 401, 401),
    ("release_namespace", "namespace", 404, 404),
    ("delete_namespace", "namespace", 401, 401),
]


@pytest.mark.parametrize("change, kind, by_credential, by_token", PULLS, ids=[f"{change}-{kind}" for change, kind, *_ in PULLS])
def test_the_next_pull_is_refused(stage, change, kind, by_credential, by_token):
    client, bearer = stage.client(kind), stage.bearer(kind)
    assert (stage.pull(client), stage.pull(bearer)) == (200, 200)
    getattr(stage, change)()
    assert (stage.pull(bearer), stage.pull(client)) == (by_token, by_credential)


PUSHES = [("bind_to_pull_alone", "user", 403), ("bind_to_pull_alone", "robot", 403), ("make_viewer", "user", 403), ("make_viewer", "token", 403),
          ("unbind", "user", 404), ("disable_robot", "robot", 401), ("rotate_robot", "robot", 401), ("disable_user", "user", 401),
          ("delete_token", "token", 401)]


@pytest.mark.parametrize("change, kind, status", PUSHES, ids=[f"{change}-{kind}" for change, kind, _ in PUSHES])
def test_an_upload_under_way_goes_no_further(stage, change, kind, status):
    bearer, content = stage.bearer(kind), b"half of it" * 100
    upload = start_upload(bearer, f"{stage.space}/app")
    bearer.patch(upload, content[:500], expect=202)
    getattr(stage, change)()
    for reply in (bearer.patch(upload, content[500:]), bearer.put(f"{upload}?digest={digest_of(content)}", content[500:]),
                  bearer.put(f"/v2/{stage.space}/app/manifests/2", b"{}"), bearer.post(f"/v2/{stage.space}/app/blobs/uploads/", b"")):
        assert reply.status == status, reply
    assert stage.admin.head(f"/v2/{stage.space}/app/blobs/{digest_of(content)}").status == 404


@pytest.mark.parametrize("change, kind, status", PUSHES, ids=[f"{change}-{kind}" for change, kind, _ in PUSHES])
def test_a_body_that_was_still_coming_does_nothing_any_more(stage, change, kind, status):
    """Who has lost a right must not keep it by requests that were begun before, and are ended when they like."""
    bearer, content = stage.bearer(kind), b"half of it" * 100
    path = f"/v2/{stage.space}/app"
    with Raw(bearer) as manifest, Raw(bearer) as blob:
        begin(manifest, bearer, f"PUT {path}/manifests/2 HTTP/1.1", "Content-Length: 2", f"Content-Type: {IMAGE}").send(b"{")
        begin(blob, bearer, f"POST {path}/blobs/uploads/?digest={digest_of(content)} HTTP/1.1", f"Content-Length: {len(content)}")
        blob.send(content[:500])
        wait_for_requests(stage.admin, 2)
        getattr(stage, change)()
        assert manifest.send(b"}").reply().status == status
        assert blob.send(content[500:]).reply().status == status
    assert stage.admin.head(f"{path}/blobs/{digest_of(content)}").status == 404


def test_a_member_who_was_removed_does_not_come_back_by_a_body_that_was_still_coming(stage):
    stage.member(stage.login, "admin")
    body = b'{"role":"admin"}'
    with Raw(stage.user) as late:
        late.head(f"PUT /api/v1/workspaces/{stage.workspace}/members/user/{stage.login} HTTP/1.1", f"Content-Length: {len(body)}",
                  "Content-Type: application/json").send(body[:5])
        wait_for_requests(stage.admin, 1)
        stage.remove_member()
        assert late.send(body[5:]).reply().status == 404
    assert stage.admin.items(f"/api/v1/workspaces/{stage.workspace}/members") == []


def test_a_public_space_made_private(stage):
    stage.world.unbind(stage.space, stage.workspace)
    path = f"/api/v1/registries/berth/spaces/{stage.space}"
    stage.admin.patch(path, {"public": True}, expect=200)
    anonymous = stage.admin.anonymous()
    tokens = [stage.admin.bearer(registry_token(client, f"repository:{stage.space}/app:pull")) for client in (anonymous, stage.user)]
    assert [stage.pull(client) for client in (anonymous, stage.user, *tokens)] == [200] * 4
    stage.admin.patch(path, {"public": False}, expect=200)
    assert [stage.pull(client) for client in (*tokens, anonymous, stage.user)] == [401, 404, 401, 404]


def test_anonymous_pull_turned_off(stage):
    stage.admin.patch(f"/api/v1/registries/berth/spaces/{stage.space}", {"public": True}, expect=200)
    anonymous = stage.admin.anonymous()
    bearer = stage.admin.bearer(registry_token(anonymous, f"repository:{stage.space}/app:pull"))
    assert stage.pull(bearer) == 200
    try:
        stage.admin.patch("/api/v1/settings", {"anonymous_pull": False}, expect=200)
        assert [stage.pull(client) for client in (bearer, anonymous, stage.user)] == [401, 401, 200]
    finally:
        stage.admin.patch("/api/v1/settings", {"anonymous_pull": True}, expect=200)


def test_a_right_given_counts_at_the_next_request_too(stage):
    stage.unbind()
    client = stage.client("namespace")
    assert stage.pull(client) == 404
    stage.world.bind(stage.space, stage.workspace)
    assert stage.pull(client) == 200


def test_cve_2025_23208_a_group_that_leaves_the_workspace_and_a_member_that_leaves_the_group(stage):
    stage.remove_member()
    admin, group = stage.admin, f"group-of-{stage.login}"
    admin.post("/api/v1/groups", {"name": group}, expect=201)
    place, seat = f"/api/v1/groups/{group}/members/{stage.login}", f"/api/v1/workspaces/{stage.workspace}/members/group/{group}"
    for leave in (place, seat, f"/api/v1/groups/{group}"):
        admin.put(place, expect=204)
        admin.put(seat, {"role": "editor"}, expect=(200, 201))
        bearer = stage.bearer("user")
        assert stage.pull(bearer) == 200
        admin.delete(leave, expect=(200, 204))
        assert stage.pull(bearer) == 404


class TestSessions:
    """A browser's session, on the REST API."""

    @pytest.fixture
    def cookie(self, stage):
        reply = stage.admin.anonymous().post("/api/v1/session", {"login": stage.login, "password": stage.world.PASSWORD}, expect=201)
        return {"Cookie": reply.headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": reply.json["csrf_token"]}

    @pytest.mark.parametrize("change", ["disable_user", "delete_user", "new_password", "log_out", "end_session"])
    def test_ends_at_once(self, stage, cookie, change):
        browser = stage.admin.anonymous()
        browser.get("/api/v1/images", headers=cookie, expect=200)
        if change == "new_password":
            stage.admin.patch(f"/api/v1/users/{stage.login}", {"password": "another horse battery"}, expect=200)
        elif change == "log_out":
            browser.delete("/api/v1/session", headers=cookie, expect=204)
        elif change == "end_session":
            (session,) = stage.user.get("/api/v1/me/sessions").json["items"]
            stage.user.delete(f"/api/v1/me/sessions/{session['id']}", expect=204)
        else:
            getattr(stage, change)()
        assert browser.get("/api/v1/images", headers=cookie).status == 401

    def test_cve_2019_19025_changes_nothing_without_its_token_against_forged_requests(self, stage, cookie):
        browser = stage.admin.anonymous()
        for token in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": ""}):
            reply = browser.post("/api/v1/me/robots", {"name": "x", "grants": {"api": "none"}}, headers={"Cookie": cookie["Cookie"], **token})
            assert (reply.status, reply.json["code"]) == (403, "denied")
        assert stage.user.items("/api/v1/me/robots") == []

    @pytest.mark.parametrize("field", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
    def test_cve_2019_19025_changes_nothing_for_a_page_of_another_site_whatever_the_credential(self, stage, cookie, field):
        for client, credential in ((stage.admin.anonymous(), cookie), (stage.user, {})):
            reply = client.post("/api/v1/me/robots", {"name": "x", "grants": {"api": "none"}}, headers={**credential, **field})
            assert (reply.status, reply.json["code"]) == (403, "denied")
        assert stage.admin.post("/api/v1/signing-keys", headers=field).status == 403
        assert stage.admin.post("/v2/retail-apps/web/blobs/uploads/", headers=field).status == 403
        assert stage.user.items("/api/v1/me/robots") == []

    def test_sees_less_as_soon_as_its_user_may_less(self, stage, cookie):
        browser = stage.admin.anonymous()
        paths = ("/api/v1/images?space=" + stage.space, f"/api/v1/registries/berth/spaces/{stage.space}",
                 f"/api/v1/registries/berth/spaces/{stage.space}/repositories/app")
        assert [browser.get(path, headers=cookie).status for path in paths] == [200] * 3
        stage.unbind()
        assert [browser.get(path, headers=cookie).status for path in paths] == [404] * 3


def test_a_new_password_ends_the_old_one_though_it_is_remembered(stage):
    stage.user.get("/api/v1/images", expect=200)
    stage.admin.patch(f"/api/v1/users/{stage.login}", {"password": "another horse battery"}, expect=200)
    assert stage.user.get("/api/v1/images").status == 401
    stage.admin.basic(stage.login, "another horse battery").get("/api/v1/images", expect=200)


@pytest.mark.parametrize("change", ["disable_user", "delete_token", "new_password"])
def test_a_refresh_token_ends_with_what_it_was_made_from(stage, change):
    client = stage.client("token" if change == "delete_token" else "user")
    scope = f"scope=repository:{stage.space}/app:pull"
    refresh = client.get(f"/service/token?{scope}&offline_token=true&client_id=test", expect=200).json["refresh_token"]
    form = f"grant_type=refresh_token&client_id=test&refresh_token={refresh}&{scope}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    anonymous = stage.admin.anonymous()
    token = anonymous.post("/service/token", form, headers=headers, expect=200).json["access_token"]
    assert stage.pull(stage.admin.bearer(token)) == 200
    if change == "new_password":
        stage.admin.patch(f"/api/v1/users/{stage.login}", {"password": "another horse battery"}, expect=200)
    else:
        getattr(stage, change)()
    assert anonymous.post("/service/token", form, headers=headers).status == 401


def test_a_disabled_user_gets_in_nowhere_and_is_back_when_enabled(stage):
    user = stage.user
    stage.disable_user()
    for path in ("/api/v1/session", "/v2/", "/service/token"):
        assert user.get(path).status == 401, path
    assert stage.admin.anonymous().post("/api/v1/session", {"login": stage.login, "password": stage.world.PASSWORD}).status == 401
    stage.admin.patch(f"/api/v1/users/{stage.login}", {"disabled": False}, expect=200)
    assert user.get("/v2/").status == 200
