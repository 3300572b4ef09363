"""Whoever has signed in from a browser before is not slowed down there by strangers."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.factories import Cast, make_act
from tests.signing_in import NETWORK, OTHER, PASSWORD, VAULT, WRONG, act_of, join, sign_in

from trueorigin.adapters import passwords
from trueorigin.domain.errors import DomainError, InvalidError, UnauthenticatedError
from trueorigin.domain.knownbrowsers import KNOWN_BROWSER_AGE_MAX
from trueorigin.domain.people import (
    FREE_FAILURES_ACCOUNT,
    FREE_FAILURES_BROWSER,
    FREE_FAILURES_NETWORK,
)
from trueorigin.services import people
from trueorigin.services.access import LOCAL_CREDENTIAL
from trueorigin.services.people import PasswordChange
from trueorigin.storage.database import Database
from trueorigin.storage.schema import sign_in_failure

ALICE = "alice@example.com"


def fail(database: Database, times: int, email: str = ALICE, marks: str = "") -> None:
    for _ in range(times):
        with pytest.raises(UnauthenticatedError):
            sign_in(database, email, WRONG, marks=marks)


def is_throttled(database: Database, *, after: float = 0, marks: str = "") -> bool:
    """Tell whether Alice, with the right password, is sent away to wait."""
    try:
        sign_in(database, after=after, marks=marks)
    except DomainError as error:
        if error.code != "sign_in_throttled":
            raise
        return True
    return False


def block_network(database: Database) -> None:
    for number in range(FREE_FAILURES_NETWORK):
        fail(database, 1, f"guess{number}@example.com")


def test_neighbours_who_guess_do_not_slow_down_a_known_browser(
    database: Database, cast: Cast
) -> None:
    join(database, cast.alice)
    marks = sign_in(database).marks
    block_network(database)
    assert is_throttled(database)
    assert not is_throttled(database, marks=marks)
    # That she came in leaves the guessers where they were.
    assert is_throttled(database)


def test_guessers_at_an_account_do_not_keep_its_owner_from_a_known_browser(
    database: Database, cast: Cast
) -> None:
    join(database, cast.alice)
    marks = sign_in(database).marks
    fail(database, FREE_FAILURES_ACCOUNT)
    assert not is_throttled(database, marks=marks)
    assert is_throttled(database)


def test_a_known_browser_has_free_failures_of_its_own_and_then_waits_alone(
    database: Database, cast: Cast
) -> None:
    join(database, cast.alice)
    marks, elsewhere = sign_in(database).marks, sign_in(database, after=1).marks
    fail(database, FREE_FAILURES_BROWSER, marks=marks)
    assert is_throttled(database, marks=marks)
    assert is_throttled(database, after=1, marks=marks)
    assert not is_throttled(database, after=2, marks=marks)
    # Neither the account elsewhere nor the network has heard of it.
    fail(database, FREE_FAILURES_BROWSER, marks=marks)
    assert is_throttled(database, marks=marks)
    assert not is_throttled(database, marks=elsewhere)
    assert not is_throttled(database)
    with database.read() as tx:
        bucket = VAULT.name_sign_in("network", NETWORK)
        rows = tx.execute(
            sa.select(sign_in_failure.c.failures).where(sign_in_failure.c.bucket == bucket)
        )
        assert [row.failures for row in rows] == [0]


def test_a_mark_is_worth_nothing_at_another_account(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    join(database, cast.charlie, "charlie@example.com")
    charlies = sign_in(database, "charlie@example.com").marks
    fail(database, FREE_FAILURES_ACCOUNT, marks=charlies)
    assert is_throttled(database, marks=charlies)


def test_people_who_share_a_browser_are_all_known_there(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    join(database, cast.alice, "bob@example.com")
    marks = sign_in(database, "bob@example.com", marks=sign_in(database).marks).marks
    block_network(database)
    assert sign_in(database, "bob@example.com", marks=marks).person.email == "bob@example.com"
    assert not is_throttled(database, marks=marks)


def test_signing_in_again_replaces_the_mark(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    first = sign_in(database).marks
    second = sign_in(database, after=1, marks=first).marks
    assert first != second
    assert "." not in second


def test_a_mark_ends_with_its_time(database: Database, cast: Cast) -> None:
    join(database, cast.alice)
    marks = sign_in(database).marks
    age = KNOWN_BROWSER_AGE_MAX.total_seconds()
    for _ in range(FREE_FAILURES_ACCOUNT):
        with pytest.raises(UnauthenticatedError):
            sign_in(database, password=WRONG, after=age + 1)
    assert is_throttled(database, after=age + 1, marks=marks)


def test_a_new_password_ends_every_mark_but_that_of_the_browser_that_set_it(
    database: Database, cast: Cast
) -> None:
    alice = join(database, cast.alice)
    here, elsewhere = sign_in(database), sign_in(database, after=1)
    change = PasswordChange(old=PASSWORD, new=OTHER, session_id=here.session.id, marks=here.marks)
    changed = people.change_password(database, VAULT, act_of(cast.alice, alice), change)
    assert "." not in changed.marks
    block_network(database)
    for marks in (here.marks, elsewhere.marks):
        with pytest.raises(DomainError, match="sign_in_throttled"):
            sign_in(database, password=OTHER, marks=marks)
    assert sign_in(database, password=OTHER, marks=changed.marks).person.name == "Alice"


def test_a_password_that_an_owner_resets_ends_every_mark(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    marks = sign_in(database).marks
    people.reset_password(database, make_act(cast.alice.organisation), alice.id, OTHER)
    block_network(database)
    with pytest.raises(DomainError, match="sign_in_throttled"):
        sign_in(database, password=OTHER, marks=marks)


def test_a_hash_that_is_renewed_at_a_sign_in_takes_the_mark_along(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(database, cast.alice)
    monkeypatch.setattr(passwords, "_PASSES", 2)
    monkeypatch.setattr(passwords, "_PARAMETERS", "$argon2id$v=19$m=32,t=2,p=4$")
    marks = sign_in(database).marks
    block_network(database)
    assert not is_throttled(database, marks=marks)


def test_somebody_who_may_no_longer_sign_in_is_known_nowhere(
    database: Database, cast: Cast
) -> None:
    join(database, cast.alice)
    marks = sign_in(database).marks
    act = make_act(cast.alice.organisation)
    local = replace(act, actor=replace(act.actor, credential_id=LOCAL_CREDENTIAL))
    with database.write() as tx:
        people.disable_person(tx, local, ALICE, is_disabled=True)
    fail(database, FREE_FAILURES_ACCOUNT, marks=marks)
    assert is_throttled(database, marks=marks)


def test_an_attempt_from_a_known_browser_counts_before_its_password_is_checked(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(database, cast.alice)
    marks = sign_in(database).marks
    refusals: list[str] = []
    is_password = passwords.is_password

    def nested(given: str, hashed: str) -> bool:
        """Try again while the attempt before is still being checked."""
        with pytest.raises(DomainError) as caught:
            sign_in(database, password=WRONG, marks=marks)
        refusals.append(caught.value.code)
        return is_password(given, hashed)

    monkeypatch.setattr(passwords, "is_password", nested)
    with pytest.raises(UnauthenticatedError):
        sign_in(database, password=WRONG, marks=marks)
    assert refusals == ["sign_in_throttled"] + ["sign_in_refused"] * (FREE_FAILURES_BROWSER - 1)


def test_somebody_being_guessed_at_can_change_the_password(database: Database, cast: Cast) -> None:
    alice = join(database, cast.alice)
    here = sign_in(database)
    fail(database, FREE_FAILURES_ACCOUNT)
    change = PasswordChange(old=PASSWORD, new=OTHER, session_id=here.session.id)
    people.change_password(database, VAULT, act_of(cast.alice, alice), change)
    # Nothing is held against the account any more: what was guessed at is gone.
    assert sign_in(database, password=OTHER).person.id == alice.id


def test_failures_to_change_a_password_keep_nobody_from_signing_in(
    database: Database, cast: Cast
) -> None:
    alice = join(database, cast.alice)
    here = sign_in(database)
    wrong = PasswordChange(old=WRONG, new=OTHER, session_id=here.session.id)
    act = act_of(cast.alice, alice)
    for _ in range(FREE_FAILURES_ACCOUNT):
        with pytest.raises(InvalidError):
            people.change_password(database, VAULT, act, wrong)
    with pytest.raises(DomainError, match="sign_in_throttled"):
        people.change_password(database, VAULT, act, replace(wrong, old=PASSWORD))
    assert not is_throttled(database)
