"""The refusal of values that configured objects are made of, in lading's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import SecretBytes, SecretStr, ValidationError

from lading.config.errors import ConfigValueError

MIN_SECRET = 3


def refusal(
    error: ValidationError, owner: str, names: Collection[str], hidden: Iterable[str] = (), where: str | None = None
) -> ConfigValueError:
    """The error of pydantic, told in one shape and without secrets.

    Args:
        error: What pydantic says.
        owner: The class whose fields they are.
        names: The names it knows.
        hidden: Texts read from environment variables; none of them is shown.
        where: Whose config it is; the class when left out.
    """
    texts = list(hidden)
    lines: list[str] = []
    near: str | None = None
    for each in error.errors(include_url=False):
        line, guess = _line(each, names, texts)
        lines.append(line)
        near = near or guess
    what = f"{owner}: {lines[0]}" if len(lines) == 1 else "\n    ".join([f"{owner} does not fit:", *lines])
    fix = f'did you mean "{near}"?' if near else f"fields are: {', '.join(names) or 'none'}"
    return ConfigValueError(what, where=where, fix=fix, did_you_mean=near)


def _line(each: Any, names: Collection[str], texts: list[str]) -> tuple[str, str | None]:
    place = ".".join(str(part) for part in each["loc"])
    kind = each["type"]
    if kind == "extra_forbidden":
        last = str(each["loc"][-1])
        found = get_close_matches(last, names, n=1) if len(each["loc"]) == 1 else []
        return f'unknown field "{place}"', found[0] if found else None
    if kind == "missing":
        return f'"{place}" is missing', None
    said = str(each["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    for text in texts:
        # A shorter text would tear words apart, and is no secret.
        said = said if len(text) < MIN_SECRET else said.replace(text, "…")
    said = said[:1].lower() + said[1:] if kind not in ("value_error", "assertion_error") else said
    got = _got(each.get("input"), texts) if each["loc"] else ""
    return (f"{place}: " if place else "") + said + got, None


def _got(given: Any, texts: list[str]) -> str:
    if isinstance(given, (SecretStr, SecretBytes, dict, list)):
        return ""
    text = repr(given)
    if len(text) > 60 or str(given) in texts or any(len(each) >= MIN_SECRET and each in text for each in texts):
        return ""
    return f", got {text}"
