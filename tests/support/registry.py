"""What the access and bad-input tests ask of the registry: single requests as they stand on the wire, and the smallest images."""
import json
import urllib.parse

from support.oci import CONFIG, IMAGE, LAYER, descriptor, digest_of, error_codes

NOBODY_HAS = "sha256:" + "0" * 64
SMALL_CONFIG = b'{"architecture":"amd64","os":"linux"}'


def image_manifest(config, *layers, **more):
    body = {"schemaVersion": 2, "mediaType": IMAGE, "config": descriptor(config, CONFIG), "layers": [descriptor(each, LAYER) for each in layers]}
    return json.dumps({**body, **more}).encode()


def start_upload(client, repository):
    """The upload's path."""
    return urllib.parse.urlsplit(client.post(f"/v2/{repository}/blobs/uploads/", b"", expect=202).headers["Location"]).path


def push_blob(client, repository, content):
    client.put(f"{start_upload(client, repository)}?digest={digest_of(content)}", content, expect=201)
    return digest_of(content)


def put_manifest(client, repository, reference, body, media_type=IMAGE, **kw):
    """`media_type` None: without a Content-Type."""
    headers = {"Content-Type": media_type} if media_type else {}
    return client.put(f"/v2/{repository}/manifests/{reference}", body, headers=headers, **kw)


def push_image(client, repository, tag, layer=b"a layer"):
    """An image of one layer; its manifest's digest."""
    for blob in (SMALL_CONFIG, layer):
        push_blob(client, repository, blob)
    manifest = image_manifest(SMALL_CONFIG, layer)
    put_manifest(client, repository, tag, manifest, expect=201)
    return digest_of(manifest)


def registry_token(client, *scopes):
    """A token for these scopes, as docker asks for one."""
    query = urllib.parse.urlencode([("service", client.host)] + [("scope", scope) for scope in scopes])
    return client.get(f"/service/token?{query}", expect=200).json["token"]


def codes(reply):
    """The codes of a registry's error answer, which has a message beside each."""
    assert reply.headers["Content-Type"] == "application/json", reply
    assert all(entry["message"] for entry in reply.json["errors"]), reply
    return error_codes(reply)
