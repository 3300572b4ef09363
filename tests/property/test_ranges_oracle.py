"""Facts on ranges against an oracle that stores every unit, over random overlapping ranges."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeAlias
from uuid import UUID

from hypothesis import HealthCheck, given, settings, strategies as st
from tests.factories import NOW, Cast, later, make_fact, make_id, make_recall, make_run

from trueorigin.domain.catalog import QUANTITY_MAX
from trueorigin.domain.units import (
    RangeFact,
    RangeKind,
    UnitFact,
    covering_blocks,
    dyadic_blocks,
    fold_range_facts,
)
from trueorigin.storage import catalog, units
from trueorigin.storage.database import Database

bounds = st.one_of(
    st.integers(0, QUANTITY_MAX),
    st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**31 + 1, QUANTITY_MAX - 1, QUANTITY_MAX]),
    st.integers(0, 64),
)
ranges = st.tuples(bounds, bounds).map(sorted).filter(lambda pair: pair[0] < pair[1])


@given(ranges)
def test_blocks_tile_the_range_exactly(pair: list[int]) -> None:
    start, stop = pair
    position = start
    blocks = list(dyadic_blocks(start, stop))
    for exponent, prefix in blocks:
        assert prefix << exponent == position
        position = prefix + 1 << exponent
    assert position == stop
    assert len(blocks) <= 64
    # Fewest: no two neighbours are the halves of one larger block.
    for (e1, p1), (e2, _) in pairwise(blocks):
        assert not (e1 == e2 and p1 % 2 == 0)


@given(ranges, st.integers(0, QUANTITY_MAX - 1))
def test_exactly_one_block_covers_a_unit_inside_and_none_one_outside(
    pair: list[int], index: int
) -> None:
    start, stop = pair
    hits = set(dyadic_blocks(start, stop)) & set(covering_blocks(index))
    assert len(hits) == (1 if start <= index < stop else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What hypothesis draws of one fact."""

    start: int
    stop: int
    kind: RangeKind
    hours: int
    lifted_hours: int | None
    tie: int


UNITS = 70
drafts = st.builds(
    Draft,
    start=st.integers(0, UNITS - 1),
    stop=st.just(0),
    kind=st.sampled_from(RangeKind),
    hours=st.integers(-3, 3),
    lifted_hours=st.none() | st.integers(-3, 4),
    tie=st.integers(0, 2**32),
).flatmap(
    lambda draft: st.integers(draft.start + 1, UNITS).map(
        lambda stop: Draft(
            start=draft.start,
            stop=stop,
            kind=draft.kind,
            hours=draft.hours,
            lifted_hours=draft.lifted_hours,
            tie=draft.tie,
        )
    )
)


# Released since, withdrawn since, recalls in force.
State: TypeAlias = tuple[datetime | None, datetime | None, tuple[UUID, ...]]


class Oracle:
    """Every unit has its own list of all that ever happened to it, read through from the start."""

    def __init__(self) -> None:
        self.happened: list[list[UnitFact]] = [[] for _ in range(UNITS)]

    def add(self, fact: RangeFact, lifted_at: datetime | None) -> None:
        for index in range(fact.start, fact.stop):
            self.happened[index].append(
                UnitFact(
                    id=fact.id,
                    kind=fact.kind,
                    effective_at=fact.effective_at,
                    recall_id=fact.recall_id,
                    lifted_at=lifted_at,
                )
            )

    def state(self, index: int, at: datetime) -> State:
        stage: RangeKind | None = None
        since: datetime | None = None
        recalls: list[UUID] = []
        for fact in sorted(self.happened[index], key=lambda each: (each.effective_at, each.id)):
            if fact.effective_at > at:
                break
            if fact.kind is not RangeKind.RECALL:
                stage, since = fact.kind, fact.effective_at
            elif fact.lifted_at is None or fact.lifted_at > at:
                assert fact.recall_id is not None
                recalls.append(fact.recall_id)
        is_released, is_withdrawn = stage is RangeKind.RELEASE, stage is RangeKind.WITHDRAW
        return (
            since if is_released else None,
            since if is_withdrawn else None,
            tuple(recalls),
        )


@settings(
    max_examples=25,
    deadline=None,
    # Each example has a run of its own in the one database.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wanted=st.lists(drafts, max_size=12), shift=st.sampled_from([0, QUANTITY_MAX - UNITS]))
def test_stored_ranges_mean_what_a_table_of_every_unit_means(
    database: Database, cast: Cast, wanted: list[Draft], shift: int
) -> None:
    scope, oracle = cast.alice.scope, Oracle()
    with database.write() as tx:
        run_id = catalog.next_run_id(tx)
        run = make_run(cast.alice.batch, id=run_id, ordinal=run_id, quantity=QUANTITY_MAX)
        catalog.append_run(tx, scope, run)
        for draft in wanted:
            recall_id, lifted_at = None, None
            if draft.kind is RangeKind.RECALL:
                order = make_recall(
                    cast.alice.batch,
                    batch_id=None,
                    run_id=run.id,
                    effective_at=later(hours=draft.hours),
                )
                units.append_recall(tx, scope, order)
                recall_id = order.id
                if draft.lifted_hours is not None:
                    lifted_at = later(hours=draft.lifted_hours)
                    units.lift_recall(tx, scope, order.id, lifted_at)
            fact = make_fact(
                run,
                draft.start,
                draft.stop,
                kind=draft.kind,
                effective_at=later(hours=draft.hours),
                recall_id=recall_id,
                id=make_id(later(milliseconds=draft.tie)),
            )
            oracle.add(fact, lifted_at)
            moved = make_fact(
                run,
                draft.start + shift,
                draft.stop + shift,
                kind=fact.kind,
                effective_at=fact.effective_at,
                recall_id=fact.recall_id,
                id=fact.id,
            )
            units.append_range_fact(tx, scope, moved)
        probes = [(run.id, 0, index + shift) for index in range(UNITS)]
        found = units.find_range_facts(tx, probes)
    for index, facts in enumerate(found):
        for at in (later(hours=-4), NOW, later(hours=2), later(hours=9)):
            state = fold_range_facts(facts, at)
            folded = (state.released_at, state.withdrawn_at, state.recall_ids)
            assert folded == oracle.state(index, at)
