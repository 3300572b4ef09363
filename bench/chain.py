# SPDX-License-Identifier: Apache-2.0
"""A chain to measure: a run of 10^9 items packed as planned, and events on ranges and single units.

Built in steps that differ in nothing but how many events there are.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from trueorigin.domain.events import Effect, Event, EventKind
from trueorigin.domain.ids import to_microseconds, uuid7
from trueorigin.domain.packing import Plan, Span
from trueorigin.domain.units import unit_key
from trueorigin.storage import events as stored
from trueorigin.storage.database import Database

ITEMS: Final = 10**9
PACKING: Final = (25, 40)
PROBES: Final = 40
# Items are moved one by one in this order: all over the run, none twice.
STRIDE: Final = 7919
START: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many events there are: on ranges of cases and pallets, and on single items."""

    ranges: int
    singles: int


# As many on ranges in all of them: a history is as long as what happened to its unit, and that has
# to be the same, or sizes could not be compared.
SIZES: Final = tuple(Size(ranges=10**5, singles=singles) for singles in (10**5, 10**6, 10**7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chained:
    """The run that events are about, and who records them."""

    run_id: int
    owner_id: UUID


def make_event(
    chain: Chained, number: int, span: Span, kind: EventKind, plan: Plan | None = None
) -> Event:
    """Make an event of its own second."""
    at = START + timedelta(seconds=number)
    return Event(
        id=uuid7(at, number.to_bytes(10, "big")),
        kind=kind,
        effect=Effect.NONE if plan is None else Effect.PLANNED,
        at=at,
        offset_minutes=480,
        recorded_at=at,
        organisation_id=chain.owner_id,
        actor_id=None,
        site_id=None,
        partner_id=None,
        about=(span,),
        plan=plan,
    )


def pack_run(database: Database, chain: Chained) -> None:
    """Pack the whole run as planned: two events."""
    below, plans = ITEMS, []
    for level, size in enumerate(PACKING, start=1):
        count = below // size
        containers = Span(chain.run_id, level, 0, count)
        plans.append(Plan(containers=containers, first=0, stop=below, size=size))
        below = count
    with database.write() as tx:
        stored.append_events(
            tx,
            [
                make_event(chain, n, plan.containers, EventKind.PACKING, plan)
                for n, plan in enumerate(plans)
            ],
        )
        stored.mark_runs(tx, [chain.run_id])


def add_ranges(database: Database, chain: Chained, start: int, stop: int) -> None:
    """Add events on ranges of cases and pallets, wherever they fall."""
    draw = random.Random(start)  # noqa: S311 - repeatable on purpose
    for begin in range(start, stop, 500):
        batch = []
        for number in range(begin, min(begin + 500, stop)):
            level = draw.choice((1, 2))
            count = ITEMS // 25 if level == 1 else ITEMS // 1000
            first = draw.randrange(count - 1000)
            span = Span(chain.run_id, level, first, first + draw.randrange(2, 1000))
            kind = draw.choice((EventKind.SHIPPING, EventKind.RECEIVING, EventKind.STORING))
            batch.append(make_event(chain, 100 + number, span, kind))
        with database.write() as tx:
            stored.append_events(tx, batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a database spells numbers in a row, an id made from one, and a remainder."""

    numbers: str
    id: str
    remainder: str


SPELLINGS = {
    "sqlite": Spelling(
        numbers="WITH RECURSIVE c(n) AS"
        " (SELECT {start} UNION ALL SELECT n + 1 FROM c WHERE n < {stop} - 1)",
        id="printf('%08x-0000-7000-8000-%012x', n, n)",
        remainder="%",
    ),
    "postgresql": Spelling(
        numbers="WITH c AS (SELECT generate_series({start}::bigint, {stop} - 1) AS n)",
        id="(lpad(to_hex(n), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
        remainder="%%",
    ),
}


def add_singles(database: Database, chain: Chained, start: int, stop: int) -> None:
    """Add events of single items by arithmetic, inside the database: a million in seconds."""
    at = f"{to_microseconds(START)} + n * 1000000"
    own = SPELLINGS[database.dialect]
    for begin in range(start, stop, 250_000):
        numbers = own.numbers.format(start=begin, stop=min(begin + 250_000, stop))
        unit = f"{unit_key(chain.run_id, 0, 0)} + (n * {STRIDE} {own.remainder} {ITEMS})"
        with database.write() as tx:
            tx.lift_timeouts()
            tx.run(
                "INSERT INTO event (id, is_declaration, kind, effect, at, offset_minutes,"  # noqa: S608 - our own numbers
                f" recorded_at, organisation_id, about) {numbers} SELECT {own.id}, 0, 4, 0, {at},"
                f" 480, {at}, '{chain.owner_id}', '[[{chain.run_id},0,0,1]]' FROM c"
            )
            tx.run(
                f"INSERT INTO unit_event (unit_key, part, at, event_id) {numbers}"  # noqa: S608 - our own numbers
                f" SELECT {unit}, 2, {at}, {own.id} FROM c"
            )


def fill_chain(database: Database, chain: Chained, done: Size | None, size: Size) -> None:
    """Bring a chain from what is there to `size`."""
    if done is None:
        pack_run(database, chain)
        done = Size(ranges=0, singles=0)
    add_ranges(database, chain, done.ranges, size.ranges)
    add_singles(database, chain, done.singles, size.singles)
    settle(database)


def list_probes(chain: Chained, least: Size) -> list[int]:
    """Return items of which every one was moved by itself; `least` is the smallest chain."""
    step = max(1, least.singles // PROBES)
    return [unit_key(chain.run_id, 0, n * STRIDE % ITEMS) for n in range(0, least.singles, step)]


def settle(database: Database) -> None:
    """Let the planner know how much there is, as its own upkeep does in time."""
    with database.write() as tx:
        tx.lift_timeouts()
        tx.run("ANALYZE")
