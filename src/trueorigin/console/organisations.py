# SPDX-License-Identifier: Apache-2.0
"""All organisations, for the operator: found, looked at, verified.

Remits are in remits.py, new organisations and their first people in admission.py.
"""

from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.charts import AreaMap, build_area_map
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.insight import find_map_href
from trueorigin.console.registry import RemitPart, word_remit
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError
from trueorigin.domain.people import MembershipRole
from trueorigin.domain.remits import Remit
from trueorigin.domain.tenancy import Organisation, Role
from trueorigin.services import accounts, admission, remits
from trueorigin.services.search import clean_text

PATH: Final = "/console/organisations"
_PAGE: Final = "console/organisation.html"
_ROWS: Final = 50
# A name at its full length; nothing longer is any.
_TEXT_LENGTH_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationLine:
    """One organisation of the list."""

    href: str = field(metadata={"help": "Its page."})
    name: str = field(metadata={"help": "As it calls itself."})
    roles: str = field(metadata={"help": "What it is in the chain, in words."})
    prefix: str = field(metadata={"help": "How its codes begin."})
    is_verified: bool = field(metadata={"help": "Whether the operator has checked who it is."})
    remit: RemitPart | None = field(metadata={"help": "What it answers for, of authorities."})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationsPage:
    """All organisations, or those that were looked for."""

    rows: tuple[OrganisationLine, ...] = field(metadata={"help": "In the order they joined."})
    text: str = field(metadata={"help": "What was looked for."})
    next: str | None = field(metadata={"help": "Address of later ones."})
    first: str | None = field(metadata={"help": "Address of the first ones."})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage:
    """One organisation, as whoever checks it needs it."""

    href: str = field(metadata={"help": "This page."})
    organisation: Organisation = field(metadata={"help": "The stored one."})
    roles: str = field(metadata={"help": "What it is in the chain, in words."})
    joined: str = field(metadata={"help": "When it joined."})
    verified: str | None = field(metadata={"help": "Since when its identity is verified."})
    remit: RemitPart | None = field(metadata={"help": "What it answers for, of authorities."})
    version: int = field(metadata={"help": "Version of that remit."})
    map: AreaMap | None = field(metadata={"help": "Where its regions are."})
    people: int = field(metadata={"help": "How many people may sign in for it."})
    owners: int = field(metadata={"help": "How many of them are its owners."})
    may_invite: bool = field(metadata={"help": "Whether the reader may let people in."})
    errors: FormErrors = field(default=NO_ERRORS, metadata={"help": "Why nothing was done."})


def list_page(request: ConsoleRequest) -> Response:
    """List organisations, with the remits of authorities."""
    text, after = clean_text(request.query.get("q", ""))[:_TEXT_LENGTH_MAX], request.cursor()
    with request.read() as tx:
        found = accounts.list_organisations(tx, after=after, limit=_ROWS + 1, text=text)
        shown = found[:_ROWS]
        authorities = [each.id for each in shown if Role.REGULATOR in each.roles]
        limits = remits.find_remits(tx, authorities)
    page = OrganisationsPage(
        rows=tuple(
            OrganisationLine(
                href=f"{PATH}/{each.id}",
                name=each.name,
                roles=word_roles(request, each),
                prefix=each.prefix,
                is_verified=each.verified_at is not None,
                remit=word_remit(limits[each.id]) if each.id in limits else None,
            )
            for each in shown
        ),
        text=text,
        next=request.here(after=str(shown[-1].id)) if len(found) > _ROWS else None,
        first=request.here(after=None) if after else None,
    )
    return request.page("console/organisations.html", page)


def show_page(request: ConsoleRequest) -> Response:
    """Show who an organisation says it is, and what it answers for."""
    return request.page(_PAGE, _build_page(request, request.uuid("organisation_id")))


def show_refusal(
    request: ConsoleRequest, organisation_id: UUID, error: DomainError, sentence: str
) -> Response:
    """Show an organisation as it is by now, with why nothing was done to it."""
    page = replace(_build_page(request, organisation_id), errors=FormErrors(general=(sentence,)))
    return request.refill(_PAGE, page, error)


def _build_page(request: ConsoleRequest, organisation_id: UUID) -> OrganisationPage:
    with request.read() as tx:
        found = accounts.get_joined_organisation(tx, organisation_id)
        counts = admission.count_people(tx, request.act, organisation_id)
        is_authority = Role.REGULATOR in found.roles
        remit = remits.find_remit(tx, found.id) if is_authority else None
    return OrganisationPage(
        href=f"{PATH}/{found.id}",
        organisation=found,
        roles=word_roles(request, found),
        joined=request.instant(found.created_at),
        verified=None if found.verified_at is None else request.instant(found.verified_at),
        remit=None if remit is None else word_remit(remit),
        version=0 if remit is None else remit.version,
        map=None if remit is None else draw_remit(request, remit),
        people=sum(counts.values()),
        owners=counts.get(MembershipRole.OWNER, 0),
        may_invite=request.is_owner,
    )


def verify(request: ConsoleRequest) -> Response:
    """Vouch for who an organisation is, or no longer do."""
    is_verified = request.form.choice("verified", ("yes", "no")) != "no"
    with request.write() as tx:
        found = accounts.verify_organisation(
            tx, request.act, request.uuid("organisation_id"), is_verified=is_verified
        )
    flash = "console-organisation-verified" if is_verified else "console-organisation-unverified"
    return request.redirect(f"{PATH}/{found.id}", flash, name=found.name)


def word_roles(request: ConsoleRequest, organisation: Organisation) -> str:
    """Say what an organisation is in the chain."""
    text = request.translator.text
    return " · ".join(text(f"console-role-{each.value}") for each in sorted(organisation.roles))


def draw_remit(request: ConsoleRequest, remit: Remit) -> AreaMap | None:
    """Draw the regions of a remit; None where there is none, or no map."""
    areas = [area for region in remit.regions for area in region.areas]
    return build_area_map(areas, find_map_href(request))
