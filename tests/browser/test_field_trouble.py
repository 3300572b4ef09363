"""What goes wrong with phones: updates, clocks, full disks, lost keys, two stories of a case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Route, expect
from tests.field_gate import standing_gate
from tests.field_house import CARRIER, MAKER, House, Phone, Unit, open_phone

from trueorigin.domain.devices import Profile

UPLOADED = "All uploaded"


def order_cases(house: House) -> list[Unit]:
    return house.units(house.order(quantity=12, packing=(6,)), 1)


def record(phone: Phone, case: Unit) -> None:
    """Receive a case."""
    phone.begin("receive")
    phone.scan(case.url)
    expect(phone.plate).to_contain_text("1 counted")
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("recorded")
    phone.page.get_by_role("button", name="Back").click()


def record_without_network(house: House, chromium: Browser) -> Phone:
    """Let a phone of the maker's receive a case that it cannot tell anybody of yet."""
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.LOGISTICS)
    phone.context.set_offline(True)
    record(phone, order_cases(house)[0])
    return phone


def test_an_update_with_a_full_queue_loses_nothing(house: House, chromium: Browser) -> None:
    cases = order_cases(house)
    with standing_gate(house.demo.base) as gate:
        through = replace(house, demo=replace(house.demo, base=gate.address))
        phone = open_phone(through, chromium)
        phone.enrol(MAKER, Profile.LOGISTICS)
        phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        phone.page.reload()
        phone.context.set_offline(True)
        for case in cases:
            record(phone, case)
        expect(phone.page.locator(".chip")).to_contain_text("2 to upload")
        gate.edition = "new"
        house_events = len(house.events(MAKER))
        # The network is back for the update only: nothing may go out before it.
        phone.page.route("**/api/**", lambda route: route.abort())
        phone.context.set_offline(False)
        phone.page.evaluate(
            "navigator.serviceWorker.getRegistration('/field').then((each) => each.update())"
        )
        update = phone.page.get_by_role("button", name="Update")
        expect(update).to_be_visible()
        with phone.page.expect_navigation():
            update.click()
        expect(phone.page.locator(".chip")).to_contain_text("2 to upload")
        version = "JSON.parse(document.querySelector('#shell').textContent).version"
        assert phone.page.evaluate(version).startswith("new-")
        assert len(house.events(MAKER)) == house_events
        phone.page.unroute("**/api/**")
        phone.page.reload()
        expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
        assert len(house.events(MAKER)) == house_events + 2
        phone.context.close()


def test_what_an_older_app_kept_is_sent_by_the_newer_one(house: House, chromium: Browser) -> None:
    before = len(house.events(MAKER))
    phone = record_without_network(house, chromium)
    # Bring the phone into the state of the first version of its store. The app is closed before
    # the network comes back: a page that is only left may still send what it has.
    phone.page.close()
    phone.page = phone.context.new_page()
    phone.context.set_offline(False)
    phone.page.goto(f"{house.demo.base}/robots.txt")
    version, states = phone.page.evaluate(
        """async () => {
            const ask = (request) => new Promise((resolve, reject) => {
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
            const now = await ask(indexedDB.open("trueorigin-field"));
            const read = (name, how) => ask(now.transaction(name).objectStore(name)[how]());
            const [rows, keys, facts] = [
                await read("queue", "getAll"), await read("facts", "getAllKeys"),
                await read("facts", "getAll")];
            const { version } = now;
            now.close();
            await ask(indexedDB.deleteDatabase("trueorigin-field"));
            const request = indexedDB.open("trueorigin-field", 1);
            request.onupgradeneeded = () => {
                request.result.createObjectStore("facts");
                const queue = request.result.createObjectStore(
                    "queue", { keyPath: "seq", autoIncrement: true });
                queue.createIndex("id", "id", { unique: true });
            };
            const old = await ask(request);
            const work = old.transaction(["facts", "queue"], "readwrite");
            facts.forEach((fact, place) => work.objectStore("facts").put(fact, keys[place]));
            rows.forEach((row) => work.objectStore("queue").put(row));
            await new Promise((resolve) => { work.oncomplete = resolve; });
            old.close();
            return [version, rows.map((row) => row.state)];
        }"""
    )
    assert (version, states) == (2, ["waiting"])
    phone.page.goto(f"{house.demo.base}/field")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    assert len(house.events(MAKER)) == before + 1
    phone.context.close()


