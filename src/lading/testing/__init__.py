"""What tests of a project stand on: contexts built by hand, an instance for one test, the exam of IO managers.

Each name is loaded when it is first asked for, so that pytest may find the plug-in without loading the rest.
"""

import sys
from collections.abc import Sequence

_HOMES = {
    "IOManagerSuite": "lading.testing.io_manager",
    "build_asset_context": "lading.testing.contexts",
    "build_init_resource_context": "lading.testing.resources",
    "build_input_context": "lading.testing.contexts",
    "build_op_context": "lading.testing.contexts",
    "build_output_context": "lading.testing.contexts",
    "build_resources": "lading.testing.resources",
    "instance_for_test": "lading.testing.instance",
}


def __getattr__(name: str) -> object:
    if name == "__all__":
        return sorted(_HOMES)
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"lading.testing has no {name}; it has {', '.join(_HOMES)}")
    __import__(home)
    value: object = getattr(sys.modules[home], name)
    setattr(sys.modules[__name__], name, value)
    return value


def __dir__() -> Sequence[str]:
    return sorted({*globals(), *_HOMES})
