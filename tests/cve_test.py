"""Mistakes that other registries made, by the names that they are known under: none of them may come back here.

docs/security.md lists every one of them, and which test is its own; what is not tested here is tested where it belongs.
"""
import json
import pathlib
import re
from urllib.parse import quote

import pytest

from berth_client import Client, Server
from support.oci import INDEX, digest_of
from support.problems import problem
from support.raw import Raw, basic
from support.registry import NOBODY_HAS, SMALL_CONFIG, codes, image_manifest, push_blob, push_image, put_manifest, registry_token

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYER_BYTES = b"a layer of a mistake"


@pytest.fixture(scope="module")
def image(admin, world):
    """A private image of retail's, retail-apps/web:1."""
    return push_image(world.user("alice"), "retail-apps/web", "1", LAYER_BYTES)


def test_every_row_of_the_table_names_a_test_that_exists():
    """docs/security.md: `file::test` in the last column, or the reason why the mistake cannot be made yet."""
    rows = re.findall(r"^\| (?:CVE-|GHSA-|#|VU|no )[^|]*\|[^|]*\| ([^|]*) \|$", (ROOT / "docs" / "security.md").read_text(), re.MULTILINE)
    assert len(rows) > 50
    for row in rows:
        named = re.findall(r"`([^`]+)::(\w+)`", row)
        assert named or row.startswith("not yet: ") or row.startswith("cannot be: "), row
        for path, test in named:
            assert re.search(rf"\b{test}\b", (ROOT / path).read_text()), f"{path} has no {test}"


def test_every_test_of_this_file_stands_in_the_table():
    table = (ROOT / "docs" / "security.md").read_text()
    for test in re.findall(r"^def (test_(?:cve|harbor)_\w+)", pathlib.Path(__file__).read_text(), re.MULTILINE):
        assert f"`tests/cve_test.py::{test}`" in table, test


# Distribution, zot, Quay, Gitea, containerd -------------------------------------------------------------------------


def test_cve_2023_2253_a_huge_page_size_costs_nothing(admin, image):
    for path in ("/v2/retail-apps/web/tags/list", "/v2/_catalog"):
        answer = admin.get(f"{path}?n=" + "9" * 400, expect=200).json
        assert len(answer.get("tags", answer.get("repositories"))) == 1
        assert admin.get(f"{path}?n=0", expect=200).json.get("tags", []) == []


def test_cve_2017_11468_a_manifest_of_untold_length_is_bounded(admin, image):
    body = image_manifest(SMALL_CONFIG, LAYER_BYTES, annotations={"a": "x" * (5 << 20)})
    reply = put_manifest(admin, "retail-apps/web", "bad", (body[at:at + 65536] for at in range(0, len(body), 65536)))
    assert (reply.status, codes(reply)) == (413, ["SIZE_INVALID"])


def test_cve_2026_35172_what_was_deleted_here_does_not_come_back_by_a_read_elsewhere(admin, image):
    content = b"deleted in one of two repositories"
    digest = digest_of(content)
    for repository in ("base/first", "base/second"):
        push_blob(admin, repository, content)
    manifest = push_image(admin, "base/first", "1", content)
    push_image(admin, "base/second", "1", content)
    admin.delete(f"/v2/base/first/manifests/{manifest}", expect=202)
    admin.delete(f"/v2/base/first/blobs/{digest}", expect=202)
    for _ in range(2):
        assert admin.get(f"/v2/base/second/blobs/{digest}", expect=200).body == content
        admin.get(f"/v2/base/second/manifests/{manifest}", expect=200)
        for path in (f"blobs/{digest}", f"manifests/{manifest}", "manifests/1"):
            assert admin.get(f"/v2/base/first/{path}").status == 404, path


def test_cve_2026_41888_deleting_asks_for_the_same_by_every_way(admin, world, image):
    """Who may push but not delete: by tag, by digest, a blob, over REST."""
    eddie = world.user("eddie")
    for path in ("manifests/1", f"manifests/{image}", f"blobs/{digest_of(LAYER_BYTES)}"):
        reply = eddie.delete(f"/v2/retail-apps/web/{path}")
        assert (reply.status, codes(reply)) == (403, ["DENIED"]), path
    problem(eddie.delete("/api/v1/registries/berth/spaces/retail-apps/repositories/web"), 403, "denied")
    admin.get(f"/v2/retail-apps/web/manifests/{image}", expect=200)


