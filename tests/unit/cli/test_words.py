from __future__ import annotations

from datetime import datetime

import pytest

from lading.cli import words


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, "–"), (0, "0 B"), (18, "18 B"), (999, "999 B"), (1000, "1 kB"), (47_800, "47.8 kB"), (6_049, "6 kB"),
     (999_499, "999 kB"), (999_999, "1 MB"), (7_300_000, "7.3 MB"), (145_000_000, "145 MB"), (10**18, "1000 PB")],
)  # fmt: skip
def test_sizes(number: int | None, text: str) -> None:
    assert words.size(number) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0, "0 ms"), (0.0021, "2 ms"), (0.099, "99 ms"), (0.0999, "0.1 s"), (2.94, "2.9 s"),
     (41.2, "41 s"), (200, "3 min 20 s"), (180, "3 min"), (7260, "2 h 1 min")],
)  # fmt: skip
def test_stretches_of_time(value: float | None, text: str) -> None:
    assert words.seconds(value) == text


def test_moments() -> None:
    now = datetime(2026, 11, 23, 12, 0).timestamp()  # noqa: DTZ001 - people read their own clock
    day = 86400
    assert words.moment(now - 60, now) == "today 11:59"
    assert words.moment(now - 60, now, precise=True) == "today 11:59:00"
    assert words.moment(now - day, now) == "yesterday 12:00"
    assert words.moment(now - 20 * day, now) == "3 Nov 12:00"
    assert words.moment(now - 400 * day, now) == "19 Oct 2025"
    assert words.moment(None) == "–"
    assert words.iso(0.25) == "1970-01-01T00:00:00.250Z"


def test_values() -> None:
    assert words.items("list", 3) == "list, 3 items"
    assert words.items("pandas.core.frame.DataFrame", 1461) == "pandas.DataFrame, 1,461 rows"
    assert words.items("str", None) == "str"
    assert words.items("dict", 1) == "dict, 1 item"


def test_words_can_be_pasted() -> None:
    assert words.quoted("a/b-c_d.e=1") == "a/b-c_d.e=1"
    assert words.quoted("a b") == "'a b'"
    assert words.quoted("a'b") == "'a'\\''b'"
    assert words.quoted("raw/*") == "'raw/*'"


def test_places() -> None:
    assert words.place("/project/data/x.json", "/project") == "data/x.json"
    assert words.place("/elsewhere/x.json", "/project") == "/elsewhere/x.json"
    assert words.place("s3://bucket/x", "/project") == "s3://bucket/x"
