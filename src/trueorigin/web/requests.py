# SPDX-License-Identifier: Apache-2.0
"""What a request says of its sender: key, language, network, phone; and how much it may send.

Reads headers and counts bytes. Believes nothing that a sender could have written for a proxy
that is not ours, and keeps no address: only the network it is part of leaves this module.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trueorigin.domain.errors import InvalidError, UnauthenticatedError
from trueorigin.web.context import Network
from trueorigin.web.errors import build_error_response, name_http_failure
from trueorigin.web.i18n import Translator, negotiate, translator

# The largest honest request is an order with a thousand ranges, some 60 kB.
JSON_BODY_MAX: Final = 2**20
# The most events of one upload: 100,000 of a single code each, with site and partner, are 27 MB.
EVENTS_BODY_MAX: Final = 32 * 2**20
# A phone's photograph at full size.
PHOTO_BODY_MAX: Final = 16 * 2**20
# A UUID has 36 characters; some clients hash the request instead.
IDEMPOTENCY_KEY_MAX: Final = 200
# Beyond so many proxies a header is an attack; the first addresses in it are not read.
PROXIES_MAX: Final = 20

# Proxies write here whom they speak for.
FORWARDED: Final = b"x-forwarded-for"

DEVICE_COOKIE: Final = "to_device"
DEVICE_TOKEN_BYTES: Final = 16
# Browsers cut longer lives to 400 days.
_DEVICE_COOKIE_AGE_S: Final = 400 * 24 * 3600
_IDEMPOTENCY_KEY: Final = re.compile(rf"[\x21-\x7e]{{1,{IDEMPOTENCY_KEY_MAX}}}")
# What one subscriber or household is given; finer would single out a person.
_IPV4_PREFIX, _IPV6_PREFIX = 24, 56


def find_bearer(headers: Headers) -> str | None:
    """Return the secret of an `Authorization: Bearer` header, or None without that header.

    A header of another scheme is refused: its sender believes to be signed in.
    """
    value = headers.get("authorization")
    if value is None:
        return None
    scheme, _, secret = value.strip().partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise UnauthenticatedError("credential_scheme")
    return secret.strip()


def find_idempotency_key(headers: Headers) -> str | None:
    """Return the `Idempotency-Key`, or None; anything but 1 to 200 visible ASCII is refused."""
    key = headers.get("idempotency-key")
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidError(
            "idempotency_key_malformed", field="Idempotency-Key", max=IDEMPOTENCY_KEY_MAX
        )
    return key


def pick_translator(headers: Headers) -> Translator:
    """Return the translator of the language the client's own preferences ask for."""
    return translator(negotiate(headers.get("accept-language"), None, None))


async def answer_http_failure(request: Request, failure: Exception) -> Response:
    """Answer what a framework refused by itself in the one shape; an exception handler."""
    if not isinstance(failure, HTTPException):
        raise failure
    error, headers = name_http_failure(failure.status_code), failure.headers
    if failure.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Each method has a route of its own here, and the framework knows of the first one alone.
        headers = {"Allow": ", ".join(sorted(_list_methods(request)))}
    return build_error_response(error, pick_translator(request.headers), headers)


