# SPDX-License-Identifier: Apache-2.0
"""Phones and kiosks: made at the console, enrolled with a code that works once, revoked for good.

A wrong, a used and an expired code are refused in one way. Secrets leave this module once, when
they are made; what is stored is hashed.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from trueorigin.domain.devices import (
    APP_VERSION_MAX,
    ENROL_SYMBOLS,
    ENROL_TTL,
    PROFILES,
    SILENT_AFTER,
    Device,
    Profile,
    find_role,
    parse_code,
    write_code,
)
from trueorigin.domain.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
)
from trueorigin.domain.people import FREE_FAILURES_NETWORK
from trueorigin.domain.sites import Site
from trueorigin.domain.tenancy import Act, Actor, Organisation, TenantScope
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.services.access import (
    DEVICE_TEXT_PREFIX,
    SECRET_BYTES,
    build_device_actor,
    build_secret,
    hash_secret,
    open_act,
)
from trueorigin.services.attempts import count_attempt
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, audit, devices as stored, people, sites
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.devices import Enrolment

Entropy: TypeAlias = Callable[[int], bytes]

_THROTTLED: Final = "enrolment_throttled"
# Whoever has not switched it on again for a month has put it away.
SILENT_FORGOTTEN: Final = timedelta(days=30)
_CHANGED: Final = ("label", "site_id", "person_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDraft:
    """A phone or kiosk that is to be: `site_id` is where, `person_id` whose phone it will be."""

    profile: Profile
    label: str
    site_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChange:
    """What may change of a device that is there: not what it is for, which its key stands for."""

    label: str
    site_id: UUID | None
    person_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """A device with the code that enrols it, which nobody can show again."""

    device: Device
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolAttempt:
    """What a device sends to be enrolled; `network` is a prefix, never an address."""

    code: str
    network: str
    app_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A device, as whom it speaks, for whom, and where it belongs."""

    device: Device
    actor: Actor
    organisation: Organisation
    site: Site | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStanding:
    """A device just enrolled, and its key, which nobody can show again."""

    standing: Standing
    secret: str


def create_device(tx: Tx, act: Act, draft: DeviceDraft) -> IssuedCode:
    """Make a device of the caller's organisation and the code that enrols it.

    `profile_not_held` where no role of the organisation fits the profile; person and site must be
    the organisation's own, and the site in use.
    """
    label = parse_text(draft.label, field="label", length_max=LINE_LENGTH_MAX)
    roles = accounts.get_organisation(tx, act.scope).roles
    if find_role(draft.profile, roles) is None:
        profile = draft.profile.value
        raise ForbiddenError("profile_not_held", field="profile", profile=profile)
    _check_person(tx, act.scope, draft.person_id)
    _check_site(tx, act.scope, draft.site_id)
    code, expires_at = write_code(act.entropy(ENROL_SYMBOLS)), act.at + ENROL_TTL
    device = Device(
        id=act.new_id(),
        organisation_id=act.scope,
        kind=PROFILES[draft.profile].kind,
        profile=draft.profile,
        label=label,
        site_id=draft.site_id,
        person_id=draft.person_id,
        created_by=act.actor.credential_id,
        created_at=act.at,
        enrol_expires_at=expires_at,
        enrolled_at=None,
        revoked_at=None,
        last_seen_at=None,
        app_version=None,
    )
    stored.append_device(tx, act.scope, device, hash_secret(code))
    detail = {"label": label, "profile": draft.profile.value}
    audit.append_audit(tx, act, "device.create", str(device.id), detail)
    return IssuedCode(device=device, code=code, expires_at=expires_at)


def update_device(tx: Tx, act: Act, device_id: UUID, change: DeviceChange) -> Device:
    """Write what a device is called, where it is and whose it is; it holds from its next request.

    Person and site must be the organisation's own and in use, unless they stay as they are.
    `device_revoked` for one that was ended.
    """
    before = stored.get_device(tx, act.scope, device_id)
    label = parse_text(change.label, field="label", length_max=LINE_LENGTH_MAX)
    if change.person_id != before.person_id:
        _check_person(tx, act.scope, change.person_id)
    if change.site_id != before.site_id:
        _check_site(tx, act.scope, change.site_id)
    after = replace(before, label=label, site_id=change.site_id, person_id=change.person_id)
    if not stored.update_device(tx, act.scope, after):
        raise ConflictError("device_revoked")
    fields = [name for name in _CHANGED if getattr(before, name) != getattr(after, name)]
    if fields:
        detail = {"label": label, "fields": [name.removesuffix("_id") for name in fields]}
        audit.append_audit(tx, act, "device.update", str(device_id), detail)
    return after


def renew_code(tx: Tx, act: Act, device_id: UUID) -> IssuedCode:
    """Make a new code for a device; the one before is worth nothing any more.

    The key it has works until the new code is used. `device_revoked` for one that was ended.
    """
    device = stored.get_device(tx, act.scope, device_id)
    code, expires_at = write_code(act.entropy(ENROL_SYMBOLS)), act.at + ENROL_TTL
    if not stored.update_code(tx, act.scope, device_id, hash_secret(code), expires_at):
        raise ConflictError("device_revoked")
    audit.append_audit(tx, act, "device.renew", str(device_id), {"label": device.label})
    return IssuedCode(device=device, code=code, expires_at=expires_at)


