"""Who acts for an organisation, and as what, on both databases."""

from collections.abc import Callable
from uuid import UUID

import pytest
from tests.factories import (
    NOW,
    Cast,
    later,
    make_act,
    make_entropy,
    make_id,
)
from tests.signing_in import (
    SHORT,
    act_of,
    find_session,
    join,
    sign_in,
)

from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from trueorigin.domain.people import (
    MembershipRole,
)
from trueorigin.domain.tenancy import Act, Role
from trueorigin.services import people
from trueorigin.services.access import open_local_act
from trueorigin.services.people import (
    PersonDraft,
)
from trueorigin.services.upkeep import run_upkeep
from trueorigin.storage.database import Database, Tx


def test_every_fault_of_a_new_person_is_told_at_once(database: Database, cast: Cast) -> None:
    draft = PersonDraft(email="nobody", name="\u202eevil", password=SHORT)
    with pytest.raises(DomainError) as caught:
        people.create_person(database, make_act(cast.alice.organisation), draft)
    errors = getattr(caught.value, "errors", [])
    assert [(each.code, each.field) for each in errors] == [
        ("email_malformed", "email"),
        ("text_character_refused", "name"),
        ("password_too_short", "password"),
    ]


def test_one_address_is_one_person(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    with pytest.raises(ConflictError, match="email_taken"):
        join(database, cast.charlie, "ALICE@EXAMPLE.COM")
    with database.read() as tx:
        assert people.list_members(tx, cast.charlie.scope, limit=9) == []


def test_another_organisations_people_are_not_there(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    act = make_act(cast.charlie.organisation)
    calls: list[Callable[[Tx], object]] = [
        lambda tx: people.get_member(tx, act.scope, alice.id),
        lambda tx: people.change_role(tx, act, alice.id, MembershipRole.OWNER),
        lambda tx: people.remove_member(tx, act, alice.id),
        lambda tx: people.set_language(tx, act, alice.id, "en"),
        lambda tx: people.rename_person(tx, act, alice.id, "Mallory"),
    ]
    for call in calls:
        with database.write() as tx, pytest.raises(NotFoundError, match="person_not_found"):
            call(tx)
    with pytest.raises(NotFoundError, match="person_not_found"):
        people.reset_password(database, act, alice.id, "another password")


def test_the_last_owner_stays(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    bob = join(database, cast.alice, "bob@example.com", MembershipRole.MEMBER)
    act = act_of(cast.alice, alice)
    with database.write() as tx:
        with pytest.raises(ConflictError, match="last_owner"):
            people.change_role(tx, act, alice.id, MembershipRole.MEMBER)
        with pytest.raises(ConflictError, match="last_owner"):
            people.remove_member(tx, act, alice.id)
        people.change_role(tx, act, bob.id, MembershipRole.OWNER)
        people.change_role(tx, act, alice.id, MembershipRole.MEMBER)
        members = people.list_members(tx, cast.alice.scope, limit=9)
    assert {each.person.id: each.role for each in members} == {
        alice.id: MembershipRole.MEMBER,
        bob.id: MembershipRole.OWNER,
    }


def test_whoever_leaves_is_out_at_the_next_request(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    join(database, cast.alice, "bob@example.com")
    bobs = sign_in(database, "bob@example.com")
    with database.write() as tx:
        people.remove_member(tx, act_of(cast.alice, alice), bobs.person.id)
    assert find_session(database, bobs) is None
    with pytest.raises(UnauthenticatedError):
        sign_in(database, "bob@example.com", after=1)


def _local_act(organisation_id: UUID) -> Act:
    entropy = make_entropy(str(make_id()))
    return open_local_act(organisation_id, Role.MANUFACTURER, at=NOW, entropy=entropy)


def test_a_disabled_person_is_out_everywhere_until_enabled(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    issued = sign_in(database)
    local = _local_act(cast.alice.scope)
    with database.write() as tx:
        with pytest.raises(ForbiddenError):
            people.disable_person(
                tx, make_act(cast.alice.organisation), "alice@example.com", is_disabled=True
            )
        people.disable_person(tx, local, "alice@example.com", is_disabled=True)
    assert find_session(database, issued) is None
    with pytest.raises(UnauthenticatedError):
        sign_in(database, after=1)
    with database.write() as tx:
        people.disable_person(tx, local, "alice@example.com", is_disabled=False)
        with pytest.raises(NotFoundError):
            people.disable_person(tx, local, "nobody@example.com", is_disabled=True)
    sign_in(database, after=2)


def test_an_owner_who_may_sign_in_nowhere_is_no_other_owner(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    bob = join(database, cast.alice, "bob@example.com")
    with database.write() as tx:
        local = _local_act(cast.alice.scope)
        people.disable_person(tx, local, "bob@example.com", is_disabled=True)
    act = act_of(cast.alice, alice)
    with database.write() as tx:
        with pytest.raises(ConflictError, match="last_owner"):
            people.change_role(tx, act, alice.id, MembershipRole.MEMBER)
        with pytest.raises(ConflictError, match="last_owner"):
            people.remove_member(tx, act, alice.id)
        people.remove_member(tx, act, bob.id)


def test_a_person_of_two_organisations_switches_and_is_safe_from_either_owner(
    database: Database, cast: Cast
) -> None:
    alice = join(database, cast.alice)
    issued = sign_in(database)
    act = act_of(cast.alice, alice)
    with database.write() as tx:
        with pytest.raises(ForbiddenError):
            people.join_person(
                tx, make_act(cast.charlie.organisation), "alice@example.com", MembershipRole.MEMBER
            )
        with pytest.raises(NotFoundError):
            people.switch_organisation(tx, act, issued.session.id, cast.charlie.scope)
        people.join_person(
            tx, _local_act(cast.charlie.scope), "alice@example.com", MembershipRole.MEMBER
        )
        people.switch_organisation(tx, act, issued.session.id, cast.charlie.scope)
        found = people.list_organisations_of(tx, act)
    assert [each.id for each in found] == [cast.alice.scope, cast.charlie.scope]
    with database.read() as tx:
        presence = people.find_presence(tx, issued.secret, NOW)
    assert presence is not None
    assert presence.organisation.id == cast.charlie.scope
    assert presence.role is MembershipRole.MEMBER
    with pytest.raises(ForbiddenError, match="person_elsewhere"):
        people.reset_password(
            database, make_act(cast.charlie.organisation), alice.id, "charlie owns this"
        )


def test_an_owner_resets_a_forgotten_password(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    bob = join(database, cast.alice, "bob@example.com", MembershipRole.MEMBER)
    bobs = sign_in(database, "bob@example.com")
    people.reset_password(database, act_of(cast.alice, alice), bob.id, "remember this one")
    assert find_session(database, bobs) is None
    sign_in(database, "bob@example.com", "remember this one", after=1)


def test_language_and_name_are_kept(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    issued = sign_in(database)
    act = act_of(cast.alice, alice)
    with database.write() as tx:
        people.set_language(tx, act, alice.id, "zh")
        people.rename_person(tx, act, alice.id, " 艾丽 ")
        with pytest.raises(InvalidError, match="language_unknown"):
            people.set_language(tx, act, alice.id, "../../etc")
    with database.read() as tx:
        presence = people.find_presence(tx, issued.secret, NOW)
    assert presence is not None
    assert (presence.person.language, presence.person.name) == ("zh", "艾丽")


def test_upkeep_forgets_old_sessions_and_failures(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    sign_in(database)
    with pytest.raises(UnauthenticatedError):
        sign_in(database, "nobody@example.com", network="elsewhere")
    rounds = []
    for days in (0, 2, 20, 22):
        done = run_upkeep(database, at=later(days=days), retention_days=0, pause=lambda: None)
        rounds.append((done.sessions_forgotten, done.failures_forgotten))
    # Two accounts and two networks; the session ends after 14 days and is kept a week longer.
    assert rounds == [(0, 0), (0, 4), (0, 0), (1, 0)]
