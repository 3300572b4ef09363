"""GET /events/{id}?format=epcis: an event in the words of EPCIS 2.0 and CBV 2.0."""

from typing import Any
from uuid import uuid4

from tests.api_world import World

from trueorigin.domain.epcis import EPCS_MAX

AT = "2026-03-14T17:30:00+08:00"


def tell(world: World, kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Store an event of Alice's and return it as EPCIS."""
    event = {"id": str(uuid4()), "kind": kind, "at": AT, **fields}
    [outcome] = world.alice.post("/events", event, expect=200)["outcomes"]
    assert outcome["error"] is None
    return read(world, event["id"])


def read(world: World, event_id: str) -> dict[str, Any]:
    answer = world.alice.send("GET", f"/events/{event_id}", params={"format": "epcis"})
    assert answer.headers["Content-Type"] == "application/ld+json"
    found: dict[str, Any] = answer.json()
    return found


def span(run: int, level: int, start: int, stop: int) -> dict[str, int]:
    return {"run": run, "level": level, "from": start, "to": stop}


def test_a_shipment_says_who_what_when_and_where(world: World) -> None:
    charlie = world.charlie.get("/organisation")
    world.alice.post("/partners", {"prefix": charlie["prefix"]})
    site = world.alice.post(
        "/sites", {"kind": "warehouse", "name": "North", "gln": "6901234567892"}
    )
    world.alice.patch("/organisation", {"gs1_prefix": "6901234"})
    run = world.alice.add_run(100)
    shipped = tell(
        world,
        "shipping",
        units=[span(run["id"], 2, 0, 1)],
        site=site["id"],
        partner=charlie["id"],
        details={"carrier": "顺丰"},
    )
    assert (shipped["type"], shipped["action"]) == ("ObjectEvent", "OBSERVE")
    assert (shipped["bizStep"], shipped["disposition"]) == ("shipping", "in_transit")
    assert shipped["eventTime"] == "2026-03-14T17:30:00.000+08:00"
    assert shipped["eventTimeZoneOffset"] == "+08:00"
    assert shipped["recordTime"].endswith("Z")
    assert shipped["eventID"].startswith("urn:uuid:")
    assert shipped["@context"][0].endswith("/epcis-context.jsonld")
    [epc] = shipped["epcList"]
    assert epc.startswith("https://ex.cn/00/")
    assert len(epc.rpartition("/")[2]) == 18
    assert shipped["readPoint"] == {"id": "https://ex.cn/414/6901234567892"}
    assert "bizLocation" not in shipped
    [source], [destination] = shipped["sourceList"], shipped["destinationList"]
    assert (source["type"], destination["type"]) == ("possessing_party",) * 2
    assert destination["destination"].endswith(charlie["id"])
    assert shipped["trueorigin:units"] == [span(run["id"], 2, 0, 1)]
    assert shipped["trueorigin:details"] == {"carrier": "顺丰"}


def test_packing_and_unpacking_are_aggregations(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    case, items = span(run, 1, 0, 1), span(run, 0, 3, 5)
    unit = f"https://ex.cn/epcis/units/{run}"
    packed = tell(world, "packing", units=[items], container=case)
    assert (packed["type"], packed["action"]) == ("AggregationEvent", "ADD")
    assert (packed["parentID"], packed["childEPCs"]) == (
        f"{unit}/1/0",
        [f"{unit}/0/3", f"{unit}/0/4"],
    )
    out = tell(world, "unpacking", units=[items], container=case)
    assert (out["action"], out["childEPCs"]) == ("DELETE", [f"{unit}/0/3", f"{unit}/0/4"])
    # Without children everything came out.
    emptied = tell(world, "unpacking", container=case)
    assert (emptied["type"], emptied["action"], emptied["childEPCs"]) == (
        "AggregationEvent",
        "DELETE",
        [],
    )
    planned = tell(world, "packing", plan=case)
    assert (planned["action"], len(planned["childEPCs"])) == ("ADD", 24)
    many = tell(world, "packing", plan=span(run, 1, 0, 5))
    assert (many["type"], many["action"], len(many["epcList"])) == ("ObjectEvent", "OBSERVE", 5)
    assert many["trueorigin:plan"] == {"first": 0, "stop": 100, "size": 24, "rejects": []}


def test_kinds_have_the_words_of_cbv(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    said = {
        kind: tell(world, kind, units=[span(run, 0, 0, 1)])
        for kind in ("commissioning", "storing", "selling", "returning", "destroying", "inspecting")
    }
    assert {
        kind: (each["action"], each["bizStep"], each["disposition"]) for kind, each in said.items()
    } == {
        "commissioning": ("ADD", "commissioning", "active"),
        "storing": ("OBSERVE", "storing", "in_progress"),
        "selling": ("OBSERVE", "retail_selling", "retail_sold"),
        "returning": ("OBSERVE", "receiving", "returned"),
        "destroying": ("DELETE", "destroying", "destroyed"),
        "inspecting": ("OBSERVE", "inspecting", "in_progress"),
    }
    [item] = world.alice.list_rows({"id": run}, to=1)
    found = world.rita.post("/inspections", {"code": item["code"], "result": "conforms"})
    assert read(world, found["event_id"])["disposition"] == "conformant"


def test_many_units_are_named_by_class_and_quantity(world: World) -> None:
    product = world.alice.add_product()
    run = world.alice.add_run_of(world.alice.add_batch(product, lot="A/1"), 5000)["id"]
    few = tell(world, "shipping", units=[span(run, 0, 0, EPCS_MAX)])
    assert len(few["epcList"]) == EPCS_MAX
    many = tell(world, "shipping", units=[span(run, 0, 0, EPCS_MAX + 1)])
    assert many["epcList"] == []
    assert many["quantityList"] == [
        {"epcClass": "https://ex.cn/01/06901234567892/10/A%2F1", "quantity": EPCS_MAX + 1}
    ]
    cases = tell(world, "shipping", units=[span(run, 0, 0, 2000), span(run, 1, 0, 3)])
    assert {
        each["epcClass"].rpartition("/")[2]: each["quantity"] for each in cases["quantityList"]
    } == {
        "A%2F1": 2000,
        "1": 3,
    }


def test_no_serial_leaves_by_this_way(world: World) -> None:
    run = world.alice.add_run(100)
    [item] = world.alice.list_rows(run, to=1)
    [case] = world.alice.list_rows(run, level=1, to=1)
    packed = tell(world, "packing", units=[item["code"]], container=case["code"])
    for row in (item, case):
        assert row["serial"] not in str(packed)


def test_an_event_in_error_says_so(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    tell(world, "shipping", units=[span(run, 0, 0, 1)])
    [event] = world.alice.get("/events")["items"]
    body = {"reason": "Wrong pallet", "declared_at": "2026-03-15T08:00:00+08:00"}
    world.alice.post(f"/events/{event['id']}/declaration", body)
    assert read(world, event["id"])["errorDeclaration"] == {
        "declarationTime": "2026-03-15T00:00:00.000Z",
        "reason": "incorrect_data",
        "trueorigin:reason": "Wrong pallet",
    }
