"""Credentials that are missing or wrong, and what the token service says to requests that are none."""
import base64

import pytest

from support.company import part
from support.problems import problem
from support.raw import Raw, basic
from support.registry import codes, push_blob, registry_token


class TestWithoutCredentials:
    def test_the_ping_challenges_for_a_token(self, admin):
        reply = admin.anonymous().get("/v2/")
        assert reply.status == 401
        assert codes(reply) == ["UNAUTHORIZED"]
        # Bearer alone: docker answers each challenge that it finds, and fails on Basic where it has no password.
        assert reply.headers.get_all("WWW-Authenticate") == [f'Bearer realm="http://{admin.host}/service/token",service="{admin.host}"']
        assert reply.headers["Docker-Distribution-Api-Version"] == "registry/2.0"

    def test_basic_is_taken_without_having_been_asked_for(self, admin):
        assert admin.get("/v2/").status == 200

    def test_the_token_service_challenges_for_basic(self, admin):
        reply = admin.anonymous().get("/service/token", headers={"Authorization": basic("ns+nobody", "x")})
        assert reply.headers.get_all("WWW-Authenticate") == [f'Basic realm="{admin.host}"']

    def test_a_private_repository_names_the_scope_that_it_needs(self, admin, world):
        reply = admin.anonymous().put("/v2/vault/app/manifests/1", b"{}")
        assert reply.headers.get_all("WWW-Authenticate")[0].endswith(f'service="{admin.host}",scope="repository:vault/app:pull,push"')

    def test_rest_challenges_for_a_token_alone(self, admin):
        reply = admin.anonymous().get("/api/v1/workspaces")
        problem(reply, 401, "unauthenticated")
        assert reply.headers.get_all("WWW-Authenticate") == ['Bearer realm="berth"']


AUTHORIZATIONS = {
    "scheme_alone": "Basic",
    "not_base64": "Basic !!!!",
    "no_colon": "Basic " + base64.b64encode(b"nocolon").decode(),
    "empty": "Basic " + base64.b64encode(b":").decode(),
    "nul_in_login": "Basic " + base64.b64encode(b"ad\0min:x").decode(),
    "invalid_utf8": "Basic " + base64.b64encode(b"ad\xffmin:x").decode(),
    "unknown_robot": basic("robot+retail+nobody", "x"),
    "unknown_credential": basic("ns+c1+shop+ffff", "x"),
    "quote_in_login": basic("a'; DROP TABLE users; --", "x"),
    "very_long_login": basic("a" * 5000, "x"),
    "unknown_access_token": "Bearer berth_pat_" + "0" * 40,
    "bearer_alone": "Bearer",
    "bearer_with_a_space": "Bearer a b",
    "bearer_of_bytes": "Bearer \xff\xfe",
    "too_long": "Bearer " + "a" * 17_000,
    "digest": 'Digest username="admin"',
    "negotiate": "Negotiate abcd",
    "no_scheme": "nonsense",
    "three_parts_of_nothing": "Bearer ..",
    "claims_that_are_no_object": f"Bearer {part({'alg': 'ES256', 'typ': 'JWT', 'kid': 'x'})}.{part([1])}.AAAA",
    "deep_header": f"Bearer {base64.urlsafe_b64encode(b'[' * 3000).rstrip(b'=').decode()}.e30.AAAA",
}


@pytest.mark.parametrize("case", AUTHORIZATIONS)
def test_an_authorization_that_is_none(admin, world, case):
    headers = {"Authorization": AUTHORIZATIONS[case]}
    anonymous = admin.anonymous()
    for path in ("/v2/", "/v2/base/app/tags/list", "/service/token"):
        reply = anonymous.get(path, headers=headers)
        assert (reply.status, codes(reply)) == (401, ["UNAUTHORIZED"]), path
        assert reply.headers["WWW-Authenticate"]
    problem(anonymous.get("/api/v1/images", headers=headers), 401, "unauthenticated")


def test_two_authorizations_are_none(admin):
    with Raw(admin) as raw:
        raw.head("GET /v2/ HTTP/1.1", "Authorization: Basic eDp5")
        reply = raw.reply()
        assert (reply.status, codes(reply)) == (401, ["UNAUTHORIZED"])


class TestTokenService:
    FORM = {"Content-Type": "application/x-www-form-urlencoded"}

    @pytest.mark.parametrize("scope", ["", "repository", "repository:base/app", "repository:BASE/app:pull", "repository:../x:pull",
                                       "repository:base/app:fly", "::", "repository:base/app:", "repository(plugin):base/app:", "%00", "%ff"])
    def test_a_scope_that_grants_nothing(self, admin, world, scope):
        reply = admin.get(f"/service/token?scope={scope}")
        if scope.startswith("%"):
            assert (reply.status, codes(reply)) == (400, ["UNSUPPORTED"])
        else:
            assert (reply.status, reply.json["scope"]) == (200, "")

    def test_too_many_scopes(self, admin):
        reply = admin.get("/service/token?scope=" + "%20".join(f"repository:base/a{n}:pull" for n in range(101)))
        assert (reply.status, codes(reply)) == (400, ["UNSUPPORTED"])

    def test_another_service(self, admin):
        reply = admin.get("/service/token?service=registry.example.com")
        assert (reply.status, codes(reply)) == (400, ["UNSUPPORTED"])

    @pytest.mark.parametrize("form", [b"", b"grant_type=authorization_code&code=1", b"grant_type=", b"\xff\xfe"])
    def test_another_grant_type(self, admin, form):
        reply = admin.anonymous().post("/service/token", form, headers=self.FORM)
        assert reply.status == 400, reply

    def test_a_form_that_is_json(self, admin):
        reply = admin.anonymous().post("/service/token", {"grant_type": "password"})
        assert reply.status == 415
        assert len(codes(reply)) == 1


def test_a_registry_token_is_a_login_for_the_registry_alone(admin, world):
    token = registry_token(admin, "repository:vault/app:pull,push,delete")
    problem(admin.bearer(token).get("/api/v1/images"), 401, "unauthenticated")
    push_blob(admin.bearer(token), "vault/app", b"with a token")
