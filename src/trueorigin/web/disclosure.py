# SPDX-License-Identifier: Apache-2.0
"""Put what everybody may know of a unit's life into words: steps, findings and a small map.

What that is was decided in `domain/disclosure.py`; nothing is left out or added here but the day
of production, which the batch says already.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from trueorigin.domain.catalog import Batch
from trueorigin.domain.chainfacts import Found
from trueorigin.domain.disclosure import Disclosure, Step
from trueorigin.domain.inspections import InspectionResult
from trueorigin.domain.tenancy import Organisation
from trueorigin.web.answers import FindingRow, HistoryPart, MapPart, StepRow
from trueorigin.web.basemap import BaseMap, frame_view
from trueorigin.web.i18n import Translator
from trueorigin.web.wording import word

MAP_FOLDER: Final = "/map/"

_SEALS: Final = frozenset({InspectionResult.SEALED, InspectionResult.UNSEALED})
_AGAINST: Final = frozenset(
    {
        InspectionResult.DOES_NOT_CONFORM,
        InspectionResult.SEALED,
        InspectionResult.SUSPECTED_COUNTERFEIT,
    }
)
# Degrees: so much of the world that a coast is in sight, since there are no borders.
_SPAN_MIN: Final = 64.0
# Of the width of the map: to be seen on a phone, and no more exact than a cell.
_DOT_SHARE: Final = 1 / 70


def word_history(
    life: Disclosure,
    batch: Batch,
    organisation: Organisation,
    language: Translator,
    base_map: BaseMap | None,
) -> HistoryPart:
    """Word a life on the calendar of whoever issued the code."""
    zone = organisation.time_zone
    steps = [_word_step(step, language, zone) for step in life.steps]
    if batch.produced_on is not None:
        place = batch.origin.place
        made = StepRow(
            when=language.day(batch.produced_on),
            what=language.text("step-made"),
            where=None if place is None else place.pick(language.language),
            organisation=None,
        )
        steps.insert(0, made)
    return HistoryPart(
        findings=tuple(_word_findings(life.findings, language, zone)),
        steps=tuple(steps),
        map=_build_map(life, base_map),
    )


def _word_step(step: Step, language: Translator, zone: str) -> StepRow:
    return StepRow(
        when=_word_day(step.at, language, zone),
        what=language.text(f"step-{step.kind.value}"),
        where=None if step.stop is None else step.stop.name,
        organisation=None if step.stop is None else step.stop.organisation,
    )


def _word_day(at: datetime, language: Translator, zone: str) -> str:
    return language.day(at.astimezone(ZoneInfo(zone)).date())


def _word_findings(
    findings: Sequence[Found], language: Translator, zone: str
) -> Iterator[FindingRow]:
    """Yield findings, latest first; what a later one of its sort has replaced warns nobody."""
    seen: set[bool] = set()
    for found in reversed(findings):
        is_seal = found.result in _SEALS
        yield FindingRow(
            result=language.text(f"finding-{found.result.value.replace('_', '-')}"),
            is_warning=found.result in _AGAINST and is_seal not in seen,
            when=_word_day(found.at, language, zone),
            authority=found.authority,
            document=found.document,
            notes=None if found.notes is None else word(found.notes, language),
        )
        if found.result is not InspectionResult.SAMPLED:
            seen.add(is_seal)


def _build_map(life: Disclosure, base_map: BaseMap | None) -> MapPart | None:
    """Lay out the public places, each in the middle of its cell, in the order of the steps."""
    places = [step.stop.place for step in life.steps if step.stop and step.stop.place]
    if not places:
        return None
    points = [(round(place.longitude, 1), round(-place.latitude, 1)) for place in places]
    left, width, top, height = frame_view(
        [x for x, _ in points], [y for _, y in points], span_min=_SPAN_MIN
    )
    view = f"{left:.2f},{top:.2f},{width:.2f},{height:.2f}"
    drawing = None
    if base_map is not None:
        drawing = f"{MAP_FOLDER}{base_map.version}.svg#svgView(viewBox({view}))"
    return MapPart(
        href=drawing,
        view=view.replace(",", " "),
        radius=round(width * _DOT_SHARE, 2),
        line=" ".join(f"{x},{y}" for x, y in points),
        dots=tuple(dict.fromkeys(points)),
    )
