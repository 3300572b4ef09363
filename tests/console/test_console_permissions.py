# SPDX-License-Identifier: Apache-2.0
"""Every line of the console's URL table, tried by everybody: the matrix is made from the table."""

import io
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from tests.conftest import PostgresServer
from tests.console.conftest import Office, open_office
from tests.console.test_catalogue_pages import make_picture
from tests.console_site import Browser
from tests.factories import make_act

from trueorigin.adapters import passwords
from trueorigin.console import ROUTES
from trueorigin.console.navigation import NAVIGATION
from trueorigin.console.routing import Gate, Route
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.people import MembershipRole, Person
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Act, Permission, Role
from trueorigin.services import accounts, files, people, printing, recalls
from trueorigin.services.files import Upload
from trueorigin.services.people import SignInAttempt
from trueorigin.services.printing import PrintOrder
from trueorigin.services.recalls import RecallDraft
from trueorigin.storage import accounts as stored
from trueorigin.storage.database import FILE_NAME, Database

# Names of parts of addresses that are the same for everybody.
COMMON = {"name": "products.csv", "number": "0"}
# Pages that are about something the query names.
QUERIES = {"/console/recalls/new": "?batch={batch_id}"}
# What an owner gets where nothing is wrong: a page, a redirect, or what an empty form lacks.
WELCOME = {200, 303, 409, 422}
# Pages that are not there in this data centre: no map was installed, no labels are printed yet.
ABSENT = {"/console/base-map.svg", "/console/jobs/{job_id}/files/{number}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The office, a seller who may do next to nothing, and fresh things of Alice's on demand."""

    office: Office
    seller: Person

    def act(self) -> Act:
        at = self.office.site.world.tick()
        act = make_act(self.office.alices.organisation, at=at)
        return replace(act, actor=replace(act.actor, credential_id=self.office.alice.id))

    def fill(self, path: str) -> str:
        """Put ids of Alice's into the address of a route."""
        address = path + QUERIES.get(path, "")
        for name in re.findall(r"\{(\w+)\}", address):
            address = address.replace(f"{{{name}}}", COMMON.get(name) or MAKERS[name](self))
        return address


def make_session(house: House) -> str:
    site = house.office.site
    attempt = SignInAttempt(
        email=house.office.alice.email,
        password="celadon spirit 1368",  # noqa: S106 - of a test's person
        network="198.51.100.0/24",
        device_label="",
    )
    at = site.world.tick()
    issued = people.sign_in(
        site.world.database, site.world.vault, attempt, at=at, entropy=site.entropy
    )
    return str(issued.session.id)


def make_file(house: House) -> str:
    context = house.office.site.context
    upload = Upload(content=io.BytesIO(make_picture()), name="alices-label.png")
    return str(files.store_file(context.database, context.files, house.act(), upload).id)


def make_recall(house: House) -> str:
    draft = RecallDraft(
        batch_id=house.office.alices.batch.id, reason=LocalText(zh=None, en="Alice's reason")
    )
    with house.office.site.world.database.write() as tx:
        return str(recalls.create_recall(tx, house.act(), draft).id)


def make_job(house: House) -> str:
    order = PrintOrder(
        run_id=house.office.alices.run.id,
        level=0,
        start=0,
        stop=100,
        format="pdf",
        layout="a4-24",
        language="en",
        dpi=300,
    )
    with house.office.site.world.database.write() as tx:
        return str(printing.order_print(tx, house.act(), order).id)


def make_import(house: House) -> str:
    browser = house.office.browser(house.office.alice)
    browser.get("/console/imports")
    table = ("file", ("alices.csv", b"internal_number,name_en\nN-1,Tea\n", "text/csv"))
    response = browser.post("/console/imports", {"kind": "products"}, files=[table])
    return str(response.headers["location"]).rpartition("/")[2]


def make_key(house: House) -> str:
    with house.office.site.world.database.write() as tx:
        issued = accounts.create_api_key(tx, house.act(), Role.MANUFACTURER, "Alice's line")
    return str(issued.key.id)


MAKERS: Mapping[str, Callable[[House], str]] = {
    "product_id": lambda house: str(house.office.alices.product.id),
    "batch_id": lambda house: str(house.office.alices.batch.id),
    "run_id": lambda house: str(house.office.alices.run.id),
    "organisation_id": lambda house: str(house.office.alices.organisation.id),
    "person_id": lambda house: str(house.office.site.hire(house.office.alices, "Eve").id),
    "session_id": make_session,
    "file_id": make_file,
    "recall_id": make_recall,
    "job_id": make_job,
    "import_id": make_import,
    "key_id": make_key,
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One for the whole module: every case makes what it needs anew."""
    folder = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / FILE_NAME)
        with pytest.MonkeyPatch.context() as patch:
            yield from _open_house(Database.open(None, folder), folder, patch)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create(server.template)
    with pytest.MonkeyPatch.context() as patch:
        database = Database.open(server.database_url(name), folder)
        yield from _open_house(database, folder, patch)
    server.drop(name)


def _open_house(database: Database, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[House]:
    patch.setattr(passwords, "_MEMORY_KIB", 32)
    patch.setattr(passwords, "_PASSES", 1)
    office = open_office(database, folder)
    world = office.site.world
    with database.write() as tx:
        shop = world.join(tx)
        poor = replace(shop.organisation, roles=frozenset({Role.SELLER}))
        stored.update_organisation(tx, shop.scope, poor)
    seller = office.site.hire(replace(shop, organisation=poor), "Sally")
    yield House(office=office, seller=seller)
    database.close()


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
    assert ask(browser, route, house.fill(route.path)) == 404


@pytest.mark.parametrize("route", WITH_IDS, ids=name_of)
def test_ids_that_are_none_lead_nowhere(house: House, route: Route) -> None:
    browser = house.office.browser(house.office.alice)
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
    browser = house.office.browser(house.office.alice)
    status = ask(browser, route, house.fill(route.path))
    assert status == 404 if route.path in ABSENT else status in WELCOME


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_forms_need_their_token(house: House, route: Route) -> None:
    if route.method == "GET":
        assert route.body_max > 0
        return
    browser = house.office.browser(house.office.alice)
    path = house.fill(route.path)
    origin = {"origin": "https://zy.example", "sec-fetch-site": "same-origin"}
    assert browser.send("POST", path, data={"x": "1"}, headers=origin).status_code == 403


@pytest.mark.parametrize("route", [each for each in GUARDED if each.method == "GET"], ids=name_of)
@pytest.mark.parametrize("name", ["product", "batch", "run", "recall", "job", "after", "before"])
def test_another_organisations_ids_in_the_query_show_nothing(
    house: House, route: Route, name: str
) -> None:
    if "{" in route.path:
        assert route in WITH_IDS or "{name}" in route.path
        return
    alices, browser = house.office.alices, house.office.browser(house.office.charlie)
    values = {
        "product": str(alices.product.id),
        "batch": str(alices.batch.id),
        "run": str(alices.run.id),
    }
    value = values.get(name, str(alices.product.id))
    response = browser.send("GET", f"{route.path}?{name}={value}")
    assert response.status_code in {200, 303, 404, 422}
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
