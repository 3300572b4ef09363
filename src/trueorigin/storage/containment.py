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
from trueorigin.domain.history import Window
from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.packing import Span, join_spans, span_of
from trueorigin.domain.units import split_unit_key
from trueorigin.storage.catalog import build_run
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import rows_params, rows_sql, to_uuid
from trueorigin.storage.schema import run

# Of a unit itself every part is read, of a container only what is felt inside.
_ALL_PARTS: Final = tuple(int(part) for part in Part)
_FELT_PARTS: Final = (int(Part.PACKED), int(Part.EMPTIED), int(Part.SUBJECT))
_BEGINNING: Final = to_microseconds(ALWAYS.at)

_UNIT_PROBE: Final = (
    "number integer, unit_key bigint, part smallint, since bigint, until bigint, lookback integer"
)
# A container's packings are read from some way before the window: the bound is one look-up.
_FIND_BY_UNIT: Final = {
    "sqlite": """
        SELECT r.number, u.part, u.at, u.event_id, u.container
        FROM {probes} CROSS JOIN unit_event AS u
        WHERE u.unit_key = r.unit_key AND u.part = r.part AND u.at <= r.until
        AND u.at >= CASE WHEN r.lookback = 0 THEN r.since ELSE coalesce((
            SELECT p.at FROM unit_event AS p
            WHERE p.unit_key = r.unit_key AND p.part = r.part AND p.at < r.since
            ORDER BY p.at DESC LIMIT 1 OFFSET ?
        ), {beginning}) END
    """,
    "postgresql": """
        SELECT r.number, u.part, u.at, u.event_id, u.container
        FROM {probes} CROSS JOIN LATERAL (
            SELECT CASE WHEN r.lookback = 0 THEN r.since ELSE coalesce((
                SELECT p.at FROM unit_event AS p
                WHERE p.unit_key = r.unit_key AND p.part = r.part AND p.at < r.since
                ORDER BY p.at DESC LIMIT 1 OFFSET %s
            ), {beginning}) END AS since OFFSET 0
        ) AS w CROSS JOIN LATERAL (
            SELECT * FROM unit_event AS v WHERE v.unit_key = r.unit_key AND v.part = r.part
            AND v.at >= w.since AND v.at <= r.until ORDER BY v.at OFFSET 0
        ) AS u
    """,
}

_BLOCK_PROBE: Final = (
    "number integer, run_id bigint, level smallint, position bigint, part smallint,"
    "since bigint, until bigint"
)
# Which block sizes a run has at all is walked first, from each to the next larger: then each
# probe asks for blocks of those sizes by equality. A run without range events costs one look-up
# for each part asked for.
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
    )
    SELECT p.number, b.part, b.at, b.event_id, b.container, b.base, b.size
    FROM p {join} sizes AS s
        ON s.run_id = p.run_id AND s.level = p.level AND s.part = p.part
    {blocks}
"""
_BLOCKS: Final = {
    "sqlite": """
        CROSS JOIN event_block AS b ON b.run_id = p.run_id AND b.level = p.level
        AND b.part = p.part AND b.exponent = s.exponent AND b.prefix = p.position >> s.exponent
        AND b.at >= p.since AND b.at <= p.until
    """,
    "postgresql": """
        CROSS JOIN LATERAL (
            SELECT * FROM event_block AS c WHERE c.run_id = p.run_id AND c.level = p.level
            AND c.part = p.part AND c.exponent = s.exponent
            AND c.prefix = p.position >> s.exponent AND c.at >= p.since AND c.at <= p.until
            ORDER BY c.at OFFSET 0
        ) AS b
    """,
}


def find_touches(tx: Tx, windows: Sequence[Window]) -> dict[Window, list[Touch]]:
    """Return what touches the unit of each window in its time, in no particular order.

    Two queries, whatever the number of windows.
    """
    found: dict[Window, list[Touch]] = {window: [] for window in windows}
    if windows:
        _find_by_unit(tx, windows, found)
        _find_by_block(tx, windows, found)
    return found


def _find_by_unit(tx: Tx, windows: Sequence[Window], found: dict[Window, list[Touch]]) -> None:
    rows = [
        (number, window.unit, part, since, until, int(part == Part.PACKED and window.lookback > 0))
        for number, window, since, until in _number(windows)
        for part in (_FELT_PARTS if window.lookback else _ALL_PARTS)
    ]
    probes = rows_sql(tx.dialect, _UNIT_PROBE)
    sql = _FIND_BY_UNIT[tx.dialect].format(probes=probes, beginning=_BEGINNING)
    lookback = max(1, *(window.lookback for window in windows)) - 1
    params = rows_params(tx.dialect, rows)
    for number, part, at, event_id, container in tx.run(sql, [*params, lookback]):
        window = windows[number]
        moment = Moment(from_microseconds(at), to_uuid(event_id))
        found[window].append(Touch(moment, Part(part), span_of(window.unit), container))


def _find_by_block(tx: Tx, windows: Sequence[Window], found: dict[Window, list[Touch]]) -> None:
    rows = [
        # All packings up to the window's end: one thing is packed as one of many but rarely.
        (number, *split_unit_key(window.unit), part, _BEGINNING if part == 0 else since, until)
        for number, window, since, until in _number(windows)
        for part in (_FELT_PARTS if window.lookback else _ALL_PARTS)
    ]
    sql = _FIND_BY_BLOCK.format(
        probes=rows_sql(tx.dialect, _BLOCK_PROBE),
        join="CROSS JOIN" if tx.dialect == "sqlite" else "JOIN",
        blocks=_BLOCKS[tx.dialect],
    )
    for number, part, at, event_id, *rule in tx.run(sql, rows_params(tx.dialect, rows)):
        window = windows[number]
        moment = Moment(from_microseconds(at), to_uuid(event_id))
        found[window].append(Touch(moment, Part(part), span_of(window.unit), *rule))


def _number(windows: Sequence[Window]) -> list[tuple[int, Window, int, int]]:
    return [
        (number, window, to_microseconds(window.since), to_microseconds(window.until))
        for number, window in enumerate(windows)
    ]


_SPAN_PROBE: Final = "run_id bigint, level smallint, start bigint, stop bigint"
_RANGE_NAMES: Final = (
    "t.part, t.at, t.event_id, t.container, t.base, t.size, t.run_id, t.level, t.start, t.stop"
)


def list_touches(tx: Tx, spans: Sequence[Span]) -> list[Touch]:
    """Return everything that touches one of `spans`, ranges and single units. Two queries.

    Costs time and memory by the number of events of these runs, however many units they are.
    """
    if not spans:
        return []
    ranges = tx.run(
        f"SELECT DISTINCT {_RANGE_NAMES} FROM {rows_sql(tx.dialect, _SPAN_PROBE)}"  # noqa: S608 - fixed text
        " JOIN range_event AS t ON t.run_id = r.run_id AND t.level = r.level"
        " AND t.start < r.stop AND t.stop > r.start",
        rows_params(tx.dialect, [tuple(span) for span in spans]),
    )
    keys = [(span.key, span.key + span.size) for span in join_spans(spans)]
    singles = tx.run(
        "SELECT u.part, u.at, u.event_id, u.container, u.unit_key"  # noqa: S608 - fixed text
        f" FROM {rows_sql(tx.dialect, 'start bigint, stop bigint')}"
        " JOIN unit_event AS u ON u.unit_key >= r.start AND u.unit_key < r.stop",
        rows_params(tx.dialect, keys),
    )
    return [_to_range_touch(row) for row in ranges] + [_to_unit_touch(row) for row in singles]


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
