# SPDX-License-Identifier: Apache-2.0
"""How often codes were read, by run, day, place and verdict: raised with the ledger, never counted.

A figure is raised in the transaction that records its readings, in one statement a batch and as
the last one: processes that read codes of one run wait here for each other, so they hold the rows
for a commit and no longer. Figures outlive the ledger's lines and name nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.days import name_day
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import split_unit_key
from trueorigin.domain.verdict import SUSPICIOUS, Verdict
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import in_bytewise_order, rows_params, rows_sql
from trueorigin.storage.scans import VERDICT_CODES, VERDICTS, ScanRow
from trueorigin.storage.schema import batch, organisation, product, reading_figure, run

# (run, day since 1970 on the calendar of the run's organisation, place without star or "", verdict)
FigureKey: TypeAlias = tuple[int, int, str, Verdict]
_Key = TypeVar("_Key", UUID, int)

# Places of one list or map; there are some five million cells on Earth.
PLACES_MAX: Final = 500
# Products, batches or runs of one list.
KEYS_MAX: Final = 200
_SUSPICIOUS_CODES: Final = tuple(sorted(VERDICT_CODES[each] for each in SUSPICIOUS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose readings are meant: one run's, batch's or product's, or all of an organisation's."""

    product_id: UUID | None = None
    batch_id: UUID | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days [start, stop) since 1970, on the calendar of `time_zone`."""

    start: int
    stop: int
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What was read: how often, by how many phones (of each unit), how often with a warning."""

    readings: int = 0
    devices: int = 0
    suspicious: int = 0


def build_figure_key(run_id: int, day: int, place: str | None, verdict: Verdict) -> FigureKey:
    """Return the figure a reading belongs to; `place` is in either form of `risk.Place`."""
    return run_id, day, (place or "").removesuffix("*"), verdict


def find_keys(tx: Tx, rows: Sequence[ScanRow]) -> list[FigureKey]:
    """Return the figures that lines of the ledger belong to; asks nothing for no lines.

    Serves all tenants, as the ledger does. One query: a day is one of the run's organisation.
    """
    runs = [split_unit_key(row.unit_key)[0] for row in rows]
    query = sa.select(run.c.id, organisation.c.time_zone).join(
        organisation, organisation.c.id == run.c.organisation_id
    )
    found = tx.execute(query.where(run.c.id.in_(set(runs)))) if runs else ()
    zones = {row.id: row.time_zone for row in found}
    return [
        build_figure_key(run_id, name_day(row.at, zones[run_id]), row.place, row.verdict)
        for run_id, row in zip(runs, rows, strict=True)
    ]


def raise_figures(
    tx: Tx, readings: Mapping[FigureKey, int], devices: Mapping[FigureKey, int]
) -> None:
    """Add readings and newly counted phones. One statement, in order of the keys.

    Serves all tenants: the run comes out of a decrypted code. A reading beyond the hour's limit
    counts under its own day, place and verdict, not under those of the line that stands for it.
    """
    keys = readings.keys() | devices.keys()
    if not keys:
        return
    rows = sorted(
        (*key[:3], VERDICT_CODES[key[3]], readings.get(key, 0), devices.get(key, 0)) for key in keys
    )
    given = rows_sql(
        tx.dialect,
        "run_id bigint, day integer, place text, verdict smallint, readings bigint, devices bigint",
    )
    names = "run_id, day, place, verdict, readings, devices"
    tx.send(
        f"INSERT INTO reading_figure ({names}) SELECT {names} FROM {given} WHERE true"  # noqa: S608 - fixed text
        " ON CONFLICT (run_id, day, place, verdict) DO UPDATE SET"
        " readings = reading_figure.readings + excluded.readings,"
        " devices = reading_figure.devices + excluded.devices",
        rows_params(tx.dialect, rows),
    )


