# SPDX-License-Identifier: Apache-2.0
"""Products at the JSON surface."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, LocalTextForm, Page, PageQuery
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.catalog import Product
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import catalog
from trueorigin.services.catalog import ProductDraft


class ProductBody(Body):
    """A new product: a GTIN of 8, 12, 13 or 14 digits, or a number of the organisation's own."""

    gtin: str | None = Field(default=None, max_length=40, examples=["06901234567892"])
    internal_number: str | None = Field(default=None, max_length=40)
    name: LocalTextForm
    description: LocalTextForm | None = None
    category: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    specification: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)

    def to_draft(self) -> ProductDraft:
        """Return what the service checks."""
        return ProductDraft(
            gtin=self.gtin,
            internal_number=self.internal_number,
            name=self.name.to_text(),
            description=self.description.to_text() if self.description else None,
            category=self.category,
            specification=self.specification,
        )


class ProductAnswer(Answer):
    """A product; `gtin` has 14 digits."""

    id: UUID
    gtin: str | None
    internal_number: str | None
    name: LocalTextForm
    description: LocalTextForm | None
    category: str | None
    specification: str | None
    created_at: datetime

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
            created_at=product.created_at,
        )


def create_product(call: CallHere, body: ProductBody) -> Response:
    """Register a product under a GTIN or a number of the organisation's own."""
    draft = body.to_draft()
    return call.create(lambda tx, act: ProductAnswer.of(catalog.create_product(tx, act, draft)))


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
