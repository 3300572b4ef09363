# SPDX-License-Identifier: Apache-2.0
"""Every form of the URL table, sent by somebody else's page: refused, and nothing is done."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import pytest
from tests.console_house import House, count_rows
from tests.console_site import PASSWORD, PUBLIC_URL, SESSION_COOKIE, Browser

from trueorigin.console import ROUTES
from trueorigin.console.routing import Gate, Route

POSTS = [route for route in ROUTES if route.method == "POST"]
OURS = {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"}
# How another site's page differs from ours: what it knows of the token, and what browsers say.
STRANGERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "no token": ("none", OURS),
    "an empty token": ("empty", OURS),
    "an invented token": ("invented", OURS),
    "somebody else's token": ("another's", OURS),
    "another site": ("right", {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}),
    "another host of the site": ("right", {"origin": PUBLIC_URL, "sec-fetch-site": "same-site"}),
    "a foreign Origin in an old browser": ("right", {"origin": "https://evil.example"}),
    "a foreign Origin with our port": ("right", {"origin": "https://zy.example.evil.example"}),
    "an Origin of nobody": ("right", {"origin": "null"}),
    "neither of the two headers": ("right", {}),
}

# Forms of others are refused before any database is asked.
ON_SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@ON_SQLITE
@pytest.mark.parametrize("route", POSTS, ids=name_of)
def test_a_form_that_is_not_ours_does_nothing(house: House, route: Route) -> None:
    is_public = route.permission is Gate.PUBLIC
    browser = Browser(house.office.site)
    if is_public:
        browser.get("/console/sign-in")
    else:
        browser = house.office.browser(house.office.alice)
    path, _, query = house.fill(route.path).partition("?")
    filled = {**dict(parse_qsl(query)), "confirmed": "yes", "name": "Mallory"}
    filled |= {"email": house.office.alice.email, "password": PASSWORD}
    others = house.office.browser(house.office.charlie).page.token
    before = count_rows(house)
    for name, (known, headers) in STRANGERS.items():
        token = {"none": None, "empty": "", "invented": "A" * 43, "another's": others}
        sent = token.get(known, browser.page.token)
        form = filled if sent is None else {**filled, "form_token": sent}
        response = browser.send("POST", path, data=form, headers=dict(headers))
        assert response.status_code == 403, name
        assert not is_public or SESSION_COOKIE not in browser.cookies, name
    assert count_rows(house) == before
    assert is_public or browser.get("/console/account").status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("route", POSTS, ids=name_of)
def test_a_form_is_no_json_and_no_plain_text(house: House, route: Route) -> None:
    """What other sites can send without asking first carries no token we would read."""
    browser = house.browser(route)
    path = house.fill(route.path).partition("?")[0]
    before = count_rows(house)
    for kind in ("text/plain", "application/json"):
        body = f'{{"form_token": "{browser.page.token}"}}'
        headers = {**OURS, "content-type": kind}
        assert browser.send("POST", path, content=body, headers=headers).status_code == 415
    assert count_rows(house) == before


def test_every_act_of_the_table_is_a_form() -> None:
    """GET changes nothing by construction only if nothing that changes is a GET."""
    assert {route.method for route in ROUTES} == {"GET", "POST"}
    assert len(POSTS) > 25
