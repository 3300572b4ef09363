# SPDX-License-Identifier: Apache-2.0
"""Devices of an organisation: its phones in the field and its public kiosks, and what each may do.

A device is enrolled once with a code that is shown at the console, and from then on speaks with a
key of its own. What it may do is the profile's short list, never more than its organisation's
role. Pure: knows no secret and no clock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from trueorigin.domain.serials import ALPHABET, fold
from trueorigin.domain.tenancy import Permission, Role

# Long enough to walk to the device and point its camera, too short to be found on a photograph.
ENROL_TTL: Final = timedelta(minutes=15)
# 60 random bits: within their quarter of an hour not to be guessed, nor searched by their hash.
ENROL_SYMBOLS: Final = 12
_GROUP: Final = 4
# How old `last_seen_at` may get before it is written again: showing up must not cost a write.
SEEN_AFTER: Final = timedelta(minutes=1)
# A kiosk says every minute that it is alive; a router that starts again is no news.
SILENT_AFTER: Final = timedelta(minutes=10)
APP_VERSION_MAX: Final = 40


class DeviceKind(StrEnum):
    """What sort of thing a device is: it decides which app it opens."""

    FIELD = "field"
    KIOSK = "kiosk"


class Profile(StrEnum):
    """What a device is for; each has its own list of permissions."""

    PACKER = "packer"
    LOGISTICS = "logistics"
    SELLER = "seller"
    INSPECTOR = "inspector"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRule:
    """Who may have devices of a profile, and what they may do.

    `holders` are the roles of organisations, those first in which such a device would rather act.
    `acts_as` is the one role of devices that never act in a role of their organisation.
    """

    kind: DeviceKind
    holders: tuple[Role, ...]
    permissions: frozenset[Permission]
    acts_as: Role | None = None


# Whose device it is: every app shows it.
_EVERY: Final = frozenset({Permission.ORGANISATION_READ})
_GOODS: Final = frozenset({Permission.PRODUCT_READ, Permission.BATCH_READ, Permission.RUN_READ})
# What happens to goods, where, and with whom.
_HANDLING: Final = frozenset(
    {
        Permission.EVENT_READ,
        Permission.EVENT_WRITE,
        Permission.PARTNER_READ,
        Permission.SITE_READ,
        Permission.TERRITORY_READ,
    }
)
_INSPECTING: Final = frozenset(
    {
        Permission.EVENT_READ,
        Permission.EVENT_WRITE,
        Permission.FILE_READ,
        Permission.FILE_WRITE,
        Permission.INSPECTION_READ,
        Permission.INSPECTION_WRITE,
        Permission.REGISTRY_READ,
        Permission.SITE_READ,
        Permission.TERRITORY_READ,
    }
)

PROFILES: Final[Mapping[Profile, ProfileRule]] = MappingProxyType(
    {
        Profile.PACKER: ProfileRule(
            kind=DeviceKind.FIELD,
            holders=(Role.MANUFACTURER,),
            permissions=_EVERY | _GOODS | _HANDLING,
        ),
        Profile.LOGISTICS: ProfileRule(
            kind=DeviceKind.FIELD,
            holders=(Role.LOGISTICS, Role.MANUFACTURER),
            permissions=_EVERY | _HANDLING,
        ),
        Profile.SELLER: ProfileRule(
            kind=DeviceKind.FIELD,
            holders=(Role.SELLER, Role.MANUFACTURER),
            permissions=_EVERY | _HANDLING,
        ),
        Profile.INSPECTOR: ProfileRule(
            kind=DeviceKind.FIELD,
            holders=(Role.REGULATOR,),
            permissions=_EVERY | _INSPECTING,
        ),
        Profile.KIOSK: ProfileRule(
            kind=DeviceKind.KIOSK,
            holders=(Role.KIOSK, Role.MANUFACTURER, Role.SELLER, Role.REGULATOR, Role.OPERATOR),
            permissions=_EVERY,
            acts_as=Role.KIOSK,
        ),
    }
)


class DeviceState(StrEnum):
    """What has become of a device."""

    WAITING = "waiting"
    # Its code ran out before anybody used it.
    EXPIRED = "expired"
    ENROLLED = "enrolled"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A phone or kiosk of an organisation; its code and its key are never part of it.

    `person_id` is whose phone it is. `enrol_expires_at` is None unless a code waits to be used.
    """

    id: UUID
    organisation_id: UUID
    kind: DeviceKind
    profile: Profile
    label: str
    site_id: UUID | None
    person_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    enrol_expires_at: datetime | None
    enrolled_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None
    app_version: str | None

    def state(self, at: datetime) -> DeviceState:
        """Return what has become of it at `at`; an enrolled one may have a new code besides."""
        if self.revoked_at is not None:
            return DeviceState.REVOKED
        if self.enrolled_at is not None:
            return DeviceState.ENROLLED
        if self.enrol_expires_at is None or self.enrol_expires_at <= at:
            return DeviceState.EXPIRED
        return DeviceState.WAITING

    def is_silent(self, at: datetime) -> bool:
        """Tell whether it is a kiosk that should say that it is alive, and does not.

        A phone is silent whenever nobody works with it.
        """
        is_expected = self.kind is DeviceKind.KIOSK and self.state(at) is DeviceState.ENROLLED
        return (
            is_expected and self.last_seen_at is not None and at - self.last_seen_at > SILENT_AFTER
        )

    def is_seen_due(self, at: datetime) -> bool:
        """Tell whether that it showed up at `at` should be written."""
        return self.last_seen_at is None or at - self.last_seen_at >= SEEN_AFTER


def list_profiles(roles: Collection[Role]) -> tuple[Profile, ...]:
    """Return the profiles of which an organisation with these roles may have devices."""
    return tuple(each for each in Profile if find_role(each, roles) is not None)


def find_role(profile: Profile, roles: Collection[Role]) -> Role | None:
    """Return the role a device acts in for an organisation with these roles; None: in none."""
    rule = PROFILES[profile]
    fitting = next((role for role in rule.holders if role in roles), None)
    return fitting if fitting is None else rule.acts_as or fitting


def write_code(entropy: bytes) -> str:
    """Write `ENROL_SYMBOLS` random bytes as an enrolment code, without separators."""
    return "".join(ALPHABET[each & 31] for each in entropy)


def group_code(code: str) -> str:
    """Return a code as people read and type it: in groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def parse_code(text: str) -> str | None:
    """Return a typed or scanned code in its one spelling, or None for what can be no code."""
    folded = fold(text)
    return folded if folded is not None and len(folded) == ENROL_SYMBOLS else None
