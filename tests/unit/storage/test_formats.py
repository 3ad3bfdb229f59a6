import json
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.abc.format import Want
from lading.abc.store import Store
from lading.errors import CannotLoadError, CannotStoreError, ExtraMissingError
from lading.storage.formats import registry
from lading.storage.formats.catalog import default_formats
from lading.storage.formats.csv import CSV
from lading.storage.formats.json import JSON
from lading.storage.formats.numpy import NUMPY
from lading.storage.formats.parquet import PARQUET
from lading.storage.formats.pickle import PICKLE
from lading.storage.formats.registry import Formats
from lading.storage.formats.text import BYTES, TEXT
from lading.storage.parcel import pack, unpack
from lading.storage.stores.local import LocalStore
from lading.storage.stores.memory import MemoryStore

FORMATS = default_formats()


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path, durability="fast")


def through(value: Any, store: Store | None = None, name: str | None = None, **want: Any) -> Any:
    store = store or MemoryStore()
    chosen = FORMATS[name] if name else FORMATS.for_type(type(value))
    assert chosen is not None
    pack(value, store, "v", chosen)
    return unpack(store, "v", FORMATS, want=Want(**want))[0]


def facts(value: Any) -> dict[str, Any]:
    chosen = FORMATS.for_type(type(value))
    assert chosen is not None
    return pack(value, MemoryStore(), "v", chosen)[1].known()


# ---------------------------------------------------------------- which format


class Odd:
    pass


class Text(str):
    __slots__ = ()


@dataclass
class Point:
    x: int
    y: float = 0.5
    names: tuple[str, ...] = ()


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", TEXT), (Text("text"), TEXT), (b"bytes", BYTES), (bytearray(b"b"), BYTES), (1, JSON), (True, JSON),
        (1.5, JSON), (None, JSON), ([1], JSON), ({"a": 1}, JSON), ((1,), JSON), (date(2024, 1, 1), JSON),
        (Point(1), JSON), (Colour.RED, JSON), (np.zeros(2), NUMPY), (np.float64(1), NUMPY),
        (pd.DataFrame(), PARQUET), (pl.DataFrame(), PARQUET), (pa.table({}), PARQUET), (Odd(), None),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_the_type_decides(value: object, expected: object) -> None:
    assert FORMATS.for_type(type(value)) is expected


def test_pickle_is_there_when_it_is_allowed() -> None:
    assert "pickle" not in FORMATS
    assert default_formats(pickle=True).for_type(Odd) is PICKLE
    assert default_formats(pickle=True).for_type(str) is TEXT


def test_a_format_of_ones_own_comes_first_and_leaves_others_alone() -> None:
    class Mine:
        name = "mine"
        suffix = ".mine"

        def accepts(self, kind: type) -> bool:
            return kind is Odd

    mine: Any = Mine()
    formats = FORMATS.copy()
    assert formats.for_type(Odd) is None
    formats.register(mine, str)
    assert formats.for_type(str) is mine
    assert formats.for_type(Text) is mine
    assert formats.for_type(Odd) is mine
    assert formats["mine"] is mine
    assert FORMATS.for_type(str) is TEXT
    assert FORMATS.get("mine") is None


def test_an_installed_package_may_bring_a_format(monkeypatch: pytest.MonkeyPatch) -> None:
    class Theirs:
        name = "theirs"
        suffix = ".t"

        def accepts(self, kind: type) -> bool:
            return kind is Odd

    monkeypatch.setattr(registry, "plugin_names", lambda group: ["theirs"])
    monkeypatch.setattr(registry, "find_plugin", lambda group, name: Theirs() if name == "theirs" else None)
    assert isinstance(Formats().for_type(Odd), Theirs)
    assert isinstance(Formats()["theirs"], Theirs)
    with pytest.raises(KeyError):
        Formats()["nobody's"]


# ---------------------------------------------------------------- text and bytes


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_comes_back(text: str) -> None:
    assert through(text) == text


def test_text_is_a_text_file() -> None:
    store = MemoryStore()
    pack("é\r\n", store, "v", TEXT)
    assert store.open("v").read() == "é\r\n".encode()


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(CannotStoreError, match="half a character"):
        through("\ud800")
    with pytest.raises(CannotStoreError, match="no text"):
        pack(1, MemoryStore(), "v", TEXT)
    store = MemoryStore()
    pack(b"\xff", store, "v", BYTES)
    with pytest.raises(CannotLoadError, match="no UTF-8"):
        TEXT.load([store.open("v")], Want(str))
    assert TEXT.load([store.open("v")], Want(bytes)) == b"\xff"


