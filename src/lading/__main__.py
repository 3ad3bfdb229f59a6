"""``python -m lading``, and what the installed ``lading`` command calls."""

from __future__ import annotations

from lading.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
