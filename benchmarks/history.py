"""Rows about the history, the manager alone, contexts and partitions."""

import os
from datetime import UTC, datetime

import lading as dg
from benchmarks import floor
from benchmarks.measure import Sample, timed
from lading.io.files import FileIOManager
from lading.values.events import Event, EventType, StepMaterializationData, StepSuccessData
from lading.values.records import Run

VALUE = os.urandom(1024)


def appends(count, batch):
    def bare(place):
        base = floor.log(place)

        def work():
            for start in range(0, count, batch):
                floor.add(base, [floor.row("step", 1) for _ in range(start, start + batch)])

        return timed(work, count)

    def ours(place):
        with dg.Instance.open(place) as instance:
            instance.history.add_run(Run("r", "job"))

            def work():
                for start in range(0, count, batch):
                    events = [
                        Event(EventType.STEP_SUCCESS, float(n), "step", StepSuccessData(1.0))
                        for n in range(start, start + batch)
                    ]
                    instance.history.append("r", events)

            return timed(work, count)

    return bare, ours


def _filled(place, assets):
    instance = dg.Instance.open(place)
    for at in range(0, len(assets), 1000):
        _append(instance, [dg.AssetMaterialization(key, metadata={"rows": 5}) for key in assets[at : at + 1000]])
    return instance


def _append(instance, made):
    kind = EventType.ASSET_MATERIALIZATION
    instance.history.append("", [Event(kind, 1.0, None, StepMaterializationData(each)) for each in made])


def latest(count, asked):
    """The newest materialization of some of so many assets."""

    def bare(place):
        keys = [f"a{n}" for n in range(count)]
        base = floor.latest_table(place, keys)
        if asked == 1:
            return timed(lambda: [base.execute(floor.LATEST, (keys[n],)).fetchone() for n in range(1000)], 1000)
        return timed(
            lambda: base.execute("SELECT event.* FROM latest JOIN event ON event.id = latest.event").fetchall()
        )

    def ours(place):
        keys = [dg.AssetKey(f"a{n}") for n in range(count)]
        with _filled(place, keys) as instance:
            if asked == 1:
                return timed(lambda: [instance.get_latest_materialization_event(keys[n]) for n in range(1000)], 1000)
            return timed(lambda: instance.get_latest_materialization_events(keys))

    return bare, ours


def growth(place):
    """Bytes that one run of one asset adds to the database."""

    @dg.asset
    def one():
        return 1

    memory = {"io_manager": dg.InMemoryIOManager()}

    def size():
        with dg.Instance.open(place):
            pass
        import apsw

        base = apsw.Connection(f"{place}/history.sqlite")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        base.close()
        return os.path.getsize(f"{place}/history.sqlite")

    def runs(count):
        with dg.Instance.open(place) as instance:
            for _ in range(count):
                dg.materialize([one], instance=instance, resources=memory)

    runs(20)
    before = size()
    runs(200)
    return Sample((size() - before) / 200)


def manager(way, durability):
    """1 KB through the manager alone, its context included."""
    count = 200

    def bare(place):
        if way == "put":
            return timed(
                lambda: [floor.put(place, f"v{n}", VALUE, durability == "strict") for n in range(count)], count
            )
        for n in range(count):
            floor.put(place, f"v{n}", VALUE, False)
        return timed(lambda: [floor.get(place, f"v{n}") for n in range(count)], count)

    def ours(place):
        files = FileIOManager(place, durability=durability)
        outs = [
            dg.build_output_context(asset_key=f"v{n}", name="result", step_key="s", run_id="r") for n in range(count)
        ]
        if way == "put":
            return timed(lambda: [files.handle_output(each, VALUE) for each in outs], count)
        for each in outs:
            files.handle_output(each, VALUE)
        ins = [dg.build_input_context(asset_key=f"v{n}") for n in range(count)]
        return timed(lambda: [files.load_input(each) for each in ins], count)

    return bare, ours


def context(_):
    def work():
        for _ in range(1000):
            dg.build_output_context(step_key="abc", name="result", metadata={"a": 1})

    return timed(work, 1000)


class Nothing(dg.IOManager):
    """Stores nothing: what is left is the price of the run around it."""

    def handle_output(self, context, obj):
        if context.has_asset_partitions:
            assert context.asset_partition_keys

    def load_input(self, context):
        return dict.fromkeys(context.asset_partition_keys, 1)


def keys_of(count):
    return [f"p{n:05d}" for n in range(count)]


def backfill_in_one_run(count):
    def bare(place):
        base = floor.log(place)
        return timed(lambda: floor.add(base, [floor.row(key, 1) for key in keys_of(count)]), count)

    def ours(place):
        keys = keys_of(count)

        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(keys), backfill_policy=dg.BackfillPolicy.single_run())
        def many():
            return 1

        tags = {"lading/asset_partition_range_start": keys[0], "lading/asset_partition_range_end": keys[-1]}
        with dg.Instance.open(place) as instance:
            nothing = {"io_manager": Nothing()}
            return timed(lambda: dg.materialize([many], instance=instance, resources=nothing, tags=tags), count)

    return bare, ours


def partitions_into_one_input(count):
    def ours(place):
        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(keys_of(count)))
        def many():
            return 1

        @dg.asset
        def one(many):
            return len(many)

        with dg.Instance.open(place) as instance:
            nothing = {"io_manager": Nothing()}
            work = lambda: dg.materialize([many, one], selection=[one], instance=instance, resources=nothing)  # noqa: E731
            return timed(work, count)

    return ours


def runs_of_partitions(count):
    def bare(place):
        return timed(lambda: floor.runs_of_partitions(place, keys_of(count)), count)

    def ours(place):
        keys = keys_of(count)

        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(keys))
        def many():
            return 1

        files = {"io_manager": dg.FilesystemIOManager(base_dir=f"{place}/values", durability="fast")}
        with dg.Instance.open(place) as instance:

            def work():
                for key in keys:
                    dg.materialize([many], instance=instance, resources=files, partition_key=key)

            return timed(work, count)

    return bare, ours


def partition_status(count):
    """Which of so many partitions are stored, asked for the first time ever of what nobody kept a set of."""

    def ours(place):
        start = datetime(2000, 1, 1, tzinfo=UTC)
        hours = dg.HourlyPartitionsDefinition(start_date=start)
        keys = hours.get_partition_keys()[:count]
        key = dg.AssetKey("hourly")
        with dg.Instance.open(place) as instance:
            for at in range(0, count, 5000):
                _append(instance, [dg.AssetMaterialization(key, partition=each) for each in keys[at : at + 5000]])
        with dg.Instance.open(place) as instance:
            return timed(lambda: len(instance.get_materialized_partitions(key, partitions_def=hours)))

    return ours
