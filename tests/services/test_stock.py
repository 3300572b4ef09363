# SPDX-License-Identifier: Apache-2.0
"""What is expected, in hand and under way, as each of a carrier and a shop is told."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.chain_world import Chain, draft, make_chain
from tests.factories import NOW, later
from tests.scanning_world import Tenant, World

from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.stock import Stock
from trueorigin.services import stock
from trueorigin.services.capturing import declare_error
from trueorigin.services.stock import StockList, find_stock
from trueorigin.storage.database import Database


@pytest.fixture
def chain(database: Database) -> Chain:
    chain = make_chain(World(database))
    chain.link(chain.charlie)
    return chain


def look(chain: Chain, who: Tenant, hours: float = 100) -> StockList:
    with chain.world.database.read() as tx:
        return find_stock(tx, chain.act(who).scope, at=later(hours=hours))


def pack(chain: Chain) -> None:
    run = chain.alice.run
    for level in (1, 2):
        plan = PlanDraft(containers=Span(run.id, level, 0, run.quantity_at(level)))
        chain.store(draft(EventKind.PACKING, plan=plan, at=later(hours=level / 10)))


def cases(chain: Chain, start: int, stop: int) -> Span:
    return Span(chain.alice.run.id, 1, start, stop)


def items(chain: Chain, start: int, stop: int) -> Span:
    return Span(chain.alice.run.id, 0, start, stop)


def ship(chain: Chain, *units: Span, hour: float, **more: object) -> None:
    told = draft(
        units=units,
        at=later(hours=hour),
        partner_id=chain.charlie.organisation.id,
        details={"expected": later(hours=hour + 5).isoformat(), **more},
    )
    chain.store(told)


def test_goods_are_expected_until_they_are_received_and_then_in_hand(chain: Chain) -> None:
    pack(chain)
    assert look(chain, chain.charlie).stock.arrivals == ()
    ship(chain, cases(chain, 0, 3), hour=2)
    [coming] = look(chain, chain.charlie, hours=4).stock.arrivals
    assert coming.spans == (items(chain, 0, 72),)
    assert not coming.is_late(later(hours=7))
    assert coming.is_late(later(hours=8))
    [sent] = look(chain, chain.alice, hours=4).stock.shipments
    assert sent.event.id == coming.event.id

    site = chain.add_site(chain.charlie)
    received = draft(
        EventKind.RECEIVING, units=(cases(chain, 0, 2),), at=later(hours=6), site_id=site.id
    )
    chain.store(received, by=chain.charlie)
    found = look(chain, chain.charlie)
    assert [each.spans for each in found.stock.arrivals] == [(items(chain, 48, 72),)]
    [held] = found.stock.held
    assert (held.count, held.site_id, held.level) == (48, site.id, 0)
    assert found.goods[held.run_id].batch.id == chain.alice.batch.id
    assert [each.spans for each in look(chain, chain.alice).stock.shipments] == [
        (items(chain, 48, 72),)
    ]
    assert look(chain, chain.alice).stock.held == ()


def test_what_is_sold_or_sent_on_is_not_in_hand_any_more(chain: Chain) -> None:
    pack(chain)
    ship(chain, cases(chain, 0, 2), hour=2)
    for kind, unit, hour in (
        (EventKind.RECEIVING, cases(chain, 0, 2), 6.0),
        (EventKind.SELLING, items(chain, 3, 4), 7.0),
        (EventKind.DESTROYING, items(chain, 30, 31), 8.0),
        (EventKind.SHIPPING, items(chain, 31, 33), 9.0),
    ):
        chain.store(draft(kind, units=(unit,), at=later(hours=hour)), by=chain.charlie)
    found = look(chain, chain.charlie).stock
    [held] = found.held
    assert held.count == 44
    assert [each.spans for each in found.shipments] == [(items(chain, 31, 33),)]
    assert found.arrivals == ()
    # The maker takes some back without a word from the shop: they are the shop's no more.
    back = draft(EventKind.RETURNING, units=(items(chain, 0, 2),), at=later(hours=10))
    chain.store(back)
    assert sum(each.count for each in look(chain, chain.charlie).stock.held) == 42


def test_what_a_carrier_took_over_is_still_expected_where_it_goes(chain: Chain) -> None:
    pack(chain)
    with chain.world.database.write() as tx:
        carrier = chain.world.join(tx)
    chain.link(carrier)
    ship(chain, cases(chain, 0, 1), hour=2)
    chain.store(
        draft(EventKind.RECEIVING, units=(cases(chain, 0, 1),), at=later(hours=3)), by=carrier
    )
    assert len(look(chain, chain.charlie).stock.arrivals) == 1
    assert [each.count for each in look(chain, carrier).stock.held] == [24]
    # The sender is told no more than that it is somebody's.
    assert look(chain, chain.alice).stock.shipments == ()


def test_a_shipment_in_error_and_an_old_one_are_not_expected(chain: Chain) -> None:
    told = draft(
        units=(cases(chain, 0, 1),),
        at=later(hours=2),
        partner_id=chain.charlie.organisation.id,
        details={"expected": "soon"},
    )
    chain.store(told)
    [coming] = look(chain, chain.charlie).stock.arrivals
    # Nobody packed anything into it, so it is a case, and "soon" is no time.
    assert coming.spans == (cases(chain, 0, 1),)
    assert coming.expected is None
    old = stock.OPEN_MAX / timedelta(hours=1)
    assert len(look(chain, chain.charlie, hours=old).stock.arrivals) == 1
    assert look(chain, chain.charlie, hours=old + 3).stock.arrivals == ()
    assert look(chain, chain.alice, hours=old + 3).stock.shipments == ()
    with chain.world.database.write() as tx:
        declare_error(tx, chain.act(), told.id, reason=None)
    assert look(chain, chain.charlie).stock.arrivals == ()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2027-01-01T08:00", datetime(2027, 1, 1, 0, tzinfo=UTC)),
        ("2027-01-01T08:00+02:00", datetime(2027, 1, 1, 6, tzinfo=UTC)),
        ("0001-01-01T00:00+08:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("2100-01-01T00:00Z", None),
        (20270101, None),
    ],
)
def test_a_time_without_zone_is_meant_where_it_was_said(
    chain: Chain, told: object, expected: datetime | None
) -> None:
    shipped = draft(
        units=(cases(chain, 0, 1),),
        at=NOW.astimezone(timezone(timedelta(hours=8))),
        partner_id=chain.charlie.organisation.id,
        details={"expected": told},
    )
    chain.store(shipped)
    [coming] = look(chain, chain.charlie).stock.arrivals
    assert coming.expected == expected


def test_more_records_than_are_looked_at_are_said_to_be_missing(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "RECORDS_MAX", 2)
    monkeypatch.setattr(stock, "ARRIVALS_MAX", 2)
    for index in range(3):
        assert not look(chain, chain.charlie).is_cut
        ship(chain, cases(chain, index, index + 1), hour=2)
    found = look(chain, chain.charlie)
    assert found.is_cut
    assert len(found.stock.arrivals) == 2
    assert look(chain, chain.alice).is_cut


def test_strangers_have_nothing(chain: Chain) -> None:
    pack(chain)
    ship(chain, cases(chain, 0, 3), hour=2)
    with chain.world.database.write() as tx:
        stranger = chain.world.join(tx)
    found = look(chain, stranger)
    assert found.stock == Stock(arrivals=(), shipments=(), held=())
    assert found.goods == {}
    assert not found.is_cut
