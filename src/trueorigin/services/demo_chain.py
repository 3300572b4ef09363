# SPDX-License-Identifier: Apache-2.0
"""The journey of the demo's liquor: packed, stored, shipped, received, sold, sealed, destroyed.

A carrier, a dealer with a shop, and an authority handle it, each recording what it does through
the services, as it would from its own phone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID

from trueorigin.domain.catalog import LocalText, Run
from trueorigin.domain.eventdrafts import EventDraft, PlanDraft, Reference
from trueorigin.domain.events import EventKind
from trueorigin.domain.ids import uuid7
from trueorigin.domain.inspections import DETAIL
from trueorigin.domain.packing import Span
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.tenancy import Act, Role
from trueorigin.domain.territories import TERRITORY, Area
from trueorigin.services import partners, sites, territories
from trueorigin.services.access import open_local_act
from trueorigin.services.capturing import capture_events
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.demo_stage import Stage
from trueorigin.services.sites import SiteDraft
from trueorigin.services.territories import TerritoryDraft
from trueorigin.storage import accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """An organisation through whose hands the goods pass, and who signs in for it."""

    name: str
    role: Role
    phone: str
    email: str
    person: str


CARRIER: Final = Handler(
    name="苏航物流 Suhang Logistics",
    role=Role.LOGISTICS,
    phone="025-5550120",
    email="dispatch@suhang.example",
    person="周行 Zhou Xing",
)
DEALER: Final = Handler(
    name="金陵名酒行 Jinling Wine Trade",
    role=Role.SELLER,
    phone="025-5550166",
    email="stock@jinling-wine.example",
    person="陈舟 Chen Zhou",
)
SHOP: Final = Handler(
    name="鼓楼烟酒店 Gulou Wine Shop",
    role=Role.SELLER,
    phone="025-5550177",
    email="shop@gulou-wine.example",
    person="吴敏 Wu Min",
)
AUTHORITY: Final = Handler(
    name="演示市场监督管理局 Demo Market Regulator",
    role=Role.REGULATOR,
    phone="0511-5550112",
    email="inspector@regulator.example",
    person="严正 Yan Zheng",
)
# What it answers for: Jiangsu, and what is drunk and sprayed; seed is another authority's.
PROVINCE: Final = "32"
CATEGORIES: Final = ("白酒 Baijiu", "农药 Pesticide")
HANDLERS: Final = (CARRIER, DEALER, SHOP, AUTHORITY)

# Where the dealer sells: around Shanghai, Nanjing and Hangzhou, and in the capital.
_TERRITORY: Final = TerritoryDraft(
    name=LocalText(zh="华东及北京", en="East China and Beijing"),
    areas=(
        Area(31.2, 121.5, 150),
        Area(32.1, 118.8, 150),
        Area(30.3, 120.2, 150),
        Area(39.9, 116.4, 150),
    ),
)
_CELLAR: Final = SiteDraft(
    kind=SiteKind.WAREHOUSE,
    name="丹徒成品库 Dantu warehouse",
    country="CN",
    region="江苏镇江 Zhenjiang, Jiangsu",
    latitude=32.13,
    longitude=119.43,
)
_DEPOT: Final = SiteDraft(
    kind=SiteKind.WAREHOUSE,
    name="江宁配送中心 Jiangning depot",
    country="CN",
    region="江苏南京 Nanjing, Jiangsu",
    latitude=31.95,
    longitude=118.84,
)
_COUNTER: Final = SiteDraft(
    kind=SiteKind.SHOP,
    name="鼓楼烟酒店 Gulou Wine Shop",
    country="CN",
    region="江苏南京 Nanjing, Jiangsu",
    address="中山北路 8 号",
    latitude=32.06,
    longitude=118.78,
)

# Pallets that went to the dealer, the one that an authority sealed, a case that was smashed, and
# the bottle whose whole way to its buyer is known.
_SHIPPED: Final = 500
_SEALED: Final = 700
_SMASHED: Final = 36_000
_SOLD: Final = 5
_CHINA: Final = timezone(timedelta(hours=8))


def play_chain(
    stage: Stage, maker_id: UUID, run: Run, released: int, handlers: Mapping[str, UUID]
) -> dict[str, tuple[int, int]]:
    """Play the journey of `released` items of a run; `handlers` are organisations by name.

    Returns units worth looking at, as (level, index) by what they show.
    """
    cases, pallets = released // run.pack_size(1), released // run.pack_size(2)
    story = _Chain(stage, maker_id, run, handlers)
    story.pack(cases, pallets)
    story.ship(pallets)
    story.sell()
    story.inspect()
    return {
        "journey": (0, _SOLD),
        "sealed": (0, _SEALED * run.pack_size(2) + 1),
        "destroyed": (0, _SMASHED * run.pack_size(1) + 3),
        "pallet": (2, _SEALED - 1),
    }


class _Chain:
    """Who tells what of the run, day by day."""

    def __init__(
        self, stage: Stage, maker_id: UUID, run: Run, handlers: Mapping[str, UUID]
    ) -> None:
        self._stage = stage
        self._catalogue = Catalogue()
        self._run = run
        self._maker = maker_id
        self._carrier, self._dealer, self._shop, self._authority = (
            handlers[each.name] for each in HANDLERS
        )
        self._link(maker_id, self._carrier)
        self._link(maker_id, self._dealer, may_bring=True)
        self._link(self._dealer, self._shop)
        self._cellar = self._build(maker_id, Role.MANUFACTURER, _CELLAR)
        self._depot = self._build(self._dealer, Role.SELLER, _DEPOT)
        self._counter = self._build(self._shop, Role.SELLER, _COUNTER)

    def pack(self, cases: int, pallets: int) -> None:
        """Confirm the packing plan of what is released, and put the pallets into store."""
        for level, count in ((1, cases), (2, pallets)):
            plan = PlanDraft(containers=self._span(level, 0, count))
            at = self._at(days=44, hours=level)
            self._tell(self._maker, Role.MANUFACTURER, EventKind.PACKING, at, plan=plan)
        self._tell(
            self._maker,
            Role.MANUFACTURER,
            EventKind.STORING,
            self._at(days=43),
            units=(self._span(2, 0, pallets),),
            site_id=self._cellar,
        )

    def ship(self, pallets: int) -> None:
        """Send half of the pallets to the dealer, who breaks them up and supplies its shop."""
        shipped = (self._span(2, 0, min(_SHIPPED, pallets)),)
        region = territories.create_territory(
            self._stage.tx, self._act(self._maker, Role.MANUFACTURER, self._at(days=43)), _TERRITORY
        )
        expected = self._at(days=41, hours=6).astimezone(_CHINA).isoformat(timespec="minutes")
        road = {"carrier": CARRIER.name, "vehicle": "苏A·D0952", "expected": expected}
        self._tell(
            self._maker,
            Role.MANUFACTURER,
            EventKind.SHIPPING,
            self._at(days=42),
            units=shipped,
            site_id=self._cellar,
            partner_id=self._dealer,
            details={**road, TERRITORY: str(region.id)},
        )
        for actor, role, days, site in (
            (self._carrier, Role.LOGISTICS, 42, None),
            (self._dealer, Role.SELLER, 41, self._depot),
        ):
            at = self._at(days=days, hours=5)
            self._tell(actor, role, EventKind.RECEIVING, at, units=shipped, site_id=site)
        self._tell(
            self._dealer, Role.SELLER, EventKind.UNPACKING, self._at(days=40), containers=shipped
        )
        for kind, days, actor, site in (
            (EventKind.SHIPPING, 40, self._dealer, self._depot),
            (EventKind.RECEIVING, 39, self._shop, self._counter),
        ):
            at = self._at(days=days, hours=3)
            cases = (self._span(1, 0, 10),)
            partner = self._shop if kind is EventKind.SHIPPING else None
            self._tell(actor, Role.SELLER, kind, at, units=cases, site_id=site, partner_id=partner)
        # What went to other shops is on sale: their cases were opened.
        opened = (self._span(1, 0, min(_SHIPPED, pallets) * self._run.packing[1]),)
        self._tell(
            self._dealer, Role.SELLER, EventKind.UNPACKING, self._at(days=38), containers=opened
        )

    def sell(self) -> None:
        """Sell one bottle over the counter, and note a case that fell off a fork."""
        bottle = (self._span(0, _SOLD, _SOLD + 1),)
        at = self._at(days=20)
        self._tell(
            self._shop, Role.SELLER, EventKind.SELLING, at, units=bottle, site_id=self._counter
        )
        self._tell(
            self._maker,
            Role.MANUFACTURER,
            EventKind.DESTROYING,
            self._at(days=12),
            units=(self._span(1, _SMASHED, _SMASHED + 1),),
            site_id=self._cellar,
        )

    def inspect(self) -> None:
        """Let the authority take a sample, and seal a pallet it has doubts about."""
        for result, days, unit, zh, en in (
            ("conforms", 30, self._span(0, 0, 24), "抽检合格。", "Sample conforms."),
            (
                "sealed",
                3,
                self._span(2, _SEALED, _SEALED + 1),
                "标签待核，暂停销售。",
                "Labels under review; not to be sold.",
            ),
        ):
            told = {"result": result, "authority": AUTHORITY.name, "notes": {"zh": zh, "en": en}}
            self._tell(
                self._authority,
                Role.REGULATOR,
                EventKind.INSPECTING,
                self._at(days=days),
                units=(unit,),
                details={DETAIL: told},
            )

    def _tell(
        self,
        teller: UUID,
        role: Role,
        kind: EventKind,
        at: datetime,
        **said: Any,  # noqa: ANN401 - fields of a draft
    ) -> None:
        """Record an event as whoever saw it; the story has no event that is refused."""
        units: Sequence[Reference] = said.get("units", ())
        draft = EventDraft(
            **{**said, "units": tuple(units)},
            id=uuid7(at, self._stage.entropy(10)),
            kind=kind,
            at=at.astimezone(_CHINA),
        )
        stage = self._stage
        act = self._act(teller, role, at)
        [outcome] = capture_events(stage.tx, self._catalogue, stage.vault, act, [draft])
        if outcome.error is not None:
            raise outcome.error

    def _link(self, owner: UUID, partner: UUID, *, may_bring: bool = False) -> None:
        act = self._act(owner, Role.MANUFACTURER, self._at(days=50))
        organisation = accounts.find_organisation(self._stage.tx, partner)
        assert organisation is not None, "it has just joined"  # noqa: S101 - the story's own
        partners.link_partner(self._stage.tx, act, organisation.prefix, may_bring=may_bring)

    def _build(self, owner: UUID, role: Role, draft: SiteDraft) -> UUID:
        act = self._act(owner, role, self._at(days=50))
        return sites.create_site(self._stage.tx, act, draft).id

    def _act(self, organisation_id: UUID, role: Role, at: datetime) -> Act:
        return open_local_act(organisation_id, role, at=at, entropy=self._stage.entropy)

    def _span(self, level: int, start: int, stop: int) -> Span:
        return Span(self._run.id, level, start, stop)

    def _at(self, *, days: int, hours: int = 0) -> datetime:
        """Return the instant so many days ago, and so many hours into that day's work."""
        return (self._stage.at - timedelta(days=days) + timedelta(hours=hours)).astimezone(UTC)
