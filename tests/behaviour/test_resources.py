"""All the ways to provide managers and resources."""

import pydantic
import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, run_ops


@dg.asset
def up():
    return 1


@dg.asset
def down(up):
    return up + 1


def both(resources, **how):
    return dg.materialize([up, down], resources=resources, **how)


# ---------------------------------------------------------------- what may stand in the mapping


class Plain(dg.ConfigurableIOManager):
    offset: int = 0
    _kept: dict = pydantic.PrivateAttr(default_factory=dict)

    def handle_output(self, context, obj):
        VALUES[tuple(context.asset_key.path)] = obj + self.offset

    def load_input(self, context):
        return VALUES[tuple(context.asset_key.path)]


VALUES: dict = {}


class Factory(dg.ConfigurableIOManagerFactory):
    tag: str = "t"

    def create_io_manager(self, context):
        assert isinstance(context, dg.InitResourceContext)
        MADE.append(self.tag)
        return Witness()


MADE: list = []


@dg.io_manager
def bare(_):
    return Witness()


@dg.io_manager()
def called():
    return Witness()


@dg.io_manager(config_schema={"n": int}, description="with config")
def with_config(context):
    assert context.resource_config["n"] == 3
    return Witness()


@pytest.mark.parametrize(
    "manager",
    [
        Witness(), Plain(offset=0), Factory(tag="x"), bare, called, with_config.configured({"n": 3}),
        dg.IOManagerDefinition.hardcoded_io_manager(Witness()),
    ],
    ids=["object", "configurable", "factory", "bare", "called", "configured", "hardcoded"],
)  # fmt: skip
def test_managers_of_all_kinds(manager):
    assert both({"io_manager": manager}).output_for_node("down") == 2


def test_a_factory_makes_one_manager_a_run():
    MADE.clear()
    factory = Factory(tag="mine")
    for _ in range(2):
        both({"io_manager": factory})
    assert MADE == ["mine", "mine"]


def test_a_factory_must_make_a_manager():
    class Wrong(dg.ConfigurableIOManagerFactory):
        def create_io_manager(self, context):
            return 3

    with pytest.raises(Exception, match=r"IO ?[mM]anager"):
        both({"io_manager": Wrong()})


def test_plain_objects_are_resources():
    class Thing:
        word = "hi"

    @dg.asset(required_resource_keys={"thing", "number"})
    def told(context):
        return context.resources.thing.word, context.resources.number

    result = dg.materialize([told], resources={"thing": Thing(), "number": 7, "io_manager": Witness()})
    assert result.output_for_node("told") == ("hi", 7)


def test_resource_params():
    @dg.asset
    def told(number: dg.ResourceParam[int], other: dg.ResourceParam[str]):
        return number, other

    result = dg.materialize([told], resources={"number": 7, "other": "x", "io_manager": Witness()})
    assert result.output_for_node("told") == (7, "x")


def test_resource_functions():
    @dg.resource(config_schema={"n": int}, required_resource_keys={"inner"})
    def outer(context):
        return context.resource_config["n"] + context.resources.inner

    @dg.resource
    def inner(_):
        return 10

    @dg.op(required_resource_keys={"outer"})
    def told(context):
        return context.resources.outer

    @dg.job(resource_defs={"outer": outer.configured({"n": 1}), "inner": inner})
    def j():
        told()

    assert j.execute_in_process().output_for_node("told") == 11


# ---------------------------------------------------------------- by which key


def test_keys_of_outputs():
    managers = {"one": Witness(), "two": Witness(), "io_manager": Witness()}

    @dg.multi_asset(outs={"a": dg.AssetOut(io_manager_key="one"), "b": dg.AssetOut(io_manager_key="two")})
    def pair():
        return 1, 2

    @dg.asset(io_manager_key="one")
    def c():
        return 3

    dg.materialize([pair, c], resources=managers)
    assert {key: sorted(m.values) for key, m in managers.items()} == {
        "one": [("a",), ("c",)], "two": [("b",)], "io_manager": [],
    }  # fmt: skip


