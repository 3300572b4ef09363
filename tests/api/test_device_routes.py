"""Enrolling, showing up, listing and revoking devices over the wire."""

from dataclasses import replace

import pytest
from tests.api_world import World
from tests.device_makers import enrol, make_device, make_site, open_owner_act

from trueorigin.domain.devices import ENROL_TTL, SEEN_AFTER, Profile, group_code
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.people import FREE_FAILURES_NETWORK
from trueorigin.services import sites


def test_a_code_becomes_a_key_that_speaks(world: World) -> None:
    issued = make_device(world, Profile.PACKER)
    body = {"code": group_code(issued.code), "app_version": "2026.11"}
    answer = world.dora.send("POST", "/devices/enrolment", json=body)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    key = told.pop("key")
    assert key.startswith("tod_")
    assert (told["kind"], told["profile"], told["label"]) == ("field", "packer", "Line 2")
    assert told["organisation"]["name"] == "Alice's Distillery"
    assert told["site"] is None
    assert "organisation:read" in told["permissions"]
    phone = replace(world.dora, key=key)
    again = phone.get("/devices/me")
    assert again.pop("server_time") > told.pop("server_time")
    assert again == told
    assert phone.get("/organisation")["name"] == "Alice's Distillery"


def test_wrong_used_and_expired_codes_are_one_answer(world: World) -> None:
    issued = make_device(world, Profile.PACKER)
    world.dora.post("/devices/enrolment", {"code": issued.code}, expect=200)
    expired = make_device(world, Profile.PACKER)
    world.clock.now += ENROL_TTL
    answers = [
        world.dora.send("POST", "/devices/enrolment", json={"code": code})
        for code in ("0" * 12, issued.code, expired.code, "", "x")
    ]
    assert {each.status_code for each in answers} == {401}
    assert len({each.text for each in answers}) == 1
    assert answers[0].json()["error"]["code"] == "enrolment_refused"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"code": 7}, id="number"),
        pytest.param({"code": "0" * 65}, id="too long"),
        pytest.param({"code": "0", "app_version": "x" * 41}, id="long version"),
        pytest.param({"code": "0", "key": "mine"}, id="unknown member"),
    ],
)
def test_a_malformed_body_is_named(world: World, body: dict[str, object]) -> None:
    answer = world.dora.send("POST", "/devices/enrolment", json=body)
    assert answer.status_code == 422


def test_a_form_of_another_site_enrols_nothing(world: World) -> None:
    code = make_device(world, Profile.PACKER).code
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = world.dora.send(
            "POST",
            "/devices/enrolment",
            content=f'{{"code": "{code}"}}',
            headers={"content-type": kind},
        )
        assert answer.status_code == 415
    world.dora.post("/devices/enrolment", {"code": code}, expect=200)


def test_guessing_is_slowed(world: World) -> None:
    statuses = [
        world.dora.send("POST", "/devices/enrolment", json={"code": "0" * 12})
        for _ in range(FREE_FAILURES_NETWORK + 1)
    ]
    assert [each.status_code for each in statuses[:-1]] == [401] * FREE_FAILURES_NETWORK
    last = statuses[-1]
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1


def test_two_phones_at_once_get_one_key(world: World) -> None:
    code = make_device(world, Profile.PACKER).code
    url = "/api/v1/devices/enrolment"
    requests = [{"method": "POST", "url": url, "json": {"code": code}} for _ in range(4)]
    answers = world.client.request_together(requests)
    assert sorted(each.status_code for each in answers) == [200, 401, 401, 401]


def test_a_revoked_phone_is_turned_away_at_once(world: World) -> None:
    told = enrol(world, Profile.PACKER)
    phone = replace(world.dora, key=told["key"])
    phone.get("/devices/me")
    world.alice.delete(f"/devices/{told['device_id']}")
    for method, path in (("GET", "/devices/me"), ("GET", "/organisation")):
        answer = phone.send(method, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "credential_invalid")
    # Not even a reading: its sender believes to be known.
    answer = phone.send("POST", "/verifications", json={"code": "/01/06901234567892/21/0"})
    assert answer.status_code == 401
    # Again, and the list says since when.
    world.alice.delete(f"/devices/{told['device_id']}")
    (line,) = world.alice.get("/devices")["items"]
    assert (line["state"], line["id"]) == ("revoked", told["device_id"])


