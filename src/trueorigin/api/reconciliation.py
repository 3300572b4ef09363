# SPDX-License-Identifier: Apache-2.0
"""Reconciliation of a run at the JSON surface: what was issued, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from trueorigin.api.calls import CallHere
from trueorigin.api.eventforms import UnitsAnswer, show_units
from trueorigin.api.forms import Answer, RunId
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.reconciling import Gap, GapCode, count_units
from trueorigin.services.reconciling import LevelReport, reconcile_run
from trueorigin.web.i18n import Translator
from trueorigin.web.requests import pick_translator

# Ranges shown of each gap.
RANGES_MAX: Final = 100


class GapAnswer(Answer):
    """Units for which something does not fit, in words; `ranges` are the first of theirs."""

    code: GapCode
    text: str
    count: int
    ranges: list[UnitsAnswer]
    has_more: bool


class LevelAnswer(Answer):
    """How many units of one level; each counts once for each thing that ever happened to it.

    `released`, `withdrawn` and `recalled` are as it stands. What happened to a container happened
    to what was inside. `read` are units of which a phone of the public was counted.
    """

    level: int
    issued: int
    downloaded: int
    overprinted: int
    released: int
    withdrawn: int
    recalled: int
    packed: int
    shipped: int
    received: int
    sold: int
    returned: int
    destroyed: int
    read: int
    gaps: list[GapAnswer]


class ReconciliationAnswer(Answer):
    """A run as it stands at `at`; `readings` of all levels. `is_cut`: figures are lower bounds."""

    run: int
    at: datetime
    readings: int
    is_cut: bool
    levels: list[LevelAnswer]


def get_reconciliation(call: CallHere, run_id: RunId) -> ReconciliationAnswer:
    """Return what became of all units of a run, from issued to sold and read, and the gaps."""
    act = call.open_act()
    language = pick_translator(call.request.headers)
    with call.context.database.read() as tx:
        found = reconcile_run(tx, act.scope, run_id, at=act.at)
    return ReconciliationAnswer(
        run=run_id,
        at=found.at,
        readings=found.readings,
        is_cut=found.is_cut,
        levels=[_show_level(report, language) for report in found.levels],
    )


def _show_level(report: LevelReport, language: Translator) -> LevelAnswer:
    facts, happened = report.facts, report.facts.happened
    return LevelAnswer(
        level=facts.whole.level,
        issued=facts.whole.size,
        downloaded=count_units(facts.downloaded),
        overprinted=count_units(facts.overprinted),
        released=count_units(facts.released),
        withdrawn=count_units(facts.withdrawn),
        recalled=count_units(facts.recalled),
        packed=count_units(facts.packed),
        shipped=count_units(happened[EventKind.SHIPPING]),
        received=count_units(happened[EventKind.RECEIVING]),
        sold=count_units(happened[EventKind.SELLING]),
        returned=count_units(happened[EventKind.RETURNING]),
        destroyed=count_units(happened[EventKind.DESTROYING]),
        read=count_units(facts.read),
        gaps=[_show_gap(gap, language) for gap in report.gaps],
    )


def _show_gap(gap: Gap, language: Translator) -> GapAnswer:
    shown: Sequence[Span] = gap.spans[:RANGES_MAX]
    return GapAnswer(
        code=gap.code,
        text=language.text(f"gap-{gap.code.value.replace('_', '-')}"),
        count=gap.count,
        ranges=show_units(shown),
        has_more=len(gap.spans) > RANGES_MAX,
    )
