"""The JSON form of what is known of assets: receipts, materializations, observations, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lading.values.keys import AssetKey
from lading.values.materialization import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    AssetMaterialization,
    AssetObservation,
)
from lading.values.receipt import NOBODY, Owner, Receipt
from lading.values.serial_metadata import metadata_from_json, metadata_to_json

Raw = Mapping[str, Any]


def key_of(raw: Raw) -> AssetKey:
    """The asset that plain data speaks of; a history puts the key itself there."""
    key = raw["a"]
    return key if isinstance(key, AssetKey) else AssetKey(key)


def receipt_to_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt as plain data."""
    raw: dict[str, Any] = {"u": receipt.url, "n": receipt.bytes, "d": receipt.digest, "f": receipt.format}
    if receipt.codec != "none":
        raw["c"] = receipt.codec
    if receipt.type:
        raw["t"] = receipt.type
    if receipt.owner is not NOBODY:
        raw["o"] = _owner_to_json(receipt.owner)
    if receipt.seconds:
        raw["s"] = round(receipt.seconds, 6)
    if receipt.stored_at:
        raw["at"] = receipt.stored_at
    if receipt.foreign:
        raw["x"] = True
    return raw


def receipt_from_json(raw: Raw) -> Receipt:
    """The inverse of ``receipt_to_json``."""
    get = raw.get
    owner = get("o")
    return Receipt(
        raw["u"], raw["n"], raw["d"], raw["f"], get("c", "none"), get("t", ""),
        NOBODY if owner is None else _owner_from_json(owner), get("s", 0.0), get("at", 0.0), get("x", False),
    )  # fmt: skip


def _owner_to_json(owner: Owner) -> list[Any]:
    return [list(owner.asset), owner.partition, owner.run_id, owner.step, owner.output, owner.mapping_key]


def _owner_from_json(raw: Sequence[Any]) -> Owner:
    return Owner(tuple(raw[0]), *raw[1:6])


# ---------------------------------------------------------------- assets


def materialization_to_json(item: AssetMaterialization | AssetObservation) -> dict[str, Any]:
    """A materialization or an observation as plain data, without the asset and the partition."""
    raw: dict[str, Any] = {}
    if item.description is not None:
        raw["d"] = item.description
    if item.metadata:
        raw["m"] = metadata_to_json(item.metadata)
    if item.tags:
        raw["t"] = item.tags
    if isinstance(item, AssetMaterialization):
        if item.receipt is not None:
            raw["r"] = receipt_to_json(item.receipt)
        if item.facts:
            raw["f"] = item.facts
        if item.loaded_at is not None:
            raw["l"] = item.loaded_at
    return raw


def materialization_from_json(raw: Raw) -> AssetMaterialization:
    """The inverse of ``materialization_to_json``; the asset and the partition stand beside the rest."""
    get = raw.get
    receipt = get("r")
    return AssetMaterialization(
        key_of(raw), get("d"), read_metadata(raw), get("p"), get("t"),
        receipt=None if receipt is None else receipt_from_json(receipt), facts=get("f"),
        loaded_at=get("l"),
    )  # fmt: skip


def read_metadata(raw: Raw) -> dict[str, Any]:
    """The metadata in plain data."""
    metadata = raw.get("m")
    return metadata_from_json(metadata) if metadata else {}


def add_metadata(raw: dict[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Plain data with metadata added, if there is any."""
    if metadata:
        raw["m"] = metadata_to_json(metadata)
    return raw


def check_to_json(check: AssetCheckEvaluation) -> dict[str, Any]:
    """A verdict of a check as plain data, without the asset and the partition."""
    raw: dict[str, Any] = {"n": check.check_name, "ok": check.passed}
    if check.severity is not AssetCheckSeverity.ERROR:
        raw["s"] = check.severity.value
    if check.description is not None:
        raw["d"] = check.description
    if check.blocking:
        raw["b"] = True
    return add_metadata(raw, check.metadata)


def check_from_json(raw: Raw) -> AssetCheckEvaluation:
    """The inverse of ``check_to_json``."""
    return AssetCheckEvaluation(
        key_of(raw), raw["n"], raw["ok"], read_metadata(raw), AssetCheckSeverity(raw.get("s", "ERROR")),
        raw.get("d"), raw.get("b", False), raw.get("p"),
    )  # fmt: skip
