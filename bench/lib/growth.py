"""What each kind of request costs in a world of some size: medians over single requests, one client, nothing else going on."""
import json

from catalog import gets, lines_file, questions, served
from content import digest_of, manifest_of, push_blob, push_manifest
from load import berth_load
from worlds import Size

REPOSITORY = "bench/big"


def middle(report):
    return report["latency_ms"]["p50"]


class Measured:
    """Requests to one repository of a world that is served. PUT and DELETE clean up after themselves but for the blobs."""

    def __init__(self, plan, berth, repository, tag):
        self.plan, self.berth, self.repository = plan, berth, repository
        self.admin = berth.server.admin()
        self.path = f"/v2/{repository}/manifests/{tag}"
        scope = f"repository:{repository}:pull,push,delete"
        self.token = self.admin.get(f"/service/token?service={self.admin.host}&scope={scope}", expect=200).json["token"]

    def load(self, *arguments):
        return berth_load(*arguments, "--url", self.berth.url, "--tokens", lines_file(self.plan, [self.token]))

    def reads(self, path, method="GET"):
        targets = lines_file(self.plan, [path])
        self.load("read", "--targets", targets, "--method", method, "--requests", 50)
        return middle(self.load("read", "--targets", targets, "--method", method, "--requests", 1000))

    def put(self):
        report = self.load("push-artifacts", "--repository", self.repository, "--count", 100)
        self.remove(self.pushed())
        return middle(report)

    def pushed(self):
        """The tags that the load gave."""
        tags = self.admin.get(f"/v2/{self.repository}/tags/list?n=1000&last=pushed", expect=200).json["tags"]
        return [tag for tag in tags if tag.startswith("pushed-")]

    def remove(self, tags):
        for tag in tags:
            digest = self.admin.head(f"/v2/{self.repository}/manifests/{tag}", expect=200).headers["Docker-Content-Digest"]
            self.admin.delete(f"/v2/{self.repository}/manifests/{digest}", expect=202)

    def delete(self):
        """Manifests pushed for it, each under a tag."""
        config = b"{}"
        push_blob(self.admin, self.repository, config)
        paths = []
        for number in range(60):
            layer = json.dumps({"to be deleted": number}).encode()
            push_blob(self.admin, self.repository, layer)
            manifest = manifest_of(config, [layer])
            push_manifest(self.admin, self.repository, f"z-{number}", manifest)
            paths.append(f"/v2/{self.repository}/manifests/{digest_of(manifest)}")
        return middle(self.load("read", "--targets", lines_file(self.plan, paths), "--method", "DELETE", "--status", 202, "--requests", len(paths)))

    def all(self):
        return {"HEAD manifest": self.reads(self.path, "HEAD"), "GET manifest": self.reads(self.path), "push artifact": self.put(),
                "tags/list, 100": self.reads(f"/v2/{self.repository}/tags/list?n=100"), "DELETE manifest": self.delete()}


def manifests(plan, count):
    """One repository with so many manifests, each under a tag."""
    with served(plan, Size(manifests=count)) as (_, berth):
        tags = berth.server.admin().get(f"/v2/{REPOSITORY}/tags/list?n=1", expect=200).json["tags"]
        return Measured(plan, berth, REPOSITORY, tags[0]).all()


def repositories(plan, count):
    """So many repositories with ten tags each; the requests go to one of them, the lists to all that a workspace sees."""
    with served(plan, Size(count)) as (filled, berth):
        image = berth.server.admin().get("/api/v1/workspaces/few/images?limit=1", expect=200).json["items"][0]
        taken = Measured(plan, berth, f"{image['space']}/{image['name']}", "1.0").all()
        client = berth.server.admin().bearer(filled.tokens["all"])
        asked = questions(client, "all")
        for name, what in (("image list", "first page"), ("search", "search, many letters")):
            taken[name] = middle(gets(plan, berth, filled.tokens["all"], asked[what], clients=1, seconds=1))
        return taken