def test_a_manager_of_its_own():
    own = Witness()

    @dg.asset(io_manager_def=own)
    def a():
        return 1

    @dg.asset
    def b(a):
        return a

    default = Witness()
    dg.materialize([a, b], resources={"io_manager": default})
    assert own.calls == [("store", "a", "result"), ("load", "b", "a")]
    assert default.stored() == ["b"]


def test_a_manager_of_its_own_excludes_a_key():
    with pytest.raises(Exception, match="io_manager"):

        @dg.asset(io_manager_def=Witness(), io_manager_key="x")
        def a():
            return 1


def test_resources_of_the_asset():
    own = Witness()

    @dg.asset(io_manager_key="mine", resource_defs={"mine": own, "n": dg.ResourceDefinition.hardcoded_resource(4)},
              required_resource_keys={"n"})  # fmt: skip
    def a(context):
        return context.resources.n

    dg.materialize([a])
    assert own.values == {("a",): 4}


def test_with_resources():
    own = Witness()

    @dg.asset(io_manager_key="mine", required_resource_keys={"n"})
    def a(context):
        return context.resources.n

    @dg.resource(config_schema={"start": int})
    def number(context):
        return context.resource_config["start"]

    (bound,) = dg.with_resources(
        [a],
        resource_defs={"mine": dg.IOManagerDefinition.hardcoded_io_manager(own), "n": number},
        resource_config_by_key={"n": {"config": {"start": 5}}},
    )
    assert dg.materialize([bound]).success
    assert own.values == {("a",): 5}


def test_with_resources_missing_one():
    @dg.asset(required_resource_keys={"n"})
    def a(context):
        return 1

    with pytest.raises(dg.InvalidDefinitionError):
        dg.with_resources([a], resource_defs={})


@pytest.mark.parametrize("how", ["metadata", "method"])
def test_specs_name_their_manager(how):
    spec = dg.AssetSpec("outside", metadata={"dagster/io_manager_key": "special"} if how == "metadata" else None)
    if how == "method":
        spec = spec.with_io_manager_key("special")

    @dg.asset
    def reader(outside):
        return outside

    class Reads(dg.IOManager):
        def handle_output(self, context, obj):
            raise AssertionError

        def load_input(self, context):
            return 8

    result = dg.materialize([spec, reader], resources={"special": Reads(), "io_manager": Witness()})
    assert result.output_for_node("reader") == 8


def test_source_assets_load_through_their_manager():
    seen = {}

    class Reads(dg.IOManager):
        def handle_output(self, context, obj):
            raise AssertionError

        def load_input(self, context):
            up = context.upstream_output
            seen.update(key=up.asset_key, metadata=up.definition_metadata["table"], name=up.name)
            with pytest.raises(dg.InvariantViolationError):
                _ = up.dagster_type
            return 8

    source = dg.SourceAsset(["raw", "outside"], metadata={"table": "t"}, io_manager_key="special")

    @dg.asset(ins={"outside": dg.AssetIn(key=["raw", "outside"])})
    def reader(outside):
        return outside

    result = dg.materialize([source, reader], resources={"special": Reads(), "io_manager": Witness()})
    assert result.output_for_node("reader") == 8
    assert seen["key"] == dg.AssetKey(["raw", "outside"])
    assert seen["metadata"] == "t"


# ---------------------------------------------------------------- input managers


