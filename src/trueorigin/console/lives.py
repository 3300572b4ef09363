# SPDX-License-Identifier: Apache-2.0
"""The page of one unit: its whole life as one timeline, where it is, and what is inside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from trueorigin.console.charts import Map, build_map
from trueorigin.console.chronicle import (
    UNITS_PATH,
    EventLine,
    Vocabulary,
    gather,
    word_event,
    word_unit,
)
from trueorigin.console.insight import (
    ReadingLine,
    find_map_href,
    read_number,
    word_place,
    word_reading,
)
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import Batch
from trueorigin.domain.containment import FOREVER
from trueorigin.domain.contents import Group
from trueorigin.domain.events import EventKind
from trueorigin.domain.history import Entry
from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.verdict import SUSPICIOUS
from trueorigin.services.contents import find_contents
from trueorigin.services.insight import Sums, list_unit_readings
from trueorigin.services.lives import Life
from trueorigin.storage.database import Tx
from trueorigin.storage.scans import LIST_MAX, ScanRow

TEMPLATE: Final = "console/unit.html"
_PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallLine:
    """A recall in force that holds the unit."""

    reason: str = field(metadata={"help": "Why, in the reader's language."})
    since: str = field(metadata={"help": "From when on."})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPart:
    """The unit that was found."""

    number: str = field(metadata={"help": "Its public number."})
    level: int = field(metadata={"help": "0 for an item."})
    index: int = field(metadata={"help": "Place in the run, from 0."})
    run_id: int = field(metadata={"help": "Its run."})
    lot: str = field(metadata={"help": "Lot of its batch."})
    batch_id: str = field(metadata={"help": "Its batch."})
    product: str = field(metadata={"help": "Name of its product."})
    product_id: str = field(metadata={"help": "Its product."})
    owner: str | None = field(metadata={"help": "Whose it is; None: the reader's."})
    stage: str = field(metadata={"help": "planned, released or withdrawn."})
    since: str | None = field(metadata={"help": "Since when it is in that stage."})
    recalls: tuple[RecallLine, ...] = field(metadata={"help": "In force, the oldest first."})
    phones: int = field(metadata={"help": "Phones counted."})
    first: str | None = field(metadata={"help": "When the first phone was counted."})
    first_place: str | None = field(metadata={"help": "Roughly where."})
    last: str | None = field(metadata={"help": "When the last phone was counted."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A container the unit was in, and for how long."""

    title: str = field(metadata={"help": "The container."})
    href: str = field(metadata={"help": "Its page."})
    start: str = field(metadata={"help": "From when."})
    stop: str | None = field(metadata={"help": "Until when; None: it still is."})
    depth: int = field(metadata={"help": "1 for its own container, 2 for the one around it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLine:
    """A unit that is in a group, should be, or is printed on it."""

    number: str = field(metadata={"help": "Its public number."})
    href: str | None = field(metadata={"help": "Its page; None: only printed."})
    is_planned: bool = field(metadata={"help": "Whether the plan puts it here."})
    is_inside: bool = field(metadata={"help": "Whether it is here now."})
    is_printed: bool | None = field(metadata={"help": "Whether the label names it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsPart:
    """What is in a group, beside plan and label."""

    planned: int = field(metadata={"help": "How many units were planned."})
    inside: int = field(metadata={"help": "How many are inside now."})
    printed: int | None = field(metadata={"help": "How many the label says; None: no label."})
    agrees: bool = field(metadata={"help": "Whether the label says what is inside."})
    is_packed: bool = field(metadata={"help": "Whether anything was ever packed into it."})
    is_cut: bool = field(metadata={"help": "Whether there are more units than are listed."})
    children: tuple[ChildLine, ...] = field(metadata={"help": "One by one."})


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeLine:
    """One line of the timeline: an event, a reading, or a step of the catalogue."""

    at: str = field(metadata={"help": "When, in words."})
    event: EventLine | None = field(default=None, metadata={"help": "What was recorded."})
    via: str | None = field(default=None, metadata={"help": "The container it was done to."})
    flags: tuple[str, ...] = field(default=(), metadata={"help": "What cannot be, in words."})
    reading: ReadingLine | None = field(default=None, metadata={"help": "Who read it."})
    step: str | None = field(default=None, metadata={"help": "What the catalogue says."})


@dataclass(frozen=True, slots=True, kw_only=True)
class LifePage:
    """A unit's life."""

    key: int = field(metadata={"help": "Its key."})
    unit: UnitPart = field(metadata={"help": "Which unit."})
    batch: Batch = field(metadata={"help": "Where it comes from."})
    now: EventLine | None = field(metadata={"help": "What put it where it is."})
    stays: tuple[Stay, ...] = field(metadata={"help": "Containers, the newest first."})
    contents: ContentsPart | None = field(metadata={"help": "Of a group that may be looked into."})
    lines: tuple[LifeLine, ...] = field(metadata={"help": "Newest first."})
    flags: int = field(metadata={"help": "How much of its life cannot be."})
    is_cut: bool = field(metadata={"help": "Whether its beginning is left out."})
    is_unread: bool = field(metadata={"help": "Whether nobody has read it so far."})
    with_materials: bool = field(metadata={"help": "Whether raw materials may be shown."})
    map: Map | None = field(metadata={"help": "Where it was, and was read."})
    places: tuple[tuple[str, int], ...] = field(
        metadata={"help": "The same in words: place and how often."}
    )
    next: str | None = field(metadata={"help": "Address of what was before."})
    first: str | None = field(metadata={"help": "Address of the newest."})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Readings:
    """The readings of one page, and which events lie between them."""

    shown: Sequence[ScanRow]
    placed: Sequence[ScanRow]
    has_more: bool
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Tell whether what happened at `at` belongs on this page."""
        if self.until is not None and at >= self.until:
            return False
        return not self.has_more or at >= self.shown[-1].at


def build_page(request: ConsoleRequest, tx: Tx, life: Life, claim: str | None) -> LifePage:
    """Put a life into words; `claim` is what a group's label says is inside."""
    readings = _read_readings(request, tx, life)
    history = life.told.history
    entries = [each for each in history.entries if readings.holds(each.event.at)]
    keys = {key for place in history.places for key in place.path}
    words = gather(request, tx, [each.event for each in history.entries], keys)
    lines = [
        *_list_steps(request, life, readings),
        *_list_events(request, life, entries, words),
        *((row.at, LifeLine(at=request.instant(row.at), reading=word_reading(request, row)))
          for row in readings.shown),
    ]  # fmt: skip
    places = _sum_places(readings.placed, life, words)
    rows, last = readings.shown, life.last
    return LifePage(
        key=life.key,
        unit=_word_unit(request, life),
        batch=life.told.batch,
        now=None if last is None else word_event(request, last, words),
        stays=_list_stays(request, life, words),
        contents=_build_contents(request, tx, life, claim),
        lines=tuple(line for _, line in sorted(lines, key=lambda pair: pair[0], reverse=True)),
        flags=len(life.told.anomalies),
        is_cut=history.is_cut,
        is_unread=life.is_own and not rows and not request.query.get("before"),
        # Who supplies whom is no partner's business.
        with_materials=life.may_look_inside,
        map=build_map(places, find_map_href(request)),
        places=tuple(
            (word_place(place, request.translator) or "", each.readings)
            for place, each in sorted(places.items(), key=lambda pair: -pair[1].readings)
        ),
        next=request.here(before=str(rows[-1].id), until=str(to_microseconds(rows[-1].at)))
        if readings.has_more
        else None,
        first=request.here(before=None, until=None) if request.query.get("before") else None,
    )


def _read_readings(request: ConsoleRequest, tx: Tx, life: Life) -> _Readings:
    """Read the readings of this page; consumers' readings are the owner's to see."""
    before, until = request.cursor("before"), read_number(request, "until")
    rows: Sequence[ScanRow] = ()
    if life.is_own:
        rows = list_unit_readings(tx, life.unit, before=before, limit=_PAGE + 1)
    placed = rows[:_PAGE]
    if before is None and len(rows) > _PAGE:
        placed = list_unit_readings(tx, life.unit, limit=LIST_MAX)
    is_later_page = before is not None and until is not None and until < _UNTIL_LIMIT
    return _Readings(
        shown=rows[:_PAGE],
        placed=placed,
        has_more=len(rows) > _PAGE,
        until=from_microseconds(until) if is_later_page and until is not None else None,
    )


# The year 9999, in microseconds.
_UNTIL_LIMIT: Final = 253_370_764_800_000_000


def _list_steps(
    request: ConsoleRequest, life: Life, readings: _Readings
) -> Iterator[tuple[datetime, LifeLine]]:
    """Yield what the catalogue knows: when its code was issued, and its stage now."""
    text = request.translator.text
    steps = [(life.told.run.created_at, text("life-issued"))]
    lifecycle = life.unit.state.lifecycle
    if lifecycle.since is not None:
        steps.append((lifecycle.since, text(f"life-{lifecycle.stage.value}")))
    for at, step in steps:
        if readings.holds(at):
            yield at, LifeLine(at=request.instant(at), step=step)


def _list_events(
    request: ConsoleRequest, life: Life, entries: Sequence[Entry], words: Vocabulary
) -> Iterator[tuple[datetime, LifeLine]]:
    text = request.translator.text
    flags: dict[object, list[str]] = {}
    for anomaly in life.told.anomalies:
        sentence = text(f"anomaly-{anomaly.code.value.replace('_', '-')}")
        flags.setdefault(anomaly.moment, []).append(sentence)
    for entry in entries:
        event = entry.event
        yield (
            event.at,
            LifeLine(
                at=request.instant(event.at),
                event=word_event(request, event, words),
                via=word_unit(request, entry.path[-1], words.names) if entry.path else None,
                flags=tuple(flags.get(event.moment, ())),
            ),
        )


def _list_stays(request: ConsoleRequest, life: Life, words: Vocabulary) -> tuple[Stay, ...]:
    return tuple(
        Stay(
            title=word_unit(request, place.path[-1], words.names),
            href=f"{UNITS_PATH}?unit={place.path[-1]}",
            start=request.instant(place.start.at),
            stop=None if place.stop == FOREVER else request.instant(place.stop.at),
            depth=len(place.path),
        )
        for place in sorted(
            life.told.history.places, key=lambda each: (each.start, -len(each.path)), reverse=True
        )
    )


def _build_contents(
    request: ConsoleRequest, tx: Tx, life: Life, claim: str | None
) -> ContentsPart | None:
    """Look into a group of one's own; an authority may look into any."""
    context, act = request.context, request.act
    if not life.may_look_inside:
        return None
    unit = life.unit
    group = Group(run=life.told.run, level=unit.level, index=unit.index)
    found = find_contents(tx, context.catalogue, context.vault, group, claim=claim, at=act.at)
    if unit.level == 0 and found.now is None:
        return None
    members = found.list_members()
    return ContentsPart(
        planned=found.planned.count,
        inside=0 if found.now is None else found.now.count,
        printed=None if found.claim is None else found.claim.count,
        agrees=found.claim is None or found.claim.agrees,
        is_packed=found.now is not None,
        is_cut=found.planned.count + found.added.count
        > sum(each.key is not None for each in members),
        children=tuple(
            ChildLine(
                number=each.number,
                href=None if each.key is None else f"{UNITS_PATH}?unit={each.key}",
                is_planned=each.is_planned,
                is_inside=each.is_inside,
                is_printed=each.is_printed,
            )
            for each in members
        ),
    )


def _sum_places(rows: Sequence[ScanRow], life: Life, words: Vocabulary) -> Mapping[str, Sums]:
    """Count by place: readings, and events at sites whose position is known."""
    sums: dict[str, Sums] = {}
    found = [
        ((row.place or "").removesuffix("*"), row.readings, row.verdict in SUSPICIOUS)
        for row in rows
    ]
    for entry in life.told.history.entries:
        site = words.names.site(entry.event.site_id)
        if site is not None and site.place is not None and entry.event.declaration is None:
            found.append((str(site.place), 1, entry.event.kind is EventKind.DESTROYING))
    for place, count, is_bad in found:
        if place:
            old = sums.get(place, Sums())
            sums[place] = Sums(
                readings=old.readings + count,
                suspicious=old.suspicious + (count if is_bad else 0),
            )
    return sums


def _word_unit(request: ConsoleRequest, life: Life) -> UnitPart:
    unit, language = life.unit, request.translator
    entry, lifecycle = unit.entry, unit.state.lifecycle
    devices = unit.devices if life.is_own else None
    return UnitPart(
        number=unit.number,
        level=unit.level,
        index=unit.index,
        run_id=entry.run.id,
        lot=entry.batch.lot,
        batch_id=str(entry.batch.id),
        product=entry.product.name.pick(language.language),
        product_id=str(entry.product.id),
        owner=None if life.is_own else life.owner.name,
        stage=lifecycle.stage.value,
        since=None if lifecycle.since is None else request.instant(lifecycle.since),
        recalls=tuple(
            RecallLine(
                reason=each.reason.pick(language.language),
                since=request.instant(each.effective_at),
            )
            for each in unit.recalls
        ),
        phones=0 if devices is None else devices.devices,
        first=None if devices is None else request.instant(devices.first_at),
        first_place=None if devices is None else word_place(devices.first_place, language),
        last=None if devices is None else request.instant(devices.last_at),
    )
