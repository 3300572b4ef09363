# SPDX-License-Identifier: Apache-2.0
"""Who took which codes away, in which format; only ever added to."""

from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.downloads import Download
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.schema import code_download, run

# No list hands out more rows at once, whatever is asked for.
PAGE_MAX: Final = 1000


def lock_run(tx: Tx, scope: TenantScope, run_id: int) -> None:
    """Let downloads of one run wait for one another until the transaction ends."""
    query = sa.select(run.c.id).where(run.c.id == run_id, run.c.organisation_id == scope)
    if tx.execute(query.with_for_update()).first() is None:
        raise NotFoundError("run_not_found")


def append_download(tx: Tx, scope: TenantScope, row: Download) -> None:
    """Record a download."""
    if row.organisation_id != scope:
        raise NotFoundError("organisation_not_found")
    tx.execute(sa.insert(code_download).values(**asdict(row)))


def list_downloads(
    tx: Tx, scope: TenantScope, run_id: int, *, before: UUID | None = None, limit: int
) -> list[Download]:
    """Return the downloads of a run, newest first, those older than `before`."""
    query = sa.select(code_download).where(
        code_download.c.organisation_id == scope, code_download.c.run_id == run_id
    )
    if before is not None:
        query = query.where(code_download.c.id < before)
    query = query.order_by(code_download.c.id.desc()).limit(min(limit, PAGE_MAX))
    return [Download(**row) for row in tx.execute(query).mappings()]


def list_overlapping(
    tx: Tx, scope: TenantScope, run_id: int, bounds: tuple[int, int, int], *, limit: int
) -> list[tuple[str, int, int]]:
    """Return the downloads that count and share a unit with `bounds`: (level, start, stop).

    Each as its format and its own start and stop.
    """
    query = (
        sa.select(code_download.c.format, code_download.c.start, code_download.c.stop)
        .where(*_sharing(scope, run_id, bounds), code_download.c.reason.is_(None))
        .limit(limit)
    )
    return [(row.format, row.start, row.stop) for row in tx.execute(query)]


def has_taken(tx: Tx, scope: TenantScope, wanted: Download, *, since: datetime) -> bool:
    """Tell whether the same credential took all of `wanted` before, in its format, since then.

    In one download that counts: whoever took the parts of it may take these again.
    """
    query = (
        sa.select(code_download.c.id)
        .where(
            *_sharing(scope, wanted.run_id, (wanted.level, wanted.start, wanted.stop)),
            code_download.c.start <= wanted.start,
            code_download.c.stop >= wanted.stop,
            code_download.c.actor_id == wanted.actor_id,
            code_download.c.format == wanted.format,
            code_download.c.reason.is_(None),
            code_download.c.at >= since,
        )
        .limit(1)
    )
    return tx.execute(query).first() is not None


def _sharing(
    scope: TenantScope, run_id: int, bounds: tuple[int, int, int]
) -> tuple[sa.ColumnElement[bool], ...]:
    level, start, stop = bounds
    return (
        code_download.c.organisation_id == scope,
        code_download.c.run_id == run_id,
        code_download.c.level == level,
        code_download.c.start < stop,
        code_download.c.stop > start,
    )


def update_downloads_max(tx: Tx, scope: TenantScope, run_id: int, downloads_max: int) -> None:
    """Set how often each code of a run may be taken."""
    statement = (
        sa.update(run)
        .where(run.c.id == run_id, run.c.organisation_id == scope)
        .values(downloads_max=downloads_max)
    )
    if tx.execute(statement).rowcount != 1:
        raise NotFoundError("run_not_found")
