# SPDX-License-Identifier: Apache-2.0
"""Events: what the organisation recorded, newest first, and each on a page of its own."""

from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.chronicle import (
    EVENTS_PATH as PATH,
    UNITS_PATH,
    EventLine,
    gather,
    read_finding,
    word_event,
    word_span,
    word_unit,
    word_wall_clock,
)
from trueorigin.console.files import FileView
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, NotFoundError
from trueorigin.domain.events import Event
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import capturing, files, looks, tracing
from trueorigin.services.visibility import find_viewer
from trueorigin.storage import events as stored
from trueorigin.storage.database import Tx
from trueorigin.web.files import build_file_response

_LIST: Final = "console/events.html"
_TEMPLATE: Final = "console/event.html"
_ROWS: Final = 50
# Units of one event that are named one by one: as many as an event may name.
_SPANS_MAX: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage:
    """What the organisation recorded."""

    rows: tuple[EventLine, ...] = field(metadata={"help": "Newest first."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest."})
    may_write: bool = field(metadata={"help": "Whether the reader may record some."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Units an event is about."""

    label: str = field(metadata={"help": "Which, in words."})
    href: str | None = field(metadata={"help": "Page of a single unit."})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One event: what, whom it touches, and whether it counts."""

    id: str = field(metadata={"help": "Its id, made by whoever recorded it."})
    line: EventLine = field(metadata={"help": "It in words."})
    wall_clock: str = field(metadata={"help": "When, on the clock on the wall there."})
    recorded: str = field(metadata={"help": "When it arrived."})
    touched: tuple[Touched, ...] = field(metadata={"help": "The units it is about."})
    container: Touched | None = field(metadata={"help": "What they went into or came out of."})
    rejects: int = field(metadata={"help": "Units left out of a planned packing."})
    photos: tuple[FileView, ...] = field(metadata={"help": "Photographs of a finding."})
    may_declare: bool = field(metadata={"help": "Whether the reader may declare it in error."})
    reason: str = field(metadata={"help": "Typed for the declaration."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    reason_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


def list_page(request: ConsoleRequest) -> Response:
    """List what the organisation recorded."""
    before = request.cursor("before")
    with request.read() as tx:
        found = stored.list_own_events(tx, request.act.scope, before=before, limit=_ROWS + 1)
        shown = found[:_ROWS]
        words = gather(request, tx, shown)
    page = EventsPage(
        rows=tuple(word_event(request, each, words) for each in shown),
        next=request.here(before=str(shown[-1].id)) if len(found) > _ROWS else None,
        first=request.here(before=None) if before else None,
        may_write=request.may(Permission.EVENT_WRITE),
    )
    return request.page(_LIST, page)


def show_page(request: ConsoleRequest) -> Response:
    """Show one event to whoever may see it."""
    return request.page(_TEMPLATE, _build_page(request, NO_ERRORS))


def _build_page(request: ConsoleRequest, errors: FormErrors) -> EventPage:
    with request.read() as tx:
        viewer = find_viewer(tx, request.act.actor)
        event = tracing.get_event(tx, viewer, request.uuid("event_id"))
        owner_ids = tracing.find_onlooked(tx, viewer, event)
        singles = [span.key for span in event.about[:_SPANS_MAX] if span.size == 1]
        words = gather(request, tx, [event], singles)
        photos = list_photos(tx, event)
    if owner_ids:
        with request.write() as tx:
            looks.record_event_look(tx, request.act, event, owner_ids)
    is_own = event.organisation_id == request.act.scope
    may_declare = is_own and request.may(Permission.EVENT_WRITE) and event.declaration is None
    container = None
    if event.container is not None:
        container = Touched(
            label=word_unit(request, event.container, words.names),
            href=f"{UNITS_PATH}?unit={event.container}",
        )
    return EventPage(
        id=str(event.id),
        line=word_event(request, event, words),
        wall_clock=word_wall_clock(event, request.translator),
        recorded=request.instant(event.recorded_at),
        touched=tuple(
            Touched(
                label=word_unit(request, span.key, words.names),
                href=f"{UNITS_PATH}?unit={span.key}",
            )
            if span.size == 1
            else Touched(label=word_span(request, span), href=None)
            for span in event.about[:_SPANS_MAX]
        ),
        container=container,
        rejects=0 if event.plan is None else len(event.plan.rejects),
        photos=photos,
        may_declare=may_declare,
        reason=request.form.text("reason"),
        errors=errors.named(["reason"]),
    )


def list_photos(tx: Tx, event: Event) -> tuple[FileView, ...]:
    """Return the photographs of a finding: whoever may see the event may see them."""
    finding = read_finding(event)
    ids = () if finding is None else finding.file_ids
    found = [(number, files.find_public_file(tx, each)) for number, each in enumerate(ids)]
    return tuple(
        FileView(
            id=file.id,
            href=f"{PATH}/{event.id}/files/{number}",
            name=file.name,
            kib=-(-file.bytes // 1024),
            is_picture=file.is_image,
        )
        for number, file in found
        if file is not None
    )


def show_photo(request: ConsoleRequest) -> Response:
    """Hand out one photograph of a finding to whoever may see the event."""
    number = request.path_params["number"]
    with request.read() as tx:
        event = tracing.get_event(tx, find_viewer(tx, request.act.actor), request.uuid("event_id"))
        finding = read_finding(event)
        ids = () if finding is None else finding.file_ids
        place = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else -1  # noqa: PLR2004
        file = files.find_public_file(tx, ids[place]) if 0 <= place < len(ids) else None
    if file is None:
        raise NotFoundError("file_not_found")
    content = files.open_content(request.context.files, file)
    return build_file_response(
        file, content, is_public=False, if_none_match=request.headers.get("if-none-match")
    )


def declare(request: ConsoleRequest) -> Response:
    """Declare one of the organisation's own events in error; it stays visible."""
    event_id = request.uuid("event_id")
    try:
        with request.write() as tx:
            stored_event = stored.find_events(tx, [event_id]).get(event_id)
            if stored_event is None or stored_event.organisation_id != request.act.scope:
                tracing.get_event(tx, find_viewer(tx, request.act.actor), event_id)
            capturing.declare_error(tx, request.act, event_id, reason=request.form.line("reason"))
    except DomainError as error:
        page = _build_page(request, request.form_errors(error))
        return request.refill(_TEMPLATE, page, error)
    return request.redirect(f"{PATH}/{event_id}", "console-event-declared-done")
