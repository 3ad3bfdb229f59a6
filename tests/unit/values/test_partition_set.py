"""A set of partition keys is equal to the plain set, and stays a few runs of numbers."""

import pickle

import pytest

from lading.errors import CheckError
from lading.values.axis import ListAxis
from lading.values.partition_set import PartitionSet
from lading.values.partitions import MultiPartitionKey, PartitionKeyRange, TimeWindow

LETTERS = ListAxis("abcdefgh")


def test_it_equals_the_plain_set_of_its_keys_from_both_sides():
    found = PartitionSet.of(LETTERS, ["a", "c", "b"])
    assert found == {"a", "b", "c"}
    assert {"a", "b", "c"} == found
    assert found != {"a", "b"}
    assert len(found) == 3


def test_neighbours_become_one_run():
    assert PartitionSet.of(LETTERS, ["c", "a", "b", "g"]).runs == [(0, 3), (6, 7)]
    assert PartitionSet(LETTERS, [(4, 6), (0, 2), (1, 5), (7, 7)]).runs == [(0, 6)]


def test_membership_by_text_only():
    found = PartitionSet.of(LETTERS, "ab")
    assert "a" in found
    assert "h" not in found
    assert "zz" not in found
    assert 1 not in found


def test_missing_and_ranges():
    found = PartitionSet.of(LETTERS, "abdh")
    assert found.missing() == set("cefg")
    assert found.missing_ranges() == [PartitionKeyRange("c", "c"), PartitionKeyRange("e", "g")]
    assert found.ranges() == [PartitionKeyRange("a", "b"), PartitionKeyRange("d", "d"), PartitionKeyRange("h", "h")]


def test_next_missing_goes_on_after_a_key_in_pages():
    found = PartitionSet.of(LETTERS, "bd")
    assert found.next_missing(2) == ["a", "c"]
    assert found.next_missing(2, after="c") == ["e", "f"]
    assert found.next_missing(9, after="f") == ["g", "h"]
    assert found.next_missing(0) == []


def test_add_joins_both_sides_and_changes_nothing_else():
    before = PartitionSet.of(LETTERS, "ac")
    after = before.add("b")
    assert after.runs == [(0, 3)]
    assert before == {"a", "c"}
    assert after.add("b") is after


def test_a_key_without_a_place_is_refused_by_add_and_ignored_by_difference():
    found = PartitionSet.of(LETTERS, "ab")
    with pytest.raises(CheckError, match="keys look like 'a'"):
        found.add("zz")
    assert found.difference(["zz", "a"]) == {"b"}
    assert found.union(["h"]) == {"a", "b", "h"}


def test_operators_on_one_axis_stay_runs_and_with_plain_sets_give_plain_sets():
    left, right = PartitionSet.of(LETTERS, "abc"), PartitionSet.of(ListAxis("abcdefgh"), "cd")
    assert isinstance(left | right, PartitionSet)
    assert (left & right).runs == [(2, 3)]
    assert left - right == {"a", "b"}
    assert left ^ right == {"a", "b", "d"}
    assert left | {"zz"} == {"a", "b", "c", "zz"}
    assert {"a", "zz"} - left == {"zz"}
    assert left >= {"a"}


def test_the_union_with_an_empty_set_of_the_same_axis_is_the_set():
    assert PartitionSet.of(LETTERS, "ab").union(PartitionSet(LETTERS)).runs == [(0, 2)]


def test_it_is_pickled_with_its_axis():
    found = PartitionSet.of(LETTERS, "abh")
    assert pickle.loads(pickle.dumps(found)) == found


def test_repr_shows_ranges():
    assert repr(PartitionSet.of(LETTERS, "abch")) == "PartitionSet(4: a..c, h)"
    many = PartitionSet(ListAxis(map(str, range(20))), [(place, place + 1) for place in range(0, 12, 2)])
    assert repr(many) == "PartitionSet(6: 0, 2, 4, 6, 8, …)"


def test_some_ranges_and_how_many_there_are():
    found = PartitionSet.of(LETTERS, "abdfh")
    assert found.ranges(2) == [PartitionKeyRange("a", "b"), PartitionKeyRange("d", "d")]
    assert found.missing_ranges(1) == [PartitionKeyRange("c", "c")]
    assert (found.count_ranges(), found.missing().count_ranges(), PartitionSet(LETTERS).count_ranges()) == (4, 3, 0)
    assert (found.last(), PartitionSet(LETTERS).last()) == ("h", None)