def _list_methods(request: Request) -> set[str]:
    """Return the methods that the path of a request has."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    found = [each for each in routes if each.matches(request.scope)[0] is not Match.NONE]
    methods = {method for each in found for method in each.methods or ()}
    # The JSON surface answers HEAD wherever it answers GET, and its routes know nothing of it.
    return methods | {"HEAD"} if "GET" in methods else methods


def client_network(scope: Scope, trusted_proxies: Sequence[Network]) -> str:
    """Return the network a request comes from, IPv4 by /24 and IPv6 by /56, or "" if unknown.

    `X-Forwarded-For` is read from the right while the speaker is a trusted proxy, so an address
    that the client wrote itself is never believed.
    """
    client = scope.get("client")
    if not client or FORWARDED not in [name for name, _ in scope["headers"]]:
        return direct_network(scope)
    address = _parse_address(client[0])
    if address is not None and _is_trusted(address, trusted_proxies):
        forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
        for hop in reversed(forwarded.rsplit(",", PROXIES_MAX)[-PROXIES_MAX:]):
            named = _parse_address(hop.strip())
            if named is None:
                break
            address = named
            if not _is_trusted(address, trusted_proxies):
                break
    return "" if address is None else _cut_network(address)


def direct_network(scope: Scope) -> str:
    """Return what `client_network` does of a request that names nobody it is forwarded for."""
    client = scope.get("client")
    return _network_of(client[0]) if client else ""


# Readers come back, and behind a carrier's translation thousands share one address.
@lru_cache(maxsize=16_384)
def _network_of(text: str) -> str:
    address = _parse_address(text)
    return "" if address is None else _cut_network(address)


def _cut_network(address: IPv4Address | IPv6Address) -> str:
    prefix = _IPV4_PREFIX if address.version == 4 else _IPV6_PREFIX  # noqa: PLR2004 - IP version
    # By hand: a network object costs 9 us, this 3.
    host_bits = address.max_prefixlen - prefix
    return f"{type(address)(int(address) >> host_bits << host_bits)}/{prefix}"


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, with an IPv4 address inside IPv6 taken out; ports and zones are dropped."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def find_device(cookies: Mapping[str, str]) -> bytes | None:
    """Return the token of a returning phone, or None: no cookie, or not one that we wrote."""
    text = cookies.get(DEVICE_COOKIE)
    if text is None or len(text) > 2 * DEVICE_TOKEN_BYTES:
        return None
    try:
        token = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return token if len(token) == DEVICE_TOKEN_BYTES else None


def build_device_cookie(token: bytes, *, is_secure: bool) -> str:
    """Write the `Set-Cookie` value by which a phone is known again to itself alone.

    Not readable by scripts, not sent along from other sites' pages, and no other data in it.
    """
    text = base64.urlsafe_b64encode(token).rstrip(b"=").decode()
    secure = "; Secure" if is_secure else ""
    return (
        f"{DEVICE_COOKIE}={text}; Max-Age={_DEVICE_COOKIE_AGE_S}; Path=/; HttpOnly; "
        f"SameSite=Lax{secure}"
    )


class BodyTooLargeError(InvalidError):
    """The body went over its limit while it was read."""

    def __init__(self, limit: int) -> None:
        """Say how much is allowed."""
        super().__init__("body_too_large", max=limit)


class BodyLimit:
    """ASGI wrapper that refuses a body beyond `limit_of(path, content type)` bytes.

    A declared length is refused with 413 before a byte is read; an undeclared one as soon as
    the limit is passed, so memory never holds more than the limit and one chunk.
    """

    def __init__(self, app: ASGIApp, limit_of: Callable[[str, str], int]) -> None:
        """Wrap `app`; `limit_of` gets the path of the URL and the declared type of the body."""
        self._app = app
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what it sends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit_of(scope["path"], headers.get("content-type", ""))
        declared = headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and _is_beyond(declared, limit):
            await self._refuse(scope, receive, send, limit)
            return
        has_started = False
        read = 0

        async def counted_receive() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise BodyTooLargeError(limit)
            return message

        async def noted_send(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, counted_receive, noted_send)
        except BodyTooLargeError:
            if has_started:
                raise
            await self._refuse(scope, receive, send, limit)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Answer 413 and ask for the connection to be closed: the rest is not worth reading."""
        language = pick_translator(Headers(scope=scope))
        error = BodyTooLargeError(limit)
        response = build_error_response(error, language, {"Connection": "close"})
        await response(scope, receive, send)


def _is_beyond(declared: str, limit: int) -> bool:
    """Compare a decimal text with `limit` without converting thousands of digits."""
    digits = declared.lstrip("0")
    return len(digits) > len(str(limit)) or int(digits or "0") > limit
