"""Two tenants with people: Alice owns one and Bob works for her, Charlie owns the other."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.console_site import Browser, ConsoleSite
from tests.scanning_world import Tenant, World

from trueorigin.adapters import passwords
from trueorigin.domain.people import MembershipRole, Person
from trueorigin.storage.database import Database


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


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little memory and one pass: what is tested here does not depend on the price."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 32)
    monkeypatch.setattr(passwords, "_PASSES", 1)


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


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Office:
    """On SQLite, for what is not about the database."""
    return open_office(sqlite_database, tmp_path)


@pytest.fixture
def both_offices(database: Database, tmp_path: Path) -> Office:
    """On SQLite and on PostgreSQL."""
    return open_office(database, tmp_path)


@pytest.fixture
def alice(office: Office) -> Browser:
    return office.browser(office.alice)
