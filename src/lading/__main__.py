"""``python -m lading``, and what the installed ``lading`` command calls."""

from __future__ import annotations

try:
    from lading.cli.main import main
except KeyboardInterrupt:
    # Ctrl-C while Python still reads its modules: nothing has begun.
    raise SystemExit(130) from None

__all__ = ["main"]

if __name__ == "__main__":
    main()
