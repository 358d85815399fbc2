"""Clients that push while a server dies under them, and the log of what they were told: an answer of 201 is a promise, and `Promises`
holds the server to it."""
import contextlib
import json
import random
import threading
import urllib.parse

from berth_client import Unexpected
from support.oci import CONFIG, IMAGE, LAYER, descriptor, digest_of

GONE = (OSError, Unexpected, ValueError)  # what a connection to a dying server ends in; http.client's own are OSErrors or ValueErrors


class Tag:
    """What a tag may point to: of the attempts to move it, those that no later one, which was answered for, must have overtaken."""

    def __init__(self):
        self.candidates = [{"digest": None, "ended": 0}]

    def try_move(self, digest, now):
        attempt = {"digest": digest, "started": now, "ended": None}
        self.candidates.append(attempt)
        return attempt

    def moved(self, attempt):
        self.candidates = [each for each in self.candidates if each["ended"] is None or each["ended"] > attempt["started"]]


class Promises:
    """What was answered for, under one lock: repositories → blobs, manifests, and what each tag may be."""

    def __init__(self):
        self.lock = threading.Lock()
        self.time = 0
        self.blobs, self.manifests = {}, {}      # (repository, digest) → bytes
        self.tags = {}                           # (repository, tag) → Tag
        self.uploads = {}                        # location → (repository, whole content, bytes that a 202 confirmed)

    def now(self):
        self.time += 1
        return self.time

    def blob(self, repository, content):
        with self.lock:
            self.blobs[repository, digest_of(content)] = content

    @contextlib.contextmanager
    def moving(self, repository, tag, manifest):
        """Around the request. One that breaks off may have been done all the same, until it is over."""
        with self.lock:
            known = self.tags.setdefault((repository, tag), Tag())
            attempt = known.try_move(digest_of(manifest), self.now())
        yield  # what throws leaves the attempt a candidate: whether it was done, nobody knows
        with self.lock:
            attempt["ended"] = self.now()
            known.moved(attempt)
            self.manifests[repository, digest_of(manifest)] = manifest

    def quiet(self):
        """No request is on its way any more."""
        with self.lock:
            for known in self.tags.values():
                for each in known.candidates:
                    each["ended"] = each["ended"] or self.now()

    def upload(self, location, repository, content, confirmed):
        with self.lock:
            self.uploads[location] = (repository, content, confirmed)

    def upload_ended(self, location):
        with self.lock:
            self.uploads.pop(location, None)

    def forget_older(self, keep):
        """Lets go of all but the latest `keep` blobs and manifests, so that checking stays as quick as it is."""
        with self.lock:
            for kept in (self.blobs, self.manifests):
                for key in list(kept)[:-keep]:
                    del kept[key]


