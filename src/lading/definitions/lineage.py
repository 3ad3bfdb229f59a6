"""Lineage: all assets that are defined together, and which is made from which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lading.definitions.assets import AssetsDefinition, external_asset
from lading.definitions.checks import AssetChecksDefinition
from lading.definitions.partitions.own_past import check_made_from_itself
from lading.definitions.spec import AssetSpec
from lading.errors import (
    CheckError,
    CircularDependencyError,
    DuplicateKeyError,
    InvalidSubsetError,
    UnknownInputError,
)
from lading.values.keys import AssetCheckKey, AssetKey
from lading.values.outputs import NOT_GIVEN

NO_KEYS: frozenset[AssetKey] = frozenset()


class Lineage:
    """All assets that are defined together.

    Attributes:
        assets: The definitions, each once.
        by_key: Key to the definition that makes (or declares) it.
        inputs: Definition to the resolved key of each of its inputs.
        checks: Functions that look at assets.
    """

    __slots__ = ("_checked", "_connected", "_last_parts", "assets", "by_key", "checks", "inputs")

    def __init__(self, assets: Iterable[Any], checks: Iterable[AssetChecksDefinition] = ()) -> None:
        self._checked = False
        self.assets: list[AssetsDefinition] = []
        self.by_key: dict[AssetKey, AssetsDefinition] = {}
        self.checks: list[AssetChecksDefinition] = list(checks)
        if not isinstance(assets, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise CheckError(
                f"assets are given as a list, not as {type(assets).__name__}", where="assets=", fix="[the_asset]"
            )
        seen: set[int] = set()
        for item in assets:
            if isinstance(item, AssetChecksDefinition):
                if item not in self.checks:
                    self.checks.append(item)
                continue
            definition = as_assets(item)
            if id(item) in seen:
                continue
            seen.add(id(item))
            self.assets.append(definition)
            self._add_keys(definition)
        self.inputs: dict[int, Mapping[str, AssetKey]] = {}
        self._last_parts: dict[str, list[AssetKey]] | None = None
        self._connected: tuple[dict[AssetKey, frozenset[AssetKey]], dict[AssetKey, set[AssetKey]]] | None = None
        self._resolve_inputs()

    def _add_keys(self, definition: AssetsDefinition) -> None:
        by_key = self.by_key
        for key in definition.specs_by_key:
            other = by_key.get(key)
            if other is None:
                by_key[key] = definition
            elif other.kind == "external" and definition.kind != "external":
                self.assets.remove(other)
                by_key[key] = definition
            elif definition.kind == "external" and other.kind != "external":
                raise DuplicateKeyError(
                    f'asset "{key.to_user_string()}" is both made here and declared as made elsewhere',
                    where=source_of(other),
                )
            elif other is not definition:
                raise DuplicateKeyError(
                    f'two assets are called "{key.to_user_string()}"',
                    where=f"{source_of(other)} and {source_of(definition)}",
                )

    # ------------------------------------------------------------ inputs

    def _resolve_inputs(self) -> None:
        known = self.by_key
        implied: list[AssetsDefinition] = []
        for definition in self.assets:
            resolved: dict[str, AssetKey] | None = None
            for name, key in definition.keys_by_input.items():
                if key in known:
                    continue
                found = self._match(definition, key)
                if found is None:
                    declared = definition.node.ins.get(name) if hasattr(definition.node, "ins") else None
                    if getattr(declared, "input_manager_key", None) is not None:
                        implied.append(external_asset(AssetSpec(key)))
                        continue
                    if getattr(declared, "default_value", NOT_GIVEN) is not NOT_GIVEN or is_nothing_input(declared):
                        continue
                    raise self._unknown(definition, name, key)
                if resolved is None:
                    resolved = dict(definition.keys_by_input)
                resolved[name] = found
            self.inputs[id(definition)] = definition.keys_by_input if resolved is None else resolved
        for definition in implied:
            if definition.key not in known:
                known[definition.key] = definition
                self.assets.append(definition)
                self.inputs[id(definition)] = {}
        self._last_parts = None

    def _match(self, definition: AssetsDefinition, key: AssetKey) -> AssetKey | None:
        # A bare name stands for the one asset of the same group whose key ends in it, whatever its prefix.
        if len(key.parts) != 1:
            return None
        if self._last_parts is None:
            self._last_parts = {}
            for each in self.by_key:
                self._last_parts.setdefault(each.parts[-1], []).append(each)
        groups = {spec.group_name for spec in definition.specs_by_key.values()}
        found = [
            each
            for each in self._last_parts.get(key.parts[0], ())
            if each not in definition.specs_by_key and self.spec(each).group_name in groups
        ]
        return found[0] if len(found) == 1 else None

    def _unknown(self, definition: AssetsDefinition, name: str, key: AssetKey) -> UnknownInputError:
        asset = ", ".join(each.to_user_string() for each in definition.specs_by_key)
        return UnknownInputError(
            f'asset "{asset}" asks for "{key.to_user_string()}", which is not produced by any of the given assets',
            where=f"parameter {name}, {source_of(definition)}",
            did_you_mean=self.nearest(key),
        )

    def nearest(self, key: AssetKey) -> str | None:
        """The name of the asset that was probably meant, or None."""
        wanted = key.to_user_string()
        names = {each.to_user_string(): each for each in self.by_key}
        ends = [name for name, each in names.items() if each.parts[-1] == key.parts[-1]]
        from difflib import get_close_matches

        found = ends or get_close_matches(wanted, names, n=1, cutoff=0.6)
        return found[0] if found else None

    # ------------------------------------------------------------ questions

    def spec(self, key: AssetKey) -> AssetSpec:
        """What is declared of an asset."""
        return self.by_key[key].specs_by_key[key]

    def require(self, key: AssetKey) -> AssetsDefinition:
        """The definition that makes (or declares) an asset.

        Raises:
            InvalidSubsetError: There is no such asset.
        """
        found = self.by_key.get(key)
        if found is None:
            raise InvalidSubsetError(
                f'no asset is called "{key.to_user_string()}"',
                where=f"{len(self.by_key)} assets are defined",
                did_you_mean=self.nearest(key),
            )
        return found

    def _edges(self) -> tuple[dict[AssetKey, frozenset[AssetKey]], dict[AssetKey, set[AssetKey]]]:
        if self._connected is not None:
            return self._connected
        upstream: dict[AssetKey, frozenset[AssetKey]] = {}
        downstream: dict[AssetKey, set[AssetKey]] = {}
        # The key objects of the definitions stand for their equals: sets of one object are joined without comparing.
        own = {key: key for key in self.by_key}
        for definition in self.assets:
            loaded = [own.get(key, key) for key in self.inputs.get(id(definition), {}).values()]
            internal = definition.internal_deps
            for key, spec in definition.specs_by_key.items():
                if key in internal:
                    keys = frozenset([own.get(each, each) for each in internal[key]])
                elif spec.deps:
                    named = [own.get(dep.asset_key) or self.dep_key(definition, dep.asset_key) for dep in spec.deps]
                    keys = frozenset(loaded + named)
                else:
                    keys = frozenset(loaded)
                upstream[key] = keys
                for each in keys:
                    if each != key:
                        downstream.setdefault(each, set()).add(key)
        self._connected = upstream, downstream
        return self._connected

    def dep_key(self, definition: AssetsDefinition, key: AssetKey) -> AssetKey:
        """The asset that a key in ``deps`` stands for; an unknown key stands for itself."""
        if key in self.by_key or len(key.parts) != 1:
            return key
        return self._match(definition, key) or key

    def parents(self, key: AssetKey) -> frozenset[AssetKey]:
        """The assets an asset is made from directly."""
        return self._edges()[0].get(key, NO_KEYS)

    def children(self, key: AssetKey) -> frozenset[AssetKey]:
        """The assets that are made directly from an asset."""
        return frozenset(self._edges()[1].get(key, ()))

    @property
    def materializable_keys(self) -> list[AssetKey]:
        """Keys of the assets a run can make."""
        return [key for key, definition in self.by_key.items() if definition.kind == "materialize"]

    @property
    def executable_keys(self) -> list[AssetKey]:
        """Keys of the assets a run can make or observe."""
        return [key for key, definition in self.by_key.items() if definition.node is not None]

    # ------------------------------------------------------------ verdicts

    def check(self) -> None:
        """See that the assets fit together.

        Raises:
            CircularDependencyError: They depend on each other in a circle.
            DuplicateKeyError: Two checks of an asset bear one name.
            InvalidDefinitionError: An asset depends on itself without time partitions that allow it.
        """
        if self._checked:
            return
        upstream, downstream = self._edges()
        # What has no parents left is taken away again and again; what stays is or hangs on a circle.
        left: dict[AssetKey, int] = {}
        for key, parents in upstream.items():
            count = len(parents)
            if key in parents:
                self._check_self_dependency(key)
                count -= 1
            left[key] = count - sum(parent not in upstream for parent in parents)
        ready = [key for key, count in left.items() if not count]
        for key in ready:  # grows while it is walked
            del left[key]
            for child in downstream.get(key, ()):
                left[child] -= 1
                if not left[child]:
                    ready.append(child)
        if left:
            raise self._circle(self._find_circle(left))
        self._refuse_equal_checks()
        self._checked = True

    def _refuse_equal_checks(self) -> None:
        seen: set[AssetCheckKey] = set()
        own = [spec.key for definition in self.assets for spec in definition.check_specs]
        for key in (*own, *(each for check in self.checks for each in check.check_keys)):
            if key in seen:
                raise DuplicateKeyError(
                    f'two checks are called "{key.to_user_string()}"', where="asset_checks", fix="rename one of them"
                )
            seen.add(key)

    def _find_circle(self, left: Mapping[AssetKey, int]) -> list[AssetKey]:
        path: list[AssetKey] = [next(iter(left))]
        while True:
            parent = next(each for each in self.parents(path[-1]) if each in left and each != path[-1])
            if parent in path:
                return path[path.index(parent) :]
            path.append(parent)

    def _circle(self, circle: Sequence[AssetKey]) -> CircularDependencyError:
        names = [key.to_user_string() for key in (*circle, circle[0])]
        places = ", ".join(f"{key.to_user_string()} {source_of(self.by_key[key])}" for key in circle)
        return CircularDependencyError(
            f"Circular dependencies exist between assets: {' <- '.join(names)}", where=places
        )

    def _check_self_dependency(self, key: AssetKey) -> None:
        definition = self.by_key[key]
        check_made_from_itself(
            key.to_user_string(), definition.partition_mappings.get(key), definition.partitions_def,
            source_of(definition),
        )  # fmt: skip


def is_nothing_input(declared: Any) -> bool:
    """Whether an input carries no value."""
    kind = getattr(declared, "annotation", NOT_GIVEN)
    return kind is None or kind is type(None) or getattr(kind, "is_nothing", False) is True


def source_of(definition: AssetsDefinition) -> str:
    """File and line of the function behind a definition."""
    source = getattr(definition.node, "source", None)
    if source is None:
        fn = getattr(definition.node, "fn", None)
        code = getattr(fn, "__code__", None)
        source = (code.co_filename, code.co_firstlineno) if code is not None else None
    return f"{source[0]}:{source[1]}" if source and source[0] else repr(definition)


def as_assets(item: Any) -> AssetsDefinition:
    """The definition that something given as an asset stands for.

    Raises:
        CheckError: It is no asset.
    """
    if isinstance(item, AssetsDefinition):
        return item
    if isinstance(item, AssetSpec):
        return external_asset(item)
    raise CheckError(
        f"{item!r:.80} is no asset", where="assets=", fix="pass functions decorated with @asset, AssetSpecs or checks"
    )
