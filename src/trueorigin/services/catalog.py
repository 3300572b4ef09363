# SPDX-License-Identifier: Apache-2.0
"""Products and batches: check what a client wrote, all of it at once, then keep it.

Every refusal names its field. Nothing is stored unless everything is right.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from uuid import UUID

from trueorigin.domain.catalog import Batch, Feature, LocalText, Material, Origin, Product
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.files import IMAGE_TYPES, PAPER_TYPES
from trueorigin.domain.gs1 import check_charset82, normalise_gtin
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.domain.texts import (
    DESCRIPTION_LENGTH_MAX,
    LINE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    parse_local_text,
    parse_text,
)
from trueorigin.services.editing import append_change, require_version
from trueorigin.services.files import require_files
from trueorigin.services.findings import Findings
from trueorigin.storage import audit, catalog as stored
from trueorigin.storage.database import Tx

# A recipe longer than this is a document, not a list of raw materials.
MATERIALS_MAX = 100
# What a consumer's page can show without becoming a catalogue.
FEATURES_MAX = 50
PICTURES_MAX = 12
PAPERS_MAX = 20
# Goods of the last and next hundred years; beyond is a typing error.
YEAR_MIN, YEAR_MAX = 1900, 2200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """What a client says of a new product; exactly one of the two numbers is given."""

    name: LocalText
    gtin: str | None = None
    internal_number: str | None = None
    description: LocalText | None = None
    category: str | None = None
    specification: str | None = None
    features: tuple[Feature, ...] = ()
    picture_file_ids: tuple[UUID, ...] = ()
    certificate_file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDraft:
    """What a client says of a new batch."""

    product_id: UUID
    lot: str
    produced_on: date | None = None
    expires_on: date | None = None
    origin: Origin = field(default_factory=lambda: Origin(place=None, line=None, materials=()))
    paper_file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductUpdate:
    """What a product is to say from now on, all of it; `version` is the one that was seen."""

    version: int
    name: LocalText
    description: LocalText | None
    category: str | None
    specification: str | None
    features: tuple[Feature, ...]
    picture_file_ids: tuple[UUID, ...]
    certificate_file_ids: tuple[UUID, ...]

    @classmethod
    def of(cls, product: Product) -> "ProductUpdate":
        """Change nothing yet."""
        return cls(**{name: getattr(product, name) for name in _names(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchUpdate:
    """What a batch is to say from now on, all of it; `version` is the one that was seen."""

    version: int
    produced_on: date | None
    expires_on: date | None
    origin: Origin
    paper_file_ids: tuple[UUID, ...]

    @classmethod
    def of(cls, batch: Batch) -> "BatchUpdate":
        """Change nothing yet."""
        return cls(**{name: getattr(batch, name) for name in _names(cls)})


def _names(shape: type[ProductUpdate | BatchUpdate]) -> list[str]:
    return [each.name for each in fields(shape)]


def parse_product(draft: ProductDraft) -> ProductDraft:
    """Return `draft` in the form it is stored, or refuse it with every fault it has."""
    findings = Findings()
    gtin, number = draft.gtin, draft.internal_number
    if gtin is None and number is None:
        findings.add(InvalidError("product_number_missing", field="gtin"))
    if gtin is not None and number is not None:
        findings.add(InvalidError("product_number_twice", field="internal_number"))
    if gtin is not None:
        with findings.collecting():
            gtin = normalise_gtin(gtin, field="gtin")
    if number is not None:
        with findings.collecting():
            number = check_charset82(number, field="internal_number")
    with findings.collecting():
        name = parse_local_text(draft.name, field="name", length_max=NAME_LENGTH_MAX)
        draft = replace(draft, name=name)
    if draft.description is not None:
        with findings.collecting():
            description = parse_local_text(
                draft.description,
                field="description",
                length_max=DESCRIPTION_LENGTH_MAX,
                is_multiline=True,
            )
            draft = replace(draft, description=description)
    category = _parse_line(findings, draft.category, "category")
    specification = _parse_line(findings, draft.specification, "specification")
    features = _parse_features(findings, draft.features)
    for place, kept, most in (
        ("picture_file_ids", draft.picture_file_ids, PICTURES_MAX),
        ("certificate_file_ids", draft.certificate_file_ids, PAPERS_MAX),
    ):
        _limit(findings, place, len(kept), most)
    findings.settle()
    return replace(
        draft,
        gtin=gtin,
        internal_number=number,
        category=category,
        specification=specification,
        features=features,
    )


def parse_batch(draft: BatchDraft) -> BatchDraft:
    """Return `draft` in the form it is stored, or refuse it with every fault it has."""
    findings = Findings()
    with findings.collecting():
        check_charset82(draft.lot, field="lot")
    for name, day in (("produced_on", draft.produced_on), ("expires_on", draft.expires_on)):
        if day is not None and not YEAR_MIN <= day.year <= YEAR_MAX:
            findings.add(
                InvalidError("date_implausible", field=name, min=str(YEAR_MIN), max=str(YEAR_MAX))
            )
    produced_on, expires_on = draft.produced_on, draft.expires_on
    if produced_on is not None and expires_on is not None and expires_on < produced_on:
        findings.add(
            InvalidError(
                "expiry_before_production",
                field="expires_on",
                produced_on=produced_on.isoformat(),
                expires_on=expires_on.isoformat(),
            )
        )
    origin = _parse_origin(findings, draft.origin)
    _limit(findings, "paper_file_ids", len(draft.paper_file_ids), PAPERS_MAX)
    findings.settle()
    return replace(draft, origin=origin)


def _parse_line(findings: Findings, text: str | None, name: str) -> str | None:
    """Check one optional line of text."""
    if text is None:
        return None
    return findings.check(lambda: parse_text(text, field=name, length_max=LINE_LENGTH_MAX), text)


def _parse_features(findings: Findings, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Check what is said line by line, each under its own field name."""
    if len(features) > FEATURES_MAX:
        _limit(findings, "features", len(features), FEATURES_MAX)
        return features

    def parse(text: LocalText, name: str) -> LocalText:
        return findings.check(
            lambda: parse_local_text(text, field=name, length_max=LINE_LENGTH_MAX), text
        )

    return tuple(
        Feature(
            name=parse(each.name, f"features.{position}.name"),
            value=parse(each.value, f"features.{position}.value"),
        )
        for position, each in enumerate(features)
    )


