# SPDX-License-Identifier: Apache-2.0
"""What one line of the URL table says, and how a request comes to its endpoint.

Every request passes the same gate, in this order: key, permission, form of the body. Only then
the endpoint runs.
"""

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anyio.to_thread import run_sync
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.datastructures import Headers

from trueorigin.api.calls import Call
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.tenancy import Actor, Permission
from trueorigin.services import access
from trueorigin.web.context import AppContext
from trueorigin.web.heads import cut_body
from trueorigin.web.requests import find_bearer, find_idempotency_key

JSON: Final = "application/json"
# EPCIS calls itself so, in our answers as well.
LINKED_DATA: Final = "application/ld+json"
BYTES: Final = "application/octet-stream"
# What a page of another site can make a browser send without asking.
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the URL table.

    `permission` None means that no key is asked for; a key that is shown is checked all the
    same. `answer` documents the success where the endpoint's own annotation does not, `media` is
    its type. `takes_file` means that the body is a file, as it is; `takes_raw` that it is JSON or
    JSON-LD which the endpoint reads by itself, from the call's `content`. `is_repeatable` means
    that a repetition doubles nothing whatever key it carries, so none is asked for. `extra` is
    merged into the route's description.
    """

    method: str
    path: str
    endpoint: Callable[..., Any]
    permission: Permission | None
    answer: type[BaseModel] | None = field(default=None, kw_only=True)
    media: str = field(default=JSON, kw_only=True)
    takes_file: bool = field(default=False, kw_only=True)
    takes_raw: bool = field(default=False, kw_only=True)
    reads_body: bool = field(default=False, kw_only=True)
    is_repeatable: bool = field(default=False, kw_only=True)
    extra: Mapping[str, Any] = field(default_factory=dict, kw_only=True)

    @property
    def status(self) -> int:
        """Return the status of a success."""
        if self.method == "DELETE":
            return 204
        return 201 if self.is_act else 200

    @property
    def is_act(self) -> bool:
        """Tell whether a success leaves something behind that a repetition must not double."""
        return self.method == "POST" and self.permission is not None and not self.is_repeatable

    @property
    def takes_body(self) -> bool:
        """Tell whether a body is expected: a file, or nothing but JSON."""
        return self.method in {"POST", "PATCH"} and not self.reads_body


def guard(route: Route, context: AppContext) -> type[APIRoute]:
    """Build the route class that lets only entitled, well-formed requests reach `route`."""

    class GuardedRoute(APIRoute):
        """The gate of one line of the table."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """Put the gate before the framework's own handling."""
            proceed = super().get_route_handler()
            is_kept = route.takes_file or route.takes_raw

            async def handle(request: Request) -> Response:
                actor = await _find_actor(context, request.headers)
                if route.permission is not None:
                    actor = access.require(actor, route.permission)
                _refuse_repetition(request)
                key = find_idempotency_key(request.headers) if route.is_act else None
                digest = await _digest_body(request, route) if route.takes_body else b""
                request.state.call = Call(
                    context=context,
                    actor=actor,
                    key=key,
                    digest=digest,
                    request=request,
                    content=await request.body() if is_kept else b"",
                )
                return await cut_body(request, await proceed(request))

            return handle

    return GuardedRoute


def _refuse_repetition(request: Request) -> None:
    """Refuse a parameter that is given twice: nobody can tell which one was meant."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name in seen:
            raise InvalidError("field_twice", field=name[:60])
        seen.add(name)


async def _find_actor(context: AppContext, headers: Headers) -> Actor | None:
    """Return whom the request's key speaks for; a key that is shown must be a valid one."""
    secret = find_bearer(headers)
    if secret is None:
        return None

    def look_up(secret: str) -> Actor:
        with context.database.read() as tx:
            return access.get_actor(tx, secret)

    return await run_sync(look_up, secret)


async def _digest_body(request: Request, route: Route) -> bytes:
    """Read the body, within the limit of the edge, and return the hash of the whole request.

    Refuses a body that does not call itself JSON, or a form where a file is wanted: a page of
    another site can send nothing else, so it can never act.
    """
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = kind in _FORMS
    is_json = kind == JSON or (route.takes_raw and kind == LINKED_DATA)
    if body and (is_form if route.takes_file else not is_json):
        expected = BYTES if route.takes_file else JSON
        raise InvalidError("media_type_unsupported", field="Content-Type", expected=expected)
    target = f"{request.method} {request.url.path}?{request.url.query}\n"
    return hashlib.sha256(target.encode() + body).digest()
