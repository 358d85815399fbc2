"""Everybody of docs/access.md, each with their kinds of credentials, in a world of their own.

The tables' "other" is lab. The six spaces of the world and `pushed` cover the tables' kinds; each has a repository `ours`, whose home
is retail, and `theirs`, whose home is lab.
"""
import base64
import datetime
import json
import time

from support.registry import push_image, registry_token
from support.world import World

EVERY_VERB = [{"verbs": ["pull", "push", "delete"]}]
SPACES = ("base", "shared", "pushed", "vault", "retail-apps")


class Subject:
    def __init__(self, client, login=None):
        self.client = client
        self.login = login  # the person behind it, who can make what only they have


class Company(World):
    def __init__(self, server, other_server):
        """`other_server`: one with keys of its own, which takes itself for this one (public-url): it signs foreign tokens."""
        super().__init__(server)
        self.numbers = iter(range(10**9))
        self.add_space("pushed")
        self.bind("pushed", "retail", "push")
        self.add_people()
        self.fill_spaces()
        push_image(self.user("alice"), "retail-apps/web", "1")
        self.add_robots()
        self.add_access_tokens()
        self.add_registry_tokens(other_server)
        self.add_things()
        self.add_disabled_user()
        self.await_expiry()

    def unique(self, prefix):
        return f"{prefix}-{next(self.numbers)}"

    # Everything that a subject is named by in the tests' tables.
    def add_people(self):
        for login, workspace, role in (("nora", None, None), ("violet", "lab", "viewer"), ("edgar", "lab", "editor")):
            self.add_user(login)
            if workspace:
                self.join(login, workspace, role)
        self.add_user("audrey", platform_role="auditor")
        people = {"user without workspace": "nora", "viewer of retail": "vera", "editor of retail": "eddie", "admin of retail": "alice",
                  "viewer of other": "violet", "editor of other": "edgar", "admin of other": "bob", "auditor": "audrey"}
        self.who = {name: Subject(self.user(login), login) for name, login in people.items()}
        self.who["platform administrator"] = Subject(self.admin, "admin")
        self.who["anonymous"] = Subject(self.admin.anonymous())
        self.who["namespace of retail"] = Subject(self.namespace("shop"))
        self.who["unbound namespace"] = Subject(self.namespace("stray"))
        self.who["session of the admin of retail"] = Subject(self.signed_in("alice"), "alice")

    def join(self, login, workspace, role):
        self.admin.put(f"/api/v1/workspaces/{workspace}/members/user/{login}", {"role": role}, expect=(200, 201))

    def signed_in(self, login):
        """By the cookie of a browser, with its token against forged requests."""
        reply = self.admin.anonymous().post("/api/v1/session", {"login": login, "password": self.password_of(login)}, expect=201)
        return CookieClient(self.admin, reply.headers["Set-Cookie"].split(";")[0], reply.json["csrf_token"])

    def password_of(self, login):
        return self.server.password if login == "admin" else self.PASSWORD

    def person(self, login):
        return self.admin.basic(login, self.password_of(login))

    # A home comes from a push: each space is bound with push for a moment, to one workspace after the other.
    def fill_spaces(self):
        before = self.admin.items("/api/v1/bindings")
        for space in SPACES:
            for repository, login, workspace in (("ours", "alice", "retail"), ("theirs", "bob", "lab")):
                self.bind(space, workspace, "push")
                push_image(self.user(login), f"{space}/{repository}", "1")
                self.unbind(space, workspace)
        for binding in before:
            self.bind(binding["space"].rpartition("/")[2], binding["workspace"], binding["access"])

    def add_robots(self):
        grants = {"api": "write", "spaces": EVERY_VERB}
        robot = self.user("alice").post("/api/v1/workspaces/retail/robots", {"name": "builder", "grants": grants}, expect=201).json
        self.who["robot of retail"] = Subject(self.admin.basic(robot["login"], robot["secret"]))
        self.robot = robot["id"]
        robot = self.user("eddie").post("/api/v1/me/robots", {"name": "builder", "grants": grants}, expect=201).json
        self.who["robot of a user"] = Subject(self.admin.basic(robot["login"], robot["secret"]))

    def access_token(self, login, api, spaces=None, **more):
        body = {"name": self.unique("token"), "grants": {"api": api, "spaces": EVERY_VERB if spaces is None else spaces}, **more}
        return self.person(login).post("/api/v1/me/tokens", body, expect=201).json

    def add_access_tokens(self):
        for api in ("none", "read", "write"):
            token = self.access_token("alice", api)
            self.who[f"token of the admin of retail, API {api}"] = Subject(self.admin.bearer(token["secret"]), "alice")
        self.token = token["id"]
        token = self.access_token("alice", "none", [{"space": "berth/base", "verbs": ["pull"]}])
        self.who["token of the admin of retail, to pull from base"] = Subject(self.admin.bearer(token["secret"]))
        token = self.access_token("admin", "read")
        self.who["token of the platform administrator, API read"] = Subject(self.admin.bearer(token["secret"]), "admin")
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(milliseconds=300)
        token = self.access_token("alice", "write", expires_at=soon.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
        self.who["expired token"] = Subject(self.admin.bearer(token["secret"]))
        token = self.access_token("alice", "write")
        self.person("alice").delete(f"/api/v1/me/tokens/{token['id']}", expect=204)
        self.who["revoked token"] = Subject(self.admin.bearer(token["secret"]))

    def add_registry_tokens(self, other_server):
        alice = self.user("alice")
        whole = registry_token(alice, "repository:retail-apps/web:pull,push,delete")
        self.who["registry token"] = Subject(self.admin.bearer(whole))
        self.who["registry token to pull"] = Subject(self.admin.bearer(registry_token(alice, "repository:retail-apps/web:pull")))
        other = registry_token(alice, "repository:shared/ours:pull", "repository:retail-apps/ours:pull,push,delete")
        self.who["registry token for other repositories"] = Subject(self.admin.bearer(other))
        self.who["registry token of nobody"] = Subject(self.admin.bearer(registry_token(self.admin.anonymous(), "repository:base/ours:pull")))
        for name, token in forged_tokens(whole, other_server.admin()).items():
            self.who[name] = Subject(self.admin.bearer(token))

    def add_things(self):
        """What the routes' parameters name."""
        self.admin.post("/api/v1/groups", {"name": "crew"}, expect=201)
        self.credential = self.admin.get(f"/api/v1/namespaces/{self.namespaces['shop']}/credentials", expect=200).json["items"][0]["id"]
        self.session = self.user("alice").get("/api/v1/me/sessions", expect=200).json["items"][0]["id"]
        self.own_robot = self.user("alice").post("/api/v1/me/robots", {"name": "mine", "grants": {"api": "none"}}, expect=201).json["id"]

    def add_disabled_user(self):
        self.add_user("dora")
        self.join("dora", "retail", "admin")
        dora = self.user("dora")
        token = self.access_token("dora", "write")
        robot = dora.post("/api/v1/me/robots", {"name": "builder", "grants": {"api": "write", "spaces": EVERY_VERB}}, expect=201).json
        self.who["session of a disabled user"] = Subject(self.signed_in("dora"))
        self.who["token of a disabled user"] = Subject(self.admin.bearer(token["secret"]))
        self.who["robot of a disabled user"] = Subject(self.admin.basic(robot["login"], robot["secret"]))
        scope = "repository:retail-apps/web:pull,push,delete"
        self.who["registry token of a disabled user"] = Subject(self.admin.bearer(registry_token(dora, scope)))
        self.admin.patch("/api/v1/users/dora", {"disabled": True}, expect=200)

    def await_expiry(self):
        expired = self.who["expired token"].client
        deadline = time.monotonic() + 10
        while expired.get("/api/v1/session").status == 200:
            assert time.monotonic() < deadline, "the token does not expire"


class CookieClient:
    """A client that sends a cookie in place of an Authorization."""

    def __init__(self, like, cookie, csrf_token):
        self.inner = like.anonymous()
        self.fields = {"Cookie": cookie, "X-CSRF-Token": csrf_token}
        self.host = like.host

    def request(self, method, path, body=None, headers=None, **kw):
        return self.inner.request(method, path, body, headers={**self.fields, **(headers or {})}, **kw)

    def get(self, path, **kw):
        return self.request("GET", path, **kw)

    def post(self, path, body=None, **kw):
        return self.request("POST", path, body, **kw)


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def read_part(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def forged_tokens(genuine, foreign_administrator):
    """Tokens that say the right things and were not signed by this server's key."""
    header, claims, signature = genuine.split(".")
    foreign_administrator.post("/api/v1/registries/berth/spaces", {"name": "retail-apps"}, expect=201)
    foreign = foreign_administrator.get("/service/token?scope=repository:retail-apps/web:pull,push,delete", expect=200).json["token"]
    foreign_header, foreign_claims, foreign_signature = foreign.split(".")
    kid = read_part(header)["kid"]
    more = {**read_part(claims), "sub": "user:1", "exp": read_part(claims)["exp"] + 3600}
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    for claim in ("aud", "iss", "access"):
        assert read_part(foreign_claims)[claim] == read_part(claims)[claim], "the foreign token is good but for its key"
    return {
        "token of another server": foreign,
        "token of another server under this one's key id": f"{header}.{foreign_claims}.{foreign_signature}",
        "token with a broken signature": f"{header}.{claims}.{flipped}",
        "token with changed claims": f"{header}.{part(more)}.{signature}",
        "token with alg none": f"{part({'alg': 'none', 'typ': 'JWT', 'kid': kid})}.{claims}.",
        "token with alg none and a signature": f"{part({'alg': 'none', 'typ': 'JWT', 'kid': kid})}.{claims}.{signature}",
        "token with alg HS256": f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{claims}.{signature}",
        "token with a foreign key in its header": f"{part({**read_part(foreign_header), 'jwk': {'kty': 'EC'}})}.{claims}.{signature}",
        "token without signature": f"{header}.{claims}",
        "no token at all": "nonsense",
    }
