# SPDX-License-Identifier: Apache-2.0
"""One unit at the JSON surface: its whole life, what is inside it, and where that is now."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import orjson
from fastapi import Path, Query, Response

from trueorigin.api.batches import OriginForm
from trueorigin.api.calls import JSON, Call, CallHere
from trueorigin.api.eventforms import (
    EPCIS,
    EventAnswer,
    EventQuery,
    OrganisationPart,
    UnitPlaceAnswer,
    UnitsAnswer,
    show_units,
)
from trueorigin.api.forms import Answer, LocalTextForm
from trueorigin.api.positions import PositionsAnswer, show_positions
from trueorigin.domain.anomalies import Anomaly, AnomalyCode
from trueorigin.domain.catalog import Batch, Run
from trueorigin.domain.containment import ALWAYS, FOREVER
from trueorigin.domain.contents import Group, GroupContents, Load
from trueorigin.domain.digitallink import CODE_LENGTH_MAX, PrintedCode, parse_code
from trueorigin.domain.epcis import build_list
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.events import Moment, Part
from trueorigin.domain.history import Entry, Place
from trueorigin.domain.lifecycle import Stage
from trueorigin.domain.publicfiles import build_file_path
from trueorigin.domain.scans import Channel, ScanUnit
from trueorigin.domain.tenancy import Act
from trueorigin.domain.units import RangeKind, Recall
from trueorigin.domain.verdict import Verdict
from trueorigin.services import dossiers, looks, tracing
from trueorigin.services.contents import find_contents
from trueorigin.services.dossiers import Dossier, Readings
from trueorigin.services.naming import Names, find_epcis_names
from trueorigin.services.visibility import Viewer, find_viewer
from trueorigin.storage.scans import ScanRow
from trueorigin.web.i18n import Translator
from trueorigin.web.requests import pick_translator

# A printed URL, encoded, or anything a person can type.
Code = Annotated[str, Path(max_length=CODE_LENGTH_MAX, examples=["7K3Q-TYVY-J54W-1J81-SXW3-A"])]

# Ranges of one list: a group packed unit by unit from all over a run has as many.
SPANS_MAX: Final = 1000
_PARTS: Final = {part: part.name.lower() for part in Part}


class UnitAnswer(Answer):
    """Which unit the code names, and whose it is."""

    run: int
    level: int
    index: int
    number: str
    organisation: OrganisationPart | None

    @classmethod
    def of(cls, unit: ScanUnit) -> "UnitAnswer":
        """Show a unit."""
        return cls(
            run=unit.run.id,
            level=unit.level,
            index=unit.index,
            number=unit.number,
            organisation=OrganisationPart.of(unit.organisation),
        )


class ProductPart(Answer):
    """What the unit is, or holds."""

    id: UUID
    gtin: str | None
    internal_number: str | None
    name: LocalTextForm
    specification: str | None


class PaperPart(Answer):
    """A paper of the batch; `path` is its public address once the unit is released."""

    file_id: UUID
    name: str
    media_type: str
    path: str | None


class BatchPart(Answer):
    """The lot, with what went into it: place, line, raw materials and papers."""

    id: UUID
    lot: str
    produced_on: date | None
    expires_on: date | None
    origin: OriginForm
    papers: list[PaperPart]


class RunPart(Answer):
    """The order of codes the unit belongs to."""

    id: int
    quantity: int
    packing: list[int]
    created_at: datetime


class StagePart(Answer):
    """Planned, released or withdrawn, and since when; recalls stand beside it."""

    stage: Stage
    since: datetime | None


class StageFactPart(Answer):
    """Something that happened to a range which holds the unit."""

    kind: RangeKind
    effective_at: datetime


class RecallPart(Answer):
    """A recall in force that holds the unit."""

    id: UUID
    reason: LocalTextForm
    instruction: LocalTextForm | None
    effective_at: datetime


class AnomalyPart(Answer):
    """Something that cannot be, in the reader's language; nobody is accused by it."""

    code: AnomalyCode
    text: str


class EntryAnswer(Answer):
    """One line of a life: an event, the unit's part in it, and through which containers.

    `path` leads outwards from the unit to the container the event was about; it is empty for an
    event of the unit itself.
    """

    part: str
    path: list[UnitPlaceAnswer]
    event: EventAnswer
    anomalies: list[AnomalyPart]


class PlaceAnswer(Answer):
    """The unit was inside the last of `path` from `since` until, not including, `until`."""

    path: list[UnitPlaceAnswer]
    since: datetime | None
    until: datetime | None


class ReadingPart(Answer):
    """One line of the ledger; `readings` above 1 means that later ones were only counted."""

    id: UUID
    at: datetime
    channel: str
    verdict: Verdict
    counted: bool
    readings: int
    place: str | None

    @classmethod
    def of(cls, row: ScanRow) -> "ReadingPart":
        """Show a line."""
        return cls(
            id=row.id,
            at=row.at,
            channel=Channel(row.channel).name.lower(),
            verdict=row.verdict,
            counted=row.is_counted,
            readings=row.readings,
            place=row.place,
        )


