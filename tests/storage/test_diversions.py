# SPDX-License-Identifier: Apache-2.0
"""Readings out of region: entered once, listed for their owner only, newest first."""

from dataclasses import replace
from uuid import UUID

from tests.chain_makers import hours
from tests.factories import Cast, make_id, scope_of
from tests.scanning_world import new_id

from trueorigin.domain.diversions import Diversion
from trueorigin.storage import diversions
from trueorigin.storage.database import Database


def make_rows(owner: UUID, count: int) -> list[Diversion]:
    return [
        Diversion(
            unit_key=100 - number,
            scan_id=new_id(hours(number)),
            organisation_id=owner,
            territory_id=make_id(),
            event_id=make_id(),
            at=hours(number),
            place="31.2,121.5*",
            km=number + 1,
        )
        for number in range(count)
    ]


def test_rows_are_listed_newest_first_in_pages(database: Database, cast: Cast) -> None:
    mine = make_rows(cast.alice.organisation.id, 5)
    others = make_rows(cast.charlie.organisation.id, 1)
    with database.write() as tx:
        diversions.append_diversions(tx, [*mine, *others])
        diversions.append_diversions(tx, [replace(mine[0], km=99)])
        diversions.append_diversions(tx, [])
        scope = scope_of(cast.alice.organisation)
        newest = list(reversed(mine))
        page = diversions.list_diversions(tx, scope, limit=2)
        assert page == newest[:2]
        rest = diversions.list_diversions(tx, scope, before=page[-1].scan_id, limit=10)
        assert rest == newest[2:]


def test_rows_are_forgotten_with_the_months_of_their_readings(
    database: Database, cast: Cast
) -> None:
    owner = cast.alice.organisation
    old, kept = make_rows(owner.id, 5), make_rows(owner.id, 1)
    kept = [replace(kept[0], scan_id=new_id(hours(24 * 40)), unit_key=old[0].unit_key)]
    month_later = hours(24 * 35)
    with database.write() as tx:
        diversions.append_diversions(tx, [*old, *kept])
        assert diversions.delete_diversions_before(tx, hours(0), 100) == 0
        counts = [diversions.delete_diversions_before(tx, month_later, 2) for _ in range(4)]
        assert counts == [2, 2, 1, 0]
        assert diversions.list_diversions(tx, scope_of(owner), limit=10) == kept