class Pusher(threading.Thread):
    """Pushes until told to stop: blobs in every way, images with tags that move. What breaks off is what it is here for."""

    def __init__(self, client, repository, seed, promises):
        super().__init__(daemon=True)
        self.client, self.repository, self.promises = client, repository, promises
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        self.acknowledged = 0
        self.nonsense = []  # answers that are neither done nor a clear "not now"

    def run(self):
        while not self.stopping.is_set():
            try:
                self.random.choice((self.at_once, self.in_pieces, self.image, self.image))()
            except GONE:
                if self.stopping.wait(0.005):
                    return

    def ask(self, method, path, body=b"", headers=None, done=201):
        reply = self.client.request(method, path, body, headers=headers, timeout=30)
        if reply.status == done:
            self.acknowledged += 1
            return reply
        if reply.status != 503:
            self.nonsense.append(f"{method} {path}: {reply!r}")
        raise Unexpected(repr(reply))

    def content(self):
        return self.random.randbytes(self.random.choice((10, 1000, 70_000, 400_000)))

    def at_once(self):
        content = self.content()
        self.ask("POST", f"/v2/{self.repository}/blobs/uploads/?digest={digest_of(content)}", content)
        self.promises.blob(self.repository, content)
        return content

    def in_pieces(self):
        content = self.content()
        location = urllib.parse.urlsplit(self.ask("POST", f"/v2/{self.repository}/blobs/uploads/", done=202).headers["Location"]).path
        self.promises.upload(location, self.repository, content, 0)
        for at in range(0, len(content), 100_000):
            self.ask("PATCH", location, content[at:at + 100_000], done=202)
            self.promises.upload(location, self.repository, content, min(len(content), at + 100_000))
        self.promises.upload_ended(location)  # from here on it may be over, by a 201 that never came
        self.ask("PUT", f"{location}?digest={digest_of(content)}")
        self.promises.blob(self.repository, content)
        return content

    def image(self):
        config, layer = b'{"architecture":"amd64","os":"linux"}', self.at_once()
        self.ask("POST", f"/v2/{self.repository}/blobs/uploads/?digest={digest_of(config)}", config)
        manifest = json.dumps({"schemaVersion": 2, "mediaType": IMAGE, "config": descriptor(config, CONFIG),
                               "layers": [descriptor(layer, LAYER)]}).encode()
        tag = f"t{self.random.randrange(5)}"
        with self.promises.moving(self.repository, tag, manifest):
            self.ask("PUT", f"/v2/{self.repository}/manifests/{tag}", manifest, {"Content-Type": IMAGE})


def broken_promises(client, promises):
    """What the server, up again, does not have as it said, a line each. Nobody pushes meanwhile."""
    broken = []
    for kind, kept in (("blobs", promises.blobs), ("manifests", promises.manifests)):
        for (repository, digest), content in kept.items():
            reply = client.get(f"/v2/{repository}/{kind}/{digest}")
            if reply.status != 200 or reply.body != content:
                broken.append(f"{kind} {repository}@{digest}: {reply.status}, {len(reply.body)} bytes of {len(content)}")
    for (repository, tag), known in promises.tags.items():
        digests = {each["digest"] for each in known.candidates}
        reply = client.get(f"/v2/{repository}/manifests/{tag}")
        found = digest_of(reply.body) if reply.status == 200 else None
        if found not in digests:
            broken.append(f"tag {repository}:{tag}: {reply.status} {found}, not one of {digests}")
    return broken


def half_written(client, repositories):
    """Tags whose image is not there whole: manifest by digest, config and layers, each its own digest."""
    found = []
    for repository in repositories:
        listed = client.get(f"/v2/{repository}/tags/list")
        for tag in listed.json["tags"] if listed.status == 200 else []:
            manifest = client.get(f"/v2/{repository}/manifests/{tag}", expect=200)
            if digest_of(manifest.body) != manifest.headers["Docker-Content-Digest"]:
                found.append(f"{repository}:{tag}")
            for part in [manifest.json["config"], *manifest.json["layers"]]:
                blob = client.get(f"/v2/{repository}/blobs/{part['digest']}")
                if blob.status != 200 or digest_of(blob.body) != part["digest"]:
                    found.append(f"{repository}:{tag} needs {part['digest']}: {blob.status}")
    return found


def unresumable(client, promises):
    """Uploads that were cut off: each must go on from the offset that GET tells, which is at least what a 202 confirmed."""
    wrong = []
    for location, (repository, content, confirmed) in list(promises.uploads.items()):
        status = client.get(location)
        if status.status != 204:
            wrong.append(f"{location}: {status!r}")
            continue
        end = int(status.headers["Range"].split("-")[1])
        at = end + 1 if end or confirmed else 0
        if at < confirmed:
            wrong.append(f"{location}: {at} bytes, {confirmed} were confirmed")
        headers = {"Content-Range": f"{at}-{len(content) - 1}"} if at < len(content) else {}
        closed = client.put(f"{location}?digest={digest_of(content)}", content[at:], headers=headers)
        if closed.status != 201:
            wrong.append(f"{location} from {at}: {closed!r}")
        promises.upload_ended(location)
        promises.blob(repository, content)
    return wrong