def test_a_clock_that_is_hours_wrong_is_corrected_and_said(house: House, chromium: Browser) -> None:
    [case, *_] = order_cases(house)
    phone = open_phone(house, chromium)
    phone.page.add_init_script("const now = Date.now; Date.now = () => now() - 3 * 3600_000;")
    phone.enrol(MAKER, Profile.LOGISTICS)
    expect(phone.page.locator(".notes")).to_contain_text("180 minutes slow")
    known = house.known(MAKER)
    record(phone, case)
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    [event] = house.events_after(MAKER, known)
    at = datetime.fromisoformat(event["at"])
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    phone.page.locator(".chip").click()
    expect(phone.page.locator(".card").first).to_contain_text("time corrected by 180 minutes")
    phone.context.close()


def test_a_clock_that_was_set_while_offline_is_believed_again(
    house: House, chromium: Browser
) -> None:
    [case, *_] = order_cases(house)
    phone = open_phone(house, chromium)
    phone.page.add_init_script(
        "const now = Date.now; const slow = localStorage.getItem('slow') === null;"
        "Date.now = () => now() - (slow ? 3 * 3600_000 : 0);"
    )
    phone.enrol(MAKER, Profile.LOGISTICS)
    expect(phone.page.locator(".notes")).to_contain_text("180 minutes slow")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # Its owner puts the clock right in a cellar: the three hours that were measured are no more.
    phone.page.evaluate("localStorage.setItem('slow', 'no')")
    phone.context.set_offline(True)
    phone.page.reload()
    known = house.known(MAKER)
    record(phone, case)
    phone.context.set_offline(False)
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    [event] = house.events_after(MAKER, known)
    at = datetime.fromisoformat(event["at"])
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    phone.context.close()


def test_a_full_phone_says_so_and_takes_nothing_it_cannot_keep(
    house: House, chromium: Browser
) -> None:
    cases = order_cases(house)
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.LOGISTICS)
    phone.begin("receive")
    phone.scan(cases[0].url)
    expect(phone.plate).to_contain_text("1 counted")
    # What the data centre says of it is kept too: from here on only what is asked for is.
    expect(phone.page.locator(".scans .check.good")).to_have_count(1)
    phone.page.evaluate(
        """() => {
            window.refusals = 0;
            const full = (value, key) => {
                window.refusals += key === "work" ? 1 : 0;
                throw new DOMException("full", "QuotaExceededError");
            };
            window.room = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = full;
        }"""
    )
    phone.scan(cases[1].url)
    expect(phone.plate).to_contain_text("The phone is full")
    expect(phone.page.locator(".figure strong")).to_have_text("1")
    expect(phone.page.locator(".note.bad")).to_contain_text("The phone is full")
    phone.page.get_by_role("button", name="Finish 1").click()
    # The plate said so before: there is room again only when this, too, was refused.
    phone.page.wait_for_function("window.refusals === 2")
    expect(phone.plate).to_contain_text("The phone is full")
    expect(phone.page.locator(".figure strong")).to_have_text("1")
    phone.page.evaluate("() => { IDBObjectStore.prototype.put = window.room; }")
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("1 recorded")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.context.close()


