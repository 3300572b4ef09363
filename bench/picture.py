# SPDX-License-Identifier: Apache-2.0
"""Draw the table as an SVG: a bar for each line, as far from what was asked as it reached.

The middle line is what was asked of every line; each step to the right is twice as good. Lines
of which nothing was asked have no bar. Colours follow the reader's light or dark page.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from bench.table import Line, Table, describe

WIDTH: Final = 1120
_ROW: Final = 24
_TOP: Final = 76
_NAMES: Final = 16
_BARS: Final = 540
_STEP: Final = 40
# Bars end so many doublings from the middle line; an arrow says that they would go on.
_WORSE, _BETTER = 2, 5
_ASKED: Final = _BARS + _WORSE * _STEP
_RATIOS: Final = _BARS + (_WORSE + _BETTER) * _STEP + 120
_REACHES: Final = _RATIOS + 14
_STYLE: Final = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .head { font-size: 17px; font-weight: 600 }
  .row { font-weight: 600 }
  .small { font-size: 11px; fill: #57606a }
  .figure { font-variant-numeric: tabular-nums }
  .band { fill: #f3f5f7 }
  .met { fill: #2da44e }
  .unmet { fill: #cf222e }
  .step { stroke: #d8dee4 }
  .asked { stroke: #57606a; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .small { fill: #9198a1 }
    .band { fill: #8b949e1a }
    .met { fill: #3fb950 }
    .unmet { fill: #f85149 }
    .step { stroke: #30363d }
    .asked { stroke: #9198a1 }
  }
"""


def draw_table(table: Table) -> str:
    """Return the picture of a table."""
    height = _TOP + _ROW * (len(table.lines) + len({line.row for line in table.lines})) + 20
    lines = list(_place_lines(table))
    # Bands lie under the steps, bars above them.
    body = "\n".join([*_draw_bands(lines), *_draw_frame(table, height), *_draw_lines(lines)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="TrueOrigin beside its floors and rivals">\n'
        f"<style>{_STYLE}</style>\n{body}\n</svg>\n"
    )


def _draw_frame(table: Table, height: int) -> Iterator[str]:
    yield _text(_NAMES, 30, "TrueOrigin beside its floors and rivals", "head")
    said = f"medians of {table.rounds} rounds in turns, {table.machine.get('processor', '')}"
    yield _text(_NAMES, 50, f"{table.made_at[:10]}, {said}", "small")
    for step in range(-_WORSE, _BETTER + 1):
        x = _ASKED + step * _STEP
        kind = "step" if step else "asked"
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{_TOP - 4}" y2="{height - 16}"/>'
        label = "asked" if step == 0 else f"×{2**step:g}" if step > 0 else f"÷{2**-step:g}"
        yield _text(x, _TOP - 10, label, "small", "middle")
    yield _text(_RATIOS, _TOP - 10, "ratio", "small", "end")
    yield _text(_REACHES, _TOP - 10, "asked (wished)", "small")


def _place_lines(table: Table) -> Iterator[tuple[int, str | Line]]:
    """Yield the name of each row and its lines, each with the upper edge of its place."""
    y, row = _TOP, ""
    for line in table.lines:
        if line.row != row:
            row = line.row
            yield y, row
            y += _ROW
        yield y, line
        y += _ROW


def _draw_bands(lines: Sequence[tuple[int, str | Line]]) -> Iterator[str]:
    """Underlay every other line of a row."""
    is_banded = False
    for y, line in lines:
        if isinstance(line, Line) and is_banded:
            yield f'<rect class="band" x="8" y="{y}" width="{WIDTH - 16}" height="{_ROW}" rx="4"/>'
        is_banded = isinstance(line, Line) and not is_banded


def _draw_lines(lines: Sequence[tuple[int, str | Line]]) -> Iterator[str]:
    for y, line in lines:
        if isinstance(line, str):
            yield _text(_NAMES, y + 17, line, "row")
        else:
            yield from _draw_line(line, y)


def _draw_line(line: Line, y: int) -> Iterator[str]:
    beside = f" · {line.rival}" if line.rival else ""
    yield _text(_NAMES + 12, y + 16, line.title + beside)
    ours, _, ratio, asked, _ = describe(line)
    reached = _measure_reach(line)
    if reached is not None:
        yield from _draw_bar(reached, y)
    yield _text(_RATIOS, y + 16, ratio or ours, "figure", "end")
    if asked:
        yield _text(_REACHES, y + 16, asked, "small")


def _draw_bar(reached: float, y: int) -> Iterator[str]:
    kind = "met" if reached >= 0 else "unmet"
    end = _ASKED + max(-_WORSE, min(_BETTER, reached)) * _STEP
    left, width = min(_ASKED, end), max(2.0, abs(end - _ASKED))
    size = f'x="{left:.1f}" y="{y + 6}" width="{width:.1f}" height="12"'
    yield f'<rect class="{kind}" {size} rx="2"/>'
    if reached > _BETTER:
        yield f'<path class="{kind}" d="M{end:.1f} {y + 4}l9 8l-9 8z"/>'


def _measure_reach(line: Line) -> float | None:
    """Return how many times over a line doubles what was asked; negative where it falls short."""
    value = line.ratio if line.theirs else line.figure
    if line.refusal or line.reach is None or value is None or value <= 0:
        return None
    if line.reach.at_least is not None:
        return math.log2(value / line.reach.at_least)
    return None if line.reach.at_most is None else math.log2(line.reach.at_most / value)


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    said = f' class="{kind}"' if kind else ""
    return f'<text{said} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'
