"""HTTP that is wrong: refused in the error form of the API that was asked, and what follows is never taken for another request."""
import pytest

from berth_client import Server
from support.raw import Raw, basic
from support.registry import codes

GET = "GET /v2/ HTTP/1.1\r\nHost: x\r\n"
POST = "POST /api/v1/workspaces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
WORKSPACE = '{"name":"smuggled"}'
AND_A_WORKSPACE = f"{POST}Content-Length: {len(WORKSPACE)}\r\n\r\n{WORKSPACE}"

REFUSED = {
    "length_and_chunked": (POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunked_and_length": (POST + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400),
    "two_lengths": (POST + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400),
    "two_equal_lengths": (POST + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "list_of_lengths": (POST + "Content-Length: 4, 4\r\n\r\nabcd", 400),
    "negative_length": (POST + "Content-Length: -1\r\n\r\n", 400),
    "signed_length": (POST + "Content-Length: +4\r\n\r\nabcd", 400),
    "huge_length": (POST + "Content-Length: 99999999999999999999\r\n\r\n", 400),
    "chunked_twice": (POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunked_and_identity": (POST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501),
    "disguised_chunked": (POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    "space_before_the_colon": (POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    "folded_field": (POST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
    "chunked_in_1.0": (POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "bare_line_feeds": ("GET /v2/ HTTP/1.1\nHost: x\n\n", 400),
    "bare_return_in_a_field": (GET + "A: b\rTransfer-Encoding: chunked\r\n\r\n", 400),
    "nul_in_a_field": (GET + "A: b\0c\r\n\r\n", 400),
    "field_without_colon": (GET + "nonsense\r\n\r\n", 400),
    "no_host": ("GET /v2/ HTTP/1.1\r\n\r\n", 400),
    "two_hosts": (GET + "Host: y\r\n\r\n", 400),
    "host_of_a_path": ("GET /v2/ HTTP/1.1\r\nHost: x/../y\r\n\r\n", 400),
    "no_target": ("GET HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "no_version": ("GET /v2/\r\n\r\n", 400),
    "http_2": ("GET /v2/ HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    "http_2_preface": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "tls": ("\x16\x03\x01\x02\x01\x01\xfc\x03\x03\n\n", 400),
    "binary": (bytes(range(1, 256)).decode("latin-1") + "\r\n\r\n", 400),
    "unknown_method": ("BREW /v2/ HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    "lower_case_method": ("get /v2/ HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    "trace": ("TRACE /v2/ HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    "connect": ("CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 405),
    "unknown_expectation": (POST + "Expect: a-miracle\r\nContent-Length: 4\r\n\r\nabcd", 417),
    "hundred_and_one_fields": (GET + "".join(f"A{n}: b\r\n" for n in range(100)) + "\r\n", 431),
    "forty_kilobytes_of_one_field": (GET + "A: " + "b" * 40_000 + "\r\n\r\n", 431),
    "fields_without_end": (GET + "A: b\r\n" * 20_000, 431),
    "twenty_kilobytes_of_target": ("GET /v2/" + "a" * 20_000 + "/tags/list HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "twenty_kilobytes_of_query": ("GET /v2/_catalog?last=" + "a" * 20_000 + " HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "target_without_end": ("GET /" + "a" * 100_000, 414),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_head_ends_the_connection_and_what_follows_is_not_heard(admin, case):
    request, status = REFUSED[case]
    with Raw(admin) as raw:
        reply = raw.send(request).send(AND_A_WORKSPACE.replace("Host: x", f"Host: x\r\nAuthorization: {admin.authorization}")).reply()
        assert reply.status == status, reply
        assert reply.headers["Connection"] == "close"
        if reply.headers["Content-Type"] == "application/json":
            assert len(codes(reply)) == 1
        else:
            assert reply.headers["Content-Type"] == "application/problem+json"
            assert reply.json["title"] and reply.json["detail"]
        assert raw.is_closed()
    assert "smuggled" not in [item["name"] for item in admin.items("/api/v1/workspaces")]


@pytest.mark.parametrize("case", ["no_host", "http_2", "twenty_kilobytes_of_target", "hundred_and_one_fields", "two_lengths"])
def test_each_api_hears_of_it_in_its_own_form(admin, case):
    """The head was not understood, but its path was."""
    for place, content_type in (("/v2/", "application/json"), ("/api/v1/workspaces/", "application/problem+json")):
        request = REFUSED[case][0].replace("/v2/", place).replace("/api/v1/workspaces ", place + " ")
        with Raw(admin) as raw:
            assert raw.send(request).reply().headers["Content-Type"] == content_type


def test_a_body_that_is_refused_by_its_length_is_not_waited_for(admin):
    for head in ("PUT /v2/base/app/manifests/1 HTTP/1.1", "POST /api/v1/workspaces HTTP/1.1"):
        with Raw(admin) as raw:
            reply = raw.head(head, "Content-Type: application/json", "Content-Length: 1000000000000000000").reply("PUT")
            assert reply.status == 413
            assert reply.headers["Connection"] == "close"


def test_who_may_not_push_is_told_before_the_body(admin, world):
    with Raw(admin.anonymous()) as raw:
        assert raw.head("PUT /v2/vault/app/manifests/1 HTTP/1.1", "Content-Length: 4000000", "Expect: 100-continue").reply("PUT").status == 401


def test_a_smuggled_request_is_not_heard_where_the_path_takes_streams(admin, world):
    """The pair of Transfer-Encoding and Content-Length, on an upload."""
    upload = admin.post("/v2/base/app/blobs/uploads/", b"", expect=202).headers["Location"]
    for fields in (("Transfer-Encoding: chunked", "Content-Length: 6"), ("Content-Length: 6", "Transfer-Encoding: chunked")):
        with Raw(admin) as raw:
            raw.head(f"PATCH {upload} HTTP/1.1", *fields).send("0\r\n\r\nG" + f"ET {upload} HTTP/1.1\r\nHost: x\r\n\r\n")
            reply = raw.reply("PATCH")
            assert (reply.status, codes(reply)) == (400, ["UNSUPPORTED"])
            assert raw.is_closed()
    assert admin.get(upload, expect=204).headers["Range"] == "0-0"


METHODS = [
    ("PUT", "/v2/", "GET, HEAD"),
    ("DELETE", "/v2/_catalog", "GET, HEAD"),
    ("POST", "/v2/base/app/manifests/1", "GET, HEAD, PUT, DELETE"),
    ("PATCH", "/v2/base/app/blobs/sha256:0", "GET, HEAD, DELETE"),
    ("GET", "/v2/base/app/blobs/uploads/", "POST"),
    ("POST", "/v2/base/app/tags/list", "GET, HEAD"),
    ("PUT", "/api/v1/workspaces", "GET, HEAD, POST"),
    ("OPTIONS", "/api/v1/workspaces", "GET, HEAD, POST"),
    ("POST", "/api/v1/workspaces/retail", "GET, HEAD, PATCH, DELETE"),
    ("DELETE", "/healthz", "GET, HEAD"),
    ("PUT", "/service/token", "GET, HEAD, POST"),
]


@pytest.mark.parametrize("method, path, allow", METHODS)
def test_a_method_that_a_path_does_not_have(admin, method, path, allow):
    reply = admin.request(method, path)
    assert reply.status == 405, reply
    assert set(reply.headers["Allow"].split(", ")) == set(allow.split(", "))


class TestOldHttp:
    def test_1_0_is_answered_and_the_connection_closed(self, admin):
        with Raw(admin) as raw:
            reply = raw.send(f"GET /v2/ HTTP/1.0\r\nAuthorization: {admin.authorization}\r\n\r\n").reply()
            assert reply.status == 200
            assert "Transfer-Encoding" not in reply.headers
            assert raw.is_closed()

    def test_1_0_without_a_host_is_challenged(self, admin):
        with Raw(admin) as raw:
            reply = raw.send("GET /v2/ HTTP/1.0\r\n\r\n").reply()
            assert (reply.status, codes(reply)) == (401, ["UNAUTHORIZED"])
            assert reply.headers["WWW-Authenticate"].startswith("Bearer ")
            assert raw.is_closed()

    def test_two_requests_at_once_are_answered_in_order(self, admin):
        with Raw(admin) as raw:
            request = f"GET {{}} HTTP/1.1\r\nHost: x\r\nAuthorization: {admin.authorization}\r\n\r\n"
            raw.send(request.format("/v2/") + request.format("/api/v1/version"))
            assert (raw.reply().status, raw.reply().json["name"]) == (200, "berth")


def test_a_host_that_lies_comes_back_in_no_header_or_page_unescaped(admin):
    for host in ('x"onload="y', "x<script>", "x y", "x\\y", "é"):
        with Raw(admin) as raw:
            reply = raw.send(f"GET /v2/ HTTP/1.1\r\nHost: {host}\r\n\r\n").reply()
            assert reply.status in (400, 401)
            assert host not in str(reply.headers)


def test_a_host_that_is_a_command_comes_back_in_no_line_for_a_shell(admin, world):
    path = "/api/v1/registries/berth/spaces/vault/push-commands"
    for host in ("x$(id)", "x;id", "x&id", "a'b", "x%60id%60"):
        reply = admin.get(path, headers={"Host": host})
        assert reply.status == 200
        lines = [line for command in reply.json["commands"] for line in command["lines"]]
        assert lines and not [line for line in lines if host in line]
    assert f"docker push {admin.host}/vault/my-image:latest" in admin.get(path).body.decode()


class TestSlowClients:
    @pytest.fixture(scope="class")
    def impatient(self, berth, tmp_path_factory):
        """Waits for little, and for no stalled body longer than its grace."""
        settings = {"header-timeout": "300ms", "idle-timeout": "1s", "minimum-rate": "1000000000", "body-grace": "1s"}
        with Server(berth, tmp_path_factory.mktemp("impatient") / "data", settings) as server:
            server.admin().post("/api/v1/registries/berth/spaces", {"name": "apps"}, expect=201)
            yield server.admin()

    @pytest.fixture(scope="class", autouse=True)
    def stalled(self, impatient):
        """A body that stops half way, begun before the other tests of the class: its grace runs while they run."""
        upload = impatient.post("/v2/apps/web/blobs/uploads/", b"", expect=202).headers["Location"]
        with Raw(impatient, timeout=90) as raw:
            raw.head(f"PATCH {upload} HTTP/1.1", "Content-Length: 1000").send(b"x" * 500)
            yield raw, upload

    @pytest.mark.parametrize("part", ["G", "GET /v2/ HTTP/1.1\r\n", GET + "A: b"], ids=["one_byte", "one_line", "no_end"])
    def test_a_head_that_does_not_come_is_given_up(self, impatient, part):
        with Raw(impatient) as raw:
            reply = raw.send(part).reply()
            assert reply.status == 408
            assert raw.is_closed()

    def test_a_client_that_says_nothing_is_closed_without_a_word(self, impatient):
        with Raw(impatient) as raw:
            assert raw.is_closed()

    def test_a_client_that_says_nothing_more_is_closed_without_a_word(self, impatient):
        with Raw(impatient) as raw:
            assert raw.head("GET /v2/ HTTP/1.1").reply().status == 200
            assert raw.is_closed()

    def test_others_are_served_meanwhile(self, impatient):
        stuck = [Raw(impatient).send("GET /v2/ HTTP/1.1\r\n") for _ in range(200)]
        try:
            impatient.get("/v2/", expect=200)
        finally:
            for raw in stuck:
                raw.__exit__()

    def test_a_body_that_stops_is_given_up_and_its_upload_goes_on(self, impatient, stalled):
        raw, upload = stalled
        reply = raw.reply("PATCH")
        assert (reply.status, codes(reply)) == (408, ["UNAVAILABLE"])
        assert reply.headers["Connection"] == "close", "the rest of the body is not waited for once more"
        assert raw.is_closed()
        assert impatient.get(upload, expect=204).headers["Range"] == "0-499"


def test_connections_of_one_peer_are_bounded(berth, tmp_path):
    with Server(berth, tmp_path / "data", {"max-connections-per-peer": "5"}) as server:
        client = server.admin()
        held = [Raw(client) for _ in range(5)]
        try:
            for raw in held:  # each is served before the next is counted
                assert raw.head("GET /healthz HTTP/1.1").reply().status == 200
            with Raw(client) as sixth:
                assert sixth.head("GET /healthz HTTP/1.1").reply().status == 429
        finally:
            for raw in held:
                raw.__exit__()


def test_a_password_guessed_often_has_to_wait(berth, tmp_path):
    with Server(berth, tmp_path / "data") as server:
        anonymous = server.admin().anonymous()
        replies = [anonymous.get("/api/v1/images", headers={"Authorization": basic("admin", f"guess {n}")}) for n in range(12)]
        assert {reply.status for reply in replies} == {401, 429}
        refused = next(reply for reply in replies if reply.status == 429)
        assert refused.json["code"] == "too_many_requests"
        assert int(refused.headers["Retry-After"]) >= 1
        registry = anonymous.get("/v2/", headers={"Authorization": basic("admin", "one more guess")})
        assert (registry.status, codes(registry)) == (429, ["TOOMANYREQUESTS"])
