"""A small world, made through the REST API alone.

retail: alice (admin), eddie (editor), vera (viewer); namespace c1/shop
lab:    bob (admin);                               namespace c1/bench
spaces: base (public), retail-apps (private, owned by retail, bound to it with push),
        shared (private, bound to retail with pull), vault (private, bound to nobody)
"""


class World:
    PASSWORD = "correct horse battery"

    def __init__(self, server):
        self.server = server
        self.admin = server.admin()
        self.credentials = {}
        a = self.admin
        for workspace in ("retail", "lab"):
            a.post("/api/v1/workspaces", {"name": workspace}, expect=201)
        for login, workspace, role in (("alice", "retail", "admin"), ("eddie", "retail", "editor"), ("vera", "retail", "viewer"),
                                       ("bob", "lab", "admin")):
            self.add_user(login)
            a.put(f"/api/v1/workspaces/{workspace}/members/user/{login}", {"role": role}, expect=(200, 201))
        a.post("/api/v1/clusters", {"name": "c1", "uid": "6a1d8e0c-0000-4000-8000-000000000001"}, expect=201)
        self.namespaces = {}
        for number, (name, workspace) in enumerate((("shop", "retail"), ("bench", "lab"), ("stray", None))):
            body = {"cluster": "c1", "name": name, "uid": f"6a1d8e0c-0000-4000-8000-0000000001{number:02}"}
            if workspace:
                body["workspace"] = workspace
            made = a.post("/api/v1/namespaces", body, expect=201).json
            self.namespaces[name] = made["id"]
            secret = a.post(f"/api/v1/namespaces/{made['id']}/credentials", {}, expect=201).json
            self.credentials[name] = (secret["username"], secret["password"])
        self.add_space("base", public=True)
        self.add_space("retail-apps", owner_workspace="retail")
        self.add_space("shared")
        self.add_space("vault")
        self.bind("retail-apps", "retail", "push")
        self.bind("shared", "retail", "pull")

    def add_user(self, login, **more):
        return self.admin.post("/api/v1/users", {"login": login, "password": self.PASSWORD, **more}, expect=201).json

    def add_space(self, name, public=False, **more):
        return self.admin.post("/api/v1/registries/berth/spaces", {"name": name, "public": public, **more}, expect=201).json

    def bind(self, space, workspace, access="pull"):
        return self.admin.post("/api/v1/bindings", {"spaces": [f"berth/{space}"], "workspaces": [workspace], "access": access},
                               expect=(200, 201)).json

    def unbind(self, space, workspace):
        return self.admin.post("/api/v1/bindings/remove", {"spaces": [f"berth/{space}"], "workspaces": [workspace]},
                               expect=(200, 204))

    def user(self, login):
        return self.admin.basic(login, self.PASSWORD)

    def namespace(self, name):
        return self.admin.basic(*self.credentials[name])
