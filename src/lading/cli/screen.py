"""Where text goes: stdout for the answer, stderr for the journey; what a stream cannot show is put another way."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import TextIO

TWINS = {"·": "|", "–": "-", "…": "...", "×": "x", "°": " deg", "’": "'"}
COLORS = {
    "stored": "32", "done": "32", "failed": "31", "error": "31;1", "damaged": "31", "cancelled": "33", "stale": "33",
    "partial": "33", "skipped": "2", "missing": "2", "running": "36", "waiting": "36", "dim": "2", "bold": "1",
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")
_SGR = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """The two streams of a command, and what they can show.

    Args:
        color: ``auto``, ``always`` or ``never``.
        out: Where the answer goes.
        err: Where the journey goes.
    """

    def __init__(self, color: str = "auto", out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.out = out if out is not None else sys.stdout
        self.err = err if err is not None else sys.stderr
        self.out_colored = wants_color(color, self.out)
        self.err_colored = wants_color(color, self.err)
        self.moves = is_terminal(self.err) and os.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int | None:
        """The columns of a terminal at stdout, None for a pipe: nothing is cut there."""
        return terminal_width() if is_terminal(self.out) else None

    def answer(self, text: str = "") -> None:
        """Write a line of the answer."""
        write(self.out, text + "\n")

    def tell(self, text: str = "") -> None:
        """Write a line of the journey."""
        write(self.err, text + "\n")

    @property
    def painter(self) -> Callable[[str, str], str] | None:
        """Colours the cells of a table that are states; None where nothing is coloured."""
        return self.paint_out if self.out_colored else None

    def paint_out(self, word: str, text: str | None = None) -> str:
        """A word in the colour of a state, for the answer."""
        return painted(word, word if text is None else text) if self.out_colored else (word if text is None else text)

    def paint_err(self, word: str, text: str | None = None) -> str:
        """A word in the colour of a state, for the journey."""
        return painted(word, word if text is None else text) if self.err_colored else (word if text is None else text)


def wants_color(choice: str, stream: TextIO) -> bool:
    """Whether a stream gets colour: by option, then NO_COLOR, FORCE_COLOR, then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at the stream."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def terminal_width() -> int:
    """The columns of the terminal; COLUMNS wins."""
    from shutil import get_terminal_size

    return max(20, get_terminal_size((80, 24)).columns)


def painted(word: str, text: str) -> str:
    """Text in the colour of a state."""
    code = COLORS.get(word)
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def write(stream: TextIO, text: str) -> None:
    """Write text, in the signs that the stream's encoding has."""
    try:
        stream.write(text)
    except UnicodeEncodeError:
        stream.write(fitting(text, stream.encoding or "ascii"))
    stream.flush()


def fitting(text: str, encoding: str) -> str:
    """Text with what an encoding lacks put another way."""
    return "".join(_sign(char, encoding) for char in text)


def _sign(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        twin = TWINS.get(char)
        return twin if twin is not None else char.encode("ascii", "backslashreplace").decode("ascii")
    return char


def plain(text: str) -> str:
    """A name or value of a user, with nothing in it that could move the cursor."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def without_moves(text: str, colors: bool) -> str:
    """What a user printed, without escape sequences that move the cursor; colours stay where they can be shown."""
    if "\x1b" not in text:
        return text
    return _ESCAPES.sub(lambda found: found[0] if colors and _SGR.fullmatch(found[0]) else "", text)


def columns_of(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    wide = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
            continue
        wide += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return wide


def cut(text: str, width: int) -> str:
    """Text in at most so many columns; what is left out is said by an ellipsis."""
    if columns_of(text) <= width:
        return text
    kept = ""
    for char in text:
        if columns_of(kept + char) > width - 1:
            break
        kept += char
    return kept + "…"


def padded(text: str, width: int, right: bool = False) -> str:
    """Text filled with blanks to a width."""
    gap = " " * max(0, width - columns_of(text))
    return gap + text if right else text + gap
