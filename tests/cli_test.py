"""The command line against a running server: every command once, its refusals, what it prints, and where secrets go."""
import http.server
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import threading

import pytest

from berth_client import Server
from support.cli import Cli
from support.oci import Image, Repository, tar

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"


@pytest.fixture
def cli(berth, tmp_path):
    return Cli(berth, tmp_path)


@pytest.fixture
def admin_cli(cli, server):
    return cli.login(server.url, "admin", server.password)


# Every command, in one story -----------------------------------------------------------------------------------------

# (who, what is typed, exit status, what stands on stdout, or on stderr where it is refused, stdin)
STORY = [
    ("admin", "whoami", 0, "administrator"),
    ("admin", "version", 0, "Server:"),
    ("admin", "workspace create retail --display-name 'Retail shops' --description 'all of them'", 0, "Retail shops"),
    ("admin", "workspace create lab", 0, "lab"),
    ("admin", "workspace create retail", 1, "there is a workspace named retail already"),
    ("admin", "workspace create 'Not a name'", 1, "name: "),
    ("admin", "workspace list", 0, "DISPLAY NAME"),
    ("admin", "workspace show retail", 0, "all of them"),
    ("admin", "workspace update retail --description fewer --if-version 1", 0, "fewer"),
    ("admin", "workspace update retail --description none --if-version 1", 1, "changed since you read it"),
    ("admin", "workspace update retail", 2, "nothing to change"),
    ("admin", "user create alice --display-name Alice --email alice@example.com --password-stdin", 0, "alice@example.com", PASSWORD),
    ("admin", "user create bob", 0, "shown this once"),
    ("admin", "user create carol --platform-role auditor --own-password-stdin", 0, "auditor", "{admin}"),
    ("admin", "user create dave --platform-role auditor --own-password-stdin", 4, "wrong", "not it"),
    ("admin", "user create eve --platform-role owner", 2, "--platform-role"),
    ("admin", "user list --search ALI", 0, "alice"),
    ("admin", "user show bob", 0, "bob"),
    ("admin", "user update bob --disable", 0, "yes"),
    ("admin", "user update bob --disable --enable", 2, "two options set disabled"),
    ("admin", "user update bob --enable --password-stdin --own-password-stdin", 0, "bob", "{admin}\n" + PASSWORD),
    ("admin", "user show nobody", 1, "there is no such user"),
    ("admin", "group create crew", 0, "crew"),
    ("admin", "group add crew bob", 0, "bob is in group crew"),
    ("admin", "group show crew", 0, "bob"),
    ("admin", "group list", 0, "crew"),
    ("admin", "member set retail alice --role admin", 0, "alice"),
    ("admin", "member set retail group:crew --role viewer", 0, "group"),
    ("admin", "member set retail nobody --role viewer", 1, "no user named nobody"),
    ("admin", "member list retail", 0, "crew"),
    ("admin", "member remove retail group:crew", 0, "Removed group:crew"),
    ("admin", "group remove crew bob", 0, "bob is not in group crew"),
    ("admin", "group delete crew", 0, "Deleted group crew"),
    ("admin", "cluster create c1 --uid c1-uid", 0, "c1-uid"),
    ("admin", "cluster list", 0, "c1-uid"),
    ("admin", "cluster show c1", 0, "c1"),
    ("admin", "cluster update c1 --description production", 0, "production"),
    ("admin", "namespace create c1/shop --uid u1 --workspace retail", 0, "retail"),
    ("admin", "namespace create c1/bench --uid u2", 0, "bench"),
    ("admin", "namespace create bench --uid u3", 2, "CLUSTER/NAME"),
    ("admin", "namespace list", 0, "CLAIMED BY"),
    ("admin", "namespace list --workspace retail", 0, "shop"),
    ("admin", "namespace show c1/shop", 0, "u1"),
    ("admin", "namespace show c1/none", 1, "there is no c1/none"),
    ("admin", "namespace bind c1/bench", 1, "no workspace claims"),
    ("admin", "namespace claim c1/bench lab", 0, "lab"),
    ("admin", "namespace claim c1/bench retail", 1, "workspace lab"),
    ("admin", "namespace release c1/bench", 0, "bound to no workspace"),
    ("admin", "namespace bind c1/bench", 0, "Bound to"),
    ("admin", "namespace unclaim c1/bench", 0, "No workspace claims"),
    ("admin", "cluster delete c1", 1, "namespace bench"),
    ("admin", "namespace delete c1/bench", 0, "Deleted namespace c1/bench"),
    ("alice", "credential create c1/shop --expires 30d", 0, "shown this once"),
    ("alice", "credential create c1/shop --expires soon", 2, "is no expiry"),
    ("alice", "credential list c1/shop", 0, "ns+c1+shop+"),
    ("alice", "credential delete c1/shop 1", 0, "Deleted credential"),
    ("admin", "registry list", 0, "berth"),
    ("admin", "registry show berth", 0, "managed"),
    ("admin", "space create base --public --description 'for all'", 0, "for all"),
    ("admin", "space create berth/apps --owner retail --quota 10GiB --allow-sparse on", 0, "10.0 GiB"),
    ("admin", "space create apps --quota plenty", 2, "is no size"),
    ("admin", "space create none/apps", 1, "not found"),
    ("admin", "space list", 0, "10.0 GiB"),
    ("admin", "space list --registry berth", 0, "base"),
    ("admin", "space show berth/apps", 0, "retail"),
    ("admin", "space update apps --quota none --owner none --private", 0, "Public:"),
    ("admin", "space update apps --owner retail", 0, "retail"),
    ("admin", "space update apps --public --private", 2, "two options set public"),
    ("admin", "registry publish berth --preview", 0, "Opens to everybody: 1 spaces"),
    ("admin", "registry publish berth", 0, "yes"),
    ("admin", "registry unpublish berth --preview", 0, "Closes: 1 spaces"),
    ("admin", "registry unpublish berth", 0, "no"),
    ("admin", "binding create base,apps retail,lab --access push --dry-run", 0, "4 added, 0 changed, 0 removed (a dry run"),
    ("admin", "binding list", 0, ""),
    ("admin", "binding create base,apps retail --access push", 0, "2 added"),
    ("admin", "binding create apps,none retail,nowhere --access pull", 1, "workspace nowhere: there is no such workspace"),
    ("admin", "binding create apps, retail --access pull", 2, "no list of names"),
    ("admin", "binding list --workspace retail", 0, "berth/apps"),
    ("admin", "binding list --space apps", 0, "push"),
    ("admin", "binding remove base retail", 0, "1 removed"),
    ("alice", "image list", 0, "tools/web"),
    ("alice", "image list --workspace retail --search web --sort pulls --order asc --visibility private", 0, "tools/web"),
    ("alice", "image list --namespace c1/shop --space apps --registry berth", 0, "tools/web"),
    ("alice", "image list --sort colour", 2, "--sort"),
    ("alice", "image show apps/tools/web", 0, "Home:        retail"),
    ("alice", "image show apps/tools/web:1.0", 0, "layer 1"),
    ("alice", "image show {host}/apps/tools/web:1.0", 0, "layer 1"),
    ("alice", "image show apps/tools/web@{digest} --registry berth", 0, "layer 1"),
    ("alice", "image show apps/tools/web:none", 1, "no such tag"),
    ("alice", "image show web", 2, "SPACE/REPOSITORY"),
    ("alice", "image tags apps/tools/web --search 1", 0, "1.0"),
    ("alice", "image tags apps/tools/web:1.0", 2, "without a tag"),
    ("bob", "image list", 0, ""),
    ("bob", "image show apps/tools/web", 1, "not found, or not allotted to your workspace"),
    ("alice", "push-commands apps --client podman --repository web --tag 2", 0, "podman push"),
    ("alice", "push-commands apps --client docker --temporary-login --lifetime-seconds 60", 0, "robot+alice+push-"),
    ("alice", "push-commands apps --lifetime-seconds 60", 2, "--temporary-login"),
    ("alice", "credential create c1/shop", 0, "ns+c1+shop+"),
    ("admin", "explain namespace:c1/shop apps/tools/web", 0, "namespace:c1/shop may pull"),
    ("admin", "explain namespace:c1/shop apps/tools/web --action push", 0, "may not push"),
    ("admin", "explain somebody apps/tools/web", 1, "a subject is"),
    ("alice", "token create ci --api read --grant pull:apps/tools/web --grant pull,push:base --expires 12h", 0, "berth_pat_"),
    ("alice", "token create wrong --grant apps", 2, "is no grant"),
    ("alice", "token list", 0, "ci"),
    ("alice", "token delete ci", 0, "Deleted token ci"),
    ("alice", "token delete ci", 1, "there is no ci"),
    ("alice", "robot create ci --workspace retail --grant pull,push:apps --api read --expires 7d --description builds", 0, "robot+retail+ci"),
    ("alice", "robot create nightly --workspace retail --own-password-stdin", 0, "berth_robot_", PASSWORD),
    ("alice", "robot list --workspace retail", 0, "robot+retail+nightly"),
    ("alice", "robot show ci --workspace retail", 0, "builds"),
    ("alice", "robot update ci --workspace retail --description tests --disable", 0, "tests"),
    ("alice", "robot update ci --workspace retail --expires never --own-password-stdin", 0, "robot+retail+ci", PASSWORD),
    ("alice", "robot rotate robot+retail+nightly --workspace retail --own-password-stdin", 0, "shown this once", PASSWORD),
    ("alice", "robot delete nightly --workspace retail", 0, "Deleted robot nightly"),
    ("alice", "robot create mine --expires 1d", 0, "robot+alice+mine"),
    ("alice", "robot list", 0, "robot+alice+mine"),
    ("alice", "session list", 0, "berth-test"),
    ("alice", "session end {session}", 0, "Ended session"),
    ("alice", "password --password-stdin", 0, "The password is changed", PASSWORD + "\nanother good phrase"),
    ("alice", "password --password-stdin", 4, "wrong", PASSWORD + "\nanother good phrase"),
    ("admin", "audit list --limit 5", 0, "user:alice"),
    ("alice", "audit list --workspace retail", 0, "robot.create"),
    ("alice", "audit list", 1, "not"),
    ("admin", "settings set --anonymous-pull off", 0, "no"),
    ("admin", "settings show", 0, "Anonymous pull:  no"),
    ("admin", "settings set --anonymous-pull maybe", 2, "must be on or off"),
    ("admin", "scrub stop", 0, "never"),
    ("admin", "scrub start --rate 1MiB", 0, "running"),
    ("admin", "scrub show", 0, "Limit per second:"),
    ("admin", "scrub damaged", 0, ""),
    ("alice", "scrub show", 1, "not"),
    ("admin", "space delete base", 0, "Deleted space base"),
    ("admin", "space delete apps", 1, "repository tools/web"),
    ("alice", "image delete apps/tools/web:1.0", 2, "without a tag"),
    ("alice", "image delete apps/tools/web", 0, "Deleted apps/tools/web"),
    ("alice", "image delete apps/tools/web", 1, "not"),
    ("admin", "user delete bob", 0, "Deleted user bob"),
    ("admin", "namespace delete c1/shop", 0, "Deleted namespace c1/shop"),
    ("admin", "cluster delete c1", 0, "Deleted cluster c1"),
    ("admin", "workspace delete lab", 0, "Deleted workspace lab"),
    ("admin", "workspace delete retail", 1, "binding of space berth/apps"),
    ("admin", "completion bash", 0, "complete -o default -F _berth berth"),
    ("admin", "logout", 0, "Logged out"),
    ("admin", "whoami", 4, "berth login"),
]
LOGIN_STEPS = {"login"}  # it has tests of its own


