# SPDX-License-Identifier: Apache-2.0
"""Goods on their way, read after each step: what page and JSON tell, and what they keep."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.chain_world import Chain, draft, make_chain
from tests.consumer_site import Outline, Phone, Site, item_path
from tests.factories import later
from tests.scanning_world import World

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.eventdrafts import EventDraft, PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.humancode import build
from trueorigin.domain.inspections import DETAIL
from trueorigin.domain.packing import Span
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.tenancy import Role
from trueorigin.domain.territories import TERRITORY, Area
from trueorigin.services.capturing import capture_events
from trueorigin.services.territories import TerritoryDraft, create_territory
from trueorigin.storage import diversions
from trueorigin.storage.database import Database
from trueorigin.web.i18n import translator
from trueorigin.web.wording import build_answer_json, write_answer_json

SECRETS = ("暗仓", "暗仓省", "顺风", "A12345", "给司机", "华东区", "territory")


@pytest.fixture
def chain(database: Database) -> Chain:
    chain = make_chain(World(database))
    chain.world.at = later(hours=50)
    return chain


@pytest.fixture
def dora(chain: Chain, tmp_path: Path) -> Phone:
    return Phone(Site(chain.world, tmp_path))


def record_finding(chain: Chain, told: EventDraft) -> None:
    act = chain.act(chain.charlie)
    authority = replace(act, actor=replace(act.actor, role=Role.REGULATOR))
    with chain.world.database.write() as tx:
        [outcome] = capture_events(tx, chain.world.catalogue, chain.world.vault, authority, [told])
    assert outcome.error is None


def find(chain: Chain, result: str, hour: float, index: int = 0, **more: Any) -> None:  # noqa: ANN401 - JSON
    details = {DETAIL: {"result": result, "authority": "南京市场监管局", **more}}
    record_finding(
        chain,
        draft(
            EventKind.INSPECTING,
            at=later(hours=hour),
            units=(chain.alice.code(index, 1),),
            details=details,
        ),
    )


def ship_to_region(chain: Chain, hour: float) -> None:
    areas = (Area(latitude=32.06, longitude=118.8, radius_km=100),)
    name = LocalText(zh="华东区", en="East 华东区")
    with chain.world.database.write() as tx:
        region = create_territory(tx, chain.act(), TerritoryDraft(name=name, areas=areas))
    chain.link(chain.charlie)
    secrets: Mapping[str, object] = {
        TERRITORY: str(region.id),
        "carrier": "顺风",
        "vehicle": "贵A12345",
        "notes": "给司机",
    }
    chain.store(
        draft(
            units=(chain.alice.code(0, 1),),
            at=later(hours=hour),
            partner_id=chain.charlie.organisation.id,
            details=secrets,
        )
    )


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at the same unit again and again, by page and by machine."""

    chain: Chain
    dora: Phone
    path: str

    def ask(self, verdict: str, *expected: str, steps: list[str]) -> dict[str, Any]:
        """Read it both ways; neither ever tells a secret."""
        reply, page = self.dora.ask(self.path), self.dora.get(self.path).text
        answer: dict[str, Any] = json.loads(reply.body)
        assert answer["verdict"] == Outline.of(page).verdict == verdict
        assert {each["code"] for each in answer["reasons"]} >= set(expected)
        assert [each["kind"] for each in answer["history"]] == steps
        for secret in (*SECRETS, self.chain.charlie.organisation.name):
            assert secret not in reply.text
            assert secret not in page
        return answer


def test_a_life_from_packing_to_destruction_is_answered_step_by_step(
    chain: Chain, dora: Phone
) -> None:
    alice, path = chain.alice, item_path(chain.alice, 7)
    ask = Looks(chain, dora, path).ask
    assert ask("genuine", steps=[])["findings"] == []
    groups = Span(alice.run.id, 1, 0, alice.run.quantity_at(1))
    chain.store(draft(EventKind.PACKING, plan=PlanDraft(containers=groups), at=later(hours=1)))
    ask("genuine", steps=["packing"])
    ship_to_region(chain, 2)
    ask("genuine", steps=["packing", "shipping"])
    hidden = chain.add_site(name="暗仓", region="暗仓省", latitude=32.06, longitude=118.8)
    chain.store(
        draft(
            EventKind.STORING,
            units=(alice.code(0, 1),),
            site_id=hidden.id,
            at=later(hours=3),
        )
    )
    stored = ["packing", "shipping", "storing"]
    assert ask("genuine", steps=stored)["history"][-1]["place"] is None
    find(chain, "sealed", 4, document="宁 7", notes={"zh": "待检", "en": "Waiting"})
    sealed = ask("caution", "sealed_by_authority", steps=stored)
    assert sealed["findings"] == [
        {
            "result": "sealed",
            "at": "2026-03-14T13:30:00.000000Z",
            "authority": "南京市场监管局",
            "document": "宁 7",
            "notes": {"zh": "待检", "en": "Waiting"},
        }
    ]
    text = Outline.of(dora.get(path).text).text
    assert "What authorities found" in text
    assert "南京市场监管局" in text
    assert "Waiting" in text
    find(chain, "conforms", 5)
    find(chain, "unsealed", 5.5)
    ask("genuine", steps=stored)
    shop = chain.add_site(
        kind=SiteKind.SHOP, name="解放路店", region="南京", is_public=True,
        latitude=32.06, longitude=118.8,
    )  # fmt: skip
    chain.store(
        draft(EventKind.SELLING, units=(alice.code(7),), site_id=shop.id, at=later(hours=6))
    )
    sold = ask("genuine", "sold", steps=[*stored, "selling"])["history"][-1]
    assert (sold["place"], sold["organisation"]) == ("解放路店 (南京)", alice.organisation.name)
    text = Outline.of(dora.get(path).text).text
    assert "Sold on 14 March 2026" in text
    assert "解放路店 (南京)" in text
    chain.store(draft(EventKind.DESTROYING, units=(alice.code(7),), at=later(hours=7)))
    ask("suspect", "destroyed", steps=[*stored, "selling", "destroying"])
    # Its neighbour was neither sold nor destroyed.
    other = dora.get(item_path(alice, 8)).text
    assert "Destroyed" not in other
    assert Outline.of(other).verdict == "genuine"


