# SPDX-License-Identifier: Apache-2.0
"""The statements that look into windows of time for what touches units, as text.

Each exists for units of their own (`is_outer` false: every part, all time) and for containers
(only what is felt inside, in a window). One that is not `careful` stops after `ROWS_MAX` rows,
whose they may be; a careful one reads the newest `TOUCHES_MAX` of each part and unit, at twice
the price. Parameters are the rows of `PROBE`.
"""

from functools import cache
from typing import Final

from trueorigin.domain.containment import ALWAYS
from trueorigin.domain.events import Part
from trueorigin.domain.history import TOUCHES_MAX
from trueorigin.domain.ids import to_microseconds
from trueorigin.storage.database import Dialect
from trueorigin.storage.dialect import rows_sql

# So many rows for one batch of units come only of a flood of events.
ROWS_MAX: Final = 20_000
PROBE: Final = "number integer, unit_key bigint, since bigint, until bigint"
_BEGINNING: Final = to_microseconds(ALWAYS.at)
_PACKED: Final = int(Part.PACKED)
_EMPTIED: Final = int(Part.EMPTIED)

# One look-up a unit. ORDER BY and OFFSET 0 leave PostgreSQL's planner nothing but the key.
_WHOLE: Final = {
    "sqlite": """
        SELECT r.number, u.part, u.at, u.event_id, u.container, 0, 0
        FROM {probes} CROSS JOIN unit_event AS u WHERE u.unit_key = r.unit_key {limit}
    """,
    "postgresql": """
        SELECT r.number, u.part, u.at, u.event_id, u.container, 0, 0
        FROM {probes} CROSS JOIN LATERAL (
            SELECT * FROM unit_event AS v WHERE v.unit_key = r.unit_key
            ORDER BY v.part, v.at OFFSET 0
        ) AS u {limit}
    """,
}

# What is read of a container lies between bounds that are looked up first, one step each:
#   upper   a few emptyings after the window begins: what came in later is none of ours
#   lower   of packings, a few before the window begins: one of them still holds
#   least   of a flood, the oldest that is still read
_UPPER: Final = """coalesce((
    SELECT e.at FROM unit_event AS e WHERE e.unit_key = r.unit_key AND e.part = {emptied}
    AND e.at >= r.since AND e.at <= r.until ORDER BY e.at LIMIT 1 OFFSET {lookback}
), r.until)"""
_LOWER: Final = """CASE WHEN {part} <> {packed} THEN p.since ELSE coalesce((
    SELECT e.at FROM {table} AS e WHERE {same}
    AND e.at < p.since ORDER BY e.at DESC LIMIT 1 OFFSET {lookback} - 1
), {beginning}) END"""
_LEAST: Final = """coalesce((
    SELECT e.at FROM {table} AS e WHERE {same}
    AND e.at >= p.lower AND e.at <= p.upper ORDER BY e.at DESC LIMIT 1 OFFSET {most} - 1
), p.lower)"""

_BY_UNIT: Final = """
    WITH o AS MATERIALIZED (SELECT r.*, {upper} AS upper FROM {probes}),
    q AS MATERIALIZED (SELECT p.*, f.part, {lower} AS lower FROM o AS p CROSS JOIN {parts}),
    w AS MATERIALIZED (SELECT p.*, {least} AS least FROM q AS p)
    SELECT p.number, u.part, u.at, u.event_id, u.container, 0, 0
    FROM w AS p CROSS JOIN {found} {limit}
"""
_SAME_UNIT: Final = "e.unit_key = p.unit_key AND e.part = {part}"

