"""Manifests that are wrong: refused with the code that says why, and neither tag nor digest leads to them afterwards."""
import gzip
import json

import pytest

from support.oci import CONFIG, IMAGE, INDEX, LAYER, descriptor, digest_of
from support.registry import NOBODY_HAS, SMALL_CONFIG, codes, image_manifest, push_blob, push_image, put_manifest

LAYER_BYTES = b"a layer"
REPOSITORY = "base/manifests"
DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture(scope="module")
def client(admin, world):
    push_image(admin, REPOSITORY, "good", LAYER_BYTES)
    push_blob(admin, "base/elsewhere", b"a blob of another repository")
    return admin


def check_refused(client, body, media_type=IMAGE, status=400, code="MANIFEST_INVALID"):
    digest = digest_of(body)
    for reference in ("bad", digest):
        reply = put_manifest(client, REPOSITORY, reference, body, media_type)
        assert reply.status == status, reply
        assert set(codes(reply)) == {code}
        assert len(reply.body) < 20_000
    for reference in ("bad", digest):
        assert client.head(f"/v2/{REPOSITORY}/manifests/{reference}").status == 404
    assert client.get(f"/v2/{REPOSITORY}/tags/list").json["tags"] == ["good"]
    return reply


def image(**changes):
    """A good image manifest with some members changed; None takes one away."""
    document = {**json.loads(image_manifest(SMALL_CONFIG, LAYER_BYTES)), **changes}
    return json.dumps({key: value for key, value in document.items() if value is not None}).encode()


def index(*children, **changes):
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": list(children), **changes}).encode()


def layer(**changes):
    described = {**descriptor(LAYER_BYTES, LAYER), **changes}
    return image(layers=[{key: value for key, value in described.items() if value is not None}])


NOT_A_DOCUMENT = {
    "empty": b"",
    "blank": b"  \n",
    "words": b"this is no manifest",
    "cut": image()[:-1],
    "list": b"[]",
    "text": b'"x"',
    "number": b"2",
    "null": b"null",
    "something_follows": image() + b"{}",
    "byte_order_mark": b"\xef\xbb\xbf" + image(),
    "utf16": image().decode().encode("utf-16"),
    "invalid_utf8": image(annotations={"a": "x"}).replace(b'"x"', b'"\xff\xfe"'),
    "overlong_utf8": image(annotations={"a": "x"}).replace(b'"x"', b'"\xc0\xaf"'),
    "lone_surrogate_bytes": image(annotations={"a": "x"}).replace(b'"x"', b'"\xed\xa0\x80"'),
    "not_a_number": image().replace(b'"size": 7', b'"size": NaN'),
    "comment": b"/* */" + image(),
    "gzip": gzip.compress(image()),
    "yaml": b"schemaVersion: 2\n",
    "html": b"<html></html>",
    "depth_bomb": b"[" * 1_000_000,
    "depth_bomb_inside": image().replace(b'"schemaVersion"', b'"x":' + b"[" * 5000 + b"]" * 5000 + b',"schemaVersion"'),
    "objects_in_objects": b'{"a":' * 200_000,
    "count_bomb": b'{"x":[' + b"0," * 2_000_000 + b"0]}",
    "duplicate_key": image().replace(b'"schemaVersion"', b'"schemaVersion": 2, "schemaVersion"'),
    "duplicate_key_inside": image().replace(b'"size": 7', b'"size": 7, "size": 8'),
    "escaped_duplicate_key": image().replace(b'"layers"', b'"l\\u0061yers": [], "layers"'),
}

