"""Rows about whole processes: import, help, the first stored value."""

import os
import sys

from benchmarks.measure import HERE, process

TOUCHED = "import lading as dg; dg.asset, dg.Definitions, dg.Output"
FIRST = """
import sys
import lading as dg

@dg.asset
def first():
    return 1

with dg.Instance.open(sys.argv[1]) as instance:
    assert dg.materialize([first], instance=instance).success
"""
PROJECT = """
import lading as dg

@dg.asset
def first():
    return 1

defs = dg.Definitions(assets=[first])
"""
ARGPARSE = """
import argparse
parser = argparse.ArgumentParser("tool")
commands = parser.add_subparsers()
for name in ("init", "check", "make", "fill", "list", "show", "load", "runs", "log"):
    commands.add_parser(name, help="what it does")
parser.print_help()
"""


def code(text):
    return lambda _: process(sys.executable, "-c", text)


def help_of_ours(_):
    return process(sys.executable, "-m", "lading", "--help")


def first_bare(place):
    return process(sys.executable, os.path.join(HERE, "floor.py"), place, "strict")


def first_python(place):
    return process(sys.executable, "-c", FIRST, place)


def first_command(place):
    with open(f"{place}/definitions.py", "w", encoding="utf-8") as file:
        file.write(PROJECT)
    return process(sys.executable, "-m", "lading", "materialize", "first", cwd=place)
