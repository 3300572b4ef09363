"""People who sign in during tests."""

from dataclasses import replace
from itertools import count

import pytest
from tests.factories import Tenant, later, make_act, make_entropy

from trueorigin.adapters import passwords
from trueorigin.domain.people import MembershipRole, Person, Session
from trueorigin.domain.tenancy import Act
from trueorigin.services import people
from trueorigin.services.people import IssuedSession, PersonDraft, SignInAttempt
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Database

PASSWORD, WRONG, OTHER = "celadon spirit 1368", "wrong wrong", "kaoliang 53 per cent"
SHORT = "short"
NETWORK = "203.0.113.0/24"
VAULT = Vault(bytes(range(32)))
_NUMBERS = count()


def make_hashes_cheap(patch: pytest.MonkeyPatch) -> None:
    """Take little memory and one pass, for whatever does not depend on the price of passwords."""
    parameters = "$argon2id$v=19$m=32,t=1,p=4$"
    patch.setattr(passwords, "_MEMORY_KIB", 32)
    patch.setattr(passwords, "_PASSES", 1)
    # Else each hash would be taken for an old one, and be renewed with each sign-in.
    patch.setattr(passwords, "_PARAMETERS", parameters)
    patch.setattr(passwords, "DECOY", f"{parameters}{'A' * 22}${'A' * 43}")


def join(
    database: Database,
    tenant: Tenant,
    email: str = "Alice@Example.com",
    role: MembershipRole = MembershipRole.OWNER,
) -> Person:
    draft = PersonDraft(email=email, name="Alice", password=PASSWORD, role=role)
    return people.create_person(database, make_act(tenant.organisation), draft)


def sign_in(
    database: Database,
    email: str = "alice@example.com",
    password: str = PASSWORD,
    *,
    after: float = 0,
    network: str = NETWORK,
    marks: str = "",
) -> IssuedSession:
    attempt = SignInAttempt(
        email=email,
        password=password,
        network=network,
        device_label="Firefox · Linux",
        marks=marks,
    )
    at = later(seconds=after)
    return people.sign_in(
        database, VAULT, attempt, at=at, entropy=make_entropy(f"sign-in {next(_NUMBERS)}")
    )


def act_of(tenant: Tenant, person: Person, *, after: float = 0) -> Act:
    act = make_act(tenant.organisation, at=later(seconds=after))
    return replace(act, actor=replace(act.actor, credential_id=person.id))


def find_session(database: Database, issued: IssuedSession, **delta: float) -> Session | None:
    with database.read() as tx:
        presence = people.find_presence(tx, issued.secret, later(**delta))
    return None if presence is None else presence.session
