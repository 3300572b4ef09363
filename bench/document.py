# SPDX-License-Identifier: Apache-2.0
"""Fill docs/performance.md with the figures of a table: every number in it comes from here.

Figures stand between two marks, `<!-- bench: NAME -->` and `<!-- bench: end -->`; NAME is a row of
the table, or `run` for when and where it was measured. Text outside the marks is nobody's but the
writer's.
"""

import re
from typing import Final

from bench.table import Line, Table, describe

_BLOCK: Final = re.compile(r"(<!-- bench: ([a-z]+) -->\n).*?(<!-- bench: end -->)", re.DOTALL)
RUN: Final = "run"


def fill(text: str, table: Table) -> str:
    """Return the document with the table's figures; refused where a row has no place in it."""
    missing = list_rows(table) - set(list_places(text))
    if missing:
        raise ValueError(f"no place for {', '.join(sorted(missing))}")
    return _BLOCK.sub(lambda found: f"{found[1]}{_render(found[2], table)}{found[3]}", text)


def list_places(text: str) -> list[str]:
    """Return the names of the places for figures, in order."""
    return [found[2] for found in _BLOCK.finditer(text)]


def list_rows(table: Table) -> set[str]:
    """Return the rows a table has."""
    return {line.row for line in table.lines}


def strip(text: str) -> str:
    """Return the document without its figures: what was written by hand."""
    return _BLOCK.sub("", text)


def _render(name: str, table: Table) -> str:
    if name == RUN:
        return _render_run(table)
    return _render_lines([line for line in table.lines if line.row == name])


def _render_lines(lines: list[Line]) -> str:
    rows = ["| | ours | beside | ratio | asked | met |", "|---|--:|---|--:|--:|---|"]
    rows += [f"| {line.title} | {' | '.join(describe(line))} |" for line in lines]
    notes = [f"\nRefused, {line.title}: {line.refusal}." for line in lines if line.refusal]
    return "\n".join([*rows, *notes]) + "\n"


def _render_run(table: Table) -> str:
    rows = [f"| measured | {table.made_at[:16].replace('T', ' ')} UTC |"]
    rows += [f"| took | {table.seconds / 60:.0f} minutes, {table.rounds} rounds |"]
    rows += [f"| {name} | {said} |" for name, said in table.machine.items()]
    return "\n".join(["| | |", "|---|---|", *rows]) + "\n"
