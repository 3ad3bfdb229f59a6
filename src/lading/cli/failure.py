"""Errors on the command line: one shape, an exit code, never a bare traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from lading import __version__
from lading.cli.screen import Screen, is_terminal, plain, terminal_width
from lading.cli.tables import wrapped
from lading.errors import InternalError, LadingError, UsageError


class UnknownCommandError(UsageError):
    """There is no such command."""

    code = "unknown-command"
    remedy = "`lading --help` lists the commands"


class UnknownOptionError(UsageError):
    """The command has no such option."""

    code = "unknown-option"
    remedy = "`--help` lists the options of a command"


def from_click(error: click.ClickException, command: str) -> LadingError:
    """What click refuses, in our shape."""
    where = f"`{command}`"
    if isinstance(error, click.NoSuchOption):
        near = nearest(error.option_name, error.possibilities or _options(error))
        return UnknownOptionError(
            f"no option {error.option_name}", where=where, did_you_mean=near,
            fix=f"did you mean {near}?" if near else f"`{command} --help` lists the options",
        )  # fmt: skip
    text = error.format_message().rstrip(".")
    return UsageError(text[:1].lower() + text[1:], where=where, fix=f"`{command} --help`")


def _options(error: click.NoSuchOption) -> list[str]:
    if error.ctx is None:
        return []
    return [name for param in error.ctx.command.get_params(error.ctx) for name in param.opts if name.startswith("--")]


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that was probably meant: at most a third of it differs."""
    from difflib import get_close_matches

    found = get_close_matches(name, known, n=1, cutoff=0.6)
    return found[0] if found and _distance(name, found[0]) * 3 <= max(len(name), len(found[0])) else None


def _distance(one: str, other: str) -> int:
    """How many signs must be changed, added or left out to make one text the other."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


def show(error: LadingError, screen: Screen) -> None:
    """Write an error in its three parts."""
    width = terminal_width() if is_terminal(screen.err) else None
    head = f"error[{error.code}]:"
    first, *rest = _lines(f"{head} {_text(error.what)}", width)
    lines = [screen.paint_err("error", head) + first.removeprefix(head), *rest]
    if error.where:
        # Files of the project are named from its root, which is the current folder by now.
        lines.extend(_lines(f"  where: {_text(error.where.replace(os.getcwd() + os.sep, ''))}", width))
    if error.fix:
        lines.append(f"  fix: {_text(error.fix)}")  # not parted: it is there to be pasted
    screen.tell("\n".join(lines))


def _lines(text: str, width: int | None) -> list[str]:
    # A line of code with a mark below it stays as it is.
    return [text] if "\n" in text else wrapped(text, width, "    ")


def _text(text: str) -> str:
    return "\n".join(plain(line) for line in text.split("\n"))


def bug(error: BaseException, argv: list[str]) -> InternalError:
    """What people are told when something broke that no user could have caused: a report file."""
    import platform
    import tempfile
    import time
    import traceback

    path = os.path.join(tempfile.gettempdir(), f"lading-report-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt")
    lines = [
        f"lading {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"command: lading {' '.join(argv)}",
        "",
        "".join(traceback.format_exception(error)),
    ]
    try:
        with open(path, "w", encoding="utf-8") as opened:
            opened.write("\n".join(lines))
    except OSError:
        sys.stderr.write("\n".join(lines))
        path = "the text above"
    said = f"{type(error).__name__}: {error}".split("\n", 1)[0]
    return InternalError(
        f"lading itself failed: {said}", where=path, fix="this is a bug of lading; please report it, with that file"
    )
