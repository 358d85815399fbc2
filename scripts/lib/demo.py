"""The main job, by itself, on real images: two workspaces, a public and a private space, a binding, pushes, what each workspace
sees, a pull that succeeds, one that is refused, why, an unbind, and the refusal that follows at once.

Prints a table of what was expected and what happened; exits 1 when anything differs.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import images
from berth_client import Server

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Table:
    def __init__(self):
        self.rows = []

    def check(self, what, expected, happened):
        self.rows.append((what, expected, happened, expected == happened))
        print(f"  {'ok  ' if expected == happened else 'FAIL'}  {what}: {happened}", flush=True)

    def show(self):
        widths = [max(len(str(row[i])) for row in self.rows + [("step", "expected", "happened", True)]) for i in range(3)]
        line = "+".join("-" * (width + 2) for width in widths)
        print(f"\n {'step':<{widths[0]}} | {'expected':<{widths[1]}} | {'happened':<{widths[2]}}\n{line}")
        for what, expected, happened, same in self.rows:
            print(f" {what:<{widths[0]}} | {expected:<{widths[1]}} | {happened:<{widths[2]}}{'' if same else '   <-- differs'}")
        failed = sum(1 for row in self.rows if not row[3])
        print(f"\n{len(self.rows) - failed} of {len(self.rows)} steps as expected")
        return failed == 0


def skopeo(*arguments):
    return subprocess.run(["skopeo", "--insecure-policy", *map(str, arguments)], capture_output=True, text=True, check=False)


def push(layout, reference, credential):
    done = skopeo("copy", "--all", "--dest-tls-verify=false", "--dest-creds", ":".join(credential), f"oci:{layout}", f"docker://{reference}")
    return "pushed" if done.returncode == 0 else "refused: " + done.stderr.strip()[-200:]


def pull(reference, credential, into):
    shutil.rmtree(into, ignore_errors=True)
    done = skopeo("copy", "--all", "--src-tls-verify=false", "--src-creds", ":".join(credential), f"docker://{reference}", f"dir:{into}")
    if done.returncode == 0:
        return "pulled"
    # What a client says when it may not see the repository; anything else is a fault of ours and shows in the table.
    refused = any(word in done.stderr for word in ("name unknown", "denied", "unauthorized", "requested access"))
    return "refused" if refused else "error: " + done.stderr.strip()[-200:]


def seen(admin, workspace):
    items = admin.items(f"/api/v1/workspaces/{workspace}/images")
    return ", ".join(sorted(f"{item['space']}/{item['name']}" for item in items)) or "(nothing)"


def world(admin):
    """retail with editor alice and namespace shop; lab with namespace bench. Gives alice's and the namespaces' credentials."""
    credentials = {"alice": ("alice", "demo-password-of-alice")}
    for workspace in ("retail", "lab"):
        admin.post("/api/v1/workspaces", {"name": workspace}, expect=201)
    admin.post("/api/v1/users", {"login": "alice", "password": credentials["alice"][1]}, expect=201)
    admin.put("/api/v1/workspaces/retail/members/user/alice", {"role": "editor"}, expect=(200, 201))
    admin.post("/api/v1/clusters", {"name": "c1", "uid": "0b9f2a51-7c1e-4f0f-9a55-000000000001"}, expect=201)
    for number, (namespace, workspace) in enumerate((("shop", "retail"), ("bench", "lab"))):
        made = admin.post("/api/v1/namespaces", {"cluster": "c1", "name": namespace, "uid": f"0b9f2a51-7c1e-4f0f-9a55-00000000010{number}",
                                                 "workspace": workspace}, expect=201).json
        secret = admin.post(f"/api/v1/namespaces/{made['id']}/credentials", {}, expect=201).json
        credentials[namespace] = (secret["username"], secret["password"])
    admin.post("/api/v1/registries/berth/spaces", {"name": "base", "public": True}, expect=201)
    admin.post("/api/v1/registries/berth/spaces", {"name": "apps", "public": False}, expect=201)
    for space in ("base", "apps"):
        admin.post("/api/v1/bindings", {"spaces": [f"berth/{space}"], "workspaces": ["retail"], "access": "push"}, expect=(200, 201))
    return credentials


def explain(admin, namespace, image):
    answer = admin.get(f"/api/v1/explain?subject=namespace:c1/{namespace}&action=pull&image={image}", expect=200).json
    for step in answer["steps"]:
        print(f"        {'yes' if step['holds'] else 'no '}  {step['text']}")
    return "allowed" if answer["allowed"] else "refused"


def run(server, work, table):
    admin = server.admin()
    host = admin.host
    print("Building images from Debian packages")
    built = images.build(work / "images")
    print("Making workspaces retail and lab, a public space base and a private space apps")
    credentials = world(admin)
    shop, bench, alice = credentials["shop"], credentials["bench"], credentials["alice"]
    into = work / "pulled"

    table.check("alice pushes base:1.0 (amd64 and arm64) to the public space", "pushed", push(f"{built}/base:1.0", f"{host}/base/busybox:1.0", alice))
    table.check("alice pushes web:1.2 to the private space", "pushed", push(f"{built}/web:1.2", f"{host}/apps/web:1.2", alice))
    table.check("retail sees", "apps/web, base/busybox", seen(admin, "retail"))
    table.check("lab sees", "base/busybox", seen(admin, "lab"))
    table.check("namespace shop (retail) pulls apps/web", "pulled", pull(f"{host}/apps/web:1.2", shop, into))
    table.check("namespace bench (lab) pulls apps/web", "refused", pull(f"{host}/apps/web:1.2", bench, into))
    table.check("namespace bench (lab) pulls base/busybox", "pulled", pull(f"{host}/base/busybox:1.0", bench, into))
    table.check("why may shop pull apps/web?", "allowed", explain(admin, "shop", "apps/web:1.2"))
    table.check("why may bench not?", "refused", explain(admin, "bench", "apps/web:1.2"))
    admin.post("/api/v1/bindings/remove", {"spaces": ["berth/apps"], "workspaces": ["retail"]}, expect=200)
    table.check("apps unbound from retail; shop pulls apps/web at once", "refused", pull(f"{host}/apps/web:1.2", shop, into))
    table.check("retail sees now", "base/busybox", seen(admin, "retail"))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--berth", required=True)
    arguments = arguments.parse_args()
    started = time.monotonic()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="berth-demo-") as work:
        work = pathlib.Path(work)
        with Server(arguments.berth, work / "data") as server:
            print(f"A server of its own for this demo: {server.url}")
            run(server, work, table)
    passed = table.show()
    print(f"took {time.monotonic() - started:.1f} s")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
