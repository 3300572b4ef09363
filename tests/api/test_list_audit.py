"""The trail over the wire."""

from dataclasses import replace

from tests.api_world import World
from tests.device_makers import enrol

from trueorigin.domain.devices import Profile


def test_who_did_what_is_listed_in_order(world: World) -> None:
    told = enrol(world, Profile.PACKER)
    items = world.alice.get("/audit")["items"]
    assert [each["id"] for each in items] == sorted(each["id"] for each in items)
    (line,) = world.alice.get("/audit", params={"action": "device.enrol"})["items"]
    assert line["actor"] == {"id": told["device_id"], "kind": "device", "name": "Line 2"}
    assert (line["subject"], line["subject_name"]) == (told["device_id"], "Line 2")
    mine = world.alice.get("/audit", params={"actor_id": told["device_id"]})["items"]
    assert mine == [line]
    first = world.alice.get("/audit", params={"limit": 1})
    rest = world.alice.get("/audit", params={"limit": 200, "after": first["next"]})
    assert [*first["items"], *rest["items"]] == items


def test_it_is_nobody_elses_and_no_devices(world: World) -> None:
    key = enrol(world, Profile.PACKER, "Secret line")["key"]
    assert "Secret line" not in world.charlie.send("GET", "/audit").text
    assert replace(world.dora, key=key).send("GET", "/audit").status_code == 403
    assert world.alice.send("GET", "/audit", params={"actor_id": "x"}).status_code == 422
    for unknown in ("no.such", "\0", "run\0.create"):
        assert world.alice.get("/audit", params={"action": unknown})["items"] == []
