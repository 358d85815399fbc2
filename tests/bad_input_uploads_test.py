"""Uploads that are wrong: refused by name, nothing half-written visible, and the session goes on where it was."""
import time

import pytest

from support.raw import Raw
from support.registry import codes, digest_of, start_upload

CONTENT = bytes(range(256)) * 4
FIRST, REST = CONTENT[:100], CONTENT[100:]
REPOSITORY = "base/app"


@pytest.fixture
def upload(admin, world):
    """An upload that has the first 100 bytes."""
    path = start_upload(admin, REPOSITORY)
    admin.patch(path, FIRST, expect=202)
    return path


def received(client, upload):
    reply = client.get(upload, expect=204)
    return reply.headers["Range"]


def finish(client, upload, rest, content=CONTENT):
    client.put(f"{upload}?digest={digest_of(content)}", rest, expect=201)
    assert client.get(f"/v2/{REPOSITORY}/blobs/{digest_of(content)}", expect=200).body == content


CHUNKS = {
    "gap": "200-299",
    "replay": "0-99",
    "overlap": "50-149",
    "bytes_prefix": "bytes 100-199",
    "with_total": "100-199/200",
    "bytes_with_total": "bytes 100-199/200",
    "negative": "-100-199",
    "suffix": "-100",
    "open_end": "100-",
    "reversed": "199-100",
    "huge_end": "100-99999999999999999999",
    "largest_integer": "100-9223372036854775807",
    "huge_start": "99999999999999999999-99999999999999999999",
    "empty": "",
    "word": "all",
    "star": "*",
    "hexadecimal": "0x64-0xc7",
    "blanks": "100 - 199",
    "plus": "+100-+199",
    "two": "100-149,150-199",
}


class TestContentRange:
    @pytest.mark.parametrize("method", ["PATCH", "PUT"])
    @pytest.mark.parametrize("case", CHUNKS)
    def test_that_does_not_follow(self, admin, upload, method, case):
        query = f"?digest={digest_of(CONTENT)}" if method == "PUT" else ""
        reply = admin.request(method, upload + query, REST[:100], headers={"Content-Range": CHUNKS[case]})
        assert (reply.status, codes(reply)) == (416, ["BLOB_UPLOAD_INVALID"])
        assert reply.headers["Range"] == "0-99", "where to go on"
        assert reply.headers["Location"] == upload
        assert received(admin, upload) == "0-99"
        finish(admin, upload, REST)

    @pytest.mark.parametrize("method", ["PATCH", "PUT"])
    @pytest.mark.parametrize("content_range", ["100-299", "100-149"], ids=["longer", "shorter"])
    def test_that_disagrees_with_the_length(self, admin, upload, method, content_range):
        query = f"?digest={digest_of(CONTENT)}" if method == "PUT" else ""
        reply = admin.request(method, upload + query, REST[:100], headers={"Content-Range": content_range})
        assert (reply.status, codes(reply)) == (400, ["SIZE_INVALID"])
        assert received(admin, upload) == "0-99"
        finish(admin, upload, REST)

    @pytest.mark.parametrize("content_range, kept", [("100-299", "0-199"), ("100-149", None)], ids=["longer", "shorter"])
    def test_that_disagrees_with_a_body_of_untold_length(self, admin, upload, content_range, kept):
        reply = admin.patch(upload, iter([REST[:60], REST[60:100]]), headers={"Content-Range": content_range})
        assert (reply.status, codes(reply)) == (400, ["SIZE_INVALID"])
        told = received(admin, upload)
        assert kept in (None, told)
        finish(admin, upload, CONTENT[int(told.partition("-")[2]) + 1:])

    def test_that_follows(self, admin, upload):
        assert admin.patch(upload, REST[:100], headers={"Content-Range": "100-199"}, expect=202).headers["Range"] == "0-199"
        finish(admin, upload, REST[100:])


BAD_CHUNKS = {
    "word": b"nonsense\r\n",
    "negative": b"-1\r\n",
    "prefix": b"0x5\r\nhello\r\n",
    "overflow": b"ffffffffffffffffff\r\n",
    "longer_than_told": b"5\r\nhelloworld\r\n",
    "long_extension": b"5;" + b"x" * 10_000 + b"\r\n",
    "empty": b"\r\n",
    "bare_feed": b"5\nhello\n",
}


