"""What other packages add: formats, codecs and stores, found by entry points when a name is not known otherwise."""

from __future__ import annotations

from typing import Literal, TypeAlias

Group: TypeAlias = Literal["lading.formats", "lading.codecs", "lading.stores"]


def find_plugin(group: Group, name: str) -> object | None:
    """What an installed package registers under this name; ``None`` when none does."""
    from importlib.metadata import entry_points

    for entry in entry_points(group=group, name=name):
        loaded: object = entry.load()
        return loaded
    return None


def plugin_names(group: Group) -> list[str]:
    """The names that installed packages register in a group."""
    from importlib.metadata import entry_points

    return sorted({entry.name for entry in entry_points(group=group)})