class ReadingsPart(Answer):
    """The newest readings of the unit, and how many phones were counted on the whole."""

    devices: int
    first_at: datetime | None
    first_place: str | None
    items: list[ReadingPart]
    has_more: bool

    @classmethod
    def of(cls, readings: Readings) -> "ReadingsPart":
        """Show what the ledger says."""
        devices = readings.devices
        return cls(
            devices=0 if devices is None else devices.devices,
            first_at=None if devices is None else devices.first_at,
            first_place=None if devices is None else devices.first_place,
            items=[ReadingPart.of(row) for row in readings.lines],
            has_more=readings.has_more,
        )


class HistoryAnswer(Answer):
    """The life of a unit as far as the caller may see it, in the order of events.

    `is_cut` says that there was more than can be shown; then the beginning is missing. `readings`
    is null for those whom the ledger is none of their business.
    """

    unit: UnitAnswer
    product: ProductPart
    batch: BatchPart
    run: RunPart
    state: StagePart
    stages: list[StageFactPart]
    recalls: list[RecallPart]
    events: list[EntryAnswer]
    places: list[PlaceAnswer]
    is_cut: bool
    readings: ReadingsPart | None


def get_history(call: CallHere, code: Code, query: Annotated[EventQuery, Query()]) -> Response:
    """Return the whole life of a unit: goods, origin, packing, movements, findings, readings.

    `code` is a readable code, an encoded printed address, or a bare serial of one's own. With
    `format=epcis` its events alone, as one `EPCISDocument` (`application/ld+json`).
    """
    printed = _read_code(call, code)
    context, act = call.context, call.open_act()
    with context.database.read() as tx:
        found = dossiers.find_dossier(tx, context.catalogue, context.vault, act, printed)
    if found.life.may_look_inside and not found.life.is_own:
        # An authority's look is on record with both sides before a word of it is told.
        with context.database.write() as tx:
            looks.record_look(tx, act, found.life)
    if query.format == "epcis":
        return _show_epcis(call, found, act.at)
    language = pick_translator(call.request.headers)
    answer = _show_dossier(found, context.vault.file_key, language)
    return Response(answer.model_dump_json(by_alias=True), media_type=JSON)


def _show_epcis(call: Call, found: Dossier, at: datetime) -> Response:
    context = call.context
    events = [entry.event for entry in found.life.told.history.entries]
    with context.database.read() as tx:
        names = find_epcis_names(tx, events, context.public_url)
    return Response(orjson.dumps(build_list(events, names, at=at)), media_type=EPCIS)


def _read_code(call: Call, code: str) -> PrintedCode:
    return parse_code(code, hosts=call.context.hosts)


def _show_dossier(found: Dossier, file_key: bytes, language: Translator) -> HistoryAnswer:
    unit, life = found.life.unit, found.life.told
    product, run, lifecycle = life.product, life.run, unit.state.lifecycle
    return HistoryAnswer(
        unit=UnitAnswer(
            run=run.id,
            level=unit.level,
            index=unit.index,
            number=unit.number,
            organisation=OrganisationPart.of(found.life.owner),
        ),
        product=ProductPart(
            id=product.id,
            gtin=product.gtin,
            internal_number=product.internal_number,
            name=LocalTextForm.of(product.name),
            specification=product.specification,
        ),
        batch=_show_batch(found, life.batch, file_key),
        run=_show_run(run),
        state=StagePart(stage=lifecycle.stage, since=lifecycle.since),
        stages=[
            StageFactPart(kind=fact.kind, effective_at=fact.effective_at)
            for fact in sorted(life.facts, key=lambda each: (each.effective_at, each.id))
        ],
        recalls=[_show_recall(recall) for recall in unit.recalls],
        events=_show_entries(life.history.entries, life.anomalies, found.names, language),
        places=[_show_place(place, found.names) for place in life.history.places],
        is_cut=life.history.is_cut,
        readings=None if found.readings is None else ReadingsPart.of(found.readings),
    )


def _show_batch(found: Dossier, batch: Batch, file_key: bytes) -> BatchPart:
    is_released = found.life.unit.state.is_released
    return BatchPart(
        id=batch.id,
        lot=batch.lot,
        produced_on=batch.produced_on,
        expires_on=batch.expires_on,
        origin=OriginForm.of(batch.origin),
        papers=[
            PaperPart(
                file_id=paper.id,
                name=paper.name,
                media_type=paper.media_type,
                path=build_file_path(file_key, paper.id) if is_released else None,
            )
            for paper in found.papers
        ],
    )


def _show_run(run: Run) -> RunPart:
    return RunPart(
        id=run.id, quantity=run.quantity, packing=list(run.packing), created_at=run.created_at
    )


def _show_recall(recall: Recall) -> RecallPart:
    return RecallPart(
        id=recall.id,
        reason=LocalTextForm.of(recall.reason),
        instruction=LocalTextForm.of_optional(recall.instruction),
        effective_at=recall.effective_at,
    )


