# SPDX-License-Identifier: Apache-2.0
"""Partners at the JSON surface: whom one lets handle one's goods, and whose goods one handles."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, Page, PageQuery
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.services import partners
from trueorigin.services.partners import Owner, Partner

# Four symbols, with blanks or hyphens that somebody typed.
_PREFIX_LENGTH_MAX: Final = 20


class PartnerBody(Body):
    """Who: the four symbols that open its codes, which its console shows."""

    prefix: str = Field(max_length=_PREFIX_LENGTH_MAX, examples=["7K3Q"])
    may_bring: bool = False


class PartnerAnswer(Answer):
    """An organisation that may handle the caller's goods, until `ended_at`.

    With `may_bring` its own partners may too, one step and no further.
    """

    id: UUID
    name: str
    prefix: str
    is_verified: bool
    may_bring: bool
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, partner: Partner) -> "PartnerAnswer":
        """Show a partner."""
        other, link = partner.organisation, partner.partnership
        return cls(
            id=other.id,
            name=other.name,
            prefix=other.prefix,
            is_verified=other.verified_at is not None,
            may_bring=link.may_bring,
            created_at=link.created_at,
            ended_at=link.ended_at,
        )


class OwnerAnswer(Answer):
    """An organisation whose goods the caller may handle now.

    `is_direct` is false where a partner of that organisation brought the caller.
    """

    id: UUID
    name: str
    prefix: str
    is_verified: bool
    is_direct: bool

    @classmethod
    def of(cls, owner: Owner) -> "OwnerAnswer":
        """Show an owner."""
        other = owner.organisation
        return cls(
            id=other.id,
            name=other.name,
            prefix=other.prefix,
            is_verified=other.verified_at is not None,
            is_direct=owner.is_direct,
        )


def create_partner(call: CallHere, body: PartnerBody) -> Response:
    """Let another organisation handle one's goods; again, to change what it may."""
    return call.create(
        lambda tx, act: PartnerAnswer.of(
            partners.link_partner(tx, act, body.prefix, may_bring=body.may_bring)
        )
    )


def list_partners(call: CallHere, query: Annotated[PageQuery, Query()]) -> Page[PartnerAnswer]:
    """List partners, also those of partnerships that have ended."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: partners.list_partners(tx, scope, after=after, limit=query.limit + 1)
    )
    return build_page(rows, query.limit, PartnerAnswer.of, lambda row: row.organisation.id)


def end_partner(call: CallHere, partner_id: UUID) -> Response:
    """Stop a partner from handling one's goods. What it recorded stays."""
    call.write(lambda tx, act: partners.end_partnership(tx, act, partner_id))
    return Response(status_code=204)


def list_owners(call: CallHere, query: Annotated[PageQuery, Query()]) -> Page[OwnerAnswer]:
    """List whose goods the caller's organisation may handle now."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: partners.list_current_owners(
            tx, scope, after=after, limit=query.limit + 1
        )
    )
    return build_page(rows, query.limit, OwnerAnswer.of, lambda row: row.organisation.id)
