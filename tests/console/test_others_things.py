# SPDX-License-Identifier: Apache-2.0
"""Ids of Alice's inside Charlie's forms: refused as if they did not exist; nothing is stored."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest
from tests.console_house import MAKERS, House, count_rows, make_file
from tests.console_site import Browser
from tests.factories import make_gtin

Fields: TypeAlias = Mapping[str, str]
FRESH_GTIN = make_gtin("0690999000321")
CONFIRMED = {"confirmed": "yes"}


def id_of(name: str) -> Callable[[House], str]:
    return MAKERS[name]


# Where the form goes, the field that takes an id, whose id, and what else would make it right.
FORMS: Mapping[str, tuple[str, str, Callable[[House], str], Fields]] = {
    "a batch of her product": (
        "/console/batches/new",
        "product_id",
        id_of("product_id"),
        {"lot": "L-1"},
    ),
    "codes for her batch": (
        "/console/runs/new",
        "batch_id",
        id_of("batch_id"),
        {"quantity": "10", "symbols": "16"},
    ),
    "a recall of her batch": (
        "/console/recalls/new",
        "batch",
        id_of("batch_id"),
        {"reason.en": "Envy", **CONFIRMED},
    ),
    "a recall of her run": (
        "/console/recalls/new",
        "run",
        id_of("run_id"),
        {"level": "0", "from": "0", "to": "5", "reason.en": "Envy", **CONFIRMED},
    ),
    "her picture on his product": (
        "/console/products/new",
        "pictures-kept",
        make_file,
        {"gtin": FRESH_GTIN, "name.en": "Tea"},
    ),
    "her certificate on his product": (
        "/console/products/new",
        "certificates-kept",
        make_file,
        {"gtin": FRESH_GTIN, "name.en": "Tea"},
    ),
    "her paper on his batch": (
        "/console/batches/new",
        "papers-kept",
        make_file,
        {"lot": "L-1"},
    ),
    "her logo as his": ("/console/enterprise/edit", "logo-kept", make_file, {}),
}


def complete(house: House, browser: Browser, path: str, fields: Fields) -> dict[str, str]:
    """Add what a right form of Charlie's has besides: his own product, his own enterprise."""
    browser.get(path if "recalls" not in path else "/console")
    own = dict(browser.page.values) if path.endswith("/edit") else {}
    if path == "/console/batches/new":
        own["product_id"] = str(house.office.charlies.product.id)
    return {**own, **fields}


@pytest.mark.parametrize("case", FORMS)
def test_another_organisations_id_in_a_form_is_nobodys(house: House, case: str) -> None:
    path, name, make, fields = FORMS[case]
    hers = make(house)
    charlie = house.office.browser(house.office.charlie)
    form = complete(house, charlie, path, fields)
    before = count_rows(house)
    response = charlie.post(path, {**form, name: hers})
    assert response.status_code in {404, 422}, case
    assert count_rows(house) == before, case
    assert house.office.alices.batch.lot not in response.text
    assert f">{house.office.alices.organisation.name}<" not in response.text


@pytest.mark.parametrize("case", FORMS)
def test_an_id_of_nothing_is_answered_like_another_organisations(house: House, case: str) -> None:
    """Who guesses ids learns nothing from the difference, for there is none."""
    path, name, make, fields = FORMS[case]
    charlie = house.office.browser(house.office.charlie)
    nothing = "999999999" if name == "run" else "00000000-0000-7000-8000-000000000000"
    answers = []
    for value in (make(house), nothing):
        form = complete(house, charlie, path, fields)
        response = charlie.post(path, {**form, name: value})
        answers.append((response.status_code, charlie.page.text))
    assert answers[0] == answers[1]
