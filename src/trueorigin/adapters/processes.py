# SPDX-License-Identifier: Apache-2.0
"""Settle which processes end together, and which one ends first.

A worker that outlives its parent would go on holding the port, unseen by whoever starts the
server anew. Whoever opens strangers' files must not take the memory of those who answer readings.
"""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

# From <linux/prctl.h>; the number is part of the kernel's interface.
_PR_SET_PDEATHSIG = 1
# Batches of readings by which it is judged how many wait, about 50 ms of them on a busy machine.
_BATCHES_SEEN = 16
# Phones at a walking pace make batches of one or two, a full load on one core some of twenty.
_FEW, _MANY = 4, 8


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent, `parent`, ends in whatever way.

    A parent that stops in order ends its workers itself, before. Linux only; elsewhere a killed
    parent leaves its workers behind.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # It may have died before the kernel was asked.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def offer_to_die_first(memory_max: int) -> None:
    """Bound this process's memory in bytes, and let the kernel take it first when none is left.

    Beyond the bound allocations fail with `MemoryError`.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_max, memory_max))
    # Linux only, and not everywhere allowed.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def never_interrupt() -> None:
    """Let this process, when it is woken, wait until whoever has the core has done his work.

    Linux only, and not everywhere allowed; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


class Turns:
    """How long a thread of this process works on before another of its own takes the core.

    Where many requests wait, each that arrives would interrupt those in work, and each answer of
    the database the loop that reads requests: one switch a reading, behind which every cache is
    cold. Then turns are long (`SCHED_BATCH`): whoever is woken waits until the core is free. Where
    few wait, whoever is woken goes first, other programs' work included. Linux only, and not
    everywhere allowed; elsewhere nothing changes.
    """

    __slots__ = ("_is_long", "_level")

    def __init__(self) -> None:
        """Begin with short turns, as every process does."""
        self._is_long = False
        self._level = 0.0

    def note(self, count: int) -> None:
        """Take notice of a batch of `count` requests that had gathered by themselves."""
        self._level += (count - self._level) / _BATCHES_SEEN
        if self._level < _FEW if self._is_long else self._level > _MANY:
            self._is_long = not self._is_long
            self._switch()

    def _switch(self) -> None:
        if sys.platform != "linux":
            return
        policy = os.SCHED_BATCH if self._is_long else os.SCHED_OTHER
        for thread in Path("/proc/self/task").iterdir():
            # It may be over by now.
            with suppress(OSError):
                os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))
