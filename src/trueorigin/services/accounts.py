# SPDX-License-Identifier: Apache-2.0
"""Organisations, their keys and their credentials: joining, proving, renewing.

Secrets leave this module once, when they are made; what is stored is wrapped or hashed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import available_timezones

from trueorigin.domain.colours import parse_colour
from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from trueorigin.domain.files import IMAGE_TYPES
from trueorigin.domain.gs1 import check_company_prefix
from trueorigin.domain.humancode import PREFIX_SYMBOLS
from trueorigin.domain.ids import uuid7
from trueorigin.domain.keys import KEY_BYTES, NONCE_BYTES
from trueorigin.domain.people import fold_email
from trueorigin.domain.serials import ALPHABET
from trueorigin.domain.tenancy import Act, Organisation, Role, TenantScope
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX, parse_text
from trueorigin.domain.uscc import normalise_uscc
from trueorigin.services.access import (
    SECRET_BYTES,
    build_secret,
    hash_secret,
    open_act_of,
    open_local_act,
)
from trueorigin.services.editing import append_change, require_version
from trueorigin.services.files import require_files
from trueorigin.services.findings import Findings
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts as stored, audit
from trueorigin.storage.accounts import ApiKey
from trueorigin.storage.catalog import bump_revision
from trueorigin.storage.database import Tx

Entropy: TypeAlias = Callable[[int], bytes]

DEFAULT_TIME_ZONE = "Asia/Shanghai"
PHONE_LENGTH_MAX = 40
LABEL_DEFAULT = "API"
# A million prefixes exist. When this many draws in a row are taken, they are used up.
PREFIX_DRAWS_MAX = 64
# What an organisation may change about itself.
EDITABLE = (
    "name",
    "time_zone",
    "gs1_prefix",
    "website",
    "phone",
    "legal_name",
    "uscc",
    "address",
    "email",
    "logo_file_id",
    "colour",
)
# What the operator has looked at: with any of it the verification ends.
PROVEN = ("name", "website", "gs1_prefix", "legal_name", "uscc")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDraft:
    """What is said of an organisation that joins."""

    name: str
    roles: frozenset[Role]
    time_zone: str = DEFAULT_TIME_ZONE
    gs1_prefix: str | None = None
    website: str | None = None
    phone: str | None = None
    legal_name: str | None = None
    uscc: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A new credential and its secret, which nobody can show again."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAct:
    """An act at the command line in one role, before it is known for whom."""

    at: datetime
    entropy: Entropy
    role: Role
    label: str = LABEL_DEFAULT


def parse_organisation(row: Organisation) -> Organisation:
    """Return `row` in the form it is stored, or refuse it with every fault it has."""
    findings = Findings()
    name = findings.check(
        lambda: parse_text(row.name, field="name", length_max=NAME_LENGTH_MAX), row.name
    )
    if not row.roles:
        findings.add(InvalidError("role_unknown", field="roles"))
    # The database of zone names is the only judge; a path would be one to the file reader.
    if row.time_zone not in list_time_zones():
        findings.add(InvalidError("time_zone_unknown", field="time_zone"))
    if row.gs1_prefix is not None:
        with findings.collecting():
            check_company_prefix(row.gs1_prefix, field="gs1_prefix")
    if row.website is not None:
        with findings.collecting():
            _check_website(row.website)
    parsers: dict[str, Callable[[str], str]] = {
        "phone": lambda text: parse_text(text, field="phone", length_max=PHONE_LENGTH_MAX),
        "legal_name": lambda text: parse_text(text, field="legal_name", length_max=NAME_LENGTH_MAX),
        "uscc": normalise_uscc,
        "address": lambda text: parse_text(text, field="address", length_max=LINE_LENGTH_MAX),
        "email": fold_email,
        "colour": parse_colour,
    }
    parsed: dict[str, Any] = {"name": name}
    for field, parse in parsers.items():
        text = getattr(row, field)
        if text is not None:
            with findings.collecting():
                parsed[field] = parse(text)
    findings.settle()
    return replace(row, **parsed)


# What this machine is set to, and a warning that nobody has set it: another machine differs.
_NO_ZONES: Final = frozenset({"Factory", "localtime"})


@cache
def list_time_zones() -> frozenset[str]:
    """Return every IANA name; found once, since listing them walks a folder tree."""
    return frozenset(available_timezones() - _NO_ZONES)


def _check_website(url: str) -> None:
    """Refuse what a consumer's tap should never lead to: no scheme but http(s), no user part."""
    text = parse_text(url, field="website", length_max=LINE_LENGTH_MAX)
    try:
        parts = urlsplit(text)
        is_fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in text
    except ValueError:
        is_fine = False
    if not is_fine or any(symbol.isspace() for symbol in url):
        raise InvalidError("website_malformed", field="website")


