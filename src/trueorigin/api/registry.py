# SPDX-License-Identifier: Apache-2.0
"""What is registered across all enterprises, at the JSON surface, for authorities.

Only what lies within the caller's remit. Each product or enterprise that is opened is a look, in
the trails of both sides.
"""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.eventforms import OrganisationPart
from trueorigin.api.forms import Answer, LocalTextForm, Page, PageQuery
from trueorigin.api.paging import parse_uuid_cursor
from trueorigin.api.remits import RegionAnswer
from trueorigin.domain.catalog import Batch, Product
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.domain.units import Recall
from trueorigin.services import looks, registry
from trueorigin.services.registry import (
    TEXT_LENGTH_MAX,
    EnterpriseSheet,
    ProductHit,
    ProductSheet,
    Query as Wanted,
    Suspicions,
)


class RegistryQuery(PageQuery):
    """What is looked for; all that is given has to fit, and nothing given finds nothing.

    `text` is a name, or a number: GTIN, internal number, or 统一社会信用代码. `region` is a
    province's two digits or a code of one's own remit.
    """

    text: str = Field(default="", max_length=TEXT_LENGTH_MAX)
    category: str = Field(default="", max_length=LINE_LENGTH_MAX)
    region: str = Field(default="", max_length=6)

    def to_query(self, enterprise_id: UUID | None = None) -> Wanted:
        """Return what the service looks for."""
        return Wanted(
            text=self.text, category=self.category, region=self.region, enterprise_id=enterprise_id
        )


class ProductQuery(RegistryQuery):
    """The same, and whose products: `enterprise`."""

    enterprise: UUID | None = None


class RegisteredProduct(Answer):
    """A product that was found."""

    id: UUID
    gtin: str | None
    internal_number: str | None
    name: LocalTextForm
    category: str | None
    specification: str | None
    enterprise: OrganisationPart

    @classmethod
    def of(cls, hit: ProductHit) -> "RegisteredProduct":
        """Show a product."""
        return cls(**_show_product(hit.product), enterprise=_show_owner(hit.enterprise))


def _show_product(row: Product) -> dict[str, Any]:
    return {
        "id": row.id,
        "gtin": row.gtin,
        "internal_number": row.internal_number,
        "name": LocalTextForm.of(row.name),
        "category": row.category,
        "specification": row.specification,
    }


def _show_owner(row: Organisation) -> OrganisationPart:
    return OrganisationPart(id=row.id, name=row.name, is_verified=row.verified_at is not None)


class RegisteredEnterprise(Answer):
    """An enterprise that was found; `uscc` is its 统一社会信用代码."""

    id: UUID
    name: str
    legal_name: str | None
    uscc: str | None
    is_verified: bool

    @classmethod
    def of(cls, row: Organisation) -> "RegisteredEnterprise":
        """Show an enterprise."""
        return cls(
            id=row.id,
            name=row.name,
            legal_name=row.legal_name,
            uscc=row.uscc,
            is_verified=row.verified_at is not None,
        )


class ProductsPage(Page[RegisteredProduct]):
    """Products, newest first. `is_cut`: more match than are looked through, so say more."""

    is_cut: bool


class EnterprisesPage(Page[RegisteredEnterprise]):
    """Enterprises, newest first. `is_cut`: more match than are looked through, so say more."""

    is_cut: bool


class RegisteredRecall(Answer):
    """A recall in force."""

    number: str | None
    reason: LocalTextForm
    effective_at: datetime

    @classmethod
    def of(cls, row: Recall) -> "RegisteredRecall":
        """Show a recall."""
        return cls(
            number=row.number, reason=LocalTextForm.of(row.reason), effective_at=row.effective_at
        )


class RegisteredBatch(Answer):
    """A batch with the place it comes from, and recalls in force of it or parts of it."""

    id: UUID
    lot: str
    produced_on: date | None
    expires_on: date | None
    place: LocalTextForm | None
    recalls: list[RegisteredRecall]

    @classmethod
    def of(cls, row: Batch, recalls: tuple[Recall, ...]) -> "RegisteredBatch":
        """Show a batch."""
        return cls(
            id=row.id,
            lot=row.lot,
            produced_on=row.produced_on,
            expires_on=row.expires_on,
            place=LocalTextForm.of_optional(row.origin.place),
            recalls=[RegisteredRecall.of(each) for each in recalls],
        )


class RegionCount(Answer):
    """How many suspicious readings in a province."""

    region: RegionAnswer
    readings: int


