# SPDX-License-Identifier: Apache-2.0
"""Importing tables: templates, the upload, its report, and the one button that takes it over."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.adapters.tables import write_csv, write_xlsx
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError
from trueorigin.domain.imports import COLUMNS, Fault, Import, ImportKind, ImportState
from trueorigin.domain.jobs import JobState
from trueorigin.services import importing, jobs, judging
from trueorigin.web.errors import message_id
from trueorigin.web.i18n import Translator, languages, translator
from trueorigin.web.imports import judge_table

LIST_PATH: Final = "/console/imports"
_PAGE: Final = 20
_FAULTS_SHOWN: Final = 100
_ACCEPTED: Final = ".csv,.xlsx"
_NUMBERED: Final = re.compile(r"(feature|material)_(\d+)_(\w+)")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEMPLATES: Final[Mapping[str, tuple[str, Callable[[str, Sequence[Sequence[str]]], bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", lambda _, rows: write_csv(rows)),
    "xlsx": (_XLSX, write_xlsx),
}
_BADGES: Final = {
    "staged": "wait",
    "judging": "wait",
    "moving": "wait",
    "failed": "bad",
    "visible": "good",
    "rejected": "bad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One import in words."""

    href: str = field(metadata={"help": "Its page."})
    name: str = field(metadata={"help": "Name of the file."})
    kind: str = field(metadata={"help": "Products or batches, in words."})
    rows: int = field(metadata={"help": "How many rows."})
    state: str = field(metadata={"help": "What has become of it, in words."})
    badge: str = field(metadata={"help": "Kind of badge."})
    created: str = field(metadata={"help": "When it was sent."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportList:
    """The upload, the templates and what was imported before."""

    rows: tuple[ImportRow, ...] = field(metadata={"help": "Imports, newest first."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest, unless shown."})
    kinds: tuple[tuple[str, str], ...] = field(metadata={"help": "What rows may be."})
    kind: str = field(metadata={"help": "What was chosen."})
    templates: tuple[tuple[str, str], ...] = field(metadata={"help": "Address and label."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    accepted: str = field(default=_ACCEPTED, metadata={"help": "Types of tables."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """One fault in words."""

    row: int = field(metadata={"help": "Row of the table, 0 for the whole file."})
    column: str = field(metadata={"help": "Name of the column, or nothing."})
    sentence: str = field(metadata={"help": "What is wrong."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    """One import: its report, its question, or how far it is."""

    row: ImportRow = field(metadata={"help": "It in words."})
    step: str = field(
        metadata={"help": "rejected, discarded, judging, ready, moving, failed, interrupted, done."}
    )
    judged: str = field(metadata={"help": "How far a worker is with judging, in words."})
    failure: str = field(metadata={"help": "Why the work has failed, or nothing."})
    is_ready: bool = field(metadata={"help": "Whether all rows were right and are kept."})
    faults: tuple[FaultRow, ...] = field(metadata={"help": "The first of them."})
    fault_count: int = field(metadata={"help": "How many in all."})
    kept: int = field(metadata={"help": "How many the report has."})
    goods: str = field(metadata={"help": "Where the new goods are listed."})
    goods_label: str = field(metadata={"help": "What that link says."})


def list_page(request: ConsoleRequest) -> Response:
    """Offer upload and templates, and list what was imported before."""
    return request.page("console/imports.html", _build_list(request))


def create(request: ConsoleRequest) -> Response:
    """Judge an uploaded table; whatever comes of it has a page."""
    try:
        upload = _read_upload(request)
        found = judge_table(request.context, request.act, upload)
    except DomainError as error:
        page = _build_list(request, request.form_errors(error))
        return request.refill("console/imports.html", page, error)
    return request.redirect(_path_of(found.id))


def show_page(request: ConsoleRequest) -> Response:
    """Show one import; while it is being taken over, the page asks again by itself."""
    with request.read() as tx:
        found = importing.get_import(tx, request.act.scope, request.uuid("import_id"))
        failure = importing.find_failures(tx, request.act.scope, [found.id]).get(found.id)
    language = request.translator
    step = _step_of(found, has_failed=failure is not None)
    page = ImportPage(
        row=_build_row(request, found, step),
        step=step,
        judged=_word_progress(request, found) if step == "judging" else "",
        failure="" if failure is None else _word_failure(language, failure),
        is_ready=found.is_ready,
        faults=tuple(_word_fault(language, each) for each in found.faults[:_FAULTS_SHOWN]),
        fault_count=found.fault_count,
        kept=len(found.faults),
        goods=f"/console/{found.kind.value}",
        goods_label=language.text(f"console-imports-see-{found.kind.value}"),
    )
    return request.page("console/import.html", page)


def show_report(request: ConsoleRequest) -> Response:
    """Hand out all faults that were kept, as CSV in the reader's language."""
    with request.read() as tx:
        found = importing.get_import(tx, request.act.scope, request.uuid("import_id"))
    text = request.translator.text
    heading = [text(f"console-imports-{each}") for each in ("row", "column", "code", "fault")]
    rows = [heading]
    for fault in found.faults:
        words = _word_fault(request.translator, fault)
        rows.append([str(words.row or ""), words.column, fault.code, words.sentence])
    return _download(write_csv(rows), f"import-report-{found.id}.csv", _TEMPLATES["csv"][0])


def show_template(request: ConsoleRequest) -> Response:
    """Hand out an empty table with the headings of the reader's language."""
    kind, _, suffix = request.path_params["name"].partition(".")
    if kind not in set(ImportKind) or suffix not in _TEMPLATES:
        raise NotFoundError("path_unknown", path=request.path[:100])
    media_type, write = _TEMPLATES[suffix]
    labels = [_label(request.translator, each) for each in COLUMNS[ImportKind(kind)]]
    title = request.translator.text(f"console-imports-{kind}")
    return _download(write(title, [labels]), f"{kind}.{suffix}", media_type)


def confirm(request: ConsoleRequest) -> Response:
    """Take the rows over, in the background."""
    with request.write() as tx:
        found = importing.confirm_import(tx, request.act, request.uuid("import_id"))
    return request.redirect(_path_of(found.id))


def discard(request: ConsoleRequest) -> Response:
    """Give the table up."""
    with request.write() as tx:
        found = importing.discard_import(tx, request.act, request.uuid("import_id"))
    return request.redirect(_path_of(found.id))


def _read_upload(request: ConsoleRequest) -> judging.Upload:
    files, kind = request.form.uploads("file"), request.form.choice("kind", ImportKind)
    if not kind:
        raise InvalidError("choice_unknown", field="kind", known=", ".join(ImportKind))
    if not files:
        raise InvalidError("table_empty", field="file")
    return judging.Upload(
        kind=ImportKind(kind),
        content=files[0].file,
        name=files[0].filename or "",
        labels=_labels(ImportKind(kind)),
    )


@cache
def _labels(kind: ImportKind) -> Mapping[str, str]:
    """Return the column each heading means, in all languages."""
    return {
        _label(translator(code), column).casefold(): column
        for code in languages()
        for column in COLUMNS[kind]
    }


def _label(language: Translator, column: str) -> str:
    match = _NUMBERED.fullmatch(column)
    if match is None:
        return language.text(f"console-import-column-{column.replace('_', '-')}")
    group, number, part = match.groups()
    name = f"console-import-column-{group}-{part.replace('_', '-')}"
    return language.text(name, number=number)


def _word_fault(language: Translator, fault: Fault) -> FaultRow:
    return FaultRow(
        row=fault.row,
        column=_label(language, fault.column) if fault.column else "",
        sentence=language.text(message_id(fault.code), **fault.params),
    )


def _word_failure(language: Translator, failure: Mapping[str, Any]) -> str:
    return language.text(message_id(failure["code"]), **failure["params"])


def _step_of(found: Import, *, has_failed: bool) -> str:
    if has_failed:
        return "failed"
    if found.state is ImportState.VISIBLE:
        return "done"
    if found.state is ImportState.REJECTED:
        return "rejected" if found.fault_count else "discarded"
    if found.job_id is not None:
        return "moving" if found.is_ready else "judging"
    return "ready" if found.is_ready else "interrupted"


def _word_progress(request: ConsoleRequest, found: Import) -> str:
    """Say how far a worker is: first it judges row by row, then it keeps all of them."""
    if found.job_id is None:
        return ""
    with request.read() as tx:
        job = jobs.get_job(tx, request.act.scope, found.job_id)
    text = request.translator.text
    if job.state is JobState.QUEUED:
        return text("console-imports-queued")
    if found.row_count == 0:
        return text("console-imports-judged", count=job.done)
    kept = min(max(job.done - found.row_count, 0), found.row_count)
    return text("console-imports-kept", count=kept, total=found.row_count)


def _build_list(request: ConsoleRequest, errors: FormErrors = NO_ERRORS) -> ImportList:
    text = request.translator.text
    before = request.cursor("before")
    with request.read() as tx:
        found = importing.list_imports(tx, request.act.scope, before=before, limit=_PAGE + 1)
        failed = importing.find_failures(tx, request.act.scope, [each.id for each in found])
    return ImportList(
        rows=tuple(
            _build_row(request, each, _step_of(each, has_failed=each.id in failed))
            for each in found[:_PAGE]
        ),
        next=request.here(before=str(found[_PAGE - 1].id)) if len(found) > _PAGE else None,
        first=request.here(before=None) if before else None,
        kinds=tuple((each.value, text(f"console-imports-{each.value}")) for each in ImportKind),
        kind=request.form.text("kind") or request.choice("kind", ImportKind),
        templates=tuple(
            (
                f"{LIST_PATH}/templates/{kind.value}.{suffix}",
                text(f"console-imports-template-{kind.value}", format=suffix.upper()),
            )
            for kind in ImportKind
            for suffix in ("xlsx", "csv")
        ),
        errors=errors,
    )


def _build_row(request: ConsoleRequest, found: Import, step: str) -> ImportRow:
    text = request.translator.text
    state = step if step in {"judging", "moving", "failed"} else found.state.value
    return ImportRow(
        href=_path_of(found.id),
        name=found.name,
        kind=text(f"console-imports-{found.kind.value}"),
        rows=found.row_count,
        state=text(f"console-imports-state-{state}"),
        badge=_BADGES[state],
        created=request.instant(found.created_at),
    )


def _path_of(import_id: UUID) -> str:
    return f"{LIST_PATH}/{import_id}"


def _download(content: bytes, name: str, media_type: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)
