import dataclasses
import json

import pytest

import lading
from lading.errors import StorageError, ValueDamaged
from lading.storage.record import LONGEST, WRITER, Record, fit_owner, owned_by_other, read_record, write_record
from lading.values.receipt import NOBODY, Owner

ASSET = Owner(("a", "b"), "2024-01-01", "4b0d0b8e-0000-4000-8000-000000000000", "a__b", "result")
OUTPUT = Owner(run_id="r1", step="op[k]", output="result", mapping_key="k")
RECORD = Record("parquet", "none", "pandas.DataFrame", "blake3:" + "0f" * 32, 12_345, ASSET, 1_700_000_000.25)


@pytest.mark.parametrize("owner", [ASSET, OUTPUT, NOBODY, Owner(("x",)), Owner(("",), ""), Owner(("\ud800\n",), "☃")])
def test_a_record_comes_back(owner: Owner) -> None:
    record = RECORD._replace(owner=owner)
    text = write_record(record)
    assert read_record(text, "here") == record
    assert text.isascii()
    assert "\n" not in text


def test_a_record_is_json_that_people_can_read() -> None:
    fields = json.loads(write_record(RECORD))
    assert fields["asset"] == ["a", "b"]
    assert fields["partition"] == "2024-01-01"
    assert fields["format"] == "parquet"
    assert fields["size"] == 12_345
    assert fields["writer"] == WRITER


def test_the_writer_is_this_version() -> None:
    assert f"lading {lading.__version__}" == WRITER


HUGE = [
    Owner(("x" * 5_000,), "y" * 5_000, "r" * 500, "s" * 5_000, "o" * 500, "m" * 500),
    Owner(tuple("abc" * 300), "☃" * 3_000),
    Owner(("😀" * 900,), "\ud800" * 900),
    Owner(run_id="\0" * 900, step="\0" * 900, output="\0" * 900, mapping_key="\0" * 900),
]


@pytest.mark.parametrize("owner", HUGE)
def test_huge_keys_keep_the_record_short(owner: Owner) -> None:
    text = write_record(RECORD._replace(owner=owner, type="t" * 3_000))
    assert len(text) <= LONGEST
    assert read_record(text, "here").owner == fit_owner(owner)
    assert owned_by_other(text, owner, "here") is None


@pytest.mark.parametrize("owner", HUGE)
def test_huge_keys_that_differ_at_their_end_stay_apart(owner: Owner) -> None:
    text = write_record(RECORD._replace(owner=owner))
    if owner.asset:
        other = dataclasses.replace(owner, asset=(*owner.asset[:-1], owner.asset[-1] + "!"))
    else:
        other = dataclasses.replace(owner, output=owner.output + "!")
    assert owned_by_other(text, other, "here") is not None


def test_short_owners_stay_as_they_are() -> None:
    assert fit_owner(ASSET) is ASSET


def test_the_same_asset_of_another_run_is_the_same_owner() -> None:
    text = write_record(RECORD)
    assert owned_by_other(text, dataclasses.replace(ASSET, run_id="other", step="", output=""), "here") is None
    assert owned_by_other(text, NOBODY, "here") is None


@pytest.mark.parametrize(
    "other",
    [
        Owner(("a",), "2024-01-01"),
        Owner(("a", "b")),
        Owner(("a", "b", "2024-01-01")),
        Owner(("a", "b"), "2024-01-02"),
        Owner(run_id=ASSET.run_id, step=ASSET.step, output=ASSET.output),
    ],
)
def test_another_owner_is_told_apart(other: Owner) -> None:
    assert owned_by_other(write_record(RECORD), other, "here") == ASSET


def test_the_owner_of_a_record_without_one_is_nobody() -> None:
    text = write_record(RECORD._replace(owner=NOBODY))
    assert owned_by_other(text, ASSET, "here") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        write_record(RECORD)[:-1],
        write_record(RECORD).replace("12345", '"many"'),
        write_record(RECORD).replace('"parquet"', "3"),
        write_record(RECORD).replace('["a","b"]', "[1]"),
    ],
)
def test_what_is_no_record_is_damage(text: str) -> None:
    with pytest.raises(ValueDamaged, match="cannot be read") as refusal:
        read_record(text, "/data/x")
    assert refusal.value.where == "/data/x"


def test_a_record_of_a_newer_version_says_so() -> None:
    text = write_record(RECORD._replace(writer="lading 9.0")).replace('"v":1', '"v":2')
    with pytest.raises(StorageError, match=r"newer version \(lading 9\.0\)") as refusal:
        read_record(text, "here")
    assert "upgrade" in refusal.value.fix
