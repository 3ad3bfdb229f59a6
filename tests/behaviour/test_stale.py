"""A value is stale when what it was made from has been stored again since, with other content than it loaded."""

import pytest

import lading as dg
from lading.app import staleness
from lading.app.kept import kept_facts, status_as_kept
from lading.app.status import asset_statuses, keep_facts
from lading.cli.partitions import partition_cell, partition_fields, partition_lines
from tests.behaviour.partition_witness import DAYS, GRID, LETTERS, span

CONTENT = {}


@pytest.fixture(autouse=True)
def content():
    CONTENT.clear()
    return CONTENT


@pytest.fixture
def instance(tmp_path):
    with dg.Instance.local_temp(str(tmp_path / "home")) as made:
        yield made


@pytest.fixture(params=["receipts", "none"])
def managers(request, tmp_path):
    """Resources with a manager that leaves receipts, or a user's own that leaves none; and which it is."""
    folder = tmp_path / "values"
    if request.param == "receipts":
        return True, {"io_manager": dg.TypedIOManager(base_dir=str(folder))}

    class Own(dg.IOManager):
        def __init__(self):
            self.values = {}

        def handle_output(self, context, obj):
            for key in context.asset_partition_keys if context.has_asset_partitions else [None]:
                self.values[context.asset_key, key] = obj

        def load_input(self, context):
            if not context.has_asset_partitions:
                return self.values[context.asset_key, None]
            return {key: self.values[context.asset_key, key] for key in context.asset_partition_keys}

    return False, {"io_manager": Own()}


@pytest.fixture
def typed(tmp_path):
    return {"io_manager": dg.TypedIOManager(base_dir=str(tmp_path / "values"))}


def made(name, *, deps=(), **how):
    """An asset that gives what CONTENT says for it, or for it and its partition, and loads what it is made from."""
    how.setdefault("partitions_def", None)

    def body(context, **inputs):
        hook = CONTENT.get(("while", name))
        if hook:
            CONTENT.pop(("while", name))()
        if not context.has_partition_key and how["partitions_def"] is not None:
            return {key: CONTENT.get((name, key), "first") for key in context.partition_keys}
        return CONTENT.get((name, getattr(context, "partition_key", None) if how["partitions_def"] else None), "first")

    source = f"def {name}(context{''.join(', ' + each for each in deps)}):\n    return body(context)"
    scope = {"body": body}
    exec(source, scope)
    return dg.asset(**how)(scope[name])


def run(instance, assets, selection, resources, **how):
    return dg.materialize(assets, instance=instance, resources=resources, selection=selection, **how)


def states(instance, assets):
    """The state of each asset, and its stale partitions; without definitions the same is told."""
    lineage = dg.Definitions(assets=assets).lineage
    known = [key for key in lineage.by_key if instance.history.asset_states([key])]
    keep_facts(lineage, instance, known, str)
    found = {}
    for each in asset_statuses(lineage, instance, known):
        stale = None if each.partitions is None else each.partitions.ranges("stale")
        found[each.key.to_user_string()] = stale or each.state
        kept = status_as_kept(instance, each.key, kept_facts(instance, each.key))
        assert (kept.state, kept.partitions) == (each.state, each.partitions)
    return found


# ---------------------------------------------------------------- without partitions


def test_equal_content_makes_nothing_stale_and_other_content_does(instance, managers):
    receipts, resources = managers
    both = [made("a"), made("b", deps=["a"])]
    run(instance, both, None, resources)
    assert states(instance, both) == {"a": "stored", "b": "stored"}
    run(instance, both, ["a"], resources)
    # Nobody can tell that the content is the same where the manager leaves no receipt.
    assert states(instance, both) == {"a": "stored", "b": "stored" if receipts else "stale"}
    CONTENT["a", None] = "other"
    run(instance, both, ["a"], resources)
    assert states(instance, both) == {"a": "stored", "b": "stale"}
    run(instance, both, ["b"], resources)
    assert states(instance, both) == {"a": "stored", "b": "stored"}
    run(instance, both, ["a"], resources)
    assert states(instance, both)["b"] == ("stored" if receipts else "stale")


def test_what_comes_back_is_what_was_loaded(instance, typed):
    both = [made("a"), made("b", deps=["a"])]
    run(instance, both, None, typed)
    CONTENT["a", None] = "other"
    run(instance, both, ["a"], typed)
    CONTENT.clear()
    run(instance, both, ["a"], typed)
    assert states(instance, both) == {"a": "stored", "b": "stored"}


