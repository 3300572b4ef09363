# SPDX-License-Identifier: Apache-2.0
"""Who may see and say what on whose goods: the one place that every part of the chain asks.

The table stands in `docs/chain.md`; a test compares the two. In short: an owner sees the whole
life of its goods; a partner records what it does with them, and sees what it did or was named
in; an authority sees everything within its remit, and alone records findings; what anybody found
is no secret.
"""

from typing import Final
from uuid import UUID

from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.inspections import DETAIL
from trueorigin.domain.records import record
from trueorigin.domain.remits import NATIONAL, Remit
from trueorigin.domain.tenancy import Actor, Permission, Role
from trueorigin.storage import partners, remits
from trueorigin.storage.database import Tx

# What a partner does not do with goods that are not its own: they are made elsewhere.
_OWNERS_ONLY: Final = frozenset({EventKind.COMMISSIONING})


@record
class Viewer:
    """An organisation, and all that has to be known of it to answer for any goods at once.

    `owner_ids` are those whose goods it may handle, itself not among them. `remit` is what an
    authority answers for (`services/remits.py`); nobody else has one.
    """

    organisation_id: UUID
    is_authority: bool = False
    owner_ids: frozenset[UUID] = frozenset()
    remit: Remit = NATIONAL


def find_viewer(tx: Tx, actor: Actor) -> Viewer:
    """Gather what the questions below need to know of whoever asks. One query at most."""
    is_authority = Permission.INSPECTION_WRITE in actor.permissions
    handles = Permission.EVENT_WRITE in actor.permissions and actor.role is not Role.REGULATOR
    return Viewer(
        organisation_id=actor.organisation_id,
        is_authority=is_authority,
        owner_ids=partners.find_owners(tx, actor.organisation_id) if handles else frozenset(),
        remit=remits.find_remit(tx, actor.organisation_id) if is_authority else NATIONAL,
    )


def knows(viewer: Viewer, owner_id: UUID) -> bool:
    """Say whether units of `owner_id` exist for this organisation at all."""
    return viewer.is_authority or viewer.organisation_id == owner_id or owner_id in viewer.owner_ids


def may_record(viewer: Viewer, owner_id: UUID, kind: EventKind) -> bool:
    """Say whether an organisation may record an event of this kind of the goods of `owner_id`."""
    if viewer.organisation_id == owner_id:
        return True
    if viewer.is_authority:
        return kind is EventKind.INSPECTING
    return owner_id in viewer.owner_ids and kind not in _OWNERS_ONLY


def may_find(viewer: Viewer) -> bool:
    """Say whether an organisation may record findings: authorities only, on any goods."""
    return viewer.is_authority


def may_see(viewer: Viewer, owner_id: UUID, event: Event) -> bool:
    """Say whether an organisation may see one event of the goods of `owner_id`."""
    if viewer.is_authority or viewer.organisation_id == owner_id:
        return True
    if viewer.organisation_id in {event.organisation_id, event.partner_id}:
        return True
    return knows(viewer, owner_id) and is_finding(event)


def is_finding(event: Event) -> bool:
    """Say whether an event is an authority's finding, which is no secret."""
    return event.kind is EventKind.INSPECTING and DETAIL in (event.details or {})
