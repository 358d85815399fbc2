"""What a server does with its directory: one server to a directory, clear refusals to start, and nothing that was answered for is lost
when it stops, however it stops."""
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import tempfile
import time

import pytest

from berth_client import Server
from support.raw import Raw
from support.registry import digest_of, push_image, start_upload
from support.serving import check_refuses_to_start, run

CONTENT = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(65_536))  # 2 MiB
HALF = len(CONTENT) // 2


@pytest.fixture
def registry(berth, tmp_path):
    """A server with a space, which tests stop and start."""
    with Server(berth, tmp_path / "data") as server:
        server.admin().post("/api/v1/registries/berth/spaces", {"name": "apps"}, expect=201)
        yield server


def stop(server, how):
    if how == "kill -9":
        server.kill()
    else:
        assert server.stop() == 0


class TestOneServerToADirectory:
    def test_the_second_says_whose_it_is_and_the_first_goes_on(self, berth, registry):
        done = run(berth, "--listen=127.0.0.1:0", f"--data-dir={registry.directory}")
        check_refuses_to_start(done, 1, str(registry.directory), f"process {registry.process.pid}")
        push_image(registry.admin(), "apps/web", "1")
        assert registry.process.poll() is None

    def test_also_by_another_path(self, berth, registry, tmp_path):
        (tmp_path / "link").symlink_to(registry.directory)
        done = run(berth, "--listen=127.0.0.1:0", f"--data-dir={tmp_path / 'link'}")
        check_refuses_to_start(done, 1, f"process {registry.process.pid}")

    @pytest.mark.parametrize("how", ["SIGTERM", "kill -9"])
    def test_the_directory_is_free_when_the_first_is_gone(self, registry, how):
        stop(registry, how)
        registry.start()
        registry.admin().get("/v2/", expect=200)

    def test_its_files_are_for_its_user_alone(self, registry):
        assert registry.directory.stat().st_mode & 0o777 == 0o700
        for name in ("secrets.key", "server.json"):
            assert (registry.directory / name).stat().st_mode & 0o777 == 0o600


class TestDirectoriesThatCannotBeUsed:
    def test_a_file(self, berth, tmp_path):
        (tmp_path / "file").write_text("x")
        for place in (tmp_path / "file", tmp_path / "file" / "data"):
            check_refuses_to_start(run(berth, "--listen=127.0.0.1:0", f"--data-dir={place}"), 1, str(tmp_path / "file"))

    def test_a_place_where_nothing_can_be_made(self, berth):
        check_refuses_to_start(run(berth, "--listen=127.0.0.1:0", "--data-dir=/proc/berth-data"), 1, "/proc/berth-data")

    @pytest.mark.parametrize("there_already", [False, True], ids=["to_be_made", "there_already"])
    def test_one_that_belongs_to_another_user(self, berth, there_already):
        """As a user without rights: root may write everywhere, and anybody where a directory is their own."""
        place = pathlib.Path(tempfile.mkdtemp(prefix="berth-"))
        data = place / "data" if not there_already or os.geteuid() == 0 else pathlib.Path("/var")
        try:
            wrapper = []
            if os.geteuid() == 0:
                wrapper = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
                berth = shutil.copy(berth, place / "berth")
                if there_already:
                    data.mkdir(mode=0o755)
            place.chmod(0o555)
            check_refuses_to_start(run(berth, "--listen=127.0.0.1:0", f"--data-dir={data}", wrapper=wrapper), 1, str(data))
        finally:
            place.chmod(0o755)
            shutil.rmtree(place)

    def test_a_database_that_is_none(self, berth, registry):
        registry.stop()
        for suffix in ("-wal", "-shm"):
            (registry.directory / f"berth.db{suffix}").unlink(missing_ok=True)
        (registry.directory / "berth.db").write_bytes(b"this is no database" * 1000)
        check_refuses_to_start(run(berth, "--listen=127.0.0.1:0", f"--data-dir={registry.directory}"), 1, "database")

    @pytest.mark.parametrize("key", ["", "short", "g" * 64, "0" * 63], ids=["empty", "short", "not_hex", "one_digit_less"])
    def test_a_secrets_key_that_is_none(self, berth, registry, key):
        registry.stop()
        (registry.directory / "secrets.key").write_text(key)
        check_refuses_to_start(run(berth, "--listen=127.0.0.1:0", f"--data-dir={registry.directory}"), 1, "secrets.key")

    def test_a_secrets_key_file_that_is_not_there(self, berth, tmp_path):
        done = run(berth, "--listen=127.0.0.1:0", f"--data-dir={tmp_path / 'data'}", f"--secrets-key-file={tmp_path / 'nothing'}")
        check_refuses_to_start(done, 1, str(tmp_path / "nothing"))