def move_figure(tx: Tx, row: ScanRow, place: str, *, is_counted: bool) -> None:
    """Take a single reading from where it was counted, as `row`, to the place it learnt later.

    One whose day has another name by now, since its organisation moved to another time zone in
    between, stays where it was counted.
    """
    [old] = find_keys(tx, [row])
    run_id, day, before, verdict = old
    counted = sa.select(reading_figure.c.readings).where(
        reading_figure.c.run_id == run_id,
        reading_figure.c.day == day,
        reading_figure.c.place == before,
        reading_figure.c.verdict == VERDICT_CODES[verdict],
    )
    if not tx.execute(counted).scalar():
        return
    moved = {old: -1, build_figure_key(run_id, day, place, verdict): 1}
    raise_figures(tx, moved, moved if is_counted else {})


def match_runs(scope: TenantScope, subject: Subject) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on `run` that single out the subject's runs, all of them its own's."""
    conditions: list[sa.ColumnElement[bool]] = [run.c.organisation_id == scope]
    if subject.product_id is not None:
        conditions.append(run.c.product_id == subject.product_id)
    if subject.batch_id is not None:
        conditions.append(run.c.batch_id == subject.batch_id)
    if subject.run_id is not None:
        conditions.append(run.c.id == subject.run_id)
    return conditions


_READINGS: Final = sa.cast(sa.func.sum(reading_figure.c.readings), sa.BigInteger)
_DEVICES: Final = sa.cast(sa.func.sum(reading_figure.c.devices), sa.BigInteger)
_SUSPICIOUS: Final = sa.cast(
    sa.func.sum(
        sa.case(
            (reading_figure.c.verdict.in_(_SUSPICIOUS_CODES), reading_figure.c.readings), else_=0
        )
    ),
    sa.BigInteger,
)
_SUMS: Final = (
    _READINGS.label("readings"),
    _DEVICES.label("devices"),
    _SUSPICIOUS.label("suspicious"),
)


def _from_figures(scope: TenantScope, subject: Subject, period: Period) -> sa.Select[int, int, int]:
    return (
        sa.select(*_SUMS)
        .select_from(reading_figure.join(run, run.c.id == reading_figure.c.run_id))
        .where(
            *match_runs(scope, subject),
            reading_figure.c.day >= period.start,
            reading_figure.c.day < period.stop,
        )
    )


def sum_figures(tx: Tx, scope: TenantScope, subject: Subject, period: Period) -> Sums:
    """Return the sums of a subject's readings in a period."""
    row = tx.execute(_from_figures(scope, subject, period)).one()
    # Nothing at all sums up to NULL.
    return Sums() if row.readings is None else _sums(row)


def sum_by_verdict(
    tx: Tx, scope: TenantScope, subject: Subject, period: Period
) -> dict[Verdict, int]:
    """Return how many readings had each verdict."""
    query = _from_figures(scope, subject, period).add_columns(reading_figure.c.verdict)
    found = {
        row.verdict: row.readings for row in tx.execute(query.group_by(reading_figure.c.verdict))
    }
    return {verdict: found[code] for verdict, code in VERDICT_CODES.items() if found.get(code)}


def sum_by_day(tx: Tx, scope: TenantScope, subject: Subject, period: Period) -> dict[int, Sums]:
    """Return the sums of each day on which something was read, in order."""
    query = _from_figures(scope, subject, period).add_columns(reading_figure.c.day)
    query = query.group_by(reading_figure.c.day).order_by(reading_figure.c.day)
    return {row.day: _sums(row) for row in tx.execute(query)}


def sum_by_place(tx: Tx, scope: TenantScope, subject: Subject, period: Period) -> dict[str, Sums]:
    """Return the sums of the `PLACES_MAX` most read places, most first; '' is no place known."""
    query = _from_figures(scope, subject, period).add_columns(reading_figure.c.place)
    query = (
        query.group_by(reading_figure.c.place)
        .order_by(sa.desc("readings"), reading_figure.c.place)
        .limit(PLACES_MAX)
    )
    return {row.place: _sums(row) for row in tx.execute(query)}


