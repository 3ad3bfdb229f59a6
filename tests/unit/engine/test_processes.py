"""The supervisor of worker processes."""

import os
import time

import pytest

from lading.engine.executors.processes import Processes
from lading.errors import StepLostError


@pytest.fixture
def workers():
    found = Processes(1)
    yield found
    found.close()


def test_a_function_runs_elsewhere(workers):
    assert workers.submit(os.getpid).result() != os.getpid()


def test_a_worker_serves_again(workers):
    assert workers.submit(os.getpid).result() == workers.submit(os.getpid).result()


def test_an_exception_comes_back(workers):
    with pytest.raises(ZeroDivisionError):
        workers.submit(divmod, 1, 0).result()


def test_a_lost_worker_is_replaced(workers):
    with pytest.raises(StepLostError, match="exit code 3") as caught:
        workers.submit(os._exit, 3).result()
    assert caught.value.fix
    assert workers.submit(len, "abc").result() == 3


def test_what_waits_is_not_started_after_a_kill(tmp_path):
    workers = Processes(1)
    running = workers.submit(time.sleep, 60)
    waiting = workers.submit(os.mkdir, str(tmp_path / "made"))
    while not workers.children:
        time.sleep(0.01)
    workers.kill()
    workers.close()
    assert isinstance(running.exception(), StepLostError)
    assert waiting.cancelled()
    assert not (tmp_path / "made").exists()
