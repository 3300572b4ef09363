# SPDX-License-Identifier: Apache-2.0
"""Keys by purpose: wrapped for one place only, and none of them the master key."""

import pytest
from tests.factories import make_id

from trueorigin.domain.errors import DomainError
from trueorigin.domain.keys import NONCE_BYTES
from trueorigin.services.vault import Vault

MASTER, OTHER = bytes(range(32)), bytes(range(1, 33))
KEY = b"e" * 32


def test_an_epoch_key_comes_back_in_any_process_with_the_same_master() -> None:
    owner = make_id()
    wrapped = Vault(MASTER).wrap(KEY, organisation_id=owner, epoch=3, nonce=b"n" * NONCE_BYTES)
    assert KEY not in wrapped
    assert Vault(MASTER).unwrap(wrapped, organisation_id=owner, epoch=3) == KEY


def test_a_key_copied_to_another_epoch_organisation_or_installation_does_not_open() -> None:
    owner = make_id()
    wrapped = Vault(MASTER).wrap(KEY, organisation_id=owner, epoch=3, nonce=b"n" * NONCE_BYTES)
    for vault, organisation_id, epoch in (
        (Vault(MASTER), owner, 4),
        (Vault(MASTER), make_id(), 3),
        (Vault(OTHER), owner, 3),
    ):
        with pytest.raises(DomainError) as refused:
            vault.unwrap(wrapped, organisation_id=organisation_id, epoch=epoch)
        assert refused.value.code == "master_key_wrong"


def test_every_purpose_has_its_own_key_and_the_master_is_not_kept() -> None:
    vault = Vault(MASTER)
    kept = [getattr(vault, name) for name in Vault.__slots__]
    keys = [value for value in kept if isinstance(value, bytes)]
    assert len(set(keys)) == len(keys)
    assert MASTER not in keys
    assert not any(MASTER[:8] in key for key in keys)


def test_the_check_value_tells_masters_apart_and_is_stable() -> None:
    assert Vault(MASTER).check == Vault(MASTER).check
    assert Vault(MASTER).check != Vault(OTHER).check
