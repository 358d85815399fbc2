"""Runs the OCI distribution-spec's own conformance program (one that is built already) against a server of its own.

  conformance_program.py --berth BINARY --program PROGRAM --results DIRECTORY

Everything is switched on (OCI_VERSION=dev, sparse manifests); anything but Pass is a failure, a missing or old report too: the
program ends with 0 when it cannot read its configuration. Adds "passed failed" to $BERTH_RESULTS.
"""
import argparse
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

from berth_client import Server

OUTCOMES = ("Pass", "Skip", "Disabled", "FAIL", "Error")


def world(server):
    """A workspace whose administrator may push to a public space that takes sparse manifests; their login."""
    admin, login = server.admin(), ("conformance", secrets.token_hex(12))
    admin.post("/api/v1/workspaces", {"name": "conformance"}, expect=201)
    admin.post("/api/v1/users", {"login": login[0], "password": login[1]}, expect=201)
    admin.put(f"/api/v1/workspaces/conformance/members/user/{login[0]}", {"role": "admin"}, expect=(200, 201))
    admin.post("/api/v1/registries/berth/spaces", {"name": "conformance", "public": True, "owner_workspace": "conformance",
                                                   "allow_sparse": True}, expect=201)
    admin.post("/api/v1/bindings", {"spaces": ["berth/conformance"], "workspaces": ["conformance"], "access": "push"}, expect=(200, 201))
    return login


def run(program, server, login, results, work):
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "OCI_VERSION": "dev", "OCI_REGISTRY": server.admin().host,
                   "OCI_TLS": "disabled", "OCI_REPO1": "conformance/repo1", "OCI_REPO2": "conformance/repo2", "OCI_USERNAME": login[0],
                   "OCI_PASSWORD": login[1], "OCI_RESULTS_DIR": str(results), "OCI_DATA_SPARSE": "true"}
    done = subprocess.run([program], env=environment, cwd=work, capture_output=True, text=True, check=False, timeout=600)
    (results / "output.txt").write_text(done.stdout + done.stderr)
    return done


def judge(done, results):
    """(passed, what is wrong)."""
    wrong = [] if done.returncode == 0 else [f"the program ended with {done.returncode}"]
    for name in ("results.yaml", "junit.xml"):
        if not (results / name).exists():
            return 0, wrong + [f"it wrote no {name}:\n{(done.stdout + done.stderr)[-2000:]}"]
    statuses = re.findall(r"^  ([^:\n]+): (\w+)$", (results / "results.yaml").read_text(), re.M)
    wrong += [f"{name}: {status}" for name, status in statuses if status in OUTCOMES and status != "Pass"]
    cases = list(tree.parse(results / "junit.xml").getroot().iter("testcase"))
    wrong += [f"{case.get('name')}: {case.get('status')}" for case in cases if case.get("status") != "passed"]
    if not cases or not any(status == "Pass" for _, status in statuses):
        wrong.append("it checked nothing")
    return sum(case.get("status") == "passed" for case in cases), wrong


def main():
    arguments = argparse.ArgumentParser()
    for name in ("berth", "program", "results"):
        arguments.add_argument(f"--{name}", required=True, type=pathlib.Path)
    arguments = arguments.parse_args()
    shutil.rmtree(arguments.results, ignore_errors=True)  # an old report proves nothing
    arguments.results.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="berth-conformance-") as work:
        work = pathlib.Path(work)
        with Server(arguments.berth, work / "data") as server:
            done = run(arguments.program.resolve(), server, world(server), arguments.results.resolve(), work)
    passed, wrong = judge(done, arguments.results)
    for line in wrong:
        print(f"  {line}")
    print(f"OCI conformance (dev): {passed} passed, {len(wrong)} failed; the report is in {arguments.results}")
    if "BERTH_RESULTS" in os.environ:
        with open(os.environ["BERTH_RESULTS"], "a", encoding="utf-8") as out:
            out.write(f"{passed} {len(wrong)}\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
