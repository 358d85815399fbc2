"""A PostgreSQL for one test: its own directory, a socket only, gone afterwards. As root it runs as user postgres."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

BIN = next(iter(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def as_postgres(*command):
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    done = subprocess.run([*prefix, *map(str, command)], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


class Cluster:
    """A connection URI for the database of a name: cluster("berth"). stop() is what a crash of the database looks like to others."""

    def __init__(self, directory):
        self.directory = directory
        as_postgres(BIN / "initdb", "-D", directory / "data", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")

    def __call__(self, name):
        return f"postgres://postgres@/{name}?host={self.directory}"

    def start(self):
        as_postgres(BIN / "pg_ctl", "-D", self.directory / "data", "-w", "-l", self.directory / "log", "-o",
                    f"-k {self.directory} -c listen_addresses='' -c fsync=off", "start")

    def become_standby(self):
        """Of a cluster that is stopped: it answers reads, and takes no writes."""
        as_postgres("touch", self.directory / "data" / "standby.signal")
        self.start()

    def promote(self):
        as_postgres(BIN / "pg_ctl", "-D", self.directory / "data", "-w", "promote")

    def stop(self):
        as_postgres(BIN / "pg_ctl", "-D", self.directory / "data", "-m", "immediate", "stop")


@contextlib.contextmanager
def cluster():
    assert BIN, "PostgreSQL is not installed (apt-get install postgresql)"
    directory = pathlib.Path(tempfile.mkdtemp(prefix="berth-pg-"))
    if os.getuid() == 0:
        shutil.chown(directory, "postgres", "postgres")
    try:
        made = Cluster(directory)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def create(uri, sql=None):
    """Makes the database that `uri` names; `sql`: a dump to fill it with."""
    name = uri.split("/")[3].split("?")[0]
    admin = uri.replace(f"/{name}?", "/postgres?")
    run(admin, f"CREATE DATABASE {name}")
    if sql:
        run(uri, sql)


def run(uri, sql):
    done = subprocess.run(["psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", uri], input=sql, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def dump(uri):
    # 15.14 and later wrap dumps in \restrict with a random key, which psql alone understands: both sides are psql here.
    done = subprocess.run(["pg_dump", "--no-owner", "--no-privileges", "--inserts", "-d", uri], capture_output=True, text=True, check=True)
    return done.stdout
