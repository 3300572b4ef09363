# SPDX-License-Identifier: Apache-2.0
"""Files of events: upload and template, how far each file is, and the answer to each row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Final

from starlette.responses import Response, StreamingResponse

from trueorigin.adapters.tables import write_csv
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.pages import HEADERS
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError
from trueorigin.domain.events import EventKind
from trueorigin.domain.jobs import Job, JobState
from trueorigin.domain.spreadsheets import BYTE_ORDER_MARK, format_line
from trueorigin.domain.uploads import (
    COLUMNS,
    RowOutcome,
    RowResult,
    UploadCounts,
    UploadPart,
    fold_name,
)
from trueorigin.services import jobs, uploading
from trueorigin.services.capturing import EVENTS_MAX
from trueorigin.services.uploading import FILE_BYTES_MAX, Upload, order_upload
from trueorigin.storage import uploads as stored
from trueorigin.web.errors import message_id
from trueorigin.web.i18n import Translator, languages, translator

LIST_PATH: Final = "/console/uploads"
_PAGE: Final = 20
# Rows that are shown in the page; the table that is downloaded has all of them.
_ROWS_SHOWN: Final = 100
_ACCEPTED: Final = ".csv,.json,.jsonld"
_CSV: Final = "text/csv; charset=utf-8"
_BADGES: Final = {
    JobState.QUEUED: "wait",
    JobState.RUNNING: "wait",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "plain",
}
_ROW_BADGES: Final = {
    RowOutcome.STORED: "good",
    RowOutcome.REPEATED: "plain",
    RowOutcome.FLAGGED: "wait",
    RowOutcome.REFUSED: "bad",
}
# As the address of the table asks for it.
_PROBLEMS_ONLY: Final = "problems"
_PROBLEMS: Final = frozenset({RowOutcome.FLAGGED, RowOutcome.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRow:
    """One file in words."""

    href: str = field(metadata={"help": "Its page."})
    name: str = field(metadata={"help": "Name of the file."})
    state: str = field(metadata={"help": "What has become of it, in words."})
    badge: str = field(metadata={"help": "Kind of badge."})
    created: str = field(metadata={"help": "When it was sent."})


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadList:
    """The upload, its template, and what was sent before."""

    rows: tuple[UploadRow, ...] = field(metadata={"help": "Files, newest first."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest, unless shown."})
    columns: tuple[tuple[str, str], ...] = field(metadata={"help": "Headings and what they mean."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    accepted: str = field(default=_ACCEPTED, metadata={"help": "Types of files."})
    events_max: int = field(default=EVENTS_MAX, metadata={"help": "Events of one file."})
    megabytes_max: int = field(default=FILE_BYTES_MAX // 2**20, metadata={"help": "Of one file."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """The answer to one row in words."""

    row: int = field(metadata={"help": "Its number in the file."})
    outcome: str = field(metadata={"help": "What became of it, in words."})
    badge: str = field(metadata={"help": "Kind of badge."})
    column: str = field(metadata={"help": "What is wrong in it: name of a column or member."})
    sentence: str = field(metadata={"help": "Why, or nothing."})
    href: str | None = field(metadata={"help": "Page of the event; None: there is none."})


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    """One file: how far it is, and what became of its rows."""

    row: UploadRow = field(metadata={"help": "It in words."})
    is_over: bool = field(metadata={"help": "Whether nothing will happen any more."})
    error: str = field(metadata={"help": "Why nothing of it was taken in, or nothing."})
    total: int | None = field(metadata={"help": "Rows of the file, once they are counted."})
    counts: UploadCounts = field(metadata={"help": "How many came to what end."})
    lines: tuple[ResultLine, ...] = field(metadata={"help": "The first rows with a problem."})
    is_cut: bool = field(metadata={"help": "Whether there are more."})


def list_page(request: ConsoleRequest) -> Response:
    """Offer upload and template, and list what was sent before."""
    return request.page("console/uploads.html", _build_list(request))


def create(request: ConsoleRequest) -> Response:
    """Keep a file and have it taken in, in the background; whatever comes of it has a page."""
    context, files = request.context, request.form.uploads("file")
    try:
        if not files:
            raise InvalidError("table_empty", field="file")
        upload = Upload(
            content=files[0].file,
            name=files[0].filename or "",
            labels=_labels(),
            kinds=_kinds(),
            hosts=sorted(context.hosts),
        )
        job = order_upload(context.database, context.files, request.act, upload)
    except DomainError as error:
        page = _build_list(request, request.form_errors(error))
        return request.refill("console/uploads.html", page, error)
    return request.redirect(f"{LIST_PATH}/{job.id}")


def show_page(request: ConsoleRequest) -> Response:
    """Show one file; until it is over, the page asks again by itself."""
    job = _get_job(request)
    with request.read() as tx:
        counts = stored.count_rows(tx, request.act.scope, job.id)
    found: list[RowResult] = []
    if counts.stored < counts.rows:
        parts = _list_parts(request, job, may_be_clean=False)
        problems = (each for part in parts for each in part.results if _is_problem(each))
        found = list(islice(problems, _ROWS_SHOWN + 1))
    language = request.translator
    page = UploadPage(
        row=_build_row(request, job),
        is_over=job.state.is_over,
        error=_word_error(language, job.error),
        total=(job.result or {}).get("rows"),
        counts=counts,
        lines=tuple(_word_result(language, each) for each in found[:_ROWS_SHOWN]),
        is_cut=len(found) > _ROWS_SHOWN,
    )
    return request.page("console/upload.html", page)


def show_rows(request: ConsoleRequest) -> Response:
    """Hand out the answers as CSV in the reader's language: of all rows, or of those in trouble."""
    job = _get_job(request)
    headers = {**HEADERS, "content-disposition": f'attachment; filename="events-{job.id}.csv"'}
    if request.method == "HEAD":
        return Response(headers=headers, media_type=_CSV)
    only_problems = request.choice("rows", (_PROBLEMS_ONLY,)) == _PROBLEMS_ONLY
    lines = _list_lines(request, job, only_problems=only_problems)
    return StreamingResponse(lines, headers=headers, media_type=_CSV)


