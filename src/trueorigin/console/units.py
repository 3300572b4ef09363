# SPDX-License-Identifier: Apache-2.0
"""One unit: found by its code, however that was got hold of, with every reading of it.

Looking here is no reading. What is forged, unknown or another organisation's is answered alike.
"""

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from trueorigin.adapters.barcodes import read_photo
from trueorigin.console.charts import Map, build_map
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.insight import (
    UNITS_PATH,
    ReadingLine,
    find_map_href,
    read_number,
    word_place,
    word_reading,
)
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.digitallink import CODE_LENGTH_MAX, parse_code
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError
from trueorigin.domain.verdict import SUSPICIOUS
from trueorigin.services import insight
from trueorigin.services.insight import Sums, Unit
from trueorigin.services.search import clean_text
from trueorigin.storage.scans import LIST_MAX, ScanRow
from trueorigin.web.errors import status_of
from trueorigin.web.pages import ScanPart, build_scan
from trueorigin.web.requests import PHOTO_BODY_MAX

_TEMPLATE: Final = "console/units.html"
_PAGE: Final = 50
# Decoding takes a core for a moment; consumers' photographs go first.
_PHOTOS: Final = BoundedSemaphore(1)
_PHOTO_WAIT_S: Final = 2
_CODES_SHOWN_MAX: Final = 20


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
    batch_href: str = field(metadata={"help": "Page of its batch."})
    product: str = field(metadata={"help": "Name of its product."})
    product_href: str = field(metadata={"help": "Page of its product."})
    stage: str = field(metadata={"help": "planned, released or withdrawn."})
    since: str | None = field(metadata={"help": "Since when it is in that stage."})
    recalls: tuple[RecallLine, ...] = field(metadata={"help": "In force, the oldest first."})
    phones: int = field(metadata={"help": "Phones counted."})
    first: str | None = field(metadata={"help": "When the first phone was counted."})
    first_place: str | None = field(metadata={"help": "Roughly where."})
    last: str | None = field(metadata={"help": "When the last phone was counted."})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsPage:
    """The box for a code, and what it led to."""

    text: str = field(metadata={"help": "What is in the box."})
    errors: FormErrors = field(default=NO_ERRORS, metadata={"help": "What was wrong with it."})
    choices: tuple[tuple[str, str], ...] = field(
        default=(), metadata={"help": "Address and text of each code on a photograph."}
    )
    unit: UnitPart | None = field(default=None, metadata={"help": "None until one is found."})
    lines: tuple[ReadingLine, ...] = field(default=(), metadata={"help": "Newest first."})
    map: Map | None = field(default=None, metadata={"help": "Where it was read."})
    places: tuple[tuple[str, int], ...] = field(
        default=(), metadata={"help": "The same in words: place and readings."}
    )
    next: str | None = field(default=None, metadata={"help": "Address of older readings."})
    first: str | None = field(default=None, metadata={"help": "Address of the newest ones."})
    length_max: int = field(default=CODE_LENGTH_MAX, metadata={"help": "Characters."})
    scan: ScanPart | None = field(default=None, metadata={"help": "The camera; None: no scripts."})


def show_page(request: ConsoleRequest) -> Response:
    """Show the box, or the unit of `?code=` or `?unit=` with its readings."""
    text = clean_text(request.query.get("code", ""))
    key = read_number(request, "unit")
    if not text and key is None:
        return _show_box(request, UnitsPage(text=""))
    try:
        return _show_unit(request, text, key)
    except (InvalidError, NotFoundError) as error:
        if not text:
            raise
        errors = FormErrors(by_field={"code": _word_refusal(request, error)})
        page = UnitsPage(text=text[:CODE_LENGTH_MAX], errors=errors)
        is_unknown = isinstance(error, NotFoundError)
        status = HTTPStatus.NOT_FOUND if is_unknown else HTTPStatus.UNPROCESSABLE_ENTITY
        return _show_box(request, page, status=status)


def _show_box(request: ConsoleRequest, page: UnitsPage, *, status: int = HTTPStatus.OK) -> Response:
    """Show the ways to a code: the field, the camera and the photograph."""
    scan = build_scan(request.translator, request.context.hosts, ask=UNITS_PATH)
    return request.page(_TEMPLATE, replace(page, scan=scan), status=status, has_camera=True)


