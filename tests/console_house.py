"""The console's office, and fresh things of Alice's for every address of the URL table."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from tests.console_site import Browser, ConsoleSite
from tests.factories import make_act
from tests.scanning_world import Tenant, World
from tests.signing_in import make_hashes_cheap

from trueorigin.console.routing import Route
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.devices import Profile
from trueorigin.domain.eventdrafts import EventDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.people import MembershipRole, Person
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Act, Permission, Role
from trueorigin.domain.territories import Area
from trueorigin.services import (
    accounts,
    capturing,
    devices,
    files,
    jobs,
    partners,
    people,
    printing,
    recalls,
    sites,
    territories,
    uploading,
)
from trueorigin.services.devices import DeviceDraft
from trueorigin.services.files import Upload
from trueorigin.services.people import SignInAttempt
from trueorigin.services.printing import PrintOrder
from trueorigin.services.recalls import RecallDraft
from trueorigin.services.sites import SiteDraft
from trueorigin.services.territories import TerritoryDraft
from trueorigin.storage import accounts as stored
from trueorigin.storage.database import Database
from trueorigin.storage.metadata import metadata

# Names of parts of addresses that are the same for everybody.
COMMON = {"name": "products.csv", "number": "0", "act": "storing"}
# Pages that are about something the query names.
QUERIES = {"/console/recalls/new": "?batch={batch_id}"}
OPERATING = ROLE_PERMISSIONS[Role.OPERATOR] - ROLE_PERMISSIONS[Role.MANUFACTURER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everybody at their desks; nobody is signed in yet."""

    site: ConsoleSite
    alices: Tenant
    charlies: Tenant
    alice: Person
    bob: Person
    charlie: Person

    def browser(self, person: Person | None = None) -> Browser:
        """Return a fresh browser, signed in as `person`."""
        browser = Browser(self.site)
        if person is not None:
            browser.sign_in(person)
            assert browser.page.token, browser.page.text
        return browser


