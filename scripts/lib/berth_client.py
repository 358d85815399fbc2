"""A server to start and a client to talk to it, from the standard library alone. The demo and the black-box tests use it."""
import base64
import http.client
import json
import os
import pathlib
import secrets
import signal
import ssl
import subprocess
import time
import urllib.parse


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Unexpected(Exception):
    """An answer with another status than the caller asked for."""


class Client:
    """One subject's view of a server. A new connection per request: nothing is shared between two threads."""

    def __init__(self, url, authorization=None, ca_file=None):
        self.url = urllib.parse.urlsplit(url)
        self.authorization = authorization
        self.ca_file = ca_file

    @property
    def host(self):
        return self.url.netloc

    def basic(self, login, password):
        raw = base64.b64encode(f"{login}:{password}".encode()).decode()
        return Client(self.url.geturl(), f"Basic {raw}", self.ca_file)

    def bearer(self, token):
        return Client(self.url.geturl(), f"Bearer {token}", self.ca_file)

    def anonymous(self):
        return Client(self.url.geturl(), None, self.ca_file)

    def connect(self, timeout=60):
        if self.url.scheme == "https":
            context = ssl.create_default_context(cafile=self.ca_file)
            return http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=timeout, context=context)
        return http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=timeout)

    def request(self, method, path, body=None, headers=None, expect=None, timeout=60):
        """`body`: bytes or an iterable of bytes go out as they are (an iterable chunked); anything else as JSON."""
        headers = dict(headers or {})
        if self.authorization and "Authorization" not in headers:
            headers["Authorization"] = self.authorization
        if body is not None and not isinstance(body, (bytes, bytearray)) and not hasattr(body, "__next__"):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        target = urllib.parse.urlsplit(path)
        if target.scheme:
            path = target.path + ("?" + target.query if target.query else "")
        connection = self.connect(timeout)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        if expect is not None and reply.status not in (expect if isinstance(expect, tuple) else (expect,)):
            raise Unexpected(f"{method} {path}: expected {expect}, got {reply!r}")
        return reply

    def get(self, path, **kw):
        return self.request("GET", path, **kw)

    def head(self, path, **kw):
        return self.request("HEAD", path, **kw)

    def post(self, path, body=None, **kw):
        return self.request("POST", path, body, **kw)

    def put(self, path, body=None, **kw):
        return self.request("PUT", path, body, **kw)

    def patch(self, path, body=None, **kw):
        return self.request("PATCH", path, body, **kw)

    def delete(self, path, **kw):
        return self.request("DELETE", path, **kw)

    def items(self, path):
        """All pages of a list."""
        found = []
        while path:
            reply = self.get(path, expect=200)
            found += reply.json["items"]
            link = reply.headers.get("Link", "")
            path = link[link.index("<") + 1:link.index(">")] if 'rel="next"' in link else None
        return found


class Server:
    """`berth serve` on a free port, its data in `directory`. start() returns when it answers; stop() ends it by its process id."""

    def __init__(self, binary, directory, settings=None, wrapper=()):
        self.binary, self.directory = str(binary), pathlib.Path(directory)
        self.settings = {"listen": "127.0.0.1:0", "data-dir": str(self.directory), "administrator-password": secrets.token_hex(12)}
        self.settings.update(settings or {})
        self.wrapper = list(wrapper)
        self.process = None
        self.addresses = {}

    @property
    def password(self):
        return self.settings["administrator-password"]

    @property
    def log_file(self):
        return self.directory.parent / (self.directory.name + ".log")

    def command(self):
        return self.wrapper + [self.binary, "serve"] + [f"--{key}={value}" for key, value in self.settings.items()]

    def start(self, timeout=30):
        self.directory.mkdir(parents=True, exist_ok=True)
        state = self.directory / "server.json"
        state.unlink(missing_ok=True)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BERTH_")}
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        deadline = time.monotonic() + timeout
        while not state.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("the server did not start:\n" + self.log_file.read_text(errors="replace")[-4000:])
            time.sleep(0.02)
        self.addresses = json.loads(state.read_text())["addresses"]
        return self

    def wait_until_ready(self, timeout=60):
        """Later than the first answer: lists are refused until every image is in memory."""
        deadline = time.monotonic() + timeout
        while Client(self.url).get("/readyz").status != 200:
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not become ready")
            time.sleep(0.005)

    @property
    def url(self):
        return self.addresses["http"]

    def admin(self, scheme="http"):
        ca = str(self.directory / "tls" / "ca.crt") if scheme == "https" else None
        return Client(self.addresses[scheme], ca_file=ca).basic("admin", self.password)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self, timeout=60):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
