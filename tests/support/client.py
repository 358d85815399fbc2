"""What every container client of the tests has: a home directory, and a way to end."""
import shutil

from support.programs import Home


class Client:
    resumes = False  # goes on with a Range request after a cut, at once or when asked again; the others fetch the whole blob again

    def __init__(self, work, ca=None):
        """`ca`: a directory with ca.crt; without it the client speaks plain HTTP. `work` has a short name, as daemons have sockets there
        (sun_path takes 107 bytes)."""
        self.home = Home(work)
        self.ca = ca
        self.count = 0

    def fresh(self, name):
        self.count += 1
        return self.home.directory / f"{name}-{self.count}"

    def forget(self):
        """Drops every image that the client keeps, so that the next pull has to fetch. Some keep none."""

    def stop(self):
        """Ends what the client started, and gives back the disk."""
        shutil.rmtree(self.home.directory, ignore_errors=True)
