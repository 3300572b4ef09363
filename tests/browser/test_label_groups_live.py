# SPDX-License-Identifier: Apache-2.0
"""Labels of cases and pallets in Chromium: the studio and the advisor, on phones and desks."""

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browsing import (
    Watch,
    following,
    list_spills,
    list_violations,
    measure_overhang,
    open_page,
    sign_in,
)
from tools.running_demo import Demo

# A run of bottles in cases on pallets, of an organisation that has a GS1 company prefix.
STUDIO = "/console/runs/1/labels"
ADVISOR = "/console/advisor?host=zy.example&symbols=16&dpi=300&layout=a4-24&dots="
# Colours do not depend on the language, nor widths on the colours: each is seen once.
LOOKS = [("zh", "light"), ("en", "dark")]
WIDTHS = (360, 1280)


def open_signed_in(browser: Browser, demo: Demo, language: str, theme: str) -> Page:
    page = open_page(browser, demo, language=language, theme=theme)
    sign_in(page, demo)
    return page


def list_faults(page: Page, width: int) -> list[object]:
    """Return what is too wide or sticks out at a width, and every barrier."""
    page.set_viewport_size({"width": width, "height": 800})
    faults: list[object] = [*list_spills(page), *list_violations(page)]
    return [*faults, "overhang"] if measure_overhang(page) > 0 else faults


def choose(page: Page, level: int, design: str, layout: str) -> None:
    """Choose in the studio, where the label and its judgement follow at once."""
    with following(page, level=str(level), design=design, layout=layout):
        page.locator("#level").select_option(str(level))
        page.locator(f"input[name=design][value={design}]").check()
        page.locator("#layout").select_option(layout)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_studio_of_groups_fits_and_has_no_barrier(
    browser: Browser, demo: Demo, language: str, theme: str
) -> None:
    page = open_signed_in(browser, demo, language, theme)
    watch = Watch(demo.base)
    watch.follow(page)
    page.goto(demo.base + STUDIO)
    shown, judged = page.locator("[data-shown=label]"), page.locator("[data-shown=gs1]")
    for level, design, layout in (
        (1, "text", "a4-4"),
        (1, "logistic", "roll-100x150"),
        (2, "logistic", "a4-2"),
    ):
        choose(page, level, design, layout)
        expect(shown.locator("path.symbol")).to_have_count(1)
        expect(shown.locator("path.bars")).to_have_count(int(design == "logistic"))
        expect(judged.locator(".measure.good")).to_have_count(1)
        for width in WIDTHS:
            assert list_faults(page, width) == [], (level, design, width)
    # Too small a label: what would do stands where the label would.
    choose(page, 2, "logistic", "a4-65")
    expect(shown.locator(".error")).to_contain_text("roll-100x150")
    expect(judged.locator(".measure.bad")).to_have_count(1)
    for width in WIDTHS:
        assert list_faults(page, width) == [], width
    page.context.close()
    assert watch.faults == []


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_advisor_of_groups_fits_and_has_no_barrier(
    browser: Browser, demo: Demo, language: str, theme: str
) -> None:
    page = open_signed_in(browser, demo, language, theme)
    watch = Watch(demo.base)
    watch.follow(page)
    for query, answers, wrong in (
        ("", 1, 0),
        ("&packing.0=24&packing.1=40&packing.2=200&group_design=logistic", 4, 0),
        ("&packing.0=100&identifier=gtin&group_layout=roll-40x30", 2, 1),
        ("&packing.1=40", 0, 0),
    ):
        page.goto(demo.base + ADVISOR + query)
        expect(page.locator(".measure")).to_have_count(answers)
        expect(page.locator(".measure.bad")).to_have_count(wrong)
        for width in WIDTHS:
            assert list_faults(page, width) == [], (query, width)
    # A gap in the packing is shown at its field.
    expect(page.locator("[id='packing.0-error']")).to_be_visible()
    page.context.close()
    assert watch.faults == []


def test_the_advisor_is_asked_by_keyboard_without_script(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{demo.base}/console/sign-in")
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/advisor")
    page.get_by_label("Items in a case").fill("24")
    page.get_by_label("Cases on a pallet").fill("101")
    page.get_by_label("Cases on a pallet").press("Enter")
    expect(page.get_by_role("heading", name="Case of 24")).to_be_visible()
    pallet = page.get_by_role("region", name="Pallet of 101")
    expect(pallet).to_contain_text("A list holds at most 100 numbers")
    expect(page.get_by_label("Items in a case")).to_have_value("24")
    context.close()
