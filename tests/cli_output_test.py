"""What the command line prints, and that what the server prints at its start works as printed."""
import os
import subprocess

from berth_client import Server
from support.cli import Cli
from support.oci import Image, Repository, tar


def test_lists_have_the_items_of_all_pages_or_as_many_as_are_wanted(admin_cli):
    names = [f"page-{number:04}" for number in range(5)]
    for name in names:
        admin_cli.done(f"workspace create {name}")
    assert len(admin_cli.json("workspace list --limit 3")) == 3
    everything = [each["name"] for each in admin_cli.json("workspace list")]
    assert [name for name in everything if name.startswith("page-")] == names
    assert len(admin_cli.done("workspace list --limit 3").splitlines()) == 4
    assert admin_cli.run("workspace list --limit 0").returncode == 2


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
