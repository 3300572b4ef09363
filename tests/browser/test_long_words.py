"""The longest texts without a place to break them: no page of the console grows wider by them."""

from playwright.sync_api import Browser, Page
from tests.browsing import list_spills, measure_overhang, open_page, sign_in
from tests.factories import make_gtin
from tools.running_demo import Demo

from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX

NAME = "W" * NAME_LENGTH_MAX
LINE = "W" * LINE_LENGTH_MAX
LOT = "W" * 20
WIDTHS = (360, 1280)


def save(page: Page, fields: dict[str, str]) -> str:
    """Fill in the form that is open and send it; return where it leads."""
    for name, value in fields.items():
        page.fill(f"[name='{name}']", value)
    with page.expect_navigation():
        page.click("main form .buttons button.main >> nth=0")
    return page.url


def test_no_page_grows_wider_by_what_somebody_typed(browser: Browser, demo: Demo) -> None:
    page = open_page(browser, demo)
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/products/new")
    product = save(
        page,
        {
            "gtin": make_gtin("0952123400555"),
            "name.zh": NAME,
            "name.en": NAME,
            "category": LINE,
            "specification": LINE,
            "description.en": NAME * 3,
            "features.0.name_en": NAME,
            "features.0.value_en": NAME,
        },
    )
    page.goto(f"{demo.base}/console/batches/new?product={product.rpartition('/')[2]}")
    material = {f"origin.materials.0.{part}": LINE for part in ("name", "supplier", "lot")}
    origin = {"origin.place.en": NAME, "origin.line": LINE}
    batch = save(page, {"lot": LOT, **origin, **material})
    query = f"batch={batch.rpartition('/')[2]}"
    page.goto(f"{demo.base}/console/runs/new?{query}")
    run = save(page, {"quantity": "1000"})
    faults = []
    for address in (
        *(product, batch, run, f"{run}/labels", f"{run}/release"),
        *(f"{product}/edit", f"{batch}/edit"),
        *(f"{demo.base}/console{path}" for path in ("", "/products", "/batches", "/runs")),
        f"{demo.base}/console/figures?{query}",
        f"{demo.base}/console/recalls/new?{query}",
        f"{demo.base}/console/search?q={'x' * 300}",
        f"{demo.base}/console/search?q=WW",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if measure_overhang(page) > 0 or list_spills(page):
                faults.append((address, width))
    page.context.close()
    assert faults == []
