"""GET /units/{code}: the whole life of a unit, what is inside it, and where that is now."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from tests.api_world import Person, World

from trueorigin.api import positions, units as surface
from trueorigin.services import dossiers, tracing


def at(hour: int) -> str:
    return f"2026-01-02T{hour:02}:00:00+08:00"


def tell(kind: str, hour: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"id": str(uuid4()), "kind": kind, "at": at(hour), **fields}


def store(person: Person, *events: dict[str, Any]) -> None:
    answer = person.post("/events?outcomes=all", {"events": list(events)}, expect=200)
    assert [each["error"] for each in answer["outcomes"]] == [None] * len(events)


class Goods:
    """A run of Alice's: 100 items, cases of 24, packed as planned, the first case shipped."""

    def __init__(self, world: World) -> None:
        self.run = world.alice.add_run(100)
        self.items = world.alice.list_rows(self.run)
        self.cases = world.alice.list_rows(self.run, level=1)
        self.site = world.alice.post("/sites", {"kind": "warehouse", "name": "北仓"})
        self.packed = tell("packing", 9, plan=self.span(1, 0, 5))
        self.shipped = tell("shipping", 10, units=[self.span(1, 0, 1)], site=self.site["id"])
        store(world.alice, self.packed, self.shipped)

    def span(self, level: int, start: int, stop: int) -> dict[str, int]:
        return {"run": self.run["id"], "level": level, "from": start, "to": stop}


@pytest.fixture
def goods(world: World) -> Goods:
    return Goods(world)


def look(person: Person, code: str, what: str = "history", expect: int = 200) -> Any:  # noqa: ANN401 - JSON
    return person.get(f"/units/{quote(code, safe='')}/{what}", expect=expect)


def test_a_life_tells_goods_origin_packing_and_movements(world: World, goods: Goods) -> None:
    batch = world.alice.get(f"/batches/{goods.run['batch_id']}")
    world.alice.patch(
        f"/batches/{batch['id']}",
        {
            "version": 1,
            "origin": {"line": "3", "materials": [{"name": "高粱", "supplier": "田", "lot": "M7"}]},
        },
    )
    world.alice.post(f"/runs/{goods.run['id']}/releases", {})
    life = look(world.alice, goods.items[7]["code"])
    assert life["unit"] == {
        "run": goods.run["id"],
        "level": 0,
        "index": 7,
        "number": goods.items[7]["number"],
        "organisation": life["unit"]["organisation"],
    }
    assert life["unit"]["organisation"]["name"] == "Alice's Distillery"
    assert life["product"]["name"] == {"zh": "酒", "en": "Spirit"}
    assert life["batch"]["lot"] == "L1"
    assert life["batch"]["origin"]["materials"] == [{"name": "高粱", "supplier": "田", "lot": "M7"}]
    assert (life["run"]["id"], life["run"]["packing"]) == (goods.run["id"], [24, 2])
    assert life["state"]["stage"] == "released"
    assert [each["kind"] for each in life["stages"]] == ["release"]
    case = {"run": goods.run["id"], "level": 1, "index": 0, "number": goods.cases[0]["number"]}
    assert [(each["event"]["id"], each["part"], each["path"]) for each in life["events"]] == [
        (goods.packed["id"], "packed", []),
        (goods.shipped["id"], "subject", [case]),
    ]
    assert life["events"][1]["event"]["site"]["name"] == "北仓"
    assert life["places"] == [{"path": [case], "since": "2026-01-02T01:00:00Z", "until": None}]
    assert life["is_cut"] is False
    assert life["readings"] == {
        "devices": 0,
        "first_at": None,
        "first_place": None,
        "items": [],
        "has_more": False,
    }


def test_every_way_to_name_a_unit_leads_to_it(world: World, goods: Goods) -> None:
    row = goods.items[7]
    for code in (row["code"], row["code"].replace("-", "").lower(), row["url"], row["serial"]):
        assert look(world.alice, code)["unit"]["index"] == 7
    # Some servers on the way decode what was encoded.
    assert world.alice.get(f"/units/{row['url']}/history")["unit"]["index"] == 7


@pytest.mark.parametrize("what", ["history", "contents", "positions"])
def test_what_is_no_code_or_nobodys_is_refused(world: World, goods: Goods, what: str) -> None:
    for code, status, name in (
        ("ZZZ", 422, "code_malformed"),
        ("https://other.cn/01/06901234567892/21/0123456789ABCDEF", 422, "foreign_url"),
        ("0123456789ABCDEF", 404, "unit_not_found"),
    ):
        error = look(world.alice, code, what, expect=status)["error"]
        assert error["code"] == name
    error = look(world.charlie, goods.cases[0]["code"], what, expect=404)["error"]
    assert error["code"] == "unit_not_found"


