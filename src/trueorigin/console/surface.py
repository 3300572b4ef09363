# SPDX-License-Identifier: Apache-2.0
"""Build the console from its URL table: the gate every request passes, and what refusals look like.

The gate, in this order: living session, permission, same site, form token. Only then the handler
runs, in a thread.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, unquote

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp

from trueorigin.console import ROUTES
from trueorigin.console.forms import NO_FORM, Form, read_form, word_errors
from trueorigin.console.pages import MessagePage, Renderer, find_flash
from trueorigin.console.routing import ConsoleRequest, Gate, Route
from trueorigin.console.sessions import SIGN_IN_PATH, identify
from trueorigin.console.visitors import (
    FORM_FIELD,
    SECRET_BYTES,
    SignedIn,
    Visitor,
    build_cookie,
    build_guest_secret,
    find_secret,
    flash_cookie_name,
    guest_cookie_name,
    known_cookie_name,
    require_same_site,
    session_cookie_name,
)
from trueorigin.domain.errors import (
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from trueorigin.domain.tenancy import Permission
from trueorigin.services import access
from trueorigin.web.context import AppContext
from trueorigin.web.errors import status_of
from trueorigin.web.i18n import Translator, negotiate, translator
from trueorigin.web.logging import open_log
from trueorigin.web.pages import LANGUAGE_COOKIE, build_language_cookie
from trueorigin.web.requests import client_network

_LOG = open_log("console")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


def build_console(context: AppContext) -> ASGIApp:
    """Build the manufacturers' application for one process; it takes every path under /console."""
    desk = _Desk(context)
    paths = dict.fromkeys(route.path for route in ROUTES)
    routes = [
        StarletteRoute(
            path,
            desk.build_endpoint({route.method: route for route in ROUTES if route.path == path}),
            methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        )
        for path in paths
    ]
    everything_else = StarletteRoute(
        "/{rest:path}",
        desk.build_endpoint({}),
        methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    )
    app = Starlette(routes=[*routes, everything_else])
    app.router.redirect_slashes = False
    return app


