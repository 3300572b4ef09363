# SPDX-License-Identifier: Apache-2.0
"""What the kiosk says aloud: the right thing in the right language, no longer than it is shown.

Chromium under test has no voices; what a machine with voices would be told is collected.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.field_house import House
from tests.kiosk_house import Kiosk, open_kiosk

VOICES = """voices => {
    window.told = [];
    const speech = new EventTarget();
    Object.assign(speech, {
        getVoices: () => voices.map((lang) => ({lang, name: `Voice ${lang}`, localService: true})),
        speak: (words) => window.told.push([words.lang, words.text]),
        cancel: () => window.told.push(["", "hush"]),
    });
    Object.defineProperty(window, "speechSynthesis", {value: speech, configurable: true});
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""


def give_voices(kiosk: Kiosk, *tags: str) -> None:
    quoted = ", ".join(f'"{tag}"' for tag in tags)
    kiosk.page.add_init_script(f"({VOICES})([{quoted}])")


def wait_for_words(kiosk: Kiosk, count: int) -> list[Any]:
    """Return what was said, once it is `count` texts."""
    kiosk.page.wait_for_function(
        "count => window.told.filter(([lang]) => lang).length >= count", arg=count
    )
    found = kiosk.page.evaluate("window.told.filter(([lang]) => lang)")
    assert len(found) == count
    return list(found)


def last(kiosk: Kiosk) -> Any:  # noqa: ANN401 - JSON
    return kiosk.page.evaluate("window.told.at(-1)")


@pytest.mark.parametrize(
    ("language", "tag", "verdict"), [("zh", "zh-CN", "正品"), ("en", "en-GB", "Genuine")]
)
def test_the_answer_is_said_and_hushed_at_the_return(
    house: House, chromium: Browser, language: str, tag: str, verdict: str
) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk = open_kiosk(house, chromium, language=language)
    kiosk.linger()
    give_voices(kiosk, "zh-CN", "en-GB", "fr-FR")
    kiosk.enrol()
    kiosk.scan(item.url)
    [[lang, text]] = wait_for_words(kiosk, 1)
    assert lang == tag
    assert verdict in text
    # What is said is what is written.
    expect(kiosk.page.locator("#heard")).to_have_text(text)
    assert str(kiosk.page.locator(".verdict .lead").inner_text()) in text
    kiosk.page.locator(".foot .main").click()
    assert last(kiosk) == ["", "hush"]
    expect(kiosk.page.locator("#heard")).to_have_text("")
    kiosk.scan("https://evil.example/")
    [_, [lang, text]] = wait_for_words(kiosk, 2)
    assert lang == tag
    assert "evil" not in text
    kiosk.context.close()


def test_another_language_is_said_at_once_in_that_language(house: House, chromium: Browser) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    give_voices(kiosk, "zh-CN", "en-GB")
    kiosk.enrol()
    kiosk.scan(item.url)
    wait_for_words(kiosk, 1)
    kiosk.page.get_by_role("button", name="中文").click()
    [_, [lang, text]] = wait_for_words(kiosk, 2)
    assert lang == "zh-CN"
    assert "正品" in text
    assert "Genuine" not in text
    kiosk.context.close()


def test_a_missing_voice_is_no_fault_and_told_to_staff(house: House, chromium: Browser) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    give_voices(kiosk, "zh-CN")
    kiosk.enrol()
    kiosk.scan(item.url)
    expect(kiosk.title).to_contain_text("Genuine")
    kiosk.page.wait_for_timeout(800)
    assert not kiosk.page.evaluate("window.told.filter(([lang]) => lang).length")
    kiosk.page.locator(".foot .main").click()
    kiosk.page.locator(".look").click()
    voices = kiosk.page.locator(".service [data-name=voice]")
    expect(voices.filter(has_text="Voice zh-CN")).to_have_class("well")
    expect(voices.filter(has_text="English: none")).to_have_class("ill")
    assert kiosk.watch.faults == []
    kiosk.context.close()


def test_a_browser_without_speech_answers_all_the_same(house: House, chromium: Browser) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    kiosk.page.add_init_script(
        "delete Window.prototype.speechSynthesis; delete window.speechSynthesis"
    )
    kiosk.enrol()
    kiosk.scan(item.url)
    expect(kiosk.title).to_contain_text("Genuine")
    # When it would speak.
    kiosk.page.wait_for_timeout(700)
    kiosk.page.locator(".foot .main").click()
    kiosk.page.locator(".look").click()
    expect(kiosk.page.locator(".service [data-name=voice].ill")).to_have_count(2)
    assert kiosk.watch.faults == []
    kiosk.context.close()
