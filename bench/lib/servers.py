"""The servers that some rows are about: started together, stopped with them, also when one of them does not start."""
import contextlib
import tempfile

from peers import Berth, registries


class Servers(contextlib.ExitStack):
    """Berth, and the registries that are here; `start` of a subclass says which, and what they hold."""

    def __init__(self, plan):
        super().__init__()
        self.plan = plan

    def __enter__(self):
        super().__enter__()
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def start(self):
        raise NotImplementedError

    def running(self, server):
        """Started now, stopped at the end."""
        server.start()
        self.callback(server.stop)
        return server

    def start_berth(self, directory):
        self.berth = self.running(Berth(self.plan.berth, directory))
        self.berth.prepare()

    def start_registries(self, directory):
        self.registries, self.absent = registries(directory)
        for registry in self.registries:
            self.running(registry)

    def file(self, lines):
        """A file of the run's own with these lines."""
        with tempfile.NamedTemporaryFile("w", dir=self.plan.work, delete=False) as out:
            out.write("\n".join(lines) + "\n")
        return out.name
