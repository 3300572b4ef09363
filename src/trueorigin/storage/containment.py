# SPDX-License-Identifier: Apache-2.0
"""Whom events touch: what is known of single units in windows of time, and of ranges of a run.

The hot statements of a history. Each costs a bounded number of look-ups a window, whatever the
number of events, ranges or units: single units by key, ranges by the dyadic blocks that hold a
unit. They serve all tenants: who may see what of it is decided by the caller.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

import sqlalchemy as sa

from trueorigin.domain.catalog import Run
from trueorigin.domain.containment import ALWAYS
from trueorigin.domain.events import Moment, Part, Touch
from trueorigin.domain.history import TOUCHES_MAX, Window
from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.packing import Span, find_shared, span_of
from trueorigin.domain.units import split_unit_key
from trueorigin.storage.catalog import build_run
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import rows_params, rows_sql, to_uuid
from trueorigin.storage.schema import run

# Of a unit itself every part is read, of a container only what is felt inside.
_ALL_PARTS: Final = tuple(int(part) for part in Part)
_FELT_PARTS: Final = (int(Part.PACKED), int(Part.EMPTIED), int(Part.SUBJECT))
_BEGINNING: Final = to_microseconds(ALWAYS.at)

# Each row of a probe is one part of one window. Three bounds are looked up before anything is
# read, each by one step into the key, so that neither a container that is used for years nor a
# flood of events makes a history slow:
#   upper   of a container, a few emptyings after the window begins: what came in later is not ours
#   lower   of packings, a few before the window begins: one of them still holds
#   least   as many as a window may hold, counted back from the upper bound
_PROBE: Final = (
    "number integer, unit_key bigint, run_id bigint, level smallint, position bigint,"
    "part smallint, since bigint, until bigint, is_outer smallint"
)
_FIND_BY_UNIT: Final = """
    WITH p AS MATERIALIZED (
        SELECT r.*, CASE WHEN r.is_outer = 0 THEN r.until ELSE coalesce((
            SELECT e.at FROM unit_event AS e WHERE e.unit_key = r.unit_key AND e.part = {emptied}
            AND e.at >= r.since AND e.at <= r.until ORDER BY e.at LIMIT 1 OFFSET {lookback}
        ), r.until) END AS upper FROM {probes}
    ), q AS MATERIALIZED (
        SELECT p.*, CASE WHEN p.is_outer = 0 OR p.part <> {packed} THEN p.since ELSE coalesce((
            SELECT e.at FROM unit_event AS e WHERE e.unit_key = p.unit_key AND e.part = p.part
            AND e.at < p.since ORDER BY e.at DESC LIMIT 1 OFFSET {lookback} - 1
        ), {beginning}) END AS lower FROM p
    ), w AS MATERIALIZED (
        SELECT q.*, coalesce((
            SELECT e.at FROM unit_event AS e WHERE e.unit_key = q.unit_key AND e.part = q.part
            AND e.at >= q.lower AND e.at <= q.upper ORDER BY e.at DESC LIMIT 1 OFFSET {most} - 1
        ), q.lower) AS least FROM q
    )
    SELECT w.number, u.part, u.at, u.event_id, u.container, 0, 0
    FROM w CROSS JOIN {units}
"""
_UNITS: Final = {
    "sqlite": """
        unit_event AS u WHERE u.unit_key = w.unit_key AND u.part = w.part
        AND u.at >= w.least AND u.at <= w.upper
    """,
    # ORDER BY and OFFSET 0 leave the planner nothing but the primary key.
    "postgresql": """LATERAL (
        SELECT * FROM unit_event AS v WHERE v.unit_key = w.unit_key AND v.part = w.part
        AND v.at >= w.least AND v.at <= w.upper ORDER BY v.at OFFSET 0
    ) AS u""",
}

# Which block sizes a run has at all is walked first, from each to the next larger: then each
# probe asks for blocks of those sizes by equality. A run without range events costs one look-up
# for each part asked for. Its upper bound is the window's: what is emptied as one of a range is
# hardly ever used again.
_FIND_BY_BLOCK: Final = """
    WITH RECURSIVE p AS MATERIALIZED (SELECT * FROM {probes}),
    sizes (run_id, level, part, exponent) AS (
        SELECT d.run_id, d.level, d.part, (
            SELECT b.exponent FROM event_block AS b WHERE b.run_id = d.run_id
            AND b.level = d.level AND b.part = d.part ORDER BY b.exponent LIMIT 1)
        FROM (SELECT DISTINCT run_id, level, part FROM p) AS d
        UNION ALL
        SELECT s.run_id, s.level, s.part, (
            SELECT b.exponent FROM event_block AS b WHERE b.run_id = s.run_id
            AND b.level = s.level AND b.part = s.part AND b.exponent > s.exponent
            ORDER BY b.exponent LIMIT 1)
        FROM sizes AS s WHERE s.exponent IS NOT NULL
    ), q AS MATERIALIZED (
        SELECT p.*, s.exponent, CASE WHEN p.is_outer = 0 OR p.part <> {packed} THEN p.since
        ELSE coalesce((
            SELECT e.at FROM event_block AS e WHERE e.run_id = p.run_id AND e.level = p.level
            AND e.part = p.part AND e.exponent = s.exponent AND e.prefix = p.position >> s.exponent
            AND e.at < p.since ORDER BY e.at DESC LIMIT 1 OFFSET {lookback} - 1
        ), {beginning}) END AS lower
        FROM p {join} sizes AS s ON s.run_id = p.run_id AND s.level = p.level AND s.part = p.part
    ), w AS MATERIALIZED (
        SELECT q.*, coalesce((
            SELECT e.at FROM event_block AS e WHERE e.run_id = q.run_id AND e.level = q.level
            AND e.part = q.part AND e.exponent = q.exponent AND e.prefix = q.position >> q.exponent
            AND e.at >= q.lower AND e.at <= q.until ORDER BY e.at DESC LIMIT 1 OFFSET {most} - 1
        ), q.lower) AS least FROM q
    )
    SELECT w.number, u.part, u.at, u.event_id, u.container, u.base, u.size
    FROM w CROSS JOIN {blocks}
