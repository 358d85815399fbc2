"""Runs of `berth serve` that are expected to end by themselves."""
import os
import subprocess


def run(berth, *arguments, environment=None, wrapper=()):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BERTH_")}
    return subprocess.run([*wrapper, str(berth), "serve", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False,
                          env={**clean, **(environment or {})})


def check_refuses_to_start(done, status, *said):
    assert done.returncode == status, done
    assert done.stderr.startswith("berth: "), done.stderr
    for text in said:
        assert text in done.stderr, done.stderr
    assert "terminate" not in done.stderr and "Berth is running" not in done.stdout
