"""Memory while very many uploads are under way."""
import os
import resource
import selectors
import socket
import time

import machine
from berth_client import Client
from peers import Berth
from rows import Row, show

UPLOADS, SIZE, SENT = 1000, 16 << 20, 4 << 20  # all that they announce, and what they have sent when the last one stops
PIECE = 256 << 10


class Upload:
    """A PATCH that is sent as far as the server takes it."""

    def __init__(self, berth, client, token):
        repository = f"/v2/{berth.space}/uploading"
        location = client.post(f"{repository}/blobs/uploads/", b"", expect=202).headers["Location"]
        self.left, self.socket = SENT, socket.create_connection((client.url.hostname, client.url.port))
        self.socket.sendall(f"PATCH {location} HTTP/1.1\r\nHost: {client.host}\r\nAuthorization: Bearer {token}\r\n"
                            f"Content-Type: application/octet-stream\r\nContent-Length: {SIZE}\r\n\r\n".encode())
        self.socket.setblocking(False)

    def send(self, content):
        try:
            self.left -= self.socket.send(content[:self.left])
        except BlockingIOError:
            pass
        return self.left == 0


def send_all(uploads, look):
    """All at once, each as fast as its turn comes; `look` is called now and then."""
    content = memoryview(os.urandom(PIECE))
    with selectors.DefaultSelector() as selector:
        for upload in uploads:
            selector.register(upload.socket, selectors.EVENT_WRITE, upload)
        looked = 0
        while selector.get_map():
            for key, _ in selector.select(10):
                if key.data.send(content):
                    selector.unregister(key.fileobj)
            if time.monotonic() > looked + 0.2:
                look()
                looked = time.monotonic()


def memory_uploads(plan):
    count = UPLOADS // 10 if plan.quick else UPLOADS
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    berth = Berth(plan.berth, plan.work / "uploads", **{"max-connections-per-peer": 2 * UPLOADS}).start()
    uploads, seen = [], []
    try:
        berth.prepare()
        token = berth.token(f"{berth.space}/uploading")
        client = Client(berth.url).bearer(token)
        idle = machine.memory(berth.pid)
        uploads += [Upload(berth, client, token) for _ in range(count)]
        send_all(uploads, lambda: seen.append(machine.memory(berth.pid)))
        stalled = machine.memory(berth.pid)
    finally:
        for upload in uploads:
            upload.socket.close()
        berth.stop()
    return Row(f"memory with {count:,} uploads of {SIZE >> 20} MiB at once", "B", max(seen),
               notes=[f"the most while each sends its first {SENT >> 20} MiB; when all have stopped {show(stalled, 'B')}, idle before {show(idle, 'B')}"])


NAMES = ["memory-uploads"]


def rows(plan, wanted):
    if wanted("memory-uploads"):
        yield memory_uploads(plan)
