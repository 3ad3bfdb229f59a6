"""Outputs that are stored partition by partition: each is committed and recorded before the next is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import time
from typing import Any, cast

from lading.abc.contexts.output import OutputContext
from lading.engine.desk import Divide, Manager, types_of
from lading.engine.materializations import merged_metadata, record_partition, version_tags
from lading.engine.storing import (
    StoreFailed,
    check_output,
    emit_handled,
    finished,
    output_context,
    said_by_manager,
)
from lading.engine.work import Work
from lading.errors import InvariantViolationError, StepOutputNotFoundError
from lading.planning.plan import StepOutput
from lading.values.keys import AssetKey, StepOutputHandle
from lading.values.metadata import NO_METADATA, Metadata
from lading.values.outputs import DataVersion
from lading.values.signals import RetryRequested

_NAMED = 5  # so many partitions are named in a message


def divided(
    divide: Divide, context: OutputContext, planned: StepOutput, value: Any
) -> Iterator[tuple[str, Any]] | None:
    """The value of each partition of an output, where its manager stores them one by one; else None.

    Raises:
        StoreFailed: The value does not divide into the partitions of the run.
    """
    partitions = planned.partitions or ()
    if len(partitions) == 1 and not context.definition_metadata and not context.asset_partitions_together:
        return None
    try:
        return divide(context, value)
    except Exception as error:
        raise StoreFailed(error, planned.name) from error


class Parts:
    """One output of a run over partitions, as far as it has been given.

    Args:
        work: The step.
        planned: The output, as planned.
        opened: The manager that stores it; None where the body does.
        context: What the manager sees of the whole output.
    """

    __slots__ = ("_context", "_given", "_key", "_last", "_opened", "_places", "_planned", "_tags", "_work")

    def __init__(
        self, work: Work, planned: StepOutput, opened: Manager | None = None, context: OutputContext | None = None
    ) -> None:
        self._work = work
        self._planned = planned
        self._opened = opened
        self._context = context
        self._key = cast("AssetKey", planned.asset_key)
        self._places = {key: key for key in planned.partitions or ()}
        self._given: set[str] = set()
        self._tags: dict[str, str] | None = None
        self._last: OutputContext | None = None

    def give(
        self,
        key: str,
        value: Any,
        metadata: Metadata,
        data_version: DataVersion | None,
        tags: Mapping[str, str],
        stored: bool,
    ) -> None:
        """Check, store and record the value of one partition that the body gave by itself.

        Raises:
            InvariantViolationError: The run does not make the partition, or it was given already.
            TypeCheckDidNotPass: The value is not of the declared type.
            StoreFailed: The manager raised.
        """
        work, name = self._work, self._planned.name
        place = self._place(key)
        check_output(work, name, value, metadata, partition=place, stored=stored, told=bool(self._given))
        if work.desk.captured is not None:
            kept = work.desk.captured.setdefault(StepOutputHandle(work.step.key, name, None), {})
            kept[str(place)] = value
        opened, context = self._opened, self._context
        if not stored or opened is None or context is None:
            self._record(place, metadata, NO_METADATA, None, data_version, tags)
            return
        context = context.for_partition(place, metadata)
        if opened.divide is not None and context.definition_metadata:
            # What is declared of the whole, such as the column of the partition, holds for each part as well.
            parts = divided(opened.divide, context, self._planned, value)
            value = value if parts is None else next(parts)[1]
        self._store(place, value, opened, context, metadata, data_version, tags)

    def store_all(
        self,
        values: Iterator[tuple[str, Any]],
        opened: Manager,
        context: OutputContext,
        metadata: Metadata,
        data_version: DataVersion | None,
        tags: Mapping[str, str],
    ) -> None:
        """Store and record each partition of a value that divides.

        Raises:
            StoreFailed: The manager, or what computes a value, raised.
        """
        while True:
            try:
                key, value = next(values)
            except StopIteration:
                break
            except RetryRequested:
                raise
            except Exception as error:
                raise StoreFailed(error, self._planned.name) from error
            self._store(key, value, opened, context.for_partition(key, metadata), metadata, data_version, tags)
        self.finish()

    def finish(self) -> None:
        """Record that the whole output is stored.

        Raises:
            StepOutputNotFoundError: Partitions of the run were not given.
        """
        work, name = self._work, self._planned.name
        lacking = [key for key in self._places if key not in self._given]
        if lacking and work.use.op.outs[name].is_required:
            more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
            raise StepOutputNotFoundError(
                f'{len(lacking)} of {len(self._places)} partitions of output "{name}" were not given',
                where=f"step {work.step.key}: {', '.join(lacking[:_NAMED])}{more}; the others are stored",
                fix="give a value for each of context.partition_keys, or declare the output as not required",
            )
        last, opened = self._last, self._opened
        if last is not None and opened is not None:
            single = len(self._places) == 1
            said = last.get_logged_metadata() if single else NO_METADATA
            emit_handled(work, name, opened.key, said, last.receipt if single else None)

    def _place(self, key: str) -> str:
        where = f'output "{self._planned.name}" of step "{self._work.step.key}"'
        found = self._places.get(key)
        if found is None:
            raise InvariantViolationError(
                f'"{key}" is no partition of this run', where=where,
                fix="give one value for each of context.partition_keys",
            )  # fmt: skip
        if found in self._given:
            raise InvariantViolationError(f'partition "{key}" is given twice', where=where, fix="give each one once")
        return found

    def _store(
        self,
        key: str,
        value: Any,
        opened: Manager,
        context: OutputContext,
        metadata: Metadata,
        data_version: DataVersion | None,
        tags: Mapping[str, str],
    ) -> None:
        work = self._work
        try:
            extra = finished(work, opened, opened.manager.handle_output(context, value))
        except RetryRequested:
            raise
        except Exception as error:
            raise StoreFailed(error, self._planned.name, key) from error
        added = said_by_manager(work, self._planned, context, extra)
        self._record(key, metadata, added, context, data_version, tags)
        self._last = context

    def _record(
        self,
        key: str,
        metadata: Metadata,
        added: Metadata,
        context: OutputContext | None,
        data_version: DataVersion | None,
        tags: Mapping[str, str],
    ) -> None:
        work = self._work
        if data_version is not None:
            own = version_tags(work, self._key, data_version)
        else:
            own = self._tags = self._tags or version_tags(work, self._key, None)
        if tags:
            own = {**own, **tags}
        merged = merged_metadata(work, self._key, metadata, added)
        record_partition(work, self._key, key, merged, own, context, time())
        self._given.add(key)
        # Where the stored object says who wrote it, a record that was lost can be found again.
        work.desk.settle(context is None or context.receipt is None)


def parts_of(work: Work, planned: StepOutput) -> Parts:
    """What was given so far of an output that the body gives partition by partition.

    Raises:
        InvariantViolationError: The output has no partitions, or was given as a whole already.
    """
    found = work.parts.get(planned.name)
    if found is not None:
        return found
    where = f'output "{planned.name}" of step "{work.step.key}"'
    if planned.partitions is None or planned.asset_key is None:
        raise InvariantViolationError(
            "a value is given for a partition, but the output has none", where=where, fix="leave partition_key out"
        )
    if planned.name in work.produced:
        raise InvariantViolationError(
            "the output is given as a whole and for single partitions", where=where, fix="give it in one way"
        )
    opened = context = None
    if not types_of(work.use).outputs[planned.name].is_nothing:
        opened = work.desk.managers[work.use.op.outs[planned.name].io_manager_key]
        context = output_context(work, planned, opened, NO_METADATA)
    made = work.parts[planned.name] = Parts(work, planned, opened, context)
    work.produced.add(planned.name)
    return made
