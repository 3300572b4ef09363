# SPDX-License-Identifier: Apache-2.0
"""Take events of the supply chain in, in batches: once each, whatever is sent again.

An event is refused for its form, for units that do not exist or are not the recorder's to speak
of, and for an id that is taken: never for what it says, nor for when it arrives. What cannot be
is kept and flagged when a history is read. One wrong row does not stop the others.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias
from uuid import UUID

from trueorigin.domain.catalog import Run
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError, NotFoundError
from trueorigin.domain.eventdrafts import EventDraft, PlanDraft, Reference, parse_event
from trueorigin.domain.events import Declaration, Effect, Event
from trueorigin.domain.packing import Plan, Span, join_spans, span_of
from trueorigin.domain.ranges import RangeDraft, parse_range
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.importing import Pace
from trueorigin.services.recognising import recognise
from trueorigin.services.vault import Vault
from trueorigin.services.visibility import find_viewer, may_record
from trueorigin.storage import audit, containment, events as stored
from trueorigin.storage.database import Database, Tx

# Events of one upload: a day of a large warehouse, or a line that was a week without network.
EVENTS_MAX: Final = 100_000


class Outcome(StrEnum):
    """What became of one event that was sent."""

    STORED = "stored"
    REPEATED = "repeated"
    REFUSED = "refused"


@record
class EventOutcome:
    """The answer to one event, in the order they were sent; `error` says why it was refused.

    `event_id` is None where the row was refused before it was stored.
    """

    outcome: Outcome
    event_id: UUID | None
    error: DomainError | None = None


# What a row of an upload is until it is stored: told, or refused already.
Told: TypeAlias = EventDraft | DomainError
Found: TypeAlias = Event | DomainError


def parse_events(documents: Iterable[object], *, hosts: Collection[str]) -> list[Told]:
    """Read events from parsed JSON, row by row, each as a draft or as its refusal."""
    return [_parse(document, hosts) for document in documents]


def _parse(document: object, hosts: Collection[str]) -> Told:
    try:
        return parse_event(document, hosts=hosts)
    except DomainError as error:
        return error


def capture_events(
    tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, told: Sequence[Told]
) -> list[EventOutcome]:
    """Store well-formed events and answer for each, in order; refuse the others one by one.

    An event that is stored already with the same content is `repeated`. A bounded number of
    statements, whatever the number of events. For many use `capture_upload`.
    """
    return store_events(tx, resolve_events(tx, catalogue, vault, act, told))


def capture_upload(
    database: Database,
    catalogue: Catalogue,
    vault: Vault,
    act: Act,
    told: Sequence[Told],
    *,
    pause: Callable[[float], None] = time.sleep,
) -> list[EventOutcome]:
    """Store up to `EVENTS_MAX` events in short transactions, so that no reading waits.

    Each is durable when this returns. Whoever is interrupted sends everything again: nothing is
    stored twice. Between two transactions it pauses as long as it held the database.
    """
    if len(told) > EVENTS_MAX:
        raise InvalidError("too_many", field="events", max=EVENTS_MAX, count=len(told))
    outcomes: list[EventOutcome] = []
    pace = Pace()
    while chunk := told[len(outcomes) : len(outcomes) + pace.size]:
        with database.read() as tx:
            found = resolve_events(tx, catalogue, vault, act, chunk)
        with database.write() as tx:
            started = time.perf_counter()
            outcomes += store_events(tx, found)
        held = time.perf_counter() - started
        pace.measure(len(chunk), held)
        pause(held)
    return outcomes


def resolve_events(
    tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, told: Sequence[Told]
) -> list[Found]:
    """Find the units of each event, or refuse it. Writes nothing."""
    drafts = [each for each in told if isinstance(each, EventDraft)]
    resolver = _Resolver(tx, catalogue, vault, act, drafts)
    return [each if isinstance(each, DomainError) else resolver.build(each) for each in told]


def store_events(tx: Tx, found: Sequence[Found]) -> list[EventOutcome]:
    """Store resolved events, each id once, and answer for every row in order."""
    events: dict[UUID, Event] = {}
    for each in found:
        if isinstance(each, Event):
            events.setdefault(each.id, each)
    new = stored.append_events(tx, list(events.values()))
    known = {**events, **stored.find_events(tx, events.keys() - new)}
    return [
        _refuse(None, each) if isinstance(each, DomainError) else _answer(each, known, new)
        for each in found
    ]


def declare_error(
    tx: Tx, act: Act, event_id: UUID, *, reason: str | None, declared_at: datetime | None = None
) -> bool:
    """Declare an event in error: it counts for nothing and stays visible. False if it was already.

    The event may arrive later. One that another organisation recorded is not found.
    """
    if reason is not None:
        reason = parse_text(reason, field="reason", length_max=LINE_LENGTH_MAX)
    event = stored.find_events(tx, [event_id]).get(event_id)
    if event is not None and event.organisation_id != act.scope:
        raise NotFoundError("event_not_found")
    declaration = Declaration(
        event_id=event_id,
        organisation_id=act.scope,
        actor_id=act.actor.credential_id,
        declared_at=declared_at or act.at,
        recorded_at=act.at,
        reason=reason,
    )
    is_new = bool(stored.append_declarations(tx, [declaration]))
    if is_new:
        audit.append_audit(tx, act, "event.declare", str(event_id), {"reason": reason})
    return is_new


def _answer(event: Event, known: Mapping[UUID, Event], new: set[UUID]) -> EventOutcome:
    """Answer for an event: the first of its id, the same one again, or another one."""
    first = known[event.id]
    if first is event and event.id in new:
        return EventOutcome(outcome=Outcome.STORED, event_id=event.id)
    same = replace(
        event,
        recorded_at=first.recorded_at,
        actor_id=first.actor_id,
        declaration=first.declaration,
    )
    if same == first:
        return EventOutcome(outcome=Outcome.REPEATED, event_id=event.id)
    return _refuse(event.id, ConflictError("event_id_taken", field="id"))


def _refuse(event_id: UUID | None, error: DomainError) -> EventOutcome:
    return EventOutcome(outcome=Outcome.REFUSED, event_id=event_id, error=error)


class _Resolver:
    """Turns what a batch of events says of its units into units that exist."""

    def __init__(
        self,
        tx: Tx,
        catalogue: Catalogue,
        vault: Vault,
        act: Act,
        drafts: Sequence[EventDraft],
    ) -> None:
        self._act = act
        self._viewer = find_viewer(tx, act.actor)
        given = [each for draft in drafts for each in (*draft.units, *draft.containers)]
        spans = [each for each in given if isinstance(each, Span)]
        spans += [draft.plan.containers for draft in drafts if draft.plan is not None]
        self._runs = containment.find_runs(tx, {span.run_id for span in spans})
        codes = {_name(each): each for each in given if isinstance(each, PrintedCode)}
        found = recognise(tx, catalogue, vault, list(codes.values()), [act.scope] * len(codes))
        self._units = {
            name: span_of(each.unit_key)
            for name, each in zip(codes, found.units, strict=True)
            if each is not None and may_record(self._viewer, each.organisation.id)
        }

    def build(self, draft: EventDraft) -> Found:
        """Return the event of a draft, or its refusal."""
        try:
            return self._build(draft)
        except DomainError as error:
            return error

    def _build(self, draft: EventDraft) -> Event:
        units = self._find_all(draft.units, "units")
        containers = self._find_all(draft.containers, "container")
        effect, plan, container = draft.effect, None, None
        if draft.plan is not None:
            plan = self._build_plan(draft.plan)
            units = (plan.containers,)
        elif effect is Effect.EMPTIED:
            units = containers
        elif containers:
            container = _take_one(containers, units)
        offset = draft.at.utcoffset()
        assert offset is not None  # noqa: S101 - a draft has its zone
        return Event(
            id=draft.id,
            kind=draft.kind,
            effect=effect,
            at=draft.at.astimezone(UTC),
            offset_minutes=offset // timedelta(minutes=1),
            recorded_at=self._act.at,
            organisation_id=self._act.scope,
            actor_id=self._act.actor.credential_id,
            site_id=draft.site_id,
            partner_id=draft.partner_id,
            about=units,
            container=container,
            plan=plan,
            details=draft.details,
        )

    def _find_all(self, references: Sequence[Reference], field: str) -> tuple[Span, ...]:
        # Nearly every event is about one unit, and names no container.
        found = [self._find(each, f"{field}.{place}") for place, each in enumerate(references)]
        return tuple(found) if len(found) < 2 else join_spans(found)  # noqa: PLR2004 - the plural

    def _find(self, reference: Reference, field: str) -> Span:
        if isinstance(reference, PrintedCode):
            unit = self._units.get(_name(reference))
            if unit is None:
                raise NotFoundError("unit_not_found", field=field)
            return unit
        run = self._find_run(reference.run_id, field)
        draft = RangeDraft(level=reference.level, start=reference.start, stop=reference.stop)
        parsed = parse_range(run, draft, field=f"{field}.")
        return Span(run.id, parsed.level, parsed.start, parsed.stop)

    def _find_run(self, run_id: int, field: str) -> Run:
        run = self._runs.get(run_id)
        if run is None or not may_record(self._viewer, run.organisation_id):
            raise NotFoundError("run_not_found", field=field)
        return run

    def _build_plan(self, draft: PlanDraft) -> Plan:
        """Fill in what was planned, and refuse a number of children that does not fit."""
        containers = self._find(draft.containers, "plan")
        run = self._runs[containers.run_id]
        if containers.level == 0:
            raise InvalidError("event_plan_level", field="plan.level")
        size, below = run.packing[containers.level - 1], run.quantity_at(containers.level - 1)
        first = containers.start * size if draft.first is None else draft.first
        stop = first + containers.size * size + len(draft.rejects)
        stop = min(below, stop) if draft.stop is None else draft.stop
        if not 0 <= first < stop <= below:
            raise InvalidError("event_plan_children", field="plan.first", quantity=below)
        rejects = (first - 1, *draft.rejects, stop)
        if any(one >= two for one, two in pairwise(rejects)):
            raise InvalidError("event_plan_rejects", field="plan.rejects")
        plan = Plan(containers=containers, first=first, stop=stop, size=size, rejects=draft.rejects)
        if not plan.is_exact:
            raise InvalidError(
                "event_plan_inexact",
                field="plan",
                children=plan.count,
                containers=containers.size,
                size=size,
            )
        return plan


def _name(code: PrintedCode) -> int | str:
    """Name a code within a batch: hashing its eight fields costs as much as decrypting it.

    A plain SSCC, which has to be looked up one by one, is the same wherever it comes up.
    """
    return code.sscc if code.sscc is not None and code.serial is None else id(code)


def _take_one(containers: Sequence[Span], units: Sequence[Span]) -> int:
    """Return the one container of an event, which is none of its units."""
    container = containers[0].key
    if len(containers) > 1 or containers[0].size > 1:
        raise InvalidError("event_containers", field="container", min=1, max=1)
    if any(span.holds(container) for span in units):
        raise InvalidError("event_container_in_itself", field="container")
    return container
