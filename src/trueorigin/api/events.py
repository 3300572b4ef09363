# SPDX-License-Identifier: Apache-2.0
"""Events of the supply chain at the JSON surface: many at a time, and one by one."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import orjson
from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import JSON, Call, CallHere
from trueorigin.api.eventforms import EPCIS, EventAnswer, EventQuery
from trueorigin.api.forms import Answer, Body, ErrorPart, Instant, Page, PageQuery
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.epcis import build_document
from trueorigin.domain.epcis_reading import list_documents
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.eventdrafts import ID_LENGTH_MAX
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import capturing, looks, tracing
from trueorigin.services.capturing import EVENTS_MAX, EventOutcome, Intake, Outcome
from trueorigin.services.naming import find_epcis_names, find_names
from trueorigin.services.visibility import find_viewer
from trueorigin.storage import events as stored
from trueorigin.web.errors import build_error_body
from trueorigin.web.i18n import Translator
from trueorigin.web.requests import JSON_BODY_MAX, pick_translator

# Answers of up to so many events name every row; beyond it only those that were not stored.
OUTCOMES_MAX: Final = 1000
# Lists and objects of one body. Six an event are usual, and twelve in EPCIS; a body of nothing but
# brackets would need thirty times its size once it is read.
PARTS_MAX: Final = 15 * EVENTS_MAX
# A large upload takes some ten seconds.
_BUSY_S: Final = 5


class OutcomesQuery(Body):
    """Which rows are answered one by one: `all`, or by default those that were not stored."""

    outcomes: Literal["all", "refused"] | None = None


class OutcomeAnswer(Answer):
    """What became of one event; `row` is its place in `events`, from 0."""

    row: int
    id: UUID | None
    outcome: Outcome
    error: ErrorPart | None = None


class UploadAnswer(Answer):
    """How many events were stored, were there already, and were refused; and which."""

    stored: int
    repeated: int
    refused: int
    outcomes: list[OutcomeAnswer]


class DeclarationBody(Body):
    """Why an event was in error, and when that was found out; now, unless told."""

    reason: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    declared_at: Instant | None = None


class DeclarationAnswer(Answer):
    """`is_new` is false for an event that had been declared in error before."""

    event_id: UUID
    is_new: bool


# The body is read by hand, for its size; this describes it.
REQUEST_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "events": {
                            "type": "array",
                            "items": {"type": "object"},
                            "maxItems": EVENTS_MAX,
                        }
                    },
                    "required": ["events"],
                    "examples": [
                        {
                            "events": [
                                {
                                    "id": "01978f3e-0000-7000-8000-000000000001",
                                    "kind": "shipping",
                                    "at": "2026-03-14T17:30:00+08:00",
                                    "units": [{"run": 1, "level": 1, "from": 0, "to": 40}],
                                }
                            ]
                        }
                    ],
                }
            },
            EPCIS: {"schema": {"type": "object"}},
        },
    }
}


def create_events(call: CallHere, query: Annotated[OutcomesQuery, Query()]) -> UploadAnswer:
    """Store events, up to 100,000 at a time; a wrong one is named and stops none of the others.

    The body is one event or `{"events": [...]}`, or in EPCIS 2.0 one event or an `EPCISDocument`.
    An event with the id and the content of a stored
    one is `repeated` and adds nothing, so whoever was interrupted sends everything again.
    """
    if len(call.content) <= JSON_BODY_MAX:
        return _capture(call, query)
    places = call.context.uploads
    if not places.acquire(blocking=False):
        raise DomainError("busy", seconds=_BUSY_S)
    try:
        return _capture(call, query)
    finally:
        places.release()


def _capture(call: Call, query: OutcomesQuery) -> UploadAnswer:
    documents = _parse_body(call.content)
    context = call.context
    act = call.open_act()
    intake = Intake(
        context.database, context.catalogue, context.vault, context.hosts, context.event_pace
    )
    outcomes = intake.capture(act, documents)
    wants_all = query.outcomes == "all" or (
        query.outcomes is None and len(outcomes) <= OUTCOMES_MAX
    )
    counts = dict.fromkeys(Outcome, 0)
    for each in outcomes:
        counts[each.outcome] += 1
    return UploadAnswer(
        stored=counts[Outcome.STORED],
        repeated=counts[Outcome.REPEATED],
        refused=counts[Outcome.REFUSED],
        outcomes=_show_outcomes(
            outcomes, documents, pick_translator(call.request.headers), wants_all=wants_all
        ),
    )


def _show_outcomes(
    outcomes: Sequence[EventOutcome],
    documents: Sequence[object],
    language: Translator,
    *,
    wants_all: bool,
) -> list[OutcomeAnswer]:
    return [
        OutcomeAnswer(
            row=row,
            id=each.event_id or _find_id(documents[row]),
            outcome=each.outcome,
            error=None
            if each.error is None
            else ErrorPart.model_validate(build_error_body(each.error, language)),
        )
        for row, each in enumerate(outcomes)
        if wants_all or each.outcome is not Outcome.STORED
    ]


def _parse_body(content: bytes) -> list[Any]:
    """Return the documents of a body, each of which should be an event."""
    if not content:
        raise InvalidError("body_missing")
    parts = content.count(b"[") + content.count(b"{")
    if parts > PARTS_MAX:
        raise InvalidError("too_many", field="events", max=PARTS_MAX, count=parts)
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise InvalidError("body_malformed") from None
    if not isinstance(body, dict):
        raise InvalidError("body_not_object")
    if "events" in body:
        for name in body:
            if name != "events":
                raise InvalidError("field_unknown", field=name[:60])
    events = list_documents(body)
    if events is None:
        raise InvalidError("field_not_list", field="events" if "events" in body else "eventList")
    if len(events) > EVENTS_MAX:
        raise InvalidError("too_many", field="events", max=EVENTS_MAX, count=len(events))
    return events


def _find_id(document: object) -> UUID | None:
    """Return the id a client gave to a row that could not be read as an event."""
    named = document.get("id") if isinstance(document, dict) else None
    if not isinstance(named, str) or len(named) > ID_LENGTH_MAX:
        return None
    try:
        return UUID(named)
    except ValueError:
        return None


def list_events(call: CallHere, query: Annotated[PageQuery, Query()]) -> Page[EventAnswer]:
    """List what the caller's organisation recorded, the newest ids first."""
    before = parse_uuid_cursor(query)
    context, act = call.context, call.open_act()
    with context.database.read() as tx:
        rows = stored.list_own_events(tx, act.scope, before=before, limit=query.limit + 1)
        names = find_names(tx, context.catalogue, context.vault, rows)
    return build_page(
        rows, query.limit, lambda event: EventAnswer.of(event, names), lambda event: event.id
    )


