"""Rows about a server's life: memory at rest and under pulls, start, and how soon a binding counts."""
import contextlib
import socket
import statistics
import time

import machine
from berth_client import Client
from content import Content
from peers import Berth, Nginx, registries
from rows import Line, Row, show
from worlds import Size, world

CONNECTIONS = 256


def memory_idle(plan):
    berth = Berth(plan.berth, plan.work / "idle").start()
    try:
        Client(berth.url).get("/healthz", expect=200)
        return Row("memory, idle", "B", machine.memory(berth.pid), line=Line(30 << 20, 60 << 20, False),
                   notes=[f"of it heap and stacks {show(machine.memory(berth.pid, 'RssAnon'), 'B')}"])
    finally:
        berth.stop()


def stalled_get(server, path, token):
    """A client that asked for a blob, has seen its beginning, and does not go on."""
    host, port = Client(server.url).host.split(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    field = f"Authorization: Bearer {token}\r\n" if token else ""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{field}\r\n".encode())
    if not connection.recv(64).startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{server.name} does not give {path}")
    return connection


def per_connection(server, path, token=""):
    """Heap for each of many pulls at once. The first few are not counted: they fill what is kept for all."""
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(stalled_get(server, path, token))
        before = machine.memory(server.pid, "RssAnon")
        for _ in range(CONNECTIONS):
            stack.enter_context(stalled_get(server, path, token))
        return max(0, machine.memory(server.pid, "RssAnon") - before) / CONNECTIONS


def memory_connection(plan):
    content = Content(64 << 20, small_blobs=6)
    with contextlib.ExitStack() as stack:
        berth = Berth(plan.berth, plan.work / "connections").start()
        stack.callback(berth.stop)
        berth.prepare()
        content.push(berth.person())
        nginx = Nginx(plan.work / "connections-nginx").start()
        stack.callback(nginx.stop)
        content.put_into(nginx)
        others, absent = registries(plan.work / "connections-registries")
        peers = {"nginx": per_connection(nginx, content.large_path)}
        for other in others:
            other.start()
            stack.callback(other.stop)
            content.push(Client(other.url))
            peers[other.name] = per_connection(other, content.large_path)
        mine = per_connection(berth, content.large_path, berth.token(content.repository))
    return Row(f"memory for each of {CONNECTIONS} connections on a blob GET", "B", mine, peers | absent, line=Line(64 << 10, 128 << 10, False),
               notes=["heap (RssAnon) while the clients have stopped reading"])


def started_in(plan, filled):
    berth = filled.serve(plan.berth)
    began = time.monotonic()
    berth.start()
    taken = time.monotonic() - began
    berth.stop()
    return taken


def start(plan):
    with world(plan.berth, plan.worlds, Size(manifests=plan.blobs)) as filled:
        taken = [started_in(plan, filled) for _ in range(plan.pairs)]
    return Row(f"start with {plan.blobs:,} blobs, until /readyz says yes", "s", statistics.median(taken), line=Line(1, 2, False),
               notes=[f"{min(taken):.2f} to {max(taken):.2f} s; the database lay in the page cache"])


def start_catalog(plan, postgres=False):
    with world(plan.berth, plan.worlds, Size(plan.repositories, postgres=postgres)) as filled:
        taken = [started_in(plan, filled) for _ in range(3)]
    where = ", PostgreSQL" if postgres else ""
    return Row(f"start with a catalog of {plan.repositories:,} repositories{where}, until /readyz says yes", "s", statistics.median(taken))


def binding(plan):
    """How many pulls a namespace's owner makes until the binding counts; each pull after the answer to the binding."""
    berth = Berth(plan.berth, plan.work / "binding").start()
    try:
        berth.prepare()
        admin = berth.server.admin()
        content = Content(1 << 20, small_blobs=6)
        content.push(berth.person())
        admin.post("/api/v1/workspaces", {"name": "late"}, expect=201)
        admin.post("/api/v1/users", {"login": "late", "password": "a password to wait with"}, expect=201)
        admin.put("/api/v1/workspaces/late/members/user/late", {"role": "viewer"}, expect=(200, 201))
        late = admin.basic("late", "a password to wait with")
        body = {"spaces": [f"berth/{berth.space}"], "workspaces": ["late"]}
        most = 0
        for _ in range(20):
            path = content.manifest_paths[0]
            if late.get(path).status == 200:
                raise RuntimeError("a pull without a binding was let in")
            admin.post("/api/v1/bindings", {**body, "access": "pull"}, expect=(200, 201))
            pulls = 1
            while late.get(path).status != 200 and pulls < 100:
                pulls += 1
            most = max(most, pulls)
            admin.post("/api/v1/bindings/remove", body, expect=(200, 204))
        return Row("pulls until a binding counts, one node", "", most, line=Line(1, 1, False), notes=["the most of 20 bindings"])
    finally:
        berth.stop()


KINDS = {"memory-idle": memory_idle, "memory-connection": memory_connection, "binding": binding, "start": start, "start-catalog": start_catalog,
         "start-catalog-postgres": lambda plan: start_catalog(plan, postgres=True)}
NAMES = list(KINDS)


def rows(plan, wanted):
    for name, measure in KINDS.items():
        if wanted(name):
            yield measure(plan)
