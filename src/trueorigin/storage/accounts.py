# SPDX-License-Identifier: Apache-2.0
"""Organisations, their credentials and wrapped key epochs, and the installation's own row.

Key material arrives wrapped and is never understood here; of credentials only hashes are kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.errors import ConflictError, NotFoundError
from trueorigin.domain.tenancy import Organisation, Role, TenantScope
from trueorigin.storage.catalog import append_revision, bump_revision
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import Unique, insert_unique
from trueorigin.storage.registry_words import replace_enterprise_words
from trueorigin.storage.schema import api_key, installation, key_epoch, organisation, sscc_pool
from trueorigin.storage.ssccs import hold_prefixes, match_nested

# No list hands out more rows at once, whatever is asked for.
PAGE_MAX: Final = 1000
# 20 bits of run ordinal in every serial.
ORDINAL_LIMIT: Final = 2**20

_ORGANISATION_RULES = (
    Unique(columns=("name",), code="organisation_name_taken", field="name"),
    Unique(columns=("prefix",), code="organisation_prefix_taken", field="prefix"),
    Unique(columns=("gs1_prefix",), code="gs1_prefix_taken", field="gs1_prefix"),
    Unique(columns=("uscc",), code="uscc_taken", field="uscc"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The identity of this data centre and the value that proves the master key."""

    instance: UUID
    key_check: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A credential as far as anybody may see it again: never its secret."""

    id: UUID
    organisation_id: UUID
    role: Role
    label: str
    created_at: datetime
    revoked_at: datetime | None


def append_installation(tx: Tx, row: Installation) -> None:
    """Give a new database its identity; `installation_exists` if it has one."""
    values = {
        "id": 1,
        "instance": row.instance,
        "key_check": row.key_check,
        "created_at": row.created_at,
    }
    rule = Unique(columns=("id",), code="installation_exists", field="installation")
    insert_unique(tx, installation, values, (rule,))


def find_installation(tx: Tx) -> Installation | None:
    """Return the identity of this data centre, or None before it was initialised."""
    row = tx.execute(sa.select(installation)).mappings().first()
    if row is None:
        return None
    return Installation(
        instance=row["instance"], key_check=row["key_check"], created_at=row["created_at"]
    )


def update_key_check(tx: Tx, key_check: bytes) -> None:
    """Replace the proof of the master key when that is rotated."""
    tx.execute(sa.update(installation).values(key_check=key_check))


def append_organisation(tx: Tx, row: Organisation) -> None:
    """Add a tenant; refuses a name, code prefix or GS1 prefix that another one has."""
    _refuse_nested_gs1_prefix(tx, row)
    insert_unique(tx, organisation, _organisation_values(row), _ORGANISATION_RULES)
    append_revision(tx, row.id)
    replace_enterprise_words(tx, row)


def update_organisation(tx: Tx, scope: TenantScope, row: Organisation) -> None:
    """Write what may change of the tenant, as the next version: not its id, prefix or dates.

    `changed_meanwhile` unless what is stored is still `row.version`.
    """
    if row.id != scope:
        raise NotFoundError("organisation_not_found")
    bump_revision(tx, scope)
    _refuse_nested_gs1_prefix(tx, row)
    taken = sa.select(organisation.c.id).where(
        organisation.c.name == row.name, organisation.c.id != row.id
    )
    if tx.execute(taken).first():
        raise ConflictError("organisation_name_taken", field="name", value=row.name)
    if row.uscc is not None:
        same = sa.select(organisation.c.id).where(
            organisation.c.uscc == row.uscc, organisation.c.id != row.id
        )
        if tx.execute(same).first():
            raise ConflictError("uscc_taken", field="uscc", value=row.uscc)
    values = {**_organisation_values(row), "version": row.version + 1}
    for fixed in ("id", "prefix", "created_at", "verified_at"):
        del values[fixed]
    own = sa.update(organisation).where(
        organisation.c.id == scope, sa.func.coalesce(organisation.c.version, 1) == row.version
    )
    if tx.execute(own.values(**values)).rowcount != 1:
        raise ConflictError("changed_meanwhile")
    replace_enterprise_words(tx, row)


def mark_verified(tx: Tx, organisation_id: UUID, at: datetime | None) -> None:
    """Record that the operator has verified an organisation, or no longer vouches for it."""
    changed = tx.execute(
        sa.update(organisation).where(organisation.c.id == organisation_id).values(verified_at=at)
    )
    if changed.rowcount == 0:
        raise NotFoundError("organisation_not_found")
    bump_revision(tx, TenantScope(organisation_id))


def get_organisation(tx: Tx, scope: TenantScope) -> Organisation:
    """Return the caller's own organisation."""
    found = find_organisation(tx, scope)
    if found is None:
        raise NotFoundError("organisation_not_found")
    return found


