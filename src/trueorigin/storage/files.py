# SPDX-License-Identifier: Apache-2.0
"""What is known of uploaded files; their bytes are elsewhere, under the digest."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.files import File
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_unique
from trueorigin.storage.schema import file

# No list hands out more rows at once, whatever is asked for.
PAGE_MAX: Final = 1000


def append_file(tx: Tx, scope: TenantScope, row: File) -> None:
    """Keep what is known of a new file, whose content is stored already."""
    if row.organisation_id != scope:
        raise NotFoundError("organisation_not_found")
    insert_unique(tx, file, asdict(row))


def get_file(tx: Tx, scope: TenantScope, file_id: UUID) -> File:
    """Return one of this organisation's files."""
    found = find_file(tx, file_id)
    if found is None or found.organisation_id != scope:
        raise NotFoundError("file_not_found")
    return found


def find_file(tx: Tx, file_id: UUID) -> File | None:
    """Return any file by id."""
    row = tx.execute(sa.select(file).where(file.c.id == file_id)).mappings().first()
    return None if row is None else File(**row)


def find_files(tx: Tx, scope: TenantScope, file_ids: Collection[UUID]) -> dict[UUID, File]:
    """Return those of these files that are this organisation's. One query."""
    if not file_ids:
        return {}
    query = sa.select(file).where(file.c.organisation_id == scope, file.c.id.in_(file_ids))
    return {row["id"]: File(**row) for row in tx.execute(query).mappings()}


def find_files_of(tx: Tx, organisation_id: UUID, file_ids: Collection[UUID]) -> dict[UUID, File]:
    """Return those of these files that are an organisation's, whoever asks. One query."""
    if not file_ids:
        return {}
    own = sa.select(file).where(file.c.organisation_id == organisation_id, file.c.id.in_(file_ids))
    return {row["id"]: File(**row) for row in tx.execute(own).mappings()}


def list_files(tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int) -> list[File]:
    """Return this organisation's files by id, which is their age, those behind `after`."""
    query = sa.select(file).where(file.c.organisation_id == scope)
    if after is not None:
        query = query.where(file.c.id > after)
    query = query.order_by(file.c.id).limit(min(limit, PAGE_MAX))
    return [File(**row) for row in tx.execute(query).mappings()]


def list_contents(tx: Tx, *, after: bytes, limit: int) -> list[tuple[bytes, int]]:
    """Return digest and length of every tenant's contents, each once, by digest behind `after`."""
    query = (
        sa.select(file.c.sha256, sa.func.max(file.c.bytes).label("size"))
        .where(file.c.sha256 > after)
        .group_by(file.c.sha256)
        .order_by(file.c.sha256)
        .limit(min(limit, PAGE_MAX))
    )
    found = tx.execute(query).mappings()
    return [(bytes(row["sha256"]), int(row["size"])) for row in found]


def count_bytes(tx: Tx, scope: TenantScope) -> int:
    """Return how many bytes this organisation's files have together; reads a line for each."""
    query = sa.select(sa.func.coalesce(sa.func.sum(file.c.bytes), 0))
    return int(tx.execute(query.where(file.c.organisation_id == scope)).scalar_one())
