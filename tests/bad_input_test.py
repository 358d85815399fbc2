"""Names, digests, tags, lists, credentials and JSON that are wrong: each is told what is wrong, in the terms of the API that it used."""
import base64
import json
import re

import pytest

from support import routes
from support.company import part
from support.raw import Raw, basic
from support.registry import NOBODY_HAS, codes, digest_of, push_blob, push_image, put_manifest, registry_token, start_upload


def problem(reply, status, code):
    """A problem (RFC 9457) whose members agree with each other."""
    assert reply.status == status, reply
    assert reply.headers["Content-Type"] == "application/problem+json"
    said = reply.json
    assert (said["status"], said["code"], said["type"]) == (status, code, f"urn:berth:problem:{code}")
    assert said["title"] and said["detail"] and said["request_id"]
    return said


@pytest.fixture(scope="module")
def image(admin, world):
    return push_image(admin, "base/app", "1")


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

    @pytest.mark.parametrize("scope", ["", "repository", "repository:base/app", "repository:BASE/app:pull", "repository:../x:pull", "registry:catalog:*",
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


NAMES = {
    "parent": "..",
    "parent_inside": "base/../app",
    "self": "base/./app",
    "escaped_parent": "base/%2e%2e/app",
    "half_escaped_parent": "base/.%2E/app",
    "escaped_slash": "base%2fapp",
    "escaped_slash_in_the_path": "base/x%2Fapp",
    "escaped_backslash": "base%5capp",
    "twice_escaped_slash": "base%252fapp",
    "twice_escaped_parent": "base/%252e%252e/app",
    "nul": "base/app%00",
    "nul_and_suffix": "base/app%00.json",
    "empty_component": "base//app",
    "leading_slash": "/base/app",
    "upper_case": "base/App",
    "upper_case_space": "BASE/app",
    "unicode": "base/%D0%B0pp",
    "full_width": "base/%EF%BD%81pp",
    "invalid_utf8": "base/%ff%fe",
    "overlong_utf8": "base/%c0%ae%c0%ae",
    "space_character": "base/a%20b",
    "line_feed": "base/app%0a",
    "carriage_return": "base/app%0d%0aX-Evil:%201",
    "delete_character": "base/app%7f",
    "leading_dash": "base/-app",
    "trailing_dash": "base/app-",
    "leading_dot": "base/.app",
    "two_dots": "base/a..b",
    "three_underscores": "base/a___b",
    "dot_and_dash": "base/a.-b",
    "colon": "base/app:1",
    "at": "base/app@1",
    "quote": "base/a'b",
    "percent_alone": "base/a%b",
    "broken_escape": "base/%zz",
    "cut_escape": "base/a%2",
    "one_component": "base",
    "longest_and_one": "base/" + "a" * 251,
    "long": "base/" + "a" * 3000,
    "many_components": "base/" + "a/" * 126 + "a",
}


@pytest.mark.parametrize("case", NAMES)
def test_a_repository_name_that_is_none(admin, world, case):
    name = NAMES[case]
    for method, path in (("GET", "manifests/1"), ("PUT", "manifests/1"), ("GET", f"blobs/{NOBODY_HAS}"), ("POST", "blobs/uploads/"), ("GET", "tags/list"),
                         ("GET", f"referrers/{NOBODY_HAS}"), ("DELETE", f"blobs/{NOBODY_HAS}")):
        reply = admin.request(method, f"/v2/{name}/{path}", b"" if method in ("PUT", "POST") else None)
        assert (reply.status, codes(reply)) == (400, ["NAME_INVALID"]), (method, path, reply)
        assert "X-Evil" not in reply.headers


def test_the_longest_repository_name_is_taken(admin, world):
    name = "base/" + "a" * 250
    push_image(admin, name, "1")
    assert admin.get(f"/v2/{name}/tags/list", expect=200).json["tags"] == ["1"]


def test_bytes_beyond_ascii_in_a_target(admin, world):
    for raw_path in ("/v2/base/\xd0\xb0pp/tags/list", "/v2/base/a\x01/tags/list", "/v2/base/a\x7f/tags/list"):
        with Raw(admin) as raw:
            reply = raw.head(f"GET {raw_path} HTTP/1.1").reply()
            assert reply.status == 400, reply


TAGS = {"leading_dot": ".a", "leading_dash": "-a", "too_long": "a" * 129, "blank": "a%20b", "unicode": "%C3%A4", "plus": "a+b", "quote": "a'b", "at": "a@b",
        "percent": "a%25b"}


@pytest.mark.parametrize("case", TAGS)
def test_a_tag_that_is_none(admin, image, case):
    for method in ("GET", "PUT", "DELETE"):
        reply = admin.request(method, f"/v2/base/app/manifests/{TAGS[case]}", b"{}" if method == "PUT" else None)
        assert (reply.status, codes(reply)) == (400, ["TAG_INVALID"]), method
    assert admin.head(f"/v2/base/app/manifests/{TAGS[case]}").status == 400


def test_a_bad_tag_beside_good_ones_stores_nothing(admin, image):
    manifest = admin.get("/v2/base/app/manifests/1").body
    for query, status, code in (("tag=good&tag=-bad", 400, "TAG_INVALID"), ("tag=good&tag=", 400, "TAG_INVALID"),
                                ("&".join(f"tag=t{n}" for n in range(101)), 414, "UNSUPPORTED")):
        reply = put_manifest(admin, "base/app", f"{image}?{query}", manifest)
        assert (reply.status, codes(reply)) == (status, [code])
    assert admin.get("/v2/base/app/tags/list").json["tags"] == ["1"]


DIGESTS = {
    "no_hex": "sha256:",
    "short": "sha256:" + "0" * 63,
    "long": "sha256:" + "0" * 65,
    "upper_case": "sha256:" + "A" * 64,
    "not_hex": "sha256:" + "g" * 64,
    "sha512_of_sha256_length": "sha512:" + "0" * 64,
    "sha256_of_sha512_length": "sha256:" + "0" * 128,
    "sha1": "sha1:" + "0" * 40,
    "md5": "md5:" + "0" * 32,
    "upper_case_algorithm": "SHA256:" + "0" * 64,
    "words": "sha256:baddigeststring",
    "no_algorithm": ":" + "0" * 64,
    "two_colons": "sha256:sha256:" + "0" * 64,
    "very_long": "sha256:" + "0" * 4000,
    "blank_at_the_end": "sha256:" + "0" * 63 + "%20",
}


@pytest.mark.parametrize("case", DIGESTS)
def test_a_digest_that_is_none(admin, image, case):
    digest = DIGESTS[case]
    requests = [("GET", f"blobs/{digest}"), ("DELETE", f"blobs/{digest}"), ("GET", f"manifests/{digest}"), ("PUT", f"manifests/{digest}"),
                ("DELETE", f"manifests/{digest}"), ("GET", f"referrers/{digest}"), ("POST", f"blobs/uploads/?digest={digest}")]
    for method, path in requests:
        reply = admin.request(method, f"/v2/base/app/{path}", b"{}" if method in ("PUT", "POST") else None)
        assert (reply.status, codes(reply)) == (400, ["DIGEST_INVALID"]), (method, path)


@pytest.mark.parametrize("case", DIGESTS)
def test_an_upload_closed_with_a_digest_that_is_none_goes_on(admin, image, case):
    upload = start_upload(admin, "base/app")
    reply = admin.put(f"{upload}?digest={DIGESTS[case]}", b"content")
    assert (reply.status, codes(reply)) == (400, ["DIGEST_INVALID"])
    admin.put(f"{upload}?digest={digest_of(b'content')}", b"content", expect=201)


def test_a_mount_of_a_digest_that_is_none_is_an_upload(admin, image):
    reply = admin.post("/v2/base/other/blobs/uploads/?mount=sha256:nonsense&from=base/app", b"")
    assert reply.status == 202
    assert reply.headers["Range"] == "0-0"


def test_an_upload_under_an_unknown_algorithm(admin, image):
    reply = admin.post("/v2/base/app/blobs/uploads/?digest-algorithm=md5", b"")
    assert (reply.status, codes(reply)) == (400, ["DIGEST_INVALID"])


class TestLists:
    @pytest.mark.parametrize("n", ["-1", "x", "", "1.5", "0x10", "+1", "%C2%B2"])
    def test_a_page_size_of_the_registry_that_is_none(self, admin, image, n):
        for path in ("/v2/base/app/tags/list", "/v2/_catalog", f"/v2/base/app/referrers/{NOBODY_HAS}"):
            reply = admin.get(f"{path}?n={n}")
            assert (reply.status, codes(reply)) == (400, ["UNSUPPORTED"]), path

    def test_a_huge_page_size_costs_nothing(self, admin, image):
        assert admin.get("/v2/base/app/tags/list?n=" + "9" * 400, expect=200).json["tags"] == ["1"]
        assert admin.get("/v2/base/app/tags/list?n=0", expect=200).json["tags"] == []

    @pytest.mark.parametrize("last", ["zzzz", "%F0%9F%90%8B", "'%20OR%201=1", "%25", "A" * 5000])
    def test_a_last_that_is_not_there_is_a_bound(self, admin, image, last):
        tags = admin.get(f"/v2/base/app/tags/list?last={last}", expect=200).json["tags"]
        assert tags == ([] if last[0] in "zA%" and last != "%25" else ["1"])

    @pytest.mark.parametrize("query", ["n=%zz", "last=%", "last=%ff", "last=%00", "a=%c0%80"])
    def test_a_query_that_cannot_be_read(self, admin, image, query):
        reply = admin.get("/v2/base/app/tags/list?" + query)
        assert (reply.status, codes(reply)) == (400, ["UNSUPPORTED"])
        problem(admin.get("/api/v1/images?" + query), 400, "invalid")

    def test_too_many_parameters(self, admin, image):
        query = "&".join("a" for _ in range(1001))
        reply = admin.get("/v2/base/app/tags/list?" + query)
        assert (reply.status, codes(reply)) == (414, ["UNSUPPORTED"])
        problem(admin.get("/api/v1/images?" + query), 414, "uri_too_long")

    PAGED = [str(route) for route in routes.REST if route.method == "GET" and re.search(
        r"/(users|groups|workspaces|members|robots|bindings|namespaces|images|audit|clusters|registries|spaces|repositories|{repository\+})$", route.pattern)
        and "artifacts" not in route.pattern and "repositories/{" not in route.pattern]

    @pytest.fixture(scope="class")
    def path_of(self, admin, world, image):
        names = {"workspace": "retail", "namespace": world.namespaces["shop"], "registry": "berth", "space": "base", "repository+": "app"}
        return lambda route: re.sub(r"{([^}]*)}", lambda m: str(names[m.group(1)]), route.partition(" ")[2])

    @pytest.mark.parametrize("route", PAGED)
    def test_a_limit_or_cursor_that_is_none(self, admin, path_of, route):
        path = path_of(route)
        for query in ("limit=x", "limit=-1", "limit=", "limit=1.5", "limit=1e3", "cursor=", "cursor=!!!", "cursor=AAAA", "cursor=_____w",
                      "cursor=" + "A" * 999 + "%00"):
            problem(admin.get(f"{path}?{query}"), 400, "invalid")

    @pytest.mark.parametrize("route", PAGED)
    def test_a_cursor_that_this_server_never_gave(self, admin, path_of, route):
        """It starts somewhere, or is refused; it never breaks anything."""
        for text in ("garbage", "-1", "999999999999999999999", "'; DROP TABLE users; --", "{}", "a\nb", "user:", "\U0001f40b", "x" * 3000):
            cursor = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
            reply = admin.get(f"{path_of(route)}?cursor={cursor}")
            if reply.status != 200:
                problem(reply, 400, "invalid")

    @pytest.mark.parametrize("route", PAGED)
    def test_a_limit_beyond_the_bounds_is_the_bound(self, admin, path_of, route):
        for limit in ("0", "1000000", "9" * 30):
            admin.get(f"{path_of(route)}?limit={limit}", expect=200)

    @pytest.mark.parametrize("query", ["sort=colour", "order=up", "visibility=secret", "space=NO", "registry=nowhere", "space=nowhere"])
    def test_a_filter_that_is_none(self, admin, image, query):
        reply = admin.get("/api/v1/images?" + query)
        assert reply.status in (400, 404)
        assert reply.json["code"] in ("invalid", "name_invalid", "not_found")


class TestPaths:
    @pytest.mark.parametrize("path", ["/api/v1/workspaces/%2e%2e", "/api/v1/workspaces/..", "/api/v1/workspaces/.", "/api/v1//workspaces", "/api/v1/workspaces/%2f",
                                      "/api/v1/workspaces/a%00", "/api/v1/workspaces/%ff", "/api/v1/workspaces/a%0d%0aX-Evil:%201", "/api/v1/workspaces/%zz", "//api/v1/workspaces"])
    def test_that_name_nothing(self, admin, path):
        reply = admin.get(path)
        assert reply.status == 400, reply
        assert "X-Evil" not in reply.headers
        if not path.startswith("//"):
            problem(reply, 400, "invalid")

    @pytest.mark.parametrize("path", ["/api/v1/workspaces/%252e%252e", "/api/v1/workspaces/RETAIL", "/api/v1/workspaces/" + "a" * 300, "/api/v1/workspaces/'", "/api/v1/nothing",
                                      "/api/v1/workspaces/", "/api/v1", "/api/v2", "/nothing", "/api/v1/users/%D0%B0dmin", "/api/v1/workspaces/retail/robots/builder"])
    def test_that_are_not_there(self, admin, world, path):
        reply = admin.get(path)
        problem(reply, 404, "not_found")

    @pytest.mark.parametrize("number", ["0", "-1", "01", "1e3", "+1", "1%20", "0x1", "9" * 19, "9" * 40, "%D9%A1"])
    def test_with_an_id_that_is_none(self, admin, world, number):
        for path in (f"/api/v1/namespaces/{number}", f"/api/v1/workspaces/retail/robots/{number}", f"/api/v1/me/robots/{number}"):
            problem(admin.get(path), 404, "not_found")
        for path in (f"/api/v1/me/tokens/{number}", f"/api/v1/me/sessions/{number}", f"/api/v1/namespaces/{world.namespaces['shop']}/credentials/{number}"):
            problem(admin.delete(path), 404, "not_found")

    @pytest.mark.parametrize("path", ["/v2/base/app/nothing/1", "/v2/base/app/manifests", "/v2/base/app/blobs/uploads/x/y", "/v2/_nothing", "/v2/base/app/manifests/1/2"])
    def test_of_the_registry_that_are_not_there(self, admin, image, path):
        reply = admin.get(path)
        assert reply.status in (400, 404)
        assert set(codes(reply)) <= {"NAME_INVALID", "NAME_UNKNOWN"}


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


class TestJson:
    @pytest.fixture(scope="class")
    def named(self, admin, world):
        """The routes' parameters, each naming something that is there."""
        admin.post("/api/v1/groups", {"name": "crew"}, expect=201)
        robots = [admin.post(path, {"name": "ci", "grants": {"api": "none"}}, expect=201).json["id"] for path in ("/api/v1/me/robots", "/api/v1/workspaces/retail/robots")]
        names = {"workspace": "retail", "namespace": world.namespaces["shop"], "registry": "berth", "space": "vault", "user": "vera", "cluster": "c1", "kind": "user", "principal": "vera"}
        return lambda route: re.sub(r"{([^}]*)}", lambda m: str({**names, "robot": robots["workspaces" in route.pattern]}[m.group(1)]), route.pattern)

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
        said = problem(admin.post("/api/v1/users", {"login": "", "password": 5, "platform_role": "king", "email": [], "shoe_size": 44}), 400, "invalid")
        assert sorted(line.partition(":")[0] for line in said["subjects"]) == ["email", "login", "password", "platform_role", "shoe_size"]
        assert all(line.partition(": ")[2] for line in said["subjects"])

    @pytest.mark.parametrize("name", ["", "..", "a/b", "A", "ä", "a b", "-a", "a-", "a" * 64, "a\0b", "_a", "a..b", "\U0001f40b", 5, None, [], {}, True])
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

    @pytest.mark.parametrize("time", ["", "soon", "2020-01-01T00:00:00Z", "2999-13-01T00:00:00Z", "2999-02-30T00:00:00Z", "2999-01-01", "99999-01-01T00:00:00Z", 5, True, []])
    def test_an_expiry_that_is_none(self, admin, time):
        problem(admin.post("/api/v1/me/tokens", {"name": "x", "grants": {"api": "none"}, "expires_at": time}), 400, "invalid")

    @pytest.mark.parametrize("grants", [None, [], "all", {"api": "all"}, {"api": 1}, {"spaces": {}}, {"spaces": [1]}, {"spaces": [{}]}, {"spaces": [{"verbs": []}]},
                                        {"spaces": [{"verbs": ["fly"]}]}, {"spaces": [{"verbs": "pull"}]}, {"spaces": [{"space": "nowhere/x", "verbs": ["pull"]}]},
                                        {"spaces": [{"space": "berth", "verbs": ["pull"]}]}, {"spaces": [{"space": "berth/../x", "verbs": ["pull"]}]},
                                        {"spaces": [{"repository": "A", "verbs": ["pull"]}]}, {"spaces": [{"verbs": ["pull"]}] * 257}, {"more": 1}],
                             ids=lambda grants: re.sub(r"\W+", "_", json.dumps(grants))[:40])
    def test_grants_that_are_none(self, admin, world, grants):
        before = admin.get("/api/v1/me/tokens").json
        reply = admin.post("/api/v1/me/tokens", {"name": "x", "grants": grants})
        if grants is None:  # null counts as absent: a token that may nothing
            admin.delete(reply.headers["Location"], expect=204)
        else:
            problem(reply, 400, "invalid")
        assert admin.get("/api/v1/me/tokens").json == before

    @pytest.mark.parametrize("body", [{"spaces": [], "workspaces": ["retail"]}, {"spaces": ["berth/vault"], "workspaces": []}, {"spaces": ["vault"], "workspaces": ["retail"]},
                                      {"spaces": ["berth/nowhere"], "workspaces": ["retail"]}, {"spaces": ["berth/vault"], "workspaces": ["nobody"]},
                                      {"spaces": ["berth/vault", "berth/nowhere"], "workspaces": ["retail"]}, {"spaces": "berth/vault", "workspaces": ["retail"]},
                                      {"spaces": ["berth/vault"], "workspaces": ["retail"], "access": "own"}, {"spaces": [None], "workspaces": ["retail"]},
                                      {"spaces": ["berth/vault"] * 2000, "workspaces": ["retail"]}], ids=lambda body: re.sub(r"\W+", "_", json.dumps(body))[:70])
    def test_a_batch_of_bindings_with_one_that_is_wrong_binds_nothing(self, admin, world, body):
        reply = admin.post("/api/v1/bindings", {"access": "pull", **body})
        assert reply.status in (400, 404), reply
        problem(reply, reply.status, "invalid" if reply.status == 400 else "not_found")
        assert admin.items("/api/v1/bindings?space=berth/vault") == []

    @pytest.mark.parametrize("if_match", ["", "1", '"', '"x"', 'W/"1"', '"99999999999999999999"', '"-1"', '"1'])
    def test_a_version_that_is_none_matches_nothing(self, admin, world, if_match):
        for path, body in (("/api/v1/workspaces/retail", {"description": "x"}), ("/api/v1/users/vera", {"display_name": "x"}), ("/api/v1/registries/berth/spaces/vault", {"description": "x"}),
                           ("/api/v1/clusters/c1", {"description": "x"})):
            before = admin.get(path).json
            problem(admin.patch(path, body, headers={"If-Match": if_match}), 412, "precondition_failed")
            assert admin.get(path).json == before

    @pytest.mark.parametrize("query", ["", "subject=user:alice", "subject=user:alice&action=pull", "subject=alice&action=pull&image=base/app", "subject=user:&action=pull&image=base/app",
                                       "subject=user:alice&action=fly&image=base/app", "subject=user:alice&action=pull&image=", "subject=user:alice&action=pull&image=..",
                                       "subject=user:alice&action=pull&image=base/app@sha256:x", "subject=user:alice&action=pull&image=BASE/App:1"])
    def test_a_question_that_cannot_be_explained(self, admin, world, query):
        reply = admin.get("/api/v1/explain?" + query)
        assert reply.status == 400, reply
        assert reply.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("password", ["", "short", "a" * 1025, "alice", "\0" * 12, 5, None])
    def test_a_password_that_is_none(self, admin, world, password):
        reply = admin.put("/api/v1/me/password", {"current_password": "x", "new_password": password})
        assert reply.status in (400, 403), reply
        admin.get("/api/v1/session", expect=200)


def test_a_stale_or_foreign_token_gives_nothing_that_its_absence_would_not(admin, world):
    """A registry token is a login for the registry alone."""
    token = registry_token(admin, "repository:vault/app:pull,push,delete")
    problem(admin.bearer(token).get("/api/v1/images"), 401, "unauthenticated")
    push_blob(admin.bearer(token), "vault/app", b"with a token")