def test_cve_2021_41190_the_same_bytes_are_never_two_documents(admin, image):
    both = json.loads(image_manifest(SMALL_CONFIG, LAYER_BYTES))
    both["manifests"] = []
    reply = put_manifest(admin, "retail-apps/web", "both", json.dumps(both).encode())
    assert (reply.status, codes(reply)) == (400, ["MANIFEST_INVALID"])
    manifest = admin.get("/v2/retail-apps/web/manifests/1", expect=200)
    reply = put_manifest(admin, "retail-apps/web", "other", manifest.body, INDEX)
    assert (reply.status, codes(reply)) == (400, ["MANIFEST_INVALID"])
    again = admin.get(f"/v2/retail-apps/web/manifests/{image}", headers={"Accept": INDEX})
    assert again.headers["Content-Type"] == manifest.headers["Content-Type"]


def test_cve_2026_31801_latest_is_a_tag_like_any_other(admin, world, image):
    """Who may not move other tags does not move this one either, and "only if it is new" holds for it, too."""
    alice, bob = world.user("alice"), world.user("bob")
    manifest = admin.get("/v2/retail-apps/web/manifests/1", expect=200).body
    for tag in ("1", "latest"):
        put_manifest(alice, "retail-apps/web", tag, manifest, expect=201)
        assert put_manifest(bob, "retail-apps/web", tag, manifest).status in (403, 404)
        reply = alice.put(f"/v2/retail-apps/web/manifests/{tag}", manifest, headers={"If-None-Match": "*"})
        assert reply.status == 412, tag


def test_cve_2026_27771_nothing_is_open_that_does_not_say_so(admin, world, image):
    anonymous = admin.anonymous()
    for path in (f"manifests/{image}", "manifests/1", f"blobs/{digest_of(LAYER_BYTES)}", "tags/list", f"referrers/{image}"):
        for method in ("GET", "HEAD"):
            assert anonymous.request(method, f"/v2/retail-apps/web/{path}").status == 401, path
    for path in ("images", "users", "registries", "workspaces", "namespaces", "bindings", "audit", "settings"):
        assert anonymous.get(f"/api/v1/{path}").status == 401, path


def test_cve_2020_15157_no_address_inside_a_manifest_is_ever_gone_to(admin, image):
    """A foreign layer's URLs are kept as bytes; its blob is as unknown as before, and nobody is sent there."""
    foreign = b"somewhere else"
    document = json.loads(image_manifest(SMALL_CONFIG))
    document["layers"] = [{"mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar", "digest": digest_of(foreign),
                           "size": len(foreign), "urls": ["http://127.0.0.1:1/latest/meta-data/"]}]
    body = json.dumps(document).encode()
    put_manifest(admin, "retail-apps/web", "foreign", body, expect=201)
    assert admin.get("/v2/retail-apps/web/manifests/foreign", expect=200).body == body
    assert admin.get(f"/v2/retail-apps/web/blobs/{digest_of(foreign)}").status == 404


