"""What pushes feel of garbage collection: the same pushes and the same deletions, with the collector at work and with it paused."""
import contextlib
import re
import tempfile
import threading

import pairs
from load import berth_load, measured
from peers import Berth
from rows import Line

CLIENTS = 4
GARBAGE, PUSHED = "bench/garbage", "bench/pushed"
DELETIONS = 100  # a second
SHORTEST = 2     # seconds of a sample: an object goes no sooner than its grace is over
AT_ONCE = {"collection-interval": "1s", "collection-push-time": "1s", "collection-delay": "1s", "collection-grace": "1s"}


class Deletions(threading.Thread):
    """Deletes manifests, one after the other, at a steady pace, until it is stopped or none is left."""

    def __init__(self, client, paths):
        super().__init__(daemon=True)
        self.client, self.paths, self.stopping, self.failure = client, paths, threading.Event(), None

    def run(self):
        for path in self.paths:
            if self.stopping.wait(1 / DELETIONS):
                return
            reply = self.client.delete(path)
            if reply.status != 202:
                self.failure = reply
                return

    def __exit__(self, *_):
        self.stopping.set()
        self.join()
        if self.failure:
            raise RuntimeError(f"a deletion was answered {self.failure}")

    def __enter__(self):
        self.start()
        return self


class Stage:
    def __init__(self, plan, berth):
        self.plan, self.berth, self.seconds = plan, berth, max(plan.seconds, SHORTEST)
        self.admin = berth.server.admin()
        with tempfile.NamedTemporaryFile("w", dir=plan.work, delete=False) as tokens:
            tokens.write(berth.token(GARBAGE, PUSHED) + "\n")
        self.tokens = tokens.name
        self.removed = {}

    def push(self, repository, *arguments):
        return berth_load("push-artifacts", "--url", self.berth.url, "--tokens", self.tokens, "--repository", repository, "--config", "own",
                          "--clients", CLIENTS, *arguments)

    def garbage(self):
        """Addresses of manifests, freshly pushed, for one sample."""
        self.push(GARBAGE, "--count", round(DELETIONS * self.seconds))
        tags = self.admin.get(f"/v2/{GARBAGE}/tags/list", expect=200).json["tags"]
        digests = (self.admin.head(f"/v2/{GARBAGE}/manifests/{tag}", expect=200).headers["Docker-Content-Digest"] for tag in tags)
        return [f"/v2/{GARBAGE}/manifests/{digest}" for digest in digests]

    def removed_objects(self):
        return float(re.search(r"^berth_collection_objects_removed_total (\S+)$", self.admin.get("/metrics").body.decode(), re.M)[1])

    def sample(self, paused):
        self.admin.patch("/api/v1/collection", {"paused": paused}, expect=200)
        paths = self.garbage()  # meanwhile what the sample before has deleted comes to its end
        before = self.removed_objects()
        with Deletions(self.admin, paths):
            taken = measured(self.berth.pid, lambda report: report["latency_ms"]["p99"], lambda: self.push(PUSHED, "--seconds", self.seconds))
        self.removed[paused] = self.removed.get(paused, 0) + self.removed_objects() - before
        return taken


def busy(plan):
    with contextlib.ExitStack() as stack:
        berth = Berth(plan.berth, plan.work / "collection", **AT_ONCE).start()
        stack.callback(berth.stop)
        stage = Stage(plan, berth.prepare())
        samplers = {"Berth": lambda: stage.sample(paused=False), "paused": lambda: stage.sample(paused=True)}
        row = pairs.compare(f"artifact pushes with collection at work: p99, {CLIENTS} clients", "ms", samplers, plan.pairs, "paused",
                            Line(1.1, float("inf"), False))
    row.notes.append(f"{DELETIONS} deletions /s in both; objects removed meanwhile {stage.removed[False]:.0f}, while paused {stage.removed[True]:.0f}")
    return row


NAMES = ["collection"]


def rows(plan, wanted):
    if wanted("collection"):
        yield busy(plan)
