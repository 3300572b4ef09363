# SPDX-License-Identifier: Apache-2.0
"""The label advisor: what a symbol will measure on paper, and whether scanners can rely on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors, pick_choice
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import Contents, LocalText
from trueorigin.domain.designs import DESIGN_DEFAULT
from trueorigin.domain.digitallink import CONTENTS_LISTED_MAX
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
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
from trueorigin.domain.texts import NAME_LENGTH_MAX
from trueorigin.services.advising import (
    HOST_LENGTH_MAX,
    LOT_LENGTH_MAX,
    LOT_USUAL,
    NAME_USUAL,
    GroupAdvice,
    Identifier,
    LabelPlan,
    advise_labels,
    parse_address,
)
from trueorigin.services.issuing import GROUP_LEVELS_MAX
from trueorigin.web.labels import word_label

_TEMPLATE: Final = "console/advisor.html"
_DOTS_MAX: Final = 100
_GROUP_LAYOUT_DEFAULT: Final = "roll-100x150"
# A logo takes nothing from the symbol: `branded` is measured like `text`.
_GROUP_DESIGNS: Final = ("text", "plain", "logistic")
_PACKING: Final = tuple(f"packing.{place}" for place in range(GROUP_LEVELS_MAX))
_LABELS: Final = {
    "host": "console-advisor-host",
    "symbols": "console-run-symbols",
    "layout": "console-labels-layout",
    "dpi": "console-labels-dpi",
    "dots": "console-advisor-dots",
    **{name: f"console-run-packing-{place + 1}" for place, name in enumerate(_PACKING)},
    "identifier": "console-advisor-identifier",
    "contents": "console-run-contents",
    "group_layout": "console-labels-layout",
    "group_design": "console-labels-design",
    "name": "console-advisor-name",
    "lot": "field-lot",
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
    identifiers: tuple[tuple[str, str], ...] = field(metadata={"help": "Of groups."})
    contents: tuple[tuple[str, str], ...] = field(metadata={"help": "What group codes carry."})
    group_layouts: tuple[tuple[str, str], ...] = field(metadata={"help": "Labels of groups."})
    group_designs: tuple[tuple[str, str], ...] = field(metadata={"help": "Of groups."})
    verdict: Verdict | None = field(metadata={"help": "The answer; None after a mistake."})
    groups: tuple["GroupVerdict", ...] = field(metadata={"help": "And on groups, smallest first."})
    limits: tuple[str, str] = field(metadata={"help": "GS1's bounds in millimetres."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    name_length_max: int = field(default=NAME_LENGTH_MAX, metadata={"help": "Characters."})
    lot_length_max: int = field(default=LOT_LENGTH_MAX, metadata={"help": "Characters."})


def show_page(request: ConsoleRequest) -> Response:
    """Advise on what the address says; without any, on this data centre's own codes."""
    values = _read_values(request)
    errors, verdict, groups = NO_ERRORS, None, tuple[GroupVerdict, ...]()
    try:
        language = request.translator
        advice = advise_labels(
            _parse_plan(values),
            lambda export, look: word_label(export, language, look),
            language.tag,
        )
        verdict = _word_items(request, advice.items)
        groups = tuple(word_group_advice(request, each) for each in advice.groups)
    except DomainError as error:
        errors = request.form_errors(error)
    text = request.translator.text
    layouts = tuple((each, _word_label(request, each)) for each in LAYOUTS)
    page = AdvisorPage(
        values=values,
        symbols=tuple((str(each), text(f"console-run-symbols-{each}")) for each in SYMBOLS),
        layouts=(("", text("console-advisor-any-label")), *layouts),
        resolutions=tuple((str(each), f"{each} dpi") for each in PRINTER_DPI),
        identifiers=tuple(
            (each, text(f"console-advisor-identifier-{each}")) for each in Identifier
        ),
        contents=(
            ("", text("console-run-contents-auto")),
            *((each, text(f"console-run-contents-{each}")) for each in Contents),
        ),
        group_layouts=layouts,
        group_designs=tuple((each, text(f"console-design-{each}")) for each in _GROUP_DESIGNS),
        verdict=verdict,
        groups=groups,
        limits=(_mm(request, X_DIMENSION_MM_MIN, 3), _mm(request, X_DIMENSION_MM_MAX, 3)),
        errors=errors.named(tuple(_LABELS)),
        labels={name: text(message) for name, message in _LABELS.items()},
    )
    return request.page(_TEMPLATE, page)


