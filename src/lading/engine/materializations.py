"""What is recorded when an asset was written: one event for each partition, with versions, metadata and receipt."""

from __future__ import annotations

from collections.abc import Mapping
from time import time
from typing import Any

from blake3 import blake3

from lading.abc.contexts.output import OutputContext
from lading.engine.work import Work
from lading.planning.plan import StepOutput
from lading.values.events import AssetObservationData, Event, EventType, StepMaterializationData
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization, AssetObservation
from lading.values.metadata import NO_METADATA, Metadata, MetadataValue
from lading.values.outputs import DataVersion

CODE_VERSION = "dagster/code_version"
DATA_VERSION = "dagster/data_version"
USER_DATA_VERSION = "dagster/data_version_is_user_provided"
INPUT_VERSION = "dagster/input_data_version/"
INPUT_POINTER = "dagster/input_event_pointer/"
PARTITION_TAG = "dagster/partition/"


def emit_asset_event(work: Work, item: AssetMaterialization | AssetObservation) -> None:
    """Record a materialization or observation that user code made itself."""
    if isinstance(item, AssetMaterialization):
        event = Event(EventType.ASSET_MATERIALIZATION, time(), work.step.key, StepMaterializationData(item))
    else:
        event = Event(EventType.ASSET_OBSERVATION, time(), work.step.key, AssetObservationData(item))
    work.desk.emit(event)


def record_output(
    work: Work,
    planned: StepOutput,
    metadata: Metadata,
    added: Metadata,
    context: OutputContext | None,
    data_version: DataVersion | None,
    tags: Mapping[str, str],
) -> None:
    """Record that an asset was written: all its partitions of the run, or the whole.

    Args:
        work: The step.
        planned: The output, as planned.
        metadata: What the body said of it.
        added: What the manager said of it.
        context: What the manager saw; None where none was called.
        data_version: The user's own version of the content.
        tags: Further tags.
    """
    key = planned.asset_key
    if key is None:
        return
    merged = merged_metadata(work, key, metadata, added)
    all_tags = version_tags(work, key, data_version)
    if tags:
        all_tags.update(tags)
    places = (None,) if planned.partitions is None else planned.partitions
    now = time()
    for partition in places:
        record_partition(work, key, partition, merged, all_tags, context, now)


def record_partition(
    work: Work,
    key: AssetKey,
    partition: str | None,
    metadata: Metadata,
    tags: Mapping[str, str],
    context: OutputContext | None,
    now: float,
) -> None:
    """Record that one partition of an asset, or the whole, was written."""
    if partition is not None:
        said = work.notes.asset_metadata if work.notes is not None else None
        if said and (key, partition) in said:
            metadata = {**metadata, **said[key, partition]}
        dimensions = getattr(partition, "keys_by_dimension", None)
        if dimensions:
            tags = {**tags, **{PARTITION_TAG + name: each for name, each in dimensions.items()}}
    made = AssetMaterialization(key, None, metadata, partition, tags)
    put = object.__setattr__
    if context is not None and context.receipt is not None:
        receipt, facts = context.receipt, context.facts
        if partition is not None and context.receipts is not None:
            receipt, facts = context.receipts.get(partition, (receipt, facts))
        put(made, "receipt", receipt)
        put(made, "facts", facts)
    if work.loaded_at is not None:
        put(made, "loaded_at", work.loaded_at)
    work.desk.emit(Event(EventType.ASSET_MATERIALIZATION, now, work.step.key, StepMaterializationData(made)))


def merged_metadata(work: Work, key: AssetKey, metadata: Metadata, added: Metadata) -> Mapping[str, MetadataValue]:
    """What body and manager said of an asset; what the body said of it through its context comes first."""
    merged = {**metadata, **added} if added else metadata
    said = work.notes.asset_metadata if work.notes is not None else None
    return {**said.get((key, None), NO_METADATA), **merged} if said else merged


def version_tags(work: Work, key: AssetKey, given: DataVersion | None) -> dict[str, str]:
    """The tags that say which version was made from which versions.

    The content's version follows from the code's version and the versions of the inputs, unless the user says it.
    """
    desk, step = work.desk, work.step
    assets: Any = work.use.assets
    code = assets.specs_by_key[key].code_version or desk.facts.run_id
    tags = {CODE_VERSION: code}
    versions = desk.versions
    digest = blake3(f"{key.to_string()}\0{code}".encode())
    for each in step.inputs:
        upstream = each.asset_key
        if upstream is None:
            continue
        version, pointer = versions.get(upstream, ("INITIAL", "NULL"))
        name = upstream.to_user_string()
        tags[INPUT_VERSION + name] = version
        tags[INPUT_POINTER + name] = pointer
        digest.update(f"\0{name}\0{version}".encode())
    if given is not None:
        tags[DATA_VERSION] = given.value
        tags[USER_DATA_VERSION] = "true"
    else:
        tags[DATA_VERSION] = digest.hexdigest()
    versions[key] = (tags[DATA_VERSION], f"{desk.facts.run_id}/{step.key}")
    return tags
