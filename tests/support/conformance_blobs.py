"""Blob cases: every way to push one, for each algorithm, and what must be refused (OCI distribution-spec, "Pushing blobs")."""
import os

from support.conformance import Case
from support.oci import digest_of, error_codes, expect

CHUNKS = 3


class Blob:
    def __init__(self, content, algorithm):
        self.content, self.algorithm, self.digest = content, algorithm, digest_of(content, algorithm)

    def head(self, repository):
        reply = expect(repository.head_blob(self.digest), 200)
        assert reply.headers["Content-Length"] == str(len(self.content))
        assert reply.headers["Docker-Content-Digest"] == self.digest
        assert reply.body == b""

    def get(self, repository):
        reply = expect(repository.get_blob(self.digest), 200)
        assert reply.headers["Docker-Content-Digest"] == self.digest
        assert reply.headers["Accept-Ranges"] == "bytes"
        assert reply.body == self.content

    def delete(self, repository):
        expect(repository.delete_blob(self.digest), 202)
        expect(repository.head_blob(self.digest), 404)

    def absent(self, repository):
        expect(repository.head_blob(self.digest), 404)
        expect(repository.get_blob(self.digest), 404)

    def stored(self, repository, reply):
        """What a 201 must carry: the digest as the client said it, and a Location that gives the bytes."""
        expect(reply, 201)
        assert reply.headers["Docker-Content-Digest"] == self.digest
        assert expect(repository.client.get(reply.headers["Location"]), 200).body == self.content


def started(repository):
    """The location and the least size of a chunk."""
    reply = expect(repository.start(), 202)
    assert reply.headers["Range"] == "0-0"
    return reply.headers["Location"], int(reply.headers.get("OCI-Chunk-Min-Length", 1024))


def accepted(reply, received):
    expect(reply, 202)
    assert reply.headers["Range"] == f"0-{received - 1}", "Range is the end of the whole upload so far"
    return reply.headers["Location"]


def out_of_place(repository, reply, location, received):
    """A chunk in the wrong place: 416, nothing is lost, and the session says where to go on."""
    expect(reply, 416)
    status = expect(repository.status(location), 204)
    assert status.headers["Range"] == f"0-{max(received - 1, 0)}"
    return status.headers["Location"]


def post_only(repository, blob, digest=None):
    return repository.start(blob.content, digest=digest or blob.digest)


def post_put(repository, blob, digest=None):
    location, _ = started(repository)
    return repository.close(location, digest or blob.digest, blob.content)


def chunked_single(repository, blob, digest=None):
    location, _ = started(repository)
    location = accepted(repository.chunk(location, blob.content, 0), len(blob.content))
    return repository.close(location, digest or blob.digest)


def streamed(repository, blob, digest=None):
    location, _ = started(repository)
    location = accepted(repository.stream(location, blob.content), len(blob.content))
    return repository.close(location, digest or blob.digest)