def _list_lines(request: ConsoleRequest, job: Job, *, only_problems: bool) -> Iterator[str]:
    language = request.translator
    heads = ("row", "outcome", "column", "reason", "code", "id")
    yield BYTE_ORDER_MARK + format_line([language.text(f"console-upload-{each}") for each in heads])
    for part in _list_parts(request, job, may_be_clean=not only_problems):
        yield "".join(
            _format_result(language, each)
            for each in part.results
            if not only_problems or _is_problem(each)
        )


def _list_parts(request: ConsoleRequest, job: Job, *, may_be_clean: bool) -> Iterator[UploadPart]:
    """Yield the records of an upload in order, each read by itself.

    A long file costs no memory, and whoever takes the answers slowly keeps no connection.
    """
    after = -1
    while True:
        with request.read() as tx:
            part = stored.find_part(
                tx, request.act.scope, job.id, after=after, may_be_clean=may_be_clean
            )
        if part is None:
            return
        after = part.first
        yield part


def _format_result(language: Translator, result: RowResult) -> str:
    words = _word_result(language, result)
    code = result.code or " ".join(result.flags)
    event_id = "" if result.event_id is None else str(result.event_id)
    return format_line((result.row, words.outcome, words.column, words.sentence, code, event_id))


def show_template(request: ConsoleRequest) -> Response:
    """Hand out an empty table with the headings of the reader's language."""
    headings = [_label(request.translator, each) for each in COLUMNS]
    headers = {**HEADERS, "content-disposition": 'attachment; filename="events.csv"'}
    return Response(write_csv([headings]), headers=headers, media_type=_CSV)


@cache
def _labels() -> Mapping[str, str]:
    """Return the column each heading means, folded, in all languages."""
    return {
        fold_name(_label(translator(code), column)): column
        for code in languages()
        for column in COLUMNS
    }


@cache
def _kinds() -> Mapping[str, str]:
    """Return the kind each word means, folded, in all languages."""
    return {
        fold_name(translator(code).text(f"event-kind-{kind.value}")): kind.value
        for code in languages()
        for kind in EventKind
    }


def _label(language: Translator, column: str) -> str:
    return language.text(f"console-upload-column-{column}")


def _is_problem(result: RowResult) -> bool:
    return result.outcome in _PROBLEMS or bool(result.flags)


def _word_result(language: Translator, result: RowResult) -> ResultLine:
    if result.code is not None:
        sentence = language.text(message_id(result.code), **(result.params or {}))
    else:
        sentence = " ".join(
            language.text(f"anomaly-{flag.replace('_', '-')}") for flag in result.flags
        )
    is_stored = result.outcome is not RowOutcome.REFUSED and result.event_id is not None
    return ResultLine(
        row=result.row,
        outcome=language.text(f"console-upload-{result.outcome.value}"),
        badge=_ROW_BADGES[result.outcome],
        column=_word_field(language, result.field),
        sentence=sentence,
        href=f"/console/events/{result.event_id}" if is_stored else None,
    )


def _word_field(language: Translator, name: str | None) -> str:
    """Name a column of the table by its heading, and a member of a document as it is."""
    first, dot, rest = (name or "").partition(".")
    if first not in COLUMNS:
        return name or ""
    place = f" {int(rest) + 1}" if rest.isdecimal() else dot + rest
    return _label(language, first) + place


def _word_error(language: Translator, error: Mapping[str, Any] | None) -> str:
    if error is None:
        return ""
    return language.text(message_id(error["code"]), **error["params"])


def _get_job(request: ConsoleRequest) -> Job:
    """Return the upload of this page; work of another kind has a page of its own."""
    with request.read() as tx:
        job = jobs.get_job(tx, request.act.scope, request.uuid("upload_id"))
    if job.kind != uploading.KIND:
        raise NotFoundError("job_not_found")
    return job


def _build_list(request: ConsoleRequest, errors: FormErrors = NO_ERRORS) -> UploadList:
    language = request.translator
    before = request.cursor("before")
    with request.read() as tx:
        found = jobs.list_jobs(
            tx, request.act.scope, kind=uploading.KIND, before=before, limit=_PAGE + 1
        )
    return UploadList(
        rows=tuple(_build_row(request, each) for each in found[:_PAGE]),
        next=request.here(before=str(found[_PAGE - 1].id)) if len(found) > _PAGE else None,
        first=request.here(before=None) if before else None,
        columns=tuple(
            (_label(language, each), language.text(f"console-upload-hint-{each}"))
            for each in COLUMNS
        ),
        errors=errors,
    )


def _build_row(request: ConsoleRequest, job: Job) -> UploadRow:
    return UploadRow(
        href=f"{LIST_PATH}/{job.id}",
        name=job.params["name"],
        state=request.translator.text(f"console-job-{job.state.value}"),
        badge=_BADGES[job.state],
        created=request.instant(job.created_at),
    )
