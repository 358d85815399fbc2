"""Which server the command line speaks to, as whom, and what it does with servers that are not Berth."""
import http.server
import json
import shutil
import threading

import pytest

from berth_client import Server


def test_several_servers_and_the_one_that_is_meant(berth, admin_cli, server, tmp_path):
    with Server(berth, tmp_path / "other") as other:
        admin_cli.login(other.url, "admin", other.password)
        admin_cli.done("workspace create only-there")
        assert [each["name"] for each in admin_cli.json("workspace list")] == ["only-there"], "the latest login is the one that is meant"
        first = [each["name"] for each in admin_cli.json(f"workspace list --server {server.url}")]
        assert "only-there" not in first
        by_host = admin_cli.with_(BERTH_SERVER=server.url.split("//")[1])
        assert [each["name"] for each in by_host.json("workspace list")] == first
        assert "only-there" in by_host.done(f"workspace list --server {other.url}"), "--server goes before BERTH_SERVER"


def test_a_token_of_the_environment_needs_no_login(cli, server):
    secret = server.admin().post("/api/v1/me/tokens", {"name": "for-ci", "grants": {"api": "read"}}, expect=201).json["secret"]
    ci = cli.with_(BERTH_SERVER=server.url, BERTH_TOKEN=secret)
    assert "administrator" in ci.done("whoami")
    assert ci.run("workspace create from-ci").returncode == 1, "the token's grants count"
    assert not ci.credentials.exists()
    assert cli.with_(BERTH_SERVER=server.url).run("whoami").returncode == 4
    assert cli.with_(BERTH_SERVER=server.url, BERTH_TOKEN="berth_pat_wrong").run("whoami").returncode == 4


def test_a_server_that_is_not_there(admin_cli, server, berth, tmp_path):
    done = admin_cli.with_(BERTH_SERVER="http://127.0.0.1:1", BERTH_TOKEN="x").run("workspace list")
    assert done.returncode == 3 and "cannot reach http://127.0.0.1:1" in done.stderr
    with Server(berth, tmp_path / "other") as other:
        admin_cli.login(other.url, "admin", other.password)
    done = admin_cli.run("logout")
    assert done.returncode == 3 and "its token is good until" in done.stderr
    assert other.url not in admin_cli.credentials.read_text(), "it is forgotten here all the same"


class Silent(http.server.BaseHTTPRequestHandler):
    """Points elsewhere, and notes what it was told."""

    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        self.send_response(self.server.status)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def stranger():
    """Makes servers that are not Berth."""
    running = []

    def start(status=200, elsewhere=None, content=b"<html>"):
        host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
        host.status, host.elsewhere, host.content, host.seen = status, elsewhere, content, []
        host.url = f"http://127.0.0.1:{host.server_address[1]}"
        thread = threading.Thread(target=host.serve_forever, daemon=True)
        thread.start()
        running.append((host, thread))
        return host

    yield start
    for host, thread in running:
        host.shutdown()
        host.server_close()
        thread.join()


def test_a_redirect_takes_no_credential_along(cli, stranger):
    second = stranger()
    first = stranger(status=302, elsewhere=second.url + "/api/v1/workspaces")
    done = cli.with_(BERTH_SERVER=first.url, BERTH_TOKEN="berth_pat_x").run("workspace list")
    assert done.returncode == 1 and second.url in done.stderr
    assert first.seen and second.seen == []


def test_something_that_is_not_berth_is_told(cli, stranger):
    host = stranger(content=b"<html>hello</html>")
    done = cli.with_(BERTH_SERVER=host.url, BERTH_TOKEN="x").run("workspace list")
    assert done.returncode == 1 and "is this a Berth server?" in done.stderr


def test_what_a_server_says_cannot_command_the_terminal(cli, stranger):
    host = stranger(content=json.dumps({"items": [{"name": "\x1b[2Jclear\nme"}]}).encode())
    shown = cli.with_(BERTH_SERVER=host.url, BERTH_TOKEN="x").done("workspace list")
    assert "\x1b" not in shown and "clear me" in shown


def test_certificates_are_verified(berth, cli, tmp_path):
    with Server(berth, tmp_path / "tls", {"tls-listen": "127.0.0.1:0"}) as server:
        url, ca = server.addresses["https"], tmp_path / "tls" / "tls" / "ca.crt"
        done = cli.run(f"login {url} --login admin --password-stdin", server.password + "\n")
        assert done.returncode == 3 and "--ca-file" in done.stderr
        cli.login(url, "admin", server.password, f"--ca-file {ca}")
        assert "administrator" in cli.done("whoami"), "the login keeps which authority it trusts"
        other = tmp_path / "other.crt"
        shutil.copy("/etc/ssl/certs/ca-certificates.crt", other)
        assert cli.run(f"whoami --ca-file {other}").returncode == 3
        assert "administrator" in cli.with_(BERTH_CA_FILE=str(ca)).done("whoami")


def test_lists_follow_the_pages_of_the_server(berth, admin_cli, stranger):
    """More than one page without a thousand of anything: a server that gives one item at a time."""

    class Paged(Silent):
        def do_GET(self):
            self.server.seen.append(self.path)
            at = int(self.path.split("cursor=")[1]) if "cursor=" in self.path else 0
            content = json.dumps({"items": [{"name": f"w{at}"}]}).encode()
            self.send_response(200)
            if at < 3:
                self.send_header("Link", f'</api/v1/workspaces?limit=1000&cursor={at + 1}>; rel="next"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    host = stranger()
    host.RequestHandlerClass = Paged
    cli = admin_cli.with_(BERTH_SERVER=host.url, BERTH_TOKEN="x")
    assert [each["name"] for each in cli.json("workspace list")] == ["w0", "w1", "w2", "w3"]
    host.seen.clear()
    assert [each["name"] for each in cli.json("workspace list --limit 2")] == ["w0", "w1"]
    assert len(host.seen) == 2, "no page is asked for that is not needed"