def _word_refusal(request: ConsoleRequest, error: DomainError) -> str:
    said = request.form_errors(error) if isinstance(error, InvalidError) else None
    if said is None:
        return request.translator.text("error-unit-not-found")
    return next(iter((*said.by_field.values(), *said.general)))


def _show_unit(request: ConsoleRequest, text: str, key: int | None) -> Response:
    context, act = request.context, request.act
    before = request.cursor("before")
    with request.read() as tx:
        if text:
            code = parse_code(text, hosts=context.hosts)
            unit = insight.find_unit(tx, context.catalogue, context.vault, act, code)
        else:
            unit = insight.get_unit(tx, context.catalogue, context.vault, act, key or 0)
        rows = insight.list_unit_readings(tx, unit, before=before, limit=_PAGE + 1)
        placed = rows[:_PAGE]
        if before is None and len(rows) > _PAGE:
            placed = insight.list_unit_readings(tx, unit, limit=LIST_MAX)
    places = _sum_places(placed)
    shown = rows[:_PAGE]
    page = UnitsPage(
        text=text,
        unit=_word_unit(request, unit),
        lines=tuple(word_reading(request, row) for row in shown),
        map=build_map(places, find_map_href(request)),
        places=tuple(
            (word_place(place, request.translator) or "", each.readings)
            for place, each in sorted(places.items(), key=lambda pair: -pair[1].readings)
        ),
        next=request.here(before=str(shown[-1].id)) if len(rows) > _PAGE else None,
        first=request.here(before=None) if before else None,
    )
    return request.page(_TEMPLATE, page)


def _sum_places(rows: list[ScanRow]) -> dict[str, Sums]:
    sums: dict[str, Sums] = {}
    for row in rows:
        place = (row.place or "").removesuffix("*")
        if place:
            old = sums.get(place, Sums())
            bad = row.readings if row.verdict in SUSPICIOUS else 0
            sums[place] = Sums(
                readings=old.readings + row.readings, suspicious=old.suspicious + bad
            )
    return sums


def _word_unit(request: ConsoleRequest, unit: Unit) -> UnitPart:
    entry, lifecycle, devices = unit.entry, unit.state.lifecycle, unit.devices
    language = request.translator
    return UnitPart(
        number=unit.number,
        level=unit.level,
        index=unit.index,
        run_id=entry.run.id,
        lot=entry.batch.lot,
        batch_href=f"/console/batches/{entry.batch.id}",
        product=entry.product.name.pick(language.language),
        product_href=f"/console/products/{entry.product.id}",
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


def read_label(request: ConsoleRequest) -> Response:
    """Find the code on a photograph; several are offered, none of them is followed by itself."""
    try:
        texts = _read_codes(request)
    except InvalidError as error:
        page = UnitsPage(text="", errors=request.form_errors(error))
        return _show_box(request, page, status=status_of(error))
    links = tuple(
        (f"{UNITS_PATH}?{urlencode({'code': text})}", text[:200])
        for text in texts[:_CODES_SHOWN_MAX]
    )
    if len(links) == 1:
        return request.redirect(links[0][0])
    return _show_box(request, UnitsPage(text="", choices=links))


def _read_codes(request: ConsoleRequest) -> list[str]:
    """Return what is on the photograph of the form, each once, at least one."""
    uploads = request.form.uploads("photo")
    if not uploads:
        raise InvalidError("field_missing", field="photo")
    data = uploads[0].file.read(PHOTO_BODY_MAX + 1)
    if len(data) > PHOTO_BODY_MAX:
        raise InvalidError("body_too_large", field="photo", max=PHOTO_BODY_MAX)
    if not _PHOTOS.acquire(timeout=_PHOTO_WAIT_S):
        raise DomainError("busy", seconds=_PHOTO_WAIT_S)
    try:
        symbols = read_photo(data)
    finally:
        _PHOTOS.release()
    if not symbols:
        raise InvalidError("photo_without_code", field="photo")
    return list(dict.fromkeys(symbol.text for symbol in symbols))
