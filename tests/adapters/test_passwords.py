# SPDX-License-Identifier: Apache-2.0
"""Passwords are right or wrong, however many people sign in at the same moment."""

import threading
from concurrent.futures import Future

import pytest

from trueorigin.adapters import passwords

PASSWORD = "correct horse battery staple"  # noqa: S105 - of a test
SALT = bytes(range(passwords.SALT_BYTES))
# Sixteen times a fifth of a second, on a machine that stands still now and then.
PATIENCE_S = 120


def test_a_hash_holds_its_parameters_and_knows_its_password() -> None:
    stored = passwords.hash_password(PASSWORD, SALT)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not passwords.is_outdated(stored)
    assert passwords.is_password(PASSWORD, stored)
    for wrong in ("", PASSWORD[:-1], f"{PASSWORD}\0", "\ud800"):
        assert not passwords.is_password(wrong, stored)
    assert not passwords.is_password(PASSWORD, passwords.DECOY)
    assert passwords.is_outdated(stored.replace("t=3", "t=2"))


def test_the_decoy_costs_what_every_hash_costs() -> None:
    parameters = passwords.DECOY.split("$")[:4]
    assert parameters == ["", "argon2id", "v=19", "m=65536,t=3,p=4"]
    assert not passwords.is_outdated(passwords.DECOY)
    assert not passwords.is_password("", passwords.DECOY)


def test_a_salt_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="a salt has 16 bytes, not 8"):
        passwords.hash_password(PASSWORD, SALT[:8])


def test_people_who_sign_in_at_the_same_moment_are_all_answered() -> None:
    """OpenSSL's threads are those of the process: two at once stood still for ever."""
    stored = passwords.hash_password(PASSWORD, SALT)
    start = threading.Barrier(8)
    answers: list[Future[tuple[bool, str]]] = [Future() for _ in range(8)]

    def sign_in(answer: Future[tuple[bool, str]]) -> None:
        start.wait()
        try:
            found = passwords.is_password(PASSWORD, stored)
            answer.set_result((found, passwords.hash_password(PASSWORD, SALT)))
        except BaseException as error:  # noqa: BLE001 - it is told to whoever waits
            answer.set_exception(error)

    for each in answers:
        threading.Thread(target=sign_in, args=(each,), daemon=True).start()
    assert [each.result(PATIENCE_S) for each in answers] == [(True, stored)] * 8
