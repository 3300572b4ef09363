"""Sites, sales regions, partners and owners at the JSON surface."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.api_world import World

from trueorigin.domain.tenancy import TenantScope
from trueorigin.services.partners import list_current_owners

SITE = {
    "kind": "shop",
    "name": "南京路店",
    "gln": "6901234567892",
    "country": "CN",
    "region": "江苏南京",
    "latitude": 32.06,
    "longitude": 118.8,
}


def test_a_site_is_kept_as_told_and_shops_are_public(world: World) -> None:
    site = world.alice.post("/sites", SITE)
    assert {name: site[name] for name in SITE} == SITE
    assert (site["is_public"], site["closed_at"]) == (True, None)
    assert world.alice.get(f"/sites/{site['id']}") == site
    store = world.alice.post("/sites", {"kind": "warehouse", "name": "North"})
    assert store["is_public"] is False
    assert [each["id"] for each in world.alice.get("/sites")["items"]] == [site["id"], store["id"]]


def test_what_is_not_named_of_a_site_stays(world: World) -> None:
    site = world.alice.post("/sites", SITE)
    path = f"/sites/{site['id']}"
    changed = world.alice.patch(path, {"region": None, "is_public": False, "kind": "office"})
    assert changed == {**site, "region": None, "is_public": False, "kind": "office"}
    assert world.alice.patch(path, {"name": None, "kind": None}) == changed
    assert world.alice.patch(path, {}) == changed


def test_a_closed_site_is_no_longer_listed(world: World) -> None:
    site = world.alice.post("/sites", SITE)
    closed = world.alice.post(f"/sites/{site['id']}/closing", {})
    assert closed["closed_at"] is not None
    assert world.alice.get("/sites")["items"] == []
    assert world.alice.get("/sites?closed=true")["items"] == [closed]
    assert world.alice.post(f"/sites/{site['id']}/closing", {}) == closed


SITES_REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no kind": ({"kind": "bar"}, "choice_unknown", "kind"),
    "wrong check digit": ({"gln": "6901234567893"}, "gln_check_digit", "gln"),
    "half a position": ({"latitude": None}, "position_incomplete", "latitude"),
    "beyond the pole": ({"latitude": 91}, "number_too_large", "latitude"),
    "country in small letters": ({"country": "cn"}, "country_malformed", "country"),
}


@pytest.mark.parametrize(("fields", "code", "field"), SITES_REFUSED.values(), ids=SITES_REFUSED)
def test_a_wrong_site_is_refused_with_its_field(
    sqlite_world: World, fields: dict[str, Any], code: str, field: str
) -> None:
    error = sqlite_world.alice.post("/sites", SITE | fields, expect=422)["error"]
    assert (error["code"], error["field"]) == (code, field)


def test_a_gln_names_one_site(world: World) -> None:
    world.alice.post("/sites", SITE)
    again = world.alice.post("/sites", SITE, expect=409)
    assert again["error"]["code"] == "gln_taken"


def test_a_sales_region_is_drawn_and_closed(world: World) -> None:
    areas = [{"latitude": 32.06, "longitude": 118.8, "radius_km": 300}]
    drawn = world.alice.post("/territories", {"name": {"zh": "江苏"}, "areas": areas})
    assert (drawn["areas"], drawn["name"]) == (areas, {"zh": "江苏", "en": None})
    assert world.alice.get("/territories")["items"] == [drawn]
    closed = world.alice.post(f"/territories/{drawn['id']}/closing", {})
    assert closed["closed_at"] is not None
    assert world.alice.get("/territories")["items"] == []
    assert world.alice.get("/territories?closed=true")["items"] == [closed]
    for wrong in ([], [areas[0] | {"radius_km": 0}], [areas[0] | {"radius_km": 20_001}]):
        world.alice.post("/territories", {"name": {"zh": "江苏"}, "areas": wrong}, expect=422)


def test_a_partner_may_handle_goods_until_it_is_ended(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    charlie = world.charlie.get("/organisation")
    units = [{"run": run, "level": 0, "from": 0, "to": 5}]

    def ship() -> Any:  # noqa: ANN401 - JSON
        event = {"id": str(uuid4()), "kind": "shipping", "at": "2026-03-14T17:30:00Z"}
        [row] = world.charlie.post("/events", event | {"units": units}, expect=200)["outcomes"]
        return row["error"] and row["error"]["code"]

    # What one has nothing to do with does not exist.
    assert ship() == "run_not_found"
    linked = world.alice.post("/partners", {"prefix": charlie["prefix"].lower()})
    assert (linked["id"], linked["may_bring"], linked["ended_at"]) == (charlie["id"], False, None)
    assert ship() is None
    [owner] = world.charlie.get("/owners")["items"]
    assert (owner["name"], owner["is_direct"]) == ("Alice's Distillery", True)
    assert world.alice.get("/owners")["items"] == []
    changed = world.alice.post("/partners", {"prefix": charlie["prefix"], "may_bring": True})
    assert changed["may_bring"] is True
    world.alice.delete(f"/partners/{charlie['id']}")
    assert ship() == "run_not_found"
    assert world.charlie.get("/owners")["items"] == []
    [ended] = world.alice.get("/partners")["items"]
    assert ended["ended_at"] is not None


def test_a_partner_brings_its_own_one_step(world: World) -> None:
    charlie, olga = world.charlie.get("/organisation"), world.olga.get("/organisation")
    world.alice.post("/partners", {"prefix": charlie["prefix"], "may_bring": True})
    world.charlie.post("/partners", {"prefix": olga["prefix"]})
    with world.database.read() as tx:
        owners = list_current_owners(tx, TenantScope(UUID(olga["id"])), limit=10)
    assert {(each.organisation.name, each.is_direct) for each in owners} == {
        ("Alice's Distillery", False),
        ("Charlie's Seeds", True),
    }


def test_partners_are_found_by_prefix_only(world: World) -> None:
    own = world.alice.get("/organisation")["prefix"]
    for prefix, code in ((own, "partner_is_self"), ("0", "partner_prefix_unknown")):
        answer = world.alice.send("POST", "/partners", json={"prefix": prefix})
        assert answer.json()["error"]["code"] == code
