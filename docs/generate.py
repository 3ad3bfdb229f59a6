"""Write what is derived from the code: the stub of the public face and the reference pages.

python docs/generate.py [stub|reference] [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import lading

ROOT = Path(__file__).resolve().parents[1]
STUB = ROOT / "src" / "lading" / "__init__.pyi"


def stub_text() -> str:
    """What ``__init__.pyi`` must hold: one import a name, and ``__all__``."""
    lines = ["# Written by `make stub` from the table in __init__.py.", ""]
    for module, names in sorted(lading._PUBLIC.items()):
        lines += [f"from {module} import {name} as {name}" for name in sorted(names)]
    lines += ["", "__version__: str", "__all__ = ["]
    lines += [f'    "{name}",' for name in sorted(lading._HOMES)]
    lines += ["]", ""]
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    """Every derived file and its text."""
    return {STUB: stub_text()}


def main(argv: list[str]) -> int:
    """Write the derived files, or with --check only say which are out of date."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in argv:
        for path in stale:
            print(f"out of date: {path.relative_to(ROOT)} (run `make stub`)")
        return 1 if stale else 0
    derived = pages()
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(derived[path], "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
