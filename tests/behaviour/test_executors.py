"""Jobs on worker processes, and runs that are taken up again."""

import os
import pathlib
import subprocess
import sys
import textwrap
import time

import pytest

import lading as dg

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import executor_jobs as jobs


@pytest.fixture
def instance(tmp_path):
    with dg.Instance.local_temp(str(tmp_path / "home")) as found:
        yield found


def test_steps_run_in_processes_of_their_own(instance):
    with dg.execute_job(dg.reconstructable(jobs.two_steps), instance) as result:
        assert result.success
        seen, own = result.output_for_node("second")
        assert result.output_for_node("first") == seen
    assert os.getpid() not in {seen, own}


def test_a_job_by_its_recipe(instance):
    with dg.execute_job(dg.Recipe("executor_jobs", "two_steps"), instance) as result:
        assert result.success
        assert os.getpid() not in result.output_for_node("second")


def test_a_job_at_the_top_of_a_module(instance):
    with dg.execute_job(jobs.two_steps, instance) as result:
        assert os.getpid() not in result.output_for_node("second")


def test_a_job_of_definitions_by_its_recipe(instance):
    recipe = dg.Recipe("executor_jobs", "defs", {"__job__": "shouting"})
    assert dg.execute_job(recipe, instance, tags={"dagster/partition": "b"}).success
    assert jobs.defs.load_asset_value("shout", partition_key="b", instance=instance) == "B!"


def test_a_killed_worker_fails_its_step_and_no_other(instance):
    result = dg.execute_job(dg.reconstructable(jobs.one_dies), instance)
    assert not result.success
    assert result.get_failed_step_keys() == {"dies"}
    assert result.is_node_success("lives")
    assert "SIGKILL" in result.failure_data_for_node("dies").error.message
    assert instance.get_run_by_id(result.run_id).is_failure


def test_a_killed_worker_is_replaced_where_the_policy_says_so(instance, tmp_path):
    config = {"ops": {"dies_once": {"config": {"marker": str(tmp_path / "marker")}}}}
    with dg.execute_job(dg.reconstructable(jobs.dies_and_returns), instance, run_config=config) as result:
        assert result.success
        assert result.retry_attempts_for_node("dies_once") == 1
        assert result.output_for_node("dies_once") == "second life"


def test_an_exception_in_a_worker_reaches_the_caller(instance):
    with pytest.raises(ValueError, match="in the worker"):
        dg.execute_job(dg.reconstructable(jobs.one_fails), instance, raise_on_error=True)
    result = dg.execute_job(dg.reconstructable(jobs.one_fails), instance)
    assert result.failure_data_for_node("fails").error.cause.cls_name == "ValueError"


def test_dynamic_outputs_across_processes(instance):
    with dg.execute_job(dg.reconstructable(jobs.mapped), instance) as result:
        assert result.output_for_node("double") == {"0": 0, "1": 2, "2": 4}
        assert result.output_for_node("total") == 6


def test_asset_jobs_on_processes(instance):
    job = dg.reconstructable(jobs.shouting_job)
    result = dg.execute_job(job, instance, tags={"dagster/partition": "a"})
    assert result.success
    assert jobs.defs.load_asset_value("shout", partition_key="a", instance=instance) == "A!"
    assert instance.get_materialized_partitions(dg.AssetKey("shout")) == {"a"}


def test_values_in_memory_are_refused(instance):
    with pytest.raises(dg.InvariantViolationError, match="memory") as caught:
        dg.execute_job(dg.reconstructable(jobs.in_memory), instance)
    assert caught.value.fix


def test_a_throw_away_instance_is_refused():
    with dg.Instance.ephemeral() as instance, pytest.raises(dg.InvariantViolationError, match="throw-away"):
        dg.execute_job(dg.reconstructable(jobs.two_steps), instance)


