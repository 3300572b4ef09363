# SPDX-License-Identifier: Apache-2.0
"""Orders of long work, and the claims of those who do it.

A claim is the instant of the worker's last sign of life: every write of a worker names the one
before, so of two workers that both believe to have a job only one can go on.
"""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.jobs import Job, JobState
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_unique
from trueorigin.storage.schema import job

# No list hands out more rows at once, whatever is asked for.
PAGE_MAX: Final = 1000
_UNFINISHED: Final = (JobState.QUEUED.value, JobState.RUNNING.value)


def append_job(tx: Tx, scope: TenantScope, row: Job) -> None:
    """Add an order of work."""
    if row.organisation_id != scope:
        raise NotFoundError("organisation_not_found")
    insert_unique(tx, job, {**asdict(row), "state": row.state.value})


def get_job(tx: Tx, scope: TenantScope, job_id: UUID) -> Job:
    """Return one of this organisation's jobs."""
    query = sa.select(job).where(job.c.id == job_id, job.c.organisation_id == scope)
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFoundError("job_not_found")
    return _job(row)


def list_jobs(
    tx: Tx,
    scope: TenantScope,
    *,
    kinds: Collection[str] = (),
    before: UUID | None = None,
    limit: int,
) -> list[Job]:
    """Return this organisation's jobs, newest first, those older than `before`."""
    query = sa.select(job).where(job.c.organisation_id == scope)
    if kinds:
        query = query.where(job.c.kind.in_(kinds))
    if before is not None:
        query = query.where(job.c.id < before)
    query = query.order_by(job.c.id.desc()).limit(min(limit, PAGE_MAX))
    return [_job(row) for row in tx.execute(query).mappings()]


def count_unfinished(tx: Tx, scope: TenantScope, *, limit: int) -> int:
    """Return how many of this organisation's jobs are not over, but at most `limit`."""
    some = (
        sa.select(sa.literal(1))
        .where(job.c.organisation_id == scope, job.c.state.in_(_UNFINISHED))
        .limit(limit)
        .subquery()
    )
    return int(tx.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def _is_free(
    kinds: Collection[str], at: datetime, abandoned_before: datetime
) -> sa.ColumnElement[bool]:
    ahead = at + (at - abandoned_before)
    is_abandoned = sa.and_(
        job.c.state == JobState.RUNNING.value,
        # A sign of life from far ahead was given by a clock that has been set right since.
        sa.or_(job.c.heartbeat_at < abandoned_before, job.c.heartbeat_at > ahead),
    )
    is_free = sa.or_(job.c.state == JobState.QUEUED.value, is_abandoned)
    return sa.and_(is_free, job.c.kind.in_(kinds))


def has_waiting(
    tx: Tx, kinds: Collection[str], *, at: datetime, abandoned_before: datetime
) -> bool:
    """Tell whether `claim_job` would find something; takes no lock."""
    query = sa.select(job.c.id).where(_is_free(kinds, at, abandoned_before)).limit(1)
    return tx.execute(query).first() is not None


def claim_job(
    tx: Tx, kinds: Collection[str], *, at: datetime, abandoned_before: datetime
) -> Job | None:
    """Take the oldest job that waits, or whose worker has given no sign since; None if none does.

    Of several workers at once exactly one gets it; the others come back with None and ask again.
    """
    query = sa.select(job).where(_is_free(kinds, at, abandoned_before)).order_by(job.c.id).limit(1)
    row = tx.execute(query).mappings().first()
    if row is None:
        return None
    found = _job(row)
    claimed = replace(
        found, state=JobState.RUNNING, started_at=found.started_at or at, heartbeat_at=at
    )
    return claimed if _write(tx, found, claimed) else None


def update_job(tx: Tx, before: Job, after: Job) -> bool:
    """Write what a worker has done; False if the job was cancelled or taken over meanwhile."""
    return _write(tx, before, after)


def cancel_job(tx: Tx, scope: TenantScope, job_id: UUID, at: datetime) -> bool:
    """End a job that is not over; False if it is. Its worker learns of it at its next sign."""
    statement = (
        sa.update(job)
        .where(
            job.c.id == job_id,
            job.c.organisation_id == scope,
            job.c.state.in_(_UNFINISHED),
        )
        .values(state=JobState.CANCELLED.value, finished_at=at)
    )
    return tx.execute(statement).rowcount == 1


def list_finished_ids(tx: Tx, job_ids: Collection[UUID], before: datetime) -> set[UUID]:
    """Return those of these jobs that are over since before that instant, or never were."""
    if not job_ids:
        return set()
    query = sa.select(job.c.id).where(
        job.c.id.in_(job_ids),
        sa.or_(job.c.finished_at.is_(None), job.c.finished_at >= before),
    )
    return set(job_ids) - set(tx.execute(query).scalars())


def _write(tx: Tx, before: Job, after: Job) -> bool:
    """Replace a row that is still in the state, and under the claim, of `before`."""
    beat = job.c.heartbeat_at
    same = beat.is_(None) if before.heartbeat_at is None else beat == before.heartbeat_at
    values: dict[str, Any] = {
        "state": after.state.value,
        "done": after.done,
        "total": after.total,
        "result": after.result,
        "error": after.error,
        "started_at": after.started_at,
        "heartbeat_at": after.heartbeat_at,
        "finished_at": after.finished_at,
    }
    statement = (
        sa.update(job)
        .where(job.c.id == before.id, job.c.state == before.state.value, same)
        .values(**values)
    )
    return tx.execute(statement).rowcount == 1


def _job(row: sa.RowMapping) -> Job:
    return Job(**{**row, "state": JobState(row["state"])})
