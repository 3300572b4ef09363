"""Where a unit has been and where units are now, for those who may see it, in few statements."""

from dataclasses import replace

import pytest
from tests.budgets import max_queries
from tests.chain_world import Chain, draft, make_chain
from tests.factories import NOW, later
from tests.scanning_world import World

from trueorigin.domain.errors import InvalidError, NotFoundError
from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span, span_of
from trueorigin.services import tracing
from trueorigin.services.visibility import Viewer
from trueorigin.storage import events as stored
from trueorigin.storage.database import Database


@pytest.fixture
def chain(database: Database) -> Chain:
    return make_chain(World(database))


def span(chain: Chain, start: int, stop: int, level: int = 0) -> Span:
    return Span(chain.alice.run.id, level, start, stop)


def pack_all(chain: Chain) -> None:
    """Pack the run as planned: items into cases, cases onto pallets."""
    for level in (1, 2):
        groups = span(chain, 0, chain.alice.run.quantity_at(level), level)
        plan = PlanDraft(containers=groups)
        chain.store(draft(EventKind.PACKING, plan=plan, at=later(minutes=level)))


def test_a_history_tells_the_goods_with_it(chain: Chain) -> None:
    found = chain.look(chain.alice.key(7))
    assert (found.run, found.batch, found.product) == (
        chain.alice.run,
        chain.alice.batch,
        chain.alice.product,
    )
    assert found.history.entries == ()
    assert found.anomalies == ()


def test_units_that_do_not_exist_have_no_history(chain: Chain) -> None:
    for unit in (chain.alice.key(1000), chain.alice.key(0, 3), 1 << 60):
        with pytest.raises(NotFoundError, match="unit_not_found"):
            chain.look(unit)


def test_charlie_never_sees_the_life_of_alices_goods(chain: Chain) -> None:
    chain.store(draft(units=(chain.alice.code(7),)))
    with pytest.raises(NotFoundError, match="unit_not_found"):
        chain.look(chain.alice.key(7), by=chain.charlie)
    with pytest.raises(NotFoundError, match="unit_not_found"):
        chain.look(chain.alice.key(8), by=chain.charlie)


def test_who_recorded_an_event_of_others_goods_sees_that_and_no_more(chain: Chain) -> None:
    case = chain.alice.key(0, 1)
    pack_all(chain)
    chain.store(draft(units=(chain.alice.code(7),), at=later(hours=1)))
    # By somebody who may handle these goods.
    told = draft(EventKind.RECEIVING, units=(span_of(case),), at=later(hours=2))
    with chain.world.database.write() as tx:
        [event] = stored.find_events(tx, [chain.felt(chain.alice.key(7))[-1][0]]).values()
        theirs = replace(
            event,
            id=told.id,
            kind=told.kind,
            at=told.at,
            recorded_at=told.at,
            organisation_id=chain.charlie.organisation.id,
            about=(span_of(case),),
        )
        stored.append_events(tx, [theirs])
        viewer = Viewer(organisation_id=chain.charlie.organisation.id)
        found = tracing.find_history(tx, viewer, chain.alice.key(7))
    assert [entry.event.id for entry in found.history.entries] == [told.id]
    assert found.history.places == ()
    assert found.anomalies == ()
    assert len(chain.look(chain.alice.key(7)).history.entries) == 4


def test_what_cannot_be_is_flagged_with_the_releases_of_the_unit(chain: Chain) -> None:
    told = draft(at=later(minutes=-5), units=(chain.alice.code(7),))
    chain.store(told)
    # The run was released at NOW.
    assert [each.code for each in chain.look(chain.alice.key(7)).anomalies] == ["before_release"]


def test_a_history_costs_few_statements_however_much_happened(chain: Chain) -> None:
    pack_all(chain)
    unit = chain.alice.key(7)
    for depth, key in enumerate((unit, chain.alice.key(0, 1), chain.alice.key(0, 2))):
        told = [
            draft(EventKind.STORING, at=later(hours=depth, seconds=n), units=(span_of(key),))
            for n in range(60)
        ]
        chain.store(*told)
    with max_queries(chain.world.database, 3 * 3 + 6) as sent:
        found = chain.look(unit)
    assert len(found.history.entries) == 182
    assert len(sent) >= 10


def test_the_life_of_many_units_costs_no_more_statements(chain: Chain) -> None:
    pack_all(chain)
    units = [chain.alice.key(n) for n in range(512)]
    with chain.world.database.read() as tx, max_queries(chain.world.database, 3 * 3 + 1):
        found = tracing.find_histories(tx, units)
    assert all(len(history.entries) == 2 for history in found.values())