def test_a_revoked_phone_keeps_its_queue_for_its_organisation(
    house: House, chromium: Browser
) -> None:
    [case, *_] = order_cases(house)
    phone = open_phone(house, chromium)
    device, code = house.make_device(MAKER, Profile.LOGISTICS, "Lost")
    phone.page.goto(f"{house.demo.base}/field#enrol={code}")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.context.set_offline(True)
    record(phone, case)
    house.revoke(MAKER, device)
    known = house.known(MAKER)
    phone.context.set_offline(False)
    expect(phone.page.locator(".note.bad")).to_contain_text("Its 1 records are kept")
    # Another organisation is asked about, and gets nothing of it.
    other = house.make_code(CARRIER, Profile.LOGISTICS, "Van")
    phone.page.goto(f"{house.demo.base}/field#enrol={other}")
    dialog = phone.page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 records")
    # What it takes along it asks for last: whatever it would send has gone before.
    with phone.page.expect_response("**/field/context"):
        dialog.get_by_role("button", name="Change organisation").click()
    expect(phone.page.locator("h1")).to_contain_text("Suhang")
    carried = house.known(CARRIER)
    assert house.events_after(MAKER, known) == []
    # Its own organisation uploads it.
    again = house.make_code(MAKER, Profile.LOGISTICS, "Found")
    phone.page.goto(f"{house.demo.base}/field#enrol={again}")
    expect(phone.page.locator("h1")).to_contain_text("Jiangnan")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    [event] = house.events_after(MAKER, known)
    assert event["id"] not in carried
    phone.context.close()


def test_what_is_on_its_way_when_a_phone_changes_hands_stays_with_its_organisation(
    house: House, chromium: Browser
) -> None:
    phone = record_without_network(house, chromium)
    known, carried = house.known(MAKER), house.known(CARRIER)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    phone.page.route("**/api/v1/devices/me?*", hold_first)
    phone.context.set_offline(False)
    while not held:
        phone.page.wait_for_timeout(50)
    # The maker's round has begun; now the phone becomes the carrier's.
    other = house.make_code(CARRIER, Profile.LOGISTICS, "Van")
    phone.page.goto(f"{house.demo.base}/field#enrol={other}")
    phone.page.get_by_role("button", name="Change organisation").click()
    expect(phone.page.locator("h1")).to_contain_text("Suhang")
    held[0].continue_()
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    assert len(house.events_after(MAKER, known)) == 1
    assert house.events_after(CARRIER, carried) == []
    # What the carrier takes along is the carrier's.
    phone.page.locator("[data-task=ship]").click()
    expect(phone.page.locator("#setup-partner")).to_contain_text("江南春")
    phone.context.close()


def test_partners_that_a_phone_learns_late_are_offered_where_it_asks(
    house: House, chromium: Browser
) -> None:
    phone = open_phone(house, chromium)
    phone.enrol(CARRIER, Profile.LOGISTICS)
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    held: list[Route] = []
    phone.page.route("**/api/v1/field/context", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    phone.page.evaluate(
        """() => new Promise((resolve) => {
            const opened = indexedDB.open("trueorigin-field");
            opened.onsuccess = () => {
                const change = opened.result.transaction("facts", "readwrite");
                change.objectStore("facts").delete("context");
                change.oncomplete = () => { opened.result.close(); resolve(); };
            };
        })"""
    )
    phone.page.reload()
    phone.page.locator("[data-task=ship]").click()
    vehicle = phone.page.locator("#setup-vehicle")
    vehicle.fill("沪A 12345")
    expect(phone.page.locator("#setup-partner")).not_to_contain_text("江南春")
    while not held:
        phone.page.wait_for_timeout(50)
    held[0].continue_()
    expect(phone.page.locator("#setup-partner")).to_contain_text("江南春")
    expect(vehicle).to_have_value("沪A 12345")
    phone.context.close()


def test_an_answer_that_comes_while_a_record_is_kept_brings_nothing_back(
    house: House, chromium: Browser
) -> None:
    [case, *_] = order_cases(house)
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.LOGISTICS)
    held: list[Route] = []
    phone.page.route("**/api/v1/verifications", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    phone.begin("receive")
    phone.scan(case.url)
    expect(phone.plate).to_contain_text("1 counted")
    while not held:
        phone.page.wait_for_timeout(50)
    # A slow disk: the record is on it, and the phone has not heard so yet.
    phone.page.evaluate(
        """() => {
            const now = {quota: 10e9, usage: 0};
            const told = new Promise((done) => { window.tell = () => done(now); });
            navigator.storage.estimate = () => told;
        }"""
    )
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.page.locator(".chip")).not_to_have_text(UPLOADED)
    with phone.page.expect_response("**/api/v1/verifications"):
        held[0].continue_()
    # Time enough to write the old work over the new, which it must not.
    phone.page.wait_for_timeout(200)
    phone.page.evaluate("window.tell()")
    expect(phone.plate).to_contain_text("1 recorded")
    phone.page.reload()
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    expect(phone.page.locator(".going-on")).to_have_count(0)
    phone.context.close()