def test_what_cannot_be_is_said_in_words(world: World, goods: Goods) -> None:
    store(world.alice, tell("destroying", 11, units=[goods.items[7]["code"]]))
    store(world.alice, tell("selling", 12, units=[goods.items[7]["code"]]))
    events = look(world.alice, goods.items[7]["code"])["events"]
    said = {each["code"]: each["text"] for each in events[-1]["anomalies"]}
    assert set(said) == {"after_destruction", "before_release", "clock_behind"}
    assert all(said.values())


def test_an_event_in_error_stays_in_the_life(world: World, goods: Goods) -> None:
    world.alice.post(f"/events/{goods.shipped['id']}/declaration", {"reason": "Wrong pallet"})
    events = look(world.alice, goods.items[7]["code"])["events"]
    assert events[1]["event"]["declaration"]["reason"] == "Wrong pallet"


def test_readings_are_for_the_owner_and_for_authorities(world: World, goods: Goods) -> None:
    code = goods.items[7]["code"]
    world.dora.post("/verifications", {"code": code}, expect=200)
    for person in (world.alice, world.rita):
        readings = look(person, code)["readings"]
        assert readings["devices"] == 1
        assert [(each["channel"], each["counted"]) for each in readings["items"]] == [("api", True)]
    # Sam's key is a seller's: the ledger is none of its business.
    assert look(world.sam, code)["readings"] is None


def test_of_many_readings_the_newest_are_shown(
    world: World, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "READINGS_MAX", 2)
    code = goods.items[7]["code"]
    for _ in range(3):
        world.client.forget_cookies()
        world.dora.post("/verifications", {"code": code}, expect=200)
    readings = look(world.alice, code)["readings"]
    assert (len(readings["items"]), readings["has_more"]) == (2, True)
    assert readings["items"][0]["at"] > readings["items"][1]["at"]


def test_a_partner_sees_what_it_did_and_nothing_else(world: World, goods: Goods) -> None:
    charlie = world.charlie.get("/organisation")
    code = goods.items[7]["code"]
    world.alice.post("/partners", {"prefix": charlie["prefix"]})
    # Whoever holds a code of goods it may handle is told which goods these are.
    assert look(world.charlie, code)["events"] == []
    received = tell("receiving", 12, units=[goods.cases[0]["code"]])
    store(world.charlie, received)
    life = look(world.charlie, code)
    assert [each["event"]["id"] for each in life["events"]] == [received["id"]]
    assert life["readings"] is None
    assert len(look(world.alice, code)["events"]) == 3


def test_each_look_of_an_authority_is_on_record_with_both(world: World, goods: Goods) -> None:
    code = goods.items[7]["code"]
    before = len(world.list_audit(world.alice))
    assert len(look(world.rita, code)["events"]) == 2
    *_, hers = world.list_audit(world.rita)
    alices = world.list_audit(world.alice)
    assert len(alices) == before + 1
    assert [each.action for each in (hers, alices[-1])] == ["unit.look"] * 2
    assert hers.detail["owner"] == "Alice's Distillery"
    assert alices[-1].detail["authority"] == "Market Supervision"
    assert alices[-1].detail["number"] == goods.items[7]["number"]
    line = world.alice.get("/audit", params={"action": "unit.look"})["items"][0]
    assert (line["actor"]["kind"], line["actor"]["name"]) == ("organisation", "Market Supervision")
    assert line["subject_name"] == goods.items[7]["number"]
    # An owner's own look is nobody's business, nor is one at what was never issued.
    look(world.alice, code)
    look(world.rita, "/c/NONE0123456789ABCDEF", expect=404)
    assert len(world.list_audit(world.alice)) == before + 1


def test_an_authority_sees_goods_of_which_nothing_was_ever_told(world: World) -> None:
    [row] = world.alice.list_rows(world.alice.add_run(100), to=1)
    assert look(world.rita, row["code"])["events"] == []