@pytest.mark.parametrize("value", [b"", b"\0\xff", bytearray(b"ab")])
def test_bytes_come_back(value: Any) -> None:
    back = through(value)
    assert back == value
    assert type(back) is type(value)
    assert through(memoryview(b"abcd")[::2]) == b"ac"
    assert type(through(b"ab", kind=bytearray)) is bytearray
    assert through(b"ab", kind=memoryview) == b"ab"


# ---------------------------------------------------------------- JSON

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(max_size=5), st.decimals(), st.uuids(),
    st.datetimes(timezones=st.none() | st.sampled_from([UTC, ZoneInfo("Europe/Berlin")])), st.dates(), st.times(),
    st.timedeltas(), st.complex_numbers(),
)  # fmt: skip
keys = st.text(max_size=4) | st.sampled_from(["$tuple", "$dict", "$", "$x"]) | st.integers() | st.none()
plain = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(keys, inner, max_size=3),
    ),
    max_leaves=8,
)


@given(plain | st.sets(st.integers()) | st.frozensets(st.text()))
def test_plain_data_comes_back_as_it_went_in(value: Any) -> None:
    store = MemoryStore()
    pack(value, store, "v", JSON)
    back = unpack(store, "v", FORMATS)[0]
    assert type(back) is type(value)
    assert back == value if isinstance(value, (set, frozenset)) else repr(back) == repr(value)
    json.loads(store.open("v").read(), parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))


def test_equal_sets_are_equal_bytes() -> None:
    # 0 and 8 share a slot of a small set, so these two iterate in different orders.
    values = [{0, 8}, {8, 0}]
    assert list(values[0]) != list(values[1])
    digests = {pack(value, MemoryStore(), "v", JSON)[0].digest for value in values}
    assert len(digests) == 1


def test_json_is_readable() -> None:
    store = MemoryStore()
    pack({"name": "Zoë", "values": [1, 2]}, store, "v", JSON)
    assert store.open("v").read().decode() == '{\n  "name": "Zoë",\n  "values": [\n    1,\n    2\n  ]\n}\n'


@dataclass
class Line:
    points: list[Point]
    colour: Colour | None = None
    by_key: dict[int, Point] = field(default_factory=dict)


def test_dataclasses_are_plain_until_the_consumer_names_them() -> None:
    line = Line([Point(1), Point(2, 1.5, ("a", "b"))], Colour.RED, {3: Point(4)})
    assert through(line, kind=Line) == line
    plain = through(line)
    assert plain["points"][1] == {"x": 2, "y": 1.5, "names": ("a", "b")}
    assert plain["colour"] == "red"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([Point(1)], list[Point]),
        ({"a": Point(1)}, dict[str, Point]),
        ((Point(1), 2), tuple[Point, int]),
        ((Point(1), Point(2)), tuple[Point, ...]),
        (Point(1), Point | None),
        (None, Point | None),
        ({1, 2}, set[int]),
        (Colour.RED, Colour),
        (datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=2))), datetime),
        (UUID(int=5), UUID),
        (Decimal("1.50"), Decimal),
        (time(1, 2), time),
    ],
    ids=str,
)
def test_the_annotation_shapes_the_value(value: object, kind: Any) -> None:
    back = through(value, kind=kind)
    assert back == value
    assert type(back) is type(value)


def test_models_are_validated_by_their_own_class() -> None:
    class Model:
        def __init__(self, a: int) -> None:
            self.a = a

        def model_dump(self, mode: str) -> dict[str, int]:
            assert mode == "json"
            return {"a": self.a}

        @classmethod
        def model_validate(cls, value: Any) -> "Model":
            if not isinstance(value, dict):
                raise ValueError("no dict")  # noqa: TRY004 - as pydantic does
            return cls(value["a"])

    assert through(Model(3), kind=Model).a == 3
    assert through(Model(3)) == {"a": 3}
    with pytest.raises(CannotLoadError, match="no dict"):
        through([1], kind=Model)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ([1], Point, "of type list, not a"),
        ({"y": 1.0}, Point, "does not fit"),
        ({"x": 1, "z": 2}, Point, "does not fit"),
        ([1, 2, 3], tuple[int, int], "3 items"),
        ("blue", Colour, "is no"),
        ([1], Point | Colour, "fits none of"),
    ],
)
def test_data_of_another_shape_is_refused(value: object, kind: Any, said: str) -> None:
    with pytest.raises(CannotLoadError, match=said):
        through(value, name="json", kind=kind)


