"""The same content in every server: blobs, an image, and many tags of it."""
import hashlib
import json
import os
import urllib.parse

IMAGE = "application/vnd.oci.image.manifest.v1+json"
ACCEPT = f"Accept: {IMAGE}"  # docker-registry gives nothing to those who do not say so


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def push_blob(client, repository, content):
    started = client.post(f"/v2/{repository}/blobs/uploads/", b"", expect=202).headers["Location"]
    where = urllib.parse.urlsplit(started)
    query = (where.query + "&" if where.query else "") + "digest=" + digest_of(content)
    client.put(f"{where.path}?{query}", content, headers={"Content-Type": "application/octet-stream"}, expect=201, timeout=300)
    return digest_of(content)


def push_manifest(client, repository, tag, content):
    client.put(f"/v2/{repository}/manifests/{tag}", content, headers={"Content-Type": IMAGE}, expect=201)


def manifest_of(config, layers):
    """About as long as those of real images, for which `layers` may repeat."""
    def described(content, media_type):
        return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}
    return json.dumps({"schemaVersion": 2, "mediaType": IMAGE, "config": described(config, "application/vnd.oci.image.config.v1+json"),
                       "layers": [described(layer, "application/vnd.oci.image.layer.v1.tar") for layer in layers]},
                      separators=(",", ":")).encode()


class Content:
    """One repository with a large blob, small ones, and an image of six layers under `tags` tags."""
    repository = "bench/app"

    def __init__(self, large_bytes, small_blobs=100, tags=1):
        self.large = os.urandom(min(large_bytes, 1 << 20)) * max(1, large_bytes >> 20)
        self.small = [f"small blob {number}".encode().ljust(1024, b".") for number in range(small_blobs)]
        self.config = b'{"architecture":"amd64","os":"linux"}'
        self.manifest = manifest_of(self.config, self.small[:6])
        self.tags = [f"1.{number}" for number in range(tags)]

    def path(self, rest):
        return f"/v2/{self.repository}/{rest}"

    @property
    def manifest_paths(self):
        return [self.path(f"manifests/{tag}") for tag in self.tags]

    @property
    def small_paths(self):
        return [self.path(f"blobs/{digest_of(blob)}") for blob in self.small]

    @property
    def large_path(self):
        return self.path(f"blobs/{digest_of(self.large)}")

    def push(self, client):
        for blob in (self.config, *self.small, self.large):
            push_blob(client, self.repository, blob)
        for tag in self.tags:
            push_manifest(client, self.repository, tag, self.manifest)

    def put_into(self, nginx):
        """The same bytes under the same paths, as plain files."""
        for path in self.manifest_paths:
            nginx.put(path, self.manifest)
        for path, blob in zip(self.small_paths, self.small):
            nginx.put(path, blob)
        nginx.put(self.large_path, self.large)

    def check(self, client):
        """That a server gives these very bytes, before anybody measures how fast."""
        for path, blob in ((self.manifest_paths[0], self.manifest), (self.small_paths[-1], self.small[-1]), (self.large_path, self.large)):
            if client.get(path, headers={"Accept": f"{IMAGE}, */*"}, expect=200, timeout=120).body != blob:
                raise RuntimeError(f"{client.host} gives other bytes for {path}")
