# SPDX-License-Identifier: Apache-2.0
"""Findings of authorities: an authority follows its own, an owner those on its goods."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from trueorigin.console.chronicle import gather, word_site, word_span, word_unit
from trueorigin.console.insight import read_uuid
from trueorigin.console.pages import HEADERS
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.inspections import InspectionFilter, InspectionResult
from trueorigin.domain.provinces import PROVINCES
from trueorigin.domain.spreadsheets import BYTE_ORDER_MARK, format_line
from trueorigin.domain.tenancy import Permission
from trueorigin.services import inspecting, registry, remits
from trueorigin.services.inspecting import FoundEvent
from trueorigin.services.naming import Names, find_goods
from trueorigin.storage import accounts, audit
from trueorigin.storage.database import Tx

PATH: Final = "/console/findings"
_LIST: Final = "console/findings.html"
_ROWS: Final = 50
# Findings in memory at a time while they are written out.
_CHUNK: Final = 500
TONES: Final[Mapping[InspectionResult, str]] = {
    InspectionResult.CONFORMS: "good",
    InspectionResult.DOES_NOT_CONFORM: "bad",
    InspectionResult.SUSPECTED_COUNTERFEIT: "bad",
    InspectionResult.SEALED: "bad",
    InspectionResult.UNSEALED: "plain",
    InspectionResult.SAMPLED: "plain",
}
_OPEN: Final = {"yes": True, "no": False}
# What the address may ask for, as the trail tells it.
_FILTERS: Final = ("enterprise", "open", "product", "region", "result")
_HEADS: Final = (
    "at", "result", "open", "authority", "owners", "product", "number", "units", "site",
    "document", "notes", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding."""

    href: str = field(metadata={"help": "Its page, with notes, photographs and what came of it."})
    result: str = field(metadata={"help": "What was found, in words."})
    tone: str = field(metadata={"help": "How good that is."})
    units: str = field(metadata={"help": "Which units."})
    product: str = field(metadata={"help": "Of which product."})
    who: str = field(metadata={"help": "The authority, or whose goods they are."})
    at: str = field(metadata={"help": "When."})
    is_open: bool = field(metadata={"help": "Whether its authority follows it."})
    is_in_error: bool = field(metadata={"help": "Whether it was declared in error."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsPage:
    """Findings, the newest first."""

    is_authority: bool = field(metadata={"help": "Whether these are the reader's own findings."})
    rows: tuple[FindingLine, ...] = field(metadata={"help": "Newest first."})
    results: tuple[tuple[str, str], ...] = field(metadata={"help": "Results to choose from."})
    regions: tuple[tuple[str, str], ...] = field(metadata={"help": "Regions to choose from."})
    states: tuple[tuple[str, str], ...] = field(metadata={"help": "Open, closed or all."})
    chosen: Mapping[str, str] = field(metadata={"help": "What is chosen, by field."})
    about: tuple[tuple[str, str], ...] = field(
        metadata={"help": "Product or enterprise it is narrowed to, and the address without it."}
    )
    hidden: tuple[tuple[str, str], ...] = field(metadata={"help": "The same, for the form."})
    is_narrow: bool = field(metadata={"help": "Whether not all are asked for."})
    export: str = field(metadata={"help": "Address of the same as CSV."})
    may_find: bool = field(metadata={"help": "Whether the reader may record one."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest."})


def is_authority(request: ConsoleRequest) -> bool:
    """Say whether the reader's own findings are meant, or those on its goods."""
    return request.may(Permission.REGISTRY_READ)


def list_page(request: ConsoleRequest) -> Response:
    """List findings: an authority's own, or those on the organisation's goods."""
    before, mine = request.cursor("before"), is_authority(request)
    with request.read() as tx:
        found = inspecting.list_inspections(
            tx,
            request.act.scope,
            "own" if mine else "goods",
            _read_filter(request, tx),
            before=before,
            limit=_ROWS + 1,
        )
        shown = found[:_ROWS]
        rows = word_findings(request, tx, shown, is_authority_named=not mine)
        about = _name_filter(request, tx)
        remit = remits.find_remit(tx, request.act.scope)
    text, language = request.translator.text, request.translator.language
    chosen = {name: request.query.get(name, "") for name in ("result", "region", "open")}
    regions = {each.code: each.name.pick(language) for each in remit.regions}
    regions |= {each.code: each.name.pick(language) for each in PROVINCES}
    page = FindingsPage(
        is_authority=mine,
        rows=rows,
        results=(
            ("", text("console-findings-any")),
            *((each.value, word_result(request, each)) for each in InspectionResult),
        ),
        regions=(("", text("console-registry-anywhere")), *regions.items()),
        states=tuple((key, text(f"console-findings-open-{key or 'all'}")) for key in ("", *_OPEN)),
        chosen=chosen,
        about=about,
        hidden=tuple(
            (name, request.query[name])
            for name in ("product", "enterprise")
            if request.query.get(name)
        ),
        is_narrow=any(chosen.values()) or bool(about),
        export=request.here(before=None).replace(PATH, f"{PATH}.csv", 1),
        may_find=request.may(Permission.INSPECTION_WRITE),
        next=request.here(before=str(shown[-1].event.id)) if len(found) > _ROWS else None,
        first=request.here(before=None) if before else None,
    )
    return request.page(_LIST, page)


def _read_filter(request: ConsoleRequest, tx: Tx) -> InspectionFilter:
    """Return what the address asks for."""
    result = request.choice("result", InspectionResult)
    wanted = InspectionFilter(
        product_id=read_uuid(request, "product"),
        owner_id=read_uuid(request, "enterprise"),
        result=InspectionResult(result) if result else None,
        is_open=_OPEN.get(request.choice("open", _OPEN)),
    )
    region = request.query.get("region", "")
    return inspecting.narrow_region(tx, request.act.scope, wanted, region)


def _name_filter(request: ConsoleRequest, tx: Tx) -> tuple[tuple[str, str], ...]:
    """Name the product and the enterprise that the address narrows the list to.

    404 for those of which the reader may not know.
    """
    named = []
    product_id = read_uuid(request, "product")
    if product_id is not None:
        product = registry.get_known_product(tx, request.act, product_id)
        name = product.name.pick(request.translator.language)
        named.append((name, request.here(product=None, before=None)))
    enterprise_id = read_uuid(request, "enterprise")
    if enterprise_id is not None:
        enterprise = registry.get_known_enterprise(tx, request.act, enterprise_id)
        named.append((enterprise.name, request.here(enterprise=None, before=None)))
    return tuple(named)


def word_result(request: ConsoleRequest, result: InspectionResult) -> str:
    """Say what was found."""
    return request.translator.text(f"console-finding-{result.value.replace('_', '-')}")


def word_findings(
    request: ConsoleRequest, tx: Tx, found: Sequence[FoundEvent], *, is_authority_named: bool
) -> tuple[FindingLine, ...]:
    """Put findings into lines, each with its authority or with the owners of its goods."""
    singles = {span.key for each in found for span in each.spans[:1] if span.size == 1}
    words = gather(request, tx, [each.event for each in found], singles)
    goods = find_goods(tx, {each.spans[0].run_id for each in found})
    owners = accounts.find_organisations(tx, {each for row in found for each in row.owner_ids})
    language = request.translator.language
    lines = []
    for each in found:
        authority = words.names.organisation(each.event.organisation_id)
        names = sorted(owners[key].name for key in each.owner_ids)
        who = authority.name if is_authority_named and authority else "、".join(names)
        lines.append(
            FindingLine(
                href=f"{PATH}/{each.event.id}",
                result=word_result(request, each.finding.result),
                tone=TONES[each.finding.result],
                units=_word_spans(request, each, words.names),
                product=goods[each.spans[0].run_id].product.name.pick(language),
                who=who,
                at=request.instant(each.event.at),
                is_open=each.is_open,
                is_in_error=each.event.declaration is not None,
            )
        )
    return tuple(lines)


def _word_spans(request: ConsoleRequest, found: FoundEvent, names: Names) -> str:
    first, more = found.spans[0], len(found.spans) - 1
    said = word_unit(request, first.key, names) if first.size == 1 else word_span(request, first)
    return (
        request.translator.text("console-findings-more", units=said, count=more) if more else said
    )


def export(request: ConsoleRequest) -> Response:
    """Hand out all findings the address asks for as CSV that no spreadsheet computes."""
    headers = {**HEADERS, "content-disposition": 'attachment; filename="findings.csv"'}
    if request.method == "HEAD":
        return Response(headers=headers, media_type="text/csv; charset=utf-8")
    with request.write() as tx:
        wanted = _read_filter(request, tx)
        _name_filter(request, tx)
        detail = {name: told for name in _FILTERS if (told := request.query.get(name))}
        audit.append_audit(tx, request.act, "inspection.export", str(request.act.scope), detail)
    return StreamingResponse(
        _list_csv(request, wanted), headers=headers, media_type="text/csv; charset=utf-8"
    )


def _list_csv(request: ConsoleRequest, wanted: InspectionFilter) -> Iterator[str]:
    text, zone = request.translator.text, request.organisation.time_zone
    heads = [text(f"console-findings-csv-{name}", zone=zone) for name in _HEADS]
    yield BYTE_ORDER_MARK + format_line(heads)
    before: UUID | None = None
    while True:
        with request.read() as tx:
            found = inspecting.list_inspections(
                tx,
                request.act.scope,
                "own" if is_authority(request) else "goods",
                wanted,
                before=before,
                limit=_CHUNK,
            )
            lines = _write_lines(request, tx, found)
        yield "".join(lines)
        if len(found) < _CHUNK:
            return
        before = found[-1].event.id


def _write_lines(request: ConsoleRequest, tx: Tx, found: Sequence[FoundEvent]) -> list[str]:
    text, language = request.translator.text, request.translator.language
    names = gather(request, tx, [each.event for each in found]).names
    goods = find_goods(tx, {span.run_id for each in found for span in each.spans})
    owners = accounts.find_organisations(tx, {each for row in found for each in row.owner_ids})
    lines = []
    for each in found:
        event, finding = each.event, each.finding
        # A finding may be about several products: each once, in the order of its units.
        of_spans = [goods[span.run_id].product for span in each.spans]
        products = list({product.id: product for product in of_spans}.values())
        site = names.site(event.site_id)
        authority = names.organisation(event.organisation_id)
        state = "declared" if event.declaration else "yes" if each.is_open else "no"
        cells = (
            request.cell_instant(event.at),
            word_result(request, finding.result),
            text(f"console-findings-csv-open-{state}"),
            finding.authority or ("" if authority is None else authority.name),
            "; ".join(sorted(owners[key].name for key in each.owner_ids)),
            "; ".join(product.name.pick(language) for product in products),
            "; ".join(product.gtin or product.internal_number or "" for product in products),
            "; ".join(
                f"{run}/{level}/{start}-{stop - 1}" for run, level, start, stop in each.spans
            ),
            "" if site is None else word_site(site),
            finding.document or "",
            "" if finding.notes is None else finding.notes.pick(language),
            str(event.id),
        )
        lines.append(format_line(cells))
    return lines
