# SPDX-License-Identifier: Apache-2.0
"""What it costs the writer to record a reading: processor time of one thread, no web, no network.

The load is that of `bench/readings.py`: of a run of 10^9 units 60 % first readings, 30 % repeats by
the same network, 10 % one unit that was read 10^5 times, in batches of 64 and of 512. The time is
split into three: opening the transaction, `record_scans`, and the commit, which is the disk's.
Run: python -m bench.recording
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.factories import NOW
from tests.scanning_world import Tenant, World
from tools.test_postgres import running_postgres

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.ids import to_microseconds, uuid7
from trueorigin.domain.scans import Channel, Reading
from trueorigin.domain.serials import SerialCipher, as_text
from trueorigin.services.scanning import record_scans
from trueorigin.storage.database import Database, migrate
from trueorigin.storage.dialect import copy_rows

QUANTITY = 10**9
ROUNDS = 5
# Readings of one round, whatever the size of the batches.
READINGS = 8192
# Units that are in the ledger before, read once each by the load's own network.
READ_BEFORE = 20_000
POPULAR_READINGS = 100_000
FIRST_SHARE, REPEAT_SHARE = 0.6, 0.3
NETWORK = "192.0.2.0/24"
# Microseconds a reading that `record_scans` may take in batches of 64, on any database.
RECORDING_US_MAX = 25.0


@dataclass(slots=True)
class Load:
    """Draws readings; remembers which units it has read."""

    tenant: Tenant
    at: datetime
    chance: Random
    read: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    popular: str = ""

    def __post_init__(self) -> None:
        """Choose the unit that everybody reads."""
        [self.popular] = self.spell([0])

    def make_batch(self, size: int) -> list[Reading]:
        """Return `size` readings of the mix, all of one instant."""
        return [self._make_reading(self._draw()) for _ in range(size)]

    def make_first_readings(self, size: int) -> list[Reading]:
        """Return readings of units that nobody has read before."""
        return [self._make_reading(self._draw_fresh()) for _ in range(size)]

    def _draw(self) -> str:
        draw = self.chance.random()
        if draw < FIRST_SHARE or not self.read:
            return self._draw_fresh()
        is_repeat = draw < FIRST_SHARE + REPEAT_SHARE
        return self.chance.choice(self.read) if is_repeat else self.popular

    def _draw_fresh(self) -> str:
        if not self.fresh:
            indices = self.chance.sample(range(1, QUANTITY), READINGS)
            self.fresh = self.spell(indices)
        self.read.append(self.fresh.pop())
        return self.read[-1]

    def spell(self, indices: list[int]) -> list[str]:
        """Return the serials of units."""
        run = self.tenant.run
        cipher = SerialCipher(self.tenant.keys[run.epoch], run.symbols)
        return as_text(cipher.encode_indices(run.ordinal, 0, indices))

    def _make_reading(self, serial: str) -> Reading:
        self.at += timedelta(microseconds=100)
        return Reading(
            code=PrintedCode(gtin=self.tenant.product.gtin, serial=serial),
            at=self.at,
            id=uuid7(self.at, self.chance.randbytes(10)),
            channel=Channel.API,
            device_token=None,
            minted_token=self.chance.randbytes(16),
            network=NETWORK,
            place=None,
            place_trusted=False,
            actor=None,
            is_confirmed=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Processor time of one reading in microseconds, by step."""

    begin: float
    record: float
    commit: float


def open_world(database: Database) -> tuple[World, Load]:
    """Fill an empty database with the run and what was read of it before."""
    world = World(database)
    with database.write() as tx:
        tenant = world.join(tx, quantity=QUANTITY, packing=(), group_gtins=(), sscc_first=())
    load = Load(tenant, NOW + timedelta(days=1), Random(4))  # noqa: S311 - picks units
    append_popular(world, tenant)
    for _ in range(0, READ_BEFORE, 512):
        record(world, load.make_first_readings(512))
    return world, load


