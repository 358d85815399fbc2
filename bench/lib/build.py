"""Building what is measured: the release preset, with the load generator."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def build(*targets):
    """Quiet unless it fails."""
    for command in (["cmake", "--preset", "release", "-DBERTH_BENCH=ON"], ["cmake", "--build", "--preset", "release", "--target", *targets]):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-2000:]}")


def berth():
    """BERTH_BINARY names one that is built already; so does BERTH_LOAD for the load."""
    targets = [] if os.environ.get("BERTH_BINARY") else ["berth"]
    targets += [] if os.environ.get("BERTH_LOAD") else ["berth_load"]
    if targets:
        build(*targets)
    return pathlib.Path(os.environ.get("BERTH_BINARY", ROOT / "build/release/src/app/berth"))
