"""Every route × every kind of asker, and every cell of the tables in docs/access.md, asked of a running server.

What a refusal looks like follows from the rule "existence is never revealed": who is not known gets 401; who may see a thing, but not
do that to it, 403; everybody else 404.
"""
import pathlib
import re

import pytest
import yaml

from berth_client import Server
from support import routes
from support.company import SPACES, Company, Subject
from support.registry import NOBODY_HAS, codes, registry_token

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOT_ALLOTTED = "not found, or not allotted to your workspace"

# Rows are askers, columns permissions; retail is the workspace of every path. "ok": allowed.
REST = """
                                                | open | signed in | own | change own | change password | audit | administer | see workspace | manage workspace | see namespace | manage namespace | see registry | create space | see space | manage space | push by a login
anonymous                                       | ok   | 401       | 401 | 401        | 401             | 401   | 401        | 401           | 401              | 401           | 401              | 401          | 401          | 401       | 401          | 401
user without workspace                          | ok   | ok        | ok  | ok         | ok              | 403   | 403        | 404           | 404              | 404           | 404              | ok           | 403          | 404       | 404          | 404
viewer of retail                                | ok   | ok        | ok  | ok         | ok              | 403   | 403        | ok            | 403              | ok            | 403              | ok           | 403          | ok        | 403          | 403
editor of retail                                | ok   | ok        | ok  | ok         | ok              | 403   | 403        | ok            | 403              | ok            | 403              | ok           | 403          | ok        | 403          | ok
admin of retail                                 | ok   | ok        | ok  | ok         | ok              | 403   | 403        | ok            | ok               | ok            | ok               | ok           | ok           | ok        | ok           | ok
session of the admin of retail                  | ok   | ok        | ok  | ok         | ok              | 403   | 403        | ok            | ok               | ok            | ok               | ok           | ok           | ok        | ok           | ok
viewer of other                                 | ok   | ok        | ok  | ok         | ok              | 403   | 403        | 404           | 404              | 404           | 404              | ok           | 403          | 404       | 404          | 404
editor of other                                 | ok   | ok        | ok  | ok         | ok              | 403   | 403        | 404           | 404              | 404           | 404              | ok           | 403          | 404       | 404          | 404
admin of other                                  | ok   | ok        | ok  | ok         | ok              | 403   | 403        | 404           | 404              | 404           | 404              | ok           | 403          | 404       | 404          | 404
auditor                                         | ok   | ok        | ok  | ok         | ok              | ok    | 403        | ok            | 403              | ok            | 403              | ok           | 403          | ok        | 403          | 403
platform administrator                          | ok   | ok        | ok  | ok         | ok              | ok    | ok         | ok            | ok               | ok            | ok               | ok           | ok           | ok        | ok           | ok
robot of retail                                 | ok   | ok        | 403 | 403        | 403             | 403   | 403        | ok            | 403              | ok            | 403              | ok           | 403          | ok        | 403          | 403
robot of a user                                 | ok   | ok        | 403 | 403        | 403             | 403   | 403        | ok            | 403              | ok            | 403              | ok           | 403          | ok        | 403          | 403
namespace of retail                             | ok   | 403       | 403 | 403        | 403             | 403   | 403        | 404           | 404              | 404           | 404              | 404          | 404          | 404       | 404          | 404
unbound namespace                               | ok   | 403       | 403 | 403        | 403             | 403   | 403        | 404           | 404              | 404           | 404              | 404          | 404          | 404       | 404          | 404
token of the admin of retail, API none          | ok   | 403       | 403 | 403        | 403             | 403   | 403        | 404           | 404              | 404           | 404              | 404          | 404          | 404       | 404          | 404
token of the admin of retail, API read          | ok   | ok        | ok  | 403        | 403             | 403   | 403        | ok            | 403              | ok            | 403              | ok           | 403          | ok        | 403          | 403
token of the admin of retail, API write         | ok   | ok        | ok  | ok         | 403             | 403   | 403        | ok            | ok               | ok            | ok               | ok           | ok           | ok        | ok           | ok
token of the admin of retail, to pull from base | ok   | 403       | 403 | 403        | 403             | 403   | 403        | 404           | 404              | 404           | 404              | 404          | 404          | 404       | 404          | 404
token of the platform administrator, API read   | ok   | ok        | ok  | 403        | 403             | ok    | 403        | ok            | 403              | ok            | 403              | ok           | 403          | ok        | 403          | 403
"""
# Good for the registry alone, or for nothing: 401 wherever it matters.
REGISTRY_TOKENS = ("registry token", "registry token to pull", "registry token for other repositories", "registry token of nobody")
# (The disabled user's password is tried in access_revocation_test.py, once: attempts with it are throttled.)
DEAD = ("expired token", "revoked token", "session of a disabled user", "token of a disabled user", "robot of a disabled user",
        "registry token of a disabled user")
