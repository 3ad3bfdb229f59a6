"""The errors as a user's type checker sees them. Checked by `make types`, never run."""

from __future__ import annotations

from typing import assert_type

import lading as dg


def caught() -> str | None:
    try:
        raise dg.ValueMissing("no value", where="asset a", fix="lading materialize a")
    except FileNotFoundError as error:
        assert_type(error, FileNotFoundError)
    except dg.LadingError as error:
        assert_type(error.what, str)
        assert_type(error.fix, str)
        assert_type(error.where, str | None)
        return error.where
    return None


assert_type(dg.__version__, str)
assert_type(dg.LadingError.exit_code, int)
