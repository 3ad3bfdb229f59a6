"""What the behaviour tests look through: managers that remember, and short forms for events."""

import pathlib

import lading as dg


class Witness(dg.IOManager):
    """Keeps values in memory, and remembers each call; ``on_store`` and ``on_load`` see the contexts."""

    def __init__(self, on_store=None, on_load=None) -> None:
        self.values = {}
        self.calls = []
        self.on_store = on_store
        self.on_load = on_load

    @staticmethod
    def address(context):
        return tuple(context.asset_key.path) if context.has_asset_key else tuple(context.get_identifier())

    def handle_output(self, context, obj) -> None:
        self.calls.append(("store", context.step_key, context.name))
        if self.on_store is not None:
            self.on_store(context, obj)
        self.values[self.address(context)] = obj

    def load_input(self, context):
        self.calls.append(("load", context.op_def.name, context.name))
        if self.on_load is not None:
            self.on_load(context)
        return self.values[self.address(context)]

    def stored(self):
        return [step for call, step, _ in self.calls if call == "store"]

    def loaded(self):
        return [name for call, _, name in self.calls if call == "load"]


def events(result, *kinds, step=None):
    """The events of these kinds, in order."""
    return [e for e in result.all_events if e.event_type_value in kinds and (step is None or e.step_key == step)]


def kinds(result, step):
    """The kinds of a step's events, in order; the opening of resources left out."""
    found = [e.event_type_value for e in result.all_events if e.step_key == step]
    return [each for each in found if not each.startswith(("RESOURCE_", "LOGS_"))]


def plain(metadata):
    """Metadata as bare values."""
    return {name: each.value for name, each in metadata.items()}


def made(result, key=None):
    """The materializations of a run, or those of one asset."""
    found = [e.event_specific_data.materialization for e in events(result, "ASSET_MATERIALIZATION")]
    return found if key is None else [each for each in found if each.asset_key == dg.AssetKey(key)]


def run_ops(build, manager=None, **how):
    """Run a function that calls ops, as a job."""
    resources = {} if manager is None else {"io_manager": manager}

    @dg.job(name="the_job", resource_defs=resources)
    def the_job():
        build()

    return the_job.execute_in_process(**how)


def files_below(root):
    """All files below a folder, as relative paths with forward slashes."""
    root = pathlib.Path(root)
    return sorted(each.relative_to(root).as_posix() for each in root.rglob("*") if each.is_file())
