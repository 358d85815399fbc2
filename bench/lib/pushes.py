"""Rows about writing: against the processor's SHA-256 and the disk, measured in the same rounds."""
import hashlib
import os
import statistics
import tempfile
import time

import pairs
from load import Sample, berth_load, measured
from machine import SyncCounter
from rows import Line, Row
from servers import Servers


class PushServers(Servers):
    repository = "bench/pushed"

    def start(self):
        self.start_berth(self.plan.work / "berth-pushes")
        self.tokens = self.file([self.berth.token(self.repository)])
        self.start_registries(self.plan.work / "pushes")

    def load(self, server, *arguments):
        shown = ["--tokens", self.tokens] if server is self.berth else []
        kind, *rest = arguments
        return berth_load(kind, "--url", server.url, *shown, "--repository", self.repository, *rest)


def settled():
    """What was written before is on disk: nobody pays for what another has left behind."""
    os.sync()


def hashing(size):
    piece = os.urandom(1 << 20)
    started = time.monotonic()
    hash_ = hashlib.sha256()
    for _ in range(size >> 20):
        hash_.update(piece)
    hash_.digest()
    return size / (time.monotonic() - started)


def writing(size, directory):
    """What a push writes and no more: bytes that were never seen before, in pieces of 1 MiB, into a new file; then fsync. The file stays
    until the run ends: blocks that were just given back can be much faster than new ones where the disk is a file of somebody else's."""
    content = memoryview(os.urandom(size))
    descriptor, _ = tempfile.mkstemp(dir=directory)
    started = time.monotonic()
    for at in range(0, size, 1 << 20):
        os.write(descriptor, content[at:at + (1 << 20)])
    os.fsync(descriptor)
    taken = time.monotonic() - started
    os.close(descriptor)
    return size / taken


def blob_push(servers):
    size = servers.plan.large_bytes
    speeds = {"SHA-256": [], "disk": []}

    def limit():
        settled()
        speeds["SHA-256"].append(hashing(size))
        speeds["disk"].append(writing(size, servers.plan.work))
        return Sample(min(kind[-1] for kind in speeds.values()), 0, 0, 0)

    def pushing(server):
        def sample():
            settled()
            return measured(server.pid, lambda report: report["bytes_per_second"],
                            lambda: servers.load(server, "push-blobs", "--size", size, "--count", 1, "--upload", "patch"))
        return sample

    samplers = {server.name: pushing(server) for server in (servers.berth, *servers.registries)} | {"min(SHA-256, disk)": limit}
    row = pairs.compare(f"blob push {size >> 20} MiB, one stream", "B/s", samplers, servers.plan.pairs,
                        "min(SHA-256, disk)", Line(0.9, 0.8, True), servers.absent)
    middle = {kind: statistics.median(values[1:]) / 1e6 for kind, values in speeds.items()}
    row.notes.append(f"SHA-256 on one thread {middle['SHA-256']:.0f} MB/s; disk, write and fsync of {size >> 20} MiB, {middle['disk']:.0f} MB/s")
    return row


def many_streams(servers):
    size = servers.plan.large_bytes >> 3

    def pushing(server):
        def sample():
            settled()
            return measured(server.pid, lambda report: report["bytes_per_second"],
                            lambda: servers.load(server, "push-blobs", "--size", size, "--count", 8, "--clients", 8, "--upload", "patch"))
        return sample

    samplers = {server.name: pushing(server) for server in (servers.berth, *servers.registries)}
    return pairs.compare(f"blob push {size >> 20} MiB, 8 streams", "B/s", samplers, servers.plan.pairs, "", None, servers.absent)


def artifacts(servers, config="empty"):
    clients = 32

    def pushing(server):
        def sample():
            settled()
            return measured(server.pid, lambda report: report["rate"],
                            lambda: servers.load(server, "push-artifacts", "--clients", clients, "--config", config, "--seconds", servers.plan.seconds))
        return sample

    samplers = {server.name: pushing(server) for server in (servers.berth, *servers.registries)}
    line = Line(2000, 1000, True) if config == "empty" else None
    what = "one 1 KiB layer" if config == "empty" else "one 1 KiB layer and a configuration of its own"
    return pairs.compare(f"artifacts of {what}, one repository, 32 clients", "/s", samplers, servers.plan.pairs, "", line, servers.absent)


def syncs(servers):
    """A run of its own, so that counting slows nothing that is timed."""
    with SyncCounter(servers.berth.pid) as counter:
        report = servers.load(servers.berth, "push-artifacts", "--clients", 32, "--config", "empty", "--seconds", servers.plan.seconds)
    if counter.count is None:
        return Row("syncs for each artifact", "", float("nan"), {}, notes=[f"{counter.tool} could not count them here"])
    return Row("syncs for each artifact, 32 clients", "", counter.count / report["count"], line=Line(3, float("inf"), False),
               notes=[f"{counter.count} by {counter.tool} for {report['count']} artifacts"])


KINDS = {"blob-push": blob_push, "blob-push-8": many_streams, "artifacts": artifacts, "artifacts-own-config": lambda servers: artifacts(servers, "own"),
         "syncs": syncs}
NAMES = list(KINDS)


def rows(plan, wanted):
    chosen = [measure for name, measure in KINDS.items() if wanted(name)]
    if not chosen:
        return
    with PushServers(plan) as servers:
        for measure in chosen:
            yield measure(servers)
