from __future__ import annotations

from lading.cli.screen import columns_of, cut, padded, plain, without_moves
from lading.cli.tables import Column, next_lines, render, wrapped

COLUMNS = (Column("asset", 9), Column("rows", 3, right=True), Column("what", 7, least=8), Column("kind", 2))
ROWS = [["numbers", "1,461", "a rather long description", "json"], ["x", "–", "short", "csv"]]


def test_a_pipe_gets_everything() -> None:
    assert render(COLUMNS, ROWS) == [
        "asset     rows  what                       kind",
        "numbers  1,461  a rather long description  json",
        "x            –  short                      csv",
    ]


def test_what_can_be_cut_is_cut_before_a_column_goes() -> None:
    lines = render(COLUMNS, ROWS, 40)
    assert lines[1] == "numbers  1,461  a rather long des…  json"
    assert len(lines) == 3


def test_the_least_useful_column_goes_first_and_is_named() -> None:
    lines = render(COLUMNS, ROWS, 26)
    assert lines[0] == "asset     rows  what"
    assert lines[1] == "numbers  1,461  a rather …"
    assert lines[-1] == "(left out: kind)"
    assert render(COLUMNS, ROWS, 10)[:2] == ["asset", "numbers"]


def test_wide_and_combining_characters_take_their_columns() -> None:
    assert columns_of("日本") == 4
    assert columns_of("e\u0301") == 1
    assert padded("日本", 6) == "日本  "
    assert cut("日本語", 5) == "日本…"
    lines = render((Column("a", 9), Column("b", 9)), [["日本", "x"], ["abc", "y"]])
    assert lines[1:] == ["日本  x", "abc   y"]


def test_control_characters_are_escaped() -> None:
    assert plain("a\x1b[2Jb\r\n\u202e") == "a\\x1b[2Jb\\r\\n\\u202e"
    assert without_moves("\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07", colors=True) == "\x1b[31mred\x1b[0m"
    assert without_moves("\x1b[2J\x1b[31mred\x1b[0m", colors=False) == "red"


def test_text_is_parted_between_words() -> None:
    assert wrapped("one two three", 8, "  ") == ["one two", "  three"]
    assert wrapped("one two three", None) == ["one two three"]
    assert wrapped("a_very_long_word and", 8) == ["a_very_long_word", "and"]


def test_commands_are_never_parted() -> None:
    assert next_lines(["lading log a", "lading list"], None) == ["next: lading log a   |   lading list"]
    assert next_lines(["lading log a", "lading list"], 30) == ["next: lading log a", "      lading list"]
    assert next_lines([], 30) == []
