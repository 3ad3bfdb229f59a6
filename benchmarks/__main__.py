"""``python -m benchmarks``: what lading costs, beside the least that plain Python could do for the same promise."""

import argparse
import sys
import warnings

from benchmarks import measure, report
from benchmarks.rows import ROWS


def arguments():
    parser = argparse.ArgumentParser("benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", help="rows to measure; all of them when left out")
    parser.add_argument("--times", type=int, help="repeats of each row, instead of its own number")
    parser.add_argument("--quick", action="store_true", help="a third of the repeats")
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has dagster, measured beside")
    parser.add_argument("--once", nargs=2, metavar=("ROW", "SIDE"), help="run one side of a row once: for a profiler")
    parser.add_argument("--no-file", action="store_true", help="keep no JSON of the results")
    return parser.parse_args()


def sides_of(row):
    return {"floor": row.floor, "lading": row.ours} if row.floor else {"lading": row.ours}


def measured(row, times, peer):
    found = measure.repeat(sides_of(row), times)
    result = {name: report.in_unit(measure.summary(samples), row.unit) for name, samples in found.items()}
    if row.syncs:
        result["syncs"] = {side: measure.syncs(row.name, side) for side in sides_of(row)}
    if peer and row.peer:
        seconds = measure.peer(peer, row.name, max(1, times // 3))
        result["peer"] = None if seconds is None else seconds * report.FACTOR[row.unit]
    floor = result.get("floor", {}).get("median")
    ours = result["lading"]
    result["met"] = bool(row.met(ours["median"], floor, ours.get("rss_mb", 0)))
    return result | {"title": row.title, "unit": row.unit, "target": row.target}


def main():
    warnings.simplefilter("ignore")
    asked = arguments()
    by_name = {row.name: row for row in ROWS}
    if asked.list:
        print("\n".join(f"{row.name:14} {row.title}" for row in ROWS))
        return 0
    if asked.once:
        with measure.folder() as place:
            sides_of(by_name[asked.once[0]])[asked.once[1]](place)
        return 0
    unknown = [name for name in asked.rows if name not in by_name]
    if unknown:
        print(f"no such row: {', '.join(unknown)}; --list names them", file=sys.stderr)
        return 2
    about, results = report.machine(), {}
    print(f"{about['date']}  {about['commit']}  Python {about['python']}  {about['cpu']}  load {about['load'][0]:.1f}")
    print(report.line(report.HEAD, report.WIDTHS))
    for row in [by_name[name] for name in asked.rows] or ROWS:
        times = asked.times or max(1, row.times // 3 if asked.quick else row.times)
        results[row.name] = measured(row, times, asked.peer)
        print(report.line(report.cells(row, results[row.name]), report.WIDTHS), flush=True)
    if not asked.no_file:
        print(f"kept in {report.write(about, results)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
