"""Finding a project's definitions and its home; nothing is loaded here."""

from __future__ import annotations

import os
from collections.abc import Mapping

from lading.errors import FileMissingError, NoDefinitionsError
from lading.values.dataclass import dataclass

FILE_NAMES = ("definitions.py", "defs.py")
HOME_NAME = ".lading"
PROJECT_FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the definitions of a project were found.

    Attributes:
        root: The folder of the project: its home and relative ``base_dir=`` paths start here.
        label: The file or module, for people.
        origin: What named it: ``-f``, ``-m``, ``LADING_DEFS``, ``pyproject.toml`` or the file itself.
        file: The file, if it is one.
        module: The dotted module, if it is one.
        attribute: The name of the Definitions in it, where one was given.
    """

    root: str
    label: str
    origin: str
    file: str | None = None
    module: str | None = None
    attribute: str | None = None

    @property
    def found_by_name(self) -> bool:
        """Whether the project itself says where its definitions are, so that no option is needed."""
        return self.origin not in {"-f", "-m"}


def find_definitions(
    file: str | None = None,
    module: str | None = None,
    attribute: str | None = None,
    *,
    folder: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Place:
    """Find where the definitions of a project are; the first hit wins.

    Args:
        file: What ``-f`` names.
        module: What ``-m`` names.
        attribute: What ``-a`` names.
        folder: The folder to start from; the current one when left out.
        environment: Environment variables; those of the process when left out.

    Raises:
        NoDefinitionsError: There are none.
        FileMissingError: A file that is named is not there.
    """
    here = os.path.abspath(folder or os.getcwd())
    environment = os.environ if environment is None else environment
    if file is not None:
        return _file_place(os.path.join(here, file), file, "-f", here, attribute)
    if module is not None:
        return _module_place(module, here, "-m", attribute)
    named = environment.get("LADING_DEFS")
    if named:
        return _named(named, here, "LADING_DEFS", attribute, own_folder=True)
    project = nearest_project(here)
    if project is not None and project.defs is not None:
        return _named(project.defs, project.root, PROJECT_FILE, attribute or project.attribute)
    for name in FILE_NAMES:
        path = os.path.join(here, name)
        if os.path.isfile(path):
            return Place(here, name, name, file=path, attribute=attribute)
    tried = ["-f", "LADING_DEFS", PROJECT_FILE, *(f"./{name}" for name in FILE_NAMES)]
    raise NoDefinitionsError("no definitions found", where=f"tried {', '.join(tried)} in {here}")


def _named(text: str, root: str, origin: str, attribute: str | None, own_folder: bool = False) -> Place:
    named, colon, name = text.rpartition(":")
    if colon and name.isidentifier() and len(named) > 1:
        text, attribute = named, attribute or name
    if text.endswith(".py") or os.sep in text or "/" in text:
        path = os.path.join(root, os.path.expanduser(text))
        place = _file_place(path, text, origin, root, attribute)
        return place if own_folder else Place(root, text, origin, file=path, attribute=attribute)
    return _module_place(text, root, origin, attribute)


def _file_place(path: str, given: str, origin: str, here: str, attribute: str | None) -> Place:
    path = os.path.normpath(path)
    if not os.path.isfile(path):
        from difflib import get_close_matches

        folder = os.path.dirname(path)
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        near = get_close_matches(os.path.basename(path), [name for name in names if name.endswith(".py")], n=1)
        raise FileMissingError(
            f"there is no file {given}", where=f"{origin}, from {here}", did_you_mean=near[0] if near else None,
            fix=f"did you mean {near[0]}?" if near else None,
        )  # fmt: skip
    return Place(os.path.dirname(path), os.path.basename(path), origin, file=path, attribute=attribute)


def _module_place(module: str, root: str, origin: str, attribute: str | None) -> Place:
    named, colon, name = module.rpartition(":")
    if colon:
        module, attribute = named, attribute or name
    return Place(root, module, origin, module=module, attribute=attribute)


# ---------------------------------------------------------------- pyproject.toml


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """What a pyproject.toml says of the definitions."""

    root: str
    defs: str | None = None
    attribute: str | None = None


def nearest_project(folder: str) -> ProjectFile | None:
    """The nearest pyproject.toml upward that speaks of lading (or of what lading reads), or None."""
    while True:
        path = os.path.join(folder, PROJECT_FILE)
        if os.path.isfile(path):
            found = _read_project(path, folder)
            if found is not None:
                return found
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _read_project(path: str, folder: str) -> ProjectFile | None:
    with open(path, "rb") as opened:
        text = opened.read()
    if b"tool" not in text or (b"lading" not in text and b"dagster" not in text):
        return None
    import tomllib

    try:
        tools = tomllib.loads(text.decode("utf-8", "replace")).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise NoDefinitionsError(
            f"pyproject.toml cannot be read: {error}", where=path, fix="correct the line that is named, or `-f FILE`"
        ) from error
    own = tools.get("lading")
    if isinstance(own, dict):
        return ProjectFile(folder, own.get("defs"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - plain TOML
    other = tools.get("dagster", {})
    if "module_name" in other:
        return ProjectFile(folder, other["module_name"], other.get("code_location_attribute"))
    return None


# ---------------------------------------------------------------- home


def find_home(
    home: str | None = None,
    place: Place | None = None,
    *,
    folder: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """The folder of the home; it need not exist yet.

    Args:
        home: What ``--home`` names.
        place: Where the definitions are; left out, an existing home is looked for upward.
        folder: The folder to start from; the current one when left out.
        environment: Environment variables; those of the process when left out.
    """
    here = os.path.abspath(folder or os.getcwd())
    environment = os.environ if environment is None else environment
    named = home or environment.get("LADING_HOME")
    if named:
        return os.path.normpath(os.path.join(here, os.path.expanduser(named)))
    if place is not None:
        return os.path.join(place.root, HOME_NAME)
    above = here
    while True:
        path = os.path.join(above, HOME_NAME)
        if os.path.isdir(path):
            return path
        if above == os.path.dirname(above):
            return os.path.join(here, HOME_NAME)
        above = os.path.dirname(above)
