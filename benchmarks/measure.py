"""Measuring: repeats that take turns, their spread, fsyncs, memory."""

import gc
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import cache

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# Byte code is kept, as for every installed package.
CLEAN = {key: value for key, value in os.environ.items() if key not in {"PYTHONDONTWRITEBYTECODE", "LADING_HOME"}}


class Sample:
    """What one repeat cost, for one unit of work: wall clock and processor time in seconds, or a size."""

    def __init__(self, wall, cpu=None, more=None):
        self.wall = wall
        self.cpu = cpu
        self.more = more or {}


def timed(work, units=1):
    """Time a call; the garbage of whatever came before is not its fault."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Sample((time.perf_counter() - wall) / units, (time.process_time() - cpu) / units)


@cache
def _launcher():
    command = [sys.executable, "-I", "-S", os.path.join(HERE, "launcher.py")]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def process(*command, cwd=None, env=None):
    """Time a whole process, with its greatest memory in MB."""
    with tempfile.NamedTemporaryFile("r") as told:
        job = {"command": command, "cwd": cwd or ROOT, "env": CLEAN | (env or {}), "stderr": told.name}
        _launcher().stdin.write(json.dumps(job) + "\n")
        _launcher().stdin.flush()
        code, wall, cpu, rss = json.loads(_launcher().stdout.readline())
        if code:
            raise SystemExit(f"{' '.join(command)} failed:\n{told.read()}")
    return Sample(wall, cpu, {"rss_mb": rss})


def resident():
    """The memory of this process at the moment, in MB."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def folder():
    """A fresh folder on the disk that is measured."""
    made = tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("BENCH_DIR"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def repeat(sides, times):
    """Run each side so many times, in turns, the order turned round each time; the first turn only warms up."""
    found = {name: [] for name in sides}
    for turn in range(times + 1):
        names = list(sides) if turn % 2 else list(reversed(sides))
        for name in names:
            with folder() as place:
                sample = sides[name](place)
            if turn:
                found[name].append(sample)
    return found


def summary(samples):
    """Median, least and most, and the rest at its median."""
    wall = [each.wall for each in samples]
    found = {"median": statistics.median(wall), "min": min(wall), "max": max(wall)}
    cpu = [each.cpu for each in samples if each.cpu is not None]
    if cpu:
        found |= {"cpu_median": statistics.median(cpu), "cpu_min": min(cpu)}
    for name in samples[0].more:
        found[name] = statistics.median(each.more[name] for each in samples)
    return found


def syncs(row, side):
    """How many fsyncs one repeat asks the kernel for, or None where that cannot be seen."""
    if shutil.which("strace") is None:
        return None
    with tempfile.NamedTemporaryFile("r") as told:
        command = ["strace", "-f", "-qq", "-o", told.name, "-e", "trace=fsync,fdatasync,sync_file_range"]
        run = [sys.executable, "-m", "benchmarks", "--once", row, side]
        done = subprocess.run([*command, *run], cwd=ROOT, env=CLEAN, capture_output=True, text=True, check=False)
        if done.returncode:
            return None
        return len(re.findall(r"(?:fsync|fdatasync|sync_file_range)\(", told.read()))


def peer(python, row, times):
    """What the peer's interpreter says of a row: seconds for one unit, or None where it cannot play."""
    done = subprocess.run(
        [python, os.path.join(HERE, "peer.py"), row, str(times)], capture_output=True, text=True, check=False, env=CLEAN
    )
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout.strip() else None
