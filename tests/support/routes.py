"""Every route of the server, with the permission that it must ask for: written from docs/access.md and the REST reference, not from the code.

`of_the_code()` reads the route tables in the sources, so that a route which stands there and not here fails a test.
"""
import pathlib
import re

from support.registry import NOBODY_HAS, push_image

SOURCES = pathlib.Path(__file__).resolve().parent.parent.parent / "src"
UNKNOWN_FIELD = {"no_such_field": 1}
UPLOAD = "00000000-0000-4000-8000-000000000000"
WORKSPACE, NAMESPACE, REGISTRY = "/api/v1/workspaces/{workspace}", "/api/v1/namespaces/{namespace}", "/api/v1/registries/{registry}"
SPACE = REGISTRY + "/spaces/{space}"


class Route:
    """`allowed`: what those get who may ask; a (status, code) on /v2. Bodies are chosen so that nothing happens, where that can be;
    otherwise `fresh` makes something to spend: (company, login) → the parameters that name it."""

    def __init__(self, method, pattern, permission, allowed=None, body=None, fresh=None, query="", headers=None):
        self.method, self.pattern, self.permission = method, pattern, permission
        self.body = body if body is not None else UNKNOWN_FIELD if method in ("POST", "PUT", "PATCH") and allowed is None else None
        self.allowed = allowed or (200 if method == "GET" else 400)
        self.fresh, self.query, self.headers = fresh, query, headers or {}

    def __str__(self):
        return f"{self.method} {self.pattern}"

    def path(self, company, login=None):
        """`login`: of the one who may ask, where the route uses something up."""
        names = {"workspace": "retail", "namespace": company.namespaces["shop"], "registry": "berth", "space": "retail-apps",
                 "repository+": "web", "name+": "retail-apps/web", "user": "vera", "group": "crew", "cluster": "c1", "kind": "user", "principal": "vera",
                 "credential": company.credential, "robot": company.own_robot if "/me/" in self.pattern else company.robot,
                 "token": company.token, "session": company.session, "digest": NOBODY_HAS, "reference": "1", "upload": UPLOAD,
                 "run": 4_000_000_000}
        if self.fresh and login:
            names.update(self.fresh(company, login))
        return re.sub(r"{([^}]*)}", lambda m: str(names[m.group(1)]), self.pattern) + self.query

    def ask(self, client, company, login=None, method=None):
        return client.request(method or self.method, self.path(company, login), self.body, headers=self.headers)


def new_user(company, _):
    login = company.unique("spare")
    # Without the password of the others: made by the server, so that no argon2id is waited for twice.
    company.admin.post("/api/v1/users", {"login": login}, expect=201)
    return {"user": login}


def new_group(company, _):
    name = company.unique("group")
    company.admin.post("/api/v1/groups", {"name": name}, expect=201)
    return {"group": name}


def new_member(company, _):
    login = new_user(company, None)["user"]
    company.join(login, "retail", "viewer")
    return {"principal": login}


def new_robot(company, _):
    body = {"name": company.unique("robot"), "grants": {"api": "none"}}
    return {"robot": company.admin.post("/api/v1/workspaces/retail/robots", body, expect=201).json["id"]}


def own_robot(company, login):
    body = {"name": company.unique("robot"), "grants": {"api": "none"}}
    return {"robot": company.person(login).post("/api/v1/me/robots", body, expect=201).json["id"]}


def own_token(company, login):
    return {"token": company.access_token(login, "none")["id"]}


def own_session(company, login):
    before = {item["id"] for item in company.person(login).items("/api/v1/me/sessions")}
    company.signed_in(login)
    (made,) = {item["id"] for item in company.person(login).items("/api/v1/me/sessions")} - before
    return {"session": made}


def new_repository(company, _):
    name = company.unique("gone")
    push_image(company.user("alice"), f"retail-apps/{name}", "1")
    return {"repository+": name}


