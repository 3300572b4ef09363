# SPDX-License-Identifier: Apache-2.0
"""Recalls in the console: the list, ordering one, one of them, and its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.ranges import (
    RangeValues,
    list_choices,
    list_levels,
    parse_instant,
    read_range,
    word_range,
    word_ranges,
)
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError
from trueorigin.domain.ranges import UnitRange
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.domain.units import Recall
from trueorigin.services import catalog, issuing, recalls
from trueorigin.services.recalls import REASON_LENGTH_MAX, RecallDraft
from trueorigin.storage.search import RecallOfBatch

LIST_PATH: Final = "/console/recalls"
_TEMPLATE: Final = "console/recall_form.html"
_PAGE: Final = 50
_RUN_DIGITS_MAX: Final = 10
_LABELS: Final = {
    "level": "console-range-what",
    "from": "console-range-from",
    "to": "console-range-to",
    "at": "console-stage-at",
    "reason": "console-recall-reason-zh",
    "reason.zh": "console-recall-reason-zh",
    "reason.en": "console-recall-reason-en",
    "instruction.zh": "console-recall-instruction-zh",
    "instruction.en": "console-recall-instruction-en",
    "contact": "field-recall-contact",
    "number": "console-recall-number",
}
_TEXTS: Final = ("reason.zh", "reason.en", "instruction.zh", "instruction.en", "contact", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRow:
    """A recall in the list."""

    href: str = field(metadata={"help": "Its page."})
    about: str = field(metadata={"help": "What is recalled."})
    reason: str = field(metadata={"help": "Why."})
    is_in_force: bool = field(metadata={"help": "Whether it holds now."})
    state: str = field(metadata={"help": "In force, planned or lifted, in words."})
    since: str = field(metadata={"help": "From when on."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallList:
    """The list of recalls, newest first."""

    rows: tuple[RecallRow, ...] = field(metadata={"help": "One page of them."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest, unless they are shown."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPage:
    """One recall, or the page that asks whether it is to end."""

    recall: Recall = field(metadata={"help": "The recall itself."})
    row: RecallRow = field(metadata={"help": "It in words."})
    subject_href: str = field(metadata={"help": "Page of the batch or run."})
    may_lift: bool = field(metadata={"help": "Whether the reader may end it."})
    is_asking: bool = field(metadata={"help": "Whether this page asks to end it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallForm:
    """The form, or, with `summary`, the page that asks again."""

    subject: tuple[str, str] = field(metadata={"help": "Hidden field: run or batch, and which."})
    about: str = field(metadata={"help": "What it is, in words."})
    subject_href: str = field(metadata={"help": "Its page."})
    choices: tuple[tuple[str, str], ...] = field(metadata={"help": "Levels; none for a batch."})
    range: RangeValues = field(metadata={"help": "Which units of a run."})
    texts: Mapping[str, str] = field(metadata={"help": "The texts, as typed, by field."})
    at: str = field(metadata={"help": "From when on, as typed."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    summary: str | None = field(default=None, metadata={"help": "Which units, in words."})
    since: str | None = field(default=None, metadata={"help": "From when on, in words."})
    reason_length_max: int = field(default=REASON_LENGTH_MAX, metadata={"help": "Characters."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What is recalled: a run or a batch, never both."""

    run_id: int | None = None
    batch_id: UUID | None = None


def list_page(request: ConsoleRequest) -> Response:
    """List recalls, newest first."""
    before = request.cursor("before")
    with request.read() as tx:
        found = recalls.list_newest_recalls(tx, request.act.scope, before=before, limit=_PAGE + 1)
    last = found[_PAGE - 1].recall.id if len(found) > _PAGE else None
    page = RecallList(
        rows=tuple(_build_row(request, each) for each in found[:_PAGE]),
        next=request.here(before=str(last)) if last else None,
        first=request.here(before=None) if before else None,
    )
    return request.page("console/recalls.html", page)


def show_page(request: ConsoleRequest) -> Response:
    """Show one recall."""
    return _show(request, is_asking=False)


def lift_page(request: ConsoleRequest) -> Response:
    """Ask whether a recall is to end."""
    return _show(request, is_asking=True)


def _show(request: ConsoleRequest, *, is_asking: bool) -> Response:
    with request.read() as tx:
        found = recalls.get_recall_of_batch(tx, request.act.scope, request.uuid("recall_id"))
    recall = found.recall
    batch_href = f"/console/batches/{found.batch.id}"
    page = RecallPage(
        recall=recall,
        row=_build_row(request, found),
        subject_href=f"/console/runs/{recall.run_id}" if recall.run_id else batch_href,
        may_lift=recall.lifted_at is None and request.may(Permission.RECALL_WRITE),
        is_asking=is_asking and recall.lifted_at is None,
    )
    return request.page("console/recall.html", page)


def lift(request: ConsoleRequest) -> Response:
    """End a recall now."""
    with request.write() as tx:
        recall = recalls.lift_recall(tx, request.act, request.uuid("recall_id"))
    return request.redirect(f"{LIST_PATH}/{recall.id}", "console-recall-lifted")


def new_page(request: ConsoleRequest) -> Response:
    """Ask what is recalled and why; `?run=` or `?batch=` says of what."""
    subject = _parse_subject(request.query.get("run", ""), request.query.get("batch", ""))
    return request.page(_TEMPLATE, _build_form(request, subject, RangeValues()))


