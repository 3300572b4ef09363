# SPDX-License-Identifier: Apache-2.0
"""Release and withdraw ranges of a run: a form, a page that asks again, and the act."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console import runs
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.ranges import (
    RangeValues,
    list_choices,
    list_levels,
    parse_instant,
    read_range,
    word_ranges,
)
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import Run
from trueorigin.domain.errors import DomainError
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.domain.units import RangeFact
from trueorigin.services import catalog, issuing
from trueorigin.services.issuing import StageDraft
from trueorigin.storage.database import Tx

_TEMPLATE: Final = "console/stage.html"
_Stage = Callable[[Tx, Act, int, StageDraft], list[RangeFact]]
_STAGES: Final[Mapping[str, _Stage]] = {"release": issuing.release, "withdraw": issuing.withdraw}
_LABELS: Final = {
    "level": "console-range-what",
    "from": "console-range-from",
    "to": "console-range-to",
    "at": "console-stage-at",
    "reason": "console-stage-reason",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageForm:
    """The form, or, with `summary`, the page that asks again."""

    stage: str = field(metadata={"help": "release or withdraw."})
    run_id: int = field(metadata={"help": "Number of the run."})
    run_href: str = field(metadata={"help": "Its page."})
    action: str = field(metadata={"help": "Where the form goes."})
    about: str = field(metadata={"help": "Product and lot."})
    choices: tuple[tuple[str, str], ...] = field(metadata={"help": "Levels to choose from."})
    range: RangeValues = field(metadata={"help": "Which units."})
    at: str = field(metadata={"help": "From when on, as typed; nothing for at once."})
    reason: str = field(metadata={"help": "Why, as typed."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    summary: str | None = field(default=None, metadata={"help": "Which units, in words."})
    since: str | None = field(default=None, metadata={"help": "From when on, in words."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


def release_page(request: ConsoleRequest) -> Response:
    """Ask which units are to be released."""
    return _show_form(request, "release")


def release(request: ConsoleRequest) -> Response:
    """Ask again, or release."""
    return _act(request, "release")


def withdraw_page(request: ConsoleRequest) -> Response:
    """Ask which units are to be withdrawn."""
    return _show_form(request, "withdraw")


def withdraw(request: ConsoleRequest) -> Response:
    """Ask again, or withdraw."""
    return _act(request, "withdraw")


def _show_form(request: ConsoleRequest, stage: str) -> Response:
    return request.page(_TEMPLATE, _build_form(request, stage, RangeValues()))


def _act(request: ConsoleRequest, stage: str) -> Response:
    values = read_range(request.form)
    run_id = request.run_id()
    try:
        reason = request.form.line("reason")
        if reason is not None:
            reason = parse_text(reason, field="reason", length_max=LINE_LENGTH_MAX)
        at = parse_instant(request, "at")
        draft = StageDraft(ranges=values.to_drafts(), effective_at=at, reason=reason)
        if request.form.text("confirmed") != "yes":
            with request.read() as tx:
                run = issuing.get_run(tx, request.act.scope, run_id)
            issuing.parse_ranges(run, draft.ranges)
            form = _build_form(
                request,
                stage,
                values,
                summary=word_ranges(request, run, values),
                since=request.instant(at) if at else request.translator.text("console-at-once"),
            )
            return request.page(_TEMPLATE, form)
        with request.write() as tx:
            _STAGES[stage](tx, request.act, run_id, draft)
    except DomainError as error:
        errors = request.form_errors(error)
        return request.refill(_TEMPLATE, _build_form(request, stage, values, errors), error)
    return request.redirect(runs.path_of(run_id), f"console-{stage}-done")


def _build_form(
    request: ConsoleRequest,
    stage: str,
    values: RangeValues,
    errors: FormErrors = NO_ERRORS,
    *,
    summary: str | None = None,
    since: str | None = None,
) -> StageForm:
    text, scope = request.translator.text, request.act.scope
    with request.read() as tx:
        run: Run = issuing.get_run(tx, scope, request.run_id())
        batch = catalog.get_batch(tx, scope, run.batch_id)
        product = catalog.get_product(tx, scope, run.product_id)
    levels = list_levels(run, product.gtin, request.translator)
    return StageForm(
        stage=stage,
        run_id=run.id,
        run_href=runs.path_of(run.id),
        action=f"{runs.path_of(run.id)}/{stage}",
        about=f"{product.name.pick(request.translator.language)} · {batch.lot}",
        choices=list_choices(levels, request.translator, has_whole=True),
        range=values,
        at=request.form.text("at").strip()[:32],
        reason=request.form.text("reason")[:LINE_LENGTH_MAX],
        errors=errors.named(tuple(_LABELS)),
        labels={name: text(message) for name, message in _LABELS.items()},
        summary=summary,
        since=since,
    )
