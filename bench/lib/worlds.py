"""Filled data directories: a server makes the schema and the people, SQL makes the rest; nobody could push ten million tags for a test.

The rows are those that pushes would have left, but no blob's bytes are stored: nothing here reads a blob of a filled world.
"""
import dataclasses
import fcntl
import hashlib
import json
import pathlib
import shutil
import sqlite3
import time

from peers import Berth

SCRIPT = pathlib.Path(__file__).with_name("world.sql")
WORDS = ("api auth batch billing cache cart chat checkout client cluster config console core cron dashboard data db edge engine event export "
         "feed files gateway geo graph health image import index ingest jobs ledger login mail map market media metrics mobile model monitor "
         "notify orders pay portal price proxy queue rank report router search session shop stats store stream sync tax user video web").split()


@dataclasses.dataclass(frozen=True)
class Size:
    repositories: int = 0     # with `tags` tags each
    manifests: int = 0        # in the one repository bench/big, with a tag each
    tags: int = 10

    @property
    def spaces(self):
        return max(3, min(10_000, self.repositories // 100))

    @property
    def workspaces(self):
        return max(1, min(1_000, self.repositories // 1000))

    @property
    def name(self):
        return f"repositories-{self.repositories}-tags-{self.tags}-manifests-{self.manifests}"


def statements():
    """The script's parts, apart at each `-- name` that stands alone."""
    parts = SCRIPT.read_text().split(";\n")
    return [part.strip() for part in parts if part.strip()]


def fill(database, size):
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -3000000", "temp_store = MEMORY",
                   "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("sha256", 1, lambda text: hashlib.sha256(text.encode()).hexdigest(), deterministic=True)
    connection.create_function("word", 1, lambda number: WORDS[number % len(WORDS)], deterministic=True)
    most = max(size.repositories, size.manifests, size.spaces, size.workspaces * 10, size.tags, 2)
    connection.execute("CREATE TEMP TABLE numbers (i INTEGER PRIMARY KEY)")
    connection.execute("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?) INSERT INTO numbers SELECT i FROM n", (most,))
    values = {"now": int(time.time() * 1000), "config": hashlib.sha256(b"config").hexdigest(), "repositories": size.repositories, "manifests": size.manifests,
              "tags": size.tags, "spaces": size.spaces, "workspaces": size.workspaces}
    connection.execute("BEGIN")
    for statement in statements():
        connection.execute(statement, {key: value for key, value in values.items() if f":{key}" in statement})
    connection.execute("COMMIT")
    connection.execute("PRAGMA locking_mode = NORMAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


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
    """A filled directory and what opens it. `serve()` gives a server that is not yet started."""

    def __init__(self, directory, about):
        self.directory, self.tokens, self.password = directory, about["tokens"], about["password"]
        self.seconds = about["seconds"]

    def serve(self, binary, **settings):
        return Berth(binary, self.directory / "data", **{"administrator-password": self.password, **settings})


def make(binary, directory, size):
    started = time.monotonic()
    shutil.rmtree(directory, ignore_errors=True)
    berth = Berth(binary, directory / "data").start()
    try:
        tokens = add_people(berth)
    finally:
        berth.stop()
    fill(next((directory / "data").glob("*.db")), size)
    about = {"password": berth.server.password, "tokens": tokens, "seconds": round(time.monotonic() - started, 1)}
    (directory / "world.json").write_text(json.dumps(about))


def world(binary, worlds, size):
    """The world of this size, made if it is not there or was made by another schema. One process at a time makes one."""
    schema = hashlib.sha256(SCRIPT.read_bytes())
    for migration in sorted((pathlib.Path(__file__).parents[2] / "src/db/migrations").glob("*.sql")):
        schema.update(migration.read_bytes())
    directory = worlds / f"{size.name}-{schema.hexdigest()[:8]}"
    worlds.mkdir(parents=True, exist_ok=True)
    with open(worlds / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "world.json").exists():
            make(binary, directory, size)
    return World(directory, json.loads((directory / "world.json").read_text()))