class SuspicionsPart(Answer):
    """Readings with a warning in the last 90 days: by province of the remit, and elsewhere."""

    by_region: list[RegionCount]
    elsewhere: int

    @classmethod
    def of(cls, found: Suspicions) -> "SuspicionsPart":
        """Show counts."""
        return cls(
            by_region=[
                RegionCount(region=RegionAnswer.of(region), readings=count)
                for region, count in found.by_region
            ],
            elsewhere=found.elsewhere,
        )


class ProductSheetAnswer(RegisteredProduct):
    """A product as it is registered; `next` continues its batches."""

    description: LocalTextForm | None
    created_at: datetime
    seat: RegionAnswer | None
    batches: list[RegisteredBatch]
    next: str | None
    suspicions: SuspicionsPart

    @classmethod
    def of_sheet(cls, sheet: ProductSheet) -> "ProductSheetAnswer":
        """Show a product with its batches."""
        product, batches = sheet.product, sheet.batches
        return cls(
            **_show_product(product),
            enterprise=_show_owner(sheet.enterprise),
            description=LocalTextForm.of_optional(product.description),
            created_at=product.created_at,
            seat=None if sheet.seat is None else RegionAnswer.of(sheet.seat),
            batches=[RegisteredBatch.of(each, sheet.recalls.get(each.id, ())) for each in batches],
            next=str(batches[-1].id) if sheet.is_more else None,
            suspicions=SuspicionsPart.of(sheet.suspicions),
        )


class EnterpriseSheetAnswer(RegisteredEnterprise):
    """An enterprise as it is registered; its products are searched with `enterprise`."""

    address: str | None
    phone: str | None
    email: str | None
    website: str | None
    seat: RegionAnswer | None
    division: str | None
    created_at: datetime

    @classmethod
    def of_sheet(cls, sheet: EnterpriseSheet) -> "EnterpriseSheetAnswer":
        """Show an enterprise."""
        row = sheet.enterprise
        return cls(
            **RegisteredEnterprise.of(row).model_dump(),
            address=row.address,
            phone=row.phone,
            email=row.email,
            website=row.website,
            seat=None if sheet.seat is None else RegionAnswer.of(sheet.seat),
            division=sheet.division,
            created_at=row.created_at,
        )


def find_registered_products(
    call: CallHere, query: Annotated[ProductQuery, Query()]
) -> ProductsPage:
    """Search products of all enterprises within the remit: by name, number, category, region."""
    before, act = parse_uuid_cursor(query), call.open_act()
    wanted = query.to_query(query.enterprise)
    with call.context.database.read() as tx:
        found = registry.find_products(tx, act, wanted, before=before, limit=query.limit)
    items = [RegisteredProduct.of(each) for each in found.products]
    return ProductsPage(
        items=items, next=str(items[-1].id) if found.is_more else None, is_cut=found.is_cut
    )


def find_registered_enterprises(
    call: CallHere, query: Annotated[RegistryQuery, Query()]
) -> EnterprisesPage:
    """Search enterprises within the remit: by name or credit code, region, what they make."""
    before, act = parse_uuid_cursor(query), call.open_act()
    with call.context.database.read() as tx:
        found = registry.find_enterprises(
            tx, act, query.to_query(), before=before, limit=query.limit
        )
    items = [RegisteredEnterprise.of(each) for each in found.enterprises]
    return EnterprisesPage(
        items=items, next=str(items[-1].id) if found.is_more else None, is_cut=found.is_cut
    )


def get_registered_product(
    call: CallHere, product_id: UUID, query: Annotated[PageQuery, Query()]
) -> ProductSheetAnswer:
    """Return a product as it is registered, with its batches, newest first. This is a look."""
    before, act = parse_uuid_cursor(query), call.open_act()
    with call.context.database.read() as tx:
        sheet = registry.get_product(tx, act, product_id, before=before, limit=query.limit)
    with call.context.database.write() as tx:
        looks.record_product_look(tx, act, sheet.product, sheet.enterprise)
    return ProductSheetAnswer.of_sheet(sheet)


def get_registered_enterprise(call: CallHere, organisation_id: UUID) -> EnterpriseSheetAnswer:
    """Return an enterprise as it is registered. This is a look."""
    act = call.open_act()
    with call.context.database.read() as tx:
        sheet = registry.get_enterprise(tx, act, organisation_id, limit=1)
    with call.context.database.write() as tx:
        looks.record_enterprise_look(tx, act, sheet.enterprise)
    return EnterpriseSheetAnswer.of_sheet(sheet)