def test_what_is_stored_upstream_while_a_step_runs_makes_its_value_stale(instance, managers):
    _, resources = managers
    both = [made("a"), made("b", deps=["a"])]
    run(instance, both, ["a"], resources)

    def meanwhile():
        CONTENT["a", None] = "other"
        run(instance, both, ["a"], resources)

    CONTENT["while", "b"] = meanwhile
    run(instance, both, ["b"], resources)
    assert CONTENT["a", None] == "other"
    assert states(instance, both) == {"a": "stored", "b": "stale"}


def test_what_is_stored_just_before_it_is_loaded_is_what_was_loaded(instance, typed):
    both = [made("a"), made("b", deps=["a"])]

    class Slow(dg.IOManager):
        def __init__(self):
            self.inner = typed["io_manager"].create_resource(None)

        def handle_output(self, context, obj):
            self.inner.handle_output(context, obj)

        def load_input(self, context):
            CONTENT["a", None] = "other"
            run(instance, both, ["a"], typed)
            return self.inner.load_input(context)

    run(instance, both, ["a"], typed)
    run(instance, both, ["b"], {"io_manager": Slow()})
    above, value = (instance.history.stamps(each.key, [None])[0] for each in both)
    assert above.is_newer_than(value)
    assert states(instance, both) == {"a": "stored", "b": "stored"}


def test_an_asset_that_loads_nothing_of_what_it_depends_on(instance, typed):
    a = made("a")

    @dg.asset(deps=[a])
    def b():
        return 1

    run(instance, [a, b], None, typed)
    assert states(instance, [a, b]) == {"a": "stored", "b": "stored"}
    run(instance, [a, b], ["a"], typed)
    # What it read, if anything, nobody recorded.
    assert states(instance, [a, b]) == {"a": "stored", "b": "stale"}


def test_an_asset_made_by_a_graph_is_made_from_what_the_graph_loaded(instance, typed):
    a = made("a")

    @dg.op
    def double(a):
        return a * 2

    @dg.op
    def again(text):
        return text * 2

    @dg.graph_asset
    def b(a):
        return again(double(a))

    run(instance, [a, b], None, typed)
    run(instance, [a, b], ["a"], typed)
    assert states(instance, [a, b]) == {"a": "stored", "b": "stored"}
    CONTENT["a", None] = "other"
    run(instance, [a, b], ["a"], typed)
    assert states(instance, [a, b]) == {"a": "stored", "b": "stale"}


def test_staleness_does_not_go_on_to_what_is_made_from_it(instance, typed):
    three = [made("a"), made("b", deps=["a"]), made("c", deps=["b"])]
    run(instance, three, None, typed)
    CONTENT["a", None] = "other"
    run(instance, three, ["a"], typed)
    assert states(instance, three) == {"a": "stored", "b": "stale", "c": "stored"}
    run(instance, three, ["b"], typed)  # it gives the same as before
    assert states(instance, three) == {"a": "stored", "b": "stored", "c": "stored"}


def test_a_value_reported_from_outside_was_made_when_it_was_reported(instance, typed):
    both = [made("a"), made("b", deps=["a"])]
    run(instance, both, ["a"], typed)
    instance.report_runless_asset_event(dg.AssetMaterialization("b"))
    assert states(instance, both) == {"a": "stored", "b": "stored"}
    run(instance, both, ["a"], typed)
    assert states(instance, both) == {"a": "stored", "b": "stale"}


# ---------------------------------------------------------------- partitions

KEYS = DAYS.get_partition_keys()


def days(instance, assets, selection, resources, start=KEYS[0], end=KEYS[-1]):
    return run(instance, assets, selection, resources, tags=span(start, end))


def test_each_partition_is_compared_with_that_of_the_same_key(instance, managers):
    receipts, resources = managers
    both = [made("a", partitions_def=DAYS), made("b", deps=["a"], partitions_def=DAYS)]
    for key in KEYS[:3]:
        run(instance, both, None, resources, partition_key=key)
    assert states(instance, both) == {"a": "partial", "b": "partial"}
    run(instance, both, ["a"], resources, partition_key=KEYS[0])
    CONTENT["a", KEYS[1]] = "other"
    run(instance, both, ["a"], resources, partition_key=KEYS[1])
    stale = [KEYS[1]] if receipts else [f"{KEYS[0]}..{KEYS[1]}"]
    assert states(instance, both) == {"a": "partial", "b": stale}
    for key in KEYS[:2]:
        run(instance, both, ["b"], resources, partition_key=key)
    assert states(instance, both)["b"] == "partial"


