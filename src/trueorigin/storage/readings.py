# SPDX-License-Identifier: Apache-2.0
"""The ledger as its organisation may read it: lines of its own units, invented codes of its goods.

The ledger has one index, by unit. So lines come in order of units, and a search that finds little
stops after a bounded stretch of the ledger and says where to go on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.days import begin_day, list_offsets
from trueorigin.domain.ids import MINUTE_US, to_microseconds
from trueorigin.domain.lifecycle import Stage, StageFact
from trueorigin.domain.ranges import StageRange
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import RangeKind, unit_key
from trueorigin.domain.verdict import Verdict
from trueorigin.storage.database import Tx
from trueorigin.storage.figures import KEYS_MAX, Period, Subject, match_runs
from trueorigin.storage.scans import VERDICT_CODES, VERDICTS, ScanRow
from trueorigin.storage.schema import (
    gtin_owner,
    not_issued_count,
    organisation,
    range_fact,
    reading_figure,
    run,
    scan,
)

# Lines looked at for one page, wanted or not: about 20 ms.
EXAMINED_MAX: Final = 20_000
PAGE_MAX: Final = 1000
# Releases and withdrawals folded for one list; beyond it, nothing is said of how many are released.
FACTS_MAX: Final = 20_000
_MINUTES_A_DAY: Final = 24 * 60
# Clocks of two places differ by up to 26 hours.
_ZONES_APART_DAYS: Final = 2
_NO_ID: Final = UUID(int=0)
# Columns that a `ScanRow` has in another form, or not at all.
_STORED_OTHERWISE: Final = frozenset({"counted", "verdict", "alias"})
_STAGES: Final = {
    RangeKind.RELEASE.value: Stage.RELEASED,
    RangeKind.WITHDRAW.value: Stage.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which readings are meant; `place` without star, '' for no place; None and empty mean all.

    `is_counted`: only those by which a phone was counted.
    """

    subject: Subject
    period: Period
    verdicts: tuple[Verdict, ...] = ()
    place: str | None = None
    is_counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the ledger: behind this line."""

    unit_key: int
    scan_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPage:
    """Lines in order of unit and time; `next` is where to go on, None at the end."""

    rows: tuple[ScanRow, ...]
    next: Position | None


def list_readings(
    tx: Tx, scope: TenantScope, wanted: Filter, *, after: Position | None = None, limit: int
) -> ReadingPage:
    """Return the organisation's lines that match, in order of unit and time, those behind `after`.

    Looks at `EXAMINED_MAX` lines at most: a page may be short, even empty, and still have a next.
    """
    limit = min(limit, PAGE_MAX)
    rows: list[ScanRow] = []
    budget = EXAMINED_MAX
    for run_id in _list_runs_read(tx, scope, wanted, after):
        start = Position(unit_key=unit_key(run_id, 0, 0) - 1, scan_id=_NO_ID)
        if after is not None and after.unit_key > start.unit_key:
            start = after
        end, seen = _find_end(tx, run_id, start, budget)
        rows += _list_stretch(tx, run_id, wanted, (start, end), limit + 1 - len(rows))
        if len(rows) > limit:
            last = rows[limit - 1]
            return ReadingPage(
                rows=tuple(rows[:limit]),
                next=Position(unit_key=last.unit_key, scan_id=last.id),
            )
        if end is not None:
            return ReadingPage(rows=tuple(rows), next=end)
        budget -= seen
        if budget <= 0:
            behind = Position(unit_key=unit_key(run_id + 1, 0, 0) - 1, scan_id=_NO_ID)
            return ReadingPage(rows=tuple(rows), next=behind)
    return ReadingPage(rows=tuple(rows), next=None)


def _list_runs_read(
    tx: Tx, scope: TenantScope, wanted: Filter, after: Position | None
) -> list[int]:
    """Return the runs whose figures say that something matches, in order.

    Figures of before their organisation moved to another time zone have days of the former one.
    """
    figure = [
        reading_figure.c.run_id == run.c.id,
        reading_figure.c.day >= wanted.period.start - _ZONES_APART_DAYS,
        reading_figure.c.day < wanted.period.stop + _ZONES_APART_DAYS,
    ]
    query = sa.select(run.c.id).where(
        *match_runs(scope, wanted.subject), sa.exists().where(*figure)
    )
    if after is not None:
        query = query.where(run.c.id >= after.unit_key >> 34)
    # One run more costs a query; whoever needs more goes on with the next page.
    return list(tx.execute(query.order_by(run.c.id).limit(EXAMINED_MAX)).scalars())


def _behind(position: Position) -> sa.ColumnElement[bool]:
    """Match the lines behind `position`, so that both databases use the primary key."""
    return sa.tuple_(scan.c.unit_key, scan.c.id) > sa.tuple_(
        sa.literal(position.unit_key, sa.BigInteger), sa.literal(position.scan_id, scan.c.id.type)
    )


def _find_end(tx: Tx, run_id: int, start: Position, budget: int) -> tuple[Position | None, int]:
    """Return the line where `budget` ends, or None and how many lines the run still has."""
    stop = unit_key(run_id + 1, 0, 0)
    some = (
        sa.select(scan.c.unit_key, scan.c.id)
        .where(scan.c.unit_key >= unit_key(run_id, 0, 0), scan.c.unit_key < stop, _behind(start))
        .order_by(scan.c.unit_key, scan.c.id)
    )
    row = tx.execute(some.offset(budget - 1).limit(1)).first()
    if row is not None:
        return Position(unit_key=row.unit_key, scan_id=row.id), budget
    inner = some.limit(budget).subquery()
    return None, int(tx.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one())


def _list_stretch(
    tx: Tx, run_id: int, wanted: Filter, ends: tuple[Position, Position | None], limit: int
) -> list[ScanRow]:
    start, end = ends
    query = sa.select(scan).where(
        scan.c.unit_key >= unit_key(run_id, 0, 0),
        scan.c.unit_key < unit_key(run_id + 1, 0, 0),
        _behind(start),
        scan.c.at >= begin_day(wanted.period.start, wanted.period.time_zone),
        scan.c.at < begin_day(wanted.period.stop, wanted.period.time_zone),
    )
    if end is not None:
        query = query.where(~_behind(end))
    if wanted.verdicts:
        codes = [VERDICT_CODES[each] for each in wanted.verdicts]
        query = query.where(scan.c.verdict.in_(codes))
    if wanted.place == "":
        query = query.where(scan.c.place.is_(None))
    elif wanted.place is not None:
        query = query.where(scan.c.place.in_((wanted.place, f"{wanted.place}*")))
    if wanted.is_counted:
        query = query.where(scan.c.counted != 0)
    query = query.order_by(scan.c.unit_key, scan.c.id).limit(limit)
    return [_to_row(row) for row in tx.execute(query).mappings()]


def _to_row(row: sa.RowMapping) -> ScanRow:
    return ScanRow(
        **{
            **{name: value for name, value in row.items() if name not in _STORED_OTHERWISE},
            "is_counted": bool(row["counted"]),
            "verdict": VERDICTS[row["verdict"]],
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """How often codes that nobody issued named one of our numbers, on one day."""

    day: int
    number: str
    readings: int
    networks: int


def sum_not_issued(tx: Tx, scope: TenantScope, numbers: Collection[str], period: Period) -> int:
    """Return how often invented codes named one of `numbers`: GTINs, or the code prefix."""
    query = sa.select(sa.func.sum(not_issued_count.c.readings))
    return int(tx.execute(query.where(*_named(scope, numbers, period))).scalar() or 0)


def list_not_issued_days(
    tx: Tx, scope: TenantScope, numbers: Collection[str], period: Period, *, limit: int
) -> list[Invented]:
    """Return for each day and number how often and from how many networks, newest first."""
    named = _named(scope, numbers, period)
    first = tx.execute(sa.select(sa.func.min(not_issued_count.c.minute)).where(*named)).scalar()
    if first is None:
        return []
    start = max(period.start, first // _MINUTES_A_DAY - 1)
    offsets = list_offsets(start, max(period.stop, start), period.time_zone)
    minute = not_issued_count.c.minute
    ahead = sa.case(
        *((minute >= since, offset) for since, offset in reversed(offsets)), else_=offsets[0][1]
    )
    day = ((minute + ahead) // _MINUTES_A_DAY).label("day")
    query = (
        sa.select(
            day,
            not_issued_count.c.product.label("number"),
            sa.cast(sa.func.sum(not_issued_count.c.readings), sa.BigInteger).label("readings"),
            sa.func.count(sa.distinct(not_issued_count.c.network)).label("networks"),
        )
        .where(*named)
        .group_by(day, not_issued_count.c.product)
        .order_by(day.desc(), not_issued_count.c.product)
        .limit(min(limit, PAGE_MAX))
    )
    return [Invented(**row) for row in tx.execute(query).mappings()]


def _named(
    scope: TenantScope, numbers: Collection[str], period: Period
) -> tuple[sa.ColumnElement[bool], ...]:
    """Match the counts of these numbers as far as they are the organisation's own."""
    number = not_issued_count.c.product
    own_gtin = sa.exists().where(gtin_owner.c.gtin == number, gtin_owner.c.organisation_id == scope)
    own_prefix = sa.exists().where(organisation.c.prefix == number, organisation.c.id == scope)
    return (
        number.in_(list(numbers)[:KEYS_MAX]),
        sa.or_(own_gtin, own_prefix),
        not_issued_count.c.minute >= _begin_minute(period.start, period.time_zone),
        not_issued_count.c.minute < _begin_minute(period.stop, period.time_zone),
    )


