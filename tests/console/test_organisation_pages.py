"""The operator's pages: organisations are found, verified, and authorities given their remits."""

from uuid import UUID

import pytest
from tests.console_house import House
from tests.console_site import Browser
from tests.factories import make_act

from trueorigin.domain.audit import TrailFilter
from trueorigin.domain.remits import NATIONAL, Remit
from trueorigin.domain.tenancy import Organisation, Role
from trueorigin.domain.territories import Area
from trueorigin.services import remits, trail
from trueorigin.services.remits import RemitDraft
from trueorigin.storage import accounts

PATH = "/console/organisations"
ZHENJIANG = {
    "regions.0.code": "3211",
    "regions.0.name.zh": "镇江",
    "regions.0.name.en": "Zhenjiang",
    "regions.0.circles": "32.2, 119.4, 40; 31.9，119.6，30",
}


@pytest.fixture
def operator(house: House) -> Browser:
    """Sign in the operator; the authority has no limits yet."""
    world = house.office.site.world
    with world.database.write() as tx:
        act = make_act(house.bureau.organisation, role=Role.OPERATOR, at=world.tick())
        remits.set_remit(tx, act, house.bureau.organisation.id, RemitDraft())
    return house.office.browser(house.operator)


def find_remit(house: House) -> Remit:
    with house.office.site.world.database.read() as tx:
        return remits.find_remit(tx, house.bureau.organisation.id)


def find_organisation(house: House, organisation_id: UUID) -> Organisation:
    with house.office.site.world.database.read() as tx:
        found = accounts.find_organisation(tx, organisation_id)
    assert found is not None
    return found


def list_ticked(browser: Browser) -> list[str]:
    """Return the provinces that are ticked on the page that is open."""
    boxes = [each for tag, each in browser.page.tags if tag == "input"]
    return [
        each["value"] or ""
        for each in boxes
        if each.get("name") == "provinces" and "checked" in each
    ]


def list_actions(house: House, organisation: Organisation, action: str) -> list[tuple[str, str]]:
    """Return who did `action`, and what it was done to, of one trail, newest first."""
    world = house.office.site.world
    scope = make_act(organisation).scope
    with world.database.read() as tx:
        wanted = TrailFilter(action=action)
        lines = trail.list_newest(tx, scope, wanted, before=None, limit=9)
    return [(each.actor.name, each.subject) for each in lines]


def test_organisations_are_listed_and_found(house: House, operator: Browser) -> None:
    alice = house.office.alices.organisation
    assert operator.get(PATH).status_code == 200
    for organisation in (alice, house.bureau.organisation):
        assert organisation.name in operator.page.text
    assert "The whole country. All categories." in operator.page.text
    for asked in (alice.name, alice.name.lower()[2:], alice.prefix.lower()):
        operator.get(f"{PATH}?q={asked}")
        assert alice.name in operator.page.text
        assert house.bureau.organisation.name not in operator.page.text
    # What a pattern would mean is only text.
    operator.get(f"{PATH}?q=%25")
    assert "Nothing found" in operator.page.text
    assert alice.name not in operator.page.text


def test_an_identity_is_verified_and_given_up(house: House, operator: Browser) -> None:
    alice = house.office.alices.organisation
    home = f"{PATH}/{alice.id}"
    operator.get(home)
    assert "Identity verified" in operator.page.text
    assert "Remit" not in operator.page.text
    for answer, is_verified in (("no", False), ("yes", True), ("yes", True)):
        operator.follow(operator.post(f"{home}/verify", {"verified": answer}))
        assert (find_organisation(house, alice.id).verified_at is not None) is is_verified
    assert "is verified" in operator.page.text
    assert operator.post(f"{home}/verify", {"verified": "perhaps"}).status_code == 422
    centre = find_organisation(house, alice.id)
    assert centre.verified_at is not None
    assert list_actions(house, _centre(house), "organisation.unverify") == [("Otto", alice.name)]
    assert list_actions(house, _centre(house), "organisation.verify") == [("Otto", alice.name)]


