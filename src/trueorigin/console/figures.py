# SPDX-License-Identifier: Apache-2.0
"""Figures of everything, a product, a batch or a run, and the rows behind each of them."""

from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.charts import HEIGHT, WIDTH, Bar, Map, build_bars, build_map
from trueorigin.console.insight import (
    COUNTED,
    DAYS_OFFERED,
    FIGURES_PATH,
    INVENTED_PATH,
    READINGS_PATH,
    Crumb,
    ReadingLine,
    build_crumbs,
    find_map_href,
    link,
    link_period,
    read_days,
    read_filter,
    read_number,
    read_subject,
    word_place,
    word_reading,
)
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.days import date_of, name_day
from trueorigin.domain.tenancy import Permission
from trueorigin.services import insight, issuing, search
from trueorigin.services.insight import Overview, Period, Position, Shares, Subject, Sums
from trueorigin.storage.database import Tx

_PAGE: Final = 50
_PARTS: Final = 50
_PLACES_SHOWN: Final = 20
# Beyond so many days a bar stands for a week.
_DAILY_MAX: Final = 90
_WEEK: Final = 7
_INVENTED_SHOWN: Final = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its rows."""

    label: str = field(metadata={"help": "What is counted."})
    value: int | None = field(metadata={"help": "The number; None where it is not counted."})
    href: str | None = field(metadata={"help": "Where its rows are."})
    tone: str = field(default="", metadata={"help": "`bad` where somebody should look."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table: a day, a place, a verdict or a part."""

    label: str = field(metadata={"help": "Of which."})
    href: str | None = field(metadata={"help": "Its page or its rows."})
    figures: tuple[Figure, ...] = field(metadata={"help": "In the order of the heads."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One period to choose."""

    label: str = field(metadata={"help": "In words."})
    href: str = field(metadata={"help": "This page for that period."})
    is_current: bool = field(metadata={"help": "Whether it is shown."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage:
    """The figures of one subject."""

    title: str = field(metadata={"help": "Whose."})
    crumbs: tuple[Crumb, ...] = field(metadata={"help": "The way here, without this page."})
    choices: tuple[Choice, ...] = field(metadata={"help": "Periods."})
    totals: tuple[Figure, ...] = field(metadata={"help": "The most important first."})
    bars: tuple[Bar, ...] = field(metadata={"help": "One a day, or one a week."})
    most: int = field(metadata={"help": "Readings of the tallest bar."})
    start: str = field(metadata={"help": "First day."})
    stop: str = field(metadata={"help": "Last day."})
    days: tuple[Line, ...] = field(metadata={"help": "Days or weeks with readings, newest first."})
    map: Map | None = field(metadata={"help": "Where it was read."})
    places: tuple[Line, ...] = field(metadata={"help": "The most read ones."})
    verdicts: tuple[Line, ...] = field(metadata={"help": "How the readings were answered."})
    parts_title: str | None = field(metadata={"help": "What the parts are; None: a run has none."})
    parts: tuple[Line, ...] = field(metadata={"help": "Newest first."})
    next: str | None = field(metadata={"help": "Address of older parts."})
    export: str | None = field(metadata={"help": "Address of the CSV; None: not for this reader."})
    zone: str = field(metadata={"help": "On whose clocks days end."})
    width: int = field(default=WIDTH, metadata={"help": "Of the drawing of bars."})
    height: int = field(default=HEIGHT, metadata={"help": "Of the drawing of bars."})


def show_page(request: ConsoleRequest) -> Response:
    """Show the figures of the organisation, or of `?product=`, `?batch=` or `?run=`."""
    subject, days = read_subject(request), read_days(request)
    zone = request.organisation.time_zone
    today = name_day(request.act.at, zone)
    period = Period(start=today + 1 - days, stop=today + 1, time_zone=zone)
    with request.read() as tx:
        overview = insight.get_overview(tx, request.act.scope, subject, period, at=request.act.at)
        crumbs = build_crumbs(request, tx, subject)
        parts, more = _list_parts(request, tx, subject, period)
    text = request.translator.text
    step = 1 if days <= _DAILY_MAX else _WEEK
    columns = _sum_columns(overview.by_day, period, step)
    kind = _kind_of_parts(subject)
    page = FiguresPage(
        title=crumbs[-1].label,
        crumbs=crumbs[:-1],
        choices=tuple(
            Choice(
                label=text("console-figures-days", count=each),
                href=request.here(days=str(each), before=None),
                is_current=each == days,
            )
            for each in DAYS_OFFERED
        ),
        totals=_build_totals(request, subject, period, overview),
        bars=build_bars([each for _, each in columns]),
        most=max((each.readings for _, each in columns), default=0),
        zone=zone,
        start=request.translator.day(date_of(period.start)),
        stop=request.translator.day(date_of(today)),
        days=_word_days(request, subject, columns),
        map=build_map(overview.by_place, find_map_href(request)),
        places=_word_places(request, subject, period, overview),
        verdicts=tuple(
            Line(
                label=verdict.value,
                href=None,
                figures=(
                    Figure(
                        label=text("console-figures-read"),
                        value=count,
                        href=link_period(READINGS_PATH, subject, period, verdict=verdict.value),
                    ),
                ),
            )
            for verdict, count in overview.by_verdict.items()
        ),
        parts_title=None if kind is None else text(kind),
        parts=parts,
        next=more,
        export=link_period("/console/figures.csv", subject, period)
        if request.may(Permission.READING_EXPORT)
        else None,
    )
    return request.page("console/figures.html", page)


def _kind_of_parts(subject: Subject) -> str | None:
    if subject.run_id is not None:
        return None
    if subject.batch_id is not None:
        return "console-batch-runs"
    return "console-nav-products" if subject.product_id is None else "console-nav-batches"


def _build_totals(
    request: ConsoleRequest, subject: Subject, period: Period, overview: Overview
) -> tuple[Figure, ...]:
    text, shares = request.translator.text, overview.shares
    rows = link_period(READINGS_PATH, subject, period)
    counted = link_period(READINGS_PATH, subject, period, counted=COUNTED)
    bad = link_period(READINGS_PATH, subject, period, verdict="suspicious")
    whole = "#parts" if subject.run_id is None else f"/console/runs/{subject.run_id}"
    sums = shares.sums
    figures = [
        Figure(label=text("console-figures-read"), value=sums.readings, href=rows),
        Figure(
            label=text("console-figures-suspicious"),
            value=sums.suspicious,
            href=bad,
            tone="bad" if sums.suspicious else "",
        ),
        Figure(label=text("console-figures-phones"), value=sums.devices, href=counted),
    ]
    if overview.invented is not None:
        figures.append(
            Figure(
                label=text("console-figures-invented"),
                value=overview.invented,
                href=link_period(INVENTED_PATH, subject, period),
                tone="bad" if overview.invented else "",
            )
        )
    figures += [
        Figure(label=text("console-figures-issued"), value=shares.issued, href=whole),
        Figure(label=text("console-figures-released"), value=shares.released, href=whole),
    ]
    return tuple(figures)


def _sum_columns(by_day: dict[int, Sums], period: Period, step: int) -> list[tuple[Period, Sums]]:
    """Return one column for each day, or each week counted back from today."""
    columns = []
    for stop in range(period.stop, period.start, -step):
        start = max(period.start, stop - step)
        found = [by_day[day] for day in range(start, stop) if day in by_day]
        sums = Sums(
            readings=sum(each.readings for each in found),
            devices=sum(each.devices for each in found),
            suspicious=sum(each.suspicious for each in found),
        )
        columns.append((replace(period, start=start, stop=stop), sums))
    return columns[::-1]


def _word_days(
    request: ConsoleRequest, subject: Subject, columns: list[tuple[Period, Sums]]
) -> tuple[Line, ...]:
    day = request.translator.day
    lines = []
    for each, sums in reversed(columns):
        if sums.readings:
            first, last = day(date_of(each.start)), day(date_of(each.stop - 1))
            label = first if first == last else f"{first} – {last}"
            figures = _word_sums(request, subject, each, sums)
            lines.append(Line(label=label, href=None, figures=figures))
    return tuple(lines)


def _word_sums(
    request: ConsoleRequest, subject: Subject, period: Period, sums: Sums, place: str | None = None
) -> tuple[Figure, ...]:
    text = request.translator.text
    rows = link_period(READINGS_PATH, subject, period, place=place)
    counted = link_period(READINGS_PATH, subject, period, place=place, counted=COUNTED)
    bad = link_period(READINGS_PATH, subject, period, place=place, verdict="suspicious")
    return (
        Figure(label=text("console-figures-read"), value=sums.readings, href=rows),
        Figure(label=text("console-figures-phones"), value=sums.devices, href=counted),
        Figure(label=text("console-figures-suspicious"), value=sums.suspicious, href=bad),
    )


def _word_places(
    request: ConsoleRequest, subject: Subject, period: Period, overview: Overview
) -> tuple[Line, ...]:
    unknown = request.translator.text("console-figures-nowhere")
    return tuple(
        Line(
            label=word_place(place, request.translator) or unknown,
            href=None,
            figures=_word_sums(request, subject, period, sums, place=place),
        )
        for place, sums in list(overview.by_place.items())[:_PLACES_SHOWN]
    )


def _list_parts(
    request: ConsoleRequest, tx: Tx, subject: Subject, period: Period
) -> tuple[tuple[Line, ...], str | None]:
    """Return one page of the products, batches or runs of a subject, newest first."""
    scope, language, before = request.act.scope, request.translator.language, "before"
    parts: list[tuple[UUID | int, str, Subject]]
    if subject.run_id is not None:
        return (), None
    if subject.batch_id is not None:
        after = read_number(request, before)
        runs = issuing.list_runs(
            tx, scope, batch_id=subject.batch_id, after=after, limit=_PARTS + 1
        )
        name = "console-run-title"
        parts = [
            (each.id, request.translator.text(name, number=str(each.id)), Subject(run_id=each.id))
            for each in runs
        ]
    elif subject.product_id is not None:
        batches = search.list_batches(
            tx,
            scope,
            product_id=subject.product_id,
            before=request.cursor(before),
            limit=_PARTS + 1,
        )
        parts = [
            (each.batch.id, each.batch.lot, Subject(batch_id=each.batch.id)) for each in batches
        ]
    else:
        products = search.list_products(tx, scope, before=request.cursor(before), limit=_PARTS + 1)
        parts = [
            (each.id, each.name.pick(language), Subject(product_id=each.id)) for each in products
        ]
    shown = parts[:_PARTS]
    ids = [key for key, _, _ in shown]
    shares = insight.sum_parts(tx, scope, subject, ids, period, at=request.act.at)
    lines = tuple(
        _word_part(request, label, (own, period), shares[key]) for key, label, own in shown
    )
    more = request.here(before=str(shown[-1][0])) if len(parts) > _PARTS else None
    return lines, more


def _word_part(
    request: ConsoleRequest, label: str, whose: tuple[Subject, Period], shares: Shares
) -> Line:
    subject, period = whose
    text = request.translator.text
    href = link(FIGURES_PATH, subject, days=request.query.get("days"))
    whole = f"/console/runs/{subject.run_id}" if subject.run_id is not None else f"{href}#parts"
    read, phones, bad = _word_sums(request, subject, period, shares.sums)
    return Line(
        label=label,
        href=href,
        figures=(
            Figure(label=text("console-figures-issued"), value=shares.issued, href=whole),
            Figure(label=text("console-figures-released"), value=shares.released, href=whole),
            read,
            phones,
            bad,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsPage:
    """The rows behind a figure."""

    title: str = field(metadata={"help": "Whose."})
    crumbs: tuple[Crumb, ...] = field(metadata={"help": "The way here."})
    conditions: tuple[str, ...] = field(metadata={"help": "What they are narrowed to, in words."})
    lines: tuple[ReadingLine, ...] = field(metadata={"help": "In order of units and time."})
    next: str | None = field(metadata={"help": "Where to go on; also behind an empty page."})
    first: str | None = field(metadata={"help": "Back to the beginning."})
    export: str | None = field(metadata={"help": "Address of the CSV; None: not for this reader."})


def show_readings(request: ConsoleRequest) -> Response:
    """List the readings that the address asks for."""
    wanted = read_filter(request)
    scan_id, unit_key = request.cursor("after"), read_number(request, "unit")
    after = None
    if scan_id is not None and unit_key is not None:
        after = Position(unit_key=unit_key, scan_id=scan_id)
    with request.read() as tx:
        found = insight.list_readings(tx, request.act.scope, wanted, after=after, limit=_PAGE)
        crumbs = build_crumbs(request, tx, wanted.subject)
    text, day = request.translator.text, request.translator.day
    first, last = wanted.period.start, max(wanted.period.start, wanted.period.stop - 1)
    days = "console-readings-days" if first else "console-readings-until"
    conditions = [text(days, first=day(date_of(first)), last=day(date_of(last)))]
    if wanted.verdicts:
        words = (text(f"verdict-{each.value.replace('_', '-')}") for each in wanted.verdicts)
        conditions.append(" · ".join(words))
    if wanted.place is not None:
        place = word_place(wanted.place, request.translator)
        conditions.append(place or text("console-figures-nowhere"))
    if wanted.is_counted:
        conditions.append(text("console-readings-counted"))
    more = found.next
    query = str(request.query)
    page = ReadingsPage(
        title=crumbs[-1].label,
        crumbs=crumbs,
        conditions=tuple(conditions),
        lines=tuple(word_reading(request, row) for row in found.rows),
        next=None
        if more is None
        else request.here(after=str(more.scan_id), unit=str(more.unit_key)),
        first=request.here(after=None, unit=None) if after else None,
        export=f"/console/readings.csv?{query}" if request.may(Permission.READING_EXPORT) else None,
    )
    return request.page("console/readings.html", page)


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedLine:
    """Invented codes of one day and number."""

    day: str = field(metadata={"help": "Day on the organisation's calendar."})
    number: str = field(metadata={"help": "GTIN or prefix that was on them."})
    readings: int = field(metadata={"help": "How often."})
    networks: int = field(metadata={"help": "From how many networks."})


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedPage:
    """Readings of codes that nobody issued."""

    crumbs: tuple[Crumb, ...] = field(metadata={"help": "The way here."})
    lines: tuple[InventedLine, ...] = field(metadata={"help": "Newest first."})
    is_cut: bool = field(metadata={"help": "Whether there are more than are shown."})


def show_invented(request: ConsoleRequest) -> Response:
    """List invented codes that carried a number of ours."""
    wanted = read_filter(request)
    subject, limit = wanted.subject, _INVENTED_SHOWN
    with request.read() as tx:
        found = insight.list_invented(
            tx, request.act.scope, subject, wanted.period, limit=limit + 1
        )
        crumbs = build_crumbs(request, tx, subject)
    page = InventedPage(
        crumbs=crumbs,
        lines=tuple(
            InventedLine(
                day=request.translator.day(date_of(each.day)),
                number=each.number,
                readings=each.readings,
                networks=each.networks,
            )
            for each in found[:limit]
        ),
        is_cut=len(found) > limit,
    )
    return request.page("console/invented.html", page)
