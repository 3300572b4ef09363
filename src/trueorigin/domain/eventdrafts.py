# SPDX-License-Identifier: Apache-2.0
"""What a client tells of an event, read from JSON, and what of it makes no sense by itself.

Only what needs no database is judged here: forms, limits, and which fields go together. Whether
its units exist, and whose they are, is asked in `services/resolving.py`; what an event says is
believed.

    packing      units into one container; or a plan: a range of containers packed in order
    unpacking    units out of their containers; or containers without units: everything out
    all others   units
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NoReturn, TypeAlias
from uuid import UUID

from trueorigin.domain.digitallink import PrintedCode, parse_code
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.events import Effect, EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.records import record
from trueorigin.domain.texts import parse_text

# Codes and ranges of one event: more cases than any pallet holds. A line sends ranges anyway.
UNITS_MAX: Final = 1000
# Rejects of one planned packing: each splits the range; a line with more sends several events.
REJECTS_MAX: Final = 1000
# Letters and values in all: carrier, vehicle, papers, a page of notes.
DETAILS_MAX: Final = 4000
_DETAILS_DEPTH_MAX: Final = 4
# No clock of the chain is that wrong; what is a year off is kept, and flagged.
YEAR_MIN: Final = 2000
YEAR_MAX: Final = 2099

# A printed code, or units [start, stop) by number; neither is known to exist.
Reference: TypeAlias = PrintedCode | Span


@record
class PlanDraft:
    """A packing by plan as told: what is left out is as the run was planned.

    `first` is the child the first container begins with, `stop` the one after the last.
    """

    containers: Span
    first: int | None = None
    stop: int | None = None
    rejects: tuple[int, ...] = ()


@record
class DeclarationDraft:
    """What its recorder says of an event that was in error, told with the event itself."""

    at: datetime
    reason: str | None


@record
class EventDraft:
    """An event as told. `at` keeps the zone of the clock on the wall there.

    `site_gln` names a place of the recorder's that perhaps is none of its sites: then it has none.
    """

    id: UUID
    kind: EventKind
    at: datetime
    units: tuple[Reference, ...] = ()
    containers: tuple[Reference, ...] = ()
    plan: PlanDraft | None = None
    site_id: UUID | None = None
    partner_id: UUID | None = None
    details: Mapping[str, Any] | None = None
    site_gln: str | None = None
    declaration: DeclarationDraft | None = None

    @property
    def effect(self) -> Effect:
        """Return what it does to containment."""
        if self.kind is EventKind.PACKING:
            return Effect.INTO if self.plan is None else Effect.PLANNED
        if self.kind is EventKind.UNPACKING:
            return Effect.OUT if self.units else Effect.EMPTIED
        return Effect.NONE


def check_event(draft: EventDraft) -> EventDraft:
    """Return `draft`, or refuse what makes no sense whatever its units are."""
    offset = draft.at.utcoffset()
    if offset is None or offset.seconds % 60 or offset.microseconds:
        raise InvalidError("event_time_zone_missing", field="at")
    if not YEAR_MIN <= draft.at.year <= YEAR_MAX:
        refuse_year("at")
    if len(draft.units) > UNITS_MAX:
        _check_count(draft.units, "units", UNITS_MAX)
    _check_parts(draft)
    if draft.details is None:
        return draft
    details = _Details().check(draft.details, "details", 0)
    return draft if details == draft.details else replace(draft, details=details)


def refuse_year(field: str) -> NoReturn:
    """Refuse a time of other years than events are recorded of, which are written as text."""
    years = {"min": str(YEAR_MIN), "max": str(YEAR_MAX)}
    raise InvalidError("event_time_out_of_range", field=field, **years)


# How many containers an event names at least and at most.
_CONTAINERS: Final = {
    Effect.NONE: (0, 0),
    Effect.INTO: (1, 1),
    Effect.PLANNED: (0, 0),
    Effect.OUT: (0, 1),
    Effect.EMPTIED: (1, UNITS_MAX),
}


def _check_parts(draft: EventDraft) -> None:
    """Refuse parts that do not go together."""
    effect, plan = draft.effect, draft.plan
    if effect is Effect.NONE and draft.units and plan is None and not draft.containers:
        # Nearly all events, and nothing more to ask of them.
        return
    if plan is not None:
        if effect is not Effect.PLANNED or draft.units:
            raise InvalidError("event_plan_misplaced", field="plan")
        _check_count(plan.rejects, "plan.rejects", REJECTS_MAX)
    elif not draft.units and effect is not Effect.EMPTIED:
        raise InvalidError("event_units_missing", field="units")
    least, most = _CONTAINERS[effect]
    if not least <= len(draft.containers) <= most:
        raise InvalidError("event_containers", field="container", min=least, max=most)


def _check_count(given: Sequence[object], field: str, limit: int) -> None:
    if len(given) > limit:
        raise InvalidError("too_many", field=field, max=limit, count=len(given))


class _Details:
    """Checks a document of a client's own making: small, flat, and nothing unseen in its texts."""

    def __init__(self) -> None:
        self._room = DETAILS_MAX

    def check(self, value: Any, field: str, depth: int) -> Any:  # noqa: ANN401 - any JSON
        """Return `value` with its texts normalised."""
        if isinstance(value, str):
            self._take(len(value) + 1)
            return parse_text(value, field=field, length_max=DETAILS_MAX, is_multiline=True)
        self._take(1)
        if isinstance(value, dict | list):
            return self._check_inner(value, field, depth + 1)
        if value is None or isinstance(value, bool):
            return value
        # False for what is no number, too, and no integer is too long to compare.
        if isinstance(value, int | float) and abs(value) <= _NUMBER_MAX:
            return value
        raise InvalidError("event_field_malformed", field=field)

    def _check_inner(self, value: Any, field: str, depth: int) -> Any:  # noqa: ANN401 - any JSON
        if depth > _DETAILS_DEPTH_MAX:
            raise InvalidError("event_details_too_deep", field="details", max=_DETAILS_DEPTH_MAX)
        if isinstance(value, list):
            return [self.check(each, field, depth) for each in value]
        return {
            self.check(name, field, depth): self.check(each, field, depth)
            for name, each in value.items()
        }

    def _take(self, count: int) -> None:
        self._room -= count
        if self._room < 0:
            raise InvalidError("event_details_too_long", field="details", max=DETAILS_MAX)


