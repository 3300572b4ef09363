"""Migration 0007 on a database that has people: everybody stays what they were."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from tests.factories import NOW, make_id

from trueorigin.domain.people import MembershipRole
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage import database as module, people, schema
from trueorigin.storage.database import Database, migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def old_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database as the program before left it."""
    if request.param == "sqlite":
        yield _open_before(None, tmp_path / "old")
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create("template0")
    yield _open_before(server.database_url(name), tmp_path)
    server.drop(name)


def _open_before(url: str | None, folder: Path) -> Database:
    opened = Database.open(url, folder)
    with opened.write() as tx:
        command.upgrade(module._config(tx.connection), "0006")  # noqa: SLF001 - no public way back
    return opened


def test_people_stay_what_they_were_and_may_become_more(old_database: Database) -> None:
    organisation, owner, member = make_id(), make_id(), make_id()
    with old_database.write() as tx:
        tx.execute(
            sa.insert(schema.organisation).values(
                id=organisation,
                name="Old",
                prefix="OLD1",
                roles=["manufacturer"],
                time_zone="UTC",
                created_at=NOW,
            )
        )
        for person, role in ((owner, "owner"), (member, "member")):
            tx.execute(
                sa.insert(schema.person).values(
                    id=person,
                    email=f"{role}@a.example",
                    name=role,
                    password_hash="$",  # noqa: S106 - no password
                    created_at=NOW,
                )
            )
            tx.execute(
                sa.insert(schema.membership).values(
                    person_id=person, organisation_id=organisation, role=role, created_at=NOW
                )
            )
    migrate(old_database)
    scope = TenantScope(organisation)
    with old_database.write() as tx:
        roles = {each.person.id: each.role for each in people.list_members(tx, scope)}
        assert roles == {owner: MembershipRole.OWNER, member: MembershipRole.MEMBER}
        for role in MembershipRole:
            people.update_role(tx, scope, member, role)
            assert people.get_member(tx, scope, member).role is role
    with pytest.raises(sa.exc.IntegrityError), old_database.write() as tx:
        tx.execute(sa.update(schema.membership).values(role="king"))
    old_database.close()
