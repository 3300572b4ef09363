# SPDX-License-Identifier: Apache-2.0
"""The goods of whoever handles them: expected, in hand, and sent but not taken in by anybody.

What others did with the goods is not told; only that they are somebody else's by now.
"""

from datetime import datetime, timedelta
from typing import Final

from trueorigin.domain.catalog import Batch, Product
from trueorigin.domain.events import EventKind
from trueorigin.domain.records import record
from trueorigin.domain.stock import HOLDING, Consignment, Stock, sort_goods, take_stock
from trueorigin.domain.tenancy import TenantScope
from trueorigin.services import tracing
from trueorigin.storage import catalog, containment, events as stored
from trueorigin.storage.database import Tx

# A shipment that nobody took in for a season is a matter for the telephone, not for a list.
OPEN_MAX: Final = timedelta(days=90)
# Shipments to the organisation that are looked at, the newest: a month of a busy depot.
ARRIVALS_MAX: Final = 200
# Records by which goods came or went, the newest; and among how many of all its records.
RECORDS_MAX: Final = 500
AMONG_MAX: Final = 5000

_KINDS: Final = HOLDING | {EventKind.SHIPPING}


@record
class Goods:
    """What the units of a run are."""

    batch: Batch
    product: Product


@record
class StockList:
    """The stock of an organisation, and what its goods are, by run.

    `is_cut` says that there are more records than were looked at: what came long ago is missing.
    """

    stock: Stock
    goods: dict[int, Goods]
    is_cut: bool


def find_stock(tx: Tx, scope: TenantScope, *, at: datetime) -> StockList:
    """Return the goods of the caller at `at`.

    A bounded number of statements, at the price of the events of the runs concerned.
    """
    since = at - OPEN_MAX
    kind = EventKind.SHIPPING
    sent = stored.list_events_to(tx, scope, kind=kind, since=since, limit=ARRIVALS_MAX + 1)
    own = stored.list_latest_events(tx, scope, kinds=_KINDS, among=AMONG_MAX, limit=RECORDS_MAX + 1)
    looked = [*sent[:ARRIVALS_MAX], *own[:RECORDS_MAX]]
    about = [span for event in looked if event.declaration is None for span in event.about]
    spans = tracing.find_innermost(tx, about, at=at)
    sorting = sort_goods(scope, spans, *tracing.find_touched(tx, spans, at=at))
    found = take_stock(sorting, stored.find_events(tx, {*sorting.coming, *sorting.sent}))
    stock = Stock(
        arrivals=_list_fresh(found.arrivals, since),
        shipments=_list_fresh(found.shipments, since),
        held=found.held,
    )
    return StockList(
        stock=stock,
        goods=_find_goods(tx, stock),
        is_cut=len(sent) > ARRIVALS_MAX or len(own) > RECORDS_MAX,
    )


def _list_fresh(found: tuple[Consignment, ...], since: datetime) -> tuple[Consignment, ...]:
    return tuple(each for each in found if each.event.at >= since)


def _find_goods(tx: Tx, stock: Stock) -> dict[int, Goods]:
    """Look up what all of it is. Three queries."""
    wanted = {each.run_id for each in stock.held}
    wanted |= {span.run_id for each in (*stock.arrivals, *stock.shipments) for span in each.spans}
    runs = containment.find_runs(tx, wanted)
    batches = catalog.find_batches(tx, {run.batch_id for run in runs.values()})
    products = catalog.find_products(tx, {run.product_id for run in runs.values()})
    return {
        run.id: Goods(batch=batches[run.batch_id], product=products[run.product_id])
        for run in runs.values()
    }