def is_shallow(value: object, depth: int = 0) -> bool:
    """Tell whether details may be nested as `value` is."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth < _DETAILS_DEPTH_MAX and all(is_shallow(each, depth + 1) for each in inner)


# The largest number that every reader of JSON keeps exactly.
_NUMBER_MAX: Final = 2**53

_KINDS: Final = {kind.value: kind for kind in EventKind}
_FIELDS: Final = frozenset(
    {"id", "kind", "at", "units", "container", "plan", "site", "partner", "details"}
)
_RANGE_FIELDS: Final = frozenset({"run", "level", "from", "to"})
_PLAN_FIELDS: Final = _RANGE_FIELDS | {"first", "stop", "rejects"}
_INTEGER_LIMIT: Final = 2**32


def parse_event(document: object, *, hosts: Collection[str]) -> EventDraft:
    """Read one event from parsed JSON, or refuse it with the field that is wrong.

    A unit is anything a person can scan or type, or `{"run", "level", "from", "to"}`; `container`
    is one of these, or a list of them where everything comes out.
    """
    if not isinstance(document, dict):
        raise InvalidError("event_malformed")
    if not _FIELDS.issuperset(document):
        unknown = min(str(name) for name in document if name not in _FIELDS)
        raise InvalidError("field_unknown", field=unknown[:60])
    named = document.get("kind")
    kind = _KINDS.get(named) if isinstance(named, str) else None
    if kind is None:
        raise InvalidError("event_kind_unknown", field="kind", known=", ".join(_KINDS))
    plan, details = document.get("plan"), document.get("details")
    if details is not None and not isinstance(details, dict):
        raise InvalidError("event_field_malformed", field="details")
    container = document.get("container")
    draft = EventDraft(
        _parse_id(document, "id") or _missing("id"),
        kind,
        _parse_at(document.get("at")),
        _parse_references(document.get("units", ()), "units", hosts),
        ()
        if container is None
        else _parse_references(
            container if isinstance(container, list) else [container], "container", hosts
        ),
        None if plan is None else _parse_plan(plan),
        _parse_id(document, "site"),
        _parse_id(document, "partner"),
        details,
    )
    return check_event(draft)


def _missing(field: str) -> UUID:
    raise InvalidError("event_field_malformed", field=field)


def _parse_id(document: Mapping[str, object], field: str) -> UUID | None:
    text = document.get(field)
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > ID_LENGTH_MAX:
        raise InvalidError("event_field_malformed", field=field)
    try:
        # Sites and partners are the same few in all events of a batch.
        return UUID(text) if field == "id" else _known_id(text)
    except ValueError as error:
        raise InvalidError("event_field_malformed", field=field) from error


# The form that opens with "urn:uuid:".
ID_LENGTH_MAX: Final = 45
_known_id = lru_cache(maxsize=1024)(UUID)


def _parse_at(text: object) -> datetime:
    """Read RFC 3339 with its zone; `check_event` asks for the zone."""
    if not isinstance(text, str):
        raise InvalidError("event_field_malformed", field="at")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidError("event_field_malformed", field="at") from error


def _parse_references(values: object, field: str, hosts: Collection[str]) -> tuple[Reference, ...]:
    if not isinstance(values, list | tuple):
        raise InvalidError("event_field_malformed", field=field)
    if len(values) == 1:
        # Nearly every event is about one unit.
        return (_parse_reference(values[0], field, 0, hosts),)
    _check_count(values, field, UNITS_MAX)
    return tuple(_parse_reference(value, field, place, hosts) for place, value in enumerate(values))


def _parse_reference(value: object, field: str, place: int, hosts: Collection[str]) -> Reference:
    if isinstance(value, str):
        try:
            return parse_code(_strip_host(value, hosts), hosts=hosts)
        except DomainError as error:
            raise InvalidError(error.code, field=f"{field}.{place}", **error.params) from error
    return _parse_span(value, f"{field}.{place}", _RANGE_FIELDS)


def _strip_host(text: str, hosts: Collection[str]) -> str:
    """Return the path of a URL of ours: its host, nearly always as we print it, is judged here."""
    if text.startswith("https://"):
        slash = text.find("/", len("https://"))
        if slash > 0 and text[len("https://") : slash] in hosts:
            return text[slash:]
    return text


def _parse_span(value: object, field: str, allowed: frozenset[str]) -> Span:
    if not isinstance(value, dict) or not _RANGE_FIELDS <= value.keys() <= allowed:
        raise InvalidError("event_field_malformed", field=field)
    return Span(*(_parse_integer(value, name, field) for name in ("run", "level", "from", "to")))


def _parse_plan(value: object) -> PlanDraft:
    containers = _parse_span(value, "plan", _PLAN_FIELDS)
    assert isinstance(value, dict)  # noqa: S101 - a span was read from it
    rejects = value.get("rejects", [])
    if not isinstance(rejects, list) or not all(type(each) is int for each in rejects):
        raise InvalidError("event_field_malformed", field="plan.rejects")
    first, stop = (
        _parse_integer(value, name, "plan") if name in value else None for name in ("first", "stop")
    )
    return PlanDraft(containers=containers, first=first, stop=stop, rejects=tuple(rejects))


def _parse_integer(value: Mapping[str, object], name: str, field: str) -> int:
    number = value[name]
    if type(number) is not int or not 0 <= number <= _INTEGER_LIMIT:
        raise InvalidError("event_field_malformed", field=f"{field}.{name}")
    return number
