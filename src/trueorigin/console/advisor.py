# SPDX-License-Identifier: Apache-2.0
"""The label advisor: what a symbol will measure on paper, and whether scanners can rely on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import Contents
from trueorigin.domain.digitallink import CONTENTS_LISTED_MAX
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.serials import SYMBOLS, SYMBOLS_DEFAULT
from trueorigin.domain.sheets import (
    LAYOUTS,
    PRINTER_DPI,
    X_DIMENSION_MM_MAX,
    X_DIMENSION_MM_MIN,
    Advice,
    Printing,
    advise,
    get_layout,
)
from trueorigin.services.advising import GroupAdvice

_TEMPLATE: Final = "console/advisor.html"
_HOST_LENGTH_MAX: Final = 200
_DOTS_MAX: Final = 100
_LABELS: Final = {
    "host": "console-advisor-host",
    "symbols": "console-run-symbols",
    "layout": "console-labels-layout",
    "dpi": "console-labels-dpi",
    "dots": "console-advisor-dots",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the advisor says of one way to print."""

    advice: Advice = field(metadata={"help": "The figures."})
    x_dimension: str = field(metadata={"help": "Width of a module in millimetres."})
    symbol: str = field(metadata={"help": "Side of the dark square in millimetres."})
    footprint: str = field(metadata={"help": "Side with quiet zone in millimetres."})
    quiet: str = field(metadata={"help": "Quiet zone in millimetres."})
    changes: tuple[str, ...] = field(metadata={"help": "What to change; empty when all is well."})


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisorPage:
    """The advisor."""

    values: Mapping[str, str] = field(metadata={"help": "What is in the fields."})
    symbols: tuple[tuple[str, str], ...] = field(metadata={"help": "Lengths of serials."})
    layouts: tuple[tuple[str, str], ...] = field(metadata={"help": "Sheets and rolls."})
    resolutions: tuple[tuple[str, str], ...] = field(metadata={"help": "Of the printer."})
    verdict: Verdict | None = field(metadata={"help": "The answer; None after a mistake."})
    limits: tuple[str, str] = field(metadata={"help": "GS1's bounds in millimetres."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})


def show_page(request: ConsoleRequest) -> Response:
    """Advise on what the address says; without any, on this data centre's own codes."""
    values = _read_values(request)
    errors, verdict = NO_ERRORS, None
    try:
        if values["symbols"] not in map(str, SYMBOLS):
            known = ", ".join(map(str, SYMBOLS))
            raise InvalidError("symbols_unknown", field="symbols", known=known)
        verdict = word_advice(
            request,
            _url_of(values["host"]),
            int(values["symbols"]),
            Printing(
                dpi=int(values["dpi"]) if values["dpi"].isdecimal() else 0,
                layout=get_layout(values["layout"]) if values["layout"] else None,
                dots_per_module=_parse_dots(values["dots"]),
            ),
        )
    except DomainError as error:
        errors = request.form_errors(error)
    text = request.translator.text
    page = AdvisorPage(
        values=values,
        symbols=tuple((str(each), text(f"console-run-symbols-{each}")) for each in SYMBOLS),
        layouts=(
            ("", text("console-advisor-any-label")),
            *((each, _word_label(request, each)) for each in LAYOUTS),
        ),
        resolutions=tuple((str(each), f"{each} dpi") for each in PRINTER_DPI),
        verdict=verdict,
        limits=(_mm(request, X_DIMENSION_MM_MIN, 3), _mm(request, X_DIMENSION_MM_MAX, 3)),
        errors=errors.named(tuple(_LABELS)),
        labels={name: text(message) for name, message in _LABELS.items()},
    )
    return request.page(_TEMPLATE, page)


def word_advice(
    request: ConsoleRequest, public_url: str, symbols: int, printing: Printing
) -> Verdict:
    """Return the figures of item symbols printed so, in the reader's words."""
    advice = advise(public_url, symbols, printing=printing)
    text = request.translator.text
    changes = [text(f"advice-{reason.replace('_', '-')}") for reason in advice.reasons]
    if "host_long" in advice.reasons:
        changes.append(text("console-advisor-shorten", count=advice.characters_excess))
    return Verdict(
        advice=advice,
        x_dimension=_mm(request, advice.x_dimension_mm, 3),
        symbol=_mm(request, advice.symbol_mm, 2),
        footprint=_mm(request, advice.footprint_mm, 2),
        quiet=_mm(request, advice.quiet_zone * advice.x_dimension_mm, 2),
        changes=tuple(changes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupVerdict:
    """What the advisor says of a group code on a label."""

    advice: GroupAdvice = field(metadata={"help": "The figures."})
    x_dimension: str = field(metadata={"help": "Width of a module in millimetres, or nothing."})
    footprint: str = field(metadata={"help": "Side with quiet zone in millimetres, or nothing."})
    carries: str = field(metadata={"help": "What the code says of its units."})
    changes: tuple[str, ...] = field(metadata={"help": "What to change; empty when all is well."})


def word_group_advice(request: ConsoleRequest, advice: GroupAdvice) -> GroupVerdict:
    """Say what of a group fits its code, when the list falls away, and what to change."""
    text = request.translator.text
    changes = []
    if not advice.passes:
        changes.append(text("group-advice-large"))
        if advice.contents is Contents.LIST:
            changes.append(text("group-advice-fewer", max=advice.listed_max))
    elif advice.contents is Contents.FIRST and advice.units > CONTENTS_LISTED_MAX:
        changes.append(text("group-advice-many", max=CONTENTS_LISTED_MAX))
    elif advice.contents is Contents.FIRST and advice.units <= advice.listed_max:
        changes.append(text("group-advice-list-fits"))
    x, side = advice.x_dimension_mm, advice.footprint_mm
    return GroupVerdict(
        advice=advice,
        x_dimension="" if x is None else _mm(request, x, 3),
        footprint="" if side is None else _mm(request, side, 2),
        carries=text(f"group-advice-{advice.contents.value}", count=advice.units),
        changes=tuple(changes),
    )


def _mm(request: ConsoleRequest, value: float, digits: int) -> str:
    """Return a length in millimetres, with a point or a comma as the language writes it."""
    return request.translator.text("console-mm", value=request.translator.decimal(value, digits))


def _read_values(request: ConsoleRequest) -> Mapping[str, str]:
    query = request.query
    return {
        "host": query.get("host", request.context.public_url).strip()[:_HOST_LENGTH_MAX],
        "symbols": query.get("symbols", str(SYMBOLS_DEFAULT))[:4],
        "layout": query.get("layout", "")[:40],
        "dpi": query.get("dpi", "300")[:5],
        "dots": query.get("dots", "").strip()[:4],
    }


def _url_of(host: str) -> str:
    """Return an address of a host that was typed with or without its scheme."""
    if not host or not host.isascii() or any(each <= " " for each in host):
        raise InvalidError("host_malformed", field="host")
    return host if "://" in host else f"https://{host}"


def _parse_dots(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= _DOTS_MAX:
        raise InvalidError("number_malformed", field="dots")
    return int(text)


def _word_label(request: ConsoleRequest, name: str) -> str:
    width, height = (f"{side:g}" for side in LAYOUTS[name].label)
    return request.translator.text("console-labels-size", width=width, height=height)