@pytest.mark.parametrize("kind", [Any, object, "Later", list, dict[str, int], int | str, float, Odd])
def test_annotations_without_a_shape_leave_the_value_alone(kind: Any) -> None:
    assert through(3, kind=kind) == 3


def test_what_json_cannot_hold_is_refused_with_its_place() -> None:
    with pytest.raises(CannotStoreError, match="Odd cannot be written as JSON") as refusal:
        through({"a": [{"b": Odd()}]})
    assert refusal.value.where == "in a.b"
    with pytest.raises(CannotStoreError, match="OrderedDict"):
        through([OrderedDict()])
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(CannotStoreError, match="holds itself"):
        through(endless)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b'{"$date": 3}', b'{"$decimal": "x"}', b'{"$uuid": "x"}', b'{"$time": ["0:0"]}']
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    store = MemoryStore()
    pack(data, store, "v", BYTES)
    with pytest.raises(CannotLoadError, match="no JSON"):
        JSON.load([store.open("v")], Want())


def test_numbers_that_json_has_no_word_for() -> None:
    assert math.isnan(through([math.nan])[0])
    assert through(-math.inf) == -math.inf
    assert through(-0.0).hex() == "-0x0.0p+0"
    assert through(10**400) == 10**400


# ---------------------------------------------------------------- arrays


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(24).reshape(2, 3, 4).transpose(1, 0, 2),
        np.arange(10)[::3],
        np.zeros((0, 3)),
        np.array(5),
        np.array(["a", "ü"]),
        np.array(["2024-01-01"], "M8[D]"),
        np.zeros(2, [("a", "i4"), ("b", "S3")]),
        np.arange(3, dtype=">i2"),
        np.array([True]),
        np.array(["", ""], "S1"),
        np.zeros(3, [(f"column{number}", "i1") for number in range(5_000)]),
    ],
    ids=lambda array: f"{str(array.dtype)[:12]}{array.shape}",
)
def test_arrays_come_back(array: Any, store: Store) -> None:
    back = through(array, store)
    assert type(back) is np.ndarray
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_scalars_of_numpy_come_back_as_such() -> None:
    back = through(np.float32(1.5))
    assert type(back) is np.float32
    assert back == 1.5


def test_an_array_may_be_mapped(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, durability="fast")
    back = through(np.arange(5), store, lazy=True)
    assert isinstance(back, np.memmap)
    assert back.tolist() == [0, 1, 2, 3, 4]


def test_facts_of_arrays() -> None:
    assert facts(np.zeros((2, 3))) == {"rows": 2, "shape": (2, 3), "schema": {"": "float64"}}


@pytest.mark.parametrize("array", [np.array([None]), np.ma.masked_array([1], [True])], ids=["objects", "masked"])
def test_arrays_that_would_lose_something_are_refused(array: Any) -> None:
    with pytest.raises(CannotStoreError, match=r"\.npy"):
        through(array)


def test_a_planted_array_of_objects_is_not_unpickled() -> None:
    import io

    planted = io.BytesIO()
    np.save(planted, np.array([Odd()], object), allow_pickle=True)
    store = MemoryStore()
    pack(planted.getvalue(), store, "v", BYTES)
    with pytest.raises(CannotLoadError, match="no plain array"):
        NUMPY.load([store.open("v")], Want())


# ---------------------------------------------------------------- tables

FRAME = pd.DataFrame(
    {
        "a": [1, 2, 3],
        "b": ["x", None, "z"],
        "t": pd.to_datetime(["2024-01-01", None, "2024-01-03"]),
        "f": [0.5, None, 2],
    }
)


def test_frames_come_back(store: Store) -> None:
    pd.testing.assert_frame_equal(through(FRAME, store), FRAME)
    indexed = FRAME.set_index("a")
    pd.testing.assert_frame_equal(through(indexed, store), indexed)
    polars = pl.DataFrame({"a": [1, None], "b": ["x", "y"], "d": [date(2024, 1, 1), None]})
    assert through(polars, store).equals(polars)
    table = pa.table({"a": [1, 2]})
    assert through(table, store).equals(table)
    assert through(polars.lazy(), store).equals(polars)


