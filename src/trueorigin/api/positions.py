# SPDX-License-Identifier: Apache-2.0
"""Where many units are now: of a run, of a batch, and of all that holds a raw material."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.eventforms import OrganisationPart, SitePart, UnitsAnswer, show_units
from trueorigin.api.forms import Answer, Body, RunId
from trueorigin.domain.catalog import LEVELS_MAX, MaterialFilter
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.events import EventKind
from trueorigin.domain.positions import Position, group_positions
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.services import tracing
from trueorigin.storage import accounts, sites
from trueorigin.storage.database import Tx

# Places of one answer, those with the most units; a list of shops longer than that is an export.
GROUPS_MAX: Final = 500
# Ranges shown of each.
RANGES_MAX: Final = 100


class PositionAnswer(Answer):
    """Units that are in one state, with one holder, at one place.

    `kind` is that of the last event that put them there; null where nothing ever did. After a
    sale nobody of the chain holds them. `ranges` are the first of theirs.
    """

    kind: EventKind | None
    at: datetime | None
    holder: OrganisationPart | None
    site: SitePart | None
    partner: OrganisationPart | None
    count: int
    ranges: list[UnitsAnswer]
    has_more: bool


class PositionsAnswer(Answer):
    """Where `count` units are at `at`, those places first that have the most.

    `others` are units at places beyond those listed.
    """

    at: datetime
    count: int
    positions: list[PositionAnswer]
    others: int


def show_positions(tx: Tx, found: Sequence[Position], *, at: datetime) -> PositionsAnswer:
    """Show positions by place, with names. Two queries."""
    groups = group_positions(found)
    shown, rest = groups[:GROUPS_MAX], groups[GROUPS_MAX:]
    ids = {each for group in shown for each in (group.holder_id, group.partner_id)} - {None}
    names = accounts.find_organisations(tx, {each for each in ids if each is not None})
    places = sites.find_sites(tx, {group.site_id for group in shown if group.site_id is not None})
    return PositionsAnswer(
        at=at,
        count=sum(group.count for group in groups),
        positions=[
            PositionAnswer(
                kind=group.kind,
                at=group.at,
                holder=OrganisationPart.of(_pick(names, group.holder_id)),
                site=SitePart.of(_pick(places, group.site_id)),
                partner=OrganisationPart.of(_pick(names, group.partner_id)),
                count=group.count,
                ranges=show_units(group.spans[:RANGES_MAX]),
                has_more=len(group.spans) > RANGES_MAX,
            )
            for group in shown
        ],
        others=sum(group.count for group in rest),
    )


_T = TypeVar("_T")


def _pick(found: Mapping[UUID, _T], key: UUID | None) -> _T | None:
    return None if key is None else found.get(key)


class MaterialQuery(Body):
    """Which raw material: its lot, its name, or both; word for word, as batches name it."""

    lot: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    material: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    supplier: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)

    def to_filter(self) -> MaterialFilter:
        """Return what the service looks for."""
        if self.lot is None and self.material is None:
            raise InvalidError("material_missing", field="lot")
        said = {name: getattr(self, name) for name in MaterialQuery.model_fields}
        texts = {
            name: None if text is None else parse_text(text, field=name, length_max=LINE_LENGTH_MAX)
            for name, text in said.items()
        }
        return MaterialFilter(lot=texts["lot"], name=texts["material"], supplier=texts["supplier"])


class BatchPart(Answer):
    """A batch that the raw material went into."""

    id: UUID
    product_id: UUID
    lot: str


class MaterialAnswer(Answer):
    """Where a raw material is now, by the batches it went into.

    `is_cut` says that there are more batches or runs than were looked through.
    """

    batches: list[BatchPart]
    is_cut: bool
    now: PositionsAnswer


def get_material_positions(
    call: CallHere, query: Annotated[MaterialQuery, Query()]
) -> MaterialAnswer:
    """Return where everything is now that a lot of a raw material went into."""
    wanted, act = query.to_filter(), call.open_act()
    with call.context.database.read() as tx:
        found = tracing.find_material_positions(tx, act.scope, wanted, at=act.at)
        return MaterialAnswer(
            batches=[
                BatchPart(id=each.id, product_id=each.product_id, lot=each.lot)
                for each in found.batches
            ],
            is_cut=found.is_cut,
            now=show_positions(tx, found.positions, at=act.at),
        )


class LevelQuery(Body):
    """Which level of the run: 0 are the items."""

    level: int = Field(default=0, ge=0, lt=LEVELS_MAX)


def get_run_positions(
    call: CallHere, run_id: RunId, query: Annotated[LevelQuery, Query()]
) -> PositionsAnswer:
    """Return where all units of one level of a run are now."""
    act = call.open_act()
    with call.context.database.read() as tx:
        found = tracing.find_run_positions(tx, act.scope, run_id, level=query.level, at=act.at)
        return show_positions(tx, found, at=act.at)


def get_batch_positions(call: CallHere, batch_id: UUID) -> PositionsAnswer:
    """Return where all items of a batch are now."""
    act = call.open_act()
    with call.context.database.read() as tx:
        found = tracing.find_batch_positions(tx, act.scope, batch_id, at=act.at)
        return show_positions(tx, found, at=act.at)
