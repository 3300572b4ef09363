# SPDX-License-Identifier: Apache-2.0
"""What one line of the console's URL table says, and what its handler is given.

A handler is a plain function in a thread: it reads the form, calls services inside a transaction,
and answers with a page or a redirect. The gate (session, permission, form token) has been passed
before it runs; see `surface.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import quote, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import Headers, QueryParams
from starlette.responses import RedirectResponse, Response

from trueorigin.console.forms import (
    FORM_BODY_MAX,
    NO_FORM,
    Form,
    FormErrors,
    pick_choice,
    word_errors,
)
from trueorigin.console.pages import Flash, Renderer, Surroundings, build_flash_cookie
from trueorigin.console.visitors import SignedIn, Visitor
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError, UnauthenticatedError
from trueorigin.domain.people import Person
from trueorigin.domain.tenancy import Act, Organisation, Permission
from trueorigin.storage.database import Tx
from trueorigin.web.context import AppContext
from trueorigin.web.errors import status_of
from trueorigin.web.i18n import Translator

# Refusals that a form can show; all others have a page of their own.
_FORM_STATUSES: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_RUN_DIGITS_MAX: Final = 10


class Gate(StrEnum):
    """What a route demands where no permission fits."""

    # Anybody, signed in or not.
    PUBLIC = "public"
    # Any person with a living session, whatever the role.
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleRequest:
    """One request behind the gate."""

    context: AppContext
    renderer: Renderer
    method: str
    path: str
    path_params: Mapping[str, str]
    query: QueryParams
    headers: Headers
    form: Form = NO_FORM
    visitor: Visitor
    translator: Translator
    flash: Flash | None = None
    # The network the request comes from, as far as it is remembered anywhere.
    network: str = ""
    # What the browser keeps of those who have signed in from it, as it sent it.
    marks: str = ""

    @property
    def signed_in(self) -> SignedIn:
        """Return who is signed in; on a PUBLIC route that may be nobody."""
        if self.visitor.signed_in is None:
            raise UnauthenticatedError("credential_missing")
        return self.visitor.signed_in

    @property
    def act(self) -> Act:
        """Return the act of this request: who, for which organisation, when."""
        return self.signed_in.act

    @property
    def person(self) -> Person:
        """Return who is signed in."""
        return self.signed_in.person

    @property
    def organisation(self) -> Organisation:
        """Return the organisation the session acts for, as it was when the request came."""
        return self.signed_in.organisation

    @property
    def is_owner(self) -> bool:
        """Tell whether the person may do what members may not."""
        return self.signed_in.is_owner

    def may(self, permission: Permission) -> bool:
        """Tell whether the session has a permission: pages leave out what would be refused."""
        return permission in self.act.actor.permissions

    def read(self) -> AbstractContextManager[Tx]:
        """Open a transaction that sees one snapshot and changes nothing."""
        return self.context.database.read()

    def write(self) -> AbstractContextManager[Tx]:
        """Open a transaction that is durable at the end of the block."""
        return self.context.database.write()

    def uuid(self, name: str) -> UUID:
        """Return a path parameter as UUID; anything else is an unknown page."""
        try:
            return UUID(self.path_params[name])
        except ValueError as error:
            raise NotFoundError("path_unknown", path=self.path[:100]) from error

    def run_id(self, name: str = "run_id") -> int:
        """Return a path parameter as a run's number; anything else is an unknown page."""
        text = self.path_params[name]
        if not (text.isascii() and text.isdigit()) or len(text) > _RUN_DIGITS_MAX:
            raise NotFoundError("path_unknown", path=self.path[:100])
        return int(text)

    def cursor(self, name: str = "after") -> UUID | None:
        """Return a UUID of the query, such as a keyset cursor; `cursor_malformed` for no UUID."""
        text = self.query.get(name)
        if not text:
            return None
        try:
            return UUID(text)
        except ValueError:
            raise InvalidError("cursor_malformed", field=name) from None

    def choice(self, name: str, known: Iterable[str], default: str = "") -> str:
        """Return a word of the query, `default` where there is none; `choice_unknown` else."""
        return pick_choice(self.query.get(name, ""), known, field=name) or default

    def here(self, **changes: str | None) -> str:
        """Return the address of this page with other parameters; None takes one away."""
        kept = {name: value for name, value in self.query.items() if name not in changes}
        kept |= {name: value for name, value in changes.items() if value is not None}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def instant(self, at: datetime) -> str:
        """Return day and minute on the organisation's clocks, in words."""
        return self.translator.instant(at, self.organisation.time_zone)

    def day(self, at: datetime) -> str:
        """Return the day of an instant on the organisation's calendar, in words."""
        return self.translator.day(self._local(at).date())

    def cell_instant(self, at: datetime) -> str:
        """Return an instant as spreadsheets read it, on the organisation's clocks."""
        return self._local(at).strftime("%Y-%m-%d %H:%M:%S")

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.organisation.time_zone))

    def page(
        self,
        template: str,
        page: object,
        *,
        status: int = HTTPStatus.OK,
        has_camera: bool = False,
    ) -> Response:
        """Render `page`, one dataclass, with the console around it; few pages may use a camera."""
        around = Surroundings(
            path=self.path,
            query=str(self.query),
            is_answer=self.method == "POST",
            visitor=self.visitor,
            flash=self.flash,
            host=self.context.public_url,
            has_camera=has_camera,
        )
        return self.renderer.render(template, page, self.translator, around, status=status)

    def refill(self, template: str, page: object, error: DomainError) -> Response:
        """Render a form again with what was typed and what is wrong, under the fitting status."""
        response = self.page(template, page, status=status_of(error))
        if "seconds" in error.params:
            response.headers["retry-after"] = str(error.params["seconds"])
        return response

    def form_errors(self, error: DomainError) -> FormErrors:
        """Return the sentences of a refusal by field; raise it again where no form can mend it."""
        if status_of(error) not in _FORM_STATUSES:
            raise error
        return word_errors(error, self.translator)

    def redirect(self, path: str, flash: str | None = None, **params: str | int) -> Response:
        """Send the browser on with 303; `flash` is a message id shown once on the next page."""
        response = RedirectResponse(quote(path, safe="/?=&#%:+,-._~"), HTTPStatus.SEE_OTHER)
        response.headers["cache-control"] = "no-store"
        if flash is not None:
            cookie = build_flash_cookie(
                Flash(message=flash, params=params),
                self.visitor,
                is_secure=self.context.has_secure_cookies,
            )
            response.headers.append("set-cookie", cookie)
        return response


Handler: TypeAlias = Callable[[ConsoleRequest], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the URL table.

    `is_owner_only` asks for an owner on top of the permission. `body_max` bounds what a POST may
    send; forms with files say more than the default.
    """

    method: str
    path: str
    handler: Handler
    permission: Permission | Gate
    is_owner_only: bool = field(default=False, kw_only=True)
    body_max: int = field(default=FORM_BODY_MAX, kw_only=True)
