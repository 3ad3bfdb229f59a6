"""The words of a selection, however they were given."""

from __future__ import annotations

from collections.abc import Sequence

from lading.errors import CheckError


def selection_words(selection: Sequence[str], select: str | None) -> list[str]:
    """The words of a selection, however they were given.

    Raises:
        CheckError: They were given both ways.
    """
    if selection and select is not None:
        raise CheckError("words and --select are both given", where="the command line", fix="use one of the two ways")
    return list(selection) if select is None else [select]