def _show_entries(
    entries: tuple[Entry, ...],
    anomalies: tuple[Anomaly, ...],
    names: Names,
    language: Translator,
) -> list[EntryAnswer]:
    wrong: dict[Moment, list[AnomalyPart]] = {}
    for each in anomalies:
        text = language.text(f"anomaly-{each.code.value.replace('_', '-')}")
        wrong.setdefault(each.moment, []).append(AnomalyPart(code=each.code, text=text))
    return [
        EntryAnswer(
            part=_PARTS[entry.part],
            path=[UnitPlaceAnswer.of(key, names) for key in entry.path],
            event=EventAnswer.of(entry.event, names),
            anomalies=wrong.get(entry.event.moment, []),
        )
        for entry in entries
    ]


def _show_place(place: Place, names: Names) -> PlaceAnswer:
    return PlaceAnswer(
        path=[UnitPlaceAnswer.of(key, names) for key in place.path],
        since=None if place.start == ALWAYS else place.start.at,
        until=None if place.stop == FOREVER else place.stop.at,
    )


class InsideAnswer(Answer):
    """Units that are directly inside; `numbers` are theirs as far as they are listed."""

    count: int
    units: list[UnitsAnswer]
    numbers: list[str]


class ClaimAnswer(Answer):
    """What the printed code says is inside (`n=`), held against what is.

    A claim never changes what is on record. `numbers` is empty where the code says only first and
    count; `agrees` is then about these two.
    """

    count: int
    numbers: list[str]
    agrees: bool
    missing: list[str]
    extra: list[str]


class ContentsAnswer(Answer):
    """What is inside a group now, what was planned, and what its code claims.

    `now` is null when nothing was ever packed into it. `missing` was planned and is not inside,
    `extra` is inside and was not planned. `claim` is null where the code says nothing readable.
    """

    unit: UnitAnswer
    at: datetime
    planned: InsideAnswer
    now: InsideAnswer | None
    missing: list[UnitsAnswer]
    extra: list[UnitsAnswer]
    claim: ClaimAnswer | None


def get_contents(call: CallHere, code: Code) -> ContentsAnswer:
    """Return what is inside a group now, compared with the plan and with what its code claims.

    Of an item as well, if anything was ever packed into it.
    """
    printed = _read_code(call, code)
    context, act = call.context, call.open_act()
    with context.database.read() as tx:
        unit = dossiers.find_unit(tx, context.catalogue, context.vault, act, printed)
        viewer = find_viewer(tx, act.actor)
        dossiers.require_insight(tx, act, viewer, unit)
        group = Group(run=unit.run, level=unit.level, index=unit.index)
        found = find_contents(
            tx, context.catalogue, context.vault, group, claim=printed.contents, at=act.at
        )
    if unit.level == 0 and found.now is None:
        raise NotFoundError("unit_no_group", field="code")
    _record_look(call, act, viewer, unit)
    return _show_contents(unit, found, act.at)


def _record_look(call: Call, act: Act, viewer: Viewer, unit: ScanUnit) -> None:
    """Take an authority's look at others' goods down before a word of it is told."""
    if not viewer.is_authority:
        return
    place = (unit.run.id, unit.level, unit.index)
    with call.context.database.write() as tx:
        looks.record_unit_look(tx, act, unit.unit_key, unit.number, place, unit.organisation)


def _show_contents(unit: ScanUnit, found: GroupContents, at: datetime) -> ContentsAnswer:
    claim = found.claim
    return ContentsAnswer(
        unit=UnitAnswer.of(unit),
        at=at,
        planned=_show_inside(found.planned),
        now=None if found.now is None else _show_inside(found.now),
        missing=show_units(found.gone.spans[:SPANS_MAX]),
        extra=show_units(found.added.spans[:SPANS_MAX]),
        claim=None
        if claim is None
        else ClaimAnswer(
            count=claim.count,
            numbers=list(claim.numbers) if claim.is_listed else [],
            agrees=claim.agrees,
            missing=list(claim.missing),
            extra=list(claim.extra),
        ),
    )


def _show_inside(load: Load) -> InsideAnswer:
    return InsideAnswer(
        count=load.count,
        units=show_units(load.spans[:SPANS_MAX]),
        numbers=list(load.numbers),
    )


def get_unit_positions(call: CallHere, code: Code) -> PositionsAnswer:
    """Return where everything is now that the last load of a group brought, down to its items."""
    printed = _read_code(call, code)
    context, act = call.context, call.open_act()
    with context.database.read() as tx:
        unit = dossiers.find_unit(tx, context.catalogue, context.vault, act, printed)
        viewer = find_viewer(tx, act.actor)
        dossiers.require_overview(tx, act, viewer, unit)
        found = tracing.find_group_positions(tx, unit.unit_key, at=act.at)
        found = dossiers.keep_goods_of(tx, unit.organisation.id, found)
        shown = show_positions(tx, found, at=act.at)
    _record_look(call, act, viewer, unit)
    return shown
