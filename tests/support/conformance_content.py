"""What is done with each data set: push, list, head, pull, referrers, delete; and content that must be refused."""
import os

from support.conformance import Case
from support.conformance_blobs import Blob, post_put
from support.conformance_sets import Set, sets
from support.oci import IMAGE, INDEX, digest_of, dumps, error_codes, expect

UNKNOWN = ("MANIFEST_UNKNOWN", "NAME_UNKNOWN")


def right(reply, manifest):
    expect(reply, 200)
    assert reply.headers["Content-Type"] == manifest.media_type
    assert reply.headers["Content-Length"] == str(len(manifest.content))
    assert reply.headers["Docker-Content-Digest"] == manifest.digest


def head(c, manifest, reference):
    reply = c.one.head_manifest(reference)
    right(reply, manifest)
    assert reply.body == b""


def pull(c, manifest, reference):
    reply = c.one.get_manifest(reference)
    right(reply, manifest)
    assert reply.body == manifest.content, "the exact bytes that were pushed"


def push(c, manifest, reference, tag_params=()):
    reply = expect(c.one.put_manifest(reference, manifest.content, manifest.media_type, tag_params), 201)
    # By tag the server chooses the algorithm, so only its own digest is compared.
    assert reply.headers["Docker-Content-Digest"] in (manifest.digest, digest_of(manifest.content))
    assert reply.headers.get("OCI-Subject") == manifest.subject
    named = [tag.strip() for value in reply.headers.get_all("OCI-Tag", []) for tag in value.split(",")]
    assert sorted(named) == sorted(tag_params)
    assert expect(c.one.client.get(reply.headers["Location"]), 200).body == manifest.content


def tag_list(c, tags):
    reply = expect(c.one.tags(), 200)
    assert reply.json == {"name": c.one.name, "tags": sorted(tags)}


def listed(c, subject, artifact_type=None):
    reply = expect(c.one.referrers(subject, artifact_type), 200)
    assert reply.headers["Content-Type"] == INDEX
    assert (reply.json["schemaVersion"], reply.json["mediaType"]) == (2, INDEX)
    return reply.json["manifests"], reply


def referrers(c, manifests):
    """Each subject's list has exactly its referrers; a filter by type says that it was applied."""
    for subject in {manifest.subject for manifest in manifests if manifest.subject}:
        expected = [manifest for manifest in manifests if manifest.subject == subject]
        found, _ = listed(c, subject)
        assert sorted(entry["digest"] for entry in found) == sorted(manifest.digest for manifest in expected)
        for manifest in expected:
            (entry,) = [entry for entry in found if entry["digest"] == manifest.digest]
            assert {key: entry.get(key) for key in ("mediaType", "size", "artifactType")} == {
                "mediaType": manifest.media_type, "size": len(manifest.content), "artifactType": manifest.artifact_type}
            assert entry.get("annotations") == manifest.document.get("annotations")
            of_type, reply = listed(c, subject, manifest.artifact_type)
            assert {entry["digest"] for entry in of_type} == {
                other.digest for other in expected if other.artifact_type == manifest.artifact_type}
            assert reply.headers["OCI-Filters-Applied"] == "artifactType"


def delete(c, manifest):
    expect(c.one.delete_manifest(manifest.digest), 202)
    expect(c.one.head_manifest(manifest.digest), 404)
    if manifest.subject:
        assert manifest.digest not in [entry["digest"] for entry in listed(c, manifest.subject)[0]]


def delete_tag(c, manifest, tag):
    expect(c.one.delete_manifest(tag), 202)
    expect(c.one.head_manifest(tag), 404)
    expect(c.one.head_manifest(manifest.digest), 200)


