"""Names, tags, digests, lists and paths that are wrong: each is told what is wrong, in the terms of the API that it used."""
import base64
import re

import pytest

from support import routes
from support.problems import problem
from support.raw import Raw
from support.registry import NOBODY_HAS, codes, digest_of, push_image, put_manifest, start_upload


@pytest.fixture(scope="module")
def image(admin, world):
    return push_image(admin, "base/app", "1")


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
    for method, path in (("GET", "manifests/1"), ("PUT", "manifests/1"), ("GET", f"blobs/{NOBODY_HAS}"), ("DELETE", f"blobs/{NOBODY_HAS}"),
                         ("POST", "blobs/uploads/"), ("GET", "tags/list"), ("GET", f"referrers/{NOBODY_HAS}")):
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


TAGS = {"leading_dot": ".a", "leading_dash": "-a", "too_long": "a" * 129, "blank": "a%20b", "unicode": "%C3%A4", "plus": "a+b", "quote": "a'b",
        "at": "a@b", "percent": "a%25b"}


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


LISTS = r"/(users|groups|workspaces|members|robots|bindings|namespaces|images|audit|clusters|registries|spaces|repositories|tags/{repository\+})$"
PAGED = [str(route) for route in routes.REST if route.method == "GET" and re.search(LISTS, route.pattern)]


class TestLists:
    @pytest.mark.parametrize("n", ["-1", "x", "", "1.5", "0x10", "+1", "%C2%B2"])
    def test_a_page_size_of_the_registry_that_is_none(self, admin, image, n):
        for path in ("/v2/base/app/tags/list", "/v2/_catalog", f"/v2/base/app/referrers/{NOBODY_HAS}"):
            reply = admin.get(f"{path}?n={n}")
            assert (reply.status, codes(reply)) == (400, ["UNSUPPORTED"]), path

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
    @pytest.mark.parametrize("path", [
        "/api/v1/workspaces/%2e%2e", "/api/v1/workspaces/..", "/api/v1/workspaces/.", "/api/v1//workspaces", "/api/v1/workspaces/%2f", "/api/v1/workspaces/a%00",
        "/api/v1/workspaces/%ff", "/api/v1/workspaces/a%0d%0aX-Evil:%201", "/api/v1/workspaces/%zz", "//api/v1/workspaces"])
    def test_that_name_nothing(self, admin, path):
        reply = admin.get(path)
        assert reply.status == 400, reply
        assert "X-Evil" not in reply.headers
        if not path.startswith("//"):
            problem(reply, 400, "invalid")

    @pytest.mark.parametrize("path", [
        "/api/v1/workspaces/%252e%252e", "/api/v1/workspaces/RETAIL", "/api/v1/workspaces/" + "a" * 300, "/api/v1/workspaces/'", "/api/v1/workspaces/",
        "/api/v1/workspaces/retail/robots/builder", "/api/v1/users/%D0%B0dmin", "/api/v1/nothing", "/api/v1", "/api/v2", "/nothing"])
    def test_that_are_not_there(self, admin, world, path):
        reply = admin.get(path)
        problem(reply, 404, "not_found")

    @pytest.mark.parametrize("number", ["0", "-1", "01", "1e3", "+1", "1%20", "0x1", "9" * 19, "9" * 40, "%D9%A1"])
    def test_with_an_id_that_is_none(self, admin, world, number):
        for path in (f"/api/v1/namespaces/{number}", f"/api/v1/workspaces/retail/robots/{number}", f"/api/v1/me/robots/{number}"):
            problem(admin.get(path), 404, "not_found")
        credentials = f"/api/v1/namespaces/{world.namespaces['shop']}/credentials"
        for path in (f"/api/v1/me/tokens/{number}", f"/api/v1/me/sessions/{number}", f"{credentials}/{number}"):
            problem(admin.delete(path), 404, "not_found")

    @pytest.mark.parametrize("path", ["/v2/base/app/nothing/1", "/v2/base/app/manifests", "/v2/base/app/blobs/uploads/x/y", "/v2/_nothing",
                                      "/v2/base/app/manifests/1/2"])
    def test_of_the_registry_that_are_not_there(self, admin, image, path):
        reply = admin.get(path)
        assert reply.status in (400, 404)
        assert set(codes(reply)) <= {"NAME_INVALID", "NAME_UNKNOWN"}
