# SPDX-License-Identifier: Apache-2.0
"""One's own account: name, language, password, devices that are signed in, organisations."""

from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.console.visitors import build_known_cookie
from trueorigin.domain.errors import DomainError
from trueorigin.domain.people import PASSWORD_MAX, PASSWORD_MIN, PERSON_NAME_MAX
from trueorigin.services import people
from trueorigin.services.people import PasswordChange
from trueorigin.web.i18n import languages, translator

PATH: Final = "/console/account"
_TEMPLATE: Final = "console/account.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A device that is signed in."""

    id: str = field(metadata={"help": "Id of the session."})
    device: str = field(metadata={"help": "Browser and system."})
    created: str = field(metadata={"help": "When it signed in."})
    seen: str = field(metadata={"help": "When it was used last, to five minutes."})
    is_this: bool = field(metadata={"help": "Whether it is the one that asks."})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationLine:
    """An organisation the person may act for."""

    id: str = field(metadata={"help": "Its id."})
    name: str = field(metadata={"help": "Its name."})
    is_this: bool = field(metadata={"help": "Whether the session acts for it now."})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """One's own account."""

    name: str = field(metadata={"help": "What is in the name field."})
    email: str = field(metadata={"help": "The address that signs in."})
    language: str = field(metadata={"help": "Code of the kept language; empty: the browser's."})
    languages: tuple[tuple[str, str], ...] = field(metadata={"help": "Codes and names."})
    sessions: tuple[SessionLine, ...] = field(metadata={"help": "Newest first."})
    organisations: tuple[OrganisationLine, ...] = field(
        metadata={"help": "More than one, or none."}
    )
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    password_min: int = field(default=PASSWORD_MIN, metadata={"help": "Characters."})
    password_max: int = field(default=PASSWORD_MAX, metadata={"help": "Characters."})
    name_length_max: int = field(default=PERSON_NAME_MAX, metadata={"help": "Characters."})


def show_page(request: ConsoleRequest) -> Response:
    """Show the account."""
    return request.page(_TEMPLATE, _build_page(request, NO_ERRORS))


def _build_page(
    request: ConsoleRequest, errors: FormErrors, *, name: str | None = None
) -> AccountPage:
    person, this = request.person, request.signed_in.session
    with request.read() as tx:
        sessions = people.list_sessions(tx, request.act)
        organisations = people.list_organisations_of(tx, request.act)
    several = organisations if len(organisations) > 1 else []
    follow = request.translator.text("console-account-language-browser")
    return AccountPage(
        name=person.name if name is None else name,
        email=person.email,
        language=person.language or "",
        languages=(("", follow), *((code, translator(code).name) for code in languages())),
        sessions=tuple(
            SessionLine(
                id=str(each.id),
                device=each.device_label or request.translator.text("console-account-device"),
                created=request.instant(each.created_at),
                seen=request.instant(each.seen_at),
                is_this=each.id == this.id,
            )
            for each in sessions
        ),
        organisations=tuple(
            OrganisationLine(
                id=str(each.id), name=each.name, is_this=each.id == request.organisation.id
            )
            for each in several
        ),
        errors=errors,
    )


def update(request: ConsoleRequest) -> Response:
    """Keep name and language."""
    name = request.form.text("name")
    try:
        language = request.form.choice("language", languages())
        with request.write() as tx:
            people.rename_person(tx, request.act, request.person.id, name)
            people.set_language(tx, request.act, request.person.id, language or None)
    except DomainError as error:
        page = _build_page(request, request.form_errors(error), name=name)
        return request.refill(_TEMPLATE, page, error)
    return request.redirect(PATH, "console-account-saved")


def change_password(request: ConsoleRequest) -> Response:
    """Change the password; every other device is signed out."""
    change = PasswordChange(
        old=request.form.text("old"),
        new=request.form.text("new"),
        session_id=request.signed_in.session.id,
        marks=request.marks,
    )
    try:
        changed = people.change_password(
            request.context.database, request.context.vault, request.act, change
        )
    except DomainError as error:
        return request.refill(_TEMPLATE, _build_page(request, request.form_errors(error)), error)
    response = request.redirect(PATH, "console-account-password-changed", count=changed.ended)
    is_secure = request.context.has_secure_cookies
    response.headers.append("set-cookie", build_known_cookie(changed.marks, is_secure=is_secure))
    return response


def end_session(request: ConsoleRequest) -> Response:
    """Sign one device out."""
    with request.write() as tx:
        people.end_session(tx, request.act, request.uuid("session_id"))
    return request.redirect(PATH, "console-account-session-ended")


def end_other_sessions(request: ConsoleRequest) -> Response:
    """Sign every other device out."""
    with request.write() as tx:
        ended = people.end_other_sessions(tx, request.act, request.signed_in.session.id)
    return request.redirect(PATH, "console-account-sessions-ended", count=ended)


def switch_organisation(request: ConsoleRequest) -> Response:
    """Let this session act for another of one's organisations."""
    with request.write() as tx:
        people.switch_organisation(
            tx, request.act, request.signed_in.session.id, request.uuid("organisation_id")
        )
    return request.redirect("/console")
