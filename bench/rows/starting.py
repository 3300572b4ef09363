# SPDX-License-Identifier: Apache-2.0
"""`trueorigin serve` on a large database: from the command to the first answer, and its memory.

The first answer is a durable reading. Memory is the resident set of all processes, as the system
counts it: pages that two of them share count in both, here and at the bare server.
"""

import subprocess
import sys
import time
from typing import Final

from bench.fixtures import SIZES, Copy, open_sqlite_centre
from bench.load import Codes
from bench.rounds import SERVER_CORE, Plan, interleave
from bench.rows.readings import FLOOR
from bench.servers import running_floor, running_program
from bench.table import Line, Reach

from trueorigin.storage.database import FILE_NAME

ROW: Final = "starting"
_MEMORY: Final = Reach(at_most=6)


def measure(plan: Plan) -> list[Line]:
    """Start and stop everything in turn."""
    centre = open_sqlite_centre(plan, SIZES[-1])
    path = Codes(file=centre.path_file("popular")).path(0)
    memory: dict[str, list[float]] = {"ours": [], "bare": []}
    with centre.checked_out(plan) as copy:
        works = {
            "ours": lambda: _start_program(copy, path, memory["ours"]),
            "bare": lambda: _start_floor(memory["bare"]),
            "python": _start_python,
        }
        started = interleave(works, plan.rounds)
        size = (copy.data / FILE_NAME).stat().st_size / 1e9
    rivals = {"python": "python -c pass", "bare": FLOOR}
    return [
        *(
            Line(
                row=ROW,
                key=f"start-{name}",
                title=f"from the command to the first answer, {size:.1f} GB stored",
                unit="s",
                ours=started["ours"],
                rival=rival,
                theirs=started[name],
            )
            for name, rival in rivals.items()
        ),
        Line(
            row=ROW,
            key="memory",
            title="resident memory at the first answer",
            unit="MB",
            # The first start is not measured, as in `interleave`.
            ours=tuple(memory["ours"][1:]),
            rival=FLOOR,
            theirs=tuple(memory["bare"][1:]),
            reach=_MEMORY,
        ),
    ]


def _start_program(copy: Copy, path: str, memory: list[float]) -> float:
    with running_program(copy.options, first_path=path) as server:
        memory.append(server.measure_memory())
        return server.started_s


def _start_floor(memory: list[float]) -> float:
    with running_floor() as server:
        memory.append(server.measure_memory())
        return server.started_s


def _start_python() -> float:
    begun = time.perf_counter()
    subprocess.run(["taskset", "-c", str(SERVER_CORE), sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - begun
