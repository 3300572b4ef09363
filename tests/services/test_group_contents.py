# SPDX-License-Identifier: Apache-2.0
"""What a group holds now against its plan and its printed list."""

import pytest
from tests.chain_world import Chain, draft, make_chain
from tests.factories import later
from tests.scanning_world import Tenant, World

from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.services.contents import NUMBERS_MAX, GroupContents, find_group_contents
from trueorigin.storage.database import Database


@pytest.fixture
def chain(database: Database) -> Chain:
    return make_chain(World(database))


def look(
    chain: Chain, index: int = 0, *, claim: str | None = None, level: int = 1, at: float = 90
) -> GroupContents:
    world = chain.world
    unit = world.read(chain.alice.code(index, level)).unit
    assert unit is not None
    with world.database.read() as tx:
        return find_group_contents(
            tx, world.catalogue, world.vault, unit, claim, at=later(hours=at)
        )


def numbers(tenant: Tenant, *indexes: int, level: int = 0) -> tuple[str, ...]:
    return tuple(tenant.serial(index, level)[:6] for index in indexes)


def pack_run(chain: Chain) -> None:
    groups = Span(chain.alice.run.id, 1, 0, chain.alice.run.quantity_at(1))
    chain.store(draft(EventKind.PACKING, plan=PlanDraft(containers=groups)))


def test_until_it_is_packed_a_group_holds_what_was_planned(chain: Chain) -> None:
    contents = look(chain)
    assert not contents.is_packed
    assert contents.numbers == numbers(chain.alice, *range(24))
    assert (contents.count, contents.items, contents.gone, contents.added) == (24, 24, (), ())
    pallet = look(chain, level=2)
    assert (pallet.level, pallet.count, pallet.items) == (1, 40, 960)


def test_packed_as_planned_is_the_plan(chain: Chain) -> None:
    planned = look(chain)
    pack_run(chain)
    contents = look(chain)
    assert contents.is_packed
    assert contents.numbers == planned.numbers
    assert (contents.gone, contents.added, contents.items) == ((), (), 24)


def test_what_was_taken_out_and_put_in_is_shown_against_plan_and_print(chain: Chain) -> None:
    pack_run(chain)
    alice = chain.alice
    chain.store(
        draft(EventKind.UNPACKING, units=(alice.code(3),), at=later(hours=1)),
        draft(
            EventKind.PACKING,
            units=(alice.code(100),),
            containers=(alice.code(0, 1),),
            at=later(hours=2),
        ),
    )
    printed = "".join(numbers(alice, *range(24)))
    contents = look(chain, claim=printed)
    assert contents.count == contents.items == 24
    assert contents.gone == contents.extra == numbers(alice, 3)
    assert contents.added == contents.missing == numbers(alice, 100)
    assert contents.agrees is False
    before = look(chain, claim=printed, at=0.5)
    assert (before.agrees, before.gone, before.added) == (True, (), ())


def test_an_emptied_case_holds_nothing(chain: Chain) -> None:
    pack_run(chain)
    chain.store(draft(EventKind.UNPACKING, containers=(chain.alice.code(0, 1),), at=later(hours=1)))
    contents = look(chain)
    assert contents.is_packed
    assert (contents.count, contents.items, contents.numbers) == (0, 0, ())
    assert contents.gone == numbers(chain.alice, *range(24))


def test_a_mixed_pallet_counts_the_goods_of_others_without_their_numbers(chain: Chain) -> None:
    chain.link(chain.alice, owner=chain.charlie)
    chain.store(
        draft(
            EventKind.PACKING,
            units=(chain.alice.code(0, 1), chain.charlie.code(5)),
            containers=(chain.alice.code(0, 2),),
        )
    )
    contents = look(chain, level=2)
    assert (contents.count, contents.items) == (2, 25)
    assert contents.numbers == numbers(chain.alice, 0, level=1)
    assert len(contents.gone) == 39
    assert contents.added == ()


def test_numbers_are_bounded(chain: Chain) -> None:
    assert NUMBERS_MAX >= 24
    units = tuple(Span(chain.alice.run.id, 0, 0, 1000) for _ in range(1))
    chain.store(
        draft(EventKind.PACKING, units=units, containers=(chain.alice.code(0, 2),)),
    )
    contents = look(chain, level=2)
    assert contents.count == contents.items == 1000
    assert len(contents.numbers) == min(1000, NUMBERS_MAX)
    assert len(contents.added) == min(1000, NUMBERS_MAX)
