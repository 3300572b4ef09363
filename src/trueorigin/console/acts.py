# SPDX-License-Identifier: Apache-2.0
"""Record by hand what happens to goods: one page an act, which asks again with what is wrong.

The id of an event is drawn when its page opens and comes back with the form: whoever presses
twice, or comes back later, stores it once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.responses import Response

from trueorigin.console.actforms import Choices, list_choices, read_draft, read_fields
from trueorigin.console.chronicle import (
    EVENTS_PATH,
    EventLine,
    gather,
    word_event,
    word_unit,
)
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, NotFoundError
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.ids import uuid7
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import capturing
from trueorigin.services.foreseeing import foresee
from trueorigin.services.resolving import resolve_events
from trueorigin.web.pages import ScanPart, build_scan

PATH: Final = "/console/acts"
_TEMPLATE: Final = "console/act.html"
# In the order of the goods' way; what is made here comes first.
ACTS: Final = (
    EventKind.PACKING,
    EventKind.UNPACKING,
    EventKind.SHIPPING,
    EventKind.RECEIVING,
    EventKind.STORING,
    EventKind.SELLING,
    EventKind.RETURNING,
    EventKind.DESTROYING,
    EventKind.INSPECTING,
)
# Which fields each act has besides its units, its time and its notes.
FIELDS: Final[Mapping[EventKind, tuple[str, ...]]] = {
    EventKind.PACKING: ("container", "site"),
    EventKind.UNPACKING: ("container", "site"),
    EventKind.SHIPPING: (
        "site", "partner", "territory", "carrier", "vehicle", "expected", "document",
    ),
    EventKind.RECEIVING: ("site", "partner", "document"),
    EventKind.STORING: ("site",),
    EventKind.SELLING: ("site", "partner", "document"),
    EventKind.RETURNING: ("site", "partner", "document"),
    EventKind.DESTROYING: ("site", "document"),
    EventKind.INSPECTING: ("site", "quality", "document"),
}  # fmt: skip


# Fields that an address of the page may fill in.
_GIVEN: Final = ("run", "level", "from", "to", "partner", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningLine:
    """Something that would be wrong with the event."""

    text: str = field(metadata={"help": "What, and of how many units."})
    units: tuple[tuple[str, str], ...] = field(
        metadata={"help": "Address and name of the first of them."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPage:
    """The form of an act, or, with `line`, the page that asks again."""

    kind: str = field(metadata={"help": "Which act, as in the API."})
    fields: tuple[str, ...] = field(metadata={"help": "Names of the fields it has."})
    values: Mapping[str, str] = field(metadata={"help": "What is in the fields, by name."})
    choices: Choices = field(metadata={"help": "Sites, partners and regions to choose from."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for errors."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    scan: ScanPart | None = field(metadata={"help": "The camera; None: no scripts."})
    line: EventLine | None = field(default=None, metadata={"help": "The event in words."})
    warnings: tuple[WarningLine, ...] = field(default=(), metadata={"help": "What is wrong."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsPage:
    """What can be recorded."""

    acts: tuple[str, ...] = field(metadata={"help": "Kinds, as in the API."})


def list_page(request: ConsoleRequest) -> Response:
    """Offer every act there is."""
    return request.page("console/acts.html", ActsPage(acts=tuple(each.value for each in ACTS)))


def _read_kind(request: ConsoleRequest) -> EventKind:
    name = request.path_params["act"]
    for kind in ACTS:
        if kind.value == name:
            return kind
    raise NotFoundError("path_unknown", path=request.path[:100])


def show_page(request: ConsoleRequest) -> Response:
    """Show the empty form of an act; the query fills in what somebody came from.

    `?code=` is a unit; a range, a partner and a paper come from a shipment that is expected.
    """
    kind = _read_kind(request)
    act = request.act
    values = {
        **read_fields(request),
        **{name: request.query.get(name, "")[:LINE_LENGTH_MAX] for name in _GIVEN},
        "id": str(uuid7(act.at, act.entropy(10))),
        "codes": request.query.get("code", "")[:2048],
    }
    return request.page(_TEMPLATE, _build_page(request, kind, values), has_camera=True)


def create(request: ConsoleRequest) -> Response:
    """Ask again with what would be wrong, or store the event."""
    kind, values = _read_kind(request), dict(read_fields(request))
    context = request.context
    values["at"] = fill_time(request, values["at"])
    values["id"] = read_event_id(request, values["id"])
    if request.form.has("change"):
        return request.page(_TEMPLATE, _build_page(request, kind, values), has_camera=True)
    try:
        draft = read_draft(request, kind, values)
        if request.form.text("confirmed") != "yes":
            with request.read() as tx:
                [found] = resolve_events(tx, context.catalogue, context.vault, request.act, [draft])
            if isinstance(found, DomainError):
                raise found
            return _ask_again(request, kind, values, found)
        with request.write() as tx:
            [outcome] = capturing.capture_events(
                tx, context.catalogue, context.vault, request.act, [draft]
            )
        if outcome.error is not None:
            raise outcome.error
    except DomainError as error:
        errors = word_refusal(request, error)
        page = _build_page(request, kind, values, errors)
        return request.page(_TEMPLATE, page, status=422, has_camera=True)
    return request.redirect(f"{EVENTS_PATH}/{outcome.event_id}", "console-act-done")


def fill_time(request: ConsoleRequest, typed: str) -> str:
    """Return what was typed for a time, or the time now.

    What was looked at is what is stored, however long somebody thought about it.
    """
    if typed.strip():
        return typed
    zone = ZoneInfo(request.organisation.time_zone)
    return request.act.at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def read_event_id(request: ConsoleRequest, text: str) -> str:
    """Return the id that came with a form; a new one where that is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid7(request.act.at, request.act.entropy(10)))


