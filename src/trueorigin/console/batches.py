# SPDX-License-Identifier: Apache-2.0
"""Batches in the console: list, page and form, with origin, raw materials and papers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.conflicts import Difference, compare, read_version
from trueorigin.console.files import (
    PAPERS_ACCEPTED,
    FileView,
    Uploads,
    keep_uploads,
    list_views,
    name_files,
    read_ids,
)
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import Batch, LocalText, Material, Origin, Product
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError, SeveralError
from trueorigin.domain.gs1 import ELEMENT_LENGTH_MAX
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import catalog, issuing, search
from trueorigin.services.catalog import BatchDraft, BatchUpdate

LIST_PATH: Final = "/console/batches"
_TEMPLATE: Final = "console/batch_form.html"
_PAGE: Final = 50
_RUNS_SHOWN: Final = 20
# More products than anybody looks through in a list box; the search finds the others.
_PRODUCTS_OFFERED: Final = 500
_BLANK_ROWS: Final = 2
_MORE_ROWS: Final = 5
_MATERIAL_COLUMNS: Final = ("name", "supplier", "lot")
_LABELS: Final[Mapping[str, str]] = {
    "product_id": "console-batch-product",
    "lot": "field-lot",
    "produced_on": "field-produced",
    "expires_on": "field-expires",
    "origin.place.zh": "console-batch-place-zh",
    "origin.place.en": "console-batch-place-en",
    "origin.line": "field-line",
    "papers": "console-batch-papers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch in the list."""

    batch: Batch = field(metadata={"help": "The batch itself."})
    href: str = field(metadata={"help": "Its page."})
    product: str = field(metadata={"help": "Name of its product."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchList:
    """The list of batches, newest first."""

    rows: tuple[BatchRow, ...] = field(metadata={"help": "One page of them."})
    text: str = field(metadata={"help": "What the lots are narrowed to."})
    product: Product | None = field(metadata={"help": "The one product whose batches these are."})
    product_name: str = field(metadata={"help": "Its name, or nothing."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest, unless they are shown."})
    new: str = field(metadata={"help": "Where a batch is registered."})
    may_write: bool = field(metadata={"help": "Whether the reader may register one."})
    may_import: bool = field(metadata={"help": "Whether the reader may import tables of them."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run on the page of its batch."""

    id: int = field(metadata={"help": "Its number."})
    quantity: int = field(metadata={"help": "How many items."})
    href: str = field(metadata={"help": "Its page."})
    created: str = field(metadata={"help": "When it was ordered."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    """One batch."""

    batch: Batch = field(metadata={"help": "The batch itself."})
    product: Product = field(metadata={"help": "Its product."})
    product_name: str = field(metadata={"help": "The product's name."})
    product_href: str = field(metadata={"help": "The product's page."})
    papers: tuple[FileView, ...] = field(metadata={"help": "Inspection papers, in their order."})
    runs: tuple[RunLine, ...] = field(metadata={"help": "The oldest of its runs."})
    may_write: bool = field(metadata={"help": "Whether the reader may change it."})
    may_order: bool = field(metadata={"help": "Whether the reader may order codes."})
    may_look: bool = field(metadata={"help": "Whether the reader may see readings."})
    may_recall: bool = field(metadata={"help": "Whether the reader may recall all of it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchValues:
    """What is in the fields of the form, as typed."""

    product_id: str = ""
    lot: str = ""
    produced_on: str = ""
    expires_on: str = ""
    place_zh: str = ""
    place_en: str = ""
    line: str = ""
    materials: tuple[Mapping[str, str], ...] = ()
    paper_ids: tuple[UUID, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchForm:
    """The form of a new or existing batch."""

    batch: Batch | None = field(metadata={"help": "The stored batch; None for a new one."})
    product_name: str = field(metadata={"help": "Name of its product, once that is fixed."})
    products: tuple[tuple[str, str], ...] = field(
        metadata={"help": "Ids and names to choose from."}
    )
    action: str = field(metadata={"help": "Where the form goes."})
    cancel: str = field(metadata={"help": "Where giving up leads."})
    values: BatchValues = field(metadata={"help": "What is in the fields."})
    rows: tuple[Mapping[str, str], ...] = field(metadata={"help": "Materials, then blank rows."})
    papers: tuple[FileView, ...] = field(metadata={"help": "Kept already."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    differences: tuple[Difference, ...] = field(default=(), metadata={"help": "After a conflict."})
    changed_at: str | None = field(
        default=None, metadata={"help": "When somebody else changed it."}
    )
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})
    lot_length_max: int = field(default=ELEMENT_LENGTH_MAX, metadata={"help": "Characters."})
    accepted: str = field(default=PAPERS_ACCEPTED, metadata={"help": "Types of papers."})


def list_page(request: ConsoleRequest) -> Response:
    """List batches, of one product or of all, newest first."""
    text = request.query.get("q", "").strip()[:LINE_LENGTH_MAX]
    before, product_id = request.cursor("before"), request.cursor("product")
    scope, language = request.act.scope, request.translator.language
    with request.read() as tx:
        product = catalog.get_product(tx, scope, product_id) if product_id else None
        found = search.list_batches(
            tx, scope, text=text, product_id=product_id, before=before, limit=_PAGE + 1
        )
    rows = tuple(
        BatchRow(
            batch=each.batch,
            href=path_of(each.batch.id),
            product=each.product.name.pick(language),
        )
        for each in found[:_PAGE]
    )
    page = BatchList(
        rows=rows,
        text=text,
        product=product,
        product_name=product.name.pick(language) if product else "",
        next=request.here(before=str(rows[-1].batch.id)) if len(found) > _PAGE else None,
        first=request.here(before=None) if before else None,
        new=f"{LIST_PATH}/new" + (f"?product={product.id}" if product else ""),
        may_write=request.may(Permission.BATCH_WRITE),
        may_import=request.may(Permission.PRODUCT_WRITE),
    )
    return request.page("console/batches.html", page)


def path_of(batch_id: UUID) -> str:
    """Return the address of a batch's page."""
    return f"{LIST_PATH}/{batch_id}"


def show_page(request: ConsoleRequest) -> Response:
    """Show one batch, its origin and papers, and the codes ordered for it."""
    scope = request.act.scope
    with request.read() as tx:
        batch = catalog.get_batch(tx, scope, request.uuid("batch_id"))
        product = catalog.get_product(tx, scope, batch.product_id)
        papers = list_views(tx, scope, batch.paper_file_ids)
        runs = issuing.list_runs(tx, scope, batch_id=batch.id, after=None, limit=_RUNS_SHOWN)
    page = BatchPage(
        batch=batch,
        product=product,
        product_name=product.name.pick(request.translator.language),
        product_href=f"/console/products/{product.id}",
        papers=papers,
        runs=tuple(
            RunLine(
                id=each.id,
                quantity=each.quantity,
                href=f"/console/runs/{each.id}",
                created=request.instant(each.created_at),
            )
            for each in runs
        ),
        may_write=request.may(Permission.BATCH_WRITE),
        may_look=request.may(Permission.READING_READ),
        may_order=request.may(Permission.RUN_WRITE),
        may_recall=request.may(Permission.RECALL_WRITE),
    )
    return request.page("console/batch.html", page)


def new_page(request: ConsoleRequest) -> Response:
    """Show the empty form; `?product=` chooses the product beforehand."""
    product_id = request.cursor("product")
    values = BatchValues(product_id=str(product_id) if product_id else "")
    return request.page(_TEMPLATE, _build_form(request, None, values))


def create(request: ConsoleRequest) -> Response:
    """Register a batch; whatever is wrong, what was typed and uploaded stays."""
    values, uploads = _read_values(request, None)
    if request.form.has("more"):
        return _show_more(request, None, values, uploads)
    try:
        draft = _to_draft(values)
        uploads.settle()
        with request.write() as tx:
            batch = catalog.create_batch(tx, request.act, draft)
    except DomainError as error:
        form = _build_form(request, None, values, uploads.join(request.form_errors(error)))
        return request.refill(_TEMPLATE, form, error)
    return request.redirect(path_of(batch.id), "console-batch-created", lot=batch.lot)


def edit_page(request: ConsoleRequest) -> Response:
    """Show the form of an existing batch."""
    with request.read() as tx:
        batch = catalog.get_batch(tx, request.act.scope, request.uuid("batch_id"))
    return request.page(_TEMPLATE, _build_form(request, batch, _values_of(batch)))


def update(request: ConsoleRequest) -> Response:
    """Change a batch, unless somebody else did so since the form was opened."""
    with request.read() as tx:
        batch = catalog.get_batch(tx, request.act.scope, request.uuid("batch_id"))
    values, uploads = _read_values(request, batch)
    if request.form.has("more"):
        return _show_more(request, batch, values, uploads)
    try:
        draft = _to_update(values)
        uploads.settle()
        with request.write() as tx:
            catalog.update_batch(tx, request.act, batch.id, draft)
    except ConflictError as error:
        if error.code != "edited_meanwhile":
            raise
        return _show_conflict(request, batch.id, values, error)
    except DomainError as error:
        form = _build_form(request, batch, values, uploads.join(request.form_errors(error)))
        return request.refill(_TEMPLATE, form, error)
    return request.redirect(path_of(batch.id), "console-batch-saved")


def _show_more(
    request: ConsoleRequest, batch: Batch | None, values: BatchValues, uploads: Uploads
) -> Response:
    """Show the form again with more blank rows, for readers without script; nothing is saved."""
    form = _build_form(request, batch, values, uploads.join(NO_ERRORS))
    rows = (*values.materials, *[_NO_MATERIAL] * _MORE_ROWS)
    return request.page(_TEMPLATE, replace(form, rows=rows))


def _show_conflict(
    request: ConsoleRequest, batch_id: UUID, values: BatchValues, error: ConflictError
) -> Response:
    """Show both versions; saving once more, knowing the other one, replaces it."""
    with request.read() as tx:
        stored = catalog.get_batch(tx, request.act.scope, batch_id)
    form = _build_form(request, stored, replace(values, version=stored.version))
    form = replace(
        form,
        differences=compare(_word(request, values), _word(request, _values_of(stored))),
        changed_at=request.instant(stored.updated_at or stored.created_at),
    )
    return request.refill(_TEMPLATE, form, error)


def _word(request: ConsoleRequest, values: BatchValues) -> Mapping[str, str]:
    """Return what is in each field, by its label, for comparison."""
    text = request.translator.text
    return {
        text("field-produced"): values.produced_on,
        text("field-expires"): values.expires_on,
        text("console-batch-place-zh"): values.place_zh,
        text("console-batch-place-en"): values.place_en,
        text("field-line"): values.line,
        text("console-batch-materials"): "\n".join(
            " · ".join(part for part in row.values() if part) for row in values.materials
        ),
        text("console-batch-papers"): name_files(request, values.paper_ids),
    }


_NO_MATERIAL: Final[Mapping[str, str]] = dict.fromkeys(_MATERIAL_COLUMNS, "")


def _build_form(
    request: ConsoleRequest,
    batch: Batch | None,
    values: BatchValues,
    errors: FormErrors = NO_ERRORS,
) -> BatchForm:
    text, language = request.translator.text, request.translator.language
    scope = request.act.scope
    products: list[Product] = []
    with request.read() as tx:
        papers = list_views(tx, scope, values.paper_ids)
        if batch is None:
            products = search.list_products(tx, scope, limit=_PRODUCTS_OFFERED)
            name = ""
        else:
            name = catalog.get_product(tx, scope, batch.product_id).name.pick(language)
    return BatchForm(
        batch=batch,
        product_name=name,
        products=tuple((str(each.id), _word_product(each, language)) for each in products),
        action=f"{path_of(batch.id)}/edit" if batch else f"{LIST_PATH}/new",
        cancel=path_of(batch.id) if batch else LIST_PATH,
        values=values,
        rows=(*values.materials, *[_NO_MATERIAL] * _BLANK_ROWS),
        papers=papers,
        errors=errors,
        labels={name: text(message) for name, message in _LABELS.items()},
    )


def _word_product(product: Product, language: str) -> str:
    return f"{product.name.pick(language)} · {product.gtin or product.internal_number}"


def _read_values(request: ConsoleRequest, batch: Batch | None) -> tuple[BatchValues, Uploads]:
    """Return what was typed, with new uploads kept, and what was wrong with the uploads."""
    form = request.form
    uploads = keep_uploads(request, {"papers": PAPERS_ACCEPTED})
    values = BatchValues(
        product_id=form.text("product_id").strip(),
        lot=form.text("lot").strip(),
        produced_on=form.text("produced_on").strip(),
        expires_on=form.text("expires_on").strip(),
        place_zh=form.text("origin.place.zh").strip(),
        place_en=form.text("origin.place.en").strip(),
        line=form.text("origin.line").strip(),
        materials=form.rows("origin.materials", _MATERIAL_COLUMNS),
        paper_ids=(*read_ids(form, "papers"), *uploads.ids["papers"]),
        version=read_version(form) or (batch.version if batch else 1),
    )
    return values, uploads


def _to_draft(values: BatchValues) -> BatchDraft:
    """Return what the service checks; refuse what is no day or product, all of it at once."""
    errors: list[DomainError] = []
    try:
        product_id = UUID(values.product_id)
    except ValueError:
        errors.append(InvalidError("product_missing", field="product_id"))
        product_id = UUID(int=0)
    produced_on, expires_on = _read_days(values, errors)
    _settle(errors)
    return BatchDraft(
        product_id=product_id,
        lot=values.lot,
        produced_on=produced_on,
        expires_on=expires_on,
        origin=_origin(values),
        paper_file_ids=values.paper_ids,
    )


def _to_update(values: BatchValues) -> BatchUpdate:
    errors: list[DomainError] = []
    produced_on, expires_on = _read_days(values, errors)
    _settle(errors)
    return BatchUpdate(
        version=values.version,
        produced_on=produced_on,
        expires_on=expires_on,
        origin=_origin(values),
        paper_file_ids=values.paper_ids,
    )


def _settle(errors: list[DomainError]) -> None:
    if errors:
        raise SeveralError(errors)


def _read_days(values: BatchValues, errors: list[DomainError]) -> tuple[date | None, date | None]:
    days: list[date | None] = []
    for name, text in (("produced_on", values.produced_on), ("expires_on", values.expires_on)):
        try:
            days.append(date.fromisoformat(text[:20]) if text else None)
        except ValueError:
            errors.append(InvalidError("date_malformed", field=name))
            days.append(None)
    return days[0], days[1]


def _origin(values: BatchValues) -> Origin:
    has_place = values.place_zh or values.place_en
    place = LocalText(zh=values.place_zh or None, en=values.place_en or None)
    return Origin(
        place=place if has_place else None,
        line=values.line or None,
        materials=tuple(
            Material(name=row["name"], supplier=row["supplier"] or None, lot=row["lot"] or None)
            for row in values.materials
        ),
    )


def _values_of(batch: Batch) -> BatchValues:
    place = batch.origin.place or LocalText(zh=None, en=None)
    return BatchValues(
        product_id=str(batch.product_id),
        lot=batch.lot,
        produced_on=batch.produced_on.isoformat() if batch.produced_on else "",
        expires_on=batch.expires_on.isoformat() if batch.expires_on else "",
        place_zh=place.zh or "",
        place_en=place.en or "",
        line=batch.origin.line or "",
        materials=tuple(
            {"name": each.name, "supplier": each.supplier or "", "lot": each.lot or ""}
            for each in batch.origin.materials
        ),
        paper_ids=batch.paper_file_ids,
        version=batch.version,
    )
