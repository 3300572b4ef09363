"""Dora in the aisle: she scans, she types, she switches language, with script and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.consumer_site import item_path
from tests.scanning_world import Tenant

from trueorigin.domain.humancode import build, group


@pytest.fixture(params=["with script", "without script"])
def phone(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 360, "height": 780},
        locale="en-GB",
        java_script_enabled=request.param == "with script",
    )
    yield context
    context.close()


@pytest.fixture
def scripted(browser: Browser, site_url: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="en-GB")
    page = context.new_page()
    page.goto(site_url)
    yield page
    context.close()


def printed(tenant: Tenant, index: int) -> str:
    return group(build(tenant.organisation.prefix, tenant.serial(index)))


def test_a_scan_is_answered_counted_and_asks_only_us(
    phone: BrowserContext, site_url: str, alice: Tenant
) -> None:
    page = phone.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/confirm/*") as counted:
        page.goto(site_url + item_path(alice, 7))
    assert counted.value.status == 200
    expect(page.locator("h1")).to_have_text("Genuine")
    expect(page.locator(".number")).to_have_text(alice.serial(7)[:6])
    assert all(url.startswith(site_url) for url in asked)
    assert len(asked) <= 4
    page.reload()
    expect(page.locator("body")).to_contain_text("Only your phone has looked")


def test_another_phone_learns_of_the_first(
    browser: Browser, phone: BrowserContext, site_url: str, alice: Tenant
) -> None:
    first = phone.new_page()
    with first.expect_response("**/confirm/*"):
        first.goto(site_url + item_path(alice, 7))
    with browser.new_context(locale="zh-CN") as other:
        page = other.new_page()
        page.goto(site_url + item_path(alice, 7))
        expect(page.locator("h1")).to_have_text("正品")
        expect(page.locator("body")).to_contain_text("有 1 部别的手机查过")


def test_the_language_is_switched_by_a_link_and_stays(
    phone: BrowserContext, site_url: str, alice: Tenant
) -> None:
    page = phone.new_page()
    page.goto(site_url + item_path(alice, 7))
    page.get_by_role("link", name="中文").click()
    expect(page.locator("h1")).to_have_text("正品")
    page.goto(site_url)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_a_typed_code_is_answered(phone: BrowserContext, site_url: str, alice: Tenant) -> None:
    page = phone.new_page()
    page.goto(site_url)
    page.get_by_label("Code on the label").fill(printed(alice, 7).lower())
    page.get_by_role("button", name="Check").click()
    expect(page.locator("h1")).to_have_text("Genuine")
    assert "?" not in page.url


def test_a_pasted_address_is_answered(phone: BrowserContext, site_url: str, alice: Tenant) -> None:
    page = phone.new_page()
    page.goto(site_url)
    page.get_by_label("Code on the label").fill("https://ZY.EXAMPLE" + item_path(alice, 7))
    page.get_by_role("button", name="Check").click()
    expect(page.locator("h1")).to_have_text("Genuine")


def test_a_strange_address_is_not_followed(phone: BrowserContext, site_url: str) -> None:
    page = phone.new_page()
    page.goto(site_url)
    page.get_by_label("Code on the label").fill("https://zy.example.evil.test/01/1/21/2")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#state")).to_contain_text("zy.example.evil.test")
    assert page.url.startswith(site_url)


def test_half_a_code_is_sent_back_with_the_reason(phone: BrowserContext, site_url: str) -> None:
    page = phone.new_page()
    page.goto(site_url)
    page.get_by_label("Code on the label").fill("7K3M-9QAB")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_label("Code on the label")).to_have_value("7K3M-9QAB")
    expect(page.locator("h1")).to_have_text("Is it the real thing?")


def test_the_keyboard_alone_is_enough(scripted: Page, alice: Tenant) -> None:
    # Past the scan button and the photograph.
    for _ in range(6):
        scripted.keyboard.press("Tab")
    expect(scripted.locator("#code")).to_be_focused()
    scripted.keyboard.type(printed(alice, 7).replace("-", "").lower())
    expect(scripted.locator("#code")).to_have_value(printed(alice, 7))
    expect(scripted.locator("#state")).to_have_text("The code is complete. It reads well.")
    scripted.keyboard.press("Enter")
    expect(scripted.locator("h1")).to_have_text("Genuine")
    scripted.keyboard.press("Tab")
    expect(scripted.locator(".skip")).to_be_focused()


@pytest.mark.parametrize(
    ("typed", "shown", "said"),
    [
        pytest.param("7k3m", "7K3M", "15 characters to go.", id="the first group"),
        pytest.param("oil", "011", "16 characters to go.", id="folded"),
        pytest.param("7K3MP7JGM1B54MPSD30M", "7K3M-P7JG-M1B5-4MPS-D30M", "One character", id="one"),
        pytest.param("7K3U", "7K3U", "U never occurs in our codes.", id="a foreign letter"),
        pytest.param("真", "真", "真 never occurs in our codes.", id="a foreign script"),
        pytest.param(
            "7K3MP7JGM1B54MPSD30MC", "7K3M-P7JG-M1B5-4MPS-D30M-C", "reads well", id="good"
        ),
        pytest.param("7" * 26, "7777-7777-7777-7777-7777-7777-77", "longer than any", id="long"),
    ],
)
def test_typing_is_grouped_and_explained(scripted: Page, typed: str, shown: str, said: str) -> None:
    scripted.locator("#code").press_sequentially(typed)
    expect(scripted.locator("#code")).to_have_value(shown)
    expect(scripted.locator("#state")).to_contain_text(said)


def test_a_likely_slip_is_asked_about_with_its_group(scripted: Page) -> None:
    # 7K3M-P7JG-M1B5-4MPS-D30M-C with the 5 of the third group read as an S.
    scripted.locator("#code").press_sequentially("7K3MP7JGM1BS4MPSD30MC")
    expect(scripted.locator("#state")).to_contain_text("Look again at group 3: S looks like 5.")
    expect(scripted.locator("#code")).to_have_attribute("aria-invalid", "true")


def test_mending_in_the_middle_keeps_the_caret(scripted: Page) -> None:
    field = scripted.locator("#code")
    field.press_sequentially("7K3MP7JG")
    for _ in range(2):
        field.press("ArrowLeft")
    field.press("Backspace")
    field.press_sequentially("9")
    expect(field).to_have_value("7K3M-P9JG")
    assert scripted.evaluate("document.querySelector('#code').selectionStart") == 7


def test_nothing_is_sent_while_typing(scripted: Page) -> None:
    asked: list[str] = []
    scripted.on("request", lambda request: asked.append(request.url))
    scripted.locator("#code").press_sequentially("7K3MP7JGM1B54MPSD30MC")
    scripted.wait_for_timeout(200)
    # The browser fetches the page's icon when it likes.
    assert [url for url in asked if not url.endswith(".svg")] == []