WRONG_SHAPE = {
    "schema_version_1": image(schemaVersion=1),
    "schema_version_of_text": image(schemaVersion="2"),
    "no_schema_version": image(schemaVersion=None),
    "no_config": image(config=None),
    "config_of_text": image(config="x"),
    "config_list": image(config=[]),
    "layers_object": image(layers={}),
    "layer_of_text": image(layers=["x"]),
    "layer_null": image(layers=[0]),
    "layer_without_digest": layer(digest=None),
    "layer_with_a_bad_digest": layer(digest="sha256:x"),
    "layer_with_a_path_as_digest": layer(digest="sha256:../../../lock"),
    "layer_with_a_weak_digest": layer(digest="md5:" + "0" * 32),
    "layer_without_size": layer(size=None),
    "layer_with_negative_size": layer(size=-1),
    "layer_with_a_fraction": layer(size=7.5),
    "layer_with_a_size_of_text": layer(size="7"),
    "layer_with_a_huge_size": layer(size=1 << 63),
    "layer_with_a_huger_size": layer(size=1 << 70),
    "sizes_that_overflow": image(layers=[{**descriptor(LAYER_BYTES, LAYER), "size": (1 << 63) - 1}] * 2),
    "layer_without_media_type": layer(mediaType=None),
    "layer_with_a_bad_media_type": layer(mediaType="../x"),
    "layer_with_data_of_other_content": layer(data="b3RoZXI="),
    "layer_with_data_that_is_no_base64": layer(data="!!"),
    "layer_with_urls_of_text": layer(urls="http://example.com"),
    "layer_with_a_platform_list": layer(platform=[]),
    "media_type_number": image(mediaType=5),
    "annotations_list": image(annotations=[]),
    "annotation_number": image(annotations={"a": 1}),
    "subject_of_text": image(subject="x"),
    "subject_without_digest": image(subject={"mediaType": IMAGE, "size": 1}),
    "image_and_index_at_once": image(manifests=[]),
    "too_many_layers": image(layers=[descriptor(LAYER_BYTES, LAYER)] * 20_000),
    "signed_schema_1": json.dumps({"schemaVersion": 1, "name": "x", "tag": "1", "fsLayers": [{"blobSum": NOBODY_HAS}], "history": []}).encode(),
}


@pytest.mark.parametrize("case", NOT_A_DOCUMENT)
def test_a_body_that_is_no_document(client, case):
    check_refused(client, NOT_A_DOCUMENT[case])


@pytest.mark.parametrize("case", WRONG_SHAPE)
def test_a_document_that_is_no_manifest(client, case):
    check_refused(client, WRONG_SHAPE[case])


INDEXES = {
    "no_manifests": index(manifests=None),
    "manifests_object": index(manifests={}),
    "with_layers": index(layers=[]),
    "with_a_config": index(config=descriptor(SMALL_CONFIG, CONFIG)),
    "child_of_text": index("x"),
    "child_with_a_bad_digest": index({"mediaType": IMAGE, "digest": "x", "size": 1}),
}


@pytest.mark.parametrize("case", INDEXES)
def test_a_document_that_is_no_index(client, case):
    check_refused(client, INDEXES[case].replace(b'"manifests": null', b'"nothing": 0'), INDEX)


OTHER = {"annotations": {"stored": "never"}}  # unlike the image that is there
TYPES = {
    "index_as_image": (image(**OTHER), INDEX),
    "docker_as_oci": (image(mediaType=DOCKER_IMAGE), IMAGE),
    "oci_as_docker": (image(**OTHER), DOCKER_IMAGE),
    "image_as_index": (index(), IMAGE),
    "other_type": (image(**OTHER), "application/json"),
    "schema_1": (image(mediaType=None), "application/vnd.docker.distribution.manifest.v1+json"),
    "signed_schema_1": (image(mediaType=None), "application/vnd.docker.distribution.manifest.v1+prettyjws"),
    "no_type_at_all": (image(mediaType=None), None),
    "no_media_type": (image(mediaType=None), "///"),
    "type_of_a_path": (image(mediaType=None), "../../x"),
    "two_types": (image(mediaType=None), f"{IMAGE}, {INDEX}"),
    "very_long_type": (image(mediaType=None), "application/" + "x" * 1000),
}


@pytest.mark.parametrize("case", TYPES)
def test_a_type_that_is_none_or_another(client, case):
    check_refused(client, *TYPES[case])