def test_a_run_over_many_partitions_recorded_which_version_of_each_it_loaded(instance, typed):
    policy = dg.BackfillPolicy.single_run()
    both = [
        made("a", partitions_def=DAYS, backfill_policy=policy),
        made("b", deps=["a"], partitions_def=DAYS, backfill_policy=policy),
    ]
    days(instance, both, ["a"], typed)
    days(instance, both, ["b"], typed)
    assert states(instance, both) == {"a": "stored", "b": "stored"}
    days(instance, both, ["a"], typed, KEYS[2], KEYS[5])
    assert states(instance, both) == {"a": "stored", "b": "stored"}
    CONTENT["a", KEYS[3]] = CONTENT["a", KEYS[4]] = CONTENT["a", KEYS[7]] = "other"
    days(instance, both, ["a"], typed)
    assert states(instance, both) == {"a": "stored", "b": [f"{KEYS[3]}..{KEYS[4]}", KEYS[7]]}
    days(instance, both, None, typed)
    assert states(instance, both) == {"a": "stored", "b": "stored"}


def test_a_summary_of_all_partitions_is_stale_with_each_new_one(instance, typed):
    both = [made("a", partitions_def=DAYS), made("b", deps=["a"])]
    for key in KEYS[:2]:
        run(instance, both, ["a"], typed, partition_key=key)
    some = dg.asset(ins={"a": dg.AssetIn(missing="skip")}, name="b")(lambda a: str(a))
    run(instance, [both[0], some], ["b"], typed)
    assert states(instance, [both[0], some])["b"] == "stored"
    run(instance, both, ["a"], typed, partition_key=KEYS[1])
    assert states(instance, [both[0], some])["b"] == "stored"
    run(instance, both, ["a"], typed, partition_key=KEYS[2])
    assert states(instance, [both[0], some])["b"] == "stale"


def test_partitions_made_from_a_value_without_any(instance, typed):
    both = [made("a"), made("b", deps=["a"], partitions_def=DAYS)]
    run(instance, both, ["a"], typed)
    run(instance, both, ["b"], typed, partition_key=KEYS[0])
    CONTENT["a", None] = "other"
    run(instance, both, ["a"], typed)
    run(instance, both, ["b"], typed, partition_key=KEYS[1])
    assert states(instance, both)["b"] == [KEYS[0]]
    CONTENT.clear()
    run(instance, both, ["a"], typed)
    assert states(instance, both)["b"] == [KEYS[1]]


WEEKS = dg.WeeklyPartitionsDefinition("2023-12-31", end_date="2024-01-14")
MAPPED = [
    ("earlier", DAYS, dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1), KEYS[4], [KEYS[5]]),
    (
        "weeks",
        WEEKS,
        dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True),
        KEYS[7],
        ["2024-01-07"],
    ),
    ("all", LETTERS, dg.AllPartitionMapping(), KEYS[0], ["a..c"]),
    ("last", LETTERS, dg.LastPartitionMapping(), KEYS[-1], ["a..c"]),
    ("not last", LETTERS, dg.LastPartitionMapping(), KEYS[0], "stored"),
    ("some", LETTERS, dg.SpecificPartitionsPartitionMapping(KEYS[2:4]), KEYS[3], ["a..c"]),
    ("others", LETTERS, dg.SpecificPartitionsPartitionMapping(KEYS[2:4]), KEYS[4], "stored"),
    ("grid", GRID, None, KEYS[1], [f"{KEYS[1]}|{letter}" for letter in "abc"]),
]


@pytest.mark.parametrize(
    ("below", "mapping", "again", "stale"), [each[1:] for each in MAPPED], ids=[m[0] for m in MAPPED]
)
def test_partitions_are_compared_by_the_mapping(instance, typed, below, mapping, again, stale):
    policy = dg.BackfillPolicy.single_run()
    a = made("a", partitions_def=DAYS, backfill_policy=policy)
    ins = {"a": dg.AssetIn(partition_mapping=mapping, missing="skip")}

    @dg.asset(partitions_def=below, ins=ins, backfill_policy=policy)
    def b(context, a):
        return dict.fromkeys(context.partition_keys, 1)

    days(instance, [a], ["a"], typed)
    keys = below.get_partition_keys()
    run(instance, [a, b], ["b"], typed, tags=span(keys[0], keys[-1]))
    assert states(instance, [a, b]) == {"a": "stored", "b": "stored"}
    run(instance, [a, b], ["a"], typed, partition_key=again)
    assert states(instance, [a, b]) == {"a": "stored", "b": "stored"}
    CONTENT["a", again] = "other"
    run(instance, [a, b], ["a"], typed, partition_key=again)
    assert states(instance, [a, b]) == {"a": "stored", "b": stale}


