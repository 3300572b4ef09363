"""Events taken in: by codes and ranges, once each, wrong rows named and the others stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from tests.factories import NOW, later, make_act
from tests.scanning_world import Tenant, World, new_id

from trueorigin.domain.eventdrafts import EventDraft
from trueorigin.domain.events import EventKind, Part
from trueorigin.domain.tenancy import Act
from trueorigin.services import tracing
from trueorigin.services.capturing import EventOutcome, Outcome, capture_events
from trueorigin.services.visibility import find_viewer
from trueorigin.storage.database import Database


@dataclass(frozen=True, slots=True)
class Chain:
    """Alice and Charlie with a run each, and what they send."""

    world: World
    alice: Tenant
    charlie: Tenant

    def act(self, tenant: Tenant, at: datetime = NOW) -> Act:
        return make_act(tenant.organisation, at=at)

    def capture(self, *drafts: EventDraft, by: Tenant | None = None) -> list[EventOutcome]:
        act = self.act(by or self.alice)
        with self.world.database.write() as tx:
            return capture_events(tx, self.world.catalogue, self.world.vault, act, drafts)

    def story_of(self, unit: int) -> list[tuple[UUID, Part, tuple[int, ...]]]:
        with self.world.database.read() as tx:
            viewer = find_viewer(tx, self.act(self.alice).actor)
            history = tracing.find_history(tx, viewer, unit).history
        return [(entry.event.id, entry.part, entry.path) for entry in history.entries]


def draft(kind: EventKind = EventKind.SHIPPING, **fields: Any) -> EventDraft:  # noqa: ANN401 - of any type
    return EventDraft(**{"id": new_id(NOW), "kind": kind, "at": NOW, **fields})


@pytest.fixture
def chain(database: Database) -> Chain:
    world = World(database)
    with database.write() as tx:
        alice, charlie = world.join(tx), world.join(tx)
    return Chain(world, alice, charlie)


def test_what_was_packed_by_code_moves_with_its_case(chain: Chain) -> None:
    case, item = chain.alice.code(2, level=1), chain.alice.code(7)
    pack = draft(EventKind.PACKING, units=(item,), containers=(case,))
    ship = draft(EventKind.SHIPPING, at=later(hours=1), units=(case,))
    assert {each.outcome for each in chain.capture(ship, pack)} == {Outcome.STORED}
    assert chain.story_of(chain.alice.key(7)) == [
        (pack.id, Part.PACKED, ()),
        (ship.id, Part.SUBJECT, (chain.alice.key(2, level=1),)),
    ]
