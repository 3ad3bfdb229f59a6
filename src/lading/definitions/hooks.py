"""Hooks: functions called after a step succeeded or failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias, overload

from lading.abc.contexts.resource import LOG, NO_RESOURCES, Resources
from lading.definitions.ins_outs import check_name
from lading.definitions.signature import read_signature
from lading.errors import InvalidDefinitionError, InvalidInvocationError
from lading.values.dataclass import dataclass, field
from lading.values.metadata import Metadata

HookTrigger: TypeAlias = Literal["success", "failure"]


@dataclass(frozen=True, slots=True)
class HookContext:
    """What a hook sees: the step it is called after, and how that ended.

    Attributes:
        hook_def: The hook.
        step_key: The step.
        job_name: The job.
        run_id: The run.
        op: The op of the step.
        op_config: The op's config, or None.
        op_exception: The exception the step failed with, or None.
        op_output_values: Output name to value; for a dynamic output a mapping by mapping key.
        op_output_metadata: Output name to the metadata added while the step ran.
        resources: The resources the hook requires.
        instance: Where the run is recorded.
        log: A logger whose lines are kept with the step.
    """

    hook_def: HookDefinition
    step_key: str
    job_name: str = ""
    run_id: str = ""
    op: Any = None
    op_config: Any = None
    op_exception: BaseException | None = None
    op_output_values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    op_output_metadata: Mapping[str, Metadata] = field(default_factory=dict[str, Metadata])
    resources: Resources = NO_RESOURCES
    instance: Any = None
    log: Any = LOG

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """Resources the hook reads."""
        return self.hook_def.required_resource_keys


class HookDefinition:
    """A function called after a step. Made by :func:`success_hook` and :func:`failure_hook`.

    Attributes:
        name: Its name.
        fn: The function; it takes a :class:`HookContext`.
        trigger: After which steps it is called: ``"success"`` or ``"failure"``.
        required_resource_keys: Resources it reads.
    """

    __slots__ = ("fn", "name", "required_resource_keys", "trigger")

    def __init__(
        self,
        name: str,
        fn: Callable[..., Any],
        trigger: HookTrigger,
        required_resource_keys: Iterable[str] | None = None,
    ) -> None:
        self.name = check_name(name, "a hook")
        self.fn = fn
        self.trigger: HookTrigger = trigger
        self.required_resource_keys: frozenset[str] = frozenset(required_resource_keys or ())
        names = read_signature(fn).names
        if len(names) != 1:
            raise InvalidDefinitionError(
                f'hook "{name}" takes {len(names)} parameters', where=f"function {fn.__name__}",
                fix=f"let it take one, its context: def {fn.__name__}(context)",
            )  # fmt: skip

    @property
    def decorated_fn(self) -> Callable[..., Any]:
        """The function."""
        return self.fn

    def __repr__(self) -> str:
        return f"HookDefinition({self.name!r}, {self.trigger!r})"

    def __call__(self, context: Any = None) -> Any:
        """Call the function directly, or decorate a job: ``@hook`` above ``@job`` calls it after each of its steps.

        Raises:
            InvalidInvocationError: Neither a context nor a job is given.
        """
        hooks: frozenset[Any] | None = getattr(context, "hooks", None)
        if hooks is not None and hasattr(context, "replaced"):
            return context.replaced(hooks=hooks | {self})
        if context is None:
            raise InvalidInvocationError(
                f'hook "{self.name}" takes a context', where="a direct call",
                fix='pass HookContext(hook, "step"), or any object with the attributes it reads',
            )  # fmt: skip
        return self.fn(context)


@overload
def success_hook(hook_fn: Callable[[Any], Any], /) -> HookDefinition: ...
@overload
def success_hook(
    *, name: str | None = None, required_resource_keys: Iterable[str] | None = None
) -> Callable[[Callable[[Any], Any]], HookDefinition]: ...
def success_hook(
    hook_fn: Callable[[Any], Any] | None = None,
    *,
    name: str | None = None,
    required_resource_keys: Iterable[str] | None = None,
) -> HookDefinition | Callable[[Callable[[Any], Any]], HookDefinition]:
    """Make a hook that is called after every step that succeeded.

    Args:
        hook_fn: The function; it takes a :class:`HookContext`.
        name: Its name; the function's when left out.
        required_resource_keys: Resources it reads from its context.

    Raises:
        InvalidDefinitionError: The function does not take exactly one parameter.
    """

    def decorate(fn: Callable[[Any], Any]) -> HookDefinition:
        return HookDefinition(name or fn.__name__, fn, "success", required_resource_keys)

    return decorate(hook_fn) if hook_fn is not None else decorate


@overload
def failure_hook(hook_fn: Callable[[Any], Any], /) -> HookDefinition: ...
@overload
def failure_hook(
    *, name: str | None = None, required_resource_keys: Iterable[str] | None = None
) -> Callable[[Callable[[Any], Any]], HookDefinition]: ...
def failure_hook(
    hook_fn: Callable[[Any], Any] | None = None,
    *,
    name: str | None = None,
    required_resource_keys: Iterable[str] | None = None,
) -> HookDefinition | Callable[[Callable[[Any], Any]], HookDefinition]:
    """Make a hook that is called after every step that failed.

    Args:
        hook_fn: The function; it takes a :class:`HookContext`.
        name: Its name; the function's when left out.
        required_resource_keys: Resources it reads from its context.

    Raises:
        InvalidDefinitionError: The function does not take exactly one parameter.
    """

    def decorate(fn: Callable[[Any], Any]) -> HookDefinition:
        return HookDefinition(name or fn.__name__, fn, "failure", required_resource_keys)

    return decorate(hook_fn) if hook_fn is not None else decorate
