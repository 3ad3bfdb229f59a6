"""Loading the definitions of a project."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from lading.app.importing import import_file, import_module
from lading.app.places import Place
from lading.definitions.asset_job import AssetJob
from lading.definitions.assets import AssetsDefinition
from lading.definitions.checks import AssetChecksDefinition
from lading.definitions.collect import Definitions
from lading.definitions.job import JobDefinition
from lading.definitions.spec import AssetSpec
from lading.errors import AmbiguousDefinitionsError, NoDefinitionsError
from lading.values.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """Loaded definitions, and where they were found."""

    place: Place
    definitions: Definitions


def load_project(place: Place) -> Project:
    """Load the definitions of a project.

    The folder of the project, and its ``src/``, are put first on ``sys.path``: it need not be installed.

    Raises:
        ImportFailedError: They cannot be imported.
        AmbiguousDefinitionsError: There are several Definitions.
        NoDefinitionsError: There is nothing that lading knows.
    """
    for folder in (os.path.join(place.root, "src"), place.root):
        if os.path.isdir(folder) and folder not in sys.path:
            sys.path.insert(0, folder)
    if place.file is not None:
        folder = os.path.dirname(place.file)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        module = import_file(place.file, place.label)
    else:
        assert place.module is not None
        module = import_module(place.module)
    names: Mapping[str, Any] = vars(module)
    return Project(place, _definitions_in(names, place))


def _definitions_in(names: Mapping[str, Any], place: Place) -> Definitions:
    if place.attribute is not None:
        return _attribute(names, place)
    found: dict[int, tuple[str, Definitions]] = {}
    for name, value in names.items():
        if isinstance(value, Definitions):
            found.setdefault(id(value), (name, value))
    if len(found) > 1:
        lines = _lines_of(place, [name for name, _ in found.values()])
        shown = ", ".join(f"{name}{lines.get(name, '')}" for name, _ in found.values())
        raise AmbiguousDefinitionsError(
            f"{len(found)} Definitions objects" if len(found) > 2 else "two Definitions objects",
            where=f"{place.label}: {shown}", fix=f"`-a {next(iter(found.values()))[0]}`",
        )  # fmt: skip
    if found:
        return next(iter(found.values()))[1]
    return _loose(names, place)


def _attribute(names: Mapping[str, Any], place: Place) -> Definitions:
    name = place.attribute or ""
    value = names.get(name)
    if callable(value) and not isinstance(value, Definitions):
        value = value()
    if isinstance(value, Definitions):
        return value
    known = [each for each, found in names.items() if isinstance(found, Definitions)]
    raise NoDefinitionsError(
        f"{place.label} has no Definitions called {name}", where=f"-a {name}" if place.origin == "-f" else place.origin,
        fix=f"it has: {', '.join(known)}" if known else "leave -a out: all its assets and jobs are taken",
    )  # fmt: skip


def _loose(names: Mapping[str, Any], place: Place) -> Definitions:
    """A module without Definitions offers all its assets and jobs."""
    assets: list[Any] = []
    jobs: list[Any] = []
    seen: set[int] = set()
    for value in names.values():
        several: list[Any] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType] - a user's list
        for each in several:
            if id(each) in seen:
                continue
            seen.add(id(each))
            if isinstance(each, AssetsDefinition | AssetSpec | AssetChecksDefinition):
                assets.append(each)
            elif isinstance(each, JobDefinition | AssetJob):
                jobs.append(each)
    if not assets and not jobs:
        raise NoDefinitionsError(
            f"{place.label} defines no asset and no job", where=place.file or place.module,
            fix="decorate a function with @lading.asset, or name another file with `-f FILE`",
        )  # fmt: skip
    return Definitions(assets=assets, jobs=jobs)


def _lines_of(place: Place, names: list[str]) -> dict[str, str]:
    if place.file is None:
        return {}
    import ast

    with open(place.file, encoding="utf-8") as opened:
        tree = ast.parse(opened.read())
    lines: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id in names:
                    lines[target.id] = f" (line {node.lineno})"
    return lines
