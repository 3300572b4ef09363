# SPDX-License-Identifier: Apache-2.0
"""Findings of authorities at the JSON surface: recorded by them, listed for both sides."""

from collections.abc import Mapping
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
from trueorigin.domain.inspections import (
    FILES_MAX,
    InspectionFilter,
    InspectionResult,
    Note,
    NoteKind,
)
from trueorigin.domain.tenancy import Act, Organisation, Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import inspecting, looks
from trueorigin.services.following import (
    TEXT_LENGTH_MAX,
    Deed,
    DeedKind,
    Following,
    answer_finding,
    close_finding,
    find_onlooked,
    get_following,
    reopen_finding,
)
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
    is_open: bool
    closed_at: datetime | None
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
            is_open=found.is_open,
            closed_at=found.closed_at,
            declaration=shown.declaration,
        )


class InspectionQuery(PageQuery):
    """Whose findings: one's `own`, or those on one's `goods`; by default as one is an authority.

    `region` is where they were made: a province's two digits, or a code of one's own remit.
    `open`: whether their authority still follows them.
    """

    side: Literal["own", "goods"] | None = None
    product: UUID | None = None
    enterprise: UUID | None = None
    result: InspectionResult | None = None
    region: str = Field(default="", max_length=6)
    is_open: bool | None = Field(default=None, alias="open")

    def to_filter(self) -> InspectionFilter:
        """Return what is asked for but the region."""
        return InspectionFilter(
            product_id=self.product,
            owner_id=self.enterprise,
            result=self.result,
            is_open=self.is_open,
        )


class NotePart(Answer):
    """What was said to a finding: an owner's answer, or closed or opened again by its authority."""

    id: UUID
    kind: NoteKind
    organisation: OrganisationPart | None
    text: str | None
    at: datetime


class DeedPart(Answer):
    """What the owner did with these units since; `units` null is the whole batch."""

    kind: DeedKind
    at: datetime
    units: UnitsAnswer | None
    number: str | None
    reason: LocalTextForm | None
    lifted_at: datetime | None


class FollowingAnswer(InspectionAnswer):
    """A finding with all that came of it; `others` are findings on the same units by anybody."""

    said: list[NotePart]
    deeds: list[DeedPart]
    others: list[InspectionAnswer]


class AnswerBody(Body):
    """What the owner of the goods answers."""

    text: str = Field(max_length=TEXT_LENGTH_MAX)


class ClosingNoteBody(Body):
    """Why, if there is anything to say."""

    text: str | None = Field(default=None, max_length=TEXT_LENGTH_MAX)


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
        wanted = inspecting.narrow_region(tx, act.scope, query.to_filter(), query.region)
        rows = inspecting.list_inspections(
            tx, act.scope, side, wanted, before=before, limit=query.limit + 1
        )
        shown = _show(call, tx, rows)
    return build_page(shown, query.limit, lambda row: row, lambda row: row.event_id)


def get_inspection(call: CallHere, event_id: UUID) -> FollowingAnswer:
    """Return a finding and what came of it: answers, recalls, withdrawals, others' findings."""
    act = call.open_act()
    with call.context.database.read() as tx:
        following = get_following(tx, act, event_id)
        answer = _show_following(call, tx, following)
    owner_ids = find_onlooked(act, following)
    if owner_ids:
        with call.context.database.write() as tx:
            looks.record_event_look(tx, act, following.found.event, owner_ids)
    return answer


def _show_following(call: Call, tx: Tx, following: Following) -> FollowingAnswer:
    [shown, *others] = _show(call, tx, [following.found, *following.others])
    says = {note.organisation_id for note in following.notes}
    names = accounts.find_organisations(tx, says)
    return FollowingAnswer(
        **shown.model_dump(),
        said=[_show_note(note, names) for note in following.notes],
        deeds=[_show_deed(each) for each in following.deeds],
        others=others,
    )


def _show_note(note: Note, names: Mapping[UUID, Organisation]) -> NotePart:
    return NotePart(
        id=note.id,
        kind=note.kind,
        organisation=OrganisationPart.of(names.get(note.organisation_id)),
        text=note.text,
        at=note.at,
    )


def _show_deed(deed: Deed) -> DeedPart:
    return DeedPart(
        kind=deed.kind,
        at=deed.at,
        units=None if deed.span is None else show_units([deed.span])[0],
        number=deed.number,
        reason=LocalTextForm.of_optional(deed.reason),
        lifted_at=deed.lifted_at,
    )


def answer_inspection(call: CallHere, event_id: UUID, body: AnswerBody) -> Response:
    """Answer a finding on one's goods; its authority reads it."""
    return call.create(lambda tx, act: _name_note(tx, answer_finding(tx, act, event_id, body.text)))


def close_inspection(
    call: CallHere, event_id: UUID, body: ClosingNoteBody | None = None
) -> Response:
    """Stop following one's own finding."""
    text = None if body is None else body.text
    return call.create(lambda tx, act: _name_note(tx, close_finding(tx, act, event_id, text)))


def reopen_inspection(
    call: CallHere, event_id: UUID, body: ClosingNoteBody | None = None
) -> Response:
    """Follow a closed finding of one's own again."""
    text = None if body is None else body.text
    return call.create(lambda tx, act: _name_note(tx, reopen_finding(tx, act, event_id, text)))


def _name_note(tx: Tx, note: Note) -> NotePart:
    return _show_note(note, accounts.find_organisations(tx, [note.organisation_id]))
