# SPDX-License-Identifier: Apache-2.0
"""Products and batches: check what a client wrote, all of it at once, then keep it.

Every refusal names its field. Nothing is stored unless everything is right.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from trueorigin.domain.catalog import Batch, LocalText, Material, Origin, Product
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.gs1 import check_charset82, normalise_gtin
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.domain.texts import (
    DESCRIPTION_LENGTH_MAX,
    LINE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    parse_local_text,
    parse_text,
)
from trueorigin.services.findings import Findings
from trueorigin.storage import audit, catalog as stored
from trueorigin.storage.database import Tx

# A recipe longer than this is a document, not a list of raw materials.
MATERIALS_MAX = 100
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDraft:
    """What a client says of a new batch."""

    product_id: UUID
    lot: str
    produced_on: date | None = None
    expires_on: date | None = None
    origin: Origin = field(default_factory=lambda: Origin(place=None, line=None, materials=()))


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
    findings.settle()
    return replace(
        draft,
        gtin=gtin,
        internal_number=number,
        category=category,
        specification=specification,
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
    findings.settle()
    return replace(draft, origin=origin)


def _parse_line(findings: Findings, text: str | None, name: str) -> str | None:
    """Check one optional line of text."""
    if text is None:
        return None
    return findings.check(lambda: parse_text(text, field=name, length_max=LINE_LENGTH_MAX), text)


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
        findings.add(
            InvalidError(
                "too_many",
                field="origin.materials",
                max=MATERIALS_MAX,
                count=len(origin.materials),
            )
        )
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
    )
    stored.append_product(tx, act.scope, product)
    audit.append_audit(tx, act, "product.create", str(product.id), {"gtin": draft.gtin})
    return product


def create_batch(tx: Tx, act: Act, draft: BatchDraft) -> Batch:
    """Check and keep a new batch of one of this organisation's products."""
    draft = parse_batch(draft)
    product = stored.get_product(tx, act.scope, draft.product_id)
    stored.bump_revision(tx, act.scope)
    batch = Batch(
        id=act.new_id(),
        organisation_id=act.scope,
        product_id=product.id,
        lot=draft.lot,
        produced_on=draft.produced_on,
        expires_on=draft.expires_on,
        origin=draft.origin,
        created_at=act.at,
    )
    stored.append_batch(tx, act.scope, batch)
    audit.append_audit(tx, act, "batch.create", str(batch.id), {"lot": batch.lot})
    return batch


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
