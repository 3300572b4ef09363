"""Who handles whose goods, where, and what an authority may say of them."""

from dataclasses import replace
from typing import Any

import pytest
from tests.chain_world import Chain, draft, make_chain
from tests.factories import NOW, later, make_id
from tests.scanning_world import Tenant, World

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import ConflictError, InvalidError, NotFoundError, SeveralError
from trueorigin.domain.events import EventKind
from trueorigin.domain.inspections import DETAIL, InspectionResult
from trueorigin.domain.packing import span_of
from trueorigin.domain.risk import build_place
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.tenancy import Act, Actor, Role
from trueorigin.domain.territories import AREAS_MAX, Area
from trueorigin.services import partners, sites, territories
from trueorigin.services.capturing import EventOutcome, capture_events
from trueorigin.services.sites import SiteDraft
from trueorigin.services.territories import TerritoryDraft
from trueorigin.services.tracing import find_history
from trueorigin.services.visibility import find_viewer
from trueorigin.storage import inspections, partners as stored_partners
from trueorigin.storage.database import Database


@pytest.fixture
def chain(database: Database) -> Chain:
    return make_chain(World(database))


def act_as(chain: Chain, tenant: Tenant, role: Role) -> Act:
    act = chain.act(tenant)
    return replace(act, actor=replace(act.actor, role=role))


def capture_as(chain: Chain, act: Act, *told: Any) -> list[EventOutcome]:  # noqa: ANN401 - drafts
    with chain.world.database.write() as tx:
        return capture_events(tx, chain.world.catalogue, chain.world.vault, act, list(told))


def codes_of(outcomes: list[EventOutcome]) -> list[tuple[str, str | None] | None]:
    return [
        None if each.error is None else (each.error.code, each.error.field) for each in outcomes
    ]


def test_strangers_cannot_say_anything_of_goods_and_partners_can(chain: Chain) -> None:
    told = draft(EventKind.RECEIVING, units=(chain.alice.code(7),))
    [refused] = chain.capture(told, by=chain.charlie)
    assert codes_of([refused]) == [("unit_not_found", "units.0")]
    chain.link(chain.charlie)
    chain.store(told, by=chain.charlie)
    chain.link(chain.alice, owner=chain.charlie)
    with chain.world.database.write() as tx:
        partners.end_partnership(tx, chain.act(), chain.charlie.organisation.id)
    [again] = chain.capture(draft(units=(chain.alice.code(7),)), by=chain.charlie)
    assert codes_of([again]) == [("unit_not_found", "units.0")]
    # What was recorded while it was allowed stays in the life of the unit.
    assert [entry.event.id for entry in chain.look(chain.alice.key(7)).history.entries] == [told.id]


def test_partners_handle_goods_and_do_not_make_them(chain: Chain) -> None:
    chain.link(chain.charlie)
    [made] = chain.capture(
        draft(EventKind.COMMISSIONING, units=(chain.alice.code(7),)), by=chain.charlie
    )
    assert codes_of([made]) == [("event_kind_refused", "kind")]


def test_a_partner_brings_its_own_partners_only_where_it_may(chain: Chain) -> None:
    with chain.world.database.write() as tx:
        shop = chain.world.join(tx)
    chain.link(chain.charlie)
    chain.link(shop, owner=chain.charlie)
    told = draft(EventKind.SELLING, units=(chain.alice.code(7),))
    assert codes_of(chain.capture(told, by=shop)) == [("unit_not_found", "units.0")]
    chain.link(chain.charlie, may_bring=True)
    chain.store(told, by=shop)
    with chain.world.database.read() as tx:
        owners = stored_partners.find_owners(tx, shop.organisation.id)
    assert owners == {chain.alice.organisation.id, chain.charlie.organisation.id}


def test_a_partner_sees_what_it_did_or_was_named_in_and_no_more(chain: Chain) -> None:
    chain.link(chain.charlie)
    unit = chain.alice.key(7)
    stored = draft(EventKind.STORING, units=(chain.alice.code(7),))
    shipped = draft(
        at=later(hours=1),
        units=(chain.alice.code(7),),
        partner_id=chain.charlie.organisation.id,
    )
    chain.store(stored, shipped)
    received = draft(EventKind.RECEIVING, at=later(hours=2), units=(chain.alice.code(7),))
    chain.store(received, by=chain.charlie)
    seen = chain.look(unit, by=chain.charlie).history.entries
    assert [entry.event.id for entry in seen] == [shipped.id, received.id]
    assert len(chain.look(unit).history.entries) == 3


