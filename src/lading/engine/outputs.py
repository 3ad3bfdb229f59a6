"""Storing the outputs of a step: one OutputContext, one handle_output, one event each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.engine.desk import types_of
from lading.engine.materializations import record_output
from lading.engine.parts import Parts, divided
from lading.engine.storing import (
    StoreFailed,
    check_output,
    emit_handled,
    finished,
    output_context,
    said_by_manager,
)
from lading.engine.work import Work
from lading.planning.plan import StepOutput
from lading.values.keys import StepOutputHandle
from lading.values.materialization import NO_TAGS
from lading.values.metadata import NO_METADATA, Metadata
from lading.values.outputs import DataVersion
from lading.values.signals import RetryRequested


def store_output(
    work: Work,
    planned: StepOutput,
    value: Any,
    metadata: Metadata,
    mapping_key: str | None = None,
    data_version: DataVersion | None = None,
    tags: Mapping[str, str] = NO_TAGS,
    stored: bool = True,
) -> None:
    """Check, store and record one output.

    Args:
        work: The step.
        planned: The output, as planned.
        value: Its value.
        metadata: What the body said of it.
        mapping_key: The key of a dynamic output.
        data_version: The user's own version of the content.
        tags: Further tags of the materialization.
        stored: False where the body has stored it itself.

    Raises:
        TypeCheckDidNotPass: The value is not of the declared type.
        StoreFailed: The manager raised.
    """
    desk, use, name = work.desk, work.use, planned.name
    check_output(work, name, value, metadata, mapping_key, stored=stored)
    if desk.captured is not None:
        desk.captured[StepOutputHandle(work.step.key, name, mapping_key)] = value
    if not stored or types_of(use).outputs[name].is_nothing:
        record_output(work, planned, metadata, NO_METADATA, None, data_version, tags)
        return
    opened = desk.managers[use.op.outs[name].io_manager_key]
    context = output_context(work, planned, opened, metadata, mapping_key)
    if planned.partitions is not None and opened.divide is not None:
        values = divided(opened.divide, context, planned, value)
        if values is not None:
            Parts(work, planned, opened, context).store_all(values, opened, context, metadata, data_version, tags)
            return
    try:
        extra = finished(work, opened, opened.manager.handle_output(context, value))
    except RetryRequested:
        raise
    except Exception as error:
        raise StoreFailed(error, name) from error
    added = said_by_manager(work, planned, context, extra)
    record_output(work, planned, metadata, added, context, data_version, tags)
    emit_handled(work, name, opened.key, added, context.receipt)
