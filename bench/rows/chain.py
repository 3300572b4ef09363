# SPDX-License-Identifier: Apache-2.0
"""The chain: a unit's history and the forwards of a run among ever more events, and taking them in.

A history must cost the same statements and the same time however much happened. Events are sent to
the JSON interface in batches; the floor puts the very rows they become into the same tables.
"""

import http.client
import json
import os
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final

from bench.chain import ITEMS, SIZES, START, Chained, Size, list_probes
from bench.fixtures import CHAIN_DATABASES, Copy, open_chain_centre
from bench.rounds import LOAD_CORE, SERVER_CORE, Plan, on_core
from bench.servers import PROGRAM, running_program
from bench.table import Line, Reach

from trueorigin.domain.events import EventKind
from trueorigin.domain.ids import uuid7
from trueorigin.domain.packing import Span
from trueorigin.domain.units import unit_key
from trueorigin.services import tracing
from trueorigin.services.installation import open_installation
from trueorigin.storage import schema
from trueorigin.storage.database import FILE_NAME, Database

ROW: Final = "chain"
# Windows outwards through case and pallet, declarations, and the events themselves.
_STATEMENTS: Final = Reach(at_most=13)
_FLAT: Final = Reach(at_most=1.25)
_CAPTURE: Final = Reach(at_least=0.3)
_BATCH: Final = 1000
_BATCHES: Final = 20
# The rows that an event of one unit becomes.
_TABLES: Final = ("event", "unit_event")
_EVENT_ID_AT: Final = schema.unit_event.c.keys().index("event_id")
_KIND: Final = EventKind.RETURNING


