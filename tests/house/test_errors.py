"""Every exception says what it is and what to do, and survives the way home from a worker."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from lading import errors

CLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, BaseException) and kind.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_exception_is_described_and_has_a_remedy(kind: type[errors.LadingError]) -> None:
    assert issubclass(kind, errors.LadingError)
    assert (kind.__dict__.get("__doc__") or "").strip()
    assert kind.remedy.strip()
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert 0 < kind.exit_code < 256


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_exception_shows_three_parts_and_pickles(kind: type[errors.LadingError]) -> None:
    error = kind("the thing is wrong", where="asset a", fix="do this")
    assert str(error) == "the thing is wrong\n  where: asset a\n  fix: do this"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.where, again.fix) == (str(error), "asset a", "do this")
    assert str(kind("wrong")) == f"wrong\n  fix: {kind.remedy}"


def test_codes_are_not_shared() -> None:
    codes = [kind.code for kind in CLASSES]
    assert sorted(codes) == sorted(set(codes))
