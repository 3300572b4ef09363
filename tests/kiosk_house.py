# SPDX-License-Identifier: Apache-2.0
"""Public kiosks in a running data centre: enrolled at a site of the maker; what they recorded."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browsing import TYPE_KEYS, Watch, be_patient
from tests.field_house import MAKER, House, Unit

from trueorigin.domain.devices import Profile
from trueorigin.domain.ids import uuid7
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.units import unit_key
from trueorigin.services import devices, sites
from trueorigin.services.devices import DeviceDraft
from trueorigin.services.sites import SiteDraft
from trueorigin.storage import scans

TALL = {"width": 1080, "height": 1920}
WIDE = {"width": 1920, "height": 1080}
SMALL = {"width": 1024, "height": 768}
# The cell of Nanjing in which the site stands.
LATITUDE, LONGITUDE = 32.06, 118.79
# A busy machine takes its time; the kiosk tries again every five seconds.
SENT_SECONDS_MAX = 60
# Says how many readings the kiosk keeps that have no answer yet.
COUNT_KEPT = """() => new Promise((done) => {
    const open = indexedDB.open("trueorigin-kiosk");
    open.onsuccess = () => {
        const all = open.result.transaction("readings").objectStore("readings").count();
        all.onsuccess = () => { open.result.close(); done(all.result); };
    };
})"""
# A key that means nothing, every second.
_TOUCH = """setInterval(
    () => document.dispatchEvent(new KeyboardEvent("keydown", {key: "Shift"})), 1000);"""
# More than a machine may stall between two commands.
JUMP = timedelta(seconds=60)


@dataclass(slots=True)
class Kiosk:
    """A kiosk with its page open, and what that must never do."""

    house: House
    context: BrowserContext
    page: Page
    watch: Watch
    device_id: UUID | None = None

    def enrol(self, label: str = "Hall by the door") -> None:
        """Make a kiosk at a new site and open the address of the console's square."""
        with self.house.opened(MAKER) as (database, act), database.write() as tx:
            site = sites.create_site(
                tx,
                act,
                SiteDraft(
                    kind=SiteKind.KIOSK,
                    name="新街口查验点",
                    latitude=LATITUDE,
                    longitude=LONGITUDE,
                ),
            )
            draft = DeviceDraft(profile=Profile.KIOSK, label=label, site_id=site.id)
            issued = devices.create_device(tx, act, draft)
        self.device_id = issued.device.id
        # On a kiosk that works already the start is shown before this as well.
        with self.page.expect_response("**/devices/enrolment"):
            self.page.goto(f"{self.house.demo.base}/kiosk#enrol={issued.code}")
        expect(self.page.locator(".screen.start")).to_be_visible()

    def linger(self) -> None:
        """Let somebody touch the kiosk all the time, so that no screen is left by itself.

        However long a test looks at it. Before the page is opened.
        """
        self.page.add_init_script(_TOUCH)

    def stop_clock(self) -> None:
        """Let no time pass in an open page but what its clock is told; it was installed before.

        Some time passes at once. Readings are not later than others meanwhile, and axe never ends.
        """
        now = float(self.page.evaluate("Date.now()"))
        self.page.clock.pause_at(datetime.fromtimestamp(now / 1000, UTC) + JUMP)

    def scan(self, text: str) -> None:
        """Let a USB scanner type a text: characters in quick succession, then Enter."""
        self.page.evaluate(TYPE_KEYS, text)

    def wait_until_sent(self) -> None:
        """Wait until nothing is kept on the kiosk any more.

        Asked again and again: Playwright's own waiting takes a promise for a yes.
        """
        ends = time.monotonic() + SENT_SECONDS_MAX
        while self.page.evaluate(COUNT_KEPT) > 0:
            assert time.monotonic() < ends, "the kiosk still keeps readings"
            self.page.wait_for_timeout(100)

    def readings(self, run: int, unit: Unit) -> list[Any]:
        """Return what the ledger says of a unit, the newest first."""
        key = unit_key(run, unit.level, unit.index)
        with self.house.opened(MAKER) as (database, _act), database.read() as tx:
            return list(scans.list_scans(tx, key, limit=50))

    @property
    def title(self) -> Any:  # noqa: ANN401 - a locator
        """The headline of what is shown."""
        return self.page.locator("h1")


def open_kiosk(
    house: House,
    browser: Browser,
    *,
    language: str = "en",
    size: dict[str, int] | None = None,
    is_patient: bool = True,
    **options: Any,  # noqa: ANN401 - of Playwright
) -> Kiosk:
    """Open the page in a browser of its own; one that `is_patient` waits for all answers."""
    context = browser.new_context(
        viewport=size or WIDE,  # type: ignore[arg-type]
        locale={"en": "en-GB", "zh": "zh-CN"}[language],
        reduced_motion="reduce",
        **options,
    )
    be_patient(context, with_answers=is_patient)
    page = context.new_page()
    watch = Watch(house.demo.base)
    watch.follow(page)
    return Kiosk(house=house, context=context, page=page, watch=watch)


def pack(house: House, run: int, case: Unit, items: range, *, kind: str = "packing") -> None:
    """Record what was packed into a case, or out of it: a range of the items of its run."""
    event = {
        "id": str(uuid7(datetime.now(UTC), os.urandom(10))),
        "kind": kind,
        "at": datetime.now(UTC).isoformat(),
        "units": [{"run": run, "level": 0, "from": items.start, "to": items.stop}],
        "container": case.code,
    }
    stored = house.call(MAKER, "POST", "/events", json={"events": [event]})
    assert stored["stored"] == 1
