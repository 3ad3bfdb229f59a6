"""What is said of a value, by its function and by its manager, and where it ends up."""

import datetime
import decimal
import pathlib

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, kinds, made, plain, run_ops


class Telling(Witness):
    """Adds metadata to each output and input."""

    def __init__(self, output=None, read=None):
        super().__init__()
        self.output = output or {}
        self.read = read or {}

    def handle_output(self, context, obj):
        super().handle_output(context, obj)
        if self.output:
            context.add_output_metadata(self.output)

    def load_input(self, context):
        if self.read:
            context.add_input_metadata(self.read, description="as read")
        return super().load_input(context)


def test_the_manager_wins_over_the_body():
    @dg.asset
    def a():
        return dg.Output(1, metadata={"rows": 1, "mine": "body"})

    result = dg.materialize([a], resources={"io_manager": Telling({"rows": 2, "path": "x"})})
    (m,) = made(result)
    assert plain(m.metadata) == {"rows": 2, "mine": "body", "path": "x"}
    (handled,) = events(result, "HANDLED_OUTPUT")
    assert plain(handled.event_specific_data.metadata) == {"rows": 2, "path": "x"}


def test_two_calls_add_up_and_a_repeated_key_is_refused():
    class Twice(Witness):
        def handle_output(self, context, obj):
            context.add_output_metadata({"a": 1})
            context.add_output_metadata({"b": 2})

    @dg.asset
    def a():
        return 1

    (m,) = made(dg.materialize([a], resources={"io_manager": Twice()}))
    assert plain(m.metadata) == {"a": 1, "b": 2}

    class Repeated(Witness):
        def handle_output(self, context, obj):
            context.add_output_metadata({"a": 1})
            context.add_output_metadata({"a": 2})

    with pytest.raises(Exception, match="a"):
        dg.materialize([a], resources={"io_manager": Repeated()})


def test_definition_metadata_is_not_copied_to_events():
    @dg.asset(metadata={"declared": 1})
    def a():
        return 1

    result = dg.materialize([a], resources={"io_manager": Witness()})
    assert plain(made(result)[0].metadata) == {}
    assert plain(events(result, "HANDLED_OUTPUT")[0].event_specific_data.metadata) == {}


def test_input_metadata_of_an_asset_is_an_observation_of_the_upstream():
    @dg.asset
    def up():
        return 1

    @dg.asset
    def down(up):
        return up

    result = dg.materialize([up, down], resources={"io_manager": Telling(read={"rows": 5})})
    (event,) = events(result, "ASSET_OBSERVATION")
    assert event.step_key == "down"
    seen = event.event_specific_data.asset_observation
    assert seen.asset_key == dg.AssetKey("up")
    assert plain(seen.metadata) == {"rows": 5}
    assert seen.description == "as read"
    order = kinds(result, "down")
    assert order.index("ASSET_OBSERVATION") < order.index("LOADED_INPUT")
    (loaded,) = events(result, "LOADED_INPUT")
    assert plain(loaded.event_specific_data.metadata) == {"rows": 5}


def test_each_call_of_add_input_metadata_is_an_observation():
    class Two(Witness):
        def load_input(self, context):
            context.add_input_metadata({"a": 1})
            context.add_input_metadata({"b": 2})
            return super().load_input(context)

    @dg.asset
    def up():
        return 1

    @dg.asset
    def down(up):
        return up

    result = dg.materialize([up, down], resources={"io_manager": Two()})
    seen = [e.event_specific_data.asset_observation for e in events(result, "ASSET_OBSERVATION")]
    assert [plain(each.metadata) for each in seen] == [{"a": 1}, {"b": 2}]
    (loaded,) = events(result, "LOADED_INPUT")
    assert plain(loaded.event_specific_data.metadata) == {"a": 1, "b": 2}


