# SPDX-License-Identifier: Apache-2.0
"""What the JSON surface cannot show of issuing: concurrency, budgets, and the last of a kind."""

import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
from tests.budgets import max_queries
from tests.factories import Cast, Tenant, make_act, make_gtin, make_organisation, scope_of
from tests.same_instant import meet_at

from trueorigin.domain.catalog import Run
from trueorigin.domain.errors import ConflictError, DomainError
from trueorigin.domain.ranges import RangeDraft
from trueorigin.services import issuing
from trueorigin.services.issuing import RunDraft, StageDraft
from trueorigin.storage import accounts, catalog, ssccs, units
from trueorigin.storage.database import Database
from trueorigin.storage.schema import key_epoch

URL = "https://ex.cn"


def order(database: Database, cast: Cast, **fields: object) -> Run:
    values: dict[str, object] = {
        "batch_id": cast.alice.batch.id,
        "quantity": 100,
        "public_url": URL,
        "packing": (24, 2),
    }
    draft = RunDraft(**(values | fields))  # type: ignore[arg-type] # a test's own fields
    with database.write() as tx:
        return issuing.create_run(tx, make_act(cast.alice.organisation), draft)


def test_of_two_runs_with_the_same_groups_in_opposite_order_one_is_made(
    database: Database, cast: Cast
) -> None:
    gtins = tuple(make_gtin(f"095212340070{number}") for number in range(3))
    dora = make_organisation()
    with database.write() as tx:
        accounts.append_organisation(tx, dora)

    def order_one(tenant: Tenant, groups: tuple[str, ...]) -> str:
        draft = RunDraft(
            batch_id=tenant.batch.id,
            quantity=100,
            public_url=URL,
            packing=(2, 2, 2),
            group_gtins=groups,
        )
        try:
            with database.write() as tx:
                issuing.create_run(tx, make_act(tenant.organisation), draft)
        except DomainError as error:
            return f"{error.code} {error.field}"
        return "made"

    # Both have one of the outer GTINs when they come to the middle one.
    ends = meet_at(
        database,
        lambda tx: catalog.claim_gtin(tx, scope_of(dora), gtins[1]),
        [
            lambda: order_one(cast.alice, gtins),
            lambda: order_one(cast.charlie, gtins[::-1]),
        ],
    )
    assert ends in (
        ["made", "gtin_taken group_gtins.2"],
        ["gtin_taken group_gtins.0", "made"],
    )


def at_once(jobs: list[Callable[[], None]]) -> list[DomainError]:
    """Run all jobs at the same time; return the refusals."""
    refusals: list[DomainError] = []
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        barrier.wait()
        try:
            job()
        except DomainError as error:
            refusals.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def test_runs_ordered_at_once_never_share_a_number(database: Database, cast: Cast) -> None:
    runs: list[Run] = []
    refusals = at_once([lambda: runs.append(order(database, cast)) for _ in range(6)])
    assert refusals == []
    assert len({run.id for run in runs}) == 6
    assert len({(run.epoch, run.ordinal) for run in runs}) == 6
    # Alice is a GS1 member: blocks of 5 cases and 3 pallets, none twice.
    starts = [
        (first or 0, size)
        for run in runs
        for first, size in zip(run.sscc_first, (5, 3), strict=True)
    ]
    blocks = sorted((first, first + size) for first, size in starts)
    assert all(stop <= start for (_, stop), (start, _) in pairwise(blocks))
    assert blocks[-1][1] == 6 * 8


def test_of_two_releases_at_once_one_is_refused(database: Database, cast: Cast) -> None:
    run = order(database, cast)
    draft = StageDraft(ranges=(RangeDraft(level=0, start=0, stop=50),))

    def release() -> None:
        with database.write() as tx:
            issuing.release(tx, make_act(cast.alice.organisation), run.id, draft)

    refusals = at_once([release] * 4)
    assert [error.code for error in refusals] == ["range_released_already"] * 3
    with database.read() as tx:
        assert len(units.list_overlapping_facts(tx, cast.alice.scope, run.id, 0, 0, 100)) == 1


def test_of_two_claims_of_a_gtin_one_is_refused(database: Database, cast: Cast) -> None:
    gtin = make_gtin("1690777000001")

    def claim(batch_of: str) -> None:
        tenant = getattr(cast, batch_of)
        draft = RunDraft(
            batch_id=tenant.batch.id,
            quantity=10,
            public_url=URL,
            packing=(2,),
            group_gtins=(gtin,),
        )
        with database.write() as tx:
            issuing.create_run(tx, make_act(tenant.organisation), draft)

    refusals = at_once([lambda: claim("alice"), lambda: claim("charlie")])
    assert [(error.code, error.field) for error in refusals] == [("gtin_taken", "group_gtins.0")]


def test_every_change_raises_the_revision(database: Database, cast: Cast) -> None:
    def revision() -> int:
        with database.read() as tx:
            return catalog.find_revisions(tx, [cast.alice.organisation.id])[
                cast.alice.organisation.id
            ]

    seen = [revision()]
    run = order(database, cast)
    seen.append(revision())
    for do in (issuing.release, issuing.withdraw):
        with database.write() as tx:
            do(tx, make_act(cast.alice.organisation), run.id, StageDraft())
        seen.append(revision())
    assert seen == sorted(set(seen))


def test_the_cost_of_a_run_does_not_depend_on_its_size(database: Database, cast: Cast) -> None:
    for quantity in (10, 4_294_967_296):
        with max_queries(database, 16):
            order(database, cast, quantity=quantity, packing=(24, 40))


def test_a_full_epoch_says_so(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        tx.execute(key_epoch.update().values(next_ordinal=accounts.ORDINAL_LIMIT - 1))
    assert order(database, cast).ordinal == accounts.ORDINAL_LIMIT - 1
    with pytest.raises(ConflictError) as caught:
        order(database, cast)
    assert caught.value.code == "ordinals_exhausted"


def test_a_prefix_is_used_to_its_very_last_sscc(database: Database, cast: Cast) -> None:
    capacity = 10**11
    with database.write() as tx:
        ssccs.reserve_sscc(tx, cast.alice.scope, "690123", capacity - 50, capacity)
    assert order(database, cast, packing=(2,)).sscc_first == (capacity - 50,)
    with pytest.raises(ConflictError) as caught:
        order(database, cast, packing=(2,))
    assert caught.value.params == {"needed": 50, "available": 0}


def test_a_failed_order_reserves_nothing(database: Database, cast: Cast) -> None:
    """There is room for the five cases, but not for the three pallets too."""
    capacity = 10**11
    with database.write() as tx:
        ssccs.reserve_sscc(tx, cast.alice.scope, "690123", capacity - 6, capacity)
    before = order(database, cast, packing=()).ordinal
    with pytest.raises(ConflictError):
        order(database, cast)
    run = order(database, cast, packing=(24,))
    assert (run.sscc_first, run.ordinal) == ((capacity - 6,), before + 1)
