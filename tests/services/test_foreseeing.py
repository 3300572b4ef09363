# SPDX-License-Identifier: Apache-2.0
"""What would be wrong with an event: of many units the same as one by one, and as afterwards."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.budgets import max_queries
from tests.chain_world import Chain, draft, make_chain
from tests.factories import NOW, later
from tests.scanning_world import World

from trueorigin.domain.eventdrafts import EventDraft, PlanDraft
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.units import RangeKind
from trueorigin.services import foreseeing
from trueorigin.services.foreseeing import JUDGED_MAX, NAMED_MAX, PARTS_MAX, Warned, foresee
from trueorigin.services.resolving import resolve_events
from trueorigin.storage.database import Database

QUANTITY = 60


def warn(chain: Chain, told: EventDraft) -> list[Warned]:
    world = chain.world
    with world.database.read() as tx:
        [event] = resolve_events(tx, world.catalogue, world.vault, chain.act(), [told])
        assert isinstance(event, Event)
        return foresee(tx, event)


def count(warned: list[Warned]) -> dict[str, int]:
    return {each.code: each.count for each in warned}


class Stories:
    """Makes up what happens to a run of sixty items, four to a case, three cases to a pallet."""

    def __init__(self, chain: Chain, seed: int) -> None:
        self.run = chain.alice.run.id
        self.chain = chain
        self.random = Random(seed)  # noqa: S311 - repeatable on purpose

    def span(self, level: int) -> Span:
        quantity = (QUANTITY, 15, 5)[level]
        start = self.random.randrange(quantity)
        return Span(self.run, level, start, self.random.randint(start + 1, quantity))

    def tell(self, hours: int | None = None) -> EventDraft:
        at = later(hours=self.random.randrange(6) if hours is None else hours)
        kind = self.random.choice(list(EventKind))
        level = self.random.choice((0, 0, 1))
        if kind is EventKind.PACKING and self.random.random() < 0.6:
            containers = self.span(self.random.choice((1, 1, 2)))
            size = (4, 3)[containers.level - 1]
            # Not always from the first unit of a container on.
            first = containers.start * size + self.random.choice((0, 0, 1, 2))
            below = (QUANTITY, 15)[containers.level - 1]
            stop = min(first + containers.size * size, below)
            if -(-(stop - first) // size) != containers.size:
                return self.tell(hours)
            plan = PlanDraft(containers=containers, first=first, stop=stop)
            return draft(kind, plan=plan, at=at)
        if kind is EventKind.PACKING:
            container = self.random.choice((1, 2))
            place = self.random.randrange((15, 5)[container - 1])
            into = Span(self.run, container, place, place + 1)
            units = self.span(0)
            return draft(kind, units=(units,), containers=(into,), at=at)
        if kind is EventKind.UNPACKING and self.random.random() < 0.5:
            return draft(kind, containers=(self.span(1),), at=at)
        return draft(kind, units=(self.span(level),), at=at)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**64), length=st.integers(0, 14))
def test_of_many_units_the_same_is_foreseen_as_one_by_one(
    database: Database, seed: int, length: int
) -> None:
    world = World(database)
    with database.write() as tx:
        alice, charlie = (world.join(tx, quantity=QUANTITY, packing=(4, 3)) for _ in range(2))
        world.release(
            tx, alice, kind=RangeKind.WITHDRAW, start=7, stop=23, effective_at=later(hours=3)
        )
    chain = Chain(world, alice, charlie)
    stories = Stories(chain, seed)
    for _ in range(length):
        chain.store(stories.tell())
    for _ in range(4):
        told = stories.tell(hours=7)
        one_by_one = count(warn(chain, told))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(foreseeing, "JUDGED_MAX", 0)
            assert count(warn(chain, told)) == one_by_one


def test_a_whole_run_is_judged_in_a_handful_of_statements(database: Database) -> None:
    chain = make_chain(World(database))
    world = chain.world
    with database.write() as tx:
        big = world.add_run(tx, chain.alice, quantity=1_000_000)
        world.release(tx, big, stop=500_000)
    run = big.run.id
    chain.store(
        draft(
            EventKind.PACKING,
            plan=PlanDraft(containers=Span(run, 1, 0, 20_000)),
            at=later(minutes=1),
        ),
        draft(EventKind.SELLING, units=(Span(run, 1, 100, 110),), at=later(minutes=2)),
        draft(EventKind.DESTROYING, units=(Span(run, 0, 5, 9),), at=later(minutes=3)),
    )
    told = draft(EventKind.SHIPPING, units=(Span(run, 0, 0, 600_000),), at=later(minutes=4))
    with max_queries(database, 50):
        warned = {each.code: each for each in warn(chain, told)}
    assert {code: each.count for code, each in warned.items()} == {
        "before_release": 100_000,
        "after_sale": 240,
        "after_destruction": 4,
    }
    assert warned["after_destruction"].keys == (big.key(5),)
    assert warned["before_release"].keys[0] == big.key(500_000)


def test_where_too_much_happened_the_worst_is_said(database: Database) -> None:
    chain = make_chain(World(database))
    run = chain.alice.run.id
    told = [
        draft(EventKind.STORING, units=(Span(run, 0, index, index + 1),), at=later(minutes=1))
        for index in range(JUDGED_MAX)
    ]
    chain.store(
        *told, draft(EventKind.DESTROYING, units=(Span(run, 0, 0, 3),), at=later(minutes=2))
    )
    units = (Span(run, 0, 0, JUDGED_MAX), Span(run, 1, 0, 42))
    event = draft(EventKind.SHIPPING, units=units, at=later(minutes=3))
    assert PARTS_MAX <= JUDGED_MAX
    assert NAMED_MAX < PARTS_MAX
    assert count(warn(chain, event)) == {"destroyed_already": 3}
    assert later(minutes=1) > NOW
