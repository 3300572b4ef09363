# SPDX-License-Identifier: Apache-2.0
"""Look up one unit, whoever it belongs to: its life as far as the asker may see it.

Owners see everything of their goods, partners what they did or were named in, authorities
everything of everybody within their remit; an authority's look at others' goods is taken down
(`looks.py`).
"""

from trueorigin.domain.containment import FOREVER
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import ForbiddenError, NotFoundError
from trueorigin.domain.events import PLACING, Event, Part
from trueorigin.domain.history import History, Place
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act, Organisation
from trueorigin.services import remits, tracing
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.insight import Unit, describe_unit
from trueorigin.services.recognising import recognise
from trueorigin.services.tracing import UnitHistory
from trueorigin.services.vault import Vault
from trueorigin.services.visibility import Viewer, find_viewer, knows
from trueorigin.storage.database import Tx


@record
class Life:
    """A unit and its life; `is_own` says that it is the asker's."""

    unit: Unit
    is_own: bool
    may_look_inside: bool
    told: UnitHistory

    @property
    def key(self) -> int:
        """Return its key."""
        return self.unit.unit_key

    @property
    def owner(self) -> Organisation:
        """Return whose it is."""
        return self.unit.entry.organisation

    @property
    def last(self) -> Event | None:
        """Return the last event that put it somewhere, as far as the asker may see."""
        return find_last(self.told.history)

    @property
    def containers(self) -> tuple[Place, ...]:
        """Return the containers it is in now, the nearest first."""
        places = [each for each in self.told.history.places if each.stop == FOREVER]
        return tuple(sorted(places, key=lambda each: len(each.path)))


def find_last(history: History) -> Event | None:
    """Return the last event of a history that put the unit somewhere and counts."""
    for entry in reversed(history.entries):
        event = entry.event
        if entry.part is Part.SUBJECT and event.kind in PLACING and event.declaration is None:
            return event
    return None


def find_life(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    act: Act,
    wanted: PrintedCode | int,
) -> Life:
    """Return the life of a unit, by its code or by its key; `unit_not_found` for strangers.

    Whoever holds a code of goods it may handle is told which goods these are, though it may see
    nothing of their life. A key can be guessed: it leads no further than what may be seen. So does
    an authority's remit: outside it a code is refused with a reason, a key is unknown.
    """
    viewer = find_viewer(tx, act.actor)
    key = wanted if isinstance(wanted, int) else _recognise(tx, catalogue, vault, act, wanted)
    unit = describe_unit(tx, catalogue, vault, key, at=act.at)
    owner_id = unit.entry.organisation.id
    if viewer.is_authority and owner_id != act.scope:
        _require_remit(tx, act, viewer, unit, has_code=isinstance(wanted, PrintedCode))
    # A former partner still sees what it did, and no more.
    may_be_unseen = knows(viewer, owner_id) and (
        viewer.is_authority or isinstance(wanted, PrintedCode)
    )
    told = _find_history(tx, viewer, unit, may_be_unseen=may_be_unseen)
    is_own = owner_id == act.scope
    return Life(unit=unit, is_own=is_own, may_look_inside=is_own or viewer.is_authority, told=told)


def _require_remit(tx: Tx, act: Act, viewer: Viewer, unit: Unit, *, has_code: bool) -> None:
    try:
        remits.require_unit(tx, act, viewer.remit, unit.entry.run.id, unit.unit_key)
    except ForbiddenError:
        if has_code:
            raise
        raise NotFoundError("unit_not_found", field="code") from None


def _recognise(tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, code: PrintedCode) -> int:
    [unit] = recognise(tx, catalogue, vault, [code], [act.scope]).units
    if unit is None:
        raise NotFoundError("unit_not_found", field="code")
    return unit.unit_key


def _find_history(tx: Tx, viewer: Viewer, unit: Unit, *, may_be_unseen: bool) -> UnitHistory:
    """Return what may be seen of a life; nothing of it where the unit as such may be known."""
    try:
        return tracing.find_history(tx, viewer, unit.unit_key)
    except NotFoundError:
        if not may_be_unseen:
            raise
    return UnitHistory(
        run=unit.entry.run,
        batch=unit.entry.batch,
        product=unit.entry.product,
        history=History(unit=unit.unit_key, entries=(), places=()),
        anomalies=(),
    )
