# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with kiosks: power, disks, clocks, updates, keys, scanners that stutter."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error as PlaywrightError, Page, Playwright, Route, expect
from tests.browsing import Watch, be_patient
from tests.field_gate import standing_gate
from tests.field_house import MAKER, House
from tests.kiosk_house import WIDE, Kiosk, open_kiosk
from tools.screenshot_pages import CHROMIUM, CHROMIUM_ARGUMENTS

# What browsers say whose disk is full, or that keep nothing.
FULL = """() => {
    IDBObjectStore.prototype.put = () => {
        throw new DOMException("no room", "QuotaExceededError"); };
}"""
REFUSED = """(() => {
    IDBFactory.prototype.open = () => { throw new DOMException("no", "SecurityError"); };
})()"""
CALM_MS = 11_000


def tell_state(kiosk: Kiosk, name: str) -> str:
    """Return what the page for staff says, and go back."""
    kiosk.page.locator(".look").click()
    line = kiosk.page.locator(f".service [data-name={name}] dd").first
    expect(line).not_to_be_empty()
    text = str(line.inner_text())
    kiosk.page.locator(".foot .main").click()
    return text


@contextmanager
def lasting_kiosk(house: House, playwright: Playwright, folder: Path) -> Iterator[Kiosk]:
    """Open a browser that keeps what it has; it may be killed meanwhile."""
    context = playwright.chromium.launch_persistent_context(
        folder,
        executable_path=CHROMIUM,
        args=list(CHROMIUM_ARGUMENTS),
        viewport=WIDE,  # type: ignore[arg-type]
        locale="en-GB",
        # The route below must see requests, which a worker would hide.
        service_workers="block",
    )
    be_patient(context)
    page = context.pages[0] if context.pages else context.new_page()
    yield Kiosk(house=house, context=context, page=page, watch=Watch(house.demo.base))
    # Of one that was killed Playwright may not know yet that it is gone.
    with suppress(PlaywrightError):
        context.close()


