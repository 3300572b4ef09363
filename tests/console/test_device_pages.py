"""Phones and kiosks at the console: made, shown their code once, revoked; by owners only."""

import re
from datetime import timedelta

from tests.console_house import Office
from tests.console_site import PUBLIC_URL, Browser
from tests.factories import make_entropy

from trueorigin.domain.tenancy import TenantScope
from trueorigin.services import devices
from trueorigin.services.devices import EnrolAttempt, NewStanding
from trueorigin.storage import devices as stored

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")
LINE = {"label": "Line 2", "profile": "packer", "person": ""}


def make(browser: Browser, **fields: str) -> str:
    """Make a device and return the code that the page shows."""
    browser.get("/console/devices")
    response = browser.post("/console/devices", {**LINE, **fields})
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    return find_code(browser)


def find_code(browser: Browser) -> str:
    (code,) = {str(each) for each in CODE.findall(browser.page.text)}
    return code


def enrol(office: Office, code: str) -> NewStanding:
    context = office.site.context
    attempt = EnrolAttempt(code=code, network="203.0.113.0/24")
    return devices.enrol_device(
        context.database,
        context.vault,
        attempt,
        at=context.clock(),
        entropy=make_entropy(f"phone {code}"),
    )


def test_a_code_is_shown_once_and_enrols(both_offices: Office) -> None:
    alice = both_offices.browser(both_offices.alice)
    code = make(alice)
    assert "15 minutes" in alice.page.text
    assert f"{PUBLIC_URL}/field" in alice.page.text
    alice.get("/console/devices")
    assert "Waiting for its code" in alice.page.text
    assert code not in alice.page.html
    assert code.replace("-", "") not in alice.page.html
    enrol(both_offices, code.lower())
    alice.get("/console/devices")
    assert "In use" in alice.page.text
    assert "last seen" in alice.page.text


def test_a_kiosk_opens_its_own_app(alice: Browser) -> None:
    make(alice, profile="kiosk", label="Hall")
    assert f"{PUBLIC_URL}/kiosk" in alice.page.text
    assert f"{PUBLIC_URL}/field" not in alice.page.text


def test_only_what_the_organisation_may_have_is_offered(alice: Browser) -> None:
    alice.get("/console/devices")
    offered = {each.get("value") for tag, each in alice.page.tags if tag == "option"}
    assert {"packer", "logistics", "seller", "kiosk"} <= offered
    assert "inspector" not in offered
    assert alice.post("/console/devices", {**LINE, "profile": "inspector"}).status_code == 403


def test_a_wrong_form_says_what_is_wrong_and_keeps_the_rest(alice: Browser) -> None:
    alice.get("/console/devices")
    for fields, name in (
        ({"label": " "}, "label"),
        ({"profile": "owner"}, "profile"),
        ({"person": "x"}, "person"),
    ):
        assert alice.post("/console/devices", {**LINE, **fields}).status_code == 422
        assert list(alice.page.errors) == [name]
    assert alice.page.values["label"] == "Line 2"
    alice.get("/console/devices")
    assert "No phone or kiosk yet" in alice.page.text


def test_a_phone_is_somebodys_of_the_own_organisation(office: Office) -> None:
    alice = office.browser(office.alice)
    make(alice, person=str(office.bob.id))
    alice.get("/console/devices")
    assert "Packing · Bob" in alice.page.text
    foreign = {**LINE, "person": str(office.charlie.id)}
    assert alice.post("/console/devices", foreign).status_code == 404


def test_a_new_code_ends_the_old_one_and_revoking_ends_both(office: Office) -> None:
    alice = office.browser(office.alice)
    first = make(alice)
    alice.get("/console/devices")
    (action,) = {
        str(each["action"]).rpartition("/")[0]
        for tag, each in alice.page.tags
        if tag == "form" and str(each.get("action")).endswith("/revoke")
    }
    assert alice.post(f"{action}/code").status_code == 200
    second = find_code(alice)
    assert second != first
    alice.get("/console/devices")
    alice.follow(alice.post(f"{action}/revoke"))
    assert "The device is revoked" in alice.page.text
    assert "Show a new code" not in alice.page.text
    # Somebody who had the page open before.
    assert alice.post(f"{action}/code").status_code == 409
    assert "revoked" in alice.page.text


def test_a_member_sees_devices_and_changes_nothing(office: Office) -> None:
    make(office.browser(office.alice))
    bob = office.browser(office.bob)
    assert bob.get("/console/devices").status_code == 200
    assert "Line 2" in bob.page.text
    assert "Only owners can change anything here" in bob.page.text
    assert not [each for tag, each in bob.page.tags if tag == "select"]