"""
_BLOCKS: Final = {
    "sqlite": """
        event_block AS u WHERE u.run_id = w.run_id AND u.level = w.level AND u.part = w.part
        AND u.exponent = w.exponent AND u.prefix = w.position >> w.exponent
        AND u.at >= w.least AND u.at <= w.until
    """,
    "postgresql": """LATERAL (
        SELECT * FROM event_block AS v WHERE v.run_id = w.run_id AND v.level = w.level
        AND v.part = w.part AND v.exponent = w.exponent AND v.prefix = w.position >> w.exponent
        AND v.at >= w.least AND v.at <= w.until ORDER BY v.at OFFSET 0
    ) AS u""",
}


def find_touches(tx: Tx, windows: Sequence[Window]) -> dict[Window, list[Touch]]:
    """Return what touches the unit of each window in its time, in no particular order.

    Two queries, whatever the number of windows. Of each part at most the newest `TOUCHES_MAX`
    come from either.
    """
    found: dict[Window, list[Touch]] = {window: [] for window in windows}
    if not windows:
        return found
    rows = [
        (
            number,
            window.unit,
            *split_unit_key(window.unit),
            part,
            to_microseconds(window.since),
            to_microseconds(window.until),
            int(window.lookback > 0),
        )
        for number, window in enumerate(windows)
        for part in (_FELT_PARTS if window.lookback else _ALL_PARTS)
    ]
    bounds = {
        "probes": rows_sql(tx.dialect, _PROBE),
        "packed": int(Part.PACKED),
        "emptied": int(Part.EMPTIED),
        "beginning": _BEGINNING,
        "lookback": max(1, *(window.lookback for window in windows)),
        "most": TOUCHES_MAX,
    }
    by_unit = _FIND_BY_UNIT.format(units=_UNITS[tx.dialect], **bounds)
    join = "CROSS JOIN" if tx.dialect == "sqlite" else "JOIN"
    by_block = _FIND_BY_BLOCK.format(blocks=_BLOCKS[tx.dialect], join=join, **bounds)
    params = rows_params(tx.dialect, rows)
    for number, part, at, event_id, *rule in (*tx.run(by_unit, params), *tx.run(by_block, params)):
        window = windows[number]
        moment = Moment(from_microseconds(at), to_uuid(event_id))
        found[window].append(Touch(moment, Part(part), span_of(window.unit), *rule))
    return found


_HULL_PROBE: Final = "run_id bigint, level smallint, start bigint, stop bigint"
_RANGE_NAMES: Final = (
    "t.part, t.at, t.event_id, t.container, t.base, t.size, t.run_id, t.level, t.start, t.stop"
)


def list_touches(tx: Tx, spans: Sequence[Span]) -> list[Touch]:
    """Return everything that touches one of `spans`, ranges and single units. Two queries.

    `spans` are disjoint and in order. Costs time and memory by the number of events of their
    levels of runs, however many units they are.
    """
    if not spans:
        return []
    # One look at each level of a run, and what lies between the spans is left out here.
    hulls: dict[tuple[int, int], list[Span]] = {}
    for span in spans:
        hulls.setdefault(span[:2], []).append(span)
    ranges = tx.run(
        f"SELECT {_RANGE_NAMES} FROM {rows_sql(tx.dialect, _HULL_PROBE)}"  # noqa: S608 - fixed text
        " JOIN range_event AS t ON t.run_id = r.run_id AND t.level = r.level"
        " AND t.start < r.stop AND t.stop > r.start",
        rows_params(
            tx.dialect, [(*name, held[0].start, held[-1].stop) for name, held in hulls.items()]
        ),
    )
    touches = [
        touch
        for touch in map(_to_range_touch, ranges)
        if find_shared(hulls[touch.span[:2]], touch.span) is not None
    ]
    singles = tx.run(
        "SELECT u.part, u.at, u.event_id, u.container, u.unit_key"  # noqa: S608 - fixed text
        f" FROM {rows_sql(tx.dialect, 'start bigint, stop bigint')}"
        " JOIN unit_event AS u ON u.unit_key >= r.start AND u.unit_key < r.stop",
        rows_params(tx.dialect, [(span.key, span.key + span.size) for span in spans]),
    )
    return touches + list(map(_to_unit_touch, singles))


def _to_range_touch(row: tuple[Any, ...]) -> Touch:
    part, at, event_id, container, base, size, *span = row
    moment = Moment(from_microseconds(at), to_uuid(event_id))
    return Touch(moment, Part(part), Span(*span), container, base, size)


def _to_unit_touch(row: tuple[Any, ...]) -> Touch:
    part, at, event_id, container, key = row
    moment = Moment(from_microseconds(at), to_uuid(event_id))
    return Touch(moment, Part(part), span_of(key), container)


def find_runs(tx: Tx, run_ids: Collection[int]) -> dict[int, Run]:
    """Return any runs by id. One query."""
    if not run_ids:
        return {}
    query = sa.select(run).where(run.c.id.in_(run_ids))
    return {row["id"]: build_run(row) for row in tx.execute(query).mappings()}
