# SPDX-License-Identifier: Apache-2.0
"""What pages about readings share: whose and when, by the address, and how it is said."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.pages import HEADERS
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.days import count_days, date_of, name_day, parse_day
from trueorigin.domain.errors import InvalidError, NotFoundError
from trueorigin.domain.risk import parse_place
from trueorigin.domain.scans import Channel
from trueorigin.domain.units import split_unit_key
from trueorigin.domain.verdict import SUSPICIOUS, Verdict
from trueorigin.services import catalog, issuing
from trueorigin.services.insight import Filter, Period, Subject
from trueorigin.storage.database import Tx
from trueorigin.storage.scans import ScanRow
from trueorigin.web import places
from trueorigin.web.assets import pack
from trueorigin.web.i18n import Translator

UNITS_PATH: Final = "/console/units"
FIGURES_PATH: Final = "/console/figures"
READINGS_PATH: Final = "/console/readings"
INVENTED_PATH: Final = "/console/invented"
MAP_PATH: Final = "/console/base-map.svg"
# Periods offered, in days, the last one of each being today.
DAYS_OFFERED: Final = (7, 30, 90, 365)
DAYS_DEFAULT: Final = 30
# Before anything was read, and long after: an address without a period means always.
_FIRST_DAY: Final = 0
_SUSPICIOUS: Final = "suspicious"
# Asks for the readings by which a phone was counted.
COUNTED: Final = "yes"
_NUMBER_LENGTH_MAX: Final = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """One step of the way here."""

    href: str = field(metadata={"help": "Where it leads."})
    label: str = field(metadata={"help": "What it is called."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLine:
    """One line of the ledger, in words."""

    at: str = field(metadata={"help": "When, on the organisation's clocks."})
    verdict: str = field(metadata={"help": "Name of the verdict, as in the API."})
    channel: str = field(metadata={"help": "How it arrived."})
    place: str | None = field(metadata={"help": "Roughly where; None: unknown."})
    phone: str | None = field(metadata={"help": "Short name of the phone, for this unit only."})
    is_counted: bool = field(metadata={"help": "Whether it counted a new phone."})
    readings: int = field(metadata={"help": "How many readings it stands for."})
    unit: str = field(metadata={"help": "Run, level and index, as written."})
    href: str = field(metadata={"help": "Page of its unit."})


def read_subject(request: ConsoleRequest) -> Subject:
    """Return whose readings the address asks for; an id that is none is an unknown page."""
    return Subject(
        product_id=read_uuid(request, "product"),
        batch_id=read_uuid(request, "batch"),
        run_id=read_number(request, "run"),
    )


def read_uuid(request: ConsoleRequest, name: str) -> UUID | None:
    """Return an id of the address; anything else under its name is an unknown page."""
    text = request.query.get(name)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFoundError("path_unknown", path=request.path) from error


def read_number(request: ConsoleRequest, name: str) -> int | None:
    """Return a whole number of the address, below 2^63; anything else is an unknown page."""
    text = request.query.get(name)
    if not text:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) <= _NUMBER_LENGTH_MAX
    if not is_number or int(text) >= 2**63:
        raise NotFoundError("path_unknown", path=request.path)
    return int(text)


def read_days(request: ConsoleRequest) -> int:
    """Return how many days are asked for, of those that are offered; the usual without a wish."""
    return int(request.choice("days", map(str, DAYS_OFFERED), str(DAYS_DEFAULT)))


def read_filter(request: ConsoleRequest) -> Filter:
    """Return which readings the address asks for; refuse what names none."""
    zone = request.organisation.time_zone
    today = name_day(request.act.at, zone)
    start, last = _read_day(request, "from"), _read_day(request, "to")
    wish = request.choice("verdict", (_SUSPICIOUS, *Verdict))
    verdicts: tuple[Verdict, ...] = ()
    if wish:
        verdicts = tuple(sorted(SUSPICIOUS)) if wish == _SUSPICIOUS else (Verdict(wish),)
    place = request.query.get("place")
    if place:
        found = parse_place(place)
        if found is None:
            raise NotFoundError("path_unknown", path=request.path)
        place = str(found)
    return Filter(
        subject=read_subject(request),
        period=Period(
            start=_FIRST_DAY if start is None else start,
            stop=(today if last is None else last) + 1,
            time_zone=zone,
        ),
        verdicts=verdicts,
        place=place,
        is_counted=request.choice("counted", (COUNTED,)) == COUNTED,
    )


def _read_day(request: ConsoleRequest, name: str) -> int | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        at = parse_day(text)
    except ValueError:
        raise InvalidError("date_malformed", field=name) from None
    return count_days(at)


def link(path: str, subject: Subject, **more: str | int | None) -> str:
    """Return an address under `path` with the subject and what else is not None."""
    given = {
        "product": subject.product_id,
        "batch": subject.batch_id,
        "run": subject.run_id,
        **more,
    }
    query = urlencode({name: str(value) for name, value in given.items() if value is not None})
    return f"{path}?{query}" if query else path


def link_period(path: str, subject: Subject, period: Period, **more: str | int | None) -> str:
    """Return such an address with the first and the last day of a period."""
    first, last = date_of(period.start), date_of(period.stop - 1)
    ends = {"from": first.isoformat(), "to": last.isoformat()}
    return link(path, subject, **ends, **more)


def build_crumbs(request: ConsoleRequest, tx: Tx, subject: Subject) -> tuple[Crumb, ...]:
    """Return the way from all figures down to the subject, whose name comes last."""
    scope, text = request.act.scope, request.translator.text
    crumbs = [Crumb(href=FIGURES_PATH, label=text("console-nav-figures"))]
    product_id, batch_id = subject.product_id, subject.batch_id
    if subject.run_id is not None:
        batch_id = issuing.get_run(tx, scope, subject.run_id).batch_id
    lot = None
    if batch_id is not None:
        batch = catalog.get_batch(tx, scope, batch_id)
        product_id, lot = batch.product_id, batch.lot
    if product_id is not None:
        product = catalog.get_product(tx, scope, product_id)
        label = product.name.pick(request.translator.language)
        crumbs.append(Crumb(href=link(FIGURES_PATH, Subject(product_id=product_id)), label=label))
    if batch_id is not None and lot is not None:
        label = text("console-batch-title", lot=lot)
        crumbs.append(Crumb(href=link(FIGURES_PATH, Subject(batch_id=batch_id)), label=label))
    if subject.run_id is not None:
        label = text("console-run-title", number=str(subject.run_id))
        href = link(FIGURES_PATH, Subject(run_id=subject.run_id))
        crumbs.append(Crumb(href=href, label=label))
    return tuple(crumbs)


def word_place(text: str | None, language: Translator) -> str | None:
    """Write a stored place as the city it is near, where one is listed, and its cell; or None."""
    place = None if not text else parse_place(text)
    if place is None:
        return None
    city, degrees = places.find_city(place, language), places.word_degrees(place, language)
    return degrees if city is None else language.text("console-place", city=city, cell=degrees)


def word_reading(request: ConsoleRequest, row: ScanRow) -> ReadingLine:
    """Put one line of the ledger into words."""
    language = request.translator
    run_id, level, index = split_unit_key(row.unit_key)
    return ReadingLine(
        at=request.instant(row.at),
        verdict=row.verdict.value,
        channel=language.text(f"console-channel-{Channel(row.channel).name.lower()}"),
        place=word_place(row.place, language),
        phone=None if row.device is None else name_phone(row.device),
        is_counted=row.is_counted,
        readings=row.readings,
        unit=f"{run_id} · {language.text(f'level-{level}')} · {language.number(index)}",
        href=f"{UNITS_PATH}?unit={row.unit_key}",
    )


def name_phone(device: int) -> str:
    """Return 16 bits of a pseudonym: enough to tell the phones of one unit apart by eye."""
    return f"{device & 0xFFFF:04X}"


def find_map_href(request: ConsoleRequest) -> str | None:
    """Return the address of the drawing under maps, None where there is none."""
    base = request.context.base_map
    return None if base is None else f"{MAP_PATH}?v={base.version}"


def show_base_map(request: ConsoleRequest) -> Response:
    """Hand out the drawing; it runs nothing, whatever is in it."""
    base = request.context.base_map
    if base is None:
        raise NotFoundError("path_unknown", path=request.path)
    headers = {
        **HEADERS,
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "cache-control": "private, max-age=31536000, immutable",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
        return Response(pack(base.body), media_type="image/svg+xml", headers=headers)
    return Response(base.body, media_type="image/svg+xml", headers=headers)
