# SPDX-License-Identifier: Apache-2.0
"""The operator lets an organisation in at the console, then its people, who sign in at once."""

import logging
import re
from dataclasses import replace
from itertools import count
from uuid import UUID

import pytest
from tests.console_house import House, count_rows
from tests.console_site import PUBLIC_URL, Browser
from tests.factories import make_act
from tests.supervised_world import make_uscc

from trueorigin.domain.audit import TrailFilter
from trueorigin.domain.people import MembershipRole
from trueorigin.domain.tenancy import Organisation, Role
from trueorigin.services import trail
from trueorigin.storage import accounts

PATH = "/console/organisations"
NEW = f"{PATH}/new"
PASSWORD = re.compile(r"(?:[0-9a-z]{4}-){3}[0-9a-z]{4}")
_numbers = count(1)


@pytest.fixture
def operator(house: House) -> Browser:
    return house.office.browser(house.operator)


def find_organisation(house: House, address: str) -> Organisation:
    with house.office.site.world.database.read() as tx:
        found = accounts.find_organisation(tx, UUID(address.rpartition("/")[2]))
    assert found is not None
    return found


def find_centre(house: House) -> Organisation:
    """Return the operator's own organisation."""
    with house.office.site.world.database.read() as tx:
        found = accounts.list_organisations(tx, None, 99)
    return next(each for each in found if Role.OPERATOR in each.roles)


def admit(operator: Browser, **fields: str | list[str]) -> str:
    """Let a new organisation in and open its page; return its address."""
    operator.get(NEW)
    form = {**operator.page.values, "name": f"Tea House {next(_numbers)}", "roles": ["seller"]}
    response = operator.post(NEW, {**form, **fields})
    operator.follow(response)
    return str(response.headers["location"])


def invite(operator: Browser, home: str, **fields: str) -> tuple[str, str]:
    """Let somebody in; return their address and the password that was shown."""
    operator.get(f"{home}/people")
    email = f"wang{next(_numbers)}@example.com"
    form = {"name": "Wang Fang", "email": email, "role": "owner", **fields}
    answer = operator.post(f"{home}/people", form)
    assert answer.status_code == 200, operator.page.text
    [password] = PASSWORD.findall(operator.page.text)
    return form["email"], password


def enter(house: House, email: str, password: str) -> Browser:
    """Sign in with what was handed over."""
    browser = Browser(house.office.site)
    browser.get("/console/sign-in")
    response = browser.post("/console/sign-in", {"email": email, "password": password})
    browser.follow(response)
    return browser


