"""Bytes on a connection, as they are: for requests that no client library would send."""
import base64
import http.client
import socket

from berth_client import Reply


class Incoming:
    """What http.client reads an answer from; it stays open, and keeps what was read too far, for the next answer."""

    def __init__(self, connection):
        self.file = connection.makefile("rb")

    def makefile(self, *_):
        return self

    def __getattr__(self, name):
        return getattr(self.file, name)

    def close(self):
        pass


class Raw:
    """One connection to the server that `client` (berth_client.Client) talks to. Every wait ends after `timeout` seconds."""

    def __init__(self, client, timeout=60):
        self.socket = socket.create_connection((client.url.hostname, client.url.port), timeout)
        self.incoming = Incoming(self.socket)
        self.authorization = client.authorization

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.incoming.file.close()
        self.socket.close()

    def send(self, data):
        """What does not go out since the server has closed already is no failure: what it said is read afterwards."""
        try:
            self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return self

    def head(self, request_line, *fields):
        """A request head of good form, with Host and Authorization."""
        more = [f"Authorization: {self.authorization}"] if self.authorization else []
        return self.send("\r\n".join([request_line, "Host: berth.test", *more, *fields, "", ""]))

    def no_more(self):
        """The client has nothing more to say, but listens."""
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def reply(self, method="GET"):
        answer = http.client.HTTPResponse(self.incoming, method=method)
        answer.begin()
        return Reply(answer.status, answer.headers, answer.read())

    def line(self):
        """One line of what the server says, such as that of an interim answer."""
        return self.incoming.readline()

    def is_closed(self):
        """True once the server has closed, after nothing more; waits for it."""
        try:
            return self.incoming.read(1) == b""
        except ConnectionResetError:
            return True


def basic(login, password):
    return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()