class Tale:
    """Plays the story once; the tests look at its steps."""

    def __init__(self, berth, server, directory):
        self.berth, self.server, self.directory = berth, server, directory
        self.words = {"host": server.url.split("//")[1], "admin": server.password, "digest": "", "session": ""}
        self.people = {}
        self.steps = [self.play(*step) for step in STORY]

    def person(self, name):
        if name not in self.people:
            password = self.server.password if name == "admin" else PASSWORD
            home = self.directory / name
            home.mkdir()
            self.people[name] = Cli(self.berth, home).login(self.server.url, name, password)
        return self.people[name]

    def prepare(self, line):
        """What a command is about and cannot make itself."""
        alice = self.server.admin().basic("alice", PASSWORD)
        if line.startswith("image list") and not self.words["digest"]:
            image = Image([tar({"a": b"a" * 2000}), tar({"b": b"b"})])
            Repository(alice, "apps/tools/web").push_image(image, "1.0")
            self.words["digest"] = image.digest
        if line == "session list":
            opened = alice.anonymous().post("/api/v1/session", {"login": "alice", "password": PASSWORD}, headers={"User-Agent": "berth-test"}, expect=201)
            self.words["session"] = alice.get("/api/v1/me/sessions", expect=200).json["items"][0]["id"]
            assert opened.json["csrf_token"]

    def play(self, who, line, status, said, text_in=""):
        self.prepare(line)
        cli = self.person(who)
        line = line.format(**self.words)
        plain = cli.run(line, text_in.format(**self.words))
        reads = status == 0 and re.match(r"(\S+ )?(list|show|tags|whoami|version|explain)\b", line)
        as_json = cli.run(line + " -o json") if reads else None
        return line, status, said, plain, as_json


