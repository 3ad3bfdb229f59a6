"""The codecs by name."""

from __future__ import annotations

from typing import cast

from lading.abc.codec import Codec
from lading.errors import CannotLoadError
from lading.storage.codecs.gzip import GzipCodec
from lading.storage.codecs.none import NONE
from lading.storage.codecs.zstd import ZstdCodec
from lading.storage.plugins import find_plugin, plugin_names

_known: dict[str, Codec] = {codec.name: codec for codec in (NONE, GzipCodec(), ZstdCodec())}


def codec_named(name: str) -> Codec:
    """The codec that is recorded under this name.

    Packages add their own by the entry point group ``lading.codecs``.

    Raises:
        CannotLoadError: There is none.
    """
    codec = _known.get(name)
    if codec is None:
        codec = cast("Codec | None", find_plugin("lading.codecs", name))
        if codec is None:
            names = ", ".join(sorted({*_known, *plugin_names("lading.codecs")}))
            raise CannotLoadError(
                f"no codec is called {name!r}", where=f"known: {names}", fix="install the package that brings it"
            )
        _known[name] = codec
    return codec
