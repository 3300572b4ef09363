# SPDX-License-Identifier: Apache-2.0
"""Several processes at once: no deadlock, nothing lost, no device counted twice."""

import random
import threading

import pytest
from tests.scanning_world import Tenant, World, phone

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.scans import Confirmation, Reading, ScanOutcome
from trueorigin.services.scanning import confirm_scans
from trueorigin.storage import counting, scans
from trueorigin.storage.database import Database
from trueorigin.storage.retrying import write_retrying

UNITS, PHONES, THREADS, BATCHES, BATCH = 40, 6, 4, 12, 60


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def alice(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


def make_batches(world: World, alice: Tenant, seed: int) -> list[list[Reading]]:
    """Make batches of few units in any order, pages and answers, some invented codes."""
    choice = random.Random(seed)  # noqa: S311 - picks units and phones
    forged = PrintedCode(gtin=alice.product.gtin, serial="0" * 16)
    codes = [alice.code(index) for index in range(UNITS)]
    return [
        [
            world.reading(
                forged if choice.random() < 0.1 else choice.choice(codes),
                device_token=phone(choice.randrange(PHONES)),
                is_confirmed=choice.random() < 0.5,
            )
            for _ in range(BATCH)
        ]
        for _ in range(BATCHES)
    ]


def confirm_all(world: World, outcomes: list[ScanOutcome]) -> int:
    looks = [
        Confirmation(unit_key=each.unit.unit_key, scan_id=each.scan_id, device_token=None)
        for each in outcomes
        if each.can_confirm and each.unit is not None and each.scan_id is not None
    ]
    return sum(write_retrying(world.database, lambda tx: confirm_scans(tx, world.vault, looks)))


def test_batches_of_several_processes_over_the_same_units_lose_and_double_nothing(
    world: World, alice: Tenant
) -> None:
    work = [make_batches(world, alice, seed) for seed in range(THREADS)]
    counted, failures = [0] * THREADS, []

    def run(number: int) -> None:
        process = world.other_process()
        try:
            for batch in work[number]:
                outcomes = process.record(batch, per_hour_max=20)
                counted[number] += sum(outcome.counted for outcome in outcomes)
                counted[number] += confirm_all(process, outcomes)
        except Exception as failure:  # noqa: BLE001 - reported by the test below
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    keys = [alice.key(index) for index in range(UNITS)]
    with world.database.read() as tx:
        states = counting.find_unit_states(tx, keys)
        rows = [row for key in keys for row in scans.list_scans(tx, key, limit=1000)]
        invented = sum(row[3] for row in scans.list_not_issued(tx, 0, limit=1000))
    total = THREADS * BATCHES * BATCH
    assert sum(row.readings for row in rows) + invented == total
    devices = sum(state.devices for state in states.values())
    assert devices == sum(row.is_counted for row in rows) == sum(counted)
    assert devices <= UNITS * PHONES
    assert devices > UNITS