FORGED = ("token of another server", "token of another server under this one's key id", "token with a broken signature",
          "token with changed claims", "token with alg none", "token with alg none and a signature", "token with alg HS256",
          "token with a foreign key in its header", "token without signature", "no token at all")

# The repository is retail-apps/web: private, in a space that retail owns and may push to; its home is retail.
REGISTRY = """
                                                | any credential | pull | push | delete
anonymous                                       | 401            | 401  | 401  | 401
user without workspace                          | ok             | 404  | 404  | 404
viewer of retail                                | ok             | ok   | 403  | 403
editor of retail                                | ok             | ok   | ok   | 403
admin of retail                                 | ok             | ok   | ok   | ok
viewer of other                                 | ok             | 404  | 404  | 404
editor of other                                 | ok             | 404  | 404  | 404
admin of other                                  | ok             | 404  | 404  | 404
auditor                                         | ok             | ok   | 403  | 403
platform administrator                          | ok             | ok   | ok   | ok
robot of retail                                 | ok             | ok   | ok   | 403
robot of a user                                 | ok             | ok   | ok   | 403
namespace of retail                             | ok             | ok   | 403  | 403
unbound namespace                               | ok             | 404  | 404  | 404
token of the admin of retail, API none          | ok             | ok   | ok   | ok
token of the admin of retail, API read          | ok             | ok   | ok   | ok
token of the admin of retail, API write         | ok             | ok   | ok   | ok
token of the admin of retail, to pull from base | ok             | 404  | 404  | 404
token of the platform administrator, API read   | ok             | ok   | ok   | ok
registry token                                  | ok             | ok   | ok   | ok
registry token to pull                          | ok             | ok   | 401  | 401
registry token for other repositories           | ok             | 401  | 401  | 401
registry token of nobody                        | ok             | 401  | 401  | 401
"""


def read_table(text):
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]
    return {row[0]: dict(zip(lines[0][1:], row[1:], strict=True)) for row in lines[1:]}


REST, REGISTRY = read_table(REST), read_table(REGISTRY)
for who in (*REGISTRY_TOKENS, *DEAD, *FORGED):
    REST[who] = {permission: "ok" if permission == "open" else "401" for permission in REST["anonymous"]}
for who in (*DEAD, *FORGED):
    REGISTRY[who] = dict.fromkeys(REGISTRY["anonymous"], "401")


def documented_tables():
    """title → who → column → "yes" or "-"."""
    tables, title = {}, None
    for line in (ROOT / "docs" / "access.md").read_text().splitlines():
        title = line[4:] if line.startswith("### ") else title
        if not line.startswith("| ") or line.startswith("|--"):
            continue
        first, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if first == "who":
            columns, tables[title] = cells, {}
        else:
            tables[title][first] = dict(zip(columns, cells, strict=True))
    return tables


DOCUMENTED = documented_tables()
KINDS = {"base": "A public space, bound to nobody", "shared": "A private space, bound to retail with pull",
         "pushed": "A private space, bound to retail with push", "vault": "A private space, bound to nobody",
         "retail-apps": "A private space, owned by retail and bound to it with push"}


@pytest.fixture(scope="module")
def company(berth, tmp_path_factory):
    place = tmp_path_factory.mktemp("company")
    with Server(berth, place / "data", {"tls-listen": "127.0.0.1:0"}) as server:
        with Server(berth, place / "foreign", {"public-url": server.url}) as foreign:
            made = Company(server, foreign)
        yield made


