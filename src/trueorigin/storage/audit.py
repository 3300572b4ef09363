# SPDX-License-Identifier: Apache-2.0
"""The trail of who did what, for each organisation; append only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.audit import TrailFilter
from trueorigin.domain.ids import uuid7_floor
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.schema import api_key, audit, device

PAGE_MAX: Final = 1000
_ANY: Final = TrailFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing done: `action` is `noun.verb`, `subject` the id of what it was done to."""

    id: UUID
    organisation_id: UUID
    actor_id: UUID | None
    action: str
    subject: str
    detail: Mapping[str, Any]
    at: datetime


def append_audit(
    tx: Tx,
    act: Act,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    *,
    of: UUID | None = None,
) -> None:
    """Record what the act did, under its organisation, credential and instant.

    In the trail of another organisation `of` where that one is concerned: an authority's look.
    """
    values = {
        "id": act.new_id(),
        "organisation_id": of or act.scope,
        "actor_id": act.actor.credential_id,
        "action": action,
        "subject": subject,
        "detail": dict(detail),
        "at": act.at,
    }
    tx.execute(sa.insert(audit).values(**values))


def list_audit(
    tx: Tx,
    scope: TenantScope,
    *,
    wanted: TrailFilter = _ANY,
    after: UUID | None = None,
    limit: int,
) -> list[AuditEntry]:
    """Return this organisation's entries in order of time, those behind `after`."""
    query = _select(scope, wanted)
    if after is not None:
        query = query.where(audit.c.id > after)
    query = query.order_by(audit.c.id).limit(min(limit, PAGE_MAX))
    return [AuditEntry(**row) for row in tx.execute(query).mappings()]


def list_newest(
    tx: Tx, scope: TenantScope, wanted: TrailFilter, *, before: UUID | None = None, limit: int
) -> list[AuditEntry]:
    """Return this organisation's entries newest first, those older than `before`."""
    query = _select(scope, wanted)
    if before is not None:
        query = query.where(audit.c.id < before)
    query = query.order_by(audit.c.id.desc()).limit(min(limit, PAGE_MAX))
    return [AuditEntry(**row) for row in tx.execute(query).mappings()]


def _select(scope: TenantScope, wanted: TrailFilter) -> sa.Select[Any]:
    query = sa.select(audit).where(audit.c.organisation_id == scope)
    if wanted.action is not None:
        query = query.where(audit.c.action == wanted.action)
    if wanted.actor_id is not None:
        query = query.where(audit.c.actor_id == wanted.actor_id)
    return query


def find_key_labels(tx: Tx, scope: TenantScope, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what those of `ids` are called that are API keys of this organisation."""
    return _find_labels(tx, scope, api_key, ids)


def find_device_labels(tx: Tx, scope: TenantScope, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what those of `ids` are called that are devices of this organisation."""
    return _find_labels(tx, scope, device, ids)


def _find_labels(
    tx: Tx, scope: TenantScope, table: sa.Table, ids: Collection[UUID]
) -> dict[UUID, str]:
    if not ids:
        return {}
    own = (table.c.organisation_id == scope) & table.c.id.in_(ids)
    return {
        row.id: row.label for row in tx.execute(sa.select(table.c.id, table.c.label).where(own))
    }


def list_recent(
    tx: Tx,
    scope: TenantScope,
    action: str,
    subject: str,
    *,
    limit: int,
    since: datetime | None = None,
) -> list[AuditEntry]:
    """Return the latest entries of one action on one subject, newest first.

    Walks the organisation's trail backwards until it has found `limit` of them, or is at `since`:
    ask for no more than there are.
    """
    query = (
        sa.select(audit)
        .where(
            audit.c.organisation_id == scope,
            audit.c.action == action,
            audit.c.subject == subject,
            *(() if since is None else (audit.c.id >= uuid7_floor(since),)),
        )
        .order_by(audit.c.id.desc())
        .limit(min(limit, PAGE_MAX))
    )
    return [AuditEntry(**row) for row in tx.execute(query).mappings()]
