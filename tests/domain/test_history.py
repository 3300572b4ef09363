"""The life of a unit: its own events, and what its containers felt while it was inside."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.chain_makers import (
    RUN,
    SAM,
    Ledger,
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
    tell_history,
)

from trueorigin.domain.containment import DEPTH_MAX, FOREVER
from trueorigin.domain.events import Event, Part
from trueorigin.domain.history import TOUCHES_MAX, History, Place
from trueorigin.domain.packing import Plan, Span

ITEM, CASE, PALLET = item(7), case(1), pallet(0)


def felt(history: History) -> list[tuple[UUID, Part, tuple[int, ...]]]:
    return [(entry.event.id, entry.part, entry.path) for entry in history.entries]


def test_nothing_happened_to_a_unit_nobody_touched() -> None:
    history = tell_history(ITEM, make_event(hours(1), item(8)))
    assert history == History(unit=ITEM, entries=(), places=())


def test_a_unit_feels_its_containers_only_while_it_is_inside() -> None:
    loaded = pack(hours(0), CASE, item(3))
    before = make_event(hours(1), CASE)
    packed = pack(hours(2), CASE, ITEM)
    onto = pack(hours(3), PALLET, CASE)
    shipped = make_event(hours(4), PALLET)
    out = take_out(hours(5), ITEM)
    after = make_event(hours(6), PALLET)
    history = tell_history(ITEM, after, shipped, out, onto, packed, before, loaded)
    assert felt(history) == [
        (packed.id, Part.PACKED, ()),
        (onto.id, Part.PACKED, (CASE,)),
        (shipped.id, Part.SUBJECT, (CASE, PALLET)),
        (out.id, Part.PACKED, ()),
    ]
    assert history.places == (
        Place((CASE,), packed.moment, out.moment),
        Place((CASE, PALLET), onto.moment, out.moment),
    )


def test_the_earlier_load_of_a_pallet_used_again_is_none_of_ours() -> None:
    earlier = [
        pack(hours(0), PALLET, item(1)),
        make_event(hours(1), PALLET),
        empty(hours(2), PALLET),
    ]
    ours = [pack(hours(3), PALLET, ITEM), make_event(hours(4), PALLET), empty(hours(5), PALLET)]
    later = [pack(hours(6), PALLET, item(2)), make_event(hours(7), PALLET)]
    history = tell_history(ITEM, *earlier, *ours, *later)
    assert [entry.event for entry in history.entries] == ours
    assert [entry.part for entry in history.entries] == [Part.PACKED, Part.SUBJECT, Part.EMPTIED]


def test_a_container_used_a_hundred_times_is_read_in_its_window_only() -> None:
    events: list[Event] = []
    for load in range(100):
        at = 10 * load
        events += [pack(hours(at), PALLET, item(load)), make_event(hours(at + 1), PALLET)]
        events += [empty(hours(at + 2), PALLET)]
    ledger = Ledger(events)
    history = ledger.climb([item(50)])[item(50)]
    assert [entry.event for entry in history.entries] == events[150:153]
    window = ledger.asked[-1]
    assert len(ledger.find(window)) < 15


def test_ties_in_time_are_broken_by_id() -> None:
    first, second = pack(hours(1), CASE, ITEM), pack(hours(1), case(2), ITEM)
    assert first.id < second.id
    ship = make_event(hours(2), CASE)
    history = tell_history(ITEM, second, first, ship)
    assert [place.path for place in history.places] == [(CASE,), (case(2),)]
    assert history.places[0].stop == second.moment
    assert ship not in [entry.event for entry in history.entries]


def test_a_planned_packing_puts_each_unit_into_its_own_container() -> None:
    plan = Plan(containers=Span(RUN, 1, 0, 3), first=0, stop=13, size=5, rejects=(2,))
    packed = pack_planned(hours(1), plan)
    shipped = make_event(hours(2), Span(RUN, 1, 1, 2))
    assert felt(tell_history(item(6), packed, shipped)) == [
        (packed.id, Part.PACKED, ()),
        (shipped.id, Part.SUBJECT, (CASE,)),
    ]
    assert felt(tell_history(item(5), packed, shipped)) == [(packed.id, Part.PACKED, ())]
    assert felt(tell_history(item(2), packed, shipped)) == [(packed.id, Part.REJECTED, ())]
    assert felt(tell_history(CASE, packed, shipped))[0] == (packed.id, Part.CONTAINER, ())


def test_a_declared_event_is_seen_and_counts_for_nothing() -> None:
    packed = pack(hours(1), CASE, ITEM)
    wrong = replace(packed, declaration=declare(packed))
    shipped = make_event(hours(2), CASE)
    history = tell_history(ITEM, wrong, shipped)
    assert [entry.event for entry in history.entries] == [wrong]
    assert history.places == ()


def test_an_event_about_a_unit_and_its_container_is_told_once_as_its_own() -> None:
    both = make_event(hours(2), ITEM, CASE)
    history = tell_history(ITEM, pack(hours(1), CASE, ITEM), both)
    assert felt(history)[1:] == [(both.id, Part.SUBJECT, ())]


def test_what_else_goes_into_a_container_is_not_felt_inside() -> None:
    history = tell_history(ITEM, pack(hours(1), CASE, ITEM), pack(hours(2), CASE, item(8)))
    assert len(history.entries) == 1


def test_a_loop_is_marked_and_not_followed() -> None:
    loop = pack(hours(3), CASE, PALLET)
    events = [pack(hours(1), CASE, ITEM), pack(hours(2), PALLET, CASE), loop]
    history = tell_history(ITEM, *events, make_event(hours(4), PALLET))
    assert history.looped == {loop.moment}
    assert [entry.event for entry in history.entries][:3] == events
    assert tell_history(CASE, *events).looped == {loop.moment}


def test_containers_beyond_all_sense_are_marked_and_not_followed() -> None:
    nested = [pack(hours(depth), case(depth + 1), case(depth)) for depth in range(DEPTH_MAX + 2)]
    history = tell_history(case(0), *nested)
    assert history.too_deep == {nested[DEPTH_MAX].moment}
    assert max(len(place.path) for place in history.places) == DEPTH_MAX
    assert all(place.stop == FOREVER for place in history.places)


@pytest.mark.parametrize("lookback", [1, 4])
def test_packings_and_emptyings_in_error_are_looked_through(lookback: int) -> None:
    on = pack(hours(0), PALLET, CASE)
    # The case went to other pallets, and was emptied: none of it was true.
    wrong = [pack(hours(1 + n / 100), pallet(n + 1), CASE, organisation_id=SAM) for n in range(30)]
    wrong += [empty(hours(3 + n / 100), CASE) for n in range(30)]
    wrong = [replace(each, declaration=declare(each)) for each in wrong]
    packed, shipped = pack(hours(2), CASE, ITEM), make_event(hours(4), PALLET)
    emptied = empty(hours(5), CASE)
    ledger = Ledger([*wrong, shipped, packed, on, emptied, empty(hours(6), CASE)])
    history = ledger.climb([ITEM], lookback=lookback)[ITEM]
    assert [entry.event for entry in history.entries] == [packed, shipped, emptied]
    assert history.entries[1].path == (CASE, PALLET)


def test_a_history_beyond_all_measure_is_cut_at_its_beginning() -> None:
    packed = pack(hours(0), CASE, ITEM)
    flood = [make_event(hours(1 + n / 1000), ITEM) for n in range(TOUCHES_MAX + 5)]
    last = make_event(hours(90), CASE)
    history = tell_history(ITEM, packed, *flood, last)
    assert history.is_cut
    assert [entry.event for entry in history.entries] == [*flood[5:], last]
    assert history.places == (Place((CASE,), flood[5].moment, FOREVER),)


def test_a_container_flooded_with_events_is_cut_too() -> None:
    packed = pack(hours(0), CASE, ITEM)
    flood = [make_event(hours(1 + n / 1000), CASE) for n in range(TOUCHES_MAX + 5)]
    history = tell_history(ITEM, packed, *flood)
    assert history.is_cut
    assert [entry.event for entry in history.entries] == [packed, *flood[5:]]
