"""Static and dynamic partitions, and partitions with two dimensions."""

import pickle

import pytest

from lading.abc.partitions import partition_loading_context
from lading.definitions.partitions.dynamic import AddDynamicPartitionsRequest, DynamicPartitionsDefinition
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.definitions.partitions.periods import DailyPartitionsDefinition
from lading.definitions.partitions.static import StaticPartitionsDefinition
from lading.errors import (
    CheckError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    UnknownPartitionError,
)
from lading.values.partition_set import PartitionSet
from lading.values.partitions import MultiPartitionKey, PartitionKeyRange

LETTERS = StaticPartitionsDefinition(["b", "a", "c"])
DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")
GRID = MultiPartitionsDefinition({"letter": LETTERS, "day": DAYS})


class Keys:
    """A store of dynamic partitions in a dict."""

    def __init__(self, **keys):
        self.keys = keys

    def get_dynamic_partitions(self, name, /):
        return self.keys.get(name, [])

    def has_dynamic_partition(self, name, key, /):
        return key in self.keys.get(name, [])


# ---------------------------------------------------------------- static


def test_static_keys_keep_their_order_also_in_ranges():
    assert LETTERS.get_partition_keys() == ["b", "a", "c"]
    assert (LETTERS.get_first_partition_key(), LETTERS.get_last_partition_key()) == ("b", "c")
    assert LETTERS.get_partition_keys_in_range(PartitionKeyRange("b", "a")) == ["b", "a"]
    assert LETTERS.get_partition_keys_in_range(PartitionKeyRange("a", "b")) == []


def test_static_range_to_an_unknown_key_names_it():
    with pytest.raises(InvalidInvocationError, match="zebra"):
        LETTERS.get_partition_keys_in_range(PartitionKeyRange("b", "zebra"))


@pytest.mark.parametrize("key", ["a...b", "a\nb", "\t", "\0", "\v", "\a"])
def test_static_keys_that_would_break_things_are_refused(key):
    with pytest.raises(InvalidDefinitionError):
        StaticPartitionsDefinition([key])


@pytest.mark.parametrize("key", ["", " ", "a/b", "a|b", "[x]", "ünï", '"', "..", "\\"])
def test_static_keys_may_be_odd(key):
    assert StaticPartitionsDefinition([key]).has_partition_key(key)


def test_static_keys_are_texts_and_come_once():
    with pytest.raises(InvalidDefinitionError, match="twice"):
        StaticPartitionsDefinition(["a", "b", "a"])
    with pytest.raises(CheckError):
        StaticPartitionsDefinition(["a", 1])
    with pytest.raises(CheckError):
        StaticPartitionsDefinition("abc")


def test_no_keys_at_all():
    none = StaticPartitionsDefinition([])
    assert none.get_partition_keys() == []
    assert none.get_first_partition_key() is None
    assert none.get_last_partition_key() is None


def test_static_has_no_windows():
    assert not LETTERS.has_time_windows
    with pytest.raises(InvariantViolationError, match="no span of time"):
        LETTERS.time_window_for_partition_key("a")


def test_static_hint():
    countries = StaticPartitionsDefinition(["germany", "france"])
    with pytest.raises(UnknownPartitionError) as caught:
        countries.require_partition_key("Germani")
    assert caught.value.did_you_mean == "germany"
    assert countries.nearest(" GERMANY ") == "germany"
    assert countries.nearest("xxxxxx") is None


def test_static_content():
    assert StaticPartitionsDefinition(("b", "a", "c")) == LETTERS
    assert StaticPartitionsDefinition(["a", "b", "c"]) != LETTERS
    assert hash(pickle.loads(pickle.dumps(LETTERS))) == hash(LETTERS)
    assert repr(LETTERS) == "StaticPartitionsDefinition(['b', 'a', 'c'])"
    assert "… 100 keys" in repr(StaticPartitionsDefinition([str(number) for number in range(100)]))


# ---------------------------------------------------------------- dynamic


def test_dynamic_keys_come_from_the_store_given_or_around():
    parts = DynamicPartitionsDefinition(name="people")
    store = Keys(people=["z", "a"])
    assert parts.get_partition_keys(dynamic_partitions_store=store) == ["z", "a"]
    assert parts.has_partition_key("a", dynamic_partitions_store=store)
    with partition_loading_context(dynamic_partitions_store=store):
        assert parts.get_num_partitions() == 2
        assert not parts.has_partition_key("q")
        assert parts.get_partition_keys_in_range(PartitionKeyRange("z", "a")) == ["z", "a"]


def test_dynamic_keys_without_a_store_are_refused_with_the_remedy():
    with pytest.raises(CheckError, match="dynamic_partitions_store=instance"):
        DynamicPartitionsDefinition(name="people").get_partition_keys()


def test_dynamic_keys_may_come_from_a_function():
    parts = DynamicPartitionsDefinition(lambda _now: ["x", "y"])
    assert parts.get_partition_keys() == ["x", "y"]
    assert parts.has_partition_key("y")


def test_dynamic_needs_a_name_or_a_function():
    with pytest.raises(InvalidDefinitionError, match="need a name"):
        DynamicPartitionsDefinition()
    with pytest.raises(InvalidDefinitionError, match="not both"):
        DynamicPartitionsDefinition(lambda _now: [], name="x")


