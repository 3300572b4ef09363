# SPDX-License-Identifier: Apache-2.0
"""Inspections: a regulator's authoritative finding on a unit or a group (查验鉴定).

An inspection is an event of the chain (`inspecting`) whose details carry the finding, so it
holds for what was inside a group at that moment, may arrive late, and may be declared in error.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.records import record
from trueorigin.domain.risk import Place, build_place
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_local_text, parse_text

# The entry of an event's details that holds the finding.
DETAIL: Final = "inspection"
# The entry that holds where a phone was when the finding was made.
_POSITION: Final = "position"
# A page of notes in each language would not fit a phone: two paragraphs.
NOTES_LENGTH_MAX: Final = 1000
# What is said to one finding: a correspondence of years.
SAID_MAX: Final = 200
# Photographs of one finding.
FILES_MAX: Final = 10


class InspectionResult(StrEnum):
    """What an authority found, or did to the goods.

    SEALED goods may not be sold until UNSEALED; SAMPLED says that a sample was taken.
    """

    CONFORMS = "conforms"
    DOES_NOT_CONFORM = "does_not_conform"
    SUSPECTED_COUNTERFEIT = "suspected_counterfeit"
    SEALED = "sealed"
    UNSEALED = "unsealed"
    SAMPLED = "sampled"


@record
class Finding:
    """What an inspection says: `authority` is its office as consumers read it."""

    result: InspectionResult
    authority: str | None = None
    document: str | None = None
    notes: LocalText | None = None
    file_ids: tuple[UUID, ...] = ()


@record
class Inspection:
    """One line of the register of findings: which authority, on whose goods, what and when.

    `cell` is where it was made (`cells.py`); `closed_at` since when nobody follows it any more.
    """

    event_id: UUID
    authority_id: UUID
    owner_id: UUID
    span: Span
    result: InspectionResult
    at: datetime
    recorded_at: datetime
    cell: int | None = None
    closed_at: datetime | None = None


class NoteKind(StrEnum):
    """What was said to a finding: the owner of the goods answered, its authority closed it."""

    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"


@record
class Note:
    """One thing said to a finding, by whom; `owner_id` of an answer is whose goods it is about."""

    id: UUID
    event_id: UUID
    kind: NoteKind
    organisation_id: UUID
    at: datetime
    actor_id: UUID | None = None
    owner_id: UUID | None = None
    text: str | None = None


@record
class InspectionFilter:
    """Which findings are wanted: all that is given has to fit.

    `cells` are ranges of where they were made; `is_open` True: those still to be followed.
    """

    product_id: UUID | None = None
    owner_id: UUID | None = None
    result: InspectionResult | None = None
    cells: tuple[tuple[int, int], ...] | None = None
    is_open: bool | None = None


# What asks for something to happen: it stays open until its authority closes it.
FOLLOWED: Final = frozenset(
    {
        InspectionResult.DOES_NOT_CONFORM,
        InspectionResult.SUSPECTED_COUNTERFEIT,
        InspectionResult.SEALED,
        InspectionResult.SAMPLED,
    }
)

_FIELDS: Final = frozenset({"result", "authority", "document", "notes", "file_ids"})
_RESULTS: Final = {each.value: each for each in InspectionResult}


def parse_finding(value: object, *, field: str) -> Finding:
    """Read a finding from parsed JSON, or refuse it with the field that is wrong."""
    if not isinstance(value, dict) or not _FIELDS.issuperset(value):
        raise InvalidError("event_field_malformed", field=field)
    named = value.get("result")
    result = _RESULTS.get(named) if isinstance(named, str) else None
    if result is None:
        raise InvalidError("inspection_result_unknown", field=f"{field}.result", known=_KNOWN)
    return Finding(
        result=result,
        authority=_parse_line(value, "authority", field),
        document=_parse_line(value, "document", field),
        notes=_parse_notes(value.get("notes"), f"{field}.notes"),
        file_ids=_parse_files(value.get("file_ids", []), f"{field}.file_ids"),
    )


_KNOWN: Final = ", ".join(_RESULTS)


def _parse_line(value: Mapping[str, Any], name: str, field: str) -> str | None:
    text = value.get(name)
    if text is None:
        return None
    if not isinstance(text, str):
        raise InvalidError("event_field_malformed", field=f"{field}.{name}")
    return parse_text(text, field=f"{field}.{name}", length_max=LINE_LENGTH_MAX)


def _parse_notes(value: object, field: str) -> LocalText | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not {"zh", "en"}.issuperset(value):
        raise InvalidError("event_field_malformed", field=field)
    texts = {name: text for name, text in value.items() if text is not None}
    if not all(isinstance(text, str) for text in texts.values()):
        raise InvalidError("event_field_malformed", field=field)
    notes = LocalText(zh=texts.get("zh"), en=texts.get("en"))
    return parse_local_text(notes, field=field, length_max=NOTES_LENGTH_MAX, is_multiline=True)


def _parse_files(value: object, field: str) -> tuple[UUID, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidError("event_field_malformed", field=field)
    if len(value) > FILES_MAX:
        raise InvalidError("too_many", field=field, max=FILES_MAX, count=len(value))
    try:
        return tuple(UUID(each) for each in value)
    except ValueError as error:
        raise InvalidError("event_field_malformed", field=field) from error


def build_details(finding: Finding) -> dict[str, Any]:
    """Write a finding as the entry of an event's details that `parse_finding` reads."""
    parts: dict[str, Any] = {"result": finding.result.value}
    if finding.authority is not None:
        parts["authority"] = finding.authority
    if finding.document is not None:
        parts["document"] = finding.document
    if finding.notes is not None:
        notes = {"zh": finding.notes.zh, "en": finding.notes.en}
        parts["notes"] = {name: text for name, text in notes.items() if text is not None}
    if finding.file_ids:
        parts["file_ids"] = [str(each) for each in finding.file_ids]
    return parts


def find_finding(event: Event) -> Finding | None:
    """Return the finding an event holds; None for any other event."""
    if event.kind is not EventKind.INSPECTING or not event.details:
        return None
    told = event.details.get(DETAIL)
    return None if told is None else parse_finding(told, field=DETAIL)


def find_position(event: Event) -> Place | None:
    """Return the cell in which an inspection was made, as the phone told it; None: it told none.

    Whoever made it says so: it is worth as much as the finding.
    """
    told = (event.details or {}).get(_POSITION)
    if event.kind is not EventKind.INSPECTING or not isinstance(told, dict):
        return None
    latitude, longitude = told.get("latitude"), told.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    return build_place(float(latitude), float(longitude))
