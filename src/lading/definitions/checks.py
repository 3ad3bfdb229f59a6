"""Checks: functions that look at an asset and say whether it is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lading.definitions.ins_outs import InputDefinition, OutputDefinition, check_name
from lading.definitions.op import OpDefinition, config_of, resources_of
from lading.definitions.retry import RetryPolicy
from lading.definitions.signature import NO_RETURN, name_of, read_signature, sort_parameters
from lading.definitions.spec import AssetDep, AssetIn, key_of
from lading.errors import InvalidDefinitionError
from lading.values.keys import AssetCheckKey, AssetKey
from lading.values.outputs import NOT_GIVEN


class AssetCheckSpec:
    """What is declared of a check.

    Args:
        name: Its name.
        asset: The asset it looks at.
        description: For people.
        additional_deps: Further assets it depends on.
        blocking: Whether a failure stops what is downstream.
        metadata: For people.
        automation_condition: Accepted and kept.
    """

    __slots__ = ("additional_deps", "asset_key", "automation_condition", "blocking", "description", "metadata", "name")

    def __init__(
        self,
        name: str,
        *,
        asset: Any,
        description: str | None = None,
        additional_deps: Any = None,
        blocking: bool = False,
        metadata: Mapping[str, Any] | None = None,
        automation_condition: Any = None,
    ) -> None:
        self.name = name
        self.asset_key = key_of(asset)
        self.description = description
        self.additional_deps: tuple[AssetDep, ...] = tuple(
            AssetDep.from_coercible(dep) for dep in additional_deps or ()
        )
        self.blocking = blocking
        self.metadata: Mapping[str, Any] = metadata or {}
        self.automation_condition = automation_condition

    @property
    def key(self) -> AssetCheckKey:
        """Its key."""
        return AssetCheckKey(self.asset_key, self.name)

    def of_asset(self, asset: Any) -> AssetCheckSpec:
        """The same check of another asset."""
        return AssetCheckSpec(
            self.name, asset=asset, description=self.description, additional_deps=self.additional_deps,
            blocking=self.blocking, metadata=self.metadata, automation_condition=self.automation_condition,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"AssetCheckSpec({self.key.to_user_string()!r})"


class AssetChecksDefinition:
    """A check and its function. Made by :func:`asset_check`.

    Attributes:
        op: The function, as an op.
        spec: What is declared of it.
        keys_by_input: The assets its inputs load.
        resource_defs: Resources of its own.
    """

    __slots__ = ("keys_by_input", "op", "resource_defs", "spec")

    def __init__(
        self,
        op: OpDefinition,
        spec: AssetCheckSpec,
        keys_by_input: Mapping[str, AssetKey],
        resource_defs: Mapping[str, Any],
    ) -> None:
        self.op = op
        self.spec = spec
        self.keys_by_input = keys_by_input
        self.resource_defs = resource_defs

    @property
    def check_keys(self) -> list[AssetCheckKey]:
        """Keys of its checks."""
        return [self.spec.key]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function directly."""
        return self.op(*args, **kwargs)


def asset_check(
    *,
    asset: Any,
    name: str | None = None,
    description: str | None = None,
    blocking: bool = False,
    additional_ins: Mapping[str, AssetIn] | None = None,
    additional_deps: Any = None,
    required_resource_keys: Any = None,
    resource_defs: Mapping[str, Any] | None = None,
    config_schema: Any = None,
    compute_kind: str | None = None,
    op_tags: Mapping[str, Any] | None = None,
    retry_policy: RetryPolicy | None = None,
    metadata: Mapping[str, Any] | None = None,
    automation_condition: Any = None,
    pool: str | None = None,
) -> Callable[[Callable[..., Any]], AssetChecksDefinition]:
    """Make a check of a function that returns an AssetCheckResult.

    Args:
        asset: The asset it looks at; a parameter named like it is loaded by its IO manager.
        name: The check's name; the function's when left out.
        description: For people; the docstring when left out.
        blocking: Whether a failure stops what is downstream and fails the run.
        additional_ins: Further assets it loads.
        additional_deps: Further assets it depends on.
        required_resource_keys: Resources it reads from its context.
        resource_defs: Resources of its own.
        config_schema: What its config must look like.
        compute_kind: Accepted and kept as a tag.
        op_tags: For people and tools.
        retry_policy: How often it is tried again.
        metadata: For people.
        automation_condition: Accepted and kept.
        pool: Accepted and kept.
    """
    asset_key = key_of(asset)

    def decorate(fn: Callable[..., Any]) -> AssetChecksDefinition:
        check_name_ = check_name(name or name_of(fn, "@asset_check"), "a check")
        where = f"check {asset_key.to_user_string()}:{check_name_}"
        signature = read_signature(fn)
        parameters = sort_parameters(signature, where)
        ins: dict[str, InputDefinition] = {}
        keys: dict[str, AssetKey] = {}
        own = {asset_key.parts[-1], asset_key.to_python_identifier()}
        for parameter in parameters.inputs:
            declared = (additional_ins or {}).get(parameter)
            if declared is not None:
                keys[parameter] = declared.key or AssetKey(parameter)
            elif parameter in own or len(parameters.inputs) == 1:
                keys[parameter] = asset_key
            else:
                raise InvalidDefinitionError(
                    f'parameter "{parameter}" stands for no asset', where=where,
                    fix=f'name it "{asset_key.parts[-1]}", or declare it in additional_ins',
                )  # fmt: skip
            kind = signature.annotations.get(parameter, Any)
            manager = declared.input_manager_key if declared is not None else None
            metadata_ = declared.metadata if declared is not None else None
            ins[parameter] = InputDefinition(
                parameter, kind, NOT_GIVEN, metadata_, manager, keys[parameter],
                missing=declared.missing if declared is not None else "raise",
            )  # fmt: skip
        tags = {key: str(value) for key, value in (op_tags or {}).items()}
        op = OpDefinition(
            f"{asset_key.to_python_identifier()}_{check_name_}", fn, signature, parameters, ins,
            {"result": OutputDefinition("result", type(None), is_required=False)}, NO_RETURN,
            config_of(where, parameters, config_schema), resources_of(parameters, required_resource_keys),
            retry_policy, {**tags, **({"kind": compute_kind} if compute_kind else {})}, description or fn.__doc__,
            pool=pool, is_asset=True,
        )  # fmt: skip
        spec = AssetCheckSpec(
            check_name_, asset=asset_key, description=description or fn.__doc__, additional_deps=additional_deps,
            blocking=blocking, metadata=metadata, automation_condition=automation_condition,
        )  # fmt: skip
        return AssetChecksDefinition(op, spec, keys, resource_defs or {})

    return decorate