def test_another_organisations_device_is_not_there(world: World) -> None:
    told = enrol(world, Profile.PACKER)
    world.charlie.delete(f"/devices/{told['device_id']}", expect=404)
    assert world.charlie.get("/devices")["items"] == []
    replace(world.dora, key=told["key"]).get("/devices/me")


def test_the_list_shows_no_secret(world: World) -> None:
    issued = make_device(world, Profile.KIOSK, "Hall")
    key = enrol(world, Profile.PACKER)["key"]
    answer = world.alice.send("GET", "/devices")
    assert [each["state"] for each in answer.json()["items"]] == ["waiting", "enrolled"]
    assert issued.code not in answer.text
    assert key not in answer.text
    page = world.alice.get("/devices", params={"limit": 1})
    rest = world.alice.get("/devices", params={"limit": 1, "after": page["next"]})
    assert rest["next"] is None
    assert rest["items"][0]["id"] != page["items"][0]["id"]


def test_showing_up_is_written_once_a_minute(world: World) -> None:
    told = enrol(world, Profile.PACKER)
    phone = replace(world.dora, key=told["key"])

    def seen() -> tuple[str, str | None]:
        (line,) = world.alice.get("/devices")["items"]
        return line["last_seen_at"], line["app_version"]

    first = seen()
    phone.get("/devices/me", params={"app_version": "2"})
    assert seen() == first
    world.clock.now += SEEN_AFTER
    phone.get("/devices/me", params={"app_version": "2"})
    later = seen()
    assert later[0] > first[0]
    assert later[1] == "2"


def test_a_key_that_is_no_device_has_no_standing(world: World) -> None:
    answer = world.alice.send("GET", "/devices/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "device_not_found")


def test_a_kiosks_readings_are_public_ones(world: World) -> None:
    run = world.alice.add_run(10)
    world.alice.post(f"/runs/{run['id']}/releases", {"to": 10})
    code = world.alice.list_rows(run)[0]["url"]
    kiosk = replace(world.dora, key=enrol(world, Profile.KIOSK)["key"])
    first = kiosk.post("/verifications", {"code": code}, expect=200)
    assert first["scan"]["counted"]
    again = kiosk.post("/verifications", {"code": code}, expect=200)
    assert not again["scan"]["counted"]
    packer = replace(world.dora, key=enrol(world, Profile.PACKER)["key"])
    assert not packer.post("/verifications", {"code": code}, expect=200)["scan"]["counted"]


def test_a_kiosks_readings_carry_the_place_of_its_site(world: World) -> None:
    run = world.alice.add_run(10)
    world.alice.post(f"/runs/{run['id']}/releases", {"to": 10})
    rows, site = world.alice.list_rows(run), make_site(world)
    told = enrol(world, Profile.KIOSK, site=site)
    assert told["site"] == {
        "id": str(site.id),
        "kind": "kiosk",
        "name": "Hall",
        "region": None,
        "address": None,
        "latitude": 31.23,
        "longitude": 121.47,
    }
    kiosk = replace(world.dora, key=told["key"])
    packer = replace(world.dora, key=enrol(world, Profile.PACKER, site=site)["key"])
    for reader, row in ((kiosk, rows[0]), (packer, rows[1])):
        reader.post("/verifications", {"code": row["url"]}, expect=200)
    with world.database.read() as tx:
        places = [row[0] for row in tx.run("SELECT place FROM scan ORDER BY unit_key")]
    # The star says that we vouch for it; a phone is carried about.
    assert places == ["31.2,121.5*", None]
    later = world.dora.post("/verifications", {"code": rows[0]["url"]}, expect=200)
    assert later["scans"]["first_place"] is not None


def test_a_kiosk_at_a_closed_site_has_no_place(world: World) -> None:
    site = make_site(world)
    kiosk = replace(world.dora, key=enrol(world, Profile.KIOSK, site=site)["key"])
    act = open_owner_act(world)
    with world.database.write() as tx:
        sites.close_site(tx, act, site.id)
    assert kiosk.get("/devices/me")["site"] is None
    with pytest.raises(NotFoundError, match="site_not_found"):
        make_device(world, Profile.KIOSK, site=site)
