# SPDX-License-Identifier: Apache-2.0
"""How long the threads of a process work before they give way to each other."""

import os
import subprocess
import sys

import pytest

from trueorigin.adapters.aside import run_aside

# In a process of its own, whose threads are not pytest's.
COUNTS = """
import os, sys, threading, time
from trueorigin.adapters.processes import Turns

is_over = threading.Event()
threading.Thread(target=is_over.wait).start()


def tell():
    tasks = map(int, os.listdir("/proc/self/task"))
    print(*sorted({os.sched_getscheduler(task) for task in tasks}), os.nice(0))


turns = Turns()
for counts in sys.argv[1:]:
    for count in map(int, counts.split(",")):
        turns.note(count)
    tell()
is_over.set()
"""
MANY = ",".join(["20"] * 40)
FEW = ",".join(["1"] * 60)
SOME = ",".join(["6"] * 400)
ORDINARY, LONG = f"{os.SCHED_OTHER} {os.nice(0)}", f"{os.SCHED_BATCH} {os.nice(0)}"


def tell(*counts: str, program: str = COUNTS) -> list[str]:
    command = [sys.executable, "-c", program, *counts]
    return subprocess.check_output(command, text=True).splitlines()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param([FEW], [ORDINARY], id="few"),
        pytest.param([SOME], [ORDINARY], id="some, after few"),
        pytest.param(["512"], [LONG], id="one very large batch"),
        pytest.param([MANY], [LONG], id="many"),
        pytest.param([MANY, SOME], [LONG, LONG], id="some, after many"),
        pytest.param([MANY, FEW, MANY], [LONG, ORDINARY, LONG], id="to and fro"),
    ],
)
def test_all_threads_take_long_turns_while_many_wait(
    counts: list[str], expected: list[str]
) -> None:
    assert tell(*counts) == expected


def test_where_it_is_not_allowed_nothing_changes() -> None:
    forbidding = COUNTS.replace(
        "turns = Turns()",
        "def refuse(*_): raise PermissionError\nos.sched_setscheduler = refuse\nturns = Turns()",
    )
    assert tell(MANY, FEW, program=forbidding) == [ORDINARY, ORDINARY]


def test_heavy_work_in_a_process_of_its_own_interrupts_nobody() -> None:
    assert run_aside(os.sched_getscheduler, 0) == os.SCHED_BATCH
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
