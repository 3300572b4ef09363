# SPDX-License-Identifier: Apache-2.0
"""SQLite keeps what it knows of most units in the first line of their ledger, and nowhere else.

    a unit was read by     scan                               unit_state          unit_device
    nobody                 -                                  -                   -
    one phone              opening line, with its alias;      -                   -
                           later lines of the same phone
    any other way          lines                              number, ends, first all but the first

Both are found under the unit's key, so a first reading writes one page in no order instead of two:
that is a tenth of all it costs. An opening line is the earliest of its unit and counts its only
phone. What would make that untrue settles the state first, in a row of its own: another phone, an
earlier line, the end of the line itself. A settled unit stays so.

PostgreSQL keeps all states in rows: its ledger is in months, and each would have to be asked.
"""

from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa

from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import keys_param, keys_sql
from trueorigin.storage.schema import scan, unit_state

# What `scan.counted` is on an opening line; 1 on others that counted a phone, 0 on all the rest.
OPENING: Final = 2

# The columns of `unit_state`, in their order.
STATE_NAMES: Final = (
    "unit_key", "devices", "first_at", "first_place", "last_at", "last_place",
    "device", "alias", "device_at",
)  # fmt: skip
_STATE_NAMES: Final = ", ".join(STATE_NAMES)
_OPENED: Final = "unit_key, 1, at, place, at, place, device, alias, NULL"
# A state that is settled has no line; of all others the earliest line of their unit is returned,
# and 0 phones where that is no opening line.
_FIND_STATES: Final = (
    f"SELECT {_STATE_NAMES}, NULL FROM unit_state"  # noqa: S608 - fixed text
    " WHERE unit_key IN (SELECT value FROM json_each(?1))"
    " UNION ALL SELECT s.unit_key, s.counted / 2, s.at, s.place, s.at, s.place, s.device, s.alias,"
    " NULL, s.id FROM json_each(?1) AS k CROSS JOIN scan AS s ON s.unit_key = k.value"
    " WHERE s.id = (SELECT min(id) FROM scan WHERE unit_key = k.value)"
)


def select_states(tx: Tx, keys: Collection[int]) -> list[tuple[Any, ...]]:
    """Return the rows of `unit_state`, each with the id of the line that stands for one, or None.

    On SQLite there is a row for each unit that has lines: those without a state have 0 devices.
    """
    param = keys_param(tx.dialect, sorted(keys))
    if tx.dialect == "sqlite":
        return tx.ask(_FIND_STATES, [param])
    condition = keys_sql(tx.dialect, "unit_key")
    return tx.ask(f"SELECT {_STATE_NAMES}, NULL FROM unit_state WHERE {condition}", [param])  # noqa: S608 - fixed text


def settle(tx: Tx, keys: Collection[int]) -> None:
    """Give the states of these units rows of their own, where opening lines hold them."""
    if tx.dialect != "sqlite" or not keys:
        return
    where, params = keys_sql("sqlite", "unit_key"), [keys_param("sqlite", sorted(keys))]
    rescue_states(tx, where, params)
    change = f"UPDATE scan SET counted = 1, alias = NULL WHERE counted = {OPENING}"  # noqa: S608 - fixed text
    tx.run(f"{change} AND {where}", params)


def rescue_states(tx: Tx, where: str, params: list[object]) -> None:
    """Copy into rows what lines matching `where`, our own text, hold: they will hold it no more."""
    if tx.dialect == "sqlite":
        held = f"SELECT {_OPENED} FROM scan WHERE counted = {OPENING} AND {where}"  # noqa: S608 - our own text
        tx.run(f"INSERT INTO unit_state ({_STATE_NAMES}) {held}", params)


def select_counted_units(
    tx: Tx, low: int, high: int
) -> "sa.Select[tuple[int]] | sa.CompoundSelect[tuple[int]]":
    """Return a query of the keys in [low, high) of units for which a phone was counted."""
    states = sa.select(unit_state.c.unit_key).where(
        unit_state.c.unit_key >= low, unit_state.c.unit_key < high
    )
    if tx.dialect != "sqlite":
        return states
    opened = (scan.c.unit_key >= low, scan.c.unit_key < high, scan.c.counted == OPENING)
    return states.union_all(sa.select(scan.c.unit_key).where(*opened))


def settled_states() -> "sa.CompoundSelect[tuple[Any, ...]]":
    """Return a query of all states as rows of `unit_state`, wherever they are held."""
    opened = [
        scan.c.unit_key,
        sa.literal(1),
        scan.c.at,
        scan.c.place,
        scan.c.at,
        scan.c.place,
        scan.c.device,
        scan.c.alias,
        sa.null(),
    ]
    held = sa.select(*opened).where(scan.c.counted == OPENING)
    # Both are in this order, so that they are merged as they are read.
    return sa.select(unit_state).union_all(held).order_by("unit_key")


def settled_lines() -> "sa.Select[tuple[Any, ...]]":
    """Return a query of all lines of the ledger as they are where states have rows."""
    plain = {
        "counted": sa.func.min(scan.c.counted, 1).label("counted"),
        "alias": sa.null().label("alias"),
    }
    query = sa.select(*(plain.get(column.name, column) for column in scan.c))
    return query.order_by(scan.c.unit_key, scan.c.id)
