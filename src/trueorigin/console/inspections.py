# SPDX-License-Identifier: Apache-2.0
"""Findings of authorities: an owner sees those on its goods, an authority its own and new ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.actforms import Choices, list_choices, read_draft, read_fields
from trueorigin.console.acts import fill_time, read_event_id, word_refusal
from trueorigin.console.chronicle import EVENTS_PATH, gather, word_span, word_unit
from trueorigin.console.files import (
    PICTURES_ACCEPTED,
    FileView,
    Uploads,
    keep_uploads,
    list_views,
    read_ids,
)
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError
from trueorigin.domain.eventdrafts import EventDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.ids import uuid7
from trueorigin.domain.inspections import (
    DETAIL,
    NOTES_LENGTH_MAX,
    Finding,
    Inspection,
    InspectionResult,
    build_details,
    parse_finding,
)
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import capturing
from trueorigin.storage import accounts, events as stored_events, inspections
from trueorigin.storage.database import Tx
from trueorigin.web.pages import ScanPart, build_scan

PATH: Final = "/console/findings"
_LIST: Final = "console/findings.html"
_FORM: Final = "console/finding_form.html"
_ROWS: Final = 50
_TONES: Final[Mapping[InspectionResult, str]] = {
    InspectionResult.CONFORMS: "good",
    InspectionResult.DOES_NOT_CONFORM: "bad",
    InspectionResult.SUSPECTED_COUNTERFEIT: "bad",
    InspectionResult.SEALED: "bad",
    InspectionResult.UNSEALED: "plain",
    InspectionResult.SAMPLED: "plain",
}
_OWN: Final = ("result", "authority", "paper", "notes.zh", "notes.en")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding on one range of units."""

    href: str = field(metadata={"help": "Page of its event, with notes and photographs."})
    result: str = field(metadata={"help": "What was found, in words."})
    tone: str = field(metadata={"help": "How good that is."})
    units: str = field(metadata={"help": "Which units."})
    who: str = field(metadata={"help": "The authority, or whose goods they are."})
    at: str = field(metadata={"help": "When."})
    is_in_error: bool = field(metadata={"help": "Whether it was declared in error."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsPage:
    """Findings, the newest first."""

    is_authority: bool = field(metadata={"help": "Whether these are the reader's own findings."})
    rows: tuple[FindingLine, ...] = field(metadata={"help": "Newest first."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingForm:
    """The form of a new finding."""

    values: Mapping[str, str] = field(metadata={"help": "What is in the fields, by name."})
    results: tuple[tuple[str, str], ...] = field(metadata={"help": "Results to choose from."})
    photos: tuple[FileView, ...] = field(metadata={"help": "Photographs kept already."})
    choices: Choices = field(metadata={"help": "Sites and levels to choose from."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for errors."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    scan: ScanPart | None = field(metadata={"help": "The camera; None: no scripts."})
    accepted: str = field(default=PICTURES_ACCEPTED, metadata={"help": "Types of photographs."})
    notes_length_max: int = field(default=NOTES_LENGTH_MAX, metadata={"help": "Characters."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


def list_page(request: ConsoleRequest) -> Response:
    """List findings: an authority's own, or those on the organisation's goods."""
    is_authority = request.may(Permission.INSPECTION_WRITE)
    listing = (
        inspections.list_own_inspections if is_authority else inspections.list_inspections_of_goods
    )
    before = request.cursor("before")
    with request.read() as tx:
        found = listing(tx, request.act.scope, before=before, limit=_ROWS + 1)
        shown = _cut(found)
        rows = _word_all(request, tx, shown, is_authority=is_authority)
    page = FindingsPage(
        is_authority=is_authority,
        rows=rows,
        next=request.here(before=str(shown[-1].event_id)) if len(found) > len(shown) else None,
        first=request.here(before=None) if before else None,
    )
    return request.page(_LIST, page)


def _cut(found: list[Inspection]) -> list[Inspection]:
    """Return the rows of a page, which ends between two events; one event may fill it alone."""
    if len(found) <= _ROWS:
        return found
    last = found[_ROWS].event_id
    return [each for each in found if each.event_id != last] or found[:_ROWS]


def _word_all(
    request: ConsoleRequest, tx: Tx, found: list[Inspection], *, is_authority: bool
) -> tuple[FindingLine, ...]:
    text = request.translator.text
    events = stored_events.find_events(tx, {each.event_id for each in found})
    singles = [each.span.key for each in found if each.span.size == 1]
    words = gather(request, tx, [], singles)
    others = {each.owner_id if is_authority else each.authority_id for each in found}
    names = accounts.find_organisations(tx, others)
    return tuple(
        FindingLine(
            href=f"{EVENTS_PATH}/{each.event_id}",
            result=text(f"console-finding-{each.result.value.replace('_', '-')}"),
            tone=_TONES[each.result],
            units=word_unit(request, each.span.key, words.names)
            if each.span.size == 1
            else word_span(request, each.span),
            who=names[each.owner_id if is_authority else each.authority_id].name,
            at=request.instant(each.at),
            is_in_error=events[each.event_id].declaration is not None,
        )
        for each in found
    )


def new_page(request: ConsoleRequest) -> Response:
    """Show an empty form; `?code=` fills in a unit somebody came from."""
    act = request.act
    values = {
        **_read_values(request),
        "id": str(uuid7(act.at, act.entropy(10))),
        "codes": request.query.get("code", "")[:2048],
        "authority": request.organisation.name,
    }
    return request.page(_FORM, _build_form(request, values), has_camera=True)


def _read_values(request: ConsoleRequest) -> dict[str, str]:
    return {**read_fields(request), **{name: request.form.text(name) for name in _OWN}}


def create(request: ConsoleRequest) -> Response:
    """Record a finding on goods of anybody."""
    values, context = _read_values(request), request.context
    values["id"] = read_event_id(request, values["id"])
    values["at"] = fill_time(request, values["at"])
    uploads = keep_uploads(request, {"photos": PICTURES_ACCEPTED})
    try:
        uploads.settle()
        draft = _read_finding(request, values, uploads)
        with request.write() as tx:
            [outcome] = capturing.capture_events(
                tx, context.catalogue, context.vault, request.act, [draft]
            )
        if outcome.error is not None:
            raise outcome.error
    except DomainError as error:
        errors = uploads.join(word_refusal(request, error))
        form = _build_form(request, values, errors, uploads)
        return request.page(_FORM, form, status=422, has_camera=True)
    return request.redirect(f"{EVENTS_PATH}/{outcome.event_id}", "console-finding-done")


def _read_finding(
    request: ConsoleRequest, values: Mapping[str, str], uploads: Uploads
) -> EventDraft:
    """Return the event that holds the finding; its parts are checked before its units are."""
    file_ids = (*read_ids(request.form, "photos"), *uploads.ids["photos"])
    told: dict[str, Any] = {
        "result": values["result"],
        "authority": values["authority"].strip() or None,
        "document": values["paper"].strip() or None,
        "file_ids": [str(each) for each in file_ids],
    }
    notes = {code: values[f"notes.{code}"].strip() or None for code in ("zh", "en")}
    if any(notes.values()):
        told["notes"] = notes
    finding: Finding = parse_finding(told, field=DETAIL)
    draft = read_draft(request, EventKind.INSPECTING, values)
    return replace(draft, details={**(draft.details or {}), DETAIL: build_details(finding)})


def _build_form(
    request: ConsoleRequest,
    values: Mapping[str, str],
    errors: FormErrors = NO_ERRORS,
    uploads: Uploads | None = None,
) -> FindingForm:
    text = request.translator.text
    kept = () if uploads is None else (*_list_kept(request), *uploads.ids["photos"])
    with request.read() as tx:
        choices = list_choices(request, tx)
        photos = list_views(tx, request.act.scope, kept)
    labels = {
        "codes": text("console-act-codes"),
        "run": text("console-column-run"),
        "level": text("console-units-level"),
        "from": text("console-range-from"),
        "to": text("console-range-to"),
        "at": text("console-event-at"),
        "site": text("console-event-site"),
        "result": text("console-finding-result"),
        "authority": text("console-finding-authority"),
        "paper": text("console-finding-document"),
        "notes": text("console-finding-notes"),
        "notes.zh": text("console-finding-notes-zh"),
        "notes.en": text("console-finding-notes-en"),
        "photos": text("console-finding-photos"),
    }
    choose = ("", text("console-form-choose"))
    return FindingForm(
        values=values,
        results=(
            choose,
            *(
                (each.value, text(f"console-finding-{each.value.replace('_', '-')}"))
                for each in InspectionResult
            ),
        ),
        photos=photos,
        choices=choices,
        labels=labels,
        errors=errors.named(tuple(labels)),
        scan=build_scan(request.translator, request.context.hosts, fill="codes"),
    )


def _list_kept(request: ConsoleRequest) -> tuple[UUID, ...]:
    try:
        return read_ids(request.form, "photos")
    except DomainError:
        return ()
