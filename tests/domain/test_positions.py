"""Where many units are now, in as few ranges as possible, at the price of events."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from types import FrameType
from uuid import UUID

from tests.chain_makers import (
    ALICE,
    RUN,
    SAM,
    SHOP,
    WAREHOUSE,
    case,
    declare,
    empty,
    hours,
    item,
    make_event,
    pack,
    pack_planned,
    pallet,
    take_out,
)

from trueorigin.domain.events import Event, EventKind, list_touches
from trueorigin.domain.packing import Plan, Span, span_of
from trueorigin.domain.positions import Ground, Position, list_positions

ITEMS = Span(RUN, 0, 0, 480)


def ground_of(*events: Event) -> Ground:
    touches = [touch for event in events for touch in list_touches(event)]
    return Ground.of(touches, {event.id: event.outline for event in events})


def by_id(*events: Event) -> dict[UUID, Event]:
    return {event.id: event for event in events}


def where(span: Span, *events: Event) -> list[tuple[int, int, EventKind | None]]:
    found = list_positions(ground_of(*events), [span])
    return [(each.span.start, each.span.stop, each.kind) for each in found]


def plan(first: int, cases: Span, size: int = 24, stop: int | None = None) -> Plan:
    return Plan(
        containers=cases,
        first=first,
        stop=first + cases.size * size if stop is None else stop,
        size=size,
    )


def test_where_nothing_happened_units_are_nowhere() -> None:
    assert where(ITEMS) == [(0, 480, None)]
    assert list(list_positions(ground_of(), [])) == []


def test_the_drawn_example() -> None:
    packed = pack_planned(hours(0), plan(0, Span(RUN, 1, 0, 10)))
    others = pack_planned(hours(0), plan(240, Span(RUN, 1, 10, 20)))
    shipped = make_event(hours(1), Span(RUN, 1, 0, 10))
    received = make_event(hours(2), case(4), kind=EventKind.RECEIVING)
    stored = make_event(hours(1), Span(RUN, 1, 10, 20), kind=EventKind.STORING)
    returned = make_event(hours(3), item(300), kind=EventKind.RETURNING)
    assert where(ITEMS, packed, others, shipped, received, stored, returned) == [
        (0, 96, EventKind.SHIPPING),
        (96, 120, EventKind.RECEIVING),
        (120, 240, EventKind.SHIPPING),
        (240, 300, EventKind.STORING),
        (300, 301, EventKind.RETURNING),
        (301, 480, EventKind.STORING),
    ]


def test_who_holds_them_and_where() -> None:
    packed = pack(hours(0), case(1), Span(RUN, 0, 0, 10))
    sent = make_event(hours(1), case(1), site_id=WAREHOUSE, partner_id=SAM)
    sold = make_event(hours(2), item(3), kind=EventKind.SELLING, organisation_id=SAM, site_id=SHOP)
    way, gone, rest = list_positions(ground_of(packed, sent, sold), [Span(RUN, 0, 0, 10)])
    assert way == Position(
        span=Span(RUN, 0, 0, 3),
        kind=EventKind.SHIPPING,
        at=hours(1),
        holder_id=ALICE,
        site_id=WAREHOUSE,
        partner_id=SAM,
    )
    assert (gone.span, gone.holder_id, gone.site_id) == (Span(RUN, 0, 3, 4), None, SHOP)
    assert rest.span == Span(RUN, 0, 4, 10)


def test_neighbours_put_there_one_by_one_are_one_range_with_the_newest_time() -> None:
    events = [make_event(hours(n), Span(RUN, 0, n * 10, n * 10 + 10)) for n in (1, 0, 2)]
    [position] = list_positions(ground_of(*events), [Span(RUN, 0, 0, 30)])
    assert (position.span, position.at) == (Span(RUN, 0, 0, 30), hours(2))


def test_ranges_of_different_levels_or_with_a_gap_stay_apart() -> None:
    spans = [Span(RUN, 0, 0, 5), Span(RUN, 0, 6, 9), Span(RUN, 1, 0, 5)]
    assert [each.span for each in list_positions(ground_of(), spans)] == spans


def test_what_came_out_is_where_its_case_was_last_while_it_was_inside() -> None:
    packed = pack(hours(0), case(1), Span(RUN, 0, 0, 3))
    stored = make_event(hours(1), case(1), kind=EventKind.STORING)
    out, shipped = take_out(hours(2), item(1)), make_event(hours(3), case(1))
    assert where(Span(RUN, 0, 0, 3), packed, stored, out, shipped) == [
        (0, 1, EventKind.SHIPPING),
        (1, 2, EventKind.STORING),
        (2, 3, EventKind.SHIPPING),
    ]


def test_declared_events_put_nothing_anywhere() -> None:
    shipped = make_event(hours(1), item(1))
    wrong = replace(shipped, declaration=declare(shipped))
    assert where(span_of(item(1)), wrong) == [(1, 2, None)]


def test_a_unit_packed_ten_thousand_times_needs_no_deep_recursion() -> None:
    packings = [pack(hours(n / 1000), case(n % 7), item(1)) for n in range(10_000)]
    stored = make_event(hours(-1), item(1), kind=EventKind.STORING)
    assert where(span_of(item(1)), stored, *packings) == [(1, 2, EventKind.STORING)]


def test_a_million_units_cost_what_their_events_cost() -> None:
    units = 2**32
    packed = pack_planned(hours(0), plan(0, Span(RUN, 1, 0, 2**32 // 16), size=16))
    events = [
        make_event(hours(1 + n / 1000), Span(RUN, 1, n * 1000, n * 1000 + 500)) for n in range(2000)
    ]
    ground = ground_of(packed, *events)
    started = time.process_time()
    found = list(list_positions(ground, [Span(RUN, 0, 0, units)]))
    assert len(found) == 4000
    assert sum(each.span.size for each in found) == units
    assert time.process_time() - started < 5


def count_calls(work: Callable[[], object]) -> int:
    """Return how many functions are called, which time is not: it depends on the machine."""
    calls = 0

    def note(_frame: FrameType, event: str, _told: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def test_the_work_grows_with_the_events_whatever_lies_on_top_of_one_another() -> None:
    random = Random(7)  # noqa: S311 - repeatable on purpose
    packed = pack_planned(hours(0), plan(0, Span(RUN, 1, 0, 10_000)))
    kinds = (EventKind.SHIPPING, EventKind.RECEIVING, EventKind.STORING)
    spent = []
    for count in (250, 2000):
        starts = [random.randrange(9000) for _ in range(count)]
        events = [
            make_event(hours(1 + n / 1000), Span(RUN, 1, start, start + 900), kind=kinds[n % 3])
            for n, start in enumerate(starts)
        ]
        touches = [touch for event in (packed, *events) for touch in list_touches(event)]
        outlines = {event.id: event.outline for event in (packed, *events)}
        whole = Span(RUN, 0, 0, 240_000)
        found: list[Position] = []
        spent.append(
            count_calls(lambda: found.extend(list_positions(Ground.of(touches, outlines), [whole])))  # noqa: B023 - called at once
        )
        assert sum(each.span.size for each in found) == whole.size
        # Some 170 events lie on each case; a unit has one place.
        assert len(found) < 200
    assert spent[1] / 2000 < spent[0] / 250
    assert spent[1] / 2000 < 30


def test_of_one_kind_it_is_told_whether_units_were_ever_part_of_one() -> None:
    packed = pack_planned(hours(0), plan(0, Span(RUN, 1, 0, 2)))
    sold, back = (
        make_event(hours(n), case(0), kind=kind)
        for n, kind in ((1, EventKind.SELLING), (2, EventKind.RETURNING))
    )
    ground = ground_of(packed, sold, back)
    for event, kind in ((sold, EventKind.SELLING), (back, EventKind.RETURNING)):
        assert list(ground.keep_kind(kind).list_last(Span(RUN, 0, 0, 48))) == [
            (Span(RUN, 0, 0, 24), event.moment),
            (Span(RUN, 0, 24, 48), None),
        ]
    assert list(ground.keep_kind(EventKind.STORING).list_last(Span(RUN, 0, 0, 48))) == [
        (Span(RUN, 0, 0, 48), None)
    ]


def test_the_load_of_a_container_is_what_went_in_since_it_was_emptied() -> None:
    old = pack(hours(0), pallet(0), case(1))
    new = pack(hours(2), pallet(0), case(2), case(3))
    more = pack(hours(3), pallet(0), case(9))
    events = [old, empty(hours(1), pallet(0)), new, more, take_out(hours(4), case(2))]
    [(span, load)] = ground_of(*events).list_loads(span_of(pallet(0)), by_id(*events))
    assert span == span_of(pallet(0))
    assert load == (Span(RUN, 1, 2, 4), Span(RUN, 1, 9, 10))


def test_a_container_broken_up_still_tells_what_its_last_load_was() -> None:
    packed = pack(hours(0), pallet(0), case(1))
    broken = empty(hours(1), pallet(0))
    ground = ground_of(packed, broken)
    [(_, load)] = ground.list_loads(span_of(pallet(0)), by_id(packed))
    assert load == (span_of(case(1)),)
    assert list(ground.list_inside(load[0], span_of(pallet(0)))) == []


def test_loads_of_a_range_of_containers_come_in_segments() -> None:
    packed = pack_planned(hours(0), plan(0, Span(RUN, 1, 0, 4), size=5))
    again = pack(hours(2), case(1), item(100))
    ground = ground_of(packed, empty(hours(1), case(1)), again)
    assert list(ground.list_loads(Span(RUN, 1, 0, 6), by_id(packed, again))) == [
        (Span(RUN, 1, 0, 1), (Span(RUN, 0, 0, 5),)),
        (Span(RUN, 1, 1, 2), (span_of(item(100)),)),
        (Span(RUN, 1, 2, 4), (Span(RUN, 0, 10, 20),)),
        (Span(RUN, 1, 4, 6), ()),
    ]