def word_refusal(request: ConsoleRequest, error: DomainError) -> FormErrors:
    """Put a refusal beside the field it is about; of many codes it says which one."""
    if isinstance(error, NotFoundError):
        text = request.translator.text(f"error-{error.code.replace('_', '-')}", **error.params)
        found = FormErrors(by_field={error.field or "codes": text})
    else:
        found = request.form_errors(error)
    by_field: dict[str, str] = {}
    for name, sentence in found.by_field.items():
        target, line = _find_field(name, error.code)
        if line is not None:
            told = request.translator.text("console-act-line", number=line)
            sentence = f"{told} {sentence}"  # noqa: PLW2901 - the same one, with its line
        by_field.setdefault(target, sentence)
    return FormErrors(by_field=by_field, general=found.general)


def _find_field(name: str, code: str) -> tuple[str, int | None]:
    """Return the field of the form for a field of an event, and the line of a list of codes."""
    parts = name.split(".")
    if code == "run_not_found":
        return "run", None
    if parts[-1] in {"level", "from", "to"}:
        return parts[-1], None
    if parts[0] in {"details", "inspection"}:
        known = {"document": "paper", "file_ids": "photos", "inspection": "result"}
        last = parts[2 if parts[1:2] == ["inspection"] else 1] if len(parts) > 1 else parts[0]
        return known.get(last, last), None
    line = int(parts[1]) + 1 if len(parts) > 1 and parts[1].isdigit() else None
    return {"units": "codes", "plan": "from", "kind": "codes"}.get(parts[0], parts[0]), line


def _ask_again(
    request: ConsoleRequest, kind: EventKind, values: Mapping[str, str], event: Event
) -> Response:
    """Show what would be stored, and what would be wrong with it."""
    text = request.translator.text
    with request.read() as tx:
        warned = foresee(tx, event)
        words = gather(request, tx, [event], {key for each in warned for key in each.keys})
    warnings = tuple(
        WarningLine(
            text=text(f"warning-{each.code.replace('_', '-')}", count=each.count),
            units=tuple(
                (f"/console/units?unit={key}", word_unit(request, key, words.names))
                for key in each.keys
            ),
        )
        for each in warned
    )
    page = _build_page(
        request, kind, values, line=word_event(request, event, words), warnings=warnings
    )
    return request.page(_TEMPLATE, page)


def _build_page(
    request: ConsoleRequest,
    kind: EventKind,
    values: Mapping[str, str],
    errors: FormErrors = NO_ERRORS,
    **more: Any,  # noqa: ANN401 - of any type
) -> ActPage:
    text = request.translator.text
    with request.read() as tx:
        choices = list_choices(request, tx)
    labels = {
        "codes": text("console-act-codes"),
        "container": text("console-event-container"),
        "run": text("console-column-run"),
        "level": text("console-units-level"),
        "from": text("console-range-from"),
        "to": text("console-range-to"),
        "at": text("console-event-at"),
        "site": text("console-event-site"),
        "partner": text("console-event-partner"),
        "territory": text("console-event-territory"),
        **{name: text(f"console-detail-{name}") for name in _DETAILS},
    }
    return ActPage(
        kind=kind.value,
        fields=FIELDS[kind],
        values=values,
        choices=choices,
        labels=labels,
        errors=errors.named(tuple(labels)),
        scan=build_scan(request.translator, request.context.hosts, fill="codes"),
        **more,
    )


_DETAILS: Final = ("carrier", "vehicle", "expected", "document", "quality", "notes")
