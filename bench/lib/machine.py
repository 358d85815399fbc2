"""What the kernel says about processes and about the machine."""
import os
import pathlib
import re
import shutil
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def children(pid):
    """The process and all below it."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += children(int(child))
    return found


def processor_seconds(pid):
    """User and system time of a server with its workers."""
    total = 0
    for each in children(pid):
        fields = pathlib.Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory(pid, kind="VmRSS"):
    """Bytes, by a line of /proc/PID/status: VmRSS is all that is resident, RssAnon the heap and the stacks."""
    total = 0
    for each in children(pid):
        found = re.search(rf"^{kind}:\s+(\d+) kB", pathlib.Path(f"/proc/{each}/status").read_text(), re.M)
        total += int(found[1]) * 1024 if found else 0
    return total


def describe():
    model = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} x {model[1] if model else os.uname().machine}, {gigabytes:.0f} GiB, Linux {os.uname().release}"


class SyncCounter:
    """Counts fsync, fdatasync and their like of one process while the block runs: by perf where it may, else by strace."""
    CALLS = ("fsync", "fdatasync", "sync_file_range", "msync", "syncfs")

    def __init__(self, pid):
        self.pid, self.count, self.tool = pid, None, None

    def command(self):
        if shutil.which("perf") and os.access("/sys/kernel/tracing/events/syscalls", os.R_OK):
            events = ",".join(f"syscalls:sys_enter_{call}" for call in self.CALLS)
            return "perf", ["perf", "stat", "-x,", "-e", events, "-p", str(self.pid)]
        return "strace", ["strace", "-f", "-c", "-e", "trace=" + ",".join(self.CALLS), "-p", str(self.pid)]

    def __enter__(self):
        self.tool, command = self.command()
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)  # neither says when it is attached
        return self

    def __exit__(self, *_):
        self.process.send_signal(2)
        said = self.process.communicate(timeout=30)[1]
        if self.tool == "perf":
            counts = re.findall(r"^(\d+),", said, re.M)
        else:
            counts = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s.*(?:sync|sync_file_range)\w*$", said, re.M)
        self.count = sum(map(int, counts)) if counts or self.tool == "strace" else None
