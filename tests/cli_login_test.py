"""Logging in and out from the command line, and where secrets go."""
import json
import os
import pathlib
import pty
import re
import select
import signal
import stat
import subprocess

from berth_client import Server
from support.cli import sections, words_of


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


def test_a_login_to_a_new_server_in_an_old_ones_place_is_good(cli, berth, tmp_path):
    with Server(berth, tmp_path / "old") as old:
        url = old.url
        cli.login(url, "admin", old.password)
    with Server(berth, tmp_path / "new", {"listen": url.split("//")[1]}) as new:
        cli.login(url, "admin", new.password)
        assert cli.done("whoami"), "its first token has the number of the old server's first"


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