def find_organisation(tx: Tx, organisation_id: UUID) -> Organisation | None:
    """Return any organisation by id."""
    return _find_organisation(tx, organisation.c.id == organisation_id)


def find_organisation_by_name(tx: Tx, name: str) -> Organisation | None:
    """Return any organisation by its exact name."""
    return _find_organisation(tx, organisation.c.name == name)


def find_organisation_by_prefix(tx: Tx, prefix: str) -> Organisation | None:
    """Return the organisation whose human-readable codes open with `prefix`."""
    return _find_organisation(tx, organisation.c.prefix == prefix)


def find_organisations(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Organisation]:
    """Return any organisations by id. One query."""
    if not ids:
        return {}
    rows = tx.execute(sa.select(organisation).where(organisation.c.id.in_(ids))).mappings()
    return {row["id"]: build_organisation(row) for row in rows}


def find_prefix_owners(tx: Tx, prefixes: Collection[str]) -> dict[str, UUID]:
    """Return the organisation of each code prefix that has one. One query."""
    if not prefixes:
        return {}
    query = sa.select(organisation.c.prefix, organisation.c.id).where(
        organisation.c.prefix.in_(prefixes)
    )
    return {row.prefix: row.id for row in tx.execute(query)}


def list_organisations(
    tx: Tx, after: UUID | None, limit: int, text: str = ""
) -> list[Organisation]:
    """Return organisations by id, those behind `after`.

    With `text` only those whose names contain it, or whose credit code or prefix it is. That reads
    the whole table, which has a row an organisation; only the operator asks.
    """
    columns = organisation.c
    query = sa.select(organisation).order_by(columns.id).limit(min(limit, PAGE_MAX))
    if after is not None:
        query = query.where(columns.id > after)
    if text:
        query = query.where(
            columns.name.icontains(text, autoescape=True)
            | columns.legal_name.icontains(text, autoescape=True)
            | columns.uscc.in_([text.upper()])
            | columns.prefix.in_([text.upper()])
        )
    return [build_organisation(row) for row in tx.execute(query).mappings()]


def append_api_key(tx: Tx, scope: TenantScope, row: ApiKey, secret_hash: bytes) -> None:
    """Keep a new credential of this organisation."""
    if row.organisation_id != scope:
        raise NotFoundError("organisation_not_found")
    values = {
        "id": row.id,
        "organisation_id": scope,
        "role": row.role.value,
        "secret_hash": secret_hash,
        "label": row.label,
        "created_at": row.created_at,
        "revoked_at": row.revoked_at,
    }
    insert_unique(tx, api_key, values)


