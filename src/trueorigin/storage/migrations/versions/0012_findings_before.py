# SPDX-License-Identifier: Apache-2.0
"""Findings from before revision 0011: where they were made, and which seals are off again.

0011 gave the register of findings both columns and left them empty: searched by region those
findings were missing, and what had been unsealed long ago was still to be followed. A site is
taken for where it is now. While the program before this one still runs beside it, nothing is
missing: it fills in both.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Integer, SmallInteger

from trueorigin.domain.cells import cell_of
from trueorigin.domain.risk import Place, build_place
from trueorigin.storage.types import Document, Identifier

revision = "0012"
down_revision = "0011"

# Findings of one statement: SQLite takes 32,766 parameters.
_CHUNK = 1000

# As in `storage/inspections.py` when this was written. What was opened again stays open.
_CLOSE = """
    UPDATE inspection SET closed_at = (
        SELECT min(u.at) FROM inspection AS u
        WHERE u.run_id = inspection.run_id AND u.level = inspection.level
        AND u.start <= inspection.start AND u.stop >= inspection.stop
        AND u.authority_id = inspection.authority_id
        AND u.result = 'unsealed' AND u.at > inspection.at
    )
    WHERE result = 'sealed' AND closed_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM finding_note AS n
        WHERE n.event_id = inspection.event_id AND n.kind = 'reopen'
    )
"""


def upgrade() -> None:
    bind = op.get_bind()
    _fill_cells(bind)
    bind.execute(sa.text(_CLOSE))


def _fill_cells(bind: sa.Connection) -> None:
    inspection = sa.table(
        "inspection", sa.column("event_id", Identifier()), sa.column("cell", Integer())
    )
    is_unknown = inspection.c.cell.is_(None)
    query = sa.select(inspection.c.event_id).where(is_unknown).distinct()
    event_ids = iter(bind.execute(query).scalars().all())
    fill = (
        sa.update(inspection)
        .where(inspection.c.event_id == sa.bindparam("found_id", type_=Identifier()), is_unknown)
        .values(cell=sa.bindparam("found_cell", type_=Integer()))
    )
    while chunk := list(islice(event_ids, _CHUNK)):
        rows = list(_find_cells(bind, chunk))
        if rows:
            bind.execute(fill, rows)


def _find_cells(bind: sa.Connection, event_ids: list[UUID]) -> Iterator[dict[str, Any]]:
    event = sa.table(
        "event",
        sa.column("id", Identifier()),
        sa.column("is_declaration", SmallInteger()),
        sa.column("site_id", Identifier()),
        sa.column("details", Document()),
    )
    site = sa.table(
        "site", sa.column("id", Identifier()), *map(sa.column, ("latitude", "longitude"))
    )
    query = (
        sa.select(event.c.id, event.c.details, site.c.latitude, site.c.longitude)
        .select_from(event.outerjoin(site, site.c.id == event.c.site_id))
        .where(event.c.id.in_(event_ids), event.c.is_declaration == 0)
    )
    for row in bind.execute(query).mappings():
        place = _build(row["details"].get("position")) or _build(row)
        if place is not None:
            yield {"found_id": row["id"], "found_cell": cell_of(place)}


def _build(told: object) -> Place | None:
    """Return the cell that a phone's position or a site's row tells."""
    if not isinstance(told, Mapping):
        return None
    latitude, longitude = told.get("latitude"), told.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    return build_place(float(latitude), float(longitude))
