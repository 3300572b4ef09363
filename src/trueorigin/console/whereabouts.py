# SPDX-License-Identifier: Apache-2.0
"""Where all units of a batch, a run, a raw-material lot or a group are now, and who holds them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.chronicle import UNITS_PATH, word_site, word_span
from trueorigin.console.insight import Crumb, read_number
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import MaterialFilter
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.positions import Position
from trueorigin.services import catalog, issuing, tracing
from trueorigin.services.insight import get_unit
from trueorigin.services.search import clean_text
from trueorigin.storage import accounts, sites
from trueorigin.storage.database import Tx

PATH: Final = "/console/whereabouts"
_TEMPLATE: Final = "console/whereabouts.html"
# Ranges that are named for each place, and places on one page.
_SPANS_MAX: Final = 20
_PLACES_MAX: Final = 200
_LOT_LENGTH_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """Units in one state, with one holder, at one site."""

    title: str = field(metadata={"help": "What was last done with them."})
    who: str = field(metadata={"help": "Holder, site and partner, as far as known."})
    since: str | None = field(metadata={"help": "The newest of those events."})
    count: int = field(metadata={"help": "How many units."})
    spans: tuple[tuple[str, str], ...] = field(
        metadata={"help": "Page of the first unit, and the range in words."}
    )
    more: int = field(metadata={"help": "Ranges that are not named."})


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereaboutsPage:
    """Where everything of a subject is now."""

    title: str = field(metadata={"help": "Of what, in words; empty before a lot is given."})
    crumbs: tuple[Crumb, ...] = field(metadata={"help": "The way here."})
    lot: str = field(metadata={"help": "The raw-material lot in the box."})
    total: int = field(metadata={"help": "Units in all."})
    lines: tuple[PlaceLine, ...] = field(metadata={"help": "The most units first."})
    more: int = field(metadata={"help": "Places that are not shown."})
    is_cut: bool = field(metadata={"help": "Whether there is more than was looked through."})
    lot_length_max: int = field(default=_LOT_LENGTH_MAX, metadata={"help": "Characters."})


def show_page(request: ConsoleRequest) -> Response:
    """Show where units are: of `?batch=`, `?run=`, `?unit=`, or holding the material `?lot=`."""
    act, lot = request.act, clean_text(request.query.get("lot", ""))[:_LOT_LENGTH_MAX]
    batch, run, unit = (
        request.cursor("batch"),
        read_number(request, "run"),
        read_number(request, "unit"),
    )
    if request.query.get("batch") and batch is None:
        raise NotFoundError("path_unknown", path=request.path)
    text, is_cut = request.translator.text, False
    title, crumbs = "", tuple[Crumb, ...]()
    positions: Sequence[Position] = ()
    with request.read() as tx:
        if unit is not None:
            found = get_unit(tx, request.context.catalogue, request.context.vault, act, unit)
            positions = tracing.find_group_positions(tx, unit, at=act.at)
            title = text(f"unit-of-level-{found.level}", number=found.number)
            crumbs = (Crumb(href=f"{UNITS_PATH}?unit={unit}", label=title),)
        elif run is not None:
            own = issuing.get_run(tx, act.scope, run)
            positions = tracing.find_run_positions(tx, act.scope, own.id, at=act.at)
            title = text("console-run-title", number=str(own.id))
            crumbs = (Crumb(href=f"/console/runs/{own.id}", label=title),)
        elif batch is not None:
            mine = catalog.get_batch(tx, act.scope, batch)
            positions = tracing.find_batch_positions(tx, act.scope, mine.id, at=act.at)
            title = text("console-batch-title", lot=mine.lot)
            crumbs = (Crumb(href=f"/console/batches/{mine.id}", label=title),)
        elif lot:
            material = tracing.find_material_positions(
                tx, act.scope, MaterialFilter(lot=lot), at=act.at
            )
            positions, is_cut = material.positions, material.is_cut
            title = text("console-whereabouts-lot", lot=lot)
            crumbs = tuple(
                Crumb(
                    href=f"/console/batches/{each.id}",
                    label=text("console-batch-title", lot=each.lot),
                )
                for each in material.batches[:_SPANS_MAX]
            )
        lines, more = _word_all(request, tx, positions)
    page = WhereaboutsPage(
        title=title,
        crumbs=crumbs,
        lot=lot,
        total=sum(each.span.size for each in positions),
        lines=lines,
        more=more,
        is_cut=is_cut,
    )
    return request.page(_TEMPLATE, page)


def _word_all(
    request: ConsoleRequest, tx: Tx, positions: Sequence[Position]
) -> tuple[tuple[PlaceLine, ...], int]:
    """Join what is in one place, the most units first. Two queries."""
    places: dict[tuple[object, ...], list[Position]] = {}
    for each in positions:
        key = (each.kind, each.holder_id, each.site_id, each.partner_id)
        places.setdefault(key, []).append(each)
    ordered = sorted(places.values(), key=lambda held: -sum(each.span.size for each in held))
    shown = ordered[:_PLACES_MAX]
    firsts = [held[0] for held in shown]
    organisations = accounts.find_organisations(
        tx,
        {each for first in firsts for each in (first.holder_id, first.partner_id) if each},
    )
    known = sites.find_sites(tx, {first.site_id for first in firsts if first.site_id})
    text = request.translator.text
    lines = []
    for held in shown:
        first = held[0]
        holder = organisations.get(first.holder_id) if first.holder_id else None
        partner = organisations.get(first.partner_id) if first.partner_id else None
        site = known.get(first.site_id) if first.site_id else None
        newest = max((each.at for each in held if each.at is not None), default=None)
        words = (
            None if holder is None else holder.name,
            None if site is None else word_site(site),
            None if partner is None else text("console-event-with", name=partner.name),
        )
        kind = "console-whereabouts-unknown"
        lines.append(
            PlaceLine(
                title=text(kind if first.kind is None else f"event-kind-{first.kind.value}"),
                who=" · ".join(each for each in words if each),
                since=None if newest is None else request.instant(newest),
                count=sum(each.span.size for each in held),
                spans=tuple(
                    (f"{UNITS_PATH}?unit={each.span.key}", word_span(request, each.span))
                    for each in held[:_SPANS_MAX]
                ),
                more=max(0, len(held) - _SPANS_MAX),
            )
        )
    return tuple(lines), len(ordered) - len(shown)