class TestLength:
    """A Content-Length that lies."""

    @pytest.mark.parametrize("method", ["PATCH", "PUT"])
    def test_too_long_for_what_comes(self, admin, upload, method):
        with Raw(admin) as raw:
            query = f"?digest={digest_of(CONTENT)}" if method == "PUT" else ""
            raw.head(f"{method} {upload}{query} HTTP/1.1", f"Content-Length: {len(REST)}").send(REST[:300]).no_more()
            reply = raw.reply(method)
            assert (reply.status, len(codes(reply))) == (400, 1)
            assert raw.is_closed()
        assert received(admin, upload) == "0-399", "what came is kept"
        assert admin.head(f"/v2/{REPOSITORY}/blobs/{digest_of(CONTENT)}").status in (200, 404)
        finish(admin, upload, CONTENT[400:])

    def test_too_short_for_what_comes(self, admin, upload):
        """What follows the body is a request of its own, and none that can be read."""
        with Raw(admin) as raw:
            raw.head(f"PATCH {upload} HTTP/1.1", "Content-Length: 100").send(REST[:150] + b"\r\n\r\n").no_more()
            assert raw.reply("PATCH").status == 202
            assert raw.reply().status == 400
            assert raw.is_closed()
        assert received(admin, upload) == "0-199"
        finish(admin, upload, CONTENT[200:])

    def test_a_body_in_chunks_that_breaks_off(self, admin, upload):
        with Raw(admin) as raw:
            raw.head(f"PATCH {upload} HTTP/1.1", "Transfer-Encoding: chunked")
            raw.send(b"64\r\n" + REST[:100] + b"\r\n64\r\n" + REST[100:150]).no_more()
            assert raw.reply("PATCH").status == 400
            assert raw.is_closed()
        assert received(admin, upload) == "0-249"
        finish(admin, upload, CONTENT[250:])

    @pytest.mark.parametrize("case", BAD_CHUNKS)
    def test_a_chunk_that_is_none(self, admin, upload, case):
        with Raw(admin) as raw:
            raw.head(f"PATCH {upload} HTTP/1.1", "Transfer-Encoding: chunked").send(b"64\r\n" + REST[:100] + b"\r\n" + BAD_CHUNKS[case]).no_more()
            reply = raw.reply("PATCH")
            assert (reply.status, len(codes(reply))) == (400, 1)
            assert raw.is_closed()
        told = int(received(admin, upload).partition("-")[2])
        assert 99 <= told <= 204, "at most what came before it, and the bytes of the bad chunk itself"
        if told == 199:
            finish(admin, upload, CONTENT[200:])

    def test_a_cut_connection_keeps_what_came(self, admin, world):
        content = b"0123456789abcdef" * 65536
        upload = start_upload(admin, REPOSITORY)
        with Raw(admin) as raw:
            raw.head(f"PATCH {upload} HTTP/1.1", f"Content-Length: {len(content)}").send(content[:700_000])
        deadline = time.monotonic() + 20
        while (reply := admin.patch(upload, b"")).status == 409:  # the cut request has not heard of its end yet
            assert time.monotonic() < deadline, "the upload stays busy"
        assert reply.status == 202, reply
        last = int(reply.headers["Range"].partition("-")[2])
        assert last < 700_000
        finish(admin, upload, content[last + 1 if last else 0:], content)


class TestDigests:
    """Content that is not what it was said to be leaves nothing behind."""

    def check_nothing_is_there(self, admin, *digests):
        for digest in digests:
            assert admin.head(f"/v2/{REPOSITORY}/blobs/{digest}").status == 404

    @pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
    @pytest.mark.parametrize("how", ["at_once", "closing", "closing_empty", "streamed"])
    def test_another_content(self, admin, world, how, algorithm):
        content = f"not what was said {how} {algorithm}".encode()
        said = digest_of(b"something else", algorithm)
        if how == "at_once":
            upload, reply = None, admin.post(f"/v2/{REPOSITORY}/blobs/uploads/?digest={said}", content)
        else:
            upload = start_upload(admin, REPOSITORY)
            if how == "closing_empty":
                admin.patch(upload, content, expect=202)
            body = b"" if how == "closing_empty" else iter([content]) if how == "streamed" else content
            reply = admin.put(f"{upload}?digest={said}", body)
        assert (reply.status, codes(reply)) == (400, ["DIGEST_INVALID"])
        self.check_nothing_is_there(admin, said, digest_of(content), digest_of(content, "sha512"))
        if upload:
            gone = admin.get(upload)
            assert (gone.status, codes(gone)) == (404, ["BLOB_UPLOAD_UNKNOWN"])

    def test_a_body_that_breaks_off_at_once(self, admin, world):
        content = b"a blob pushed in one request that breaks off"
        with Raw(admin) as raw:
            raw.head(f"POST /v2/{REPOSITORY}/blobs/uploads/?digest={digest_of(content)} HTTP/1.1", f"Content-Length: {len(content)}")
            raw.send(content[:10]).no_more()
            assert raw.reply("POST").status == 400
        self.check_nothing_is_there(admin, digest_of(content), digest_of(content[:10]))

    def test_a_closing_without_a_digest_leaves_the_upload(self, admin, upload):
        for query in ("", "?digest", "?digest=", "?Digest=" + digest_of(CONTENT)):
            reply = admin.put(upload + query, REST)
            assert (reply.status, codes(reply)) == (400, ["DIGEST_INVALID"])
        assert received(admin, upload) == "0-99"
        finish(admin, upload, REST)