def test_it_is_compared_with_sets_of_all_kinds():
    small, large = PartitionSet.of(LETTERS, "ab"), PartitionSet.of(ListAxis("abcdefgh"), "abc")
    for few, many in (
        (small, large),
        ({"a", "b"}, large),
        (small, {"a", "b", "c"}),
        (small, PartitionSet.all(LETTERS)),
    ):
        assert few <= many
        assert few < many
        assert many >= few
        assert not many <= few
    assert small.issubset("abc")
    assert not small.issubset("bc")
    assert large.issuperset(small)
    assert large.issuperset(["a", "c"])
    assert not large.issuperset(["zz"])
    assert small.isdisjoint(PartitionSet.of(LETTERS, "cd"))
    assert small.isdisjoint({"zz"})
    assert not small.isdisjoint(large)


class Counted(ListAxis):
    """Counts how often it was asked for keys."""

    asked = 0

    def key_of(self, ordinal):
        type(self).asked += 1
        return super().key_of(ordinal)

    def keys_between(self, start, stop):
        type(self).asked += stop - start
        return super().keys_between(start, stop)


def test_sets_of_a_million_are_compared_and_counted_without_their_keys():
    axis = Counted(f"{number:07d}" for number in range(1_000_000))
    found = PartitionSet(axis, [(0, 700_000), (700_050, 1_000_000)])
    Counted.asked = 0
    assert len(found) == 999_950
    assert "0700049" not in found
    assert found <= PartitionSet.all(axis)
    assert found.missing() == PartitionSet(axis, [(700_000, 700_050)])
    assert not (found & found.missing())
    assert Counted.asked == 0
    assert found.next_missing(10)[-1] == "0700009"
    assert Counted.asked == 10
    assert found.ranges(1) == [PartitionKeyRange("0000000", "0699999")]
    assert Counted.asked == 12


def test_keys_are_placed_in_a_row_or_one_by_one():
    axis = Counted(f"{number:04d}" for number in range(5000))
    keys = list(axis.keys)
    assert PartitionSet.placed(axis, keys).runs == [(0, 5000)]
    odd = ["zz", *keys[10:2000], "1", *keys[2100:2101], *keys[2050:2090:2], *keys[::-1][:3]]
    assert PartitionSet.placed(axis, odd) == set(odd) - {"zz", "1"}
    # As many keys as places between the first and the last, and not the same keys.
    assert PartitionSet.placed(axis, [*keys[:7], "x", *keys[8:20]]).runs == [(0, 7), (8, 20)]
    assert PartitionSet.placed(axis, []) == set()


def test_a_set_goes_on_over_an_axis_that_has_grown():
    found = PartitionSet.of(ListAxis("ab"), "a")
    later = found.on(ListAxis("abc"))
    assert list(later.missing()) == ["b", "c"]
    assert list(found.missing()) == ["b"]


def test_a_list_is_told_by_its_keys_and_a_longer_one_extends_it():
    short, long = ListAxis("ab"), ListAxis("abc")
    assert short.fingerprint() == ListAxis(["a", "b"]).fingerprint() != long.fingerprint()
    assert long.extends(short.fingerprint())
    assert long.extends(long.fingerprint())
    assert not short.extends(long.fingerprint())
    assert not long.extends(ListAxis("ac").fingerprint())
    assert not long.extends("something else")


def test_multi_partition_key_is_its_text_in_the_order_of_dimension_names():
    key = MultiPartitionKey({"letter": "a", "day": "2024-01-01"})
    assert key == "2024-01-01|a"
    assert hash(key) == hash("2024-01-01|a")
    assert key.keys_by_dimension == {"day": "2024-01-01", "letter": "a"}
    assert list(key.keys_by_dimension) == ["day", "letter"]
    again = pickle.loads(pickle.dumps(key))
    assert again == key
    assert again.keys_by_dimension == key.keys_by_dimension


def test_multi_partition_key_cannot_be_changed_through_its_dict():
    key = MultiPartitionKey({"a": "1", "b": "2"})
    key.keys_by_dimension["a"] = "9"
    assert key.keys_by_dimension == {"a": "1", "b": "2"}


def test_ranges_and_windows_unpack_and_compare_by_content():
    start, end = PartitionKeyRange("a", "b")
    assert (start, end) == ("a", "b")
    assert PartitionKeyRange(start="a", end="b") == PartitionKeyRange("a", "b")
    assert TimeWindow(*range(2)).end == 1
