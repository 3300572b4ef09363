# SPDX-License-Identifier: Apache-2.0
"""Resolve a batch of plain events at once: their units, and whether the recorder may say it.

`resolve_events` does the same for any events, one by one, and says what is wrong with which.
"""

from collections.abc import Collection
from uuid import UUID

from trueorigin.domain.plainevents import PlainEvents
from trueorigin.domain.tenancy import Act
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.recognising import locate_items
from trueorigin.services.vault import Vault
from trueorigin.services.visibility import find_viewer, knows, may_record
from trueorigin.storage import partners, sites
from trueorigin.storage.database import Tx
from trueorigin.storage.events import PlainRows, build_rows


def resolve_plain(
    tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, told: PlainEvents
) -> PlainRows | None:
    """Return the rows of plain events; None unless every one of them may be stored as it is told.

    Writes nothing.
    """
    viewer = find_viewer(tx, act.actor)
    if viewer.remit.is_limited or not _are_own(tx, act, told):
        return None
    items = locate_items(tx, catalogue, vault, told.gtins, told.serials)
    if items is None:
        return None
    for gtin, kind in set(zip(told.gtins, told.kinds, strict=True)):
        owner_id = items.owners[gtin]
        if not (knows(viewer, owner_id) and may_record(viewer, owner_id, kind)):
            return None
    return build_rows(told, items.keys, act)


def _are_own(tx: Tx, act: Act, told: PlainEvents) -> bool:
    """Say whether all sites and partners are such as the recorder may name. Two queries at most."""
    named = _list_ids(told.site_ids)
    places = sites.find_sites(tx, named)
    if any(each not in places or places[each].organisation_id != act.scope for each in named):
        return False
    others = _list_ids(told.partner_ids)
    return others <= partners.find_linked(tx, act.scope, others)


def _list_ids(column: Collection[str | None]) -> set[UUID]:
    return {UUID(each) for each in set(column) if each is not None}
