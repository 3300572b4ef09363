# SPDX-License-Identifier: Apache-2.0
"""Sales regions at the JSON surface: where goods of a shipment are meant to be sold."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, LocalTextForm, Page, PageQuery, Whole
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.api.sites import ClosingBody
from trueorigin.domain.territories import AREAS_MAX, RADIUS_KM_MAX, RADIUS_KM_MIN, Area, Territory
from trueorigin.services import territories
from trueorigin.services.territories import TerritoryDraft
from trueorigin.storage import territories as stored


class AreaForm(Body):
    """All places within `radius_km` of a point (degrees, WGS 84)."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    radius_km: Whole = Field(ge=RADIUS_KM_MIN, le=RADIUS_KM_MAX)


class TerritoryBody(Body):
    """A sales region: a place in any of its areas is inside."""

    name: LocalTextForm
    areas: list[AreaForm] = Field(min_length=1, max_length=AREAS_MAX)

    def to_draft(self) -> TerritoryDraft:
        """Return what the service checks."""
        areas = tuple(
            Area(latitude=each.latitude, longitude=each.longitude, radius_km=each.radius_km)
            for each in self.areas
        )
        return TerritoryDraft(name=self.name.to_text(), areas=areas)


class TerritoryAnswer(Answer):
    """A sales region; it never changes, since shipments name it."""

    id: UUID
    name: LocalTextForm
    areas: list[AreaForm]
    created_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, territory: Territory) -> "TerritoryAnswer":
        """Show a sales region."""
        return cls(
            id=territory.id,
            name=LocalTextForm.of(territory.name),
            areas=[
                AreaForm(latitude=area.latitude, longitude=area.longitude, radius_km=area.radius_km)
                for area in territory.areas
            ],
            created_at=territory.created_at,
            closed_at=territory.closed_at,
        )


class TerritoryQuery(PageQuery):
    """Which sales regions are wanted: open ones, or with `closed` all."""

    closed: bool = False


def create_territory(call: CallHere, body: TerritoryBody) -> Response:
    """Draw a sales region, which shipments name in `details.territory`."""
    draft = body.to_draft()
    return call.create(
        lambda tx, act: TerritoryAnswer.of(territories.create_territory(tx, act, draft))
    )


def list_territories(
    call: CallHere, query: Annotated[TerritoryQuery, Query()]
) -> Page[TerritoryAnswer]:
    """List sales regions in the order they were drawn."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: stored.list_territories(
            tx, scope, after=after, limit=query.limit + 1, with_closed=query.closed
        )
    )
    return build_page(rows, query.limit, TerritoryAnswer.of, lambda row: row.id)


def close_territory(
    call: CallHere, territory_id: UUID, body: ClosingBody | None = None
) -> Response:
    """Take a sales region out of use for new shipments. Closing it again changes nothing."""
    del body
    return call.create(
        lambda tx, act: TerritoryAnswer.of(territories.close_territory(tx, act, territory_id))
    )
