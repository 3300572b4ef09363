# SPDX-License-Identifier: Apache-2.0
"""Partners: who may handle the organisation's goods, and whose goods it may handle."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors, word_errors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, NotFoundError
from trueorigin.domain.tenancy import Permission
from trueorigin.services import partners
from trueorigin.services.partners import Partner

PATH: Final = "/console/partners"
_TEMPLATE: Final = "console/partners.html"
_ROWS: Final = 100
# Four symbols, and what people put between them.
_PREFIX_LENGTH_MAX: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """Another organisation, and since when it is a partner."""

    id: str = field(metadata={"help": "Id of the other organisation."})
    name: str = field(metadata={"help": "Its name."})
    prefix: str = field(metadata={"help": "The symbols that open its codes."})
    roles: str = field(metadata={"help": "What it is in the chain, in words."})
    since: str = field(metadata={"help": "When the partnership began."})
    ended: str | None = field(metadata={"help": "When it ended; None: it has not."})
    may_bring: bool = field(metadata={"help": "Whether it passes this on to its own partners."})
    is_verified: bool = field(metadata={"help": "Whether the data centre's operator knows it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersPage:
    """Both directions of partnership, and the form for a new one."""

    prefix_own: str = field(metadata={"help": "To be told to others who want to link."})
    partners: tuple[PartnerLine, ...] = field(metadata={"help": "Who may handle our goods."})
    owners: tuple[PartnerLine, ...] = field(metadata={"help": "Whose goods we may handle."})
    next: str | None = field(metadata={"help": "Address of further partners."})
    next_owner: str | None = field(metadata={"help": "Address of further owners."})
    first: str | None = field(metadata={"help": "Address of the beginning."})
    may_write: bool = field(metadata={"help": "Whether the reader may link and end."})
    prefix: str = field(metadata={"help": "Typed for a new partner."})
    may_bring: bool = field(metadata={"help": "Ticked for a new partner."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    prefix_length_max: int = field(default=_PREFIX_LENGTH_MAX, metadata={"help": "Characters."})


def list_page(request: ConsoleRequest) -> Response:
    """List partners and owners."""
    return request.page(_TEMPLATE, _build_page(request, NO_ERRORS))


def _build_page(request: ConsoleRequest, errors: FormErrors) -> PartnersPage:
    scope = request.act.scope
    after, owners_after = request.cursor("after"), request.cursor("owners")
    with request.read() as tx:
        mine = partners.list_partners(tx, scope, after=after, limit=_ROWS + 1)
        owners = partners.list_owners(tx, scope, after=owners_after, limit=_ROWS + 1)
    form = request.form
    return PartnersPage(
        prefix_own=request.organisation.prefix,
        partners=_build_lines(request, mine),
        owners=_build_lines(request, owners),
        next=_link_rest("after", mine),
        next_owner=_link_rest("owners", owners),
        first=PATH if after or owners_after else None,
        may_write=request.may(Permission.PARTNER_WRITE),
        prefix=form.text("prefix")[:_PREFIX_LENGTH_MAX],
        may_bring=form.has("may_bring"),
        errors=errors.named(["prefix"]),
    )


def _build_lines(request: ConsoleRequest, found: Sequence[Partner]) -> tuple[PartnerLine, ...]:
    text = request.translator.text
    return tuple(
        PartnerLine(
            id=str(each.organisation.id),
            name=each.organisation.name,
            prefix=each.organisation.prefix,
            roles=" · ".join(
                text(f"console-role-{role.value}") for role in sorted(each.organisation.roles)
            ),
            since=request.instant(each.partnership.created_at),
            ended=None
            if each.partnership.ended_at is None
            else request.instant(each.partnership.ended_at),
            may_bring=each.partnership.may_bring,
            is_verified=each.organisation.verified_at is not None,
        )
        for each in found[:_ROWS]
    )


def _link_rest(name: str, found: Sequence[Partner]) -> str | None:
    if len(found) <= _ROWS:
        return None
    return f"{PATH}?{name}={found[_ROWS - 1].organisation.id}"


def create(request: ConsoleRequest) -> Response:
    """Let another organisation handle the goods, or change what a partner may."""
    form = request.form
    try:
        with request.write() as tx:
            partner = partners.link_partner(
                tx, request.act, form.text("prefix").strip(), may_bring=form.has("may_bring")
            )
    except NotFoundError as error:
        # The page is there; only the prefix is nobody's.
        page = _build_page(request, word_errors(error, request.translator))
        return request.page(_TEMPLATE, page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except DomainError as error:
        return request.refill(_TEMPLATE, _build_page(request, request.form_errors(error)), error)
    return request.redirect(PATH, "console-partner-linked", name=partner.organisation.name)


def end(request: ConsoleRequest) -> Response:
    """End a partnership; what the partner recorded stays."""
    with request.write() as tx:
        partners.end_partnership(tx, request.act, request.uuid("partner_id"))
    return request.redirect(PATH, "console-partner-ended")
