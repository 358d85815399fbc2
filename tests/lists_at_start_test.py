"""Between a start and the moment when every image is known, lists say so; the rest of the server is there."""
import contextlib
import subprocess

from berth_client import Server
from support import postgres
from support.contract import Contract
from support.registry import push_image

LISTS = ("/api/v1/images", "/api/v1/images?search=we", "/api/v1/workspaces/retail/images", "/api/v1/registries/berth/spaces/apps/repositories")


@contextlib.contextmanager
def kept_from_reading(uri, table):
    """Whoever reads the table waits until the block ends."""
    with subprocess.Popen(["psql", "-q", "-d", uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        session.stdin.write(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE;\n\\echo held\n")
        session.stdin.flush()
        assert session.stdout.readline() == "held\n"
        try:
            yield
        finally:
            session.communicate("ROLLBACK;\n")


def test_lists_are_refused_until_the_images_are_known(berth, tmp_path):
    contract = Contract()
    with postgres.cluster() as cluster:
        uri = cluster("starting")
        postgres.create(uri)
        server = Server(berth, tmp_path / "data", {"database": uri})
        with server:
            admin = server.admin()
            admin.post("/api/v1/registries/berth/spaces", {"name": "apps", "public": True}, expect=201)
            admin.post("/api/v1/workspaces", {"name": "retail"}, expect=201)
            admin.post("/api/v1/bindings", {"spaces": ["berth/apps"], "workspaces": ["retail"], "access": "push"}, expect=(200, 201))
            admin.put("/api/v1/workspaces/retail/members/user/admin", {"role": "editor"}, expect=(200, 201))
            push_image(admin, "apps/web", "1", b"a layer")
        with contextlib.ExitStack() as held, contextlib.ExitStack() as running:
            held.enter_context(kept_from_reading(uri, "repositories"))
            running.enter_context(server)
            running.callback(held.close)  # before the server is stopped: it waits for what it reads
            admin = server.admin()
            for path in LISTS:
                refused = admin.get(path)
                assert (refused.status, refused.json["code"], refused.headers["Retry-After"]) == (503, "starting", "1"), path
                operation = contract.operation("GET", path.partition("?")[0])
                assert "503" in operation.document["responses"], path
            assert admin.get("/readyz").status == 503
            for path in ("/v2/", "/healthz", "/api/v1/session", "/api/v1/workspaces"):
                admin.get(path, expect=200)

            held.close()
            server.wait_until_ready()
            for path in LISTS:
                assert [item["name"] for item in admin.items(path)] == ["web"], path
