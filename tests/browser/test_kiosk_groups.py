# SPDX-License-Identifier: Apache-2.0
"""A case at the kiosk: what its label says beside what is inside now, with and without network."""

from playwright.sync_api import Browser, expect
from tests.browsing import list_violations
from tests.field_house import House, Unit
from tests.kiosk_house import Kiosk, open_kiosk, pack


def figures(kiosk: Kiosk) -> list[str]:
    """Return the large figures, label first."""
    return [str(each) for each in kiosk.page.locator(".figure strong").all_inner_texts()]


def head(kiosk: Kiosk) -> object:
    return kiosk.page.locator(".contents h2")


def order_cases(house: House) -> tuple[int, list[Unit], list[Unit]]:
    run = house.order(quantity=12, packing=(6,))
    return run, house.units(run, 0), house.units(run, 1)


def numbers_of(kiosk: Kiosk, kind: str) -> list[str]:
    return [str(each) for each in kiosk.page.locator(f".numbers .{kind} .number").all_inner_texts()]


def test_a_case_as_its_label_says(house: House, chromium: Browser) -> None:
    run, items, cases = order_cases(house)
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    kiosk.enrol()
    kiosk.scan(cases[0].url)
    expect(kiosk.page.locator(".contents h2")).to_have_text(
        "The label agrees with the maker’s plan"
    )
    expect(kiosk.page.locator(".contents")).to_contain_text("Nobody has recorded the packing")
    assert figures(kiosk) == ["6 units", "6 units"]
    kiosk.page.locator(".foot .main").click()
    pack(house, run, cases[0], range(6))
    kiosk.scan(cases[0].url)
    expect(kiosk.page.locator(".contents h2")).to_have_text("Label and contents agree")
    expect(kiosk.page.locator(".contents.fits")).to_be_visible()
    kiosk.page.locator(".slip").click()
    assert numbers_of(kiosk, "both") == [each.number for each in items[:6]]
    assert list_violations(kiosk.page) == []
    kiosk.page.get_by_role("button", name="The answer").click()
    expect(kiosk.title).to_contain_text("Genuine")
    assert kiosk.watch.faults == []
    kiosk.context.close()


def test_what_was_taken_out_and_put_in_is_shown_and_said(house: House, chromium: Browser) -> None:
    run, items, cases = order_cases(house)
    pack(house, run, cases[0], range(2, 8))
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    kiosk.enrol()
    kiosk.scan(cases[0].url)
    expect(kiosk.page.locator(".contents.differs h2")).to_have_text("Label and contents differ")
    assert figures(kiosk) == ["6 units", "6 units"]
    expect(kiosk.page.locator(".sign")).to_have_text("≠")
    expect(kiosk.page.locator(".contents")).to_contain_text("2 on the label are not inside")
    expect(kiosk.page.locator(".contents")).to_contain_text("2 inside are not on the label")
    expect(kiosk.page.locator("#heard")).to_contain_text("Label and contents differ")
    kiosk.page.locator(".slip").click()
    # What people look for comes first.
    shown = kiosk.page.locator(".numbers .number").all_inner_texts()
    assert set(shown[:4]) == {each.number for each in (*items[:2], *items[6:8])}
    assert set(numbers_of(kiosk, "label")) == {each.number for each in items[:2]}
    assert set(numbers_of(kiosk, "inside")) == {each.number for each in items[6:8]}
    assert list_violations(kiosk.page) == []
    kiosk.page.get_by_role("button", name="中文").click()
    expect(kiosk.page.locator(".numbers .label .where").first).to_have_text("里面没有")
    kiosk.context.close()


