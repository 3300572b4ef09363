# SPDX-License-Identifier: Apache-2.0
"""Findings of authorities at the JSON surface: recorded by them, listed for both sides."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import Call, CallHere
from trueorigin.api.eventforms import (
    DeclarationPart,
    EventAnswer,
    OrganisationPart,
    SitePart,
    UnitsAnswer,
    show_units,
)
from trueorigin.api.forms import Answer, Body, LocalTextForm, Page, PageQuery
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.digitallink import CODE_LENGTH_MAX
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.eventdrafts import UNITS_MAX
from trueorigin.domain.inspections import FILES_MAX, InspectionResult
from trueorigin.domain.tenancy import Act, Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import inspecting
from trueorigin.services.inspecting import FoundEvent, InspectionDraft
from trueorigin.services.naming import Names, find_names
from trueorigin.storage import accounts
from trueorigin.storage.database import Tx

# RFC 3339 with microseconds and zone.
_AT_LENGTH_MAX: Final = 40


class InspectionBody(Body):
    """A finding on one `code`, or on `units` as events name them: codes and ranges.

    `at` keeps its zone; without it, it is now. With an `id` of the client's the same finding is
    recorded once however often it is sent. `authority` is the office as consumers read it.
    """

    id: UUID | None = None
    code: str | None = Field(default=None, max_length=CODE_LENGTH_MAX)
    units: list[Any] | None = Field(default=None, min_length=1, max_length=UNITS_MAX)
    result: InspectionResult
    authority: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    document: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    notes: LocalTextForm | None = None
    file_ids: list[UUID] = Field(default=[], max_length=FILES_MAX)
    at: str | None = Field(default=None, max_length=_AT_LENGTH_MAX)
    site: UUID | None = None

    def to_draft(self, new_id: UUID) -> InspectionDraft:
        """Return what the service checks."""
        if (self.code is None) is (self.units is None):
            raise InvalidError("inspection_units", field="code")
        finding: dict[str, Any] = {
            "result": self.result.value,
            "authority": self.authority,
            "document": self.document,
            "notes": None if self.notes is None else self.notes.model_dump(exclude_none=True),
            "file_ids": [str(each) for each in self.file_ids] or None,
        }
        return InspectionDraft(
            id=self.id or new_id,
            units=[self.code] if self.units is None else self.units,
            finding={name: value for name, value in finding.items() if value is not None},
            at=self.at,
            site_id=self.site,
        )


class InspectionAnswer(Answer):
    """A finding: whose, on which units of whom, and what. `declaration`: it was in error."""

    event_id: UUID
    result: InspectionResult
    organisation: OrganisationPart | None
    authority: str | None
    document: str | None
    notes: LocalTextForm | None
    file_ids: list[UUID]
    at: datetime
    recorded_at: datetime
    site: SitePart | None
    units: list[UnitsAnswer]
    owners: list[OrganisationPart]
    declaration: DeclarationPart | None

    @classmethod
    def of(cls, found: FoundEvent, names: Names) -> "InspectionAnswer":
        """Show a finding."""
        event, finding = found.event, found.finding
        shown = EventAnswer.of(event, names)
        owners = [OrganisationPart.of(names.organisation(each)) for each in found.owner_ids]
        return cls(
            event_id=event.id,
            result=finding.result,
            organisation=shown.organisation,
            authority=finding.authority,
            document=finding.document,
            notes=LocalTextForm.of_optional(finding.notes),
            file_ids=list(finding.file_ids),
            at=event.at,
            recorded_at=event.recorded_at,
            site=shown.site,
            units=show_units(found.spans),
            owners=sorted((each for each in owners if each is not None), key=lambda each: each.id),
            declaration=shown.declaration,
        )


class InspectionQuery(PageQuery):
    """Whose findings: one's `own`, or those on one's `goods`; by default as one is an authority."""

    side: Literal["own", "goods"] | None = None


def create_inspection(call: CallHere, body: InspectionBody) -> Response:
    """Record a finding of an authority; consumers see it with authority and date."""
    context = call.context
    draft = body.to_draft(call.open_act().new_id())

    def do(tx: Tx, act: Act) -> InspectionAnswer:
        found = inspecting.create_inspection(
            tx, context.catalogue, context.vault, act, draft, hosts=context.hosts
        )
        [answer] = _show(call, tx, [found])
        return answer

    return call.create(do)


def _show(call: Call, tx: Tx, rows: list[FoundEvent]) -> list[InspectionAnswer]:
    context = call.context
    names = find_names(tx, context.catalogue, context.vault, [row.event for row in rows])
    owners = {each for row in rows for each in row.owner_ids}
    names = Names(
        organisations={**names.organisations, **accounts.find_organisations(tx, owners)},
        sites=names.sites,
    )
    return [InspectionAnswer.of(row, names) for row in rows]


def list_inspections(
    call: CallHere, query: Annotated[InspectionQuery, Query()]
) -> Page[InspectionAnswer]:
    """List findings, the newest ids first; those declared in error are among them."""
    before, act = parse_uuid_cursor(query), call.open_act()
    side = query.side
    if side is None:
        side = "own" if Permission.INSPECTION_WRITE in act.actor.permissions else "goods"
    with call.context.database.read() as tx:
        rows = inspecting.list_inspections(
            tx, act.scope, side, before=before, limit=query.limit + 1
        )
        shown = _show(call, tx, rows)
    return build_page(shown, query.limit, lambda row: row, lambda row: row.event_id)
