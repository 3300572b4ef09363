# SPDX-License-Identifier: Apache-2.0
"""Labels as a browser draws them: SVG files rasterised and read back, and the studio at work."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.browsing import Watch, following, list_violations, measure_overhang, open_page, sign_in
from tests.drawn_logos import make_logo
from tools.running_demo import Demo

from trueorigin.adapters.barcodes import read_symbols
from trueorigin.adapters.pdf import LabelChunk, LabelJob
from trueorigin.adapters.raster import Raster
from trueorigin.adapters.svg import Drawing
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.qr import Template
from trueorigin.domain.sheets import LAYOUTS

TEMPLATE = Template("https://TRUEORIG.CN/01/09506000134352/21/", 16, mask=3)
SERIALS = (b"7K3M9QD2X5TB8WHN", b"0000000000000000", b"ZZZZZZZZZZZZZZZZ")
TEXT = LabelText(
    title="真源窖藏 Cellar", lines=("500 mL · 53 % vol",), whole=("批号 20260113A", "窖藏 <4>")
)
STUDIO = "/console/runs/2/labels"


def make_job(design: str, layout: str) -> LabelJob:
    job = LabelJob(layout=LAYOUTS[layout], text=TEXT, modules=TEMPLATE.size, code_length=21)
    if design == "plain":
        return replace(job, text=LabelText(title=""), is_plain=True)
    return replace(job, logo=make_logo()) if design == "branded" else job


def make_chunk() -> LabelChunk:
    rows = np.stack([np.frombuffer(serial, np.uint8) for serial in SERIALS])
    prefix = np.tile(np.frombuffer(b"TQ3N", np.uint8), (len(rows), 1))
    codes = np.concatenate([prefix, rows, rows[:, :1]], axis=1)
    return LabelChunk(symbols=TEMPLATE.render(rows), codes=codes)


def rasterise_svg(page: Page, drawing: str, size: tuple[int, int]) -> Image.Image:
    """Let Chromium draw an SVG file, a pixel a printer dot."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.set_content(
        "<style>*{margin:0} svg{display:block;width:100vw;height:100vh}</style>" + drawing
    )
    return Image.open(io.BytesIO(page.screenshot())).convert("L")


@pytest.mark.parametrize("layout", ["roll-40x30", "roll-60x40", "roll-100x150", "letter-30"])
@pytest.mark.parametrize("design", ["plain", "text", "branded"])
def test_svg_files_read_back_as_chromium_draws_them(
    browser: Browser, design: str, layout: str
) -> None:
    job, chunk = make_job(design, layout), make_chunk()
    dots = Raster(job).draw(chunk)
    height, width = dots.shape[1:]
    page = browser.new_page()
    for serial, drawing, label in zip(SERIALS, Drawing(job).draw(chunk), dots, strict=True):
        picture = rasterise_svg(page, drawing, (width, height))
        texts = [symbol.text for symbol in read_symbols(picture)]
        assert texts == [TEMPLATE.text(serial.decode())]
        # Drawing and dots are the same label but for the edges of letters and the logo's colours.
        drawn = np.asarray(picture) < 128
        assert (drawn == label).mean() > 0.98
        if design != "plain":
            assert drawn[:, width // 2 :].any()
    page.close()


def open_studio(browser: Browser, demo: Demo, width: int = 1280) -> Page:
    page = open_page(browser, demo, width=width)
    sign_in(page, demo)
    page.goto(demo.base + STUDIO)
    return page


def test_the_label_follows_each_choice_at_once(browser: Browser, demo: Demo) -> None:
    page = open_studio(browser, demo)
    watch = Watch(demo.base)
    watch.follow(page)
    shown, judged = page.locator("[data-shown=label]"), page.locator("[data-shown=gs1]")
    logo = shown.locator("image.logo")
    expect(page.get_by_role("button", name="Preview")).to_have_count(0)
    expect(logo).to_have_count(0)
    usual = judged.inner_text()
    page.get_by_role("radio", name="With your logo").check()
    expect(logo).to_have_count(1)
    texts = shown.locator("svg > g").count()
    page.get_by_label("A line of your own").fill("Cellar 4")
    expect(shown.locator("svg > g")).to_have_count(texts + 1)
    page.get_by_role("checkbox", name="Lot").uncheck()
    expect(shown.locator("svg > g")).to_have_count(texts)
    page.get_by_role("radio", name="Symbol and code").check()
    expect(logo).to_have_count(0)
    page.get_by_label("Label", exact=True).select_option("roll-40x30")
    expect(shown.locator("figcaption")).to_contain_text("40 by 30 mm")
    expect(judged).not_to_have_text(usual)
    # The page stayed where it was, with all that was typed.
    expect(page.get_by_label("A line of your own")).to_have_value("Cellar 4")
    assert page.url == demo.base + STUDIO
    assert list_violations(page) == []
    assert watch.faults == []
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_label_too_small_says_what_fits_where_the_label_would_be(
    browser: Browser, demo: Demo, width: int
) -> None:
    page = open_studio(browser, demo, width)
    with following(page, layout="a4-65"):
        page.get_by_role("radio", name="With your logo").check()
        for name in ("Production date", "Name in the other language"):
            page.get_by_role("checkbox", name=name).check()
        page.get_by_label("Label", exact=True).select_option("a4-65")
    shown = page.locator("[data-shown=label]")
    expect(shown.locator(".error")).to_contain_text("Large enough: ")
    assert measure_overhang(page) <= 0
    assert list_violations(page) == []
    page.get_by_label("Label", exact=True).select_option("a4-8")
    expect(shown.locator("svg")).to_have_count(1)
    page.context.close()


def test_without_script_a_button_shows_the_label(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{demo.base}/console/sign-in")
    sign_in(page, demo)
    page.goto(demo.base + STUDIO)
    page.get_by_role("radio", name="With your logo").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("image.logo")).to_have_count(1)
    expect(page.get_by_role("radio", name="With your logo")).to_be_checked()
    context.close()
