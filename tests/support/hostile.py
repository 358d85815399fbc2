"""Clients that mean no good, or have all the time in the world; and what a server has open, read from /proc."""
import os
import pathlib
import resource
import selectors
import socket
import time

STRANGER = "127.0.0.2"  # another address than the tests' own clients: what it takes up is not theirs


def allow_many_files():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def await_that(condition, seconds=60):
    """Waits until `condition()` holds; what it was, if it never did."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def peak(pid):
    """The most memory that the process has held, in KiB, since forget_peak()."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def forget_peak(pid):
    """From now on the peak is what the process holds now; gives that."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak(pid)


class Held:
    """What a process holds."""

    def __init__(self, pid):
        status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
        opened = [self.target(pid, number) for number in os.listdir(f"/proc/{pid}/fd")]
        self.descriptors = len(opened)
        self.sockets = sum(each.startswith("socket:") for each in opened)
        self.threads = int(status["Threads"])
        self.kibibytes = int(status["VmRSS"].split()[0])

    @staticmethod
    def target(pid, number):
        try:
            return os.readlink(f"/proc/{pid}/fd/{number}")
        except FileNotFoundError:
            return ""

    def __repr__(self):
        return f"<{self.descriptors} descriptors ({self.sockets} sockets), {self.threads} threads, {self.kibibytes} KiB>"


class Crowd:
    """Many connections on one thread. Each says `hello` at once, then `drip` a byte at a time, round after round, and reads at most
    `sip` bytes of what it hears a round."""

    def __init__(self, client, source=STRANGER):
        self.address = (client.url.hostname, client.url.port)
        self.source = source
        self.selector = selectors.DefaultSelector()
        self.heard = {}

    def join(self, count, hello=b"", drip=b"", sip=65536, half_closed=False):
        for _ in range(count):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096 if sip < 4096 else 65536)
            connection.bind((self.source, 0))
            connection.settimeout(30)
            connection.connect(self.address)
            connection.setblocking(False)
            self.heard[connection] = b""
            self.selector.register(connection, selectors.EVENT_READ, (drip, sip))
            self.say(connection, hello)
            if half_closed:
                connection.shutdown(socket.SHUT_WR)
        return self

    @staticmethod
    def say(connection, data):
        try:
            connection.send(data)
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            pass

    def __len__(self):
        """Those that the server has not sent away."""
        return len(self.selector.get_map())

    def round(self):
        for key, _ in self.selector.select(timeout=0.05):
            self.listen(key.fileobj, key.data[1])
        for key in list(self.selector.get_map().values()):
            self.say(key.fileobj, key.data[0])

    def listen(self, connection, sip):
        try:
            got = connection.recv(sip)
        except BlockingIOError:
            return
        except ConnectionResetError:
            got = b""
        if got:
            self.heard[connection] = (self.heard[connection] + got)[:4096]
        else:
            self.selector.unregister(connection)
            connection.close()

    def persist(self, seconds=60):
        """Until the server has sent all of them away; how many are left when it has not."""
        end = time.monotonic() + seconds
        while len(self) and time.monotonic() < end:
            self.round()
        return len(self)

    def statuses(self):
        """Of those that were answered."""
        return [int(said.split(b" ", 2)[1]) for said in self.heard.values() if said.startswith(b"HTTP/1.1 ")]

    def leave(self):
        for connection in self.heard:
            connection.close()
        self.selector.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()
