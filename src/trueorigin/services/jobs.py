# SPDX-License-Identifier: Apache-2.0
"""Long work in the background: order it, look after it, cancel it, and do it.

Every server process has one thread that works. A worker that is killed leaves its job running
without signs of life; the next one, here or on another machine, goes on from `done`.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from trueorigin.domain.errors import DomainError, InvalidError, UnavailableError
from trueorigin.domain.jobs import (
    ABANDONED_AFTER,
    BEAT_EVERY,
    GIVE_UP_AFTER,
    UNFINISHED_MAX,
    Job,
    JobState,
)
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.storage import audit, jobs as stored
from trueorigin.storage.database import Database, Tx

# What is told of a defect of ours: the trace is in the log.
_DEFECT: Final = "internal"


def order_job(tx: Tx, act: Act, kind: str, params: Mapping[str, Any], *, total: int) -> Job:
    """Put work in the queue; `params` must be all that a worker elsewhere needs, as JSON.

    `jobs_too_many` while an organisation has `UNFINISHED_MAX` waiting or running.
    """
    if stored.count_unfinished(tx, act.scope, limit=UNFINISHED_MAX) >= UNFINISHED_MAX:
        raise InvalidError("jobs_too_many", limit=UNFINISHED_MAX)
    job = Job(
        id=act.new_id(),
        organisation_id=act.scope,
        actor_id=act.actor.credential_id,
        kind=kind,
        params=params,
        state=JobState.QUEUED,
        done=0,
        total=total,
        result=None,
        error=None,
        created_at=act.at,
        started_at=None,
        heartbeat_at=None,
        finished_at=None,
    )
    stored.append_job(tx, act.scope, job)
    audit.append_audit(tx, act, "job.order", str(job.id), {"kind": kind})
    return job


def get_job(tx: Tx, scope: TenantScope, job_id: UUID) -> Job:
    """Return one of this organisation's jobs."""
    return stored.get_job(tx, scope, job_id)


def list_jobs(
    tx: Tx, scope: TenantScope, *, kind: str | None = None, before: UUID | None, limit: int
) -> list[Job]:
    """List jobs, newest first, of one kind or of all."""
    kinds = () if kind is None else (kind,)
    return stored.list_jobs(tx, scope, kinds=kinds, before=before, limit=limit)


def cancel_job(tx: Tx, act: Act, job_id: UUID) -> Job:
    """End a job; one that is over stays as it is."""
    stored.get_job(tx, act.scope, job_id)
    if stored.cancel_job(tx, act.scope, job_id, act.at):
        audit.append_audit(tx, act, "job.cancel", str(job_id), {})
    return stored.get_job(tx, act.scope, job_id)


def has_work(database: Database, kinds: Collection[str], at: datetime) -> bool:
    """Tell whether a job of these kinds waits, without claiming it: reading disturbs nobody."""
    with database.read() as tx:
        return stored.has_waiting(tx, kinds, at=at, abandoned_before=at - ABANDONED_AFTER)


class JobLostError(Exception):
    """The job was cancelled, or another worker has it: stop at once and write nothing more."""


class Progress:
    """The hands of a worker on one job.

    Every call may raise `JobLostError`, which the work must let through.
    """

    def __init__(self, worker: "Worker", job: Job) -> None:
        """Hold the claim of `job`."""
        self._worker = worker
        self.job = job

    def advance(self, count: int) -> None:
        """Note that `count` more steps are done; written at most once in `BEAT_EVERY`."""
        job = replace(self.job, done=self.job.done + count)
        at = self._worker.clock()
        if self._worker.is_stopping():
            self._give_back(at)
        # A clock that was set back shows no sign for as long: it counts as one that is due.
        if job.heartbeat_at is not None and abs(at - job.heartbeat_at) < BEAT_EVERY:
            self.job = job
            return
        self._write(job, at)

    def keep(self, done: int, result: Mapping[str, Any]) -> None:
        """Write durably that `done` steps are done, and their result: a new worker starts there."""
        self._write(replace(self.job, done=done, result=result), self._worker.clock())

    def finish(self, state: JobState, *, error: Mapping[str, Any] | None = None) -> None:
        """End the job."""
        at = self._worker.clock()
        done = self.job.total if state is JobState.DONE else self.job.done
        self._write(replace(self.job, state=state, done=done, error=error, finished_at=at), at)

    def _give_back(self, at: datetime) -> None:
        """Put the job back into the queue, since this process ends."""
        self._write(replace(self.job, state=JobState.QUEUED), at)
        raise JobLostError

    def _write(self, after: Job, at: datetime) -> None:
        """Write under the claim; a new sign of life always differs from the one before."""
        before = self.job
        if at == before.heartbeat_at:
            at += timedelta(microseconds=1)
        after = replace(after, heartbeat_at=at)
        with self._worker.database.write() as tx:
            if not stored.update_job(tx, before, after):
                raise JobLostError
        self.job = after


Work: TypeAlias = Callable[[Job, Progress], None]
"""Does one kind of job from `job.done` on; a `DomainError` is told to whoever ordered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Does jobs, one after the other. `report_defect` is told of what nobody foresaw.

    While `is_stopping`, a job is put back at its next step.
    """

    database: Database
    works: Mapping[str, Work]
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    report_defect: Callable[[Job, Exception], None]

    def run_next(self) -> Job | None:
        """Do the next job to its end and return it as it was taken; None when nothing waits."""
        at = self.clock()
        with self.database.write() as tx:
            job = stored.claim_job(tx, self.works, at=at, abandoned_before=at - ABANDONED_AFTER)
        if job is None:
            return None
        with suppress(JobLostError):
            self._do(job, Progress(self, job))
        return job

    def has_work(self) -> bool:
        """Tell whether a job waits that this worker can do."""
        return has_work(self.database, self.works, self.clock())

    def _do(self, job: Job, progress: Progress) -> None:
        try:
            self.works[job.kind](job, progress)
        except DomainError as error:
            if isinstance(error, UnavailableError) and self._may_wait(job):
                # Nobody's fault: silent for a while, it is taken up where it was left.
                raise JobLostError from error
            refusal = {"code": error.code, "params": dict(error.params)}
            progress.finish(JobState.FAILED, error=refusal)
        except JobLostError:
            raise
        except Exception as error:  # noqa: BLE001 - it is reported, and other jobs go on
            self.report_defect(job, error)
            progress.finish(JobState.FAILED, error={"code": _DEFECT, "params": {}})
        else:
            progress.finish(JobState.DONE)

    def _may_wait(self, job: Job) -> bool:
        return job.started_at is None or self.clock() - job.started_at < GIVE_UP_AFTER