def chunked(put_last, disorder=False):
    """Pushes in chunks; with `disorder` every chunk is sent in wrong places first: later, earlier, and again."""

    def push(repository, blob, digest=None):
        location, least = started(repository)
        size = max(-(-len(blob.content) // CHUNKS), least)
        chunks = [(at, blob.content[at:at + size]) for at in range(0, len(blob.content), size)]
        assert len(chunks) == CHUNKS
        received = 0
        for first, content in chunks:
            last = put_last and first == chunks[-1][0]
            send = dict(method="PUT", digest=digest or blob.digest) if last else {}
            if disorder:
                for wrong in {0, size, 2 * size, 3 * size} - {first}:
                    location = out_of_place(repository, repository.chunk(location, content, wrong, **send), location, received)
            reply = repository.chunk(location, content, first, **send)
            if last:
                return reply
            received += len(content)
            location = accepted(reply, received)
        return repository.close(location, digest or blob.digest)

    return push


PUSHES = {
    "post only": ("blob-post-only", post_only),
    "post+put": ("blob-post-put", post_put),
    "chunked single": ("blob-patch-chunked", chunked_single),
    "stream": ("blob-patch-stream", streamed),
    "chunked multi": ("blob-patch-chunked", chunked(put_last=False)),
    "chunked multi and put chunk": ("blob-patch-chunked", chunked(put_last=True)),
    "chunked out-of-order": ("blob-patch-chunked", chunked(put_last=False, disorder=True)),
    "chunked out-of-order and put chunk": ("blob-patch-chunked", chunked(put_last=True, disorder=True)),
}
WRONG_DIGEST = {"post only": "post only", "post+put": "post+put", "chunked": "chunked multi",
                "chunked and put chunk": "chunked multi and put chunk", "stream": "stream"}


def random_blob(algorithm, size=4000):
    return Blob(os.urandom(size), algorithm)


def reads_and_deletes(case, blob):
    case.step("blob-head", lambda c: blob.head(c.one))
    case.step("blob-get", lambda c: blob.get(c.one))
    case.step("blob-delete", lambda c: blob.delete(c.one))


def push_case(algorithm, name, step, push, blob):
    case = Case(f"{algorithm} blobs/{name}")
    case.step(step, lambda c: blob.stored(c.one, push(c.one, blob)))
    reads_and_deletes(case, blob)
    return case


def wrong_digest_case(algorithm, name, step, push):
    blob, claimed = random_blob(algorithm), random_blob(algorithm)

    def refused(c):
        reply = expect(push(c.one, blob, claimed.digest), 400)
        assert error_codes(reply) == ["DIGEST_INVALID"]
        blob.absent(c.one)
        claimed.absent(c.one)

    case = Case(f"{algorithm} blobs/bad digest {name}")
    case.step(step, refused)
    return case


def missing_case(algorithm):
    case = Case(f"{algorithm} blobs/get-missing")
    case.step("", lambda c: random_blob(algorithm).absent(c.one))
    return case


def mount_case(algorithm, anonymous):
    """From `other` into `one`; anonymous: the server finds by itself where the caller may read it."""
    blob = random_blob(algorithm)

    def mount(c):
        source = {} if anonymous else {"from_": c.other.name}
        blob.stored(c.one, c.one.start(mount=blob.digest, **source))

    case = Case(f"{algorithm} blobs/mount{' anonymous' if anonymous else ''}")
    case.step("blob-post-put", lambda c: blob.stored(c.other, post_put(c.other, blob)))
    case.step("blob-mount-anonymous" if anonymous else "blob-mount", mount)
    reads_and_deletes(case, blob)
    case.step("blob-delete", lambda c: (blob.get(c.other), blob.delete(c.other)))
    return case


def missing_mount_case(algorithm):
    blob = random_blob(algorithm)

    def mount(c):
        reply = expect(c.one.start(mount=blob.digest, from_=c.other.name), 202)
        blob.absent(c.one)
        blob.stored(c.one, c.one.close(reply.headers["Location"], blob.digest, blob.content))

    case = Case(f"{algorithm} blobs/mount missing")
    case.step("blob-mount", mount)
    reads_and_deletes(case, blob)
    return case


def cancel_case(algorithm):
    blob = random_blob(algorithm)

    def cancel(c):
        location, _ = started(c.one)
        location = accepted(c.one.chunk(location, blob.content, 0), len(blob.content))
        expect(c.one.cancel(location), 204)
        expect(c.one.status(location), 404)
        expect(c.one.close(location, blob.digest), 404)
        blob.absent(c.one)

    case = Case(f"{algorithm} blobs/post cancel")
    case.step("blob-post-cancel", cancel)
    case.step("blob-delete", lambda c: expect(c.one.delete_blob(blob.digest), 404))
    return case


def range_case(algorithm):
    blob = random_blob(algorithm, 4096)
    size = len(blob.content)
    wanted = {"500-1499": (500, 1499), "500-": (500, size - 1), "-500": (size - 500, size - 1), "2000-5000": (2000, size - 1),
              "500-0": None, "5000-10000": None}

    def read(c, asked, part):
        reply = c.one.get_blob(blob.digest, Range=f"bytes={asked}")
        if part is None:
            expect(reply, 416)
            assert reply.headers["Content-Range"] == f"bytes */{size}"
            return
        first, last = part
        expect(reply, 206)
        assert reply.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert reply.headers["Content-Length"] == str(last - first + 1)
        assert reply.body == blob.content[first:last + 1]

    case = Case(f"{algorithm} blobs/range requests")
    case.step("blob-post-put", lambda c: blob.stored(c.one, post_put(c.one, blob)))
    for asked, part in wanted.items():
        case.step(f"range {asked}", lambda c, asked=asked, part=part: read(c, asked, part))
    case.step("blob-delete", lambda c: blob.delete(c.one))
    return case


def cases_of(algorithm):
    yield missing_case(algorithm)
    for name, (step, push) in PUSHES.items():
        yield push_case(algorithm, name, step, push, random_blob(algorithm))
    yield mount_case(algorithm, anonymous=False)
    yield mount_case(algorithm, anonymous=True)
    yield missing_mount_case(algorithm)
    yield cancel_case(algorithm)
    yield range_case(algorithm)
    for name, content in (("empty", b""), ("emptyJSON", b"{}")):
        yield push_case(algorithm, name, "blob-post-put", post_put, Blob(content, algorithm))
    for name, push in WRONG_DIGEST.items():
        yield wrong_digest_case(algorithm, name, *PUSHES[push])


def cases():
    return [case for algorithm in ("sha256", "sha512") for case in cases_of(algorithm)]
