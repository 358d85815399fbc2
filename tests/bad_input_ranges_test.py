"""Ranges of a blob, good and bad: the bytes that were asked for, or a refusal; never more work than the blob is worth."""
import re

import pytest

from support.raw import Raw
from support.registry import NOBODY_HAS, codes, digest_of, push_blob

REPOSITORY = "base/app"
BLOB = b"".join(b"%04d" % n for n in range(250))  # 1,000 bytes that tell their place
WHOLE, NONE = (200, BLOB), (416, None)


def part(first, last):
    return 206, BLOB[first:last + 1]


RANGES = {
    "first_bytes": ("bytes=0-9", part(0, 9)),
    "one_byte": ("bytes=999-999", part(999, 999)),
    "to_the_end": ("bytes=990-", part(990, 999)),
    "last_bytes": ("bytes=-10", part(990, 999)),
    "more_than_there_is": ("bytes=900-5000", part(900, 999)),
    "suffix_longer_than_all": ("bytes=-5000", part(0, 999)),
    "huge_end": ("bytes=0-99999999999999999999999", part(0, 999)),
    "beyond_the_end": ("bytes=1000-1010", NONE),
    "far_beyond": ("bytes=99999999999999999999-", NONE),
    "empty_suffix": ("bytes=-0", NONE),
    "reversed": ("bytes=500-0", NONE),
    "nothing": ("bytes=", NONE),
    "word": ("bytes=all", NONE),
    "negative": ("bytes=--5", NONE),
    "signed": ("bytes=+1-+5", NONE),
    "hexadecimal": ("bytes=0x1-0x5", NONE),
    "one_good_one_bad": ("bytes=0-1,x", NONE),
    "other_unit": ("pages=1-2", WHOLE),
    "no_unit": ("0-9", WHOLE),
    "overlapping": ("bytes=0-99,50-149,100-199", part(0, 199)),
    "the_same_again_and_again": ("bytes=" + ",".join(["0-999"] * 16), part(0, 999)),
}


class TestRanges:
    @pytest.fixture(scope="class")
    def path(self, admin, world):
        return f"/v2/{REPOSITORY}/blobs/{push_blob(admin, REPOSITORY, BLOB)}"

    @pytest.mark.parametrize("case", RANGES)
    def test_of_one_blob(self, admin, path, case):
        header, (status, body) = RANGES[case]
        reply = admin.get(path, headers={"Range": header})
        assert reply.status == status
        if status == 416:
            assert codes(reply) == ["RANGE_INVALID"]
            assert reply.headers["Content-Range"] == "bytes */1000"
        else:
            assert reply.body == body
            assert int(reply.headers["Content-Length"]) == len(body)

    def test_several(self, admin, path):
        reply = admin.get(path, headers={"Range": "bytes=0-9, 500-509 ,-10"}, expect=206)
        boundary = re.fullmatch(r"multipart/byteranges; boundary=(\w+)", reply.headers["Content-Type"]).group(1).encode()
        pieces = reply.body.split(b"--" + boundary)[1:-1]
        heads_and_bodies = [piece.strip(b"\r\n").partition(b"\r\n\r\n") for piece in pieces]
        assert [body for *_, body in heads_and_bodies] == [BLOB[:10], BLOB[500:510], BLOB[990:]]
        assert [re.search(rb"Content-Range: (.*)", head).group(1).strip() for head, *_ in heads_and_bodies] == [
            b"bytes 0-9/1000", b"bytes 500-509/1000", b"bytes 990-999/1000"]
        assert int(reply.headers["Content-Length"]) == len(reply.body)

    def test_thousands(self, admin, path):
        """As many as the head's bound lets through."""
        reply = admin.get(path, headers={"Range": "bytes=" + ",".join(["0-0"] * 5000)})
        assert (reply.status, codes(reply)) == (400, ["UNSUPPORTED"])

    def test_ten_thousand(self, admin, path):
        with Raw(admin) as raw:
            reply = raw.head(f"GET {path} HTTP/1.1", "Range: bytes=" + ",".join(["0-0"] * 10_000)).reply()
            assert (reply.status, codes(reply)) == (431, ["UNSUPPORTED"])
            assert raw.is_closed()

    def test_many_apart_never_cost_more_than_the_blob_and_their_frames(self, admin, path):
        reply = admin.get(path, headers={"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 1000, 2))})
        assert reply.status in (200, 206, 400)
        assert len(reply.body) < 200_000

    def test_of_the_empty_blob(self, admin, world):
        push_blob(admin, REPOSITORY, b"")
        reply = admin.get(f"/v2/{REPOSITORY}/blobs/{digest_of(b'')}", headers={"Range": "bytes=0-0"})
        assert (reply.status, reply.headers["Content-Range"]) == (416, "bytes */0")

    def test_with_a_condition_that_does_not_hold_is_the_whole(self, admin, path):
        for condition in ('"other"', "Sat, 21 Nov 2026 00:00:00 GMT", "nonsense"):
            assert admin.get(path, headers={"Range": "bytes=0-9", "If-Range": condition}, expect=200).body == BLOB

    def test_of_a_blob_that_is_not_there(self, admin, world):
        reply = admin.get(f"/v2/{REPOSITORY}/blobs/{NOBODY_HAS}", headers={"Range": "bytes=0-9"})
        assert (reply.status, codes(reply)) == (404, ["BLOB_UNKNOWN"])
