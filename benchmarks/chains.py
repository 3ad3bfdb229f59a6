"""Rows about chains of steps: in memory, stored, growing; and independent steps."""

import lading as dg
from benchmarks import floor
from benchmarks.measure import Sample, resident, timed
from lading.app.jobs import prepare


def chain(steps):
    """Assets of which each takes the one before it."""
    made = []
    for name in steps:
        if not made:

            @dg.asset(name=name)
            def link():
                return 1
        else:

            @dg.asset(name=name, ins={"before": dg.AssetIn(key=made[-1].key)})
            def link(before):
                return before + 1

        made.append(link)
    return made


def names(count):
    return [f"s{n:05d}" for n in range(count)]


def in_memory(count):
    def bare(_):
        steps = names(count)
        return timed(lambda: floor.chain_in_memory(steps), count)

    def ours(_):
        assets = chain(names(count))
        with dg.Instance.ephemeral() as instance:
            memory = {"io_manager": dg.InMemoryIOManager()}
            return timed(lambda: dg.materialize(assets, instance=instance, resources=memory), count)

    return bare, ours


def slowing(few, many):
    """How much dearer a step is in a long chain than in a short one."""

    def ours(place):
        short = min(in_memory(few)[1](place).wall for _ in range(5))
        return Sample(in_memory(many)[1](place).wall / short)

    return ours


def stored(count, durability, together=False):
    work = floor.chain_stored_together if together else floor.chain_stored

    def bare(place):
        steps = names(count)
        return timed(lambda: work(place, steps, durability == "strict"), count)

    def ours(place):
        assets = chain(names(count))
        with dg.Instance.open(place, durability=durability) as instance:
            files = {"io_manager": dg.FilesystemIOManager(base_dir=f"{place}/values", durability=durability)}
            return timed(lambda: dg.materialize(assets, instance=instance, resources=files), count)

    return bare, ours


def _with_memory(work, greatest):
    kept = []
    before = resident()
    sample = timed(lambda: kept.append(work()))
    # Later repeats use the memory that earlier ones gave back: the first one tells.
    greatest.append(resident() - before)
    sample.more["rss_mb"] = max(greatest)
    return sample


def definitions(count):
    """Define so many assets in chains of a hundred, gather them, and plan a run of one chain."""
    theirs, own = [], []

    def bare(_):
        return _with_memory(lambda: floor.define_and_plan(count), theirs)

    def ours(_):
        def work():
            assets = []
            for n in range(count):
                if n % 100:

                    @dg.asset(name=f"a{n}", ins={"before": dg.AssetIn(key=f"a{n - 1}")})
                    def one(before):
                        return before
                else:

                    @dg.asset(name=f"a{n}")
                    def one():
                        return 1

                assets.append(one)
            job = dg.define_asset_job("last", selection=f'+key:"a{count - 1}"')
            defs = dg.Definitions(assets=assets, jobs=[job])
            return prepare(defs.get_job_def("last"), dg.Instance.ephemeral())

        return _with_memory(work, own)

    return bare, ours