def test_another_organisation_sees_nothing_of_it(office: Office) -> None:
    make(office.browser(office.alice), label="Secret line")
    charlie = office.browser(office.charlie)
    charlie.get("/console/devices")
    assert "Secret line" not in charlie.page.html


def test_what_somebody_calls_it_stays_text(alice: Browser) -> None:
    hostile = "<script>alert(1)</script>"
    make(alice, label=hostile)
    assert hostile not in alice.page.html
    alice.get("/console/devices")
    assert hostile not in alice.page.html
    assert hostile in alice.page.text


def find_edit(browser: Browser) -> str:
    """Return the address of the form of the only device of the list."""
    browser.get("/console/devices")
    (address,) = {
        str(each["href"])
        for tag, each in browser.page.tags
        if tag == "a" and str(each.get("href")).endswith("/edit")
    }
    return address


def test_name_place_and_person_are_changed_and_what_it_is_for_is_not(both_offices: Office) -> None:
    alice = both_offices.browser(both_offices.alice)
    enrol(both_offices, make(alice))
    alice.get("/console/sites/new")
    alice.post("/console/sites/new", {"kind": "shop", "name": "North shop", "country": "CN"})
    address = find_edit(alice)
    assert alice.get(address).status_code == 200
    assert alice.page.values["label"] == "Line 2"
    assert "Packing" in alice.page.text
    assert not [each for tag, each in alice.page.tags if each.get("name") == "profile"]
    (site,) = (
        str(each["value"])
        for tag, each in alice.page.tags
        if tag == "option"
        and each.get("value")
        and str(each["value"]) != str(both_offices.alice.id)
        and str(each["value"]) != str(both_offices.bob.id)
    )
    change = {"label": "Line 3", "site": site, "person": str(both_offices.bob.id)}
    alice.follow(alice.post(address, {**change, "profile": "kiosk"}))
    assert "Saved" in alice.page.text
    assert "Line 3" in alice.page.text
    assert "Packing · North shop · Bob" in alice.page.text
    alice.get("/console/audit")
    assert "Phone or kiosk changed" in alice.page.text


def test_a_wrong_change_says_what_is_wrong_and_keeps_the_rest(office: Office) -> None:
    alice = office.browser(office.alice)
    make(alice)
    address = find_edit(alice)
    alice.get(address)
    wrong = {"label": " ", "site": "", "person": str(office.bob.id)}
    assert alice.post(address, wrong).status_code == 422
    assert list(alice.page.errors) == ["label"]
    chosen = [each["value"] for _, each in alice.page.tags if "selected" in each]
    assert str(office.bob.id) in chosen
    assert alice.post(address, {**wrong, "label": "L", "site": "x"}).status_code == 422
    assert list(alice.page.errors) == ["site"]
    foreign = {**wrong, "label": "L", "person": str(office.charlie.id)}
    assert alice.post(address, foreign).status_code == 404
    # Somebody who had the form open while it was revoked.
    alice.get("/console/devices")
    alice.post(address.replace("/edit", "/revoke"))
    alice.get("/console/devices")
    assert alice.post(address, {**wrong, "label": "L"}).status_code == 409
    alice.get("/console/devices")
    assert "Line 2" in alice.page.text


def test_only_owners_of_the_organisation_change_a_device(office: Office) -> None:
    alice = office.browser(office.alice)
    make(alice)
    address = find_edit(alice)
    bob, charlie = office.browser(office.bob), office.browser(office.charlie)
    assert bob.get(address).status_code == 403
    assert charlie.get(address).status_code == 404


def test_a_silent_kiosk_is_the_first_thing_its_people_read(office: Office) -> None:
    alice = office.browser(office.alice)
    standing = enrol(office, make(alice, profile="kiosk", label="Hall by the door")).standing
    alice.get("/console")
    assert "is silent" not in alice.page.text
    context, device = office.site.context, standing.device
    scope, seen_at = TenantScope(device.organisation_id), context.clock() - timedelta(hours=2)
    with context.database.write() as tx:
        stored.update_seen(tx, scope, device.id, seen_at, None)
    for browser in (alice, office.browser(office.bob)):
        browser.get("/console")
        assert "Kiosk “Hall by the door” is silent" in browser.page.text
    alice.get("/console/devices")
    assert "Silent" in alice.page.text
    assert "silent since" in alice.page.text
    charlie = office.browser(office.charlie)
    charlie.get("/console")
    assert "is silent" not in charlie.page.text
