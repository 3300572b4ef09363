# SPDX-License-Identifier: Apache-2.0
"""What a reading is answered: the stage of its unit, recalls, expiry, and who vouches."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories import NOW, make_recall
from tests.scanning_world import Tenant, World, phone

from trueorigin.domain.scans import ScanOutcome
from trueorigin.domain.units import RangeKind
from trueorigin.domain.verdict import ReasonCode, Verdict
from trueorigin.storage import accounts, units
from trueorigin.storage.database import Database


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def alice(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


def codes(outcome: ScanOutcome) -> list[ReasonCode]:
    return [reason.code for reason in outcome.reasons]


# Stages and recalls


def test_unreleased_unit_is_not_released_and_remembered_after_release(
    world: World, alice: Tenant
) -> None:
    with world.database.write() as tx:
        planned = world.add_run(tx, alice)
    early = world.read(planned.code(1), device_token=phone(1))
    assert (early.verdict, early.counted) == (Verdict.NOT_RELEASED, True)
    with world.database.write() as tx:
        world.release(tx, planned, effective_at=world.tick())
    stranger = world.read(planned.code(1), device_token=phone(2))
    assert stranger.verdict is Verdict.CAUTION
    assert codes(stranger) == [ReasonCode.READ_BEFORE_RELEASE]
    own = world.read(planned.code(1), device_token=phone(1))
    assert (own.verdict, codes(own)) == (Verdict.GENUINE, [ReasonCode.FEW_DEVICES])
    assert world.read(planned.code(2), device_token=phone(2)).verdict is Verdict.GENUINE


def test_release_at_a_time_holds_from_then_on(world: World, alice: Tenant) -> None:
    with world.database.write() as tx:
        planned = world.add_run(tx, alice)
        world.release(tx, planned, effective_at=NOW + timedelta(hours=1))
    assert world.read(planned.code(1)).verdict is Verdict.NOT_RELEASED
    world.at = NOW + timedelta(hours=1) - timedelta(seconds=1)
    assert world.read(planned.code(1)).verdict is not Verdict.NOT_RELEASED


def test_withdrawn_range_is_withdrawn_and_its_neighbours_are_not(
    world: World, alice: Tenant
) -> None:
    with world.database.write() as tx:
        world.release(tx, alice, start=100, stop=200, kind=RangeKind.WITHDRAW)
    verdicts = [world.read(alice.code(index)).verdict for index in (99, 100, 199, 200)]
    assert verdicts == [Verdict.GENUINE, Verdict.WITHDRAWN, Verdict.WITHDRAWN, Verdict.GENUINE]


@pytest.mark.parametrize(("start", "stop"), [(0, 999), (1, 1000), (0, 1000)])
def test_a_range_that_is_nearly_the_whole_run_is_not_the_whole_run(
    world: World, alice: Tenant, start: int, stop: int
) -> None:
    with world.database.write() as tx:
        planned = world.add_run(tx, alice)
        world.release(tx, planned, start=start, stop=stop)
    verdicts = [world.read(planned.code(index)).verdict for index in (0, 500, 999)]
    released = [start <= index < stop for index in (0, 500, 999)]
    assert [verdict is Verdict.GENUINE for verdict in verdicts] == released


def test_batch_recall_reaches_every_unit_and_ends_when_lifted(world: World, alice: Tenant) -> None:
    recall = make_recall(alice.batch)
    with world.database.write() as tx:
        units.append_recall(tx, alice.scope, recall)
    outcome = world.read(alice.code(1))
    assert outcome.verdict is Verdict.RECALLED
    assert outcome.reasons[0].params["reason"] == recall.reason
    assert outcome.reasons[0].params["contact"] == recall.contact
    with world.database.write() as tx:
        units.lift_recall(tx, alice.scope, recall.id, world.tick())
    assert world.read(alice.code(1)).verdict is Verdict.GENUINE


def test_range_recall_reaches_its_units_only(world: World, alice: Tenant) -> None:
    recall = make_recall(
        alice.batch, batch_id=None, run_id=alice.run.id, level=0, start=10, stop=20
    )
    with world.database.write() as tx:
        units.append_recall(tx, alice.scope, recall)
        world.release(tx, alice, start=10, stop=20, kind=RangeKind.RECALL, recall_id=recall.id)
    verdicts = [world.read(alice.code(index)).verdict for index in (9, 10, 19, 20)]
    assert verdicts == [Verdict.GENUINE, Verdict.RECALLED, Verdict.RECALLED, Verdict.GENUINE]


def test_expiry_is_the_end_of_the_day_where_the_organisation_is(world: World) -> None:
    with world.database.write() as tx:
        tenant = world.join(tx, expires_on=date(2026, 3, 14), time_zone="Asia/Shanghai")
    last = datetime(2026, 3, 14, 15, 59, 58, tzinfo=UTC)
    world.at = last
    assert world.read(tenant.code(1)).verdict is Verdict.GENUINE
    expired = world.read(tenant.code(1))
    assert (expired.verdict, codes(expired)[0]) == (Verdict.CAUTION, ReasonCode.EXPIRED)
    assert expired.reasons[0].params == {"on": date(2026, 3, 14)}


def test_unverified_organisation_is_labelled_until_the_operator_vouches(world: World) -> None:
    with world.database.write() as tx:
        tenant = world.join(tx, verified_at=None)
    assert codes(world.read(tenant.code(1)))[-1] is ReasonCode.ORGANISATION_UNVERIFIED
    with world.database.write() as tx:
        accounts.mark_verified(tx, tenant.organisation.id, NOW)
    assert ReasonCode.ORGANISATION_UNVERIFIED not in codes(world.read(tenant.code(1)))
