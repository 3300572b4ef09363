# SPDX-License-Identifier: Apache-2.0
"""How pages of the console begin: with what to do next; and what long lists cost."""

import re
from collections.abc import Callable

import pytest
from tests.budgets import max_queries
from tests.console_house import House, Office, make_recall
from tests.console_site import Browser
from tests.factories import make_gtin

from trueorigin.console import ROUTES
from trueorigin.console.routing import Gate, Route
from trueorigin.services import accounts

PAGES = [
    route
    for route in ROUTES
    if route.method == "GET"
    and route.permission is not Gate.PUBLIC
    and not route.path.endswith((".csv", ".svg"))
    and "/files/" not in route.path
    and route.path != "/console/imports/templates/{name}"
]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def read_opening(html: str) -> str:
    """Return what a page says before its first table, list or card of facts."""
    main = html.partition('<main id="main"')[2].partition("</main>")[0]
    head, _, rest = main.partition('<div class="page-head">')
    end = re.search(r'<(table|dl|ul class="rows")|class="facts"', rest)
    return head + (rest[: end.start()] if end else rest)


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_every_page_opens_on_what_to_do_next(house: House, route: Route) -> None:
    browser = house.browser(route)
    response = browser.get(house.fill(route.path))
    assert response.status_code == 200
    opening = read_opening(response.text)
    # A sentence that says it, or the list of tasks itself; a heading alone says nothing.
    assert re.search(r'<p class="lead">\s*\S|<(li|section) class="task', opening), opening
    title = re.search(r"<h1>\s*(.*?)\s*</h1>", opening, re.DOTALL)
    assert title is not None
    assert title[1]


def test_a_page_of_a_chain_leads_to_its_next_step(office: Office) -> None:
    alice = office.browser(office.alice)
    gtin = make_gtin("0690999000055")
    alice.get("/console/products/new")
    form = {"gtin": gtin, "name.en": "Tea"}
    product = alice.follow(alice.post("/console/products/new", form)).url.path
    assert "Next: register its first batch." in alice.page.text
    [step] = {link for link in alice.page.links.values() if "/console/batches/new" in link}
    alice.get(step)
    form = {"product_id": product.rpartition("/")[2], "lot": "L-1"}
    batch = alice.follow(alice.post("/console/batches/new", form)).url.path
    assert "Next: order codes for this lot." in alice.page.text
    [step] = {link for link in alice.page.links.values() if "/console/runs/new" in link}
    alice.get(step)
    form = {"batch_id": batch.rpartition("/")[2], "quantity": "10", "symbols": "16"}
    run = alice.follow(alice.post("/console/runs/new", form)).url.path
    assert "Ordered, not released" in alice.page.text
    assert f"{run}/release" in alice.page.links.values()
    alice.get(batch)
    assert "Release each run when its goods leave" in alice.page.text


def test_a_batch_leads_to_its_recall_for_who_may(house: House) -> None:
    batch = f"/console/batches/{house.office.alices.batch.id}"
    link = f"/console/recalls/new?batch={house.office.alices.batch.id}"
    alice = house.office.browser(house.office.alice)
    alice.get(batch)
    assert alice.page.links["Recall this batch"] == link
    assert alice.get(link).status_code == 200
    assert "The whole batch" in alice.page.text or "Reason in English" in alice.page.text


def test_the_enterprise_says_whose_logo_consumers_see(office: Office) -> None:
    alice = office.browser(office.alice)
    for path in ("/console/enterprise", "/console/enterprise/edit"):
        alice.get(path)
        assert "consumers see logo and colour" in alice.page.text
    alice.get("/console/enterprise/edit")
    # Another name is another claim: it has to be looked at again.
    alice.follow(alice.post("/console/enterprise/edit", {**alice.page.values, "name": "New Name"}))
    with office.site.world.database.read() as tx:
        mine = accounts.get_organisation(tx, office.alices.scope)
    assert mine.verified_at is None
    for path in ("/console/enterprise", "/console/enterprise/edit"):
        alice.get(path)
        assert "Consumers see neither logo nor colour yet" in alice.page.text


def count_queries(house: House, browser: Browser, path: str) -> int:
    with max_queries(house.office.site.world.database, 1000) as statements:
        assert browser.get(path).status_code == 200
    return len(statements)


def add_product(house: House) -> None:
    browser = house.office.browser(house.office.alice)
    browser.get("/console/products/new")
    number = f"N-{house.office.site.world.tick():%H%M%S}"
    form = {"internal_number": number, "name.en": "Tea"}
    product = browser.post("/console/products/new", form).headers["location"].rpartition("/")[2]
    form = {"product_id": product, "lot": number}
    batch = browser.post("/console/batches/new", form).headers["location"].rpartition("/")[2]
    form = {"batch_id": batch, "quantity": "10", "symbols": "16"}
    assert browser.post("/console/runs/new", form).status_code == 303


def add_recalls(house: House) -> None:
    make_recall(house)
    browser = house.office.browser(house.office.alice)
    form = {"run": str(house.office.alices.run.id), "level": "0", "from": "0", "to": "5"}
    form |= {"reason.en": "Glass", "confirmed": "yes"}
    assert browser.post("/console/recalls/new", form).status_code == 303


@pytest.mark.parametrize(
    ("path", "add", "limit"),
    [
        ("/console/recalls", add_recalls, 8),
        ("/console/products", add_product, 8),
        ("/console/batches", add_product, 8),
        ("/console/runs", add_product, 8),
        ("/console/search?q=N-", add_product, 12),
        ("/console", add_product, 16),
    ],
)
def test_a_longer_list_costs_no_more_queries(
    house: House, path: str, add: Callable[[House], None], limit: int
) -> None:
    browser = house.office.browser(house.office.alice)
    add(house)
    add(house)
    few = count_queries(house, browser, path)
    for _ in range(4):
        add(house)
    assert count_queries(house, browser, path) == few <= limit
