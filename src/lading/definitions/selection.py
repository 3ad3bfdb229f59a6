"""AssetSelection: which assets and checks are meant, said by key, group, tag, kind, owner or place in the lineage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from lading.definitions.assets import AssetsDefinition
from lading.definitions.checks import AssetChecksDefinition, AssetCheckSpec
from lading.definitions.lineage import Lineage
from lading.definitions.selection_keys import checks_of, keys_of
from lading.definitions.selection_text import ALL, Node, joined, parse_selection
from lading.definitions.spec import AssetSpec
from lading.errors import CheckError
from lading.values.dataclass import dataclass
from lading.values.keys import AssetCheckKey, AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix


@dataclass(frozen=True, slots=True, repr=False)
class AssetSelection:
    """Which assets and checks are meant. Compared by content; resolved against assets when it is used.

    Selections are joined with ``|``, ``&`` and ``-``.
    """

    node: Node

    def __repr__(self) -> str:
        return f"AssetSelection({_shown(self.node)})"

    # ------------------------------------------------------------ by name

    @staticmethod
    def all(include_sources: bool = False) -> AssetSelection:
        """All assets a run can make, and where asked, those made elsewhere."""
        return AssetSelection(("all", include_sources))

    @staticmethod
    def assets(*assets: AssetsDefinition | AssetSpec | CoercibleToAssetKey) -> AssetSelection:
        """Assets by key: keys, texts (split at ``/``), lists of parts, or definitions with all their assets."""
        return AssetSelection(("keys", frozenset(key for each in assets for key in _keys_of(each))))

    @staticmethod
    def keys(*asset_keys: CoercibleToAssetKey) -> AssetSelection:
        """Assets by key; the older name of :meth:`assets`."""
        return AssetSelection.assets(*asset_keys)

    @staticmethod
    def groups(*group_strs: str, include_sources: bool = False) -> AssetSelection:
        """The assets of groups; a group nobody is in is empty."""
        return AssetSelection(("groups", frozenset(group_strs), include_sources))

    @staticmethod
    def key_prefixes(*key_prefixes: CoercibleToAssetKeyPrefix, include_sources: bool = False) -> AssetSelection:
        """Assets whose keys start with one of the prefixes, part by part."""
        return AssetSelection(("prefixes", frozenset(AssetKey(each) for each in key_prefixes), include_sources))

    @staticmethod
    def key_substring(key_substring: str, include_sources: bool = False) -> AssetSelection:
        """Assets whose key, written with slashes, contains a text."""
        return AssetSelection(("substring", key_substring, include_sources))

    @staticmethod
    def tag(key: str, value: str, include_sources: bool = False) -> AssetSelection:
        """Assets that bear a tag of this value."""
        return AssetSelection(("tag", key, value, include_sources))

    @staticmethod
    def kind(kind: str | None, include_sources: bool = False) -> AssetSelection:
        """Assets of a kind; those of no kind when it is None."""
        return AssetSelection(("kind", kind, include_sources))

    @staticmethod
    def owner(owner: str) -> AssetSelection:
        """Assets of an owner."""
        return AssetSelection(("owner", owner))

    @staticmethod
    def checks(*checks: AssetChecksDefinition | AssetCheckSpec | AssetCheckKey) -> AssetSelection:
        """Checks alone, without their assets."""
        return AssetSelection(("checks", frozenset(key for each in checks for key in _check_keys_of(each))))

    @staticmethod
    def checks_for_assets(*assets: AssetsDefinition | AssetSpec | CoercibleToAssetKey) -> AssetSelection:
        """The checks of assets, without the assets."""
        return AssetSelection(("checks_for", frozenset(key for each in assets for key in _keys_of(each))))

    @staticmethod
    def all_asset_checks() -> AssetSelection:
        """All checks, without any asset."""
        return AssetSelection(("all_checks",))

    @staticmethod
    def from_string(string: str) -> AssetSelection:
        """The selection a text stands for, such as ``a+``, ``key:"raw/*"`` or ``group:"g" and not kind:"k"``.

        Raises:
            InvalidAssetSelectionError: The text cannot be read.
        """
        return AssetSelection(parse_selection(string))

    @staticmethod
    def from_coercible(selection: Any) -> AssetSelection:
        """The selection that something stands for; see :func:`as_selection`."""
        return as_selection(selection)

    # ------------------------------------------------------------ by place

    def upstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """With what these are made from, so many layers up (all of them when left out).

        Assets made elsewhere are left out; see :meth:`upstream_source_assets`.
        """
        return AssetSelection(("upstream", self.node, depth, include_self))

    def downstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """With what is made from these, so many layers down (all of them when left out)."""
        return AssetSelection(("downstream", self.node, depth, include_self))

    def upstream_source_assets(self) -> AssetSelection:
        """The assets made elsewhere that these are made from, however far up."""
        return AssetSelection(("upstream_sources", self.node))

    def roots(self) -> AssetSelection:
        """Those that are made from no other of these, directly or not."""
        return AssetSelection(("roots", self.node))

    def sinks(self) -> AssetSelection:
        """Those that no other of these is made from, directly or not."""
        return AssetSelection(("sinks", self.node))

    def materializable(self) -> AssetSelection:
        """Those a run can make."""
        return AssetSelection(("materializable", self.node))

    def required_multi_asset_neighbors(self) -> AssetSelection:
        """With the assets that can only be made together with these."""
        return AssetSelection(("neighbors", self.node))

    def without_checks(self) -> AssetSelection:
        """The same assets, and none of their checks."""
        return AssetSelection(("without_checks", self.node))

    def __or__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(joined("or", self.node, _node_of(other)))

    def __and__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(joined("and", self.node, _node_of(other)))

    def __sub__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(("minus", self.node, _node_of(other)))

    # ------------------------------------------------------------ answers

    def resolve(self, assets: Lineage | Iterable[Any]) -> set[AssetKey]:
        """Keys of the assets that are selected.

        Args:
            assets: What is selected from.

        Raises:
            InvalidSubsetError: An asset that is named does not exist.
        """
        return keys_of(self.node, assets if isinstance(assets, Lineage) else Lineage(assets))

    def resolve_checks(self, assets: Lineage | Iterable[Any]) -> set[AssetCheckKey]:
        """Keys of the checks that are selected: those that are named, else all of the selected assets.

        Args:
            assets: What is selected from, checks included.

        Raises:
            InvalidSubsetError: An asset or a check that is named does not exist.
        """
        return checks_of(self.node, assets if isinstance(assets, Lineage) else Lineage(assets))


EVERYTHING = AssetSelection(ALL)
NOTHING = AssetSelection(("keys", frozenset[AssetKey]()))


def as_selection(selection: Any) -> AssetSelection:
    """The selection that something stands for.

    Args:
        selection: A selection; text; a key; a definition; or several texts, several keys, or several definitions.
            None selects everything.

    Raises:
        InvalidAssetSelectionError: A text cannot be read.
        CheckError: It stands for no selection, or texts, keys and definitions are mixed.
    """
    if isinstance(selection, AssetSelection):
        return selection
    if selection is None:
        return EVERYTHING
    if isinstance(selection, str):
        return AssetSelection.from_string(selection)
    if isinstance(selection, _SINGLE):
        return _of_items([selection])
    if isinstance(selection, Iterable):
        items: list[Any] = list(selection)  # pyright: ignore[reportUnknownArgumentType] - checked one by one
        return _of_items(items)
    raise _unreadable(selection)


_SINGLE = (AssetKey, AssetsDefinition, AssetSpec, AssetChecksDefinition, AssetCheckSpec, AssetCheckKey)


def _of_items(items: list[Any]) -> AssetSelection:
    if not items:
        return NOTHING
    if all(isinstance(item, str) for item in items):
        return AssetSelection(joined("or", *(parse_selection(item) for item in items)))
    if all(isinstance(item, AssetSelection) for item in items):
        return AssetSelection(joined("or", *(item.node for item in items)))
    if all(isinstance(item, AssetKey) for item in items):
        return AssetSelection(("keys", frozenset(items)))
    odd = [item for item in items if isinstance(item, AssetKey) or not isinstance(item, _SINGLE)]
    if odd:
        raise _unreadable(odd[0])
    checks = frozenset(
        key for item in items if not isinstance(item, (AssetsDefinition, AssetSpec)) for key in _check_keys_of(item)
    )
    keys = frozenset(key for item in items if isinstance(item, (AssetsDefinition, AssetSpec)) for key in _keys_of(item))
    nodes: list[Node] = [("keys", keys)] if keys else []
    return AssetSelection(joined("or", *nodes, *([("checks", checks)] if checks else [])))


def _unreadable(item: Any) -> CheckError:
    return CheckError(
        f"{item!r:.80} is no selection, or is mixed with others of another kind", where="selection=",
        fix="pass text, an AssetSelection, or a list of texts, of AssetKeys or of assets",
    )  # fmt: skip


def _node_of(other: Any) -> Node:
    if isinstance(other, AssetSelection):
        return other.node
    raise CheckError(
        f"{other!r:.80} is no AssetSelection", where="| & - of selections", fix="AssetSelection.from_string(…)"
    )


def _keys_of(item: Any) -> Iterable[AssetKey]:
    if isinstance(item, AssetsDefinition):
        return item.specs_by_key
    if isinstance(item, AssetSpec):
        return (item.key,)
    return (AssetKey.from_user_string(item) if isinstance(item, str) else AssetKey.from_coercible(item),)


def _check_keys_of(item: Any) -> Iterable[AssetCheckKey]:
    if isinstance(item, AssetCheckKey):
        return (item,)
    return item.check_keys if isinstance(item, AssetChecksDefinition) else (item.key,)


def _shown(node: object) -> str:
    """A node as text for people, the same whatever the order of its sets."""
    if isinstance(node, AssetKey | AssetCheckKey):
        return repr(node.to_user_string())
    if isinstance(node, tuple):
        form, *parts = cast("Node", node)
        return f"{form}({', '.join(map(_shown, parts))})"
    if isinstance(node, frozenset):
        return f"[{', '.join(sorted(map(_shown, cast('frozenset[object]', node))))}]"
    return repr(node)
