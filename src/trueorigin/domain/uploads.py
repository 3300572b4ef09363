# SPDX-License-Identifier: Apache-2.0
"""Files of events that a person uploads: what a row of a table says, and what became of each row.

A row is turned into the same document a machine would send, so that nothing is judged twice. What
people name in words (sites, partners, sales regions) is looked up in a `Directory`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.events import EventKind
from trueorigin.domain.records import record
from trueorigin.domain.territories import TERRITORY

# What a column is called in a file, in the order of the template.
COLUMNS: Final = (
    *("kind", "at", "units", "container", "plan", "site", "partner", "territory"),
    *("carrier", "vehicle", "document", "notes", "id"),
)
REQUIRED: Final = ("kind", "at")
# Columns that are words of the recorder's own and go into the details as they are.
_DETAILS: Final = ("carrier", "vehicle", "document", "notes")
_TOKENS: Final = re.compile(r"[\s;]+")
# 12/1/0-39: the first 40 units of level 1 of run 12, as the table of findings has them.
_RANGE: Final = re.compile(r"(\d{1,10})/(\d)/(\d{1,10})-(\d{1,10})")
# What Excel makes of a time when somebody opens and saves a table: 2026/3/14 9:05.
_SAVED_TIME: Final = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?"
)


class UploadFormat(StrEnum):
    """What an uploaded file is."""

    CSV = "csv"
    JSON = "json"


class RowOutcome(StrEnum):
    """What became of one row. FLAGGED is stored, and cannot be as it says."""

    STORED = "stored"
    REPEATED = "repeated"
    FLAGGED = "flagged"
    REFUSED = "refused"


@record
class RowResult:
    """The answer to one row: its number in the file, and the event or the refusal.

    `flags` are codes of anomalies, of an event that is stored; `code`, `field` and `params` are of
    a refusal.
    """

    row: int
    event_id: UUID | None
    outcome: RowOutcome
    flags: tuple[str, ...] = ()
    code: str | None = None
    field: str | None = None
    params: Mapping[str, Any] | None = None


@record
class UploadPart:
    """The answers to some rows in succession; `first` is the place of the first, from 0.

    `is_judged` says that it was looked for what cannot be.
    """

    first: int
    results: tuple[RowResult, ...]
    is_judged: bool = False


@record
class UploadCounts:
    """How many rows came to what end so far."""

    rows: int = 0
    stored: int = 0
    repeated: int = 0
    flagged: int = 0
    refused: int = 0


@record
class Directory:
    """What people call things in a table, folded: each name leads to all it may mean."""

    sites: Mapping[str, Sequence[UUID]]
    partners: Mapping[str, Sequence[UUID]]
    territories: Mapping[str, Sequence[UUID]]
    kinds: Mapping[str, EventKind]
    zone: ZoneInfo


def fold_name(text: str) -> str:
    """Return a name as names are compared: blanks and case make no difference."""
    return "".join(text.split()).casefold()


def build_row_document(
    cells: Mapping[str, str], directory: Directory, sender: UUID
) -> dict[str, Any]:
    """Return what a row says as a document of `parse_event`; refused with the column as `field`.

    A row without an id gets one made from `sender` and all it says: sent again it is the same
    event, and so is a second row that says the same.
    """
    document: dict[str, Any] = {
        "id": cells.get("id") or str(_build_id(cells, sender)),
        "kind": _find_kind(cells.get("kind", ""), directory),
        "at": _read_time(cells.get("at", ""), directory.zone),
    }
    if units := _read_references(cells.get("units", "")):
        document["units"] = units
    if containers := _read_references(cells.get("container", "")):
        document["container"] = containers
    if plan := _read_references(cells.get("plan", "")):
        if len(plan) != 1 or not isinstance(plan[0], dict):
            raise InvalidError("event_field_malformed", field="plan")
        document["plan"] = plan[0]
    for name, names in (("site", directory.sites), ("partner", directory.partners)):
        if told := cells.get(name):
            document[name] = str(_find_one(told, names, name))
    details: dict[str, Any] = {name: cells[name] for name in _DETAILS if cells.get(name)}
    if told := cells.get("territory"):
        details[TERRITORY] = str(_find_one(told, directory.territories, "territory"))
    return document | ({"details": details} if details else {})


def _build_id(cells: Mapping[str, str], sender: UUID) -> UUID:
    return uuid5(sender, "\x1f".join(f"{name}={cells.get(name, '')}" for name in COLUMNS))


def _find_kind(text: str, directory: Directory) -> str:
    kind = directory.kinds.get(fold_name(text))
    if kind is None:
        raise InvalidError("event_kind_unknown", field="kind", known=", ".join(EventKind))
    return kind.value


def _read_time(text: str, zone: ZoneInfo) -> str:
    """Return an instant with its zone: what a table leaves out is on the organisation's clocks."""
    saved = _SAVED_TIME.fullmatch(text)
    if saved is not None:
        year, month, day, hour, minute, second = map(int, saved.groups(default="0"))
        text = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise InvalidError("event_field_malformed", field="at") from error
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def _read_references(text: str) -> list[Any]:
    """Return codes and ranges, parted by blanks, semicolons or line ends."""
    found: list[Any] = []
    for token in filter(None, _TOKENS.split(text)):
        numbers = _RANGE.fullmatch(token)
        if numbers is None:
            found.append(token)
        else:
            run, level, first, last = map(int, numbers.groups())
            found.append({"run": run, "level": level, "from": first, "to": last + 1})
    return found


def _find_one(text: str, names: Mapping[str, Sequence[UUID]], field: str) -> UUID:
    """Return the one thing that is called so."""
    found = names.get(fold_name(text), ())
    if not found:
        raise InvalidError(f"{field}_not_found", field=field)
    if len(found) > 1:
        raise InvalidError("upload_name_ambiguous", field=field, name=text[:100], count=len(found))
    return found[0]
