# SPDX-License-Identifier: Apache-2.0
"""The people who act for an organisation: who they are, who may change what, new ones, old ones."""

from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.people import EMAIL_LENGTH_MAX, PERSON_NAME_MAX, MembershipRole, Person
from trueorigin.domain.serials import ALPHABET
from trueorigin.services import people
from trueorigin.services.people import PersonDraft

PATH: Final = "/console/people"
_TEMPLATE: Final = "console/people.html"
_PAGE: Final = 100
# 16 symbols of 5 bits: as good as any key, and short enough to be read out once.
_PASSWORD_SYMBOLS: Final = 16
_GROUP: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChoice:
    """What somebody may be in the organisation."""

    value: str = field(metadata={"help": "Its name."})
    text: str = field(metadata={"help": "In a word."})
    hint: str = field(metadata={"help": "What they may do then, in a sentence."})


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """One of the organisation's people."""

    id: str = field(metadata={"help": "Id of the person."})
    name: str = field(metadata={"help": "What they are called."})
    email: str = field(metadata={"help": "The address that signs in."})
    role: str = field(metadata={"help": "What they are, by its name."})
    role_text: str = field(metadata={"help": "What they are, in words."})
    is_owner: bool = field(metadata={"help": "Whether they may change rights."})
    is_disabled: bool = field(metadata={"help": "Whether the data centre locked them out."})
    is_self: bool = field(metadata={"help": "Whether it is the reader."})
    joined: str = field(metadata={"help": "Since when they act for the organisation."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForm:
    """The form of a new person, whoever lets them act for which organisation."""

    roles: tuple[RoleChoice, ...] = field(metadata={"help": "What somebody may be."})
    name: str = field(metadata={"help": "Typed for the person."})
    email: str = field(metadata={"help": "Typed for the person."})
    role: str = field(metadata={"help": "Chosen for the person."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    name_length_max: int = field(default=PERSON_NAME_MAX, metadata={"help": "Characters."})
    email_length_max: int = field(default=EMAIL_LENGTH_MAX, metadata={"help": "Characters."})

    @classmethod
    def of(
        cls, request: ConsoleRequest, errors: FormErrors, *, role: MembershipRole
    ) -> "PersonForm":
        """Show what was typed so far; `role` is chosen as long as no other one is."""
        form = request.form
        return cls(
            roles=_list_roles(request),
            name=form.text("name"),
            email=form.text("email"),
            role=form.text("role") or role.value,
            errors=errors,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """The organisation's people, and the form for a new one."""

    members: tuple[MemberLine, ...] = field(metadata={"help": "In the order of joining."})
    next: str | None = field(metadata={"help": "Address of later ones."})
    is_owner: bool = field(metadata={"help": "Whether the reader may change anything here."})
    form: PersonForm = field(metadata={"help": "Who is new."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPage:
    """A first or new password, shown once."""

    name: str = field(metadata={"help": "Whose it is."})
    email: str = field(metadata={"help": "The address it belongs to."})
    password: str = field(metadata={"help": "The password; it is stored nowhere."})
    door: str = field(metadata={"help": "Where they sign in."})
    home: str = field(metadata={"help": "Where the reader goes on."})

    @classmethod
    def of(
        cls, request: ConsoleRequest, person: Person, password: str, *, home: str
    ) -> "PasswordPage":
        """Show the password of a person to whoever hands it over."""
        return cls(
            name=person.name,
            email=person.email,
            password=password,
            door=f"{request.context.public_url}/console",
            home=home,
        )


def list_page(request: ConsoleRequest) -> Response:
    """List the people."""
    return request.page(_TEMPLATE, _build_page(request, NO_ERRORS))


def _build_page(request: ConsoleRequest, errors: FormErrors) -> PeoplePage:
    with request.read() as tx:
        found = people.list_members(
            tx, request.act.scope, after=request.cursor("after"), limit=_PAGE + 1
        )
    form = PersonForm.of(request, errors, role=MembershipRole.READ_ONLY)
    words = {each.value: each.text for each in form.roles}
    lines = tuple(
        MemberLine(
            id=str(each.person.id),
            name=each.person.name,
            email=each.person.email,
            role=each.role.value,
            role_text=words[each.role.value],
            is_owner=each.role is MembershipRole.OWNER,
            is_disabled=each.person.disabled_at is not None,
            is_self=each.person.id == request.person.id,
            joined=request.day(each.joined_at),
        )
        for each in found[:_PAGE]
    )
    return PeoplePage(
        members=lines,
        next=f"{PATH}?after={lines[-1].id}" if len(found) > _PAGE else None,
        is_owner=request.is_owner,
        form=form,
    )


def _list_roles(request: ConsoleRequest) -> tuple[RoleChoice, ...]:
    text = request.translator.text
    names = {each: each.value.replace("_", "-") for each in MembershipRole}
    return tuple(
        RoleChoice(
            value=each.value,
            text=text(f"person-role-{name}"),
            hint=text(f"person-role-{name}-hint"),
        )
        for each, name in names.items()
    )


def create(request: ConsoleRequest) -> Response:
    """Let a new person act for the organisation, and show their first password once."""
    try:
        draft = read_person(request)
        person = people.create_person(request.context.database, request.act, draft)
    except DomainError as error:
        return request.refill(_TEMPLATE, _build_page(request, request.form_errors(error)), error)
    page = PasswordPage.of(request, person, draft.password, home=PATH)
    return request.page("console/password.html", page)


def change_role(request: ConsoleRequest) -> Response:
    """Make somebody something else in the organisation, from their next click on."""
    try:
        with request.write() as tx:
            # Whom it is about comes first: nobody learns of others by what is wrong with the form.
            member = people.get_member(tx, request.act.scope, request.uuid("person_id"))
            people.change_role(tx, request.act, member.person.id, _read_role(request))
    except DomainError as error:
        return request.refill(_TEMPLATE, _build_page(request, request.form_errors(error)), error)
    return request.redirect(PATH, "console-people-role-changed")


def remove(request: ConsoleRequest) -> Response:
    """Let somebody no longer act for the organisation."""
    try:
        with request.write() as tx:
            people.remove_member(tx, request.act, request.uuid("person_id"))
    except DomainError as error:
        return request.refill(_TEMPLATE, _build_page(request, request.form_errors(error)), error)
    return request.redirect(PATH, "console-people-removed")


def reset_password(request: ConsoleRequest) -> Response:
    """Give somebody a new password, shown once; their devices are signed out."""
    person_id, password = request.uuid("person_id"), _draw_password(request)
    with request.read() as tx:
        member = people.get_member(tx, request.act.scope, person_id)
    people.reset_password(request.context.database, request.act, person_id, password)
    page = PasswordPage.of(request, member.person, password, home=PATH)
    return request.page("console/password.html", page)


def read_person(request: ConsoleRequest) -> PersonDraft:
    """Return who is in the form of a new person, with a password drawn for them.

    `choice_not_listed` for a role that is none.
    """
    return PersonDraft(
        email=request.form.text("email"),
        name=request.form.text("name"),
        password=_draw_password(request),
        role=_read_role(request),
    )


def _read_role(request: ConsoleRequest) -> MembershipRole:
    try:
        return MembershipRole(request.form.text("role"))
    except ValueError as error:
        raise InvalidError("choice_not_listed", field="role") from error


def _draw_password(request: ConsoleRequest) -> str:
    """Draw a password of symbols that cannot be mistaken for each other, in groups of four."""
    drawn = request.act.entropy(_PASSWORD_SYMBOLS)
    symbols = "".join(ALPHABET[each & 31] for each in drawn).lower()
    return "-".join(symbols[at : at + _GROUP] for at in range(0, len(symbols), _GROUP))