def _begin_minute(day: int, time_zone: str) -> int:
    return to_microseconds(begin_day(day, time_zone)) // MINUTE_US


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStages:
    """The items of one run, and every release and withdrawal of them."""

    id: int
    product_id: UUID
    batch_id: UUID
    quantity: int
    facts: tuple[StageRange, ...]


def list_run_stages(
    tx: Tx, scope: TenantScope, subject: Subject, *, product_ids: Collection[UUID] = ()
) -> tuple[list[RunStages], bool]:
    """Return the runs of a subject with what released their items, and whether that is all of it.

    Two queries, bounded by `FACTS_MAX` rows each; `product_ids` narrows it to those products.
    """
    conditions = match_runs(scope, subject)
    if product_ids:
        conditions.append(run.c.product_id.in_(list(product_ids)[:KEYS_MAX]))
    runs = tx.execute(
        sa.select(run.c.id, run.c.product_id, run.c.batch_id, run.c.quantity)
        .where(*conditions)
        .order_by(run.c.id)
        .limit(FACTS_MAX)
    ).all()
    query = (
        sa.select(range_fact)
        .join(run, run.c.id == range_fact.c.run_id)
        .where(*conditions, range_fact.c.level == 0, range_fact.c.kind.in_(_STAGES))
        .order_by(range_fact.c.run_id, range_fact.c.id)
        .limit(FACTS_MAX)
    )
    facts: dict[int, list[StageRange]] = {}
    count = 0
    for row in tx.execute(query):
        count += 1
        fact = StageFact(effective_at=row.effective_at, fact_id=row.id, stage=_STAGES[row.kind])
        facts.setdefault(row.run_id, []).append(
            StageRange(start=row.start, stop=row.stop, fact=fact)
        )
    found = [
        RunStages(
            id=each.id,
            product_id=each.product_id,
            batch_id=each.batch_id,
            quantity=each.quantity,
            facts=tuple(facts.get(each.id, ())),
        )
        for each in runs
    ]
    return found, len(runs) < FACTS_MAX and count < FACTS_MAX


def list_numbers(tx: Tx, scope: TenantScope, product_id: UUID) -> set[str]:
    """Return the GTINs of a product's groups, over all its runs."""
    query = (
        sa.select(run.c.group_gtins)
        .where(run.c.organisation_id == scope, run.c.product_id == product_id)
        .order_by(run.c.id.desc())
        .limit(KEYS_MAX)
    )
    return {gtin for row in tx.execute(query).scalars() for gtin in row if gtin is not None}