def test_a_network_that_is_back_is_said_to_be_while_there_is_still_much_to_ask(
    house: House, chromium: Browser
) -> None:
    phone = record_without_network(house, chromium)
    expect(phone.page.locator(".chip")).to_contain_text("No network · 1 to upload")
    # What the data centre makes of it is asked afterwards, unit by unit.
    phone.page.route("**/history", lambda _: None)
    phone.context.set_offline(False)
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.context.close()


def test_a_silent_data_centre_is_not_waited_for(house: House, chromium: Browser) -> None:
    [case, *_] = order_cases(house)
    phone = open_phone(house, chromium, is_patient=False)
    phone.enrol(MAKER, Profile.LOGISTICS)
    phone.page.route("**/api/v1/verifications", lambda _: None)
    phone.begin("receive")
    phone.scan(case.url)
    expect(phone.plate).to_contain_text("1 counted")
    expect(phone.page.locator(".scans .check.unasked")).to_have_count(1)
    expect(phone.plate).to_contain_text("1 counted")
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("1 recorded")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.context.close()


def test_two_phones_that_pack_one_item_into_two_cases_are_told(
    house: House, chromium: Browser
) -> None:
    run = house.order(quantity=12, packing=(6,))
    items, cases = house.units(run, 0), house.units(run, 1)
    one, two = open_phone(house, chromium), open_phone(house, chromium)
    told = ((one, cases[0], items[:6]), (two, cases[1], [items[0], *items[7:12]]))
    for phone, case, mine in told:
        phone.enrol(MAKER, Profile.PACKER)
        phone.begin("pack")
        phone.scan(case.code)
        for item in mine:
            phone.scan(item.url)
        expect(phone.page.locator(".figure strong")).to_have_text("6")
        phone.page.get_by_role("button", name="Finish with 6").click()
        expect(phone.plate).to_contain_text("recorded with 6")
        # Told one after the other: what the second one tells is odd, and it asks but once.
        if phone is one:
            expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    expect(two.page.locator(".chip")).to_contain_text("1 odd")
    two.page.locator(".chip").click()
    expect(two.page.locator(".card.warn .why").first).to_be_visible()
    two.page.get_by_role("button", name="Seen").click()
    expect(two.page.locator(".chip")).to_have_text(UPLOADED)
    one.context.close()
    two.context.close()


@pytest.mark.parametrize("is_sent", [False, True], ids=["before it was sent", "afterwards"])
def test_a_record_is_taken_back(house: House, chromium: Browser, *, is_sent: bool) -> None:
    [case, *_] = order_cases(house)
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.LOGISTICS)
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    before = {each["id"] for each in house.events(MAKER)}
    phone.context.set_offline(not is_sent)
    record(phone, case)
    phone.page.locator(".chip").click()
    if is_sent:
        expect(phone.page.locator("[data-state=sent]")).to_have_count(1)
    phone.page.get_by_role("button", name="Take back").click()
    phone.page.get_by_role("button", name="Take it back").click()
    if is_sent:
        expect(phone.page.locator("[data-state=removed]")).to_contain_text("taken back")
        expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
        [event] = [each for each in house.events(MAKER) if each["id"] not in before]
        assert event["declaration"] is not None
    else:
        expect(phone.page.get_by_text("No records yet")).to_be_visible()
        phone.context.set_offline(False)
        expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
        assert {each["id"] for each in house.events(MAKER)} == before
    phone.context.close()
