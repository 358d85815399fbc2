"""JSON bodies that are wrong, for every operation that takes one: refused with all that is wrong, and nothing done."""
import re

import pytest

from support import routes
from support.problems import problem

# What every handler that takes JSON says to a body that is none of its business.
BODIES = {
    "empty": (b"", 400, "invalid"),
    "not_json": (b"{", 400, "invalid"),
    "words": (b"hello", 400, "invalid"),
    "list": (b"[]", 400, "invalid"),
    "text": (b'"x"', 400, "invalid"),
    "number": (b"1", 400, "invalid"),
    "null": (b"null", 400, "invalid"),
    "two_documents": (b"{} {}", 400, "invalid"),
    "trailing_comma": (b'{"a":1,}', 400, "invalid"),
    "comment": (b'{} // x', 400, "invalid"),
    "byte_order_mark": (b"\xef\xbb\xbf{}", 400, "invalid"),
    "utf16": ("{}".encode("utf-16"), 400, "invalid"),
    "invalid_utf8": (b'{"name":"\xff"}', 400, "invalid"),
    "duplicate_key": (b'{"name":"a","name":"b"}', 400, "invalid"),
    "escaped_duplicate_key": (b'{"name":"a","n\\u0061me":"b"}', 400, "invalid"),
    "unknown_field": (b'{"no_such_field":1}', 400, "invalid"),
    "deep": (b'{"name":' + b"[" * 100_000, 400, "invalid"),
    "deep_and_closed": (b'{"name":' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "invalid"),
    "many_values": (b'{"name":[' + b"0," * 120_000 + b"0]}", 400, "invalid"),
    "many_keys": (b"{" + b",".join(b'"k%d":0' % n for n in range(20_000)) + b"}", 400, "invalid"),
    "infinite_number": (b'{"no_such_field":1e999}', 400, "invalid"),
    "too_large": (b'{"name":"' + b"a" * (1 << 20) + b'"}', 413, "too_large"),
}
TAKES_JSON = [route for route in routes.REST if route.body == routes.UNKNOWN_FIELD]

GRANTS = {
    "list": [],
    "text": "all",
    "unknown_api_grant": {"api": "all"},
    "number_as_api_grant": {"api": 1},
    "spaces_object": {"spaces": {}},
    "space_number": {"spaces": [1]},
    "no_verbs": {"spaces": [{}]},
    "empty_verbs": {"spaces": [{"verbs": []}]},
    "unknown_verb": {"spaces": [{"verbs": ["fly"]}]},
    "verbs_of_text": {"spaces": [{"verbs": "pull"}]},
    "unknown_registry": {"spaces": [{"space": "nowhere/x", "verbs": ["pull"]}]},
    "registry_alone": {"spaces": [{"space": "berth", "verbs": ["pull"]}]},
    "path_trick": {"spaces": [{"space": "berth/../x", "verbs": ["pull"]}]},
    "bad_repository": {"spaces": [{"repository": "A", "verbs": ["pull"]}]},
    "repository_without_its_space": {"spaces": [{"repository": "app", "verbs": ["pull"]}]},
    "too_many": {"spaces": [{"verbs": ["pull"]}] * 257},
    "unknown_field": {"more": 1},
}
BATCHES = {
    "no_space": {"spaces": []},
    "no_workspace": {"spaces": ["berth/vault"], "workspaces": []},
    "space_without_registry": {"spaces": ["vault"]},
    "unknown_space": {"spaces": ["berth/nowhere"]},
    "unknown_workspace": {"spaces": ["berth/vault"], "workspaces": ["nobody"]},
    "unknown_space_after_a_good_one": {"spaces": ["berth/vault", "berth/nowhere"]},
    "unknown_workspace_after_a_good_one": {"spaces": ["berth/vault"], "workspaces": ["retail", "nobody"]},
    "spaces_of_text": {"spaces": "berth/vault"},
    "null_space": {"spaces": [None]},
    "unknown_access": {"spaces": ["berth/vault"], "access": "own"},
    "too_many": {"spaces": ["berth/vault"] * 2000},
}
QUESTIONS = {
    "nothing": "",
    "subject_alone": "subject=user:alice",
    "no_image": "subject=user:alice&action=pull",
    "subject_without_kind": "subject=alice&action=pull&image=base/app",
    "subject_without_name": "subject=user:&action=pull&image=base/app",
    "unknown_action": "subject=user:alice&action=fly&image=base/app",
    "empty_image": "subject=user:alice&action=pull&image=",
    "path_trick": "subject=user:alice&action=pull&image=..",
    "bad_digest": "subject=user:alice&action=pull&image=base/app@sha256:x",
    "upper_case_image": "subject=user:alice&action=pull&image=BASE/App:1",
}


