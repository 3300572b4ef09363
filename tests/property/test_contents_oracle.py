# SPDX-License-Identifier: Apache-2.0
"""What is inside groups, and whether their labels say so, against a table of every unit."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings, strategies as st
from tests.chain_world import Chain, draft, make_chain
from tests.factories import later
from tests.scanning_world import Tenant, World

from trueorigin.domain.contents import Group, GroupContents
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.eventdrafts import EventDraft, PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.units import split_unit_key
from trueorigin.services.capturing import declare_error
from trueorigin.services.contents import find_contents
from trueorigin.storage.database import Database

# Runs of twenty items, four to a case, three cases to a pallet: 5 cases and 2 pallets, the last
# of either short.
QUANTITIES = (20, 5, 2)
PACKING = (4, 3)
HOURS = 10


@dataclass(slots=True)
class Table:
    """One row for every unit that is in anything, and which groups anybody ever filled."""

    parents: dict[int, int] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)

    def put(self, key: int, parent: int) -> None:
        self.parents[key] = parent
        self.filled.add(parent)

    def take_out(self, key: int) -> None:
        self.parents.pop(key, None)

    def empty(self, container: int) -> None:
        for key in [each for each, parent in self.parents.items() if parent == container]:
            del self.parents[key]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened: as it is told, and as it is done to the table."""

    told: EventDraft
    kind: str
    keys: tuple[int, ...] = ()
    container: int | None = None

    def apply(self, table: Table) -> None:
        if self.kind == "plan":
            assert self.container is not None
            for place, key in enumerate(self.keys):
                level = split_unit_key(key)[1]
                table.put(key, self.container + place // PACKING[level])
        for key in self.keys:
            if self.kind == "in":
                assert self.container is not None
                table.put(key, self.container)
            elif self.kind == "out":
                table.take_out(key)
            elif self.kind == "empty":
                table.empty(key)


@dataclass(slots=True)
class Stories:
    """Makes up what happens to the goods of two tenants, whose cases share pallets."""

    chain: Chain
    random: Random

    def draw(self, level: int | None = None) -> tuple[Tenant, int, int]:
        """Return some unit: whose, its level, its index."""
        # Mostly the same few, so that they are packed again and again.
        tenant = self.random.choice((self.chain.alice,) * 3 + (self.chain.charlie,))
        level = self.random.choice((0, 0, 0, 1, 1, 2)) if level is None else level
        return tenant, level, min(self.random.randrange(9), QUANTITIES[level] - 1)

    def tell(self, at: datetime) -> Step:
        kind = self.random.choice(("in", "in", "in", "out", "out", "empty", "plan"))
        if kind == "plan":
            return self._pack_by_plan(at)
        container_of = self.draw(self.random.choice((1, 1, 2)))
        container = container_of[0].key(container_of[2], container_of[1])
        if kind == "empty":
            codes: tuple[PrintedCode, ...] = (code_of(container_of),)
            return Step(draft(EventKind.UNPACKING, containers=codes, at=at), kind, (container,))
        chosen = [self.draw() for _ in range(self.random.randint(1, 4))]
        units = {
            tenant.key(index, level): (tenant, level, index) for tenant, level, index in chosen
        }
        units.pop(container, None)
        if not units:
            return self.tell(at)
        named = tuple(map(code_of, units.values()))
        if kind == "out":
            return Step(draft(EventKind.UNPACKING, units=named, at=at), kind, tuple(units))
        told = draft(EventKind.PACKING, units=named, containers=(code_of(container_of),), at=at)
        return Step(told, kind, tuple(units), container)

    def _pack_by_plan(self, at: datetime) -> Step:
        run, level = self.chain.alice.run.id, self.random.choice((1, 1, 2))
        first = self.random.randrange(QUANTITIES[level])
        stop = self.random.randint(first + 1, QUANTITIES[level])
        size, below = PACKING[level - 1], QUANTITIES[level - 1]
        plan = PlanDraft(containers=Span(run, level, first, stop))
        keys = [
            self.chain.alice.key(index, level - 1)
            for index in range(first * size, min(stop * size, below))
        ]
        told = draft(EventKind.PACKING, plan=plan, at=at)
        return Step(told, "plan", tuple(keys), self.chain.alice.key(first, level))


def code_of(unit: tuple[Tenant, int, int]) -> PrintedCode:
    tenant, level, index = unit
    return tenant.code(index, level)


def list_groups(chain: Chain) -> Iterator[tuple[Tenant, Group]]:
    for tenant in (chain.alice, chain.charlie):
        for level in (1, 2):
            for index in range(QUANTITIES[level]):
                yield tenant, Group(run=tenant.run, level=level, index=index)


def name(chain: Chain, key: int) -> str:
    run_id, level, index = split_unit_key(key)
    tenant = chain.alice if run_id == chain.alice.run.id else chain.charlie
    return tenant.serial(index, level)[:6]


def plan_of(tenant: Tenant, group: Group) -> list[int]:
    """Return the planned units by counting, one after the other."""
    below = group.level - 1
    every = [tenant.key(index, below) for index in range(QUANTITIES[below])]
    size = PACKING[below]
    return every[group.index * size : (group.index + 1) * size]


def edit(random: Random, numbers: list[str]) -> list[str]:
    """Return a list as somebody may have printed it: right, or with something changed."""
    edited = list(numbers)
    random.shuffle(edited)
    for _ in range(random.choice((0, 0, 1, 2))):
        change = random.choice(("drop", "double", "stranger"))
        if change == "drop" and edited:
            edited.pop()
        elif change == "double" and edited:
            edited.append(random.choice(edited))
        else:
            edited.append("ZZZZZZ")
    return edited


def assert_as_in_table(
    chain: Chain, found: GroupContents, tenant: Tenant, group: Group, table: Table
) -> list[str]:
    """Compare, and return the numbers of what is held."""
    planned = plan_of(tenant, group)
    inside = sorted(key for key, parent in table.parents.items() if parent == group.key)
    assert list(found.planned.list_keys()) == planned
    assert list(found.planned.numbers) == [name(chain, key) for key in planned]
    if group.key not in table.filled:
        assert found.now is None
        assert (found.gone.count, found.added.count) == (0, 0)
        return [name(chain, key) for key in planned]
    assert found.now is not None
    assert list(found.now.list_keys()) == inside
    assert found.now.count == len(inside)
    assert list(found.now.numbers) == [name(chain, key) for key in inside]
    assert list(found.gone.list_keys()) == [key for key in planned if key not in inside]
    assert list(found.added.list_keys()) == [key for key in inside if key not in planned]
    told = {each.key: each for each in found.list_members()}
    assert {key for key, each in told.items() if each.is_inside} == set(inside)
    assert {key for key, each in told.items() if each.is_planned} == set(planned)
    assert found.now.items == sum(count_items(key) for key in inside)
    return list(found.now.numbers)


def count_items(key: int) -> int:
    """Return how many items a unit was planned to hold, by following each to its group."""
    _, level, index = split_unit_key(key)
    held = [index]
    for below in reversed(range(level)):
        held = [child for child in range(QUANTITIES[below]) if child // PACKING[below] in held]
    return len(held)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**64), length=st.integers(0, 25))