def get_event(call: CallHere, event_id: UUID, query: Annotated[EventQuery, Query()]) -> Response:
    """Return an event, to its recorder, its partner, the owner of its goods and authorities.

    With `format=epcis` as one event of EPCIS 2.0 (`application/ld+json`).
    """
    context, act = call.context, call.open_act()
    with context.database.read() as tx:
        viewer = find_viewer(tx, act.actor)
        event = tracing.get_event(tx, viewer, event_id)
        owner_ids = tracing.find_onlooked(tx, viewer, event)
        if query.format == "epcis":
            names = find_epcis_names(tx, [event], context.public_url)
            body, media = orjson.dumps(build_document(event, names)), EPCIS
        else:
            shown = find_names(tx, context.catalogue, context.vault, [event])
            answer = EventAnswer.of(event, shown)
            body, media = answer.model_dump_json(by_alias=True).encode(), JSON
    if owner_ids:
        with context.database.write() as tx:
            looks.record_event_look(tx, act, event, owner_ids)
    return Response(body, media_type=media)


def declare_event(call: CallHere, event_id: UUID, body: DeclarationBody | None = None) -> Response:
    """Declare an event in error: it counts for nothing from now on, and both stay visible.

    Only its recorder can. The event itself may arrive later. What is right is sent as a new event.
    """
    said = body or DeclarationBody()
    return call.create(
        lambda tx, act: DeclarationAnswer(
            event_id=event_id,
            is_new=capturing.declare_error(
                tx, act, event_id, reason=said.reason, declared_at=said.declared_at
            ),
        )
    )
