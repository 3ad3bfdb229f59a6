"""``lading show``: the latest value of an asset, its facts, metadata and history. Loads no user code."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import click

from lading.app.instance import Instance
from lading.app.kept import AssetFacts, AssetStatus, kept_facts, status_as_kept
from lading.cli import words
from lading.cli.document import as_json
from lading.cli.options import Settings, command
from lading.cli.partitions import first_of, last_of, partition_fields, partition_lines
from lading.cli.screen import plain
from lading.cli.session import Session
from lading.cli.tables import wrapped
from lading.errors import InvalidSubsetError, UnknownPartitionError
from lading.values.event_log import EventLogRecord, EventQuery
from lading.values.events import EventType
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization
from lading.values.partition_set import PartitionSet

HISTORY = 5
INPUT_TAG = "dagster/input_data_version/"
LATEST = "latest"


@command(
    "show",
    ("lading show weather", "the latest value: where it lies, how big it is, its metadata"),
    ("lading show weather --partition 2015-12-01", "one partition"),
    definitions=False,
)
@click.argument("asset")
@click.option("--partition", metavar="K", help="One partition; `latest` is the last one that is stored.")
@click.pass_obj
def show_command(settings: Settings, asset: str, partition: str | None) -> int:
    """The latest value of an asset: its facts, metadata and history."""
    session = Session(settings)
    # Nothing is loaded; the place only says which home is meant.
    place = session.find_place_if_any()
    key = AssetKey.from_user_string(asset)
    with Instance.open(session.home(place)) as instance:
        facts = kept_facts(instance, key) or AssetFacts()
        status = status_as_kept(instance, key, facts)
        if status is None:
            raise _unknown(session, key, instance)
        record = _record(instance, key, partition)
        earlier = _earlier(instance, key, record)
    state = status.state if partition is None or record is None else _state_of(status, record.partition_key or "")
    if settings.json:
        session.publish(**_fields(key, record, facts, earlier, status, state))
        return 0
    if not settings.quiet:
        _show(session, key, record, facts, earlier, status)
    return 0


def _state_of(status: AssetStatus, partition: str) -> str:
    """The state of one partition, of which a value is stored."""
    counts = status.partitions
    if counts is None:
        return "stored"
    return next((state for state in ("failed", "stale") if partition in counts.sets.get(state, ())), "stored")


def _unknown(session: Session, key: AssetKey, instance: Instance) -> InvalidSubsetError:
    names = [each.to_user_string() for each in instance.history.asset_keys()]
    near = difflib.get_close_matches(key.to_user_string(), names, n=1)
    return InvalidSubsetError(
        f'the history knows no asset "{key.to_user_string()}"',
        where=f"home {session.shown_place(session.home())}, {words.plural(len(names), 'asset')}",
        did_you_mean=near[0] if near else None,
        fix=f'did you mean "{near[0]}"?' if near else f"`{session.suggest('materialize', key.to_user_string())}`",
    )


def _record(instance: Instance, key: AssetKey, partition: str | None) -> EventLogRecord | None:
    if partition is None:
        return instance.history.latest([key]).get(key)
    stored = instance.get_materialized_partitions(key)
    if partition == LATEST and stored:
        partition = last_of(stored) or partition
    found = instance.history.latest_slots(key, [partition]).get(partition)
    if found is None:
        ends = f", {first_of(stored)}..{last_of(stored)}" if stored else ""
        near = _nearest(instance, key, stored, partition)
        raise UnknownPartitionError(
            f'no value of {key.to_user_string()} is stored for "{partition}"',
            where=f"{words.plural(len(stored), 'partition')} stored{ends}",
            did_you_mean=near,
            fix=f"`lading materialize {key.to_user_string()} --partition {partition}`"
            if near is None
            else f"nearest: {near}",
        )
    return found


def _nearest(instance: Instance, key: AssetKey, stored: AbstractSet[str], partition: str) -> str | None:
    """The stored partition that was probably meant, or None."""
    if isinstance(stored, PartitionSet):
        rule = instance.rules.of(key)
        near = None if rule is None else rule.nearest(partition, None, instance)
        return near if near is not None and near in stored else stored.last()
    return next(iter(difflib.get_close_matches(partition, sorted(stored), n=1)), None)


def _earlier(instance: Instance, key: AssetKey, record: EventLogRecord | None) -> Sequence[EventLogRecord]:
    if record is None:
        return []
    part = record.partition_key
    query = EventQuery(
        kinds=(EventType.ASSET_MATERIALIZATION,), asset_key=key, partitions=None if part is None else [part],
        limit=HISTORY,
    )  # fmt: skip
    return [each for each in instance.history.events(query).records if each.partition_key == part]


def _inputs(made: AssetMaterialization | None, facts: AssetFacts) -> list[str]:
    tags: Mapping[str, str] = {} if made is None else made.tags
    loaded = [name.removeprefix(INPUT_TAG) for name in tags if name.startswith(INPUT_TAG)]
    return sorted({*loaded, *facts.upstream})


def _fields(
    key: AssetKey,
    record: EventLogRecord | None,
    facts: AssetFacts,
    earlier: Sequence[EventLogRecord],
    status: AssetStatus,
    state: str,
) -> dict[str, Any]:
    made = None if record is None else record.asset_materialization
    kept = None if made is None else made.receipt
    return {
        "asset": key.to_user_string(),
        "partition": None if record is None else record.partition_key,
        "description": facts.description,
        "state": state,
        "partitions": partition_fields(status.partitions),
        "code_location": facts.source,
        "materialization": None
        if record is None
        else {
            "stored_at": words.iso(record.timestamp),
            "run_id": record.run_id or None,
            "version": None if kept is None else kept.digest or None,
            "url": None if kept is None else kept.url,
            "format": None if kept is None else kept.format,
            "codec": None if kept is None else kept.codec,
            "digest": None if kept is None else kept.digest or None,
            "bytes": None if kept is None else kept.bytes,
            "verified_at": None,
            "seconds": None if kept is None else kept.seconds,
            "type": None if kept is None else kept.type,
            "facts": {} if made is None else as_json(dict(made.facts)),
        },
        "metadata": {} if made is None else {name: as_json(value.value) for name, value in made.metadata.items()},
        "inputs": _inputs(made, facts),
        "consumers": list(facts.downstream),
        "history": [
            {
                "version": _version(each) or None,
                "stored_at": words.iso(each.timestamp),
                "run_id": each.run_id or None,
            }
            for each in earlier
        ],
    }


def _version(record: EventLogRecord) -> str:
    made = record.asset_materialization
    return "" if made is None or made.receipt is None else made.receipt.digest


def _show(
    session: Session,
    key: AssetKey,
    record: EventLogRecord | None,
    facts: AssetFacts,
    earlier: Sequence[EventLogRecord],
    status: AssetStatus,
) -> None:
    screen = session.screen
    part = None if record is None else record.partition_key
    head = [plain(key.to_user_string()) + (f"  {plain(part)}" if part else "")]
    head.extend([plain(facts.description.strip().split("\n")[0])] if facts.description else [])
    head.extend([plain(facts.source)] if facts.source else [])
    for line in wrapped("    ".join(head), screen.width, "  "):
        screen.answer(line)
    made = None if record is None else record.asset_materialization
    rows: list[tuple[str, str]] = []
    # Of another partition than the one that is shown, the line of partitions tells.
    its_own = part is None or _state_of(status, part) == "failed"
    if its_own and status.failed_at is not None and status.run_id is not None:
        rows.append(
            ("failed", f"{words.moment(status.failed_at, precise=True)} by run {words.short_id(status.run_id)}")
        )
    if record is None or made is None:
        rows.append(("missing", "never stored"))
    else:
        rows.extend(_stored_rows(session, record, made))
        rows.extend(_lineage_rows(made, facts))
        shown = {name: value for name, value in made.metadata.items() if name != "path" or made.receipt is None}
        if shown:
            rows.append(("metadata", "  ·  ".join(f"{plain(name)} {_short(value)}" for name, value in shown.items())))
        rows.append(("history", "   ·   ".join(_moment(each) for each in earlier)))
    if status.partitions is not None:
        first, *rest = partition_lines(status.partitions)
        rows.extend([("partitions", first), *(("", line) for line in rest)])
    for name, text in rows:
        label = screen.paint_out(name, name.ljust(10))
        first, *rest = wrapped(text, None if screen.width is None else screen.width - 13)
        screen.answer(f"  {label} {first}")
        for line in rest:
            screen.answer(" " * 13 + line)


def _stored_rows(session: Session, record: EventLogRecord, made: AssetMaterialization) -> list[tuple[str, str]]:
    kept = made.receipt
    run = f" by run {words.short_id(record.run_id)}" if record.run_id else ""
    took = f", {words.seconds(kept.seconds)}" if kept is not None else ""
    version = f"    version {words.digest(kept.digest)}" if kept is not None and kept.digest else ""
    rows = [("stored", f"{words.moment(record.timestamp, precise=True)}{run}{took}{version}")]
    if kept is not None:
        coded = "" if kept.codec == "none" else f" {kept.codec}"
        digest = f", {kept.digest.partition(':')[0]} {words.digest(kept.digest)}…" if kept.digest else ""
        rows.append(
            (
                "where",
                f"{plain(session.shown_place(kept.url))}    {kept.format}{coded}, {words.size(kept.bytes)}{digest}",
            )
        )
        facts = made.facts
        if kept.type:
            shape = words.items(kept.type, facts.get("rows"))
            columns = facts.get("columns")
            rows.append(("value", shape + (f", {words.plural(columns, 'column')}" if isinstance(columns, int) else "")))
    return rows


def _lineage_rows(made: AssetMaterialization, facts: AssetFacts) -> list[tuple[str, str]]:
    inputs = _inputs(made, facts)
    parts = [f"from {words.listed(map(plain, inputs), 8)}"] if inputs else []
    if facts.downstream:
        parts.append(f"read by {words.listed(map(plain, facts.downstream), 8)}")
    rows: list[tuple[str, str]] = []
    if inputs:
        rows.append(("from", parts[0].removeprefix("from ") + (f"      {parts[1]}" if len(parts) > 1 else "")))
    elif facts.downstream:
        rows.append(("read by", parts[0].removeprefix("read by ")))
    return rows


def _short(value: Any) -> str:
    text = plain(str(as_json(value.value)).replace("\n", " "))
    return text if len(text) <= 80 else text[:79] + "…"


def _moment(record: EventLogRecord) -> str:
    return f"{words.digest(_version(record)) or 'stored'} {words.moment(record.timestamp)}"
