"""What each role of people may do at the console: the gate refuses the rest, pages leave it out."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from tests.console_house import House, Office, open_house
from tests.console_site import Browser

from trueorigin.console import ROUTES
from trueorigin.console.routing import Gate, Route
from trueorigin.domain.people import MEMBERSHIP_PERMISSIONS, MembershipRole
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Permission, Role
from trueorigin.storage.database import Database

NOBODYS = "00000000-0000-0000-0000-000000000000"
# What hands out a file or a picture is no page with links.
NO_PAGE = re.compile(r"\.(csv|svg|xlsx)($|\?)|/files/|/templates/")
PAGES_MAX = 150


class Targets(HTMLParser):
    """Finds where a page leads: its links, and its forms with their method."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.found.add(("GET", given.get("href", "")))
        if tag == "form":
            self.found.add((given.get("method", "get").upper(), given.get("action", "")))


def find_route(method: str, address: str) -> Route | None:
    path = address.partition("?")[0].partition("#")[0]
    for route in sorted(ROUTES, key=lambda each: each.path.count("{")):
        pattern = re.sub(r"\{\w+\}", "[^/]+", route.path)
        if route.method == method and re.fullmatch(pattern, path):
            return route
    return None


def may(role: MembershipRole, route: Route) -> bool:
    if route.is_owner_only and role is not MembershipRole.OWNER:
        return False
    own = MEMBERSHIP_PERMISSIONS[role] & ROLE_PERMISSIONS[Role.MANUFACTURER]
    return isinstance(route.permission, Gate) or route.permission in own


@pytest.fixture
def house(sqlite_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("roles")
    with pytest.MonkeyPatch.context() as patch:
        yield from open_house(sqlite_database, folder, patch)


def hire(office: Office, role: MembershipRole) -> Browser:
    return office.browser(office.site.hire(office.alices, role.value, role))


@pytest.mark.parametrize("role", MembershipRole)
def test_the_gate_refuses_what_the_table_does_not_allow(
    office: Office, role: MembershipRole
) -> None:
    browser = hire(office, role)
    for route in ROUTES:
        if route.permission is Gate.PUBLIC or route.path == "/console/sign-out":
            continue
        path = re.sub(r"\{\w+\}", NOBODYS, route.path)
        answer = browser.send("GET", path) if route.method == "GET" else browser.post(path)
        assert (answer.status_code == 403) is not may(role, route), (route.method, route.path)


@pytest.mark.parametrize("role", MembershipRole)
def test_no_page_leads_to_what_would_be_refused(house: House, role: MembershipRole) -> None:
    # One of everything, so that every page has something to be about.
    starts = {
        house.fill(route.path)
        for route in ROUTES
        if route.method == "GET" and may(role, route) and not NO_PAGE.search(route.path)
    }
    browser = hire(house.office, role)
    waiting, seen = sorted(starts - {"/console/sign-in"}), set[str]()
    dead = set()
    while waiting and len(seen) < PAGES_MAX:
        address = waiting.pop()
        seen.add(address)
        answer = browser.send("GET", address)
        if answer.status_code != 200:
            assert answer.status_code in {303, 404, 409}, (address, answer.status_code)
            continue
        for method, target in Targets(answer.text).found:
            route = find_route(method, target) if target.startswith("/console") else None
            if route is not None and not may(role, route):
                dead.add((address, method, target))
    assert dead == set()


def test_reading_never_writes() -> None:
    for role in (MembershipRole.READ_ONLY,):
        assert all(each.value.endswith(":read") for each in MEMBERSHIP_PERMISSIONS[role])


def test_only_owners_see_who_did_what() -> None:
    able = {
        each for each in MembershipRole if Permission.AUDIT_READ in MEMBERSHIP_PERMISSIONS[each]
    }
    assert able == {MembershipRole.OWNER}


def test_who_was_member_before_may_what_members_did() -> None:
    everything = frozenset(Permission) - {Permission.AUDIT_READ}
    assert MEMBERSHIP_PERMISSIONS[MembershipRole.MEMBER] == everything


def test_an_owner_changes_a_role_and_it_holds_from_the_next_click(office: Office) -> None:
    alice, bob = office.browser(office.alice), office.browser(office.bob)
    assert bob.get("/console/products/new").status_code == 200
    alice.get("/console/people")
    path = f"/console/people/{office.bob.id}/role"
    alice.follow(alice.post(path, {"role": "read_only"}))
    assert "The rights are changed" in alice.page.text
    assert bob.get("/console/products/new").status_code == 403
    assert bob.get("/console/products").status_code == 200
    assert "/console/products/new" not in bob.page.links.values()
    assert bob.get("/console/keys").status_code == 403
    alice.get("/console/people")
    alice.follow(alice.post(path, {"role": "member"}))
    assert bob.get("/console/products/new").status_code == 200


def test_a_role_that_is_none_is_refused_and_the_last_owner_stays(office: Office) -> None:
    alice = office.browser(office.alice)
    alice.get("/console/people")
    assert alice.post(f"/console/people/{office.bob.id}/role", {"role": "king"}).status_code == 422
    alice.get("/console/people")
    own = f"/console/people/{office.alice.id}"
    assert alice.post(f"{own}/role", {"role": "quality"}).status_code == 409
    assert alice.post(f"{own}/remove").status_code == 409
    assert alice.get("/console/people").status_code == 200


def test_somebody_new_gets_the_role_that_was_chosen(office: Office) -> None:
    alice = office.browser(office.alice)
    alice.get("/console/people")
    form = {"name": "Fang", "email": "fang@example.com", "role": "quality"}
    assert alice.post("/console/people", form).status_code == 200
    alice.get("/console/people")
    assert "Quality" in alice.page.text
    assert alice.post("/console/people", {**form, "role": ""}).status_code == 422
