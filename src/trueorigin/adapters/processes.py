# SPDX-License-Identifier: Apache-2.0
"""Tie a worker process to the one that started it: when that is killed, so is the worker.

A worker that outlives its parent would go on holding the port, unseen by whoever starts the
server anew.
"""

import ctypes
import os
import signal
import sys

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
