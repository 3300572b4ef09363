# SPDX-License-Identifier: Apache-2.0
"""Readings out of region (窜货) of the organisation's goods: a list, and the same as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from trueorigin.console.chronicle import EVENTS_PATH, UNITS_PATH, word_unit
from trueorigin.console.insight import word_place
from trueorigin.console.pages import HEADERS
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.diversions import Diversion
from trueorigin.domain.spreadsheets import BYTE_ORDER_MARK, format_line
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.units import split_unit_key
from trueorigin.services.naming import Names, find_numbers
from trueorigin.storage import audit, diversions as stored, territories
from trueorigin.storage.database import Tx

PATH: Final = "/console/diversions"
_TEMPLATE: Final = "console/diversions.html"
_ROWS: Final = 50
# Lines in memory at a time while they are written out.
_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DiversionLine:
    """One reading out of region."""

    unit: str = field(metadata={"help": "Which unit."})
    href: str = field(metadata={"help": "Its page."})
    at: str = field(metadata={"help": "When it was read."})
    place: str = field(metadata={"help": "Roughly where."})
    km: int = field(metadata={"help": "How far from the edge of its region."})
    region: str = field(metadata={"help": "Where it was meant to be sold."})
    shipment: str = field(metadata={"help": "Page of the shipment that says so."})


@dataclass(frozen=True, slots=True, kw_only=True)
class DiversionsPage:
    """Readings out of region, the newest first."""

    rows: tuple[DiversionLine, ...] = field(metadata={"help": "Newest first."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest."})
    export: str | None = field(metadata={"help": "Address of the CSV file; None: no right to."})


def list_page(request: ConsoleRequest) -> Response:
    """List readings out of region."""
    before = request.cursor("before")
    with request.read() as tx:
        found = stored.list_diversions(tx, request.act.scope, before=before, limit=_ROWS + 1)
        rows = _word_all(request, tx, found[:_ROWS])
    page = DiversionsPage(
        rows=rows,
        next=request.here(before=str(found[_ROWS - 1].scan_id)) if len(found) > _ROWS else None,
        first=request.here(before=None) if before else None,
        export=f"{PATH}.csv" if request.may(Permission.READING_EXPORT) else None,
    )
    return request.page(_TEMPLATE, page)


def _name_regions(request: ConsoleRequest, tx: Tx, rows: list[Diversion]) -> dict[UUID, str]:
    found = territories.find_territories(tx, {each.territory_id for each in rows})
    language = request.translator.language
    return {key: each.name.pick(language) for key, each in found.items()}


def _word_all(request: ConsoleRequest, tx: Tx, rows: list[Diversion]) -> tuple[DiversionLine, ...]:
    context = request.context
    numbers = find_numbers(tx, context.catalogue, context.vault, {each.unit_key for each in rows})
    regions = _name_regions(request, tx, rows)
    names = Names(numbers=numbers)
    return tuple(
        DiversionLine(
            unit=word_unit(request, each.unit_key, names),
            href=f"{UNITS_PATH}?unit={each.unit_key}",
            at=request.instant(each.at),
            place=word_place(each.place, request.translator) or "",
            km=each.km,
            region=regions.get(each.territory_id, ""),
            shipment=f"{EVENTS_PATH}/{each.event_id}",
        )
        for each in rows
    )


def export(request: ConsoleRequest) -> Response:
    """Hand out all readings out of region as CSV that no spreadsheet computes."""
    headers = {**HEADERS, "content-disposition": 'attachment; filename="out-of-region.csv"'}
    if request.method == "HEAD":
        return Response(headers=headers, media_type="text/csv; charset=utf-8")
    with request.write() as tx:
        audit.append_audit(tx, request.act, "diversion.export", str(request.act.scope), {})
    return StreamingResponse(
        _list_lines(request), headers=headers, media_type="text/csv; charset=utf-8"
    )


def _list_lines(request: ConsoleRequest) -> Iterator[str]:
    text = request.translator.text
    heads = ("at", "run", "level", "index", "latitude", "longitude")
    zone = request.organisation.time_zone
    words = [text(f"console-column-{name}", zone=zone) for name in heads]
    words += [text("console-diversion-km"), text("console-event-territory")]
    yield BYTE_ORDER_MARK + format_line(words)
    before: UUID | None = None
    while True:
        with request.read() as tx:
            rows = stored.list_diversions(tx, request.act.scope, before=before, limit=_CHUNK)
            regions = _name_regions(request, tx, rows)
        yield "".join(
            format_line(
                (
                    request.cell_instant(each.at),
                    *split_unit_key(each.unit_key),
                    *each.place.removesuffix("*").split(","),
                    each.km,
                    regions.get(each.territory_id, ""),
                )
            )
            for each in rows
        )
        if len(rows) < _CHUNK:
            return
        before = rows[-1].scan_id
