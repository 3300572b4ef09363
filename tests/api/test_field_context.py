"""What a phone takes along: its own organisation's names, bounded, and no key."""

import json
from dataclasses import replace

import pytest
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
