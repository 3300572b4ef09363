# SPDX-License-Identifier: Apache-2.0
"""Measure works in rounds that take turns, in processor time unless a work says otherwise.

Processor time, so that what else runs on the machine does not count; in turns, so that what slows
the machine itself slows all alike.
"""

import gc
import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# The server has one core; load, databases and everything measured in this process the other.
SERVER_CORE: Final = 0
LOAD_CORE: Final = 1

Work = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to measure; `scale` below 1 shrinks fixtures and works to try the command out."""

    data: Path
    rounds: int = 5
    burst_s: int = 4
    scale: float = 1.0

    @property
    def fixtures(self) -> Path:
        """Return where data centres are kept from one run to the next."""
        return self.data / "fixtures"

    @property
    def scratch(self) -> Path:
        """Return this process's folder of what is gone after the run."""
        return self.data / "scratch" / str(os.getpid())

    def scaled(self, count: int, least: int = 1) -> int:
        """Return `count` at this plan's scale."""
        return max(least, round(count * self.scale))


def interleave(works: Mapping[str, Work], rounds: int) -> dict[str, tuple[float, ...]]:
    """Do every work once a round and return what it measured in each, after one round unmeasured.

    The first round pays for imports, caches and pages that are touched for the first time.
    """
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            gc.collect()
            measured = work()
            if number:
                found[name].append(measured)
    return {name: tuple(values) for name, values in found.items()}


def rate_of(work: Callable[[], object], count: float) -> Work:
    """Return a work that measures how many of the `count` things it does a second of processor."""

    def measure() -> float:
        started = time.process_time()
        work()
        return count / (time.process_time() - started)

    return measure


def rate_of_command(command: Sequence[str], count: float) -> Work:
    """Return the like for a command in a process of its own, whose output is thrown away."""

    def measure() -> float:
        started = children_seconds()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return count / (children_seconds() - started)

    return measure


def children_seconds() -> float:
    """Return the processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Keep this process, and what it starts, on one core while the block runs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
