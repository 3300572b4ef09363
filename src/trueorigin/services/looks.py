# SPDX-License-Identifier: Apache-2.0
"""Take down what an authority looks at: each look is in the trails of both, for the owner to see.

Whoever answers with something that is not public does so only after its look is stored.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from trueorigin.domain.catalog import Product
from trueorigin.domain.events import Event
from trueorigin.domain.tenancy import Act, Organisation
from trueorigin.services.lives import Life
from trueorigin.storage import accounts, audit
from trueorigin.storage.database import Tx


def record_look(tx: Tx, act: Act, life: Life) -> None:
    """Take down a look at a unit of somebody else; at one's own there is nothing to tell."""
    if life.is_own:
        return
    entry, unit = life.unit.entry, life.unit
    place = (entry.run.id, unit.level, unit.index)
    record_unit_look(tx, act, life.key, unit.number, place, life.owner)


def record_unit_look(
    tx: Tx, act: Act, key: int, number: str, place: tuple[int, int, int], owner: Organisation
) -> None:
    """Take down a look at a unit: `place` is run, level and index."""
    run_id, level, index = place
    detail = {"number": number, "run": run_id, "level": level, "index": index}
    _record(tx, act, "unit.look", str(key), detail, owner)


def record_product_look(tx: Tx, act: Act, product: Product, owner: Organisation) -> None:
    """Take down a look at what is registered of a product."""
    named = {"gtin": product.gtin or product.internal_number or "", "name": product.name.pick("zh")}
    _record(tx, act, "product.look", str(product.id), named, owner)


def record_enterprise_look(tx: Tx, act: Act, organisation: Organisation) -> None:
    """Take down a look at what is registered of an enterprise."""
    detail = {"name": organisation.name}
    _record(tx, act, "organisation.look", str(organisation.id), detail, organisation)


def record_event_look(tx: Tx, act: Act, event: Event, owner_ids: Collection[UUID]) -> None:
    """Take down a look at an event that another one recorded, with each owner of its goods."""
    owners = accounts.find_organisations(tx, owner_ids)
    for owner in sorted(owners.values(), key=lambda each: each.id):
        detail = {"kind": event.kind.value, "label": str(event.id)}
        _record(tx, act, "event.look", str(event.id), detail, owner)


def _record(
    tx: Tx, act: Act, action: str, subject: str, detail: Mapping[str, object], owner: Organisation
) -> None:
    if owner.id == act.scope:
        return
    names = accounts.find_organisations(tx, [act.scope])
    told = {
        **detail,
        "owner": owner.name,
        "authority": names[act.scope].name,
        "authority_id": str(act.scope),
    }
    audit.append_audit(tx, act, action, subject, told)
    audit.append_audit(tx, act, action, subject, told, of=owner.id)
