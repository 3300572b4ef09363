# SPDX-License-Identifier: Apache-2.0
"""A run held against what became of it: one figure for each step, and what does not fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.chronicle import UNITS_PATH, word_span
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.packing import Span
from trueorigin.domain.reconciling import COUNTED, LevelFacts, count_units
from trueorigin.domain.tenancy import Permission
from trueorigin.services.reconciling import LevelReport, reconcile_run

_TEMPLATE: Final = "console/reconciliation.html"
# Ranges that are named for each figure.
_SPANS_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step in the life of a level's units, or one thing that does not fit."""

    label: str = field(metadata={"help": "Which step."})
    count: int = field(metadata={"help": "How many units."})
    spans: tuple[tuple[str, str], ...] = field(
        metadata={"help": "Page of the first unit, and the range in words."}
    )
    more: int = field(metadata={"help": "Ranges that are not named."})


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPart:
    """One level of the run."""

    title: str = field(metadata={"help": "What its units are."})
    issued: int = field(metadata={"help": "How many there are."})
    steps: tuple[StepLine, ...] = field(metadata={"help": "In the order of a life."})
    gaps: tuple[StepLine, ...] = field(metadata={"help": "What does not fit."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPage:
    """A run, reconciled."""

    run_id: int = field(metadata={"help": "Its number."})
    levels: tuple[LevelPart, ...] = field(metadata={"help": "Items first."})
    gaps: int = field(metadata={"help": "Things that do not fit, on all levels."})
    readings: int = field(metadata={"help": "Readings of all levels."})
    is_cut: bool = field(metadata={"help": "Whether figures are lower bounds."})
    may_look: bool = field(metadata={"help": "Whether the person may see readings."})


def show_page(request: ConsoleRequest) -> Response:
    """Show a run with what became of its units."""
    act = request.act
    with request.read() as tx:
        found = reconcile_run(tx, act.scope, request.run_id(), at=act.at)
    levels = tuple(_word_level(request, each) for each in found.levels)
    page = ReconciliationPage(
        run_id=found.run.id,
        levels=levels,
        gaps=sum(len(each.gaps) for each in levels),
        readings=found.readings,
        is_cut=found.is_cut,
        may_look=request.may(Permission.READING_READ),
    )
    return request.page(_TEMPLATE, page)


def _word_level(request: ConsoleRequest, report: LevelReport) -> LevelPart:
    text, facts = request.translator.text, report.facts
    return LevelPart(
        title=text(f"level-{facts.whole.level}"),
        issued=facts.whole.size,
        steps=tuple(
            _build_line(request, label, spans) for label, spans in _list_steps(request, facts)
        ),
        gaps=tuple(
            _build_line(request, text(f"gap-{gap.code.value.replace('_', '-')}"), gap.spans)
            for gap in report.gaps
        ),
    )


def _list_steps(
    request: ConsoleRequest, facts: LevelFacts
) -> Iterator[tuple[str, tuple[Span, ...]]]:
    text = request.translator.text
    yield text("step-downloaded"), facts.downloaded
    yield text("step-released"), facts.released
    yield text("step-packed"), facts.packed
    for kind in COUNTED:
        yield text(f"event-kind-{kind.value}"), facts.happened[kind]
    yield text("step-read"), facts.read
    yield text("step-withdrawn"), facts.withdrawn
    yield text("step-recalled"), facts.recalled


def _build_line(request: ConsoleRequest, label: str, spans: Sequence[Span]) -> StepLine:
    return StepLine(
        label=label,
        count=count_units(spans),
        spans=tuple(
            (f"{UNITS_PATH}?unit={span.key}", word_span(request, span))
            for span in spans[:_SPANS_MAX]
        ),
        more=max(0, len(spans) - _SPANS_MAX),
    )
