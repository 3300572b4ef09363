# SPDX-License-Identifier: Apache-2.0
"""Partners: let other organisations handle one's goods, and end it."""

from collections.abc import Sequence
from uuid import UUID

from trueorigin.domain.errors import ConflictError, InvalidError, NotFoundError
from trueorigin.domain.partners import PARTNERS_MAX, Partnership
from trueorigin.domain.records import record
from trueorigin.domain.serials import fold
from trueorigin.domain.tenancy import Act, Organisation, TenantScope
from trueorigin.storage import accounts, audit, partners as stored
from trueorigin.storage.database import Tx


@record
class Partner:
    """A partnership, and the other organisation in it."""

    partnership: Partnership
    organisation: Organisation


@record
class Owner:
    """An organisation whose goods the caller may handle now; not `is_direct` if it was brought."""

    organisation: Organisation
    is_direct: bool


def link_partner(tx: Tx, act: Act, prefix: str, *, may_bring: bool = False) -> Partner:
    """Let the organisation with this code prefix handle the caller's goods.

    The prefix is the four symbols that open its codes, which its console shows: nobody has to
    be found by name. Linking again changes what the partner may, or begins the partnership anew.
    """
    # Case and look-alikes do not matter where people copy four symbols from a screen.
    folded = fold(prefix)
    other = None if folded is None else accounts.find_organisation_by_prefix(tx, folded)
    if other is None:
        raise NotFoundError("partner_prefix_unknown", field="prefix", given=prefix[:10])
    if other.id == act.scope:
        raise InvalidError("partner_is_self", field="prefix")
    is_full = stored.count_partners(tx, act.scope, limit=PARTNERS_MAX) >= PARTNERS_MAX
    if is_full and not stored.is_partner(tx, act.scope, other.id):
        raise ConflictError("partners_too_many", max=PARTNERS_MAX)
    partnership = Partnership(
        organisation_id=act.scope, partner_id=other.id, may_bring=may_bring, created_at=act.at
    )
    stored.put_partnership(tx, act.scope, partnership)
    detail = {"name": other.name, "may_bring": may_bring}
    audit.append_audit(tx, act, "partner.link", str(other.id), detail)
    return Partner(partnership=partnership, organisation=other)


def end_partnership(tx: Tx, act: Act, partner_id: UUID) -> None:
    """Stop a partner from handling the caller's goods. What it recorded stays."""
    stored.end_partnership(tx, act.scope, partner_id, act.at)
    other = accounts.find_organisation(tx, partner_id)
    detail = {} if other is None else {"name": other.name}
    audit.append_audit(tx, act, "partner.end", str(partner_id), detail)


def list_partners(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int
) -> list[Partner]:
    """Return whom the caller lets handle its goods, ended partnerships too. Two queries."""
    found = stored.list_partners(tx, scope, after=after, limit=limit)
    return _join(tx, found, [each.partner_id for each in found])


def list_owners(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int
) -> list[Partner]:
    """Return whose goods the caller may handle, ended partnerships too. Two queries."""
    found = stored.list_owners(tx, scope, after=after, limit=limit)
    return _join(tx, found, [each.organisation_id for each in found])


def list_current_owners(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int
) -> list[Owner]:
    """Return whose goods the caller may handle now, brought or not, by id. Three queries."""
    ids = sorted(stored.find_owners(tx, scope))
    shown = [each for each in ids if after is None or each > after][:limit]
    direct = stored.find_direct_owners(tx, scope, shown)
    found = accounts.find_organisations(tx, shown)
    return [Owner(organisation=found[each], is_direct=each in direct) for each in shown]


def _join(tx: Tx, found: Sequence[Partnership], ids: Sequence[UUID]) -> list[Partner]:
    others = accounts.find_organisations(tx, ids)
    return [
        Partner(partnership=each, organisation=others[other])
        for each, other in zip(found, ids, strict=True)
    ]
