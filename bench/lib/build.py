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


def ensure_packages():
    """What Debian has of the build and of the peers."""
    script = '. scripts/lib/common.sh; . scripts/lib/packages.sh; ensure_packages $PACKAGES_BUILD $PACKAGES_BENCH'
    if subprocess.run(["bash", "-c", script], cwd=ROOT, env={**os.environ, "root": str(ROOT)}, check=False).returncode != 0:
        raise SystemExit(1)


def berth():
    """BERTH_BINARY names one that is built already; so does BERTH_LOAD for the load."""
    targets = [] if os.environ.get("BERTH_BINARY") else ["berth"]
    targets += [] if os.environ.get("BERTH_LOAD") else ["berth_load"]
    if targets:
        build(*targets)
    return pathlib.Path(os.environ.get("BERTH_BINARY", ROOT / "build/release/src/app/berth"))