@pytest.fixture(scope="module")
def tale(berth, server, tmp_path_factory):
    return Tale(berth, server, tmp_path_factory.mktemp("people"))


@pytest.mark.parametrize("number", range(len(STORY)), ids=[f"{step[0]}:{step[1]}" for step in STORY])
def test_story(tale, number):
    line, status, said, plain, as_json = tale.steps[number]
    assert plain.returncode == status, f"berth {line}\n{plain.stdout}{plain.stderr}"
    assert said in (plain.stdout if status == 0 else plain.stderr), f"{plain.stdout}{plain.stderr}"
    if status != 0:
        assert plain.stdout == "" and plain.stderr.startswith("berth: ")
    if as_json:
        document = json.loads(as_json.stdout)
        is_list = re.match(r"\S+ (list|tags)", line)
        assert isinstance(document, list if is_list else dict), as_json.stdout


def sections():
    return re.findall(r"^### berth (.*)$", (ROOT / "docs" / "cli.md").read_text(), re.M)


def words_of(usage):
    """'member set WORKSPACE …' → 'member set'"""
    return re.match(r"[a-z-]+( [a-z-]+(?= |$))?", usage).group(0)


def test_the_story_has_every_command():
    played = [f"{step[1]} " for step in STORY if step[2] == 0]
    commands = {words_of(usage) for usage in sections()} - LOGIN_STEPS
    assert len(commands) > 60
    assert [command for command in commands if not any(line.startswith(command + " ") for line in played)] == []


