# SPDX-License-Identifier: Apache-2.0
"""Findings of authorities: record one, and list those one made or those on one's goods.

A finding is an event like any other (`services/capturing.py`); here is the short way to make one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.domain.cells import list_cells
from trueorigin.domain.errors import DomainError
from trueorigin.domain.eventdrafts import EventDraft, parse_event
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.inspections import (
    DETAIL,
    FOLLOWED,
    Finding,
    Inspection,
    InspectionFilter,
    find_finding,
)
from trueorigin.domain.packing import Span
from trueorigin.domain.positions import Position
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act, Organisation, TenantScope
from trueorigin.domain.units import UnitRangeState, fold_range_facts
from trueorigin.services import tracing
from trueorigin.services.capturing import capture_events
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.remits import find_region
from trueorigin.services.resolving import resolve_events
from trueorigin.services.vault import Vault
from trueorigin.storage import (
    accounts,
    catalog,
    containment,
    events,
    inspections,
    remits,
    units,
)
from trueorigin.storage.database import Tx

# Ranges of a finding that are looked at before it is stored: a screen or two.
PREVIEW_MAX: Final = 20
# Rows of the register that are looked through for findings on the same goods.
_LOOKED_MAX: Final = 500
_PREFIX: Final = f"details.{DETAIL}."


@record
class InspectionDraft:
    """A finding as told, in the form that events have in JSON; `at` None is now.

    `units` are codes or ranges as `parse_event` takes them, `finding` as `parse_finding` does.
    """

    id: UUID
    units: Sequence[object]
    finding: Mapping[str, Any]
    at: str | None = None
    site_id: UUID | None = None


@record
class FoundEvent:
    """A finding with its event, and those of its units that the reader may know of.

    `closed_at` is when its authority stopped following it.
    """

    event: Event
    finding: Finding
    spans: tuple[Span, ...]
    owner_ids: frozenset[UUID]
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Say whether its authority still follows it."""
        return (
            self.finding.result in FOLLOWED
            and self.closed_at is None
            and self.event.declaration is None
        )


def create_inspection(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    act: Act,
    draft: InspectionDraft,
    *,
    hosts: Collection[str],
) -> FoundEvent:
    """Record a finding on units, or refuse it with the field that is wrong.

    The same id with the same content again changes nothing.
    """
    document: dict[str, Any] = {
        "id": str(draft.id),
        "kind": EventKind.INSPECTING.value,
        "at": draft.at or act.at.isoformat(),
        "units": list(draft.units),
        "details": {DETAIL: dict(draft.finding)},
    }
    if draft.site_id is not None:
        document["site"] = str(draft.site_id)
    try:
        return record_finding(tx, catalogue, vault, act, parse_event(document, hosts=hosts))
    except DomainError as error:
        raise _name_field(error) from error


def record_finding(
    tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, draft: EventDraft
) -> FoundEvent:
    """Record an event that holds a finding, or refuse it: the one way every surface takes."""
    [outcome] = capture_events(tx, catalogue, vault, act, [draft])
    if outcome.error is not None:
        raise outcome.error
    [found] = join_events(tx, inspections.list_of_event(tx, act.scope, draft.id))
    return found


@record
class SeenGoods:
    """Some units that a finding would be about, as they are now.

    `state` is that of the first of them, `positions` where all of them are, each by what put them
    there, as far as that is known.
    """

    span: Span
    run: Run
    batch: Batch
    product: Product
    owner: Organisation
    state: UnitRangeState
    is_recalled: bool
    positions: tuple[Position, ...]


@record
class Preview:
    """What would be recorded: the event, its goods, and what was found of them so far.

    The first `PREVIEW_MAX` ranges are looked at; `is_cut` says that there are more.
    """

    event: Event
    goods: tuple[SeenGoods, ...]
    others: tuple[FoundEvent, ...]
    is_cut: bool


