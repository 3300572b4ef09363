# SPDX-License-Identifier: Apache-2.0
"""What two people, processes or phones do at the same instant, each as if they were alone."""

from uuid import UUID

import pytest
from tests.factories import Cast, Tenant, make_act, scope_of
from tests.same_instant import overtake
from tests.scanning_world import Tenant as Owner, World, make_actor
from tests.signing_in import (
    OTHER,
    PASSWORD,
    VAULT,
    act_of,
    find_session,
    join,
    sign_in,
)

from trueorigin.adapters import passwords
from trueorigin.domain.devices import Profile
from trueorigin.domain.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from trueorigin.domain.people import MembershipRole, Person
from trueorigin.domain.scans import ScanOutcome
from trueorigin.domain.tenancy import Role
from trueorigin.services import devices, people
from trueorigin.services.devices import DeviceDraft, IssuedCode
from trueorigin.services.people import PasswordChange
from trueorigin.services.scanning import record_scans
from trueorigin.storage.database import Database, Tx


def reset_while_checked(
    database: Database, tenant: Tenant, person: Person, patch: pytest.MonkeyPatch
) -> None:
    """Have an owner reset the password of `person` just after it was found to be right."""
    is_password = passwords.is_password

    def check(given: str, hashed: str) -> bool:
        found = is_password(given, hashed)
        patch.setattr(passwords, "is_password", is_password)
        people.reset_password(database, make_act(tenant.organisation), person.id, OTHER)
        return found

    patch.setattr(passwords, "is_password", check)


@pytest.mark.parametrize("passes", [1, 2], ids=["as ever", "an outdated hash"])
def test_a_password_that_is_replaced_while_it_is_checked_opens_nothing_and_stays(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch, passes: int
) -> None:
    person = join(database, cast.alice)
    # A hash of other parameters is renewed by whoever signs in: not over the new password.
    monkeypatch.setattr(passwords, "_PASSES", passes)
    monkeypatch.setattr(passwords, "_PARAMETERS", f"$argon2id$v=19$m=32,t={passes},p=4$")
    reset_while_checked(database, cast.alice, person, monkeypatch)
    with pytest.raises(UnauthenticatedError, match="sign_in_refused"):
        sign_in(database)
    assert find_session(database, sign_in(database, password=OTHER)) is not None


def test_a_password_that_is_reset_while_it_is_changed_stays_reset(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = join(database, cast.alice)
    issued = sign_in(database)
    reset_while_checked(database, cast.alice, person, monkeypatch)
    change = PasswordChange(old=PASSWORD, new="a third one 2931", session_id=issued.session.id)
    with pytest.raises(InvalidError, match="password_wrong"):
        people.change_password(database, VAULT, act_of(cast.alice, person), change)
    assert find_session(database, issued) is None
    assert find_session(database, sign_in(database, password=OTHER, after=1)) is not None


def make_phone(tx: Tx, tenant: Tenant, person_id: UUID) -> IssuedCode:
    draft = DeviceDraft(profile=Profile.PACKER, label="Line 2", person_id=person_id)
    return devices.create_device(tx, make_act(tenant.organisation), draft)


def test_a_phone_made_for_somebody_who_leaves_at_that_instant_ends_with_them(
    database: Database, cast: Cast
) -> None:
    join(database, cast.alice)
    person = join(database, cast.alice, "bob@example.com", MembershipRole.PACKER)
    made: list[IssuedCode] = []

    def leave() -> None:
        with database.write() as tx:
            people.remove_member(tx, make_act(cast.alice.organisation), person.id)

    overtake(database, lambda tx: made.append(make_phone(tx, cast.alice, person.id)), leave)
    scope = scope_of(cast.alice.organisation)
    with database.read() as tx:
        assert devices.get_device(tx, scope, made[0].device.id).revoked_at is not None


def test_no_phone_is_made_for_somebody_who_is_just_leaving(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    person = join(database, cast.alice, "bob@example.com", MembershipRole.PACKER)

    def make() -> None:
        with database.write() as tx:
            make_phone(tx, cast.alice, person.id)

    with pytest.raises(NotFoundError, match="person_not_found"):
        overtake(
            database,
            lambda tx: people.remove_member(tx, make_act(cast.alice.organisation), person.id),
            make,
        )


def test_of_two_owners_who_remove_each_other_at_once_one_remains(
    database: Database, cast: Cast
) -> None:
    alice, bob = join(database, cast.alice), join(database, cast.alice, "bob@example.com")

    def remove(tx: Tx, who: Person, whom: Person) -> None:
        people.remove_member(tx, act_of(cast.alice, who), whom.id)

    def remove_alice() -> None:
        with database.write() as tx:
            remove(tx, bob, alice)

    with pytest.raises(ConflictError, match="last_owner"):
        overtake(database, lambda tx: remove(tx, alice, bob), remove_alice)
    assert find_session(database, sign_in(database)) is not None


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def owner(world: World) -> Owner:
    with world.database.write() as tx:
        return world.join(tx)


@pytest.mark.parametrize("role", [Role.LOGISTICS, Role.KIOSK])
def test_a_reading_sent_twice_at_once_is_one_reading_in_every_count(
    world: World, owner: Owner, role: Role
) -> None:
    reading = world.reading(owner.code(1), actor=make_actor(owner, role), may_repeat=True)
    first, second = world.other_process(), world.other_process()
    answers: list[ScanOutcome] = []
    [again] = overtake(
        world.database,
        lambda tx: answers.extend(record_scans(tx, first.catalogue, first.vault, [reading])),
        lambda: second.record([reading]),
    )
    is_counted = role is Role.KIOSK
    assert [again.counted, answers[0].counted] == [is_counted, is_counted]
    with world.database.read() as tx:
        # An opening line says more than that it counts.
        assert tx.run("SELECT counted > 0, readings FROM scan") == [(is_counted, 1)]
        assert tx.run("SELECT sum(readings), sum(devices) FROM reading_figure") == [
            (1, int(is_counted))
        ]
