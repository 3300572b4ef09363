# SPDX-License-Identifier: Apache-2.0
"""What is registered across all enterprises, for authorities: search, products, enterprises.

Each product or enterprise that is opened is taken down before it is shown.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.charts import Map, build_map
from trueorigin.console.files import FileView
from trueorigin.console.findings import FindingLine, word_findings
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.insight import UNITS_PATH, find_map_href, word_place
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import Batch, Product
from trueorigin.domain.errors import InvalidError, NotFoundError
from trueorigin.domain.provinces import PROVINCES
from trueorigin.domain.remits import Remit
from trueorigin.domain.tenancy import Organisation, Permission
from trueorigin.domain.units import Recall
from trueorigin.services import files, inspecting, looks, registry, remits, search
from trueorigin.services.insight import Sums
from trueorigin.services.registry import PAGE, PERIOD_DAYS, TEXT_LENGTH_MAX, Found, Query
from trueorigin.storage.database import Tx
from trueorigin.storage.files import find_files_of
from trueorigin.web.files import build_file_response

PATH: Final = "/console/registry"
_PRODUCTS, _ENTERPRISES = "products", "enterprises"
# Findings on one page of a product or enterprise; all are in the list of findings.
_FINDINGS_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RemitPart:
    """What the authority answers for, in words."""

    regions: tuple[str, ...] = field(metadata={"help": "Its regions; none: the whole country."})
    categories: tuple[str, ...] = field(metadata={"help": "Its categories; none: all goods."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryHit:
    """A product or enterprise that was found."""

    href: str = field(metadata={"help": "Its page."})
    title: str = field(metadata={"help": "What it is called."})
    number: str = field(metadata={"help": "GTIN, internal number or credit code."})
    note: str = field(metadata={"help": "What tells it from others of that name."})
    is_verified: bool = field(metadata={"help": "Whether the operator has checked whose it is."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPage:
    """The search, and what it found."""

    query: Query = field(metadata={"help": "What was looked for."})
    kind: str = field(metadata={"help": "products or enterprises."})
    remit: RemitPart = field(metadata={"help": "What the authority answers for."})
    regions: tuple[tuple[str, str], ...] = field(metadata={"help": "Regions to choose from."})
    hits: tuple[RegistryHit, ...] = field(metadata={"help": "Newest first."})
    is_asked: bool = field(metadata={"help": "Whether anything was looked for."})
    is_cut: bool = field(metadata={"help": "Whether more match than were looked through."})
    code: str | None = field(metadata={"help": "Page of the unit, if the text may be a code."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest."})
    errors: FormErrors = field(default=NO_ERRORS, metadata={"help": "What was wrong."})
    length_max: int = field(default=search.TEXT_LENGTH_MAX, metadata={"help": "Characters."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """A batch as it is registered."""

    batch: Batch = field(metadata={"help": "The batch."})
    place: str = field(metadata={"help": "Where it was made."})
    recalls: tuple[str, ...] = field(metadata={"help": "Recalls in force, in words."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLine:
    """How many suspicious readings in a province."""

    region: str = field(metadata={"help": "Which."})
    readings: int = field(metadata={"help": "How many."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredProductPage:
    """A product as it is registered, and what is known of it to authorities."""

    product: Product = field(metadata={"help": "The product."})
    name: str = field(metadata={"help": "Its name."})
    description: str = field(metadata={"help": "What is said of it."})
    features: tuple[tuple[str, str], ...] = field(metadata={"help": "Name and value of each."})
    enterprise: str = field(metadata={"help": "Whose it is."})
    enterprise_href: str = field(metadata={"help": "Page of the enterprise."})
    is_verified: bool = field(metadata={"help": "Whether the operator has checked whose it is."})
    registered: str = field(metadata={"help": "Since when."})
    pictures: tuple[FileView, ...] = field(metadata={"help": "How it looks."})
    papers: tuple[FileView, ...] = field(metadata={"help": "Its certificates."})
    batches: tuple[BatchLine, ...] = field(metadata={"help": "Newest first."})
    regions: tuple[RegionLine, ...] = field(metadata={"help": "Suspicious readings."})
    elsewhere: int = field(metadata={"help": "The same outside the remit, or without a place."})
    map: Map | None = field(metadata={"help": "Where in the remit."})
    places: tuple[tuple[str, int], ...] = field(metadata={"help": "The map in words."})
    days: int = field(metadata={"help": "In how many days."})
    findings: tuple[FindingLine, ...] = field(metadata={"help": "Of all authorities."})
    follow: str = field(metadata={"help": "The authority's own findings on it."})
    may_find: bool = field(metadata={"help": "Whether the reader may record findings."})
    next: str | None = field(metadata={"help": "Address of older batches."})
    first: str | None = field(metadata={"help": "Address of the newest."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredEnterprisePage:
    """An enterprise as it is registered, and its products."""

    enterprise: Organisation = field(metadata={"help": "The enterprise."})
    seat: str | None = field(metadata={"help": "Where it is registered, by its credit code."})
    registered: str = field(metadata={"help": "Since when it is here."})
    products: tuple[RegistryHit, ...] = field(metadata={"help": "Newest first."})
    follow: str = field(metadata={"help": "The authority's own findings on its goods."})
    next: str | None = field(metadata={"help": "Address of older products."})
    first: str | None = field(metadata={"help": "Address of the newest."})


def show_page(request: ConsoleRequest) -> Response:
    """Search; a code that nothing else is called by goes straight to its unit."""
    text = search.clean_text(request.query.get("text", ""))[: search.TEXT_LENGTH_MAX]
    kind = request.choice("kind", (_PRODUCTS, _ENTERPRISES), _PRODUCTS)
    query = Query(text=text, category=_read(request, "category"), region=_read(request, "region"))
    code = None
    if request.may(Permission.EVENT_READ) and search.is_code(text, request.context.hosts):
        code = f"{UNITS_PATH}?{urlencode({'code': text})}"
    errors, found = NO_ERRORS, Found()
    with request.read() as tx:
        remit = remits.find_remit(tx, request.act.scope)
        if len(text) <= TEXT_LENGTH_MAX:
            try:
                found = _find(request, tx, query, kind)
            except InvalidError as error:
                errors = request.form_errors(error)
    hits = _word_found(request, found)
    if code is not None and not hits:
        return request.redirect(code)
    rows = found.products or found.enterprises
    before = request.cursor("before")
    page = RegistryPage(
        query=query,
        kind=kind,
        remit=word_remit(remit),
        regions=list_regions(request, remit),
        hits=hits,
        is_asked=query != Query() and not errors,
        is_cut=found.is_cut,
        code=code,
        next=request.here(before=str(_id_of(rows[-1]))) if found.is_more else None,
        first=request.here(before=None) if before else None,
        errors=errors,
    )
    return request.page("console/registry.html", page, status=422 if errors else 200)


def _read(request: ConsoleRequest, name: str) -> str:
    return search.clean_text(request.query.get(name, ""))[:TEXT_LENGTH_MAX]


def _find(request: ConsoleRequest, tx: Tx, query: Query, kind: str) -> Found:
    find = registry.find_products if kind == _PRODUCTS else registry.find_enterprises
    return find(tx, request.act, query, before=request.cursor("before"), limit=PAGE)


def _id_of(row: registry.ProductHit | Organisation) -> UUID:
    return row.product.id if isinstance(row, registry.ProductHit) else row.id


def word_remit(remit: Remit) -> RemitPart:
    """Put what an authority answers for into words."""
    return RemitPart(
        regions=tuple(each.title for each in remit.regions), categories=remit.categories
    )


def list_regions(request: ConsoleRequest, remit: Remit) -> tuple[tuple[str, str], ...]:
    """Return the regions one may choose: first all, then one's own, then every province."""
    language = request.translator.language
    found = {each.code: each.name.pick(language) for each in remit.regions}
    found |= {each.code: each.name.pick(language) for each in PROVINCES if each.code not in found}
    return (("", request.translator.text("console-registry-anywhere")), *found.items())