def _centre(house: House) -> Organisation:
    """Return the operator's organisation."""
    world = house.office.site.world
    with world.database.read() as tx:
        found = accounts.list_organisations(tx, None, 50)
    return next(each for each in found if Role.OPERATOR in each.roles)


def test_the_circles_of_a_part_are_shown_with_all_their_digits(
    house: House, operator: Browser
) -> None:
    form = f"{PATH}/{house.bureau.organisation.id}/remit"
    circles = "32.19876543, 119.4123456789, 40; -0.00001, -179.00000001, 3000"
    for _ in range(2):
        operator.get(form)
        version = {"version": operator.page.values["version"]}
        typed = {**ZHENJIANG, "regions.0.circles": circles}
        assert operator.post(form, {**typed, **version}).status_code == 303
        [part] = find_remit(house).regions
        assert part.areas == (
            Area(32.19876543, 119.4123456789, 40),
            Area(-0.00001, -179.00000001, 3000),
        )
        operator.get(form)
        assert operator.page.values["regions.0.circles"] == circles
        circles = operator.page.values["regions.0.circles"]


def test_a_remit_is_set_shown_changed_and_withdrawn(house: House, operator: Browser) -> None:
    bureau = house.bureau.organisation
    home = f"{PATH}/{bureau.id}"
    operator.get(f"{home}/remit")
    fields = {"provinces": ["32", "11"], "categories": "白酒\n\n Pesticide ", **ZHENJIANG}
    version = {"version": operator.page.values["version"]}
    operator.follow(operator.post(f"{home}/remit", {**fields, **version}))
    assert f"Set what {bureau.name} answers for" in operator.page.text
    assert "镇江 Zhenjiang" in operator.page.text
    assert "白酒, Pesticide" in operator.page.text
    kept = find_remit(house)
    assert sorted(kept.seats) == ["11", "32", "3211"]
    assert kept.categories == ("白酒", "Pesticide")
    part = next(each for each in kept.regions if each.code == "3211")
    assert [each.radius_km for each in part.areas] == [40, 30]
    # The form shows what is kept, and saved as it stands it changes nothing.
    operator.get(f"{home}/remit")
    assert list_ticked(operator) == ["11", "32"]
    shown = {name: operator.page.values[name] for name in ZHENJIANG}
    assert shown == {**ZHENJIANG, "regions.0.circles": "32.2, 119.4, 40; 31.9, 119.6, 30"}
    version = {"version": operator.page.values["version"]}
    operator.follow(operator.post(f"{home}/remit", {**fields, **shown, **version}))
    assert set(find_remit(house).regions) == set(kept.regions)
    operator.get(home)
    version = {"version": operator.page.values["version"]}
    operator.follow(operator.post(f"{home}/remit/withdraw", version))
    assert "Without limits" in operator.page.text
    assert find_remit(house) == NATIONAL
    # In the trails of both, with who it was in the operator's own.
    assert list_actions(house, _centre(house), "remit.set")[:3] == [("Otto", bureau.name)] * 3
    assert len(list_actions(house, bureau, "remit.set")) >= 3


@pytest.mark.parametrize(
    ("changed", "sentence", "field"),
    [
        ({"regions.0.code": "9911"}, "“9911” is no code", "regions.0.code"),
        ({"regions.0.code": "32"}, "", "regions.0.circles"),
        ({"regions.0.circles": ""}, "", "regions.0.circles"),
        ({"regions.0.circles": "32.2; 119.4"}, "“32.2” is not", "regions.0.circles"),
        ({"regions.0.circles": "north, 119.4, 40"}, "“north, 119.4, 40”", "regions.0.circles"),
        ({"regions.0.circles": "98, 119.4, 40"}, "", "regions.0.circles"),
        ({"regions.0.name.zh": "长" * 300}, "", "regions.0.name.zh"),
        ({"categories": "x" * 500}, "", "categories"),
    ],
)
def test_a_wrong_remit_is_shown_again_with_its_fault(
    house: House, operator: Browser, changed: dict[str, str], sentence: str, field: str
) -> None:
    form = f"{PATH}/{house.bureau.organisation.id}/remit"
    operator.get(form)
    typed = {"provinces": "11", "categories": "白酒", **ZHENJIANG, **changed}
    answer = operator.post(form, {"version": operator.page.values["version"], **typed})
    assert answer.status_code == 422
    assert sentence in operator.page.text
    assert f'id="{field}-error"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert list_ticked(operator) == ["11"]
    assert find_remit(house) == NATIONAL


