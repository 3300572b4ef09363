# SPDX-License-Identifier: Apache-2.0
"""What each authority answers for; one without a row answers for everything.

Of a province only its code is kept: how it is drawn may become better. The version of a remit is
the instant at which it was set, in microseconds.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.ids import to_microseconds
from trueorigin.domain.remits import NATIONAL, Region, Remit, find_province
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.territories import Area
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new
from trueorigin.storage.schema import remit


def write_remit(tx: Tx, scope: TenantScope, row: Remit, at: datetime) -> None:
    """Write what an authority answers for from now on."""
    values = {
        "regions": [_describe(each) for each in row.regions],
        "categories": list(row.categories),
        "set_at": at,
    }
    if not insert_new(tx, remit, [{"organisation_id": scope, **values}]):
        tx.execute(sa.update(remit).where(remit.c.organisation_id == scope).values(**values))


def find_remit(tx: Tx, organisation_id: UUID) -> Remit:
    """Return what an authority answers for. One query."""
    return find_remits(tx, [organisation_id]).get(organisation_id, NATIONAL)


def find_remits(tx: Tx, organisation_ids: Collection[UUID]) -> dict[UUID, Remit]:
    """Return what these authorities answer for, without those that have no row. One query."""
    rows = tx.execute(sa.select(remit).where(remit.c.organisation_id.in_(organisation_ids)))
    return {
        row.organisation_id: Remit(
            regions=tuple(map(_build_region, row.regions)),
            categories=tuple(row.categories),
            version=to_microseconds(row.set_at),
        )
        for row in rows
    }


def _describe(region: Region) -> dict[str, Any]:
    if find_province(region.code) is not None:
        return {"code": region.code}
    return {
        "code": region.code,
        "name": {"zh": region.name.zh, "en": region.name.en},
        "areas": [asdict(area) for area in region.areas],
    }


def _build_region(told: Mapping[str, Any]) -> Region:
    province = find_province(told["code"])
    if province is not None:
        return province
    return Region(
        code=told["code"],
        name=LocalText(**told["name"]),
        areas=tuple(Area(**area) for area in told["areas"]),
    )
