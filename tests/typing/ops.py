"""Ops, graphs, jobs, hooks and resources of a project, as strict type checkers see them. Checked, never run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_type

import lading as dg


class Threshold(dg.Config):
    least: float = 0.5
    names: list[str] = []  # noqa: RUF012 - pydantic copies it


class Client(dg.ConfigurableResource[None]):
    url: str
    retries: int = 3

    def fetch(self) -> list[float]:
        return [0.1, 0.9]


class Service(dg.ConfigurableResource[None]):
    client: dg.ResourceDependency[Client]


@dg.op
def fetched(client: Client) -> list[float]:
    return client.fetch()


@dg.op(
    ins={"values": dg.In(dagster_type=list, metadata={"unit": "mm"})},
    out={"high": dg.Out(io_manager_key="files"), "low": dg.Out(is_required=False)},
    config_schema={"least": dg.Field(float, default_value=0.5)},
    retry_policy=dg.RetryPolicy(),
    tags={"kind": "split"},
)
def divided(context: dg.OpExecutionContext, values: list[float]) -> Iterator[dg.Output[list[float]]]:
    least: float = context.op_config["least"]
    yield dg.Output([value for value in values if value > least], "high")
    yield dg.Output([value for value in values if value <= least], "low")


@dg.op
def counted(context: dg.OpExecutionContext, config: Threshold, values: list[float]) -> int:
    context.log.info("run %s", context.run_id)
    return len([value for value in values if value > config.least])


@dg.op(out=dg.DynamicOut(int))
def pieces() -> Iterator[dg.DynamicOutput[int]]:
    yield dg.DynamicOutput(1, mapping_key="one")


@dg.op
def doubled(number: int) -> int:
    return number * 2


@dg.op(out=dg.Out(int))
def added(numbers: list[int]) -> int:
    return sum(numbers)


@dg.success_hook(required_resource_keys={"client"})
def cheer(context: dg.HookContext) -> None:
    context.log.info(context.op.name)


@dg.failure_hook
def mourn(context: dg.HookContext) -> None:
    context.log.error(str(context.op_exception))


@dg.graph
def chain() -> Any:
    high, low = divided(fetched())
    return counted(high), counted.alias("lows")(low)


@dg.graph
def fan() -> Any:
    return added(pieces().map(doubled).collect())


@dg.job(resource_defs={"client": Client(url="http://localhost")}, hooks={cheer, mourn}, tags={"team": "data"})
def everything() -> None:
    chain()
    fan()


@dg.job
def plain() -> None:
    doubled.alias("twice")(added([]))


@dg.resource(config_schema={"url": dg.StringSource})
def old_client(context: dg.InitResourceContext) -> Iterator[str]:
    yield context.resource_config["url"]


@dg.graph_asset
def grown() -> Any:
    return doubled(added([]))


assert_type(fetched, dg.OpDefinition)
assert_type(divided, dg.OpDefinition)
assert_type(everything, dg.JobDefinition)
assert_type(plain, dg.JobDefinition)
assert_type(chain, dg.GraphDefinition)
assert_type(old_client, dg.ResourceDefinition)
assert_type(cheer, dg.HookDefinition)
assert_type(mourn, dg.HookDefinition)
assert_type(grown, dg.AssetsDefinition)
assert_type(chain.to_job(name="again", resource_defs={"client": old_client}), dg.JobDefinition)

config = dg.RunConfig(ops={"counted": Threshold(least=0.2)}, resources={"client": {"config": {"url": "x"}}})


def run() -> None:
    result = everything.execute_in_process(run_config=config, raise_on_error=False)
    assert_type(result.success, bool)
    count: int = result.output_for_node("chain.counted")
    assert count == 1
    again = dg.execute_job(dg.reconstructable(everything), instance=dg.Instance.ephemeral())
    assert_type(again, dg.JobExecutionResult)
    # Called directly, an op gives what its function gives.
    number: int = doubled(2)
    context = dg.build_op_context(op_config={"least": 0.1}, resources={"client": Client(url="x")})
    assert_type(context, dg.OpExecutionContext)
    values = list(divided(context, [0.1]))
    assert number
    assert values
    with dg.build_resources({"client": Client(url=dg.EnvVar("URL"))}) as resources:
        assert resources.client
