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


def take_long_turns() -> None:
    """Let threads of this one's processes work on before another of them takes their core.

    Otherwise each request that arrives interrupts those in work, and each answer of the database
    the loop that reads requests: one switch a reading, behind which every cache is cold. All that
    is started from here on inherits it. Linux only, and not everywhere allowed.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def offer_to_die_first(memory_max: int) -> None:
    """Bound this process's memory in bytes, and let the kernel take it first when none is left.

    Beyond the bound allocations fail with `MemoryError`.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_max, memory_max))
    # Linux only, and not everywhere allowed.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
