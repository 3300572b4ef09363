"""Signing in and out, sessions that end, forms that are not ours."""

from datetime import timedelta

import pytest
from tests.console_house import Office
from tests.console_site import PASSWORD, PUBLIC_URL, SESSION_COOKIE, Browser, Page

from trueorigin.domain.knownbrowsers import KNOWN_BROWSER_AGE_MAX
from trueorigin.domain.people import Person
from trueorigin.domain.tenancy import Role
from trueorigin.services import people
from trueorigin.services.access import open_local_act

WRONG, NEW = "not the password", "kaoliang 53 per cent"
KNOWN_COOKIE = "__Host-to_known"


def guess(browser: Browser, person: Person) -> None:
    """Try passwords of a person until a minute has to be waited for the next one."""
    browser.get("/console/sign-in")
    wait_s = 0
    while wait_s < 60:
        form = {"email": person.email, "password": WRONG}
        answer = browser.post("/console/sign-in", form)
        wait_s = int(answer.headers.get("retry-after", "0"))


def test_the_first_page_opens_after_signing_in(office: Office) -> None:
    browser = office.browser()
    assert browser.get("/console").headers["location"] == "/console/sign-in"
    response = browser.sign_in(office.alice)
    assert response.headers["location"] == "/console"
    assert office.alices.organisation.name in browser.page.text
    assert "Alice" in browser.page.text


def test_signing_in_leads_to_the_page_that_was_asked_for(office: Office) -> None:
    browser = office.browser()
    response = browser.get("/console/account?x=1")
    browser.get(response.headers["location"])
    assert browser.page.values["next"] == "/console/account?x=1"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/console\\evil", "/console@evil", "/01/0", ""],
)
def test_signing_in_never_leads_to_another_site(office: Office, target: str) -> None:
    browser = office.browser()
    browser.get("/console/sign-in")
    form = {"email": office.alice.email, "password": "celadon spirit 1368", "next": target}
    assert browser.post("/console/sign-in", form).headers["location"] == "/console"


def test_a_wrong_password_and_an_unknown_address_look_alike(office: Office) -> None:
    pages = []
    for email in (office.alice.email, "nobody@example.com"):
        browser = office.browser()
        browser.get("/console/sign-in")
        response = browser.post("/console/sign-in", {"email": email, "password": WRONG})
        assert response.status_code == 401
        pages.append(browser.page.text.replace(email, ""))
    assert pages[0] == pages[1]
    assert "not right" in pages[0]


def test_too_many_failures_are_slowed_down_with_the_time_to_wait(office: Office) -> None:
    browser = office.browser()
    browser.get("/console/sign-in")
    answers = [
        browser.post("/console/sign-in", {"email": office.alice.email, "password": WRONG})
        for _ in range(8)
    ]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "second" in browser.page.text


def test_the_session_cookie_is_closed_to_scripts_and_other_hosts(office: Office) -> None:
    response = office.browser().sign_in(office.alice)
    line = next(each for each in response.headers.get_list("set-cookie") if SESSION_COOKIE in each)
    for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert part in line
    assert "Domain" not in line


def test_the_cookie_of_a_known_browser_is_closed_to_scripts_and_outlives_signing_out(
    office: Office,
) -> None:
    browser = office.browser()
    response = browser.sign_in(office.alice)
    line = next(each for each in response.headers.get_list("set-cookie") if KNOWN_COOKIE in each)
    age = int(KNOWN_BROWSER_AGE_MAX.total_seconds())
    for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/", f"Max-Age={age}"):
        assert part in line
    assert "Domain" not in line
    browser.post("/console/sign-out")
    assert KNOWN_COOKIE in browser.cookies


def test_guessers_do_not_slow_down_a_browser_its_person_has_signed_in_from(office: Office) -> None:
    known, stranger = office.browser(office.alice), office.browser()
    known.post("/console/sign-out")
    guess(stranger, office.alice)
    assert stranger.sign_in(office.alice).status_code == 429
    assert known.sign_in(office.alice).status_code == 303


def test_whoever_changes_the_password_is_known_in_that_browser_under_the_new_one(
    office: Office,
) -> None:
    browser, stranger = office.browser(office.alice), office.browser()
    browser.get("/console/account")
    form = {"old": PASSWORD, "new": NEW}
    assert browser.post("/console/account/password", form).status_code == 303
    browser.post("/console/sign-out")
    guess(stranger, office.alice)
    assert browser.sign_in(office.alice, NEW).status_code == 303


