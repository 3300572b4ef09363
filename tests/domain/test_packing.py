"""The arithmetic of packing plans against packing by hand, and spans of units."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from trueorigin.domain.packing import Plan, Span, find_shared, join_spans, span_of, subtract_spans
from trueorigin.domain.units import unit_key

CASES = Span(7, 1, 7, 10)
# The plan that is drawn in the module.
DRAWN = Plan(containers=CASES, first=30, stop=41, size=4, rejects=(33,))


def pack_by_hand(plan: Plan) -> dict[int, int]:
    packed: dict[int, int] = {}
    for child in range(plan.first, plan.stop):
        if child not in plan.rejects:
            packed[child] = plan.containers.start + len(packed) // plan.size
    return packed


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    first = draw(st.integers(0, 50))
    children = draw(st.integers(1, 60))
    rejects = draw(st.sets(st.integers(first, first + children - 1), max_size=children - 1))
    size = draw(st.integers(2, 9))
    count = -(-(children - len(rejects)) // size)
    start = draw(st.integers(0, 20))
    return Plan(
        containers=Span(3, 2, start, start + count),
        first=first,
        stop=first + children,
        size=size,
        rejects=tuple(sorted(rejects)),
    )


def list_children(plan: Plan, start: int, stop: int) -> list[int]:
    return [
        child for span in plan.list_children(start, stop) for child in range(span.start, span.stop)
    ]


def test_the_drawn_plan_is_packed_as_drawn() -> None:
    assert DRAWN.is_exact
    assert list_children(DRAWN, 7, 8) == [30, 31, 32, 34]
    assert list_children(DRAWN, 8, 9) == [35, 36, 37, 38]
    assert list_children(DRAWN, 9, 10) == [39, 40]
    assert list(DRAWN.list_children(6, 99)) == [Span(7, 0, 30, 33), Span(7, 0, 34, 41)]


@given(plans())
def test_every_container_holds_what_packing_by_hand_puts_there(plan: Plan) -> None:
    packed = pack_by_hand(plan)
    assert plan.is_exact
    assert plan.count == len(packed)
    for container in range(plan.containers.start - 1, plan.containers.stop + 1):
        expected = [child for child, into in packed.items() if into == container]
        assert list_children(plan, container, container + 1) == expected


@given(plans(), st.integers(0, 40), st.integers(0, 40))
def test_neighbouring_containers_hold_what_they_hold_one_by_one(
    plan: Plan, start: int, stop: int
) -> None:
    expected = [
        child for each in range(start, stop) for child in list_children(plan, each, each + 1)
    ]
    assert list_children(plan, start, stop) == expected


@given(plans())
def test_pieces_are_all_good_children_and_know_their_rank(plan: Plan) -> None:
    packed = pack_by_hand(plan)
    ranks = [child - piece.base for piece in plan.list_pieces() for child in range(*piece[:2])]
    assert ranks == list(range(plan.count))
    assert [c for piece in plan.list_pieces() for c in range(*piece[:2])] == list(packed)


def test_a_plan_with_a_container_too_many_or_too_few_is_not_exact() -> None:
    for stop in (9, 11):
        assert not Plan(containers=CASES._replace(stop=stop), first=30, stop=41, size=4).is_exact
    assert not Plan(containers=CASES, first=30, stop=31, size=4, rejects=(30,)).is_exact


def test_a_span_knows_its_units() -> None:
    span = Span(5, 1, 10, 13)
    assert span.size == 3
    assert span.key == unit_key(5, 1, 10)
    assert [key for key in range(span.key - 1, span.key + 5) if span.holds(key)] == [
        span.key,
        span.key + 1,
        span.key + 2,
    ]
    assert span_of(unit_key(5, 1, 12)) == Span(5, 1, 12, 13)


def test_spans_share_what_is_in_both() -> None:
    span = Span(5, 1, 10, 20)
    assert span.share(Span(5, 1, 15, 30)) == Span(5, 1, 15, 20)
    assert span.share(Span(5, 1, 20, 30)) is None
    assert span.share(Span(5, 0, 10, 20)) is None
    assert span.share(Span(6, 1, 10, 20)) is None


spans = st.lists(
    st.tuples(st.integers(1, 2), st.integers(0, 1), st.integers(0, 20), st.integers(1, 5)).map(
        lambda each: Span(each[0], each[1], each[2], each[2] + each[3])
    ),
    max_size=8,
)


def units_of(given: list[Span] | tuple[Span, ...]) -> list[int]:
    return [key for span in given for key in range(span.key, span.key + span.size)]


@given(spans)
def test_joined_spans_are_the_same_units_in_as_few_spans_as_possible(given: list[Span]) -> None:
    joined = join_spans(given)
    assert units_of(joined) == sorted(set(units_of(given)))
    for one, two in pairwise(joined):
        assert one[:2] != two[:2] or one.stop < two.start


@given(spans, st.integers(0, 25), st.integers(1, 8))
def test_shared_part_reaches_from_the_first_to_the_last_common_unit(
    given: list[Span], start: int, size: int
) -> None:
    held = [span for span in join_spans(given) if span[:2] == (1, 0)]
    other = Span(1, 0, start, start + size)
    common = sorted(set(units_of(held)) & set(units_of([other])))
    shared = find_shared(held, other)
    if not common:
        assert shared is None
    else:
        assert shared is not None
        assert (shared.key, shared.key + shared.size - 1) == (common[0], common[-1])


SUBTRACTED: dict[str, tuple[list[Span], list[Span], list[Span]]] = {
    "nothing": ([Span(1, 0, 3, 9)], [], [Span(1, 0, 3, 9)]),
    "all": ([Span(1, 0, 3, 9)], [Span(1, 0, 0, 20)], []),
    "middle": ([Span(1, 0, 3, 9)], [Span(1, 0, 5, 6)], [Span(1, 0, 3, 5), Span(1, 0, 6, 9)]),
    "ends": ([Span(1, 0, 3, 9)], [Span(1, 0, 0, 4), Span(1, 0, 8, 12)], [Span(1, 0, 4, 8)]),
    "another level": ([Span(1, 0, 3, 9)], [Span(1, 1, 3, 9)], [Span(1, 0, 3, 9)]),
    "another run": ([Span(2, 0, 3, 9)], [Span(1, 0, 3, 9)], [Span(2, 0, 3, 9)]),
    "one for two": (
        [Span(1, 0, 0, 4), Span(1, 0, 6, 9)],
        [Span(1, 0, 3, 7)],
        [Span(1, 0, 0, 3), Span(1, 0, 7, 9)],
    ),
    "overlapping": (
        [Span(1, 0, 0, 5), Span(1, 0, 3, 8)],
        [Span(1, 0, 1, 3), Span(1, 0, 2, 4)],
        [Span(1, 0, 0, 1), Span(1, 0, 4, 8)],
    ),
}


@pytest.mark.parametrize(("spans", "others", "left"), SUBTRACTED.values(), ids=SUBTRACTED)
def test_spans_without_others(spans: list[Span], others: list[Span], left: list[Span]) -> None:
    assert list(subtract_spans(spans, others)) == left
