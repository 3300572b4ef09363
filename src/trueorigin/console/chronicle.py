# SPDX-License-Identifier: Apache-2.0
"""How events of the supply chain are said: in lists, on their own pages, in the life of a unit."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import Final
from uuid import UUID

from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.events import Effect, Event, EventKind
from trueorigin.domain.inspections import DETAIL, Finding, find_finding
from trueorigin.domain.packing import Span
from trueorigin.domain.sites import Site
from trueorigin.domain.stock import EXPECTED, find_expected
from trueorigin.domain.territories import TERRITORY
from trueorigin.domain.units import split_unit_key
from trueorigin.services.naming import Names, find_names
from trueorigin.storage import territories
from trueorigin.storage.database import Tx
from trueorigin.web.i18n import Translator

EVENTS_PATH: Final = "/console/events"
UNITS_PATH: Final = "/console/units"
# Entries of an event's details with words of their own, in the order they are shown.
ROAD: Final = ("carrier", "vehicle", EXPECTED, "document", "quality", "notes")
# Details of a client's own making that are shown beside them.
_OTHERS_MAX: Final = 12
_BAD: Final = frozenset({EventKind.DESTROYING})
_ICONS: Final[Mapping[EventKind, str]] = {
    EventKind.COMMISSIONING: "enterprise",
    EventKind.PACKING: "product",
    EventKind.UNPACKING: "export",
    EventKind.SHIPPING: "next",
    EventKind.RECEIVING: "download",
    EventKind.STORING: "home",
    EventKind.SELLING: "done",
    EventKind.RETURNING: "back",
    EventKind.DESTROYING: "alert",
    EventKind.INSPECTING: "search",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One pair of words about an event."""

    label: str = field(metadata={"help": "What it is."})
    text: str = field(metadata={"help": "What was told; it may have several lines."})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event in words."""

    href: str = field(metadata={"help": "Its page."})
    kind: str = field(metadata={"help": "Its kind, as in the API."})
    icon: str = field(metadata={"help": "Name of a drawing."})
    title: str = field(metadata={"help": "What was done."})
    at: str = field(metadata={"help": "When, on the reader's organisation's clocks."})
    who: str = field(metadata={"help": "Who recorded it."})
    where: str | None = field(metadata={"help": "The site, if one was named."})
    partner: str | None = field(metadata={"help": "The other organisation, if one was named."})
    units: str = field(metadata={"help": "Which units, in words."})
    facts: tuple[Fact, ...] = field(metadata={"help": "What else was told."})
    tone: str = field(metadata={"help": "`bad` where goods are condemned, else empty."})
    declared: str | None = field(metadata={"help": "Why it is in error; None: it counts."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Names of everything that some events mention."""

    names: Names
    regions: Mapping[UUID, str]


def gather(
    request: ConsoleRequest, tx: Tx, events: Collection[Event], keys: Iterable[int] = ()
) -> Vocabulary:
    """Look up what some events mention; a handful of queries, however many events."""
    context = request.context
    wanted = {each for event in events if (each := find_region(event)) is not None}
    singles = {span.key for event in events for span in event.about[:1] if event.about[0].size == 1}
    found = territories.find_territories(tx, wanted)
    language = request.translator.language
    return Vocabulary(
        names=find_names(tx, context.catalogue, context.vault, events, {*keys, *singles}),
        regions={key: each.name.pick(language) for key, each in found.items()},
    )


def find_region(event: Event) -> UUID | None:
    """Return the sales region a shipment was meant for."""
    told = (event.details or {}).get(TERRITORY)
    try:
        return UUID(told) if isinstance(told, str) else None
    except ValueError:
        return None


def word_event(request: ConsoleRequest, event: Event, words: Vocabulary) -> EventLine:
    """Put one event into words."""
    text, names = request.translator.text, words.names
    organisation, site = names.organisation(event.organisation_id), names.site(event.site_id)
    partner = names.organisation(event.partner_id)
    declaration = event.declaration
    declared = None
    if declaration is not None:
        declared = text(
            "console-event-declared",
            at=request.instant(declaration.declared_at),
            reason=declaration.reason or text("console-event-no-reason"),
        )
    finding = read_finding(event)
    is_bad = event.kind in _BAD or (finding is not None and finding.result.value in CONDEMNING)
    return EventLine(
        href=f"{EVENTS_PATH}/{event.id}",
        kind=event.kind.value,
        icon=_ICONS[event.kind],
        title=word_title(request, event, words),
        at=request.instant(event.at),
        who="" if organisation is None else organisation.name,
        where=None if site is None else word_site(site),
        partner=None if partner is None else partner.name,
        units=word_units(request, event, words),
        facts=tuple(_list_facts(request, event, words)),
        tone="bad" if is_bad and declaration is None else "",
        declared=declared,
    )


