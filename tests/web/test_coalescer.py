# SPDX-License-Identifier: Apache-2.0
"""One commit for many, an answer only after it, and nobody fails for his neighbour."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from trueorigin.domain.errors import DomainError
from trueorigin.storage.database import Database, Tx
from trueorigin.web import coalescer as module
from trueorigin.web.coalescer import BATCH_MAX, CONCURRENCY, Coalescer

TABLE = "CREATE TABLE kept (item bigint PRIMARY KEY)"
INSERT = {"sqlite": "INSERT INTO kept VALUES (?)", "postgresql": "INSERT INTO kept VALUES (%s)"}

# What comes for certain, but on a busy machine late.
PATIENCE_S = 60


class PoisonError(Exception):
    """What a worker raises over an item it cannot stand."""


class Ledger:
    """A worker that writes each item into a table, and remembers the batches it was given."""

    def __init__(self, database: Database, poison: frozenset[int] = frozenset()) -> None:
        self.database = database
        self.poison = poison
        self.batches: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()
        with database.write() as tx:
            tx.run(TABLE)

    def work(self, tx: Tx, items: list[int]) -> list[int]:
        self.batches.append(items)
        assert self.gate.wait(timeout=PATIENCE_S)
        for item in items:
            tx.run(INSERT[tx.dialect], (item,))
            if item in self.poison:
                raise PoisonError(item)
        return [item * 2 for item in items]

    def kept(self) -> set[int]:
        with self.database.read() as tx:
            return {row[0] for row in tx.run("SELECT item FROM kept")}


@contextmanager
def at_most_seconds(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Iterator[None]:
    monkeypatch.setattr(module, "ISOLATION_S_MAX", seconds)
    yield


async def until(is_true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < ends, "it never happened"
        await asyncio.sleep(0.005)


def test_every_item_gets_its_own_result_in_few_batches(database: Database) -> None:
    async def scenario() -> None:
        ledger = Ledger(database)
        coalescer = Coalescer(database, ledger.work)
        results = await asyncio.gather(*(coalescer.submit(item) for item in range(1200)))
        await coalescer.close()
        assert results == [2 * item for item in range(1200)]
        assert sorted(len(batch) for batch in ledger.batches) == [1200 - 2 * BATCH_MAX, 512, 512]
        assert ledger.kept() == set(range(1200))

    asyncio.run(scenario())


def test_an_answer_means_that_it_was_committed(database: Database) -> None:
    async def scenario() -> None:
        ledger = Ledger(database)
        coalescer = Coalescer(database, ledger.work)
        for item in range(20):
            await coalescer.submit(item)
            assert item in ledger.kept()
        await coalescer.close()

    asyncio.run(scenario())


def test_what_waits_while_a_batch_is_in_flight_becomes_the_next_batch(database: Database) -> None:
    async def scenario() -> None:
        ledger = Ledger(database)
        ledger.gate.clear()
        lanes = CONCURRENCY[database.dialect]
        noted: list[int] = []
        coalescer = Coalescer(database, ledger.work, note=noted.append)
        first = []
        for item in range(lanes):
            first.append(asyncio.ensure_future(coalescer.submit(item)))
            await until(lambda: len(ledger.batches) == len(first))
        rest = [asyncio.ensure_future(coalescer.submit(item)) for item in range(lanes, 100)]
        await asyncio.sleep(0.05)
        assert len(ledger.batches) == lanes
        assert coalescer.waiting == 100 - lanes
        ledger.gate.set()
        await asyncio.gather(*first, *rest)
        await coalescer.close()
        assert [len(batch) for batch in ledger.batches] == [1] * lanes + [100 - lanes]
        assert noted == [1] * lanes + [100 - lanes]

    asyncio.run(scenario())


def test_nobody_is_answered_before_the_disk_has_it_and_the_next_batch_goes_on(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = threading.Event()
    monkeypatch.setattr(Database, "sync", lambda _self: disk.wait())

    async def scenario() -> None:
        ledger = Ledger(sqlite_database)
        coalescer = Coalescer(sqlite_database, ledger.work)
        waiting = []
        for item in range(3):
            waiting.append(asyncio.ensure_future(coalescer.submit(item)))
            await until(lambda: ledger.kept() == set(range(len(waiting))))
        # Three wait for the disk: what comes now waits in the queue, and is one batch later.
        waiting += [asyncio.ensure_future(coalescer.submit(item)) for item in range(3, 50)]
        await asyncio.sleep(0.05)
        assert not any(each.done() for each in waiting)
        assert coalescer.waiting == 47
        disk.set()
        assert await asyncio.gather(*waiting) == [2 * item for item in range(50)]
        await coalescer.close()
        assert [len(batch) for batch in ledger.batches] == [1, 1, 1, 47]

    asyncio.run(scenario())


def test_what_need_not_last_waits_for_no_disk(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = threading.Event()
    monkeypatch.setattr(Database, "sync", lambda _self: disk.wait())

    async def scenario() -> None:
        ledger = Ledger(sqlite_database, poison=frozenset({13}))
        coalescer = Coalescer(sqlite_database, ledger.work, must_last=lambda result: result > 50)
        assert await coalescer.submit(1) == 2
        assert ledger.kept() == {1}
        waiting = [asyncio.ensure_future(coalescer.submit(item)) for item in (2, 30, 3)]
        await until(lambda: ledger.kept() == {1, 2, 30, 3})
        # One of the batch must last; so does what may have failed.
        waiting.append(asyncio.ensure_future(coalescer.submit(13)))
        await until(lambda: len(ledger.batches) == 3)
        await asyncio.sleep(0.05)
        assert not any(each.done() for each in waiting)
        disk.set()
        *results, failure = await asyncio.gather(*waiting, return_exceptions=True)
        assert results == [4, 60, 6]
        assert isinstance(failure, PoisonError)
        await coalescer.close()

    asyncio.run(scenario())


def test_what_the_disk_did_not_take_is_not_answered(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Database) -> None:
        raise DomainError("database_unreachable")

    async def scenario() -> None:
        coalescer = Coalescer(sqlite_database, Ledger(sqlite_database).work)
        with monkeypatch.context() as patch:
            patch.setattr(Database, "sync", fail)
            results = await asyncio.gather(
                *(coalescer.submit(item) for item in range(5)), return_exceptions=True
            )
        assert [getattr(each, "code", None) for each in results] == ["database_unreachable"] * 5
        assert await coalescer.submit(5) == 10
        await coalescer.close()

    asyncio.run(scenario())


def test_a_poisoned_item_fails_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        ledger = Ledger(database, poison=frozenset({3, 70}))
        coalescer = Coalescer(database, ledger.work)
        with at_most_seconds(monkeypatch, PATIENCE_S):
            results = await asyncio.gather(
                *(coalescer.submit(item) for item in range(100)), return_exceptions=True
            )
        await coalescer.close()
        failed = {item for item, result in enumerate(results) if isinstance(result, PoisonError)}
        assert failed == {3, 70}
        assert ledger.kept() == set(range(100)) - {3, 70}

    asyncio.run(scenario())


def test_isolation_stops_when_everything_fails(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        ledger = Ledger(sqlite_database, poison=frozenset(range(100)))
        coalescer = Coalescer(sqlite_database, ledger.work)
        with at_most_seconds(monkeypatch, -1):
            results = await asyncio.gather(
                *(coalescer.submit(item) for item in range(100)), return_exceptions=True
            )
        await coalescer.close()
        assert all(isinstance(result, PoisonError) for result in results)
        assert len(ledger.batches) == 1
        assert ledger.kept() == set()

    asyncio.run(scenario())


def test_a_worker_that_loses_results_fails_and_stores_nothing(sqlite_database: Database) -> None:
    async def scenario() -> None:
        ledger = Ledger(sqlite_database)

        def lose_last(tx: Tx, items: list[int]) -> list[int]:
            return ledger.work(tx, items)[:-1]

        coalescer = Coalescer(sqlite_database, lose_last)
        with pytest.raises(RuntimeError, match="one result an item"):
            await coalescer.submit(1)
        await coalescer.close()
        assert ledger.kept() == set()

    asyncio.run(scenario())


def test_a_full_queue_refuses_with_busy_and_loses_nothing_it_accepted(database: Database) -> None:
    async def scenario() -> None:
        ledger = Ledger(database)
        ledger.gate.clear()
        coalescer = Coalescer(database, ledger.work, queue_max=10)
        tasks = [asyncio.ensure_future(coalescer.submit(item)) for item in range(50)]
        await asyncio.sleep(0.05)
        ledger.gate.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await coalescer.close()
        accepted = {item for item, result in enumerate(results) if result == 2 * item}
        refused = [result for result in results if isinstance(result, DomainError)]
        assert accepted == ledger.kept() == set(range(10))
        assert {error.code for error in refused} == {"busy"}
        assert len(refused) == 40

    asyncio.run(scenario())


def test_closing_finishes_what_was_accepted_and_refuses_the_rest(database: Database) -> None:
    async def scenario() -> None:
        ledger = Ledger(database)
        coalescer = Coalescer(database, ledger.work, batch_max=10)
        tasks = [asyncio.ensure_future(coalescer.submit(item)) for item in range(200)]
        await asyncio.sleep(0)
        await coalescer.close()
        assert ledger.kept() == set(range(200))
        assert await asyncio.gather(*tasks) == [2 * item for item in range(200)]
        with pytest.raises(DomainError) as refused:
            await coalescer.submit(1000)
        assert refused.value.code == "busy"

    asyncio.run(scenario())


def test_closing_twice_and_closing_idle_are_harmless(sqlite_database: Database) -> None:
    async def scenario() -> None:
        coalescer = Coalescer(sqlite_database, Ledger(sqlite_database).work)
        await coalescer.close()
        await coalescer.close()

    asyncio.run(scenario())


def test_a_client_that_goes_away_while_waiting_leaves_no_trace(sqlite_database: Database) -> None:
    async def scenario() -> None:
        ledger = Ledger(sqlite_database)
        ledger.gate.clear()
        coalescer = Coalescer(sqlite_database, ledger.work)
        first = asyncio.ensure_future(coalescer.submit(1))
        await until(lambda: len(ledger.batches) == 1)
        gone, stays = (asyncio.ensure_future(coalescer.submit(item)) for item in (2, 3))
        await asyncio.sleep(0)
        gone.cancel()
        # The one in flight may go away too: it is written, and nobody is answered.
        first.cancel()
        ledger.gate.set()
        assert await stays == 6
        await coalescer.close()
        assert ledger.kept() == {1, 3}

    asyncio.run(scenario())


def test_when_all_that_waited_went_away_closing_still_ends(sqlite_database: Database) -> None:
    async def scenario() -> None:
        ledger = Ledger(sqlite_database)
        coalescer = Coalescer(sqlite_database, ledger.work)
        gone = asyncio.ensure_future(coalescer.submit(1))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait_for(coalescer.close(), PATIENCE_S)
        assert ledger.kept() == set()

    asyncio.run(scenario())
