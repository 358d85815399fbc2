"""Rows about scale: lists, search, tags, memory and start in filled worlds (worlds.py)."""
import contextlib
import tempfile
import urllib.parse

import machine
from fill import WORDS
from load import berth_load
from rows import Line, Row, show
from worlds import Size, world

CLIENTS = 4


@contextlib.contextmanager
def served(plan, size):
    """A server on the world of this size: (world, server)."""
    with world(plan.berth, plan.worlds, size) as filled:
        berth = filled.serve(plan.berth).start()
        try:
            yield filled, berth
        finally:
            berth.stop()


def lines_file(plan, lines):
    with tempfile.NamedTemporaryFile("w", dir=plan.work, delete=False) as out:
        out.write("\n".join(lines) + "\n")
    return out.name


def gets(plan, berth, token, paths, clients=CLIENTS, seconds=None):
    return berth_load("read", "--url", berth.url, "--tokens", lines_file(plan, [token]), "--targets", lines_file(plan, paths),
                      "--clients", clients, "--seconds", seconds or plan.seconds)


def next_page(reply):
    link = reply.headers.get("Link", "")
    return link[link.index("<") + 1:link.index(">")] if 'rel="next"' in link else None


def deep_page(client, path, most=200):
    """The address of a page of 50 that lies far behind: half way through the list, or `most` pages of 1,000 on."""
    pages = []
    address = f"{path}?limit=1000"
    while address and len(pages) < most:
        pages.append(address)
        reply = client.get(address, expect=200)
        if not reply.json["items"]:
            raise RuntimeError(f"{address} is empty")
        address = next_page(reply)
    return pages[len(pages) // 2 if address is None else -1].replace("limit=1000", "limit=50")


def questions(client, workspace):
    """What people ask a list, by name: addresses, several of a kind."""
    path = f"/api/v1/workspaces/{workspace}/images"

    def searches(terms):
        return [f"{path}?search={urllib.parse.quote(term)}" for term in terms]
    letters = "acegimorstu"
    return {
        "first page": [f"{path}?sort={sort}" for sort in ("name", "updated", "pulls", "size")],
        "deep page": [deep_page(client, path)],
        "search, 1 letter": searches(letters),
        "search, 2 letters": searches(one + two for one in letters for two in letters),
        "search, many letters": searches(WORDS),
        "search, no hit": searches(f"zzq{number}" for number in range(50)),
    }


def lists(plan, postgres=False):
    size = Size(plan.repositories, postgres=postgres)
    where = ", PostgreSQL" if postgres else ""
    with served(plan, size) as (filled, berth):
        spaces = {"few": 3, "all": size.spaces}
        for workspace, sees in spaces.items():
            client = berth.server.admin().bearer(filled.tokens[workspace])
            for what, paths in questions(client, workspace).items():
                gets(plan, berth, filled.tokens[workspace], paths, seconds=0.3)
                report = gets(plan, berth, filled.tokens[workspace], paths)
                times = report["latency_ms"]
                yield Row(f"images of {size.repositories:,}, {sees:,} spaces seen, {what}{where}: p99, {CLIENTS} clients", "ms", times["p99"],
                          line=Line(20, 50, False), notes=[f"p50 {show(times['p50'], 'ms')}, {report['rate']:.0f} /s"])
        yield Row(f"memory with a catalog of {size.repositories:,} repositories{where}", "B", machine.memory(berth.pid),
                  line=Line(400 << 20, 1 << 30, False))


def tags(plan):
    with served(plan, Size(manifests=plan.tags)) as (_, berth):
        name = "bench/big"
        client = berth.person()
        first = client.get(f"/v2/{name}/tags/list?n=1", expect=200).json["tags"][0]
        start = int(first.rpartition(".")[2])
        places = [start + plan.tags * step // 64 for step in range(63)]
        paths = [f"/v2/{name}/tags/list?n=1000&last=1.0.{place:07}" for place in places]
        got = client.get(paths[31], expect=200).json["tags"]
        if len(got) != 1000 or got[0] != f"1.0.{places[31] + 1:07}":
            raise RuntimeError(f"the page after {places[31]} is another one: {got[:2]} … {len(got)}")
        report = gets(plan, berth, berth.token(name), paths, clients=1)
        times = report["latency_ms"]
        yield Row(f"tags/list, page of 1,000 of {plan.tags:,}: p99, 1 client", "ms", times["p99"], line=Line(5, 10, False),
                  notes=[f"p50 {show(times['p50'], 'ms')}"])


NAMES = ["images", "images-postgres", "tags-list"]


def rows(plan, wanted):
    if wanted("images"):
        yield from lists(plan)
    if wanted("images-postgres"):
        yield from lists(plan, postgres=True)
    if wanted("tags-list"):
        yield from tags(plan)
