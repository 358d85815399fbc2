"""The container clients, each with the verbs that it has, under the same names. A verb that a client lacks is a method it lacks.

  login(host, login, password)          push(source, reference)            pull(reference) -> digest of the image's configuration
  push_all(source, reference)           pull_platform(reference, architecture) -> architecture of what came
  copy(source, first, second)           from one repository to the next, as the client's user would: the server sees mounts
  tags(repository) -> [tag]             search(host, term) -> [repository]
  delete(reference)

`source` is (layout directory, tag). `credentials` (login, password) go with each command; without them the client's own login
counts. Every verb gives the finished process, or raises AssertionError where it has something to give back.
"""
import json

from support.client import Client
from support.daemon_clients import Ctr, Docker
from support.programs import program, succeeded


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

    def search(self, host, term, credentials=None):
        """Of the repositories that the registry's catalog names. Search knows no --creds: the login counts."""
        succeeded(self.login(host, *credentials))
        done = succeeded(self.home.run(self.binary, "search", "--limit", "100", "--format", "{{.Name}}", *self.flags(), f"{host}/{term}"))
        return [name.removeprefix(f"{host}/") for name in done.stdout.split()]

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


ALL = {"docker": Docker, "podman": Podman, "buildah": Buildah, "skopeo": Skopeo, "ctr": Ctr}
