"""One public name as Markdown: its signature, its docstring, its members."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import re
from importlib.util import find_spec
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import lading

SECTIONS = {"Args", "Attributes", "Returns", "Yields", "Raises", "Example", "Examples", "Note", "Notes"}
PLAIN_DEFAULTS = (type(None), bool, int, float, str)


def describe(name: str, value: Any) -> str:
    """The part of a reference page that tells about one name."""
    if getattr(value, "__module__", None) == "builtins":
        return f"## {name}\n\nAnother name of `{value.__name__}`.\n"
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return f"## {name}\n\n{markdown(_words_of_constant(name, value))}\n"
    # Contexts are handed to the user, who never calls the class.
    heading = [] if name.endswith("Context") else _heading_of(name, value)
    parts = [f"## {name}", "", *heading, "", markdown(inspect.getdoc(value) or "")]
    if inspect.isclass(value):
        if issubclass(value, BaseException):
            parts += ["", *_error_facts(value)]
        elif issubclass(value, enum.Enum):
            parts += ["", *(f"- `{member.name}`" for member in value)]
        else:
            bases = [f"`{base.__name__}`" for base in value.__bases__ if base.__name__ in lading._HOMES]
            parts += ["", f"Has all that {' and '.join(bases)} has."] if bases else []
            parts += [_member(member, found) for member, found in _members(value)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


def _words_of_constant(name: str, value: Any) -> str:
    """The text below a constant in its module, else the comment above it, else what its class says."""
    source = Path(find_spec(lading._HOMES[name]).origin).read_text("utf-8")
    for statement, after in pairwise(ast.parse(source).body):
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        if not any(isinstance(target, ast.Name) and target.id == name for target in targets):
            continue
        if isinstance(after, ast.Expr):
            return inspect.cleandoc(ast.literal_eval(after.value))
        above = reversed(source.splitlines()[: statement.lineno - 1])
        comment = [line[2:] for line in takewhile(lambda line: line.startswith("# "), above)]
        if comment:
            return "\n".join(reversed(comment))
    return (inspect.getdoc(value) or "") if type(value).__module__.startswith("lading.") else ""


def markdown(docstring: str) -> str:
    """A Google-style docstring as Markdown."""
    lines: list[str] = []
    section = None
    for line in re.sub(r":\w+:`~?([^`]+)`", r"`\1`", docstring.replace("``", "`")).splitlines():
        heading = re.fullmatch(r"(\w+):", line)
        if heading and heading[1] in SECTIONS:
            section = heading[1]
            lines += [f"**{section}**", ""]
        elif not section or not line.startswith("    "):
            section = section if not line else None
            lines.append(line)
        elif (item := re.fullmatch(r"    (\*{0,2}[\w.]+)(?: \([^)]*\))?: (.*)", line)) and section not in {
            "Returns",
            "Yields",
            "Note",
            "Notes",
        }:
            lines.append(f"- `{item[1]}`: {item[2]}")
        else:
            lines.append(line[4:])
    return "\n".join(lines).strip()


def signature(name: str, value: Any) -> str:
    """What a caller may pass, one parameter a line where it is long."""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return name
    parameters = [_parameter(one) for one in found.parameters.values() if not one.name.startswith("_")]
    marks = _with_marks(list(found.parameters.values()), parameters)
    returns = ""
    if found.return_annotation is not inspect.Signature.empty and not inspect.isclass(value):
        returns = f" -> {_annotation(found.return_annotation)}"
    line = f"{name}({', '.join(marks)}){returns}"
    if len(line) <= 100:
        return line
    return "\n".join([f"{name}(", *(f"    {mark}," for mark in marks), f"){returns}"])


def _with_marks(found: list[inspect.Parameter], texts: list[str]) -> list[str]:
    """The texts of the parameters with the lone ``*`` before the first that must be named."""
    shown = [one for one in found if not one.name.startswith("_")]
    for at, one in enumerate(shown):
        if one.kind is inspect.Parameter.VAR_POSITIONAL:
            break
        if one.kind is inspect.Parameter.KEYWORD_ONLY:
            return [*texts[:at], "*", *texts[at:]]
    return texts


def _parameter(one: inspect.Parameter) -> str:
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(one.kind, "")
    text = f"{stars}{one.name}"
    if one.annotation is not inspect.Parameter.empty:
        text += f": {_annotation(one.annotation)}"
    if one.default is not inspect.Parameter.empty:
        # Other defaults are marks for "not given", or have an address in their repr.
        default = repr(one.default) if isinstance(one.default, PLAIN_DEFAULTS) or one.default == () else "..."
        text += f" = {default}" if ":" in text else f"={default}"
    return text


def _annotation(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:[a-z_]\w*\.)+([A-Z]\w*)", r"\1", text)


def _heading_of(name: str, value: Any) -> list[str]:
    if inspect.isclass(value) and issubclass(value, (enum.Enum, BaseException)):
        return []
    return ["```py", signature(name, value), "```"]


def _error_facts(kind: type[Any]) -> list[str]:
    bases = ", ".join(f"`{base.__name__}`" for base in kind.__bases__)
    facts = [f"- a kind of {bases}"]
    if hasattr(kind, "code"):
        facts += [f"- code `{kind.code}`, exit code {kind.exit_code}", f"- fix: {kind.remedy}"]
    return facts


def _members(value: type[Any]) -> list[tuple[str, Any]]:
    """The public methods and properties a class brings itself, in the order they are written."""
    fields = {one.name for one in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else set[str]()
    members: list[tuple[str, Any]] = []
    for name, raw in vars(value).items():
        if name.startswith(("_", "model_")) or name in fields:
            continue
        found = raw.__func__ if isinstance(raw, (classmethod, staticmethod)) else raw
        if inspect.isfunction(found) or isinstance(found, property):
            members.append((name, raw))
    return members


def _member(name: str, raw: Any) -> str:
    if isinstance(raw, property):
        kind, shown = "property", name
        if raw.fget is not None and "return" in getattr(raw.fget, "__annotations__", {}):
            shown += f": {_annotation(raw.fget.__annotations__['return'])}"
    else:
        kind = type(raw).__name__ if isinstance(raw, (classmethod, staticmethod)) else "method"
        function = raw.__func__ if isinstance(raw, (classmethod, staticmethod)) else raw
        shown = signature(name, function)
        if kind != "staticmethod":
            shown = re.sub(r"\((\s*)(?:self|cls)(?:: [^,)]+)?(?:,\s*)?", r"(\1", shown, count=1)
    words = markdown(inspect.getdoc(raw) or "")
    return "\n".join(
        ["", f"### {name}" + ("" if kind == "method" else f" ({kind})"), "", "```py", shown, "```", "", words]
    )
