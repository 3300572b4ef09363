"""What touches units: found in a bounded window, whatever else is stored."""

from datetime import datetime

import pytest
from tests.chain_makers import RUN, case, empty, hours, item, make_event, pack, pack_planned, pallet
from tests.factories import Cast

from trueorigin.domain.containment import ALWAYS, FOREVER
from trueorigin.domain.events import Event, Part, Touch
from trueorigin.domain.history import TOUCHES_MAX, Window
from trueorigin.domain.packing import Plan, Span
from trueorigin.storage import containment, events
from trueorigin.storage.database import Database

ITEM, CASE, PALLET = item(7), case(1), pallet(0)


def window(unit: int, since: datetime, until: datetime = FOREVER.at, lookback: int = 2) -> Window:
    return Window(unit, since, until, lookback)


def whole(unit: int) -> Window:
    return Window(unit, ALWAYS.at, FOREVER.at, 0)


def find(database: Database, asked: Window, *stored: Event) -> list[Touch]:
    with database.write() as tx:
        events.append_events(tx, stored)
        found = containment.find_touches(tx, [asked])[asked]
    return sorted(found, key=lambda touch: touch.moment)


def test_of_the_unit_itself_every_part_is_found(database: Database) -> None:
    stored = [
        pack(hours(1), CASE, ITEM),
        make_event(hours(2), ITEM),
        pack(hours(3), ITEM, item(8)),
        empty(hours(4), ITEM),
        make_event(hours(5), Span(RUN, 0, 3, 9)),
    ]
    found = find(database, whole(ITEM), *stored, make_event(hours(6), item(8)))
    assert [(touch.moment, touch.part) for touch in found] == [
        (stored[0].moment, Part.PACKED),
        (stored[1].moment, Part.SUBJECT),
        (stored[2].moment, Part.CONTAINER),
        (stored[3].moment, Part.EMPTIED),
        (stored[4].moment, Part.SUBJECT),
    ]
    assert found[0].container == CASE


