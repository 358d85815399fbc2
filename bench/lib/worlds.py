"""Filled data directories: a server makes the schema and the people, SQL makes the rest; nobody could push ten million tags for a test.

The rows are those that pushes would have left, but no blob's bytes are stored: nothing here reads a blob of a filled world.
"""
import dataclasses
import fcntl
import hashlib
import json
import pathlib
import shutil
import time

import fill
from cluster import Cluster
from peers import Berth

@dataclasses.dataclass(frozen=True)
class Size:
    repositories: int = 0     # with `tags` tags each
    manifests: int = 0        # in the one repository bench/big, with a tag each
    tags: int = 10
    postgres: bool = False    # else SQLite

    @property
    def spaces(self):
        return max(3, min(10_000, self.repositories // 100))

    @property
    def workspaces(self):
        return max(1, min(1_000, self.repositories // 1000))

    @property
    def name(self):
        return f"repositories-{self.repositories}-tags-{self.tags}-manifests-{self.manifests}" + ("-postgres" if self.postgres else "")

    @property
    def values(self):
        """What world.sql calls them."""
        return {"now": int(time.time() * 1000), "repositories": self.repositories, "manifests": self.manifests, "tags": self.tags,
                "spaces": self.spaces, "workspaces": self.workspaces,
                "numbers": max(self.repositories, self.manifests, self.spaces, self.workspaces * 10, self.tags, 2)}


def add_people(berth):
    """Who looks at the images: a member of the workspace that sees three spaces, and one of that which sees all."""
    berth.prepare()
    admin, secrets = berth.server.admin(), {}
    for workspace in ("few", "all"):
        login, password = f"member-of-{workspace}", "a password to look with"
        admin.post("/api/v1/workspaces", {"name": workspace}, expect=201)
        admin.post("/api/v1/users", {"login": login, "password": password}, expect=201)
        admin.put(f"/api/v1/workspaces/{workspace}/members/user/{login}", {"role": "viewer"}, expect=(200, 201))
        token = admin.basic(login, password).post("/api/v1/me/tokens", {"name": "bench", "grants": {"api": "read", "spaces": []}}, expect=201).json
        secrets[workspace] = token["secret"]
    return secrets


class World:
    """A filled directory and what opens it. Inside of `with` its database runs, and `serve()` gives a server that is not yet started."""

    def __init__(self, directory, postgres):
        self.directory = directory
        self.cluster = Cluster(directory / "cluster") if postgres else None
        self.about = {}

    def __enter__(self):
        if self.cluster:
            self.cluster.start()
        return self

    def __exit__(self, *_):
        if self.cluster:
            self.cluster.stop()

    @property
    def tokens(self):
        return self.about["tokens"]

    def serve(self, binary, **settings):
        database = {"database": self.cluster.uri} if self.cluster else {}
        password = {"administrator-password": self.about["password"]} if self.about else {}
        return Berth(binary, self.directory / "data", **password, **database, **settings)

    def make(self, binary, size):
        shutil.rmtree(self.directory, ignore_errors=True)
        if self.cluster:
            self.cluster.make()
        with self:
            berth = self.serve(binary).start()
            try:
                tokens = add_people(berth)
            finally:
                berth.stop()
            if self.cluster:
                fill.postgres(self.cluster.uri, size.values)
            else:
                fill.sqlite(next((self.directory / "data").glob("*.db")), size.values)
        (self.directory / "world.json").write_text(json.dumps({"password": berth.server.password, "tokens": tokens}))

    def load(self):
        self.about = json.loads((self.directory / "world.json").read_text())
        return self


def world(binary, worlds, size):
    """The world of this size, made if it is not there or was made by another schema. One process at a time makes one."""
    # Worlds that were made before a store had an id are refused by the server, since no blob of theirs is stored.
    schema = hashlib.sha256(b"with a store id" + fill.SCRIPT.read_bytes())
    for migration in sorted((pathlib.Path(__file__).parents[2] / "src/db/migrations").glob("*.sql")):
        schema.update(migration.read_bytes())
    made = World(worlds / f"{size.name}-{schema.hexdigest()[:8]}", size.postgres)
    worlds.mkdir(parents=True, exist_ok=True)
    with open(worlds / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made.directory / "world.json").exists():
            made.make(binary, size)
    return made.load()
