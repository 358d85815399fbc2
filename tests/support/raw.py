"""Bytes on a connection, as they are: for requests that no client library would send."""
import base64
import http.client
import socket

from berth_client import Reply


class Raw:
    """One connection to the server that `client` (berth_client.Client) talks to. Every wait ends after `timeout` seconds."""

    def __init__(self, client, timeout=60):
        self.socket = socket.create_connection((client.url.hostname, client.url.port), timeout)
        self.authorization = client.authorization

    def __enter__(self):
        return self

    def __exit__(self, *_):
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
        answer = http.client.HTTPResponse(self.socket, method=method)
        answer.begin()
        return Reply(answer.status, answer.headers, answer.read())

    def is_closed(self):
        """True once the server has closed, after nothing more; waits for it."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def basic(login, password):
    return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()
