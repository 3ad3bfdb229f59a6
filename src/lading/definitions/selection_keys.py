"""What a selection selects: each of its forms, answered by the lineage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from lading.definitions.lineage import Lineage
from lading.definitions.selection_text import Node
from lading.definitions.spec import AssetSpec
from lading.errors import InvalidSubsetError
from lading.values.keys import AssetCheckKey, AssetKey, show_keys


def keys_of(node: Node, lineage: Lineage) -> set[AssetKey]:
    """The assets that a selection selects.

    Raises:
        InvalidSubsetError: It names an asset that does not exist.
    """
    return _KEYS[node[0]](lineage, *node[1:])


def checks_of(node: Node, lineage: Lineage) -> set[AssetCheckKey]:
    """The checks that a selection selects: those it names, else those of the assets it selects.

    Raises:
        InvalidSubsetError: It names an asset or a check that does not exist.
    """
    form = node[0]
    if form == "checks":
        return _named_checks(lineage, node[1])
    if form == "all_checks":
        return set(check_keys(lineage))
    if form == "checks_for":
        return {key for key in check_keys(lineage) if key.asset_key in node[1]}
    if form == "without_checks":
        return set()
    if form == "or":
        return set[AssetCheckKey]().union(*(checks_of(each, lineage) for each in node[1]))
    if form == "and":
        return set[AssetCheckKey].intersection(*(checks_of(each, lineage) for each in node[1]))
    if form == "minus":
        return checks_of(node[1], lineage) - checks_of(node[2], lineage)
    known = check_keys(lineage)
    if not known:
        return set()
    chosen = keys_of(node, lineage)
    return {key for key in known if key.asset_key in chosen}


def check_keys(lineage: Lineage) -> list[AssetCheckKey]:
    """Keys of all checks: functions of their own, and those that assets make on the way."""
    own = [key for check in lineage.checks for key in check.check_keys]
    return own + [spec.key for definition in lineage.assets for spec in definition.check_specs]


def matcher(pattern: str) -> Callable[[str], Any]:
    """Whether a name fits a pattern in which ``*`` stands for any text."""
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL).fullmatch


# ---------------------------------------------------------------- names


def _all(lineage: Lineage, include_sources: bool) -> set[AssetKey]:
    # A set made of a dict takes over its hashes; one made of a list asks every key, which takes ten times as long.
    keys = set(lineage.by_key)
    if not include_sources:
        for definition in lineage.assets:
            if definition.kind != "materialize":
                keys.difference_update(definition.specs_by_key)
    return keys


def _keys(lineage: Lineage, keys: frozenset[AssetKey]) -> set[AssetKey]:
    known = lineage.by_key
    missing = sorted(key for key in keys if key not in known)
    if missing:
        single = missing[0].to_user_string()
        raise InvalidSubsetError(
            f'no asset is called "{single}"' if len(missing) == 1 else f"no assets are called {show_keys(missing)}",
            where=f"the selection; {len(known)} assets are defined",
            did_you_mean=lineage.nearest(missing[0]),
        )
    return set(keys)


def _glob(lineage: Lineage, pattern: str) -> set[AssetKey]:
    if "*" not in pattern:
        key = AssetKey.from_user_string(pattern)
        return {key} if key in lineage.by_key else set()
    fits = matcher(pattern)
    return {key for key in lineage.by_key if fits(key.to_user_string())}


def _substring(lineage: Lineage, text: str, include_sources: bool) -> set[AssetKey]:
    return {key for key in _all(lineage, include_sources) if text in key.to_user_string()}


def _prefixes(lineage: Lineage, prefixes: frozenset[AssetKey], include_sources: bool) -> set[AssetKey]:
    wanted = {prefix.parts for prefix in prefixes}
    lengths = {len(parts) for parts in wanted}
    keys = _all(lineage, include_sources)
    return {key for key in keys if any(key.parts[:length] in wanted for length in lengths)}


def _checks_only(_lineage: Lineage, *_names: object) -> set[AssetKey]:
    return set()


def _named_checks(lineage: Lineage, names: frozenset[AssetCheckKey]) -> set[AssetCheckKey]:
    missing = sorted(names.difference(check_keys(lineage)))
    if missing:
        raise InvalidSubsetError(
            f'no check is called "{missing[0].to_user_string()}"', where="the selection",
            fix=f"checks are: {', '.join(sorted(key.to_user_string() for key in check_keys(lineage))[:20]) or 'none'}",
        )  # fmt: skip
    return set(names)


# ---------------------------------------------------------------- what is declared


def _where(lineage: Lineage, include_sources: bool, fits: Callable[[AssetSpec], Any]) -> set[AssetKey]:
    return {
        key
        for definition in lineage.assets
        if include_sources or definition.kind == "materialize"
        for key, spec in definition.specs_by_key.items()
        if fits(spec)
    }


def _groups(lineage: Lineage, groups: frozenset[str], include_sources: bool) -> set[AssetKey]:
    return _where(lineage, include_sources, lambda spec: spec.group_name in groups)


def _group_glob(lineage: Lineage, pattern: str) -> set[AssetKey]:
    fits = matcher(pattern)
    return _where(lineage, False, lambda spec: fits(spec.group_name))


def _tag(lineage: Lineage, key: str, value: str, include_sources: bool) -> set[AssetKey]:
    return _where(lineage, include_sources, lambda spec: spec.tags.get(key) == value)


def _kind(lineage: Lineage, kind: str | None, include_sources: bool) -> set[AssetKey]:
    if kind is None:
        return _where(lineage, include_sources, lambda spec: not spec.kinds)
    return _where(lineage, include_sources, lambda spec: kind in spec.kinds)


def _owner(lineage: Lineage, owner: str) -> set[AssetKey]:
    return _where(lineage, True, lambda spec: owner in spec.owners)


# ---------------------------------------------------------------- reaching


def _reach(
    start: Iterable[AssetKey], next_to: Callable[[AssetKey], Iterable[AssetKey]], depth: int | None
) -> set[AssetKey]:
    """What lies up to ``depth`` steps from any start; a start only where a step leads to it."""
    reached: set[AssetKey] = set()
    frontier = set(start)
    while frontier and (depth is None or depth > 0):
        found: set[AssetKey] = set()
        found.update(*map(next_to, frontier))
        frontier = found - reached
        reached |= frontier
        depth = None if depth is None else depth - 1
    return reached


def _made_here(lineage: Lineage, keys: set[AssetKey]) -> set[AssetKey]:
    by_key = lineage.by_key
    if len(keys) * 8 < len(by_key):
        return {key for key in keys if (found := by_key.get(key)) is not None and found.kind == "materialize"}
    return keys & _all(lineage, False)


def _upstream(lineage: Lineage, of: Node, depth: int | None, include_self: bool) -> set[AssetKey]:
    start = keys_of(of, lineage)
    found = _reach(start, lineage.parents, depth) - start
    if include_self:
        found |= start
    return _made_here(lineage, found)


def _downstream(lineage: Lineage, of: Node, depth: int | None, include_self: bool) -> set[AssetKey]:
    start = keys_of(of, lineage)
    found = _reach(start, lineage.children, depth) - start
    return found | start if include_self else found


def _upstream_sources(lineage: Lineage, of: Node) -> set[AssetKey]:
    start = keys_of(of, lineage)
    by_key = lineage.by_key
    found = start | _reach(start, lineage.parents, None)
    return {key for key in found if (definition := by_key.get(key)) is not None and definition.kind != "materialize"}


def _roots(lineage: Lineage, of: Node) -> set[AssetKey]:
    start = keys_of(of, lineage)
    return start - _reach(start, lineage.children, None)


def _sinks(lineage: Lineage, of: Node) -> set[AssetKey]:
    start = keys_of(of, lineage)
    return start - _reach(start, lineage.parents, None)


def _materializable(lineage: Lineage, of: Node) -> set[AssetKey]:
    return {key for key in keys_of(of, lineage) if lineage.by_key[key].kind == "materialize"}


def _same(lineage: Lineage, of: Node) -> set[AssetKey]:
    return keys_of(of, lineage)


def _neighbors(lineage: Lineage, of: Node) -> set[AssetKey]:
    start = keys_of(of, lineage)
    found = set(start)
    for key in start:
        definition = lineage.by_key[key]
        if not definition.can_subset and definition.node is not None:
            found.update(definition.specs_by_key)
    return found


# ---------------------------------------------------------------- sets


def _or(lineage: Lineage, nodes: frozenset[Node]) -> set[AssetKey]:
    return set[AssetKey]().union(*(keys_of(each, lineage) for each in nodes))


def _and(lineage: Lineage, nodes: frozenset[Node]) -> set[AssetKey]:
    return set[AssetKey].intersection(*(keys_of(each, lineage) for each in nodes))


def _minus(lineage: Lineage, left: Node, right: Node) -> set[AssetKey]:
    return keys_of(left, lineage) - keys_of(right, lineage)


_KEYS: dict[str, Callable[..., set[AssetKey]]] = {
    "all": _all,
    "keys": _keys,
    "glob": _glob,
    "substring": _substring,
    "prefixes": _prefixes,
    "groups": _groups,
    "group_glob": _group_glob,
    "tag": _tag,
    "kind": _kind,
    "owner": _owner,
    "checks": _checks_only,
    "all_checks": _checks_only,
    "checks_for": _checks_only,
    "without_checks": _same,
    "upstream": _upstream,
    "downstream": _downstream,
    "upstream_sources": _upstream_sources,
    "roots": _roots,
    "sinks": _sinks,
    "materializable": _materializable,
    "neighbors": _neighbors,
    "or": _or,
    "and": _and,
    "minus": _minus,
}
