# SPDX-License-Identifier: Apache-2.0
"""The console in Chromium: every page of the URL table, by keyboard alone, and with script."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browsing import (
    Watch,
    list_low,
    list_sideways,
    list_spills,
    list_violations,
    measure_overhang,
    open_page,
    sign_in,
    tab_to,
)
from tests.factories import make_gtin
from tools.running_demo import PAGES, Demo, list_addresses

from trueorigin.web.i18n import languages, translator

# Colours do not depend on the language, nor widths on the colours: each is seen once.
LOOKS = [("zh", "light"), ("en", "dark")]
WIDTHS = (360, 1280)


@pytest.fixture(scope="module")
def addresses(demo: Demo) -> dict[str, str]:
    """One address of each kind of page."""
    return list_addresses(demo)


def test_a_link_leads_to_every_page_of_the_url_table(addresses: dict[str, str]) -> None:
    assert {kind.partition("?")[0] for kind in addresses} == PAGES
    assert {language for language, _ in LOOKS} == set(languages())


def list_blocked(page: Page, placeholder: str) -> list[str]:
    """Return the choices that are made already, but that the browser would not send."""
    blocked: list[str] = page.evaluate(
        """placeholder => [...document.querySelectorAll("select:required")]
            .filter((each) => each.value === "" && each.selectedOptions[0].text !== placeholder)
            .map((each) => each.name)""",
        placeholder,
    )
    return blocked


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_fits_and_has_no_barrier_and_no_fault(
    browser: Browser, demo: Demo, addresses: dict[str, str], language: str, theme: str
) -> None:
    page = open_page(browser, demo, language=language, theme=theme)
    watch = Watch(demo.base)
    watch.follow(page)
    violations = {"/console/sign-in": list_violations(page)}
    sign_in(page, demo)
    placeholder = translator(language).text("console-form-choose")
    overhangs, spills, blocked, sideways, low = [], [], [], [], []
    for kind, address in addresses.items():
        response = page.goto(demo.base + address)
        assert response is not None
        assert response.ok, (address, response.status)
        assert page.get_attribute("html", "lang") == translator(language).tag
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if measure_overhang(page) > 0:
                overhangs.append((address, width))
            spills += [(address, width, each) for each in list_spills(page)]
            if width == min(WIDTHS):
                sideways += [(address, each) for each in list_sideways(page)]
                low += [(address, each) for each in list_low(page, ".crumbs a, .tick label")]
        violations[kind] = list_violations(page)
        blocked += [(address, name) for name in list_blocked(page, placeholder)]
    page.context.close()
    assert not {kind: each for kind, each in violations.items() if each}
    assert overhangs == []
    assert spills == []
    assert blocked == []
    assert sideways == []
    assert low == []
    assert watch.faults == []


def test_a_product_and_its_batch_are_registered_by_keyboard_alone(
    browser: Browser, demo: Demo
) -> None:
    page = open_page(browser, demo)
    tab_to(page, "#email")
    page.keyboard.type(demo.email)
    tab_to(page, "#password")
    page.keyboard.type(demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.base}/console")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, ".side a[href='/console/products']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products")
    tab_to(page, "a[href='/console/products/new']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/new")
    gtin = make_gtin("0952123400777")
    tab_to(page, "#gtin")
    page.keyboard.type(gtin)
    expect(page.locator(".live")).to_have_class("live good")
    tab_to(page, "[name='name.en']")
    page.keyboard.type("Keyboard Tea")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard Tea")
    tab_to(page, "a[href^='/console/batches/new']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/batches/new*")
    tab_to(page, "#lot")
    page.keyboard.type("KB-1")
    tab_to(page, "[name='origin.materials.0.name']")
    page.keyboard.type("Leaves")
    tab_to(page, "button.more")
    page.keyboard.press("Enter")
    expect(page.locator("[name='origin.materials.2.name']")).to_be_focused()
    page.keyboard.type("Buds")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lot KB-1")
    expect(page.locator("tbody th")).to_have_text(["Leaves", "Buds"])
    page.context.close()


def test_a_unit_is_looked_up_by_keyboard_alone(browser: Browser, demo: Demo) -> None:
    page = open_page(browser, demo, f"/console/sign-in?{urlencode({'next': '/console/units'})}")
    tab_to(page, "#email")
    page.keyboard.type(demo.email)
    tab_to(page, "#password")
    page.keyboard.type(demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.base}/console/units")
    # A hand scanner is a keyboard too: it types what it read, and Enter.
    tab_to(page, "#code")
    page.keyboard.type(demo.base + demo.items["copied"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unit")
    expect(page.locator(".timeline li").first).to_be_visible()
    tab_to(page, ".facts a[href^='/console/products/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/products/*")
    page.context.close()


def test_a_wrong_form_puts_the_focus_on_what_is_wrong(browser: Browser, demo: Demo) -> None:
    page = open_page(browser, demo)
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/products/new")
    page.fill("#gtin", "09521234000014")
    expect(page.locator(".live")).to_contain_text("should be 3")
    page.click(".form .buttons button")
    expect(page.locator("#problems")).to_be_focused()
    page.click("#problems a[href='#gtin']")
    assert page.input_value("#gtin") == "09521234000014"
    assert list_violations(page) == []
    page.context.close()


def test_the_colour_is_shown_while_it_is_chosen(browser: Browser, demo: Demo) -> None:
    page = open_page(browser, demo)
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/enterprise/edit")
    page.fill("#colour", "#ffe000")
    expect(page.locator("[data-swatch] rect")).to_have_attribute("fill", "#ffe000")
    expect(page.locator("[data-swatch] text").first).to_have_attribute("fill", "#1e1b16")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"{demo.base}/console/enterprise")
    page.context.close()


def test_the_menu_opens_on_a_phone_without_script(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 700}, java_script_enabled=False, locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{demo.base}/console/sign-in")
    sign_in(page, demo)
    expect(page.locator("#menu")).to_be_hidden()
    page.click(".menu-button")
    page.click("#menu a[href='/console/products']")
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")
    context.close()
