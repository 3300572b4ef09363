# SPDX-License-Identifier: Apache-2.0
"""What a phone in the field takes along before it goes where there is no network.

Names of places, partners and goods, so that people can choose; never a key: whether a code is
genuine is asked when there is a network.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.domain.packing import Span
from trueorigin.domain.records import record
from trueorigin.domain.sites import Site
from trueorigin.domain.stock import Consignment
from trueorigin.domain.tenancy import Act, Organisation, Permission, TenantScope
from trueorigin.domain.territories import Territory
from trueorigin.domain.units import unit_key
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.devices import Standing, get_standing
from trueorigin.services.naming import find_numbers
from trueorigin.services.stock import find_stock
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, catalog, partners, sites, territories
from trueorigin.storage.database import Tx

# Lists that somebody scrolls through on a phone; those of a larger house are chosen by search.
SITES_MAX: Final = 500
PARTNERS_MAX: Final = 500
TERRITORIES_MAX: Final = 200
# What a line packs in a week; older runs are packed at the console.
RUNS_MAX: Final = 50
# Shipments that are on their way, the soonest first: what comes to a door in a week.
ARRIVALS_MAX: Final = 50
# Units of one shipment that are named: a full lorry of pallets and some cases beside.
NUMBERS_MAX: Final = 200


@record
class Order:
    """A run that may be packed, with what its units are called."""

    run: Run
    batch: Batch
    product: Product


@record
class Arrival:
    """A shipment on its way: who sent it, how many units it is, and the numbers of the first."""

    consignment: Consignment
    sender: Organisation
    count: int
    numbers: tuple[str, ...]


@record
class Briefing:
    """Everything a phone keeps to work offline; each list is bounded, the newest runs first."""

    standing: Standing
    sites: tuple[Site, ...]
    partners: tuple[Organisation, ...]
    territories: tuple[Territory, ...]
    orders: tuple[Order, ...]
    arrivals: tuple[Arrival, ...]


def build_briefing(tx: Tx, catalogue: Catalogue, vault: Vault, act: Act) -> Briefing:
    """Gather what the device that acts may know; `device_not_found` for whoever is none.

    A bounded number of queries. Lists of which its profile may see nothing are empty.
    """
    standing = get_standing(tx, act.actor)
    may = act.actor.permissions
    # Authorities are sent nothing.
    receives = {Permission.EVENT_WRITE, Permission.PARTNER_READ} <= may
    return Briefing(
        standing=standing,
        sites=_list_sites(tx, act.scope, standing) if Permission.SITE_READ in may else (),
        partners=_list_partners(tx, act.scope) if Permission.PARTNER_READ in may else (),
        territories=_list_territories(tx, act) if Permission.TERRITORY_READ in may else (),
        orders=_list_orders(tx, act.scope) if Permission.RUN_READ in may else (),
        arrivals=_list_arrivals(tx, catalogue, vault, act) if receives else (),
    )


def _list_sites(tx: Tx, scope: TenantScope, standing: Standing) -> tuple[Site, ...]:
    found = sites.list_sites(tx, scope, limit=SITES_MAX)
    own = standing.device.site_id
    if own is not None and all(site.id != own for site in found):
        found = [sites.get_site(tx, scope, own), *found[: SITES_MAX - 1]]
    return tuple(site for site in found if site.closed_at is None)


def _list_partners(tx: Tx, scope: TenantScope) -> tuple[Organisation, ...]:
    """Return whom it may hand goods to or take them from, whoever let whom, by name."""
    ids = _open_ids(tx, scope)
    found = accounts.find_organisations(tx, list(ids)[:PARTNERS_MAX])
    return tuple(sorted(found.values(), key=lambda each: (each.name, each.id)))


def _open_ids(tx: Tx, scope: TenantScope) -> Iterable[UUID]:
    let = partners.list_partners(tx, scope, limit=PARTNERS_MAX)
    owners = partners.list_owners(tx, scope, limit=PARTNERS_MAX)
    ids = [each.partner_id for each in let if each.ended_at is None]
    ids += [each.organisation_id for each in owners if each.ended_at is None]
    return dict.fromkeys(ids)


def _list_territories(tx: Tx, act: Act) -> tuple[Territory, ...]:
    found = territories.list_territories(tx, act.scope, limit=TERRITORIES_MAX)
    return tuple(each for each in found if each.closed_at is None)


def _list_orders(tx: Tx, scope: TenantScope) -> tuple[Order, ...]:
    """Return the newest runs that have groups to pack into. Three queries."""
    runs = [
        run
        for run in catalog.list_runs(tx, scope, is_newest_first=True, limit=RUNS_MAX)
        if run.packing
    ]
    batches = catalog.find_batches(tx, {run.batch_id for run in runs})
    products = catalog.find_products(tx, {run.product_id for run in runs})
    return tuple(
        Order(run=run, batch=batches[run.batch_id], product=products[run.product_id])
        for run in runs
        if run.batch_id in batches and run.product_id in products
    )


def _list_arrivals(tx: Tx, catalogue: Catalogue, vault: Vault, act: Act) -> tuple[Arrival, ...]:
    """Return what is on its way to the organisation, as it was sent."""
    coming = find_stock(tx, act.scope, at=act.at).stock.arrivals[:ARRIVALS_MAX]
    senders = accounts.find_organisations(tx, {each.event.organisation_id for each in coming})
    keys = {each.event.id: _list_keys(each.event.about) for each in coming}
    numbers = find_numbers(tx, catalogue, vault, {key for held in keys.values() for key in held})
    return tuple(
        Arrival(
            consignment=each,
            sender=senders[each.event.organisation_id],
            count=sum(span.size for span in each.event.about),
            numbers=tuple(numbers[key] for key in keys[each.event.id] if key in numbers),
        )
        for each in coming
    )


def _list_keys(spans: Iterable[Span]) -> list[int]:
    """Return the keys of the first `NUMBERS_MAX` units of some spans."""
    keys: list[int] = []
    for run_id, level, start, stop in spans:
        last = min(stop, start + NUMBERS_MAX - len(keys))
        keys += [unit_key(run_id, level, index) for index in range(start, last)]
    return keys