class TestRestart:
    """What was answered for is there afterwards, whether the server was told to stop or was killed."""

    HOW = pytest.mark.parametrize("how", ["SIGTERM", "kill -9"])

    @HOW
    @pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
    def test_an_upload_goes_on_where_it_was(self, registry, how, algorithm):
        admin = registry.admin()
        upload = start_upload(admin, "apps/web")
        admin.patch(upload, CONTENT[:HALF], expect=202)
        stop(registry, how)
        admin = registry.start().admin()
        assert admin.get(upload, expect=204).headers["Range"] == f"0-{HALF - 1}"
        admin.patch(upload, CONTENT[HALF:HALF + 1000], headers={"Content-Range": f"{HALF}-{HALF + 999}"}, expect=202)
        digest = digest_of(CONTENT, algorithm)
        admin.put(f"{upload}?digest={digest}", CONTENT[HALF + 1000:], expect=201)
        assert admin.get(f"/v2/apps/web/blobs/{digest}", expect=200).body == CONTENT

    @HOW
    def test_an_upload_cut_within_a_request_goes_on_from_what_is_told(self, registry, how):
        registry.settings["drain-timeout"] = "0s"
        registry.stop()
        admin = registry.start().admin()
        upload = start_upload(admin, "apps/web")
        admin.patch(upload, CONTENT[:1000], expect=202)
        with Raw(admin) as raw:
            raw.head(f"PATCH {upload} HTTP/1.1", f"Content-Length: {len(CONTENT) - 1000}").send(CONTENT[1000:HALF])
            stop(registry, how)
        admin = registry.start().admin()
        last = int(admin.get(upload, expect=204).headers["Range"].partition("-")[2])
        assert 999 <= last < HALF, "what was answered for, and no more than was sent"
        admin.put(f"{upload}?digest={digest_of(CONTENT)}", CONTENT[last + 1:], expect=201)
        assert admin.get(f"/v2/apps/web/blobs/{digest_of(CONTENT)}", expect=200).body == CONTENT

    @HOW
    def test_a_push_that_was_answered_is_there(self, registry, how):
        digest = push_image(registry.admin(), "apps/web", "1", CONTENT)
        stop(registry, how)
        admin = registry.start().admin()
        assert admin.head("/v2/apps/web/manifests/1", expect=200).headers["Docker-Content-Digest"] == digest
        assert admin.get(f"/v2/apps/web/blobs/{digest_of(CONTENT)}", expect=200).body == CONTENT

    @HOW
    def test_logins_and_tokens_are_good_afterwards(self, registry, how):
        """The same address again, since registry tokens are for one service."""
        registry.settings["public-url"] = "http://registry.example.com"
        registry.stop()
        admin = registry.start().admin()
        secret = admin.post("/api/v1/me/tokens", {"name": "x", "grants": {"api": "read"}}, expect=201).json["secret"]
        token = admin.get("/service/token?scope=repository:apps/web:pull,push", expect=200).json["token"]
        session = admin.anonymous().post("/api/v1/session", {"login": "admin", "password": registry.password}, expect=201)
        stop(registry, how)
        admin = registry.start().admin()
        start_upload(admin.bearer(token), "apps/web")
        admin.bearer(secret).get("/api/v1/images", expect=200)
        admin.anonymous().get("/api/v1/session", headers={"Cookie": session.headers["Set-Cookie"].split(";")[0]}, expect=200)

    def test_a_new_administrator_password_is_for_the_first_start_alone(self, registry):
        password = registry.password
        registry.stop()
        registry.settings["administrator-password"] = "another password of the operator"
        registry.start()
        assert registry.admin().get("/v2/").status == 401
        registry.admin().basic("admin", password).get("/v2/", expect=200)


