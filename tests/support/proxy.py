"""A TCP proxy that cuts one connection in the middle of a transfer: what a bad network does to a client."""
import socket
import struct
import threading


class Proxy:
    """Forwards 127.0.0.1:<port> to `target` ("host:port"). cut() arms it once; `cuts` counts what it did. Close it, or use `with`."""

    UP, DOWN = "up", "down"  # from the client to the server, and back

    def __init__(self, target):
        host, port = target.rsplit(":", 1)
        self.target = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock, self.armed, self.cuts = threading.Lock(), None, 0
        threading.Thread(target=self.accept, daemon=True).start()

    def cut(self, direction, after):
        """The next connection that carries more than `after` bytes in `direction` is cut at that byte; the ones after it live.

        An upload is reset. A download ends, so that the client has read what came before: a reset would throw away what still waits in
        its socket, and nobody could say how much of it counts.
        """
        with self.lock:
            self.armed = (direction, after)

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # closed
            server = socket.create_connection(self.target)
            for direction, source, sink in ((self.UP, client, server), (self.DOWN, server, client)):
                threading.Thread(target=self.pump, args=(direction, source, sink), daemon=True).start()

    def pump(self, direction, source, sink):
        carried, cut = 0, False
        try:
            while data := source.recv(1 << 16):
                data, cut = self.allowed(direction, carried, data)
                sink.sendall(data)
                carried += len(data)
                if cut:
                    reset(*((source, sink) if direction == self.UP else (source,)))
                    break
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            reset(source, sink)

    def allowed(self, direction, carried, data):
        with self.lock:
            if self.armed is None or self.armed[0] != direction or carried + len(data) <= self.armed[1]:
                return data, False
            keep, self.armed = self.armed[1] - carried, None
            self.cuts += 1
            return data[:max(keep, 0)], True

    def close(self):
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def reset(*sockets):
    for each in sockets:
        try:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST instead of FIN
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was faster
        each.close()
