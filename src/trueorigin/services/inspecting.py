# SPDX-License-Identifier: Apache-2.0
"""Findings of authorities: record one, and list those one made or those on one's goods.

A finding is an event like any other (`services/capturing.py`); here is the short way to make one.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from trueorigin.domain.errors import DomainError
from trueorigin.domain.eventdrafts import parse_event
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.inspections import DETAIL, Finding, Inspection, find_finding
from trueorigin.domain.packing import Span
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.services.capturing import capture_events
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.vault import Vault
from trueorigin.storage import events, inspections
from trueorigin.storage.database import Tx

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
    """A finding with its event, and those of its units that the reader may know of."""

    event: Event
    finding: Finding
    spans: tuple[Span, ...]
    owner_ids: frozenset[UUID]


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
        told = parse_event(document, hosts=hosts)
    except DomainError as error:
        raise _name_field(error) from error
    [outcome] = capture_events(tx, catalogue, vault, act, [told])
    if outcome.error is not None:
        raise _name_field(outcome.error)
    [found] = _join(tx, inspections.list_of_event(tx, act.scope, draft.id))
    return found


def _name_field(error: DomainError) -> DomainError:
    """Return a refusal with its field as a form of findings knows it."""
    field = error.field or ""
    if not field.startswith(_PREFIX):
        return error
    return type(error)(error.code, field=field.removeprefix(_PREFIX), **error.params)


def list_inspections(
    tx: Tx,
    scope: TenantScope,
    side: Literal["own", "goods"],
    *,
    before: UUID | None = None,
    limit: int,
) -> list[FoundEvent]:
    """Return findings, newest ids first: one's own, or those on one's goods. Two queries.

    Findings that were declared in error are among them.
    """
    find = {"own": inspections.list_own_inspections, "goods": inspections.list_inspections_of_goods}
    return _join(tx, find[side](tx, scope, before=before, limit=limit))


def _join(tx: Tx, rows: Sequence[Inspection]) -> list[FoundEvent]:
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
            )
        )
    return joined