def measure(plan: Plan) -> list[Line]:
    """Measure both databases, then what is taken in."""
    lines = [line for kind in CHAIN_DATABASES for line in _measure_histories(plan, kind)]
    return [*lines, *_measure_capture(plan)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """What one history costs: statements, and milliseconds, one value a round."""

    statements: int
    ms: tuple[float, ...]


def _measure_histories(plan: Plan, kind: str) -> Iterator[Line]:
    with ExitStack() as stack:
        databases = {}
        for size in SIZES:
            copy = stack.enter_context(open_chain_centre(plan, kind, size).checked_out(plan))
            databases[size] = stack.enter_context(_opened(copy))
        chains = {size: _find_chain(database) for size, database in databases.items()}
        # The same units in all sizes, in turns: what else the machine does falls on each.
        units = list_probes(chains[SIZES[0]], _scaled(plan))
        costs: dict[Size, _Cost] = {size: _Cost(statements=0, ms=()) for size in SIZES}
        for number, size in product(range(plan.rounds + 1), SIZES):
            statements, ms = _measure_one(databases[size], units)
            if number:
                costs[size] = _Cost(statements=statements, ms=(*costs[size].ms, ms))
        forwards = _measure_forwards(databases[SIZES[-1]], chains[SIZES[-1]])
    smallest, *larger = SIZES
    for size in larger:
        yield Line(
            row=ROW,
            key=f"history-{kind}-{size.singles}",
            title=f"a unit's history among {size.singles:,} events, {kind}",
            unit="ms",
            ours=costs[size].ms,
            rival=f"among {smallest.singles:,}",
            theirs=costs[smallest].ms,
            reach=_FLAT,
        )
    yield Line(
        row=ROW,
        key=f"statements-{kind}",
        title=f"statements of a history among {SIZES[-1].singles:,} events, {kind}",
        unit="",
        ours=(float(costs[SIZES[-1]].statements),),
        reach=_STATEMENTS,
    )
    yield Line(
        row=ROW,
        key=f"forwards-{kind}",
        title=f"where 10⁹ items are, told from {SIZES[-1].ranges:,} events on ranges, {kind}",
        unit="s",
        ours=(forwards,),
    )


def _scaled(plan: Plan) -> Size:
    smallest = SIZES[0]
    return Size(ranges=plan.scaled(smallest.ranges), singles=plan.scaled(smallest.singles))


@contextmanager
def _opened(copy: Copy) -> Iterator[Database]:
    database, _ = open_installation(copy.place)
    try:
        yield database
    finally:
        database.close()


def _find_chain(database: Database) -> Chained:
    with database.read() as tx:
        [(run_id, owner)] = tx.run("SELECT id, organisation_id FROM run")
    return Chained(run_id=run_id, owner_id=owner)


def _measure_one(database: Database, units: Sequence[int]) -> tuple[int, float]:
    """Return what one history costs: statements, and milliseconds as the median of all units."""
    statements: list[object] = []
    spent = []
    for unit in units:
        with database.read() as tx, database.watching(statements.append):
            started = time.perf_counter()
            history = tracing.find_histories(tx, [unit])[unit]
            spent.append(time.perf_counter() - started)
        # Packed, packed with its case, and moved.
        if len(history.entries) < 3:  # noqa: PLR2004 - named above
            raise RuntimeError("the goods of the benchmark have no history")
    return -(-len(statements) // len(units)), 1000 * statistics.median(spent)


def _measure_forwards(database: Database, chain: Chained) -> float:
    """Return the seconds it takes to say where all cases of the run are."""
    started = time.perf_counter()
    cases = Span(chain.run_id, 1, 0, ITEMS // 25)
    with database.read() as tx:
        found = tracing.find_positions(tx, [cases], at=START + timedelta(days=3650))
    if not found:
        raise RuntimeError("the goods of the benchmark are nowhere")
    return time.perf_counter() - started


def _measure_capture(plan: Plan) -> list[Line]:
    """Send events to a server on one core, and insert their rows on the same core, in turns."""
    # In a smaller one events of a batch share pages, which is what makes it faster.
    sizes = SIZES[1:]
    rates: dict[Size, tuple[list[float], list[float]]] = {size: ([], []) for size in sizes}
    with ExitStack() as stack:
        copies = {
            size: stack.enter_context(open_chain_centre(plan, "sqlite", size).checked_out(plan))
            for size in sizes
        }
        for number, size in product(range(plan.rounds + 1), sizes):
            rate, first = _capture(copies[size], number)
            bare = _insert(copies[size], _take_rows(copies[size], first))
            _take_rows(copies[size], first)
            if number:
                ours, floor = rates[size]
                ours.append(rate)
                floor.append(bare)
    small, large = (rates[size] for size in sizes)
    return [
        Line(
            row=ROW,
            key="capture",
            title="events through the JSON interface, SQLite synchronous=FULL",
            unit="events/s",
            ours=tuple(small[0]),
            rival="inserts of the same rows",
            theirs=tuple(small[1]),
            reach=_CAPTURE,
        ),
        Line(
            row=ROW,
            key="capture-growth",
            title=f"one event taken in among {sizes[1].singles:,}",
            unit="µs",
            ours=tuple(1e6 / rate for rate in large[0]),
            rival=f"among {sizes[0].singles:,}",
            theirs=tuple(1e6 / rate for rate in small[0]),
            reach=_FLAT,
        ),
    ]


def _capture(copy: Copy, seed: int) -> tuple[float, str]:
    """Return the events a second that a server takes in, and the first id of them.

    Each is durable when it is answered. The first batch is not measured: with it the server loads
    what it keeps of the run.
    """
    key = _make_key(copy)
    codes = [
        line.strip() for line in copy.centre.path_file("fresh").read_text().splitlines() if line
    ]
    first_id = str(uuid7(datetime.now(UTC), bytes(10)))
    bodies = [_make_body(codes, number, seed) for number in range(_BATCHES + 1)]
    with running_program(copy.options) as server, on_core(LOAD_CORE):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        started = 0.0
        for number, body in enumerate(bodies):
            if number == 1:
                started = time.perf_counter()
            connection.request("POST", "/api/v1/events?outcomes=refused", body, headers)
            answer = connection.getresponse()
            told: Mapping[str, Any] = json.loads(answer.read())
            if told.get("stored") != _BATCH:
                raise RuntimeError(f"{answer.status} {str(told)[:500]}")
        seconds = time.perf_counter() - started
        connection.close()
    return _BATCHES * _BATCH / seconds, first_id


def _make_key(copy: Copy) -> str:
    with closing(sqlite3.connect(copy.data / FILE_NAME)) as connection:
        [(name,)] = connection.execute("SELECT name FROM organisation").fetchall()
    made = subprocess.run(
        [
            *(str(PROGRAM), "apikey", "create", "--org", name),
            *("--role", "manufacturer", "--json", *copy.options),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    key: str = json.loads(made.stdout)["key"]
    return key


def _make_body(codes: Sequence[str], number: int, seed: int) -> bytes:
    """Write a batch of events as a warehouse sends it: one item each, come back."""
    at = datetime.now(UTC)
    first = number * _BATCH
    events = [
        {
            "id": str(uuid7(at, os.urandom(10))),
            "kind": _KIND.value,
            "at": (at - timedelta(seconds=each)).isoformat(),
            "units": [codes[(seed * 7919 + first + each) % len(codes)]],
        }
        for each in range(_BATCH)
    ]
    return json.dumps({"events": events}).encode()


def _take_rows(copy: Copy, first_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """Take the rows out again that were stored since an id: batch by batch, each in key order."""
    with closing(sqlite3.connect(copy.data / FILE_NAME)) as connection:
        events = connection.execute("SELECT * FROM event WHERE id >= ?", [first_id]).fetchall()
        spans = connection.execute("SELECT about FROM event WHERE id >= ?", [first_id])
        keys = sorted({unit_key(*json.loads(about)[0][:3]) for (about,) in spans})
        mine = "unit_key = ? AND event_id >= ?"
        units = [
            row
            for key in keys
            for row in connection.execute(f"SELECT * FROM unit_event WHERE {mine}", [key, first_id])  # noqa: S608 - our own words
        ]
        pairs = [(key, first_id) for key in keys]
        connection.executemany(f"DELETE FROM unit_event WHERE {mine}", pairs)  # noqa: S608 - our own words
        connection.execute("DELETE FROM event WHERE id >= ?", [first_id])
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.sync()
    # Ids tell the order in which events were sent.
    batch_of = {row[0]: place // _BATCH for place, row in enumerate(events)}
    units.sort(key=lambda row: batch_of[row[_EVENT_ID_AT]])
    return {"event": events, "unit_event": units}


def _insert(copy: Copy, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> float:
    """Return the rows' events a second that bare inserts take, a batch a transaction."""
    count = len(rows["event"])
    with on_core(SERVER_CORE), closing(sqlite3.connect(copy.data / FILE_NAME)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        marks = {name: ", ".join("?" * len(rows[name][0])) for name in _TABLES}
        started = time.perf_counter()
        for first in range(0, count, _BATCH):
            for name in _TABLES:
                connection.executemany(
                    f"INSERT INTO {name} VALUES ({marks[name]})",  # noqa: S608 - our own names
                    rows[name][first : first + _BATCH],
                )
            connection.commit()
        return count / (time.perf_counter() - started)
