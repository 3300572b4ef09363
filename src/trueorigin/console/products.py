# SPDX-License-Identifier: Apache-2.0
"""Products in the console: the list, one of them, registering and changing.

Two people may change one product at the same time: whoever saves second sees both versions and
decides; neither's words are lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.conflicts import Difference, compare, read_version
from trueorigin.console.files import (
    PAPERS_ACCEPTED,
    PICTURES_ACCEPTED,
    FileView,
    Uploads,
    keep_uploads,
    list_views,
    name_files,
    path_of_file,
    read_ids,
)
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import Batch, Feature, LocalText, Product
from trueorigin.domain.errors import ConflictError, DomainError
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.texts import DESCRIPTION_LENGTH_MAX, LINE_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.services import catalog, search
from trueorigin.services.catalog import ProductDraft, ProductUpdate

LIST_PATH: Final = "/console/products"
_TEMPLATE: Final = "console/product_form.html"
_PAGE: Final = 50
_BATCHES_SHOWN: Final = 10
# Blank rows below the filled ones, for readers without script.
_BLANK_ROWS: Final = 2
_MORE_ROWS: Final = 5
_FEATURE_COLUMNS: Final = ("name_zh", "name_en", "value_zh", "value_en")
# Where a sentence about a field can be shown, and under which label.
_LABELS: Final[Mapping[str, str]] = {
    "gtin": "console-product-gtin",
    "internal_number": "console-product-internal-number",
    "name": "console-product-name",
    "name.zh": "console-product-name-zh",
    "name.en": "console-product-name-en",
    "description.zh": "console-product-description-zh",
    "description.en": "console-product-description-en",
    "category": "field-category",
    "specification": "field-specification",
    "pictures": "console-product-pictures",
    "certificates": "console-product-certificates",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product in the list."""

    product: Product = field(metadata={"help": "The product itself."})
    href: str = field(metadata={"help": "Its page."})
    name: str = field(metadata={"help": "Its name in the reader's language, if it has one."})
    other_name: str | None = field(metadata={"help": "Its name in the other language."})
    picture: str | None = field(metadata={"help": "Address of its first picture."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductList:
    """The list of products, newest first."""

    rows: tuple[ProductRow, ...] = field(metadata={"help": "One page of them."})
    text: str = field(metadata={"help": "What the list is narrowed to."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest, unless they are shown."})
    may_write: bool = field(metadata={"help": "Whether the reader may register one."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """A batch on the page of its product."""

    batch: Batch = field(metadata={"help": "The batch itself."})
    href: str = field(metadata={"help": "Its page."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    """One product."""

    product: Product = field(metadata={"help": "The product itself."})
    name: str = field(metadata={"help": "Its name in the reader's language, if it has one."})
    pictures: tuple[FileView, ...] = field(metadata={"help": "In their order."})
    certificates: tuple[FileView, ...] = field(metadata={"help": "In their order."})
    batches: tuple[BatchLine, ...] = field(metadata={"help": "The newest of its batches."})
    has_more_batches: bool = field(metadata={"help": "Whether there are others."})
    may_write: bool = field(metadata={"help": "Whether the reader may change it."})
    may_look: bool = field(metadata={"help": "Whether the reader may see readings."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductValues:
    """What is in the fields of the form, as typed."""

    gtin: str = ""
    internal_number: str = ""
    name_zh: str = ""
    name_en: str = ""
    description_zh: str = ""
    description_en: str = ""
    category: str = ""
    specification: str = ""
    features: tuple[Mapping[str, str], ...] = ()
    picture_ids: tuple[UUID, ...] = ()
    certificate_ids: tuple[UUID, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductForm:
    """The form of a new or existing product."""

    product: Product | None = field(metadata={"help": "The stored product; None for a new one."})
    action: str = field(metadata={"help": "Where the form goes."})
    cancel: str = field(metadata={"help": "Where giving up leads."})
    values: ProductValues = field(metadata={"help": "What is in the fields."})
    rows: tuple[Mapping[str, str], ...] = field(metadata={"help": "Features, then blank rows."})
    pictures: tuple[FileView, ...] = field(metadata={"help": "Kept already."})
    certificates: tuple[FileView, ...] = field(metadata={"help": "Kept already."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    differences: tuple[Difference, ...] = field(default=(), metadata={"help": "After a conflict."})
    changed_at: str | None = field(
        default=None, metadata={"help": "When somebody else changed it."}
    )
    name_length_max: int = field(default=NAME_LENGTH_MAX, metadata={"help": "Characters."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})
    text_length_max: int = field(default=DESCRIPTION_LENGTH_MAX, metadata={"help": "Characters."})
    pictures_accepted: str = field(default=PICTURES_ACCEPTED, metadata={"help": "Types."})
    papers_accepted: str = field(default=PAPERS_ACCEPTED, metadata={"help": "Types."})


def list_page(request: ConsoleRequest) -> Response:
    """List products, newest first."""
    text = request.query.get("q", "").strip()[:LINE_LENGTH_MAX]
    before = request.cursor("before")
    with request.read() as tx:
        found = search.list_products(
            tx, request.act.scope, text=text, before=before, limit=_PAGE + 1
        )
    rows = tuple(_build_row(each, request.translator.language) for each in found[:_PAGE])
    page = ProductList(
        rows=rows,
        text=text,
        next=request.here(before=str(rows[-1].product.id)) if len(found) > _PAGE else None,
        first=request.here(before=None) if before else None,
        may_write=request.may(Permission.PRODUCT_WRITE),
    )
    return request.page("console/products.html", page)


def _build_row(product: Product, language: str) -> ProductRow:
    name = product.name.pick(language)
    other = product.name.zh if name == product.name.en else product.name.en
    pictures = product.picture_file_ids
    return ProductRow(
        product=product,
        href=path_of(product.id),
        name=name,
        other_name=other if other != name else None,
        picture=path_of_file(pictures[0]) if pictures else None,
    )


def path_of(product_id: UUID) -> str:
    """Return the address of a product's page."""
    return f"{LIST_PATH}/{product_id}"


def show_page(request: ConsoleRequest) -> Response:
    """Show one product and its newest batches."""
    scope = request.act.scope
    with request.read() as tx:
        product = catalog.get_product(tx, scope, request.uuid("product_id"))
        batches = search.list_batches(tx, scope, product_id=product.id, limit=_BATCHES_SHOWN + 1)
        pictures = list_views(tx, scope, product.picture_file_ids)
        certificates = list_views(tx, scope, product.certificate_file_ids)
    page = ProductPage(
        product=product,
        name=product.name.pick(request.translator.language),
        pictures=pictures,
        certificates=certificates,
        batches=tuple(
            BatchLine(batch=each.batch, href=f"/console/batches/{each.batch.id}")
            for each in batches[:_BATCHES_SHOWN]
        ),
        has_more_batches=len(batches) > _BATCHES_SHOWN,
        may_look=request.may(Permission.READING_READ),
        may_write=request.may(Permission.PRODUCT_WRITE),
    )
    return request.page("console/product.html", page)


def new_page(request: ConsoleRequest) -> Response:
    """Show the empty form."""
    return request.page(_TEMPLATE, _build_form(request, None, ProductValues()))


def create(request: ConsoleRequest) -> Response:
    """Register a product; whatever is wrong, what was typed and uploaded stays."""
    values, uploads = _read_values(request, None)
    if request.form.has("more"):
        return _show_more(request, None, values, uploads)
    try:
        uploads.settle()
        with request.write() as tx:
            product = catalog.create_product(tx, request.act, _to_draft(values))
    except DomainError as error:
        form = _build_form(request, None, values, uploads.join(request.form_errors(error)))
        return request.refill(_TEMPLATE, form, error)
    name = product.name.pick(request.translator.language)
    return request.redirect(path_of(product.id), "console-product-created", name=name)


def edit_page(request: ConsoleRequest) -> Response:
    """Show the form of an existing product."""
    with request.read() as tx:
        product = catalog.get_product(tx, request.act.scope, request.uuid("product_id"))
    return request.page(_TEMPLATE, _build_form(request, product, _values_of(product)))


def update(request: ConsoleRequest) -> Response:
    """Change a product, unless somebody else did so since the form was opened."""
    with request.read() as tx:
        product = catalog.get_product(tx, request.act.scope, request.uuid("product_id"))
    values, uploads = _read_values(request, product)
    if request.form.has("more"):
        return _show_more(request, product, values, uploads)
    try:
        uploads.settle()
        with request.write() as tx:
            catalog.update_product(tx, request.act, product.id, _to_update(values))
    except ConflictError as error:
        if error.code != "edited_meanwhile":
            raise
        return _show_conflict(request, product.id, values, error)
    except DomainError as error:
        form = _build_form(request, product, values, uploads.join(request.form_errors(error)))
        return request.refill(_TEMPLATE, form, error)
    return request.redirect(path_of(product.id), "console-product-saved")


def _show_more(
    request: ConsoleRequest, product: Product | None, values: ProductValues, uploads: Uploads
) -> Response:
    """Show the form again with more blank rows, for readers without script; nothing is saved."""
    form = _build_form(request, product, values, uploads.join(NO_ERRORS))
    rows = (*values.features, *[_NO_FEATURE] * _MORE_ROWS)
    return request.page(_TEMPLATE, replace(form, rows=rows))


def _show_conflict(
    request: ConsoleRequest, product_id: UUID, values: ProductValues, error: ConflictError
) -> Response:
    """Show both versions; saving once more, knowing the other one, replaces it."""
    with request.read() as tx:
        stored = catalog.get_product(tx, request.act.scope, product_id)
    form = _build_form(request, stored, replace(values, version=stored.version))
    form = replace(
        form,
        differences=compare(_word(request, values), _word(request, _values_of(stored))),
        changed_at=request.instant(stored.updated_at or stored.created_at),
    )
    return request.refill(_TEMPLATE, form, error)


def _word(request: ConsoleRequest, values: ProductValues) -> Mapping[str, str]:
    """Return what is in each field, by its label, for comparison."""
    text = request.translator.text
    return {
        text("console-product-name-zh"): values.name_zh,
        text("console-product-name-en"): values.name_en,
        text("console-product-description-zh"): values.description_zh,
        text("console-product-description-en"): values.description_en,
        text("field-category"): values.category,
        text("field-specification"): values.specification,
        text("console-product-features"): "\n".join(
            " · ".join(part for part in row.values() if part) for row in values.features
        ),
        text("console-product-pictures"): name_files(request, values.picture_ids),
        text("console-product-certificates"): name_files(request, values.certificate_ids),
    }


_NO_FEATURE: Final[Mapping[str, str]] = dict.fromkeys(_FEATURE_COLUMNS, "")


def _build_form(
    request: ConsoleRequest,
    product: Product | None,
    values: ProductValues,
    errors: FormErrors = NO_ERRORS,
) -> ProductForm:
    text = request.translator.text
    labels = {name: text(message) for name, message in _LABELS.items()}
    with request.read() as tx:
        pictures = list_views(tx, request.act.scope, values.picture_ids)
        certificates = list_views(tx, request.act.scope, values.certificate_ids)
    return ProductForm(
        product=product,
        action=f"{path_of(product.id)}/edit" if product else f"{LIST_PATH}/new",
        cancel=path_of(product.id) if product else LIST_PATH,
        values=values,
        rows=(*values.features, *[_NO_FEATURE] * _BLANK_ROWS),
        pictures=pictures,
        certificates=certificates,
        errors=errors,
        labels=labels,
    )


def _read_values(request: ConsoleRequest, product: Product | None) -> tuple[ProductValues, Uploads]:
    """Return what was typed, with new uploads kept, and what was wrong with the uploads."""
    form = request.form
    uploads = keep_uploads(
        request, {"pictures": PICTURES_ACCEPTED, "certificates": PAPERS_ACCEPTED}
    )
    values = ProductValues(
        gtin=form.text("gtin").strip(),
        internal_number=form.text("internal_number").strip(),
        name_zh=form.text("name.zh").strip(),
        name_en=form.text("name.en").strip(),
        description_zh=form.text("description.zh").strip(),
        description_en=form.text("description.en").strip(),
        category=form.text("category").strip(),
        specification=form.text("specification").strip(),
        features=form.rows("features", _FEATURE_COLUMNS),
        picture_ids=(*read_ids(form, "pictures"), *uploads.ids["pictures"]),
        certificate_ids=(*read_ids(form, "certificates"), *uploads.ids["certificates"]),
        version=read_version(form) or (product.version if product else 1),
    )
    return values, uploads


def _local(zh: str, en: str) -> LocalText | None:
    return LocalText(zh=zh or None, en=en or None) if zh or en else None


def _features(values: ProductValues) -> tuple[Feature, ...]:
    return tuple(
        Feature(
            name=LocalText(zh=row["name_zh"] or None, en=row["name_en"] or None),
            value=LocalText(zh=row["value_zh"] or None, en=row["value_en"] or None),
        )
        for row in values.features
    )


def _to_draft(values: ProductValues) -> ProductDraft:
    return ProductDraft(
        name=_local(values.name_zh, values.name_en) or LocalText(zh=None, en=None),
        gtin=values.gtin or None,
        internal_number=values.internal_number or None,
        description=_local(values.description_zh, values.description_en),
        category=values.category or None,
        specification=values.specification or None,
        features=_features(values),
        picture_file_ids=values.picture_ids,
        certificate_file_ids=values.certificate_ids,
    )


def _to_update(values: ProductValues) -> ProductUpdate:
    return ProductUpdate(
        version=values.version,
        name=_local(values.name_zh, values.name_en) or LocalText(zh=None, en=None),
        description=_local(values.description_zh, values.description_en),
        category=values.category or None,
        specification=values.specification or None,
        features=_features(values),
        picture_file_ids=values.picture_ids,
        certificate_file_ids=values.certificate_ids,
    )


def _values_of(product: Product) -> ProductValues:
    description = product.description or LocalText(zh=None, en=None)
    return ProductValues(
        gtin=product.gtin or "",
        internal_number=product.internal_number or "",
        name_zh=product.name.zh or "",
        name_en=product.name.en or "",
        description_zh=description.zh or "",
        description_en=description.en or "",
        category=product.category or "",
        specification=product.specification or "",
        features=tuple(
            {
                "name_zh": each.name.zh or "",
                "name_en": each.name.en or "",
                "value_zh": each.value.zh or "",
                "value_en": each.value.en or "",
            }
            for each in product.features
        ),
        picture_ids=product.picture_file_ids,
        certificate_ids=product.certificate_file_ids,
        version=product.version,
    )
