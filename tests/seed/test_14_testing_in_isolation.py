"""A manager examined without a run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

import lading as dg
from tests.seed.test_03_custom_io_manager import MyIOManager


def test_my_io_manager():
    with tempfile.TemporaryDirectory() as tmpdir:
        io_manager = MyIOManager(path_prefix=[tmpdir])

        # Create mock context
        context = dg.build_output_context(asset_key=dg.AssetKey(["test_asset"]))

        # Test handle_output
        test_data = [1, 2, 3]
        io_manager.handle_output(context, test_data)

        # Test load_input
        loaded_data = io_manager.load_input(dg.build_input_context(asset_key=dg.AssetKey(["test_asset"])))

        assert loaded_data == test_data


def test_the_bytes_lie_where_the_manager_put_them() -> None:
    MyIOManager(path_prefix=[os.getcwd()]).handle_output(dg.build_output_context(asset_key="test_asset"), [1, 2, 3])
    assert Path("test_asset").read_bytes() == b"1\r\n2\r\n3\r\n"


def test_a_built_context_answers_what_it_was_told_and_refuses_the_rest() -> None:
    context = dg.build_output_context(asset_key=dg.AssetKey(["test_asset"]))
    assert context.asset_key == dg.AssetKey("test_asset")
    assert not context.has_partition_key
    with pytest.raises(dg.InvariantViolationError, match="build_output_context"):
        _ = context.name


def test_a_missing_value_is_the_managers_own_exception() -> None:
    with pytest.raises(FileNotFoundError):
        MyIOManager().load_input(dg.build_input_context(asset_key=dg.AssetKey(["test_asset"])))
