# SPDX-License-Identifier: Apache-2.0
"""The goods of whoever handles them: on their way here, in hand, and sent but not taken in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from trueorigin.console.chronicle import (
    UNITS_PATH,
    Fact,
    Vocabulary,
    gather,
    word_event,
    word_site,
    word_span,
)
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.packing import Span
from trueorigin.domain.stock import EXPECTED, Consignment, Holding
from trueorigin.domain.tenancy import Permission
from trueorigin.services.stock import StockList, find_stock
from trueorigin.storage import sites

PATH: Final = "/console/goods"
_TEMPLATE: Final = "console/goods.html"
# Lines of each part: what is on the way to a large depot; beyond that one asks a program.
_LINES_MAX: Final = 100
# Ranges of one line that are named.
_SPANS_MAX: Final = 20
# Nobody took it in for so long, or so long after it was expected: somebody should ask.
OVERDUE: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsignmentLine:
    """A shipment of which something is still on its way."""

    href: str = field(metadata={"help": "Page of its event."})
    title: str = field(metadata={"help": "Whom it comes from or goes to."})
    units: str = field(metadata={"help": "What was sent, in words."})
    rest: str = field(metadata={"help": "How much of it is still on its way."})
    goods: str = field(metadata={"help": "Which products and lots."})
    sent: str = field(metadata={"help": "When it was sent."})
    expected: str | None = field(metadata={"help": "When it should arrive."})
    is_late: bool = field(metadata={"help": "Whether it should have been there."})
    facts: tuple[Fact, ...] = field(metadata={"help": "Carrier, vehicle, paper."})
    receive: str | None = field(metadata={"help": "Where its arrival is recorded."})


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingLine:
    """Goods of one lot at one site."""

    title: str = field(metadata={"help": "The product."})
    lot: str = field(metadata={"help": "The batch."})
    count: str = field(metadata={"help": "How many, in words."})
    where: str | None = field(metadata={"help": "At which site."})
    since: str = field(metadata={"help": "When the last of them came."})
    spans: tuple[tuple[str | None, str], ...] = field(
        metadata={"help": "Address and name of its ranges; only single units have an address."}
    )
    more: int = field(metadata={"help": "Ranges beyond those."})


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsPage:
    """What is expected, in hand and under way."""

    arrivals: tuple[ConsignmentLine, ...] = field(metadata={"help": "Soonest first."})
    held: tuple[HoldingLine, ...] = field(metadata={"help": "By product."})
    shipments: tuple[ConsignmentLine, ...] = field(metadata={"help": "Soonest first."})
    is_cut: bool = field(metadata={"help": "Whether there is more than is shown."})
    may_write: bool = field(metadata={"help": "Whether the reader may record something."})


def show_page(request: ConsoleRequest) -> Response:
    """Show the goods of the organisation."""
    act = request.act
    with request.read() as tx:
        found = find_stock(tx, act.scope, at=act.at)
        stock = found.stock
        arrivals, shipments = stock.arrivals[:_LINES_MAX], stock.shipments[:_LINES_MAX]
        words = gather(request, tx, [each.event for each in (*arrivals, *shipments)])
        held = stock.held[:_LINES_MAX]
        places = sites.find_sites(tx, {each.site_id for each in held if each.site_id is not None})
    longest = max(map(len, (stock.arrivals, stock.shipments, stock.held)))
    page = GoodsPage(
        arrivals=tuple(_word_consignment(request, each, found, words) for each in arrivals),
        held=tuple(
            _word_holding(
                request,
                each,
                found,
                None if each.site_id is None else word_site(places[each.site_id]),
            )
            for each in held
        ),
        shipments=tuple(_word_consignment(request, each, found, words) for each in shipments),
        is_cut=found.is_cut or longest > _LINES_MAX,
        may_write=request.may(Permission.EVENT_WRITE),
    )
    return request.page(_TEMPLATE, page)


def is_overdue(request: ConsoleRequest, each: Consignment) -> bool:
    """Tell whether somebody should ask where a shipment of the organisation has got to."""
    return (each.expected or each.event.at) + OVERDUE < request.act.at


def _word_consignment(
    request: ConsoleRequest, each: Consignment, found: StockList, words: Vocabulary
) -> ConsignmentLine:
    text, event = request.translator.text, each.event
    line = word_event(request, event, words)
    is_own = event.organisation_id == request.act.scope
    title = text("console-goods-from", name=line.who)
    if is_own:
        title = text("console-goods-to", name=line.partner) if line.partner else line.title
    label = text(f"console-detail-{EXPECTED}")
    return ConsignmentLine(
        href=line.href,
        title=title,
        units=line.units,
        rest=_count(request, each.spans),
        goods=" · ".join(_list_goods(request, each.spans, found)),
        sent=line.at,
        expected=None if each.expected is None else request.instant(each.expected),
        is_late=is_overdue(request, each) if is_own else each.is_late(request.act.at),
        facts=tuple(fact for fact in line.facts if fact.label != label),
        receive=None if is_own else _link_receiving(each),
    )


def _link_receiving(each: Consignment) -> str:
    """Return where the arrival is recorded, with as much filled in as is known."""
    given = {"partner": str(each.event.organisation_id)}
    document = (each.event.details or {}).get("document")
    if isinstance(document, str):
        given["document"] = document
    if len(each.event.about) == 1:
        run_id, level, start, stop = each.event.about[0]
        given |= {"run": str(run_id), "level": str(level), "from": str(start), "to": str(stop - 1)}
    return f"/console/acts/receiving?{urlencode(given)}"


def _list_goods(request: ConsoleRequest, spans: Sequence[Span], found: StockList) -> list[str]:
    language = request.translator.language
    named = dict.fromkeys(found.goods[span.run_id] for span in spans)
    return [f"{each.product.name.pick(language)} {each.batch.lot}" for each in named]


def _count(request: ConsoleRequest, spans: Sequence[Span]) -> str:
    """Say how many units some spans are, level by level, the largest first."""
    counts: dict[int, int] = {}
    for span in spans:
        counts[span.level] = counts.get(span.level, 0) + span.size
    return " · ".join(
        request.translator.text(f"count-of-level-{level}", count=counts[level])
        for level in sorted(counts, reverse=True)
    )


def _word_holding(
    request: ConsoleRequest, each: Holding, found: StockList, where: str | None
) -> HoldingLine:
    goods = found.goods[each.run_id]
    return HoldingLine(
        title=goods.product.name.pick(request.translator.language),
        lot=goods.batch.lot,
        count=_count(request, each.spans),
        where=where,
        since=request.instant(each.since),
        spans=tuple(
            (
                f"{UNITS_PATH}?unit={span.key}" if span.size == 1 else None,
                word_span(request, span),
            )
            for span in each.spans[:_SPANS_MAX]
        ),
        more=max(0, len(each.spans) - _SPANS_MAX),
    )
