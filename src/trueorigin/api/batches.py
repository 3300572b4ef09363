# SPDX-License-Identifier: Apache-2.0
"""Batches at the JSON surface."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, Day, LocalTextForm, Page, PageQuery, Whole
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.catalog import Batch, Material, Origin
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import catalog
from trueorigin.services.catalog import MATERIALS_MAX, PAPERS_MAX, BatchDraft, BatchUpdate
from trueorigin.storage.database import Tx


class MaterialForm(Body):
    """A raw material, who supplied it and from which lot."""

    name: str = Field(max_length=LINE_LENGTH_MAX)
    supplier: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    lot: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)


class OriginForm(Body):
    """Where a batch comes from."""

    place: LocalTextForm | None = None
    line: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    materials: list[MaterialForm] = Field(default=[], max_length=MATERIALS_MAX)

    def to_origin(self) -> Origin:
        """Return the domain's form."""
        return Origin(
            place=self.place.to_text() if self.place else None,
            line=self.line,
            materials=tuple(
                Material(name=each.name, supplier=each.supplier, lot=each.lot)
                for each in self.materials
            ),
        )

    @classmethod
    def of(cls, origin: Origin) -> "OriginForm":
        """Show a stored origin."""
        return cls(
            place=LocalTextForm.of_optional(origin.place),
            line=origin.line,
            materials=[
                MaterialForm(name=each.name, supplier=each.supplier, lot=each.lot)
                for each in origin.materials
            ],
        )


class BatchBody(Body):
    """A new batch; `lot` has 1 to 20 characters of GS1's set 82, `expires_on` is the last day."""

    product_id: UUID
    lot: str = Field(max_length=1000)
    produced_on: Day | None = None
    expires_on: Day | None = None
    origin: OriginForm = OriginForm()
    paper_file_ids: list[UUID] = Field(default=[], max_length=PAPERS_MAX)

    def to_draft(self) -> BatchDraft:
        """Return what the service checks."""
        return BatchDraft(
            product_id=self.product_id,
            lot=self.lot,
            produced_on=self.produced_on,
            expires_on=self.expires_on,
            origin=self.origin.to_origin(),
            paper_file_ids=tuple(self.paper_file_ids),
        )


class BatchChange(Body):
    """What is to change; what is left out stays, null empties it. Product and lot stay.

    `version` is the one that was seen: if somebody else made a newer one since, the answer is 409
    and nothing changes.
    """

    version: Whole = Field(ge=1)
    produced_on: Day | None = None
    expires_on: Day | None = None
    origin: OriginForm = OriginForm()
    paper_file_ids: list[UUID] = Field(default=[], max_length=PAPERS_MAX)

    def to_update(self, batch: Batch) -> BatchUpdate:
        """Return what the service checks: `batch` with the fields that the client named."""
        said: dict[str, Any] = {
            "produced_on": self.produced_on,
            "expires_on": self.expires_on,
            "origin": self.origin.to_origin(),
            "paper_file_ids": tuple(self.paper_file_ids),
        }
        changes = {name: said[name] for name in self.model_fields_set & said.keys()}
        return replace(BatchUpdate.of(batch), version=self.version, **changes)


class BatchAnswer(Answer):
    """A batch of a product; `version` is raised by every change."""

    id: UUID
    product_id: UUID
    lot: str
    produced_on: date | None
    expires_on: date | None
    origin: OriginForm
    paper_file_ids: list[UUID]
    version: int
    created_at: datetime
    updated_at: datetime | None

    @classmethod
    def of(cls, batch: Batch) -> "BatchAnswer":
        """Show a batch."""
        return cls(
            id=batch.id,
            product_id=batch.product_id,
            lot=batch.lot,
            produced_on=batch.produced_on,
            expires_on=batch.expires_on,
            origin=OriginForm.of(batch.origin),
            paper_file_ids=list(batch.paper_file_ids),
            version=batch.version,
            created_at=batch.created_at,
            updated_at=batch.updated_at,
        )


class BatchQuery(PageQuery):
    """Which batches are wanted: of one product, or all."""

    product_id: UUID | None = None


def create_batch(call: CallHere, body: BatchBody) -> Response:
    """Register a batch of a product, with its dates and origin."""
    draft = body.to_draft()
    return call.create(lambda tx, act: BatchAnswer.of(catalog.create_batch(tx, act, draft)))


def update_batch(call: CallHere, batch_id: UUID, body: BatchChange) -> BatchAnswer:
    """Change what a batch says, unless somebody else did so since `version`."""

    def change(tx: Tx, act: Act) -> BatchAnswer:
        batch = catalog.get_batch(tx, act.scope, batch_id)
        return BatchAnswer.of(catalog.update_batch(tx, act, batch_id, body.to_update(batch)))

    return call.write(change)


def get_batch(call: CallHere, batch_id: UUID) -> BatchAnswer:
    """Return one batch."""
    return call.read(lambda tx, scope: BatchAnswer.of(catalog.get_batch(tx, scope, batch_id)))


def list_batches(call: CallHere, query: Annotated[BatchQuery, Query()]) -> Page[BatchAnswer]:
    """List batches in the order they were registered."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: catalog.list_batches(
            tx, scope, product_id=query.product_id, after=after, limit=query.limit + 1
        )
    )
    return build_page(rows, query.limit, BatchAnswer.of, lambda batch: batch.id)
