# SPDX-License-Identifier: Apache-2.0
"""Products at the JSON surface."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, LocalTextForm, Page, PageQuery, Whole
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.catalog import Feature, Product
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import catalog
from trueorigin.services.catalog import (
    FEATURES_MAX,
    PAPERS_MAX,
    PICTURES_MAX,
    ProductDraft,
    ProductUpdate,
)
from trueorigin.storage.database import Tx


class FeatureForm(Body):
    """One line said of a product, such as its strength and how strong."""

    name: LocalTextForm
    value: LocalTextForm

    def to_feature(self) -> Feature:
        """Return the domain's form."""
        return Feature(name=self.name.to_text(), value=self.value.to_text())

    @classmethod
    def of(cls, feature: Feature) -> "FeatureForm":
        """Show a stored feature."""
        return cls(name=LocalTextForm.of(feature.name), value=LocalTextForm.of(feature.value))


class ProductBody(Body):
    """A new product: a GTIN of 8, 12, 13 or 14 digits, or a number of the organisation's own."""

    gtin: str | None = Field(default=None, max_length=40, examples=["06901234567892"])
    internal_number: str | None = Field(default=None, max_length=40)
    name: LocalTextForm
    description: LocalTextForm | None = None
    category: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    specification: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    features: list[FeatureForm] = Field(default=[], max_length=FEATURES_MAX)
    picture_file_ids: list[UUID] = Field(default=[], max_length=PICTURES_MAX)
    certificate_file_ids: list[UUID] = Field(default=[], max_length=PAPERS_MAX)

    def to_draft(self) -> ProductDraft:
        """Return what the service checks."""
        return ProductDraft(
            gtin=self.gtin,
            internal_number=self.internal_number,
            name=self.name.to_text(),
            description=self.description.to_text() if self.description else None,
            category=self.category,
            specification=self.specification,
            features=tuple(each.to_feature() for each in self.features),
            picture_file_ids=tuple(self.picture_file_ids),
            certificate_file_ids=tuple(self.certificate_file_ids),
        )


class ProductChange(Body):
    """What is to change; what is left out stays, null empties it. The number stays.

    `version` is the one that was seen: if somebody else made a newer one since, the answer is 409
    and nothing changes.
    """

    version: Whole = Field(ge=1)
    name: LocalTextForm = LocalTextForm()
    description: LocalTextForm | None = None
    category: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    specification: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    features: list[FeatureForm] = Field(default=[], max_length=FEATURES_MAX)
    picture_file_ids: list[UUID] = Field(default=[], max_length=PICTURES_MAX)
    certificate_file_ids: list[UUID] = Field(default=[], max_length=PAPERS_MAX)

    def to_update(self, product: Product) -> ProductUpdate:
        """Return what the service checks: `product` with the fields that the client named."""
        said: dict[str, Any] = {
            "name": self.name.to_text(),
            "description": self.description.to_text() if self.description else None,
            "category": self.category,
            "specification": self.specification,
            "features": tuple(each.to_feature() for each in self.features),
            "picture_file_ids": tuple(self.picture_file_ids),
            "certificate_file_ids": tuple(self.certificate_file_ids),
        }
        changes = {name: said[name] for name in self.model_fields_set & said.keys()}
        return replace(ProductUpdate.of(product), version=self.version, **changes)


class ProductAnswer(Answer):
    """A product; `gtin` has 14 digits, and `version` is raised by every change."""

    id: UUID
    gtin: str | None
    internal_number: str | None
    name: LocalTextForm
    description: LocalTextForm | None
    category: str | None
    specification: str | None
    features: list[FeatureForm]
    picture_file_ids: list[UUID]
    certificate_file_ids: list[UUID]
    version: int
    created_at: datetime
    updated_at: datetime | None

    @classmethod
    def of(cls, product: Product) -> "ProductAnswer":
        """Show a product."""
        return cls(
            id=product.id,
            gtin=product.gtin,
            internal_number=product.internal_number,
            name=LocalTextForm.of(product.name),
            description=LocalTextForm.of_optional(product.description),
            category=product.category,
            specification=product.specification,
            features=[FeatureForm.of(each) for each in product.features],
            picture_file_ids=list(product.picture_file_ids),
            certificate_file_ids=list(product.certificate_file_ids),
            version=product.version,
            created_at=product.created_at,
            updated_at=product.updated_at,
        )


def create_product(call: CallHere, body: ProductBody) -> Response:
    """Register a product under a GTIN or a number of the organisation's own."""
    draft = body.to_draft()
    return call.create(lambda tx, act: ProductAnswer.of(catalog.create_product(tx, act, draft)))


def update_product(call: CallHere, product_id: UUID, body: ProductChange) -> ProductAnswer:
    """Change what a product says, unless somebody else did so since `version`."""

    def change(tx: Tx, act: Act) -> ProductAnswer:
        product = catalog.get_product(tx, act.scope, product_id)
        update = body.to_update(product)
        return ProductAnswer.of(catalog.update_product(tx, act, product_id, update))

    return call.write(change)


def get_product(call: CallHere, product_id: UUID) -> ProductAnswer:
    """Return one product."""
    return call.read(lambda tx, scope: ProductAnswer.of(catalog.get_product(tx, scope, product_id)))


def list_products(call: CallHere, query: Annotated[PageQuery, Query()]) -> Page[ProductAnswer]:
    """List products in the order they were registered."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: catalog.list_products(tx, scope, after=after, limit=query.limit + 1)
    )
    return build_page(rows, query.limit, ProductAnswer.of, lambda product: product.id)
