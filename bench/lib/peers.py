"""Berth and those that it is compared with, each started on free ports of this machine and stopped by its process id."""
import os
import pathlib
import signal
import socket
import subprocess
import time

from berth_client import Client, Server

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "berth-interop"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def debian(name):
    for directory in ("/usr/sbin", "/usr/bin"):
        if os.access(f"{directory}/{name}", os.X_OK):
            return f"{directory}/{name}"
    return None


def built(name):
    """What scripts/interop has built from a pinned version, or None."""
    return str(CACHE / name) if os.access(CACHE / name, os.X_OK) else None


class Peer:
    """A server of somebody else's; `url` answers by the time that start() returns."""
    name = ""
    probe = "/v2/"

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.process = None

    @property
    def port(self):
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self):
        return self.process.pid

    def command(self):
        raise NotImplementedError

    def start(self):
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.directory)
        deadline = time.monotonic() + 30
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self.name} did not start:\n" + (self.directory / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.02)
        return self

    def answers(self):
        try:
            return Client(self.url).get(self.probe).status < 500
        except OSError:
            return False

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class Nginx(Peer):
    """Static files, as fast as its manual knows how: sendfile, descriptors kept open, no log, a worker per processor."""
    name = "nginx"
    probe = "/"

    def __init__(self, directory, certificate=None):
        super().__init__(directory)
        self.tls_url = f"https://127.0.0.1:{free_port()}"
        self.certificate = certificate

    @property
    def root(self):
        return self.directory / "root"

    def command(self):
        self.root.mkdir(exist_ok=True)
        tls = ""
        if self.certificate:
            tls = (f"listen 127.0.0.1:{self.tls_url.rpartition(':')[2]} ssl reuseport; ssl_certificate {self.certificate}/tls.crt; "
                   f"ssl_certificate_key {self.certificate}/tls.key; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:S:1m;")
        user = "user root;" if os.geteuid() == 0 else ""
        (self.directory / "nginx.conf").write_text(f"""{user}
worker_processes auto; worker_rlimit_nofile 65536; pid {self.directory}/pid; error_log {self.directory}/error.log;
events {{ worker_connections 16384; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 600s;
  open_file_cache max=20000 inactive=600s; open_file_cache_valid 600s; open_file_cache_min_uses 1;
  default_type application/vnd.oci.image.manifest.v1+json;
  client_body_temp_path {self.directory}/t1; proxy_temp_path {self.directory}/t2; fastcgi_temp_path {self.directory}/t3;
  uwsgi_temp_path {self.directory}/t4; scgi_temp_path {self.directory}/t5;
  server {{ listen 127.0.0.1:{self.port} reuseport; {tls} root {self.root}; }}
}}
""", encoding="ascii")
        return [debian("nginx"), "-c", str(self.directory / "nginx.conf"), "-e", str(self.directory / "error.log"), "-g", "daemon off;"]

    def put(self, path, content):
        """`content`: bytes, or a file that is linked."""
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            place.write_bytes(content)
        else:
            os.link(content, place)


class DockerRegistry(Peer):
    """The reference registry on a directory, with its default settings; nobody has to log in, which spares it a token."""
    name = "docker-registry"

    def __init__(self, directory, binary=None):
        super().__init__(directory)
        self.binary = binary or debian("docker-registry")

    def command(self):
        (self.directory / "config.yml").write_text(f"""version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {self.directory}/store}}
  cache: {{blobdescriptor: inmemory}}
http: {{addr: "127.0.0.1:{self.port}", secret: bench}}
""", encoding="ascii")
        return [self.binary, "serve", str(self.directory / "config.yml")]


class Distribution(DockerRegistry):
    name = "distribution 3"


class Zot(Peer):
    name = "zot"

    def command(self):
        (self.directory / "config.json").write_text(f"""{{"distSpecVersion": "1.1.1", "log": {{"level": "error"}},
"storage": {{"rootDirectory": "{self.directory}/store", "gc": false}},
"http": {{"address": "127.0.0.1", "port": "{self.port}", "compat": ["docker2s2"]}}}}""", encoding="ascii")
        return [built("zot"), "serve", str(self.directory / "config.json")]


def registries(directory):
    """The registries that are here, and a word about each that is not."""
    found, absent = [], {}
    for make, binary, where in ((DockerRegistry, debian("docker-registry"), "Debian's docker-registry is not installed"),
                                (Distribution, built("registry"), "scripts/interop has not built it"),
                                (Zot, built("zot"), "scripts/interop has not built it")):
        place = directory / make.name.replace(" ", "-")
        if binary is None:
            absent[make.name] = where
        else:
            found.append(make(place, binary) if issubclass(make, DockerRegistry) else make(place))
    return found, absent


class Berth:
    """A server of ours with one space that its administrator's token may pull from and push to."""
    name = "Berth"
    space = "bench"

    def __init__(self, binary, directory, **settings):
        # A line for each request is a matter of taste: no peer writes one here, so neither does Berth.
        self.server = Server(binary, directory, {"tls-listen": "127.0.0.1:0", "token-lifetime": "1h", "log-level": "warning", **settings})

    def start(self, timeout=60):
        self.server.start(timeout)
        try:
            self.server.wait_until_ready(timeout)
        except RuntimeError:
            self.stop()
            raise
        return self

    def prepare(self):
        """The workspace, its editor and the space that the pushes go to."""
        admin = self.server.admin()
        admin.post("/api/v1/workspaces", {"name": "bench"}, expect=201)
        admin.post("/api/v1/users", {"login": "bencher", "password": "a password to bench with"}, expect=201)
        admin.put("/api/v1/workspaces/bench/members/user/bencher", {"role": "editor"}, expect=(200, 201))
        admin.post("/api/v1/registries/berth/spaces", {"name": self.space}, expect=201)
        admin.post("/api/v1/bindings", {"spaces": [f"berth/{self.space}"], "workspaces": ["bench"], "access": "push"}, expect=(200, 201))
        return self

    @property
    def url(self):
        return self.server.url

    @property
    def tls_url(self):
        return self.server.addresses["https"]

    @property
    def pid(self):
        return self.server.process.pid

    def person(self, scheme="http"):
        return self.server.admin(scheme).basic("bencher", "a password to bench with")

    def token(self, *repositories, scheme="http"):
        """A registry token that docker would be given for these repositories; good at this scheme's address only."""
        person = self.person(scheme)
        scopes = "&".join(f"scope=repository:{repository}:pull,push,delete" for repository in repositories)
        return person.get(f"/service/token?service={person.host}&{scopes}", expect=200).json["token"]

    def stop(self):
        self.server.stop()
