"""Keys: the names of assets, their checks and the outputs of steps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self, TypeAlias

from lading.errors import CheckError
from lading.values.dataclass import dataclass


class AssetKey(tuple[str, ...]):
    """The name of an asset: one or more parts, like the folders of a path.

    A tuple of its parts, so that comparing and hashing cost as little as they can.

    Args:
        path: The parts. A text is one part and is **not** split at ``/``; see :meth:`from_user_string` for that.

    Raises:
        CheckError: A part is no text, or there is none.
    """

    __slots__ = ()

    def __new__(cls, path: str | Sequence[str]) -> Self:
        """Make a key of its parts."""
        if not isinstance(path, str | Sequence):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise CheckError(
                f"an asset key is made of texts, not of {type(path).__name__}",
                where=repr(path),
                fix='AssetKey(["a", "b"])',
            )
        parts = (path,) if isinstance(path, str) else tuple(path)
        for part in parts:
            if not isinstance(part, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
                raise CheckError(f"a part of an asset key is a text, not {type(part).__name__}", where=repr(path))
        if not parts:
            raise CheckError("an asset key needs at least one part", where=repr(path))
        return super().__new__(cls, parts)

    def __repr__(self) -> str:
        return f"AssetKey({list(self)!r})"

    def __reduce__(self) -> tuple[type[AssetKey], tuple[tuple[str, ...]]]:
        return AssetKey, (tuple(self),)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts."""
        return self

    @property
    def path(self) -> list[str]:
        """The parts as a new list."""
        return list(self)

    def to_user_string(self) -> str:
        """The parts joined by ``/``. Ambiguous where a part holds a ``/`` itself."""
        return "/".join(self)

    @staticmethod
    def from_user_string(text: str) -> AssetKey:
        """The key whose parts are the pieces of ``text`` between slashes."""
        return AssetKey(text.split("/"))

    def to_escaped_user_string(self) -> str:
        r"""The parts joined by ``/``, a ``/`` inside a part written ``\/``. Unambiguous."""
        return "/".join(part.replace("\\", "\\\\").replace("/", "\\/") for part in self.parts)

    @staticmethod
    def from_escaped_user_string(text: str) -> AssetKey:
        """The inverse of :meth:`to_escaped_user_string`."""
        parts, part, escaped = list[str](), "", False
        for char in text:
            if escaped:
                part, escaped = part + char, False
            elif char == "\\":
                escaped = True
            elif char == "/":
                parts, part = [*parts, part], ""
            else:
                part += char
        return AssetKey([*parts, part])

    def to_string(self) -> str:
        """The parts as a JSON list: the form that is stored."""
        text = '", "'.join(self)
        # Plain names need no encoder, which costs ten times as much.
        if text.isascii() and text.isprintable() and "\\" not in text and text.count('"') == 2 * len(self) - 2:
            return f'["{text}"]'
        return json.dumps(self)

    @staticmethod
    def from_string(text: str) -> AssetKey:
        """The inverse of :meth:`to_string`."""
        if text.startswith('["') and text.count('"') == 2 and "\\" not in text:
            return AssetKey(text[2:-2])  # one plain name, as most keys are
        return AssetKey(json.loads(text))

    def to_python_identifier(self, suffix: str | None = None) -> str:
        """The parts joined by ``__``, dots and dashes as ``_``: the name of the step that makes the asset."""
        text = "__".join(self.parts if suffix is None else (*self.parts, suffix))
        return text.replace("-", "_").replace(".", "_")

    def with_prefix(self, prefix: str | Sequence[str]) -> AssetKey:
        """The key with parts put before it."""
        return AssetKey(((prefix,) if isinstance(prefix, str) else tuple(prefix)) + self.parts)

    def has_prefix(self, prefix: str | Sequence[str]) -> bool:
        """Whether the first parts are those of ``prefix``."""
        wanted = (prefix,) if isinstance(prefix, str) else tuple(prefix)
        return self[: len(wanted)] == wanted

    @staticmethod
    def from_coercible(key: CoercibleToAssetKey) -> AssetKey:
        """An AssetKey from a key, a text (one part) or a sequence of parts."""
        return key if isinstance(key, AssetKey) else AssetKey(key)


CoercibleToAssetKey: TypeAlias = AssetKey | str | Sequence[str]
CoercibleToAssetKeyPrefix: TypeAlias = str | Sequence[str]


@dataclass(frozen=True, slots=True, order=True)
class AssetCheckKey:
    """The name of a check: its asset's key and its own name."""

    asset_key: AssetKey
    name: str

    def to_user_string(self) -> str:
        """``asset/key:check``."""
        return f"{self.asset_key.to_user_string()}:{self.name}"

    @classmethod
    def from_user_string(cls, text: str) -> AssetCheckKey:
        """What :meth:`to_user_string` gave, as a key again.

        Raises:
            CheckError: There is no colon in it.
        """
        asset, colon, name = text.rpartition(":")
        if not colon:
            raise CheckError("this names no check", where=repr(text), fix='write it as "asset:check"')
        return cls(AssetKey.from_user_string(asset), name)


class StepOutputHandle(NamedTuple):
    """One output of one step of a run.

    ``mapping_key`` is the key of a dynamic output, else None.
    """

    step_key: str
    output_name: str = "result"
    mapping_key: str | None = None


def show_keys(keys: Iterable[AssetKey], limit: int = 20) -> str:
    """Keys as one line for a message, cut after ``limit``."""
    names = [key.to_user_string() for key in keys]
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
