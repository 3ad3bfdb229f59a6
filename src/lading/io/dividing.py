"""One value for several partitions: a mapping from each to its own, or a table that is cut by a column."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, cast

from lading.abc.contexts.output import OutputContext
from lading.abc.partitions import PartitionsDefinition
from lading.errors import CannotStoreError
from lading.io.slots import partition_column
from lading.storage.frames import ARROW, LAZY, PANDAS, RELATION, frame_of, from_arrow, library, to_arrow
from lading.storage.types import kind_of

_NAMED = 5  # so many partitions or values are named in a message


def divided(context: OutputContext, obj: Any) -> Iterator[tuple[str, Any]]:
    """The value of each partition of an output, in order.

    The value is a mapping from each partition to its own value; a table, where the metadata of the asset name the
    column of the partition (``partition_column``); or, where there is only one partition, its bare value.

    Raises:
        CannotStoreError: It is none of these, or does not hold just the partitions of the run.
    """
    keys = context.asset_partition_keys
    asset = f"asset {context.asset_key.to_user_string()}"
    column = partition_column(context.definition_metadata)
    whole: Any = obj
    values = cast("Mapping[str, object]", obj) if isinstance(obj, Mapping) else None
    if values is not None and (len(keys) > 1 or list(values) == list(keys)):
        return _of_mapping(values, keys, asset)
    if column is not None and frame_of(kind_of(whole)) is not None:
        return iter(_of_table(whole, column, keys, context.asset_partitions_def, asset))
    if len(keys) == 1:
        return iter([(keys[0], whole)])
    raise CannotStoreError(
        f"one value cannot be stored as {len(keys)} partitions",
        where=f"{asset}, partitions {keys[0]}..{keys[-1]}, a value of type {kind_of(whole).__name__}",
        fix="return a dict with one value for each of context.partition_keys, yield Output(value, partition_key=…) for "
        'each, name the column of a table with metadata={"partition_column": "…"}, or run one partition at a time '
        "(BackfillPolicy.multi_run())",
    )


def one_by_one(context: OutputContext, obj: Any, store: Callable[[OutputContext, Any], object]) -> bool:
    """Store the partitions of an output one by one, if there are several. In a run they come one by one already.

    Args:
        context: The output, of any number of partitions.
        obj: Its value.
        store: Stores the value of one.

    Returns:
        Whether there were several.
    """
    if not context.has_asset_partitions or len(context.asset_partition_keys) == 1:
        return False
    for key, value in divided(context, obj):
        one = context.for_partition(key)
        store(one, value)
        if one.receipt is not None:
            context.record(one.receipt, one.facts, key)
    return True


def _of_mapping(values: Mapping[str, object], keys: Sequence[str], asset: str) -> Iterator[tuple[str, Any]]:
    # Not by `in`, for which a mapping may compute the value.
    known, given = set(keys), set(values)
    missing = [key for key in keys if key not in given]
    unknown = [str(key) for key in values if key not in known]
    if missing or unknown:
        parts = (asset, _listed("missing", missing), _listed("not in the run", unknown))
        raise CannotStoreError(
            f"the dict holds {len(values)} partitions, but the run is of {len(keys)}",
            where="; ".join(filter(None, parts)),
            fix="return a dict with exactly the keys of context.partition_keys",
        )
    # A mapping may compute its values when they are asked for, so each is asked for in its turn.
    return ((key, values[key]) for key in keys)


# ---------------------------------------------------------------- tables


def _of_table(
    table: Any, columns: Any, keys: Sequence[str], definition: PartitionsDefinition, asset: str
) -> list[tuple[str, Any]]:
    """A part of the table for each key. Every row lies in one of them, or the table is refused."""
    kind, whole = cast("str", frame_of(kind_of(table))), table
    if kind == LAZY:
        table = table.collect()
    elif kind == RELATION:
        table = to_arrow(table)
    names = _by_dimension(columns, keys, asset)
    there = [str(name) for name in (table.column_names if kind in {ARROW, RELATION} else table.columns)]
    lacking = [name for name in names.values() if name not in there]
    if lacking and len(keys) == 1:
        return [(keys[0], whole)]  # all rows are of the one partition, whatever they say of it
    if lacking:
        raise CannotStoreError(
            f"the table has no column {', '.join(map(repr, lacking))}, which says the partition of a row",
            where=asset, fix=f"its columns are {', '.join(there)}",
        )  # fmt: skip
    cut = {PANDAS: _cut_pandas, ARROW: _cut_arrow, RELATION: _cut_arrow}.get(kind, _cut_polars)
    parts = cut(table, list(names.values()), _numbering(names, keys, definition, asset))
    nothing = table.slice(0, 0) if kind != PANDAS else table.iloc[:0]
    found = [(key, parts.get(number, nothing)) for number, key in enumerate(keys)]
    return [(key, from_arrow(part, RELATION)) for key, part in found] if kind == RELATION else found


Numbering = Callable[[Sequence[tuple[Any, ...]]], list[int]]


def _cut_pandas(table: Any, names: list[str], number: Numbering) -> dict[int, Any]:
    if not len(table):
        return {}
    kinds = table.drop_duplicates(subset=names)[names].itertuples(index=False, name=None)
    numbers = library("numpy").asarray(number(list(kinds)))
    # Both go by the first appearance of each combination.
    of_rows = numbers[table.groupby(names, sort=False, dropna=False, observed=True).ngroup().to_numpy()]
    numbered = type(table.index).__name__ == "RangeIndex"
    parts = table.groupby(of_rows, sort=False)
    return {int(place): part.reset_index(drop=True) if numbered else part for place, part in parts}


def _cut_polars(table: Any, names: list[str], number: Numbering) -> dict[int, Any]:
    kinds = table.select(names).unique(maintain_order=True)
    place = "partition of the run"  # no column of the table, whatever it holds
    while place in table.columns:
        place += "_"
    kinds = kinds.with_columns(library("polars").Series(place, number(kinds.rows()), dtype=library("polars").Int64))
    whole = table.join(kinds, on=names, how="left", maintain_order="left")
    parts = whole.partition_by(place, as_dict=True, include_key=False, maintain_order=True)
    return {place: part for (place,), part in parts.items()}


def _cut_arrow(table: Any, names: list[str], number: Numbering) -> dict[int, Any]:
    compute, pyarrow = library("pyarrow.compute"), library("pyarrow")
    if not table.num_rows:
        return {}
    encoded = [compute.dictionary_encode(table.column(name), null_encoding="encode").combine_chunks() for name in names]
    code = encoded[0].indices
    for each in encoded[1:]:
        code = compute.add(compute.multiply(code, len(each.dictionary)), each.indices)
    seen = compute.dictionary_encode(code)
    kinds: list[tuple[Any, ...]] = []
    for one in seen.dictionary.to_pylist():
        rest, parts = one, list[Any]()
        for each in reversed(encoded):
            rest, at = divmod(rest, len(each.dictionary))
            parts.append(each.dictionary[at].as_py())
        kinds.append(tuple(reversed(parts)))
    of_rows = compute.take(pyarrow.array(number(kinds)), seen.indices)
    order = compute.sort_indices(of_rows)
    whole, begin, found = table.take(order), 0, dict[int, Any]()
    counts = {each["values"].as_py(): each["counts"].as_py() for each in compute.value_counts(of_rows)}
    for place in sorted(counts):
        found[place] = whole.slice(begin, counts[place])
        begin += counts[place]
    return found


# ---------------------------------------------------------------- the partition of a row


def _by_dimension(columns: Any, keys: Sequence[str], asset: str) -> dict[str, str]:
    """The column of each dimension; ``""`` is the one dimension of plain keys."""
    dimensions = list(getattr(keys[0], "keys_by_dimension", {""}))
    found = {"": columns} if isinstance(columns, str) else columns
    if not isinstance(found, Mapping) or set(cast("Mapping[str, str]", found)) != set(dimensions):
        shown = '"day"' if dimensions == [""] else "{" + ", ".join(f'"{name}": "…"' for name in dimensions) + "}"
        raise CannotStoreError(
            f"partition_column={columns!r:.80} does not say the column of each dimension", where=asset,
            fix=f'metadata={{"partition_column": {shown}}}',
        )  # fmt: skip
    return {name: str(cast("Mapping[str, str]", found)[name]) for name in dimensions}


def _numbering(
    names: Mapping[str, str], keys: Sequence[str], definition: PartitionsDefinition, asset: str
) -> Numbering:
    """What gives each combination of values the place of its partition among the keys."""
    split = [tuple(getattr(key, "keys_by_dimension", {"": key}).values()) for key in keys]
    places = {parts: number for number, parts in enumerate(split)}
    timed = getattr(getattr(definition, "time_dimension", None), "name", "") if definition.has_time_windows else None
    readers = [
        _Windows(definition, {parts[at]: key for parts, key in zip(split, keys, strict=True)}).text_of
        if name == timed
        else _text_of
        for at, name in enumerate(names)
    ]

    def number(kinds: Sequence[tuple[Any, ...]]) -> list[int]:
        found: list[int] = []
        strangers: list[str] = []
        for kind in kinds:
            place = places.get(tuple([read(value) for read, value in zip(readers, kind, strict=True)]))
            if place is None:
                strangers.append(" and ".join(str(value) for value in kind))
            found.append(-1 if place is None else place)
        if strangers:
            raise CannotStoreError(
                f"the table holds rows that belong to no partition of the run: {_listed('', strangers)}",
                where=f"{asset}, column {', '.join(names.values())}; the run is of {keys[0]}..{keys[-1]}",
                fix="keep only the rows of context.partition_keys (or of context.partition_time_window)",
            )
        return found

    return number


def _text_of(value: Any) -> str | None:
    return value if isinstance(value, str) else None if value is None or value != value else str(value)  # noqa: PLR0124 - NaN is not itself


class _Windows:
    """The partitions of the run as spans of time, to find that of a date or a moment."""

    def __init__(self, definition: PartitionsDefinition, keys: Mapping[str, str]) -> None:
        found = sorted((definition.time_window_for_partition_key(key), text) for text, key in keys.items())
        self._zone = found[0][0].start.tzinfo
        self._starts = [window.start.timestamp() for window, _ in found]
        self._ends = [window.end.timestamp() for window, _ in found]
        self._texts = [text for _, text in found]

    def text_of(self, value: Any) -> str | None:
        """The key of the window that a date or a moment lies in; without a zone, it is of that of the windows."""
        if not isinstance(value, date) or value != value:  # noqa: PLR0124 - a missing moment is not itself
            return _text_of(value)
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        at = (moment if moment.tzinfo is not None else moment.replace(tzinfo=self._zone)).timestamp()
        place = bisect_right(self._starts, at) - 1
        return self._texts[place] if place >= 0 and at < self._ends[place] else None


def _listed(what: str, texts: Sequence[str]) -> str:
    if not texts:
        return ""
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return f"{what}{': ' if what else ''}{', '.join(texts[:_NAMED])}{more}"