def test_dynamic_requests():
    parts = DynamicPartitionsDefinition(name="people")
    assert parts.build_add_request(["a"]) == AddDynamicPartitionsRequest("people", ["a"])
    assert parts.build_delete_request(["a"]).partition_keys == ["a"]
    with pytest.raises(InvalidDefinitionError):
        parts.build_add_request(["a\nb"])
    with pytest.raises(InvalidDefinitionError):
        DynamicPartitionsDefinition(lambda _now: []).build_add_request(["a"])


# ---------------------------------------------------------------- two dimensions


def test_multi_keys_are_the_product_in_the_order_of_names():
    keys = GRID.get_partition_keys()
    assert keys[:4] == ["2024-01-01|b", "2024-01-01|a", "2024-01-01|c", "2024-01-02|b"]
    assert all(isinstance(key, MultiPartitionKey) for key in keys)
    assert GRID.get_num_partitions() == 12
    assert (GRID.get_first_partition_key(), GRID.get_last_partition_key()) == ("2024-01-01|b", "2024-01-04|c")


def test_multi_ranges_span_both_dimensions():
    row = GRID.get_partition_keys_in_range(PartitionKeyRange("2024-01-01|a", "2024-01-03|a"))
    assert row == ["2024-01-01|a", "2024-01-02|a", "2024-01-03|a"]
    block = GRID.get_partition_keys_in_range(PartitionKeyRange("2024-01-01|b", "2024-01-02|a"))
    assert block == ["2024-01-01|b", "2024-01-01|a", "2024-01-02|b", "2024-01-02|a"]
    with pytest.raises(InvalidInvocationError, match="zz"):
        GRID.get_partition_keys_in_range(PartitionKeyRange("2024-01-01|a", "2024-01-03|zz"))


def test_multi_membership_and_texts():
    assert GRID.has_partition_key("2024-01-02|a")
    assert GRID.has_partition_key(MultiPartitionKey({"letter": "a", "day": "2024-01-02"}))
    for wrong in ("a|2024-01-02", "2024-01-02", "2024-01-02|a|b", "2024-01-02|z", "2025-01-02|a", ""):
        assert not GRID.has_partition_key(wrong)
    assert GRID.as_partition_key("2024-01-02|a").keys_by_dimension == {"day": "2024-01-02", "letter": "a"}
    with pytest.raises(CheckError, match=r"day\|letter"):
        GRID.get_partition_key_from_str("x")


def test_multi_hints_also_for_the_wrong_order():
    assert GRID.nearest("2024-1-2|a") == "2024-01-02|a"
    assert GRID.nearest("a|2024-01-02") == "2024-01-02|a"
    assert GRID.nearest("2024-01-02") is None


def test_multi_dimensions():
    assert [part.name for part in GRID.partitions_defs] == ["day", "letter"]
    assert GRID.get_partitions_def_for_dimension("letter") == LETTERS
    with pytest.raises(CheckError, match="day and letter"):
        GRID.get_partitions_def_for_dimension("zz")
    assert GRID.get_multipartition_keys_with_dimension_value("letter", "a")[0] == "2024-01-01|a"


def test_multi_window_of_its_one_time_dimension():
    assert GRID.has_time_windows
    assert GRID.time_window_for_partition_key("2024-01-03|a") == DAYS.time_window_for_partition_key("2024-01-03")
    two = MultiPartitionsDefinition({"a": LETTERS, "b": LETTERS})
    assert not two.has_time_windows
    with pytest.raises(InvariantViolationError):
        two.time_window_for_partition_key("a|b")
    with pytest.raises(InvariantViolationError):
        MultiPartitionsDefinition({"a": DAYS, "b": DAYS}).time_window_for_partition_key("2024-01-01|2024-01-01")


def test_multi_has_two_plain_dimensions():
    with pytest.raises(InvalidInvocationError, match="3"):
        MultiPartitionsDefinition({"a": LETTERS, "b": LETTERS, "c": DAYS})
    with pytest.raises(InvalidDefinitionError, match='dimension "a"'):
        MultiPartitionsDefinition({"a": GRID, "b": LETTERS})
    for key in ("a|b", "a,b", "[", "]"):
        with pytest.raises(InvalidDefinitionError, match="separates"):
            MultiPartitionsDefinition({"a": StaticPartitionsDefinition([key]), "b": LETTERS})


def test_multi_status_has_a_row_per_letter_so_that_days_can_grow():
    found = PartitionSet.of(GRID.axis(), [key for key in GRID.get_partition_keys() if key.endswith(("a", "c"))])
    assert len(found.runs) == 2
    assert found.missing_ranges() == [PartitionKeyRange("2024-01-01|b", "2024-01-04|b")]
    assert found == set(GRID.get_partition_keys()) - set(found.missing())
    assert pickle.loads(pickle.dumps(found)) == found


def test_multi_with_a_dynamic_dimension():
    parts = MultiPartitionsDefinition({"who": DynamicPartitionsDefinition(name="people"), "day": DAYS})
    store = Keys(people=["x"])
    assert parts.get_num_partitions(dynamic_partitions_store=store) == 4
    assert parts.has_partition_key("2024-01-01|x", dynamic_partitions_store=store)


def test_multi_content():
    assert MultiPartitionsDefinition({"day": DAYS, "letter": LETTERS}) == GRID
    assert hash(pickle.loads(pickle.dumps(GRID))) == hash(GRID)
    assert MultiPartitionsDefinition({"day": DAYS, "other": LETTERS}) != GRID
