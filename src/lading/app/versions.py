"""Earlier versions of values: which one is meant, and back to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lading.abc.io import SupportsVersions
from lading.app.instance import Instance
from lading.engine.desk import Manager
from lading.errors import CheckError, VersionMissing
from lading.values.event_log import EventQuery
from lading.values.events import EventType
from lading.values.keys import AssetKey


def version_wanted(
    instance: Instance,
    key: AssetKey,
    partitions: Sequence[str] | None,
    version: str | None,
    run: str | None,
    as_of: datetime | None,
) -> str | None:
    """The digest of the version that is asked for, or None for the current one.

    Args:
        instance: Whose log tells which run stored what, and when.
        key: The asset.
        partitions: Its partitions that are meant; None where it has none.
        version: The version itself.
        run: The run that stored it.
        as_of: When it was the current one; without a zone: UTC.

    Raises:
        CheckError: More than one way is given, or several partitions are meant.
        VersionMissing: The log knows of none.
    """
    ways = [name for name, given in (("version", version), ("run", run), ("as_of", as_of)) if given is not None]
    if not ways:
        return None
    name = key.to_user_string()
    if len(ways) > 1:
        raise CheckError(f"{' and '.join(ways)} exclude each other", where=f'asset "{name}"', fix="give one of them")
    if partitions is not None and len(partitions) != 1:
        raise CheckError(
            f"a version is of one value, and {len(partitions)} partitions are meant", where=f'asset "{name}"',
            fix="name one partition",
        )  # fmt: skip
    if version is not None:
        return version
    moment = None if as_of is None else _timestamp(as_of)
    query = EventQuery(
        run_id=run, kinds=(EventType.ASSET_MATERIALIZATION,), asset_key=key, partitions=partitions,
        before_time=None if moment is None else moment + 1e-6, limit=1,
    )  # fmt: skip
    found = instance.history.events(query).records
    made = found[0].asset_materialization if found else None
    if made is None or made.receipt is None or not made.receipt.digest:
        said = f"run {run} stored" if run is not None else f"was there at {as_of}"
        raise VersionMissing(
            f"the log knows of no version of {name} that {said}", where=instance.history.location,
            fix=f"`lading versions {name}`",
        )  # fmt: skip
    return made.receipt.digest


def _timestamp(moment: datetime) -> float:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def require_versions(opened: Manager, key: AssetKey) -> SupportsVersions:
    """The manager of an asset, as one that keeps versions.

    Raises:
        CheckError: It keeps none.
    """
    manager: Any = opened.manager
    if isinstance(manager, SupportsVersions):
        return manager
    raise CheckError(
        f'the IO manager of "{key.to_user_string()}" keeps no versions', where=f'"{opened.key}", {manager!r:.80}',
        fix="use TypedIOManager(base_dir=…, keep=10) or FilesystemIOManager(base_dir=…, keep=10)",
    )  # fmt: skip
