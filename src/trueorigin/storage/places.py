# SPDX-License-Identifier: Apache-2.0
"""Add to a line of the ledger where it was read, when the reader says so afterwards.

A place is written once and never changed. It serves all tenants, as the ledger does.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from trueorigin.storage.counting import find_unit_states
from trueorigin.storage.database import Tx
from trueorigin.storage.figures import move_figure
from trueorigin.storage.scans import find_scan

# A unit keeps where its first and its last counted reading were.
_ENDS: Final = ("first", "last")


def add_place(tx: Tx, unit_key: int, scan_id: UUID, place: str) -> bool:
    """Set the place of a single reading that has none; say whether it did.

    The unit's state learns it too where that reading was the first or the last one that counted.
    `place` is in the stored form of `risk.Place`.
    """
    row = find_scan(tx, unit_key, scan_id)
    if row is None or row.place is not None or row.readings != 1 or row.device is None:
        return False
    mark, uuid_mark = ("?", "?") if tx.dialect == "sqlite" else ("%s", "%s::uuid")
    written = tx.run(
        f"UPDATE scan SET place = {mark} WHERE unit_key = {mark} AND id = {uuid_mark}"  # noqa: S608 - fixed text
        " AND place IS NULL RETURNING counted",
        [place, unit_key, str(scan_id)],
    )
    counted = [bool(is_counted) for (is_counted,) in written]
    if not counted:
        return False
    # Before anybody has looked there is no state; the confirmation will take the place along.
    if counted[0]:
        _tell_state(tx, unit_key, row.at, place)
    # Last, as for every reading: whoever holds a figure waits for nothing else.
    move_figure(tx, row, place, is_counted=counted[0])
    return True


def _tell_state(tx: Tx, unit_key: int, at: datetime, place: str) -> None:
    mark = "?" if tx.dialect == "sqlite" else "%s"
    state = find_unit_states(tx, [unit_key]).get(unit_key)
    for end in _ENDS:
        if state is not None and getattr(state, f"{end}_at") == at:
            tx.run(
                f"UPDATE unit_state SET {end}_place = {mark}"  # noqa: S608 - fixed text
                f" WHERE unit_key = {mark} AND {end}_place IS NULL",
                [place, unit_key],
            )