def test_input_managers_by_function():
    @dg.input_manager(config_schema={"base": int}, input_config_schema={"n": int})
    def loader(context):
        base = context.resource_config["base"]

        class Loads(dg.InputManager):
            def load_input(self, context):
                return base + context.config["n"]

        return Loads()

    @dg.op(ins={"v": dg.In(input_manager_key="loader")})
    def use(v):
        return v

    @dg.job(resource_defs={"loader": loader.configured({"base": 10})})
    def j():
        use()

    result = j.execute_in_process(run_config={"ops": {"use": {"inputs": {"v": {"n": 5}}}}})
    assert result.output_for_node("use") == 15
    with pytest.raises(dg.InvalidConfigError):
        j.execute_in_process()
    with pytest.raises(dg.InvalidConfigError):
        j.execute_in_process(run_config={"ops": {"use": {"inputs": {"v": {"n": "x"}}}}})


def test_output_config():
    seen = {}

    @dg.io_manager(output_config_schema={"folder": str})
    def manager(_):
        def on_load(context):
            seen["load"] = dict(context.upstream_output.config)

        return Witness(lambda c, o: seen.update(store=dict(c.config)), on_load)

    @dg.op
    def make():
        return 1

    @dg.op
    def use(v):
        return v

    @dg.job(resource_defs={"io_manager": manager})
    def j():
        use(make())

    outputs = {
        "make": {"outputs": {"result": {"folder": "f"}}},
        "use": {"outputs": {"result": {"folder": "g"}}},
    }
    assert j.execute_in_process(run_config={"ops": outputs}).success
    assert seen == {"store": {"folder": "g"}, "load": {"folder": "f"}}
    with pytest.raises(dg.InvalidConfigError):
        j.execute_in_process()


# ---------------------------------------------------------------- config


def test_resource_config_of_a_configurable_manager():
    seen = []

    class Fields(dg.ConfigurableIOManager):
        a: int
        b: str = "x"

        def handle_output(self, context, obj):
            seen.append(dict(context.resource_config))

        def load_input(self, context):
            return 1

    dg.materialize([up], resources={"io_manager": Fields(a=1)})
    assert seen == [{"a": 1, "b": "x"}]


def test_a_bare_object_has_no_resource_config():
    seen = []
    dg.materialize([up], resources={"io_manager": Witness(lambda c, o: seen.append(c.resource_config))})
    assert seen == [None]


def test_fields_are_validated_and_frozen():
    class Bounded(dg.ConfigurableResource):
        n: int = pydantic.Field(gt=0)

    with pytest.raises(ValueError, match="n"):
        Bounded(n=0)
    with pytest.raises(ValueError, match="n"):
        Bounded(n="many")
    kept = Bounded(n=1)
    with pytest.raises(Exception, match="n"):
        kept.n = 2


def test_env_vars_are_read_when_a_run_starts(monkeypatch):
    seen = []

    class Reads(dg.ConfigurableResource):
        word: str
        number: int

    @dg.asset
    def a(reads: Reads):
        seen.append((reads.word, reads.number))

    resources = {"reads": Reads(word=dg.EnvVar("A_WORD"), number=dg.EnvVar.int("A_NUMBER")), "io_manager": Witness()}
    monkeypatch.delenv("A_WORD", raising=False)
    monkeypatch.setenv("A_NUMBER", "4")
    with pytest.raises(dg.InvalidConfigError, match="A_WORD"):
        dg.materialize([a], resources=resources)
    for word in ("one", "two"):
        monkeypatch.setenv("A_WORD", word)
        dg.materialize([a], resources=resources)
    assert seen == [("one", 4), ("two", 4)]
    assert dg.EnvVar("A_WORD").get_value() == "two"
    assert dg.EnvVar("NOT_SET_AT_ALL").get_value("fallback") == "fallback"


def test_env_vars_in_run_config(monkeypatch):
    monkeypatch.setenv("A_WORD", "hey")

    @dg.op(config_schema={"word": dg.StringSource})
    def told(context):
        return context.op_config["word"]

    config = {"ops": {"told": {"config": {"word": {"env": "A_WORD"}}}}}
    assert run_ops(told, run_config=config).output_for_node("told") == "hey"


