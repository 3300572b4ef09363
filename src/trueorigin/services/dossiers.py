# SPDX-License-Identifier: Apache-2.0
"""A unit's whole life in one answer: goods, origin, run, every event with names, readings.

Only what the asker may see is in it. An authority sees all of everybody's goods, so each of its
looks at those of others is on record with both: its own organisation and the goods' owner.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import ForbiddenError, NotFoundError
from trueorigin.domain.files import File
from trueorigin.domain.positions import Position
from trueorigin.domain.records import record
from trueorigin.domain.scans import ScanUnit
from trueorigin.domain.tenancy import Act, Permission
from trueorigin.services import lives, remits
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.lives import Life
from trueorigin.services.naming import Names, find_names
from trueorigin.services.recognising import recognise
from trueorigin.services.vault import Vault
from trueorigin.services.visibility import Viewer, knows
from trueorigin.storage import containment, files, scans
from trueorigin.storage.counting import UnitState
from trueorigin.storage.database import Tx
from trueorigin.storage.scans import ScanRow

# Lines of the ledger in one answer, the newest: a unit that was read more often is suspect anyway,
# and the console lists all.
READINGS_MAX: Final = 200


@record
class Readings:
    """What the ledger says of a unit: `lines` are the newest, `devices` all that were counted."""

    lines: tuple[ScanRow, ...]
    devices: UnitState | None
    has_more: bool


@record
class Dossier:
    """Everything about one unit that the asker may see; `readings` None is not for them."""

    life: Life
    names: Names
    papers: tuple[File, ...]
    readings: Readings | None


def find_dossier(
    tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, code: PrintedCode
) -> Dossier:
    """Return the life of a unit as far as the caller may see it, with names for all of it.

    A bounded number of statements, whatever the number of events and units. Whoever answers with
    it takes an authority's look down first (`looks.record_look`).
    """
    life = lives.find_life(tx, catalogue, vault, act, code)
    history = life.told.history
    keys = {key for entry in history.entries for key in entry.path}
    keys |= {key for place in history.places for key in place.path}
    events = [each.event for each in history.entries]
    wanted = life.told.batch.paper_file_ids
    papers = files.find_files_of(tx, life.owner.id, wanted)
    return Dossier(
        life=life,
        names=find_names(tx, catalogue, vault, events, keys),
        papers=tuple(papers[each] for each in wanted if each in papers),
        readings=_find_readings(tx, act, life),
    )


def _find_readings(tx: Tx, act: Act, life: Life) -> Readings | None:
    """Return the ledger of a unit to its owner's people, and to authorities. One query."""
    is_owners = life.is_own and Permission.READING_READ in act.actor.permissions
    if not (is_owners or (life.may_look_inside and not life.is_own)):
        return None
    lines = scans.list_scans(tx, life.key, limit=READINGS_MAX + 1)
    return Readings(
        lines=tuple(lines[:READINGS_MAX]),
        devices=life.unit.devices,
        has_more=len(lines) > READINGS_MAX,
    )


def find_unit(tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, code: PrintedCode) -> ScanUnit:
    """Return the unit of a code, whosever it is; `unit_not_found` for what was never issued."""
    [unit] = recognise(tx, catalogue, vault, [code], [act.scope]).units
    if unit is None:
        raise NotFoundError("unit_not_found", field="code")
    return unit


def require_insight(tx: Tx, act: Act, viewer: Viewer, unit: ScanUnit) -> None:
    """Refuse a unit that the viewer does not handle, or outside its remit."""
    if not knows(viewer, unit.organisation.id):
        raise NotFoundError("unit_not_found", field="code")
    remits.require_unit(tx, act, viewer.remit, unit.run.id, unit.unit_key)


def require_overview(tx: Tx, act: Act, viewer: Viewer, unit: ScanUnit) -> None:
    """Refuse whoever may not know where all goods of an owner are: others than it and authorities.

    A partner would learn from it whom else the owner sells to.
    """
    owner_id = unit.organisation.id
    if not knows(viewer, owner_id):
        raise NotFoundError("unit_not_found", field="code")
    if not (viewer.is_authority or viewer.organisation_id == owner_id):
        raise ForbiddenError("positions_refused")
    remits.require_unit(tx, act, viewer.remit, unit.run.id, unit.unit_key)


def keep_goods_of(tx: Tx, owner_id: UUID, positions: Sequence[Position]) -> list[Position]:
    """Return the positions of an owner's goods: where those of others are is not its business.

    A mixed pallet may hold them. One query.
    """
    runs = containment.find_runs(tx, {each.span.run_id for each in positions})
    return [each for each in positions if runs[each.span.run_id].organisation_id == owner_id]
