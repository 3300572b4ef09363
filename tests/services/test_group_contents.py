# SPDX-License-Identifier: Apache-2.0
"""What a group holds now against its plan and its printed list."""

import pytest
from tests.chain_world import Chain, draft, make_chain
from tests.factories import later
from tests.scanning_world import Tenant, World

from trueorigin.domain.contents import LISTED_MAX, Group, GroupContents
from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.services.contents import find_contents
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
        group = Group(run=unit.run, level=unit.level, index=unit.index)
        return find_contents(
            tx, world.catalogue, world.vault, group, claim=claim, at=later(hours=at)
        )


def numbers(tenant: Tenant, *indexes: int, level: int = 0) -> tuple[str, ...]:
    return tuple(tenant.serial(index, level)[:6] for index in indexes)


def pack_run(chain: Chain) -> None:
    groups = Span(chain.alice.run.id, 1, 0, chain.alice.run.quantity_at(1))
    chain.store(draft(EventKind.PACKING, plan=PlanDraft(containers=groups)))


def test_until_it_is_packed_a_group_holds_what_was_planned(chain: Chain) -> None:
    contents = look(chain)
    assert contents.now is None
    assert contents.held.numbers == numbers(chain.alice, *range(24))
    assert (contents.held.count, contents.held.items) == (24, 24)
    assert (contents.gone.count, contents.added.count) == (0, 0)
    pallet = look(chain, level=2)
    assert (pallet.level, pallet.held.count, pallet.held.items) == (1, 40, 960)
    # The last group of a run is short.
    last = look(chain, 1, level=2)
    assert (last.held.count, last.held.items) == (2, 40)


def test_packed_as_planned_is_the_plan(chain: Chain) -> None:
    planned = look(chain)
    pack_run(chain)
    contents = look(chain)
    assert contents.now == contents.planned == planned.planned
    assert (contents.gone.numbers, contents.added.numbers) == ((), ())


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
    assert contents.claim is not None
    assert contents.held.count == contents.held.items == 24
    assert contents.gone.numbers == contents.claim.extra == numbers(alice, 3)
    assert contents.added.numbers == contents.claim.missing == numbers(alice, 100)
    assert contents.claim.agrees is False
    before = look(chain, claim=printed, at=0.5)
    assert before.claim is not None
    assert (before.claim.agrees, before.gone.count, before.added.count) == (True, 0, 0)


def test_members_say_of_each_unit_what_plan_packing_and_label_say(chain: Chain) -> None:
    pack_run(chain)
    alice = chain.alice
    case = (alice.code(0, 1),)
    chain.store(
        draft(EventKind.UNPACKING, units=(alice.code(3),), at=later(hours=1)),
        draft(EventKind.PACKING, units=(alice.code(100),), containers=case, at=later(hours=2)),
    )
    stranger = "ZZZZZZ"
    claim = "".join(numbers(alice, *range(23))) + stranger
    members = look(chain, claim=claim).list_members()
    told = {each.key: (each.is_planned, each.is_inside, each.is_printed) for each in members}
    assert len(members) == 24 + 1 + 1
    assert told[alice.key(0)] == (True, True, True)
    assert told[alice.key(3)] == (True, False, True)
    assert told[alice.key(23)] == (True, True, False)
    assert told[alice.key(100)] == (False, True, False)
    assert told[None] == (False, False, True)
    assert members[-1].number == stranger
    # A label that names only the first says nothing of the others.
    short = look(chain, claim=f"{numbers(alice, 0)[0]}*24")
    assert short.claim is not None
    assert short.claim.agrees
    assert {each.is_printed for each in short.list_members()} == {None}


def test_an_emptied_case_holds_nothing(chain: Chain) -> None:
    pack_run(chain)
    chain.store(draft(EventKind.UNPACKING, containers=(chain.alice.code(0, 1),), at=later(hours=1)))
    contents = look(chain)
    assert contents.now is not None
    assert (contents.now.count, contents.now.items, contents.now.numbers) == (0, 0, ())
    assert contents.level == 0
    assert contents.gone.numbers == numbers(chain.alice, *range(24))


def test_a_mixed_pallet_names_the_goods_of_others_too(chain: Chain) -> None:
    chain.link(chain.alice, owner=chain.charlie)
    chain.store(
        draft(
            EventKind.PACKING,
            units=(chain.alice.code(0, 1), chain.charlie.code(5)),
            containers=(chain.alice.code(0, 2),),
        )
    )
    own, other = numbers(chain.alice, 0, level=1), numbers(chain.charlie, 5)
    contents = look(chain, level=2, claim=own[0] + other[0])
    assert (contents.level, contents.held.count, contents.held.items) == (1, 2, 25)
    assert set(contents.held.numbers) == {*own, *other}
    assert contents.gone.count == len(contents.gone.numbers) == 39
    assert contents.added.numbers == other
    assert contents.claim is not None
    assert contents.claim.agrees


def test_numbers_are_bounded(chain: Chain) -> None:
    span = Span(chain.alice.run.id, 0, 0, LISTED_MAX + 1)
    chain.store(draft(EventKind.PACKING, units=(span,), containers=(chain.alice.code(0, 2),)))
    contents = look(chain, level=2)
    assert contents.held.count == contents.held.items == LISTED_MAX + 1
    assert len(contents.held.numbers) == len(contents.added.numbers) == LISTED_MAX
    assert len(contents.list_members()) == LISTED_MAX
    # What is compared with a label is not cut: the last one is missing on this list.
    claim = "".join(numbers(chain.alice, *range(300)))
    compared = look(chain, level=2, claim=claim).claim
    assert compared is not None
    assert (compared.agrees, len(compared.missing), compared.extra) == (False, 201, ())
