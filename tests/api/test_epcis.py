"""GET /events/{id}?format=epcis: an event in the words of EPCIS 2.0 and CBV 2.0."""

from typing import Any
from uuid import uuid4

import pytest
from tests.api_world import Person, World
from tests.epcis_clauses import assert_document, assert_event

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
    assert_event(found)
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


def post(person: Person, body: object) -> list[dict[str, Any]]:
    answer = person.post("/events", body, expect=200, params={"outcomes": "all"})
    outcomes: list[dict[str, Any]] = answer["outcomes"]
    return outcomes


def test_a_life_is_one_document(world: World) -> None:
    run = world.alice.add_run(100)
    [item, *_] = world.alice.list_rows(run, to=1)
    tell(world, "packing", plan=span(run["id"], 1, 0, 5))
    case, unit = span(run["id"], 1, 0, 1), span(run["id"], 0, 0, 1)
    tell(world, "shipping", units=[case], at="2026-03-14T18:00:00+08:00", details={"dock": 4})
    tell(world, "inspecting", units=[unit], at="2026-03-14T19:00:00+08:00")
    answer = world.alice.send("GET", f"/units/{item['code']}/history", params={"format": "epcis"})
    assert answer.headers["Content-Type"] == "application/ld+json"
    document = answer.json()
    assert_document(document)
    events = document["epcisBody"]["eventList"]
    assert [each["bizStep"] for each in events] == ["packing", "shipping", "inspecting"]
    # Strangers are told as little in this form as in the other.
    stranger = world.charlie.send(
        "GET", f"/units/{item['code']}/history", params={"format": "epcis"}
    )
    assert stranger.status_code == 404


def test_what_we_write_we_read_again_as_the_same_event(world: World) -> None:
    charlie = world.charlie.get("/organisation")
    world.alice.post("/partners", {"prefix": charlie["prefix"]})
    site = world.alice.post("/sites", {"kind": "warehouse", "name": "North"})
    run = world.alice.add_run(4000)["id"]
    case, items = span(run, 1, 0, 1), span(run, 0, 3, 5)
    told = [
        tell(world, "commissioning", units=[span(run, 0, 0, 2000), span(run, 1, 0, 40)]),
        tell(
            world, "packing", plan=span(run, 1, 0, 5) | {"first": 0, "stop": 122, "rejects": [3, 9]}
        ),
        tell(world, "packing", plan=span(run, 1, 7, 8)),
        tell(world, "packing", units=[items], container=case),
        tell(world, "unpacking", units=[items], container=case),
        tell(world, "unpacking", units=[items]),
        tell(world, "unpacking", container=case),
        tell(world, "unpacking", container=[case, span(run, 1, 2, 4)]),
        tell(world, "shipping", units=[case], site=site["id"], partner=charlie["id"]),
        tell(world, "receiving", units=[case], site=site["id"], details={"dock": 4}),
        tell(world, "returning", units=[case], partner=charlie["id"]),
        tell(world, "storing", units=[case]),
        tell(world, "selling", units=[items]),
        tell(world, "destroying", units=[items]),
        tell(world, "inspecting", units=[items]),
    ]
    again = post(world.alice, {"type": "EPCISDocument", "epcisBody": {"eventList": told}})
    assert [each["outcome"] for each in again] == ["repeated"] * len(told)
    # One by one as well, and nothing was added.
    assert post(world.alice, told[3])[0]["outcome"] == "repeated"
    assert len(world.alice.get("/events")["items"]) == len(told)


FOREIGN = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
    "type": "ObjectEvent",
    "eventID": "ni:///sha-256;9fa42e8bf64e1cfe152d582a248646ce?ver=CBV2.0",
    "action": "OBSERVE",
    "bizStep": "urn:epcglobal:cbv:bizstep:departing",
    "disposition": "in_transit",
    "eventTime": "2026-04-03T20:33:31.116Z",
    "eventTimeZoneOffset": "+08:00",
    "readPoint": {"id": "urn:epc:id:sgln:6901234.56789.1234"},
    "bizTransactionList": [{"type": "po", "bizTransaction": "http://acme.example/po/1"}],
}


def test_events_of_other_producers_are_read(world: World) -> None:
    product = world.alice.add_product()
    run = world.alice.add_run_of(world.alice.add_batch(product), 100)
    site = world.alice.post("/sites", {"kind": "warehouse", "name": "N", "gln": "6901234567892"})
    serials = [row["serial"] for row in world.alice.list_rows(run, to=3)]
    epcs = [
        f"urn:epc:id:sgtin:6901234.056789.{serials[0]}",
        f"https://id.gs1.org/01/06901234567892/21/{serials[1]}",
        f"https://brand.example/de/01/06901234567892/21/{serials[2]}?linkType=gs1:pip",
    ]
    [first] = post(world.alice, FOREIGN | {"epcList": epcs})
    assert (first["outcome"], first["error"]) == ("stored", None)
    event = world.alice.get(f"/events/{first['id']}")
    assert (event["kind"], event["at"], event["offset_minutes"]) == (
        "shipping",
        "2026-04-03T20:33:31.116000Z",
        480,
    )
    assert event["site"]["id"] == site["id"]
    assert event["units"] == [span(run["id"], 0, 0, 3)]
    kept = event["details"]["epcis"]
    assert kept["bizStep"] == FOREIGN["bizStep"]
    assert kept["bizTransactionList"] == FOREIGN["bizTransactionList"]
    # Sent again it is the same event, whose id was no UUID.
    assert post(world.alice, FOREIGN | {"epcList": epcs})[0]["outcome"] == "repeated"
    # Without an id it is known by what it says.
    nameless = {name: FOREIGN[name] for name in FOREIGN if name != "eventID"} | {"epcList": epcs}
    assert [post(world.alice, nameless)[0]["outcome"] for _ in range(2)] == ["stored", "repeated"]
    # An error declaration is told with the event, which is stored once all the same.
    declared = {"declarationTime": "2026-04-04T00:00:00Z", "reason": "did_not_occur"}
    wrong = FOREIGN | {"epcList": epcs, "errorDeclaration": declared}
    assert post(world.alice, wrong)[0]["outcome"] == "repeated"
    told = world.alice.get(f"/events/{first['id']}")["declaration"]
    assert (told["declared_at"], told["reason"]) == ("2026-04-04T00:00:00Z", "did_not_occur")


