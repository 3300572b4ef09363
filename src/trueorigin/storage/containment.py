# SPDX-License-Identifier: Apache-2.0
"""Whom events touch: what is known of single units in windows of time, and of ranges of a run.

The hot statements of a history. Each costs a bounded number of look-ups a window, whatever the
number of events, ranges or units: single units by key, ranges by the dyadic blocks that hold a
unit. They serve all tenants: who may see what of it is decided by the caller.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import Run
from trueorigin.domain.events import PARTS, Moment, Touch
from trueorigin.domain.history import Window
from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.packing import Span, find_shared, span_of
from trueorigin.storage.catalog import build_run
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import rows_params, rows_sql, to_uuid
from trueorigin.storage.schema import run
from trueorigin.storage.touch_sql import ROWS_MAX, find_by_block, find_by_unit


def find_touches(tx: Tx, windows: Sequence[Window]) -> dict[Window, list[Touch]]:
    """Return what touches the unit of each window in its time, in no particular order.

    Two queries, whatever the number of windows, if these are all of units or all of containers
    with the same lookback; one more each where there is a flood of events. Of each part at most
    the newest `TOUCHES_MAX` come from either.
    """
    found: dict[Window, list[Touch]] = {window: [] for window in windows}
    by_lookback: dict[int, list[Window]] = {}
    for window in windows:
        by_lookback.setdefault(window.lookback, []).append(window)
    ids: dict[UUID | str, UUID] = {}
    for lookback, held in by_lookback.items():
        for number, part, at, event_id, *rule in _read_windows(tx, held, lookback):
            # Events that touch many units come once for each of them.
            known = ids.get(event_id)
            if known is None:
                known = ids[event_id] = to_uuid(event_id)
            touch = Touch(
                Moment(from_microseconds(at), known),
                PARTS[part],
                span_of(held[number].unit),
                *rule,
            )
            found[held[number]].append(touch)
    return found


def _read_windows(tx: Tx, windows: Sequence[Window], lookback: int) -> list[tuple[Any, ...]]:
    rows = [
        (number, window.unit, to_microseconds(window.since), to_microseconds(window.until))
        for number, window in enumerate(windows)
    ]
    params = rows_params(tx.dialect, rows)
    read: list[tuple[Any, ...]] = []
    for find in (find_by_unit, find_by_block):
        found = tx.run(find(tx.dialect, lookback, is_careful=False), params)
        if len(found) >= ROWS_MAX:
            found = tx.run(find(tx.dialect, lookback, is_careful=True), params)
        read += found
    return read


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
    return Touch(moment, PARTS[part], Span(*span), container, base, size)


def _to_unit_touch(row: tuple[Any, ...]) -> Touch:
    part, at, event_id, container, key = row
    moment = Moment(from_microseconds(at), to_uuid(event_id))
    return Touch(moment, PARTS[part], span_of(key), container)


def find_runs(tx: Tx, run_ids: Collection[int]) -> dict[int, Run]:
    """Return any runs by id. One query."""
    if not run_ids:
        return {}
    query = sa.select(run).where(run.c.id.in_(run_ids))
    return {row["id"]: build_run(row) for row in tx.execute(query).mappings()}
