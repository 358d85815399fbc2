"""Running a load against one server, and what it and the server's processor say about it."""
import dataclasses
import json
import os
import pathlib
import re
import subprocess

import machine


@dataclasses.dataclass
class Sample:
    value: float                  # what the row compares: a rate, bytes per second, milliseconds
    count: int                    # requests, or artifacts
    processor: float              # seconds that the server spent on them
    memory: int                   # bytes resident in the server afterwards
    details: dict = dataclasses.field(default_factory=dict)


class LoadFailed(Exception):
    """A server gave an answer that a load did not expect: its figures would mean nothing."""


def binary():
    return os.environ.get("BERTH_LOAD") or str(pathlib.Path(__file__).resolve().parents[2] / "build/release/bench/load/berth_load")


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        raise LoadFailed(f"{' '.join(map(str, command))}\n{done.stderr[-2000:]}")
    return done.stdout


def berth_load(*arguments):
    """The report of one run of bench/load."""
    return json.loads(run([binary(), *arguments]))


def wrk(url, seconds, clients, field, token=""):
    """The same shape as berth_load's. One thread: the server needs the other processor more."""
    header = ["-H", field] + (["-H", f"Authorization: Bearer {token}"] if token else [])
    said = run(["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--latency", *header, url])
    if "Non-2xx" in said or "Socket errors" in said:
        raise LoadFailed(f"wrk {url}:\n{said}")
    count, took, unit = re.search(r"(\d+) requests in ([\d.]+)(\w+),", said).groups()
    seconds = float(took) * {"s": 1, "m": 60}[unit]
    number, scale = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[scale]
    return {"count": int(count), "seconds": seconds, "rate": int(count) / seconds, "latency_ms": {"p99": p99}}


def measured(pid, value_of, work):
    """Runs `work`, which gives a report, and takes the server's share beside it."""
    before = machine.processor_seconds(pid)
    report = work()
    return Sample(value_of(report), report["count"], machine.processor_seconds(pid) - before, machine.memory(pid), report)