def test_process_config_by_hand(monkeypatch):
    monkeypatch.setenv("A_WORD", "hey")

    class Reads(dg.ConfigurableResource):
        word: str

    assert Reads(word=dg.EnvVar("A_WORD")).process_config_and_initialize().word == "hey"


def test_configured_at_launch():
    class Late(dg.ConfigurableResource):
        n: int

    @dg.asset
    def a(late: Late):
        return late.n

    how = {"resources": {"late": Late.configure_at_launch(), "io_manager": Witness()}}
    config = {"resources": {"late": {"config": {"n": 3}}}}
    assert dg.materialize([a], run_config=config, **how).output_for_node("a") == 3
    by_object = dg.RunConfig(resources={"late": Late(n=4)})
    assert dg.materialize([a], run_config=by_object, **how).output_for_node("a") == 4
    with pytest.raises(dg.InvalidConfigError):
        dg.materialize([a], **how)


def test_run_config_for_an_object_says_the_whole_of_it():
    class Fields(dg.ConfigurableResource):
        a: int = 1
        b: int = 2

    @dg.asset
    def told(fields: Fields):
        return fields.a, fields.b

    def run(config):
        return dg.materialize(
            [told],
            resources={"fields": Fields(a=10, b=20), "io_manager": Witness()},
            run_config=None if config is None else {"resources": {"fields": {"config": config}}},
        ).output_for_node("told")

    assert run(None) == (10, 20)
    assert run({"a": 5}) == (5, 2)
    with pytest.raises(dg.InvalidConfigError):
        run({"nope": 1})
    with pytest.raises(dg.InvalidConfigError):
        run({"a": "x"})


def test_nested_resources():
    opened = []

    class Inner(dg.ConfigurableResource):
        word: str

        def setup_for_execution(self, context):
            opened.append(self.word)

    class Outer(dg.ConfigurableResource):
        inner: Inner
        times: int = 2

        def say(self):
            return self.inner.word * self.times

    inner = Inner(word="a")

    @dg.asset
    def a(outer: Outer, inner: Inner):
        return outer.say() + inner.word

    resources = {"inner": inner, "outer": Outer(inner=inner), "io_manager": Witness()}
    assert dg.materialize([a], resources=resources).output_for_node("a") == "aaa"
    assert opened == ["a"]


def test_dependencies_on_plain_objects_and_functions():
    class Outer(dg.ConfigurableResource):
        inner: dg.ResourceDependency[int]

    @dg.resource
    def five(_):
        return 5

    @dg.asset
    def a(outer: Outer):
        return outer.inner

    for inner, value in ((7, 7), (five, 5)):
        result = dg.materialize([a], resources={"outer": Outer(inner=inner), "io_manager": Witness()})
        assert result.output_for_node("a") == value


# ---------------------------------------------------------------- life


def lively(log, broken=None):
    class Lively(dg.ConfigurableIOManager):
        def setup_for_execution(self, context):
            assert isinstance(context, dg.InitResourceContext)
            log.append("setup")
            if broken == "setup":
                raise RuntimeError("no setup")

        def teardown_after_execution(self, context):
            log.append("teardown")
            if broken == "teardown":
                raise RuntimeError("no teardown")

        def handle_output(self, context, obj):
            log.append("store")

        def load_input(self, context):
            return 1

    return Lively()


def test_set_up_once_before_and_torn_down_once_after():
    log = []
    both({"io_manager": lively(log)})
    assert log == ["setup", "store", "store", "teardown"]


def test_torn_down_after_a_failed_step():
    log = []

    @dg.asset
    def broken():
        log.append("body")
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        dg.materialize([broken], resources={"io_manager": lively(log)})
    assert log == ["setup", "body", "teardown"]


def test_an_error_in_setup_stops_the_run():
    log = []
    resources = {"io_manager": lively(log, "setup")}
    with pytest.raises(dg.ResourceFunctionError):
        both(resources)
    result = both(resources, raise_on_error=False)
    assert not result.success
    assert len(events(result, "RESOURCE_INIT_FAILURE")) == 1
    assert events(result, "STEP_START") == []
    assert "store" not in log


