"""How long and how often things are measured, and where."""
import dataclasses
import pathlib


@dataclasses.dataclass
class Plan:
    berth: pathlib.Path           # the binary
    work: pathlib.Path            # a directory of this run, removed at its end
    worlds: pathlib.Path          # filled databases, kept between runs
    quick: bool = False
    pairs: int = 7
    seconds: float = 2.0          # of one sample
    large_bytes: int = 256 << 20
    repositories: int = 1_000_000  # of the catalog, with ten tags each
    tags: int = 1_000_000          # in the one repository whose tags are listed
    blobs: int = 1_000_000         # in the store that is started

    @staticmethod
    def quickened(**more):
        return Plan(quick=True, **{"pairs": 3, "seconds": 0.4, "repositories": 10_000, "tags": 10_000, "blobs": 10_000, **more})