def test_a_pallet_with_an_sscc_is_packed_by_its_epc(world: World) -> None:
    world.alice.patch("/organisation", {"gs1_prefix": "6901234"})
    run = world.alice.add_run(100)
    tell(world, "shipping", units=[span(run["id"], 2, 0, 1)])
    [event] = world.alice.get("/events")["items"]
    [link] = read(world, event["id"])["epcList"]
    sscc = link.rpartition("/")[2]
    packing = {
        "type": "AggregationEvent",
        "eventTime": "2026-04-03T20:33:31Z",
        "eventTimeZoneOffset": "+00:00",
        "action": "ADD",
        "bizStep": "loading",
        "parentID": f"urn:epc:id:sscc:6901234.{sscc[0]}{sscc[8:17]}",
        "childEPCs": [f"https://ex.cn/epcis/units/{run['id']}/1/0"],
    }
    [outcome] = post(world.alice, packing)
    assert outcome["error"] is None
    packed = world.alice.get(f"/events/{outcome['id']}")
    assert (packed["kind"], packed["container"]["level"]) == ("packing", 2)
    # What is observed of a parent is said of what is inside as well.
    seen = packing | {"action": "OBSERVE", "bizStep": "receiving"}
    [outcome] = post(world.alice, seen)
    received = world.alice.get(f"/events/{outcome['id']}")
    assert (received["kind"], received["units"]) == ("receiving", [span(run["id"], 2, 0, 1)])


@pytest.mark.parametrize(
    ("spoil", "code", "field"),
    [
        ({"type": "TransformationEvent"}, "epcis_type_unsupported", "type"),
        ({"action": "ERASE"}, "event_field_malformed", "action"),
        ({"action": ["ADD"]}, "event_field_malformed", "action"),
        ({"action": {"ADD": 1}}, "event_field_malformed", "action"),
        ({"type": ["ObjectEvent"]}, "epcis_type_unsupported", "type"),
        ({"bizStep": "repairing", "disposition": None}, "epcis_step_unsupported", "bizStep"),
        ({"eventTime": None}, "event_field_malformed", "eventTime"),
        ({"eventTime": "yesterday"}, "event_field_malformed", "eventTime"),
        ({"eventTime": "2026-04-03T20:33:31"}, "event_time_zone_missing", "eventTime"),
        ({"eventTimeZoneOffset": "CST"}, "event_field_malformed", "eventTimeZoneOffset"),
        ({"eventID": 7}, "event_field_malformed", "eventID"),
        ({"epcList": "all"}, "event_field_malformed", "epcList"),
        ({"epcList": []}, "event_units_missing", "epcList"),
        ({"epcList": ["urn:epc:id:giai:1.2"]}, "epcis_identifier_unsupported", "epcList.0"),
        ({"epcList": ["urn:epc:id:sgtin:1.2.3"]}, "epcis_identifier_unsupported", "epcList.0"),
        ({"epcList": ["https://id.gs1.org/01/06901234567892/21/X"]}, "unit_not_found", "units.0"),
        ({"epcList": ["https://x.cn/01/06901234567893/21/X"]}, "gtin_check_digit", "epcList.0"),
        (
            {"epcList": [], "quantityList": [{"epcClass": "urn:x:1", "quantity": 2}]},
            "epcis_units_by_class",
            "quantityList",
        ),
        ({"errorDeclaration": {}}, "event_field_malformed", "errorDeclaration.declarationTime"),
        *(
            (
                {"errorDeclaration": {"declarationTime": at}},
                "event_time_out_of_range",
                "errorDeclaration.declarationTime",
            )
            for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
        ),
        ({"trueorigin:units": "all"}, "event_field_malformed", "trueorigin:units"),
        ({"trueorigin:plan": {}}, "event_field_malformed", "trueorigin:plan"),
    ],
)
def test_what_says_nothing_is_refused_with_its_member(
    sqlite_world: World, spoil: dict[str, Any], code: str, field: str
) -> None:
    run = sqlite_world.alice.add_run(100)["id"]
    right = FOREIGN | {"epcList": [f"https://ex.cn/epcis/units/{run}/0/1"]}
    assert post(sqlite_world.alice, right)[0]["error"] is None
    [outcome] = post(sqlite_world.alice, right | spoil)
    assert outcome["outcome"] == "refused"
    assert (outcome["error"]["code"], outcome["error"]["field"]) == (code, field)


def test_another_organisation_takes_nobodys_event_id(world: World) -> None:
    """An id that is no UUID belongs to whoever sends it: it cannot be taken beforehand."""
    runs = [person.add_run(100)["id"] for person in (world.alice, world.charlie)]
    outcomes = [
        post(person, FOREIGN | {"epcList": [f"https://ex.cn/epcis/units/{run}/0/1"]})[0]
        for person, run in zip((world.charlie, world.alice), reversed(runs), strict=True)
    ]
    assert [each["outcome"] for each in outcomes] == ["stored", "stored"]
    assert outcomes[0]["id"] != outcomes[1]["id"]
