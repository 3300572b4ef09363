# SPDX-License-Identifier: Apache-2.0
"""The first page: what to do next, the most useful thing first, and what the last week brought."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from trueorigin.console.chronicle import CONDEMNING, EVENTS_PATH
from trueorigin.console.devices import PATH as DEVICES_PATH
from trueorigin.console.enterprise import PATH as ENTERPRISE_PATH, list_missing
from trueorigin.console.findings import PATH as FINDINGS_PATH
from trueorigin.console.goods import PATH as GOODS_PATH, is_overdue
from trueorigin.console.insight import COUNTED, FIGURES_PATH, READINGS_PATH
from trueorigin.console.organisations import PATH as ORGANISATIONS_PATH
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.days import date_of
from trueorigin.domain.tenancy import Permission
from trueorigin.services import agenda, devices
from trueorigin.services.agenda import DAYS, STEPS_MAX, Agenda
from trueorigin.services.stock import find_stock
from trueorigin.storage import accounts, inspections, partners, sites


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing worth doing now."""

    title: str = field(metadata={"help": "What, in a few words."})
    text: str = field(metadata={"help": "Why, or on what."})
    href: str | None = field(metadata={"help": "Where it is done, if anywhere."})
    label: str = field(metadata={"help": "The words on the button."})
    tone: str = field(default="", metadata={"help": "`bad` where something is wrong."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of the last week."""

    label: str = field(metadata={"help": "What was counted."})
    value: int = field(metadata={"help": "How many."})
    href: str = field(metadata={"help": "Where its rows are."})


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The first page of the console."""

    tasks: tuple[Task, ...] = field(metadata={"help": "In the order of their importance."})
    figures: tuple[Figure, ...] = field(metadata={"help": "Empty for readers without right to."})
    days: int = field(metadata={"help": "How many days the figures cover."})
    insight: str = field(metadata={"help": "Page with the rows behind the figures."})


def show_home(request: ConsoleRequest) -> Response:
    """Show what to do next."""
    found = None
    if request.may(Permission.PRODUCT_READ):
        with request.read() as tx:
            found = agenda.build_agenda(
                tx, request.act.scope, request.act.at, request.organisation.time_zone
            )
    tasks = tuple(_list_tasks(request, found) if found else _list_handling(request))
    tasks = (*_list_findings(request), *_list_silent(request), *tasks)
    may_look = request.may(Permission.READING_READ)
    has_figures = found is not None and found.has_batch and may_look
    # Of batches and releases only those hear who have some.
    rest = "console-task-rest" if found is None else "console-task-none"
    page = HomePage(
        tasks=tasks or (_task(request, rest, FIGURES_PATH if may_look else None),),
        figures=_list_figures(request, found) if found and has_figures else (),
        days=DAYS,
        insight=f"{FIGURES_PATH}?days={DAYS}",
    )
    return request.page("console/home.html", page)


def _task(
    request: ConsoleRequest, message: str, href: str | None, *, tone: str = "", **params: str | int
) -> Task:
    """Word a task by a message with the attributes `text` and `button`."""
    text = request.translator.text
    return Task(
        title=text(message, **params),
        text=text(f"{message}.text", **params),
        href=href,
        label="" if href is None else text(f"{message}.button"),
        tone=tone,
    )


def _list_tasks(request: ConsoleRequest, found: Agenda) -> Iterator[Task]:
    """Yield what waits for this reader: what hurts consumers first, then each chain's next step."""
    language = request.translator.language
    if found.sums.suspicious and request.may(Permission.READING_READ):
        count = found.sums.suspicious
        href = f"{READINGS_PATH}?verdict=suspicious&from={date_of(found.period.start)}"
        yield _task(request, "console-task-suspicious", href, tone="bad", count=count)
    if not found.has_product:
        if request.may(Permission.PRODUCT_WRITE):
            yield _task(request, "console-task-product", "/console/products/new")
    elif not found.has_batch and request.may(Permission.BATCH_WRITE):
        yield _task(request, "console-task-batch", "/console/batches/new")
    for run in found.unreleased if request.may(Permission.RUN_RELEASE) else ():
        yield _task(
            request,
            "console-task-release",
            f"/console/runs/{run.run.id}",
            number=str(run.run.id),
            product=run.product.name.pick(language),
            lot=run.batch.lot,
        )
    for batch in found.without_codes if request.may(Permission.RUN_WRITE) else ():
        yield _task(
            request,
            "console-task-codes",
            f"/console/runs/new?batch={batch.batch.id}",
            product=batch.product.name.pick(language),
            lot=batch.batch.lot,
        )
    missing = list_missing(request, request.organisation)
    if missing and request.is_owner:
        href = f"{ENTERPRISE_PATH}/edit"
        yield _task(request, "console-task-enterprise", href, names=" · ".join(missing))


def _list_findings(request: ConsoleRequest) -> Iterator[Task]:
    """Yield the newest finding that condemns goods of the organisation, if it is fresh."""
    if not request.may(Permission.INSPECTION_READ) or request.may(Permission.INSPECTION_WRITE):
        return
    with request.read() as tx:
        found = inspections.list_inspections_of_goods(tx, request.act.scope, limit=1)
    for each in found:
        is_fresh = request.act.at - each.recorded_at < _FRESH
        if is_fresh and each.result.value in CONDEMNING:
            yield _task(
                request,
                "console-task-finding",
                f"{EVENTS_PATH}/{each.event_id}",
                tone="bad",
                at=request.instant(each.at),
            )


def _list_silent(request: ConsoleRequest) -> Iterator[Task]:
    """Yield the kiosks that went silent: nobody who stands before one can tell us."""
    if not request.may(Permission.DEVICE_READ):
        return
    with request.read() as tx:
        found = devices.list_silent(tx, request.act.scope, request.act.at, limit=STEPS_MAX)
    for each in found:
        seen_at = request.instant(each.last_seen_at) if each.last_seen_at else ""
        yield _task(
            request,
            "console-task-silent",
            DEVICES_PATH,
            tone="bad",
            name=each.label,
            at=seen_at,
        )


# So long a finding stands on the first page.
_FRESH: Final = timedelta(days=30)


# Whoever revoked so many has another one, or knows how it is done.
_PHONES_MAX: Final = 100


def _list_handling(request: ConsoleRequest) -> Iterator[Task]:
    """Yield what those do who make nothing: handle goods of others, or inspect them."""
    if request.may(Permission.ORGANISATION_VERIFY):
        yield _task(request, "console-task-organisations", ORGANISATIONS_PATH)
    if request.may(Permission.INSPECTION_WRITE):
        yield _task(request, "console-task-inspect", f"{FINDINGS_PATH}/new")
        yield _task(request, "console-task-look", "/console/units")
        return
    if request.may(Permission.EVENT_WRITE):
        with request.read() as tx:
            has_owner = bool(partners.find_owners(tx, request.act.scope))
            has_site = bool(sites.count_sites(tx, request.act.scope, limit=1))
            phones = devices.list_devices(tx, request.act.scope, after=None, limit=_PHONES_MAX)
            has_device = any(each.revoked_at is None for each in phones)
        yield from _list_goods(request)
        if not has_owner:
            prefix = request.organisation.prefix
            yield _task(request, "console-task-owner", "/console/partners", prefix=prefix)
        yield _task(request, "console-task-record", "/console/acts")
        if not has_device and request.is_owner:
            yield _task(request, "console-task-phones", DEVICES_PATH)
        yield _task(request, "console-task-look", "/console/units")
        if not has_site:
            yield _task(request, "console-task-site", "/console/sites/new")
    elif request.may(Permission.SITE_WRITE):
        yield _task(request, "console-task-site", "/console/sites")
        yield _task(request, "console-task-devices", "/console/devices")


def _list_goods(request: ConsoleRequest) -> Iterator[Task]:
    """Yield what waits to be received, what is late first; and what nobody has taken in."""
    act = request.act
    with request.read() as tx:
        stock = find_stock(tx, act.scope, at=act.at).stock
        late = [each for each in stock.arrivals if each.is_late(act.at)]
        coming = [each for each in stock.arrivals if not each.is_late(act.at)]
        # Whom to ask is known only where the shipment said it.
        named = [each for each in stock.shipments if each.event.partner_id is not None]
        unanswered = [each for each in named if is_overdue(request, each)]
        others = {each.event.organisation_id for each in stock.arrivals}
        others |= {each.event.partner_id for each in unanswered if each.event.partner_id}
        names = accounts.find_organisations(tx, others)
    for message, found, tone in (
        ("console-task-late", late, "bad"),
        ("console-task-arrivals", coming, ""),
        ("console-task-unanswered", unanswered, ""),
    ):
        if found:
            event = found[0].event
            is_own = event.organisation_id == act.scope
            other = event.partner_id if is_own else event.organisation_id
            assert other is not None, "filtered above"  # noqa: S101 - for the type checker
            name = names[other].name
            yield _task(request, message, GOODS_PATH, tone=tone, count=len(found), name=name)


def _list_figures(request: ConsoleRequest, found: Agenda) -> tuple[Figure, ...]:
    text, sums = request.translator.text, found.sums
    rows = f"{READINGS_PATH}?from={date_of(found.period.start)}"
    return (
        Figure(label=text("console-home-readings"), value=sums.readings, href=rows),
        Figure(
            label=text("console-home-devices"),
            value=sums.devices,
            href=f"{rows}&counted={COUNTED}",
        ),
        Figure(
            label=text("console-home-suspicious"),
            value=sums.suspicious,
            href=f"{rows}&verdict=suspicious",
        ),
    )
