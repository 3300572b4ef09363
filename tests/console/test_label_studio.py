# SPDX-License-Identifier: Apache-2.0
"""The label studio: the label shown is the label printed, and what cannot be is said there."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from tests.console_house import Office
from tests.console_site import Browser
from tests.drawn_logos import draw_seal, draw_white

from trueorigin.adapters import zpl
from trueorigin.adapters.barcodes import rasterise, read_symbols
from trueorigin.adapters.svg import read_modules
from trueorigin.domain.designs import DESIGNS
from trueorigin.domain.jobs import JobState
from trueorigin.services import jobs, printing
from trueorigin.services.jobs import Worker
from trueorigin.web.workshop import build_print_shop, build_works

FORM = {
    "level": "0",
    "from": "0",
    "to": "1",
    "dpi": "300",
    "language": "en",
    "skip": "",
    "layout": "roll-60x40",
    "format": "pdf",
    "line": "",
    # The empty one is in the page itself: it says that the boxes were there.
    "parts": ["", "name", "lot", "expires"],
}


def order_run(office: Office, browser: Browser, quantity: int = 960) -> str:
    browser.get("/console/runs/new")
    form = {"batch_id": str(office.alices.batch.id), "quantity": str(quantity), "symbols": "16"}
    form |= {"packing.0": "24", "packing.1": "", "packing.2": "", "contents": ""}
    response = browser.post("/console/runs/new", form)
    assert response.status_code == 303, browser.page.text
    return f"{response.headers['location']}/labels"


def give_logo(browser: Browser, content: bytes) -> None:
    browser.get("/console/enterprise/edit")
    version = re.search(r'name="version"[^>]*value="(\d+)"', browser.page.html)
    name = re.search(r'name="name"[^>]*value="([^"]*)"', browser.page.html, re.DOTALL)
    assert version is not None
    assert name is not None
    form = {"version": version[1], "name": name[1], "time_zone": "Asia/Shanghai"}
    response = browser.post(
        "/console/enterprise/edit", form, files={"logo": ("logo.png", content, "image/png")}
    )
    assert response.status_code == 303, browser.page.text


def preview(browser: Browser, path: str, **fields: Any) -> str:  # noqa: ANN401 - of a form
    """Return the drawing that the studio shows for a choice, or nothing."""
    response = browser.post(path, {**FORM, **fields, "preview": "yes"})
    assert response.status_code == 200, browser.page.text
    found = re.search(r"<svg xmlns.*?</svg>", response.text, re.DOTALL)
    return found[0] if found else ""


def test_the_preview_follows_every_choice(office: Office, alice: Browser) -> None:
    give_logo(alice, draw_seal())
    path = order_run(office, alice)
    alice.get(path)
    usual = preview(alice, path, design="text")
    # The code of a specimen is anew each time; all else is compared.
    drawings = {
        "plain": preview(alice, path, design="plain"),
        "branded": preview(alice, path, design="branded"),
        "black": preview(alice, path, design="branded", format="zpl"),
        "fewer": preview(alice, path, design="text", parts=["", "lot"]),
        "more": preview(alice, path, design="text", line="窖藏 Cellar 4"),
        "chinese": preview(alice, path, design="text", language="zh"),
        "larger": preview(alice, path, design="text", layout="a4-8"),
        "finer": preview(alice, path, design="text", dpi="600"),
        "case": preview(alice, path, design="text", level="1", layout="roll-100x150"),
    }
    for name, drawing in drawings.items():
        assert drawing != usual, name
        assert len(read_symbols(read_modules(drawing))) == 1, name
    logos = {name for name, drawing in drawings.items() if '<image class="logo"' in drawing}
    assert logos == {"branded", "black"}
    assert len(drawings["black"]) < len(drawings["branded"])
    assert drawings["fewer"].count("<path") < usual.count("<path") < drawings["more"].count("<path")
    alice.get(path)
    assert "has been downloaded 0 times" in alice.page.text


def test_the_plain_symbol_is_larger_and_the_advisor_says_so(office: Office, alice: Browser) -> None:
    path = order_run(office, alice)
    alice.get(path)
    preview(alice, path, design="text")
    assert "8 printer dots" in alice.page.text
    preview(alice, path, design="plain")
    assert "10 printer dots" in alice.page.text


@pytest.mark.parametrize("design", [name for name in DESIGNS if name != "logistic"])
def test_what_is_shown_is_what_is_printed(
    office: Office, alice: Browser, design: str, tmp_path: Path
) -> None:
    give_logo(alice, draw_seal())
    path = order_run(office, alice)
    alice.get(path)
    file = tmp_path / "labels.pdf"
    response = alice.post(path, {**FORM, "design": design})
    assert response.status_code == 200, alice.page.text
    file.write_bytes(response.content)
    (printed,) = read_symbols(rasterise(file, 0, dpi=300))
    (shown,) = read_symbols(read_modules(preview(alice, path, design=design)))
    # Same size, same place; another code, since a specimen gives none away.
    assert shown.text[:-16] == printed.text[:-16]
    assert shown.text != printed.text
    assert shown.position == pytest.approx(printed.position, abs=3)


def test_zpl_with_a_logo_reads_back(office: Office, alice: Browser) -> None:
    give_logo(alice, draw_seal())
    path = order_run(office, alice)
    alice.get(path)
    response = alice.post(path, {**FORM, "design": "branded", "format": "zpl"})
    printer = zpl.Printer()
    pictures = [printer.take(line) for line in response.content.splitlines()]
    texts = [
        symbol.text
        for picture in pictures
        if picture is not None
        for symbol in read_symbols(picture)
    ]
    assert len(set(texts)) == 2


def test_without_a_logo_the_studio_says_where_to_add_one(office: Office, alice: Browser) -> None:
    path = order_run(office, alice)
    alice.get(path)
    assert alice.page.links["Upload your logo"] == "/console/enterprise/edit"
    assert preview(alice, path, design="branded") == ""
    assert "has no logo yet" in alice.page.text
    refused = alice.post(path, {**FORM, "design": "branded"})
    assert refused.status_code == 422
    assert "design" in alice.page.errors
    give_logo(alice, draw_white())
    alice.get(path)
    assert preview(alice, path, design="branded") == ""
    assert "would not be seen on a label" in alice.page.text


@pytest.mark.parametrize(
    ("fields", "wrong", "sentence"),
    [
        pytest.param({"design": "bold"}, "design", "no such design", id="no such design"),
        pytest.param(
            {"design": "text", "parts": ["", "price"]}, "parts", "no such text", id="no such text"
        ),
        pytest.param({"design": "text", "line": "x" * 70}, "line", "60", id="a long line"),
        pytest.param(
            {
                "design": "text",
                "layout": "a4-65",
                "line": "Keep in a cool and dry place, away from light, 窖藏",
                "parts": ["", "name", "lot", "produced", "expires"],
            },
            "layout",
            "roll-40x30 (40 × 30 mm)",
            id="too small",
        ),
    ],
)
def test_a_label_that_cannot_be_is_named_before_anything_is_taken(
    office: Office, alice: Browser, fields: dict[str, Any], wrong: str, sentence: str
) -> None:
    path = order_run(office, alice)
    alice.get(path)
    assert preview(alice, path, **fields) == ""
    assert sentence in alice.page.text
    for bounds in ({"to": "2"}, {"to": ""}):
        assert alice.post(path, {**FORM, **fields, **bounds}).status_code == 422
        assert wrong in alice.page.errors
        assert sentence in alice.page.text
    alice.get(path)
    assert "has been downloaded 0 times" in alice.page.text


def test_a_large_order_keeps_its_design_and_logo(both_offices: Office) -> None:
    office = both_offices
    alice = office.browser(office.alice)
    give_logo(alice, draw_seal())
    path = order_run(office, alice, 5_100)
    alice.get(path)
    whole = {**FORM, "to": "", "format": "zpl", "design": "branded", "line": "窖藏"}
    ordered = alice.post(path, whole)
    assert ordered.status_code == 303, alice.page.text
    # Another logo, chosen meanwhile, is for other labels.
    give_logo(alice, draw_white())
    context = office.site.context
    folder = context.prints / ordered.headers["location"].rpartition("/")[2]
    folder.mkdir(parents=True)
    # Half a file, left by a worker that was killed long ago.
    left = folder / ".4711-abcd.zpl"
    left.write_bytes(b"^XA")
    os.utime(left, (0, 0))

    def report(_job: object, error: Exception) -> None:
        raise AssertionError from error

    worker = Worker(
        database=context.database,
        works=build_works(context),
        clock=context.clock,
        is_stopping=lambda: False,
        report_defect=report,
    )
    assert worker.run_next() is not None
    assert not left.exists()
    with context.database.read() as tx:
        (job,) = jobs.list_jobs(tx, office.alices.scope, kind=printing.KIND, before=None, limit=2)
    assert job.state is JobState.DONE
    order = printing.parse_order(job)
    assert (order.look.design, order.look.line) == ("branded", "窖藏")
    parts = printing.list_parts(job)
    assert [(part.start, part.stop) for part in parts] == [(0, 5000), (5000, 5100)]
    with build_print_shop(context).open_part(job, parts[1]) as file:
        lines = file.read().splitlines()
    assert lines[0].startswith(b"~DGR:TO")
    assert len(lines) == 102
    alice.get(ordered.headers["location"])
    for status in (200, 200, 200, 409):
        assert alice.post(f"{ordered.headers['location']}/files/1").status_code == status


def test_the_advisor_says_what_of_a_case_fits_its_label(office: Office, alice: Browser) -> None:
    path = order_run(office, alice)
    alice.get(path)
    preview(alice, path, level="1", layout="roll-100x150", design="text")
    assert "numbers of all 24 units" in alice.page.text
    assert "100 numbers" in alice.page.text
    assert preview(alice, path, level="1", layout="roll-40x30", dpi="203") == ""
    assert "Does not fit this label" in alice.page.text
    assert "Choose a larger label" in alice.page.text
