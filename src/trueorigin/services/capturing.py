# SPDX-License-Identifier: Apache-2.0
"""Take events of the supply chain in, in batches: once each, whatever is sent again.

An event is refused for its form, for units that do not exist or are not the recorder's to speak
of, and for an id that is taken: never for what it says, nor for when it arrives. What cannot be
is kept and flagged when a history is read. One wrong row does not stop the others.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from trueorigin.domain.cells import cell_of
from trueorigin.domain.epcis_reading import is_epcis, parse_epcis_event
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError, NotFoundError
from trueorigin.domain.eventdrafts import EventDraft, parse_event
from trueorigin.domain.events import Declaration, Event, EventKind
from trueorigin.domain.inspections import Inspection, find_finding, find_position
from trueorigin.domain.packing import span_of
from trueorigin.domain.plainevents import read_plain
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.pacing import HOLD_MAX_S, Pace
from trueorigin.services.plainevents import resolve_plain
from trueorigin.services.resolving import Found, Told, resolve_events
from trueorigin.services.vault import Vault
from trueorigin.storage import audit, containment, events as stored, inspections, presence, sites
from trueorigin.storage.database import Database, Tx

# Events of one upload: a day of a large warehouse, or a line that was a week without network.
EVENTS_MAX: Final = 100_000
# Events that are resolved together, and at most stored in one transaction.
_CHUNK_MOST: Final = 1000
# Events of one transaction: at first, and never less.
_CHUNK_FIRST: Final = 250
_CHUNK_LEAST: Final = 50
# A thousand events on an ordinary machine.
_HOLD_AIM_S: Final = HOLD_MAX_S * 3 / 4


class Outcome(StrEnum):
    """What became of one event that was sent."""

    STORED = "stored"
    REPEATED = "repeated"
    REFUSED = "refused"


class EventOutcome(NamedTuple):
    """The answer to one event, in the order they were sent; `error` says why it was refused.

    `told_id` is its id, as it is at hand; None where that could not be read.
    """

    outcome: Outcome
    told_id: UUID | str | None
    error: DomainError | None = None

    @property
    def event_id(self) -> UUID | None:
        """Return its id, which of most is never asked for."""
        return UUID(self.told_id) if isinstance(self.told_id, str) else self.told_id


def open_pace() -> Pace:
    """Return the pace of a process: how many events its next transaction stores."""
    return Pace(size=_CHUNK_FIRST, least=_CHUNK_LEAST, most=_CHUNK_MOST, aim_s=_HOLD_AIM_S)


def parse_events(
    documents: Iterable[object], *, hosts: Collection[str], sender: UUID
) -> list[Told]:
    """Read events from parsed JSON, row by row, each as a draft or as its refusal.

    Those of `sender` may be in our own form or in that of EPCIS 2.0.
    """
    return [_parse(document, hosts, sender) for document in documents]


def _parse(document: object, hosts: Collection[str], sender: UUID) -> Told:
    try:
        if is_epcis(document):
            return parse_epcis_event(document, hosts=hosts, sender=sender)
        return parse_event(document, hosts=hosts)
    except DomainError as error:
        return error


def capture_events(
    tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, told: Sequence[Told]
) -> list[EventOutcome]:
    """Store well-formed events and answer for each, in order; refuse the others one by one.

    An event that is stored already with the same content is `repeated`. A bounded number of
    statements, whatever the number of events. For many use `Intake`.
    """
    return list(
        map(_identify, told, store_events(tx, resolve_events(tx, catalogue, vault, act, told)))
    )


@record
class Intake:
    """Takes uploads of events in: what the process has for it, and at which pace it goes."""

    database: Database
    catalogue: Catalogue
    vault: Vault
    hosts: Collection[str]
    pace: Pace

    def capture(self, act: Act, documents: Sequence[object]) -> list[EventOutcome]:
        """Store up to `EVENTS_MAX` events in short transactions, so that no reading waits long.

        They are parsed JSON, as for `parse_events`. Each is durable when this returns. Whoever is
        interrupted sends everything again: nothing is stored twice. Where somebody waits to write,
        it pauses as long as it held the database. What one upload learns of the `pace` is of use
        to the next.
        """
        if len(documents) > EVENTS_MAX:
            raise InvalidError("too_many", field="events", max=EVENTS_MAX, count=len(documents))
        outcomes: list[EventOutcome] = []
        for begin in range(0, len(documents), _CHUNK_MOST):
            chunk = documents[begin : begin + _CHUNK_MOST]
            # Nearly all chunks are plain; what is left of the others is taken row by row.
            plain = self._store_plain(act, chunk)
            outcomes += plain
            outcomes += self._store_any(act, chunk[len(plain) :])
        if outcomes:
            # One wait for the disk for all of them: nobody is answered before.
            self.database.sync()
        return outcomes

    def _store_plain(self, act: Act, documents: Sequence[object]) -> list[EventOutcome]:
        """Store events from the first on, as long as they are new, if all of them are plain."""
        told = read_plain(documents, hosts=self.hosts)
        if told is None:
            return []
        with self.database.read() as tx:
            rows = resolve_plain(tx, self.catalogue, self.vault, act, told)
        done = 0
        while rows is not None and done < len(rows):
            piece = rows.take(done, done + self.pace.size)
            with self._writing(len(piece)) as tx:
                if not stored.append_rows(tx, piece):
                    break
                handled = piece.list_handled()
                stored.mark_runs(tx, {run_id for _, run_id in handled})
                at_sites = {(site, run_id) for site, run_id in handled if site is not None}
                presence.enter_handled(tx, at_sites)
            done += len(piece)
        return [EventOutcome(Outcome.STORED, event_id) for event_id in told.ids[:done]]

    def _store_any(self, act: Act, documents: Sequence[object]) -> list[EventOutcome]:
        """Store what can be stored of any events, and answer for each."""
        if not documents:
            return []
        told = parse_events(documents, hosts=self.hosts, sender=act.scope)
        with self.database.read() as tx:
            found = resolve_events(tx, self.catalogue, self.vault, act, told)
        outcomes: list[EventOutcome] = []
        while found:
            chunk, found = found[: self.pace.size], found[self.pace.size :]
            with self._writing(len(chunk)) as tx:
                outcomes += store_events(tx, chunk)
        return list(map(_identify, told, outcomes))

    @contextmanager
    def _writing(self, count: int) -> Iterator[Tx]:
        """Write that many events, and let go of the database for a while where somebody waits."""
        with self.database.write_pending() as tx:
            started = time.perf_counter()
            yield tx
            held = time.perf_counter() - started
        self.pace.measure(count, held)
        if self.database.is_awaited:
            self.pace.pause(held)


def store_events(tx: Tx, found: Sequence[Found]) -> list[EventOutcome]:
    """Store resolved events, each id once, and answer for every row in order."""
    # By numbers: hashing an identifier costs more than all else that is done with it here.
    events: dict[int, Event] = {}
    for each in found:
        if isinstance(each, Event):
            events.setdefault(each.id.int, each)
    taken = stored.append_events(tx, list(events.values()))
    added = [event for event in events.values() if not taken or event.id not in taken]
    stored.mark_runs(tx, _list_run_ids(added))
    presence.enter_handled(tx, _list_handled(added))
    _enter_findings(tx, added)
    before = stored.find_events(tx, taken)
    outcomes = [
        _refuse(None, each)
        if isinstance(each, DomainError)
        else _answer(each, before.get(each.id) if taken else None, events[each.id.int])
        for each in found
    ]
    _enter_declarations(tx, found, outcomes)
    return outcomes


def _enter_declarations(tx: Tx, found: Sequence[Found], outcomes: Sequence[EventOutcome]) -> None:
    """Declare those in error that were told with their declaration and not refused."""
    declared = {
        each.id: each.declaration
        for each, outcome in zip(found, outcomes, strict=True)
        if isinstance(each, Event) and each.declaration is not None and outcome.error is None
    }
    if declared:
        _append_declarations(tx, list(declared.values()))


def _append_declarations(tx: Tx, declarations: Sequence[Declaration]) -> bool:
    """Declare events in error, and follow again what they unsealed. False if none is new."""
    # First of all: who holds the turn waits for no declaration.
    inspections.await_findings(tx, {each.organisation_id for each in declarations})
    new_ids = stored.append_declarations(tx, declarations)
    if not new_ids:
        return False
    _follow_again(tx, new_ids)
    return True


def _follow_again(tx: Tx, event_ids: Collection[UUID]) -> int:
    """Open the seals that some events closed which were declared in error; return how many."""
    # By their own recorders: what others declare counts for nothing.
    declared = stored.find_declared(tx, event_ids)
    beside = inspections.find_unsealing_beside(tx, declared)
    if not beside:
        return 0
    return inspections.reopen_sealed(tx, declared, stored.find_declared(tx, beside))


def mend_seals(database: Database, *, page: int = inspections.PAGE_MAX) -> int:
    """Open seals that are closed by an unsealing in error all the same; return how many.

    Programs before this one left such, and did not look again. Reads only where none can be, so
    many unsealings at a time as a `page` has.
    """
    count, after = 0, None
    while True:
        with database.read() as tx:
            told = inspections.find_told_wrong(tx, after=after, limit=page)
            declared = stored.find_declared(tx, told)
            is_needed = bool(inspections.find_unsealing_beside(tx, declared))
        if not told:
            return count
        after = max(told)
        if is_needed:
            with database.write() as tx:
                inspections.await_findings(tx, set(told.values()))
                count += _follow_again(tx, told)


def _list_run_ids(events: Sequence[Event]) -> set[int]:
    """Return the runs of all units that events are about, and of what they went into."""
    found = {span.run_id for event in events for span in event.about}
    found.update(span_of(each.container).run_id for each in events if each.container is not None)
    return found


def _list_handled(events: Sequence[Event]) -> set[tuple[UUID, int]]:
    """Return at which sites units of which runs were handled, for whoever searches by region.

    A container that something went into was there as well.
    """
    found = {
        (event.site_id, span.run_id)
        for event in events
        if event.site_id is not None
        for span in event.about
    }
    found.update(
        (event.site_id, span_of(event.container).run_id)
        for event in events
        if event.site_id is not None and event.container is not None
    )
    return found


def _enter_findings(tx: Tx, events: Sequence[Event]) -> None:
    """Enter what authorities found into the register. One query and one statement, if any."""
    found = [
        (event, finding)
        for event in events
        if event.kind is EventKind.INSPECTING and (finding := find_finding(event)) is not None
    ]
    if not found:
        return
    run_ids = {span.run_id for event, _ in found for span in event.about}
    runs = containment.find_runs(tx, run_ids)
    cells = _find_cells(tx, [event for event, _ in found])
    rows = [
        Inspection(
            event_id=event.id,
            authority_id=event.organisation_id,
            owner_id=runs[span.run_id].organisation_id,
            span=span,
            result=finding.result,
            at=event.at,
            recorded_at=event.recorded_at,
            cell=cells.get(event.id),
        )
        for event, finding in found
        for span in event.about
    ]
    inspections.await_findings(tx, {event.organisation_id for event, _ in found})
    inspections.append_inspections(tx, rows)
    # A seal is off once the same authority unsealed all of its range, whichever arrived first.
    declared = stored.find_declared(tx, inspections.find_unsealing(tx, run_ids))
    inspections.close_unsealed(tx, run_ids, declared)


def _find_cells(tx: Tx, events: Sequence[Event]) -> dict[UUID, int]:
    """Return where findings were made: as the phone told it, or at the site. One query, if any."""
    found = sites.find_sites(tx, {each.site_id for each in events if each.site_id is not None})
    places = {
        each.id: find_position(each)
        or (found[each.site_id].place if each.site_id in found else None)
        for each in events
    }
    return {key: cell_of(place) for key, place in places.items() if place is not None}


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
    is_new = _append_declarations(tx, [declaration])
    if is_new:
        audit.append_audit(tx, act, "event.declare", str(event_id), {"reason": reason})
    return is_new


def _answer(event: Event, before: Event | None, first: Event) -> EventOutcome:
    """Answer for an event: the first of its id, the same one again, or another one.

    `before` was stored under its id by others, `first` came under it first in this batch.
    """
    if before is None and first is event:
        return EventOutcome(Outcome.STORED, event.id)
    first = before or first
    same = replace(
        event,
        recorded_at=first.recorded_at,
        actor_id=first.actor_id,
        declaration=first.declaration,
    )
    if same == first:
        return EventOutcome(Outcome.REPEATED, event.id)
    return _refuse(event.id, ConflictError("event_id_taken", field="id"))


def _identify(told: Told, outcome: EventOutcome) -> EventOutcome:
    """Say of which event it is the answer, also of one that was refused."""
    return outcome._replace(told_id=told.id) if isinstance(told, EventDraft) else outcome


def _refuse(event_id: UUID | None, error: DomainError) -> EventOutcome:
    return EventOutcome(Outcome.REFUSED, event_id, error)