def test_every_operation_of_the_contract_is_in_the_table_and_no_other():
    paths = yaml.safe_load((ROOT / "api" / "openapi.yaml").read_text())["paths"]
    documented = {(method.upper(), path) for path, item in paths.items() for method in item if method in ("get", "post", "put", "patch", "delete")}
    assert {(route.method, route.pattern.replace("+}", "}")) for route in routes.REST if route.pattern.startswith("/api/")} == documented


def test_every_route_of_the_code_is_in_the_table_and_no_other():
    written = {(route.method, route.pattern) for route in routes.REST + routes.REGISTRY_ROUTES + routes.TOKEN_SERVICE}
    assert written == routes.of_the_code()


@pytest.mark.parametrize("column, documented, title", [
    ("see workspace", "see workspace", "The workspace retail, and the namespace that it claims"),
    ("manage workspace", "manage workspace", "The workspace retail, and the namespace that it claims"),
    ("see namespace", "see namespace", "The workspace retail, and the namespace that it claims"),
    ("manage namespace", "manage namespace", "The workspace retail, and the namespace that it claims"),
    ("administer", "claim namespace", "The workspace retail, and the namespace that it claims"),
    ("see registry", "see the platform's registry", "Registries and the platform"),
    ("administer", "manage the platform's registry", "Registries and the platform"),
    ("signed in", "signed in", "Registries and the platform"),
    ("audit", "audit", "Registries and the platform"),
    ("administer", "administer", "Registries and the platform"),
    ("see space", "see", KINDS["retail-apps"]),
    ("manage space", "manage", KINDS["retail-apps"]),
], ids=lambda value: value.replace(" ", "_") if len(value) < 40 else "")
def test_the_table_of_this_test_says_what_the_documentation_says(column, documented, title):
    rows = DOCUMENTED[title]
    assert {who: REST[who][column] == "ok" for who in rows} == {who: cells[documented] == "yes" for who, cells in rows.items()}


def name(text):
    return re.sub(r"[^A-Za-z0-9{}+/]+", "_", str(text)).strip("_")


@pytest.mark.parametrize("who", REST, ids=name)
@pytest.mark.parametrize("route", routes.REST, ids=name)
def test_rest(company, route, who):
    expected, subject = REST[who][route.permission], company.who[who]
    if str(route) == "DELETE /api/v1/session" and who == "session of the admin of retail":
        subject = Subject(company.signed_in("alice"))  # this one will be over
    reply = route.ask(subject.client, company, subject.login if expected == "ok" else None)
    if expected == "ok":
        assert reply.status in (route.allowed if isinstance(route.allowed, tuple) else (route.allowed,)), reply
    else:
        assert_refused_by_rest(reply, int(expected))
    if route.method == "GET":
        assert route.ask(subject.client, company, subject.login if expected == "ok" else None, method="HEAD").status == reply.status


def assert_refused_by_rest(reply, status):
    assert reply.status == status, reply
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["code"] == {401: "unauthenticated", 403: "denied", 404: "not_found"}[status]
    assert ("WWW-Authenticate" in reply.headers) == (status == 401)
    if status == 404:
        assert reply.json["detail"] == NOT_ALLOTTED


@pytest.mark.parametrize("who", REGISTRY, ids=name)
@pytest.mark.parametrize("route", routes.REGISTRY_ROUTES, ids=name)
def test_registry(company, route, who):
    expected, client = REGISTRY[who][route.permission], company.who[who].client
    reply = route.ask(client, company, who)
    if expected == "ok":
        status, code = route.allowed
        assert reply.status == status, reply
        assert code is None or codes(reply) == [code]
    else:
        assert_refused_by_registry(reply, int(expected))
    if route.method == "GET":
        assert route.ask(client, company, who, method="HEAD").status == reply.status


def assert_refused_by_registry(reply, status):
    assert reply.status == status, reply
    assert codes(reply) == [{401: "UNAUTHORIZED", 403: "DENIED", 404: "NAME_UNKNOWN"}[status]]
    challenges = reply.headers.get_all("WWW-Authenticate") or []
    assert [challenge.split()[0] for challenge in challenges] == (["Bearer"] if status == 401 else [])


