"""Runs whose process died: what they had stored is recorded after all, and they are known to have ended.

A materialization is recorded a moment after its value is stored. When the process dies in between, the stored object
itself says which run and step wrote it, so only the places the run was to fill are looked at; no store is searched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from time import time

from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.io import SupportsReceipts
from lading.app.instance import Instance
from lading.app.processes import is_dead, this_process
from lading.app.values import opened_manager
from lading.definitions.collect import Definitions
from lading.values.event_log import EventQuery
from lading.values.events import EngineEventData, Event, EventType, StepMaterializationData
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization
from lading.values.receipt import Receipt
from lading.values.records import PlannedStep, RunQuery, RunRecord, RunsFilter, RunStatus
from lading.values.state import Slot

LEASE = "recovery"
"""The kind under which the registry keeps who recovers a run, so that two do not do it at once."""

_OPEN = (RunStatus.NOT_STARTED, RunStatus.STARTING, RunStatus.STARTED, RunStatus.CANCELING)


def recover_runs(
    definitions: Definitions, instance: Instance, assets: Collection[AssetKey] | None = None
) -> dict[str, int]:
    """Finish the runs whose process died: record what they had stored, and that they were cancelled.

    Args:
        definitions: The assets and their resources.
        instance: Where the runs are recorded.
        assets: Only runs that were to make one of these; left out: all.

    Returns:
        By run id: how many values were found that the log had missed.
    """
    filters = RunsFilter(statuses=_OPEN)
    recovered: dict[str, int] = {}
    for record in instance.history.runs(RunQuery(filters, plans=True)).records:
        run = record.run
        if run.process is None or not is_dead(run.process):
            continue
        if assets is not None and run.asset_selection.isdisjoint(assets):
            continue
        if not _claim(instance, run.run_id):
            continue
        try:
            recovered[run.run_id] = _recover(definitions, instance, record)
        finally:
            instance.registry.put(LEASE, run.run_id, None)
    return recovered


def _claim(instance: Instance, run_id: str) -> bool:
    held = instance.registry.get(LEASE, run_id)
    if held is not None and not is_dead(held):
        return False
    return instance.registry.compare_and_set(LEASE, run_id, held, this_process())


def _recover(definitions: Definitions, instance: Instance, record: RunRecord) -> int:
    run = record.run
    current = instance.history.run(run.run_id)
    if current is None or current.run.is_finished:  # another process was quicker
        return 0
    known = {
        Slot(key, each.partition_key)
        for each in instance.history.events(
            EventQuery(run_id=run.run_id, kinds=(EventType.ASSET_MATERIALIZATION,))
        ).records
        if (key := each.asset_key) is not None
    }
    events: list[Event] = []
    for step in run.plan:
        for key in step.assets:
            lost = [slot.partition for slot in step.slots() if slot.asset_key == key and slot not in known]
            for partition, receipt in _stored(definitions, instance, key, lost, step).items():
                if receipt.owner.run_id == run.run_id:
                    events.append(_event(key, partition, receipt, step))
    found = len(events)
    text = f"The process that ran it ended; {found} stored value{'' if found == 1 else 's'} had not been recorded."
    events += [
        Event(EventType.ENGINE_EVENT, time(), None, EngineEventData(), text),
        Event(EventType.RUN_CANCELED, time(), job_name=run.job_name),
    ]
    instance.history.append(run.run_id, events)
    return found


def _stored(
    definitions: Definitions, instance: Instance, key: AssetKey, lost: list[str | None], step: PlannedStep
) -> Mapping[str | None, Receipt]:
    definition = definitions.lineage.by_key.get(key)
    if definition is None or definition.node is None or not lost:
        return {}
    with opened_manager(definition, key, definitions.resources, instance) as opened:
        manager: object = opened.manager
        if not isinstance(manager, SupportsReceipts):
            return {}
        spec = definition.specs_by_key[key]
        partitions = NO_PARTITIONS
        if definition.partitions_def is not None:
            places = tuple(definition.partitions_def.as_partition_key(each) for each in lost if each is not None)
            partitions = PartitionFacts(None, places, definition.partitions_def)
        context = OutputContext(
            key.parts[-1], step.step_key, definition_metadata=spec.metadata, resource_config=opened.config,
            resources=opened.resources, asset_key=key, asset_spec=spec, partitions=partitions, instance=instance,
        )  # fmt: skip
        return manager.find_receipts(context)


def _event(key: AssetKey, partition: str | None, receipt: Receipt, step: PlannedStep) -> Event:
    made = AssetMaterialization(key, None, None, partition, receipt=receipt)
    return Event(EventType.ASSET_MATERIALIZATION, receipt.stored_at, step.step_key, StepMaterializationData(made))