def enrol_device(
    database: Database, vault: Vault, attempt: EnrolAttempt, *, at: datetime, entropy: Entropy
) -> NewStanding:
    """Use up a code and give its device a key of its own; works once.

    `enrolment_refused` whatever is wrong with the code; `enrolment_throttled` with the seconds to
    wait after too many failures of the network. A right code never waits: it cannot be guessed,
    and a neighbour's guesses must not keep anybody's devices out.
    """
    version = _parse_version(attempt.app_version)
    code = parse_code(attempt.code)
    if code is not None:
        secret = build_secret(entropy(SECRET_BYTES), DEVICE_TEXT_PREFIX)
        enrolment = Enrolment(
            enrol_hash=hash_secret(code),
            secret_hash=hash_secret(secret),
            at=at,
            app_version=version,
        )
        with suppress(UnauthenticatedError), database.write() as tx:
            return _use_code(tx, enrolment, secret, entropy)
    network = vault.name_sign_in("enrolment", attempt.network)
    with database.write() as tx:
        count_attempt(tx, {network: FREE_FAILURES_NETWORK}, at, code=_THROTTLED)
    raise UnauthenticatedError("enrolment_refused", field="code")


def _use_code(tx: Tx, enrolment: Enrolment, secret: str, entropy: Entropy) -> NewStanding:
    """Give the device whose code waits its key; what is refused must be undone."""
    device = stored.enrol_device(tx, enrolment)
    standing = None if device is None else _stand(tx, device)
    if device is None or standing is None:
        raise UnauthenticatedError("enrolment_refused", field="code")
    act = open_act(standing.actor, enrolment.at, entropy)
    audit.append_audit(tx, act, "device.enrol", str(device.id), {"label": device.label})
    return NewStanding(standing=standing, secret=secret)


def get_standing(tx: Tx, actor: Actor) -> Standing:
    """Return the device that speaks, afresh; `device_not_found` for whoever is none."""
    scope = TenantScope(actor.organisation_id)
    device = stored.get_device(tx, scope, actor.credential_id)
    organisation = accounts.get_organisation(tx, scope)
    site = _find_site(tx, device)
    return Standing(device=device, actor=actor, organisation=organisation, site=site)


def touch_device(tx: Tx, act: Act, app_version: str | None) -> None:
    """Note that the device that acts showed up."""
    stored.update_seen(tx, act.scope, act.actor.credential_id, act.at, _parse_version(app_version))


def revoke_device(tx: Tx, act: Act, device_id: UUID) -> None:
    """End a device of the caller's organisation, from its very next request on, for good."""
    device = stored.get_device(tx, act.scope, device_id)
    # Revoking twice keeps the first time.
    if stored.revoke_device(tx, act.scope, device_id, act.at):
        audit.append_audit(tx, act, "device.revoke", str(device_id), {"label": device.label})


def get_device(tx: Tx, scope: TenantScope, device_id: UUID) -> Device:
    """Return one of the organisation's devices."""
    return stored.get_device(tx, scope, device_id)


def list_devices(tx: Tx, scope: TenantScope, *, after: UUID | None, limit: int) -> list[Device]:
    """List the organisation's devices in the order they were made, revoked ones too."""
    return stored.list_devices(tx, scope, after=after, limit=limit)


def list_sites(tx: Tx, scope: TenantScope) -> list[Site]:
    """Return the sites in use at which the organisation's devices may be."""
    return sites.list_sites(tx, scope, limit=sites.PAGE_MAX)


def list_silent(tx: Tx, scope: TenantScope, at: datetime, *, limit: int) -> list[Device]:
    """List kiosks that should say every minute that they live and do not, the latest first.

    Those silent for longer than `SILENT_FORGOTTEN` are no news any more.
    """
    after, before = at - SILENT_FORGOTTEN, at - SILENT_AFTER
    return stored.list_silent(tx, scope, after=after, before=before, limit=limit)


def find_site(tx: Tx, scope: TenantScope, site_id: UUID | None) -> Site | None:
    """Return the site a device was given, closed or not; None where it has none."""
    return None if site_id is None else sites.get_site(tx, scope, site_id)


def _check_person(tx: Tx, scope: TenantScope, person_id: UUID | None) -> None:
    if person_id is not None:
        # Whoever leaves at this instant takes the phone along that is just being made.
        people.hold_member(tx, scope, person_id)


def _check_site(tx: Tx, scope: TenantScope, site_id: UUID | None) -> None:
    if site_id is not None and sites.get_site(tx, scope, site_id).closed_at:
        raise NotFoundError("site_not_found")


def _stand(tx: Tx, device: Device) -> Standing | None:
    organisation = accounts.get_organisation(tx, TenantScope(device.organisation_id))
    site = _find_site(tx, device)
    actor = build_device_actor(device, organisation.roles, None if site is None else site.place)
    if actor is None:
        return None
    return Standing(device=device, actor=actor, organisation=organisation, site=site)


def _find_site(tx: Tx, device: Device) -> Site | None:
    """Return where a device belongs, unless that was closed."""
    if device.site_id is None:
        return None
    site = sites.get_site(tx, TenantScope(device.organisation_id), device.site_id)
    return site if site.closed_at is None else None


def _parse_version(text: str | None) -> str | None:
    if text is None:
        return None
    return parse_text(text, field="app_version", length_max=APP_VERSION_MAX)