def create_organisation(
    tx: Tx,
    vault: Vault,
    draft: OrganisationDraft,
    *,
    at: datetime,
    entropy: Entropy,
    by: Act | None = None,
) -> Organisation:
    """Let an organisation join, with a code prefix and a first key epoch of its own.

    Refused if another one has its name, GS1 prefix or credit code. It starts unverified. Its trail
    begins with who let it in: the operator's act `by`, or else whoever runs the installation.
    """
    row = parse_organisation(
        Organisation(
            id=uuid7(at, entropy(10)),
            name=draft.name,
            prefix=_draw_prefix(tx, entropy),
            roles=draft.roles,
            time_zone=draft.time_zone,
            gs1_prefix=draft.gs1_prefix,
            website=draft.website,
            phone=draft.phone,
            verified_at=None,
            created_at=at,
            legal_name=draft.legal_name,
            uscc=draft.uscc,
        )
    )
    stored.append_organisation(tx, row)
    own = open_local_act(row.id, min(row.roles), at=at, entropy=entropy)
    if by is not None:
        own = open_act_of(by, row.id)
    _append_epoch(tx, vault, own, epoch=0)
    audit.append_audit(tx, own, "organisation.create", str(row.id), {"name": row.name})
    return row


def _draw_prefix(tx: Tx, entropy: Entropy) -> str:
    """Draw four random symbols that no organisation has; a guess tells nothing about others."""
    for _ in range(PREFIX_DRAWS_MAX):
        value = int.from_bytes(entropy(3), "big")
        prefix = "".join(ALPHABET[value >> 5 * at & 31] for at in range(PREFIX_SYMBOLS))
        if stored.find_organisation_by_prefix(tx, prefix) is None:
            return prefix
    raise ConflictError("organisation_prefixes_exhausted")


def _append_epoch(tx: Tx, vault: Vault, act: Act, *, epoch: int) -> None:
    wrapped = vault.wrap(
        act.entropy(KEY_BYTES),
        organisation_id=act.scope,
        epoch=epoch,
        nonce=act.entropy(NONCE_BYTES),
    )
    stored.append_epoch(tx, act.scope, epoch, wrapped, act.at)


def rotate_epoch(tx: Tx, vault: Vault, act: Act) -> int:
    """Start a new key epoch for coming runs and return its number; old codes stay valid."""
    epoch = 1 + max(epoch for epoch, _ in stored.list_epochs(tx, act.scope))
    _append_epoch(tx, vault, act, epoch=epoch)
    audit.append_audit(tx, act, "epoch.rotate", str(epoch), {})
    return epoch


def get_organisation(tx: Tx, scope: TenantScope) -> Organisation:
    """Return the caller's own organisation."""
    return stored.get_organisation(tx, scope)


def get_organisation_by_name(tx: Tx, name: str) -> Organisation:
    """Return the organisation of exactly this name; for the installation's own command line."""
    found = stored.find_organisation_by_name(tx, name)
    if found is None:
        raise NotFoundError("organisation_not_found")
    return found


def get_joined_organisation(tx: Tx, organisation_id: UUID) -> Organisation:
    """Return any organisation, for the operator; `organisation_not_found` for none."""
    found = stored.find_organisation(tx, organisation_id)
    if found is None:
        raise NotFoundError("organisation_not_found")
    return found


def list_organisations(
    tx: Tx, *, after: UUID | None, limit: int, text: str = ""
) -> list[Organisation]:
    """List all organisations, for the operator; with `text` those of that name or number."""
    return stored.list_organisations(tx, after, limit, text)


def update_organisation(tx: Tx, act: Act, changed: Organisation) -> Organisation:
    """Write the changed fields of the caller's organisation and return it as it then is.

    `edited_meanwhile` if somebody else changed it since `changed.version`. With what the operator
    has verified (`PROVEN`) the verification ends. Saving what is there already changes nothing.
    """
    # First of all the lock: what is read after it cannot change any more.
    bump_revision(tx, act.scope)
    before = stored.get_organisation(tx, act.scope)
    subject = ("organisation.update", before.id)
    require_version(tx, act, subject, seen=changed.version, stored=before.version)
    row = parse_organisation(changed)
    if row.logo_file_id is not None:
        logos = (row.logo_file_id,)
        require_files(tx, act.scope, logos, accept=IMAGE_TYPES, field="logo_file_id")
    fields = [name for name in EDITABLE if getattr(before, name) != getattr(row, name)]
    if not fields:
        return before
    stored.update_organisation(tx, act.scope, row)
    if before.verified_at is not None and not set(PROVEN).isdisjoint(fields):
        stored.mark_verified(tx, act.scope, None)
    append_change(tx, act, subject, seen=before.version, fields=fields)
    return stored.get_organisation(tx, act.scope)


