"""`berth` as people type it, each in a home of their own."""
import json
import os
import pathlib
import re
import shlex
import subprocess

REFERENCE = pathlib.Path(__file__).resolve().parent.parent.parent / "docs" / "cli.md"


class Cli:
    """One person's command line: a home with its kept logins, and a clean environment."""

    def __init__(self, binary, home, **environment):
        self.binary, self.home = str(binary), home
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **environment}

    @property
    def credentials(self):
        return self.home / ".config" / "berth" / "credentials.json"

    def with_(self, **environment):
        return Cli(self.binary, self.home, **{**self.environment, **environment})

    def run(self, line, text_in=""):
        """`line` without the leading berth, quoted as in a shell."""
        arguments = shlex.split(line) if isinstance(line, str) else line
        return subprocess.run([self.binary, *arguments], input=text_in, capture_output=True, text=True, check=False, env=self.environment, timeout=60)

    def start(self, line, **kw):
        return subprocess.Popen([self.binary, *shlex.split(line)], env=self.environment, text=True, **kw)

    def login(self, url, login, password, more=""):
        done = self.run(f"login {url} --login {login} --password-stdin {more}", password + "\n")
        assert done.returncode == 0, done.stderr
        return self

    def done(self, line, text_in=""):
        """Insists on success; gives what was printed."""
        done = self.run(line, text_in)
        assert done.returncode == 0, f"berth {line}: {done.returncode}\n{done.stderr}"
        return done.stdout

    def json(self, line, text_in=""):
        return json.loads(self.done(line + " -o json", text_in))


def sections():
    """The usage of every command, as docs/cli.md has it."""
    return re.findall(r"^### berth (.*)$", REFERENCE.read_text(), re.M)


def words_of(usage):
    """'member set WORKSPACE …' → 'member set'"""
    return re.match(r"[a-z-]+( [a-z-]+(?= |$))?", usage).group(0)