# Results after which goods may not be sold.
CONDEMNING: Final = frozenset({"does_not_conform", "suspected_counterfeit", "sealed"})


def word_title(request: ConsoleRequest, event: Event, words: Vocabulary) -> str:
    """Say what was done, with the container where there is one."""
    text = request.translator.text
    finding = read_finding(event)
    if finding is not None:
        return text(f"console-finding-{finding.result.value.replace('_', '-')}")
    if event.effect is Effect.PLANNED:
        return text("event-title-planned")
    if event.effect is Effect.EMPTIED:
        return text("event-title-emptied")
    if event.container is not None:
        message = "event-title-into" if event.effect is Effect.INTO else "event-title-out-of"
        return text(message, container=word_unit(request, event.container, words.names))
    return text(f"event-kind-{event.kind.value}")


def word_unit(request: ConsoleRequest, key: int, names: Names) -> str:
    """Name a unit by its level and its public number."""
    run_id, level, index = split_unit_key(key)
    number = names.numbers.get(key)
    if number is None:
        return word_span(request, Span(run_id, level, index, index + 1))
    return request.translator.text(f"unit-of-level-{level}", number=number)


def word_span(request: ConsoleRequest, span: Span) -> str:
    """Name a range of units as people count: level, run, first and last, how many."""
    return request.translator.text(
        f"units-of-level-{span.level}",
        count=span.size,
        run=str(span.run_id),
        first=span.start,
        last=span.stop - 1,
    )


def word_units(request: ConsoleRequest, event: Event, words: Vocabulary) -> str:
    """Say whom an event is about, in one line."""
    spans = event.about
    if event.plan is not None:
        plan = event.plan
        return request.translator.text(
            "event-units-planned",
            children=request.translator.text(f"count-of-level-{plan.level}", count=plan.count),
            containers=word_span(request, plan.containers),
        )
    if len(spans) == 1 and spans[0].size == 1:
        return word_unit(request, spans[0].key, words.names)
    if len(spans) == 1:
        return word_span(request, spans[0])
    count = sum(span.size for span in spans)
    return request.translator.text("event-units-many", count=count, parts=len(spans))


def word_site(site: Site) -> str:
    """Name a site with its region."""
    return site.name if site.region is None else f"{site.name} · {site.region}"


def read_finding(event: Event) -> Finding | None:
    """Return the finding of an event, None for others and for what cannot be read any more."""
    try:
        return find_finding(event)
    except InvalidError:
        return None


def _list_facts(request: ConsoleRequest, event: Event, words: Vocabulary) -> Iterable[Fact]:
    text = request.translator.text
    details = event.details or {}
    region = find_region(event)
    if region is not None:
        known = words.regions.get(region)
        yield Fact(label=text("console-event-territory"), text=known or str(region))
    finding = read_finding(event)
    if finding is not None:
        yield from _word_finding(request, finding)
    for name in ROAD:
        value = details.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            yield Fact(
                label=text(f"console-detail-{name}"), text=_word_detail(request, event, name, value)
            )
    others = [name for name in details if name not in {*ROAD, TERRITORY, DETAIL}]
    for name in others[:_OTHERS_MAX]:
        if isinstance(details[name], str | int | float):
            yield Fact(label=name, text=str(details[name]))


def _word_detail(request: ConsoleRequest, event: Event, name: str, value: str | float) -> str:
    if name == EXPECTED:
        at = find_expected(event)
        return str(value) if at is None else request.instant(at)
    if name == "quality" and value in {"passed", "failed"}:
        return request.translator.text(f"console-quality-{value}")
    return str(value)


def _word_finding(request: ConsoleRequest, finding: Finding) -> Iterable[Fact]:
    text = request.translator.text
    if finding.authority is not None:
        yield Fact(label=text("console-finding-authority"), text=finding.authority)
    if finding.document is not None:
        yield Fact(label=text("console-finding-document"), text=finding.document)
    if finding.notes is not None:
        notes = finding.notes.pick(request.translator.language)
        yield Fact(label=text("console-finding-notes"), text=notes)


def word_wall_clock(event: Event, language: Translator) -> str:
    """Write an event's time as the clock on the wall there showed it, and how far from UTC."""
    zone = timezone(timedelta(minutes=event.offset_minutes))
    local = event.at.astimezone(zone)
    words = language.text("instant", day=language.day(local.date()), time=language.clock(local))
    return f"{words} (UTC{local.isoformat()[-6:]})"
