"""What a run selects: its assets and checks, or the reason why it cannot run."""

from __future__ import annotations

from typing import Any

from lading.definitions.lineage import Lineage, source_of
from lading.definitions.selection import as_selection
from lading.errors import InvalidDefinitionError, InvalidSubsetError
from lading.values.keys import AssetCheckKey, AssetKey


def select(selection: Any, lineage: Lineage, where: str) -> tuple[set[AssetKey], set[AssetCheckKey]]:
    """The assets and checks a run makes.

    Args:
        selection: Whatever :func:`as_selection` takes.
        lineage: What is selected from.
        where: The job or call that selects, for the error.

    Raises:
        InvalidDefinitionError: An asset or check that is named does not exist, or some of the assets of one
            function are selected that it cannot make alone; the cause is an InvalidSubsetError.
        InvalidAssetSelectionError: A text cannot be read.
    """
    chosen = as_selection(selection)
    try:
        keys = chosen.resolve(lineage)
        checks = chosen.resolve_checks(lineage)
        _refuse_parts(keys, lineage)
    except InvalidSubsetError as error:
        raise InvalidDefinitionError(
            f"{where} cannot be made of this selection: {error.what}", where=error.where, fix=error.fix,
            did_you_mean=error.did_you_mean,
        ) from error  # fmt: skip
    return keys, checks


def _refuse_parts(keys: set[AssetKey], lineage: Lineage) -> None:
    for definition in {id(each): each for each in map(lineage.by_key.__getitem__, keys)}.values():
        together = definition.specs_by_key
        if len(together) == 1 or definition.can_subset or definition.node is None or keys.issuperset(together):
            continue
        missing = sorted(key.to_user_string() for key in together if key not in keys)
        raise InvalidSubsetError(
            f"{definition!r} makes its assets together, and {', '.join(missing)} is not selected",
            where=source_of(definition),
            fix="select all of them (selection.required_multi_asset_neighbors()), or set can_subset=True",
        )  # fmt: skip
