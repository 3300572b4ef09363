# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, and whose request this is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.console.visitors import (
    SESSION_COOKIE_AGE_S,
    SignedIn,
    Visitor,
    build_cookie,
    build_known_cookie,
    find_secret,
    session_cookie_name,
)
from trueorigin.domain.errors import DomainError, UnauthenticatedError
from trueorigin.domain.people import MEMBERSHIP_PERMISSIONS
from trueorigin.domain.tenancy import Actor, Role
from trueorigin.services import access, people
from trueorigin.services.people import SignInAttempt
from trueorigin.web.context import AppContext
from trueorigin.web.i18n import languages

SIGN_IN_PATH: Final = "/console/sign-in"
_HOME: Final = "/console"
# A page of the console, and nothing that a browser could take for another host.
_OWN_PATH: Final = re.compile(r"/console(?:[/?][!-\[\]-~]{0,2000})?")
_EMAIL_LENGTH_MAX: Final = 254
_DEVICE_LABEL_MAX: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The one page of the console that strangers see."""

    email: str = field(metadata={"help": "What was typed before."})
    next: str = field(metadata={"help": "Where to go after signing in; a path of the console."})
    errors: FormErrors = field(metadata={"help": "Why it was refused; never which part was wrong."})
    email_length_max: int = field(default=_EMAIL_LENGTH_MAX, metadata={"help": "RFC 5321."})


def identify(context: AppContext, guest: Visitor, cookies: Mapping[str, str]) -> Visitor:
    """Return whose request this is: of a living session, or of the guest as before.

    The session's last use is written at most once in five minutes.
    """
    name = session_cookie_name(is_secure=context.has_secure_cookies)
    secret = find_secret(cookies, name)
    if secret is None:
        return guest
    at = context.clock()
    with context.database.read() as tx:
        presence = people.find_presence(tx, secret, at)
    if presence is None:
        return guest
    if people.is_touch_due(presence.session, at):
        with context.database.write() as tx:
            people.touch_session(tx, presence.session, at)
    actor = Actor(
        organisation_id=presence.organisation.id,
        role=_pick_role(presence.organisation.roles),
        credential_id=presence.person.id,
        allowed=MEMBERSHIP_PERMISSIONS[presence.role],
    )
    signed_in = SignedIn(
        person=presence.person,
        session=presence.session,
        role=presence.role,
        organisation=presence.organisation,
        act=access.open_act(actor, at, context.entropy),
    )
    return Visitor(secret=secret, signed_in=signed_in)


def _pick_role(roles: frozenset[Role]) -> Role:
    """Return the role in which people act for an organisation: the one that may do most."""
    return max(sorted(roles), key=lambda role: len(access.permissions_of(role)))


def show_sign_in(request: ConsoleRequest) -> Response:
    """Show the form, or go on where somebody is signed in already."""
    target = _own_path(request.query.get("next", ""))
    if request.visitor.signed_in is not None:
        return request.redirect(target)
    return request.page("console/sign_in.html", SignInPage(email="", next=target, errors=NO_ERRORS))


def sign_in(request: ConsoleRequest) -> Response:
    """Open a session for the right password; wrong and unknown look and cost the same."""
    form, context = request.form, request.context
    target = _own_path(form.text("next"))
    attempt = SignInAttempt(
        email=form.text("email").strip()[: _EMAIL_LENGTH_MAX + 1],
        password=form.text("password"),
        network=request.network,
        device_label=_label_device(request.headers.get("user-agent", "")),
        marks=request.marks,
    )
    try:
        issued = people.sign_in(
            context.database, context.vault, attempt, at=context.clock(), entropy=context.entropy
        )
    except DomainError as error:
        if not isinstance(error, UnauthenticatedError) and "seconds" not in error.params:
            raise
        sentence = request.translator.text(f"error-{error.code.replace('_', '-')}", **error.params)
        page = SignInPage(email=attempt.email, next=target, errors=FormErrors(general=(sentence,)))
        return request.refill("console/sign_in.html", page, error)
    response = request.redirect(target)
    _set_session(request, response, issued.secret)
    known = build_known_cookie(issued.marks, is_secure=context.has_secure_cookies)
    response.headers.append("set-cookie", known)
    return response


def sign_out(request: ConsoleRequest) -> Response:
    """End this session, in the database and in the browser."""
    with request.write() as tx:
        people.end_session(tx, request.act, request.signed_in.session.id)
    response = request.redirect(SIGN_IN_PATH)
    _set_session(request, response, None)
    # What other pages of this host keep in the browser is left alone; caches are emptied.
    response.headers["clear-site-data"] = '"cache"'
    return response


def change_language(request: ConsoleRequest) -> Response:
    """Keep the person's language from now on, on every device."""
    wish = request.form.choice("language", languages())
    with request.write() as tx:
        people.set_language(tx, request.act, request.person.id, wish or None)
    return request.redirect(_own_path(request.form.text("next")))


def _set_session(request: ConsoleRequest, response: Response, secret: str | None) -> None:
    is_secure = request.context.has_secure_cookies
    cookie = build_cookie(
        session_cookie_name(is_secure=is_secure),
        secret or "",
        max_age=SESSION_COOKIE_AGE_S if secret else 0,
        is_secure=is_secure,
    )
    response.headers.append("set-cookie", cookie)


def _own_path(text: str) -> str:
    """Return `text` if it is a page of the console, else its first page."""
    return text if _OWN_PATH.fullmatch(text) and not text.startswith(SIGN_IN_PATH) else _HOME


def _label_device(agent: str) -> str:
    """Name a device so that its owner knows it again in the list of sessions."""
    systems = ("iPhone", "iPad", "Android", "HarmonyOS", "Windows", "Mac OS", "CrOS", "Linux")
    browsers = ("MicroMessenger", "Edg", "OPR", "Firefox", "Chrome", "Safari")
    names = {"Mac OS": "macOS", "CrOS": "ChromeOS", "MicroMessenger": "WeChat", "Edg": "Edge"}
    found = [
        names.get(name, name)
        for group in (browsers, systems)
        if (name := next((each for each in group if each in agent), None))
    ]
    return " · ".join(found)[:_DEVICE_LABEL_MAX]