def _word_found(request: ConsoleRequest, found: Found) -> tuple[RegistryHit, ...]:
    return (
        *(_word_product(request, each.product, each.enterprise) for each in found.products),
        *(_word_enterprise(each) for each in found.enterprises),
    )


def _word_product(
    request: ConsoleRequest, product: Product, owner: Organisation, *, with_owner: bool = True
) -> RegistryHit:
    notes = (owner.name if with_owner else None, product.category, product.specification)
    return RegistryHit(
        href=f"{PATH}/products/{product.id}",
        title=product.name.pick(request.translator.language),
        number=product.gtin or product.internal_number or "",
        note=" · ".join(each for each in notes if each),
        is_verified=owner.verified_at is not None,
    )


def _word_enterprise(row: Organisation) -> RegistryHit:
    return RegistryHit(
        href=f"{PATH}/enterprises/{row.id}",
        title=row.name,
        number=row.uscc or "",
        note=row.legal_name or "",
        is_verified=row.verified_at is not None,
    )


def show_product(request: ConsoleRequest) -> Response:
    """Show a product as it is registered; that is a look."""
    act, before = request.act, request.cursor("before")
    with request.read() as tx:
        sheet = registry.get_product(tx, act, request.uuid("product_id"), before=before)
        product = sheet.product
        pictures = _list_files(tx, product, product.picture_file_ids, 0)
        papers = _list_files(
            tx, product, product.certificate_file_ids, len(product.picture_file_ids)
        )
        found = inspecting.list_on_product(tx, product.id, limit=_FINDINGS_MAX)
        findings = word_findings(request, tx, found, is_authority_named=True)
    with request.write() as tx:
        looks.record_product_look(tx, act, product, sheet.enterprise)
    language, doubts = request.translator, sheet.suspicions
    counted = {place: Sums(readings=n, suspicious=n) for place, n in doubts.places.items()}
    page = RegisteredProductPage(
        product=product,
        name=product.name.pick(language.language),
        description=""
        if product.description is None
        else product.description.pick(language.language),
        features=tuple(
            (each.name.pick(language.language), each.value.pick(language.language))
            for each in product.features
        ),
        enterprise=sheet.enterprise.name,
        enterprise_href=f"{PATH}/enterprises/{sheet.enterprise.id}",
        is_verified=sheet.enterprise.verified_at is not None,
        registered=request.instant(product.created_at),
        pictures=pictures,
        papers=papers,
        batches=tuple(
            BatchLine(
                batch=each,
                place=""
                if each.origin.place is None
                else each.origin.place.pick(language.language),
                recalls=_word_recalls(request, sheet.recalls.get(each.id, ())),
            )
            for each in sheet.batches
        ),
        regions=tuple(
            RegionLine(region=region.name.pick(language.language), readings=count)
            for region, count in doubts.by_region
        ),
        elsewhere=doubts.elsewhere,
        map=build_map(counted, find_map_href(request)),
        places=tuple((word_place(place, language) or "", n) for place, n in doubts.places.items()),
        days=PERIOD_DAYS,
        findings=findings,
        follow=f"/console/findings?{urlencode({'product': product.id})}",
        may_find=request.may(Permission.INSPECTION_WRITE),
        next=request.here(before=str(sheet.batches[-1].id)) if sheet.is_more else None,
        first=request.here(before=None) if before else None,
    )
    return request.page("console/registry_product.html", page)


