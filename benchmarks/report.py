"""The report: a text table, and the same as JSON."""

import json
import os
import platform
import subprocess
import time

from benchmarks.measure import HERE, ROOT

FACTOR = {"ms": 1e3, "us": 1e6, "bytes": 1, "times": 1}


def in_unit(summary, unit):
    """A summary in the unit of its row; sizes stay what they are."""
    return {name: value if name.endswith("_mb") else value * FACTOR[unit] for name, value in summary.items()}


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def spread(found):
    return f"{number(found['min'])}–{number(found['max'])}"


HEAD = ("row", "unit", "floor", "lading", "min–max", "ratio", "least cpu", "target", "", "fsyncs", "MB", "peer")


def cells(row, found):
    ours, floor = found["lading"], found.get("floor")
    counted = found.get("syncs")
    told = "" if not counted else f"{number(counted['floor'] or 0)}/{number(counted['lading'] or 0)}"
    return (
        row.title,
        row.unit,
        number(floor["median"]) if floor else "",
        number(ours["median"]),
        spread(ours),
        f"{ours['median'] / floor['median']:.1f} x" if floor else "",
        "/".join(number(side["cpu_min"]) for side in (floor, ours) if side and "cpu_min" in side),
        row.target,
        "ok" if found["met"] else "MISSED",
        told,
        f"{ours['rss_mb']:.1f}" if "rss_mb" in ours else "",
        number(found["peer"]) if found.get("peer") is not None else "",
    )


def line(values, widths):
    texts = [
        value.ljust(width) if place in {0, 1, 7, 8} else value.rjust(width)
        for place, (value, width) in enumerate(zip(values, widths, strict=True))
    ]
    return "  ".join(texts).rstrip()


WIDTHS = (46, 5, 8, 8, 15, 7, 11, 24, 6, 9, 5, 10)


def machine():
    """What it was measured on."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu = next((text.split(":", 1)[1].strip() for text in file if text.startswith("model name")), "")
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()) + " UTC",
        "commit": commit(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpu": f"{os.cpu_count()} × {cpu}",
        "load": os.getloadavg(),
    }


def commit():
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "no-commit"


def write(about, results):
    """Keep the results beside earlier ones."""
    path = os.path.join(HERE, "results", f"{about['commit']}.json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": about, "rows": results}, file, indent=1, ensure_ascii=False)
        file.write("\n")
    return os.path.relpath(path, ROOT)