def test_the_documentation_is_what_the_program_says(cli):
    assert cli.done("reference") == (ROOT / "docs" / "cli.md").read_text(), "run: berth reference > docs/cli.md"


def test_help_names_what_the_documentation_names(cli):
    text = (ROOT / "docs" / "cli.md").read_text()
    for part in text.split("\n### berth ")[1:]:
        command = words_of(part.splitlines()[0])
        help_text = cli.done(command + " --help")
        for name in re.findall(r"^\| `(\S+?)[ `]", part, re.M):
            assert name in help_text, f"{command}: {name}"


# Logging in ----------------------------------------------------------------------------------------------------------


def test_a_login_keeps_a_token_that_expires_and_no_password(cli, server):
    said = cli.run(f"login {server.url} --login admin --password-stdin --expires 7d", server.password + "\n")
    assert said.returncode == 0 and "expires in 6 days" in said.stdout or "expires in 7 days" in said.stdout
    kept = cli.credentials.read_text()
    assert server.password not in kept
    assert json.loads(kept)["servers"][server.url]["token"].startswith("berth_pat_")
    assert stat.S_IMODE(cli.credentials.stat().st_mode) == 0o600
    assert stat.S_IMODE(cli.credentials.parent.stat().st_mode) == 0o700
    (token,) = [each for each in cli.json("token list") if each["id"] == json.loads(kept)["servers"][server.url]["token_id"]]
    assert token["expires_at"]


