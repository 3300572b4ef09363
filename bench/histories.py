# SPDX-License-Identifier: Apache-2.0
"""A unit's history and the forwards of a run, in a small data centre and in one 100 times as large.

One run of 10^9 items packed as planned, 10^5 events on ranges of it, and 10^7 events of single
units; both databases. What a history costs must not grow: neither statements nor time.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.table import Table
from tools.test_postgres import running_postgres

from trueorigin.domain.events import Effect, Event, EventKind
from trueorigin.domain.ids import to_microseconds, uuid7
from trueorigin.domain.packing import Plan, Span
from trueorigin.domain.units import unit_key
from trueorigin.services import tracing
from trueorigin.storage import events as stored
from trueorigin.storage.database import Database, migrate

RUN = 7
ITEMS = 10**9
PACKING = (25, 40)
FEW, MANY = (1_000, 100_000), (100_000, 10_000_000)
PROBES = 40
# Items are moved one by one in this order: all over the run, none twice.
STRIDE = 7919
# Packed, packed with its case, and moved.
ENTRIES_MIN = 3
ROUNDS = 5
# A history may take so much longer among 100 times as many events; statements must be the same.
SLOWER_MAX = 1.5
STATEMENTS_MAX = 13
FORWARDS_S_MAX = 60.0
START = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = UUID(int=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one history costs: statements, and milliseconds."""

    statements: int
    ms: float


def make_event(number: int, span: Span, kind: EventKind, plan: Plan | None = None) -> Event:
    """Make an event of its own second."""
    at = START + timedelta(seconds=number)
    return Event(
        id=uuid7(at, number.to_bytes(10, "big")),
        kind=kind,
        effect=Effect.NONE if plan is None else Effect.PLANNED,
        at=at,
        offset_minutes=480,
        recorded_at=at,
        organisation_id=OWNER,
        actor_id=None,
        site_id=None,
        partner_id=None,
        about=(span,),
        plan=plan,
    )


def pack_run(database: Database) -> None:
    """Pack the whole run as planned: two events."""
    below, plans = ITEMS, []
    for level, size in enumerate(PACKING, start=1):
        count = below // size
        containers = Span(RUN, level, 0, count)
        plans.append(Plan(containers=containers, first=0, stop=below, size=size))
        below = count
    with database.write() as tx:
        stored.append_events(
            tx,
            [
                make_event(n, plan.containers, EventKind.PACKING, plan)
                for n, plan in enumerate(plans)
            ],
        )


def add_ranges(database: Database, start: int, stop: int) -> None:
    """Add events on ranges of cases and pallets, wherever they fall."""
    draw = random.Random(start)  # noqa: S311 - repeatable on purpose
    for begin in range(start, stop, 500):
        batch = []
        for number in range(begin, min(begin + 500, stop)):
            level = draw.choice((1, 2))
            count = ITEMS // 25 if level == 1 else ITEMS // 1000
            first = draw.randrange(count - 1000)
            span = Span(RUN, level, first, first + draw.randrange(2, 1000))
            kind = draw.choice((EventKind.SHIPPING, EventKind.RECEIVING, EventKind.STORING))
            batch.append(make_event(100 + number, span, kind))
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


def add_singles(database: Database, start: int, stop: int) -> None:
    """Add events of single items by arithmetic, inside the database: a million in seconds."""
    at = f"{to_microseconds(START)} + n * 1000000"
    own = SPELLINGS[database.dialect]
    for begin in range(start, stop, 250_000):
        numbers = own.numbers.format(start=begin, stop=min(begin + 250_000, stop))
        unit = f"{unit_key(RUN, 0, 0)} + (n * {STRIDE} {own.remainder} {ITEMS})"
        with database.write() as tx:
            tx.lift_timeouts()
            tx.run(
                "INSERT INTO event (id, is_declaration, kind, effect, at, offset_minutes,"  # noqa: S608 - our own numbers
                f" recorded_at, organisation_id, about) {numbers} SELECT {own.id}, 0, 4, 0, {at},"
                f" 480, {at}, '{OWNER}', '[[{RUN},0,0,1]]' FROM c"
            )
            tx.run(
                f"INSERT INTO unit_event (unit_key, part, at, event_id) {numbers}"  # noqa: S608 - our own numbers
                f" SELECT {unit}, 2, {at}, {own.id} FROM c"
            )


def list_probes() -> list[int]:
    """Return items of which every one has been moved by itself, in its case and on its pallet."""
    return [unit_key(RUN, 0, n * STRIDE % ITEMS) for n in range(0, FEW[1], FEW[1] // PROBES)]


def measure(database: Database, units: list[int]) -> Cost:
    """Return the cost of one history: of each unit the best round, of all units the median."""
    statements: list[object] = []
    best = dict.fromkeys(units, float("inf"))
    for _ in range(ROUNDS):
        for unit in units:
            with database.read() as tx, database.watching(statements.append):
                started = time.perf_counter()
                history = tracing.find_histories(tx, [unit])[unit]
                best[unit] = min(best[unit], time.perf_counter() - started)
            if len(history.entries) < ENTRIES_MIN:
                raise RuntimeError("the goods of the benchmark have no history")
    count = -(-len(statements) // (ROUNDS * len(units)))
    return Cost(statements=count, ms=1000 * statistics.median(best.values()))


def measure_forwards(database: Database) -> tuple[float, int]:
    """Return the seconds to say where a billion items are, and in how many ranges."""
    started = time.perf_counter()
    with database.read() as tx:
        found = tracing.find_positions(
            tx, [Span(RUN, 1, 0, ITEMS // 25)], at=START + timedelta(days=3650)
        )
    return time.perf_counter() - started, len(found)


@contextmanager
def opened(kind: str) -> Iterator[Database]:
    """Open an empty, migrated database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            database = Database.open(None, Path(folder))
            migrate(database)
            yield database
            database.close()
            return
        with running_postgres() as url:
            database = Database.open(url, Path(folder))
            migrate(database)
            yield database
            database.close()


def settle(database: Database) -> None:
    """Let the planner know how much there is, as its own upkeep does in time."""
    with database.write() as tx:
        tx.lift_timeouts()
        tx.run("ANALYZE")


def run(kind: str, table: Table) -> bool:
    """Measure one database; say whether it stayed above the floors."""
    with opened(kind) as database:
        pack_run(database)
        costs = []
        done = (0, 0)
        for size in (FEW, MANY):
            add_ranges(database, done[0], size[0])
            add_singles(database, done[1], size[1])
            settle(database)
            done = size
            costs.append(measure(database, list_probes()))
            cost = costs[-1]
            table.add_row(
                kind, f"{size[1]:,}", f"{size[0]:,}", str(cost.statements), f"{cost.ms:.2f}"
            )
        seconds, ranges = measure_forwards(database)
        table.add_row(kind, "forwards", f"{ranges:,} found", "", f"{1000 * seconds:.0f}")
    small, large = costs
    return (
        large.statements == small.statements <= STATEMENTS_MAX
        and large.ms <= SLOWER_MAX * small.ms
        and seconds <= FORWARDS_S_MAX
    )


def main() -> int:
    """Measure both databases; return 1 below a floor."""
    table = Table(title="history of a unit")
    for column in ("database", "events of single units", "of ranges", "statements", "ms"):
        table.add_column(column, justify="right")
    results = [run(kind, table) for kind in ("sqlite", "postgresql")]
    Console().print(table)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
