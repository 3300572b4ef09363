# SPDX-License-Identifier: Apache-2.0
"""The operator at the console: verifies an enterprise, limits an authority, by keyboard."""

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
AUTHORITY = "Demo Market Regulator"


@pytest.fixture
def operator(demo: Demo) -> Demo:
    """The demo as its operator signs in to it."""
    found = json.loads((demo.data / "demo.json").read_text(encoding="utf-8"))
    person = next(each for each in found["sign_ins"] if each["role"] == "operator")
    return replace(demo, email=person["email"], password=person["password"])


def open_organisation(page: Page, demo: Demo, name: str) -> str:
    """Find an organisation by its name and open it; return its address."""
    page.goto(f"{demo.base}/console/organisations")
    tab_to(page, "main #q")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.locator(".rows a.title")).to_have_count(1)
    tab_to(page, ".rows a.title")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page.url


def test_a_remit_is_changed_by_keyboard_alone(browser: Browser, operator: Demo) -> None:
    page = open_page(browser, operator)
    watch = Watch(operator.base)
    watch.follow(page)
    sign_in(page, operator)
    tab_to(page, ".task a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/organisations")
    home = open_organisation(page, operator, AUTHORITY)
    remit = page.get_by_role("region", name="Remit")
    before = remit.locator(".facts").inner_text()
    tab_to(page, f"a[href='{home.removeprefix(operator.base)}/remit']")
    page.keyboard.press("Enter")
    tab_to(page, "#province-33")
    page.keyboard.press("Space")
    tab_to(page, "[id='regions.0.code']")
    page.keyboard.type("3211")
    tab_to(page, "[id='regions.0.name.zh']")
    page.keyboard.type("镇江")
    tab_to(page, "[id='regions.0.circles']")
    page.keyboard.type("32.2, 119.4")
    page.keyboard.press("Enter")
    # The fault is told at once, leads to its field, and nothing that was typed is lost.
    expect(page.locator("#problems")).to_be_focused()
    assert list_violations(page) == []
    page.locator("#problems a").click()
    expect(page.locator("[id='regions.0.circles']")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(", 40")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{AUTHORITY} answers for. It holds", exact=False)).to_be_visible()
    assert page.url == home
    for told in ("浙江 Zhejiang", "镇江"):
        assert told not in before
        expect(remit.locator(".facts")).to_contain_text(told)
    page.goto(f"{home}/remit")
    page.locator("#province-33").uncheck()
    for name in ("code", "name.zh", "circles"):
        page.locator(f"[id='regions.0.{name}']").fill("")
    page.locator("main .buttons button.main").click()
    expect(remit.locator(".facts")).to_have_text(before, use_inner_text=True)
    assert [each for each in watch.faults if "422" not in each] == []
    page.context.close()


def test_an_enterprise_is_verified_without_script(browser: Browser, operator: Demo) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{operator.base}/console/sign-in")
    sign_in(page, operator)
    page.goto(f"{operator.base}/console/organisations?q=Gulou")
    page.locator(".rows a.title").click()
    for button, told in (("撤销核验", "不再为"), ("确认身份", "已核验")):
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text(told, exact=False).first).to_be_visible()
    context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_the_operator_fit_and_can_be_used_by_everybody(
    browser: Browser, operator: Demo, language: str, theme: str
) -> None:
    page = open_page(browser, operator, language=language, theme=theme)
    watch = Watch(operator.base)
    watch.follow(page)
    sign_in(page, operator)
    home = open_organisation(page, operator, AUTHORITY)
    faults = []
    for address in (f"{operator.base}/console/organisations", home, f"{home}/remit"):
        page.goto(address)
        assert list_violations(page) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if measure_overhang(page) > 0 or list_spills(page):
                faults.append((address, width))
    page.context.close()
    assert faults == []
    assert watch.faults == []