def find_api_key(tx: Tx, secret_hash: bytes) -> ApiKey | None:
    """Return the credential with this secret, or None if it is unknown or revoked."""
    query = sa.select(api_key).where(
        api_key.c.secret_hash == secret_hash, api_key.c.revoked_at.is_(None)
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else _api_key(row)


def revoke_api_key(tx: Tx, scope: TenantScope, key_id: UUID, at: datetime) -> None:
    """End a credential; revoking twice keeps the first time."""
    own = (api_key.c.id == key_id) & (api_key.c.organisation_id == scope)
    if tx.execute(sa.select(api_key.c.id).where(own)).first() is None:
        raise NotFoundError("api_key_not_found")
    tx.execute(sa.update(api_key).where(own, api_key.c.revoked_at.is_(None)).values(revoked_at=at))


def list_api_keys(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int = PAGE_MAX
) -> list[ApiKey]:
    """Return this organisation's credentials by id, revoked ones too."""
    query = sa.select(api_key).where(api_key.c.organisation_id == scope)
    if after is not None:
        query = query.where(api_key.c.id > after)
    query = query.order_by(api_key.c.id).limit(min(limit, PAGE_MAX))
    return [_api_key(row) for row in tx.execute(query).mappings()]


def append_epoch(tx: Tx, scope: TenantScope, epoch: int, wrapped: bytes, at: datetime) -> None:
    """Start a key epoch; new runs draw their ordinals from the highest one."""
    bump_revision(tx, scope)
    values = {
        "organisation_id": scope,
        "epoch": epoch,
        "wrapped": wrapped,
        "next_ordinal": 0,
        "created_at": at,
    }
    rule = Unique(columns=("organisation_id", "epoch"), code="epoch_exists", field="epoch")
    insert_unique(tx, key_epoch, values, (rule,))


def list_epochs(tx: Tx, organisation_id: UUID) -> list[tuple[int, bytes]]:
    """Return (epoch, wrapped key) of an organisation, newest first."""
    query = (
        sa.select(key_epoch.c.epoch, key_epoch.c.wrapped)
        .where(key_epoch.c.organisation_id == organisation_id)
        .order_by(key_epoch.c.epoch.desc())
    )
    return [(row.epoch, row.wrapped) for row in tx.execute(query)]


def list_every_epoch(tx: Tx) -> list[tuple[UUID, int, bytes]]:
    """Return (organisation, epoch, wrapped key) of all organisations: to rotate the master key."""
    query = sa.select(key_epoch.c.organisation_id, key_epoch.c.epoch, key_epoch.c.wrapped)
    query = query.order_by(key_epoch.c.organisation_id, key_epoch.c.epoch)
    return [(row.organisation_id, row.epoch, row.wrapped) for row in tx.execute(query)]


def rewrap_epochs(tx: Tx, wrapped: Sequence[tuple[UUID, int, bytes]]) -> None:
    """Replace the wrapping of the given (organisation, epoch) keys; the keys stay the same."""
    statement = (
        sa.update(key_epoch)
        .where(
            key_epoch.c.organisation_id == sa.bindparam("of_organisation"),
            key_epoch.c.epoch == sa.bindparam("of_epoch"),
        )
        .values(wrapped=sa.bindparam("new_wrapped"))
    )
    rows = [
        {"of_organisation": owner, "of_epoch": epoch, "new_wrapped": value}
        for owner, epoch, value in wrapped
    ]
    if rows:
        tx.execute(statement, rows)


def allocate_ordinal(tx: Tx, scope: TenantScope) -> tuple[int, int]:
    """Draw (epoch, run ordinal) from the newest epoch; `ordinals_exhausted` when it is used up."""
    newest = (
        sa.select(sa.func.max(key_epoch.c.epoch))
        .where(key_epoch.c.organisation_id == scope)
        .scalar_subquery()
    )
    drawn = tx.execute(
        sa.update(key_epoch)
        .where(
            key_epoch.c.organisation_id == scope,
            key_epoch.c.epoch == newest,
            key_epoch.c.next_ordinal < ORDINAL_LIMIT,
        )
        .values(next_ordinal=key_epoch.c.next_ordinal + 1)
        .returning(key_epoch.c.epoch, key_epoch.c.next_ordinal)
    ).first()
    if drawn is None:
        raise ConflictError("ordinals_exhausted", limit=ORDINAL_LIMIT)
    return drawn.epoch, drawn.next_ordinal - 1


def _refuse_nested_gs1_prefix(tx: Tx, row: Organisation) -> None:
    """Refuse a GS1 prefix inside another's: their SSCCs and GTINs would be the same numbers.

    Also inside one that another has given up, once SSCCs were printed under it: whoever held the
    longer prefix would be taken for the maker of those goods.
    """
    if row.gs1_prefix is None:
        return
    hold_prefixes(tx)
    for holder, theirs in (
        (organisation.c.id, organisation.c.gs1_prefix),
        (sscc_pool.c.organisation_id, sscc_pool.c.gs1_prefix),
    ):
        query = sa.select(holder).where(match_nested(row.gs1_prefix, theirs), holder != row.id)
        if tx.execute(query.limit(1)).first():
            raise ConflictError("gs1_prefix_taken", field="gs1_prefix", value=row.gs1_prefix)


def _find_organisation(tx: Tx, condition: sa.ColumnElement[bool]) -> Organisation | None:
    row = tx.execute(sa.select(organisation).where(condition)).mappings().first()
    return None if row is None else build_organisation(row)


def _organisation_values(row: Organisation) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "prefix": row.prefix,
        "roles": sorted(role.value for role in row.roles),
        "time_zone": row.time_zone,
        "gs1_prefix": row.gs1_prefix,
        "website": row.website,
        "phone": row.phone,
        "verified_at": row.verified_at,
        "created_at": row.created_at,
        "legal_name": row.legal_name,
        "uscc": row.uscc,
        "address": row.address,
        "email": row.email,
        "logo_file_id": row.logo_file_id,
        "colour": row.colour,
        "version": row.version,
    }


def build_organisation(row: sa.RowMapping) -> Organisation:
    """Make an organisation of its stored row."""
    return Organisation(
        **{
            **row,
            "roles": frozenset(Role(each) for each in row["roles"]),
            "version": row["version"] or 1,
        }
    )


def _api_key(row: sa.RowMapping) -> ApiKey:
    values = {name: value for name, value in row.items() if name != "secret_hash"}
    return ApiKey(**{**values, "role": Role(row["role"])})