def _limit(findings: Findings, name: str, count: int, most: int) -> None:
    if count > most:
        findings.add(InvalidError("too_many", field=name, max=most, count=count))


def _parse_origin(findings: Findings, origin: Origin) -> Origin:
    """Check place, line and materials, each under its own field name."""
    place = origin.place
    if place is not None:
        given = place
        place = findings.check(
            lambda: parse_local_text(given, field="origin.place", length_max=LINE_LENGTH_MAX),
            given,
        )
    line = _parse_line(findings, origin.line, "origin.line")
    if len(origin.materials) > MATERIALS_MAX:
        _limit(findings, "origin.materials", len(origin.materials), MATERIALS_MAX)
        return origin
    materials = []
    for position, material in enumerate(origin.materials):
        name = f"origin.materials.{position}"
        parsed = Material(
            name=_parse_line(findings, material.name, f"{name}.name") or material.name,
            supplier=_parse_line(findings, material.supplier, f"{name}.supplier"),
            lot=_parse_line(findings, material.lot, f"{name}.lot"),
        )
        materials.append(parsed)
    return Origin(place=place, line=line, materials=tuple(materials))


def create_product(tx: Tx, act: Act, draft: ProductDraft) -> Product:
    """Check and keep a new product.

    Refuses a GTIN that anybody else, or this organisation itself, uses already.
    """
    draft = parse_product(draft)
    stored.bump_revision(tx, act.scope)
    _require_product_files(tx, act, draft)
    if draft.gtin is not None:
        stored.claim_gtin(tx, act.scope, draft.gtin)
    product = Product(
        id=act.new_id(),
        organisation_id=act.scope,
        gtin=draft.gtin,
        internal_number=draft.internal_number,
        name=draft.name,
        description=draft.description,
        category=draft.category,
        specification=draft.specification,
        created_at=act.at,
        features=draft.features,
        picture_file_ids=draft.picture_file_ids,
        certificate_file_ids=draft.certificate_file_ids,
    )
    stored.append_product(tx, act.scope, product)
    audit.append_audit(tx, act, "product.create", str(product.id), {"gtin": draft.gtin})
    return product


