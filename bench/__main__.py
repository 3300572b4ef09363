# SPDX-License-Identifier: Apache-2.0
"""`make bench`: measure every row, or those named, and print one table of ratios.

A whole run writes bench/results/ and the figures of docs/performance.md; a part of one, or one with
fewer rounds or smaller data, writes neither. Ends with status 1 where a line is refused or is not
what was asked.
"""

import argparse
import importlib
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.document import fill
from bench.fixtures import build
from bench.machine import describe_machine, is_in_memory
from bench.picture import draw_table
from bench.rounds import Plan
from bench.servers import ROOT, require_programs
from bench.table import Line, Table, print_table
from rich.console import Console

# In the order of the table, each with the kinds of data centres it measures.
ROWS: Final = {
    "readings": {"sqlite", "postgresql"},
    "serials": set[str](),
    "codelist": set[str](),
    "symbols": set[str](),
    "labels": set[str](),
    "photos": set[str](),
    "storage": {"sqlite", "postgresql"},
    "growth": {"sqlite", "runs"},
    "chain": {"chain-sqlite", "chain-postgresql"},
    "starting": {"sqlite"},
    "memory": {"sqlite", "runs"},
    "beside": set[str](),
}
RESULTS: Final = ROOT / "bench" / "results"
DOCUMENT: Final = ROOT / "docs" / "performance.md"
MINUTES_MAX: Final = 20
ROUNDS: Final = 5
# Of the table where nobody's window is to be kept.
_WIDTH: Final = 150


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    given = _parse(arguments)
    plan = Plan(data=ROOT / "data" / "bench", rounds=given.rounds, scale=given.scale)
    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH
    require_programs()
    _make_room(plan)
    rows = given.rows or list(ROWS)
    begun = time.monotonic()
    build(plan, set().union(*(ROWS[row] for row in rows)))
    console.print(f"data centres are there after {time.monotonic() - begun:.0f} s")
    table = _measure(rows, plan, console)
    print_table(table.lines, console)
    is_whole = not given.rows and plan.scale == 1 and plan.rounds >= ROUNDS
    if is_whole:
        _publish(table)
    minutes = table.seconds / 60
    console.print(f"{minutes:.1f} minutes, {len(table.failures)} lines are not what was asked")
    return 1 if table.failures or (is_whole and minutes > MINUTES_MAX) else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the hot paths.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds in turns (default 5)")
    parser.add_argument("--scale", type=float, default=1, help="below 1: to try it out")
    given = parser.parse_args(arguments)
    unknown = [row for row in given.rows if row not in ROWS]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    if given.rounds < 1 or not 0 < given.scale <= 1:
        parser.error("rounds are at least 1, the scale is above 0 and at most 1")
    return given


def _make_room(plan: Plan) -> None:
    """Make room on a disk; end where what is made durable would only be in memory."""
    for left in plan.scratch.parent.glob("*"):
        if not Path(f"/proc/{left.name}").exists():
            shutil.rmtree(left)
    plan.scratch.mkdir(parents=True, exist_ok=True)
    for folder in (plan.scratch, Path(tempfile.gettempdir())):
        if is_in_memory(folder):
            sys.exit(f"{folder} is in memory; TMPDIR names a folder on a disk")


def _measure(rows: Sequence[str], plan: Plan, console: Console) -> Table:
    begun = time.monotonic()
    lines: list[Line] = []
    try:
        for row in rows:
            started = time.monotonic()
            lines += importlib.import_module(f"bench.rows.{row}").measure(plan)
            console.print(f"{row}: {time.monotonic() - started:.0f} s")
        machine = describe_machine(plan.scratch)
    finally:
        shutil.rmtree(plan.scratch, ignore_errors=True)
    return Table(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=time.monotonic() - begun,
        rounds=plan.rounds,
        machine=machine,
        lines=tuple(lines),
    )


def _publish(table: Table) -> None:
    """Write the table as JSON, as a picture, and into the document."""
    table.save(RESULTS / "table.json")
    (RESULTS / "table.svg").write_text(draw_table(table), encoding="utf-8")
    filled = fill(DOCUMENT.read_text(encoding="utf-8"), table)
    DOCUMENT.write_text(filled, encoding="utf-8")


if __name__ == "__main__":
    # Servers are stopped also when the command is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    sys.exit(main(sys.argv[1:]))
