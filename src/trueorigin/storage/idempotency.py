# SPDX-License-Identifier: Apache-2.0
"""Answers kept for repeated requests: the same key gets the same answer, and the act happens once.

The key is reserved and its answer stored in the transaction of the act itself. A repetition that
arrives meanwhile waits on the key, then finds the answer; if the act failed, the key is free.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new
from trueorigin.storage.schema import idempotency


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What was asked under a key and what was answered; `body` is exactly as it was sent."""

    organisation_id: UUID
    key: str
    route: str
    request_hash: bytes
    status: int
    body: bytes
    created_at: datetime


def find_answer(tx: Tx, scope: TenantScope, key: str) -> StoredAnswer | None:
    """Return the answer kept under this organisation's `key`."""
    query = sa.select(idempotency).where(
        idempotency.c.organisation_id == scope,
        idempotency.c.key == key,
        idempotency.c.status.is_not(None),
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else StoredAnswer(**row)


def reserve_key(
    tx: Tx, scope: TenantScope, key: str, route: str, request_hash: bytes, at: datetime
) -> bool:
    """Reserve `key` for this transaction; False when it has an answer already.

    Waits for another transaction that holds the key, at most the lock timeout.
    """
    row = {
        "organisation_id": scope,
        "key": key,
        "route": route,
        "request_hash": request_hash,
        "status": None,
        "body": None,
        "created_at": at,
    }
    return insert_new(tx, idempotency, [row]) == 1


def store_answer(tx: Tx, scope: TenantScope, key: str, status: int, body: bytes) -> None:
    """Keep the answer of the request that reserved `key` in this transaction."""
    tx.execute(
        sa.update(idempotency)
        .where(idempotency.c.organisation_id == scope, idempotency.c.key == key)
        .values(status=status, body=body)
    )


def delete_answers_before(tx: Tx, at: datetime) -> int:
    """Forget answers older than `at`; return how many."""
    return tx.execute(sa.delete(idempotency).where(idempotency.c.created_at < at)).rowcount
