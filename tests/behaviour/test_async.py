"""Async functions and managers."""

import asyncio
import threading

import pytest

import lading as dg


class Together:
    """Counts how many are inside at once, without measuring time."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.inside = 0
        self.most = 0
        self.all_in = None

    async def enter(self):
        if self.all_in is None:
            self.all_in = asyncio.Event()
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.inside == self.wanted:
            self.all_in.set()
        await asyncio.wait_for(self.all_in.wait(), 10)


def test_independent_async_steps_run_side_by_side():
    together = Together(10)

    @dg.op
    async def waits():
        await together.enter()
        return 1

    @dg.op
    def total(found):
        return sum(found)

    @dg.job
    def many():
        total([waits.alias(f"waits_{number}")() for number in range(10)])

    assert many.execute_in_process().output_for_node("total") == 10
    assert together.most == 10


def test_async_assets_share_one_loop():
    loops = []

    @dg.asset
    async def one():
        loops.append(asyncio.get_running_loop())
        return 1

    @dg.asset
    async def two(one):
        loops.append(asyncio.get_running_loop())
        return one + 1

    assert dg.materialize([one, two]).asset_value("two") == 2
    assert loops[0] is loops[1]


def test_a_running_loop_is_no_obstacle():
    @dg.asset
    async def inside():
        await asyncio.sleep(0)
        return "fine"

    async def notebook():
        return dg.materialize([inside]).asset_value("inside")

    assert asyncio.run(notebook()) == "fine"


def test_async_generators_are_outputs_one_by_one():
    @dg.op(out=dg.DynamicOut())
    async def numbers():
        for number in range(3):
            await asyncio.sleep(0)
            yield dg.DynamicOutput(number, str(number))

    @dg.op
    def total(found):
        return sum(found)

    @dg.job
    def counting():
        total(numbers().collect())

    assert counting.execute_in_process().output_for_node("total") == 3


class AsyncManager(dg.IOManager):
    def __init__(self, together=None):
        self.values = {}
        self.together = together

    async def handle_output(self, context, obj):
        if self.together is not None:
            await self.together.enter()
        self.values[context.asset_key] = obj
        context.add_output_metadata({"stored": True})

    async def load_input(self, context):
        await asyncio.sleep(0)
        return self.values[context.asset_key]


def test_async_managers_store_side_by_side():
    together = Together(5)
    assets = []
    for number in range(5):

        @dg.asset(name=f"asset_{number}")
        def plain():
            return 1

        assets.append(plain)
    result = dg.materialize(assets, resources={"io_manager": AsyncManager(together)})
    assert result.success
    assert together.most == 5


def test_async_managers_load_and_add_metadata():
    @dg.asset
    def up():
        return 1

    @dg.asset
    def down(up):
        return up + 1

    manager = AsyncManager()
    result = dg.materialize([up, down], resources={"io_manager": manager})
    assert result.asset_value("down") == 2
    assert result.get_asset_materialization_events()[0].materialization.metadata["stored"].value is True
    defs = dg.Definitions(assets=[up, down], resources={"io_manager": manager})
    assert defs.load_asset_value("down", instance=dg.Instance.ephemeral()) == 2


def test_an_async_failure_is_the_users_own():
    @dg.asset
    async def fails():
        await asyncio.sleep(0)
        raise RuntimeError("inside the loop")

    with pytest.raises(RuntimeError, match="inside the loop"):
        dg.materialize([fails])


def test_nothing_is_left_running():
    @dg.asset
    async def one():
        return 1

    before = threading.active_count()
    dg.materialize([one])
    assert threading.active_count() == before