def test_more_rows_are_shown_without_script(house: House, operator: Browser) -> None:
    form = f"{PATH}/{house.bureau.organisation.id}/remit"
    operator.get(form)
    answer = operator.post(form, {**ZHENJIANG, "more": "regions"})
    assert answer.status_code == 200
    assert operator.page.values["regions.0.code"] == "3211"
    assert 'name="regions.2.code"' in answer.text
    assert find_remit(house) == NATIONAL


def test_two_people_set_one_remit_and_the_second_sees_both(house: House, operator: Browser) -> None:
    form = f"{PATH}/{house.bureau.organisation.id}/remit"
    other = house.office.browser(house.operator)
    for browser in (operator, other):
        browser.get(form)
    theirs = {"version": other.page.values["version"], "provinces": "11", "categories": "Tea"}
    other.follow(other.post(form, theirs))
    kept = find_remit(house)
    mine = {"version": operator.page.values["version"], "provinces": "32", "categories": "白酒"}
    # More rows, and faults that are mended, are no look at what is stored meanwhile.
    operator.post(form, {**mine, **ZHENJIANG, "more": "regions"})
    assert operator.page.values["version"] == mine["version"]
    assert operator.post(form, {**mine, "regions.0.circles": "32.2; 119"}).status_code == 422
    assert operator.page.values["version"] == mine["version"]
    answer = operator.post(form, {**mine, **ZHENJIANG})
    assert answer.status_code == 409
    assert "Somebody else has just saved this" in operator.page.text
    assert "Beijing" in operator.page.text
    assert "3211 · 镇江 · Zhenjiang" in operator.page.text
    assert find_remit(house) == kept
    # The form holds what was typed; whoever saves it now knows of the other one.
    assert list_ticked(operator) == ["32"]
    assert operator.page.values["categories"] == "白酒"
    again = {**mine, "version": operator.page.values["version"]}
    operator.follow(operator.post(form, again))
    assert find_remit(house).categories == ("白酒",)


def test_limits_that_nobody_has_seen_are_not_lifted(house: House, operator: Browser) -> None:
    home = f"{PATH}/{house.bureau.organisation.id}"
    operator.get(f"{home}/remit")
    version = {"version": operator.page.values["version"]}
    operator.follow(operator.post(f"{home}/remit", {**version, "provinces": "11"}))
    for old in (version, {}, {"version": "0"}):
        assert operator.post(f"{home}/remit/withdraw", old).status_code == 409
        assert "Somebody else set another remit meanwhile" in operator.page.text
        assert "北京 Beijing" in operator.page.text
    assert operator.post(f"{home}/remit/withdraw", {"version": "x"}).status_code == 422
    assert find_remit(house).seats == ("11",)


def test_only_authorities_have_a_remit_and_only_operators_these_pages(
    house: House, operator: Browser
) -> None:
    for unknown in (house.office.alices.organisation.id, UUID(int=7)):
        assert operator.get(f"{PATH}/{unknown}/remit").status_code == 404
        assert operator.post(f"{PATH}/{unknown}/remit", {"provinces": "11"}).status_code == 404
        assert operator.post(f"{PATH}/{unknown}/remit/withdraw").status_code == 404
    assert operator.get(f"{PATH}/{UUID(int=7)}").status_code == 404
    for person in (house.office.alice, house.inspector, house.seller):
        browser = house.office.browser(person)
        assert PATH not in browser.get("/console").text
        assert browser.get(PATH).status_code == 403
        home = f"{PATH}/{house.bureau.organisation.id}"
        assert browser.post(f"{home}/remit", {"provinces": "11"}).status_code == 403
    assert PATH in operator.get("/console").text
    assert find_remit(house) == NATIONAL