def cut_power(folder: Path) -> None:
    """Kill the browser of a profile, as a pulled plug would: no farewell, nothing written."""
    wanted = f"--user-data-dir={folder}".encode()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            words = (each / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in words and not any(word.startswith(b"--type=") for word in words):
            os.kill(int(each.name), signal.SIGKILL)
            return
    pytest.fail("the browser is not running")


@pytest.mark.parametrize("when", ["sent", "answered"])
def test_power_lost_around_an_answer_counts_a_reading_once(
    house: House, playwright: Playwright, tmp_path: Path, when: str
) -> None:
    run = house.order(quantity=12, packing=(6,))
    item = house.units(run, 0)[5]
    reached: list[int] = []
    with lasting_kiosk(house, playwright, tmp_path) as kiosk:
        kiosk.enrol()
        device_id = kiosk.device_id

        def hold(route: Route) -> None:
            response = route.fetch()
            reached.append(response.status)
            if when == "answered":
                route.fulfill(response=response)

        kiosk.page.route("**/api/v1/verifications", hold)
        kiosk.scan(item.url)
        if when == "answered":
            expect(kiosk.page.locator(".screen.answer")).to_be_visible()
        else:
            expect(kiosk.title).to_have_text("One moment …")
            ends = time.monotonic() + 60
            while not reached and time.monotonic() < ends:
                kiosk.page.wait_for_timeout(50)
        assert reached == [200]
        cut_power(tmp_path)
    with lasting_kiosk(house, playwright, tmp_path) as kiosk:
        kiosk.device_id = device_id
        kiosk.page.goto(f"{house.demo.base}/kiosk")
        expect(kiosk.page.locator(".screen.start")).to_be_visible()
        kiosk.wait_until_sent()
        [line] = kiosk.readings(run, item)
        assert (line.readings, line.is_counted) == (1, True)


def test_a_silent_data_centre_keeps_nobody_waiting(house: House, chromium: Browser) -> None:
    run = house.order(quantity=12, packing=(6,))
    item = house.units(run, 0)[5]
    kiosk = open_kiosk(house, chromium, is_patient=False, service_workers="block")
    kiosk.enrol()
    kiosk.page.route("**/api/v1/verifications", lambda _: None)
    kiosk.scan(item.url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    assert kiosk.readings(run, item) == []
    # It is asked again by itself.
    kiosk.page.unroute_all()
    kiosk.wait_until_sent()
    [line] = kiosk.readings(run, item)
    assert (line.readings, line.is_counted) == (1, True)
    kiosk.context.close()


def test_a_full_disk_stops_no_answer_and_is_told(house: House, chromium: Browser) -> None:
    run = house.order(quantity=12, packing=(6,))
    first, second, third = house.units(run, 0)[:3]
    kiosk = open_kiosk(house, chromium)
    kiosk.enrol()
    assert tell_state(kiosk, "room").startswith("Fine")
    kiosk.page.evaluate(
        "window.put = IDBObjectStore.prototype.put;"
        "window.unplug = () => { IDBObjectStore.prototype.put = window.put; };"
    )
    kiosk.page.evaluate(FULL)
    kiosk.scan(first.url)
    expect(kiosk.title).to_contain_text("Genuine")
    kiosk.page.locator(".foot .main").click()
    assert "The disk is full" in tell_state(kiosk, "room")
    kiosk.context.set_offline(True)
    kiosk.scan(second.url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    kiosk.page.locator(".foot .main").click()
    # Nothing is promised to visitors that a power cut would break; staff are told how much.
    expect(kiosk.page.locator(".offline")).not_to_contain_text("recorded")
    assert "1 of them in memory only" in tell_state(kiosk, "waiting")
    # There is room again: what waited in memory goes out, or onto the disk.
    kiosk.page.evaluate("window.unplug()")
    kiosk.scan(third.url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    kiosk.page.locator(".foot .main").click()
    assert tell_state(kiosk, "room").startswith("Fine")
    kiosk.context.set_offline(False)
    expect(kiosk.page.locator(".offline")).to_be_hidden()
    kiosk.wait_until_sent()
    for unit in (first, second, third):
        expect_once(kiosk, run, unit.index)
    assert "Readings: 0." in tell_state(kiosk, "waiting")
    kiosk.context.close()


def expect_once(kiosk: Kiosk, run: int, index: int) -> None:
    """Wait for the reading of an item, which is there once."""
    unit = kiosk.house.units(run, 0)[index]
    ends = time.monotonic() + 30
    while not kiosk.readings(run, unit) and time.monotonic() < ends:
        kiosk.page.wait_for_timeout(100)
    assert [line.readings for line in kiosk.readings(run, unit)] == [1]


def test_a_browser_that_keeps_nothing_still_answers(house: House, chromium: Browser) -> None:
    run = house.order(quantity=12, packing=(6,))
    item, other = house.units(run, 0)[:2]
    kiosk = open_kiosk(house, chromium)
    kiosk.page.add_init_script(REFUSED)
    kiosk.enrol()
    kiosk.scan(item.url)
    expect(kiosk.title).to_contain_text("Genuine")
    kiosk.page.locator(".foot .main").click()
    assert "The browser keeps nothing" in tell_state(kiosk, "room")
    kiosk.context.set_offline(True)
    kiosk.scan(other.url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    kiosk.page.locator(".foot .main").click()
    kiosk.context.set_offline(False)
    expect(kiosk.page.locator(".offline")).to_be_hidden()
    for each in (item, other):
        expect_once(kiosk, run, each.index)
    # Who it is has a second place.
    kiosk.page.reload()
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    kiosk.context.close()


def test_without_any_place_it_says_that_it_must_be_enrolled_again(
    house: House, chromium: Browser
) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk = open_kiosk(house, chromium)
    kiosk.page.add_init_script(REFUSED)
    kiosk.page.add_init_script(
        "Storage.prototype.setItem = () => {"
        " throw new DOMException('no room', 'QuotaExceededError'); }"
    )
    kiosk.enrol()
    kiosk.scan(item.url)
    expect(kiosk.title).to_contain_text("Genuine")
    kiosk.page.locator(".foot .main").click()
    assert "must be enrolled again" in tell_state(kiosk, "room")
    kiosk.page.reload()
    expect(kiosk.title).to_have_text("Set up this kiosk")
    kiosk.context.close()


def test_a_new_version_waits_for_the_start_and_keeps_what_waits(
    house: House, chromium: Browser
) -> None:
    run = house.order(quantity=12, packing=(6,))
    item, kept = house.units(run, 0)[:2]
    with standing_gate(house.demo.base) as gate:
        through = replace(house, demo=replace(house.demo, base=gate.address))
        kiosk = open_kiosk(through, chromium)
        page = kiosk.page
        page.clock.install()
        kiosk.enrol()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        expect(page.locator(".screen.start")).to_be_visible()
        kiosk.stop_clock()
        kiosk.context.set_offline(True)
        kiosk.scan(kept.url)
        expect(kiosk.title).to_have_text("Cannot be checked now")
        gate.edition = "new"
        # The network is back for the update only: nothing may go out before it.
        page.route("**/api/**", lambda route: route.abort())
        kiosk.context.set_offline(False)
        page.evaluate("window.marked = true")
        found = "navigator.serviceWorker.getRegistration('/kiosk')"
        page.evaluate(f"{found}.then((found) => found.update())")
        while not page.evaluate(f"{found}.then((found) => found.waiting !== null)"):
            page.wait_for_timeout(50)
        # It waits while somebody reads, however calm it is.
        page.clock.run_for(CALM_MS)
        expect(page.locator(".screen.notice")).to_be_visible()
        assert page.evaluate("window.marked") is True
        page.clock.resume()
        # What the page loads besides may take its time.
        with page.expect_navigation(wait_until="commit"):
            page.locator(".foot .main").click()
        expect(page.locator(".screen.start")).to_be_visible()
        assert page.evaluate("window.marked === undefined")
        version = "JSON.parse(document.querySelector('#shell').textContent).version"
        assert page.evaluate(version).startswith("new-")
        assert kiosk.readings(run, kept) == []
        page.unroute("**/api/**")
        page.reload()
        kiosk.wait_until_sent()
        assert [line.readings for line in kiosk.readings(run, kept)] == [1]
        kiosk.scan(item.url)
        expect(kiosk.title).to_contain_text("Genuine")
        kiosk.context.close()


@pytest.mark.parametrize("hours", [-7, 9])
def test_a_clock_that_is_hours_wrong_is_corrected_and_told(
    house: House, chromium: Browser, hours: int
) -> None:
    run = house.order(quantity=12, packing=(6,))
    item, late = house.units(run, 0)[:2]
    kiosk = open_kiosk(house, chromium)
    kiosk.page.add_init_script(
        f"const now = Date.now; Date.now = () => now() + {hours} * 3600_000;"
    )
    kiosk.enrol()
    kiosk.scan(item.url)
    expect(kiosk.title).to_contain_text("Genuine")
    kiosk.page.locator(".foot .main").click()
    assert f"{abs(hours) * 60} minutes" in tell_state(kiosk, "clock")
    kiosk.context.set_offline(True)
    kiosk.scan(late.url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    kiosk.context.set_offline(False)
    kiosk.page.reload()
    kiosk.wait_until_sent()
    for unit in (item, late):
        [line] = kiosk.readings(run, unit)
        assert abs(datetime.now(UTC) - line.at) < timedelta(minutes=5)
    kiosk.context.close()


def test_a_clock_that_is_set_while_somebody_reads_changes_nothing(
    house: House, chromium: Browser
) -> None:
    run = house.order(quantity=12, packing=(6,))
    item, later, late = house.units(run, 0)[:3]
    kiosk = open_kiosk(house, chromium)
    kiosk.enrol()
    kiosk.scan(item.url)
    expect(kiosk.page.locator(".screen.answer")).to_be_visible()
    set_back = "(() => { const now = Date.now; Date.now = () => now() - 3 * 3600_000; })()"
    kiosk.page.evaluate(set_back)
    # It returns by itself, not hours later, and the next reading has its right time.
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    kiosk.scan(later.url)
    expect(kiosk.title).to_contain_text("Genuine")
    kiosk.context.set_offline(True)
    kiosk.page.locator(".foot .main").click()
    kiosk.scan(late.url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    kiosk.page.evaluate(set_back)
    kiosk.context.set_offline(False)
    kiosk.page.locator(".foot .main").click()
    expect(kiosk.page.locator(".offline")).to_be_hidden()
    kiosk.wait_until_sent()
    for unit in (item, later, late):
        [line] = kiosk.readings(run, unit)
        assert abs(datetime.now(UTC) - line.at) < timedelta(minutes=5), unit
    kiosk.context.close()


def test_a_key_revoked_while_somebody_reads_closes_the_kiosk_afterwards(
    house: House, chromium: Browser
) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    kiosk.enrol()
    kiosk.scan(item.url)
    expect(kiosk.title).to_contain_text("Genuine")
    assert kiosk.device_id is not None
    house.revoke(MAKER, kiosk.device_id)
    with kiosk.page.expect_response("**/devices/me*") as beat:
        kiosk.page.evaluate("dispatchEvent(new Event('online'))")
    assert beat.value.status == 401
    expect(kiosk.title).to_contain_text("Genuine")
    kiosk.page.locator(".foot .main").click()
    expect(kiosk.title).to_have_text("Out of service")
    # What is scanned now has no answer, and does not look as if it had.
    kiosk.scan(item.url)
    kiosk.page.wait_for_timeout(500)
    expect(kiosk.title).to_have_text("Out of service")
    kiosk.context.close()


def type_keys(page: Page, text: str, gap_ms: int, *, ends: str = "Enter") -> None:
    """Let a scanner type with real pauses between its keys; a busy page is handed them later."""
    page.evaluate(
        """async ({text, gap, ends}) => {
            let at = performance.now();
            for (const key of [...text, ...(ends ? [ends] : [])]) {
                const event = new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
                Object.defineProperty(event, "timeStamp", {value: at});
                document.body.dispatchEvent(event);
                at += gap;
                await new Promise((done) => setTimeout(done, gap));
            }
        }""",
        {"text": text, "gap": gap_ms, "ends": ends},
    )


def test_slow_radio_and_scanners_without_enter_are_understood(
    house: House, chromium: Browser
) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk = open_kiosk(house, chromium)
    kiosk.enrol()
    for gap_ms, ends in ((90, "Enter"), (15, ""), (60, ""), (0, "Tab")):
        type_keys(kiosk.page, item.url, gap_ms, ends=ends)
        expect(kiosk.page.locator(".screen.answer")).to_be_visible()
        kiosk.page.locator(".foot .main").click()
    # A finger on a forgotten keyboard is no scanner.
    type_keys(kiosk.page, "abcdefgh", 220)
    kiosk.page.wait_for_timeout(1_000)
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    kiosk.context.close()


def test_rubbish_of_every_kind_is_named_and_asked_for_nothing(
    house: House, chromium: Browser
) -> None:
    kiosk = open_kiosk(house, chromium)
    kiosk.enrol()
    asked: list[str] = []
    kiosk.page.on("request", lambda request: asked.append(request.url))
    for text in (
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006",
        "]C1" + "\u001d" * 10,
        "x" * 5000,
        "名" * 40,
        "🙂" * 12,
        "https>&&zy.example&01&",
        "' OR 1=1;--",
    ):
        kiosk.scan(text)
        expect(kiosk.page.locator(".screen.notice")).to_be_visible()
        kiosk.page.locator(".foot .main").click()
    assert not [url for url in asked if "verifications" in url]
    assert kiosk.watch.faults == []
    kiosk.context.close()