def test_contents_are_compared_with_plan_and_label(world: World, goods: Goods) -> None:
    case = goods.cases[1]
    found = look(world.alice, case["url"], "contents")
    span = goods.span(0, 24, 48)
    numbers = [each["number"] for each in goods.items[24:48]]
    assert found["planned"] == {"count": 24, "units": [span], "numbers": numbers}
    assert found["now"] == found["planned"]
    assert (found["missing"], found["extra"]) == ([], [])
    assert found["claim"] == {
        "count": 24,
        "numbers": numbers,
        "agrees": True,
        "missing": [],
        "extra": [],
    }
    store(
        world.alice,
        tell("unpacking", 11, units=[goods.items[30]["code"]]),
        tell("packing", 12, units=[goods.items[99]["code"]], container=case["code"]),
    )
    changed = look(world.alice, case["url"], "contents")
    assert changed["now"]["count"] == 24
    assert changed["missing"] == [goods.span(0, 30, 31)]
    assert changed["extra"] == [goods.span(0, 99, 100)]
    assert changed["claim"]["agrees"] is False
    assert changed["claim"]["missing"] == [goods.items[99]["number"]]
    assert changed["claim"]["extra"] == [goods.items[30]["number"]]


def test_an_edited_label_shows_and_changes_nothing(world: World, goods: Goods) -> None:
    url = goods.cases[1]["url"]
    address, _, claim = url.partition("n=")
    numbers = [claim[place : place + 6] for place in range(0, len(claim), 6)]
    forged = "".join([goods.items[0]["number"], numbers[1], numbers[1], *numbers[3:]])
    found = look(world.alice, f"{address}n={forged}", "contents")
    assert found["claim"]["agrees"] is False
    assert found["claim"]["missing"] == [numbers[0], numbers[2]]
    assert found["claim"]["extra"] == [goods.items[0]["number"], numbers[1]]
    assert (found["missing"], found["extra"], found["now"]["count"]) == ([], [], 24)
    counted = look(world.alice, f"{address}n={numbers[0]}*24", "contents")["claim"]
    assert (counted["agrees"], counted["count"], counted["numbers"]) == (True, 24, [])
    for wrong in (f"{numbers[0]}*23", f"{numbers[1]}*24"):
        assert look(world.alice, f"{address}n={wrong}", "contents")["claim"]["agrees"] is False
    for unread in ("", "n=AB", f"n={numbers[0]}*0"):
        assert look(world.alice, f"{address}{unread}", "contents")["claim"] is None


def test_before_anything_was_packed_there_is_only_the_plan(world: World) -> None:
    run = world.alice.add_run(100)
    [*_, last] = world.alice.list_rows(run, level=1)
    found = look(world.alice, last["code"], "contents")
    # The last case is short.
    assert found["planned"]["count"] == 4
    assert (found["now"], found["missing"], found["extra"]) == (None, [], [])
    items = world.alice.list_rows(run, to=1)
    assert look(world.alice, items[0]["code"], "contents", expect=404)["error"]["code"] == (
        "unit_no_group"
    )


def test_an_emptied_case_holds_nothing(world: World, goods: Goods) -> None:
    store(world.alice, tell("unpacking", 13, container=goods.cases[2]["code"]))
    found = look(world.alice, goods.cases[2]["url"], "contents")
    assert found["now"] == {"count": 0, "units": [], "numbers": []}
    assert found["missing"] == [goods.span(0, 48, 72)]
    assert found["claim"]["agrees"] is False


def test_partners_may_open_a_case_and_not_follow_all_goods(world: World, goods: Goods) -> None:
    charlie = world.charlie.get("/organisation")
    world.alice.post("/partners", {"prefix": charlie["prefix"]})
    code = goods.cases[0]["code"]
    assert look(world.charlie, code, "contents")["now"]["count"] == 24
    refused = look(world.charlie, code, "positions", expect=403)["error"]
    assert refused["code"] == "positions_refused"
    assert look(world.rita, code, "positions")["count"] == 24


def test_where_all_items_are_now(world: World, goods: Goods) -> None:
    sold = tell("selling", 12, units=[goods.items[3]["code"]], site=goods.site["id"])
    store(world.alice, sold)
    run = goods.run["id"]
    found = world.alice.get(f"/runs/{run}/positions")
    assert (found["count"], found["others"]) == (100, 0)
    shown = [
        (each["kind"], each["count"], each["ranges"], each["holder"] and each["holder"]["name"])
        for each in found["positions"]
    ]
    alice = "Alice's Distillery"
    assert shown == [
        (None, 76, [goods.span(0, 24, 100)], None),
        ("shipping", 23, [goods.span(0, 0, 3), goods.span(0, 4, 24)], alice),
        ("selling", 1, [goods.span(0, 3, 4)], None),
    ]
    assert found["positions"][1]["site"]["name"] == "北仓"
    batch = world.alice.get(f"/batches/{goods.run['batch_id']}/positions")
    assert batch["positions"] == found["positions"]
    cases = world.alice.get(f"/runs/{run}/positions?level=1")
    assert [(each["kind"], each["count"]) for each in cases["positions"]] == [
        (None, 4),
        ("shipping", 1),
    ]
    group = look(world.alice, goods.cases[0]["code"], "positions")
    assert group["count"] == 24
    for path in (f"/runs/{run}/positions", f"/batches/{goods.run['batch_id']}/positions"):
        assert world.charlie.get(path, expect=404)["error"]["code"].endswith("_not_found")


