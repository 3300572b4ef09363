# SPDX-License-Identifier: Apache-2.0
"""Turn a credential into an actor, and an actor into an act: the only maker of `TenantScope`.

It answers who somebody is and whether the role allows a thing. It never decides what the thing is.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from trueorigin.domain.devices import PROFILES, Device, DeviceKind, find_role
from trueorigin.domain.errors import ForbiddenError, UnauthenticatedError
from trueorigin.domain.risk import Place, build_place
from trueorigin.domain.tenancy import (
    ROLE_PERMISSIONS,
    Act,
    Actor,
    Permission,
    Role,
    TenantScope,
)
from trueorigin.storage import accounts as stored, devices
from trueorigin.storage.database import Tx

# 256 random bits: too many to guess, so a plain hash in the database protects them.
SECRET_BYTES = 32
KEY_TEXT_PREFIX = "to_"
# Another word than that of API keys: it tells in which of the two tables to look.
DEVICE_TEXT_PREFIX = "tod_"
# The longest header value that is worth hashing; a real secret has 46 characters.
SECRET_LENGTH_MAX = 200
# Acts at the command line of the installation itself carry this instead of an API key.
LOCAL_CREDENTIAL = UUID(int=0)


def build_secret(entropy: bytes, prefix: str = KEY_TEXT_PREFIX) -> str:
    """Write `SECRET_BYTES` random bytes as the text a client keeps: `prefix` and base64url."""
    return prefix + base64.urlsafe_b64encode(entropy).rstrip(b"=").decode()


def hash_secret(secret: str) -> bytes:
    """Return the SHA-256 under which a secret is stored and found.

    The index is searched by a hash the sender cannot steer, so the time of the search tells
    nothing about stored secrets.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def find_actor(tx: Tx, secret: str) -> Actor | None:
    """Return whom `secret` speaks for, or None if it is unknown or revoked. One query."""
    if len(secret) > SECRET_LENGTH_MAX:
        return None
    if secret.startswith(DEVICE_TEXT_PREFIX):
        return _find_device(tx, secret)
    found = stored.find_api_key(tx, hash_secret(secret))
    if found is None:
        return None
    return Actor(organisation_id=found.organisation_id, role=found.role, credential_id=found.id)


def _find_device(tx: Tx, secret: str) -> Actor | None:
    found = devices.find_device(tx, hash_secret(secret))
    if found is None:
        return None
    place = None if found.position is None else build_place(*found.position)
    return build_device_actor(found.device, found.roles, place)


def build_device_actor(device: Device, roles: frozenset[Role], place: Place | None) -> Actor | None:
    """Return as whom a device speaks for an organisation with these roles, or None: not any more.

    It may what is on its profile's list, as far as the role that fits it may. `place` is that of
    its site; phones are carried about, so only a kiosk vouches for it.
    """
    role = find_role(device.profile, roles)
    if role is None:
        return None
    return Actor(
        organisation_id=device.organisation_id,
        role=role,
        credential_id=device.id,
        allowed=PROFILES[device.profile].permissions,
        device_id=device.id,
        site_id=device.site_id,
        place=str(place) if place is not None and device.kind is DeviceKind.KIOSK else None,
    )


def get_actor(tx: Tx, secret: str) -> Actor:
    """Return whom `secret` speaks for, or refuse it. One query."""
    actor = find_actor(tx, secret)
    if actor is None:
        raise UnauthenticatedError("credential_invalid")
    return actor


def open_act(actor: Actor, at: datetime, entropy: Callable[[int], bytes]) -> Act:
    """Bind a checked `actor` to its own organisation for one act at the instant `at`."""
    scope = TenantScope(actor.organisation_id)
    return Act(scope=scope, actor=actor, at=at, entropy=entropy)


def open_local_act(
    organisation_id: UUID, role: Role, *, at: datetime, entropy: Callable[[int], bytes]
) -> Act:
    """Open an act of whoever runs commands on the installation itself, for one organisation."""
    actor = Actor(organisation_id=organisation_id, role=role, credential_id=LOCAL_CREDENTIAL)
    return open_act(actor, at, entropy)


def open_act_of(act: Act, organisation_id: UUID) -> Act:
    """Let the operator's `act` be done in another organisation, under the same credential.

    Whoever calls has asked for a permission that only the operator has.
    """
    return replace(act, scope=TenantScope(organisation_id))


def require(actor: Actor | None, permission: Permission) -> Actor:
    """Return `actor` if it may do this; refuse nobody with 401 and a wrong role with 403."""
    if actor is None:
        raise UnauthenticatedError("credential_missing")
    if permission not in actor.permissions:
        raise ForbiddenError("permission_missing", permission=permission.value)
    return actor


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return what a role may do inside its own organisation."""
    return ROLE_PERMISSIONS[role]