def test_contents_are_what_a_table_of_every_unit_tells(
    database: Database, seed: int, length: int
) -> None:
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    world = World(database)
    with database.write() as tx:
        alice, charlie = (world.join(tx, quantity=20, packing=PACKING) for _ in range(2))
    chain = Chain(world, alice, charlie)
    chain.link(alice, owner=charlie)
    stories = Stories(chain, random)
    steps = [stories.tell(later(hours=random.randrange(HOURS))) for _ in range(length)]
    arriving = random.sample(steps, len(steps))
    for step in arriving:
        chain.store(step.told)
    wrong = {step.told.id for step in steps if random.random() < 0.15}
    with database.write() as tx:
        for event_id in wrong:
            declare_error(tx, chain.act(), event_id, reason=None)
    for hours in (HOURS // 2, HOURS + 1):
        at = later(hours=hours)
        table = Table()
        for step in sorted(steps, key=lambda each: (each.told.at, each.told.id)):
            if step.told.id not in wrong and step.told.at <= at:
                step.apply(table)
        for tenant, group in list_groups(chain):
            check_group(chain, random, (tenant, group), table, at)


def check_group(
    chain: Chain, random: Random, of: tuple[Tenant, Group], table: Table, at: datetime
) -> None:
    """Look into a group twice: as it is, and beside a label that may have been edited."""
    tenant, group = of
    world = chain.world
    with world.database.read() as tx:
        found = find_contents(tx, world.catalogue, world.vault, group, claim=None, at=at)
        assert found.claim is None
        held = assert_as_in_table(chain, found, tenant, group, table)
        printed = edit(random, held)
        if not printed:
            return
        claim = "".join(printed)
        found = find_contents(tx, world.catalogue, world.vault, group, claim=claim, at=at)
    compared = found.claim
    assert compared is not None
    assert Counter(compared.missing) == Counter(held) - Counter(printed)
    assert Counter(compared.extra) == Counter(printed) - Counter(held)
    assert compared.agrees is (sorted(printed) == sorted(held))
    # A label never changes what is on record.
    assert_as_in_table(chain, found, tenant, group, table)


def test_stories_are_rich_enough(database: Database) -> None:
    """What the comparison above is worth: the stories do what it says they do."""
    chain = make_chain(World(database))
    kinds: Counter[str] = Counter()
    for seed in range(200):
        stories = Stories(chain, Random(seed))  # noqa: S311 - repeatable on purpose
        kinds[stories.tell(later() + timedelta(hours=seed)).kind] += 1
    assert min(kinds[each] for each in ("in", "out", "empty", "plan")) > 10
