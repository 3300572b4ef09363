"""Signing in, throttling, sessions and passwords, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories import (
    NOW,
    Cast,
    later,
)
from tests.signing_in import (
    OTHER,
    PASSWORD,
    VAULT,
    WRONG,
    act_of,
    find_session,
    join,
    sign_in,
)

from trueorigin.adapters import passwords
from trueorigin.domain.errors import (
    DomainError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from trueorigin.domain.people import (
    FREE_FAILURES_ACCOUNT,
    FREE_FAILURES_NETWORK,
    MembershipRole,
)
from trueorigin.services import people
from trueorigin.services.people import (
    PasswordChange,
)
from trueorigin.storage import audit, people as stored
from trueorigin.storage.database import Database


def test_a_person_signs_in_under_any_spelling_of_the_address(
    database: Database, cast: Cast
) -> None:
    person = join(database, cast.alice)
    issued = sign_in(database, " ALICE@example.COM ")
    with database.read() as tx:
        presence = people.find_presence(tx, issued.secret, NOW)
        actions = [each.action for each in audit.list_audit(tx, cast.alice.scope, limit=9)]
    assert presence is not None
    assert (presence.person, presence.role) == (person, MembershipRole.OWNER)
    assert presence.organisation == cast.alice.organisation
    assert presence.session.device_label == "Firefox · Linux"
    assert sorted(actions) == ["person.create", "session.create"]


def test_of_secret_and_password_nothing_is_stored(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    issued = sign_in(database)
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
    join(database, cast.alice)
    checked = []
    is_password = passwords.is_password

    def spy(given: str, hashed: str) -> bool:
        checked.append(hashed)
        return is_password(given, hashed)

    monkeypatch.setattr(passwords, "is_password", spy)
    with pytest.raises(UnauthenticatedError) as caught:
        sign_in(database, email, password)
    assert (caught.value.code, caught.value.field) == ("sign_in_refused", None)
    # Exactly one password is checked, whoever it may be.
    assert len(checked) == 1


def test_a_hash_of_old_parameters_is_renewed_at_the_next_sign_in(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(database, cast.alice)
    with database.read() as tx:
        before = stored.find_password(tx, "alice@example.com")
    monkeypatch.setattr(passwords, "_PASSES", 2)
    monkeypatch.setattr(passwords, "_PARAMETERS", "$argon2id$v=19$m=32,t=2,p=4$")
    sign_in(database)
    with database.read() as tx:
        after = stored.find_password(tx, "alice@example.com")
    assert before is not None
    assert after is not None
    assert (",t=1," in before[1], ",t=2," in after[1]) == (True, True)
    assert sign_in(database, after=1).person.email == "alice@example.com"


def test_failures_of_an_account_delay_it_longer_and_longer(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    for attempt in range(FREE_FAILURES_ACCOUNT):
        with pytest.raises(UnauthenticatedError):
            sign_in(database, password=WRONG, after=attempt, network=f"net {attempt}")
    waits = []
    after = float(FREE_FAILURES_ACCOUNT - 1)
    for attempt in range(5):
        # The right password, too, has to wait, from whatever network.
        with pytest.raises(DomainError) as caught:
            sign_in(database, after=after, network=f"other net {attempt}")
        assert caught.value.code == "sign_in_throttled"
        waits.append(int(caught.value.params["seconds"]))
        after += waits[-1]
        with pytest.raises(UnauthenticatedError):
            sign_in(database, password=WRONG, after=after, network=f"{attempt}")
    assert waits == [2, 4, 8, 16, 32]
    # Enough patience opens the door again, and then nothing is held against the account.
    sign_in(database, after=after + 70)
    for attempt in range(FREE_FAILURES_ACCOUNT):
        with pytest.raises(UnauthenticatedError):
            sign_in(database, password=WRONG, after=after + 80 + attempt)


def test_failures_of_a_network_delay_it_whatever_the_account(
    database: Database, cast: Cast
) -> None:
    join(database, cast.alice)
    for attempt in range(FREE_FAILURES_NETWORK):
        with pytest.raises(UnauthenticatedError):
            sign_in(database, f"guess{attempt}@example.com")
    with pytest.raises(DomainError, match="sign_in_throttled"):
        sign_in(database)
    # Alice at home is not affected.
    assert sign_in(database, network="198.51.100.0/24").person.name == "Alice"


def test_success_does_not_wash_a_network_clean(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    for attempt in range(FREE_FAILURES_NETWORK - 1):
        with pytest.raises(UnauthenticatedError):
            sign_in(database, f"guess{attempt}@example.com")
    sign_in(database)
    with pytest.raises(UnauthenticatedError):
        sign_in(database, "guess@example.com")
    with pytest.raises(DomainError, match="sign_in_throttled"):
        sign_in(database)


def test_an_attempt_counts_before_its_password_is_checked(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(database, cast.alice)
    refusals: list[str] = []
    is_password = passwords.is_password

    def nested(given: str, hashed: str) -> bool:
        """Try again while the attempt before is still being checked."""
        with pytest.raises(DomainError) as caught:
            sign_in(database, password=WRONG)
        refusals.append(caught.value.code)
        return is_password(given, hashed)

    monkeypatch.setattr(passwords, "is_password", nested)
    with pytest.raises(UnauthenticatedError):
        sign_in(database, password=WRONG)
    assert refusals == ["sign_in_throttled"] + ["sign_in_refused"] * (FREE_FAILURES_ACCOUNT - 1)


def test_a_clock_that_was_ahead_locks_nobody_out_once_it_is_right(
    database: Database, cast: Cast
) -> None:
    join(database, cast.alice)
    year = timedelta(days=365).total_seconds()
    for _ in range(FREE_FAILURES_ACCOUNT):
        with pytest.raises(UnauthenticatedError):
            sign_in(database, password=WRONG, after=year)
    with pytest.raises(DomainError, match="sign_in_throttled"):
        sign_in(database, after=year)
    assert find_session(database, sign_in(database)) is not None


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
    join(database, cast.alice)
    assert (find_session(database, sign_in(database), **delta) is not None) == lives


def test_a_used_session_ends_after_two_weeks(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    issued = sign_in(database)
    for hour in range(10, 14 * 24, 10):
        session = find_session(database, issued, hours=hour)
        assert session is not None
        assert people.is_touch_due(session, later(hours=hour))
        with database.write() as tx:
            people.touch_session(tx, session, later(hours=hour))
    assert find_session(database, issued, days=14, seconds=-1) is not None
    assert find_session(database, issued, days=14) is None


def test_use_is_noted_at_most_once_in_five_minutes(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    session = sign_in(database).session
    assert not people.is_touch_due(session, NOW + timedelta(minutes=5, seconds=-1))
    assert people.is_touch_due(session, NOW + timedelta(minutes=5))


def test_a_made_up_or_endless_secret_is_nobody(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    with database.read() as tx:
        for secret in ("", "to_" + "A" * 43, "x" * 10**6, "\ud800"):
            assert people.find_presence(tx, secret, NOW) is None


def test_sessions_are_listed_and_ended_by_their_person_only(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    bob = join(database, cast.alice, "bob@example.com")
    first, second = sign_in(database), sign_in(database, after=1)
    act, bobs = act_of(cast.alice, alice, after=2), act_of(cast.alice, bob, after=2)
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
    assert find_session(database, first, seconds=3) is None
    assert find_session(database, second, seconds=3) is not None


def test_all_other_sessions_end_at_once(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    join(database, cast.charlie, "charlie@example.com")
    charlies = sign_in(database, "charlie@example.com")
    issued = [sign_in(database, after=step) for step in range(3)]
    with database.write() as tx:
        act = act_of(cast.alice, alice, after=5)
        assert people.end_other_sessions(tx, act, issued[1].session.id) == 2
    living = [find_session(database, each, seconds=6) is not None for each in issued]
    assert living == [False, True, False]
    assert find_session(database, charlies, seconds=6) is not None


def test_a_new_password_ends_other_sessions_and_the_old_password(
    database: Database, cast: Cast
) -> None:
    alice = join(database, cast.alice)
    here, elsewhere = sign_in(database), sign_in(database, after=1)
    act = act_of(cast.alice, alice, after=2)
    change = PasswordChange(old=PASSWORD, new=OTHER, session_id=here.session.id)
    assert people.change_password(database, VAULT, act, change).ended == 1
    assert find_session(database, here, seconds=3) is not None
    assert find_session(database, elsewhere, seconds=3) is None
    with pytest.raises(UnauthenticatedError):
        sign_in(database, after=4)
    sign_in(database, password=OTHER, after=5)


def test_a_stolen_session_cannot_guess_the_old_password(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    here = sign_in(database)
    act = act_of(cast.alice, alice)
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