class TestReferences:
    def test_all_missing_blobs_are_listed(self, client):
        blobs = [b"missing one", b"missing two", b"missing three"]
        reply = check_refused(client, image_manifest(blobs[0], LAYER_BYTES, blobs[1], blobs[2], blobs[1]), code="MANIFEST_BLOB_UNKNOWN")
        assert sorted(entry["detail"] for entry in reply.json["errors"]) == sorted(map(digest_of, blobs))

    def test_a_blob_of_another_repository_is_missing_here(self, client):
        foreign = b"a blob of another repository"
        assert client.head(f"/v2/base/elsewhere/blobs/{digest_of(foreign)}").status == 200
        reply = check_refused(client, image_manifest(SMALL_CONFIG, foreign), code="MANIFEST_BLOB_UNKNOWN")
        assert [entry["detail"] for entry in reply.json["errors"]] == [digest_of(foreign)]

    def test_a_manifest_is_no_layer_and_a_blob_no_child(self, client):
        manifest = image()
        put_manifest(client, REPOSITORY, digest_of(manifest), manifest, expect=201)
        check_refused(client, image_manifest(SMALL_CONFIG, manifest), code="MANIFEST_BLOB_UNKNOWN")
        check_refused(client, index(descriptor(LAYER_BYTES, IMAGE)), INDEX, code="MANIFEST_BLOB_UNKNOWN")

    def test_a_child_of_another_repository_is_missing_here(self, client):
        push_image(client, "base/other-manifests", "1", b"another layer")
        body = client.get("/v2/base/other-manifests/manifests/1").body
        reply = check_refused(client, index(descriptor(body, IMAGE), descriptor(image(), IMAGE)), INDEX, code="MANIFEST_BLOB_UNKNOWN")
        assert [entry["detail"] for entry in reply.json["errors"]] == [digest_of(body)]

    def test_an_index_of_itself_cannot_be(self, client):
        body = index({"mediaType": INDEX, "digest": NOBODY_HAS, "size": 1})
        check_refused(client, body, INDEX, code="MANIFEST_BLOB_UNKNOWN")


class TestSize:
    def test_five_mebibytes(self, client):
        body = image(annotations={"a": "x" * (5 << 20)})
        check_refused(client, body, status=413, code="SIZE_INVALID")

    def test_four_mebibytes_are_taken_and_come_back_byte_by_byte(self, client):
        frame = len(image(annotations={"a": ""}))
        body = image(annotations={"a": "x" * ((4 << 20) - frame)})
        assert len(body) == 4 << 20
        for blob in (SMALL_CONFIG, LAYER_BYTES):
            push_blob(client, "base/large", blob)
        put_manifest(client, "base/large", "large", body, expect=201)
        assert client.get("/v2/base/large/manifests/large", expect=200).body == body


class TestReference:
    def test_another_digest_stores_nothing(self, client):
        body = image(annotations={"only": "here"})
        for digest in (NOBODY_HAS, "sha512:" + "0" * 128):
            reply = put_manifest(client, REPOSITORY, digest, body)
            assert (reply.status, codes(reply)) == (400, ["DIGEST_INVALID"])
            assert client.head(f"/v2/{REPOSITORY}/manifests/{digest}").status == 404
        assert client.head(f"/v2/{REPOSITORY}/manifests/{digest_of(body)}").status == 404

    def test_a_blob_in_use_is_not_deleted(self, client):
        reply = client.delete(f"/v2/{REPOSITORY}/blobs/{digest_of(LAYER_BYTES)}")
        assert (reply.status, codes(reply)) == (405, ["UNSUPPORTED"])
        client.get(f"/v2/{REPOSITORY}/blobs/{digest_of(LAYER_BYTES)}", expect=200)

    @pytest.mark.parametrize("reference", ["nothing", NOBODY_HAS])
    def test_what_is_not_there_is_unknown(self, client, reference):
        for method in ("GET", "DELETE"):
            reply = client.request(method, f"/v2/{REPOSITORY}/manifests/{reference}")
            assert (reply.status, codes(reply)) == (404, ["MANIFEST_UNKNOWN"])

    @pytest.mark.parametrize("if_match", ['"sha256:' + "0" * 64 + '"', '"x"', "nonsense", '""'])
    def test_a_condition_that_does_not_hold_moves_no_tag(self, client, if_match):
        before = client.get(f"/v2/{REPOSITORY}/manifests/good").body
        headers = {"Content-Type": IMAGE, "If-Match": if_match}
        reply = client.put(f"/v2/{REPOSITORY}/manifests/good", image(annotations={"moved": "yes"}), headers=headers)
        assert (reply.status, len(codes(reply))) == (412, 1)
        assert client.get(f"/v2/{REPOSITORY}/manifests/good").body == before