def preview_finding(
    tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, draft: EventDraft
) -> Preview:
    """Return what recording a finding would say of which goods, or its refusal. Writes nothing."""
    [event] = resolve_events(tx, catalogue, vault, act, [draft])
    if isinstance(event, DomainError):
        raise event
    spans = event.about[:PREVIEW_MAX]
    runs = containment.find_runs(tx, {span.run_id for span in spans})
    batches = catalog.find_batches(tx, {run.batch_id for run in runs.values()})
    products = catalog.find_products(tx, {run.product_id for run in runs.values()})
    owners = accounts.find_organisations(tx, {run.organisation_id for run in runs.values()})
    facts = units.find_range_facts(tx, [(each.run_id, each.level, each.start) for each in spans])
    places = tracing.find_positions(tx, spans, at=act.at)
    recalled = {
        each.batch_id
        for each in units.list_batch_recalls(tx, batches.keys())
        if each.is_in_force(act.at)
    }
    goods = [
        SeenGoods(
            span=span,
            run=(run := runs[span.run_id]),
            batch=batches[run.batch_id],
            product=products[run.product_id],
            owner=owners[run.organisation_id],
            state=(state := fold_range_facts(of_unit, act.at)),
            is_recalled=bool(state.recall_ids) or run.batch_id in recalled,
            positions=tuple(each for each in places if each.span.share(span) is not None),
        )
        for span, of_unit in zip(spans, facts, strict=True)
    ]
    found = inspections.list_on_runs(tx, runs.keys(), limit=_LOOKED_MAX)
    others = [row for row in found if any(share_items(runs, row.span, each) for each in spans)]
    return Preview(
        event=event,
        goods=tuple(goods),
        others=tuple(join_events(tx, others))[:PREVIEW_MAX],
        is_cut=len(event.about) > PREVIEW_MAX,
    )


def share_items(runs: Mapping[int, Run], one: Span, other: Span) -> bool:
    """Say whether two spans share items by the packing plan of their run, whatever the levels."""
    run = runs.get(one.run_id)
    if run is None or one.run_id != other.run_id:
        return False
    size, others = run.pack_size(one.level), run.pack_size(other.level)
    return one.start * size < other.stop * others and other.start * others < one.stop * size


def _name_field(error: DomainError) -> DomainError:
    """Return a refusal with its field as a form of findings knows it."""
    field = error.field or ""
    if not field.startswith(_PREFIX):
        return error
    return type(error)(error.code, field=field.removeprefix(_PREFIX), **error.params)


def narrow_region(
    tx: Tx, scope: TenantScope, wanted: InspectionFilter, region: str
) -> InspectionFilter:
    """Return a filter that asks for a region too: a province, or one of the own remit; "": all."""
    if not region:
        return wanted
    found = find_region(region, remits.find_remit(tx, scope))
    return replace(wanted, cells=tuple(list_cells(found.areas)))


def list_inspections(
    tx: Tx,
    scope: TenantScope,
    side: Literal["own", "goods"],
    wanted: InspectionFilter = InspectionFilter(),  # noqa: B008 - a value, never changed
    *,
    before: UUID | None = None,
    limit: int,
) -> list[FoundEvent]:
    """Return findings, newest ids first: one's own, or those on one's goods. Two queries.

    Findings that were declared in error are among them.
    """
    find = {"own": inspections.list_own_inspections, "goods": inspections.list_inspections_of_goods}
    return join_events(tx, find[side](tx, scope, wanted, before=before, limit=limit))


def list_on_product(tx: Tx, product_id: UUID, *, limit: int) -> list[FoundEvent]:
    """Return what all authorities found on goods of a product, newest ids first. Two queries.

    Who may ask is the caller's to know; findings are no secret.
    """
    return join_events(tx, inspections.list_on_product(tx, product_id, limit=limit))


def join_events(tx: Tx, rows: Sequence[Inspection]) -> list[FoundEvent]:
    """Return the events of rows of the register, in their order, each once. One query."""
    held: dict[UUID, list[Inspection]] = {}
    for row in rows:
        held.setdefault(row.event_id, []).append(row)
    found = events.find_events(tx, held.keys())
    joined = []
    for event_id, mine in held.items():
        finding = find_finding(found[event_id])
        assert finding is not None  # noqa: S101 - it is in the register
        joined.append(
            FoundEvent(
                event=found[event_id],
                finding=finding,
                spans=tuple(row.span for row in mine),
                owner_ids=frozenset(row.owner_id for row in mine),
                closed_at=_find_closed(mine),
            )
        )
    return joined


def _find_closed(rows: Sequence[Inspection]) -> datetime | None:
    """Return when the last of its ranges was closed; None while one of them is not."""
    times = [row.closed_at for row in rows]
    known = [each for each in times if each is not None]
    return max(known) if len(known) == len(times) else None