def case_of(data):
    case = Case(data.name)
    blobs = [Blob(content, data.algorithm) for content in data.blobs.values()]
    tagged = [(manifest, tag) for manifest in data.manifests for tag in manifest.tags + manifest.tag_params]

    def each(verb, values, check):
        for value in values:
            case.step(verb, lambda c, value=value: check(c, value))

    each("push/blob-post-put", blobs, lambda c, blob: blob.stored(c.one, post_put(c.one, blob)))
    for manifest in data.manifests:
        each("push/manifest-by-digest", [manifest], lambda c, m: push(c, m, m.digest, m.tag_params))
        each("push/manifest-by-tag", [(manifest, tag) for tag in manifest.tags], lambda c, pair: push(c, *pair))
    each("tag-list", [[tag for _, tag in tagged]], tag_list)
    each("head/manifest-head-by-tag", tagged, lambda c, pair: head(c, *pair))
    each("head/manifest-head-by-digest", data.manifests, lambda c, m: head(c, m, m.digest))
    each("head/blob-head", blobs, lambda c, blob: blob.head(c.one))
    each("pull/manifest-by-tag", tagged, lambda c, pair: pull(c, *pair))
    each("pull/manifest-by-digest", data.manifests, lambda c, m: pull(c, m, m.digest))
    each("pull/blob-get", blobs, lambda c, blob: blob.get(c.one))
    if any(manifest.subject for manifest in data.manifests):
        each("referrers", [data.manifests], referrers)
    each("delete/tag-delete", tagged, lambda c, pair: delete_tag(c, *pair))
    each("delete/manifest-delete", data.manifests[::-1], delete)
    each("delete/blob-delete", blobs, lambda c, blob: blob.delete(c.one))
    return case


def absent(c, reference):
    reply = expect(c.one.get_manifest(reference), 404)
    assert error_codes(reply)[0] in UNKNOWN
    expect(c.one.head_manifest(reference), 404)


def wrong_digest_case():
    """A whole image whose manifest is pushed under another digest: refused, visible nowhere; its blobs are there."""
    data = Set("bad-digest-image")
    image = data.image()
    claimed = digest_of(b"something else")
    blobs = [Blob(content, "sha256") for content in data.blobs.values()]

    def refused(c):
        reply = expect(c.one.put_manifest(claimed, image.content, image.media_type), 400)
        assert error_codes(reply) == ["DIGEST_INVALID"]
        absent(c, claimed)
        absent(c, image.digest)

    case = Case(data.name)
    for blob in blobs:
        case.step("push/blob-post-put", lambda c, blob=blob: blob.stored(c.one, post_put(c.one, blob)))
    case.step("push/manifest-by-digest", refused)
    case.step("tag-list", lambda c: tag_list(c, []))
    for blob in blobs:
        case.step("head/blob-head", lambda c, blob=blob: blob.head(c.one))
        case.step("pull/blob-get", lambda c, blob=blob: blob.get(c.one))
    case.step("delete/manifest-delete", lambda c: expect(c.one.delete_manifest(claimed), 404))
    for blob in blobs:
        case.step("delete/blob-delete", lambda c, blob=blob: blob.delete(c.one))
    return case


def malformed_digest_case():
    data = Set("invalid-digest-format")
    image = data.image(layers=1)
    blobs = [Blob(content, "sha256") for content in data.blobs.values()]
    malformed = "sha256:baddigeststring"

    def refused(reply, *statuses):
        assert error_codes(expect(reply, *statuses)) == ["DIGEST_INVALID"]

    case = Case(data.name)
    for blob in blobs:
        case.step("blob-post-put", lambda c, blob=blob: blob.stored(c.one, post_put(c.one, blob)))
    case.step("manifest-put", lambda c: refused(c.one.put_manifest(malformed, image.content, image.media_type), 400))
    case.step("manifest-get", lambda c: refused(c.one.get_manifest(malformed), 400))
    case.step("delete/manifest-delete", lambda c: expect(c.one.delete_manifest(image.digest), 404))
    for blob in blobs:
        case.step("delete/blob-delete", lambda c, blob=blob: blob.delete(c.one))
    return case


def ping_case():
    case = Case("ping")
    case.step("", lambda c: expect(c.one.client.get("/v2/"), 200))
    return case


def nothing_there_cases():
    """Asked before the repository exists: referrers are an empty list all the same (OCI distribution-spec, "Listing referrers")."""
    empty = Case("empty")
    empty.step("tag list", lambda c: expect(c.one.tags(), 200, 404))
    empty.step("referrers", lambda c: _empty(listed(c, digest_of(os.urandom(8)))[0]))
    missing = Case("missing-manifest")
    missing.step("by-digest", lambda c: absent(c, digest_of(dumps({"mediaType": IMAGE}))))
    missing.step("by-tag", lambda c: absent(c, "missing"))
    return [empty, missing]


def _empty(found):
    assert found == []


def cases():
    return [ping_case(), *nothing_there_cases(), *map(case_of, sets()), wrong_digest_case(), malformed_digest_case()]