def new_credential(company, _):
    path = f"/api/v1/namespaces/{company.namespaces['shop']}/credentials"
    return {"credential": company.admin.post(path, {}, expect=201).json["id"]}


def existing_space():
    """Allowed for those who may make one for retail, and in vain."""
    return {"name": "retail-apps", "owner_workspace": "retail"}


STALE = {"If-Match": '"0"'}  # 412: allowed, and nothing happens

REST = [
    # The server itself: for probes and scrapers, which have no account.
    Route("GET", "/", "open"),
    Route("GET", "/healthz", "open"),
    Route("GET", "/readyz", "open"),
    Route("GET", "/metrics", "open"),
    Route("GET", "/ca.crt", "open"),
    Route("GET", "/api/v1/version", "open"),
    Route("POST", "/api/v1/session", "open"),
    # What is one's own.
    Route("GET", "/api/v1/session", "signed in"),
    Route("DELETE", "/api/v1/session", "signed in", 204),
    Route("PUT", "/api/v1/me/password", "change password"),
    Route("GET", "/api/v1/me/sessions", "own"),
    Route("DELETE", "/api/v1/me/sessions/{session}", "change own", 204, fresh=own_session),
    Route("GET", "/api/v1/me/tokens", "own"),
    Route("POST", "/api/v1/me/tokens", "change own"),
    Route("DELETE", "/api/v1/me/tokens/{token}", "change own", 204, fresh=own_token),
    Route("GET", "/api/v1/me/robots", "own"),
    Route("POST", "/api/v1/me/robots", "change own"),
    Route("GET", "/api/v1/me/robots/{robot}", "own", fresh=own_robot),
    Route("PATCH", "/api/v1/me/robots/{robot}", "change own", fresh=own_robot),
    Route("DELETE", "/api/v1/me/robots/{robot}", "change own", 204, fresh=own_robot),
    Route("POST", "/api/v1/me/robots/{robot}/secret", "change own", 200, fresh=own_robot),
    # People.
    Route("GET", "/api/v1/users", "audit"),
    Route("POST", "/api/v1/users", "administer"),
    Route("GET", "/api/v1/users/{user}", "audit"),
    Route("PATCH", "/api/v1/users/{user}", "administer"),
    Route("DELETE", "/api/v1/users/{user}", "administer", 204, fresh=new_user),
    Route("GET", "/api/v1/groups", "audit"),
    Route("POST", "/api/v1/groups", "administer"),
    Route("GET", "/api/v1/groups/{group}", "audit"),
    Route("DELETE", "/api/v1/groups/{group}", "administer", 204, fresh=new_group),
    Route("PUT", "/api/v1/groups/{group}/members/{user}", "administer", 204),
    Route("DELETE", "/api/v1/groups/{group}/members/{user}", "administer", 204),
    # Signing keys.
    Route("GET", "/api/v1/signing-keys", "audit"),
    Route("POST", "/api/v1/signing-keys", "administer", 201),
    # Workspaces.
    Route("GET", "/api/v1/workspaces", "signed in"),
    Route("POST", "/api/v1/workspaces", "administer"),
    Route("GET", WORKSPACE, "see workspace"),
    Route("PATCH", WORKSPACE, "manage workspace"),
    Route("DELETE", WORKSPACE, "administer", 412, headers=STALE),
    Route("GET", WORKSPACE + "/members", "see workspace"),
    Route("PUT", WORKSPACE + "/members/{kind}/{principal}", "manage workspace"),
    Route("DELETE", WORKSPACE + "/members/{kind}/{principal}", "manage workspace", (200, 204), fresh=new_member),
    Route("GET", WORKSPACE + "/robots", "see workspace"),
    Route("POST", WORKSPACE + "/robots", "manage workspace"),
    Route("GET", WORKSPACE + "/robots/{robot}", "see workspace"),
    Route("PATCH", WORKSPACE + "/robots/{robot}", "manage workspace"),
    Route("DELETE", WORKSPACE + "/robots/{robot}", "manage workspace", 204, fresh=new_robot),
    Route("POST", WORKSPACE + "/robots/{robot}/secret", "manage workspace", 200, fresh=new_robot),
    Route("GET", WORKSPACE + "/bindings", "see workspace"),
    Route("GET", WORKSPACE + "/namespaces", "see workspace"),
    Route("GET", WORKSPACE + "/images", "see workspace"),
    Route("GET", WORKSPACE + "/audit", "manage workspace"),
    # Clusters and namespaces.
    Route("GET", "/api/v1/clusters", "audit"),
    Route("POST", "/api/v1/clusters", "administer"),
    Route("GET", "/api/v1/clusters/{cluster}", "audit"),
    Route("PATCH", "/api/v1/clusters/{cluster}", "administer"),
    Route("DELETE", "/api/v1/clusters/{cluster}", "administer", 412, headers=STALE),
    Route("GET", "/api/v1/namespaces", "signed in"),
    Route("POST", "/api/v1/namespaces", "administer"),
    Route("GET", NAMESPACE, "see namespace"),
    Route("DELETE", NAMESPACE, "administer", 412, headers=STALE),
    Route("GET", NAMESPACE + "/images", "see namespace"),
    Route("PUT", NAMESPACE + "/claim", "administer"),
    Route("DELETE", NAMESPACE + "/claim", "administer", 412, headers=STALE),
    Route("PUT", NAMESPACE + "/binding", "manage namespace", 412, headers=STALE),
    Route("DELETE", NAMESPACE + "/binding", "manage namespace", 412, headers=STALE),
    Route("GET", NAMESPACE + "/credentials", "manage namespace"),
    Route("POST", NAMESPACE + "/credentials", "manage namespace"),
    Route("DELETE", NAMESPACE + "/credentials/{credential}", "manage namespace", 204, fresh=new_credential),
    # Registries, spaces, bindings.
    Route("GET", "/api/v1/registries", "signed in"),
    Route("GET", REGISTRY, "see registry"),
    Route("PATCH", REGISTRY, "administer"),
    Route("POST", REGISTRY + "/publicity-preview", "administer"),
    Route("GET", REGISTRY + "/spaces", "see registry"),
    Route("POST", REGISTRY + "/spaces", "create space", 409, body=existing_space()),
    Route("GET", SPACE, "see space"),
    Route("PATCH", SPACE, "manage space"),
    Route("DELETE", SPACE, "manage space", 412, headers=STALE),
    Route("GET", "/api/v1/bindings", "signed in"),
    Route("POST", "/api/v1/bindings", "administer"),
    Route("POST", "/api/v1/bindings/remove", "administer"),
    # Images.
    Route("GET", "/api/v1/images", "signed in"),
    Route("GET", SPACE + "/repositories", "see space"),
    Route("GET", SPACE + "/repositories/{repository+}", "see space"),
    Route("DELETE", SPACE + "/repositories/{repository+}", "manage space", 204, fresh=new_repository),
    Route("GET", SPACE + "/tags/{repository+}", "see space"),
    Route("GET", SPACE + "/artifacts/{repository+}", "see space", query="?reference=1"),
    Route("GET", SPACE + "/push-commands", "see space"),
    Route("POST", SPACE + "/temporary-login", "push by a login", 201, body={"repository": "web", "lifetime_seconds": 60}),
    # The garbage collector.
    Route("GET", "/api/v1/collection", "audit"),
    Route("PATCH", "/api/v1/collection", "administer"),
    Route("GET", "/api/v1/collection/preview", "audit"),
    Route("GET", "/api/v1/collection/runs", "audit"),
    Route("POST", "/api/v1/collection/runs", "administer", 202),
    Route("GET", "/api/v1/collection/runs/{run}", "audit", 404),
    Route("GET", "/api/v1/collection/runs/{run}/log", "audit", 404),
    # The platform.
    Route("GET", "/api/v1/audit", "audit"),
    Route("GET", "/api/v1/settings", "administer"),
    Route("PATCH", "/api/v1/settings", "administer"),
    Route("GET", "/api/v1/scrub", "administer"),
    Route("POST", "/api/v1/scrub", "administer"),
    Route("DELETE", "/api/v1/scrub", "administer", 200),
    Route("GET", "/api/v1/damaged-blobs", "administer"),
    Route("GET", "/api/v1/explain", "signed in", 400, query="?subject=nonsense"),
]

