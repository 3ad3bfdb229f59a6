"""The exam finds a fault in each manager that has one, in the tests that speak of it, and none in the others."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import lading as dg
from lading.testing import IOManagerSuite

FAULTS = {
    "WritesInPlace": {"a_failed_write_keeps_the_earlier_value", "a_failed_first_write_leaves_nothing"},
    "KeepsTheFirst": {"a_later_value_replaces_the_earlier_one"},
    "ForgetsPartitions": {
        "partitions_lie_apart",
        "a_missing_partition_is_refused",
        "a_run_that_dies_keeps_what_it_stored",
        "partitions_that_look_alike",
    },
    "GoesByTheLastPart": {"assets_that_look_alike"},
    "GoesByTheFirstPart": {"assets_lie_apart", "a_missing_value_is_refused", "assets_that_look_alike"},
    "LooksLikeTheKey": {"assets_that_look_alike", "partitions_that_look_alike"},
    "GivesNoneForMissing": {
        "a_missing_value_is_refused",
        "a_missing_partition_is_refused",
        "a_failed_first_write_leaves_nothing",
    },
    "CannotStoreNone": {"none_comes_back"},
    "ChangesNumbers": {"a_value_comes_back"},
    "SpeaksOwnMetadata": {"metadata_can_be_kept", "a_run_that_dies_keeps_what_it_stored"},
    "WritesOneLate": {"a_run_that_dies_keeps_what_it_stored"},
    "WorksByHandOnly": {"a_run_stores_and_loads", "a_run_that_dies_keeps_what_it_stored"},
}


def run_exam(path: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", str(path), "-p", "no:randomly", "-p", "no:cacheprovider", "-q", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]).stdout


@pytest.mark.timeout(90)
def test_each_fault_is_found_where_it_is() -> None:
    said = run_exam(Path(__file__).with_name("faulty_managers.py"), "--tb=no", "-rf")
    found: dict[str, set[str]] = {}
    for manager, test in re.findall(r"^FAILED .*::Test(\w+)::test_(\w+)", said, re.MULTILINE):
        found.setdefault(manager, set()).add(test)
    assert found == FAULTS, said
    assert not re.search(r"\d+ (error|skipped)", said)


@pytest.mark.timeout(60)
def test_a_failure_says_what_was_stored_and_what_was_loaded() -> None:
    said = run_exam(Path(__file__).with_name("faulty_managers.py"), "-k", "TestChangesNumbers and comes_back")
    assert "AssertionError: 1 was stored, and 1.0 was loaded" in said


@pytest.mark.parametrize(
    ("promise", "gone"),
    [
        ("stores_none", {"test_none_comes_back"}),
        (
            "keeps_old_value",
            {"test_a_failed_write_keeps_the_earlier_value", "test_a_failed_first_write_leaves_nothing"},
        ),
        ("keeps_keys_apart", {"test_assets_that_look_alike", "test_partitions_that_look_alike"}),
    ],
)
def test_a_promise_turned_off_is_not_asked_for(promise: str, gone: set[str]) -> None:
    suite = type("Suite", (IOManagerSuite,), {promise: False})
    always = {name for name in dir(IOManagerSuite) if name.startswith("test_")} - {"test_an_output_of_an_op_comes_back"}
    assert {name for name in always if not callable(getattr(suite, name))} == gone
    assert callable(getattr(type("Again", (suite,), {promise: True}), gone.pop()))


def test_one_value_is_not_enough() -> None:
    class Suite(IOManagerSuite):
        values = (1, 1)

    with pytest.raises(AssertionError, match=r"Suite.values needs two values that differ"):
        Suite().test_assets_lie_apart(dg.InMemoryIOManager())
