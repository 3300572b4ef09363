"""Phones and kiosks at the console: made, shown their code once, revoked; by owners only."""

import re

from tests.console_house import Office
from tests.console_site import PUBLIC_URL, Browser
from tests.factories import make_entropy

from trueorigin.services import devices
from trueorigin.services.devices import EnrolAttempt, NewStanding

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