def create(request: ConsoleRequest) -> Response:
    """Ask again, or order the recall."""
    subject = _parse_subject(request.form.text("run"), request.form.text("batch"))
    values = read_range(request.form)
    try:
        draft = _to_draft(request, subject, values)
        if request.form.text("confirmed") != "yes":
            return _ask_again(request, subject, values, draft)
        with request.write() as tx:
            recall = recalls.create_recall(tx, request.act, draft)
    except NotFoundError:
        raise
    except DomainError as error:
        form = _build_form(request, subject, values, request.form_errors(error))
        return request.refill(_TEMPLATE, form, error)
    return request.redirect(f"{LIST_PATH}/{recall.id}", "console-recall-created")


def _ask_again(
    request: ConsoleRequest, subject: _Subject, values: RangeValues, draft: RecallDraft
) -> Response:
    text = request.translator.text
    summary = text("console-recall-whole-batch")
    with request.read() as tx:
        recalls.check_recall(tx, request.act, draft)
        if subject.run_id is not None:
            run = issuing.get_run(tx, request.act.scope, subject.run_id)
            summary = word_ranges(request, run, values)
    at = draft.effective_at
    since = request.instant(at) if at else text("console-at-once")
    form = _build_form(request, subject, values, summary=summary, since=since)
    return request.page(_TEMPLATE, form)


def _parse_subject(run: str, batch: str) -> _Subject:
    """Return what is meant; an address that names nothing is an unknown page."""
    run, batch = run.strip(), batch.strip()
    if run.isascii() and run.isdigit() and len(run) <= _RUN_DIGITS_MAX:
        return _Subject(run_id=int(run))
    try:
        return _Subject(batch_id=UUID(batch))
    except ValueError:
        raise NotFoundError("run_not_found") from None


def _to_draft(request: ConsoleRequest, subject: _Subject, values: RangeValues) -> RecallDraft:
    line = request.form.line
    reason = LocalText(zh=line("reason.zh"), en=line("reason.en"))
    instruction = LocalText(zh=line("instruction.zh"), en=line("instruction.en"))
    if not (reason.zh or reason.en):
        raise InvalidError("reason_missing", field="reason.zh")
    ranges = () if subject.run_id is None else values.to_drafts()
    return RecallDraft(
        reason=reason,
        batch_id=subject.batch_id,
        run_id=subject.run_id,
        range=ranges[0] if ranges else None,
        number=line("number"),
        instruction=instruction if instruction.zh or instruction.en else None,
        contact=line("contact"),
        effective_at=parse_instant(request, "at"),
    )


def _build_form(
    request: ConsoleRequest,
    subject: _Subject,
    values: RangeValues,
    errors: FormErrors = NO_ERRORS,
    *,
    summary: str | None = None,
    since: str | None = None,
) -> RecallForm:
    text, scope, language = request.translator.text, request.act.scope, request.translator
    choices: tuple[tuple[str, str], ...] = ()
    with request.read() as tx:
        run = issuing.get_run(tx, scope, subject.run_id) if subject.run_id is not None else None
        batch_id = run.batch_id if run else subject.batch_id
        batch = catalog.get_batch(tx, scope, batch_id or UUID(int=0))
        product = catalog.get_product(tx, scope, batch.product_id)
    about = f"{product.name.pick(language.language)} · {batch.lot}"
    hidden, href = ("batch", str(batch.id)), f"/console/batches/{batch.id}"
    if run is not None:
        levels = list_levels(run, product.gtin, language)
        choices = list_choices(levels, language, has_whole=True)
        about = f"{text('console-run-title', number=str(run.id))} · {about}"
        hidden, href = ("run", str(run.id)), f"/console/runs/{run.id}"
    return RecallForm(
        subject=hidden,
        about=about,
        subject_href=href,
        choices=choices,
        range=values,
        texts={name: request.form.text(name)[:REASON_LENGTH_MAX] for name in _TEXTS},
        at=request.form.text("at").strip()[:32],
        errors=errors.named(tuple(_LABELS)),
        labels={name: text(message) for name, message in _LABELS.items()},
        summary=summary,
        since=since,
    )


def _word_units(request: ConsoleRequest, recall: Recall) -> str:
    if recall.level is None or recall.start is None or recall.stop is None:
        return request.translator.text("console-range-whole")
    units = UnitRange(level=recall.level, start=recall.start, stop=recall.stop)
    return word_range(request.translator, units)


def _build_row(request: ConsoleRequest, found: RecallOfBatch) -> RecallRow:
    text, recall = request.translator.text, found.recall
    about = f"{found.product.name.pick(request.translator.language)} · {found.batch.lot}"
    if found.run is not None:
        about += f" · {text('console-run-title', number=str(recall.run_id))}"
        about += " · " + _word_units(request, recall)
    at = request.act.at
    state = "lifted" if recall.lifted_at else "force" if recall.is_in_force(at) else "planned"
    return RecallRow(
        href=f"{LIST_PATH}/{recall.id}",
        about=about,
        reason=recall.reason.pick(request.translator.language),
        is_in_force=state == "force",
        state=text(f"console-recall-{state}"),
        since=request.instant(recall.effective_at),
    )
