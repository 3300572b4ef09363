# SPDX-License-Identifier: Apache-2.0
"""Words that are no choice, in addresses and forms: refused, never taken for other ones."""

import pytest
from tests.console_house import House


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/console/figures?days=8", "7, 30, 90, 365"),
        ("/console/figures?days=-7", "7, 30, 90, 365"),
        ("/console/readings?verdict=fine", "genuine"),
        ("/console/readings?counted=maybe", "yes"),
        ("/console/readings?from=2026-02-30", "2026-03-14"),
        ("/console/readings?to=12026-01-01", "2026-03-14"),
        ("/console/readings.csv?to=20260101", "2026-03-14"),
        ("/console/audit?action=everything", "product.create"),
        ("/console/sites?closed=no", "yes"),
        ("/console/territories?closed=1", "yes"),
        ("/console/products?before=1", "next"),
        ("/console/advisor?contents=all", "list"),
        ("/console/advisor?identifier=name", "sscc"),
        ("/console/advisor?packing.0=-3", "number"),
        ("/console/imports?kind=people", "products"),
        ("/console/findings?result=fine", "does_not_conform"),
        ("/console/findings?open=maybe", "yes"),
        ("/console/findings?region=99", "99"),
        ("/console/findings.csv?result=fine", "does_not_conform"),
    ],
)
def test_what_is_no_choice_is_refused_and_never_taken_for_another(
    house: House, path: str, field: str
) -> None:
    browser = house.office.browser(house.office.alice)
    response = browser.get(path)
    is_form = path.startswith("/console/advisor")
    assert response.status_code == (200 if is_form else 422), response.text
    assert field in browser.page.text


@pytest.mark.parametrize("name", ["contents", "language", "kind"])
def test_forms_refuse_words_that_are_no_choice_at_their_field(house: House, name: str) -> None:
    browser = house.office.browser(house.office.alice)
    run = house.office.alices.run
    path, form = {
        "contents": (
            "/console/runs/new",
            {"batch_id": str(run.batch_id), "quantity": "10", "symbols": "16"},
        ),
        "language": (
            f"/console/runs/{run.id}/labels",
            {"level": "0", "from": "0", "to": "5", "format": "pdf", "layout": "a4-24",
             "dpi": "300"},
        ),
        "kind": ("/console/imports", {}),
    }[name]  # fmt: skip
    browser.get(path)
    response = browser.post(path, {**form, name: "klingon"})
    assert response.status_code == 422
    assert "klingon" not in browser.page.errors.get(name, "klingon")
    assert "one of" in browser.page.errors[name]


def test_a_field_of_a_megabyte_is_refused_in_words(house: House) -> None:
    browser = house.office.browser(house.office.alice)
    browser.get("/console/products/new")
    long = browser.post("/console/products/new", {"name.en": "x" * (2**20 - 2000)})
    assert long.status_code == 422
    assert "characters" in browser.page.errors["name.en"]
    browser.get("/console/products/new")
    assert browser.post("/console/products/new", {"name.en": "x" * 2**20}).status_code == 400
