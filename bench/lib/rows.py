"""A row of the table: what was measured, against what, and what it says about the goal."""
import dataclasses
import statistics


@dataclasses.dataclass
class Line:
    """A goal or a fail line: `at` in the row's unit, or a share of the limit when the row has one."""
    goal: float
    fail: float
    higher_is_better: bool

    def verdict(self, value):
        def meets(bound):
            return value >= bound if self.higher_is_better else value <= bound
        if meets(self.goal):
            return "goal met"
        return "below goal" if meets(self.fail) else "FAILS"


@dataclasses.dataclass
class Row:
    name: str
    unit: str
    berth: float
    peers: dict = dataclasses.field(default_factory=dict)      # name -> value in the same unit, or a word why there is none
    limit: str = ""                                            # which peer the ratio is against; empty: no ratio
    ratios: list = dataclasses.field(default_factory=list)     # one for each interleaved pair
    line: Line | None = None                                   # None: told for information
    notes: list = dataclasses.field(default_factory=list)

    @property
    def ratio(self):
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def verdict(self):
        if self.line is None:
            return "for information"
        return self.line.verdict(self.ratio if self.limit else self.berth)

    @property
    def failed(self):
        return self.verdict == "FAILS"

    def as_json(self):
        return {**dataclasses.asdict(self), "ratio": self.ratio, "verdict": self.verdict}


UNITS = {"/s": (("k/s", 1e3), ("/s", 1)), "B/s": (("GB/s", 1e9), ("MB/s", 1e6), ("B/s", 1)), "B": (("MiB", 2**20), ("KiB", 2**10), ("B", 1)),
         "µs": (("ms", 1e3), ("µs", 1)), "ms": (("ms", 1),), "s": (("s", 1),)}


def show(value, unit):
    """As people write it: 44.1 k/s, 1.25 GB/s, 31.2 MiB."""
    if not isinstance(value, (int, float)):
        return str(value)
    for name, size in UNITS.get(unit, ((unit, 1),)):
        if abs(value) >= size or size == 1:
            scaled = value / size
            digits = 3 if abs(scaled) < 1 else 2 if abs(scaled) < 10 else 1 if abs(scaled) < 1000 else 0
            return f"{scaled:.{digits}f} {name}".strip()
    return f"{value} {unit}"


def bound(row, value):
    if value == float("inf"):
        return "-"
    if row.limit:
        return f"{value:g} x {row.limit}"
    return ("≥ " if row.line.higher_is_better else "≤ ") + show(value, row.unit)


def text(row):
    """The row's line, and what stands beside it."""
    peers = ", ".join(f"{name} {show(value, row.unit)}" for name, value in row.peers.items()) or "-"
    ratio = f"{row.ratio:.2f} x {row.limit} [{min(row.ratios):.2f}–{max(row.ratios):.2f}]" if row.ratios else "-"
    goal, fail = ("-", "-") if row.line is None else (bound(row, row.line.goal), bound(row, row.line.fail))
    lines = [f"{row.name} | Berth {show(row.berth, row.unit)} | {peers} | {ratio} | goal {goal} | fail line {fail} | {row.verdict}"]
    return "\n".join(lines + [f"    {note}" for note in row.notes])
