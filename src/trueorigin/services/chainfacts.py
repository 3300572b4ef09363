# SPDX-License-Identifier: Apache-2.0
"""Read the lives of units and all that they refer to, once for a batch of readings.

Event state is read and never kept: what happened a second ago holds for the next reading. Serves
all tenants; what of it anybody may see is decided elsewhere.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from trueorigin.domain.chainfacts import ChainFacts, Surroundings, fold_chain
from trueorigin.domain.disclosure import Disclosure, disclose
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.history import History
from trueorigin.domain.territories import TERRITORY
from trueorigin.services.tracing import find_histories
from trueorigin.storage import accounts, sites, territories
from trueorigin.storage.database import Tx


class Life(NamedTuple):
    """What the chain says of a unit at one instant, and what of it everybody may know."""

    facts: ChainFacts
    told: Disclosure


@dataclass(frozen=True, slots=True)
class Lives:
    """Histories of units, by key, and what their events refer to."""

    histories: dict[int, History]
    around: Surroundings

    def find_facts(self, unit: int, at: datetime) -> ChainFacts:
        """Return what the chain says of a unit at `at`."""
        return fold_chain(self.histories[unit], self.around, at=at)

    def tell(self, unit: int, at: datetime) -> Life:
        """Return what a reading of a unit at `at` is judged by, and what its reader is told."""
        facts = self.find_facts(unit, at)
        told = disclose(self.histories[unit], self.around, facts.findings, at=at)
        return Life(facts, told)


def find_lives(tx: Tx, units: Collection[int]) -> Lives:
    """Read the whole lives of these units, whoever asks.

    What `find_histories` costs for all of them together, and at most three statements more.
    """
    histories = find_histories(tx, units)
    # Units of one run share most of their events, as the very same objects.
    events = {id(entry.event): entry.event for each in histories.values() for entry in each.entries}
    return Lives(histories, find_surroundings(tx, events.values()))


def find_surroundings(tx: Tx, events: Iterable[Event]) -> Surroundings:
    """Read what events refer to. At most three statements."""
    site_ids: set[UUID] = set()
    territory_ids: set[UUID] = set()
    authority_ids: set[UUID] = set()
    for event in events:
        if event.site_id is not None:
            site_ids.add(event.site_id)
        if event.kind is EventKind.INSPECTING:
            authority_ids.add(event.organisation_id)
        elif event.details is not None and TERRITORY in event.details:
            territory_ids.add(UUID(event.details[TERRITORY]))
    found = sites.find_sites(tx, site_ids)
    named = authority_ids | {each.organisation_id for each in found.values() if each.is_public}
    organisations = accounts.find_organisations(tx, named)
    return Surroundings(
        sites=found,
        territories=territories.find_territories(tx, territory_ids),
        organisations={each.id: each.name for each in organisations.values()},
    )
