"""Importing a user's file or module; what goes wrong in it is said with file, line and remedy."""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import os
import sys
import traceback
from types import ModuleType

from lading.errors import ImportFailedError, LadingError

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def import_file(path: str, label: str) -> ModuleType:
    """Import a file under its own name, so that what is pickled in it is found again.

    Args:
        path: The file.
        label: What people call it.

    Raises:
        ImportFailedError: It cannot be imported.
    """
    name = os.path.splitext(os.path.basename(path))[0]
    if not name.isidentifier() or name in sys.stdlib_module_names or name == "lading":
        name = "lading_definitions_" + "".join(char if char.isalnum() else "_" for char in name)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportFailedError(f"{label} is no Python file", where=path, fix="name a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        sys.modules.pop(name, None)
        _refuse(error, label, os.path.dirname(path))
        raise
    return module


def import_module(name: str) -> ModuleType:
    """Import a dotted module.

    Raises:
        ImportFailedError: It cannot be imported.
    """
    try:
        return importlib.import_module(name)
    except BaseException as error:
        if (
            isinstance(error, ModuleNotFoundError)
            and error.name is not None
            and (name + ".").startswith(error.name + ".")
        ):
            raise ImportFailedError(
                f"there is no module {name}", where=f"searched {os.getcwd()} and its src/",
                fix="check the name, or name a file with `-f FILE`",
            ) from error  # fmt: skip
        _refuse(error, name, os.getcwd())
        raise


def _refuse(error: BaseException, label: str, folder: str) -> None:
    """Raise what people are told of an import that failed; leave interruptions as they are."""
    if isinstance(error, LadingError):
        if error.where is None:
            error.where = _place(error, folder)[0] or label
        raise error
    if not isinstance(error, Exception | SystemExit):
        return
    if isinstance(error, SyntaxError) and error.filename:
        raise _syntax(error, label, folder) from error
    where, line = _place(error, folder)
    shown = f"{where}\n      {line}" if line else where
    if isinstance(error, ModuleNotFoundError):
        raise ImportFailedError(
            f"{label} cannot be imported: no module named '{error.name}'", where=shown,
            fix=f"`{_python()} -m pip install {_package(error.name)}`",
        ) from error  # fmt: skip
    said = str(error) or type(error).__name__
    raise ImportFailedError(
        f"{label} cannot be imported: {type(error).__name__}: {said}", where=shown, fix="correct the line that is shown"
    ) from error


def _syntax(error: SyntaxError, label: str, folder: str) -> ImportFailedError:
    at = f"{shown_path(error.filename or label, folder)}:{error.lineno}"
    text = (error.text or "").rstrip("\n")
    if text:
        gap = len(text) - len(text.lstrip())
        at += f"\n      {text.strip()}\n      {' ' * max(0, (error.offset or 1) - 1 - gap)}^"
    return ImportFailedError(f"{label} cannot be imported: {error.msg}", where=at, fix="correct the line that is shown")


def _place(error: BaseException, folder: str) -> tuple[str | None, str]:
    """File and line of the last frame that is the user's, and the line itself."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith((HERE, "<frozen"))
    ]
    if not frames:
        return None, ""
    own = [frame for frame in frames if frame.filename.startswith(folder)]
    frame = (own or frames)[-1]
    line = linecache.getline(frame.filename, frame.lineno or 0).strip()
    return f"{shown_path(frame.filename, folder)}:{frame.lineno}", line


def shown_path(path: str, folder: str) -> str:
    """A path below a folder, from there; any other as it is."""
    return os.path.relpath(path, folder) if path.startswith(folder + os.sep) else path


def _python() -> str:
    found = sys.executable or "python"
    return f'"{found}"' if " " in found else found


# What one imports and what one installs bear different names here.
_PACKAGES = {
    "cv2": "opencv-python",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
}


def _package(module: str | None) -> str:
    top = (module or "").partition(".")[0]
    return _PACKAGES.get(top, top)
