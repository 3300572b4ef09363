# SPDX-License-Identifier: Apache-2.0
"""Credentials become actors, and actors may do what their role may."""

import pytest
from tests.factories import NOW, Cast, make_act, make_api_key, make_entropy, scope_of

from trueorigin.domain.errors import ForbiddenError, UnauthenticatedError
from trueorigin.domain.tenancy import Permission, Role
from trueorigin.services import access
from trueorigin.storage import accounts
from trueorigin.storage.database import Database


def test_a_secret_is_256_bits_and_leads_to_its_key(database: Database, cast: Cast) -> None:
    alice = cast.alice.organisation
    secret = access.build_secret(make_entropy("s")(access.SECRET_BYTES))
    assert len(secret) == len(access.KEY_TEXT_PREFIX) + 43
    key = make_api_key(alice, role=Role.SELLER)
    with database.write() as tx:
        accounts.append_api_key(tx, scope_of(alice), key, access.hash_secret(secret))
    with database.read() as tx:
        actor = access.get_actor(tx, secret)
    assert (actor.organisation_id, actor.role, actor.credential_id) == (
        alice.id,
        Role.SELLER,
        key.id,
    )
    with database.write() as tx:
        accounts.revoke_api_key(tx, scope_of(alice), key.id, NOW)
    with database.read() as tx:
        assert access.find_actor(tx, secret) is None


@pytest.mark.parametrize("secret", ["", "to_", "to_\ud800", "x" * 201, "'; DROP TABLE api_key"])
def test_an_unknown_secret_leads_nowhere(database: Database, secret: str) -> None:
    with database.read() as tx:
        assert access.find_actor(tx, secret) is None
        with pytest.raises(UnauthenticatedError):
            access.get_actor(tx, secret)


def test_an_act_is_bound_to_the_actors_own_organisation(cast: Cast) -> None:
    act = make_act(cast.alice.organisation)
    again = access.open_act(act.actor, NOW, make_entropy())
    assert again.scope == cast.alice.organisation.id
    assert again.new_id() != again.new_id()


def test_a_role_may_only_what_its_table_says(cast: Cast) -> None:
    seller = make_act(cast.alice.organisation, role=Role.SELLER).actor
    assert access.require(seller, Permission.ORGANISATION_READ) is seller
    with pytest.raises(ForbiddenError):
        access.require(seller, Permission.CODE_EXPORT)
    with pytest.raises(UnauthenticatedError):
        access.require(None, Permission.ORGANISATION_READ)


def test_no_role_may_everything() -> None:
    """Who issues goods cannot vouch for itself; who vouches cannot issue."""
    manufacturer = access.open_local_act(NOW_ID, Role.MANUFACTURER, at=NOW, entropy=make_entropy())
    operator = access.open_local_act(NOW_ID, Role.OPERATOR, at=NOW, entropy=make_entropy())
    assert Permission.ORGANISATION_VERIFY not in manufacturer.actor.permissions
    assert Permission.RUN_WRITE not in operator.actor.permissions
    assert manufacturer.actor.credential_id == access.LOCAL_CREDENTIAL


NOW_ID = access.LOCAL_CREDENTIAL
