"""Starts the processes that are measured. A process inherits the greatest memory of the one that started it, so that
this one loads next to nothing. One command as JSON a line; what it cost, as JSON."""

import json
import os
import sys
import time

for line in sys.stdin:
    job = json.loads(line)
    os.chdir(job["cwd"])
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    quiet.append((os.POSIX_SPAWN_OPEN, 2, job["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    began = time.perf_counter()
    pid = os.posix_spawn(job["command"][0], job["command"], job["env"], file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    cost = [os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]
    print(json.dumps(cost), flush=True)