def append_popular(world: World, tenant: Tenant) -> None:
    """Store the lines and phones of the popular unit as the day before left them."""
    chance = Random(5)  # noqa: S311 - picks phones
    key, at = tenant.key(0), to_microseconds(NOW)
    phones = [chance.getrandbits(63) for _ in range(POPULAR_READINGS)]
    scans = []
    for number, phone in enumerate(phones):
        when = NOW + timedelta(milliseconds=number * 500)
        scan_id = str(uuid7(when, chance.randbytes(10)))
        scans.append((key, scan_id, to_microseconds(when), 2, 6, 1, 1, phone, 1, None, None))
    names = "unit_key id at channel verdict counted readings device network place actor_id"
    with world.database.write() as tx:
        copy_rows(tx, "scan", names.split(), scans)
        copy_rows(tx, "unit_device", ("unit_key", "device", "at"), [(key, p, at) for p in phones])
        state = (key, len(phones), at, None, at, None)
        columns = ("unit_key", "devices", "first_at", "first_place", "last_at", "last_place")
        copy_rows(tx, "unit_state", columns, [state])


def record(world: World, readings: list[Reading], *, per_hour_max: int | None = None) -> Cost:
    """Record a batch and return what each of its readings cost."""
    started = time.thread_time()
    with world.database.write() as tx:
        begun = time.thread_time()
        record_scans(tx, world.catalogue, world.vault, readings, per_hour_max=per_hour_max)
        recorded = time.thread_time()
    ended = time.thread_time()
    scale = 1e6 / len(readings)
    return Cost(
        begin=(begun - started) * scale,
        record=(recorded - begun) * scale,
        commit=(ended - recorded) * scale,
    )


def measure(world: World, load: Load, size: int, per_hour_max: int | None) -> Cost:
    """Return the median cost over the batches of a round."""
    batches = [load.make_batch(size) for _ in range(max(8, READINGS // size))]
    costs = [record(world, batch, per_hour_max=per_hour_max) for batch in batches]
    return Cost(
        begin=statistics.median(cost.begin for cost in costs),
        record=statistics.median(cost.record for cost in costs),
        commit=statistics.median(cost.commit for cost in costs),
    )


@contextmanager
def open_databases(folder: Path) -> Iterator[dict[str, Database]]:
    """Open an empty SQLite database and, on the given or a throw-away server, a PostgreSQL one."""
    given = os.environ.get("TRUEORIGIN_BENCH_POSTGRES")
    with running_postgres() as url:
        databases = {
            "sqlite": Database.open(None, folder),
            "postgresql": Database.open(given or url, folder),
        }
        for database in databases.values():
            migrate(database)
        yield databases
        for database in databases.values():
            database.close()


def main() -> int:
    """Print the table; return 1 if a reading costs more than `RECORDING_US_MAX`."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        open_databases(Path(temporary)) as databases,
    ):
        worlds = {name: open_world(database) for name, database in databases.items()}
        cases = [
            (name, size, limit)
            for name in worlds
            for size, limit in ((64, None), (64, 60), (512, None), (16, None))
        ]
        rounds: dict[tuple[str, int, int | None], list[Cost]] = {case: [] for case in cases}
        for _ in range(ROUNDS):
            for name, size, limit in cases:
                world, load = worlds[name]
                rounds[name, size, limit].append(measure(world, load, size, limit))
    table = {
        f"{name}, batches of {size}, at most {limit} an hour": {
            step: round(statistics.median(getattr(cost, step) for cost in costs), 1)
            for step in ("begin", "record", "commit")
        }
        for (name, size, limit), costs in rounds.items()
    }
    print(json.dumps(table, indent=2))
    worst = max(table[key]["record"] for key in table if "batches of 64, at most None" in key)
    return 0 if worst <= RECORDING_US_MAX else 1


if __name__ == "__main__":
    print(datetime.now(UTC).isoformat(timespec="seconds"))
    sys.exit(main())
