# SPDX-License-Identifier: Apache-2.0
"""Readings and figures as CSV files: streamed, recorded in the trail, safe to open."""

from collections.abc import Callable, Iterator
from typing import Final

from starlette.responses import Response, StreamingResponse

from trueorigin.console.insight import name_phone, read_filter
from trueorigin.console.pages import HEADERS
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.days import date_of
from trueorigin.domain.risk import parse_place
from trueorigin.domain.scans import Channel
from trueorigin.domain.spreadsheets import BYTE_ORDER_MARK, format_line
from trueorigin.domain.units import split_unit_key
from trueorigin.services import insight
from trueorigin.services.insight import Filter

_READING_HEADS: Final = (
    "at",
    "product",
    "product-number",
    "lot",
    "run",
    "level",
    "index",
    "verdict",
    "channel",
    "readings",
    "counted",
    "latitude",
    "longitude",
    "phone",
)
_FIGURE_HEADS: Final = (
    "day",
    "product",
    "product-number",
    "lot",
    "run",
    "latitude",
    "longitude",
    "verdict",
    "readings",
    "phones",
)


def export_readings(request: ConsoleRequest) -> Response:
    """Hand out all readings that the address asks for."""
    return _stream(request, "reading", _list_reading_lines)


def export_figures(request: ConsoleRequest) -> Response:
    """Hand out every kept figure of a subject and period."""
    return _stream(request, "figure", _list_figure_lines)


def _stream(
    request: ConsoleRequest,
    kind: str,
    lines: Callable[[ConsoleRequest, Filter], Iterator[str]],
) -> Response:
    wanted = read_filter(request)
    headers = {**HEADERS, "content-disposition": f'attachment; filename="{kind}s.csv"'}
    if request.method == "HEAD":
        return Response(headers=headers, media_type="text/csv; charset=utf-8")
    with request.write() as tx:
        insight.open_export(tx, request.act, kind, wanted)
    return StreamingResponse(
        lines(request, wanted), headers=headers, media_type="text/csv; charset=utf-8"
    )


def _head(request: ConsoleRequest, names: tuple[str, ...]) -> str:
    zone = request.organisation.time_zone
    words = [request.translator.text(f"console-column-{name}", zone=zone) for name in names]
    return BYTE_ORDER_MARK + format_line(words)


def _degrees(place: str | None) -> tuple[float | None, float | None]:
    found = None if not place else parse_place(place)
    return (None, None) if found is None else (round(found.latitude, 1), round(found.longitude, 1))


def _list_reading_lines(request: ConsoleRequest, wanted: Filter) -> Iterator[str]:
    text = request.translator.text
    yield _head(request, _READING_HEADS)
    language = request.translator.language
    chunks = insight.read_all_readings(
        request.context.database, request.act.scope, wanted, language
    )
    for chunk in chunks:
        yield "".join(
            format_line(
                (
                    request.cell_instant(row.at),
                    goods.product_name,
                    goods.product_number,
                    goods.lot,
                    *split_unit_key(row.unit_key),
                    text(f"verdict-{row.verdict.value.replace('_', '-')}"),
                    text(f"console-channel-{Channel(row.channel).name.lower()}"),
                    row.readings,
                    int(row.is_counted),
                    *_degrees(row.place),
                    None if row.device is None else name_phone(row.device),
                )
            )
            for row, goods in chunk
        )


def _list_figure_lines(request: ConsoleRequest, wanted: Filter) -> Iterator[str]:
    text = request.translator.text
    yield _head(request, _FIGURE_HEADS)
    chunks = insight.read_all_figures(
        request.context.database, request.act.scope, wanted.subject, wanted.period
    )
    for chunk in chunks:
        yield "".join(
            format_line(
                (
                    date_of(row.key[1]).isoformat(),
                    row.product_name,
                    row.product_number,
                    row.lot,
                    row.key[0],
                    *_degrees(row.key[2]),
                    text(f"verdict-{row.key[3].value.replace('_', '-')}"),
                    row.readings,
                    row.devices,
                )
            )
            for row in chunk
        )