def test_events_logged_by_the_manager_come_before_the_materialization():
    def log(context, obj):
        context.log_event(dg.AssetMaterialization("side", metadata={"n": 1}))
        context.log_event(dg.AssetObservation("seen"))

    @dg.asset
    def a():
        return 1

    result = dg.materialize([a], resources={"io_manager": Witness(log)})
    assert kinds(result, "a") == [
        "STEP_START", "STEP_OUTPUT", "ASSET_MATERIALIZATION", "ASSET_OBSERVATION", "ASSET_MATERIALIZATION",
        "HANDLED_OUTPUT", "STEP_SUCCESS",
    ]  # fmt: skip
    assert [m.asset_key.to_user_string() for m in made(result)] == ["side", "a"]


def test_handle_output_may_yield_materializations_and_metadata():
    class Generator(Witness):
        def handle_output(self, context, obj):
            yield dg.AssetMaterialization("side")
            yield {"rows": 1}
            yield {"more": 2}

    @dg.op
    def make():
        return 1

    result = run_ops(make, Generator())
    (handled,) = events(result, "HANDLED_OUTPUT")
    assert plain(handled.event_specific_data.metadata) == {"rows": 1, "more": 2}
    (side,) = made(result)
    assert side.asset_key == dg.AssetKey("side")
    assert plain(side.metadata) == {"rows": 1, "more": 2}


def test_a_yielded_materialization_with_metadata_excludes_the_managers():
    class Generator(Witness):
        def handle_output(self, context, obj):
            yield dg.AssetMaterialization("side", metadata={"own": 1})
            yield {"rows": 1}

    @dg.op
    def make():
        return 1

    with pytest.raises(dg.InvariantViolationError):
        run_ops(make, Generator())


@pytest.mark.parametrize("item", [3, "text", dg.AssetObservation("a"), dg.Output(1)])
def test_handle_output_yields_nothing_else(item):
    class Generator(Witness):
        def handle_output(self, context, obj):
            yield item

    @dg.op
    def make():
        return 1

    with pytest.raises(dg.InvariantViolationError):
        run_ops(make, Generator())


def test_handle_output_returns_nothing_else():
    class Returning(Witness):
        def handle_output(self, context, obj):
            return "done"

    @dg.op
    def make():
        return 1

    with pytest.raises(dg.InvariantViolationError):
        run_ops(make, Returning())


def test_metadata_added_in_the_body_reaches_manager_and_materialization():
    seen = {}

    @dg.asset
    def a(context):
        context.add_output_metadata({"rows": 4})
        return 1

    result = dg.materialize([a], resources={"io_manager": Witness(lambda c, o: seen.update(plain(c.output_metadata)))})
    assert seen == {"rows": 4}
    assert plain(made(result)[0].metadata) == {"rows": 4}


def test_the_last_word_of_the_body_stands():
    @dg.asset
    def a(context):
        context.add_output_metadata({"a": 1, "c": 1})
        context.add_output_metadata({"c": 2})
        return dg.Output(1, metadata={"a": 3, "b": 4})

    result = dg.materialize([a], resources={"io_manager": Witness()})
    assert plain(made(result)[0].metadata) == {"a": 1, "b": 4, "c": 2}


def test_metadata_added_in_the_body_names_its_output():
    seen = {}

    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut()})
    def pair(context):
        context.add_output_metadata({"n": 1}, output_name="x")
        context.add_output_metadata({"n": 2}, output_name="y")
        return 1, 2

    manager = Witness(lambda c, o: seen.update({c.name: plain(c.output_metadata)}))
    result = dg.materialize([pair], resources={"io_manager": manager})
    assert seen == {"x": {"n": 1}, "y": {"n": 2}}
    assert plain(made(result, "y")[0].metadata) == {"n": 2}


RAW = [
    (True, "BoolMetadataValue"),
    (3, "IntMetadataValue"),
    (1.5, "FloatMetadataValue"),
    ("text", "TextMetadataValue"),
    (None, "NullMetadataValue"),
    ([1, {"a": 2}], "JsonMetadataValue"),
    ({"a": [1]}, "JsonMetadataValue"),
    (pathlib.PurePosixPath("/a/b"), "PathMetadataValue"),
    (dg.AssetKey(["a", "b"]), "AssetMetadataValue"),
    (dg.TableSchema([dg.TableColumn("a")]), "TableSchemaMetadataValue"),
]


