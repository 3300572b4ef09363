"""Unit keys, dyadic blocks, and the fold of facts on ranges."""

from itertools import permutations
from uuid import UUID

import pytest
from tests.factories import NOW, later

from trueorigin.domain.units import (
    RUN_LIMIT,
    RangeKind,
    UnitFact,
    covering_blocks,
    dyadic_blocks,
    fold_range_facts,
    is_recall_in_force,
    split_unit_key,
    unit_key,
)

TOP = 2**32


def _fact(number: int, kind: RangeKind, **fields: object) -> UnitFact:
    values = {"effective_at": NOW, "recall_id": None, "lifted_at": None, **fields}
    return UnitFact(id=UUID(int=number), kind=kind, **values)  # type: ignore[arg-type]


RELEASE, WITHDRAW, RECALL = RangeKind.RELEASE, RangeKind.WITHDRAW, RangeKind.RECALL


@pytest.mark.parametrize(
    "parts",
    [(1, 0, 0), (RUN_LIMIT - 1, 3, TOP - 1), (5, 2, 7), (1, 0, TOP - 1), (1, 1, 0)],
)
def test_a_unit_key_holds_its_three_parts(parts: tuple[int, int, int]) -> None:
    key = unit_key(*parts)
    assert 0 <= key < 2**63
    assert split_unit_key(key) == parts


def test_unit_keys_sort_like_their_parts() -> None:
    parts = [(1, 0, TOP - 1), (1, 1, 0), (1, 3, 5), (2, 0, 0)]
    assert [unit_key(*each) for each in parts] == sorted(unit_key(*each) for each in parts)


@pytest.mark.parametrize(
    ("start", "stop", "blocks"),
    [
        pytest.param(0, TOP, [(32, 0)], id="everything is one block"),
        pytest.param(0, 1, [(0, 0)], id="the first unit"),
        pytest.param(TOP - 1, TOP, [(0, TOP - 1)], id="the last unit"),
        pytest.param(3, 9, [(0, 3), (2, 1), (0, 8)], id="a ragged range"),
        pytest.param(4, 4, [], id="nothing"),
    ],
)
def test_ranges_become_the_fewest_blocks(
    start: int, stop: int, blocks: list[tuple[int, int]]
) -> None:
    assert list(dyadic_blocks(start, stop)) == blocks


def test_the_worst_range_has_62_blocks() -> None:
    assert len(list(dyadic_blocks(1, TOP - 1))) == 62


def test_a_unit_is_covered_by_33_blocks() -> None:
    blocks = list(covering_blocks(TOP - 1))
    assert len(blocks) == 33
    assert blocks[0] == (0, TOP - 1)
    assert blocks[-1] == (32, 0)


def test_without_facts_a_unit_is_neither_released_nor_withdrawn() -> None:
    state = fold_range_facts([], NOW)
    assert not state.is_released
    assert not state.is_withdrawn
    assert (state.released_at, state.withdrawn_at, state.recall_ids) == (None, None, ())


def test_a_release_takes_effect_at_its_time_not_before() -> None:
    facts = [_fact(1, RELEASE)]
    assert not fold_range_facts(facts, later(microseconds=-1)).is_released
    state = fold_range_facts(facts, NOW)
    assert state.is_released
    assert state.released_at == NOW


def test_the_latest_by_time_wins_whatever_the_order_of_arrival() -> None:
    facts = [
        _fact(3, RELEASE),
        _fact(2, WITHDRAW, effective_at=later(days=1)),
        _fact(1, RELEASE, effective_at=later(days=2)),
    ]
    for order in permutations(facts):
        assert fold_range_facts(order, later(hours=1)).released_at == NOW
        withdrawn = fold_range_facts(order, later(days=1))
        assert withdrawn.is_withdrawn
        assert not withdrawn.is_released
        assert (withdrawn.released_at, withdrawn.withdrawn_at) == (None, later(days=1))
        assert fold_range_facts(order, later(days=3)).released_at == later(days=2)


def test_of_two_facts_at_one_instant_the_higher_id_wins() -> None:
    for order in permutations([_fact(1, RELEASE), _fact(2, WITHDRAW)]):
        assert fold_range_facts(order, NOW).is_withdrawn
    for order in permutations([_fact(2, RELEASE), _fact(1, WITHDRAW)]):
        assert fold_range_facts(order, NOW).is_released


def test_a_recall_stands_beside_the_release() -> None:
    order = UUID(int=9)
    state = fold_range_facts([_fact(2, RECALL, recall_id=order), _fact(1, RELEASE)], NOW)
    assert state.is_released
    assert state.recall_ids == (order,)


def test_recalls_are_named_once_in_order_of_effect() -> None:
    first, second = UUID(int=20), UUID(int=10)
    facts = [
        _fact(1, RECALL, recall_id=second, effective_at=later(hours=1)),
        _fact(2, RECALL, recall_id=first),
        _fact(3, RECALL, recall_id=first),
    ]
    for order in permutations(facts):
        assert fold_range_facts(order, later(days=1)).recall_ids == (first, second)
        assert fold_range_facts(order, NOW).recall_ids == (first,)


def test_a_lifted_recall_no_longer_holds() -> None:
    facts = [_fact(1, RECALL, recall_id=UUID(int=9), lifted_at=later(days=1))]
    assert fold_range_facts(facts, later(hours=23)).recall_ids
    assert not fold_range_facts(facts, later(days=1)).recall_ids


def test_a_recall_lifted_before_it_takes_effect_never_holds() -> None:
    assert not is_recall_in_force(NOW, later(days=-1), NOW)
    assert is_recall_in_force(NOW, None, NOW)
    assert not is_recall_in_force(NOW, None, later(microseconds=-1))