@pytest.mark.parametrize("count", [1, 1000, 2**20])
def test_a_planned_packing_is_found_from_any_of_its_units(database: Database, count: int) -> None:
    plan = Plan(
        containers=Span(RUN, 1, 3, 3 + count), first=1, stop=1 + 2 * count, size=2, rejects=()
    )
    packed = pack_planned(hours(1), plan)
    for index in (1, count, 2 * count):
        [touch] = find(database, whole(item(index)), packed)
        assert touch.container_of(index) == case(3 + (index - 1) // 2)
    assert find(database, whole(item(0))) == []
    assert find(database, whole(item(2 * count + 1))) == []


def test_of_a_container_only_what_is_felt_inside_and_in_the_window(database: Database) -> None:
    stored = [
        make_event(hours(1), CASE),
        pack(hours(2), CASE, ITEM),
        make_event(hours(3), CASE),
        make_event(hours(4), Span(RUN, 1, 0, 5)),
        make_event(hours(5), CASE),
    ]
    found = find(database, window(CASE, hours(2), hours(4)), *stored)
    assert [touch.moment for touch in found] == [stored[2].moment, stored[3].moment]


def test_the_last_packings_before_a_window_are_found_too(database: Database) -> None:
    singles = [pack(hours(n), pallet(n), CASE) for n in range(5)]
    ranges = [pack(hours(n + 0.5), pallet(n), Span(RUN, 1, 0, 2)) for n in range(5)]
    found = find(database, window(CASE, hours(4.2)), *singles, *ranges)
    assert [touch.moment for touch in found] == [
        ranges[2].moment,
        singles[3].moment,
        ranges[3].moment,
        singles[4].moment,
        ranges[4].moment,
    ]


def test_a_window_ends_soon_after_the_container_was_emptied(database: Database) -> None:
    emptied = [empty(hours(n), CASE) for n in range(1, 9)]
    shipped = [make_event(hours(n + 0.5), CASE) for n in range(1, 9)]
    found = find(database, window(CASE, hours(0)), *emptied, *shipped)
    # One emptying more than it looks back: of those at least one may have been in error.
    assert [touch.moment for touch in found if touch.part is Part.EMPTIED] == [
        each.moment for each in emptied[:3]
    ]
    assert [touch.moment for touch in found if touch.part is Part.SUBJECT] == [
        each.moment for each in shipped[:2]
    ]


@pytest.mark.parametrize("lookback", [0, 2])
@pytest.mark.parametrize("span", [Span(RUN, 0, 7, 8), Span(RUN, 0, 0, 16)])
def test_a_flood_of_events_is_read_from_its_end(
    database: Database, span: Span, lookback: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Window(ITEM, ALWAYS.at, FOREVER.at, lookback)
    flood = [make_event(hours(n / 1000), span) for n in range(TOUCHES_MAX + 50)]
    assert len(find(database, asked, *flood)) == len(flood)
    monkeypatch.setattr(containment, "ROWS_MAX", TOUCHES_MAX)
    found = find(database, asked)
    assert [touch.moment for touch in found] == [each.moment for each in flood[50:]]


def test_any_number_of_windows_costs_two_statements(database: Database) -> None:
    stored = [make_event(hours(n), item(n)) for n in range(300)]
    windows = [whole(item(n)) for n in range(300)]
    with database.write() as tx:
        events.append_events(tx, stored)
    sent: list[object] = []
    with database.read() as tx, database.watching(sent.append):
        found = containment.find_touches(tx, windows)
    assert len(sent) == 2
    assert all(
        [touch.moment for touch in found[w]] == [e.moment]
        for w, e in zip(windows, stored, strict=True)
    )


def test_touches_of_spans_are_those_that_share_a_unit_with_one(database: Database) -> None:
    stored = [
        make_event(hours(1), Span(RUN, 0, 0, 10)),
        make_event(hours(2), Span(RUN, 0, 10, 20)),
        make_event(hours(3), Span(RUN, 0, 20, 30)),
        make_event(hours(4), item(12)),
        make_event(hours(5), item(25)),
        make_event(hours(6), Span(RUN, 1, 0, 10)),
        make_event(hours(7), Span(RUN + 1, 0, 0, 10)),
    ]
    with database.write() as tx:
        events.append_events(tx, stored)
        found = containment.list_touches(tx, [Span(RUN, 0, 9, 10), Span(RUN, 0, 20, 26)])
    assert sorted(touch.moment for touch in found) == [
        stored[0].moment,
        stored[2].moment,
        stored[4].moment,
    ]


def test_touches_of_some_parts_until_some_time(database: Database) -> None:
    packed = pack(hours(1), case(3), item(4), Span(RUN, 0, 7, 9))
    emptied = empty(hours(2), case(3), Span(RUN, 1, 5, 9))
    moved = make_event(hours(3), case(3), Span(RUN, 1, 5, 9))
    cases = [Span(RUN, 1, 3, 9)]
    filling = (Part.CONTAINER, Part.EMPTIED)
    with database.write() as tx:
        events.append_events(tx, [packed, emptied, moved])
        found = containment.list_touches(tx, cases, parts=filling)
        early = containment.list_touches(tx, cases, until=hours(1), parts=filling)
        assert len(containment.list_touches(tx, cases)) == 5
        assert containment.list_touches(tx, cases, until=hours(0.5)) == []
    assert {(each.moment, each.part) for each in found} == {
        (packed.moment, Part.CONTAINER),
        (emptied.moment, Part.EMPTIED),
    }
    assert [(each.moment, each.part) for each in early] == [(packed.moment, Part.CONTAINER)]


def test_runs_are_found_whosever_they_are(database: Database, cast: Cast) -> None:
    with database.read() as tx:
        found = containment.find_runs(tx, [cast.alice.run.id, cast.charlie.run.id, 2**28])
    assert found == {cast.alice.run.id: cast.alice.run, cast.charlie.run.id: cast.charlie.run}