@pytest.mark.parametrize("who", ["registry token to pull", "registry token for other repositories"], ids=name)
def test_a_token_of_smaller_scope_is_told_what_to_ask_for(company, who):
    reply = company.who[who].client.put("/v2/retail-apps/web/manifests/1", b"{}")
    challenge = reply.headers.get_all("WWW-Authenticate")[0]
    assert 'scope="repository:retail-apps/web:pull,push"' in challenge
    assert 'error="insufficient_scope"' in challenge


@pytest.mark.parametrize("who", [who for who in (*DEAD, *FORGED, *REGISTRY_TOKENS) if "session" not in who], ids=name)
def test_the_token_service_gives_nothing_for_a_bad_credential_or_a_registry_token(company, who):
    reply = company.who[who].client.get("/service/token?scope=repository:base/ours:pull")
    assert reply.status == 401, reply
    assert codes(reply) == ["UNAUTHORIZED"]
    assert [value.split()[0] for value in reply.headers.get_all("WWW-Authenticate")] == ["Basic"]


@pytest.mark.parametrize("who", ["anonymous", "admin of retail"], ids=name)
def test_the_token_service_refuses_a_form_without_a_credential(company, who):
    for form in (b"grant_type=password&username=alice&password=", b"grant_type=refresh_token&refresh_token=nonsense"):
        reply = company.who[who].client.post("/service/token", form, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert (reply.status, codes(reply)) == (401, ["UNAUTHORIZED"])


# What is asked for each column of the documentation's tables: a request of which nothing comes, and what allows it.
def ask_about_space(company, space, column, rest, registry):
    """`rest`, `registry`: the asker's clients. (reply, allowed status)"""
    spaces = "/api/v1/registries/berth/spaces"
    repository = f"{space}/{'ours' if 'ours' in column else 'theirs' if 'theirs' in column else company.unique('new')}"
    if column == "pull":
        return registry.get(f"/v2/{space}/ours/manifests/1"), 200
    if column == "see":
        return rest.get(f"{spaces}/{space}/repositories/ours"), 200
    if column.startswith("push"):
        return registry.post(f"/v2/{repository}/blobs/uploads/", b""), 202
    if column.startswith("delete"):
        return registry.delete(f"/v2/{repository}/manifests/{NOBODY_HAS}"), 404
    if column == "manage":
        return rest.request("PATCH", f"{spaces}/{space}", routes.UNKNOWN_FIELD), 400
    assert column == "bind"
    return rest.post("/api/v1/bindings", {"spaces": [f"berth/{space}"], "workspaces": ["lab"], "access": "pull", "dry_run": True}), 200


def check_cell(column, row, reply, allowed):
    refused = 401 if row["who"] == "anonymous" else 403 if column == "bind" else 404
    if column == "manage" and row["see"] == "yes" or column.startswith(("push", "delete")) and row["pull"] == "yes":
        refused = max(refused - 1, 401) if refused == 404 else refused
    if row[column] != "yes":
        (assert_refused_by_rest if column in ("see", "manage", "bind") else assert_refused_by_registry)(reply, refused)
        return
    assert reply.status == allowed, reply
    if column.startswith("delete"):
        assert codes(reply) == ["MANIFEST_UNKNOWN"], "allowed, and not there"


DOCUMENTED_ROWS = [pytest.param(space, who, id=f"{space}-{name(who)}") for space in SPACES for who in DOCUMENTED[KINDS[space]]]


@pytest.mark.parametrize("space, who", DOCUMENTED_ROWS)
def test_documented_cells_with_a_login(company, space, who):
    row = {"who": who, **DOCUMENTED[KINDS[space]][who]}
    client = company.who[who].client
    for column in list(row)[1:]:
        check_cell(column, row, *ask_about_space(company, space, column, client, client))


@pytest.mark.parametrize("space, who", DOCUMENTED_ROWS)
def test_documented_cells_with_a_token_of_the_widest_scope(company, space, who):
    row = {"who": who, **DOCUMENTED[KINDS[space]][who]}
    client = company.who[who].client
    for column in ("pull", "push ours", "push theirs", "delete ours", "delete theirs"):
        scopes = [f"repository:{space}/{repository}:pull,push,delete" for repository in ("ours", "theirs")]
        bearer = company.admin.bearer(registry_token(client, *scopes))
        check_cell(column, row, *ask_about_space(company, space, column, client, bearer))
