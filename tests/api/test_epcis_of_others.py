# SPDX-License-Identifier: Apache-2.0
"""POST /events with EPCIS as other producers write it: what is recorded is what was meant."""

from typing import Any
from uuid import uuid4

import pytest
from tests.api_world import Person, World

OBSERVED = {
    "type": "ObjectEvent",
    "eventTime": "2026-04-03T20:33:31Z",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "bizStep": "storing",
}


def post(person: Person, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Send one event and return its row of the answer."""
    document = OBSERVED | {"eventID": f"urn:uuid:{uuid4()}"} | members
    answer = person.post("/events", document, expect=200, params={"outcomes": "all"})
    [outcome] = answer["outcomes"]
    found: dict[str, Any] = outcome
    return found


def record(person: Person, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Send one event that is stored, and return it as it is on record."""
    outcome = post(person, **members)
    assert (outcome["outcome"], outcome["error"]) == ("stored", None)
    found: dict[str, Any] = person.get(f"/events/{outcome['id']}")
    return found


def span(run: int, level: int, at: int) -> dict[str, int]:
    return {"run": run, "level": level, "from": at, "to": at + 1}


def test_what_ends_a_transaction_destroys_no_goods(sqlite_world: World) -> None:
    """The action of a transaction is about the order or invoice, not about what was ordered."""
    alice = sqlite_world.alice
    epcs = [f"https://ex.cn/epcis/units/{alice.add_run(100)['id']}/0/1"]
    for action in ("ADD", "DELETE", "OBSERVE"):
        outcome = post(alice, type="TransactionEvent", action=action, bizStep=None, epcList=epcs)
        assert outcome["error"]["code"] == "epcis_step_unsupported"
    told = record(alice, type="TransactionEvent", action="DELETE", epcList=epcs)
    assert told["kind"] == "storing"
    # Of objects it does say what became of them.
    assert record(alice, action="DELETE", bizStep=None, epcList=epcs)["kind"] == "destroying"


def test_the_parent_of_a_transaction_is_among_its_units(sqlite_world: World) -> None:
    alice = sqlite_world.alice
    run = alice.add_run(100)["id"]
    case, item = (f"https://ex.cn/epcis/units/{run}/{level}/1" for level in (1, 0))
    shipped = {"type": "TransactionEvent", "action": "ADD", "bizStep": "shipping"}
    assert record(alice, **shipped, parentID=case)["units"] == [span(run, 1, 1)]
    both = record(alice, **shipped, parentID=case, epcList=[item])
    # In order of level, as always.
    assert both["units"] == [span(run, 0, 1), span(run, 1, 1)]


def test_a_shipment_called_off_is_no_shipment(sqlite_world: World) -> None:
    epcs = [f"https://ex.cn/epcis/units/{sqlite_world.alice.add_run(100)['id']}/0/1"]
    void = {"bizStep": "void_shipping", "disposition": "in_transit"}
    outcome = post(sqlite_world.alice, **void, epcList=epcs)
    assert outcome["error"]["code"] == "epcis_step_unsupported"


def test_printed_addresses_of_groups_are_read(sqlite_world: World) -> None:
    alice = sqlite_world.alice
    plain = alice.add_run(100)
    alice.patch("/organisation", {"gs1_prefix": "6901234"})
    numbered = alice.add_run(100)
    items = alice.list_rows(numbered, to=2)
    for run, form in ((plain, "/C/"), (numbered, "/00/")):
        [case] = alice.list_rows(run, level=1, to=1)
        assert form in case["url"]
        assert record(alice, epcList=[case["url"]])["units"] == [span(run["id"], 1, 0)]
        packing = {"type": "AggregationEvent", "action": "ADD", "bizStep": "packing"}
        children = [each["url"].replace("https", "HTTPS") for each in items]
        packed = record(alice, **packing, parentID=case["url"], childEPCs=children)
        assert (packed["container"]["run"], packed["container"]["level"]) == (run["id"], 1)
        assert packed["units"] == [span(numbered["id"], 0, 0) | {"to": 2}]
    outcome = post(alice, epcList=["https://brand.example/C/ABCD"])
    assert outcome["error"]["code"] == "epcis_identifier_unsupported"


def test_a_shipment_leaves_where_it_was_read_and_all_else_stays_where_it_is(
    sqlite_world: World,
) -> None:
    alice = sqlite_world.alice
    dock, shelf = (
        alice.post("/sites", {"kind": "warehouse", "name": gln, "gln": gln})["id"]
        for gln in ("6901234567892", "6901234500004")
    )
    places = {
        "readPoint": {"id": "urn:epc:id:sgln:6901234.56789.7"},
        "bizLocation": {"id": "https://id.gs1.org/414/6901234500004"},
        "epcList": [f"https://ex.cn/epcis/units/{alice.add_run(100)['id']}/0/1"],
    }
    assert record(alice, bizStep="shipping", **places)["site"]["id"] == dock
    assert record(alice, bizStep="receiving", **places)["site"]["id"] == shelf


def test_what_is_not_understood_is_kept(sqlite_world: World) -> None:
    alice = sqlite_world.alice
    kept = {
        "quantityList": [{"epcClass": "https://id.gs1.org/01/06901234567892", "quantity": 9}],
        "ilmd": {"cbvmda:lotNumber": "L1"},
    }
    epcs = [f"https://ex.cn/epcis/units/{alice.add_run(100)['id']}/0/1"]
    assert record(alice, epcList=epcs, **kept)["details"]["epcis"] == kept
    # What has no room is left out, and is no reason to refuse what happened.
    deep = {"ilmd": {"a": {"b": {"c": 1}}}, "quantityList": kept["quantityList"]}
    told = record(alice, epcList=epcs, **deep)
    assert told["details"]["epcis"] == {"quantityList": kept["quantityList"]}


@pytest.mark.parametrize("start", ["urn:uuid:", "URN:UUID:", "Urn:Uuid:", ""])
def test_an_id_is_the_same_however_its_urn_is_written(sqlite_world: World, start: str) -> None:
    epcs = [f"https://ex.cn/epcis/units/{sqlite_world.alice.add_run(100)['id']}/0/1"]
    event_id = str(uuid4())
    told = {"epcList": epcs, "eventID": start + event_id}
    assert post(sqlite_world.alice, **told)["id"] == event_id


def test_counts_and_years_are_told_as_people_write_them(sqlite_world: World) -> None:
    alice = sqlite_world.alice
    epcs = [f"https://ex.cn/epcis/units/{alice.add_run(100)['id']}/0/1"]
    loose = post(alice, epcList=epcs, bizStep="packing")["error"]
    assert loose["message"] == "This kind of event names one container."
    early = post(alice, epcList=epcs, eventTime="1969-01-01T00:00:00Z")["error"]
    assert early["message"] == "Events are recorded of the years 2000 to 2099."


def test_epcis_may_call_itself_linked_data(sqlite_world: World) -> None:
    alice = sqlite_world.alice
    unit = f"https://ex.cn/epcis/units/{alice.add_run(100)['id']}/0/1"
    event_id = record(alice, epcList=[unit])["id"]
    exported = alice.send("GET", f"/events/{event_id}", params={"format": "epcis"})
    kind = exported.headers["content-type"]
    assert kind == "application/ld+json"
    again = alice.send(
        "POST", "/events", content=exported.content, headers={"Content-Type": f"{kind}; x=1"}
    )
    assert (again.status_code, again.json()["repeated"]) == (200, 1)
    # Nothing else is read as that.
    other = alice.send("POST", "/products", content=b"{}", headers={"Content-Type": kind})
    assert other.status_code == 415
