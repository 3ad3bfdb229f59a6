"""The text form of a selection: ``a``, ``+a``, ``a*``, ``key:"raw/*" and not group:"g"``, ``sinks(*)``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias, cast

from lading.errors import InvalidAssetSelectionError
from lading.values.keys import AssetKey

# A selection as plain nested tuples: the name of a form, then its arguments. Compared and hashed by content.
Node: TypeAlias = tuple[Any, ...]

ALL: Node = ("all", False)
FIELDS = ("key", "group", "tag", "kind", "owner")
DEEPEST = 100

_BARE = re.compile(r"""(?P<before>\*|\++)?(?P<key>[^\s"'()+*,:=]+)(?P<after>\*|\++)?""")
_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[()+=:*])|(?P<word>[^\s"'()+=:,]+)""", re.DOTALL
)
_FIELD = re.compile(rf"(?:{'|'.join(FIELDS)})\s*:")


def parse_selection(text: str) -> Node:
    """The selection that a text stands for.

    Args:
        text: One name with layers (``a``, ``pre/b``, ``+a``, ``a*``), or terms such as ``key:"a"+`` joined by
            ``and``, ``or``, ``not`` and parentheses.

    Raises:
        InvalidAssetSelectionError: The text cannot be read; the error points at the place.
    """
    trimmed = text.strip()
    if trimmed != "*" and (bare := _BARE.fullmatch(trimmed)) is not None:
        return _layered(("keys", frozenset((AssetKey.from_user_string(bare["key"]),))), bare["before"], bare["after"])
    return _Reader(text).read()


def _layered(node: Node, before: str | None, after: str | None) -> Node:
    """A bare name with layers: each ``+`` is one layer, ``*`` is all of them."""
    found: list[Node] = []
    if before:
        found.append(("upstream", node, None if before == "*" else len(before), True))
    if after:
        found.append(("downstream", node, None if after == "*" else len(after), True))
    return joined("or", *found) if found else node


def joined(form: str, *nodes: Node) -> Node:
    """The union (``or``) or intersection (``and``) of nodes, as one flat node."""
    if len(nodes) == 1:
        return nodes[0]
    parts: set[Node] = set()
    for node in nodes:
        parts.update(node[1] if node[0] == form else (node,))
    return (form, frozenset(parts)) if len(parts) > 1 else parts.pop()


def inner(node: Node) -> Iterable[Node]:
    """The nodes that a node is made of directly."""
    for part in node[1:]:
        for each in cast("frozenset[object]", part) if isinstance(part, frozenset) else (part,):
            if isinstance(each, tuple):
                yield cast("Node", each)


class _Reader:
    """Reads one text from left to right; ``position`` is where the current token starts."""

    __slots__ = ("_depth", "_tokens", "position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._depth = 0
        self._tokens: list[tuple[str, str, int]] = []
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise self.refusal(place)
            if found.lastgroup != "space":
                self._tokens.append((found.lastgroup or "", found[0], place))
            place = found.end()
        self._tokens.append(("end", "", len(text)))

    # ------------------------------------------------------------ tokens

    def _kind(self, ahead: int = 0) -> str:
        return self._tokens[min(self.position + ahead, len(self._tokens) - 1)][0]

    def _word(self, ahead: int = 0) -> str:
        return self._tokens[min(self.position + ahead, len(self._tokens) - 1)][1]

    def _take(self, *words: str) -> bool:
        found = self._kind() != "text" and self._word() in words
        self.position += found
        return found

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise self.refusal()

    # ------------------------------------------------------------ grammar, loosest first

    def read(self) -> Node:
        node = self._either()
        if self._kind() != "end":
            raise self.refusal()
        return node

    def _either(self) -> Node:
        nodes = [self._both()]
        while self._take("or", "OR"):
            nodes.append(self._both())
        return joined("or", *nodes)

    def _both(self) -> Node:
        nodes = [self._negated()]
        while self._take("and", "AND"):
            nodes.append(self._negated())
        return joined("and", *nodes)

    def _negated(self) -> Node:
        negated = False
        while self._take("not", "NOT"):
            negated = not negated
        node = self._reaching()
        return ("minus", ALL, node) if negated else node

    def _reaching(self) -> Node:
        up = down = False
        above = below = None
        if self._kind() == "word" and self._word().isdecimal() and self._word(1) == "+":
            above = int(self._word())
            self.position += 1
        if self._take("+"):
            up = True
        node = self._term()
        if self._take("+"):
            down = True
            if self._kind() == "word" and self._word().isdecimal():
                below = int(self._word())
                self.position += 1
        found: list[Node] = []
        if up:
            found.append(("upstream", node, above, True))
        if down:
            found.append(("downstream", node, below, True))
        return joined("or", *found) if found else node

    def _term(self) -> Node:
        if self._take("*"):
            return ALL
        if self._take("("):
            return self._closed()
        if self._kind() == "word" and self._word() in {"sinks", "roots"} and self._word(1) == "(":
            form = self._word()
            self.position += 2
            return (form, self._closed())
        if self._kind() == "word" and self._word() in FIELDS and self._word(1) == ":":
            field = self._word()
            self.position += 2
            return self._field(field)
        raise self.refusal()

    def _closed(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.refusal()
        node = self._either()
        self._expect(")")
        self._depth -= 1
        return node

    def _field(self, field: str) -> Node:
        value = self._value()
        if field == "key":
            return ("glob", value)
        if field == "group":
            return ("group_glob", value) if "*" in value else ("groups", frozenset((value,)), False)
        if field == "tag":
            return ("tag", value, self._value() if self._take("=") else "", False)
        return ("kind", value, False) if field == "kind" else ("owner", value)

    def _value(self) -> str:
        if self._kind() == "text":
            quoted = self._word()[1:-1]
            self.position += 1
            return re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        start = self.position
        end = self._tokens[start][2]
        # Words and the marks that may stand inside a name, as long as nothing parts them.
        while self._kind() == "word" or (self._kind() == "mark" and self._word() in ":*"):
            if self._tokens[self.position][2] != end and self.position > start:
                break
            end = self._tokens[self.position][2] + len(self._word())
            self.position += 1
        if self.position == start:
            raise self.refusal()
        return self.text[self._tokens[start][2] : end]

    # ------------------------------------------------------------ refusals

    def refusal(self, place: int | None = None) -> InvalidAssetSelectionError:
        """The error that points at a place, or at the current token."""
        at = self._tokens[self.position][2] if place is None else place
        rest = self.text[at:]
        word = self._word() if place is None else rest[: len(rest) - len(rest.lstrip(rest[:1]))]
        what = f"selection cannot be read at `{word[:20]}`" if word else "the selection ends too early"
        if not self.text.strip():
            what = "the selection is empty text"
        return InvalidAssetSelectionError(what, where=pointed(self.text, at), fix=self._hint(word))

    def _hint(self, word: str) -> str:
        if not self.text.strip():
            return 'write "*" for all assets'
        if word.startswith(","):
            return 'join terms by or: key:"a" or key:"b"; in Python a list of texts is their union'
        if word.startswith('"') and word.count('"') == 1:
            return "close the quote"
        if "/" not in word and not any(mark in word for mark in '+*()"=:') and not _FIELD.search(self.text) and word:
            names = re.findall(r"[^\s()+*,]+", self.text)
            name = next(
                (each for each in names if each.lower() not in {"and", "or", "not"} and not each.isdecimal()), word
            )
            return f'beside other terms, and with a number of layers, a name is written key:"{name}"'
        return 'quote names: key:"a" and not group:"g"; layers of a bare name are +a, ++a, a+, *a, a*'


def pointed(text: str, at: int) -> str:
    """The text, and below it a caret under the place; long texts are cut around it."""
    line = re.sub(r"\s", " ", text)
    start = max(0, at - 40)
    shown = line[start : start + 80]
    # "  where: " and the opening quote stand before the text when the error is shown.
    return f'"{shown}"\n{" " * (len("  where: ") + 1 + at - start)}^'
