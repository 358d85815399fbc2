"""docker and ctr, each with a daemon of its own. The verbs: clients.py."""
import json

from support.client import Client
from support.programs import Daemon, program, succeeded


class Docker(Client):
    """With a daemon of its own. docker has no credentials on the command line: each set of them is a directory with a login."""

    binary, resumes = program("docker"), True

    def __init__(self, work, ca=None):
        super().__init__(work, ca)
        here = self.home.directory
        self.socket = here / "d.sock"
        self.home.environment["DOCKER_HOST"] = f"unix://{self.socket}"
        self.daemon = Daemon(self.home, [program("dockerd"), "--storage-driver", "vfs", "--iptables=false", "--ip6tables=false", "--bridge=none",
                                         "--data-root", here / "data", "--exec-root", here / "exec", "--pidfile", here / "docker.pid",
                                         "--host", f"unix://{self.socket}"], lambda: self.docker("version").returncode == 0)

    def stop(self):
        self.daemon.stop()
        super().stop()

    def docker(self, *arguments, credentials=None, host=None, **more):
        if credentials is None:
            return self.home.run(self.binary, *arguments, **more)
        config = self.fresh("login")
        done = self.login(host, *credentials, config=config)
        return done if done.returncode != 0 else self.home.run(self.binary, *arguments, DOCKER_CONFIG=str(config), **more)

    def login(self, host, login, password, config=None):
        more = {"DOCKER_CONFIG": str(config)} if config else {}
        return self.home.run(self.binary, "login", "--username", login, "--password-stdin", host, text_in=password, **more)

    def logout(self, host):
        return self.docker("logout", host)

    def forget(self):
        succeeded(self.docker("image", "prune", "--all", "--force"))

    def take(self, source, architecture="amd64"):
        """Loads the image into the daemon; gives its id."""
        archive = self.fresh("archive")
        succeeded(self.home.run(program("skopeo"), "--insecure-policy", "--override-arch", architecture, "copy", f"oci:{source[0]}:{source[1]}",
                                f"docker-archive:{archive}:source:{architecture}-{self.count}"))
        loaded = succeeded(self.docker("load", "--quiet", "--input", archive)).stdout.split()[-1]
        archive.unlink()
        return loaded

    def push(self, source, reference, credentials=None, architecture="amd64"):
        succeeded(self.docker("tag", self.take(source, architecture), reference))
        return self.docker("push", reference, credentials=credentials, host=reference.split("/")[0])

    def push_all(self, source, reference, credentials=None):
        """The images by architecture, then a list of them."""
        parts = [f"{reference}-{architecture}" for architecture in ("amd64", "arm64")]
        for part in parts:
            succeeded(self.push(source, part, credentials, part.rsplit("-", 1)[1]))
        host, config = reference.split("/")[0], self.fresh("login")
        succeeded(self.login(host, *credentials, config=config))
        more = {"DOCKER_CONFIG": str(config)}
        succeeded(self.docker("manifest", "create", "--insecure", reference, *parts, **more))
        return self.docker("manifest", "push", "--insecure", reference, **more)

    def copy(self, source, first, second, credentials=None):
        succeeded(self.push(source, first, credentials))
        succeeded(self.docker("tag", first, second))
        return self.docker("push", second, credentials=credentials, host=second.split("/")[0])

    def fetch(self, reference, credentials=None, *more):
        return self.docker("pull", "--quiet", *more, reference, credentials=credentials, host=reference.split("/")[0])

    def inspect(self, reference, what):
        return succeeded(self.docker("image", "inspect", "--format", what, reference)).stdout.strip()

    def pull(self, reference, credentials=None):
        succeeded(self.fetch(reference, credentials))
        return self.inspect(reference, "{{.Id}}")

    def pull_platform(self, reference, architecture, credentials=None):
        succeeded(self.fetch(reference, credentials, "--platform", f"linux/{architecture}"))
        return self.inspect(reference, "{{.Architecture}}")


class Ctr(Client):
    """containerd's own client: credentials go with each command, there is no login."""

    binary, resumes = program("ctr"), True

    def __init__(self, work, ca=None):
        super().__init__(work, ca)
        here = self.home.directory
        self.socket = here / "c.sock"
        settings = self.home.write("containerd.toml", f"""version = 2
root = "{here}/root"
state = "{here}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "{self.socket}"
""")
        self.daemon = Daemon(self.home, [program("containerd"), "--config", settings], lambda: self.ctr("version").returncode == 0)

    def stop(self):
        self.daemon.stop()
        super().stop()

    def ctr(self, *arguments):
        return self.home.run(self.binary, "--address", self.socket, *arguments)

    def flags(self, reference, credentials=None):
        found = [f"--hosts-dir={self.trust(reference.split('/')[0])}"] if self.ca else ["--plain-http"]
        return found + ([f"--user={credentials[0]}:{credentials[1]}"] if credentials else [])

    def trust(self, host):
        """containerd takes addresses of this machine for plain HTTP, unless a hosts.toml says otherwise."""
        directory = self.home.directory / "hosts" / host
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "hosts.toml").write_text(f'server = "https://{host}"\n[host."https://{host}"]\nca = "{self.ca}/ca.crt"\n')
        return directory.parent

    def forget(self):
        names = succeeded(self.ctr("images", "ls", "--quiet")).stdout.split()
        if names:
            succeeded(self.ctr("images", "rm", "--sync", *names))

    def take(self, source, reference):
        """Imports the image under its later name, all platforms of it."""
        archive = self.fresh("archive")
        succeeded(self.home.run("tar", "-cf", archive, "-C", source[0], "."))
        succeeded(self.ctr("images", "import", "--all-platforms", "--no-unpack", "--base-name", "imported", archive))
        archive.unlink()
        self.ctr("images", "rm", reference)
        succeeded(self.ctr("images", "tag", f"imported:{source[1]}", reference))

    def push(self, source, reference, credentials=None):
        self.take(source, reference)
        return self.ctr("images", "push", *self.flags(reference, credentials), reference)

    push_all = push

    def copy(self, source, first, second, credentials=None):
        """containerd remembers where content came from: pulled from the one, pushed to the other."""
        succeeded(self.push(source, first, credentials))
        succeeded(self.fetch(first, credentials))
        succeeded(self.ctr("images", "tag", first, second))
        return self.ctr("images", "push", *self.flags(second, credentials), second)

    def fetch(self, reference, credentials=None, platform="linux/amd64"):
        return self.ctr("images", "pull", "--snapshotter", "native", "--platform", platform, *self.flags(reference, credentials), reference)

    def content(self, digest):
        return json.loads(succeeded(self.ctr("content", "get", digest)).stdout)

    def config(self, reference, architecture):
        (line,) = [line for line in succeeded(self.ctr("images", "ls", f"name=={reference}")).stdout.splitlines() if line.startswith(reference)]
        manifest = self.content(line.split()[2])
        for child in manifest.get("manifests", []):
            if child["platform"]["architecture"] == architecture:
                manifest = self.content(child["digest"])
        return manifest["config"]["digest"]

    def pull(self, reference, credentials=None):
        succeeded(self.fetch(reference, credentials))
        return self.config(reference, "amd64")

    def pull_platform(self, reference, architecture, credentials=None):
        succeeded(self.fetch(reference, credentials, f"linux/{architecture}"))
        return self.content(self.config(reference, architecture))["architecture"]