def test_a_mapping_of_the_users_own_is_known_with_definitions_only(instance, typed):
    class Own(dg.IdentityPartitionMapping):
        pass

    a = made("a", partitions_def=LETTERS)

    @dg.asset(partitions_def=LETTERS, ins={"a": dg.AssetIn(partition_mapping=Own())})
    def b(a):
        return 1

    lineage = dg.Definitions(assets=[a, b]).lineage
    run(instance, [a, b], None, typed, partition_key="a")
    CONTENT["a", "a"] = "other"
    run(instance, [a, b], ["a"], typed, partition_key="a")
    keep_facts(lineage, instance, lineage.by_key, str)
    (status,) = asset_statuses(lineage, instance, [b.key])
    assert status.partitions.ranges("stale") == ["a"]
    kept = status_as_kept(instance, b.key, kept_facts(instance, b.key))
    assert (kept.partitions.stale, kept.partitions.ranges("stale"), kept.partitions.missing) == (None, None, 2)


def test_what_loads_partitions_one_by_one_says_which_it_loaded(instance, typed):
    a = made("a", partitions_def=LETTERS)

    @dg.asset
    def b(a: dg.Partitions[str]) -> str:
        return a["a"] + a["b"]

    for key in "abc":
        run(instance, [a, b], ["a"], typed, partition_key=key)
    run(instance, [a, b], ["b"], typed)
    run(instance, [a, b], ["a"], typed, partition_key="a")
    assert states(instance, [a, b])["b"] == "stored"
    CONTENT["a", "b"] = "other"
    run(instance, [a, b], ["a"], typed, partition_key="b")
    assert states(instance, [a, b])["b"] == "stale"


def test_a_value_is_compared_with_the_partitions_that_it_is_made_from(instance, typed, monkeypatch):
    a = made("a", partitions_def=LETTERS)

    @dg.asset(ins={"a": dg.AssetIn(partition_mapping=dg.SpecificPartitionsPartitionMapping(["b"]))})
    def b(a):
        return 1

    def again(key):
        run(instance, [a, b], ["a"], typed, partition_key=key)

    for key in "abc":
        again(key)
    run(instance, [a, b], ["b"], typed)
    CONTENT["a", "a"] = CONTENT["a", "c"] = "other"
    for some in (1_000, 1):  # looked at a few at first, then all
        monkeypatch.setattr(staleness, "SOME", some)
        for key in "abc":
            again(key)
        assert states(instance, [a, b])["b"] == "stored"
    CONTENT["a", "b"] = "other"
    again("b")
    assert states(instance, [a, b])["b"] == "stale"


def test_two_inputs_may_load_one_asset_by_two_mappings(instance, typed):
    a = made("a", partitions_def=DAYS)
    before = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

    @dg.asset(
        partitions_def=DAYS,
        ins={"today": dg.AssetIn("a"), "yesterday": dg.AssetIn("a", partition_mapping=before, missing="skip")},
    )
    def b(today, yesterday):
        return 1

    for key in KEYS[:4]:
        run(instance, [a, b], ["a"], typed, partition_key=key)
        run(instance, [a, b], ["b"], typed, partition_key=key)
    CONTENT["a", KEYS[1]] = "other"
    run(instance, [a, b], ["a"], typed, partition_key=KEYS[1])
    assert states(instance, [a, b])["b"] == [f"{KEYS[1]}..{KEYS[2]}"]


def test_an_asset_made_from_earlier_partitions_of_itself(instance, typed):
    before = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

    @dg.asset(partitions_def=DAYS, ins={"a": dg.AssetIn(partition_mapping=before, missing="skip")})
    def a(context, a):
        return CONTENT.get(("a", context.partition_key), "first")

    for key in KEYS[:4]:
        run(instance, [a], None, typed, partition_key=key)
    assert states(instance, [a]) == {"a": "partial"}
    CONTENT["a", KEYS[1]] = "other"
    run(instance, [a], None, typed, partition_key=KEYS[1])
    assert states(instance, [a]) == {"a": [KEYS[2]]}


def test_where_too_much_would_be_compared_it_is_not_known_what_is_stale(instance, typed, monkeypatch):
    a = made("a", partitions_def=DAYS)
    mapping = dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)

    @dg.asset(partitions_def=WEEKS, ins={"a": dg.AssetIn(partition_mapping=mapping, missing="skip")})
    def b(a):
        return 1

    run(instance, [a, b], ["a"], typed, partition_key=KEYS[0])
    for key in WEEKS.get_partition_keys():
        run(instance, [a, b], ["b"], typed, partition_key=key)
    monkeypatch.setattr(staleness, "MANY", 1)
    lineage = dg.Definitions(assets=[a, b]).lineage
    (status,) = asset_statuses(lineage, instance, [b.key])
    assert (status.state, status.partitions.stale, status.partitions.ranges("stale")) == ("stored", None, None)
    assert partition_lines(status.partitions) == ["2 of 2 stored", "stale ones are not known"]
    assert partition_cell(status.partitions) == "2/2"
    assert partition_fields(status.partitions)["ranges"]["stale"] is None