def open_office(database: Database, folder: Path) -> Office:
    """Found both organisations in `database` and hire the people."""
    world = World(database=database)
    with database.write() as tx:
        alices = world.join(tx)
        charlies = world.join(tx)
    site = ConsoleSite(world, folder)
    return Office(
        site=site,
        alices=alices,
        charlies=charlies,
        alice=site.hire(alices, "Alice"),
        bob=site.hire(alices, "Bob", MembershipRole.MEMBER),
        charlie=site.hire(charlies, "Charlie"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The office, a seller who may do next to nothing, and fresh things of Alice's on demand."""

    office: Office
    seller: Person
    inspector: Person
    operator: Person
    bureau: Tenant

    def browser(self, route: Route) -> Browser:
        """Sign in somebody who may use a route: Alice, or who may where makers may not."""
        may_alice = route.permission not in set(Permission) - ROLE_PERMISSIONS[Role.MANUFACTURER]
        other = self.operator if route.permission in OPERATING else self.inspector
        return self.office.browser(self.office.alice if may_alice else other)

    def act(self) -> Act:
        at = self.office.site.world.tick()
        act = make_act(self.office.alices.organisation, at=at)
        return replace(act, actor=replace(act.actor, credential_id=self.office.alice.id))

    def fill(self, path: str) -> str:
        """Put ids of Alice's into the address of a route."""
        address = path + QUERIES.get(path, "")
        if path.startswith("/console/organisations/"):
            # The operator's pages: only an authority has all of them.
            address = address.replace("{organisation_id}", str(self.bureau.organisation.id))
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
    context, picture = house.office.site.context, io.BytesIO()
    Image.new("RGB", (64, 48), "#a5281b").save(picture, "PNG")
    upload = Upload(content=io.BytesIO(picture.getvalue()), name="alices-label.png")
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
        # Only so many may wait, and nobody prints here.
        for each in jobs.list_jobs(tx, house.act().scope, kind=printing.KIND, before=None, limit=1):
            jobs.cancel_job(tx, house.act(), each.id)
        return str(printing.order_print(tx, house.act(), order).id)


def make_upload(house: House) -> str:
    browser = house.office.browser(house.office.alice)
    browser.get("/console/uploads")
    with house.office.site.world.database.write() as tx:
        scope = house.act().scope
        for each in jobs.list_jobs(tx, scope, kind=uploading.KIND, before=None, limit=1):
            jobs.cancel_job(tx, house.act(), each.id)
    table = ("file", ("alices-day.csv", b"kind,at,units\nshipping,x,y\n", "text/csv"))
    response = browser.post("/console/uploads", files=[table])
    return str(response.headers["location"]).rpartition("/")[2]


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


def make_device(house: House) -> str:
    draft = DeviceDraft(profile=Profile.PACKER, label="Alice's line")
    with house.office.site.world.database.write() as tx:
        return str(devices.create_device(tx, house.act(), draft).device.id)


def make_site(house: House) -> str:
    draft = SiteDraft(kind=SiteKind.SHOP, name="Alice's shop", latitude=32.06, longitude=118.8)
    with house.office.site.world.database.write() as tx:
        return str(sites.create_site(tx, house.act(), draft).id)


def make_partner(house: House) -> str:
    """Link an organisation that has nothing to do with anybody else."""
    world = house.office.site.world
    with world.database.write() as tx:
        carrier = world.join(tx).organisation
        partners.link_partner(tx, house.act(), carrier.prefix)
    return str(carrier.id)


def make_event(house: House) -> str:
    world, act = house.office.site.world, house.act()
    told = EventDraft(
        id=act.new_id(),
        kind=EventKind.STORING,
        at=act.at,
        units=(Span(house.office.alices.run.id, 0, 0, 5),),
        details={"vehicle": "Alice's van"},
    )
    with world.database.write() as tx:
        [outcome] = capturing.capture_events(tx, world.catalogue, world.vault, act, [told])
    return str(outcome.event_id)


def make_finding(house: House) -> str:
    """Let the inspector's authority seal some of Alice's items."""
    world = house.office.site.world
    act = make_act(house.bureau.organisation, role=Role.REGULATOR, at=world.tick())
    told = EventDraft(
        id=act.new_id(),
        kind=EventKind.INSPECTING,
        at=act.at,
        units=(Span(house.office.alices.run.id, 0, 0, 5),),
        details={"inspection": {"result": "sealed", "document": "Alice's seal"}},
    )
    with world.database.write() as tx:
        [outcome] = capturing.capture_events(tx, world.catalogue, world.vault, act, [told])
    return str(outcome.event_id)


def make_territory(house: House) -> str:
    draft = TerritoryDraft(
        name=LocalText(zh=None, en="Alice's east"),
        areas=(Area(latitude=31.2, longitude=121.5, radius_km=150),),
    )
    with house.office.site.world.database.write() as tx:
        return str(territories.create_territory(tx, house.act(), draft).id)


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
    "site_id": make_site,
    "partner_id": make_partner,
    "event_id": make_event,
    "finding_id": make_finding,
    "territory_id": make_territory,
    "device_id": make_device,
    "upload_id": make_upload,
}


def open_house(database: Database, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[House]:
    make_hashes_cheap(patch)
    office = open_office(database, folder)
    world = office.site.world
    with database.write() as tx:
        shop = world.join(tx)
        poor = replace(shop.organisation, roles=frozenset({Role.SELLER}))
        stored.update_organisation(tx, shop.scope, poor)
        bureau = world.join(tx)
        strict = replace(bureau.organisation, roles=frozenset({Role.REGULATOR}))
        stored.update_organisation(tx, bureau.scope, strict)
        centre = world.join(tx)
        ours = replace(centre.organisation, roles=frozenset({Role.OPERATOR}))
        stored.update_organisation(tx, centre.scope, ours)
    yield House(
        office=office,
        seller=office.site.hire(replace(shop, organisation=poor), "Sally"),
        inspector=office.site.hire(replace(bureau, organisation=strict), "Ines"),
        operator=office.site.hire(replace(centre, organisation=ours), "Otto"),
        bureau=replace(bureau, organisation=strict),
    )
    database.close()


def count_rows(house: House) -> int:
    """Count the rows of every table: any act leaves one, at least in the trail."""
    with house.office.site.world.database.read() as tx:
        return sum(
            tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        )
