from __future__ import annotations

import json
import math

import pytest

from lading.app.preview import as_table, cell_text, csv_text, plain_cell, preview, rendered
from lading.errors import CheckError, UsageError

ROWS = [{"a": 1, "b": "x"}, {"a": 2, "c": None}, {"a": 3, "b": "z, y"}]


def test_a_list_of_mappings_is_a_table() -> None:
    table = as_table(ROWS)
    assert table is not None
    assert table.columns == [("a", "int"), ("b", "str"), ("c", "")]
    assert csv_text(table) == 'a,b,c\n1,x,\n2,,\n3,"z, y",\n'
    chosen = as_table(ROWS, ["b", "a"])
    assert chosen is not None
    assert [list(row) for row in chosen.head(1)] == [["x", 1]]
    with pytest.raises(UsageError, match="no column z"):
        as_table(ROWS, ["z"])


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_tables_of_libraries(library: str) -> None:
    module = pytest.importorskip(library)
    columns = {"n": [1, 2, 3], "x": [0.5, None, 2.5]}
    value = module.table(columns) if library == "pyarrow" else module.DataFrame(columns)
    seen = preview(value, 2)
    assert seen.rows == 3
    assert seen.truncated
    assert seen.body == [{"n": 1, "x": 0.5}, {"n": 2, "x": None}]
    assert json.loads(rendered(value, "json", None))[2] == {"n": 3, "x": 2.5}
    assert rendered(value, "csv", None) == "n,x\n1,0.5\n2,\n3,2.5"


def test_an_index_with_a_meaning_is_a_column() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [1]}, index=pandas.Index(["k"], name="key"))
    assert preview(frame, None).body == [{"key": "k", "x": 1}]


def test_other_values() -> None:
    assert preview("text", 10).body == "text"
    assert preview("x" * 20_000, 10).truncated
    assert (preview([1, 2, 3], 2).body, preview([1, 2, 3], 2).truncated) == ([1, 2], True)
    assert preview({"a": (1, 2)}, 10).body == {"a": [1, 2]}
    assert preview(object, 10).type == "type"
    assert rendered("as it is\n", None, None) == "as it is\n"
    assert rendered([1, 2], None, None) == "[1, 2]"
    assert rendered({1, 2} - {2}, None, None) == "{1}"
    assert rendered("a", "repr", None) == "'a'"
    with pytest.raises(CheckError, match="no rows and columns"):
        rendered([1, 2], "csv", None)


def test_cells() -> None:
    assert cell_text(None) == "–"
    assert cell_text(math.nan) == "–"
    assert cell_text(284.5) == "284.5"
    assert cell_text(1 / 3) == "0.33333333"
    assert plain_cell(math.inf) is None
    numpy = pytest.importorskip("numpy")
    assert plain_cell(numpy.float64(2.5)) == 2.5
    assert plain_cell(numpy.int64(2)) == 2