def test_cve_2023_44487_http_2_is_not_spoken(admin):
    with Raw(admin) as raw:
        assert raw.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").reply().status == 505
        assert raw.is_closed()
    with Raw(admin) as raw:
        reply = raw.head("GET /healthz HTTP/1.1", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAA").reply()
        assert (reply.status, reply.headers["Upgrade"]) == (200, None)


# Harbor -------------------------------------------------------------------------------------------------------------


def test_cve_2019_16097_a_body_gives_itself_no_powers(admin, world):
    for more in ({"has_admin_role": True}, {"id": 1}, {"sysadmin_flag": True}, {"role": "admin"}, {"created_by": "admin"}):
        problem(admin.post("/api/v1/users", {"login": "mallory", **more}), 400, "invalid")
        problem(world.user("alice").patch("/api/v1/workspaces/retail", more), 400, "invalid")
    problem(world.user("alice").post("/api/v1/users", {"login": "mallory", "platform_role": "administrator"}), 403, "denied")
    problem(world.user("alice").patch("/api/v1/users/alice", {"platform_role": "administrator"}), 403, "denied")
    assert admin.get("/api/v1/users/mallory").status == 404


def test_cve_2019_3990_a_login_that_is_there_answers_as_one_that_is_not(admin, world):
    anonymous = admin.anonymous()
    for ask in (lambda login: anonymous.get("/service/token", headers={"Authorization": basic(login, "wrong password")}),
                lambda login: anonymous.get("/v2/", headers={"Authorization": basic(login, "wrong password")}),
                lambda login: anonymous.post("/api/v1/session", {"login": login, "password": "wrong password"})):
        known, unknown = ask("vera"), ask("nobody-of-that-name")
        assert known.status == unknown.status == 401
        assert re.sub(rb"[0-9a-f]{32}", b"", known.body) == re.sub(rb"[0-9a-f]{32}", b"", unknown.body)
    problem(world.user("alice").get("/api/v1/users?search=vera"), 403, "denied")
    known, unknown = (world.user("alice").get(f"/api/v1/users/{login}") for login in ("vera", "nobody-of-that-name"))
    assert known.status == unknown.status == 403


INJECTIONS = ("'", "' OR '1'='1", "1; DROP TABLE users; --", "name) UNION SELECT private_key FROM signing_keys --", "\\", "%", "_", ":limit", "?")


@pytest.mark.parametrize("text", INJECTIONS)
def test_cve_2019_19026_no_word_of_a_query_becomes_sql(admin, image, text):
    for query in ("search=", "sort=", "order=", "registry=berth&space=", "cursor="):
        reply = admin.get(f"/api/v1/images?{query}{quote(text)}")
        assert reply.status in (200, 400, 404), reply
        assert reply.status != 200 or all(text in item["repository"] for item in reply.json["items"]), reply
    assert admin.get(f"/api/v1/users?search={quote(text)}", expect=200).json["items"] == []
    assert admin.get("/api/v1/users?search=alice", expect=200).json["items"] != []


def test_cve_2019_19030_who_is_nobody_learns_nothing_of_what_is_there(admin, world, image):
    """What is there and what is not: one answer, a challenge."""
    anonymous = admin.anonymous()
    for there, not_there in (("/v2/retail-apps/web/manifests/1", "/v2/retail-apps/none/manifests/1"),
                             ("/v2/retail-apps/web/tags/list", "/v2/nowhere/web/tags/list"),
                             ("/api/v1/workspaces/retail", "/api/v1/workspaces/none"),
                             ("/api/v1/registries/berth/spaces/vault", "/api/v1/registries/berth/spaces/none")):
        replies = [anonymous.get(path) for path in (there, not_there)]
        assert [reply.status for reply in replies] == [401, 401]
        assert len({re.sub(rb"[0-9a-f]{32}", b"", reply.body) for reply in replies}) == 1


@pytest.mark.parametrize("path", ["/v2/_catalog", "/v2//_catalog", "//v2/_catalog", "/v2/_catalog/", "/v2/%5fcatalog", "/v2/./_catalog",
                                  "/v2/../v2/_catalog", "/service/token/../../v2/_catalog", "/v2/_catalog%2f", "/V2/_catalog", "/v2/_catalog;a",
                                  "/healthz/../v2/_catalog", "/api/v2.0/../../v2/_catalog"])
def test_cve_2020_29662_no_other_spelling_lists_what_is_private(admin, image, path):
    with Raw(admin.anonymous()) as raw:
        reply = raw.head(f"GET {path} HTTP/1.1").reply()
    assert reply.status != 200 or b"retail-apps" not in reply.body
    assert reply.status in (200, 400, 401, 404), reply


def test_cve_2022_46463_a_space_is_private_until_somebody_says_otherwise(admin, world, image):
    admin.post("/api/v1/registries/berth/spaces", {"name": "quiet"}, expect=201)
    assert admin.get("/api/v1/registries/berth/spaces/quiet", expect=200).json["public"] is False
    push_image(admin, "quiet/app", "1")
    assert admin.anonymous().get("/v2/quiet/app/tags/list").status == 401
    nobody = admin.anonymous().bearer(registry_token(admin.anonymous(), "registry:catalog:*"))
    assert not [name for name in nobody.get("/v2/_catalog", expect=200).json["repositories"] if name.startswith(("quiet/", "retail-apps/"))]


def test_cve_2024_22244_no_answer_sends_anybody_to_another_host(admin, image):
    """Every Location is a path of this server, whatever Host, Referer and parameters say."""
    with Raw(admin) as raw:
        raw.send(f"POST /v2/retail-apps/web/blobs/uploads/?redirect_url=https://evil.example HTTP/1.1\r\nHost: evil.example\r\n"
                 f"Referer: https://evil.example/\r\nX-Forwarded-Host: evil.example\r\nAuthorization: {admin.authorization}\r\nContent-Length: 0\r\n\r\n")
        reply = raw.reply("POST")
    assert reply.status == 202 and reply.headers["Location"].startswith("/v2/retail-apps/web/")
    for path in ("/?redirect=https://evil.example", "//evil.example/", "/api/v1/session?next=//evil.example"):
        reply = admin.get(path)
        assert "Location" not in reply.headers, path


@pytest.mark.parametrize("query", ["search=argon2id", "q=password=~$", "password=~a", "search=%24argon2id%24", "sort=password_hash"])
def test_cve_2025_30086_a_filter_never_looks_into_secrets(admin, world, query):
    reply = admin.get(f"/api/v1/users?{query}", expect=(200, 400))
    assert b"argon2" not in reply.body and b"hash" not in reply.body
    if query.startswith("search"):
        assert reply.json["items"] == []


def test_cve_2025_32019_what_people_write_is_never_a_page(admin, world):
    script = "<script>alert(1)</script>"
    admin.patch("/api/v1/workspaces/retail", {"description": script}, expect=200)
    for reply in (admin.get("/api/v1/workspaces/retail", headers={"Accept": "text/html"}), admin.get(f"/v2/{script}/x/tags/list"),
                  admin.get("/api/v1/images?space=%3Cscript%3E")):
        assert reply.headers["Content-Type"] in ("application/json", "application/problem+json")
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in admin.get("/api/v1/workspaces/retail").headers["Content-Security-Policy"]


def test_cve_2026_4404_there_is_no_password_that_everybody_knows(berth, tmp_path):
    made = []
    for name in ("one", "two"):
        server = Server(berth, tmp_path / name)
        del server.settings["administrator-password"]
        with server:
            (password,) = re.findall(r"password[^\n]*?\b([A-Za-z0-9]{20})\b", server.log_file.read_text())
            made.append(password)
            anonymous = Client(server.url)
            anonymous.basic("admin", password).get("/api/v1/session", expect=200)
            for login, guess in (("admin", "admin"), ("admin", "Harbor12345"), ("admin", ""), ("admin", "password"), ("root", "root"),
                                 ("harbor_registry_user", "harbor_registry_password"), ("berth", "berth")):
                assert anonymous.basic(login, guess).get("/api/v1/session").status == 401, (login, guess)
    assert made[0] != made[1]


def test_harbor_22900_a_token_does_not_outlive_what_it_was_for(admin, world):
    """The same name, made anew for somebody else: the old token's subject has no more rights there than anybody."""
    def make(owner):
        admin.post("/api/v1/registries/berth/spaces", {"name": "reborn", "owner_workspace": owner}, expect=201)
        world.bind("reborn", owner, "push")

    make("retail")
    push_image(world.user("alice"), "reborn/app", "1")
    token = admin.bearer(registry_token(world.user("alice"), "repository:reborn/app:pull,push,delete"))
    token.get("/v2/reborn/app/tags/list", expect=200)
    admin.delete("/api/v1/registries/berth/spaces/reborn/repositories/app", expect=(202, 204))
    world.unbind("reborn", "retail")
    admin.delete("/api/v1/registries/berth/spaces/reborn", expect=(202, 204))
    make("lab")
    push_image(world.user("bob"), "reborn/app", "1", b"of the lab")
    for method, path in (("GET", "manifests/1"), ("GET", "tags/list"), ("POST", "blobs/uploads/"), ("DELETE", "manifests/1")):
        assert token.request(method, f"/v2/reborn/app/{path}", b"" if method == "POST" else None).status in (401, 403, 404), path
    mount = f"/v2/retail-apps/mine/blobs/uploads/?mount={digest_of(b'of the lab')}&from=reborn/app"
    assert world.user("alice").post(mount, b"", expect=202).headers.get("Docker-Content-Digest") is None


def test_harbor_22556_a_user_is_never_taken_for_a_robot(admin, world):
    for login in ("robot+retail+builder", "ns+c1+shop+1", "robot+", "ROBOT+x"):
        assert admin.post("/api/v1/users", {"login": login}).status == 400, login
    robot = world.user("alice").post("/api/v1/workspaces/retail/robots", {"name": "ci", "grants": {"api": "none"}}, expect=201).json
    for login in (robot["login"].upper(), robot["login"] + "x", robot["login"][:-1], " " + robot["login"]):
        assert admin.basic(login, robot["secret"]).get("/v2/").status == 401, login
    admin.basic(robot["login"], robot["secret"]).get("/v2/", expect=200)


def test_harbor_23418_a_digest_is_hex_and_nothing_else(admin, image):
    for digest in ("sha256:' OR 1=1 --", "sha256:" + "0" * 63 + "'", "sha256:" + "G" * 64, "sha256:../../../etc/passwd", "sha256:" + "0" * 63 + "%00"):
        for path in (f"blobs/{quote(digest, safe=':%')}", f"manifests/{quote(digest, safe=':%')}", f"referrers/{quote(digest, safe=':%')}"):
            assert admin.get(f"/v2/retail-apps/web/{path}").status in (400, 404), path
    assert admin.get(f"/v2/retail-apps/web/blobs/{NOBODY_HAS}").status == 404