@pytest.mark.parametrize(
    "stored",
    [FRAME[["a", "b"]], pl.from_pandas(FRAME[["a", "b"]]), pa.table({"a": [1, 2, 3], "b": ["x", None, "z"]})],
    ids=["pandas", "polars", "arrow"],
)
@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.Table, list, pl.LazyFrame])
def test_any_frame_is_loaded_as_any_other(stored: Any, kind: Any, tmp_path: Path) -> None:
    back = through(stored, LocalStore(tmp_path, durability="fast"), kind=kind)
    assert isinstance(back, kind)
    if isinstance(back, pl.LazyFrame):
        back = back.collect()
    rows = back if isinstance(back, list) else (back.to_dicts() if isinstance(back, pl.DataFrame) else back)
    if isinstance(rows, pa.Table):
        rows = rows.to_pylist()
    if isinstance(rows, pd.DataFrame):
        assert rows["a"].tolist() == [1, 2, 3]
        assert rows["b"].isna().tolist() == [False, True, False]
    else:
        assert rows == [{"a": 1, "b": "x"}, {"a": 2, "b": None}, {"a": 3, "b": "z"}]


def test_only_the_columns_and_rows_that_are_wanted(store: Store) -> None:
    back = through(FRAME, store, kind=pa.Table, columns=("f", "a"), filter=[("a", ">", 1)])
    assert back.column_names == ["f", "a"]
    assert back["a"].to_pylist() == [2, 3]


def test_facts_of_tables() -> None:
    assert facts(pl.DataFrame({"a": [1], "b": ["x"]})) == {
        "rows": 1,
        "columns": 2,
        "schema": {"a": "int64", "b": "large_string"},
    }


@pytest.mark.parametrize(
    "frame",
    [pd.DataFrame({"a": [1, "x"]}), pd.DataFrame([[1, 2]], columns=["a", "a"])],
    ids=["mixed", "twice"],
)
def test_frames_that_parquet_cannot_hold_are_refused(frame: Any) -> None:
    with pytest.raises(CannotStoreError, match="cannot be written as Parquet"):
        through(frame)


def test_a_file_that_is_no_table_is_refused() -> None:
    store = MemoryStore()
    pack(b"PAR1", store, "v", BYTES)
    with pytest.raises(CannotLoadError, match="cannot be read"):
        PARQUET.load([store.open("v")], Want())


def test_a_scan_needs_a_file() -> None:
    with pytest.raises(CannotLoadError, match="local disk"):
        through(FRAME, kind=pl.LazyFrame)


def test_csv(store: Store) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y,z"]})
    pd.testing.assert_frame_equal(through(frame, store, "csv"), frame)
    assert through(frame, store, "csv", kind=pl.DataFrame).to_dicts() == [{"a": 1, "b": "x"}, {"a": 2, "b": "y,z"}]
    assert through(frame, store, "csv", kind=list) == [{"a": "1", "b": "x"}, {"a": "2", "b": "y,z"}]
    assert through(frame, store, "csv", columns=("b",)).columns.tolist() == ["b"]
    polars = pl.DataFrame({"a": [1], "b": ["x"]})
    assert through(polars, store, "csv").equals(polars)
    rows = [{"a": 1, "b": "ü"}]
    assert through(rows, store, "csv") == [{"a": "1", "b": "ü"}]


@pytest.mark.parametrize(
    "value", [[], [1], [{"a": 1}, {"b": 1}], {"a": 1}, pd.DataFrame({"a": [1]}, index=["x"])], ids=str
)
def test_what_csv_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(CannotStoreError):
        pack(value, MemoryStore(), "v", CSV)


@pytest.mark.parametrize(
    ("value", "module", "said", "place"),
    [
        (FRAME, "pyarrow", r"pip install 'lading\[tables\]'", "lading.storage.frames"),
        (np.zeros(1), "numpy", "pip install numpy", "lading.storage.formats.numpy"),
    ],
    ids=["parquet", "npy"],
)
def test_a_missing_library_is_named_with_its_remedy(
    value: Any, module: str, said: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(f"{place}.import_module", refuse)
    with pytest.raises(ExtraMissingError, match=f"{module}, which is not installed") as refusal:
        through(value)
    assert said.replace("\\", "") == refusal.value.fix
