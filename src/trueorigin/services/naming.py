# SPDX-License-Identifier: Apache-2.0
"""Put names to what events refer to: organisations, sites, and the public numbers of units.

Whoever may see an event may know who recorded it, with whom and where. The rest of a serial is
never told here: a number is what every label shows to everybody.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from uuid import UUID

from trueorigin.domain import epcis
from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.domain.events import Event
from trueorigin.domain.packing import span_of
from trueorigin.domain.positions import Position as Where
from trueorigin.domain.records import record
from trueorigin.domain.serials import Position, number
from trueorigin.domain.sites import Site
from trueorigin.domain.tenancy import Organisation
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, catalog, containment, sites
from trueorigin.storage.database import Tx


@record
class Names:
    """Everything that was looked up for some events, by id; `numbers` by unit key."""

    organisations: Mapping[UUID, Organisation] = field(default_factory=dict)
    sites: Mapping[UUID, Site] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)

    def organisation(self, organisation_id: UUID | None) -> Organisation | None:
        """Return an organisation that was looked up; None for none."""
        return None if organisation_id is None else self.organisations.get(organisation_id)

    def site(self, site_id: UUID | None) -> Site | None:
        """Return a site that was looked up; None for none."""
        return None if site_id is None else self.sites.get(site_id)


@record
class Goods:
    """What the units of a run are."""

    run: Run
    batch: Batch
    product: Product


def find_goods(tx: Tx, run_ids: Collection[int]) -> dict[int, Goods]:
    """Return what the units of some runs are, whosever. Three queries."""
    runs = containment.find_runs(tx, run_ids)
    batches = catalog.find_batches(tx, {run.batch_id for run in runs.values()})
    products = catalog.find_products(tx, {run.product_id for run in runs.values()})
    return {
        key: Goods(run=run, batch=batches[run.batch_id], product=products[run.product_id])
        for key, run in runs.items()
    }


def find_handlers(tx: Tx, positions: Collection[Where]) -> Names:
    """Look up who has units, and at which sites. Two queries."""
    holders = {each.holder_id for each in positions if each.holder_id is not None}
    site_ids = {each.site_id for each in positions if each.site_id is not None}
    return Names(
        organisations=accounts.find_organisations(tx, holders), sites=sites.find_sites(tx, site_ids)
    )


def find_names(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    events: Collection[Event],
    keys: Iterable[int] = (),
) -> Names:
    """Look up who and where some events are about, and the numbers of their containers.

    `keys` are units whose numbers are wanted too. A handful of queries, however many events.
    """
    organisation_ids = {
        each
        for event in events
        for each in (event.organisation_id, event.partner_id)
        if each is not None
    }
    site_ids = {event.site_id for event in events if event.site_id is not None}
    containers = {event.container for event in events if event.container is not None}
    return Names(
        organisations=accounts.find_organisations(tx, organisation_ids),
        sites=sites.find_sites(tx, site_ids),
        numbers=find_numbers(tx, catalogue, vault, containers | set(keys)),
    )


def find_numbers(
    tx: Tx, catalogue: Catalogue, vault: Vault, keys: Collection[int]
) -> dict[int, str]:
    """Return the public number of each unit, by its key. At most two queries."""
    runs = containment.find_runs(tx, {span_of(key).run_id for key in keys})
    owners = {run.organisation_id for run in runs.values()}
    entries = catalogue.open_organisations(tx, vault, owners)
    ciphers = {
        run.id: dict(entries[run.organisation_id].ciphers(run.symbols))[run.epoch]
        for run in runs.values()
    }
    numbers = {}
    for key in keys:
        run_id, level, index, _ = span_of(key)
        run = runs.get(run_id)
        if run is not None:
            position = Position(run.ordinal, level, index)
            numbers[key] = number(ciphers[run_id].encode(position))
    return numbers


def find_epcis_names(tx: Tx, events: Collection[Event], public_url: str) -> epcis.Names:
    """Look up what the identifiers of events in EPCIS are made of. At most four queries."""
    spans = [span for event in events for span in event.about]
    spans += [span_of(event.container) for event in events if event.container is not None]
    runs = containment.find_runs(tx, {span.run_id for span in spans})
    products = catalog.find_products(tx, {run.product_id for run in runs.values()})
    batches = catalog.find_batches(tx, {run.batch_id for run in runs.values()})
    places = sites.find_sites(tx, {each.site_id for each in events if each.site_id is not None})
    return epcis.Names(
        base=public_url,
        goods={
            run.id: epcis.Goods(
                run=run, gtin=products[run.product_id].gtin, lot=batches[run.batch_id].lot
            )
            for run in runs.values()
        },
        glns={site.id: site.gln for site in places.values() if site.gln is not None},
    )
