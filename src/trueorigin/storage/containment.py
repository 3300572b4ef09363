# SPDX-License-Identifier: Apache-2.0
"""Whom events touch: what is known of single units in windows of time, and of ranges of a run.

The hot statements of a history. Each costs a bounded number of look-ups a window, whatever the
number of events, ranges or units: single units by key, ranges by the dyadic blocks that hold a
unit. They serve all tenants: who may see what of it is decided by the caller.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import QUANTITY_MAX, Run
from trueorigin.domain.containment import FOREVER
from trueorigin.domain.events import KINDS, PARTS, Effect, Moment, Outline, Part, Touch
from trueorigin.domain.history import Window
from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.packing import Span, span_of
from trueorigin.storage.catalog import build_run
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import (
    rows_params,
    rows_sql,
    to_identifiers,
    to_texts,
    to_uuid,
)
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


_HULL_PROBE: Final = "run_id bigint, level smallint, start bigint, stop bigint, until bigint"
_SPAN_PROBE: Final = "start bigint, stop bigint, until bigint"
_RANGE_NAMES: Final = (
    "t.part, t.at, t.event_id, t.container, t.base, t.size, t.run_id, t.level, t.start, t.stop"
)


def list_touches(
    tx: Tx,
    spans: Sequence[Span],
    *,
    until: datetime = FOREVER.at,
    parts: Collection[Part] = PARTS,
) -> list[Touch]:
    """Return what touches one of `spans` in one of these `parts`, at `until` at the latest.

    Two queries, for ranges and single units. `spans` are disjoint and in order. Costs time and
    memory by the number of events of their levels of runs, however many units they are.
    """
    if not spans:
        return []
    last, numbers = to_microseconds(until), ", ".join(str(int(part)) for part in parts)
    # One look at each level of a run, and what lies between the spans is left out here.
    hulls: dict[tuple[int, int], list[Span]] = {}
    for span in spans:
        hulls.setdefault(span[:2], []).append(span)
    ranges = tx.run(
        f"SELECT {_RANGE_NAMES} FROM {rows_sql(tx.dialect, _HULL_PROBE)}"  # noqa: S608 - fixed text
        " JOIN range_event AS t ON t.run_id = r.run_id AND t.level = r.level"
        " AND t.start < r.stop AND t.stop > r.start AND t.at <= r.until"
        f" AND t.part IN ({numbers})",
        rows_params(
            tx.dialect,
            [(*name, held[0].start, held[-1].stop, last) for name, held in hulls.items()],
        ),
    )
    gaps = {name: _list_gaps(held) for name, held in hulls.items()}
    if any(gaps.values()):
        ranges = [row for row in ranges if not _is_within(gaps[row[6:8]], *row[8:])]
    singles = tx.run(
        "SELECT u.part, u.at, u.event_id, u.container, u.unit_key"  # noqa: S608 - fixed text
        f" FROM {rows_sql(tx.dialect, _SPAN_PROBE)}"
        " JOIN unit_event AS u ON u.unit_key >= r.start AND u.unit_key < r.stop"
        f" AND u.at <= r.until AND u.part IN ({numbers})",
        rows_params(tx.dialect, [(span.key, span.key + span.size, last) for span in spans]),
    )
    return [*map(_to_range_touch, ranges), *map(_to_unit_touch, singles)]


def _list_gaps(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return [start, stop) between each two spans of one level of a run."""
    return [(one.stop, two.start) for one, two in pairwise(spans)]


def _is_within(gaps: Sequence[tuple[int, int]], start: int, stop: int) -> bool:
    """Tell whether the units [start, stop) all lie in one of these gaps."""
    place = bisect_right(gaps, (start, QUANTITY_MAX)) - 1
    return place >= 0 and stop <= gaps[place][1]


def _to_range_touch(row: tuple[Any, ...]) -> Touch:
    part, at, event_id, container, base, size, *span = row
    moment = Moment(from_microseconds(at), to_uuid(event_id))
    return Touch(moment, PARTS[part], Span(*span), container, base, size)


def _to_unit_touch(row: tuple[Any, ...]) -> Touch:
    part, at, event_id, container, key = row
    moment = Moment(from_microseconds(at), to_uuid(event_id))
    return Touch(moment, PARTS[part], span_of(key), container)


def find_outlines(tx: Tx, event_ids: Collection[UUID]) -> dict[UUID, Outline]:
    """Return what of these events says where units are, by id. One query.

    A third of what `events.find_events` costs: most events of a run are alike and share one.
    """
    if not event_ids:
        return {}
    ids = dict(zip(to_identifiers(tx.dialect, list(event_ids)), event_ids, strict=True))
    given = rows_sql(tx.dialect, "id uuid")
    rows = tx.run(
        "SELECT e.is_declaration, e.id, e.organisation_id, e.kind, e.effect, e.site_id,"  # noqa: S608 - fixed text
        f" e.partner_id FROM {given} JOIN event AS e ON e.id = r.id",
        # In order of the key, so that neighbours are found on one page.
        rows_params(tx.dialect, [(name,) for name in sorted(to_texts(list(event_ids)))]),
    )
    alike: dict[tuple[Any, ...], Outline] = {}
    found: dict[UUID, Outline] = {}
    for is_declaration, name, *told in rows:
        if not is_declaration:
            key = tuple(told)
            outline = alike.get(key)
            if outline is None:
                outline = alike[key] = _to_outline(*told)
            found[ids[name]] = outline
    for is_declaration, name, organisation_id, *_ in rows:
        outline = found.get(ids[name]) if is_declaration else None
        if outline is not None and outline.organisation_id == to_uuid(organisation_id):
            found[ids[name]] = replace(outline, is_declared=True)
    return found


def _to_outline(
    organisation_id: UUID | str,
    kind: int,
    effect: int,
    site_id: UUID | str | None,
    partner_id: UUID | str | None,
) -> Outline:
    return Outline(
        kind=KINDS[kind],
        effect=Effect(effect),
        organisation_id=to_uuid(organisation_id),
        site_id=None if site_id is None else to_uuid(site_id),
        partner_id=None if partner_id is None else to_uuid(partner_id),
    )


def find_runs(tx: Tx, run_ids: Collection[int]) -> dict[int, Run]:
    """Return any runs by id. One query."""
    if not run_ids:
        return {}
    query = sa.select(run).where(run.c.id.in_(run_ids))
    return {row["id"]: build_run(row) for row in tx.execute(query).mappings()}
