# SPDX-License-Identifier: Apache-2.0
"""How long a reading waits beside a flood of invented codes and beside a bulk import.

A few phones read at a walking pace all the time; quiet times and work take turns. What is compared
is the time within which 99 % of their readings were answered. `bench.besides` watches more kinds of
work, one by one.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from bench.besides import QUIET_S, WARM_S, Phones, build_csv, prepare_run, run_program
from bench.load import CONNECTIONS
from bench.rounds import LOAD_CORE, Plan
from bench.servers import durable_postgres, find_free_port
from bench.table import Line, Reach
from tools.clerk import Clerk

from trueorigin.domain.serials import ALPHABET, SYMBOLS_DEFAULT

ROW: Final = "beside"
_REACH: Final = Reach(at_most=2)
_ROWS: Final = 30_000
_FLOODS: Final = 2
_INVENTED: Final = 5000
_QUIET: Final = "quiet"
# Booked apart by `bench.besides`: nothing is compared with them.
_UNCOMPARED: Final = {"warming up", "between", _QUIET}


def measure(plan: Plan) -> list[Line]:
    """Let phones read beside everything, on both databases."""
    return [
        *_list_lines("SQLite", _watch(plan, nullcontext(None))),
        *_list_lines("PostgreSQL", _watch(plan, durable_postgres())),
    ]


def _watch(plan: Plan, opening: AbstractContextManager[str | None]) -> Phones:
    with opening as url, tempfile.TemporaryDirectory(dir=plan.scratch) as folder:
        options = ["--data", folder, *([] if url is None else ["--database", url])]
        port, rows = find_free_port(), plan.scaled(_ROWS)
        with run_program(options, port):
            _, paths = prepare_run(port, options)
            with Clerk(f"http://127.0.0.1:{port}") as clerk:
                clerk.sign_in()
                with Phones(port, paths) as phones:
                    _take_turns(phones, clerk, rows)
                    flood = Flood(port=port, issued=paths[0], script=Path(folder) / "flood.lua")
                    for _ in range(_FLOODS):
                        _rest(phones)
                        with phones.during("a flood of invented codes"):
                            flood.run()
    return phones


def _take_turns(phones: Phones, clerk: Clerk, rows: int) -> None:
    """Let quiet times and the two halves of an import take turns."""
    # The first import of a process compiles its pages.
    clerk.wait(clerk.send_table("products", "one.csv", build_csv(10 * _ROWS, 1)))
    time.sleep(WARM_S)
    _rest(phones)
    table = build_csv(0, rows)
    with phones.during(f"an import, {rows:,} rows judged"):
        path = clerk.send_table("products", "goods.csv", table)
        clerk.wait(path)
    _rest(phones)
    with phones.during(f"an import, {rows:,} rows taken over"):
        clerk.take_over(path)
        clerk.wait(path)


def _rest(phones: Phones) -> None:
    with phones.during(_QUIET):
        time.sleep(QUIET_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """Somebody who sends invented codes as fast as the server takes them, whatever it answers."""

    port: int
    issued: str
    script: Path

    def run(self) -> None:
        """Send them from the load's core."""
        stem, chance = self.issued[:-SYMBOLS_DEFAULT], Random(9)  # noqa: S311 - invents codes
        serials = ("".join(chance.choices(ALPHABET, k=SYMBOLS_DEFAULT)) for _ in range(_INVENTED))
        paths = ", ".join(f'"{stem}{serial}"' for serial in serials)
        self.script.write_text(
            f"local paths, at = {{{paths}}}, 0\n"
            "function request() at = at % #paths + 1 return wrk.format('GET', paths[at]) end\n",
            encoding="ascii",
        )
        command = [
            *("taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{CONNECTIONS}"),
            *(f"-d{QUIET_S:.0f}s", "-H", "Accept: application/json", "-s", str(self.script)),
            f"http://127.0.0.1:{self.port}",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _list_lines(database: str, phones: Phones) -> Iterator[Line]:
    quiet = _late(phones.taken[_QUIET])
    refusal = f"{phones.errors} readings were refused" if phones.errors else ""
    for phase, taken in phones.taken.items():
        if phase in _UNCOMPARED:
            continue
        yield Line(
            row=ROW,
            key=f"{phase.split()[-1]}-{database.lower()}",
            title=f"99 % answered within, beside {phase}, {database}",
            unit="ms",
            ours=(_late(taken),),
            rival=_QUIET,
            theirs=(quiet,),
            reach=_REACH,
            refusal=refusal,
        )


def _late(taken: Sequence[float]) -> float:
    """Return the time within which 99 % were answered."""
    return statistics.quantiles(taken, n=100)[98]
