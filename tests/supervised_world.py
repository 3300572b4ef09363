"""Three makers in three provinces, and an authority whose remit a test sets."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.factories import NOW, make_act, make_product
from tests.scanning_world import Tenant, World

from trueorigin.domain.catalog import LocalText, Product
from trueorigin.domain.eventdrafts import EventDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Act, Role
from trueorigin.domain.territories import Area
from trueorigin.domain.uscc import check_character
from trueorigin.services import capturing, remits, sites
from trueorigin.services.capturing import EventOutcome
from trueorigin.services.remits import RegionDraft, RemitDraft
from trueorigin.services.sites import SiteDraft
from trueorigin.services.upkeep import enter_read
from trueorigin.storage import accounts, catalog
from trueorigin.storage.database import Tx

JIANGSU, GUIZHOU, GUANGDONG = "32", "52", "44"
# A city where no circle of another of the three reaches.
NANJING, GUIYANG, GUANGZHOU = (32.1, 118.8), (26.6, 106.7), (23.1, 113.3)
ZHENJIANG = RegionDraft(
    code="3211", name=LocalText(zh="镇江", en="Zhenjiang"), areas=(Area(32.2, 119.4, 40),)
)


def make_uscc(division: str, number: int = 1) -> str:
    """Return a well-formed credit code of a division."""
    body = f"91{division}{number:09}"
    return body + check_character(body)


@dataclass(frozen=True, slots=True)
class Supervised:
    """A data centre with makers of spirits (`alice`) and of seed (`charlie`), and `rita`."""

    world: World
    alice: Tenant
    charlie: Tenant
    rita: Tenant

    def act(self, by: Tenant | None = None, **fields: Any) -> Act:  # noqa: ANN401 - of any type
        tenant = by or self.rita
        role = min(tenant.organisation.roles)
        act = make_act(tenant.organisation, role=role, at=self.world.tick())
        return replace(act, actor=replace(act.actor, **fields))

    def limit(self, *regions: str | RegionDraft, categories: tuple[str, ...] = ()) -> None:
        """Set the remit of Rita's authority."""
        told = tuple(RegionDraft(code=each) if isinstance(each, str) else each for each in regions)
        with self.world.database.write() as tx:
            draft = RemitDraft(regions=told, categories=categories)
            remits.set_remit(tx, self.act(self.charlie), self.rita.organisation.id, draft)

    def add_product(self, owner: Tenant, **fields: Any) -> Product:  # noqa: ANN401 - of any type
        product = make_product(owner.organisation, **fields)
        with self.world.database.write() as tx:
            catalog.append_product(tx, owner.scope, product)
        return product

    def add_site(self, owner: Tenant, at: tuple[float, float]) -> Site:
        draft = SiteDraft(kind=SiteKind.SHOP, name="Shop", latitude=at[0], longitude=at[1])
        with self.world.database.write() as tx:
            return sites.create_site(tx, self.act(owner), draft)

    def tell(
        self,
        by: Tenant,
        kind: EventKind,
        *units: object,
        **fields: Any,  # noqa: ANN401 - of any type
    ) -> EventOutcome:
        with self.world.database.write() as tx:
            return self.tell_in(tx, by, kind, *units, **fields)

    def tell_in(
        self,
        tx: Tx,
        by: Tenant,
        kind: EventKind,
        *units: object,
        **fields: Any,  # noqa: ANN401 - of any type
    ) -> EventOutcome:
        act = self.act(by)
        values: dict[str, Any] = {"id": act.new_id(), "at": act.at, **fields}
        draft = EventDraft(kind=kind, units=tuple(units), **values)  # type: ignore[arg-type]
        [outcome] = capturing.capture_events(
            tx, self.world.catalogue, self.world.vault, act, [draft]
        )
        return outcome

    def keep_goods(self, owner: Tenant, at: tuple[float, float]) -> None:
        """Let an owner keep its first items at a place."""
        span = Span(owner.run.id, 0, 0, 10)
        site = self.add_site(owner, at)
        outcome = self.tell(owner, EventKind.STORING, span, site_id=site.id)
        assert outcome.error is None, outcome.error

    def read_goods(self, owner: Tenant, place: str, *, index: int = 0) -> None:
        """Let somebody read an item at a place, and the hour pass."""
        self.world.read(owner.code(index), place=place)
        enter_read(self.world.database, NOW + timedelta(hours=1), lambda: None)

    def read_goods_as(self, owner: Tenant, place: str, *, phone: int) -> None:
        """Let a phone of its own read the first item, far from the last one's place."""
        token = phone.to_bytes(16, "big")
        self.world.tick(minutes=10)
        self.world.read(owner.code(0), place=place, device_token=token)


def open_supervision(world: World) -> Supervised:
    """Found the organisations; nobody says where it is yet, and no remit is set."""
    with world.database.write() as tx:
        alice, charlie, rita = (world.join(tx) for _ in range(3))
        organisation = replace(rita.organisation, roles=frozenset({Role.REGULATOR}))
        accounts.update_organisation(tx, rita.scope, organisation)
    return Supervised(world, alice, charlie, replace(rita, organisation=organisation))


def join_authority(supervised: Supervised) -> Tenant:
    """Found another authority, without limits."""
    with supervised.world.database.write() as tx:
        tenant = supervised.world.join(tx)
        strict = replace(tenant.organisation, roles=frozenset({Role.REGULATOR}))
        accounts.update_organisation(tx, tenant.scope, strict)
    return replace(tenant, organisation=strict)


def seat(supervised: Supervised, tenant: Tenant, division: str, number: int = 1) -> UUID:
    """Let an organisation say its credit code."""
    with supervised.world.database.write() as tx:
        row = accounts.get_organisation(tx, tenant.scope)
        uscc = make_uscc(division, number)
        accounts.update_organisation(tx, tenant.scope, replace(row, uscc=uscc))
    return tenant.organisation.id