def test_an_answer_lists_a_bounded_number_of_places(
    world: World, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(positions, "GROUPS_MAX", 1)
    monkeypatch.setattr(positions, "RANGES_MAX", 1)
    store(world.alice, tell("selling", 12, units=[goods.span(0, 30, 31)]))
    found = world.alice.get(f"/runs/{goods.run['id']}/positions")
    assert (found["count"], found["others"]) == (100, 25)
    [most] = found["positions"]
    assert (most["count"], most["ranges"], most["has_more"]) == (75, [goods.span(0, 24, 30)], True)
    monkeypatch.setattr(surface, "SPANS_MAX", 1)
    store(world.alice, tell("unpacking", 13, units=[goods.items[50]["code"]]))
    inside = look(world.alice, goods.cases[2]["code"], "contents")["now"]
    assert (inside["count"], inside["units"]) == (23, [goods.span(0, 48, 50)])


def test_where_goods_of_others_are_on_a_mixed_pallet_is_not_told(world: World) -> None:
    alice, charlie = world.alice.get("/organisation"), world.charlie.get("/organisation")
    world.charlie.post("/partners", {"prefix": alice["prefix"]})
    ours, theirs = world.alice.add_run(100), world.charlie.add_run(100)
    [pallet] = world.alice.list_rows(ours, level=2, to=1)
    [item] = world.charlie.list_rows(theirs, to=1)
    mine = {"run": ours["id"], "level": 1, "from": 0, "to": 2}
    store(world.alice, tell("packing", 9, units=[item["code"], mine], container=pallet["code"]))
    found = look(world.alice, pallet["code"], "positions")
    assert [each["run"] for group in found["positions"] for each in group["ranges"]] == [ours["id"]]
    assert charlie["id"] not in str(found)


def test_where_a_lot_of_a_raw_material_is_now(world: World) -> None:
    material = {"name": "高粱", "supplier": "田", "lot": "M7"}
    product = world.alice.add_product()
    batches = [
        world.alice.add_batch(product, lot=lot, origin={"materials": held})
        for lot, held in (("A", [material]), ("B", [material]), ("C", []))
    ]
    runs = [world.alice.add_run_of(batch)["id"] for batch in batches]
    units = {"run": runs[1], "level": 0, "from": 0, "to": 30}
    store(world.alice, tell("selling", 9, units=[units]))
    path = "/material-lots/positions"
    found = world.alice.get(path, params={"lot": " M7 ", "material": "高粱", "supplier": "田"})
    assert [each["lot"] for each in found["batches"]] == ["A", "B"]
    assert (found["is_cut"], found["now"]["count"]) == (False, 200)
    assert [(each["kind"], each["count"]) for each in found["now"]["positions"]] == [
        (None, 170),
        ("selling", 30),
    ]
    assert world.alice.get(path, params={"material": "高粱"})["now"]["count"] == 200
    nothing = world.alice.get(path, params={"lot": "M8"})
    assert (nothing["batches"], nothing["now"]["positions"]) == ([], [])
    assert world.charlie.get(path, params={"lot": "M7"})["batches"] == []
    for wrong in ({}, {"supplier": "田"}):
        error = world.alice.get(path, params=wrong, expect=422)["error"]
        assert (error["code"], error["field"]) == ("material_missing", "lot")


def test_more_batches_than_are_looked_through_are_said_to_be_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "BATCHES_MAX", 1)
    product = world.alice.add_product()
    for lot in ("A", "B"):
        world.alice.add_batch(product, lot=lot, origin={"materials": [{"name": "水"}]})
    found = world.alice.get("/material-lots/positions", params={"material": "水"})
    assert ([each["lot"] for each in found["batches"]], found["is_cut"]) == (["A"], True)
