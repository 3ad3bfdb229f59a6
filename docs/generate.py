"""Write what is derived from the code: the stub of the public face and the reference pages.

python -m docs.generate [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import lading
from docs.describe import describe
from docs.types_page import types_page

ROOT = Path(__file__).resolve().parents[1]
STUB = ROOT / "src" / "lading" / "__init__.pyi"
REFERENCE = ROOT / "docs" / "reference"

# Which page tells about the names of a module: the longest prefix wins.
PAGES = {
    "lading.abc.contexts": "contexts",
    "lading.abc.partitions": "partitions",
    "lading.abc": "extending",
    "lading.app": "running",
    "lading.caching": "running",
    "lading.config": "configuration",
    "lading.definitions": "definitions",
    "lading.definitions.config": "configuration",
    "lading.definitions.partitions": "partitions",
    "lading.errors": "errors",
    "lading.history": "running",
    "lading.io": "managers",
    "lading.planning": "definitions",
    "lading.engine": "running",
    "lading.storage": "extending",
    "lading.testing": "testing",
    "lading.values": "values",
    "lading.values.partitions": "partitions",
    "lading.values.partition_set": "partitions",
}
TITLES = {
    "configuration": "Configuration and resources",
    "contexts": "Contexts",
    "definitions": "Definitions",
    "errors": "Errors",
    "extending": "Extending: stores, formats, managers of one's own",
    "managers": "IO managers",
    "partitions": "Partitions",
    "running": "Running and asking",
    "testing": "Testing",
    "values": "Values, events, metadata",
}


def stub_text() -> str:
    """What ``__init__.pyi`` must hold: one import a name, and ``__all__``."""
    lines = ["# Written by `make stub` from the table in __init__.py.", ""]
    for module, names in sorted(lading._PUBLIC.items()):
        lines += [f"from {module} import {name} as {name}" for name in sorted(names)]
    lines += ["", "__version__: str", "__all__ = ["]
    lines += [f'    "{name}",' for name in sorted(lading._HOMES)]
    lines += ["]", ""]
    return "\n".join(lines)


def page_of(module: str) -> str:
    """The page that tells about the names of a module."""
    prefix = module
    while prefix not in PAGES:
        prefix = prefix.rpartition(".")[0]
    return PAGES[prefix]


def reference() -> dict[Path, str]:
    """Every reference page and its text."""
    names: dict[str, list[str]] = {}
    for name, module in lading._HOMES.items():
        names.setdefault(page_of(module), []).append(name)
    pages = {}
    index = ["# Reference", "", "Every public name of `lading`. Written by `make stub` from the code.", ""]
    index += ["Which type is stored in which format, and loaded as what: [Types and formats](types.md).", ""]
    index += ["Where a value lies, and how a path is read back: [Keys and paths](paths.md).", ""]
    for page in sorted(names):
        listed = sorted(names[page], key=str.lower)
        text = [f"# {TITLES[page]}", "", *(describe(name, getattr(lading, name)) for name in listed)]
        pages[REFERENCE / f"{page}.md"] = "\n".join(text)
        links = " · ".join(f"[{name}]({page}.md#{name.lower()})" for name in listed)
        index += [f"## [{TITLES[page]}]({page}.md)", "", links, ""]
    pages[REFERENCE / "types.md"] = types_page()
    pages[REFERENCE / "README.md"] = "\n".join(index)
    return pages


def derived() -> dict[Path, str]:
    """Every derived file and its text."""
    return {STUB: stub_text(), **reference()}


def stale() -> dict[Path, str]:
    """The derived files that are not what they should be, and what they should be."""
    return {path: text for path, text in derived().items() if not path.exists() or path.read_text("utf-8") != text}


def main(argv: list[str]) -> int:
    """Write the derived files, or with --check only say which are out of date."""
    found = stale()
    for path, text in found.items():
        if "--check" in argv:
            print(f"out of date: {path.relative_to(ROOT)} (run `make stub`)")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 1 if found and "--check" in argv else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
