# SPDX-License-Identifier: Apache-2.0
"""In which cells a product was read or handled: what a search by region goes by.

One row a cell, product and basis, for ever: it names neither unit nor reader. Rows are added and
never changed, so that nobody waits for anybody here.
"""

from collections.abc import Collection, Iterable
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.cells import cell_of
from trueorigin.domain.records import record
from trueorigin.domain.risk import Place, build_place, parse_place
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new
from trueorigin.storage.schema import presence, presence_mark, reading_figure, run, site

# Rows of one statement: SQLite takes 32,766 parameters.
_CHUNK: Final = 1000


class Basis(IntEnum):
    """How a product came to be somewhere: codes were read, or goods were handled at a site."""

    READ = 1
    HANDLED = 2


@record
class Seen:
    """A product in a cell."""

    cell: int
    product_id: UUID
    organisation_id: UUID


def enter_handled(tx: Tx, pairs: Collection[tuple[UUID, int]]) -> None:
    """Enter that goods of a run were handled at a site, for each pair. At most three statements.

    Nothing of sites whose position is not known.
    """
    if not pairs:
        return
    places = _find_places(tx, {site_id for site_id, _ in pairs})
    run_ids = {run_id for site_id, run_id in pairs if site_id in places}
    if not run_ids:
        return
    query = sa.select(run.c.id, run.c.product_id, run.c.organisation_id)
    runs = {row.id: row for row in tx.execute(query.where(run.c.id.in_(run_ids)))}
    rows = {
        Seen(
            cell=cell_of(places[site_id]),
            product_id=runs[run_id].product_id,
            organisation_id=runs[run_id].organisation_id,
        )
        for site_id, run_id in pairs
        if site_id in places and run_id in runs
    }
    append_presence(tx, Basis.HANDLED, rows)


def _find_places(tx: Tx, site_ids: Collection[UUID]) -> dict[UUID, Place]:
    query = sa.select(site.c.id, site.c.latitude, site.c.longitude).where(
        site.c.id.in_(site_ids), site.c.latitude.is_not(None)
    )
    found = {row.id: build_place(row.latitude, row.longitude) for row in tx.execute(query)}
    return {key: place for key, place in found.items() if place is not None}


def append_presence(tx: Tx, basis: Basis, rows: Iterable[Seen]) -> int:
    """Enter products in cells, return how many were new. In one order, so nobody deadlocks."""
    ordered = sorted(rows, key=lambda row: (row.cell, row.product_id.int))
    values: list[dict[str, Any]] = [
        {
            "cell": row.cell,
            "product_id": row.product_id,
            "basis": basis,
            "organisation_id": row.organisation_id,
        }
        for row in ordered
    ]
    return sum(
        insert_new(tx, presence, values[at : at + _CHUNK]) for at in range(0, len(values), _CHUNK)
    )


def list_read(tx: Tx, *, since: int, after: int, runs: int) -> tuple[set[Seen], int | None]:
    """Return where goods of the next `runs` runs behind run `after` were read from a day on.

    Also the last of those runs; None: there are no more. Each run is one look into its figures.
    """
    ids = list(
        tx.execute(sa.select(run.c.id).where(run.c.id > after).order_by(run.c.id).limit(runs))
        .scalars()
    )  # fmt: skip
    if not ids:
        return set(), None
    chosen = (
        sa.select(run.c.id, run.c.product_id, run.c.organisation_id)
        .where(run.c.id > after, run.c.id <= ids[-1])
        .subquery()
    )
    query = (
        sa.select(reading_figure.c.place, chosen.c.product_id, chosen.c.organisation_id)
        .join_from(chosen, reading_figure, reading_figure.c.run_id == chosen.c.id)
        .where(reading_figure.c.day >= since, reading_figure.c.place != "")
        .distinct()
    )
    found = set()
    for row in tx.execute(query):
        place = parse_place(row.place)
        if place is not None:
            cell = cell_of(place)
            found.add(Seen(cell, row.product_id, row.organisation_id))
    return found, ids[-1]


def find_mark(tx: Tx) -> int:
    """Return the day up to which readings are entered; 0 where none ever were."""
    found = tx.execute(sa.select(presence_mark.c.day)).scalar()
    return 0 if found is None else int(found)


def write_mark(tx: Tx, day: int) -> None:
    """Note the day up to which readings are entered; never an earlier one than is noted."""
    if not insert_new(tx, presence_mark, [{"id": 1, "day": day}]):
        tx.execute(sa.update(presence_mark).where(presence_mark.c.day < day).values(day=day))
