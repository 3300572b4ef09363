# SPDX-License-Identifier: Apache-2.0
"""Addresses and forms of the console with odd values: refused in words, never taken for others.

Both databases, for each judges text and numbers its own way.
"""

from itertools import cycle
from urllib.parse import quote

import httpx
import pytest
from tests.console_house import House
from tests.console_site import Browser

from trueorigin.console import ROUTES
from trueorigin.console.routing import Route

SCRIPT = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'"
NAMES = [
    "action",
    "actor",
    "after",
    "batch",
    "before",
    "closed",
    "code",
    "contents",
    "counted",
    "days",
    "dots",
    "dpi",
    "from",
    "group_design",
    "group_layout",
    "host",
    "identifier",
    "kind",
    "lang",
    "layout",
    "lot",
    "name",
    "next",
    "owners",
    "packing.0",
    "place",
    "product",
    "q",
    "run",
    "symbols",
    "to",
    "unit",
    "until",
    "verdict",
    "zoom",
]
VALUES = {
    "NUL": "\0",
    "negative": "-1",
    "large": "9" * 30,
    "no day": "2026-02-30",
    "year of five digits": "12026-01-01",
    "last year": "9999-12-31",
    "script": SCRIPT,
    "line ends": "a\r\nset-cookie: x=1",
    "digits of Thai": "๓",
    "direction": "\u202etxt",
    "exponent": "1e400",
    "not a number": "nan",
    "a path": "../../etc/passwd",
    "long": "x" * 3000,
}
PAGES = [route for route in ROUTES if route.method == "GET"]
# Those of every page's head have no page of their own.
HEAD = {"/console/sign-out", "/console/language"}
FORMS = [route for route in ROUTES if route.method == "POST" and route.path not in HEAD]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def check(response: httpx.Response, what: str) -> None:
    assert response.status_code < 500, what
    assert "<script>alert" not in response.text, what
    assert "<img src=x" not in response.text, what
    assert "x" not in response.cookies, what
    for value in response.headers.values():
        assert "\n" not in value, what
        assert "<script" not in value, what


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_no_page_breaks_on_odd_values_in_its_address(house: House, route: Route) -> None:
    browser = house.browser(route)
    path, _, query = house.fill(route.path).partition("?")
    for name, value in VALUES.items():
        odd = "&".join(f"{each}={quote(value)}" for each in NAMES)
        check(browser.send("GET", f"{path}?{odd}"), name)
    for each, (name, value) in zip(NAMES, cycle(VALUES.items()), strict=False):
        check(browser.send("GET", f"{path}?{query}&{each}={quote(value)}"), f"{each}: {name}")
    assert browser.send("GET", f"{path}?%ff=%ff&q=%ff%00&&=&q").status_code < 500


@pytest.mark.parametrize("route", FORMS, ids=name_of)
def test_no_form_breaks_on_odd_values(house: House, route: Route) -> None:
    browser = house.browser(route)
    path, _, query = house.fill(route.path).partition("?")
    page = browser.send("GET", f"{path}?{query}")
    names = list(open_form(browser, page, path))
    for name, value in VALUES.items():
        check(browser.post(path, dict.fromkeys(names, value)), name)
        open_form(browser, page, path)
    for field, (name, value) in zip(names, cycle(VALUES.items()), strict=False):
        given = open_form(browser, page, path)
        check(browser.post(path, {**given, field: value}), f"{field}: {name}")


def open_form(browser: Browser, page: httpx.Response, path: str) -> dict[str, str]:
    """Return what is in the fields of a form, those of choices included; the token is fresh."""
    if page.status_code == 200 and page.headers["content-type"].startswith("text/html"):
        browser.get(path if "?" in path else str(page.url))
    else:
        browser.get("/console/account")
    chosen = {
        name: "" for tag, each in browser.page.tags if tag == "select" and (name := each["name"])
    }
    given = {**chosen, **browser.page.values}
    given.pop("form_token", None)
    return given


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/console/figures?days=8", "7, 30, 90, 365"),
        ("/console/figures?days=-7", "7, 30, 90, 365"),
        ("/console/readings?verdict=fine", "genuine"),
        ("/console/readings?counted=maybe", "yes"),
        ("/console/readings?from=2026-02-30", "2026-03-05"),
        ("/console/readings?to=12026-01-01", "2026-03-05"),
        ("/console/readings.csv?to=20260101", "2026-03-05"),
        ("/console/audit?action=everything", "product.create"),
        ("/console/sites?closed=no", "yes"),
        ("/console/territories?closed=1", "yes"),
        ("/console/products?before=1", "next"),
        ("/console/advisor?contents=all", "list"),
        ("/console/advisor?identifier=name", "sscc"),
        ("/console/advisor?packing.0=-3", "number"),
        ("/console/imports?kind=people", "products"),
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
    assert browser.post("/console/products/new", {"name.en": "x" * 2**20}).status_code == 413