@pytest.mark.parametrize(("raw", "kind"), RAW)
def test_raw_values_become_kinds(raw, kind):
    m = dg.AssetMaterialization("a", metadata={"x": raw})
    assert type(m.metadata["x"]) is getattr(dg, kind)
    assert m.metadata["x"].value == (str(raw) if isinstance(raw, pathlib.PurePath) else raw)


@pytest.mark.parametrize("raw", [(1, 2), {1}, datetime.datetime(2024, 1, 1), decimal.Decimal(1), object()])  # noqa: DTZ001 - a naive one
def test_other_raw_values_are_refused(raw):
    with pytest.raises(Exception, match="x"):
        dg.AssetMaterialization("a", metadata={"x": raw})


def test_numpy_scalars_are_refused():
    numpy = pytest.importorskip("numpy")
    with pytest.raises(Exception, match="x"):
        dg.AssetMaterialization("a", metadata={"x": numpy.int64(1)})


def test_constructors_and_their_values():
    value = dg.MetadataValue
    aware = datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)  # noqa: UP017 - the older spelling
    schema = dg.TableSchema([dg.TableColumn("a", "int")])
    lineage = dg.TableColumnLineage({"a": [dg.TableColumnDep(dg.AssetKey("up"), "b")]})
    assert value.int(3).value == 3
    assert value.float(1.5).value == 1.5
    assert value.text("t").value == "t"
    assert value.md("*m*").value == "*m*"
    assert value.url("http://x").value == "http://x"
    assert value.path(pathlib.PurePosixPath("/a")).value == "/a"
    assert value.json({"a": 1}).value == {"a": 1}
    assert value.bool(True).value is True
    assert value.null().value is None
    assert value.timestamp(aware).value == aware.timestamp()
    assert value.timestamp(12.5).value == 12.5
    assert value.asset(dg.AssetKey("a")).value == dg.AssetKey("a")
    assert value.dagster_run("run").value == "run"
    assert value.table_schema(schema).value == schema
    assert value.column_lineage(lineage).value == lineage
    assert value.notebook("/n.ipynb").value == "/n.ipynb"
    with pytest.raises(Exception, match="time"):
        value.timestamp(datetime.datetime(2024, 1, 2))  # noqa: DTZ001 - a naive one is refused


def test_a_table_infers_its_columns():
    table = dg.MetadataValue.table([dg.TableRecord({"i": 1, "f": 1.5, "b": True, "s": "x"})])
    assert [(c.name, c.type) for c in table.schema.columns] == [
        ("i", "int"), ("f", "float"), ("b", "bool"), ("s", "string"),
    ]  # fmt: skip
    assert table.records[0].data == {"i": 1, "f": 1.5, "b": True, "s": "x"}


def test_metadata_values_are_equal_by_value():
    assert dg.MetadataValue.int(1) == dg.MetadataValue.int(1)
    assert dg.MetadataValue.int(1) != dg.MetadataValue.int(2)


def test_table_columns_have_defaults():
    column = dg.TableColumn("a")
    assert column.type == "string"
    assert column.description is None
    assert (column.constraints.nullable, column.constraints.unique) == (True, False)
    assert dg.TableColumnConstraints(nullable=False).nullable is False


@pytest.mark.parametrize(
    "name",
    [
        "IntMetadataValue", "FloatMetadataValue", "TextMetadataValue", "MarkdownMetadataValue", "UrlMetadataValue",
        "PathMetadataValue", "JsonMetadataValue", "BoolMetadataValue", "NullMetadataValue", "TimestampMetadataValue",
        "TableMetadataValue", "TableSchemaMetadataValue", "AssetMetadataValue", "RunMetadataValue",
    ],
)  # fmt: skip
def test_each_kind_has_a_public_class(name):
    assert issubclass(getattr(dg, name), dg.MetadataValue)
