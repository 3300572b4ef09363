# SPDX-License-Identifier: Apache-2.0
"""Runs, their releases and withdrawals, and their code lists at the JSON surface."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AliasChoices, Field

from trueorigin.api.calls import Call, CallHere
from trueorigin.api.forms import Answer, Body, Instant, Page, PageQuery, RunId, Whole
from trueorigin.api.paging import build_page, parse_run_cursor
from trueorigin.domain.catalog import LEVELS_MAX, QUANTITY_MAX, Contents, Run
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.ranges import RANGES_MAX, RangeDraft
from trueorigin.domain.serials import SYMBOLS_DEFAULT
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.domain.units import RangeFact
from trueorigin.services import downloads, issuing
from trueorigin.services.downloads import Taking
from trueorigin.services.issuing import RunDraft, StageDraft
from trueorigin.storage.database import Tx

CSV = "text/csv; charset=utf-8"


class RunBody(Body):
    """An order of codes; `packing` has the units per group from the case upwards."""

    batch_id: UUID
    quantity: Whole = Field(examples=[960])
    packing: list[Whole] = Field(default=[], max_length=100, examples=[[24, 40]])
    symbols: Whole = SYMBOLS_DEFAULT
    group_gtins: list[str | None] = Field(default=[], max_length=100)
    contents: Contents | None = None

    def to_draft(self, public_url: str) -> RunDraft:
        """Return what the service checks."""
        return RunDraft(
            batch_id=self.batch_id,
            quantity=self.quantity,
            public_url=public_url,
            packing=tuple(self.packing),
            symbols=self.symbols,
            group_gtins=tuple(self.group_gtins),
            contents=self.contents,
        )


class LevelAnswer(Answer):
    """One level of a run: items are level 0. `sscc_first` is the first serial reference."""

    level: int
    quantity: int
    gtin: str | None
    sscc_first: int | None


class RunAnswer(Answer):
    """A run. `guess_chance` is the chance that one invented serial is one of its units."""

    id: int
    batch_id: UUID
    product_id: UUID
    quantity: int
    packing: list[int]
    symbols: int
    contents: Contents
    levels: list[LevelAnswer]
    public_url: str
    guess_chance: float
    created_at: datetime

    @classmethod
    def of(cls, run: Run) -> "RunAnswer":
        """Show a run."""
        levels = [
            LevelAnswer(
                level=level,
                quantity=run.quantity_at(level),
                gtin=run.group_gtins[level - 1] if level else None,
                sscc_first=run.sscc_first[level - 1] if level else None,
            )
            for level in run.levels
        ]
        return cls(
            id=run.id,
            batch_id=run.batch_id,
            product_id=run.product_id,
            quantity=run.quantity,
            packing=list(run.packing),
            symbols=run.symbols,
            contents=run.contents,
            levels=levels,
            public_url=run.public_url,
            guess_chance=issuing.chance_of_guess(run),
            created_at=run.created_at,
        )


class RunQuery(PageQuery):
    """Which runs are wanted: of one batch, or all."""

    batch_id: UUID | None = None


class RangeForm(Body):
    """The units [from, to) of one level; without bounds, the whole level."""

    level: Whole = Field(default=0, ge=0, lt=LEVELS_MAX)
    start: Whole | None = Field(default=None, alias="from", ge=0, le=QUANTITY_MAX)
    stop: Whole | None = Field(default=None, alias="to", ge=0, le=QUANTITY_MAX)

    def to_draft(self) -> RangeDraft:
        """Return what the service checks."""
        return RangeDraft(level=self.level, start=self.start, stop=self.stop)


class StageBody(Body):
    """One range, or `ranges`, or neither for the whole run; at once, or at the instant `at`."""

    level: Whole | None = Field(default=None, ge=0, lt=LEVELS_MAX)
    start: Whole | None = Field(default=None, alias="from", ge=0, le=QUANTITY_MAX)
    stop: Whole | None = Field(default=None, alias="to", ge=0, le=QUANTITY_MAX)
    ranges: list[RangeForm] | None = Field(default=None, min_length=1, max_length=RANGES_MAX)
    at: Instant | None = None
    reason: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)

    def to_draft(self) -> StageDraft:
        """Return what the service checks."""
        is_single = (self.level, self.start, self.stop) != (None, None, None)
        if is_single and self.ranges is not None:
            raise InvalidError("range_twice", field="ranges")
        ranges: tuple[RangeDraft, ...] = ()
        if self.ranges is not None:
            ranges = tuple(each.to_draft() for each in self.ranges)
        elif is_single:
            ranges = (RangeDraft(level=self.level or 0, start=self.start, stop=self.stop),)
        return StageDraft(ranges=ranges, effective_at=self.at, reason=self.reason)


class FactAnswer(Answer):
    """The units [from, to) of one level to which something was done."""

    id: UUID
    level: int
    start: int = Field(validation_alias=AliasChoices("start", "from"), serialization_alias="from")
    stop: int = Field(validation_alias=AliasChoices("stop", "to"), serialization_alias="to")


class StageAnswer(Answer):
    """A release or withdrawal: `id` is that of its first range."""

    id: UUID
    run_id: int
    effective_at: datetime
    reason: str | None
    ranges: list[FactAnswer]
    created_at: datetime

    @classmethod
    def of(cls, facts: list[RangeFact]) -> "StageAnswer":
        """Show the facts of one act, of which there is at least one."""
        first = facts[0]
        return cls(
            id=first.id,
            run_id=first.run_id,
            effective_at=first.effective_at,
            reason=first.reason,
            ranges=[
                FactAnswer(id=fact.id, level=fact.level, start=fact.start, stop=fact.stop)
                for fact in facts
            ],
            created_at=first.created_at,
        )


class CodesQuery(Body):
    """Which codes are wanted: units [from, to) of a level, by default every item."""

    level: int = Field(default=0, ge=0, lt=LEVELS_MAX)
    start: int | None = Field(default=None, alias="from", ge=0, le=QUANTITY_MAX)
    stop: int | None = Field(default=None, alias="to", ge=0, le=QUANTITY_MAX)

    def to_draft(self) -> RangeDraft:
        """Return what the service checks."""
        return RangeDraft(level=self.level, start=self.start, stop=self.stop)


def create_run(call: CallHere, body: RunBody) -> Response:
    """Order the codes of a batch, whatever the quantity, at every level of the packing plan."""
    draft = body.to_draft(call.context.public_url)
    return call.create(lambda tx, act: RunAnswer.of(issuing.create_run(tx, act, draft)))


def get_run(call: CallHere, run_id: RunId) -> RunAnswer:
    """Return one run."""
    return call.read(lambda tx, scope: RunAnswer.of(issuing.get_run(tx, scope, run_id)))


def list_runs(call: CallHere, query: Annotated[RunQuery, Query()]) -> Page[RunAnswer]:
    """List runs in the order they were ordered."""
    after = parse_run_cursor(query)
    rows = call.read(
        lambda tx, scope: issuing.list_runs(
            tx, scope, batch_id=query.batch_id, after=after, limit=query.limit + 1
        )
    )
    return build_page(rows, query.limit, RunAnswer.of, lambda run: run.id)


def create_release(call: CallHere, run_id: RunId, body: StageBody) -> Response:
    """Release ranges of a run for sale, at once or at a time."""
    return _create_stage(call, issuing.release, run_id, body)


def create_withdrawal(call: CallHere, run_id: RunId, body: StageBody) -> Response:
    """Withdraw ranges of a run: codes that were spoilt, stolen or never applied."""
    return _create_stage(call, issuing.withdraw, run_id, body)


def _create_stage(
    call: Call,
    do: Callable[[Tx, Act, int, StageDraft], list[RangeFact]],
    run_id: int,
    body: StageBody,
) -> Response:
    draft = body.to_draft()
    return call.create(lambda tx, act: StageAnswer.of(do(tx, act, run_id, draft)))


def list_codes(
    call: CallHere, run_id: RunId, query: Annotated[CodesQuery, Query()]
) -> StreamingResponse:
    """Stream the codes of a range as CSV; the same range is always the same bytes.

    Who took which range is on record before the first byte is sent. A broken download is resumed
    by asking for the rest of the range; for a day that is no further download.
    """
    draft = query.to_draft()
    vault = call.context.vault
    taking = Taking(run_id=run_id, range=draft, format="csv", is_resumable=True)
    export = call.write(lambda tx, act: downloads.take_codes(tx, vault, act, taking))
    name = f"run-{run_id}-level-{query.level}-{export.start}-{export.stop}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        # Codes are worth money: no proxy and no browser keeps them.
        "Cache-Control": "no-store",
    }
    return StreamingResponse(issuing.export_codes(export), media_type=CSV, headers=headers)