class TestJson:
    @pytest.fixture(scope="class")
    def named(self, admin, world):
        """The routes' parameters, each naming something that is there."""
        admin.post("/api/v1/groups", {"name": "crew"}, expect=201)
        paths = ("/api/v1/me/robots", "/api/v1/workspaces/retail/robots")
        robots = [admin.post(path, {"name": "ci", "grants": {"api": "none"}}, expect=201).json["id"] for path in paths]
        names = {"workspace": "retail", "namespace": world.namespaces["shop"], "registry": "berth", "space": "vault", "user": "vera",
                 "cluster": "c1", "kind": "user", "principal": "vera"}

        def path_of(route):
            values = {**names, "robot": robots["workspaces" in route.pattern]}
            return re.sub(r"{([^}]*)}", lambda m: str(values[m.group(1)]), route.pattern)
        return path_of

    @pytest.mark.parametrize("case", BODIES)
    @pytest.mark.parametrize("route", TAKES_JSON, ids=str)
    def test_a_body_that_is_none(self, admin, named, route, case):
        body, status, code = BODIES[case]
        reply = admin.request(route.method, named(route), body, headers={"Content-Type": "application/json"})
        if case == "empty" and reply.status == 201:
            pytest.fail(f"{route} does something without a body")
        said = problem(reply, status, code)
        assert len(reply.body) < 20_000, "megabytes are not sent back"
        if case == "unknown_field":
            assert "no_such_field: is not a field here" in said["subjects"]

    @pytest.mark.parametrize("route", TAKES_JSON, ids=str)
    def test_a_body_of_another_type(self, admin, named, route):
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"):
            reply = admin.request(route.method, named(route), b'{"no_such_field":1}', headers={"Content-Type": content_type})
            problem(reply, 415, "unsupported_media_type")

    def test_a_body_too_large_that_does_not_tell_its_length(self, admin):
        pieces = (b" " * 65536 for _ in range(40))
        problem(admin.post("/api/v1/workspaces", pieces, headers={"Content-Type": "application/json"}), 413, "too_large")

    def test_all_that_is_wrong_is_told_at_once(self, admin):
        body = {"login": "", "password": 5, "platform_role": "king", "email": [], "shoe_size": 44}
        said = problem(admin.post("/api/v1/users", body), 400, "invalid")
        assert sorted(line.partition(":")[0] for line in said["subjects"]) == ["email", "login", "password", "platform_role", "shoe_size"]
        assert all(line.partition(": ")[2] for line in said["subjects"])

    @pytest.mark.parametrize("name", ["", "..", "a/b", "A", "ä", "a b", "-a", "a-", "a" * 64, "a\0b", "_a", "a..b", "\U0001f40b", 5, None, [],
                                      {}, True])
    def test_a_workspace_name_that_is_none(self, admin, name):
        reply = admin.post("/api/v1/workspaces", {"name": name})
        problem(reply, 400, "invalid")
        assert reply.json["subjects"][0].startswith("name: ")

    @pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a" * 129, "localhost", "v2", "api", "uploads", "_catalog", "a\0", 1, None])
    def test_a_space_name_that_is_none(self, admin, name):
        problem(admin.post("/api/v1/registries/berth/spaces", {"name": name}), 400, "invalid")

    @pytest.mark.parametrize("quota", [-1, 1 << 63, 1 << 70, 1.5, "1", True, [], {}])
    def test_a_quota_that_is_none(self, admin, world, quota):
        problem(admin.patch("/api/v1/registries/berth/spaces/vault", {"quota_bytes": quota}), 400, "invalid")

    @pytest.mark.parametrize("time", ["", "soon", "2020-01-01T00:00:00Z", "2999-13-01T00:00:00Z", "2999-02-30T00:00:00Z", "2999-01-01",
                                      "99999-01-01T00:00:00Z", 5, True, []])
    def test_an_expiry_that_is_none(self, admin, time):
        problem(admin.post("/api/v1/me/tokens", {"name": "x", "grants": {"api": "none"}, "expires_at": time}), 400, "invalid")

    @pytest.mark.parametrize("case", GRANTS)
    def test_grants_that_are_none(self, admin, world, case):
        before = admin.get("/api/v1/me/tokens").json
        problem(admin.post("/api/v1/me/tokens", {"name": "x", "grants": GRANTS[case]}), 400, "invalid")
        assert admin.get("/api/v1/me/tokens").json == before

    @pytest.mark.parametrize("case", BATCHES)
    def test_a_batch_of_bindings_with_one_that_is_wrong_binds_nothing(self, admin, world, case):
        reply = admin.post("/api/v1/bindings", {"access": "pull", "workspaces": ["retail"], **BATCHES[case]})
        assert reply.status in (400, 404), reply
        problem(reply, reply.status, "invalid" if reply.status == 400 else "not_found")
        assert admin.items("/api/v1/bindings?space=berth/vault") == []

    @pytest.mark.parametrize("if_match", ["", "1", '"', '"x"', 'W/"1"', '"99999999999999999999"', '"-1"', '"1'])
    def test_a_version_that_is_none_matches_nothing(self, admin, world, if_match):
        for path, field in (("workspaces/retail", "description"), ("users/vera", "display_name"), ("registries/berth/spaces/vault", "description"),
                            ("clusters/c1", "description")):
            path = "/api/v1/" + path
            before = admin.get(path).json
            problem(admin.patch(path, {field: "x"}, headers={"If-Match": if_match}), 412, "precondition_failed")
            assert admin.get(path).json == before

    @pytest.mark.parametrize("case", QUESTIONS)
    def test_a_question_that_cannot_be_explained(self, admin, world, case):
        reply = admin.get("/api/v1/explain?" + QUESTIONS[case])
        assert reply.status == 400, reply
        assert reply.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("password", ["", "short", "a" * 1025, "alice", "\0" * 12, 5, None])
    def test_a_password_that_is_none(self, admin, world, password):
        reply = admin.put("/api/v1/me/password", {"current_password": "x", "new_password": password})
        assert reply.status in (400, 403), reply
        admin.get("/api/v1/session", expect=200)
