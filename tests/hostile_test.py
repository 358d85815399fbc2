"""Slow, greedy and endless clients: they are sent away, everybody else is served meanwhile, and nothing of them stays."""
import concurrent.futures
import json
import threading

import pytest

from berth_client import Server
from support.hostile import Crowd, Held, allow_many_files, await_that, forget_peak, peak
from support.oci import IMAGE, INDEX, descriptor, digest_of, dumps
from support.raw import Raw
from support.registry import SMALL_CONFIG, image_manifest, push_image, put_manifest, start_upload

MIB = 1 << 20
BIG = bytes(range(256)) * (32 * MIB // 256)
KEPT_OPEN = 256 + 256
IMPATIENT = {"header-timeout": "500ms", "idle-timeout": "1s", "body-grace": "1s", "minimum-rate": "1000000", "max-connections-per-peer": "3000"}


@pytest.fixture(scope="module", autouse=True)
def many_files():
    allow_many_files()


@pytest.fixture(scope="module")
def impatient(berth, tmp_path_factory):
    """Waits for little; has the image base/app:1 with a layer of 32 MiB, for everybody."""
    with Server(berth, tmp_path_factory.mktemp("impatient") / "data", IMPATIENT) as server:
        admin = server.admin()
        admin.post("/api/v1/registries/berth/spaces", {"name": "base", "public": True}, expect=201)
        push_image(admin, "base/app", "1", BIG)
        yield server


def held(server):
    return Held(server.process.pid)


def check_that_nothing_stays(server, before):
    """Memory may stay with the allocator, and the store keeps the directories and files open that were used last; both have an end."""
    assert await_that(lambda: held(server).sockets <= before.sockets), (before, held(server))
    assert held(server).descriptors < before.descriptors + KEPT_OPEN, (before, held(server))
    assert held(server).threads == before.threads
    assert held(server).kibibytes < before.kibibytes + 64 * 1024, (before, held(server))


class Regular(threading.Thread):
    """Somebody who pulls all the time; what they got."""

    def __init__(self, client):
        super().__init__()
        self.client = client
        self.enough = threading.Event()
        self.statuses = []

    def run(self):
        while not self.enough.is_set():
            self.statuses.append(self.client.get("/v2/base/app/manifests/1").status)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.enough.set()
        self.join()


def slow_crowd(server):
    """Every way to be slow that there is, forty each."""
    admin = server.admin()
    sign = f"Host: x\r\nAuthorization: {admin.authorization}\r\n".encode()
    upload = start_upload(admin, "base/app").encode()
    crowd = Crowd(admin)
    crowd.join(40)  # says nothing
    crowd.join(40, b"GET /v2/ HTTP/1.1\r\n", drip=b"A")  # a head that never ends
    crowd.join(40, b"GET /v2/ HTTP/1.1\r\n" + b"A: b\r\n" * 50, drip=b"B")  # and a longer one
    crowd.join(40, b"POST /api/v1/workspaces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n" + sign + b"\r\n", drip=b" ")
    crowd.join(1, b"PATCH " + upload + b" HTTP/1.1\r\nContent-Length: 100000000\r\n" + sign + b"\r\n", drip=b"x")
    crowd.join(40, b"GET /v2/base/app/blobs/" + digest_of(BIG).encode() + b" HTTP/1.1\r\n" + sign + b"\r\n", sip=16)
    crowd.join(40, b"GET /v2/ HTTP/1.1\r\n" + sign + b"\r\n", half_closed=True)
    crowd.join(40, b"GET /v2/ HTTP/1.1\r\n" + sign, half_closed=True)  # half a head, and nothing more
    return crowd


def test_slow_clients_cost_nothing_that_stays(impatient):
    """Slow loris, bodies and readers of a byte at a time, connections half closed."""
    with slow_crowd(impatient) as crowd:
        crowd.persist()  # the first time fills caches and pools
    before = held(impatient)
    with Regular(impatient.admin()) as regular, slow_crowd(impatient) as crowd:
        assert crowd.persist() == 0, "the server has not sent everybody away"
        statuses = crowd.statuses()
        assert statuses.count(200) == 80 and statuses.count(408) >= 80, statuses
    assert regular.statuses and set(regular.statuses) == {200}
    check_that_nothing_stays(impatient, before)


def test_floods_of_fields_are_refused_and_forgotten(impatient):
    before = held(impatient)
    with Regular(impatient.admin()) as regular, Crowd(impatient.admin()) as crowd:
        crowd.join(300, b"GET /v2/ HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 8000)
        assert crowd.persist() == 0
        assert set(crowd.statuses()) == {431}
    assert set(regular.statuses) == {200}
    check_that_nothing_stays(impatient, before)


def test_more_connections_than_one_address_may_have_are_told_to_wait(berth, tmp_path):
    settings = {**IMPATIENT, "max-connections-per-peer": "50", "idle-timeout": "10s"}
    with Server(berth, tmp_path / "data", settings) as server:
        client = server.admin()
        client.get("/v2/", expect=200)
        before = held(server)
        request = b"GET /v2/nobody/here/tags/list HTTP/1.1\r\nHost: x\r\n\r\n"
        with Regular(client.anonymous()), Crowd(client) as crowd:
            crowd.join(500, request)
            assert await_that(lambda: crowd.round() or sum(map(bool, crowd.heard.values())) >= 500 or len(crowd) == 50)
            answered = [said for said in crowd.heard.values() if said]
            refused = [said for said in answered if said.startswith(b"HTTP/1.1 429 ")]
            assert all(b"Retry-After: " in said and (b'"TOOMANYREQUESTS"' in said or b'"too_many_requests"' in said) for said in refused)
            assert len(crowd) <= 50
            client.get("/v2/", expect=200)  # from another address
        check_that_nothing_stays(server, before)
        with Crowd(client) as crowd:  # the address has all its places again
            crowd.join(50, request)
            assert await_that(lambda: crowd.round() or len(crowd.statuses()) == 50)
            assert set(crowd.statuses()) == {401}


def test_thousands_of_requests_at_once_on_one_connection_are_answered_in_order(impatient):
    admin = impatient.admin()
    before = held(impatient)
    count = 5000
    with Raw(admin) as raw:
        requests = "".join(f"GET /v2/base/app/tags/list?last={n % 2} HTTP/1.1\r\nHost: x\r\nAuthorization: {admin.authorization}\r\n\r\n" for n in range(count))
        sender = threading.Thread(target=raw.send, args=(requests,))
        sender.start()
        for number in range(count):
            reply = raw.reply()
            assert (reply.status, reply.json["tags"]) == (200, ["1"] if number % 2 == 0 else []), number
        sender.join()
    check_that_nothing_stays(impatient, before)


def test_who_has_said_all_and_still_listens_is_answered(impatient):
    admin = impatient.admin()
    with Raw(admin) as raw:
        assert raw.head("GET /v2/base/app/manifests/1 HTTP/1.1").no_more().reply().status == 200
        assert raw.is_closed()
    with Raw(admin) as raw:
        reply = raw.head(f"GET /v2/base/app/blobs/{digest_of(BIG)} HTTP/1.1").no_more().reply()
        assert reply.body == BIG


def told_clearly(reply):
    """Done, or refused for now with a time to come back."""
    return reply.status < 300 or (reply.status in (429, 503) and int(reply.headers["Retry-After"]) > 0 and reply.body)


def push_once(client, number):
    """An image of its own, to a repository of its own; the replies up to the first refusal."""
    layer = f"layer {number}".encode() * 200
    repository = f"base/push-{number}"
    replies = []
    for blob in (SMALL_CONFIG, layer):
        replies.append(client.post(f"/v2/{repository}/blobs/uploads/?digest={digest_of(blob)}", blob))
        if replies[-1].status != 201:
            return replies
    headers = {"Content-Type": "application/vnd.oci.image.manifest.v1+json"}
    replies.append(client.put(f"/v2/{repository}/manifests/1", image_manifest(SMALL_CONFIG, layer), headers=headers))
    return replies


def test_a_thousand_pulls_and_two_hundred_pushes_at_once(impatient):
    admin = impatient.admin()
    admin.get("/v2/base/app/manifests/1", expect=200)
    before = held(impatient)
    request = b"GET /v2/base/app/manifests/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with concurrent.futures.ThreadPoolExecutor(200) as pushers, Crowd(admin) as pullers:
        pushes = [pushers.submit(push_once, admin, number) for number in range(200)]
        pullers.join(1000, request)
        assert pullers.persist(120) == 0
        statuses = pullers.statuses()
        assert len(statuses) == 1000 and set(statuses) <= {200, 429, 503}
        assert statuses.count(200) > 500
        replies = [push.result() for push in pushes]
    assert all(told_clearly(reply) for push in replies for reply in push)
    done = [number for number, push in enumerate(replies) if len(push) == 3 and push[-1].status == 201]
    assert len(done) > 100
    for number in done:
        admin.get(f"/v2/base/push-{number}/manifests/1", expect=200)
    check_that_nothing_stays(impatient, before)


@pytest.fixture(scope="module")
def crowded(berth, tmp_path_factory):
    """The image base/app:1, and 32 artifacts that refer to it, with annotations as large as they may be."""
    with Server(berth, tmp_path_factory.mktemp("crowded") / "data") as server:
        admin = server.admin()
        admin.post("/api/v1/registries/berth/spaces", {"name": "base", "public": True}, expect=201)
        push_image(admin, "base/app", "1", b"a layer")
        subject = admin.get("/v2/base/app/manifests/1").body
        referrers = []
        for number in range(32):
            document = json.loads(subject)
            document.update(subject=descriptor(subject, IMAGE), artifactType="a/large",
                            annotations={"note": str(number) + "x" * 3_900_000})
            referrers.append(dumps(document))
            put_manifest(admin, "base/app", digest_of(referrers[-1]), referrers[-1])
        yield server, subject, referrers


class TestReferrers:
    def test_a_list_of_large_ones_takes_memory_for_one_page(self, crowded):
        server, subject, referrers = crowded
        admin = server.admin()
        fallback = dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(each, IMAGE) for each in referrers]})
        put_manifest(admin, "base/app", digest_of(subject).replace(":", "-"), fallback, INDEX)
        before = forget_peak(server.process.pid)
        page = admin.get(f"/v2/base/app/referrers/{digest_of(subject)}", expect=200).json["manifests"]
        assert [each["digest"] for each in page] == [min(map(digest_of, referrers))]
        assert admin.get(f"/v2/base/app/referrers/{digest_of(subject)}?artifactType=a/none", expect=200).json["manifests"] == []
        assert peak(server.process.pid) < before + 64 * 1024
