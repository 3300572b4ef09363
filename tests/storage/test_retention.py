"""Monthly partitions and the end of what is kept too long."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.factories import make_scan

from trueorigin.domain.units import unit_key
from trueorigin.storage import retention, scans
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.scans import ScanRow

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
TIMES = [
    datetime(2025, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 31, 23, 59, 59, 999000, tzinfo=UTC),
    MARCH - TICK,
    MARCH,
    datetime(2026, 3, 31, 12, tzinfo=UTC),
    datetime(2031, 7, 4, tzinfo=UTC),
]


def _fill(tx: Tx) -> list[ScanRow]:
    rows = [make_scan(unit_key(1, 0, n), at=at) for n in range(3) for at in TIMES]
    scans.append_scans(tx, rows)
    return rows


def _stored(tx: Tx, rows: list[ScanRow]) -> set[UUID]:
    return {row.id for row in scans.find_scans(tx, [(r.unit_key, r.id) for r in rows]).values()}


def _sweep(tx: Tx, at: datetime) -> tuple[int, list[str]]:
    lines, partitions, key = 0, list[str](), None
    while True:
        removal = retention.delete_scans_before(tx, at, from_key=key)
        lines += removal.lines
        partitions += removal.partitions
        key = removal.next_key
        if key is None:
            return lines, partitions


@pytest.mark.parametrize("chunk", [1, 2, 7, 5000])
@pytest.mark.parametrize(
    "at",
    [pytest.param(MARCH, id="first"), pytest.param(datetime(2026, 3, 31, tzinfo=UTC), id="31")],
)
def test_whole_months_are_forgotten(
    database: Database, monkeypatch: pytest.MonkeyPatch, chunk: int, at: datetime
) -> None:
    monkeypatch.setattr(retention, "CHUNK_LINES", chunk)
    with database.write() as tx:
        rows = _fill(tx)
    with database.write() as tx:
        lines, _ = _sweep(tx, at)
    with database.read() as tx:
        assert _stored(tx, rows) == {row.id for row in rows if row.at >= MARCH}
    assert lines == len([row for row in rows if row.at < MARCH])


def test_whole_partitions_are_dropped(postgres_database: Database) -> None:
    with postgres_database.write() as tx:
        retention.ensure_partitions(tx, datetime(2026, 1, 5, tzinfo=UTC), 3)
        rows = _fill(tx)
    with postgres_database.write() as tx:
        lines, partitions = _sweep(tx, datetime(2026, 3, 9, tzinfo=UTC))
        assert partitions == ["scan_202601", "scan_202602"]
        # December had no partition of its own: its lines lay in the default one.
        assert lines == 3
        assert retention.list_partitions(tx) == ["scan_202603", "scan_202604"]
        assert _stored(tx, rows) == {row.id for row in rows if row.at >= MARCH}


def test_partitions_are_made_for_the_months_ahead(postgres_database: Database) -> None:
    at = datetime(2026, 11, 30, 23, tzinfo=UTC)
    names = ["scan_202611", "scan_202612", "scan_202701"]
    with postgres_database.write() as tx:
        assert retention.ensure_partitions(tx, at, 2) == names
        assert retention.ensure_partitions(tx, at, 2) == []
        assert retention.list_partitions(tx) == names


def test_lines_go_to_the_partition_of_their_month(postgres_database: Database) -> None:
    with postgres_database.write() as tx:
        retention.ensure_partitions(tx, datetime(2026, 1, 5, tzinfo=UTC), 2)
        _fill(tx)
        found = tx.run("SELECT tableoid::regclass::text, count(*) FROM scan GROUP BY 1 ORDER BY 1")
    assert found == [
        ("scan_202601", 6),
        ("scan_202602", 3),
        ("scan_202603", 6),
        ("scan_default", 6),
    ]


def test_lines_that_waited_move_into_their_partition(postgres_database: Database) -> None:
    with postgres_database.write() as tx:
        rows = _fill(tx)
        made = retention.spread_default_partition(tx)
        assert made[0] == "scan_202512"
        assert made[-1] == "scan_203107"
        assert tx.run("SELECT count(*) FROM scan_default") == [(0,)]
        assert _stored(tx, rows) == {row.id for row in rows}
        assert retention.spread_default_partition(tx) == []
        # A line sent again meets its first copy wherever it lies now.
        scans.append_scans(tx, rows)
        assert tx.run("SELECT count(*) FROM scan") == [(len(rows),)]


def test_readings_go_on_while_partitions_are_made(postgres_database: Database) -> None:
    with postgres_database.write() as tx:
        retention.ensure_partitions(tx, MARCH, 0)
    with postgres_database.write() as tx:
        retention.ensure_partitions(tx, datetime(2026, 4, 1, tzinfo=UTC), 0)
        with postgres_database.write() as other:
            scans.append_scans(other, [make_scan(1, at=MARCH)])
            assert other.run("SELECT count(*) FROM scan_202603") == [(1,)]


def test_sqlite_keeps_one_ledger(sqlite_database: Database) -> None:
    with sqlite_database.write() as tx:
        assert retention.ensure_partitions(tx, MARCH, 12) == []
        assert retention.list_partitions(tx) == []
        assert retention.spread_default_partition(tx) == []
        assert retention.claim_sweep(tx)


def test_one_process_sweeps_at_a_time(postgres_database: Database) -> None:
    with postgres_database.write() as tx:
        assert retention.claim_sweep(tx)
        with postgres_database.write() as other:
            assert not retention.claim_sweep(other)
    with postgres_database.write() as tx:
        assert retention.claim_sweep(tx)


def test_counts_of_unknown_codes_are_forgotten(database: Database) -> None:
    with database.write() as tx:
        scans.append_not_issued(tx, {(minute, 1, ""): 1 for minute in range(5)})
        assert retention.delete_not_issued_before(tx, 3) == 3
        assert retention.delete_not_issued_before(tx, 3) == 0
        assert [minute for minute, *_ in scans.list_not_issued(tx, 0, limit=9)] == [3, 4]
