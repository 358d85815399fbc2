"""Running the programs of others: commands with their own home directory, and daemons that live as long as a test session."""
import os
import pathlib
import shutil
import subprocess
import time


def program(name):
    """Debian's own, in /usr: another of the same name may lie earlier on PATH."""
    for directory in ("/usr/bin", "/usr/sbin"):
        if os.access(f"{directory}/{name}", os.X_OK):
            return f"{directory}/{name}"
    found = shutil.which(name)
    assert found, f"{name} is not installed"
    return found


class Home:
    """A directory that a program takes for the user's home, with the settings that keep it away from the machine's own storage."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        self.storage_conf = self.write("storage.conf", f"""[storage]
driver = "vfs"
graphroot = "{self.directory}/graph"
runroot = "{self.directory}/run"
""")
        self.containers_conf = self.write("containers.conf", f"""[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{self.directory}/tmp"
""")
        self.write("auth.json", "{}")  # podman wants to see the file that REGISTRY_AUTH_FILE names
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.directory),
            "TMPDIR": str(self.directory), "XDG_RUNTIME_DIR": str(self.directory), "CONTAINERS_STORAGE_CONF": str(self.storage_conf),
            "CONTAINERS_CONF": str(self.containers_conf), "REGISTRY_AUTH_FILE": str(self.directory / "auth.json"),
            "DOCKER_CONFIG": str(self.directory / "docker")}

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def run(self, *command, text_in=None, timeout=300, directory=None, **more):
        """The finished process: its returncode, stdout and stderr as text. `directory`: where it runs, else in the home."""
        return subprocess.run([str(part) for part in command], input=text_in, capture_output=True, text=True, check=False,
                              env={**self.environment, **more}, timeout=timeout, cwd=directory or self.directory)


class Daemon:
    """A server of somebody else's; `ready` is asked until it answers true. Stopped by its process id."""

    def __init__(self, home, command, ready, **more):
        self.log = home.directory / f"{pathlib.Path(command[0]).name}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env={**home.environment, **more}, cwd=home.directory)
        deadline = time.monotonic() + 60
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{command[0]} did not start:\n" + self.log.read_text(errors="replace")[-3000:])
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def succeeded(done):
    assert done.returncode == 0, f"{' '.join(done.args)}\n{done.stdout[-1500:]}{done.stderr[-3000:]}"
    return done


REFUSALS = ("unauthorized", "denied", "authentication required", "authorization failed", "not found", "name unknown", "invalid username/password",
            "incorrect username or password", "401", "403")


def refused(done):
    """The program failed, and because the server said no: not for a reason of its own."""
    words = (done.stdout + done.stderr).lower()
    assert done.returncode != 0, f"{' '.join(done.args)} was let in"
    assert any(word in words for word in REFUSALS), words[-2000:]
    return done
