"""Every command of the command line once, in one story, and its documentation."""
import json
import re

import pytest

from support.cli import REFERENCE, Cli, sections, words_of
from support.oci import Image, Repository, tar

PASSWORD = "correct horse battery"


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
    ("admin", "space update apps --untagged-days 30", 0, "30"),
    ("admin", "space update apps --untagged-days none", 0, "Version:"),
    ("admin", "space update apps --untagged-days some", 2, "is no whole number"),
    ("admin", "workspace update retail --quota 5GiB", 0, "5.0 GiB"),
    ("alice", "workspace update retail --quota none", 1, "a platform administrator sets the quota"),
    ("admin", "workspace update retail --quota none", 0, "Version:"),
    ("admin", "collection show", 0, "Reviews due:"),
    ("admin", "collection pause", 0, "yes"),
    ("admin", "collection run", 0, "Run:"),
    ("admin", "collection runs", 0, "ASKED FOR BY"),
    ("admin", "collection log 1", 0, ""),
    ("admin", "collection resume", 0, "no"),
    ("admin", "collection preview", 0, "Freed:"),
    ("alice", "collection run", 1, "only a platform administrator may do this"),
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
    ("alice", "audit list", 1, "only a platform administrator or auditor may see this"),
    ("admin", "signing-key rotate", 0, "Created:"),
    ("admin", "signing-key list", 0, "VERIFIES UNTIL"),
    ("alice", "signing-key rotate", 1, "only a platform administrator may do this"),
    ("admin", "settings set --anonymous-pull off", 0, "no"),
    ("admin", "settings show", 0, "Anonymous pull:  no"),
    ("admin", "settings set --anonymous-pull maybe", 2, "must be on or off"),
    ("admin", "scrub stop", 0, "never"),
    ("admin", "scrub start --rate 1MiB", 0, "running"),
    ("admin", "scrub show", 0, "Limit per second:"),
    ("admin", "scrub damaged", 0, ""),
    ("alice", "scrub show", 1, "only a platform administrator may do this"),
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


def test_the_story_has_every_command():
    played = [f"{step[1]} " for step in STORY if step[2] == 0]
    commands = {words_of(usage) for usage in sections()} - LOGIN_STEPS
    assert len(commands) > 60
    assert [command for command in commands if not any(line.startswith(command + " ") for line in played)] == []


def test_the_documentation_is_what_the_program_says(cli):
    assert cli.done("reference") == REFERENCE.read_text(), "run: berth reference > docs/cli.md"


def test_help_names_what_the_documentation_names(cli):
    text = REFERENCE.read_text()
    for part in text.split("\n### berth ")[1:]:
        command = words_of(part.splitlines()[0])
        help_text = cli.done(command + " --help")
        for name in re.findall(r"^\| `(\S+?)[ `]", part, re.M):
            assert name in help_text, f"{command}: {name}"
