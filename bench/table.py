# SPDX-License-Identifier: Apache-2.0
"""The one table: what was measured beside what, how much was asked for, and whether it is met.

A line holds every round of both sides, so that its ratio is the median of ratios of the same round
and a drift of the machine touches both. A line with a refusal shows no ratio.
"""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table as Grid

FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is asked of a line's value: at least, or at most; `stretch` is what would be better."""

    at_least: float | None = None
    at_most: float | None = None
    stretch: float | None = None

    def is_met_by(self, value: float) -> bool:
        """Say whether `value` is what was asked."""
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )

    def __str__(self) -> str:
        """Write it as in the table."""
        asked = "" if self.at_least is None else f"≥ {self.at_least:,g}"
        asked += "" if self.at_most is None else f"≤ {self.at_most:,g}"
        return asked if self.stretch is None else f"{asked} ({self.stretch:,g})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One comparison, or one figure alone where `theirs` is empty; one value a round.

    `row` names the section of the table and of docs/performance.md, `key` the line in it. The
    reach is asked of the ratio, or of the figure where there is no rival.
    """

    row: str
    key: str
    title: str
    unit: str
    ours: tuple[float, ...]
    rival: str = ""
    theirs: tuple[float, ...] = ()
    reach: Reach | None = None
    refusal: str = ""

    @property
    def name(self) -> str:
        """Return what the line is called among all lines."""
        return f"{self.row}/{self.key}"

    @property
    def ratios(self) -> tuple[float, ...]:
        """Return ours over theirs of every round; none where the line is refused."""
        if self.refusal or not self.theirs:
            return ()
        return tuple(a / b for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def ratio(self) -> float | None:
        """Return the median ratio, or None where there is nothing to compare or it is refused."""
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def figure(self) -> float:
        """Return our median."""
        return statistics.median(self.ours)

    @property
    def rival_figure(self) -> float | None:
        """Return the rival's median."""
        return statistics.median(self.theirs) if self.theirs else None

    @property
    def is_met(self) -> bool | None:
        """Say whether the reach is met; None where nothing was asked. What is refused is not."""
        if self.refusal:
            return False
        if self.reach is None:
            return None
        value = self.ratio if self.theirs else self.figure
        return value is not None and self.reach.is_met_by(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines of one run of the command, with the machine they were measured on."""

    made_at: str
    seconds: float
    rounds: int
    machine: dict[str, str]
    lines: tuple[Line, ...]

    @property
    def failures(self) -> list[Line]:
        """Return the lines that were refused or are not what was asked."""
        return [line for line in self.lines if line.is_met is False]

    def save(self, path: Path) -> None:
        """Write the table as JSON, every round and what follows from the rounds."""
        lines = [_to_document(line) for line in self.lines]
        document = {"format": FORMAT, **asdict(self), "lines": lines}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @staticmethod
    def load(path: Path) -> "Table":
        """Read what `save` wrote; what follows from the rounds is computed again."""
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.pop("format") != FORMAT:
            raise ValueError(f"{path} has another format than {FORMAT}")
        lines = tuple(_from_document(line) for line in document.pop("lines"))
        return Table(lines=lines, **document)


def _to_document(line: Line) -> dict[str, Any]:
    derived = {"ratio": line.ratio, "figure": line.figure, "met": line.is_met}
    return {**asdict(line), "derived": derived}


def _from_document(document: dict[str, Any]) -> Line:
    del document["derived"]
    document["reach"] = None if document["reach"] is None else Reach(**document["reach"])
    rounds = {name: tuple(document[name]) for name in ("ours", "theirs")}
    return Line(**{**document, **rounds})


def show(value: float) -> str:
    """Write a number with three digits that count, thousands apart."""
    if value == 0:
        return "0"
    if abs(value) >= 100:  # noqa: PLR2004 - three digits before the point
        digits = len(str(int(abs(value))))
        return f"{round(value, 3 - digits):,.0f}"
    return f"{value:.3g}"


def show_measured(value: float, unit: str) -> str:
    """Write a measured figure with its unit."""
    return f"{show(value)} {unit}".rstrip()


def describe(line: Line) -> tuple[str, str, str, str, str]:
    """Return a line's cells: what we did, what the rival did, ratio, reach, and whether it is met.

    Every surface writes these: the terminal, the picture and the document.
    """
    rival = "" if line.rival_figure is None else show_measured(line.rival_figure, line.unit)
    ratio = "" if line.ratio is None else show(line.ratio)
    if line.refusal:
        ratio = "refused"
    met = {True: "yes", False: "no", None: ""}[line.is_met]
    return (
        show_measured(line.figure, line.unit),
        f"{line.rival}: {rival}" if rival else "",
        ratio,
        "" if line.reach is None else str(line.reach),
        met,
    )


def print_table(lines: Sequence[Line], console: Console) -> None:
    """Print the lines, and under them why a ratio was refused."""
    grid = Grid("", "ours", "beside", "ratio", "asked", "met")
    row = ""
    for line in lines:
        if line.row != row:
            grid.add_section()
            row = line.row
        grid.add_row(line.title, *describe(line))
    console.print(grid)
    for line in lines:
        if line.refusal:
            console.print(f"{line.name}: {line.refusal}", markup=False)
