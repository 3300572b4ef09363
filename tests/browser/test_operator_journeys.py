# SPDX-License-Identifier: Apache-2.0
"""The operator at the console: lets in, verifies and limits organisations, by keyboard."""

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


def require_room(page: Page) -> None:
    """Demand that the page that is open can be used by everybody, on a phone too."""
    assert list_violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert measure_overhang(page) <= 0
        assert list_spills(page) == []


def require_entry(browser: Browser, person: Demo, door: str, organisation: str) -> None:
    """Demand that somebody can sign in, elsewhere, and acts for an organisation then."""
    page = browser.new_page()
    page.goto(door)
    sign_in(page, person)
    expect(page.locator(".tenant")).to_have_text(organisation)
    page.goto(f"{person.base}/console/people")
    expect(page.locator("main .rows")).to_contain_text(person.email)
    page.context.close()


def test_an_organisation_and_its_first_person_are_let_in_by_keyboard(
    browser: Browser, operator: Demo
) -> None:
    page = open_page(browser, operator, theme="dark")
    watch = Watch(operator.base)
    watch.follow(page)
    sign_in(page, operator)
    page.goto(f"{operator.base}/console/organisations")
    tab_to(page, ".page-actions a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/organisations/new")
    tab_to(page, "#name")
    page.keyboard.type("Qinhuai Tea House")
    for role in ("seller", "logistics"):
        tab_to(page, f"#role-{role}")
        page.keyboard.press("Space")
    tab_to(page, "#uscc")
    page.keyboard.type("9132010212345678")
    page.keyboard.press("Enter")
    # The fault is told at once, leads to its field, and nothing that was typed is lost.
    expect(page.locator("#problems")).to_be_focused()
    require_room(page)
    page.locator("#problems a").click()
    expect(page.locator("#uscc")).to_be_focused()
    expect(page.locator("#name")).to_have_value("Qinhuai Tea House")
    expect(page.locator("#role-logistics")).to_be_checked()
    page.locator("#uscc").fill("")
    page.locator("#uscc").press("Enter")
    expect(page.get_by_text("Qinhuai Tea House is in.", exact=False)).to_be_visible()
    home = page.url
    require_room(page)
    tab_to(page, f"a[href='{home.removeprefix(operator.base)}/people']")
    page.keyboard.press("Enter")
    tab_to(page, "main #name")
    page.keyboard.type("Wang Fang")
    page.keyboard.press("Tab")
    page.keyboard.type("wang.fang@example.com")
    page.keyboard.press("Enter")
    handed = page.locator(".once dd")
    expect(handed).to_have_count(3)
    require_room(page)
    door, email, password = (each.strip() for each in handed.all_inner_texts())
    # She signs in elsewhere with what was handed over, and nothing else.
    hers = replace(operator, email=email, password=password)
    require_entry(browser, hers, door, "Qinhuai Tea House")
    tab_to(page, "main .buttons a.main")
    page.keyboard.press("Enter")
    expect(page.get_by_text("One person can sign in: an owner.")).to_be_visible()
    assert page.url == home
    expect(page.get_by_text(password)).to_have_count(0)
    assert [each for each in watch.faults if "422" not in each] == []
    page.context.close()


def test_an_organisation_is_let_in_and_found_without_script(
    browser: Browser, operator: Demo
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{operator.base}/console/sign-in")
    sign_in(page, operator)
    page.goto(f"{operator.base}/console/organisations/new")
    page.fill("#name", "秦淮运输")
    page.check("#role-logistics")
    page.click("main .buttons button.main")
    expect(page.get_by_text("已登记 秦淮运输", exact=False)).to_be_visible()
    page.get_by_role("link", name="添加第一位人员").click()
    page.fill("main #name", "李娜")
    page.fill("#email", "li.na@example.com")
    page.click("main .buttons button.main")
    password = page.locator(".once dd").last.inner_text().strip()
    page.fill("#top-search", "秦淮运")
    page.press("#top-search", "Enter")
    expect(page.locator(".rows a.title")).to_have_text("秦淮运输")
    context.close()
    hers = replace(operator, email="li.na@example.com", password=password)
    require_entry(browser, hers, f"{operator.base}/console/sign-in", "秦淮运输")


def test_of_two_who_set_a_remit_the_second_sees_both(browser: Browser, operator: Demo) -> None:
    page = open_page(browser, operator)
    sign_in(page, operator)
    home = open_organisation(page, operator, AUTHORITY)
    page.goto(f"{home}/remit")
    other = page.context.new_page()
    other.goto(f"{home}/remit")
    other.locator("#province-63").check()
    other.locator("main .buttons button.main").click()
    other.wait_for_url(home)
    page.locator("#province-64").check()
    page.locator("main .buttons button.main").click()
    both = page.locator(".conflict tbody tr")
    expect(both.locator("td")).to_contain_text(["Ningxia", "Qinghai"])
    require_room(page)
    expect(page.locator("#province-64")).to_be_checked()
    expect(page.locator("#province-63")).not_to_be_checked()
    # Whoever saves once more has seen the other one.
    page.locator("#province-64").uncheck()
    page.locator("main .buttons button.main").click()
    page.wait_for_url(home)
    expect(page.get_by_role("region", name="Remit").locator(".facts")).not_to_contain_text(
        "Qinghai"
    )
    # Nor are limits lifted that the page did not show.
    other.goto(f"{home}/remit")
    other.locator("main .buttons button.main").click()
    other.wait_for_url(home)
    page.get_by_role("button", name="Lift all limits").click()
    expect(page.locator("#problems")).to_contain_text("Somebody else set another remit")
    require_room(page)
    page.context.close()


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
    everywhere = f"{operator.base}/console/organisations"
    for address in (everywhere, f"{everywhere}/new", home, f"{home}/remit", f"{home}/people"):
        page.goto(address)
        assert list_violations(page) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if measure_overhang(page) > 0 or list_spills(page):
                faults.append((address, width))
    page.context.close()
    assert faults == []
    assert watch.faults == []