def test_where_all_units_of_a_run_are(chain: Chain) -> None:
    pack_all(chain)
    chain.store(
        draft(EventKind.STORING, at=later(hours=1), units=(span(chain, 0, 2, 2),)),
        draft(EventKind.SHIPPING, at=later(hours=2), units=(chain.alice.code(1, 2),)),
        draft(EventKind.SELLING, at=later(hours=3), units=(chain.alice.code(5),)),
    )
    with chain.world.database.read() as tx, max_queries(chain.world.database, 14):
        found = tracing.find_run_positions(
            tx, chain.alice.scope, chain.alice.run.id, at=later(hours=9)
        )
    assert [(each.span.start, each.span.stop, each.kind) for each in found] == [
        (0, 5, EventKind.STORING),
        (5, 6, EventKind.SELLING),
        (6, 960, EventKind.STORING),
        (960, 1000, EventKind.SHIPPING),
    ]
    assert sum(each.span.size for each in found) == 1000


def test_what_is_to_come_has_put_nothing_anywhere_yet(chain: Chain) -> None:
    chain.store(draft(EventKind.STORING, at=later(hours=5), units=(span(chain, 0, 9),)))
    with chain.world.database.read() as tx:
        for hour, kind in ((4, None), (6, EventKind.STORING)):
            [position] = tracing.find_positions(tx, [span(chain, 0, 9)], at=later(hours=hour))
            assert position.kind is kind


def test_positions_of_groups_and_of_levels_a_run_has_not(chain: Chain) -> None:
    chain.store(draft(EventKind.STORING, units=(span(chain, 0, 9, 1),)))
    run = chain.alice.run
    with chain.world.database.read() as tx:
        found = tracing.find_run_positions(tx, chain.alice.scope, run.id, level=1, at=NOW)
        assert [each.span for each in found] == [span(chain, 0, 9, 1), span(chain, 9, 42, 1)]
        with pytest.raises(InvalidError, match="level_unknown"):
            tracing.find_run_positions(tx, chain.alice.scope, run.id, level=3, at=NOW)
        with pytest.raises(NotFoundError, match="run_not_found"):
            tracing.find_run_positions(tx, chain.charlie.scope, run.id, at=NOW)


def test_where_everything_of_a_batch_is(chain: Chain) -> None:
    with chain.world.database.write() as tx:
        second = chain.world.add_run(
            tx, chain.alice, quantity=10, packing=(), group_gtins=(), sscc_first=()
        )
    chain.store(draft(EventKind.STORING, units=(span(chain, 0, 1000),)))
    with chain.world.database.read() as tx:
        found = tracing.find_batch_positions(tx, chain.alice.scope, chain.alice.batch.id, at=NOW)
        assert [(each.span, each.kind) for each in found] == [
            (span(chain, 0, 1000), EventKind.STORING),
            (Span(second.run.id, 0, 0, 10), None),
        ]
        with pytest.raises(NotFoundError, match="batch_not_found"):
            tracing.find_batch_positions(tx, chain.charlie.scope, chain.alice.batch.id, at=NOW)


def test_where_everything_is_that_came_on_a_pallet(chain: Chain) -> None:
    pack_all(chain)
    pallet = chain.alice.key(1, 2)
    chain.store(
        draft(EventKind.SHIPPING, at=later(hours=1), units=(span_of(pallet),)),
        draft(EventKind.UNPACKING, at=later(hours=2), containers=(span_of(pallet),)),
        draft(EventKind.RECEIVING, at=later(hours=3), units=(chain.alice.code(41, 1),)),
        draft(EventKind.SELLING, at=later(hours=4), units=(chain.alice.code(990),)),
    )
    with chain.world.database.read() as tx, max_queries(chain.world.database, 20):
        found = tracing.find_group_positions(tx, pallet, at=later(hours=9))
    assert [(each.span.start, each.span.stop, each.kind) for each in found] == [
        (960, 984, EventKind.SHIPPING),
        (984, 990, EventKind.RECEIVING),
        (990, 991, EventKind.SELLING),
        (991, 1000, EventKind.RECEIVING),
    ]


def test_an_item_asked_for_as_a_group_is_where_it_is(chain: Chain) -> None:
    chain.store(draft(EventKind.STORING, units=(chain.alice.code(7),)))
    with chain.world.database.read() as tx:
        [found] = tracing.find_group_positions(tx, chain.alice.key(7), at=NOW)
    assert (found.span, found.kind) == (span(chain, 7, 8), EventKind.STORING)


def test_what_is_in_a_case_now(chain: Chain) -> None:
    pack_all(chain)
    case = chain.alice.key(1, 1)
    chain.store(
        draft(EventKind.UNPACKING, at=later(hours=1), units=(chain.alice.code(30),)),
        draft(
            EventKind.PACKING,
            at=later(hours=2),
            units=(chain.alice.code(900),),
            containers=(span_of(case),),
        ),
    )
    with chain.world.database.read() as tx, max_queries(chain.world.database, 6):
        now = tracing.find_packed(tx, case, at=later(hours=9))
    assert now == [span(chain, 24, 30), span(chain, 31, 48), span(chain, 900, 901)]
    with chain.world.database.read() as tx:
        assert tracing.find_packed(tx, case, at=later(minutes=30)) == [span(chain, 24, 48)]
        assert tracing.find_packed(tx, chain.alice.key(7), at=later(hours=9)) is None
