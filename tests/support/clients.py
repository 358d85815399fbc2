"""The container clients, each with the verbs that it has, under the same names. A verb that a client lacks is a method it lacks.

  login(host, login, password)          push(source, reference)            pull(reference) -> digest of the image's configuration
  push_all(source, reference)           pull_platform(reference, architecture) -> architecture of what came
  copy(source, first, second)           from one repository to the next, as the client's user would: the server sees mounts
  tags(repository) -> [tag]             delete(reference)

`source` is (layout directory, tag). `credentials` (login, password) go with each command; without them the client's own login
counts. Every verb gives the finished process, or raises AssertionError where it has something to give back.
"""
import json
import shutil

from support.programs import Daemon, Home, program, refused, succeeded  # noqa: F401

ANONYMOUS = object()


class Client:
    resumes = False  # goes on with a Range request after a cut, at once or when asked again; the others fetch the whole blob again

    def __init__(self, work, ca=None):
        """`ca`: a directory with ca.crt; without it the client speaks plain HTTP. `work` has a short name, as daemons have sockets there
        (sun_path takes 107 bytes)."""
        self.home = Home(work)
        self.ca = ca
        self.count = 0

    def fresh(self, name):
        self.count += 1
        return self.home.directory / f"{name}-{self.count}"

    def forget(self):
        """Drops every image that the client keeps, so that the next pull has to fetch. Some keep none."""

    def stop(self):
        """Ends what the client started, and gives back the disk."""
        shutil.rmtree(self.home.directory, ignore_errors=True)


class Containers(Client):
    """What podman, buildah and skopeo share (the containers/image library)."""

    def flags(self, credentials=None, prefix=""):
        found = [f"--{prefix}cert-dir={self.ca}"] if self.ca else [f"--{prefix}tls-verify=false"]
        if credentials:
            found.append(f"--{prefix}creds={credentials[0]}:{credentials[1]}")
        return found

    def login(self, host, login, password):
        flags = [f"--cert-dir={self.ca}"] if self.ca else ["--tls-verify=false"]
        return self.home.run(self.binary, "login", *flags, "--username", login, "--password-stdin", host, text_in=password)


    def logout(self, host):
        return self.home.run(self.binary, "logout", host)


class Storing(Containers):
    """podman and buildah: images lie in a local store first."""

    def forget(self):
        """Empties the store, so that the next pull has to fetch."""
        succeeded(self.home.run(self.binary, "rmi", "--all", "--force"))

    def take(self, source):
        """Brings the image into the store; gives its id."""
        return succeeded(self.home.run(self.binary, "pull", "--quiet", f"oci:{source[0]}:{source[1]}")).stdout.split()[-1]

    def push(self, source, reference, credentials=None):
        return self.home.run(self.binary, "push", *self.flags(credentials), self.take(source), f"docker://{reference}")

    def copy(self, source, first, second, credentials=None):
        image = self.take(source)
        for reference in (first, second):
            done = self.home.run(self.binary, "push", *self.flags(credentials), image, f"docker://{reference}")
            if done.returncode != 0:
                break
        return done

    def push_all(self, source, reference, credentials=None):
        name = f"list-{self.count}"
        self.count += 1
        succeeded(self.home.run(self.binary, "manifest", "create", name))
        succeeded(self.home.run(self.binary, "manifest", "add", "--all", name, f"oci:{source[0]}:{source[1]}"))
        return self.home.run(self.binary, "manifest", "push", "--all", *self.flags(credentials), name, f"docker://{reference}")

    def fetch(self, reference, credentials=None, *more):
        return self.home.run(self.binary, "pull", "--quiet", *self.always, *more, *self.flags(credentials), reference)

    def pull(self, reference, credentials=None):
        return "sha256:" + succeeded(self.fetch(reference, credentials)).stdout.split()[-1]


class Podman(Storing):
    binary, always = program("podman"), ()

    def pull_platform(self, reference, architecture, credentials=None):
        image = succeeded(self.fetch(reference, credentials, "--arch", architecture)).stdout.split()[-1]
        return succeeded(self.home.run(self.binary, "image", "inspect", "--format", "{{.Architecture}}", image)).stdout.strip()

    def tags(self, repository, credentials=None):
        """Search knows no --creds: the login counts."""
        succeeded(self.login(repository.split("/")[0], *credentials))
        done = succeeded(self.home.run(self.binary, "search", "--list-tags", "--limit", "100", *self.flags(), repository))
        return [line.split()[1] for line in done.stdout.splitlines() if line.startswith(repository)]


class Buildah(Storing):
    binary, always = program("buildah"), ("--policy", "always")

    def pull_platform(self, reference, architecture, credentials=None):
        image = succeeded(self.fetch(reference, credentials, "--arch", architecture)).stdout.split()[-1]
        return succeeded(self.home.run(self.binary, "inspect", "--type", "image", "--format", "{{.OCIv1.Architecture}}", image)).stdout.strip()


class Skopeo(Containers):
    binary = program("skopeo")

    def skopeo(self, *arguments):
        return self.home.run(self.binary, "--insecure-policy", *arguments)

    def push(self, source, reference, credentials=None, *more):
        return self.skopeo("copy", *more, *self.flags(credentials, "dest-"), f"oci:{source[0]}:{source[1]}", f"docker://{reference}")

    def push_all(self, source, reference, credentials=None):
        return self.push(source, reference, credentials, "--all")

    def copy(self, source, first, second, credentials=None):
        succeeded(self.push(source, first, credentials))
        return self.skopeo("copy", *self.flags(credentials, "src-"), *self.flags(credentials, "dest-"), f"docker://{first}", f"docker://{second}")

    def fetch(self, reference, credentials=None, *more, into=None):
        into = into or self.fresh("pulled")
        return self.skopeo(*more, "copy", *self.flags(credentials, "src-"), f"docker://{reference}", f"dir:{into}")

    def pull(self, reference, credentials=None):
        into = self.fresh("pulled")
        succeeded(self.fetch(reference, credentials, into=into))
        return json.loads((into / "manifest.json").read_text())["config"]["digest"]

    def pull_platform(self, reference, architecture, credentials=None):
        into = self.fresh("pulled")
        succeeded(self.fetch(reference, credentials, "--override-arch", architecture, into=into))
        config = json.loads((into / "manifest.json").read_text())["config"]["digest"]
        return json.loads((into / config.split(":")[1]).read_text())["architecture"]

    def tags(self, repository, credentials=None):
        return json.loads(succeeded(self.skopeo("list-tags", *self.flags(credentials), f"docker://{repository}")).stdout)["Tags"]

    def delete(self, reference, credentials=None):
        return self.skopeo("delete", *self.flags(credentials), f"docker://{reference}")


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


ALL = {"docker": Docker, "podman": Podman, "buildah": Buildah, "skopeo": Skopeo, "ctr": Ctr}
