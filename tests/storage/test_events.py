"""Events are stored once each, with all they say, and declared in error by their recorder only."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Barrier, Thread
from uuid import UUID

import pytest
from tests.chain_makers import (
    RUN,
    SAM,
    case,
    declare,
    empty,
    hours,
    item,
    make_event,
    pack,
    pack_planned,
    take_out,
)
from tests.factories import make_id

from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.packing import Plan, Span
from trueorigin.storage import containment, events
from trueorigin.storage.database import Database

PLAN = Plan(containers=Span(RUN, 1, 0, 4), first=3, stop=18, size=4, rejects=(5, 6))
FULL = make_event(
    hours(1),
    item(1),
    Span(RUN, 0, 5, 9),
    site_id=make_id(),
    partner_id=make_id(),
    actor_id=make_id(),
    offset_minutes=-210,
    details={"vehicle": '京A·12345 "\\ \n', "n": [1, 2.5, None, True]},
)
EVENTS = [
    FULL,
    pack(hours(1), case(1), item(1)),
    pack_planned(hours(2), PLAN),
    take_out(hours(3), item(1), container=case(1)),
    empty(hours(4), Span(RUN, 1, 0, 2)),
    *(make_event(hours(5), item(n), kind=kind) for n, kind in enumerate(EventKind)),
]


def read(database: Database, *wanted: Event) -> dict[UUID, Event]:
    with database.read() as tx:
        return events.find_events(tx, [each.id for each in wanted])


def test_events_are_read_back_as_they_were_told(database: Database) -> None:
    with database.write() as tx:
        assert events.append_events(tx, EVENTS) == set()
    assert read(database, *EVENTS) == {each.id: each for each in EVENTS}
    with database.read() as tx:
        assert events.find_events(tx, []) == {}
        assert events.find_events(tx, [make_id()]) == {}


def test_no_events_cost_nothing(database: Database) -> None:
    sent: list[object] = []
    with database.watching(sent.append), database.write() as tx:
        assert events.append_events(tx, []) == set()
        assert events.append_declarations(tx, []) == set()
        assert events.find_declared(tx, []) == set()
        assert containment.find_outlines(tx, []) == {}
        assert containment.find_touches(tx, []) == {}
        assert containment.list_touches(tx, []) == []
        assert containment.find_runs(tx, []) == {}
    assert sent == []


def test_what_is_stored_already_adds_nothing_whatever_it_says(database: Database) -> None:
    other = replace(FULL, kind=EventKind.SELLING, about=(Span(RUN, 0, 50, 51),))
    fresh = make_event(hours(1), item(60))
    with database.write() as tx:
        events.append_events(tx, EVENTS)
    with database.write() as tx:
        known = events.append_events(tx, [other, fresh, *EVENTS[1:]])
    assert known == {each.id for each in EVENTS}
    assert read(database, FULL)[FULL.id] == FULL
    with database.read() as tx:
        touches = containment.list_touches(tx, [Span(RUN, 0, 0, 100)])
    assert len(touches) == len(set(touches))
    assert {touch.span.start for touch in touches} & {50, 60} == {60}


@pytest.mark.parametrize("count", [1, 400])
def test_a_batch_costs_the_same_statements_whatever_its_size(
    database: Database, count: int
) -> None:
    batch = [make_event(hours(n), item(n), Span(RUN, 1, n, n + 7)) for n in range(count)]
    sent: list[object] = []
    with database.write() as tx, database.watching(sent.append):
        events.append_events(tx, batch)
    assert len(sent) <= 6


def test_a_declaration_counts_if_it_is_of_who_recorded_the_event(database: Database) -> None:
    mine, theirs, early = (make_event(hours(n), item(n)) for n in range(3))
    declarations = [
        declare(mine),
        declare(theirs, organisation_id=SAM),
        declare(early, reason=None),
    ]
    with database.write() as tx:
        events.append_events(tx, [mine, theirs])
        assert events.append_declarations(tx, declarations) == {mine.id, theirs.id, early.id}
        # The phone was offline: what was declared in error arrives last.
        events.append_events(tx, [early])
        ids = [mine.id, theirs.id, early.id]
        assert events.find_declared(tx, ids) == {mine.id, early.id}
    found = read(database, mine, theirs, early)
    assert found[mine.id].declaration == declare(mine)
    assert found[early.id].declaration == declare(early, reason=None)
    assert found[theirs.id].declaration is None


def test_outlines_are_those_of_the_events_and_shared_by_those_alike(database: Database) -> None:
    mine, theirs, alike = (make_event(hours(n), item(n)) for n in range(3))
    told = [*EVENTS, mine, theirs, alike]
    sent: list[object] = []
    with database.write() as tx:
        events.append_events(tx, told)
        events.append_declarations(tx, [declare(mine), declare(theirs, organisation_id=SAM)])
        with database.watching(sent.append):
            found = containment.find_outlines(tx, {*(each.id for each in told), make_id()})
    assert len(sent) == 1
    stored = read(database, *told)
    assert found == {each.id: each.outline for each in stored.values()}
    assert found[mine.id].is_declared
    assert not found[theirs.id].is_declared
    assert found[theirs.id] is found[alike.id]


def test_an_event_is_declared_in_error_once(database: Database) -> None:
    event = make_event(hours(1), item(1))
    with database.write() as tx:
        events.append_events(tx, [event])
        assert events.append_declarations(tx, [declare(event)]) == {event.id}
        assert events.append_declarations(tx, [declare(event, reason="Again")]) == set()
    declaration = read(database, event)[event.id].declaration
    assert declaration is not None
    assert declaration.reason == "Wrong pallet"


def test_one_queue_uploaded_by_two_phones_at_once_is_stored_once(database: Database) -> None:
    queue = [make_event(hours(n), item(n), Span(RUN, 1, n, n + 5)) for n in range(300)]
    barrier = Barrier(2)
    known: list[set[UUID]] = []

    def upload(batch: Sequence[Event]) -> None:
        barrier.wait()
        for begin in range(0, len(batch), 50):
            with database.write() as tx:
                known.append(events.append_events(tx, batch[begin : begin + 50]))

    phones = [Thread(target=upload, args=[queue]), Thread(target=upload, args=[queue[25:]])]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join()
    assert sum(map(len, known)) == len(queue[25:])
    with database.read() as tx:
        touches = containment.list_touches(tx, [Span(RUN, 0, 0, 400), Span(RUN, 1, 0, 400)])
    assert len(touches) == 2 * len(queue)
