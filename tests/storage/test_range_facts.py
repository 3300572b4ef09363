"""Facts on ranges and recalls: stored once, found by units, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from tests.budgets import max_queries
from tests.factories import (
    NOW,
    Cast,
    Tenant,
    later,
    make_batch,
    make_fact,
    make_id,
    make_recall,
    make_run,
)

from trueorigin.domain.catalog import QUANTITY_MAX
from trueorigin.domain.errors import ConflictError, NotFoundError
from trueorigin.domain.units import RangeFact, RangeKind, UnitFact, fold_range_facts
from trueorigin.storage import catalog, units
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.dialect import copy_rows
from trueorigin.storage.schema import range_block, range_fact


def _seen(fact: RangeFact, lifted_at: datetime | None = None) -> UnitFact:
    return UnitFact(
        id=fact.id,
        kind=fact.kind,
        effective_at=fact.effective_at,
        recall_id=fact.recall_id,
        lifted_at=lifted_at,
    )


def test_a_fact_holds_the_units_of_its_range_and_no_others(database: Database, cast: Cast) -> None:
    run = cast.alice.run
    fact = make_fact(run, 10, 100)
    group = make_fact(run, 0, 5, level=1)
    with database.write() as tx:
        units.append_range_fact(tx, cast.alice.scope, fact)
        units.append_range_fact(tx, cast.alice.scope, group)
    probes = [
        (run.id, 0, 9),
        (run.id, 0, 10),
        (run.id, 0, 99),
        (run.id, 0, 100),
        (run.id, 1, 4),
        (run.id, 1, 5),
        (cast.charlie.run.id, 0, 10),
        (run.id, 0, 10),
    ]
    with max_queries(database, 1), database.read() as tx:
        found = units.find_range_facts(tx, probes)
        assert units.find_range_facts(tx, []) == []
    item, case = (_seen(fact),), (_seen(group),)
    assert found == [(), item, item, (), case, (), (), item]


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param(0, QUANTITY_MAX, id="everything"),
        pytest.param(1, QUANTITY_MAX, id="all but the first"),
        pytest.param(0, QUANTITY_MAX - 1, id="all but the last"),
        pytest.param(1, QUANTITY_MAX - 1, id="all but both ends"),
        pytest.param(QUANTITY_MAX - 1, QUANTITY_MAX, id="the last"),
        pytest.param(0, 1, id="the first"),
        pytest.param(2**31 - 1, 2**31 + 1, id="across the middle"),
    ],
)
def test_bounds_reach_from_zero_to_two_to_the_32(
    database: Database, cast: Cast, start: int, stop: int
) -> None:
    run = make_run(cast.alice.batch, id=9, ordinal=9, quantity=QUANTITY_MAX)
    with database.write() as tx:
        catalog.append_run(tx, cast.alice.scope, run)
        units.append_range_fact(tx, cast.alice.scope, make_fact(run, start, stop))
    inside = {start, stop - 1, (start + stop) // 2}
    outside = {0, start - 1, stop, QUANTITY_MAX - 1} - inside
    outside = {each for each in outside if 0 <= each < QUANTITY_MAX and not start <= each < stop}
    with database.read() as tx:
        for index in inside:
            assert len(units.find_range_facts(tx, [(9, 0, index)])[0]) == 1, index
        for index in outside:
            assert units.find_range_facts(tx, [(9, 0, index)]) == [()], index
        assert units.count_range_blocks(tx, [9], limit=1000)[9] <= 64


def test_a_fact_and_its_blocks_cost_a_fixed_number_of_statements(
    database: Database, cast: Cast
) -> None:
    with max_queries(database, 4), database.write() as tx:
        units.append_range_fact(tx, cast.alice.scope, make_fact(cast.alice.run, 1, 999))


def test_a_batch_of_readings_asks_once(database: Database, cast: Cast) -> None:
    run = cast.alice.run
    with database.write() as tx:
        for start in range(0, 1000, 50):
            units.append_range_fact(tx, cast.alice.scope, make_fact(run, start, start + 60))
    with max_queries(database, 1), database.read() as tx:
        found = units.find_range_facts(tx, [(run.id, 0, index) for index in range(512)])
    assert [len(facts) for facts in found] == [
        2 if index >= 50 and index % 50 < 10 else 1 for index in range(512)
    ]


def test_overlapping_facts_are_listed_in_order_of_effect(database: Database, cast: Cast) -> None:
    run, scope = cast.alice.run, cast.alice.scope
    late = make_fact(run, 0, 20, effective_at=later(days=2), actor_id=make_id())
    early = make_fact(run, 10, 30, kind=RangeKind.WITHDRAW, reason="Leaking caps")
    apart = make_fact(run, 30, 40)
    with database.write() as tx:
        for fact in (late, early, apart):
            units.append_range_fact(tx, scope, fact)
    with database.read() as tx:
        assert units.list_overlapping_facts(tx, scope, run.id, 0, 19, 30) == [early, late]
        assert units.list_overlapping_facts(tx, scope, run.id, 0, 20, 31) == [early, apart]
        assert units.list_overlapping_facts(tx, scope, run.id, 0, 40, 41) == []
        assert units.list_overlapping_facts(tx, scope, run.id, 1, 0, 99) == []
        assert units.list_overlapping_facts(tx, cast.charlie.scope, run.id, 0, 0, 99) == []


def test_charlie_cannot_release_what_is_alices(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        with pytest.raises(NotFoundError, match="run_not_found"):
            units.append_range_fact(tx, cast.charlie.scope, make_fact(cast.alice.run))
        unknown = make_fact(make_run(cast.alice.batch, id=4242))
        with pytest.raises(NotFoundError, match="run_not_found"):
            units.append_range_fact(tx, cast.alice.scope, unknown)
    with database.read() as tx:
        assert tx.execute(sa.select(range_fact)).all() == []
        assert tx.execute(sa.select(range_block)).all() == []


def test_a_fact_is_stored_once(database: Database, cast: Cast) -> None:
    fact = make_fact(cast.alice.run)
    with database.write() as tx:
        units.append_range_fact(tx, cast.alice.scope, fact)
        with pytest.raises(ConflictError, match="id_taken"):
            units.append_range_fact(tx, cast.alice.scope, fact)


def test_blocks_of_a_run_are_those_that_tile_its_facts(database: Database, cast: Cast) -> None:
    run, scope = cast.alice.run, cast.alice.scope
    fact = make_fact(run, 3, 9)
    with database.write() as tx:
        units.append_range_fact(tx, scope, fact)
        units.append_range_fact(tx, cast.charlie.scope, make_fact(cast.charlie.run))
        blocks = units.list_range_blocks(tx, [run.id])
        assert units.count_range_blocks(tx, [run.id], limit=100) == {run.id: 3}
        assert units.count_range_blocks(tx, [run.id], limit=2) == {run.id: 2}
        assert units.count_range_blocks(tx, [4242], limit=2) == {4242: 0}
        assert units.count_range_blocks(tx, [], limit=2) == {}
    places = sorted((block.level, block.exponent, block.prefix) for block in blocks)
    assert places == [(0, 0, 3), (0, 0, 8), (0, 2, 1)]
    assert {block.fact for block in blocks} == {_seen(fact)}
    assert {block.run_id for block in blocks} == {run.id}


def _recall_range(tx: Tx, tenant: Tenant) -> tuple[RangeFact, object]:
    run = tenant.run
    recall = make_recall(
        tenant.batch, batch_id=None, run_id=run.id, level=0, start=0, stop=10, number="R-1"
    )
    fact = make_fact(run, 0, 10, kind=RangeKind.RECALL, recall_id=recall.id)
    units.append_recall(tx, tenant.scope, recall)
    units.append_range_fact(tx, tenant.scope, fact)
    return fact, recall


def test_a_recall_holds_its_range_until_it_is_lifted(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        fact, recall = _recall_range(tx, cast.alice)
    probe = (cast.alice.run.id, 0, 5)
    assert fact.recall_id is not None
    with database.write() as tx:
        (found,) = units.find_range_facts(tx, [probe])
        assert fold_range_facts(found, NOW).recall_ids == (fact.recall_id,)
        stored = units.get_recall(tx, cast.alice.scope, fact.recall_id)
        assert stored == recall
        assert stored.is_in_force(NOW)
        assert not stored.is_in_force(later(microseconds=-1))
        units.lift_recall(tx, cast.alice.scope, fact.recall_id, later(days=1))
        units.lift_recall(tx, cast.alice.scope, fact.recall_id, later(days=9))
    with database.read() as tx:
        (found,) = units.find_range_facts(tx, [probe])
        assert found == (_seen(fact, later(days=1)),)
        assert {b.fact for b in units.list_range_blocks(tx, [probe[0]])} == set(found)
    assert fold_range_facts(found, later(hours=23)).recall_ids == (fact.recall_id,)
    assert fold_range_facts(found, later(days=1)).recall_ids == ()


def test_recalls_of_a_batch_are_listed_lifted_or_not(database: Database, cast: Cast) -> None:
    alice = cast.alice
    second = make_recall(alice.batch, effective_at=later(days=1), instruction=None, contact=None)
    first = make_recall(alice.batch)
    with database.write() as tx:
        units.append_recall(tx, alice.scope, second)
        units.append_recall(tx, alice.scope, first)
        units.lift_recall(tx, alice.scope, first.id, later(days=2))
        lifted = replace(first, lifted_at=later(days=2))
        assert units.list_batch_recalls(tx, [alice.batch.id]) == [lifted, second]
        assert units.list_batch_recalls(tx, [cast.charlie.batch.id]) == []
        by_id = [second, lifted]
        assert units.list_recalls(tx, alice.scope, limit=9) == by_id
        assert units.list_recalls(tx, alice.scope, after=second.id, limit=9) == [lifted]
        assert units.list_recalls(tx, alice.scope, limit=1) == [second]
        assert units.list_recalls(tx, cast.charlie.scope, limit=9) == []
        found = units.find_recalls(tx, [first.id, make_id()])
        assert found == {first.id: lifted}
        assert units.find_recalls(tx, []) == {}


Refused = Callable[[Tx, Cast], object]


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            lambda tx, cast: units.append_recall(
                tx,
                cast.charlie.scope,
                make_recall(cast.alice.batch, organisation_id=cast.charlie.scope),
            ),
            id="recall a batch",
        ),
        pytest.param(
            lambda tx, cast: units.append_recall(
                tx, cast.charlie.scope, make_recall(cast.alice.batch)
            ),
            id="recall in another's name",
        ),
        pytest.param(
            lambda tx, cast: units.append_recall(
                tx,
                cast.charlie.scope,
                make_recall(cast.charlie.batch, batch_id=None, run_id=cast.alice.run.id, level=0),
            ),
            id="recall a run",
        ),
        pytest.param(
            lambda tx, cast: units.append_recall(
                tx, cast.alice.scope, make_recall(make_batch(cast.alice.product))
            ),
            id="recall an unknown batch",
        ),
    ],
)
def test_recalls_of_others_goods_are_refused(database: Database, cast: Cast, act: Refused) -> None:
    with database.write() as tx:
        with pytest.raises(NotFoundError):
            act(tx, cast)
        assert units.list_batch_recalls(tx, [cast.alice.batch.id]) == []


def test_charlie_cannot_see_or_lift_alices_recall(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        fact, _ = _recall_range(tx, cast.alice)
        assert fact.recall_id is not None
        with pytest.raises(NotFoundError, match="recall_not_found"):
            units.get_recall(tx, cast.charlie.scope, fact.recall_id)
        with pytest.raises(NotFoundError, match="recall_not_found"):
            units.lift_recall(tx, cast.charlie.scope, fact.recall_id, NOW)
        assert units.get_recall(tx, cast.alice.scope, fact.recall_id).lifted_at is None


@pytest.mark.parametrize("change", ["fact", "recall", "lift"])
def test_every_change_a_reading_must_see_raises_the_revision(
    database: Database, cast: Cast, change: str
) -> None:
    scope = cast.alice.scope
    recall = make_recall(cast.alice.batch)
    with database.write() as tx:
        units.append_recall(tx, scope, recall)
    with database.read() as tx:
        before = catalog.find_revisions(tx, [scope])[scope]
    with database.write() as tx:
        if change == "fact":
            units.append_range_fact(tx, scope, make_fact(cast.alice.run))
        elif change == "recall":
            units.append_recall(tx, scope, make_recall(cast.alice.batch))
        else:
            units.lift_recall(tx, scope, recall.id, NOW)
    with database.read() as tx:
        assert catalog.find_revisions(tx, [scope]) == {scope: before + 1}


def test_the_probes_use_the_primary_key_however_many_ranges_there_are(
    database: Database, cast: Cast
) -> None:
    """With statistics, too: these say that one run has most of the table, so reading it all is
    tempting, and for the sizes of block that do not exist it would be read in vain."""
    run_id, fact_id = cast.alice.run.id, str(make_id())
    blocks = [(run_id, 0, 3, n, fact_id, "release", 0, None) for n in range(50_000)]
    names = [column.name for column in range_block.columns]
    statements: list[object] = []
    with database.write() as tx:
        copy_rows(tx, "range_block", names, blocks)
    with database.write() as tx:
        tx.run("ANALYZE")
    with database.watching(statements.append), database.read() as tx:
        (found,) = units.find_range_facts(tx, [(run_id, 0, 8)])
        pages = units.list_page_blocks(tx, run_id, [(0, 1024)], size=1024, limit=1000)
    assert len(found) == 1
    assert pages is not None
    assert [len(each) for each in pages] == [128]
    for statement, first, last in zip(statements, (8, 1024), (8, 2047), strict=True):
        with database.read() as tx:
            if tx.dialect == "postgresql":
                probe = ["{0}", f"{{{run_id}}}", "{0}", f"{{{first}}}", f"{{{last}}}"]
                rows = tx.run(f"EXPLAIN {statement}", probe)
                assert "Seq Scan on range_block" not in str(rows)
                assert str(rows).count("using pk_range_block") == 2
            else:
                probe = [f"[[0, {run_id}, 0, {first}, {last}]]"]
                rows = tx.run(f"EXPLAIN QUERY PLAN {statement}", probe)
                assert "SCAN b" not in str(rows)
                assert str(rows).count("SEARCH b USING PRIMARY KEY") == 2


def test_a_page_has_every_block_of_its_units(database: Database, cast: Cast) -> None:
    run, scope = cast.alice.run, cast.alice.scope
    facts = [make_fact(run, *pair) for pair in ((0, 1000), (5, 9), (64, 130), (127, 128))]
    with database.write() as tx:
        for fact in facts:
            units.append_range_fact(tx, scope, fact)
        units.append_range_fact(tx, scope, make_fact(run, 0, 40, level=1))
    with database.read() as tx:
        starts = [0, 64, 128, 960]
        pages = units.list_page_blocks(tx, run.id, [(0, at) for at in starts], size=64, limit=99)
        assert pages is not None
        for start, blocks in zip(starts, pages, strict=True):
            for index in range(start, start + 64):
                held = {each.fact.id for each in blocks if each.prefix == index >> each.exponent}
                assert held == {each.id for each in facts if each.start <= index < each.stop}, index
        count = sum(map(len, pages))
        assert units.list_page_blocks(tx, run.id, [], size=64, limit=99) == []
        asked = [(0, at) for at in starts]
        assert units.list_page_blocks(tx, run.id, asked, size=64, limit=count) == pages
        assert units.list_page_blocks(tx, run.id, asked, size=64, limit=count - 1) is None