def test_a_shared_place_out_of_region_changes_no_page(chain: Chain, dora: Phone) -> None:
    chain.store(
        draft(
            EventKind.PACKING,
            units=(chain.alice.code(7),),
            containers=(chain.alice.code(0, 1),),
            at=later(hours=1),
        )
    )
    ship_to_region(chain, 2)
    path = item_path(chain.alice, 7)
    page = dora.look(path).text
    offer = page.split('data-to="')[1].split('"')[0]
    assert dora.post(offer, b"22.5,114.1").status == 204
    with chain.world.database.read() as tx:
        [row] = diversions.list_diversions(tx, chain.alice.scope, limit=10)
    assert row.place == "22.5,114.1"
    again = Outline.of(dora.get(path).text)
    assert again.verdict == "genuine"
    assert not any(secret in again.text for secret in SECRETS)


def test_units_without_a_life_share_the_page_of_those_nothing_happened_to(
    chain: Chain, dora: Phone
) -> None:
    before = dora.get(item_path(chain.alice, 1)).text
    chain.store(draft(EventKind.STORING, units=(chain.alice.code(7),), at=later(hours=1)))
    after = dora.get(item_path(chain.alice, 2)).text
    assert 'id="history"' not in before + after
    assert before.count("<section") == after.count("<section")
    assert 'id="history"' in dora.get(item_path(chain.alice, 7)).text


def test_the_map_is_ours_and_names_public_places_only(chain: Chain, dora: Phone) -> None:
    hidden = chain.add_site(name="暗仓", latitude=45.7, longitude=126.6)
    shop = chain.add_site(
        kind=SiteKind.SHOP, name="店", is_public=True, latitude=32.0612, longitude=118.8
    )
    unit = (chain.alice.code(7),)
    chain.store(draft(EventKind.STORING, units=unit, site_id=hidden.id, at=later(hours=1)))
    assert "<details" not in dora.get(item_path(chain.alice, 7)).text
    chain.store(draft(EventKind.SELLING, units=unit, site_id=shop.id, at=later(hours=2)))
    page = dora.get(item_path(chain.alice, 7)).text
    assert "<details>" in page
    assert 'cx="118.8" cy="-32.1"' in page
    assert "45.7" not in page
    assert "32.06" not in page
    [drawing] = [each for each in Outline.of(page).images if each.startswith("/map/")]
    address, _, view = drawing.partition("#")
    assert view.startswith("svgView(viewBox(")
    reply = dora.get(address)
    assert (reply.status, reply.headers["content-type"]) == (200, "image/svg+xml")
    assert "sandbox" in reply.headers["content-security-policy"]
    assert dora.get(address, accept_encoding="gzip").headers["content-encoding"] == "gzip"
    assert dora.get("/map/other.svg").status == 404


def test_a_groups_page_tells_what_is_inside_now(chain: Chain, dora: Phone) -> None:
    alice = chain.alice
    groups = Span(alice.run.id, 1, 0, alice.run.quantity_at(1))
    path = f"/c/{build(alice.organisation.prefix, alice.serial(0, 1))}"
    planned = Outline.of(dora.get(path).text).text
    assert "inside now" not in planned
    chain.store(draft(EventKind.PACKING, plan=PlanDraft(containers=groups), at=later(hours=1)))
    packed = Outline.of(dora.get(path).text).text
    assert "inside now" in packed
    assert "Planned, and not inside" not in packed
    chain.store(draft(EventKind.UNPACKING, units=(alice.code(3),), at=later(hours=2)))
    number = alice.serial(3)[:6]
    text = Outline.of(dora.get(path).text).text
    assert f"Planned, and not inside any more or yet: {number}" in text
    assert "23 items" in text


def test_the_fast_json_is_the_described_one(chain: Chain) -> None:
    shop = chain.add_site(kind=SiteKind.SHOP, name='店"\\', is_public=True)
    chain.store(
        draft(EventKind.SELLING, units=(chain.alice.code(7),), site_id=shop.id, at=later(hours=6))
    )
    find(chain, "sampled", 4)
    for code in (chain.alice.code(7), chain.alice.code(8), chain.charlie.code(1)):
        outcome = chain.world.read(code)
        for language in ("zh", "en"):
            words = translator(language)
            assert json.loads(write_answer_json(outcome, words)) == build_answer_json(
                outcome, words
            )
