"""The state of a released version, kept as text: a dump of each database, the blobs, and what must still hold after an upgrade.

    python3 tests/support/fixture.py 0.1.0     writes tests/fixtures/0.1.0 with the binary that is built

Written once, at the release; never changed afterwards.
"""
import base64
import json
import pathlib
import sqlite3
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
sys.path[:0] = [str(ROOT / "scripts" / "lib"), str(ROOT / "tests")]

from berth_client import Server  # noqa: E402
from support import postgres  # noqa: E402
from support.oci import Image, Repository, tar  # noqa: E402
from support.world import World  # noqa: E402

PASSWORD = "fixture administrator"
REPOSITORY = "retail-apps/team/web"


def fill(server):
    """A world, and an image in it that namespace shop pulls and namespace bench does not."""
    world = World(server)
    image = Image([tar({"hello": b"hello from the past\n"})], labels={"era": "fixture"})
    Repository(world.user("alice"), REPOSITORY).push_image(image, "1.0")
    token = world.user("alice").post("/api/v1/me/tokens", {"name": "kept", "grants": {"spaces": [{"verbs": ["pull"]}], "api": "read"}}, expect=201).json
    return {"password": PASSWORD, "world_password": World.PASSWORD, "namespaces": world.credentials, "token": token["secret"],
            "repository": REPOSITORY, "tag": "1.0", "manifest": image.digest, "blobs": sorted(image.blobs)}


def read_blobs(data):
    """Path below the data directory → content."""
    return {str(path.relative_to(data)): base64.b64encode(path.read_bytes()).decode()
            for path in sorted((data / "blobs").rglob("*")) if path.is_file() and "lock" not in path.name}


def write(version, binary):
    place = FIXTURES / version
    place.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch, postgres.cluster() as uri:
        postgres.create(uri("berth"))
        for kind, settings in (("sqlite", {}), ("postgres", {"database": uri("berth")})):
            data = pathlib.Path(scratch) / kind
            with Server(binary, data, {"administrator-password": PASSWORD, **settings}) as server:
                facts = fill(server)
            dump = "\n".join(sqlite3.connect(data / "berth.db").iterdump()) if kind == "sqlite" else postgres.dump(uri("berth"))
            (place / f"{kind}.sql").write_text(dump + "\n")
            facts.update(secrets_key=(data / "secrets.key").read_text(), files=read_blobs(data))
            (place / f"{kind}.json").write_text(json.dumps(facts, indent=1) + "\n")


def restore(version, kind, data, uri=None):
    """Lays the fixture's state under `data` (and into PostgreSQL at `uri`); gives its facts."""
    facts = json.loads((FIXTURES / version / f"{kind}.json").read_text())
    dump = (FIXTURES / version / f"{kind}.sql").read_text()
    for name, content in facts["files"].items():
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
    (data / "secrets.key").write_text(facts["secrets_key"])
    if kind == "sqlite":
        database = sqlite3.connect(data / "berth.db")
        database.executescript(dump)
        database.close()
    else:
        postgres.create(uri, dump)
    return facts


if __name__ == "__main__":
    write(sys.argv[1], ROOT / "build" / "release" / "src" / "app" / "berth")