def test_a_second_login_ends_the_token_of_the_first(admin_cli, server):
    first = json.loads(admin_cli.credentials.read_text())["servers"][server.url]["token"]
    admin_cli.login(server.url, "admin", server.password)
    assert server.admin().bearer(first).get("/api/v1/session").status == 401
    assert admin_cli.done("whoami")


def test_a_wrong_password_is_no_login(cli, server):
    done = cli.run(f"login {server.url} --login admin --password-stdin", "wrong\n")
    assert done.returncode == 4 and "wrong" in done.stderr
    assert not cli.credentials.exists()


def read_until(terminal, words):
    """What a terminal shows, up to these words, or to the end of the program behind it; for at most ten seconds."""
    seen = b""
    while words is None or words not in seen:
        assert select.select([terminal], [], [], 10)[0], f"nothing more came after {seen!r}"
        try:
            seen += os.read(terminal, 1000)
        except OSError:  # how Linux says that the other side is gone
            break
    return seen


def test_a_password_is_asked_for_without_an_echo(cli, server):
    """On a terminal of its own, as its controlling terminal."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(cli.binary, [cli.binary, "login", server.url, "--login", "admin"], cli.environment)
    try:
        seen = read_until(terminal, b"Password for admin")
        os.write(terminal, server.password.encode() + b"\n")
        seen += read_until(terminal, None)
    finally:
        os.kill(child, signal.SIGKILL)  # it has ended by then, if all is well
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, seen
    assert b"Logged in" in seen
    assert server.password.encode() not in seen


def test_without_a_terminal_a_password_comes_from_stdin_or_not_at_all(cli, server):
    done = subprocess.run([cli.binary, "login", server.url, "--login", "admin"], input=server.password + "\n", capture_output=True, text=True,
                          check=False, env=cli.environment, start_new_session=True)
    assert done.returncode == 2 and "--password-stdin" in done.stderr
    done = cli.run(f"login {server.url} --login admin --password-stdin", "")
    assert done.returncode == 2 and "stdin ended" in done.stderr


def test_other_processes_see_no_secret(cli, server):
    """While the command runs: neither in the arguments that everybody reads, nor in what its environment was given."""
    process = cli.start(f"login {server.url} --login admin --password-stdin", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        seen = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes() + pathlib.Path(f"/proc/{process.pid}/environ").read_bytes()
        process.communicate(server.password + "\n", timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert server.password.encode() not in seen


def test_no_option_takes_a_secret(cli):
    for usage in sections():
        help_text = cli.done(words_of(usage) + " --help")
        assert not re.search(r"--(\S*-)?(password|secret|token)\S* TEXT", help_text), usage


def test_logging_out_ends_the_token_on_the_server(admin_cli, server):
    token = json.loads(admin_cli.credentials.read_text())["servers"][server.url]["token"]
    assert "Logged out" in admin_cli.done("logout")
    assert server.admin().bearer(token).get("/api/v1/session").status == 401
    assert token not in admin_cli.credentials.read_text()
    assert admin_cli.run("logout").returncode == 4


def test_a_token_that_was_ended_elsewhere_says_to_log_in_again(admin_cli, server):
    kept = json.loads(admin_cli.credentials.read_text())["servers"][server.url]
    server.admin().delete(f"/api/v1/me/tokens/{kept['token_id']}", expect=204)
    done = admin_cli.run("workspace list")
    assert done.returncode == 4 and "berth login" in done.stderr


# Which server, as whom ----------------------------------------------------------------------------------------------


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


# What it prints ------------------------------------------------------------------------------------------------------


def test_lists_have_the_items_of_all_pages_or_as_many_as_are_wanted(admin_cli):
    names = [f"page-{number:04}" for number in range(5)]
    for name in names:
        admin_cli.done(f"workspace create {name}")
    assert len(admin_cli.json("workspace list --limit 3")) == 3
    everything = [each["name"] for each in admin_cli.json("workspace list")]
    assert [name for name in everything if name.startswith("page-")] == names
    assert len(admin_cli.done("workspace list --limit 3").splitlines()) == 4
    assert admin_cli.run("workspace list --limit 0").returncode == 2


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


def test_json_is_what_the_server_said(admin_cli, server):
    assert admin_cli.json("registry show berth") == server.admin().get("/api/v1/registries/berth").json


def test_warnings_go_to_stderr(admin_cli):
    admin_cli.done("workspace create forsaken")
    admin_cli.done("member set forsaken admin --role admin")
    done = admin_cli.run("member remove forsaken admin")
    assert done.returncode == 0 and "no administrator" in done.stderr


def test_output_that_cannot_be_written_is_no_success(admin_cli):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([admin_cli.binary, "registry", "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=admin_cli.environment)
    assert done.returncode == 1 and "cannot be written" in done.stderr


def test_a_damaged_file_of_logins_is_told(admin_cli):
    admin_cli.credentials.write_text("{")
    done = admin_cli.run("workspace list")
    assert done.returncode == 2 and "damaged" in done.stderr


def test_the_completion_completes(cli, tmp_path):
    script = tmp_path / "completion.bash"
    script.write_text(cli.done("completion bash"))

    def complete(*words):
        listed = " ".join(f"'{word}'" for word in words)
        line = f"source {script}; COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; _berth; echo ${{COMPREPLY[@]}}"
        return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout.split()

    assert complete("berth", "wor") == ["workspace"]
    assert complete("berth", "workspace", "") == ["list", "create", "show", "update", "delete"]
    assert complete("berth", "space", "create", "x", "--pu") == ["--public"]
    assert complete("berth", "member", "set", "w", "a", "--role", "") == ["admin", "editor", "viewer"]
    assert complete("berth", "workspace", "list", "-o", "") == ["table", "json"]
    assert complete("berth", "serv") == ["serve"]


# The first minutes ---------------------------------------------------------------------------------------------------


def test_what_the_server_prints_at_its_start_works_as_printed(berth, tmp_path):
    """The greeting's own lines, run by a shell, and then a push with the space that they made."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "berth").symlink_to(berth.resolve())
    with Server(berth, tmp_path / "data") as server:
        lines = [line.strip() for line in server.log_file.read_text().splitlines() if line.startswith("  berth ")]
        assert len(lines) == 2, server.log_file.read_text()
        environment = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "HOME": str(tmp_path)}
        for line, text_in in ((lines[0] + " --password-stdin", server.password + "\n"), (lines[1], "")):
            done = subprocess.run(["bash", "-ec", line], input=text_in, capture_output=True, text=True, check=False, env=environment)
            assert done.returncode == 0, f"{line}\n{done.stderr}"
        Repository(server.admin(), "library/my-image").push_image(Image([tar({"a": b"a"})]), "1")
        shown = Cli(berth, tmp_path).json("image show library/my-image")
        assert shown["tag_count"] == 1 and shown["visibility"] == "public"
