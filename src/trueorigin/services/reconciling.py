# SPDX-License-Identifier: Apache-2.0
"""Reconcile a run: issued, downloaded, released, packed, shipped, sold, read, and what is amiss.

At the price of its downloads, releases and events, never of its units.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from trueorigin.domain.catalog import Run
from trueorigin.domain.events import Outline, Part, Touch
from trueorigin.domain.lifecycle import Stage, StageFact
from trueorigin.domain.packing import Span, join_spans
from trueorigin.domain.positions import Ground
from trueorigin.domain.ranges import StageRange, UnitRange, list_standing
from trueorigin.domain.reconciling import COUNTED, Gap, LevelFacts, find_gaps, list_repeated
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import RangeFact, RangeKind
from trueorigin.services import tracing
from trueorigin.storage import catalog, reconciling as stored, units
from trueorigin.storage.database import Tx

# Downloads, and releases with withdrawals, of one run that are looked through: as many as the
# overview of readings folds.
PARTS_MAX: Final = 20_000
# Units of a level that were read, one by one; some 50 ms. Beyond it there are at least so many.
READ_MAX: Final = 100_000

_STAGES: Final = {RangeKind.RELEASE: Stage.RELEASED, RangeKind.WITHDRAW: Stage.WITHDRAWN}


@record
class LevelReport:
    """One level of a run, and what does not fit on it."""

    facts: LevelFacts
    gaps: tuple[Gap, ...]


@record
class Reconciliation:
    """A run as it stands at `at`.

    `readings` are of all levels together. `is_cut`: there was more than is looked through, and
    the figures are lower bounds.
    """

    run: Run
    at: datetime
    levels: tuple[LevelReport, ...]
    readings: int
    is_cut: bool


def reconcile_run(tx: Tx, scope: TenantScope, run_id: int, *, at: datetime) -> Reconciliation:
    """Return what became of all units of one of the caller's runs."""
    run = catalog.get_run(tx, scope, run_id)
    wholes = [Span(run.id, level, 0, run.quantity_at(level)) for level in run.levels]
    taken = stored.list_downloads(tx, scope, run_id, limit=PARTS_MAX)
    facts = stored.list_facts(tx, scope, run_id, limit=PARTS_MAX)
    read = stored.list_read_units(tx, scope, run_id, run.levels, limit=READ_MAX)
    recalled = list(_list_recalled(tx, run, wholes, facts, at))
    touches, outlines = tracing.find_touched(tx, wholes, at=at)
    ground = Ground.of(touches, outlines)
    # The last event of a kind that a unit was part of says whether it ever was part of one.
    grounds = {kind: ground.keep_kind(kind) for kind in COUNTED}
    packed = list(_list_packed(touches, outlines))
    reports = []
    for whole in wholes:
        found = _gather(whole, taken, facts, at)
        level_facts = LevelFacts(
            **found,
            whole=whole,
            recalled=_keep_level(whole, recalled),
            packed=_keep_level(whole, packed),
            happened={kind: _list_happened(grounds[kind], whole) for kind in COUNTED},
            read=join_spans(
                Span(run.id, whole.level, index, index + 1) for index in read[whole.level]
            ),
        )
        reports.append(LevelReport(facts=level_facts, gaps=tuple(find_gaps(level_facts))))
    return Reconciliation(
        run=run,
        at=at,
        levels=tuple(reports),
        readings=stored.sum_readings(tx, scope, run_id),
        is_cut=max(len(taken), len(facts)) >= PARTS_MAX
        or any(len(held) >= READ_MAX for held in read.values()),
    )


def _gather(
    whole: Span,
    taken: Sequence[tuple[Span, bool]],
    facts: Sequence[RangeFact],
    at: datetime,
) -> dict[str, tuple[Span, ...]]:
    """Return what downloads, releases and withdrawals make of one level."""
    mine = [(span, counts) for span, counts in taken if span.level == whole.level]
    stages = [
        StageRange(
            start=fact.start,
            stop=fact.stop,
            fact=StageFact(
                effective_at=fact.effective_at, fact_id=fact.id, stage=_STAGES[fact.kind]
            ),
        )
        for fact in facts
        if fact.level == whole.level and fact.kind in _STAGES
    ]
    wanted = UnitRange(level=whole.level, start=whole.start, stop=whole.stop)

    def standing(stage: Stage) -> tuple[Span, ...]:
        found = list_standing(wanted, stages, stage=stage, at=at)
        return join_spans(whole._replace(start=start, stop=stop) for start, stop in found)

    return {
        "downloaded": join_spans(span for span, _ in mine),
        "overprinted": list_repeated(span for span, counts in mine if counts),
        "released": standing(Stage.RELEASED),
        "withdrawn": standing(Stage.WITHDRAWN),
        "ever_released": join_spans(
            whole._replace(start=each.start, stop=each.stop)
            for each in stages
            if each.fact.stage is Stage.RELEASED and each.fact.effective_at <= at
        ),
    }


def _list_recalled(
    tx: Tx, run: Run, wholes: Sequence[Span], facts: Sequence[RangeFact], at: datetime
) -> Iterator[Span]:
    """Yield what recalls in force hold: ranges, or the whole run with its batch. Two queries."""
    orders = units.find_recalls(
        tx, [fact.recall_id for fact in facts if fact.recall_id is not None]
    )
    for fact in facts:
        order = None if fact.recall_id is None else orders.get(fact.recall_id)
        if order is not None and order.is_in_force(at):
            yield Span(run.id, fact.level, fact.start, fact.stop)
    if any(each.is_in_force(at) for each in units.list_batch_recalls(tx, [run.batch_id])):
        yield from wholes


def _list_happened(ground: Ground, whole: Span) -> tuple[Span, ...]:
    return join_spans(span for span, last in ground.list_last(whole) if last is not None)


def _list_packed(touches: Iterable[Touch], outlines: Mapping[UUID, Outline]) -> Iterator[Span]:
    for touch in touches:
        is_packing = touch.part is Part.PACKED and touch.container is not None
        if is_packing and not outlines[touch.moment.id].is_declared:
            yield touch.span


def _keep_level(whole: Span, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return what of `spans` is of one level of the run."""
    shared = (span.share(whole) for span in spans)
    return join_spans(span for span in shared if span is not None)