def finding(result: str = "does_not_conform", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {DETAIL: {"result": result, "authority": "南京市市场监督管理局", **more}}


def test_an_authority_finds_on_any_goods_and_nobody_else_does(chain: Chain) -> None:
    told = draft(EventKind.INSPECTING, units=(chain.alice.code(7),), details=finding())
    assert codes_of(chain.capture(told)) == [("finding_refused", f"details.{DETAIL}")]
    authority = act_as(chain, chain.charlie, Role.REGULATOR)
    assert codes_of(capture_as(chain, authority, told)) == [None]
    moved = draft(EventKind.SHIPPING, units=(chain.alice.code(7),))
    assert codes_of(capture_as(chain, authority, moved)) == [("event_kind_refused", "kind")]
    with chain.world.database.read() as tx:
        [of_goods] = inspections.list_inspections_of_goods(tx, chain.alice.scope, limit=10)
        [own] = inspections.list_own_inspections(tx, chain.charlie.scope, limit=10)
        assert inspections.list_own_inspections(tx, chain.alice.scope, limit=10) == []
        history = find_history(tx, find_viewer(tx, authority.actor), chain.alice.key(7)).history
    assert of_goods == own
    assert (own.result, own.span) == (
        InspectionResult.DOES_NOT_CONFORM,
        span_of(chain.alice.key(7)),
    )
    assert [entry.event.id for entry in history.entries] == [told.id]


@pytest.mark.parametrize(
    ("details", "code", "field"),
    [
        pytest.param({DETAIL: 5}, "event_field_malformed", "", id="not an object"),
        pytest.param(finding("fine"), "inspection_result_unknown", ".result", id="unknown result"),
        pytest.param(
            finding(file_ids=[str(make_id())]), "file_unknown", ".file_ids.0", id="no such file"
        ),
        pytest.param(finding(file_ids=["x"]), "event_field_malformed", ".file_ids", id="no id"),
        pytest.param(finding(notes={"fr": "x"}), "event_field_malformed", ".notes", id="language"),
    ],
)
def test_a_malformed_finding_is_refused_with_its_field(
    chain: Chain, details: dict[str, Any], code: str, field: str
) -> None:
    authority = act_as(chain, chain.charlie, Role.REGULATOR)
    told = draft(EventKind.INSPECTING, units=(chain.alice.code(7),), details=details)
    assert codes_of(capture_as(chain, authority, told)) == [(code, f"details.{DETAIL}{field}")]


def test_what_an_event_names_has_to_be_the_recorders(chain: Chain) -> None:
    theirs = chain.add_site(chain.charlie)
    region = TerritoryDraft(name=LocalText(zh="江苏", en=None), areas=(Area(32.06, 118.8, 300),))
    with chain.world.database.write() as tx:
        foreign = territories.create_territory(tx, chain.act(chain.charlie), region)
        own = territories.create_territory(tx, chain.act(), region)
    units = (chain.alice.code(7),)
    outcomes = chain.capture(
        draft(units=units, site_id=theirs.id),
        draft(units=units, partner_id=chain.charlie.organisation.id),
        draft(units=units, details={"territory": str(foreign.id)}),
        draft(units=units, details={"territory": 7}),
        draft(units=units, details={"territory": str(own.id)}),
    )
    assert codes_of(outcomes) == [
        ("site_not_found", "site"),
        ("partner_not_found", "partner"),
        ("territory_not_found", "details.territory"),
        ("territory_not_found", "details.territory"),
        None,
    ]


def test_the_first_event_of_a_run_is_known_to_every_process_at_once(chain: Chain) -> None:
    from trueorigin.storage import catalog, events  # noqa: PLC0415

    owner = chain.alice.organisation.id
    with chain.world.database.read() as tx:
        before = catalog.find_revisions(tx, [owner])[owner]
        assert events.find_marked_runs(tx, [chain.alice.run.id]) == set()
    chain.store(draft(units=(chain.alice.code(1),)))
    chain.store(draft(units=(chain.alice.code(2),)))
    with chain.world.database.read() as tx:
        assert events.find_marked_runs(tx, [chain.alice.run.id]) == {chain.alice.run.id}
        assert catalog.find_revisions(tx, [owner])[owner] == before + 1


def test_sites_are_entered_corrected_and_closed(chain: Chain) -> None:
    site = chain.add_site(gln="9501101530003", latitude=32.06, longitude=118.8)
    assert not site.is_public
    assert chain.add_site(kind=SiteKind.SHOP, name="鼓楼店").is_public
    place = site.place
    assert place is not None
    assert place.is_trusted
    with pytest.raises(ConflictError, match="gln_taken"):
        chain.add_site(gln="9501101530003")
    chain.add_site(chain.charlie, gln="9501101530003")
    with chain.world.database.write() as tx:
        changed = sites.update_site(
            tx, chain.act(), site.id, SiteDraft(kind=SiteKind.WAREHOUSE, name=" 南仓 ")
        )
        closed = sites.close_site(tx, chain.act(), site.id)
        with pytest.raises(NotFoundError, match="site_not_found"):
            sites.close_site(tx, chain.act(chain.charlie), site.id)
    assert (changed.name, changed.gln, changed.place) == ("南仓", None, None)
    assert closed.closed_at == NOW


def test_a_wrong_site_is_refused_with_every_fault(chain: Chain) -> None:
    with pytest.raises(SeveralError) as refused:
        chain.add_site(name="", gln="9501101530004", country="China", latitude=91.0, longitude=None)
    found = [(error.code, error.field) for error in refused.value.errors]
    assert found == [
        ("text_blank", "name"),
        ("gln_check_digit", "gln"),
        ("country_malformed", "country"),
        ("position_out_of_range", "latitude"),
    ]
    with pytest.raises(InvalidError, match="position_incomplete"):
        chain.add_site(latitude=9.0)


def test_a_sales_region_knows_how_far_outside_a_place_is(chain: Chain) -> None:
    with chain.world.database.write() as tx:
        region = territories.create_territory(
            tx,
            chain.act(),
            TerritoryDraft(name=LocalText(zh="江苏", en=None), areas=(Area(32.06, 118.8, 300),)),
        )
    inside, edge = build_place(31.2, 121.5), build_place(31.2, 121.9)
    beijing = build_place(39.9, 116.4)
    assert inside is not None
    assert edge is not None
    assert beijing is not None
    assert region.km_outside(inside) == 0
    assert region.km_outside(edge) == 0
    assert 570 < region.km_outside(beijing) < 600


@pytest.mark.parametrize(
    ("areas", "field"),
    [
        pytest.param((), "areas", id="none"),
        pytest.param((Area(91.0, 0.0, 5),), "areas.0.latitude", id="beyond the pole"),
        pytest.param((Area(0.0, 0.0, 0),), "areas.0.radius_km", id="a point"),
        pytest.param((Area(0.0, 0.0, 5),) * (AREAS_MAX + 1), "areas", id="too many"),
    ],
)
def test_a_wrong_sales_region_is_refused(chain: Chain, areas: tuple[Area, ...], field: str) -> None:
    region = TerritoryDraft(name=LocalText(zh="江苏", en=None), areas=areas)
    with chain.world.database.write() as tx, pytest.raises(InvalidError) as refused:
        territories.create_territory(tx, chain.act(), region)
    assert refused.value.field == field


def test_partners_are_found_by_prefix_only(chain: Chain) -> None:
    with chain.world.database.write() as tx:
        with pytest.raises(NotFoundError, match="partner_prefix_unknown"):
            partners.link_partner(tx, chain.act(), "Z9Z9")
        with pytest.raises(NotFoundError, match="partner_prefix_unknown"):
            partners.link_partner(tx, chain.act(), "'; --" * 100)
        with pytest.raises(InvalidError, match="partner_is_self"):
            partners.link_partner(tx, chain.act(), chain.alice.organisation.prefix)
        with pytest.raises(NotFoundError, match="partner_not_found"):
            partners.end_partnership(tx, chain.act(), chain.charlie.organisation.id)
        prefix = f" {chain.charlie.organisation.prefix.lower()} "
        linked = partners.link_partner(tx, chain.act(), prefix)
    assert linked.organisation == chain.charlie.organisation
    with chain.world.database.read() as tx:
        [mine] = partners.list_partners(tx, chain.alice.scope, limit=10)
        [theirs] = partners.list_owners(tx, chain.charlie.scope, limit=10)
        assert partners.list_partners(tx, chain.charlie.scope, limit=10) == []
    assert mine.organisation == chain.charlie.organisation
    assert theirs.organisation == chain.alice.organisation


def test_a_kiosk_handles_nothing(chain: Chain) -> None:
    chain.link(chain.charlie)
    kiosk = Actor(
        organisation_id=chain.charlie.organisation.id, role=Role.KIOSK, credential_id=make_id()
    )
    with chain.world.database.read() as tx:
        assert find_viewer(tx, kiosk).owner_ids == frozenset()
