# SPDX-License-Identifier: Apache-2.0
"""Background work in the console: what runs, how far it is, its files, and how to stop it."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from trueorigin.console.ranges import word_range
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, NotFoundError
from trueorigin.domain.jobs import Job, JobState
from trueorigin.domain.ranges import RangeDraft
from trueorigin.services import downloads, jobs, printing
from trueorigin.services.downloads import Taking
from trueorigin.services.labelling import LabelFormat
from trueorigin.web.labels import stream_file
from trueorigin.web.workshop import build_print_shop

LIST_PATH: Final = "/console/jobs"
_PAGE: Final = 50
_DIGITS_MAX: Final = 6
_BADGES: Final = {
    JobState.QUEUED: "wait",
    JobState.RUNNING: "wait",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "plain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One order of work."""

    href: str = field(metadata={"help": "Its page."})
    title: str = field(metadata={"help": "What is made."})
    state: str = field(metadata={"help": "Where it is, in words."})
    badge: str = field(metadata={"help": "Kind of badge."})
    done: int = field(metadata={"help": "Labels that are made."})
    total: int = field(metadata={"help": "Labels in all."})
    created: str = field(metadata={"help": "When it was ordered."})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobList:
    """Orders, newest first."""

    rows: tuple[JobRow, ...] = field(metadata={"help": "One page of them."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest, unless they are shown."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One file."""

    number: int = field(metadata={"help": "From 0."})
    name: str = field(metadata={"help": "Of the file."})
    labels: int = field(metadata={"help": "How many are in it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """One order of work."""

    id: UUID = field(metadata={"help": "Its id."})
    row: JobRow = field(metadata={"help": "It in words."})
    run_href: str = field(metadata={"help": "The studio of its run."})
    run_id: int = field(metadata={"help": "Number of the run."})
    is_over: bool = field(metadata={"help": "Whether nothing will happen any more."})
    error: str = field(metadata={"help": "Why it failed, or nothing."})
    parts: tuple[PartRow, ...] = field(metadata={"help": "Files that are ready."})


def list_page(request: ConsoleRequest) -> Response:
    """List orders of labels, newest first."""
    before = request.cursor("before")
    with request.read() as tx:
        found = jobs.list_jobs(
            tx, request.act.scope, kind=printing.KIND, before=before, limit=_PAGE + 1
        )
    page = JobList(
        rows=tuple(_build_row(request, each) for each in found[:_PAGE]),
        next=request.here(before=str(found[_PAGE - 1].id)) if len(found) > _PAGE else None,
        first=request.here(before=None) if before else None,
    )
    return request.page("console/jobs.html", page)


def show_page(request: ConsoleRequest) -> Response:
    """Show how far an order is; the page asks again by itself until it is over."""
    job = _get_job(request)
    order = printing.parse_order(job)
    error = ""
    if job.error is not None:
        refusal = DomainError(job.error["code"], **job.error["params"])
        error = " ".join(word_error(request, refusal))
    page = JobPage(
        id=job.id,
        row=_build_row(request, job),
        run_href=f"/console/runs/{order.run_id}/labels",
        run_id=order.run_id,
        is_over=job.state.is_over,
        error=error,
        parts=tuple(
            PartRow(number=number, name=part.name, labels=part.stop - part.start)
            for number, part in enumerate(printing.list_parts(job))
        ),
    )
    return request.page("console/job.html", page)


def word_error(request: ConsoleRequest, error: DomainError) -> tuple[str, ...]:
    """Say why work failed, whatever the kind of refusal."""
    return (request.translator.text(f"error-{error.code.replace('_', '-')}", **error.params),)


def cancel(request: ConsoleRequest) -> Response:
    """End an order that is not over; what is printed stays."""
    job = _get_job(request)
    with request.write() as tx:
        jobs.cancel_job(tx, request.act, job.id)
    return request.redirect(f"{LIST_PATH}/{job.id}", "console-job-cancel-done")


def take_part(request: ConsoleRequest) -> Response:
    """Hand out one printed file; that is a download like any other."""
    job = _get_job(request)
    order, parts = printing.parse_order(job), printing.list_parts(job)
    number = request.path_params["number"]
    if not number.isdecimal() or len(number) > _DIGITS_MAX or int(number) >= len(parts):
        raise NotFoundError("print_gone")
    part = parts[int(number)]
    file = build_print_shop(request.context).open_part(job, part)
    taking = Taking(
        run_id=order.run_id,
        range=RangeDraft(level=order.level, start=part.start, stop=part.stop),
        format=order.format,
        job_id=job.id,
    )
    try:
        with request.write() as tx:
            downloads.take_codes(tx, request.context.vault, request.act, taking)
    except DomainError:
        file.close()
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="{part.name}"',
        "Content-Length": str(part.bytes),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    media_type = LabelFormat(order.format).media_type
    return StreamingResponse(stream_file(file), media_type=media_type, headers=headers)


def _get_job(request: ConsoleRequest) -> Job:
    """Return the job of this page; work of another kind has a page of its own."""
    with request.read() as tx:
        job = jobs.get_job(tx, request.act.scope, request.uuid("job_id"))
    if job.kind != printing.KIND:
        raise NotFoundError("job_not_found")
    return job


def _build_row(request: ConsoleRequest, job: Job) -> JobRow:
    text = request.translator.text
    order = printing.parse_order(job)
    units = word_range(request.translator, order)
    title = text("console-run-title", number=str(order.run_id))
    return JobRow(
        href=f"{LIST_PATH}/{job.id}",
        title=f"{title} · {units} · {order.format.upper()}",
        state=text(f"console-job-{job.state.value}"),
        badge=_BADGES[job.state],
        done=job.done,
        total=job.total,
        created=request.instant(job.created_at),
    )
