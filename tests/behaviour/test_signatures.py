"""Parameters of public callables: their names and what they are when left out."""

import inspect

import pytest

import lading as dg

SIGNATURES = {
    "asset": "name key_prefix ins deps metadata tags description config_schema required_resource_keys resource_defs "
    "hooks io_manager_def io_manager_key dagster_type partitions_def op_tags group_name output_required=True "
    "automation_condition freshness_policy backfill_policy retry_policy code_version key check_specs owners kinds pool",
    "multi_asset": "outs name ins deps description config_schema required_resource_keys internal_asset_deps "
    "partitions_def hooks backfill_policy op_tags can_subset=False resource_defs group_name retry_policy code_version "
    "specs check_specs pool",
    "graph_asset": "name description ins config key_prefix group_name partitions_def hooks metadata tags owners "
    "automation_condition backfill_policy resource_defs check_specs code_version key kinds",
    "graph_multi_asset": "outs! name ins partitions_def hooks backfill_policy group_name can_subset=False "
    "resource_defs check_specs config",
    "op": "name description ins out config_schema required_resource_keys tags version retry_policy code_version pool",
    "graph": "name description input_defs output_defs ins out tags config",
    "job": "name description resource_defs config tags run_tags metadata logger_defs executor_def hooks "
    "op_retry_policy partitions_def input_values owners",
    "define_asset_job": "name! selection config description tags run_tags metadata partitions_def executor_def hooks "
    "op_retry_policy owners automation_condition",
    "Definitions": "assets schedules sensors jobs resources executor loggers asset_checks metadata component_tree",
    "In": "dagster_type! description default_value! metadata asset_key asset_partitions input_manager_key",
    "Out": "dagster_type! description is_required=True io_manager_key metadata code_version",
    "DynamicOut": "dagster_type! description is_required=True io_manager_key metadata code_version",
    "AssetIn": "key metadata key_prefix input_manager_key partition_mapping dagster_type!",
    "AssetOut": "key_prefix key dagster_type! description is_required=True io_manager_key metadata group_name "
    "code_version automation_condition backfill_policy owners tags kinds freshness_policy",
    "AssetSpec": "key! deps description metadata skippable=False group_name code_version automation_condition owners "
    "tags kinds partitions_def freshness_policy",
    "SourceAsset": "key! metadata io_manager_key io_manager_def description partitions_def group_name resource_defs "
    "observe_fn op_tags automation_condition tags",
    "Output": "value! output_name='result' metadata data_version tags",
    "DynamicOutput": "value! mapping_key! output_name='result' metadata",
    "MaterializeResult": "asset_key metadata check_results data_version tags value!",
    "AssetMaterialization": "asset_key! description metadata partition tags",
    "AssetObservation": "asset_key! description metadata partition tags",
    "TypeCheck": "success! description metadata!",
    "Type": "type_check_fn! key name is_builtin=False description loader required_resource_keys kind! typing_type! "
    "metadata",
    "PythonObjectType": "python_type! key name",
    "Failure": "description metadata allow_retries",
    "RetryRequested": "max_retries=1 seconds_to_wait",
    "RetryPolicy": "max_retries=1 delay backoff jitter",
    "materialize": "assets! run_config instance resources partition_key raise_on_error=True tags selection",
    "materialize_to_memory": "assets! run_config instance resources partition_key raise_on_error=True tags selection",
    "build_output_context": "step_key name definition_metadata run_id mapping_key config dagster_type version "
    "resource_config resources op_def asset_key partition_key asset_partitions_def asset_partition_key_range instance "
    "asset_spec metadata output_metadata",
    "build_input_context": "name config definition_metadata upstream_output dagster_type resource_config resources "
    "op_def step_context asset_key partition_key asset_partition_key_range asset_partitions_def instance metadata",
    "build_op_context": "resources op_config resources_config instance config partition_key partition_key_range "
    "mapping_key run_tags event_loop",
    "build_asset_context": "resources resources_config asset_config instance partition_key partition_key_range "
    "run_tags event_loop",
    "build_init_resource_context": "config resources instance",
    "build_resources": "resources! instance resource_config dagster_run log_manager event_loop",
    "with_resources": "definitions! resource_defs! resource_config_by_key",
    "io_manager": "description output_config_schema input_config_schema required_resource_keys version",
    "input_manager": "description input_config_schema required_resource_keys version",
    "resource": "description required_resource_keys version",
    "RunConfig": "ops! resources! loggers! execution!",
    "Definitions.load_asset_value": "asset_key! python_type instance partition_key metadata",
    "Definitions.get_asset_value_loader": "instance",
    "AssetValueLoader.load_asset_value": "asset_key! python_type partition_key partition_key_range "
    "input_definition_metadata resource_config metadata",
    "JobDefinition.execute_in_process": "run_config instance partition_key raise_on_error=True op_selection "
    "asset_selection run_id input_values tags resources",
    "GraphDefinition.execute_in_process": "run_config instance resources raise_on_error=True op_selection run_id "
    "input_values",
    "GraphDefinition.to_job": "name description resource_defs config tags metadata logger_defs executor_def hooks "
    "op_retry_policy op_selection partitions_def",
    "AssetsDefinition.from_graph": "graph_def! keys_by_input_name keys_by_output_name key_prefix internal_asset_deps "
    "partitions_def",
    "AssetsDefinition.from_op": "op_def! keys_by_input_name keys_by_output_name key_prefix internal_asset_deps "
    "partitions_def",
    "execute_job": "job! instance! run_config tags raise_on_error=False op_selection reexecution_options "
    "asset_selection",
    "ReexecutionOptions": "parent_run_id! step_selection!",
    "TableColumn": "name! type='string' description constraints! tags!",
    "TableSchema": "columns! constraints!",
    "TableColumnConstraints": "nullable=True unique=False other!",
    "Instance.get": "",
    "Instance.ephemeral": "tempdir",
    "Instance.local_temp": "tempdir",
}


def found(path):
    thing = dg
    for name in path.split("."):
        thing = getattr(thing, name)
    return thing


@pytest.mark.parametrize("path", SIGNATURES)
def test_parameters(path):
    parameters = inspect.signature(found(path)).parameters
    for told in SIGNATURES[path].split():
        name, _, default = told.partition("=")
        required = name.endswith("!")
        assert name.rstrip("!") in parameters, told
        if not required:
            wanted = {"": None, "True": True, "False": False, "1": 1}.get(default, default.strip("'"))
            assert parameters[name].default == wanted, told


@pytest.mark.parametrize(
    "path",
    ["asset", "multi_asset", "graph_asset", "graph_multi_asset", "op", "graph", "job"],
)
def test_decorators_take_their_options_by_name(path):
    parameters = list(inspect.signature(found(path)).parameters.values())
    assert all(each.kind is each.KEYWORD_ONLY for each in parameters if each.name in SIGNATURES[path])


@pytest.mark.parametrize("path", [each for each in SIGNATURES if each not in {"PythonObjectType"}])
def test_an_unknown_name_is_refused(path):
    with pytest.raises(TypeError):
        found(path)(no_such_parameter=1)


def test_filesystem_manager():
    assert dg.FilesystemIOManager().base_dir is None
    assert dg.FilesystemIOManager(base_dir="x").base_dir == "x"
    with pytest.raises(TypeError):
        dg.FilesystemIOManager("x")
