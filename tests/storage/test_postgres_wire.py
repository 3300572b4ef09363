# SPDX-License-Identifier: Apache-2.0
"""Statements that share a round trip: what they say, in which order, and how they fail."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import cast

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from psycopg.pq.abc import PGconn, PGresult
from tests.factories import make_scan
from tests.scanning_world import World, phone

from trueorigin.domain.errors import DomainError
from trueorigin.storage import scans
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.dialect import rows_params, rows_sql
from trueorigin.storage.postgres_wire import Wire

COUNT = "SELECT count(*) FROM wired"
INSERT = "INSERT INTO wired VALUES (%s)"


@pytest.fixture
def wired(postgres_database: Database) -> Database:
    with postgres_database.write() as tx:
        tx.run("CREATE TABLE wired (id bigint PRIMARY KEY)")
    return postgres_database


def count(database: Database) -> int:
    with database.read() as tx:
        return int(tx.run(COUNT)[0][0])


def backend(tx: Tx) -> int:
    return int(tx.ask("SELECT pg_backend_pid()")[0][0])


def pgconn(tx: Tx) -> PGconn:
    connection: psycopg.Connection[object] = cast("psycopg.Connection[object]", tx.raw)
    return connection.pgconn


def test_statements_run_in_the_order_they_were_given(wired: Database) -> None:
    with wired.write() as tx:
        before = tx.later(COUNT)
        tx.send(INSERT, [1])
        between = tx.later(COUNT)
        tx.send(INSERT, [2])
        assert tx.ask(COUNT) == [(2,)]
        assert (before(), between()) == ([(0,)], [(1,)])
        tx.send(INSERT, [3])
        # One that goes the driver's way sees what was kept, and is seen.
        assert tx.run(COUNT) == [(3,)]
        tx.run("DELETE FROM wired WHERE id = 1")
        assert tx.later(COUNT)() == [(2,)]
        tx.send(INSERT, [4])
    assert count(wired) == 3


def test_what_is_kept_waits_for_a_question(wired: Database) -> None:
    with wired.write() as tx, wired.write() as other:
        tx.send(INSERT, [1])
        # It would wait for the first, had that been sent.
        other.send(INSERT, [1])
        assert other.ask(COUNT) == [(1,)]
        other.run("DELETE FROM wired")
    assert count(wired) == 1


def test_a_transaction_without_statements_is_none(wired: Database) -> None:
    with wired.write():
        pass
    assert count(wired) == 0


@pytest.mark.parametrize("ends", ["asked", "committed", "asked the driver"])
def test_a_statement_that_fails_undoes_all(wired: Database, ends: str) -> None:
    kept: list[Callable[[], object]] = []

    def work() -> None:
        with wired.write() as tx:
            tx.send(INSERT, [1])
            tx.send(INSERT, [2])
            tx.send(INSERT, [2])
            kept.append(tx.later(COUNT))
            tx.send(INSERT, [3])
            if ends == "asked":
                tx.ask(COUNT)
            if ends == "asked the driver":
                tx.run(COUNT)

    with pytest.raises(DomainError) as refusal:
        work()
    assert refusal.value.code == "changed_meanwhile"
    assert count(wired) == 0
    with pytest.raises(psycopg.OperationalError):
        kept[0]()
    with wired.write() as tx:
        tx.send(INSERT, [4])
    assert count(wired) == 1


def test_nothing_of_a_block_that_fails_is_sent(wired: Database) -> None:
    def work() -> None:
        with wired.write() as tx:
            tx.ask(COUNT)
            tx.send(INSERT, [1])
            raise LookupError

    with pytest.raises(LookupError):
        work()
    with wired.write() as tx:
        assert tx.ask(COUNT) == [(0,)]


def test_a_failure_that_somebody_hid_is_no_success(wired: Database) -> None:
    def work() -> None:
        with wired.write() as tx:
            tx.send(INSERT, [1])
            tx.send(INSERT, [1])
            with suppress(psycopg.errors.UniqueViolation):
                tx.ask(COUNT)

    with pytest.raises(DomainError) as refusal:
        work()
    assert refusal.value.code == "database_unreachable"
    assert count(wired) == 0


def test_a_statement_that_cannot_be_prepared_undoes_all(wired: Database) -> None:
    def work() -> None:
        with wired.write() as tx:
            tx.send(INSERT, [1])
            tx.ask("SELECT 1 FROM nowhere")

    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            work()
    assert count(wired) == 0


def test_text_with_a_nul_is_refused_before_anything_is_sent(wired: Database) -> None:
    def work() -> None:
        with wired.write() as tx:
            tx.send(INSERT, [1])
            tx.ask("SELECT %s::text", ["no\0thing"])

    with pytest.raises(psycopg.DataError):
        work()
    assert count(wired) == 0


@pytest.mark.parametrize("statement", [b"DISCARD ALL", b"DEALLOCATE ALL"])
def test_a_connection_that_was_cleaned_prepares_again(wired: Database, statement: bytes) -> None:
    with wired.write() as tx:
        first = backend(tx)
        tx.send(INSERT, [1])
    with wired.write() as tx:
        # Nothing has begun: what a pooler does before it lends a connection out.
        pgconn(tx).exec_(statement)
        tx.send(INSERT, [2])
        assert tx.ask(COUNT) == [(2,)]
        assert backend(tx) == first
    assert count(wired) == 2


@pytest.mark.parametrize("moment", ["before it begins", "before it asks", "before it commits"])
def test_a_connection_that_is_lost_is_a_refusal_and_the_next_works(
    wired: Database, moment: str
) -> None:
    def end(pid: int) -> None:
        with wired.write() as killer:
            killer.run("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    def work() -> None:
        with wired.write() as tx:
            pid = pgconn(tx).backend_pid
            if moment != "before it begins":
                tx.send(INSERT, [1])
            if moment == "before it commits":
                tx.ask(COUNT)
            end(pid)
            if moment != "before it commits":
                tx.ask(COUNT)

    with pytest.raises(DomainError) as refusal:
        work()
    assert refusal.value.code == "database_unreachable"
    assert count(wired) == 0
    for number in range(3):
        with wired.write() as tx:
            tx.send(INSERT, [number])
    assert count(wired) == 3


def test_whoever_waits_for_a_lock_keeps_no_other_thread_waiting(wired: Database) -> None:
    done = threading.Event()

    def wait() -> None:
        with wired.write() as tx:
            tx.send(INSERT, [1])
            tx.ask(COUNT)
        done.set()

    with wired.write() as tx:
        tx.send(INSERT, [1])
        tx.ask(COUNT)
        thread = threading.Thread(target=wait)
        thread.start()
        # Seen waiting by a third; all of this in one process.
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        for _ in range(500):
            with wired.read() as watcher:
                if watcher.run(f"{waiting} AND datname = current_database()") == [(1,)]:
                    break
            threading.Event().wait(0.01)
        else:
            pytest.fail("nobody waits")
        assert not done.is_set()
        tx.run("DELETE FROM wired")
    thread.join()
    assert done.is_set()
    assert count(wired) == 1


def test_more_than_any_buffer_holds_goes_both_ways(wired: Database) -> None:
    text = "产地" * 200_000
    with wired.write() as tx:
        kept = [tx.later("SELECT %s::text", [f"{number}{text}"]) for number in range(20)]
        assert tx.ask(COUNT) == [(0,)]
        for number, rows in enumerate(kept):
            assert rows() == [(f"{number}{text}",)]


CELLS = st.one_of(
    st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS, st.integers(-(2**63), 2**63 - 1)), min_size=1))
def test_rows_sent_as_parameters_come_back_as_they_were(
    postgres_database: Database, rows: Sequence[tuple[str | None, str | None, int]]
) -> None:
    given_rows = rows_sql("postgresql", "a text, b text, c bigint")
    with postgres_database.write() as tx:
        assert tx.ask(f"SELECT a, b, c FROM {given_rows}", rows_params("postgresql", rows)) == rows  # noqa: S608 - fixed text


def test_lines_and_the_devices_they_count_are_taken_back_together(wired: Database) -> None:
    row = make_scan(1)
    with wired.write() as tx:
        scans.append_scans(tx, [row])
        scans.unmark_scans(tx, [(row.unit_key, row.id)])
        found = scans.find_scan(tx, row.unit_key, row.id)
        kept = make_scan(2)
        scans.append_scans(tx, [kept])
    assert found is not None
    assert not found.is_counted
    with wired.write() as tx:
        # Of another transaction: it stays as it was.
        scans.unmark_scans(tx, [(kept.unit_key, kept.id)])
        found = scans.find_scan(tx, kept.unit_key, kept.id)
    assert found is not None
    assert found.is_counted


def test_a_transaction_may_wait_for_no_disk(wired: Database) -> None:
    """And the next one on that connection waits again."""
    with wired.write() as tx:
        # No test waits for it otherwise.
        tx.run("SET synchronous_commit = on")
    for wait in ("off", "on"):
        with wired.write() as tx:
            if wait == "off":
                tx.wait_for_no_disk()
            assert tx.ask("SHOW synchronous_commit") == [(wait,)]


def test_a_batch_of_readings_takes_two_round_trips(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(postgres_database)
    with world.database.write() as tx:
        alice = world.join(tx)
    # Nothing is known before that, of runs or of statements.
    world.record([world.reading(alice.code(0), device_token=phone(1))])
    exchanges = []
    exchange = Wire._exchange  # noqa: SLF001 - counted

    def count_exchange(wire: Wire) -> PGresult:
        exchanges.append(wire)
        return exchange(wire)

    monkeypatch.setattr(Wire, "_exchange", count_exchange)
    world.record(
        [world.reading(alice.code(index), device_token=phone(2)) for index in range(1, 9)]
        # A phone that is known already.
        + [world.reading(alice.code(0), device_token=phone(1))]
    )
    assert len(exchanges) == 2
    # Invented codes are counted with the commit, and nothing is asked before.
    forged = replace(alice.code(1), serial="0" * 16)
    assert [each.unit for each in world.record([world.reading(forged)])] == [None]
    assert len(exchanges) == 2 + 1
    exchanges.clear()
    # A unit's second phone is asked for.
    world.record([world.reading(alice.code(0), device_token=phone(2))])
    assert len(exchanges) == 4
