# SPDX-License-Identifier: Apache-2.0
"""The goods of the data centres that are measured: runs, their codes, and who read them before.

One unit is read by everybody; of the others each is read once, in no order, by a phone of its own.
Nothing is drawn twice, so a code that a load reads for the first time was never read.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import sqlalchemy as sa
from bench.rounds import Plan
from numpy.typing import NDArray
from tests.scanning_world import Tenant, World, new_id

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.ids import uuid7
from trueorigin.domain.scans import Channel, Reading
from trueorigin.domain.serials import ALPHABET, SerialCipher, as_text
from trueorigin.domain.units import dyadic_blocks
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.scanning import record_scans
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.schema import range_block, range_fact

QUANTITY: Final = 10**9
RUN_SIZES: Final = (10**3, 10**6, 10**9)
RANGE_COUNTS: Final = (1, 10**5)
# The code that everybody reads has a tenth of all readings, up to this many.
POPULAR_MAX: Final = 10**5
# Codes left unread for the loads, at least so many at any scale.
FRESH: Final = 3 * 10**6
FRESH_MIN: Final = 7 * 10**5
_INVENTED: Final = 2 * 10**5
# Units of a run of which each is read many times.
_POOL: Final = 1000
# Each step of growth covers as many days.
_STEP: Final = timedelta(days=10)
_NETWORKS: Final = 2**16
_LETTERS: Final = np.frombuffer(ALPHABET.encode(), np.uint8)


@dataclass(slots=True)
class Goods:
    """One run of `QUANTITY` units, and where reading it has come to."""

    tenant: Tenant
    vault: Vault
    at: datetime
    # Indices of units in the order in which they are read; the tail is left to the loads.
    order: NDArray[np.int64]
    stored: int = 0
    catalogue: Catalogue = field(default_factory=Catalogue)
    # Not for secrets.
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311

    def list_batches(self, size: int, batch: int) -> Iterator[list[Reading]]:
        """Yield the readings from the `stored`th to the `size`th, `batch` at a time."""
        popular = np.zeros(size - self.stored, bool)
        popular[: _popular_of(size) - _popular_of(self.stored)] = True
        np.random.default_rng(size).shuffle(popular)
        unread = self.stored - _popular_of(self.stored)
        # Unit 0 is the one everybody reads.
        numbers = np.where(popular, 0, self.order[unread + np.cumsum(~popular) - 1])
        step = _STEP / len(numbers)
        for first in range(0, len(numbers), batch):
            serials = _spell(self.tenant, numbers[first : first + batch])
            yield [self._make_reading(serial, self.at + step * n) for n, serial in
                   enumerate(serials, first)]  # fmt: skip
        self.stored, self.at = size, self.at + _STEP

    def make_popular_readings(self, count: int) -> list[Reading]:
        """Return further readings of the unit that everybody reads."""
        self.at += _STEP / 1000
        [serial] = _spell(self.tenant, np.zeros(1, np.int64))
        return [self._make_reading(serial, self.at) for _ in range(count)]

    def record(self, tx: Tx, readings: Sequence[Reading]) -> None:
        """Record a batch as a server would, without a limit on one unit."""
        record_scans(tx, self.catalogue, self.vault, readings, per_hour_max=None)

    def write_paths(self, folder: Path, *, most: int) -> None:
        """Write the paths a load draws from: codes unread after `most` readings, and others."""
        fresh = self.order[most - _popular_of(most) :]
        _write_paths(folder / "fresh.txt", self.tenant, fresh)
        _write_paths(folder / "popular.txt", self.tenant, np.zeros(1, np.int64))
        invented = np.random.default_rng(3).choice(_LETTERS, (_INVENTED, self.tenant.run.symbols))
        _write_serials(folder / "invented.txt", self.tenant, invented)

    def _make_reading(self, serial: str, at: datetime) -> Reading:
        network = self.chance.randrange(_NETWORKS)
        return Reading(
            code=PrintedCode(gtin=self.tenant.product.gtin, serial=serial),
            at=at,
            id=uuid7(at, self.chance.randbytes(10)),
            channel=Channel.PAGE,
            device_token=None,
            minted_token=self.chance.randbytes(16),
            network=f"10.{network >> 8}.{network & 255}.0/24",
            place=None,
            place_trusted=False,
            actor=None,
            is_confirmed=True,
        )


def issue_goods(
    database: Database, vault: Vault, at: datetime, *, codes: int, packing: tuple[int, ...] = ()
) -> Goods:
    """Release one run at `at`, of which `codes` will be read, now or by a load."""
    world = World(database, vault=vault, at=at)
    no_gtins = (None,) * len(packing)
    with database.write() as tx:
        tenant = world.join(
            tx, quantity=QUANTITY, packing=packing, group_gtins=no_gtins, sscc_first=no_gtins
        )
    return Goods(tenant=tenant, vault=vault, at=at, order=_draw_units(codes))


def issue_runs(database: Database, vault: Vault, at: datetime, plan: Plan, paths: Path) -> None:
    """Release runs of all `RUN_SIZES`, and one in each of `RANGE_COUNTS` ranges; write paths."""
    world = World(database, vault=vault, at=at)
    empty: dict[str, tuple[object, ...]] = {"packing": (), "group_gtins": (), "sscc_first": ()}
    with database.write() as tx:
        tenant = world.join(tx, quantity=QUANTITY, is_released=False, **empty)
        for quantity in RUN_SIZES:
            tenant = world.add_run(tx, tenant, quantity=quantity, **empty)
            world.release(tx, tenant)
            pool = np.random.default_rng(quantity).choice(quantity, _POOL, replace=False)
            _write_paths(paths / f"units-{quantity}.txt", tenant, pool)
        for nominal in RANGE_COUNTS:
            tenant = world.add_run(tx, tenant, quantity=QUANTITY, **empty)
            _release_in_ranges(tx, world, tenant, plan.scaled(nominal))
            pool = np.random.default_rng(nominal).choice(QUANTITY, _POOL, replace=False)
            _write_paths(paths / f"ranges-{nominal}.txt", tenant, pool)


def _release_in_ranges(tx: Tx, world: World, tenant: Tenant, count: int) -> None:
    """Release a run in `count` pieces of equal size, as a packing line hands them over."""
    piece = tenant.run.quantity // count
    world.release(tx, tenant, start=0, stop=piece)
    at = world.at
    facts, blocks = [], []
    for number in range(1, count):
        start = piece * number
        stop = tenant.run.quantity if number == count - 1 else start + piece
        fact = {
            "id": new_id(at),
            "run_id": tenant.run.id,
            "level": 0,
            "kind": "release",
            "effective_at": at,
        }
        facts.append({**fact, "start": start, "stop": stop, "created_at": at,
                      "organisation_id": tenant.organisation.id})  # fmt: skip
        fact["fact_id"] = fact.pop("id")
        blocks += [{**fact, "exponent": e, "prefix": p} for e, p in dyadic_blocks(start, stop)]
    if facts:
        tx.execute(sa.insert(range_fact), facts)
        tx.execute(sa.insert(range_block), blocks)


def _popular_of(readings: int) -> int:
    """Return how many of so many readings are of the one code that everybody reads."""
    return min(readings // 10, POPULAR_MAX)


def _draw_units(count: int) -> NDArray[np.int64]:
    """Draw units other than 0 in random order, none twice."""
    random_numbers = np.random.default_rng(5)
    drawn = np.unique(random_numbers.integers(1, QUANTITY, count + count // 50 + 1000))
    random_numbers.shuffle(drawn)
    return drawn[:count]


def _spell(tenant: Tenant, indices: NDArray[np.int64]) -> list[str]:
    return as_text(_encode(tenant, indices))


def _encode(tenant: Tenant, indices: NDArray[np.int64]) -> NDArray[np.uint8]:
    cipher = SerialCipher(tenant.keys[tenant.run.epoch], tenant.run.symbols)
    return cipher.encode_indices(tenant.run.ordinal, 0, indices)


def _write_paths(file: Path, tenant: Tenant, indices: NDArray[np.int64]) -> None:
    _write_serials(file, tenant, _encode(tenant, indices))


def _write_serials(file: Path, tenant: Tenant, serials: NDArray[np.uint8]) -> None:
    """Write the path of each item on a line of its own; all lines have one length."""
    head = np.frombuffer(f"/01/{tenant.product.gtin}/21/".encode(), np.uint8)
    count = len(serials)
    lines = np.concatenate(
        [np.tile(head, (count, 1)), serials, np.full((count, 1), ord("\n"), np.uint8)], axis=1
    )
    file.write_bytes(lines.tobytes())
