"""Types of inputs and outputs."""

import typing

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, run_ops


def shown(annotation):
    """The type as an output context shows it."""
    seen = []

    @dg.op(out=dg.Out(annotation))
    def make():
        return None

    run_ops(make, Witness(lambda c, o: seen.append(c.dagster_type)), raise_on_error=False)
    if not seen:
        return _of_failed(annotation)
    return seen[0]


def _of_failed(annotation):
    seen = []

    @dg.asset(ins={"given": dg.AssetIn(dagster_type=annotation)})
    def use(given):
        return given

    class Loads(Witness):
        def load_input(self, context):
            seen.append(context.dagster_type)
            return 1

    dg.materialize([dg.AssetSpec("given"), use], resources={"io_manager": Loads()}, raise_on_error=False)
    return seen[0]


@pytest.mark.parametrize(
    ("annotation", "name"),
    [(int, "Int"), (str, "String"), (bool, "Bool"), (float, "Float"), (typing.Any, "Any")],
)
def test_builtin_types(annotation, name):
    kind = shown(annotation)
    assert kind.display_name == name
    assert kind.typing_type is annotation


def check(annotation, value):
    """Whether a value passes as an output of this type."""

    @dg.op(out=dg.Out(annotation))
    def make():
        return value

    try:
        run_ops(make, Witness())
    except dg.TypeCheckDidNotPass:
        return False
    return True


class Thing:
    pass


class Special(Thing):
    pass


CHECKS = [
    (int, 1, True), (int, "1", False), (int, 1.0, False), (float, 1.5, True), (float, 1, False),
    (str, "a", True), (str, 1, False), (bool, True, True), (bool, 1, False), (typing.Any, object(), True),
    (Thing, Thing(), True), (Thing, Special(), True), (Thing, 1, False),
    (list[int], [1, 2], True), (list[int], [1, "2"], False), (list[int], (1, 2), False), (list, [1, "a"], True),
    (list, 3, False), (dict[str, int], {"a": 1}, True), (dict[str, int], {"a": "b"}, False),
    (dict[str, int], {1: 1}, False), (dict, {1: 2}, True), (dict, [], False),
    (typing.Optional[int], None, True), (typing.Optional[int], 1, True), (typing.Optional[int], "a", False),
    (int | None, None, True), (int | None, "a", False),
    (tuple[int, str], (1, "a"), True), (tuple[int, str], (1, 2), False), (set[int], {1}, True),
    (set[int], {"a"}, False),
    (list[dict[str, int]], [{"a": 1}], True), (list[dict[str, int]], [{"a": "b"}], False),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "value", "good"), CHECKS)
def test_values_are_checked_inside(annotation, value, good):
    assert check(annotation, value) is good


def test_a_bool_is_an_int():
    assert check(int, True)


def test_wrapped_annotations_check_the_value():
    @dg.asset
    def wrapped() -> dg.Output[int]:
        return dg.Output("no")

    @dg.asset
    def result() -> dg.MaterializeResult[int]:
        return dg.MaterializeResult(value="no")

    for each in (wrapped, result):
        with pytest.raises(dg.TypeCheckDidNotPass):
            dg.materialize([each], resources={"io_manager": Witness()})

    @dg.asset
    def good() -> dg.MaterializeResult[int]:
        return dg.MaterializeResult(value=1)

    assert dg.materialize([good], resources={"io_manager": Witness()}).output_for_node("good") == 1


def test_types_by_function():
    even = dg.Type(name="Even", type_check_fn=lambda _, value: value % 2 == 0, description="no odd ones")

    @dg.op(out=dg.Out(even))
    def make():
        return 4

    result = run_ops(make, Witness())
    (output,) = events(result, "STEP_OUTPUT")
    assert output.message == 'Yielded output "result" of type "Even". (Type check passed).'
    assert not check(even, 3)


def test_a_verdict_with_words_and_metadata():
    def look(_, value):
        return dg.TypeCheck(success=value > 0, description="positive?", metadata={"value": value})

    kind = dg.Type(name="Positive", type_check_fn=look)

    @dg.op(out=dg.Out(kind))
    def make():
        return -1

    result = run_ops(make, Witness(), raise_on_error=False)
    (output,) = events(result, "STEP_OUTPUT")
    data = output.step_output_data.type_check_data
    assert (data.success, data.description) == (False, "positive?")
    assert data.metadata["value"].value == -1
    with pytest.raises(dg.TypeCheckDidNotPass, match="positive"):
        run_ops(make, Witness())


def test_python_object_types():
    kind = dg.PythonObjectType(Thing, name="TheThing")
    assert kind.display_name == "TheThing"
    assert check(kind, Special())
    assert not check(kind, 1)


def test_asset_types():
    kind = dg.Type(name="Even", type_check_fn=lambda _, value: value % 2 == 0)

    @dg.asset(dagster_type=kind)
    def a():
        return 3

    with pytest.raises(dg.TypeCheckDidNotPass):
        dg.materialize([a], resources={"io_manager": Witness()})


def test_the_consumers_type_is_the_one_of_the_input():
    seen = []

    @dg.asset
    def up() -> int:
        return 1

    @dg.asset
    def down(up: object):
        return up

    manager = Witness(
        on_load=lambda c: seen.append((c.upstream_output.dagster_type.typing_type, c.dagster_type.typing_type))
    )
    dg.materialize([up, down], resources={"io_manager": manager})
    assert seen == [(int, object)]


def test_nothing_is_none():
    assert dg.Nothing is type(None)
    seen = []

    @dg.multi_asset(outs={"a": dg.AssetOut(dagster_type=dg.Nothing), "b": dg.AssetOut()})
    def both():
        return None, 1

    dg.materialize([both], resources={"io_manager": Witness(lambda c, o: seen.append(c.name))})
    assert seen == ["b"]
