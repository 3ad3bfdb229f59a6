"""What is kept of a backfill, so that it can be shown and taken up again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from lading.app.backfill_plan import Which
from lading.app.finding_runs import BACKFILL_KIND, BACKFILL_TAG
from lading.app.instance import Instance
from lading.app.processes import is_dead, this_process
from lading.errors import RunNotFoundError
from lading.values.dataclass import dataclass, replace
from lading.values.keys import AssetKey
from lading.values.records import RunQuery, RunsFilter

RUNNING = "running"
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class BackfillRecord:
    """A backfill: what was asked for, and how far it came.

    Attributes:
        backfill_id: Its id, a tag of all its runs.
        assets: The assets that were selected.
        which: What of them is made.
        partition_range: Between which partitions, or None.
        max_parallel: How many runs go on at a time.
        total: How many values it was to make when it began.
        state: ``running``, ``done``, ``failed`` or ``cancelled``.
        started_at: When it began, in seconds since 1970 UTC.
        process: Which process makes it.
        definitions: Where its definitions came from: a file or module.
        selection: What was asked for, as text.
    """

    backfill_id: str
    assets: tuple[AssetKey, ...] = ()
    which: Which = "missing"
    partition_range: tuple[str, str] | None = None
    max_parallel: int = 1
    total: int = 0
    state: str = RUNNING
    started_at: float = 0.0
    process: str | None = None
    definitions: str | None = None
    selection: str | None = None

    @property
    def current_state(self) -> str:
        """Its state; of one whose process died: ``cancelled``."""
        if self.state == RUNNING and self.process is not None and is_dead(self.process):
            return CANCELLED
        return self.state


def keep_backfill(instance: Instance, record: BackfillRecord) -> None:
    """Keep a backfill, or what became of it."""
    instance.registry.put(BACKFILL_KIND, record.backfill_id, _to_json(record))


def begun_again(record: BackfillRecord) -> BackfillRecord:
    """The same backfill, made by this process from now on."""
    return replace(record, state=RUNNING, process=this_process())


def kept_backfill(instance: Instance, backfill_id: str) -> BackfillRecord | None:
    """What is kept of a backfill, or None."""
    raw = instance.registry.get(BACKFILL_KIND, backfill_id)
    return None if raw is None else _from_json(backfill_id, raw)


def find_backfill(instance: Instance, text: str, where: str) -> BackfillRecord:
    """The backfill whose id begins with a text.

    Raises:
        RunNotFoundError: There is none, or there are several.
    """
    found = {name: raw for name, raw in instance.registry.list(BACKFILL_KIND).items() if text and name.startswith(text)}
    if len(found) == 1:
        ((name, raw),) = found.items()
        return _from_json(name, raw)
    if not found:
        raise RunNotFoundError(f"no backfill begins with {text}", where=where, fix="`lading runs` lists the backfills")
    shown = ", ".join(name[: len(text) + 6] for name in list(found)[:10])
    raise RunNotFoundError(f"{len(found)} backfills begin with {text}", where=where, fix=f"type more of one: {shown}")


def runs_of(instance: Instance, backfill_id: str) -> list[str]:
    """The ids of the runs that a backfill has made so far."""
    query = RunQuery(RunsFilter(tags={BACKFILL_TAG: backfill_id}))
    return [record.run.run_id for record in instance.history.runs(query).records]


def _to_json(record: BackfillRecord) -> dict[str, Any]:
    return {
        "state": record.state,
        "assets": [list(key.parts) for key in record.assets],
        "which": record.which,
        "range": record.partition_range,
        "max_parallel": record.max_parallel,
        "total": record.total,
        "started_at": record.started_at or time.time(),
        "process": record.process,
        "definitions": record.definitions,
        "selection": record.selection,
    }


def _from_json(backfill_id: str, raw: Mapping[str, Any]) -> BackfillRecord:
    get = raw.get
    span = get("range")
    return BackfillRecord(
        backfill_id, tuple(AssetKey(parts) for parts in get("assets", ())), get("which", "missing"),
        None if span is None else (span[0], span[1]), get("max_parallel", 1), get("total", 0), raw["state"],
        get("started_at", 0.0), get("process"), get("definitions"), get("selection"),
    )  # fmt: skip