def sum_suspicious(tx: Tx, product_id: UUID, period: Period) -> dict[str, int]:
    """Return how often a product, whosever it is, was read with a warning, by place.

    The `PLACES_MAX` places with most; '' is no place known.
    """
    count = sa.cast(sa.func.sum(reading_figure.c.readings), sa.BigInteger)
    query = (
        sa.select(reading_figure.c.place, count.label("readings"))
        .select_from(reading_figure.join(run, run.c.id == reading_figure.c.run_id))
        .where(
            run.c.product_id == product_id,
            reading_figure.c.day >= period.start,
            reading_figure.c.day < period.stop,
            reading_figure.c.verdict.in_(_SUSPICIOUS_CODES),
        )
        .group_by(reading_figure.c.place)
        .having(count > 0)
        .order_by(sa.desc("readings"), reading_figure.c.place)
        .limit(PLACES_MAX)
    )
    return {row.place: row.readings for row in tx.execute(query)}


def sum_by_product(
    tx: Tx, scope: TenantScope, product_ids: Collection[UUID], period: Period
) -> dict[UUID, Sums]:
    """Return the sums of each of these products that was read."""
    return _sum_by(tx, scope, run.c.product_id, product_ids, period)


def sum_by_batch(
    tx: Tx, scope: TenantScope, batch_ids: Collection[UUID], period: Period
) -> dict[UUID, Sums]:
    """Return the sums of each of these batches that was read."""
    return _sum_by(tx, scope, run.c.batch_id, batch_ids, period)


def sum_by_run(
    tx: Tx, scope: TenantScope, run_ids: Collection[int], period: Period
) -> dict[int, Sums]:
    """Return the sums of each of these runs that was read."""
    return _sum_by(tx, scope, run.c.id, run_ids, period)


def _sum_by(
    tx: Tx, scope: TenantScope, column: sa.Column[_Key], keys: Collection[_Key], period: Period
) -> dict[_Key, Sums]:
    query = _from_figures(scope, Subject(), period).add_columns(column.label("key"))
    query = query.where(column.in_(list(keys)[:KEYS_MAX])).group_by(column)
    return {row.key: _sums(row) for row in tx.execute(query)}


def _sums(row: sa.Row[Any]) -> Sums:
    return Sums(readings=row.readings, devices=row.devices, suspicious=row.suspicious)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One kept figure, and the goods it is about."""

    key: FigureKey
    product_name: str
    product_number: str
    lot: str
    readings: int
    devices: int


def list_figures(
    tx: Tx,
    scope: TenantScope,
    subject: Subject,
    period: Period,
    *,
    after: FigureKey | None = None,
    limit: int,
) -> list[FigureRow]:
    """Return every figure of a subject in a period, in order of the keys, those behind `after`."""
    table = reading_figure.c
    key = (table.run_id, table.day, table.place, table.verdict)
    order = [in_bytewise_order(tx.dialect, column) for column in key]
    joined = reading_figure.join(run, run.c.id == table.run_id).join(
        batch, batch.c.id == run.c.batch_id
    )
    query = (
        sa.select(
            reading_figure,
            batch.c.lot,
            product.c.name_zh,
            product.c.name_en,
            product.c.gtin,
            product.c.internal_number,
        )
        .select_from(joined.join(product, product.c.id == run.c.product_id))
        .where(
            *match_runs(scope, subject),
            table.day >= period.start,
            table.day < period.stop,
            table.readings > 0,
        )
        .order_by(*order)
        .limit(limit)
    )
    if after is not None:
        last = (after[0], after[1], after[2], VERDICT_CODES[after[3]])
        query = query.where(
            sa.tuple_(*order)
            > sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(last, key, strict=True)))
        )
    return [
        FigureRow(
            key=(row.run_id, row.day, row.place, VERDICTS[row.verdict]),
            product_name=row.name_zh or row.name_en or "",
            product_number=row.gtin or row.internal_number or "",
            lot=row.lot,
            readings=row.readings,
            devices=row.devices,
        )
        for row in tx.execute(query)
    ]
