"""OCI content and the requests that move it, one function for each way that the specification knows.

A `Repository` is one subject's view of one repository: its methods make one request each and give the reply, except push_blob and
push_image, which do the whole thing and insist on success.
"""
import gzip
import hashlib
import io
import json
import os
import tarfile
import urllib.parse

IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
LAYER_GZIP = LAYER + "+gzip"
EMPTY = "application/vnd.oci.empty.v1+json"


def digest_of(content, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


def dumps(document):
    return json.dumps(document, separators=(",", ":")).encode()


def descriptor(content, media_type, algorithm="sha256", **more):
    return {"mediaType": media_type, "digest": digest_of(content, algorithm), "size": len(content), **more}


def tar(files):
    """A layer as a client makes it: `files` by name, times at zero, so that equal files give equal bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def gzipped(content, level=1):
    return gzip.compress(content, level, mtime=0)


class Image:
    """An image in memory: blobs by digest, and the manifest's bytes. `layers` are uncompressed tars."""

    def __init__(self, layers, architecture="amd64", labels=None, media_type=LAYER_GZIP, algorithm="sha256"):
        packed = [gzipped(layer) if media_type == LAYER_GZIP else layer for layer in layers]
        config = dumps({"architecture": architecture, "os": "linux", "config": {"Labels": labels or {}},
                        "rootfs": {"type": "layers", "diff_ids": [digest_of(layer) for layer in layers]},
                        "history": [{"created_by": f"layer {number}"} for number in range(len(layers))]})
        self.config_digest = digest_of(config, algorithm)
        self.blobs = {digest_of(blob, algorithm): blob for blob in [config, *packed]}
        self.document = {"schemaVersion": 2, "mediaType": IMAGE, "config": descriptor(config, CONFIG, algorithm),
                         "layers": [descriptor(blob, media_type, algorithm) for blob in packed]}

    @property
    def manifest(self):
        return dumps(self.document)

    @property
    def digest(self):
        return digest_of(self.manifest)

    def write_layout(self, directory, tag):
        """An OCI layout, as skopeo, podman, buildah and ctr read it."""
        blobs = directory / "blobs" / "sha256"
        blobs.mkdir(parents=True, exist_ok=True)
        for digest, content in {**self.blobs, self.digest: self.manifest}.items():
            (blobs / digest.split(":")[1]).write_bytes(content)
        (directory / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        entry = descriptor(self.manifest, IMAGE, annotations={"org.opencontainers.image.ref.name": tag})
        (directory / "index.json").write_bytes(dumps({"schemaVersion": 2, "manifests": [entry]}))
        return f"oci:{directory}:{tag}"


class Repository:
    def __init__(self, client, name):
        self.client, self.name = client, name

    def path(self, rest):
        return f"/v2/{self.name}/{rest}"

    # Blobs

    def get_blob(self, digest, **headers):
        return self.client.get(self.path(f"blobs/{digest}"), headers={key.replace("_", "-"): value for key, value in headers.items()})

    def head_blob(self, digest):
        return self.client.head(self.path(f"blobs/{digest}"))

    def delete_blob(self, digest):
        return self.client.delete(self.path(f"blobs/{digest}"))

    def start(self, body=b"", **query):
        """POST …/uploads/ with a query such as digest=…, mount=…, from_=…"""
        query = urllib.parse.urlencode({key.rstrip("_"): value for key, value in query.items()}, safe=":/")
        headers = {"Content-Type": "application/octet-stream"} if body else {}
        return self.client.post(self.path("blobs/uploads/") + ("?" + query if query else ""), body, headers=headers)

    def chunk(self, location, content, first, method="PATCH", digest=None):
        """A chunk that says where it belongs. With `digest` and PUT it is the last one."""
        headers = {"Content-Type": "application/octet-stream", "Content-Range": f"{first}-{first + len(content) - 1}"}
        return self.client.request(method, closing(location, digest) if digest else location, content, headers)

    def stream(self, location, content):
        """What docker and podman do: the body in pieces, without its length or place."""
        pieces = (content[at:at + 1000] for at in range(0, len(content), 1000))
        return self.client.patch(location, pieces, headers={"Content-Type": "application/octet-stream"})

    def close(self, location, digest, content=b""):
        headers = {"Content-Type": "application/octet-stream"} if content else {}
        return self.client.put(closing(location, digest), content, headers=headers)

    def status(self, location):
        return self.client.get(location)

    def cancel(self, location):
        return self.client.delete(location)

    def push_blob(self, content, algorithm="sha256"):
        digest = digest_of(content, algorithm)
        location = expect(self.start(), 202).headers["Location"]
        return expect(self.close(location, digest, content), 201)

    # Manifests

    def put_manifest(self, reference, content, media_type, tags=()):
        """In pieces, without Content-Length, as some clients do."""
        query = "?" + urllib.parse.urlencode([("tag", tag) for tag in tags]) if tags else ""
        return self.client.put(self.path(f"manifests/{reference}{query}"), iter([content]), headers={"Content-Type": media_type})

    def get_manifest(self, reference):
        return self.client.get(self.path(f"manifests/{reference}"), headers={"Accept": f"{INDEX}, {IMAGE}"})

    def head_manifest(self, reference):
        return self.client.head(self.path(f"manifests/{reference}"), headers={"Accept": f"{INDEX}, {IMAGE}"})

    def delete_manifest(self, reference):
        return self.client.delete(self.path(f"manifests/{reference}"))

    def push_image(self, image, tag):
        for content in image.blobs.values():
            self.push_blob(content)
        return expect(self.put_manifest(tag, image.manifest, IMAGE), 201)

    # Lists

    def tags(self):
        return self.client.get(self.path("tags/list"))

    def referrers(self, digest, artifact_type=None):
        query = "?" + urllib.parse.urlencode({"artifactType": artifact_type}) if artifact_type else ""
        return self.client.get(self.path(f"referrers/{digest}{query}"))


def image_layout(directory, size=1 << 20):
    """An image of two layers, the first of `size` random bytes, as an OCI layout tagged 1: (image, directory)."""
    image = Image([tar({"random": os.urandom(size)}), tar({"own": os.urandom(16)})])
    image.write_layout(directory, "1")
    return image, directory


def push_layout(client, name, layout, tag):
    """Pushes the image or index `tag` of an OCI layout, with all below it."""
    repository, blobs = Repository(client, name), layout / "blobs" / "sha256"

    def push(entry, reference):
        content = (blobs / entry["digest"].split(":")[1]).read_bytes()
        document = json.loads(content)
        for child in document.get("manifests", []):
            push(child, child["digest"])
        for blob in ([document["config"], *document["layers"]] if "layers" in document else []):
            repository.push_blob((blobs / blob["digest"].split(":")[1]).read_bytes())
        expect(repository.put_manifest(reference, content, entry["mediaType"]), 201)

    entries = json.loads((layout / "index.json").read_bytes())["manifests"]
    (entry,) = [entry for entry in entries if entry["annotations"]["org.opencontainers.image.ref.name"] == tag]
    push(entry, tag)
    return entry["digest"]


def closing(location, digest):
    return f"{location}{'&' if '?' in location else '?'}digest={urllib.parse.quote(digest, safe=':')}"


def expect(reply, *statuses):
    assert reply.status in statuses, f"expected {' or '.join(map(str, statuses))}, got {reply!r}"
    return reply


def error_codes(reply):
    return [error["code"] for error in reply.json["errors"]]


def verify(client, name, reference):
    """Reads a tag or digest with all that it refers to, and checks every byte against its digest. Gives the manifests by digest."""
    repository = Repository(client, name)
    reply = expect(repository.client.get(repository.path(f"manifests/{reference}"), headers={"Accept": "*/*"}), 200)
    found = {digest_of(reply.body): reply.json}
    assert reply.headers["Docker-Content-Digest"] == digest_of(reply.body)
    for child in reply.json.get("manifests", []):
        found.update(verify(client, name, child["digest"]))
    for entry in ([reply.json["config"], *reply.json["layers"]] if "layers" in reply.json else []):
        content = expect(repository.get_blob(entry["digest"]), 200).body
        assert (digest_of(content), len(content)) == (entry["digest"], entry["size"]), f"{name}: {entry} has other bytes"
    return found