def test_signing_out_ends_the_session_everywhere(office: Office) -> None:
    browser = office.browser(office.alice)
    stolen = Browser(office.site, cookies=dict(browser.cookies))
    assert browser.post("/console/sign-out").headers["location"] == "/console/sign-in"
    assert SESSION_COOKIE not in browser.cookies
    assert stolen.get("/console/account").status_code == 303


def test_a_stolen_session_can_be_ended_from_another_device(office: Office) -> None:
    thief = office.browser(office.alice)
    browser = office.browser(office.alice)
    browser.get("/console/account")
    ends = [
        attributes["action"] or ""
        for tag, attributes in browser.page.tags
        if tag == "form" and (attributes.get("action") or "").endswith("/end")
    ]
    assert len(ends) == 1
    browser.follow(browser.post(ends[0]))
    assert thief.get("/console/account").status_code == 303
    assert browser.get("/console/account").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(office: Office) -> None:
    charlie, alice = office.browser(office.charlie), office.browser(office.alice)
    office.browser(office.alice).get("/console/account")
    alice.get("/console/account")
    end = next(
        attributes["action"] or ""
        for tag, attributes in alice.page.tags
        if tag == "form" and (attributes.get("action") or "").endswith("/end")
    )
    assert charlie.post(end).status_code == 404


def test_a_session_left_alone_for_half_a_day_has_ended(office: Office) -> None:
    browser = office.browser(office.alice)
    office.site.world.tick(hours=11)
    assert browser.get("/console").status_code == 200
    office.site.world.tick(hours=11)
    assert browser.get("/console").status_code == 200
    office.site.world.tick(hours=12)
    assert browser.get("/console").status_code == 303
    assert SESSION_COOKIE not in browser.cookies


def test_a_session_lives_two_weeks_at_most(office: Office) -> None:
    browser = office.browser(office.alice)
    end = office.site.world.at + timedelta(days=14)
    while office.site.world.at < end - timedelta(hours=11):
        office.site.world.tick(hours=10)
        browser.get("/console")
    office.site.world.tick(hours=12)
    assert browser.get("/console").status_code == 303


def test_a_form_without_session_says_how_to_keep_what_was_typed(office: Office) -> None:
    browser = office.browser(office.alice)
    browser.cookies.pop(SESSION_COOKIE)
    response = browser.post("/console/account", {"name": "Mallory"})
    assert response.status_code == 401
    assert "what you typed is still in it" in browser.page.text


def test_a_form_without_token_changes_nothing(office: Office) -> None:
    browser = office.browser(office.alice)
    browser.page = Page("")
    assert browser.post("/console/account", {"name": "Mallory"}).status_code == 403
    browser.get("/console/account")
    assert browser.page.values["name"] == "Alice"


def test_a_token_of_an_earlier_session_is_refused(office: Office) -> None:
    browser = office.browser(office.alice)
    old = browser.page
    browser.post("/console/sign-out")
    browser.sign_in(office.alice)
    browser.page = old
    response = browser.post("/console/account", {"name": "Mallory"})
    assert response.status_code == 403
    assert "earlier sign-in" in browser.page.text


