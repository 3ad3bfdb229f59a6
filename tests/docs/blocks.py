"""Reads the blocks of code of a page and runs them as a reader would.

- ```python file=NAME    the file of that name, written into the folder of the page
- ```python              run, one after another, in one namespace a page
- ```console             each line after ``$`` is a command; what follows is what it prints, ``...`` for anything,
                         and a line of it for any lines; a line ``^C`` says that the reader interrupts it
- not-run="why"          behind the language: shown, not run

Blocks in other languages are only shown. Each page starts in an empty folder.
"""

from __future__ import annotations

import linecache
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

INTERRUPT = "^C"
OPENING = re.compile(r"^( *)```(\w+)(.*)$")


@dataclass(frozen=True, slots=True)
class Block:
    page: str
    line: int
    language: str
    options: str
    text: str

    def option(self, name: str) -> str | None:
        found = re.search(rf'\b{name}=(?:"([^"]*)"|(\S+))', self.options)
        return (found[1] or found[2]) if found else None


def blocks_of(page: str, text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    blocks: list[Block] = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        opening = OPENING.match(lines[at])
        at += 1
        if opening is None:
            continue
        start, indent = at, opening[1]
        while lines[at] != f"{indent}```":
            at += 1
        body = "".join(f"{line.removeprefix(indent)}\n" for line in lines[start:at])
        blocks.append(Block(page, start + 1, opening[2], opening[3], body))
        at += 1
    return blocks


def commands_of(block: Block) -> list[tuple[str, str]]:
    """Each command of a console block with the output that is shown for it."""
    commands: list[tuple[str, str]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], ""))
        else:
            command, shown = commands[-1]
            commands[-1] = (command, f"{shown}{line.rstrip()}\n")
    return commands


# What differs from run to run, and what stands for it.
VARIES = (
    (r"\b[\d.,]+ (?:ms|s)\b", r"[\d.,]+ (?:ms|s)"),
    (r"\b(?:today|yesterday) \d\d:\d\d(?::\d\d)?", r"(?:today|yesterday) \d\d:\d\d(?::\d\d)?"),
    (r"\b(?:run|backfill|resume|log) [0-9a-f]{6}\b", r"\w+ [0-9a-f]{6}"),
    (r"\d\d:\d\d:\d\d", r"\d\d:\d\d:\d\d"),
    (r" {2,}", r" {2,}"),
    (r"\.\.\.", r".*"),
)
VARYING = re.compile("|".join(f"({seen})" for seen, _ in VARIES))


def fits(shown: str, printed: str) -> bool:
    """Whether what was printed is what the page shows.

    Durations, times of day, ids of runs and the width of columns may differ; ``...`` in the page stands for anything,
    a line of it for any number of lines.
    """
    said = "".join(f"{line.rstrip()}\n" for line in printed.strip().splitlines())
    wanted = "".join(pattern_of(line.rstrip()) for line in shown.strip().splitlines())
    return re.fullmatch(wanted, said, re.DOTALL) is not None


def pattern_of(line: str) -> str:
    """What a line of a page may look like when it is printed."""
    if line.strip() == "...":
        return r"(?:.*\n)?"
    wanted, at = "", 0
    for found in VARYING.finditer(line):
        wanted += re.escape(line[at : found.start()]) + VARIES[(found.lastindex or 1) - 1][1]
        at = found.end()
    return wanted + re.escape(line[at:]) + r"\n"


def run_command(command: str, folder: Path, where: str, shown: str) -> None:
    """Run one command of a page and compare."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LADING_", "PYTEST_"))}
    lines = shown.splitlines()
    started = subprocess.Popen(
        # Ctrl-C goes to the command itself, as on a terminal where the shell waits.
        f"exec {command}" if INTERRUPT in lines else command,
        shell=True,
        cwd=folder,
        env={**env, "PATH": path, "COLUMNS": "120", "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    with started:
        said = interrupt(started) if INTERRUPT in lines else ""
        said += started.communicate(timeout=60)[0]
    expected = "".join(f"{line}\n" for line in lines if line != INTERRUPT)
    assert fits(expected, said), f"{where}: $ {command}\n--- the page shows\n{shown}\n--- printed\n{said}"
    if INTERRUPT in lines:
        assert started.returncode == 130, f"{where}: $ {command} ^C -> {started.returncode}"
        return
    # A page that shows a failure shows its message.
    good = started.returncode == 0 or "error" in shown or "failed" in shown
    assert good, f"{where}: $ {command} -> {started.returncode}"


def interrupt(started: subprocess.Popen[str]) -> str:
    """Let a command say that it has begun, and work for a moment; then press Ctrl-C. Gives what it said."""
    assert started.stdout is not None
    said = started.stdout.readline()
    time.sleep(0.5)
    os.killpg(started.pid, signal.SIGINT)
    return said


def run_page(page: str, text: str, folder: Path) -> int:
    """Run a page from an empty folder that is the current one; says how many blocks were run."""
    space: dict[str, object] = {"__name__": "__main__"}
    count = 0
    for block in blocks_of(page, text):
        where = f"{page}:{block.line}"
        if block.option("not-run") or block.language not in {"python", "console"}:
            continue
        count += 1
        name = block.option("file")
        if block.language == "console":
            for command, shown in commands_of(block):
                run_command(command, folder, where, shown)
        elif name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(block.text, "utf-8")
        else:
            # The lines stay findable for tracebacks and for whoever asks for a function's source.
            linecache.cache[where] = (len(block.text), None, block.text.splitlines(keepends=True), where)
            exec(compile(block.text, where, "exec"), space)
    return count