IDS = {
    "unknown": ("00000000-0000-4000-8000-000000000000", 404, "BLOB_UPLOAD_UNKNOWN"),
    "word": ("nonsense", 404, "BLOB_UPLOAD_UNKNOWN"),
    "number": ("1", 404, "BLOB_UPLOAD_UNKNOWN"),
    "long": ("a" * 4000, 404, "BLOB_UPLOAD_UNKNOWN"),
    "sql": ("x'%20OR%20'1'='1", 404, "BLOB_UPLOAD_UNKNOWN"),
    "like": ("%25", 404, "BLOB_UPLOAD_UNKNOWN"),
    "twice_escaped_path": ("..%252f..%252flock", 404, "BLOB_UPLOAD_UNKNOWN"),
    "backslash": ("..%5c..%5clock", 404, "BLOB_UPLOAD_UNKNOWN"),
    "dots_and_more": ("..lock", 404, "BLOB_UPLOAD_UNKNOWN"),
    "parent": ("..", 400, "NAME_INVALID"),
    "escaped_parent": ("%2e%2e", 400, "NAME_INVALID"),
    "escaped_path": ("..%2f..%2flock", 400, "NAME_INVALID"),
    "absolute_path": ("%2fetc%2fpasswd", 400, "NAME_INVALID"),
    "nul": ("x%00", 400, "NAME_INVALID"),
}


class TestIds:
    @pytest.mark.parametrize("case", IDS)
    def test_that_are_none(self, admin, world, case):
        upload, status, code = IDS[case]
        path = f"/v2/{REPOSITORY}/blobs/uploads/{upload}"
        for method, query, body in (("GET", "", None), ("PATCH", "", b"x"), ("PUT", f"?digest={digest_of(b'x')}", b"x"), ("DELETE", "", None)):
            reply = admin.request(method, path + query, body)
            assert (reply.status, codes(reply)) == (status, [code]), method

    @pytest.mark.parametrize("change", [str.upper, lambda text: text + "0", lambda text: text[:-1], lambda text: text.replace("-", "")],
                             ids=["upper_case", "longer", "shorter", "without_dashes"])
    def test_that_only_resemble_one(self, admin, upload, change):
        place, _, number = upload.rpartition("/")
        wrong = change(number)
        if wrong == number:
            pytest.fail("the id has no letter to change")
        reply = admin.get(f"{place}/{wrong}")
        assert (reply.status, codes(reply)) == (404, ["BLOB_UPLOAD_UNKNOWN"])

    def test_of_an_upload_that_is_over(self, admin, upload):
        finish(admin, upload, REST)
        for method, query in (("GET", ""), ("PATCH", ""), ("PUT", f"?digest={digest_of(CONTENT)}"), ("DELETE", "")):
            reply = admin.request(method, upload + query, b"" if method != "GET" else None)
            assert (reply.status, codes(reply)) == (404, ["BLOB_UPLOAD_UNKNOWN"])

    def test_of_an_upload_that_was_cancelled(self, admin, upload):
        admin.delete(upload, expect=204)
        for method in ("GET", "PATCH", "DELETE"):
            assert codes(admin.request(method, upload)) == ["BLOB_UPLOAD_UNKNOWN"]


def test_two_requests_on_one_upload_do_not_mix(admin, upload):
    with Raw(admin) as raw:
        raw.head(f"PATCH {upload} HTTP/1.1", "Content-Length: 50", "Expect: 100-continue")
        assert raw.line().startswith(b"HTTP/1.1 100 "), "the first request holds the upload"
        assert raw.line() == b"\r\n"
        for method, query in (("PATCH", ""), ("PUT", f"?digest={digest_of(CONTENT)}"), ("DELETE", "")):
            reply = admin.request(method, upload + query, REST[:10])
            assert (reply.status, len(codes(reply))) == (409, 1)
        assert raw.send(REST[:50]).reply("PATCH").status == 202
    assert received(admin, upload) == "0-149"
    finish(admin, upload, CONTENT[150:])
