# SPDX-License-Identifier: Apache-2.0
"""Every line of the console's URL table, tried by everybody: the matrix is made from the table."""

from urllib.parse import parse_qsl

import pytest
from tests.console_house import COMMON, House
from tests.console_site import Browser

from trueorigin.console import ROUTES
from trueorigin.console.navigation import NAVIGATION
from trueorigin.console.routing import Gate, Route
from trueorigin.domain.people import MembershipRole
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Permission, Role

# What an owner gets where nothing is wrong: a page, a redirect, or what an empty form lacks.
WELCOME = {200, 303, 409, 422}
# Pages that are not there in this data centre: no map was installed, no labels are printed yet.
ABSENT = {
    "/console/base-map.svg",
    "/console/jobs/{job_id}/files/{number}",
    # The product has no pictures.
    "/console/registry/products/{product_id}/files/{number}",
    # The event has no photographs.
    "/console/events/{event_id}/files/{number}",
}


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def ask(browser: Browser, route: Route, path: str) -> int:
    """Send the request of a route; a form has its token and what the query names, no more."""
    if route.method == "GET":
        return browser.send("GET", path).status_code
    bare, _, query = path.partition("?")
    return browser.post(bare, dict(parse_qsl(query))).status_code


GUARDED = [route for route in ROUTES if route.permission is not Gate.PUBLIC]
WITH_IDS = [
    route
    for route in GUARDED
    if any(
        part.startswith("{") and part.strip("{}") not in COMMON for part in route.path.split("/")
    )
]

WITHOUT_IDS = [each for each in GUARDED if each.method == "GET" and "{" not in each.path]


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_nobody_is_sent_to_the_door(house: House, route: Route) -> None:
    browser = Browser(house.office.site)
    browser.get("/console/sign-in")
    path = house.fill(route.path)
    if route.method == "GET":
        response = browser.send("GET", path)
        assert response.status_code == 303
        assert response.headers["location"].startswith("/console/sign-in")
    else:
        assert browser.post(path).status_code == 401


@pytest.mark.parametrize("route", WITH_IDS, ids=name_of)
def test_another_organisations_ids_lead_nowhere(house: House, route: Route) -> None:
    browser = house.office.browser(house.office.charlie)
    # What only authorities may is refused before anything is looked up.
    is_makers = route.permission in {*Gate, *ROLE_PERMISSIONS[Role.MANUFACTURER]}
    expected = 404 if is_makers else 403
    assert ask(browser, route, house.fill(route.path)) == expected


@pytest.mark.parametrize("route", WITH_IDS, ids=name_of)
def test_ids_that_are_none_lead_nowhere(house: House, route: Route) -> None:
    browser = house.browser(route)
    for wrong in ("x", "0", "%00", "..%2f..", "9" * 40, "00000000-0000-0000-0000-000000000000"):
        parts = [
            wrong if part.startswith("{") and part.strip("{}") not in COMMON else part
            for part in route.path.split("/")
        ]
        path = "/".join(COMMON.get(part.strip("{}"), part) for part in parts)
        assert ask(browser, route, path) == 404, wrong


@pytest.mark.parametrize(
    "route",
    [
        route
        for route in GUARDED
        if isinstance(route.permission, Permission)
        and route.permission not in ROLE_PERMISSIONS[Role.SELLER]
    ],
    ids=name_of,
)
def test_a_role_without_the_permission_is_refused(house: House, route: Route) -> None:
    browser = house.office.browser(house.seller)
    assert ask(browser, route, house.fill(route.path)) == 403


@pytest.mark.parametrize("route", [each for each in GUARDED if each.is_owner_only], ids=name_of)
def test_a_member_does_not_do_what_owners_do(house: House, route: Route) -> None:
    bob = house.office.site.hire(house.office.alices, "Bob", MembershipRole.MEMBER)
    browser = house.office.browser(bob)
    assert ask(browser, route, house.fill(route.path)) == 403


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_who_may_gets_in(house: House, route: Route) -> None:
    browser = house.browser(route)
    status = ask(browser, route, house.fill(route.path))
    assert status == 404 if route.path in ABSENT else status in WELCOME


@pytest.mark.parametrize("route", WITHOUT_IDS, ids=name_of)
@pytest.mark.parametrize("name", ["product", "batch", "run", "recall", "job", "after", "before"])
def test_another_organisations_ids_in_the_query_show_nothing(
    house: House, route: Route, name: str
) -> None:
    alices, browser = house.office.alices, house.office.browser(house.office.charlie)
    values = {
        "product": str(alices.product.id),
        "batch": str(alices.batch.id),
        "run": str(alices.run.id),
    }
    value = values.get(name, str(alices.product.id))
    response = browser.send("GET", f"{route.path}?{name}={value}")
    assert response.status_code in {200, 303, 403, 404, 422}
    if response.headers.get("content-type", "").startswith("text/html"):
        secrets = (alices.batch.lot, alices.product.gtin or "", f">{alices.organisation.name}<")
        assert not [secret for secret in secrets if secret in response.text]


def test_every_area_of_the_menu_is_a_page() -> None:
    pages = {route.path: route for route in ROUTES if route.method == "GET"}
    for area in NAVIGATION:
        gate = pages[area.path].permission
        assert area.permission == (None if gate is Gate.SIGNED_IN else gate), area.path


def test_other_methods_are_refused_with_those_that_work(house: House) -> None:
    browser = house.office.browser(house.office.alice)
    response = browser.send("DELETE", "/console/products")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert browser.send("HEAD", "/console/products").status_code == 200
    assert browser.send("GET", "/console/products/").status_code == 404
