# SPDX-License-Identifier: Apache-2.0
"""Recalls at the JSON surface."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import AliasChoices, Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import (
    RUN_ID_MAX,
    Answer,
    Body,
    Instant,
    LocalTextForm,
    Page,
    PageQuery,
    Whole,
)
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.catalog import LEVELS_MAX, QUANTITY_MAX
from trueorigin.domain.ranges import RangeDraft
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.domain.units import Recall
from trueorigin.services import recalls
from trueorigin.services.recalls import RecallDraft


class RecallBody(Body):
    """An order not to use a batch, or units [from, to) of a level of a run; a run as a whole."""

    batch_id: UUID | None = None
    run_id: Whole | None = Field(default=None, ge=1, le=RUN_ID_MAX)
    level: Whole | None = Field(default=None, ge=0, lt=LEVELS_MAX)
    start: Whole | None = Field(default=None, alias="from", ge=0, le=QUANTITY_MAX)
    stop: Whole | None = Field(default=None, alias="to", ge=0, le=QUANTITY_MAX)
    number: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    reason: LocalTextForm
    instruction: LocalTextForm | None = None
    contact: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    effective_at: Instant | None = Field(
        default=None, validation_alias=AliasChoices("effective_at", "from_at")
    )

    def to_draft(self) -> RecallDraft:
        """Return what the service checks."""
        has_range = (self.level, self.start, self.stop) != (None, None, None)
        wanted = RangeDraft(level=self.level or 0, start=self.start, stop=self.stop)
        return RecallDraft(
            batch_id=self.batch_id,
            run_id=self.run_id,
            range=wanted if has_range else None,
            number=self.number,
            reason=self.reason.to_text(),
            instruction=self.instruction.to_text() if self.instruction else None,
            contact=self.contact,
            effective_at=self.effective_at,
        )


class RecallAnswer(Answer):
    """A recall; without level it covers every level of its run, or every run of its batch."""

    id: UUID
    batch_id: UUID | None
    run_id: int | None
    level: int | None
    start: int | None = Field(
        validation_alias=AliasChoices("start", "from"), serialization_alias="from"
    )
    stop: int | None = Field(validation_alias=AliasChoices("stop", "to"), serialization_alias="to")
    number: str | None
    reason: LocalTextForm
    instruction: LocalTextForm | None
    contact: str | None
    effective_at: datetime
    lifted_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, recall: Recall) -> "RecallAnswer":
        """Show a recall."""
        return cls(
            id=recall.id,
            batch_id=recall.batch_id,
            run_id=recall.run_id,
            level=recall.level,
            start=recall.start,
            stop=recall.stop,
            number=recall.number,
            reason=LocalTextForm.of(recall.reason),
            instruction=LocalTextForm.of_optional(recall.instruction),
            contact=recall.contact,
            effective_at=recall.effective_at,
            lifted_at=recall.lifted_at,
            created_at=recall.created_at,
        )


class LiftingBody(Body):
    """Nothing needs to be said to lift a recall."""


def create_recall(call: CallHere, body: RecallBody) -> Response:
    """Order a recall: from its effective time on, every reading of its units says so."""
    draft = body.to_draft()
    return call.create(lambda tx, act: RecallAnswer.of(recalls.create_recall(tx, act, draft)))


def lift_recall(call: CallHere, recall_id: UUID, body: LiftingBody | None = None) -> Response:
    """End a recall now. Lifting it again changes nothing."""
    del body
    return call.create(lambda tx, act: RecallAnswer.of(recalls.lift_recall(tx, act, recall_id)))


def get_recall(call: CallHere, recall_id: UUID) -> RecallAnswer:
    """Return one recall."""
    return call.read(lambda tx, scope: RecallAnswer.of(recalls.get_recall(tx, scope, recall_id)))


def list_recalls(call: CallHere, query: Annotated[PageQuery, Query()]) -> Page[RecallAnswer]:
    """List recalls in the order they were made, lifted ones too."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: recalls.list_recalls(tx, scope, after=after, limit=query.limit + 1)
    )
    return build_page(rows, query.limit, RecallAnswer.of, lambda recall: recall.id)