def verify_organisation(
    tx: Tx, act: Act, organisation_id: UUID, *, is_verified: bool
) -> Organisation:
    """Record that the operator vouches for an organisation, or no longer does."""
    found = get_joined_organisation(tx, organisation_id)
    # Verifying twice keeps the first date.
    if (found.verified_at is not None) != is_verified:
        stored.mark_verified(tx, organisation_id, act.at if is_verified else None)
        action = "organisation.verify" if is_verified else "organisation.unverify"
        audit.append_audit(tx, act, action, str(organisation_id), {"name": found.name})
    return replace(found, verified_at=found.verified_at or act.at if is_verified else None)


def create_api_key(tx: Tx, act: Act, role: Role, label: str) -> IssuedKey:
    """Make a credential of the caller's organisation in a role it has.

    Nobody becomes operator this way: that takes the command line of the installation.
    """
    label = parse_text(label, field="label", length_max=LINE_LENGTH_MAX)
    organisation = stored.get_organisation(tx, act.scope)
    if role not in organisation.roles or role is Role.OPERATOR:
        raise ForbiddenError("role_not_held", field="role", role=role.value)
    return _append_key(tx, act, role, label)


def create_local_key(tx: Tx, vault: Vault, act: LocalAct, draft: OrganisationDraft) -> IssuedKey:
    """Make a credential at the command line, and the organisation too if it is new.

    An organisation that lacks the role gets it: whoever holds the installation may say so.
    """
    organisation = stored.find_organisation_by_name(tx, draft.name.strip())
    if organisation is None:
        organisation = create_organisation(tx, vault, draft, at=act.at, entropy=act.entropy)
    own = open_local_act(organisation.id, act.role, at=act.at, entropy=act.entropy)
    if act.role not in organisation.roles:
        roles = organisation.roles | {act.role}
        stored.update_organisation(tx, own.scope, replace(organisation, roles=roles))
    return _append_key(tx, own, act.role, act.label)


def _append_key(tx: Tx, act: Act, role: Role, label: str) -> IssuedKey:
    secret = build_secret(act.entropy(SECRET_BYTES))
    key = ApiKey(
        id=act.new_id(),
        organisation_id=act.scope,
        role=role,
        label=label,
        created_at=act.at,
        revoked_at=None,
    )
    stored.append_api_key(tx, act.scope, key, hash_secret(secret))
    audit.append_audit(tx, act, "api_key.create", str(key.id), {"role": role.value})
    return IssuedKey(key=key, secret=secret)


def revoke_api_key(tx: Tx, act: Act, key_id: UUID) -> None:
    """End a credential of the caller's organisation, from its very next request on."""
    stored.revoke_api_key(tx, act.scope, key_id, act.at)
    audit.append_audit(tx, act, "api_key.revoke", str(key_id), {})


def list_api_keys(tx: Tx, scope: TenantScope, *, after: UUID | None, limit: int) -> list[ApiKey]:
    """List the caller's credentials, revoked ones too; never their secrets."""
    return stored.list_api_keys(tx, scope, after=after, limit=limit)


def rotate_master(tx: Tx, old: Vault, new: Vault, entropy: Entropy) -> int:
    """Wrap every epoch key anew and return how many; printed codes are not affected.

    All in one transaction: a process with the old key cannot start any more after it.
    """
    found = stored.find_installation(tx)
    if found is None or found.key_check != old.check:
        raise DomainError("master_key_wrong")
    rewrapped = []
    for owner, epoch, wrapped in stored.list_every_epoch(tx):
        key = old.unwrap(wrapped, organisation_id=owner, epoch=epoch)
        nonce = entropy(NONCE_BYTES)
        sealed = new.wrap(key, organisation_id=owner, epoch=epoch, nonce=nonce)
        rewrapped.append((owner, epoch, sealed))
    stored.rewrap_epochs(tx, rewrapped)
    stored.update_key_check(tx, new.check)
    return len(rewrapped)