def test_an_edited_label_is_held_against_what_was_planned(house: House, chromium: Browser) -> None:
    _, items, cases = order_cases(house)
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    kiosk.enrol()
    assert items[2].number in cases[0].url
    kiosk.scan(cases[0].url.replace(items[2].number, "ZZZZZZ"))
    expect(kiosk.page.locator(".contents.differs")).to_be_visible()
    kiosk.page.locator(".slip").click()
    assert numbers_of(kiosk, "label") == ["ZZZZZZ"]
    assert numbers_of(kiosk, "inside") == [items[2].number]
    kiosk.context.close()


def test_first_and_count_are_compared_by_count(house: House, chromium: Browser) -> None:
    run, items, cases = order_cases(house)
    listed = "".join(each.number for each in items[:6])
    short = cases[0].url.replace(listed, f"{items[0].number}*6")
    assert short != cases[0].url
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    kiosk.enrol()
    kiosk.scan(short)
    expect(kiosk.page.locator(".contents h2")).to_have_text(
        "The label agrees with the maker’s plan"
    )
    kiosk.page.locator(".foot .main").click()
    pack(house, run, cases[0], range(5))
    kiosk.scan(short)
    expect(kiosk.page.locator(".contents.differs")).to_contain_text(
        "1 on the label are not inside any more"
    )
    assert figures(kiosk) == ["6 units", "5 units"]
    kiosk.page.locator(".foot .main").click()
    # A typed code says nothing of the contents.
    kiosk.scan(cases[0].code)
    expect(kiosk.page.locator(".contents h2")).to_have_text("What is inside")
    assert figures(kiosk) == ["5 units"]
    kiosk.context.close()


def test_without_network_only_the_label_speaks(house: House, chromium: Browser) -> None:
    run, items, cases = order_cases(house)
    pack(house, run, cases[0], range(5))
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    kiosk.enrol()
    kiosk.context.set_offline(True)
    kiosk.scan(cases[0].url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    expect(kiosk.page.locator(".claim h2")).to_have_text("What the label says")
    assert figures(kiosk) == ["6 units"]
    for word in ("Inside now", "agree", "differ", "Genuine"):
        expect(kiosk.page.locator("main")).not_to_contain_text(word)
    kiosk.page.locator(".slip").click()
    assert numbers_of(kiosk, "both") == [each.number for each in items[:6]]
    kiosk.page.get_by_role("button", name="The answer").click()
    expect(kiosk.title).to_have_text("Cannot be checked now")
    kiosk.page.locator(".foot .main").click()
    listed = "".join(each.number for each in items[:6])
    kiosk.scan(cases[0].url.replace(listed, f"{items[0].number}*6"))
    expect(kiosk.page.locator(".claim")).to_contain_text(items[0].number)
    expect(kiosk.page.locator(".slip")).to_have_count(0)
    # A code without a list: nothing is claimed, nothing is shown.
    kiosk.page.locator(".foot .main").click()
    kiosk.scan(cases[0].code)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    expect(kiosk.page.locator(".claim")).to_have_count(0)
    kiosk.context.close()


def test_another_language_tells_everything_again(house: House, chromium: Browser) -> None:
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    kiosk.enrol()
    kiosk.scan(house.demo.base + house.demo.items["recalled"])
    reasons = kiosk.page.locator(".reasons li")
    expect(reasons.first).to_be_visible()
    english = reasons.all_inner_texts()
    kiosk.page.get_by_role("button", name="中文").click()
    expect(kiosk.title).to_have_text("已召回")
    chinese = reasons.all_inner_texts()
    assert len(chinese) == len(english)
    for before, after in zip(english, chinese, strict=True):
        assert before != after
        assert not any("\u4e00" <= each <= "\u9fff" for each in before.replace("。", ""))
        assert any("\u4e00" <= each <= "\u9fff" for each in after)
    expect(kiosk.page.locator("#heard")).to_contain_text("已召回")
    assert kiosk.page.locator("[lang=en] .reasons, .reasons [lang=en]").count() == 0
    kiosk.page.get_by_role("button", name="English").click()
    assert reasons.all_inner_texts() == english
    kiosk.context.close()
