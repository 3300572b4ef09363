# SPDX-License-Identifier: Apache-2.0
"""Who may see and say what on whose goods: the one place that every part of the chain asks.

An organisation sees all of its own goods' life, and what it said itself of those of others.
"""

from uuid import UUID

from trueorigin.domain.events import Event
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Actor
from trueorigin.storage.database import Tx


@record
class Viewer:
    """An organisation, and all that has to be known of it to answer for any goods at once."""

    organisation_id: UUID


def find_viewer(tx: Tx, actor: Actor) -> Viewer:
    """Gather what the questions below need to know of whoever asks."""
    del tx
    return Viewer(organisation_id=actor.organisation_id)


def may_record(viewer: Viewer, owner_id: UUID) -> bool:
    """Say whether an organisation may record events of the goods of `owner_id`."""
    return viewer.organisation_id == owner_id


def may_see(viewer: Viewer, owner_id: UUID, event: Event) -> bool:
    """Say whether an organisation may see one event of the goods of `owner_id`."""
    return viewer.organisation_id in {owner_id, event.organisation_id}
