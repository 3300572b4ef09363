"""Phones in the field: a demo data centre of their own, devices enrolled in it, and its codes."""

import csv
import io
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, ViewportSize
from tests.browsing import TYPE_KEYS, Watch, be_patient
from tools.clerk import TRUST
from tools.running_demo import Demo, running_demo
from tools.screenshot_pages import CHROMIUM, CHROMIUM_ARGUMENTS

from trueorigin.domain.devices import Profile
from trueorigin.domain.tenancy import Role
from trueorigin.services import devices
from trueorigin.services.access import open_local_act
from trueorigin.services.devices import DeviceDraft
from trueorigin.services.installation import Place, ensure_installation

PHONE: ViewportSize = {"width": 360, "height": 780}
MAKER, CARRIER, DEALER, SHOP, AUTHORITY = "江南春", "苏航", "金陵", "鼓楼", "演示市场"


# A busy machine takes its time.
SENT_SECONDS_MAX = 60
# As many as the interface lists at once; a house that many tests fill holds fewer.
EVENTS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A coded unit as its label shows it."""

    level: int
    index: int
    number: str
    code: str
    url: str


@dataclass(slots=True)
class House:
    """A running data centre with everybody's keys."""

    demo: Demo
    keys: Mapping[str, str]
    organisations: dict[str, UUID] = field(default_factory=dict)

    def call(self, who: str, method: str, path: str, **options: Any) -> Any:  # noqa: ANN401 - JSON
        """Use the interface with the key of an organisation, named by how its name begins."""
        answer = httpx.request(
            method,
            f"{self.demo.base}/api/v1{path}",
            headers={"authorization": f"Bearer {self.keys[who]}"},
            timeout=60,
            verify=TRUST,
            **options,
        )
        assert answer.is_success, answer.text
        kind = answer.headers.get("content-type", "")
        return answer.json() if kind.startswith("application/json") else answer.text

    def make_code(self, who: str, profile: Profile, label: str) -> str:
        """Make a device at the console's own service; return the code that enrols it."""
        _, device = self.make_device(who, profile, label)
        return device

    def make_device(self, who: str, profile: Profile, label: str) -> tuple[UUID, str]:
        """Make a device; return its id and the code that enrols it."""
        with self.opened(who) as (database, act), database.write() as tx:
            issued = devices.create_device(tx, act, DeviceDraft(profile=profile, label=label))
        return issued.device.id, issued.code

    def revoke(self, who: str, device_id: UUID) -> None:
        """End a device."""
        with self.opened(who) as (database, act), database.write() as tx:
            devices.revoke_device(tx, act, device_id)

    @contextmanager
    def opened(self, who: str) -> Iterator[Any]:
        """Open the data centre's database beside its program."""
        if who not in self.organisations:
            self.organisations[who] = UUID(self.call(who, "GET", "/organisation")["id"])
        place = Place(data=self.demo.data, database=None, master_key=None)
        at = datetime.now(UTC)
        database, _vault = ensure_installation(place, at=at, entropy=os.urandom)
        try:
            act = open_local_act(
                self.organisations[who], Role.MANUFACTURER, at=at, entropy=os.urandom
            )
            yield database, act
        finally:
            database.close()

    def order(self, quantity: int = 24, packing: tuple[int, ...] = (6, 2)) -> int:
        """Order codes of a batch of the maker's, release them, and return the run."""
        product = self.call(MAKER, "GET", "/products")["items"][0]
        batch = self.call(
            MAKER,
            "POST",
            "/batches",
            json={"product_id": product["id"], "lot": f"F{os.urandom(4).hex().upper()}"},
        )
        run = self.call(
            MAKER,
            "POST",
            "/runs",
            json={"batch_id": batch["id"], "quantity": quantity, "packing": list(packing)},
        )
        count = quantity
        for level, size in enumerate((1, *packing)):
            count = -(-count // size)
            released = {"level": level, "from": 0, "to": count}
            self.call(MAKER, "POST", f"/runs/{run['id']}/releases", json=released)
        return int(run["id"])

    def units(self, run: int, level: int) -> list[Unit]:
        """Return the units of a level, with their codes."""
        text = self.call(MAKER, "GET", f"/runs/{run}/codes", params={"level": level})
        return [
            Unit(
                level=int(row["level"]),
                index=int(row["index"]),
                number=row["number"],
                code=row["code"],
                url=row["url"],
            )
            for row in csv.DictReader(io.StringIO(text))
        ]

    def events(self, who: str) -> list[dict[str, Any]]:
        """Return what an organisation recorded, the newest first, as far as one list goes."""
        query = {"limit": EVENTS_MAX}
        found: list[dict[str, Any]] = self.call(who, "GET", "/events", params=query)["items"]
        return found

    def known(self, who: str) -> set[str]:
        """Return the ids of what an organisation recorded so far."""
        return {each["id"] for each in self.events(who)}

    def events_after(self, who: str, known: set[str]) -> list[dict[str, Any]]:
        """Return what an organisation recorded beyond `known`, the newest first."""
        return [each for each in self.events(who) if each["id"] not in known]

    def events_of(self, who: str, run: int) -> list[dict[str, Any]]:
        """Return what an organisation recorded of a run, the newest first.

        A house is lent to many tests; phones whose clocks are wrong leave events of odd times.
        """
        return [
            each for each in self.events(who) if any(unit["run"] == run for unit in each["units"])
        ]

    def wait_for_packing(self, who: str, run: int) -> list[dict[str, Any]]:
        """Return what was packed into groups of a run, once there is any; none after a while."""
        ends = time.monotonic() + SENT_SECONDS_MAX
        while True:
            into = [each for each in self.events(who) if each["container"]]
            found = [each for each in into if each["container"]["run"] == run]
            if found or time.monotonic() > ends:
                return found
            time.sleep(0.1)


@contextmanager
def running_house(folder: Path) -> Iterator[House]:
    """Start a data centre for phones."""
    with running_demo(folder) as demo:
        found = json.loads((demo.data / "demo.json").read_text(encoding="utf-8"))
        names = (MAKER, CARRIER, DEALER, SHOP, AUTHORITY)
        keys = {
            name: each["key"]
            for each in found["sign_ins"]
            for name in names
            if each["organisation"].startswith(name)
        }
        yield House(demo=demo, keys=keys)


@dataclass(slots=True)
class Phone:
    """A phone with the app open, and what it must never do."""

    house: House
    context: BrowserContext
    page: Page
    watch: Watch

    def enrol(self, who: str, profile: Profile, label: str = "Phone 1") -> None:
        """Become a device of an organisation by the address in the console's square."""
        code = self.house.make_code(who, profile, label)
        self.page.goto(f"{self.house.demo.base}/field#enrol={code}")
        self.page.locator(".tasks").wait_for()

    def begin(self, task: str, **fields: str) -> None:
        """Choose a task and fill in what it asks for; fields are chosen by how they begin."""
        self.page.locator(f"[data-task={task}]").click()
        self.page.locator(".setup, .scanning").wait_for()
        for name, value in fields.items():
            place = self.page.locator(f"#setup-{name}")
            if place.evaluate("each => each.tagName") == "SELECT":
                options = place.locator("option").all_inner_texts()
                place.select_option(label=next(each for each in options if value in each))
            else:
                place.fill(value)
        if self.page.locator(".setup .dock button").count():
            self.page.locator(".setup .dock button").click()
        self.page.locator(".scanning").wait_for()

    def scan(self, text: str) -> None:
        """Let a USB scanner type a text: characters in quick succession, then Enter."""
        self.page.evaluate(TYPE_KEYS, text)

    @property
    def plate(self) -> Any:  # noqa: ANN401 - a locator
        """The large answer."""
        return self.page.locator(".plate")


def open_phone(
    house: House,
    browser: Browser,
    *,
    language: str = "en",
    theme: str = "light",
    is_patient: bool = True,
    **options: Any,  # noqa: ANN401 - of Playwright
) -> Phone:
    """Open the app in a browser of its own; one that `is_patient` waits for all answers."""
    context = browser.new_context(
        viewport=PHONE,
        locale={"en": "en-GB", "zh": "zh-CN"}[language],
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        **options,
    )
    return _watch(house, context, context.new_page(), is_patient=is_patient)


def open_lasting_phone(house: House, kind: BrowserType, folder: Path) -> Phone:
    """Open a browser that keeps what it has on the disk when it is closed."""
    context = kind.launch_persistent_context(
        folder,
        executable_path=CHROMIUM,
        args=list(CHROMIUM_ARGUMENTS),
        viewport=PHONE,
        locale="en-GB",
    )
    page = context.pages[0] if context.pages else context.new_page()
    return _watch(house, context, page, is_patient=True)


def _watch(house: House, context: BrowserContext, page: Page, *, is_patient: bool) -> Phone:
    be_patient(context, with_answers=is_patient)
    watch = Watch(house.demo.base)
    watch.follow(page)
    return Phone(house=house, context=context, page=page, watch=watch)