def test_a_token_of_somebody_else_is_refused(office: Office) -> None:
    browser, charlie = office.browser(office.alice), office.browser(office.charlie)
    browser.page = charlie.page
    assert browser.post("/console/account", {"name": "Mallory"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec-fetch-site": "cross-site"}, id="cross-site"),
        pytest.param({"sec-fetch-site": "same-site"}, id="another host of the same site"),
        pytest.param({"sec-fetch-site": "none"}, id="no page at all"),
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(
    office: Office, headers: dict[str, str]
) -> None:
    browser = office.browser(office.alice)
    assert browser.post("/console/account", {"name": "M"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (PUBLIC_URL, 303),
        ("https://evil.example", 403),
        ("null", 403),
        ("https://[", 403),
        (None, 403),
    ],
)
def test_browsers_without_fetch_metadata_are_judged_by_their_origin(
    office: Office, origin: str | None, status: int
) -> None:
    browser = office.browser(office.alice)
    browser.get("/console/account")
    data = {"form_token": browser.page.token, "name": "Alice A.", "language": ""}
    headers = {} if origin is None else {"origin": origin}
    assert (
        browser.send("POST", "/console/account", data=data, headers=headers).status_code == status
    )


def test_the_sign_in_form_needs_its_token_too(office: Office) -> None:
    browser = office.browser()
    form = {"email": office.alice.email, "password": "celadon spirit 1368"}
    assert browser.post("/console/sign-in", form).status_code == 403


def test_a_session_secret_that_nobody_issued_is_a_guest(office: Office) -> None:
    for secret in ("to_" + "A" * 43, "x" * 5000, "\xe9", ""):
        browser = Browser(office.site, cookies={SESSION_COOKIE: secret})
        if secret.isascii():
            assert browser.get("/console").status_code == 303


def test_the_language_is_kept_for_the_person_on_every_device(office: Office) -> None:
    browser = office.browser(office.alice)
    browser.follow(browser.post("/console/language", {"language": "zh", "next": "/console"}))
    assert browser.page.language == "zh-Hans"
    other = office.browser(office.alice)
    assert other.page.language == "zh-Hans"


def test_a_flash_is_shown_once_and_cannot_be_forged(office: Office) -> None:
    browser = office.browser(office.alice)
    browser.get("/console/account")
    form = {"name": "Alice", "language": ""}
    browser.follow(browser.post("/console/account", form))
    assert "Saved." in browser.page.text
    browser.get("/console/account")
    assert "Saved." not in browser.page.text
    browser.cookies["__Host-to_flash"] = "WyJicmFuZCIsIHt9XQ.AAAAAAAAAAAAAAAAAAAAAA"
    browser.get("/console/account")
    assert not any(attributes.get("class") == "flash" for _, attributes in browser.page.tags)


def test_passwords_change_only_with_the_old_one(office: Office) -> None:
    browser, other = office.browser(office.alice), office.browser(office.alice)
    browser.get("/console/account")
    new = "baijiu from the cellar"
    response = browser.post("/console/account/password", {"old": WRONG, "new": new})
    assert response.status_code == 422
    assert browser.page.errors["old"]
    browser.follow(
        browser.post("/console/account/password", {"old": "celadon spirit 1368", "new": new})
    )
    assert other.get("/console").status_code == 303
    assert office.browser().sign_in(office.alice).status_code == 401
    assert office.browser().sign_in(office.alice, new).status_code == 303


def test_the_language_can_be_changed_on_the_answer_to_a_form(office: Office) -> None:
    browser = office.browser(office.alice)
    browser.get("/console/people")
    browser.post(f"/console/people/{office.bob.id}/password")
    assert browser.page.values["next"] == "/console/people"
    form = {"language": "zh", "next": browser.page.values["next"]}
    browser.follow(browser.post("/console/language", form))
    assert browser.page.language == "zh-Hans"


def test_a_secret_chosen_by_somebody_else_never_becomes_a_session(office: Office) -> None:
    planted = "to_" + "A" * 43
    browser = Browser(office.site, cookies={SESSION_COOKIE: planted})
    assert browser.sign_in(office.alice).status_code == 303
    assert browser.cookies[SESSION_COOKIE] != planted
    thief = Browser(office.site, cookies={SESSION_COOKIE: planted})
    assert thief.get("/console/account").status_code == 303


def test_every_sign_in_is_another_session(office: Office) -> None:
    first, second = office.browser(office.alice), office.browser(office.alice)
    assert first.cookies[SESSION_COOKIE] != second.cookies[SESSION_COOKIE]
    assert first.page.token != second.page.token


def test_a_form_of_the_time_before_signing_in_is_refused(office: Office) -> None:
    browser = office.browser()
    browser.get("/console/sign-in")
    before = browser.page
    browser.sign_in(office.alice)
    browser.page = before
    assert browser.post("/console/account", {"name": "Mallory"}).status_code == 403


def test_sessions_are_listed_and_all_others_end_at_one_press(office: Office) -> None:
    phone, browser = office.browser(office.alice), Browser(office.site)
    browser.get("/console/sign-in")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    form = {"email": office.alice.email, "password": PASSWORD}
    browser.post("/console/sign-in", form, headers={"user-agent": agent})
    browser.get("/console/account")
    assert "Firefox" in browser.page.text
    ends = [each for _, each in browser.page.tags if (each.get("action") or "").endswith("/end")]
    assert len(ends) == 1
    browser.follow(browser.post("/console/account/sessions/end-others"))
    assert phone.get("/console/account").status_code == 303
    assert browser.get("/console/account").status_code == 200


def test_a_disabled_person_is_out_at_the_next_click(office: Office) -> None:
    browser = office.browser(office.bob)
    site = office.site
    scope, at = office.alices.scope, site.world.tick()
    act = open_local_act(scope, Role.MANUFACTURER, at=at, entropy=site.entropy)
    with site.world.database.write() as tx:
        people.disable_person(tx, act, office.bob.email, is_disabled=True)
    assert browser.get("/console").status_code == 303
    assert office.browser().sign_in(office.bob).status_code == 401
