"""What is kept of a backfill, so that it can be shown and taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from lading.app.backfill_plan import Ends, Which
from lading.app.finding_runs import BACKFILL_KIND, BACKFILL_TAG
from lading.app.instance import Instance
from lading.app.processes import is_dead, is_here, this_process
from lading.errors import InvariantViolationError, RunNotFoundError
from lading.values.dataclass import dataclass, field, replace
from lading.values.keys import AssetKey
from lading.values.records import RunQuery, RunsFilter

RUNNING, CANCELLED, FAILED, DONE = "running", "cancelled", "failed", "done"
LAST = "last"


@dataclass(frozen=True, slots=True)
class BackfillRecord:
    """A backfill: what was asked for, and how far it came.

    Attributes:
        backfill_id: Its id, a tag of all its runs.
        assets: The assets that were selected.
        which: What of them is made.
        partition_range: Between which partitions, or None; None at an end leaves that end open.
        max_parallel: How many runs go on at a time.
        total: How many values it was to make when it began.
        state: ``running``, ``done``, ``failed`` or ``cancelled``.
        started_at: When it began, in seconds since 1970 UTC.
        process: Which process makes it.
        definitions: Where its definitions came from: a file or module.
        selection: What was asked for, as text.
        named: What options of the command line named the definitions, by the names of the options.
    """

    backfill_id: str
    assets: tuple[AssetKey, ...] = ()
    which: Which = "missing"
    partition_range: Ends | None = None
    max_parallel: int = 1
    total: int = 0
    state: str = RUNNING
    started_at: float = 0.0
    process: str | None = None
    definitions: str | None = None
    selection: str | None = None
    named: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_here(self) -> bool:
        """Whether its process is of this machine, so that it can be told whether it lives."""
        return self.process is not None and is_here(self.process)

    @property
    def is_resumable(self) -> bool:
        """Whether it ended before all was stored."""
        return self.current_state in {CANCELLED, FAILED}

    @property
    def current_state(self) -> str:
        """Its state; of one whose process died: ``cancelled``."""
        if self.state == RUNNING and self.process is not None and is_dead(self.process):
            return CANCELLED
        return self.state


def keep_backfill(instance: Instance, record: BackfillRecord) -> None:
    """Keep a backfill, or what became of it."""
    instance.registry.put(BACKFILL_KIND, record.backfill_id, _to_json(record))


def claim_backfill(instance: Instance, record: BackfillRecord, max_parallel: int | None = None) -> BackfillRecord:
    """The same backfill, made by this process from now on; of several processes one gets it.

    Args:
        instance: Where it is kept.
        record: The backfill, as it was found.
        max_parallel: How many runs go on at a time; as before when left out.

    Raises:
        InvariantViolationError: Another process has just taken it up.
    """
    taken = replace(
        record, state=RUNNING, process=this_process(),
        max_parallel=record.max_parallel if max_parallel is None else max_parallel,
    )  # fmt: skip
    if not instance.registry.compare_and_set(BACKFILL_KIND, record.backfill_id, _to_json(record), _to_json(taken)):
        raise InvariantViolationError(
            f"backfill {record.backfill_id[:6]} has just been taken up by another process",
            where=instance.history.location, fix="wait for its end",
        )  # fmt: skip
    return taken


def kept_backfill(instance: Instance, backfill_id: str) -> BackfillRecord | None:
    """What is kept of a backfill, or None."""
    raw = instance.registry.get(BACKFILL_KIND, backfill_id)
    return None if raw is None else _from_json(backfill_id, raw)


def find_backfill(instance: Instance, text: str, where: str) -> BackfillRecord:
    """The backfill whose id begins with a text; ``last`` is the newest.

    Raises:
        RunNotFoundError: There is none, or there are several.
    """
    known = [_from_json(name, raw) for name, raw in instance.registry.list(BACKFILL_KIND).items()]
    if text == LAST:
        found = sorted(known, key=lambda each: each.started_at)[-1:]
    else:
        found = [each for each in known if text and each.backfill_id.startswith(text)]
    if len(found) == 1:
        return found[0]
    if not found:
        near = get_close_matches(text, {each.backfill_id[: len(text)] for each in known}, n=1)
        raise RunNotFoundError(
            f"no backfill begins with {text}", where=where, did_you_mean=near[0] if near else None,
            fix=f"did you mean {near[0]}?" if near else "`lading runs` lists the backfills",
        )  # fmt: skip
    shown = ", ".join(each.backfill_id[: len(text) + 6] for each in found[:10])
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
        "range": None if record.partition_range is None else list(record.partition_range),
        "max_parallel": record.max_parallel,
        "total": record.total,
        "started_at": record.started_at,
        "process": record.process,
        "definitions": record.definitions,
        "selection": record.selection,
        "named": dict(record.named),
    }


def _from_json(backfill_id: str, raw: Mapping[str, Any]) -> BackfillRecord:
    get = raw.get
    span = get("range")
    return BackfillRecord(
        backfill_id, tuple(AssetKey(parts) for parts in get("assets", ())), get("which", "missing"),
        None if span is None else (span[0], span[1]), get("max_parallel", 1), get("total", 0), raw["state"],
        get("started_at", 0.0), get("process"), get("definitions"), get("selection"),
        get("named", {}),
    )  # fmt: skip
