# SPDX-License-Identifier: Apache-2.0
"""What processes ask of the system, seen from the outside."""

import os
import subprocess
import sys

import pytest

TURNS = """
import os, subprocess, sys, threading
from trueorigin.adapters.processes import take_long_turns
take_long_turns()
found = []
thread = threading.Thread(target=lambda: found.append(os.sched_getscheduler(0)))
thread.start()
thread.join()
program = "import os; print(os.sched_getscheduler(0))"
child = subprocess.check_output([sys.executable, "-c", program])
print(found[0], int(child), os.nice(0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has these policies")
def test_threads_and_processes_take_long_turns_at_the_same_priority() -> None:
    told = subprocess.check_output([sys.executable, "-c", TURNS], text=True)
    assert told.split() == [str(os.SCHED_BATCH), str(os.SCHED_BATCH), str(os.nice(0))]


def test_where_it_is_not_allowed_nothing_changes() -> None:
    forbidding = TURNS.replace("take_long_turns()\n", "refuse()\n", 1).replace(
        "refuse()",
        "def refuse(*_): raise PermissionError\nos.sched_setscheduler = refuse\ntake_long_turns()",
    )
    told = subprocess.check_output([sys.executable, "-c", forbidding], text=True)
    assert told.split()[:2] == [str(os.SCHED_OTHER), str(os.SCHED_OTHER)]