def create_batch(tx: Tx, act: Act, draft: BatchDraft) -> Batch:
    """Check and keep a new batch of one of this organisation's products."""
    draft = parse_batch(draft)
    product = stored.get_product(tx, act.scope, draft.product_id)
    stored.bump_revision(tx, act.scope)
    _require_batch_files(tx, act, draft)
    batch = Batch(
        id=act.new_id(),
        organisation_id=act.scope,
        product_id=product.id,
        lot=draft.lot,
        produced_on=draft.produced_on,
        expires_on=draft.expires_on,
        origin=draft.origin,
        created_at=act.at,
        paper_file_ids=draft.paper_file_ids,
    )
    stored.append_batch(tx, act.scope, batch)
    audit.append_audit(tx, act, "batch.create", str(batch.id), {"lot": batch.lot})
    return batch


def update_product(tx: Tx, act: Act, product_id: UUID, update: ProductUpdate) -> Product:
    """Change what a product says and return it as it then is; its number stays.

    `edited_meanwhile` if somebody else changed it since `update.version`. Saving what is there
    already changes nothing.
    """
    # First of all the lock: what is read after it cannot change any more.
    stored.bump_revision(tx, act.scope)
    before = stored.get_product(tx, act.scope, product_id)
    subject = ("product.update", product_id)
    require_version(tx, act, subject, seen=update.version, stored=before.version)
    draft = parse_product(
        ProductDraft(
            gtin=before.gtin,
            internal_number=before.internal_number,
            **{name: getattr(update, name) for name in _names(ProductUpdate)[1:]},
        )
    )
    _require_product_files(tx, act, draft)
    said = {name: getattr(draft, name) for name in _names(ProductUpdate)[1:]}
    changed = [name for name, value in said.items() if getattr(before, name) != value]
    if not changed:
        return before
    stored.update_product(tx, act.scope, replace(before, **said, updated_at=act.at))
    append_change(tx, act, subject, seen=before.version, fields=changed)
    return stored.get_product(tx, act.scope, product_id)


def update_batch(tx: Tx, act: Act, batch_id: UUID, update: BatchUpdate) -> Batch:
    """Change what a batch says and return it as it then is; its product and lot stay.

    `edited_meanwhile` if somebody else changed it since `update.version`. Saving what is there
    already changes nothing.
    """
    stored.bump_revision(tx, act.scope)
    before = stored.get_batch(tx, act.scope, batch_id)
    subject = ("batch.update", batch_id)
    require_version(tx, act, subject, seen=update.version, stored=before.version)
    draft = parse_batch(
        BatchDraft(
            product_id=before.product_id,
            lot=before.lot,
            **{name: getattr(update, name) for name in _names(BatchUpdate)[1:]},
        )
    )
    _require_batch_files(tx, act, draft)
    said = {name: getattr(draft, name) for name in _names(BatchUpdate)[1:]}
    changed = [name for name, value in said.items() if getattr(before, name) != value]
    if not changed:
        return before
    stored.update_batch(tx, act.scope, replace(before, **said, updated_at=act.at))
    append_change(tx, act, subject, seen=before.version, fields=changed)
    return stored.get_batch(tx, act.scope, batch_id)


def _require_product_files(tx: Tx, act: Act, draft: ProductDraft) -> None:
    for name, kept, accept in (
        ("picture_file_ids", draft.picture_file_ids, IMAGE_TYPES),
        ("certificate_file_ids", draft.certificate_file_ids, PAPER_TYPES),
    ):
        require_files(tx, act.scope, kept, accept=accept, field=name)


def _require_batch_files(tx: Tx, act: Act, draft: BatchDraft) -> None:
    papers = draft.paper_file_ids
    require_files(tx, act.scope, papers, accept=PAPER_TYPES, field="paper_file_ids")


def get_product(tx: Tx, scope: TenantScope, product_id: UUID) -> Product:
    """Return one product of this organisation."""
    return stored.get_product(tx, scope, product_id)


def get_batch(tx: Tx, scope: TenantScope, batch_id: UUID) -> Batch:
    """Return one batch of this organisation."""
    return stored.get_batch(tx, scope, batch_id)


def list_products(tx: Tx, scope: TenantScope, *, after: UUID | None, limit: int) -> list[Product]:
    """List products in the order they were made, from beyond `after`."""
    return stored.list_products(tx, scope, after=after, limit=limit)


def list_batches(
    tx: Tx, scope: TenantScope, *, product_id: UUID | None, after: UUID | None, limit: int
) -> list[Batch]:
    """List batches in the order they were made, of one product or of all."""
    return stored.list_batches(tx, scope, product_id=product_id, after=after, limit=limit)
