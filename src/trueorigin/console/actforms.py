# SPDX-License-Identifier: Apache-2.0
"""What the form of an act says: which units, where, when, with whom; read into an event draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from trueorigin.console.ranges import RangeValues, parse_instant
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.digitallink import parse_code
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
from trueorigin.domain.eventdrafts import (
    DETAILS_MAX,
    UNITS_MAX,
    EventDraft,
    PlanDraft,
    Reference,
    check_event,
)
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.sites import SITES_MAX
from trueorigin.domain.territories import TERRITORIES_MAX, TERRITORY
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.services import partners
from trueorigin.storage import sites, territories
from trueorigin.storage.database import Tx

# A list box of more is no choice; who has more partners scans or uploads.
_PARTNERS_MAX: Final = 500
_TEXTS: Final = ("carrier", "vehicle", "document", "quality", "notes")
_FIELDS: Final = (
    "id", "codes", "container", "run", "level", "from", "to", "planned", "at", "site", "partner",
    "territory", "expected", *_TEXTS,
)  # fmt: skip
_RUN_DIGITS_MAX: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be chosen in a form of an act, as (value, text); nothing chosen comes first."""

    sites: tuple[tuple[str, str], ...] = field(metadata={"help": "Open sites."})
    partners: tuple[tuple[str, str], ...] = field(metadata={"help": "Partners and owners."})
    territories: tuple[tuple[str, str], ...] = field(metadata={"help": "Open sales regions."})
    levels: tuple[tuple[str, str], ...] = field(metadata={"help": "Levels of a range."})
    qualities: tuple[tuple[str, str], ...] = field(metadata={"help": "Results of a control."})
    codes_max: int = field(default=UNITS_MAX, metadata={"help": "Codes of one event."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})
    notes_length_max: int = field(default=DETAILS_MAX // 4, metadata={"help": "Characters."})


def read_fields(request: ConsoleRequest) -> Mapping[str, str]:
    """Return what is in every field an act may have."""
    return {name: request.form.text(name) for name in _FIELDS}


def list_choices(request: ConsoleRequest, tx: Tx) -> Choices:
    """Return what the organisation can choose from. Eight queries."""
    text, scope = request.translator.text, request.act.scope
    none = ("", text("console-act-none"))
    linked = [
        *partners.list_partners(tx, scope, limit=_PARTNERS_MAX),
        *partners.list_owners(tx, scope, limit=_PARTNERS_MAX),
    ]
    names = {
        str(each.organisation.id): each.organisation.name
        for each in linked
        if each.partnership.ended_at is None
    }
    regions = territories.list_territories(tx, scope, limit=TERRITORIES_MAX)
    return Choices(
        sites=(
            none,
            *((str(each.id), each.name) for each in sites.list_sites(tx, scope, limit=SITES_MAX)),
        ),
        partners=(none, *sorted(names.items(), key=lambda pair: pair[1])),
        territories=(
            none,
            *((str(each.id), each.name.pick(request.translator.language)) for each in regions),
        ),
        levels=tuple((str(level), text(f"level-{level}")) for level in range(4)),
        qualities=(
            none,
            ("passed", text("console-quality-passed")),
            ("failed", text("console-quality-failed")),
        ),
    )


def read_draft(request: ConsoleRequest, kind: EventKind, values: Mapping[str, str]) -> EventDraft:
    """Return the event a form describes, or refuse it with every field that is wrong."""
    errors: list[DomainError] = []
    units = _read_codes(request, values["codes"], "units", errors)
    containers = _read_codes(request, values["container"], "container", errors)
    span = None
    at = expected = None
    details: dict[str, Any] = {}
    ids: dict[str, UUID | None] = {}
    for name in ("site", "partner", "territory"):
        try:
            ids[name] = UUID(values[name]) if values[name] else None
        except ValueError:
            errors.append(InvalidError("choice_unknown", field=name, known=""))
    try:
        span = _read_span(values)
        at = parse_instant(request, "at") or request.act.at
        expected = parse_instant(request, "expected")
        details = _read_details(values)
    except SeveralError as error:
        errors += error.errors
    except InvalidError as error:
        errors.append(error)
    if errors:
        raise SeveralError(errors) if len(errors) > 1 else errors[0]
    assert at is not None  # noqa: S101 - or there was an error
    zone = ZoneInfo(request.organisation.time_zone)
    if expected is not None:
        details["expected"] = expected.astimezone(zone).isoformat(timespec="minutes")
    if ids["territory"] is not None:
        details[TERRITORY] = str(ids["territory"])
    plan = None
    if kind is EventKind.PACKING and span is not None:
        plan = PlanDraft(containers=span)
    elif span is not None:
        units = (*units, span)
    return check_event(
        EventDraft(
            id=UUID(values["id"]),
            kind=kind,
            at=at.astimezone(zone),
            units=units,
            containers=containers if kind in _WITH_CONTAINER else (),
            plan=plan,
            site_id=ids["site"],
            partner_id=ids["partner"],
            details=details or None,
        )
    )


_WITH_CONTAINER: Final = frozenset({EventKind.PACKING, EventKind.UNPACKING})


def _read_codes(
    request: ConsoleRequest, text: str, name: str, errors: list[DomainError]
) -> tuple[Reference, ...]:
    """Return the codes of a field, one a line; blank lines and repeated ones count for nothing."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) > UNITS_MAX:
        errors.append(InvalidError("too_many", field=name, max=UNITS_MAX, count=len(lines)))
        return ()
    found: list[Reference] = []
    for place, line in enumerate(lines):
        try:
            found.append(parse_code(line, hosts=request.context.hosts))
        except InvalidError as error:
            errors.append(InvalidError(error.code, field=f"{name}.{place}", **error.params))
    return tuple(found)


def _read_span(values: Mapping[str, str]) -> Span | None:
    """Return the range of a form; None where no run was given."""
    run = values["run"].strip()
    if not run:
        return None
    if not (run.isascii() and run.isdigit()) or len(run) > _RUN_DIGITS_MAX:
        raise InvalidError("number_malformed", field="run")
    draft = RangeValues(
        level=values["level"] or "0", start=values["from"].strip(), last=values["to"].strip()
    ).to_draft()
    if draft.start is None or draft.stop is None:
        raise InvalidError("field_missing", field="from" if draft.start is None else "to")
    return Span(int(run), draft.level, draft.start, draft.stop)


def _read_details(values: Mapping[str, str]) -> dict[str, Any]:
    details = {}
    for name in _TEXTS:
        typed = values[name].strip()
        if typed:
            is_notes = name == "notes"
            length_max = DETAILS_MAX // 4 if is_notes else LINE_LENGTH_MAX
            details[name] = parse_text(
                typed, field=name, length_max=length_max, is_multiline=is_notes
            )
    if details.get("quality") not in {None, "passed", "failed"}:
        raise InvalidError("choice_unknown", field="quality", known="passed, failed")
    return details
