from lading.testing.contexts import build_asset_context as build_asset_context
from lading.testing.contexts import build_input_context as build_input_context
from lading.testing.contexts import build_op_context as build_op_context
from lading.testing.contexts import build_output_context as build_output_context
from lading.testing.instance import instance_for_test as instance_for_test
from lading.testing.io_manager import IOManagerSuite as IOManagerSuite
from lading.testing.resources import build_init_resource_context as build_init_resource_context
from lading.testing.resources import build_resources as build_resources

__all__ = [
    "IOManagerSuite",
    "build_asset_context",
    "build_init_resource_context",
    "build_input_context",
    "build_op_context",
    "build_output_context",
    "build_resources",
    "instance_for_test",
]