def test_a_job_that_no_other_process_can_find_is_refused():
    @dg.op
    def inner():
        return 1

    def build():
        @dg.job
        def local():
            inner()

        return local

    with pytest.raises(dg.InvariantViolationError, match="top of a module"):
        dg.reconstructable(build())
    with pytest.raises(dg.InvariantViolationError, match="found by name"):
        dg.reconstructable(build)


def test_a_script_without_a_guard(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import lading as dg

            @dg.op
            def one():
                return 1

            @dg.job(executor_def=dg.multiprocess_executor)
            def counting():
                one()

            with dg.Instance.local_temp("home") as instance:
                with dg.execute_job(dg.reconstructable(counting), instance) as result:
                    print("success", result.success, result.output_for_node("one"))
            """
        )
    )
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "success True 1\n"


def test_workers_end_with_a_killed_run(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys
            sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r})
            import executor_jobs, lading as dg
            with dg.Instance.local_temp("home") as instance:
                print("started", flush=True)
                dg.execute_job(dg.reconstructable(executor_jobs.sleeping), instance)
            """
        )
    )
    run = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "started\n"
    children = wait_for(lambda: children_of(run.pid))
    run.kill()
    run.wait()
    run.stdout.close()
    assert wait_for(lambda: not any(alive(child) for child in children))


def children_of(pid):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(each) for each in listed.stdout.split()]


def alive(pid):
    try:
        return "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def wait_for(question, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = question()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


# ---------------------------------------------------------------- taken up again


def test_a_failed_run_is_taken_up_from_its_failure(instance, tmp_path, monkeypatch):
    marker = tmp_path / "marker"
    monkeypatch.setenv("LADING_TEST_MARKER", str(marker))
    job = dg.reconstructable(jobs.resumable)
    failed = dg.execute_job(job, instance)
    assert failed.get_failed_step_keys() == {"flaky"}
    marker.write_text("now")
    options = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
    assert sorted(options.step_selection) == ["after_flaky", "flaky"]
    again = dg.execute_job(job, instance, reexecution_options=options)
    assert again.success
    assert again.output_for_node("after_flaky") == 11
    assert pathlib.Path(str(marker) + ".calls").read_text() == "x", "what was done is not done again"
    assert instance.get_run_by_id(again.run_id).parent_run_id == failed.run_id


def test_only_a_failed_run_is_taken_up_from_its_failure(instance, tmp_path, monkeypatch):
    marker = tmp_path / "marker"
    marker.write_text("now")
    monkeypatch.setenv("LADING_TEST_MARKER", str(marker))
    done = dg.execute_job(dg.reconstructable(jobs.resumable), instance)
    with pytest.raises(dg.InvariantViolationError, match="did not fail"):
        dg.ReexecutionOptions.from_failure(done.run_id, instance)
    with pytest.raises(dg.RunNotFoundError):
        dg.ReexecutionOptions.from_failure("no such run", instance)


def test_chosen_steps_are_run_again(instance, tmp_path, monkeypatch):
    marker = tmp_path / "marker"
    marker.write_text("now")
    monkeypatch.setenv("LADING_TEST_MARKER", str(marker))
    job = dg.reconstructable(jobs.resumable)
    done = dg.execute_job(job, instance)
    options = dg.ReexecutionOptions(done.run_id, step_selection=["after_flaky"])
    again = dg.execute_job(job, instance, reexecution_options=options)
    assert again.output_for_node("after_flaky") == 11
    assert [event.step_key for event in again.get_step_success_events()] == ["after_flaky"]


def test_a_mapped_step_that_failed_is_taken_up(instance, tmp_path, monkeypatch):
    marker = tmp_path / "marker"
    monkeypatch.setenv("LADING_TEST_MARKER", str(marker))
    job = dg.reconstructable(jobs.halves)
    failed = dg.execute_job(job, instance)
    assert failed.get_failed_step_keys() == {"halve[1]"}
    marker.write_text("now")
    options = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
    again = dg.execute_job(job, instance, reexecution_options=options)
    assert again.output_for_node("total") == 1.5
