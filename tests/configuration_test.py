"""Settings that are wrong: refused at start, all at once, each with where it came from; and secrets that stay secret."""
import socket

import pytest

from berth_client import Server
from support.registry import registry_token
from support.serving import check_refuses_to_start, run


def test_all_errors_at_once(berth, tmp_path):
    (tmp_path / "berth.yaml").write_text("lisen: 127.0.0.1:0\nio-threads: many\n")
    done = run(berth, "--config", tmp_path / "berth.yaml", "--token-lifetime=1s", "--log-level=loud", "--drain-timeout=ten",
               "--no-such-setting=1", f"--data-dir={tmp_path / 'data'}", environment={"BERTH_MINIMUM_RATE": "0", "BERTH_TYPO": "1"})
    check_refuses_to_start(done, 2, "--token-lifetime must lie between 60s and 1h", "--log-level", "--drain-timeout",
                           "--no-such-setting", "BERTH_MINIMUM_RATE", "BERTH_TYPO", "lisen", "io-threads")
    assert len(done.stderr.strip().splitlines()) == 9, "one line each, under a headline"
    assert not (tmp_path / "data").exists(), "nothing was begun"


@pytest.mark.parametrize("arguments", [["--listen"], ["listen=127.0.0.1:0"], ["-l", "x"], ["--"], ["--listen", "127.0.0.1:0", "stray"]], ids=" ".join)
def test_arguments_that_are_none(berth, arguments):
    check_refuses_to_start(run(berth, *arguments), 2)


@pytest.mark.parametrize("text", ["- a\n- b\n", "listen: [a]\n", "listen: {a: b}\n", "a: b: c\n", "\0", "just words\n"],
                         ids=["list", "list_value", "map_value", "broken", "nul", "words"])
def test_a_file_that_is_none(berth, tmp_path, text):
    (tmp_path / "berth.yaml").write_text(text)
    check_refuses_to_start(run(berth, "--config", tmp_path / "berth.yaml", f"--data-dir={tmp_path / 'data'}"), 2, str(tmp_path / "berth.yaml"))


def test_a_file_that_is_not_there(berth, tmp_path):
    check_refuses_to_start(run(berth, "--config", tmp_path / "nothing.yaml"), 2, str(tmp_path / "nothing.yaml"))


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "256.0.0.1:0", "192.0.2.1:0"])
def test_an_address_that_cannot_be_served(berth, tmp_path, listen):
    done = run(berth, f"--listen={listen}", f"--data-dir={tmp_path / 'data'}")
    assert done.returncode in (1, 2)
    check_refuses_to_start(done, done.returncode, listen.partition(":")[0])


def test_an_address_that_is_taken(berth, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        check_refuses_to_start(run(berth, f"--listen=127.0.0.1:{port}", f"--data-dir={tmp_path / 'data'}"), 1, "127.0.0.1", str(port))


def test_nothing_to_serve(berth, tmp_path):
    check_refuses_to_start(run(berth, "--listen=", f"--data-dir={tmp_path / 'data'}"), 1, "listen")


def test_a_certificate_that_is_none(berth, tmp_path):
    (tmp_path / "x.pem").write_text("nonsense")
    done = run(berth, "--listen=127.0.0.1:0", "--tls-listen=127.0.0.1:0", f"--data-dir={tmp_path / 'data'}",
               f"--tls-certificate={tmp_path / 'x.pem'}", f"--tls-key={tmp_path / 'x.pem'}")
    check_refuses_to_start(done, 1, "x.pem")


def test_a_database_that_does_not_answer(berth, tmp_path):
    done = run(berth, "--listen=127.0.0.1:0", f"--data-dir={tmp_path / 'data'}", "--database=postgres://berth:very-secret@127.0.0.1:1/berth")
    check_refuses_to_start(done, 1)
    assert "very-secret" not in done.stderr + done.stdout


def test_secrets_are_in_no_log(berth, tmp_path):
    with Server(berth, tmp_path / "data", {"log-level": "debug"}) as server:
        admin = server.admin()
        secret = admin.post("/api/v1/me/tokens", {"name": "x", "grants": {"api": "read"}}, expect=201).json["secret"]
        token = registry_token(admin)
        admin.bearer(secret).get("/api/v1/images", expect=200)
        admin.bearer(token).get("/v2/", expect=200)
        admin.get(f"/v2/?token={secret}")
        log = server.log_file.read_text()
    for text in (server.password, secret, token):
        assert text not in log
