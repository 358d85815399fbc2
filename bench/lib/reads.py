"""Rows about reading: every server holds the same content and gives it over connections that stay open."""
import pairs
from berth_client import Client
from content import ACCEPT, Content
from load import berth_load, measured, wrk
from peers import Nginx
from rows import Line
from servers import Servers


class ReadServers(Servers):
    """Berth, nginx and the registries that are here, with the same content."""

    def __init__(self, plan):
        super().__init__(plan)
        self.content = Content(plan.large_bytes, tags=64)

    def start(self):
        work = self.plan.work
        self.start_berth(work / "berth")
        self.content.push(self.berth.person())
        self.tokens = {scheme: self.berth.token(self.content.repository, scheme=scheme) for scheme in ("http", "https")}
        self.nginx = self.running(Nginx(work / "nginx", self.berth.server.directory / "tls"))
        self.content.put_into(self.nginx)
        self.start_registries(work)
        for registry in self.registries:
            self.content.push(Client(registry.url))
        for server in (self.berth, self.nginx, *self.registries):
            client = Client(server.url)
            self.content.check(client.bearer(self.tokens["http"]) if server is self.berth else client)

    def all(self, tls):
        """(server, url) of each that speaks it: the registries are compared without TLS only."""
        if tls:
            return [(self.berth, self.berth.tls_url), (self.nginx, self.nginx.tls_url)]
        return [(server, server.url) for server in (self.berth, self.nginx, *self.registries)]

    def token_of(self, server, url):
        return self.tokens[url.partition(":")[0]] if server is self.berth else ""


def rate(report):
    return report["rate"]


def row(servers, name, unit, line, tls, work_of, value_of=rate):
    """`work_of(server, url)` gives the load to run against it."""
    samplers = {server.name: lambda server=server, url=url: measured(server.pid, value_of, work_of(server, url))
                for server, url in servers.all(tls)}
    return pairs.compare(name + (", TLS" if tls else ""), unit, samplers, servers.plan.pairs, "nginx", line, {} if tls else servers.absent)


def manifest_get(servers, tls=False):
    path = servers.content.manifest_paths[0]
    return row(servers, "manifest GET by tag, 32 connections", "/s", Line(1.0, 0.7, True), tls,
               lambda server, url: lambda: wrk(url + path, servers.plan.seconds, 32, ACCEPT, servers.token_of(server, url)))


def loading(servers, *arguments):
    """A load of ours for each server, which differs in the token alone."""

    def work_of(server, url):
        token = servers.token_of(server, url)
        shown = ["--tokens", servers.file([token])] if token else []
        return lambda: berth_load("read", "--url", url, *shown, *arguments)
    return work_of


def blob_head(servers, tls=False):
    targets = servers.file([f"{path} 1024" for path in servers.content.small_paths])
    work_of = loading(servers, "--method", "HEAD", "--targets", targets, "--clients", 32, "--seconds", servers.plan.seconds)
    return row(servers, "blob HEAD, 32 connections", "/s", Line(1.0, 0.7, True), tls, work_of)


def blob_get(servers, tls=False):
    size = len(servers.content.large)
    target = servers.file([f"{servers.content.large_path} {size}"])
    requests = max(4, round(servers.plan.seconds * (2 if tls else 8))) if size >= 1 << 28 else 64
    work_of = loading(servers, "--targets", target, "--clients", 4, "--requests", requests)
    return row(servers, f"blob GET {size >> 20} MiB, 4 connections", "B/s", Line(0.95, 0.9, True), tls, work_of,
               lambda report: report["bytes_per_second"])


def zipf_pulls(servers, tls=False):
    """What a cluster does: many clients, each with a token of its own, and tags of which few are pulled much."""
    if tls:
        return None
    tokens = servers.file([servers.berth.token(servers.content.repository) for _ in range(64)])
    targets = servers.file([f"{path} {len(servers.content.manifest)}" for path in servers.content.manifest_paths])
    arguments = ["--header", ACCEPT, "--targets", targets, "--clients", 64, "--zipf", 1.1, "--seconds", servers.plan.seconds]

    def work_of(server, url):
        shown = ["--tokens", tokens] if server is servers.berth else []
        return lambda: berth_load("read", "--url", url, *shown, *arguments)
    return row(servers, "manifest GET, 64 clients with a token each, 64 tags by Zipf", "/s", None, tls, work_of)


def rows(plan, wanted):
    kinds = {"manifest-get": manifest_get, "blob-head": blob_head, "blob-get": blob_get, "zipf-pulls": zipf_pulls}
    chosen = [(kind, tls) for kind in kinds for tls in (False, True) if wanted(kind + ("-tls" if tls else "")) and (kind != "zipf-pulls" or not tls)]
    if not chosen:
        return
    with ReadServers(plan) as servers:
        for kind, tls in chosen:
            yield kinds[kind](servers, tls)


NAMES = ["manifest-get", "manifest-get-tls", "blob-head", "blob-head-tls", "blob-get", "blob-get-tls", "zipf-pulls"]