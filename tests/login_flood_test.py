"""Floods of logins: whoever has no password to check is answered before them, and people who know theirs get in."""
import concurrent.futures
import contextlib
import select

import pytest

from berth_client import Server
from support.raw import Raw, basic

CROWD = 64


@pytest.fixture(scope="module")
def server(berth, tmp_path_factory):
    """One thread for everything: what waits on it holds up everybody. The clients come through a proxy that tells from where."""
    settings = {"api-threads": "1", "trusted-proxies": "127.0.0.1"}
    with Server(berth, tmp_path_factory.mktemp("flood") / "data", settings) as running:
        yield running


def from_address(address):
    return f"X-Forwarded-For: {address}"


def send_guesses(stack, server, addresses):
    """A guess from each address, each at a login of its own and on a connection of its own; the connections."""
    anonymous = server.admin().anonymous()
    connections = [stack.enter_context(Raw(anonymous)) for _ in addresses]
    for number, (raw, address) in enumerate(zip(connections, addresses)):
        raw.head("GET /v2/ HTTP/1.1", f"Authorization: {basic(f'stranger{number}', 'a wrong password')}", from_address(address))
    return connections


def answered(connections):
    return len(select.select([raw.socket for raw in connections], [], [], 0)[0])


@pytest.mark.parametrize("address", ["198.51.100.{}", "2001:db8:1:{}::1"], ids=["many_addresses", "one_ipv6_site"])
def test_who_needs_no_check_is_answered_before_a_flood_of_logins(server, address):
    anonymous = server.admin().anonymous()
    session = anonymous.post("/api/v1/session", {"login": "admin", "password": server.password}, expect=201)
    cookie = {"Cookie": session.headers["Set-Cookie"].split(";")[0]}
    with contextlib.ExitStack() as stack:
        flood = send_guesses(stack, server, [address.format(number) for number in range(CROWD)])
        for path in ("/api/v1/session", "/readyz", "/service/token"):
            anonymous.get(path, headers=cookie, expect=200)
        assert answered(flood) < CROWD // 2, "these were waited for"
        assert {raw.reply().status for raw in flood} == {401}


def test_one_address_may_not_fill_the_queue(server):
    with contextlib.ExitStack() as stack:
        flood = send_guesses(stack, server, ["203.0.113.1"] * CROWD)
        replies = [raw.reply() for raw in flood]
    refused = [reply for reply in replies if reply.status == 429]
    assert {reply.status for reply in replies} == {401, 429}
    assert all(int(reply.headers["Retry-After"]) >= 1 for reply in refused)


def test_a_crowd_with_one_right_password_gets_in(server):
    """The jobs of a CI, all at once."""
    client = server.admin()
    with concurrent.futures.ThreadPoolExecutor(CROWD) as pool:
        replies = list(pool.map(lambda _: client.get("/service/token"), range(CROWD)))
    assert [reply.status for reply in replies] == [200] * CROWD


def test_strangers_do_not_lock_out_whoever_was_there_lately(server):
    client = server.admin().anonymous()

    def log_in(password, address):
        return client.post("/api/v1/session", {"login": "owner", "password": password}, headers={"X-Forwarded-For": address}).status

    server.admin().post("/api/v1/users", {"login": "owner", "password": "correct horse battery"}, expect=201)
    assert log_in("correct horse battery", "192.0.2.1") == 201
    statuses = [log_in(f"a wrong password {number}", f"198.51.100.{number}") for number in range(8)]
    assert 429 in statuses, statuses
    assert log_in("a slip of the pen", "192.0.2.1") == 401, "it was checked"