class _Desk:
    """The gate of one process."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._renderer = Renderer()

    def build_endpoint(self, by_method: dict[str, Route]) -> Endpoint:
        """Build what answers one path, whatever the method."""

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, by_method)

        return endpoint

    async def _answer(self, request: Request, by_method: dict[str, Route]) -> Response:
        """Answer one request; a refusal is a page, a defect an apology and a trace in the log."""
        opened = self._open_guest(request)
        form = NO_FORM
        try:
            visitor = await run_sync(identify, self._context, opened.visitor, request.cookies)
            opened = self._name_visitor(opened, visitor, request)
            route = _pick_route(request, by_method)
            _require_entry(route, visitor)
            if request.method not in _SAFE_METHODS:
                require_same_site(request.headers, self._context.hosts)
                form = await read_form(request, request.receive, route.body_max)
                _require_token(form, visitor)
                opened = replace(opened, form=form)
            response = await run_sync(route.handler, opened)
        except DomainError as error:
            response = self._refuse(opened, error)
        except Exception:  # noqa: BLE001 - readers get a page in their language, the log the trace
            _LOG.exception("defect")
            response = self._refuse(opened, DomainError("internal"))
        finally:
            await form.data.close()
        self._add_cookies(request, opened, response)
        return response

    def _open_guest(self, request: Request) -> ConsoleRequest:
        """Open a request before it is known who sent it."""
        context = self._context
        name = guest_cookie_name(is_secure=context.has_secure_cookies)
        known = known_cookie_name(is_secure=context.has_secure_cookies)
        secret = find_secret(request.cookies, name)
        chosen = negotiate(
            request.headers.get("accept-language"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.query_params.get("lang"),
        )
        return ConsoleRequest(
            context=context,
            renderer=self._renderer,
            method=request.method,
            path=request.url.path,
            path_params={name: str(value) for name, value in request.path_params.items()},
            query=request.query_params,
            headers=request.headers,
            visitor=Visitor(
                secret=secret or build_guest_secret(context.entropy(SECRET_BYTES)),
                signed_in=None,
            ),
            translator=translator(chosen),
            network=client_network(request.scope, context.trusted_proxies),
            marks=request.cookies.get(known, ""),
        )

    def _name_visitor(
        self, opened: ConsoleRequest, visitor: Visitor, request: Request
    ) -> ConsoleRequest:
        """Give the request its person, that person's language, and the sentence that waits."""
        signed_in = visitor.signed_in
        language = opened.translator
        if signed_in is not None and signed_in.person.language is not None:
            language = translator(negotiate(None, signed_in.person.language, None))
        name = flash_cookie_name(is_secure=self._context.has_secure_cookies)
        flash = find_flash(request.cookies.get(name), visitor, language)
        return replace(opened, visitor=visitor, translator=language, flash=flash)

    def _refuse(self, opened: ConsoleRequest, error: DomainError) -> Response:
        """Say in the reader's language why there is no such page."""
        status = status_of(error)
        if isinstance(error, UnauthenticatedError) and opened.method in _SAFE_METHODS:
            here = opened.path + (f"?{opened.query}" if str(opened.query) else "")
            target = SIGN_IN_PATH if here == "/console" else f"{SIGN_IN_PATH}?next={quote(here)}"
            response: Response = RedirectResponse(target, HTTPStatus.SEE_OTHER)
            response.headers["cache-control"] = "no-store"
            return response
        page = _build_message(error, status, opened.translator, opened.visitor.signed_in)
        response = opened.page("console/message.html", page, status=status)
        if "seconds" in error.params:
            response.headers["retry-after"] = str(error.params["seconds"])
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["allow"] = str(error.params["allowed"])
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            # The rest is not worth reading.
            response.headers["connection"] = "close"
        return response

    def _add_cookies(self, request: Request, opened: ConsoleRequest, response: Response) -> None:
        """Keep a guest's secret and language; take back dead sessions and shown sentences."""
        is_secure = self._context.has_secure_cookies
        given = [
            value.decode("latin-1").partition("=")[0]
            for name, value in response.raw_headers
            if name == b"set-cookie"
        ]
        session = session_cookie_name(is_secure=is_secure)
        guest = guest_cookie_name(is_secure=is_secure)
        flash = flash_cookie_name(is_secure=is_secure)
        cookies = []
        if opened.visitor.signed_in is None:
            if guest not in request.cookies and response.status_code != HTTPStatus.SEE_OTHER:
                secret = opened.visitor.secret
                cookies.append(build_cookie(guest, secret, max_age=None, is_secure=is_secure))
            if session in request.cookies and session not in given:
                cookies.append(build_cookie(session, "", max_age=0, is_secure=is_secure))
            if request.query_params.get("lang") == opened.translator.language:
                language = opened.translator.language
                cookies.append(build_language_cookie(language, is_secure=is_secure))
        has_shown = response.status_code != HTTPStatus.SEE_OTHER
        if flash in request.cookies and flash not in given and has_shown:
            cookies.append(build_cookie(flash, "", max_age=0, is_secure=is_secure))
        for cookie in cookies:
            response.headers.append("set-cookie", cookie)


def _pick_route(request: Request, by_method: dict[str, Route]) -> Route:
    """Return the line of the table for this request."""
    if not by_method:
        raise NotFoundError("path_unknown", path=unquote(request.url.path)[:100])
    method = "GET" if request.method == "HEAD" else request.method
    route = by_method.get(method)
    if route is None:
        allowed = ", ".join(sorted(by_method))
        raise InvalidError("method_not_allowed", method=request.method[:20], allowed=allowed)
    return route


def _require_entry(route: Route, visitor: Visitor) -> None:
    """Let only those in whom the table names."""
    if route.permission is Gate.PUBLIC:
        return
    if visitor.signed_in is None:
        raise UnauthenticatedError("session_ended")
    if isinstance(route.permission, Permission):
        access.require(visitor.signed_in.act.actor, route.permission)
    if route.is_owner_only and not visitor.signed_in.is_owner:
        raise ForbiddenError("owner_needed")


def _require_token(form: Form, visitor: Visitor) -> None:
    """Refuse a form that was not made for this visitor, or for an earlier session."""
    if not visitor.has_form_token(form.text(FORM_FIELD)):
        raise ForbiddenError("form_stale")


def _build_message(
    error: DomainError, status: int, language: Translator, signed_in: SignedIn | None
) -> MessagePage:
    errors = word_errors(error, language)
    known = language.has(f"console-message-{status}")
    name = f"console-message-{status if known else 500 if status >= 500 else 400}"  # noqa: PLR2004
    return MessagePage(
        headline=language.text(name),
        sentences=(
            *errors.general,
            *(
                language.text("console-message-field", field=field, sentence=sentence)
                for field, sentence in errors.by_field.items()
            ),
        ),
        href="/console" if signed_in else SIGN_IN_PATH,
        label=language.text("console-nav-home" if signed_in else "console-sign-in"),
    )
