"""Assets and checks gathered from Python modules."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, TypedDict, TypeVar, Unpack, cast

from lading.definitions.assets import AssetsDefinition
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.checks import AssetChecksDefinition, AssetCheckSpec
from lading.definitions.spec import DEFAULT_GROUP, AssetSpec
from lading.errors import CheckError, DuplicateKeyError, InvalidDefinitionError
from lading.values.keys import AssetKey, CoercibleToAssetKeyPrefix

T = TypeVar("T")


class Changes(TypedDict, total=False):
    """What else may be changed of assets while they are gathered.

    Attributes:
        source_key_prefix: Parts put before the keys of assets made elsewhere.
        automation_condition: For all that have none; accepted and kept.
        backfill_policy: For all that have none.
        include_specs: Whether AssetSpecs are gathered too, as assets made elsewhere.
    """

    source_key_prefix: CoercibleToAssetKeyPrefix | None
    automation_condition: Any
    backfill_policy: BackfillPolicy | None
    include_specs: bool


# ---------------------------------------------------------------- assets


def load_assets_from_modules(
    modules: Iterable[ModuleType],
    group_name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    *,
    source_key_prefix: CoercibleToAssetKeyPrefix | None = None,
    automation_condition: Any = None,
    backfill_policy: BackfillPolicy | None = None,
    include_specs: bool = False,
) -> list[AssetsDefinition | AssetSpec]:
    """The assets that modules hold as attributes or in lists; one object in several modules counts once.

    Args:
        modules: The modules.
        group_name: The group of all that name none.
        key_prefix: Parts put before the keys of assets that are made here, and before what depends on them.
        source_key_prefix: The same for assets made elsewhere.
        automation_condition: For all that have none; accepted and kept.
        backfill_policy: For all that have none.
        include_specs: Whether AssetSpecs are gathered too, as assets made elsewhere.

    Raises:
        InvalidDefinitionError: Two assets bear one key, or an asset names another group than ``group_name``.
        CheckError: Something given is no module.
    """
    wanted = (AssetsDefinition, AssetSpec) if include_specs else (AssetsDefinition,)
    found: list[tuple[Any, str]] = list(_objects(modules, wanted))
    _refuse_clashes(found)
    items = [item for item, _ in found]
    names = _new_names(items, key_prefix, source_key_prefix)
    for item in items:
        _refuse_other_group(item, group_name)
    return [_changed(item, names, group_name, automation_condition, backfill_policy) for item in items]


def load_assets_from_current_module(
    group_name: str | None = None, key_prefix: CoercibleToAssetKeyPrefix | None = None, **more: Unpack[Changes]
) -> list[AssetsDefinition | AssetSpec]:
    """The assets of the module that calls this; see :func:`load_assets_from_modules`.

    Args:
        group_name: The group of all that name none.
        key_prefix: Parts put before the keys.
        more: As for :func:`load_assets_from_modules`.

    Raises:
        InvalidDefinitionError: Two assets bear one key, or the caller is no module.
    """
    return load_assets_from_modules([_calling_module()], group_name, key_prefix, **more)


def load_assets_from_package_module(
    package_module: ModuleType,
    group_name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    **more: Unpack[Changes],
) -> list[AssetsDefinition | AssetSpec]:
    """The assets of a package and all modules inside it, which are imported; see :func:`load_assets_from_modules`.

    Args:
        package_module: The package.
        group_name: The group of all that name none.
        key_prefix: Parts put before the keys.
        more: As for :func:`load_assets_from_modules`.

    Raises:
        InvalidDefinitionError: Two assets bear one key.
        CheckError: It is no package.
    """
    return load_assets_from_modules(_package(package_module), group_name, key_prefix, **more)


def load_assets_from_package_name(
    package_name: str,
    group_name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    **more: Unpack[Changes],
) -> list[AssetsDefinition | AssetSpec]:
    """The assets of a package and all modules inside it, by its dotted name; see :func:`load_assets_from_modules`.

    Args:
        package_name: The dotted name.
        group_name: The group of all that name none.
        key_prefix: Parts put before the keys.
        more: As for :func:`load_assets_from_modules`.

    Raises:
        InvalidDefinitionError: Two assets bear one key.
        CheckError: It is no package.
        ModuleNotFoundError: There is no such package.
    """
    package = importlib.import_module(package_name)
    return load_assets_from_modules(_package(package), group_name, key_prefix, **more)


# ---------------------------------------------------------------- checks


def load_asset_checks_from_modules(
    modules: Iterable[ModuleType], asset_key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> list[AssetChecksDefinition]:
    """The checks that modules hold as attributes or in lists; one object in several modules counts once.

    Args:
        modules: The modules.
        asset_key_prefix: Parts put before the keys of the assets they look at.

    Raises:
        CheckError: Something given is no module.
    """
    checks = [check for check, _ in _objects(modules, (AssetChecksDefinition,))]
    return checks if asset_key_prefix is None else [_moved(check, asset_key_prefix) for check in checks]


def load_asset_checks_from_current_module(
    asset_key_prefix: CoercibleToAssetKeyPrefix | None = None,
) -> list[AssetChecksDefinition]:
    """The checks of the module that calls this.

    Args:
        asset_key_prefix: Parts put before the keys of the assets they look at.

    Raises:
        InvalidDefinitionError: The caller is no module.
    """
    return load_asset_checks_from_modules([_calling_module()], asset_key_prefix)


def load_asset_checks_from_package_module(
    package_module: ModuleType, asset_key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> list[AssetChecksDefinition]:
    """The checks of a package and all modules inside it, which are imported.

    Args:
        package_module: The package.
        asset_key_prefix: Parts put before the keys of the assets they look at.

    Raises:
        CheckError: It is no package.
    """
    return load_asset_checks_from_modules(_package(package_module), asset_key_prefix)


def load_asset_checks_from_package_name(
    package_name: str, asset_key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> list[AssetChecksDefinition]:
    """The checks of a package and all modules inside it, by its dotted name.

    Args:
        package_name: The dotted name.
        asset_key_prefix: Parts put before the keys of the assets they look at.

    Raises:
        CheckError: It is no package.
        ModuleNotFoundError: There is no such package.
    """
    return load_asset_checks_from_modules(_package(importlib.import_module(package_name)), asset_key_prefix)


# ---------------------------------------------------------------- finding


def _objects(modules: Iterable[Any], kinds: tuple[type[T], ...]) -> Iterator[tuple[T, str]]:
    seen: set[int] = set()
    for module in modules:
        if not isinstance(module, ModuleType):
            raise CheckError(f"{module!r:.60} is no module", where="modules=", fix="import it, and pass the module")
        for value in list(vars(module).values()):
            for item in cast("list[object]", value) if isinstance(value, list) else (value,):
                if isinstance(item, kinds) and id(item) not in seen:
                    seen.add(id(item))
                    yield item, module.__name__


def _package(package: ModuleType) -> list[ModuleType]:
    paths = getattr(package, "__path__", None)
    if paths is None:
        raise CheckError(
            f"{package.__name__} is a module, not a package", where="package_module=",
            fix="load_assets_from_modules([module])",
        )  # fmt: skip
    inside = pkgutil.walk_packages(paths, f"{package.__name__}.")
    return [package, *(importlib.import_module(each.name) for each in inside)]


def _calling_module() -> ModuleType:
    # Two frames up: past the public function, to whoever called it.
    import inspect

    frame = inspect.currentframe()
    for _ in range(2):
        frame = frame.f_back if frame is not None else None
    module = inspect.getmodule(frame) if frame is not None else None
    if module is None:
        raise InvalidDefinitionError(
            "the calling code is no module", where="load_…_from_current_module()",
            fix="call it in a .py file, or pass modules to load_assets_from_modules",
        )  # fmt: skip
    return module


def _refuse_clashes(found: Sequence[tuple[Any, str]]) -> None:
    owners: dict[AssetKey, str] = {}
    for item, module in found:
        for key in item.specs_by_key if isinstance(item, AssetsDefinition) else (item.key,):
            if key in owners:
                raise DuplicateKeyError(
                    f'two assets are called "{key.to_user_string()}"',
                    where=" and ".join(dict.fromkeys(("module " + owners[key], "module " + module))),
                )
            owners[key] = module


# ---------------------------------------------------------------- changing


def _new_names(
    items: Iterable[AssetsDefinition | AssetSpec],
    prefix: CoercibleToAssetKeyPrefix | None,
    source_prefix: CoercibleToAssetKeyPrefix | None,
) -> dict[AssetKey, AssetKey]:
    names: dict[AssetKey, AssetKey] = {}
    for item in items:
        made = isinstance(item, AssetsDefinition) and item.kind == "materialize"
        put = prefix if made else source_prefix
        if put is not None:
            for key in item.specs_by_key if isinstance(item, AssetsDefinition) else (item.key,):
                names[key] = key.with_prefix(put)
    return names


def _refuse_other_group(item: AssetsDefinition | AssetSpec, group_name: str | None) -> None:
    for spec in item.specs_by_key.values() if isinstance(item, AssetsDefinition) else (item,):
        if group_name is not None and spec.group_name not in {DEFAULT_GROUP, group_name}:
            raise InvalidDefinitionError(
                f'asset "{spec.key.to_user_string()}" is in group "{spec.group_name}", and group_name="{group_name}" '
                "is given for all", where=repr(item), fix="leave one of them out",
            )  # fmt: skip


def _changed(
    item: AssetsDefinition | AssetSpec,
    names: Mapping[AssetKey, AssetKey],
    group_name: str | None,
    automation_condition: Any,
    backfill_policy: BackfillPolicy | None,
) -> AssetsDefinition | AssetSpec:
    if not names and group_name is None and automation_condition is None and backfill_policy is None:
        return item
    if isinstance(item, AssetSpec):
        key = names.get(item.key, item.key)
        return item.replace_attributes(key=key, group_name=group_name or item.group_name)
    copy = item.renamed(names, group_name)
    if automation_condition is not None:
        specs = {
            key: spec if spec.automation_condition is not None or item.kind != "materialize"
            else spec.replace_attributes(automation_condition=automation_condition)
            for key, spec in copy.specs_by_key.items()
        }  # fmt: skip
        copy = copy.replaced(specs_by_key=specs)
    checks = tuple(_moved_spec(spec, names.get(spec.asset_key, spec.asset_key)) for spec in item.check_specs)
    return copy.replaced(check_specs=checks, backfill_policy=item.backfill_policy or backfill_policy)


def _moved(check: AssetChecksDefinition, prefix: CoercibleToAssetKeyPrefix) -> AssetChecksDefinition:
    old = check.spec.asset_key
    new = old.with_prefix(prefix)
    keys = {name: new if key == old else key for name, key in check.keys_by_input.items()}
    return AssetChecksDefinition(check.op, _moved_spec(check.spec, new), keys, check.resource_defs)


def _moved_spec(spec: AssetCheckSpec, key: AssetKey) -> AssetCheckSpec:
    return AssetCheckSpec(
        spec.name, asset=key, description=spec.description, additional_deps=spec.additional_deps,
        blocking=spec.blocking, metadata=spec.metadata, automation_condition=spec.automation_condition,
    )  # fmt: skip
