"""The checks of the OCI distribution-spec's own conformance program (1.1 and what its main branch adds), on the running server.

A port by what it checks, not of its text; the names of the tests are that program's paths, so that results compare line by line.
The program itself is run by scripts/interop, where one is at hand. How a path is run: support/conformance.py.
"""
import pytest
from support import conformance_blobs, conformance_content

CASES = conformance_blobs.cases() + conformance_content.cases()


@pytest.fixture(scope="module")
def space(world):
    world.add_space("conformance", owner_workspace="retail", allow_sparse=True)
    world.bind("conformance", "retail", "push")
    return "conformance"


@pytest.mark.parametrize("case, path", [pytest.param(case, path, id=path) for case in CASES for path in case.paths])
def test_conformance(case, path, world, space):
    failures = [outcome for outcome in case.outcomes_of(path, world.user("alice"), space) if outcome]
    if failures:
        raise failures[0]
