"""What a phone takes along: its own organisation's names, bounded, and no key."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from tests.api.test_capture_events import tell, upload
from tests.api_world import Person, World
from tests.device_makers import enrol, make_site, open_owner_act

from trueorigin.domain.devices import Profile
from trueorigin.services import briefing, sites


def take_phone(world: World, profile: Profile) -> Person:
    return replace(world.dora, key=enrol(world, profile)["key"])


def test_a_packer_is_told_what_there_is_to_pack(world: World) -> None:
    order = world.alice.add_run(30, packing=[6, 5])["id"]
    world.alice.add_run(3, packing=[])
    told = take_phone(world, Profile.PACKER).get("/field/context")
    assert told["profile"] == "packer"
    assert told["organisation"]["name"] == "Alice's Distillery"
    [shown] = told["orders"]
    assert (shown["run"], shown["packing"], shown["quantity"]) == (order, [6, 5], 30)
    assert len(shown["group_gtins"]) == 2
    assert "key" not in json.dumps(told)


def test_a_driver_is_told_places_but_nothing_of_codes(world: World) -> None:
    world.alice.add_run(30, packing=[6, 5])
    site = make_site(world)
    told = take_phone(world, Profile.LOGISTICS).get("/field/context")
    assert [each["id"] for each in told["sites"]] == [str(site.id)]
    assert told["orders"] == []


def test_the_newest_runs_come_first_and_are_bounded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(briefing, "RUNS_MAX", 2)
    runs = [world.alice.add_run(12, packing=[6])["id"] for _ in range(3)]
    told = take_phone(world, Profile.PACKER).get("/field/context")
    assert [each["run"] for each in told["orders"]] == [runs[2], runs[1]]


def test_closed_places_are_left_out(world: World) -> None:
    site = make_site(world)
    with world.database.write() as tx:
        sites.close_site(tx, open_owner_act(world), site.id)
    assert take_phone(world, Profile.LOGISTICS).get("/field/context")["sites"] == []


def test_it_is_for_devices_only(world: World) -> None:
    world.alice.get("/field/context", expect=404)
    world.dora.get("/field/context", expect=401)


def test_who_receives_takes_along_what_is_on_its_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = world.alice.get("/organisation")
    world.charlie.post("/partners", {"prefix": alice["prefix"]})
    run = world.charlie.add_run(30, packing=[6])
    numbers = [row["number"] for row in world.charlie.list_rows(run, level=1)]
    phone = take_phone(world, Profile.LOGISTICS)
    assert phone.get("/field/context")["arrivals"] == []
    sent = tell(
        run["id"],
        0,
        3,
        at="2026-03-14T07:00:00Z",
        partner=alice["id"],
        details={"expected": "2026-03-20T08:00:00+08:00", "document": "W-1", "vehicle": 7},
    )
    sent["units"] = [{"run": run["id"], "level": 1, "from": 0, "to": 3}]
    assert upload(world.charlie, sent)["stored"] == 1
    [coming] = phone.get("/field/context")["arrivals"]
    assert coming["sender"]["name"] == "Charlie's Seeds"
    assert (coming["id"], coming["count"]) == (sent["id"], 3)
    assert coming["numbers"] == numbers[:3]
    assert coming["expected"] == "2026-03-20T00:00:00Z"
    assert (coming["document"], coming["vehicle"], coming["carrier"]) == ("W-1", None, None)
    # Serials are told by no answer about events.
    assert all(len(each) == 6 for each in coming["numbers"])
    assert take_phone(world, Profile.INSPECTOR).get("/field/context")["arrivals"] == []
    monkeypatch.setattr(briefing, "NUMBERS_MAX", 2)
    [coming] = phone.get("/field/context")["arrivals"]
    assert (coming["count"], coming["numbers"]) == (3, numbers[:2])
    received = {**sent, "id": str(uuid4()), "kind": "receiving", "at": "2026-03-14T09:00:00Z"}
    received |= {"details": None, "partner": None}
    received = {name: said for name, said in received.items() if said is not None}
    assert upload(world.alice, received)["stored"] == 1
    assert phone.get("/field/context")["arrivals"] == []
