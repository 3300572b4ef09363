# SPDX-License-Identifier: Apache-2.0
"""Who may do what: organisations, roles, permissions, and the scope every tenant query needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from trueorigin.domain.ids import uuid7

# Only `services/access.py` makes one, so mypy refuses a raw id where a checked one is needed.
TenantScope = NewType("TenantScope", UUID)


class Role(StrEnum):
    """What an organisation is in the chain; a credential acts in exactly one role."""

    MANUFACTURER = "manufacturer"
    SELLER = "seller"
    LOGISTICS = "logistics"
    REGULATOR = "regulator"
    KIOSK = "kiosk"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What a route may demand, as `resource:action`, in alphabetical order."""

    AUDIT_READ = "audit:read"
    BATCH_READ = "batch:read"
    BATCH_WRITE = "batch:write"
    CODE_EXPORT = "code:export"
    DEVICE_READ = "device:read"
    DEVICE_WRITE = "device:write"
    EVENT_READ = "event:read"
    EVENT_WRITE = "event:write"
    FILE_READ = "file:read"
    FILE_WRITE = "file:write"
    INSPECTION_ANSWER = "inspection:answer"
    INSPECTION_READ = "inspection:read"
    INSPECTION_WRITE = "inspection:write"
    KEY_WRITE = "key:write"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_VERIFY = "organisation:verify"
    ORGANISATION_WRITE = "organisation:write"
    PARTNER_READ = "partner:read"
    PARTNER_WRITE = "partner:write"
    PRODUCT_READ = "product:read"
    PRODUCT_WRITE = "product:write"
    READING_EXPORT = "reading:export"
    READING_READ = "reading:read"
    RECALL_READ = "recall:read"
    RECALL_WRITE = "recall:write"
    REGISTRY_READ = "registry:read"
    RUN_READ = "run:read"
    RUN_RELEASE = "run:release"
    RUN_WRITE = "run:write"
    SITE_READ = "site:read"
    SITE_WRITE = "site:write"
    TERRITORY_READ = "territory:read"
    TERRITORY_WRITE = "territory:write"


# Whatever an organisation is, it knows itself, who did what, and its own phones and kiosks.
_MEMBER = frozenset(
    {
        Permission.AUDIT_READ,
        Permission.DEVICE_READ,
        Permission.DEVICE_WRITE,
        Permission.ORGANISATION_READ,
    }
)
_MANUFACTURER = frozenset(Permission) - {
    Permission.INSPECTION_WRITE,
    Permission.ORGANISATION_VERIFY,
    Permission.REGISTRY_READ,
}
# Who handles goods of others: its own places, people and machines, and what it did with them.
_HANDLER = _MEMBER | {
    Permission.EVENT_READ,
    Permission.EVENT_WRITE,
    Permission.FILE_READ,
    Permission.FILE_WRITE,
    Permission.INSPECTION_READ,
    Permission.KEY_WRITE,
    Permission.ORGANISATION_WRITE,
    Permission.PARTNER_READ,
    Permission.PARTNER_WRITE,
    Permission.SITE_READ,
    Permission.SITE_WRITE,
    Permission.TERRITORY_READ,
    Permission.TERRITORY_WRITE,
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.MANUFACTURER: _MANUFACTURER,
    Role.SELLER: _HANDLER,
    Role.LOGISTICS: _HANDLER,
    Role.REGULATOR: _HANDLER | {Permission.INSPECTION_WRITE, Permission.REGISTRY_READ},
    Role.KIOSK: _MEMBER | {Permission.SITE_READ, Permission.SITE_WRITE},
    Role.OPERATOR: _MEMBER | {Permission.ORGANISATION_VERIFY},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A tenant. `prefix` opens its human-readable codes; `time_zone` ends its days (IANA name).

    `uscc` is the 18 characters of its unified social credit code, `colour` is `#rrggbb`, and
    `version` counts its changes from 1.
    """

    id: UUID
    name: str
    prefix: str
    roles: frozenset[Role]
    time_zone: str
    gs1_prefix: str | None
    website: str | None
    phone: str | None
    verified_at: datetime | None
    created_at: datetime
    legal_name: str | None = None
    uscc: str | None = None
    address: str | None = None
    email: str | None = None
    logo_file_id: UUID | None = None
    colour: str | None = None
    version: int = 1

    def __hash__(self) -> int:
        """Hash the id alone: rendered answers are kept by organisation."""
        return hash(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A checked credential: which organisation it speaks for, in which role.

    `allowed` is the list that a device's profile or a person's role sets; None is no such list.
    `device_id` is the enrolled phone or kiosk that speaks, `site_id` where it belongs, and `place`
    the cell in which a kiosk stands, for we know it does not move.
    """

    organisation_id: UUID
    role: Role
    credential_id: UUID
    allowed: frozenset[Permission] | None = None
    device_id: UUID | None = None
    site_id: UUID | None = None
    place: str | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return what it may do inside its own organisation: never more than the role may."""
        own = ROLE_PERMISSIONS[self.role]
        return own if self.allowed is None else own & self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing done by one actor at one instant, with the randomness it may use.

    Services take the time and every new id from here, so a test can repeat them exactly.
    `entropy(n)` returns n bytes from the system's generator.
    """

    scope: TenantScope
    actor: Actor
    at: datetime
    entropy: Callable[[int], bytes]

    def new_id(self) -> UUID:
        """Make a fresh time-ordered id."""
        return uuid7(self.at, self.entropy(10))
