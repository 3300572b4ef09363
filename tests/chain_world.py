"""Alice and Charlie with a run each, and what they send to the chain through the services."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.factories import NOW, make_act
from tests.scanning_world import Tenant, World, new_id

from trueorigin.domain.eventdrafts import EventDraft, check_event
from trueorigin.domain.events import EventKind, Part
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Act
from trueorigin.services import tracing
from trueorigin.services.capturing import EventOutcome, Outcome, capture_events
from trueorigin.services.partners import link_partner
from trueorigin.services.resolving import Told
from trueorigin.services.sites import SiteDraft, create_site
from trueorigin.services.tracing import UnitHistory
from trueorigin.services.visibility import find_viewer


@dataclass(frozen=True, slots=True)
class Chain:
    """A data centre with two tenants: runs of 1000 items, 24 to a case, 40 cases to a pallet."""

    world: World
    alice: Tenant
    charlie: Tenant

    def act(self, by: Tenant | None = None, at: datetime = NOW) -> Act:
        return make_act((by or self.alice).organisation, at=at)

    def capture(self, *told: Told, by: Tenant | None = None) -> list[EventOutcome]:
        with self.world.database.write() as tx:
            return capture_events(
                tx, self.world.catalogue, self.world.vault, self.act(by), list(told)
            )

    def store(self, *told: EventDraft, by: Tenant | None = None) -> None:
        outcomes = self.capture(*told, by=by)
        assert [each.error for each in outcomes] == [None] * len(told)
        assert {each.outcome for each in outcomes} == {Outcome.STORED}

    def look(self, unit: int, by: Tenant | None = None) -> UnitHistory:
        with self.world.database.read() as tx:
            viewer = find_viewer(tx, self.act(by).actor)
            return tracing.find_history(tx, viewer, unit)

    def link(
        self, partner: Tenant, owner: Tenant | None = None, *, may_bring: bool = False
    ) -> None:
        """Let `partner` handle the goods of `owner`, Alice unless told otherwise."""
        with self.world.database.write() as tx:
            link_partner(tx, self.act(owner), partner.organisation.prefix, may_bring=may_bring)

    def add_site(self, owner: Tenant | None = None, **fields: Any) -> Site:  # noqa: ANN401 - of any type
        values: dict[str, Any] = {"kind": SiteKind.WAREHOUSE, "name": "北仓", **fields}
        with self.world.database.write() as tx:
            return create_site(tx, self.act(owner), SiteDraft(**values))

    def felt(self, unit: int) -> list[tuple[UUID, Part, tuple[int, ...]]]:
        entries = self.look(unit).history.entries
        return [(entry.event.id, entry.part, entry.path) for entry in entries]


def make_chain(world: World) -> Chain:
    with world.database.write() as tx:
        return Chain(world, world.join(tx), world.join(tx))


def draft(kind: EventKind = EventKind.SHIPPING, **fields: Any) -> EventDraft:  # noqa: ANN401 - of any type
    values: dict[str, Any] = {"id": new_id(NOW), "kind": kind, "at": NOW, **fields}
    return check_event(EventDraft(**values))
