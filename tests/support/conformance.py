"""How the checks of tests/conformance_test.py are told, run and reported.

A case ("sha256 blobs/mount") is a list of steps, each with its own path ("sha256 blobs/mount/blob-head"); several steps may share
one. A test asks for one path: the steps of its case run in order, once, up to the last one of that path, in repositories of the
case's own. So each path can be run by itself and fails by itself.
"""
from support.oci import Repository


class Case:
    def __init__(self, name):
        self.name, self.steps, self.outcomes = name, [], []
        self.context = None

    def step(self, path, check):
        """`check` takes the context (an object with `one`, `other`: two repositories) and raises AssertionError."""
        self.steps.append((f"{self.name}/{path}" if path else self.name, check))

    @property
    def paths(self):
        return list(dict.fromkeys(path for path, _ in self.steps))

    def outcomes_of(self, path, client, space):
        """Runs what has not run yet, up to the last step of `path`; gives an exception or None for each of its steps."""
        if self.context is None:
            self.context = Context(client, space, self.name)
        last = max(number for number, (name, _) in enumerate(self.steps) if name == path)
        while len(self.outcomes) <= last:
            self.outcomes.append(failure_of(self.steps[len(self.outcomes)][1], self.context))
        return [outcome for (name, _), outcome in zip(self.steps, self.outcomes) if name == path]


class Context:
    """Two repositories, and what one step leaves for the next (upload locations)."""

    def __init__(self, client, space, name):
        slug = "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-").replace("--", "-")
        self.one, self.other = (Repository(client, f"{space}/{slug}/{part}") for part in ("one", "other"))
        self.location = None


def failure_of(check, context):
    try:
        check(context)
        return None
    except Exception as error:  # kept for the test that asks for this step
        return error
