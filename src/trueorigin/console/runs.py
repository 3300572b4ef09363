# SPDX-License-Identifier: Apache-2.0
"""Runs in the console: the list, ordering one with a look at its labels, and one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.insight import read_number
from trueorigin.console.ranges import Level, list_levels, word_range
from trueorigin.console.routing import ConsoleRequest
from trueorigin.console.specimens import STYLE_GROUPS, STYLE_ITEMS, Specimen, draw
from trueorigin.domain.catalog import Contents, Run
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
from trueorigin.domain.serials import SYMBOLS, SYMBOLS_DEFAULT
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.domain.units import RangeFact
from trueorigin.services import catalog, issuing, previewing, search
from trueorigin.services.issuing import GROUP_LEVELS_MAX, RunDraft

LIST_PATH: Final = "/console/runs"
_TEMPLATE: Final = "console/run_form.html"
_PAGE: Final = 50
_FACTS_SHOWN: Final = 20
# More batches than anybody looks through in a list box; the batch's own page has a button.
_BATCHES_OFFERED: Final = 300
_LEVELS: Final = range(1, GROUP_LEVELS_MAX + 1)
_KINDS: Final = {"release": "good", "withdraw": "warn", "recall": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run in the list."""

    href: str = field(metadata={"help": "Its page."})
    id: int = field(metadata={"help": "Its number."})
    quantity: int = field(metadata={"help": "How many items."})
    about: str = field(metadata={"help": "Product and lot."})
    created: str = field(metadata={"help": "When it was ordered."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """The list of runs, newest first."""

    rows: tuple[RunRow, ...] = field(metadata={"help": "One page of them."})
    text: str = field(metadata={"help": "What they are narrowed to."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest, unless they are shown."})
    may_write: bool = field(metadata={"help": "Whether the reader may order one."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """Something done to a range of a run."""

    kind: str = field(metadata={"help": "release, withdraw or recall."})
    badge: str = field(metadata={"help": "Kind of badge."})
    label: str = field(metadata={"help": "What was done, in words."})
    units: str = field(metadata={"help": "To which units."})
    since: str = field(metadata={"help": "From when on."})
    reason: str = field(metadata={"help": "Why, or nothing."})
    href: str | None = field(metadata={"help": "Page of the recall."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One run."""

    run: Run = field(metadata={"help": "The run itself."})
    href: str = field(metadata={"help": "Its page."})
    product_name: str = field(metadata={"help": "Its product."})
    product_href: str = field(metadata={"help": "The product's page."})
    lot: str = field(metadata={"help": "Its batch."})
    batch_href: str = field(metadata={"help": "The batch's page."})
    levels: tuple[Level, ...] = field(metadata={"help": "Items, cases, ..."})
    guesses: str = field(metadata={"help": "One invented code of so many hits a unit."})
    facts: tuple[FactRow, ...] = field(metadata={"help": "The newest things done to it."})
    has_stage: bool = field(metadata={"help": "Whether anything was released or withdrawn."})
    specimens: tuple[Specimen, ...] = field(metadata={"help": "Its labels, with invented codes."})
    may_release: bool = field(metadata={"help": "Whether the reader may release."})
    may_look: bool = field(metadata={"help": "Whether the reader may see readings."})
    may_export: bool = field(metadata={"help": "Whether the reader may take codes away."})
    may_recall: bool = field(metadata={"help": "Whether the reader may recall."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunValues:
    """What is in the fields of the form, as typed; `packing` and `gtins` from the case upwards."""

    batch_id: str = ""
    quantity: str = ""
    packing: tuple[str, ...] = ("",) * GROUP_LEVELS_MAX
    gtins: tuple[str, ...] = ("",) * GROUP_LEVELS_MAX
    symbols: str = str(SYMBOLS_DEFAULT)
    contents: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunForm:
    """The form of a new run."""

    values: RunValues = field(metadata={"help": "What is in the fields."})
    batches: tuple[tuple[str, str], ...] = field(metadata={"help": "To choose from."})
    group_levels: tuple[tuple[int, str], ...] = field(metadata={"help": "Number and name."})
    symbols: tuple[tuple[str, str], ...] = field(metadata={"help": "Lengths to choose from."})
    contents: tuple[tuple[str, str], ...] = field(metadata={"help": "What group codes carry."})
    host: str = field(metadata={"help": "The address that will be printed."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    levels: tuple[Level, ...] = field(default=(), metadata={"help": "What would be ordered."})
    guesses: str = field(default="", metadata={"help": "One invented code of so many hits."})
    specimens: tuple[Specimen, ...] = field(default=(), metadata={"help": "What they look like."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


def path_of(run_id: int) -> str:
    """Return the address of a run's page."""
    return f"{LIST_PATH}/{run_id}"


def list_page(request: ConsoleRequest) -> Response:
    """List runs, newest first."""
    text = request.query.get("q", "").strip()[:LINE_LENGTH_MAX]
    before = read_number(request, "before")
    language = request.translator.language
    with request.read() as tx:
        found = search.list_runs(tx, request.act.scope, text=text, before=before, limit=_PAGE + 1)
    rows = tuple(
        RunRow(
            href=path_of(each.run.id),
            id=each.run.id,
            quantity=each.run.quantity,
            about=f"{each.product.name.pick(language)} · {each.batch.lot}",
            created=request.instant(each.run.created_at),
        )
        for each in found[:_PAGE]
    )
    page = RunList(
        rows=rows,
        text=text,
        next=request.here(before=str(rows[-1].id)) if len(found) > _PAGE else None,
        first=request.here(before=None) if before else None,
        may_write=request.may(Permission.RUN_WRITE),
    )
    return request.page("console/runs.html", page)


def show_page(request: ConsoleRequest) -> Response:
    """Show one run: its labels, its levels, and what was done to it."""
    scope, language = request.act.scope, request.translator
    with request.read() as tx:
        run = issuing.get_run(tx, scope, request.run_id())
        batch = catalog.get_batch(tx, scope, run.batch_id)
        product = catalog.get_product(tx, scope, run.product_id)
        facts = issuing.list_facts(tx, scope, run.id, limit=_FACTS_SHOWN)
        exports = [
            previewing.open_specimen(tx, request.context.vault, scope, run, level)
            for level in run.levels
        ]
    page = RunPage(
        run=run,
        href=path_of(run.id),
        product_name=product.name.pick(language.language),
        product_href=f"/console/products/{product.id}",
        lot=batch.lot,
        batch_href=f"/console/batches/{batch.id}",
        levels=list_levels(run, product.gtin, language),
        guesses=_word_guesses(request, run),
        facts=tuple(_build_fact(request, each) for each in facts),
        has_stage=any(each.kind.value != "recall" for each in facts),
        specimens=tuple(
            draw(request, each, STYLE_GROUPS if each.codes.level else STYLE_ITEMS)
            for each in exports
        ),
        may_release=request.may(Permission.RUN_RELEASE),
        may_look=request.may(Permission.READING_READ),
        may_export=request.may(Permission.CODE_EXPORT),
        may_recall=request.may(Permission.RECALL_WRITE),
    )
    return request.page("console/run.html", page)


def _word_guesses(request: ConsoleRequest, run: Run) -> str:
    """Return how many codes somebody must invent, on average, to hit one of the run's."""
    exponent = len(str(int(1 / issuing.chance_of_guess(run)))) - 1
    return request.translator.text("console-run-guesses", exponent=exponent)


def _build_fact(request: ConsoleRequest, fact: RangeFact) -> FactRow:
    text = request.translator.text
    return FactRow(
        kind=fact.kind.value,
        badge=_KINDS[fact.kind.value],
        label=text(f"console-fact-{fact.kind.value}"),
        units=word_range(request.translator, fact),
        since=request.instant(fact.effective_at),
        reason=fact.reason or "",
        href=f"/console/recalls/{fact.recall_id}" if fact.recall_id else None,
    )


def new_page(request: ConsoleRequest) -> Response:
    """Show the empty form; `?batch=` chooses the batch beforehand."""
    batch_id = request.cursor("batch")
    values = RunValues(batch_id=str(batch_id) if batch_id else "")
    return request.page(_TEMPLATE, _build_form(request, values))


def create(request: ConsoleRequest) -> Response:
    """Order codes, or, with the other button, show what would be ordered."""
    values = _read_values(request)
    try:
        draft = _to_draft(request, values)
        if request.form.has("preview"):
            return _show_preview(request, values, draft)
        with request.write() as tx:
            run = issuing.create_run(tx, request.act, draft)
    except DomainError as error:
        form = _build_form(request, values, request.form_errors(error))
        return request.refill(_TEMPLATE, form, error)
    return request.redirect(path_of(run.id), "console-run-created", number=str(run.id))


def _show_preview(request: ConsoleRequest, values: RunValues, draft: RunDraft) -> Response:
    """Show the form with what it would order; nothing is stored."""
    scope = request.act.scope
    with request.read() as tx:
        run = previewing.plan_run(tx, request.act, draft)
        product = catalog.get_product(tx, scope, run.product_id)
        exports = [
            previewing.open_specimen(tx, request.context.vault, scope, run, level)
            for level in run.levels
        ]
    form = _build_form(
        request,
        values,
        levels=list_levels(run, product.gtin, request.translator),
        guesses=_word_guesses(request, run),
        specimens=tuple(
            draw(request, each, STYLE_GROUPS if each.codes.level else STYLE_ITEMS)
            for each in exports
        ),
    )
    return request.page(_TEMPLATE, form)


def _read_values(request: ConsoleRequest) -> RunValues:
    form = request.form
    return RunValues(
        batch_id=form.text("batch_id").strip()[:LINE_LENGTH_MAX],
        quantity=form.text("quantity").strip()[:LINE_LENGTH_MAX],
        packing=tuple(form.text(f"packing.{level - 1}").strip()[:20] for level in _LEVELS),
        gtins=tuple(form.text(f"group_gtins.{level - 1}").strip()[:20] for level in _LEVELS),
        symbols=form.text("symbols").strip()[:4],
        contents=form.text("contents").strip()[:10],
    )


def _to_draft(request: ConsoleRequest, values: RunValues) -> RunDraft:
    """Return what the service checks; refuse what is no number or batch, all of it at once."""
    errors: list[DomainError] = []
    batch_id = UUID(int=0)
    try:
        batch_id = UUID(values.batch_id)
    except ValueError:
        errors.append(InvalidError("batch_missing", field="batch_id"))
    counts: list[int | None] = []
    for name in ("quantity", *(f"packing.{level - 1}" for level in _LEVELS)):
        try:
            counts.append(request.form.number(name))
        except DomainError as error:
            errors.append(error)
            counts.append(None)
    quantity, packing = counts[0], counts[1:]
    if quantity is None and not any(each.field == "quantity" for each in errors):
        errors.append(InvalidError("quantity_missing", field="quantity"))
    used = max((place + 1 for place, count in enumerate(packing) if count), default=0)
    errors += [
        InvalidError("packing_gap", field=f"packing.{place}")
        for place, count in enumerate(packing[:used])
        if not count and not any(each.field == f"packing.{place}" for each in errors)
    ]
    contents = ""
    try:
        contents = request.form.choice("contents", Contents)
    except DomainError as error:
        errors.append(error)
    if errors:
        raise SeveralError(errors)
    return RunDraft(
        batch_id=batch_id,
        quantity=quantity or 0,
        public_url=request.context.public_url,
        packing=tuple(count or 0 for count in packing[:used]),
        symbols=int(values.symbols) if values.symbols.isdecimal() else 0,
        group_gtins=tuple(gtin or None for gtin in values.gtins[:used]),
        contents=Contents(contents) if contents else None,
    )


def _build_form(
    request: ConsoleRequest,
    values: RunValues,
    errors: FormErrors = NO_ERRORS,
    *,
    levels: tuple[Level, ...] = (),
    guesses: str = "",
    specimens: tuple[Specimen, ...] = (),
) -> RunForm:
    text, language = request.translator.text, request.translator.language
    with request.read() as tx:
        found = search.list_batches(tx, request.act.scope, limit=_BATCHES_OFFERED)
    names = {level: text(f"level-{level}") for level in _LEVELS}
    labels = {
        "batch_id": text("section-batch"),
        "quantity": text("console-run-items"),
        "symbols": text("console-run-symbols"),
        "contents": text("console-run-contents"),
    }
    for level, name in names.items():
        labels[f"packing.{level - 1}"] = text(f"console-run-packing-{level}")
        labels[f"group_gtins.{level - 1}"] = text("console-run-gtin", level=name)
    return RunForm(
        values=values,
        batches=tuple(
            (str(each.batch.id), f"{each.batch.lot} · {each.product.name.pick(language)}")
            for each in found
        ),
        group_levels=tuple(names.items()),
        symbols=tuple((str(each), text(f"console-run-symbols-{each}")) for each in SYMBOLS),
        contents=(
            ("", text("console-run-contents-auto")),
            *((each.value, text(f"console-run-contents-{each.value}")) for each in Contents),
        ),
        host=request.context.public_url,
        errors=errors.named(tuple(labels)),
        labels=labels,
        levels=levels,
        guesses=guesses,
        specimens=specimens,
    )
