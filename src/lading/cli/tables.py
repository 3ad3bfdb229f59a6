"""Tables of words: fitted to a terminal by leaving out whole columns, never cut into a pipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lading.cli.screen import columns_of, cut, padded, plain
from lading.values.dataclass import dataclass

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        title: Its heading.
        keep: How long it stays when the terminal is narrow; those with the lowest number go first, and those of 9 stay.
        right: Whether it is set to the right, as numbers are.
        least: The width it may be cut to before others go; None: it is never cut.
    """

    title: str
    keep: int = 5
    right: bool = False
    least: int | None = None


def render(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    width: int | None = None,
    paint: Callable[[str, str], str] | None = None,
) -> list[str]:
    """The lines of a table, its heading first.

    Args:
        columns: The columns.
        rows: The cells, row by row.
        width: The columns of the terminal; None for a pipe.
        paint: Colours a padded cell: called with the bare cell and the padded one.
    """
    cells = [[plain(cell) for cell in row] for row in rows]
    kept, widths = _fit(columns, cells, width)
    lines = [_line([columns[i].title for i in kept], kept, columns, widths, None)]
    lines.extend(_line([row[i] for i in kept], kept, columns, widths, paint) for row in cells)
    left_out = [columns[i].title for i in range(len(columns)) if i not in kept and columns[i].title]
    if left_out and width is not None:
        lines.extend(wrapped(f"(left out: {', '.join(left_out)})", width))
    return lines


def _line(
    cells: Sequence[str],
    kept: Sequence[int],
    columns: Sequence[Column],
    widths: Sequence[int],
    paint: Callable[[str, str], str] | None,
) -> str:
    parts: list[str] = []
    for place, (cell, index) in enumerate(zip(cells, kept, strict=True)):
        shown = cut(cell, widths[index])
        last = place == len(kept) - 1 and not columns[index].right
        filled = shown if last else padded(shown, widths[index], columns[index].right)
        parts.append(filled if paint is None else paint(cell, filled))
    return (" " * GAP).join(parts).rstrip()


def _fit(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> tuple[list[int], list[int]]:
    widths = [
        max([columns_of(column.title), *(columns_of(row[i]) for row in rows)]) for i, column in enumerate(columns)
    ]
    kept = list(range(len(columns)))
    if width is None:
        return kept, widths

    def total() -> int:
        return sum(widths[i] for i in kept) + GAP * (len(kept) - 1)

    while total() > width:
        wide = [i for i in kept if columns[i].least is not None and widths[i] > (columns[i].least or 0)]
        over = total() - width
        cuttable = [i for i in wide if columns[i].keep < 9]
        if cuttable and sum(widths[i] - (columns[i].least or 0) for i in cuttable) >= over:
            index = max(cuttable, key=lambda i: widths[i])
            widths[index] = max(columns[index].least or 0, widths[index] - over)
            continue
        going = [i for i in kept if columns[i].keep < 9]
        if not going:
            break
        kept.remove(min(going, key=lambda i: (columns[i].keep, -i)))
    return kept, widths


def next_lines(commands: Sequence[str], width: int | None) -> list[str]:
    """What to type next: in one line where it fits, else a line each, so that each can be pasted."""
    line = f"next: {'   |   '.join(commands)}"
    if not commands or width is None or columns_of(line) <= width:
        return [line] if commands else []
    return [f"{'      ' if place else 'next: '}{command}" for place, command in enumerate(commands)]


def wrapped(text: str, width: int | None, indent: str = "") -> list[str]:
    """Text in lines of at most a width, parted between words; into a pipe one line."""
    if width is None or columns_of(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        grown = f"{line} {word}" if line else word
        if line.strip() and columns_of(grown) > width:
            lines.append(line.rstrip())
            line = indent + word
        else:
            line = grown
    return [*lines, line.rstrip()]