def _word_recalls(request: ConsoleRequest, recalls: Collection[Recall]) -> tuple[str, ...]:
    text, language = request.translator.text, request.translator.language
    return tuple(
        text(
            "console-registry-recall" if each.run_id is None else "console-registry-recall-part",
            since=request.instant(each.effective_at),
            reason=each.reason.pick(language),
        )
        for each in recalls
    )


def _list_files(
    tx: Tx, product: Product, ids: Collection[UUID], offset: int
) -> tuple[FileView, ...]:
    """Return files of a product under numbers of its own; `offset` is that of the first."""
    found = find_files_of(tx, product.organisation_id, ids)
    return tuple(
        FileView(
            id=found[key].id,
            href=f"{PATH}/products/{product.id}/files/{offset + number}",
            name=found[key].name,
            kib=-(-found[key].bytes // 1024),
            is_picture=found[key].is_image,
        )
        for number, key in enumerate(ids)
        if key in found
    )


def show_file(request: ConsoleRequest) -> Response:
    """Hand out a picture or certificate of a product within the remit."""
    number = request.path_params["number"]
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else -1  # noqa: PLR2004
    with request.read() as tx:
        product = registry.get_product(tx, request.act, request.uuid("product_id"), limit=1).product
        ids = (*product.picture_file_ids, *product.certificate_file_ids)
        found = find_files_of(tx, product.organisation_id, ids)
        file = found.get(ids[place]) if 0 <= place < len(ids) else None
    if file is None:
        raise NotFoundError("file_not_found")
    content = files.open_content(request.context.files, file)
    return build_file_response(
        file, content, is_public=False, if_none_match=request.headers.get("if-none-match")
    )


def show_enterprise(request: ConsoleRequest) -> Response:
    """Show an enterprise as it is registered, with its products; that is a look."""
    act, before = request.act, request.cursor("before")
    with request.read() as tx:
        sheet = registry.get_enterprise(tx, act, request.uuid("organisation_id"), before=before)
    with request.write() as tx:
        looks.record_enterprise_look(tx, act, sheet.enterprise)
    row = sheet.enterprise
    seat = None
    if sheet.seat is not None:
        seat = f"{sheet.seat.name.pick(request.translator.language)} · {sheet.division}"
    page = RegisteredEnterprisePage(
        enterprise=row,
        seat=seat,
        registered=request.instant(row.created_at),
        products=tuple(
            _word_product(request, each, row, with_owner=False) for each in sheet.products
        ),
        follow=f"/console/findings?{urlencode({'enterprise': row.id})}",
        next=request.here(before=str(sheet.products[-1].id)) if sheet.is_more else None,
        first=request.here(before=None) if before else None,
    )
    return request.page("console/registry_enterprise.html", page)
