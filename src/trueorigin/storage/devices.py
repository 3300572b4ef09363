# SPDX-License-Identifier: Apache-2.0
"""Phones and kiosks of organisations; of their codes and keys only hashes are kept.

A code is used up in the statement that looks for it, so of two phones only one can have it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.devices import Device, DeviceKind, Profile
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.tenancy import Role, TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_unique
from trueorigin.storage.schema import device, organisation, person, site

# No list hands out more rows at once, whatever is asked for.
PAGE_MAX: Final = 1000

_SECRETS: Final = frozenset({"enrol_hash", "secret_hash"})
_COLUMNS: Final = [column for column in device.c if column.name not in _SECRETS]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledDevice:
    """A device that speaks, what its organisation is, and the position of its open site."""

    device: Device
    roles: frozenset[Role]
    position: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a device brings when it uses its code: the hash of its own key from now on."""

    enrol_hash: bytes
    secret_hash: bytes
    at: datetime
    app_version: str | None


def append_device(tx: Tx, scope: TenantScope, row: Device, enrol_hash: bytes) -> None:
    """Keep a new device of this organisation, with the code that will enrol it."""
    if row.organisation_id != scope:
        raise NotFoundError("organisation_not_found")
    values = {
        **asdict(row),
        "kind": row.kind.value,
        "profile": row.profile.value,
        "enrol_hash": enrol_hash,
    }
    insert_unique(tx, device, values)


def find_device(tx: Tx, secret_hash: bytes) -> EnrolledDevice | None:
    """Return the device with this key and what its organisation is. One query.

    None where the key is unknown or revoked, or the phone's person may sign in nowhere any more.
    """
    query = (
        sa.select(*_COLUMNS, organisation.c.roles, site.c.latitude, site.c.longitude)
        .join(organisation, organisation.c.id == device.c.organisation_id)
        .outerjoin(person, person.c.id == device.c.person_id)
        .outerjoin(site, (site.c.id == device.c.site_id) & site.c.closed_at.is_(None))
        .where(
            device.c.secret_hash == secret_hash,
            device.c.revoked_at.is_(None),
            person.c.disabled_at.is_(None),
        )
    )
    row = tx.execute(query).mappings().first()
    if row is None:
        return None
    roles = frozenset(Role(each) for each in row["roles"])
    has_position = row["latitude"] is not None and row["longitude"] is not None
    position = (row["latitude"], row["longitude"]) if has_position else None
    return EnrolledDevice(device=_device(row), roles=roles, position=position)


def enrol_device(tx: Tx, new: Enrolment) -> Device | None:
    """Use up the code that waits under this hash and return its device, or None: no such code.

    A key the device had before is replaced. Of several at the same time one gets the device.
    """
    enrolled = (
        sa.update(device)
        .where(
            device.c.enrol_hash == new.enrol_hash,
            device.c.enrol_expires_at > new.at,
            device.c.revoked_at.is_(None),
        )
        .values(
            enrol_hash=None,
            enrol_expires_at=None,
            secret_hash=new.secret_hash,
            enrolled_at=new.at,
            last_seen_at=new.at,
            app_version=new.app_version,
        )
        .returning(*_COLUMNS)
    )
    row = tx.execute(enrolled).mappings().first()
    return None if row is None else _device(row)


def get_device(tx: Tx, scope: TenantScope, device_id: UUID) -> Device:
    """Return one of this organisation's devices, revoked or not."""
    query = sa.select(*_COLUMNS).where(_own(scope, device_id))
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFoundError("device_not_found")
    return _device(row)


def list_devices(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int = PAGE_MAX
) -> list[Device]:
    """Return this organisation's devices by id, which is their age, revoked ones too."""
    query = sa.select(*_COLUMNS).where(device.c.organisation_id == scope)
    if after is not None:
        query = query.where(device.c.id > after)
    query = query.order_by(device.c.id).limit(min(limit, PAGE_MAX))
    return [_device(row) for row in tx.execute(query).mappings()]


def list_silent(
    tx: Tx, scope: TenantScope, *, after: datetime, before: datetime, limit: int = PAGE_MAX
) -> list[Device]:
    """Return this organisation's kiosks last seen between two instants, the latest first."""
    query = (
        sa.select(*_COLUMNS)
        .where(
            device.c.organisation_id == scope,
            device.c.kind == DeviceKind.KIOSK.value,
            device.c.revoked_at.is_(None),
            device.c.last_seen_at.between(after, before),
        )
        .order_by(device.c.last_seen_at.desc(), device.c.id)
        .limit(min(limit, PAGE_MAX))
    )
    return [_device(row) for row in tx.execute(query).mappings()]


def update_device(tx: Tx, scope: TenantScope, row: Device) -> bool:
    """Write what a device is called, where it is and whose; False if it is revoked.

    Nothing else of it changes here: kind and profile are what its key was given for.
    """
    changed = (
        sa.update(device)
        .where(_own(scope, row.id), device.c.revoked_at.is_(None))
        .values(label=row.label, site_id=row.site_id, person_id=row.person_id)
    )
    return tx.execute(changed).rowcount == 1


def update_code(
    tx: Tx, scope: TenantScope, device_id: UUID, enrol_hash: bytes, expires_at: datetime
) -> bool:
    """Give a device a new code in place of the one that may wait; False if it is revoked."""
    changed = (
        sa.update(device)
        .where(_own(scope, device_id), device.c.revoked_at.is_(None))
        .values(enrol_hash=enrol_hash, enrol_expires_at=expires_at)
    )
    return tx.execute(changed).rowcount == 1


def revoke_device(tx: Tx, scope: TenantScope, device_id: UUID, at: datetime) -> bool:
    """End a device and its code; False if that was done before, whose time then stays."""
    return bool(_revoke(tx, _own(scope, device_id), at))


def revoke_devices_of(tx: Tx, scope: TenantScope, person_id: UUID, at: datetime) -> list[UUID]:
    """End all phones of a person in this organisation; return which they were."""
    theirs = (device.c.organisation_id == scope) & (device.c.person_id == person_id)
    return _revoke(tx, theirs, at)


def update_seen(
    tx: Tx, scope: TenantScope, device_id: UUID, at: datetime, app_version: str | None
) -> None:
    """Note when a device showed up, and with which version of its app where it says so."""
    values: dict[str, object] = {"last_seen_at": at}
    if app_version is not None:
        values["app_version"] = app_version
    tx.execute(sa.update(device).where(_own(scope, device_id)).values(**values))


def _own(scope: TenantScope, device_id: UUID) -> sa.ColumnElement[bool]:
    return (device.c.id == device_id) & (device.c.organisation_id == scope)


def _revoke(tx: Tx, which: sa.ColumnElement[bool], at: datetime) -> list[UUID]:
    ended = (
        sa.update(device)
        .where(which, device.c.revoked_at.is_(None))
        .values(revoked_at=at, enrol_hash=None, enrol_expires_at=None)
        .returning(device.c.id)
    )
    return [row.id for row in tx.execute(ended)]


def _device(row: sa.RowMapping) -> Device:
    values = {column.name: row[column.name] for column in _COLUMNS}
    return Device(**{**values, "kind": DeviceKind(row["kind"]), "profile": Profile(row["profile"])})