class TestDrain:
    """SIGTERM: no new work is taken, what is under way is finished."""

    def told_to_stop(self, server):
        """Returns once the server has begun to drain: it takes its state file away first, and then closes its listeners."""
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection((server.admin().url.hostname, server.admin().url.port), 5).close()
            except ConnectionRefusedError:
                return
            except ConnectionResetError:  # it was in the listener's queue when that closed
                continue
        pytest.fail("it still takes connections")

    def test_an_upload_in_flight_is_finished(self, registry):
        admin = registry.admin()
        upload = start_upload(admin, "apps/web")
        with Raw(admin) as raw:
            raw.head(f"PUT {upload}?digest={digest_of(CONTENT)} HTTP/1.1", f"Content-Length: {len(CONTENT)}", "Expect: 100-continue")
            assert (raw.line(), raw.line()) == (b"HTTP/1.1 100 Continue\r\n", b"\r\n"), "it is in flight once the server has heard of it"
            raw.send(CONTENT[:HALF])
            self.told_to_stop(registry)
            assert registry.process.poll() is None
            reply = raw.send(CONTENT[HALF:]).reply("PUT")
            assert reply.status == 201
            assert reply.headers["Connection"] == "close"
        assert registry.stop() == 0
        assert registry.start().admin().get(f"/v2/apps/web/blobs/{digest_of(CONTENT)}", expect=200).body == CONTENT

    def test_a_download_in_flight_is_finished(self, registry):
        content = CONTENT * 16  # more than the sockets' buffers hold
        admin = registry.admin()
        admin.put(f"{start_upload(admin, 'apps/web')}?digest={digest_of(content)}", content, expect=201)
        with Raw(admin) as raw:
            raw.head(f"GET /v2/apps/web/blobs/{digest_of(content)} HTTP/1.1")
            assert raw.line() == b"HTTP/1.1 200 OK\r\n"
            self.told_to_stop(registry)
            assert registry.process.poll() is None
            while raw.line() != b"\r\n":
                pass
            assert raw.incoming.read(len(content)) == content
        assert registry.stop() == 0

    def test_idle_connections_do_not_hold_it_up(self, registry):
        with Raw(registry.admin()) as silent, Raw(registry.admin()) as idle:
            assert idle.head("GET /v2/ HTTP/1.1").reply().status == 200
            assert registry.stop(timeout=10) == 0
            assert idle.is_closed() and silent.is_closed()

    def test_it_waits_no_longer_than_it_was_told(self, registry):
        registry.settings["drain-timeout"] = "200ms"
        registry.stop()
        admin = registry.start().admin()
        upload = start_upload(admin, "apps/web")
        with Raw(admin) as raw:
            raw.head(f"PATCH {upload} HTTP/1.1", "Content-Length: 1000").send(b"x" * 500)
            assert registry.stop(timeout=10) == 0
        assert registry.start().admin().get(upload).status == 204

    def test_a_second_signal_changes_nothing(self, registry):
        registry.process.send_signal(signal.SIGTERM)
        registry.process.send_signal(signal.SIGTERM)
        assert registry.process.wait(60) == 0
        registry.process = None
        registry.start().admin().get("/v2/", expect=200)

    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
    def test_it_ends_with_status_0(self, registry, name):
        registry.process.send_signal(getattr(signal, name))
        assert registry.process.wait(60) == 0
        assert not (registry.directory / "server.json").exists()
        registry.process = None
