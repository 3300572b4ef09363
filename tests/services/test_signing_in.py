"""People: joining, signing in, throttling, sessions, passwords and rights."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.factories import (
    NOW,
    Cast,
    Tenant,
    later,
    make_act,
    make_entropy,
    make_id,
)

from trueorigin.adapters import passwords
from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from trueorigin.domain.people import (
    FREE_FAILURES_ACCOUNT,
    FREE_FAILURES_NETWORK,
    MembershipRole,
    Person,
    Session,
)
from trueorigin.domain.tenancy import Act, Role
from trueorigin.services import people
from trueorigin.services.access import open_local_act
from trueorigin.services.people import (
    IssuedSession,
    PasswordChange,
    PersonDraft,
    SignInAttempt,
)
from trueorigin.services.upkeep import run_upkeep
from trueorigin.services.vault import Vault
from trueorigin.storage import audit, people as stored
from trueorigin.storage.database import Database, Tx

PASSWORD, WRONG, OTHER = "celadon spirit 1368", "wrong wrong", "kaoliang 53 per cent"
SHORT = "short"
NETWORK = "203.0.113.0/24"
VAULT = Vault(bytes(range(32)))


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight KiB instead of 64 MiB: what is tested here does not depend on the price."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 32)
    monkeypatch.setattr(passwords, "_PASSES", 1)


def _join(
    database: Database,
    tenant: Tenant,
    email: str = "Alice@Example.com",
    role: MembershipRole = MembershipRole.OWNER,
) -> Person:
    draft = PersonDraft(email=email, name="Alice", password=PASSWORD, role=role)
    return people.create_person(database, make_act(tenant.organisation), draft)


def _sign_in(
    database: Database,
    email: str = "alice@example.com",
    password: str = PASSWORD,
    *,
    after: float = 0,
    network: str = NETWORK,
) -> IssuedSession:
    attempt = SignInAttempt(
        email=email, password=password, network=network, device_label="Firefox · Linux"
    )
    at = later(seconds=after)
    return people.sign_in(
        database, VAULT, attempt, at=at, entropy=make_entropy(f"{email}{after}{network}")
    )


def _act_of(tenant: Tenant, person: Person, *, after: float = 0) -> Act:
    act = make_act(tenant.organisation, at=later(seconds=after))
    return replace(act, actor=replace(act.actor, credential_id=person.id))


def _find(database: Database, issued: IssuedSession, **delta: float) -> Session | None:
    with database.read() as tx:
        presence = people.find_presence(tx, issued.secret, later(**delta))
    return None if presence is None else presence.session


def test_a_person_signs_in_under_any_spelling_of_the_address(
    database: Database, cast: Cast
) -> None:
    person = _join(database, cast.alice)
    issued = _sign_in(database, " ALICE@example.COM ")
    with database.read() as tx:
        presence = people.find_presence(tx, issued.secret, NOW)
        actions = [each.action for each in audit.list_audit(tx, cast.alice.scope, limit=9)]
    assert presence is not None
    assert (presence.person, presence.role) == (person, MembershipRole.OWNER)
    assert presence.organisation == cast.alice.organisation
    assert presence.session.device_label == "Firefox · Linux"
    assert sorted(actions) == ["person.create", "session.create"]


def test_of_secret_and_password_nothing_is_stored(database: Database, cast: Cast) -> None:
    _join(database, cast.alice)
    issued = _sign_in(database)
    with database.read() as tx:
        found = stored.find_password(tx, "alice@example.com")
    assert found is not None
    assert found[1].startswith("$argon2id$")
    assert PASSWORD not in found[1]
    assert issued.secret not in repr(issued.session)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        pytest.param("alice@example.com", PASSWORD + "!", id="wrong password"),
        pytest.param("nobody@example.com", PASSWORD, id="unknown address"),
        pytest.param("no address", PASSWORD, id="no address at all"),
        pytest.param("", "", id="nothing"),
        pytest.param("alice@example.com", PASSWORD * 100, id="endless password"),
        pytest.param("alice@example.com' OR '1'='1", PASSWORD, id="SQL"),
        pytest.param("alice@example.com\x00", PASSWORD, id="NUL"),
        pytest.param("alice@example.com", "\ud800" * 12, id="half a surrogate pair"),
    ],
)
def test_every_wrong_sign_in_is_refused_alike(
    database: Database, cast: Cast, email: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _join(database, cast.alice)
    checked = []
    is_password = passwords.is_password

    def spy(given: str, hashed: str) -> bool:
        checked.append(hashed)
        return is_password(given, hashed)

    monkeypatch.setattr(passwords, "is_password", spy)
    with pytest.raises(UnauthenticatedError) as caught:
        _sign_in(database, email, password)
    assert (caught.value.code, caught.value.field) == ("sign_in_refused", None)
    # Exactly one password is checked, whoever it may be.
    assert len(checked) == 1


def test_the_decoy_costs_what_every_hash_costs() -> None:
    parameters = passwords.DECOY.split("$")[:4]
    assert parameters == ["", "argon2id", "v=19", "m=65536,t=3,p=4"]
    assert not passwords.is_outdated(passwords.DECOY)
    assert not passwords.is_password("", passwords.DECOY)


def test_a_hash_of_old_parameters_is_renewed_at_the_next_sign_in(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _join(database, cast.alice)
    with database.read() as tx:
        before = stored.find_password(tx, "alice@example.com")
    monkeypatch.setattr(passwords, "_PASSES", 2)
    monkeypatch.setattr(passwords, "_PARAMETERS", "$argon2id$v=19$m=32,t=2,p=4$")
    _sign_in(database)
    with database.read() as tx:
        after = stored.find_password(tx, "alice@example.com")
    assert before is not None
    assert after is not None
    assert (",t=1," in before[1], ",t=2," in after[1]) == (True, True)
    assert _sign_in(database, after=1).person.email == "alice@example.com"


def test_failures_of_an_account_delay_it_longer_and_longer(database: Database, cast: Cast) -> None:
    _join(database, cast.alice)
    for attempt in range(FREE_FAILURES_ACCOUNT):
        with pytest.raises(UnauthenticatedError):
            _sign_in(database, password=WRONG, after=attempt, network=f"net {attempt}")
    waits = []
    after = float(FREE_FAILURES_ACCOUNT - 1)
    for attempt in range(5):
        # The right password, too, has to wait, from whatever network.
        with pytest.raises(DomainError) as caught:
            _sign_in(database, after=after, network=f"other net {attempt}")
        assert caught.value.code == "sign_in_throttled"
        waits.append(int(caught.value.params["seconds"]))
        after += waits[-1]
        with pytest.raises(UnauthenticatedError):
            _sign_in(database, password=WRONG, after=after, network=f"{attempt}")
    assert waits == [2, 4, 8, 16, 32]
    # Enough patience opens the door again, and then nothing is held against the account.
    _sign_in(database, after=after + 70)
    for attempt in range(FREE_FAILURES_ACCOUNT):
        with pytest.raises(UnauthenticatedError):
            _sign_in(database, password=WRONG, after=after + 80 + attempt)


def test_failures_of_a_network_delay_it_whatever_the_account(
    database: Database, cast: Cast
) -> None:
    _join(database, cast.alice)
    for attempt in range(FREE_FAILURES_NETWORK):
        with pytest.raises(UnauthenticatedError):
            _sign_in(database, f"guess{attempt}@example.com")
    with pytest.raises(DomainError, match="sign_in_throttled"):
        _sign_in(database)
    # Alice at home is not affected.
    assert _sign_in(database, network="198.51.100.0/24").person.name == "Alice"


def test_success_does_not_wash_a_network_clean(database: Database, cast: Cast) -> None:
    _join(database, cast.alice)
    for attempt in range(FREE_FAILURES_NETWORK - 1):
        with pytest.raises(UnauthenticatedError):
            _sign_in(database, f"guess{attempt}@example.com")
    _sign_in(database)
    with pytest.raises(UnauthenticatedError):
        _sign_in(database, "guess@example.com")
    with pytest.raises(DomainError, match="sign_in_throttled"):
        _sign_in(database)


def test_an_attempt_counts_before_its_password_is_checked(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _join(database, cast.alice)
    refusals: list[str] = []
    is_password = passwords.is_password

    def nested(given: str, hashed: str) -> bool:
        """Try again while the attempt before is still being checked."""
        with pytest.raises(DomainError) as caught:
            _sign_in(database, password=WRONG)
        refusals.append(caught.value.code)
        return is_password(given, hashed)

    monkeypatch.setattr(passwords, "is_password", nested)
    with pytest.raises(UnauthenticatedError):
        _sign_in(database, password=WRONG)
    assert refusals == ["sign_in_throttled"] + ["sign_in_refused"] * (FREE_FAILURES_ACCOUNT - 1)


@pytest.mark.parametrize(
    ("delta", "lives"),
    [
        pytest.param({"hours": 11, "minutes": 59}, True, id="unused just under 12 hours"),
        pytest.param({"hours": 12}, False, id="unused for 12 hours"),
        pytest.param({"seconds": 0}, True, id="at once"),
    ],
)
def test_an_unused_session_ends(
    database: Database, cast: Cast, delta: dict[str, float], *, lives: bool
) -> None:
    _join(database, cast.alice)
    assert (_find(database, _sign_in(database), **delta) is not None) == lives


def test_a_used_session_ends_after_two_weeks(database: Database, cast: Cast) -> None:
    _join(database, cast.alice)
    issued = _sign_in(database)
    for hour in range(10, 14 * 24, 10):
        session = _find(database, issued, hours=hour)
        assert session is not None
        assert people.is_touch_due(session, later(hours=hour))
        with database.write() as tx:
            people.touch_session(tx, session, later(hours=hour))
    assert _find(database, issued, days=14, seconds=-1) is not None
    assert _find(database, issued, days=14) is None


def test_use_is_noted_at_most_once_in_five_minutes(database: Database, cast: Cast) -> None:
    _join(database, cast.alice)
    session = _sign_in(database).session
    assert not people.is_touch_due(session, NOW + timedelta(minutes=5, seconds=-1))
    assert people.is_touch_due(session, NOW + timedelta(minutes=5))


def test_a_made_up_or_endless_secret_is_nobody(database: Database, cast: Cast) -> None:
    _join(database, cast.alice)
    with database.read() as tx:
        for secret in ("", "to_" + "A" * 43, "x" * 10**6, "\ud800"):
            assert people.find_presence(tx, secret, NOW) is None


def test_sessions_are_listed_and_ended_by_their_person_only(database: Database, cast: Cast) -> None:
    alice = _join(database, cast.alice)
    bob = _join(database, cast.alice, "bob@example.com")
    first, second = _sign_in(database), _sign_in(database, after=1)
    act, bobs = _act_of(cast.alice, alice, after=2), _act_of(cast.alice, bob, after=2)
    with database.read() as tx:
        assert [each.id for each in people.list_sessions(tx, act)] == [
            second.session.id,
            first.session.id,
        ]
        assert people.list_sessions(tx, bobs) == []
    with database.write() as tx, pytest.raises(NotFoundError, match="session_not_found"):
        people.end_session(tx, bobs, first.session.id)
    with database.write() as tx:
        people.end_session(tx, act, first.session.id)
        people.end_session(tx, act, first.session.id)
    assert _find(database, first, seconds=3) is None
    assert _find(database, second, seconds=3) is not None


def test_all_other_sessions_end_at_once(database: Database, cast: Cast) -> None:
    alice = _join(database, cast.alice)
    _join(database, cast.charlie, "charlie@example.com")
    charlies = _sign_in(database, "charlie@example.com")
    issued = [_sign_in(database, after=step) for step in range(3)]
    with database.write() as tx:
        act = _act_of(cast.alice, alice, after=5)
        assert people.end_other_sessions(tx, act, issued[1].session.id) == 2
    living = [_find(database, each, seconds=6) is not None for each in issued]
    assert living == [False, True, False]
    assert _find(database, charlies, seconds=6) is not None


def test_a_new_password_ends_other_sessions_and_the_old_password(
    database: Database, cast: Cast
) -> None:
    alice = _join(database, cast.alice)
    here, elsewhere = _sign_in(database), _sign_in(database, after=1)
    act = _act_of(cast.alice, alice, after=2)
    change = PasswordChange(old=PASSWORD, new=OTHER, session_id=here.session.id)
    assert people.change_password(database, VAULT, act, change) == 1
    assert _find(database, here, seconds=3) is not None
    assert _find(database, elsewhere, seconds=3) is None
    with pytest.raises(UnauthenticatedError):
        _sign_in(database, after=4)
    _sign_in(database, password=OTHER, after=5)


def test_a_stolen_session_cannot_guess_the_old_password(database: Database, cast: Cast) -> None:
    alice = _join(database, cast.alice)
    here = _sign_in(database)
    act = _act_of(cast.alice, alice)
    wrong = PasswordChange(old=WRONG, new="quite another", session_id=here.session.id)
    for _ in range(FREE_FAILURES_ACCOUNT):
        with pytest.raises(InvalidError) as caught:
            people.change_password(database, VAULT, act, wrong)
        assert (caught.value.code, caught.value.field) == ("password_wrong", "old")
    with pytest.raises(DomainError, match="sign_in_throttled"):
        people.change_password(database, VAULT, act, replace(wrong, old=PASSWORD))
    weak = replace(wrong, old=PASSWORD, new="1234567890")
    with pytest.raises(InvalidError, match="password_common"):
        people.change_password(database, VAULT, act, weak)


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
    _join(database, cast.alice)
    with pytest.raises(ConflictError, match="email_taken"):
        _join(database, cast.charlie, "ALICE@EXAMPLE.COM")
    with database.read() as tx:
        assert people.list_members(tx, cast.charlie.scope, limit=9) == []


def test_another_organisations_people_are_not_there(database: Database, cast: Cast) -> None:
    alice = _join(database, cast.alice)
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
    alice = _join(database, cast.alice)
    bob = _join(database, cast.alice, "bob@example.com", MembershipRole.MEMBER)
    act = _act_of(cast.alice, alice)
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
    alice = _join(database, cast.alice)
    _join(database, cast.alice, "bob@example.com")
    bobs = _sign_in(database, "bob@example.com")
    with database.write() as tx:
        people.remove_member(tx, _act_of(cast.alice, alice), bobs.person.id)
    assert _find(database, bobs) is None
    with pytest.raises(UnauthenticatedError):
        _sign_in(database, "bob@example.com", after=1)


def _local_act(organisation_id: UUID) -> Act:
    entropy = make_entropy(str(make_id()))
    return open_local_act(organisation_id, Role.MANUFACTURER, at=NOW, entropy=entropy)


def test_a_disabled_person_is_out_everywhere_until_enabled(database: Database, cast: Cast) -> None:
    _join(database, cast.alice)
    issued = _sign_in(database)
    local = _local_act(cast.alice.scope)
    with database.write() as tx:
        with pytest.raises(ForbiddenError):
            people.disable_person(
                tx, make_act(cast.alice.organisation), "alice@example.com", is_disabled=True
            )
        people.disable_person(tx, local, "alice@example.com", is_disabled=True)
    assert _find(database, issued) is None
    with pytest.raises(UnauthenticatedError):
        _sign_in(database, after=1)
    with database.write() as tx:
        people.disable_person(tx, local, "alice@example.com", is_disabled=False)
        with pytest.raises(NotFoundError):
            people.disable_person(tx, local, "nobody@example.com", is_disabled=True)
    _sign_in(database, after=2)


def test_a_person_of_two_organisations_switches_and_is_safe_from_either_owner(
    database: Database, cast: Cast
) -> None:
    alice = _join(database, cast.alice)
    issued = _sign_in(database)
    act = _act_of(cast.alice, alice)
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
    alice = _join(database, cast.alice)
    bob = _join(database, cast.alice, "bob@example.com", MembershipRole.MEMBER)
    bobs = _sign_in(database, "bob@example.com")
    people.reset_password(database, _act_of(cast.alice, alice), bob.id, "remember this one")
    assert _find(database, bobs) is None
    _sign_in(database, "bob@example.com", "remember this one", after=1)


def test_language_and_name_are_kept(database: Database, cast: Cast) -> None:
    alice = _join(database, cast.alice)
    issued = _sign_in(database)
    act = _act_of(cast.alice, alice)
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
    _join(database, cast.alice)
    _sign_in(database)
    with pytest.raises(UnauthenticatedError):
        _sign_in(database, "nobody@example.com", network="elsewhere")
    rounds = []
    for days in (0, 2, 20, 22):
        done = run_upkeep(database, at=later(days=days), retention_days=0, pause=lambda: None)
        rounds.append((done.sessions_forgotten, done.failures_forgotten))
    # Two accounts and two networks; the session ends after 14 days and is kept a week longer.
    assert rounds == [(0, 0), (0, 4), (0, 0), (1, 0)]