def _parse_plan(values: Mapping[str, str]) -> LabelPlan:
    """Return what is asked about, or refuse it."""
    if values["symbols"] not in map(str, SYMBOLS):
        known = ", ".join(map(str, SYMBOLS))
        raise InvalidError("symbols_unknown", field="symbols", known=known)
    identifier = pick_choice(values["identifier"], Identifier, field="identifier")
    contents = pick_choice(values["contents"], Contents, field="contents")
    return LabelPlan(
        public_url=parse_address(values["host"]),
        symbols=int(values["symbols"]),
        items=Printing(
            dpi=int(values["dpi"]) if values["dpi"].isdecimal() else 0,
            layout=get_layout(values["layout"]) if values["layout"] else None,
            dots_per_module=_parse_dots(values["dots"]),
        ),
        packing=_parse_packing(values),
        identifier=Identifier(identifier or Identifier.SSCC),
        contents=Contents(contents) if contents else None,
        group_layout=get_layout(values["group_layout"], field="group_layout"),
        group_design=values["group_design"],
        name=LocalText(zh=values["name"], en=values["name"]) if values["name"] else NAME_USUAL,
        lot=values["lot"] or LOT_USUAL,
    )


def _parse_packing(values: Mapping[str, str]) -> tuple[int, ...]:
    """Return the units per group, refusing every field that is no number or leaves a gap."""
    typed = [values[name] for name in _PACKING]
    used = max((place + 1 for place, each in enumerate(typed) if each), default=0)
    errors: list[DomainError] = []
    for name, each in zip(_PACKING, typed[:used], strict=False):
        if not each:
            errors.append(InvalidError("packing_gap", field=name))
        elif not (each.isascii() and each.isdecimal()):
            errors.append(InvalidError("number_malformed", field=name))
    if errors:
        raise SeveralError(errors)
    return tuple(map(int, typed[:used]))


def word_advice(
    request: ConsoleRequest, public_url: str, symbols: int, printing: Printing
) -> Verdict:
    """Return the figures of item symbols printed so, in the reader's words."""
    return _word_items(request, advise(public_url, symbols, printing=printing))


def _word_items(request: ConsoleRequest, advice: Advice) -> Verdict:
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
    title: str = field(metadata={"help": "Which group, and how many it holds."})
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
        if advice.contents is Contents.LIST and advice.listed_max:
            changes.append(text("group-advice-fewer", max=advice.listed_max))
    elif advice.contents is Contents.FIRST and advice.units > CONTENTS_LISTED_MAX:
        changes.append(text("group-advice-many", max=CONTENTS_LISTED_MAX))
    elif advice.contents is Contents.FIRST and advice.units <= advice.listed_max:
        changes.append(text("group-advice-list-fits"))
    if advice.passes and not advice.texts_fit:
        changes.append(text("group-advice-texts"))
    x, side = advice.x_dimension_mm, advice.footprint_mm
    level = text(f"level-{advice.level}")
    return GroupVerdict(
        advice=advice,
        title=text("console-advisor-group", level=level, count=advice.units),
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
        "host": query.get("host", request.context.public_url).strip()[: HOST_LENGTH_MAX + 1],
        "symbols": query.get("symbols", str(SYMBOLS_DEFAULT))[:4],
        "layout": query.get("layout", "")[:40],
        "dpi": query.get("dpi", "300")[:5],
        "dots": query.get("dots", "").strip()[:4],
        **{name: query.get(name, "").strip()[:20] for name in _PACKING},
        "identifier": query.get("identifier", Identifier.SSCC.value)[:10],
        "contents": query.get("contents", "")[:10],
        "group_layout": query.get("group_layout", _GROUP_LAYOUT_DEFAULT)[:40],
        "group_design": query.get("group_design", DESIGN_DEFAULT)[:40],
        "name": query.get("name", "").strip()[:NAME_LENGTH_MAX],
        "lot": query.get("lot", "").strip()[:LOT_LENGTH_MAX],
    }


def _parse_dots(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= _DOTS_MAX:
        raise InvalidError("number_malformed", field="dots")
    return int(text)


def _word_label(request: ConsoleRequest, name: str) -> str:
    width, height = (f"{side:g}" for side in LAYOUTS[name].label)
    return request.translator.text("console-labels-size", width=width, height=height)
