"""When a unit was inside which container, from its own packings in any order."""

from itertools import permutations

from tests.chain_makers import (
    RUN,
    case,
    empty,
    hours,
    item,
    make_event,
    pack,
    pack_planned,
    take_out,
)

from trueorigin.domain.containment import ALWAYS, FOREVER, Stay, find_emptying, fold_stays
from trueorigin.domain.events import Event, Part, Touch, list_touches
from trueorigin.domain.packing import Plan, Span


def touches_of(unit: int, *events: Event) -> list[Touch]:
    return [touch for event in events for touch in list_touches(event) if touch.span.holds(unit)]


def test_no_packing_no_stay() -> None:
    assert fold_stays(touches_of(item(1), make_event(hours(1), item(1))), 1) == []


def test_each_packing_holds_until_the_next_in_whatever_order_they_come() -> None:
    events = [
        pack(hours(1), case(1), item(1)),
        pack(hours(2), case(2), item(1)),
        take_out(hours(3), item(1)),
        pack(hours(4), case(1), item(1)),
    ]
    expected = [
        Stay(case(1), events[0].moment, events[1].moment),
        Stay(case(2), events[1].moment, events[2].moment),
        Stay(case(1), events[3].moment, FOREVER),
    ]
    for order in permutations(events):
        assert fold_stays(touches_of(item(1), *order), 1) == expected


def test_a_range_packed_by_plan_is_in_containers_by_arithmetic() -> None:
    plan = Plan(containers=Span(RUN, 1, 4, 6), first=10, stop=18, size=4)
    packed = pack_planned(hours(1), plan)
    for index in range(10, 18):
        [stay] = fold_stays(touches_of(item(index), packed), index)
        assert stay.container == case(4 + (index - 10) // 4)


def test_a_container_is_emptied_after_one_came_in_never_before() -> None:
    early, late, last = (empty(hours(at), case(1)) for at in (1, 3, 5))
    touches = touches_of(case(1), last, late, early)
    entered = pack(hours(2), case(1), item(1)).moment
    assert find_emptying(touches, entered) == late.moment
    assert find_emptying(touches, late.moment) == last.moment
    assert find_emptying(touches, last.moment) == FOREVER
    assert find_emptying(touches, ALWAYS) == early.moment


def test_touches_of_a_single_unit_and_of_a_range_name_the_same_parts() -> None:
    event = pack(hours(1), case(1), item(1), Span(RUN, 0, 3, 9))
    assert [(touch.part, touch.span) for touch in list_touches(event)] == [
        (Part.PACKED, Span(RUN, 0, 1, 2)),
        (Part.PACKED, Span(RUN, 0, 3, 9)),
        (Part.CONTAINER, Span(RUN, 1, 1, 2)),
    ]
