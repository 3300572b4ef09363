# SPDX-License-Identifier: Apache-2.0
"""An inspector at the console: search, enterprise, finding, following; by keyboard alone."""

import json
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browsing import (
    Watch,
    list_spills,
    list_violations,
    measure_overhang,
    open_page,
    sign_in,
    tab_to,
)
from tools.running_demo import Demo

WIDTHS = (360, 1280)


@pytest.fixture
def inspector(demo: Demo) -> Demo:
    """The demo as its authority's inspector signs in to it."""
    found = json.loads((demo.data / "demo.json").read_text(encoding="utf-8"))
    person = next(each for each in found["sign_ins"] if each["role"] == "regulator")
    return replace(demo, email=person["email"], password=person["password"])


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def search(page: Page, demo: Demo) -> str:
    """Search a product from the box on top of the page, open it and its enterprise; name that."""
    # The box on top of every page searches everybody's products.
    tab_to(page, "#top-search")
    page.keyboard.type("十二年")
    page.keyboard.press("Enter")
    heading(page, "Enterprises and products")
    expect(page.get_by_text("江苏 Jiangsu", exact=False).first).to_be_visible()
    tab_to(page, ".rows a.title")
    page.keyboard.press("Enter")
    heading(page, "Jiangnan Spring, aged 12 years")
    assert list_violations(page) == []
    tab_to(page, ".facts a[href^='/console/registry/enterprises/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registry/enterprises/*")
    assert list_violations(page) == []
    assert page.url.startswith(demo.base)
    return page.get_by_role("heading", level=1).inner_text()


def record(page: Page, demo: Demo, enterprise: str) -> str:
    """Record a finding, which is shown before it is stored; return its address."""
    page.goto(f"{demo.base}/console/findings/new")
    tab_to(page, "#codes")
    page.keyboard.type(demo.base + demo.items["genuine"])
    tab_to(page, "#result")
    page.keyboard.type("Suspected")
    tab_to(page, "#paper")
    page.keyboard.type("No. 18")
    page.keyboard.press("Enter")
    heading(page, "Check before recording")
    expect(page.get_by_text(enterprise, exact=False).first).to_be_visible()
    assert list_violations(page) == []
    tab_to(page, "button[name='confirmed']")
    page.keyboard.press("Enter")
    heading(page, "Suspected counterfeit")
    assert list_violations(page) == []
    return page.url


def answer(browser: Browser, demo: Demo, finding: str) -> None:
    """Answer as the owner of the goods, who also sees who looked at them."""
    maker = open_page(browser, demo)
    sign_in(maker, demo)
    maker.goto(finding)
    maker.fill("#text", "We compare the label with ours.")
    maker.get_by_role("button", name="Send the answer").click()
    expect(maker.get_by_text("Your answer is with the authority.")).to_be_visible()
    assert list_violations(maker) == []
    for look in ("product.look", "organisation.look"):
        maker.goto(f"{demo.base}/console/audit?action={look}")
        expect(maker.get_by_text("Demo Market Regulator", exact=False).first).to_be_visible()
    maker.context.close()


def test_search_enterprise_finding_and_following_by_keyboard_alone(
    browser: Browser, inspector: Demo, demo: Demo
) -> None:
    watch = Watch(demo.base)
    page = open_page(browser, inspector)
    watch.follow(page)
    sign_in(page, inspector)
    finding = record(page, demo, search(page, demo))
    answer(browser, demo, finding)
    page.reload()
    expect(page.get_by_text("We compare the label with ours.")).to_be_visible()
    tab_to(page, "#text")
    page.keyboard.type("Settled")
    tab_to(page, ".buttons .button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The finding is closed.")).to_be_visible()
    line = page.locator(f".rows a[href='{finding.removeprefix(demo.base)}']")
    page.goto(f"{demo.base}/console/findings?open=yes")
    expect(line).to_have_count(0)
    page.goto(f"{demo.base}/console/findings?open=no")
    expect(line).to_have_count(1)
    assert watch.faults == []
    page.context.close()


def test_what_lies_outside_the_remit_is_not_found(browser: Browser, inspector: Demo) -> None:
    page = open_page(browser, inspector)
    sign_in(page, inspector)
    page.goto(f"{inspector.base}/console/registry?text=水稻")
    expect(page.get_by_text("Within your remit nothing fits", exact=False)).to_be_visible()
    page.goto(f"{inspector.base}/console/registry?text=阿维菌素&kind=products")
    expect(page.locator(".rows a.title")).to_have_count(1)
    page.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_authorities_fit_and_can_be_used_by_everybody(
    browser: Browser, inspector: Demo, language: str, theme: str
) -> None:
    page = open_page(browser, inspector, language=language, theme=theme)
    watch = Watch(inspector.base)
    watch.follow(page)
    sign_in(page, inspector)
    page.goto(f"{inspector.base}/console/registry?text=江南春")
    product = page.locator(".rows a.title").first.get_attribute("href")
    page.goto(f"{inspector.base}/console/findings")
    finding = page.locator(".rows a.title").first.get_attribute("href")
    page.goto(f"{inspector.base}{product}")
    enterprise = page.locator(".crumbs li:nth-child(2) a").get_attribute("href")
    for address in (
        "/console/registry",
        "/console/registry?text=江南春",
        "/console/registry?kind=enterprises&region=32",
        product,
        enterprise,
        "/console/findings",
        "/console/findings/new",
        finding,
        "/console/enterprise",
    ):
        page.goto(f"{inspector.base}{address}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert measure_overhang(page) <= 0, (address, width)
            assert list_spills(page) == [], (address, width)
        assert list_violations(page) == [], address
    assert watch.faults == []
    page.context.close()