def test_an_error_in_teardown_does_not_fail_the_run():
    result = both({"io_manager": lively([], "teardown")})
    assert result.success


def test_yield_for_execution():
    log = []

    class Held(dg.ConfigurableResource):
        def yield_for_execution(self, context):
            import contextlib

            @contextlib.contextmanager
            def held():
                log.append("open")
                yield self
                log.append("close")

            return held()

    @dg.asset
    def a(held: Held):
        log.append("body")

    dg.materialize([a], resources={"held": Held(), "io_manager": Witness()})
    assert log == ["open", "body", "close"]


def test_create_resource_replaces_what_is_seen():
    class Client:
        def __init__(self, url):
            self.url = url

    class Makes(dg.ConfigurableResource):
        url: str

        def create_resource(self, context):
            return Client(self.url)

    @dg.asset
    def a(makes: dg.ResourceParam[Client]):
        return type(makes).__name__, makes.url

    result = dg.materialize([a], resources={"makes": Makes(url="u"), "io_manager": Witness()})
    assert result.output_for_node("a") == ("Client", "u")


def test_generator_resources_are_torn_down_in_reverse():
    log = []

    def named(name, needs=()):
        @dg.resource(required_resource_keys=set(needs))
        def held(_):
            log.append(f"open {name}")
            yield name
            log.append(f"close {name}")

        return held

    @dg.op(required_resource_keys={"b"})
    def use(context):
        log.append(context.resources.b)

    @dg.job(resource_defs={"a": named("a"), "b": named("b", ["a"])})
    def j():
        use()

    j.execute_in_process()
    assert log == ["open a", "open b", "b", "close b", "close a"]


def test_what_no_step_needs_is_not_opened():
    @dg.resource
    def never(_):
        raise AssertionError

    assert both({"never": never, "io_manager": Witness()}).success


# ---------------------------------------------------------------- abstract classes


def test_half_a_manager_cannot_be_made():
    class NoLoad(dg.IOManager):
        def handle_output(self, context, obj):
            pass

    class NoStore(dg.ConfigurableIOManager):
        def load_input(self, context):
            pass

    class NoInput(dg.InputManager):
        pass

    class NoFactory(dg.ConfigurableIOManagerFactory):
        pass

    for kind in (NoLoad, NoStore, NoInput, NoFactory):
        with pytest.raises(TypeError):
            kind()


# ---------------------------------------------------------------- by hand


def test_build_resources():
    log = []

    @dg.resource(config_schema={"n": int})
    def held(context):
        log.append("open")
        yield context.resource_config["n"]
        log.append("close")

    with dg.build_resources({"held": held, "plain": 3}, resource_config={"held": {"config": {"n": 4}}}) as resources:
        assert (resources.held, resources.plain) == (4, 3)
        assert log == ["open"]
    assert log == ["open", "close"]


def test_build_init_resource_context():
    @dg.resource(required_resource_keys={"other"}, config_schema={"n": int})
    def made(context):
        return context.resource_config["n"] + context.resources.other

    context = dg.build_init_resource_context(config={"n": 1}, resources={"other": 10})
    assert made(context) == 11


def test_definitions_give_resources_to_assets_and_jobs():
    manager = Witness()

    @dg.op
    def make():
        return 1

    @dg.job
    def j():
        make()

    defs = dg.Definitions([up, down], jobs=[j, dg.define_asset_job("some", [up])], resources={"io_manager": manager})
    assert defs.resolve_job_def("some").execute_in_process().success
    assert defs.resolve_job_def("j").execute_in_process().success
    assert defs.resolve_implicit_global_asset_job_def().execute_in_process().success
    assert manager.stored() == ["up", "make", "up", "down"]
