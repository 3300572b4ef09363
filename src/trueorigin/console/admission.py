# SPDX-License-Identifier: Apache-2.0
"""The operator lets in an organisation, and the first people of it: two forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.enterprise import ZONES
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.organisations import PATH
from trueorigin.console.people import PasswordPage, PersonForm, RoleChoice, read_person
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.people import MembershipRole
from trueorigin.domain.tenancy import Organisation, Role
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.services import accounts, admission
from trueorigin.services.accounts import PHONE_LENGTH_MAX, OrganisationDraft

_FORM: Final = "console/organisation_form.html"
_PEOPLE: Final = "console/organisation_people.html"
_LABELS: Final[Mapping[str, str]] = {
    "name": "console-enterprise-name",
    "roles": "console-admission-roles",
    "legal_name": "console-enterprise-legal-name",
    "uscc": "console-enterprise-uscc",
    "gs1_prefix": "console-enterprise-gs1-prefix",
    "phone": "field-phone",
    "website": "field-website",
    "time_zone": "console-enterprise-time-zone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationForm:
    """The form of a new organisation."""

    values: Mapping[str, str] = field(metadata={"help": "What is in the fields, by name."})
    roles: tuple[RoleChoice, ...] = field(metadata={"help": "What it can be in the chain."})
    ticked: frozenset[str] = field(metadata={"help": "What it is, by its names."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    zones: tuple[str, ...] = field(default=ZONES, metadata={"help": "Time zones offered."})
    name_length_max: int = field(default=NAME_LENGTH_MAX, metadata={"help": "Characters."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})
    phone_length_max: int = field(default=PHONE_LENGTH_MAX, metadata={"help": "Characters."})


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationForm:
    """The form of a person whom the operator lets act for an organisation."""

    organisation: Organisation = field(metadata={"help": "For which one."})
    href: str = field(metadata={"help": "Its page."})
    is_first: bool = field(metadata={"help": "Whether nobody acts for it yet."})
    form: PersonForm = field(metadata={"help": "Who it is."})


def new_page(request: ConsoleRequest) -> Response:
    """Show the form of a new organisation, with the operator's own clocks."""
    return request.page(_FORM, _build_form(request, zone=request.organisation.time_zone))


def create(request: ConsoleRequest) -> Response:
    """Let an organisation in and go to its page, where its first person is invited."""
    form = request.form
    try:
        draft = OrganisationDraft(
            name=form.line("name") or "",
            roles=_read_roles(form.texts("roles")),
            time_zone=form.line("time_zone") or "",
            gs1_prefix=form.line("gs1_prefix"),
            website=form.line("website"),
            phone=form.line("phone"),
            legal_name=form.line("legal_name"),
            uscc=form.line("uscc"),
        )
        with request.write() as tx:
            row = admission.admit_organisation(tx, request.context.vault, request.act, draft)
    except DomainError as error:
        return request.refill(_FORM, _build_form(request, request.form_errors(error)), error)
    return request.redirect(f"{PATH}/{row.id}", "console-admission-done", name=row.name)


def _read_roles(given: tuple[str, ...]) -> frozenset[Role]:
    try:
        return frozenset(map(Role, given))
    except ValueError as error:
        raise InvalidError("choice_not_listed", field="roles") from error


def _build_form(
    request: ConsoleRequest, errors: FormErrors = NO_ERRORS, *, zone: str = ""
) -> OrganisationForm:
    text, form = request.translator.text, request.form
    values = {name: form.text(name) for name in _LABELS if name != "roles"}
    labels = {name: text(message) for name, message in _LABELS.items()}
    return OrganisationForm(
        values=values | {"time_zone": zone or values["time_zone"]},
        roles=tuple(
            RoleChoice(
                value=each.value,
                text=text(f"console-role-{each.value}"),
                hint=text(f"console-role-{each.value}.hint"),
            )
            for each in admission.ROLES
        ),
        ticked=frozenset(form.texts("roles")),
        errors=errors.named(tuple(labels)),
        labels=labels,
    )


def people_page(request: ConsoleRequest) -> Response:
    """Show the form of a person, for the organisation of the address."""
    return request.page(_PEOPLE, _build_invitation(request))


def invite(request: ConsoleRequest) -> Response:
    """Let a person act for an organisation, and show their first password once."""
    page = _build_invitation(request)
    try:
        draft = read_person(request)
        person = admission.admit_person(
            request.context.database, request.act, page.organisation.id, draft
        )
    except DomainError as error:
        page = _build_invitation(request, request.form_errors(error))
        return request.refill(_PEOPLE, page, error)
    shown = PasswordPage.of(request, person, draft.password, home=page.href)
    return request.page("console/password.html", shown)


def _build_invitation(request: ConsoleRequest, errors: FormErrors = NO_ERRORS) -> InvitationForm:
    organisation_id = request.uuid("organisation_id")
    with request.read() as tx:
        organisation = accounts.get_joined_organisation(tx, organisation_id)
        counts = admission.count_people(tx, request.act, organisation_id)
    return InvitationForm(
        organisation=organisation,
        href=f"{PATH}/{organisation.id}",
        is_first=not counts,
        form=PersonForm.of(request, errors, role=MembershipRole.OWNER),
    )