def test_an_organisation_is_let_in_and_its_first_person_signs_in(
    house: House, operator: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert NEW in operator.get(PATH).text
    fields: dict[str, str | list[str]] = {
        "name": "  Gulou Spirits ",
        "roles": ["manufacturer", "logistics"],
        "legal_name": "南京鼓楼酒业有限公司",
        "uscc": make_uscc("320106", 77).lower(),
        "gs1_prefix": "6937777",
        "phone": "+86 25 5555 0123",
        "website": "https://gulou.example",
        "time_zone": "Asia/Urumqi",
    }
    home = admit(operator, **fields)
    assert "Gulou Spirits is in. Now let its first person in." in operator.page.text
    assert "Nobody can sign in yet" in operator.page.text
    assert "Identity not verified" in operator.page.text
    kept = find_organisation(house, home)
    assert kept.roles == {Role.MANUFACTURER, Role.LOGISTICS}
    assert (kept.name, kept.gs1_prefix, kept.time_zone) == (
        "Gulou Spirits",
        "6937777",
        "Asia/Urumqi",
    )
    assert (kept.uscc, kept.website) == (make_uscc("320106", 77), "https://gulou.example")
    email, password = invite(operator, home)
    for shown in (email, "Wang Fang", f"{PUBLIC_URL}/console"):
        assert shown in operator.page.text
    assert operator.page.links["I have noted it"] == home
    wang = enter(house, email, password)
    assert "Gulou Spirits" in wang.page.text
    assert "Register your first product" in wang.page.text
    operator.get(home)
    assert "One person can sign in: an owner." in operator.page.text
    # It was shown once: no page, no line of the log and nothing stored has it.
    assert password not in operator.get(home).text + operator.get(f"{home}/people").text
    assert password not in caplog.text
    assert email not in caplog.text


def test_owners_see_whom_the_operator_let_in(house: House, operator: Browser) -> None:
    home = admit(operator)
    first = enter(house, *invite(operator, home))
    invite(operator, home, name="Li Na", role="read_only")
    operator.get(home)
    assert "2 people can sign in, one of them an owner." in operator.page.text
    first.get("/console/people")
    assert "Li Na" in first.page.text
    first.get("/console/audit")
    assert "Otto" in first.page.text
    lines = list_trail(house, find_centre(house), "person.create")
    assert lines[:2] == [("Otto", "Li Na"), ("Otto", "Wang Fang")]
    assert list_trail(house, find_organisation(house, home), "person.create") == lines[:2]
    [made] = list_trail(house, find_organisation(house, home), "organisation.create")
    assert made == ("Otto", find_organisation(house, home).name)
    operator.get("/console/audit")
    assert "Enterprise joined" in operator.page.text


def list_trail(house: House, organisation: Organisation, action: str) -> list[tuple[str, str]]:
    with house.office.site.world.database.read() as tx:
        scope, wanted = make_act(organisation).scope, TrailFilter(action=action)
        lines = trail.list_newest(tx, scope, wanted, before=None, limit=9)
    return [(each.actor.name, each.subject) for each in lines]


@pytest.mark.parametrize(
    ("changed", "status", "field", "sentence"),
    [
        ({"name": ""}, 422, "name", "This text is empty"),
        ({"name": "長" * 201}, 422, "name", "too long"),
        ({"roles": []}, 422, "roles", "choose one of the roles"),
        ({"roles": ["operator"]}, 422, "roles", "Choose one from the list"),
        ({"roles": ["seller", "emperor"]}, 422, "roles", "Choose one from the list"),
        ({"uscc": "91320106"}, 422, "uscc", "18"),
        ({"gs1_prefix": "12"}, 422, "gs1_prefix", ""),
        ({"website": "javascript:alert(1)"}, 422, "website", ""),
        ({"time_zone": "Mars/Olympus"}, 422, "time_zone", ""),
        ({"time_zone": ""}, 422, "time_zone", ""),
    ],
)
def test_a_wrong_organisation_is_shown_again_with_its_fault(
    house: House,
    operator: Browser,
    changed: dict[str, str | list[str]],
    status: int,
    field: str,
    sentence: str,
) -> None:
    operator.get(NEW)
    right = {
        "name": "Never There",
        "roles": ["seller", "kiosk"],
        "phone": "12345",
        "time_zone": "Asia/Shanghai",
    }
    before = count_rows(house)
    answer = operator.post(NEW, {**right, **changed})
    assert answer.status_code == status
    assert sentence in operator.page.errors[field]
    assert f'href="#{field}"' in answer.text
    assert count_rows(house) == before
    # What was typed is still there.
    assert operator.page.values["phone"] == "12345"
    if "roles" not in changed:
        assert list_ticked(operator) == ["seller", "kiosk"]


def list_ticked(browser: Browser) -> list[str | None]:
    boxes = [each for tag, each in browser.page.tags if tag == "input"]
    return [each["value"] for each in boxes if each["name"] == "roles" and "checked" in each]


def test_every_fault_of_a_form_is_said_at_once(house: House, operator: Browser) -> None:
    operator.get(NEW)
    before = count_rows(house)
    operator.post(NEW, {"name": " ", "uscc": "x", "gs1_prefix": "y", "time_zone": "z"})
    assert set(operator.page.errors) == {"name", "roles", "uscc", "gs1_prefix", "time_zone"}
    assert count_rows(house) == before


@pytest.mark.parametrize("field", ["name", "uscc", "gs1_prefix"])
def test_what_another_organisation_has_is_refused_at_its_field(
    house: House, operator: Browser, field: str
) -> None:
    number = next(_numbers)
    taken = {
        "name": f"Taken {number}",
        "uscc": make_uscc("110105", number),
        "gs1_prefix": f"69{number:05}",
    }
    admit(operator, **taken)
    operator.get(NEW)
    before = count_rows(house)
    form = {"name": "Fresh", "roles": ["seller"], "time_zone": "UTC", field: taken[field]}
    assert operator.post(NEW, form).status_code == 409
    assert "nother organisation" in operator.page.errors[field]
    assert count_rows(house) == before


def test_a_wrong_person_is_shown_again_and_not_let_in(house: House, operator: Browser) -> None:
    home = admit(operator)
    operator.get(f"{home}/people")
    before = count_rows(house)
    right = {"name": "Wang", "email": "wang@example.com", "role": "owner"}
    for changed, status, field in (
        ({"email": "wang"}, 422, "email"),
        ({"name": " "}, 422, "name"),
        ({"role": "emperor"}, 422, "role"),
        ({"email": house.office.alice.email}, 409, "email"),
    ):
        answer = operator.post(f"{home}/people", {**right, **changed})
        assert answer.status_code == status
        assert field in operator.page.errors
        assert PASSWORD.search(operator.page.text) is None
        assert f'href="#{field}"' in answer.text
    assert count_rows(house) == before


def test_only_owners_of_the_operators_let_people_in(house: House) -> None:
    tenant = replace(house.bureau, organisation=find_centre(house))
    member = house.office.site.hire(tenant, "Oscar", MembershipRole.MEMBER)
    browser = house.office.browser(member)
    home = admit(browser)
    assert "Only owners can change anything here" in browser.page.text
    assert f"{home}/people" not in browser.page.html
    before = count_rows(house)
    assert browser.get(f"{home}/people").status_code == 403
    form = {"name": "Wang", "email": "wang@example.com", "role": "owner"}
    assert browser.post(f"{home}/people", form).status_code == 403
    assert count_rows(house) == before


def test_nobody_else_lets_anybody_in(house: House, operator: Browser) -> None:
    home = admit(operator)
    for person in (house.office.alice, house.inspector, house.seller):
        browser = house.office.browser(person)
        before = count_rows(house)
        for address in (NEW, f"{home}/people"):
            assert browser.get(address).status_code == 403
            form = {"name": "X", "roles": ["seller"], "time_zone": "UTC", "role": "owner"}
            assert browser.post(address, {**form, "email": "x@example.com"}).status_code == 403
        assert count_rows(house) == before


def test_an_organisation_that_is_none_has_no_people(operator: Browser) -> None:
    for unknown in (UUID(int=7), "x"):
        address = f"{PATH}/{unknown}/people"
        assert operator.get(address).status_code == 404
        form = {"name": "Wang", "email": "wang@example.com", "role": "owner"}
        assert operator.post(address, form).status_code == 404


def test_the_box_finds_what_the_reader_can_see(house: House, operator: Browser) -> None:
    alice = house.office.alices.organisation
    boxes = {
        house.office.alice: "Product, lot, run or code",
        house.inspector: "Product, enterprise or code",
        house.seller: "Code",
        house.operator: "Name, credit code or prefix",
    }
    for person, words in boxes.items():
        browser = house.office.browser(person)
        [box] = [each for tag, each in browser.page.tags if each.get("id") == "top-search"]
        assert box["placeholder"] == words
    operator.follow(operator.get(f"/console/search?q={alice.name}"))
    assert alice.name in operator.page.text
    assert house.bureau.organisation.name not in operator.page.text
    seller = house.office.browser(house.seller)
    seller.get("/console/search?q=tea")
    assert "“tea” does not have the form of a code." in seller.page.text
    assert "lot" not in seller.page.text


def test_who_can_find_nothing_has_no_box(house: House, operator: Browser) -> None:
    home = admit(operator, roles=["kiosk"])
    keeper = enter(house, *invite(operator, home))
    assert "top-search" not in keeper.page.html
    assert keeper.get("/console/search?q=tea").status_code == 403
