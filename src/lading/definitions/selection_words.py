"""A selection as it is typed in a shell: words and commas, joined, with globs on keys."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence

from lading.definitions.lineage import Lineage
from lading.definitions.selection_keys import keys_of
from lading.definitions.selection_text import Node, inner, parse_selection, pointed
from lading.definitions.spec import AssetSpec
from lading.errors import InvalidAssetSelectionError, InvalidSubsetError, LadingError, NothingSelectedError
from lading.values.keys import AssetKey, show_keys

# A quoted text or a closed parenthesis is one piece; commas part pieces elsewhere.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|\([^)]*\)|[^,"(]|["(]')
_GLOB = re.compile(r'[^\s":()=,]*[*?\[][^\s":()=,]*')


def parse_cli_selection(
    words: Sequence[str],
    lineage: Lineage,
    *,
    include_sources: bool = False,
    allow_empty: bool = False,
    where: str = "--select",
) -> list[AssetKey]:
    """The assets that the words of a command line select, in the order they are defined.

    Args:
        words: Texts as :func:`parse_selection` reads them, and globs on keys such as ``raw/*``; commas part them
            too. No words are all assets.
        lineage: What is selected from.
        include_sources: Whether no words, and ``*``, also mean assets made elsewhere.
        allow_empty: Whether a word may select nothing.
        where: What the words were given with, for errors.

    Raises:
        InvalidAssetSelectionError: A word cannot be read.
        InvalidSubsetError: A word names an asset that does not exist.
        NothingSelectedError: A word selects nothing.
    """
    everything: Node = ("all", include_sources)
    pieces = [piece for word in words for piece in _pieces(word)]
    nodes = [(piece, _node(piece, lineage, everything)) for piece in pieces] or [("*", everything)]
    _refuse_unknown([key for _, node in nodes for key in _named(node) if key not in lineage.by_key], lineage, where)
    chosen: set[AssetKey] = set()
    for piece, node in nodes:
        keys = keys_of(node, lineage)
        if not keys and not allow_empty:
            raise _nothing(piece, node, lineage)
        chosen |= keys
    return [key for key in lineage.by_key if key in chosen]


def _pieces(word: str) -> Iterable[str]:
    start = place = 0
    while place < len(word):
        if word[place] == ",":
            yield _piece(word, start, place)
            start = place = place + 1
        else:
            found = _PIECE.match(word, place)
            place = found.end() if found else place + 1
    yield _piece(word, start, place)


def _piece(word: str, start: int, end: int) -> str:
    piece = word[start:end].strip()
    if piece:
        return piece
    commas = re.compile(r",*").match(word, max(0, start - 1))
    what = f"selection cannot be read at `{commas[0]}`" if commas and commas[0] else "the selection is empty text"
    raise InvalidAssetSelectionError(
        what, where=pointed(word, max(0, start - 1)), fix="put one name between commas, or leave the words out for all"
    )


def _node(piece: str, lineage: Lineage, everything: Node) -> Node:
    if piece == "*":
        return everything
    if _GLOB.fullmatch(piece):
        # `raw*` is layers below the asset `raw` where there is one, else every key that starts so.
        name = piece.strip("*+")
        if not any(mark in name for mark in "*?[") and AssetKey.from_user_string(name) in lineage.by_key:
            return _read(piece)
        fits = re.compile(fnmatch.translate(piece)).match
        return ("keys", frozenset(key for key in lineage.by_key if fits(key.to_user_string())))
    return _read(piece)


def _read(piece: str) -> Node:
    try:
        return parse_selection(piece)
    except InvalidAssetSelectionError as error:
        name = re.sub(r"^[\d+*]+|[\d+*]+$", "", piece)
        if re.search(r"^\d*\+|\+\d*$", piece) and re.fullmatch(r'[^\s+*"():=,]+', name):
            error.fix = f"use `--upstream` or `--downstream`, or quote: '{name}+'"
        raise


def _named(node: Node) -> Iterable[AssetKey]:
    if node[0] == "keys":
        return node[1]
    return [key for each in inner(node) for key in _named(each)]


def _refuse_unknown(missing: list[AssetKey], lineage: Lineage, where: str) -> None:
    if not missing:
        return
    names = sorted(set(missing))
    near = {key: lineage.nearest(key) for key in names[:20]}
    at = f"{where}; {len(lineage.by_key)} assets are defined"
    if len(names) == 1:
        name = names[0].to_user_string()
        raise InvalidSubsetError(
            f'no asset is called "{name}"', where=at, did_you_mean=near[names[0]],
            fix=f'did you mean "{near[names[0]]}"? `lading list` shows every asset' if near[names[0]] else None,
        )  # fmt: skip
    hints = [f'"{found}" for "{key.to_user_string()}"' for key, found in near.items() if found]
    raise InvalidSubsetError(
        f"no assets are called {show_keys(names)}", where=at,
        fix=f"did you mean {', '.join(hints)}? `lading list` shows every asset" if hints else None,
    )  # fmt: skip


# ---------------------------------------------------------------- nothing found


def _nothing(piece: str, node: Node, lineage: Lineage) -> LadingError:
    if not lineage.by_key:
        return NothingSelectedError("no asset is defined", where=piece)
    forms = dict(_facts(node))
    specs = [spec for definition in lineage.assets for spec in definition.specs_by_key.values()]
    for form, word in (
        ("groups", "groups"),
        ("group_glob", "groups"),
        ("tag", "tags"),
        ("kind", "kinds"),
        ("owner", "owners"),
    ):
        if form in forms:
            known = _known(word, specs)
            from difflib import get_close_matches

            near = next(iter(get_close_matches(forms[form], known, 1, 0.6)), None)
            near = None if near == forms[form] else near
            said = f"{word} are: {', '.join(known[:20]) or 'none'}; `--allow-empty`"
            break
    else:
        bare = re.sub(r'^key:|[*+?"\s]', "", piece).strip("/")
        near = lineage.nearest(AssetKey.from_user_string(bare)) if bare else None
        said = "`lading list` shows every asset; `--allow-empty`"
    if near is not None:
        said = f'did you mean "{near}"? {said}'
    return NothingSelectedError("the selection matches no asset", where=piece, fix=said, did_you_mean=near)


def _facts(node: Node) -> Iterable[tuple[str, str]]:
    """What a node asks of groups, tags, kinds and owners."""
    if node[0] in {"groups", "group_glob", "tag", "kind", "owner"}:
        value = node[1]
        yield node[0], f"{value}={node[2]}" if node[0] == "tag" else value if isinstance(value, str) else min(value)
        return
    for each in inner(node):
        yield from _facts(each)


def _known(word: str, specs: list[AssetSpec]) -> list[str]:
    """All groups (tags, kinds, owners) there are, the most used first."""
    counts: dict[str, int] = {}
    for spec in specs:
        if word == "groups":
            found: Iterable[str] = (spec.group_name,)
        elif word == "tags":
            found = (f"{key}={value}" for key, value in spec.tags.items())
        else:
            found = spec.kinds if word == "kinds" else spec.owners
        for each in found:
            counts[each] = counts.get(each, 0) + 1
    return sorted(counts, key=lambda each: (-counts[each], each))