REGISTRY_ROUTES = [
    Route("GET", "/v2/", "any credential", (200, None)),
    Route("GET", "/v2/_catalog", "any credential", (200, None)),
    Route("GET", "/v2/_oci/ext/discover", "any credential", (200, None)),
    Route("GET", "/v2/{name+}/_oci/ext/discover", "pull", (200, None)),
    Route("GET", "/v2/{name+}/tags/list", "pull", (200, None)),
    Route("GET", "/v2/{name+}/referrers/{digest}", "pull", (200, None)),
    Route("GET", "/v2/{name+}/manifests/{reference}", "pull", (200, None)),
    Route("PUT", "/v2/{name+}/manifests/{reference}", "push", (400, "MANIFEST_INVALID"), body=b"{}"),
    Route("DELETE", "/v2/{name+}/manifests/{reference}", "delete", (404, "MANIFEST_UNKNOWN"), fresh=lambda *_: {"reference": NOBODY_HAS}),
    Route("GET", "/v2/{name+}/blobs/{digest}", "pull", (404, "BLOB_UNKNOWN")),
    Route("DELETE", "/v2/{name+}/blobs/{digest}", "delete", (404, "BLOB_UNKNOWN")),
    Route("POST", "/v2/{name+}/blobs/uploads/", "push", (202, None), body=b""),
    Route("GET", "/v2/{name+}/blobs/uploads/{upload}", "push", (404, "BLOB_UPLOAD_UNKNOWN")),
    Route("PATCH", "/v2/{name+}/blobs/uploads/{upload}", "push", (404, "BLOB_UPLOAD_UNKNOWN"), body=b"bytes"),
    Route("PUT", "/v2/{name+}/blobs/uploads/{upload}", "push", (404, "BLOB_UPLOAD_UNKNOWN"), body=b"bytes", query="?digest=" + NOBODY_HAS),
    Route("DELETE", "/v2/{name+}/blobs/uploads/{upload}", "push", (404, "BLOB_UPLOAD_UNKNOWN")),
]

# The token service takes Basic, and says 401 to a credential that is none; what it grants is tested with the registry.
TOKEN_SERVICE = [Route("GET", "/service/token", "open", 200), Route("POST", "/service/token", "open", 200)]


def of_the_code():
    """(METHOD, pattern) of each line of a route table in the sources: `{Method::kGet, "/api/v1/…", …}`, the pattern a literal or a
    constant of the file; or with the names of its members, `{.method = Method::kGet, .pattern = "/v2/…", …}`."""
    found = set()
    for file in sorted(SOURCES.glob("*/*routes.cpp")):
        text = file.read_text()
        constants = dict(re.findall(r'string_view (k\w+) = "([^"]*)"', text))
        lines = re.findall(r'{\s*(?:\.method = )?(?:http::)?(?:Method::)?k(Get|Head|Post|Put|Patch|Delete),\s*(?:\.pattern = )?("[^"]*"|k\w+)', text)
        assert len(re.findall(r"\bk(?:Get|Head|Post|Put|Patch|Delete),", text)) == len(lines), f"{file} has a route that this cannot read"
        found |= {(method.upper(), pattern.strip('"') if pattern.startswith('"') else constants[pattern]) for method, pattern in lines}
    return found
