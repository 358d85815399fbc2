"""A PostgreSQL of the bench's own, durable and with its default settings, on a socket of its own. As root it runs as user postgres."""
import os
import pathlib
import shutil
import subprocess
import tempfile

BIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def as_postgres(*command):
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *map(str, command)], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


def give(directory):
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres", "postgres")


class Cluster:
    """Its files stay when it is stopped."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.socket = None  # the directory it lies in: where worlds are can be too long a name for it

    @property
    def uri(self):
        return f"postgres://{'postgres@' if os.geteuid() == 0 else ''}/postgres?host={self.socket}"

    def make(self):
        if BIN is None:
            raise RuntimeError("PostgreSQL is not installed (apt-get install postgresql)")
        self.directory.mkdir(parents=True)
        give(self.directory)
        if os.geteuid() == 0:
            for above in (self.directory.parent, self.directory.parent.parent):  # the bench's own, which only root may enter
                above.chmod(above.stat().st_mode | 0o011)
        as_postgres(BIN / "initdb", "-D", self.directory / "data", "-A", "trust", "-E", "UTF8", "--no-locale")
        return self

    def start(self):
        self.socket = tempfile.mkdtemp(prefix="berth-")
        give(self.socket)
        as_postgres(BIN / "pg_ctl", "-D", self.directory / "data", "-w", "-t", 300, "-l", self.directory / "log", "-o",
                    f"-k {self.socket} -c listen_addresses=''", "start")

    def stop(self):
        as_postgres(BIN / "pg_ctl", "-D", self.directory / "data", "-w", "-t", 300, "-m", "fast", "stop")
        shutil.rmtree(self.socket, ignore_errors=True)
