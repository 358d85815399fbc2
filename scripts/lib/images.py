"""Real images, built on the spot from Debian packages with buildah: no registry is asked for anything.

  base   busybox for amd64 and arm64 under one index
  web    base and a page that its httpd serves: two layers, labels, an author, a build history

They come out as OCI layouts (<directory>/base, <directory>/web), which skopeo, podman and buildah read.
"""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

ARCHITECTURES = ("amd64", "arm64")


def run(*command, **kw):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **kw)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(str(part) for part in command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def storage(directory):
    return ["buildah", "--storage-driver", "vfs", "--root", directory / "storage", "--runroot", directory / "run"]


def download(package, directory):
    """The package's files for both architectures. apt keeps its own lists in `directory`: the machine's are not touched."""
    state = directory / "apt"
    for sub in ("lists/partial", "cache/archives/partial"):
        (state / sub).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    options = [f"-oDir::State::lists={state / 'lists'}", f"-oDir::State::status={state / 'status'}", f"-oDir::Cache={state / 'cache'}",
               "-oAPT::Architecture=amd64", f"-oAPT::Architectures={','.join(ARCHITECTURES)}", "-oAPT::Sandbox::User=root",
               "-oAcquire::Languages=none"]
    run("apt-get", *options, "update")
    roots = {}
    for architecture in ARCHITECTURES:
        place = directory / f"{package}-{architecture}"
        place.mkdir()
        run("apt-get", *options, "download", f"{package}:{architecture}", cwd=place)
        (deb,) = place.glob("*.deb")
        run("dpkg-deb", "-x", deb, place / "root")
        roots[architecture] = place / "root"
    return roots


def root_file_system(busybox, place):
    for directory in ("bin", "etc", "tmp", "www"):
        (place / directory).mkdir(parents=True)
    shutil.copy(busybox / "bin" / "busybox", place / "bin" / "busybox")
    for applet in ("sh", "ls", "cat", "httpd", "sleep", "echo", "id"):
        (place / "bin" / applet).symlink_to("busybox")
    (place / "etc" / "passwd").write_text("root:x:0:0:root:/:/bin/sh\nweb:x:1000:1000:web:/www:/bin/sh\n")


def build(directory):
    """Gives `directory` with the layouts in it. Builds them there once; a second caller waits for the first."""
    directory = pathlib.Path(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with open(directory.parent / f".{directory.name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "done").exists():
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
            build_all(directory)
            (directory / "done").touch()
    return directory


def build_all(directory):
    buildah = storage(directory)
    roots = download("busybox-static", directory)
    run(*buildah, "manifest", "create", "base")
    for architecture, busybox in roots.items():
        place = directory / f"root-{architecture}"
        root_file_system(busybox, place)
        container = run(*buildah, "from", "--arch", architecture, "scratch").strip()
        run(*buildah, "copy", "--add-history", container, place, "/")
        run(*buildah, "config", "--arch", architecture, "--os", "linux", "--cmd", "/bin/sh", "--author", "Platform Team <platform@example.com>",
            "--label", "org.opencontainers.image.title=base", container)
        run(*buildah, "commit", "--format", "oci", "--manifest", "base", container, f"base-{architecture}")
        if architecture == "amd64":
            web = run(*buildah, "from", "--pull-never", f"base-{architecture}").strip()
    run(*buildah, "manifest", "push", "--all", "base", f"oci:{directory / 'base'}:1.0")
    page = directory / "index.html"
    page.write_text("<h1>Hello from Berth</h1>\n")
    run(*buildah, "copy", "--add-history", web, page, "/www/index.html")
    run(*buildah, "config", "--cmd", "/bin/httpd -f -p 8080 -h /www", "--user", "web", "--author", "Alice <alice@example.com>",
        "--label", "org.opencontainers.image.title=web", "--label", "org.opencontainers.image.version=1.2", web)
    run(*buildah, "commit", "--format", "oci", web, f"oci:{directory / 'web'}:1.2")
    shutil.rmtree(directory / "storage", ignore_errors=True)


if __name__ == "__main__":
    os.umask(0o022)
    print(build(sys.argv[1]))