# Which block sizes a run has at all is walked first, from each to the next larger: then each
# unit is looked up in blocks of those sizes. A run without range events costs one look-up for
# each part. What is emptied as one of a range is hardly ever used again: no upper bound here.
_BY_BLOCK: Final = """
    WITH RECURSIVE o AS MATERIALIZED (
        SELECT r.number, r.since, r.until AS upper, r.unit_key >> 34 AS run_id,
        (r.unit_key >> 32) & 3 AS level, r.unit_key & 4294967295 AS position FROM {probes}
    ), sizes (run_id, level, part, exponent) AS (
        SELECT d.run_id, d.level, f.part, (
            SELECT b.exponent FROM event_block AS b WHERE b.run_id = d.run_id
            AND b.level = d.level AND b.part = f.part ORDER BY b.exponent LIMIT 1)
        FROM (SELECT DISTINCT run_id, level FROM o) AS d CROSS JOIN {parts}
        UNION ALL
        SELECT s.run_id, s.level, s.part, (
            SELECT b.exponent FROM event_block AS b WHERE b.run_id = s.run_id
            AND b.level = s.level AND b.part = s.part AND b.exponent > s.exponent
            ORDER BY b.exponent LIMIT 1)
        FROM sizes AS s WHERE s.exponent IS NOT NULL
    ), b AS MATERIALIZED (
        SELECT o.*, s.part, s.exponent, o.position >> s.exponent AS prefix
        FROM o {join} sizes AS s ON s.run_id = o.run_id AND s.level = o.level
        AND s.exponent IS NOT NULL
    ), q AS MATERIALIZED (SELECT p.*, {lower} AS lower FROM b AS p),
    w AS MATERIALIZED (SELECT p.*, {least} AS least FROM q AS p)
    SELECT p.number, u.part, u.at, u.event_id, u.container, u.base, u.size
    FROM w AS p CROSS JOIN {found} {limit}
"""
_SAME_BLOCK: Final = (
    "e.run_id = p.run_id AND e.level = p.level AND e.part = {part}"
    " AND e.exponent = p.exponent AND e.prefix = p.prefix"
)
_BETWEEN: Final = "e.at >= p.least AND e.at <= p.upper"


@cache
def find_by_unit(dialect: Dialect, lookback: int, *, is_careful: bool) -> str:
    """Return the statement that finds events of single units; `lookback` is 0 for no container."""
    probes = rows_sql(dialect, PROBE)
    if not is_careful and not lookback:
        return _WHOLE[dialect].format(probes=probes, limit=f"LIMIT {ROWS_MAX}")
    return _BY_UNIT.format(
        probes=probes,
        upper=_UPPER.format(emptied=_EMPTIED, lookback=lookback) if lookback else "r.until",
        parts=_list_parts(lookback),
        lower=_bound_below("unit_event", _SAME_UNIT, "f.part", lookback),
        least=_bound_flood("unit_event", _SAME_UNIT) if is_careful else "p.lower",
        found=_find_between(dialect, "unit_event", _SAME_UNIT),
        limit="" if is_careful else f"LIMIT {ROWS_MAX}",
    )


@cache
def find_by_block(dialect: Dialect, lookback: int, *, is_careful: bool) -> str:
    """Return the statement that finds events of ranges, as `find_by_unit` does of single units."""
    return _BY_BLOCK.format(
        probes=rows_sql(dialect, PROBE),
        parts=_list_parts(lookback),
        join="CROSS JOIN" if dialect == "sqlite" else "JOIN",
        lower=_bound_below("event_block", _SAME_BLOCK, "p.part", lookback),
        least=_bound_flood("event_block", _SAME_BLOCK) if is_careful else "p.lower",
        found=_find_between(dialect, "event_block", _SAME_BLOCK),
        limit="" if is_careful else f"LIMIT {ROWS_MAX}",
    )


def _list_parts(lookback: int) -> str:
    """Return a FROM item with the parts that are read."""
    felt = (Part.PACKED, Part.EMPTIED, Part.SUBJECT) if lookback else Part
    rows = " UNION ALL ".join(f"SELECT {int(part)} AS part" for part in felt)
    return f"({rows}) AS f"


def _bound_below(table: str, same: str, part: str, lookback: int) -> str:
    if not lookback:
        return "p.since"
    return _LOWER.format(
        part=part,
        packed=_PACKED,
        table=table,
        same=same.format(part=_PACKED),
        lookback=lookback,
        beginning=_BEGINNING,
    )


def _bound_flood(table: str, same: str) -> str:
    return _LEAST.format(table=table, same=same.format(part="p.part"), most=TOUCHES_MAX)


def _find_between(dialect: Dialect, table: str, same: str) -> str:
    """Return a FROM item with the rows of `table` between the bounds."""
    where = f"{same.format(part='p.part')} AND {_BETWEEN}"
    if dialect == "sqlite":
        return f"{table} AS u WHERE {where.replace('e.', 'u.')}"
    return f"LATERAL (SELECT e.* FROM {table} AS e WHERE {where} ORDER BY e.at OFFSET 0) AS u"  # noqa: S608 - fixed text
