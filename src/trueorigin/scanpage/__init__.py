# SPDX-License-Identifier: Apache-2.0
"""The consumer's surface: what a printed code opens, and the page where one can be typed.

A plain ASGI application beside the JSON surface. It takes readings to the queue and words the
answers; it never judges. Without script, cookie or second request every page is complete.

    GET|HEAD  /                      the home page
              /check?code=           sends a typed code to its own address
              /01/... /00/... /c/... a printed code: page or JSON, by Accept
              /confirm/{reference}   the picture in a page that counts the phone
              /files/{name}          pictures and papers that such a page shows
              /map/{name}            the drawing under the places of its way
              /static/{name}         style is in the page; icon and script are here
    POST      /photo                 a photograph: leads to the code on it, or says what to do
              /place/{reference}     roughly where, of a reader who chose to say so
"""

import base64
import math
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from http import HTTPStatus
from typing import Final, TypeAlias

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from trueorigin.domain.digitallink import parse_public_code
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError
from trueorigin.domain.scans import Confirmation, parse_reference
from trueorigin.scanpage.answering import Answerer
from trueorigin.scanpage.filling import GZIP, fill_page
from trueorigin.scanpage.replies import (
    NO_STORE,
    Headers,
    Reply,
    encode_headers,
    see_other,
)
from trueorigin.scanpage.visits import Visit, open_visit
from trueorigin.services.placing import share_place
from trueorigin.services.recent import Recent
from trueorigin.web.addresses import address_of
from trueorigin.web.assets import assets_by_name, pack
from trueorigin.web.context import AppContext
from trueorigin.web.errors import build_error_response, message_id, status_of
from trueorigin.web.logging import open_log
from trueorigin.web.metrics import count_request
from trueorigin.web.pages import (
    HomePage,
    MessagePage,
    PageKind,
    Renderer,
    build_home,
    build_message,
    page_headers,
)
from trueorigin.web.photopages import build_choice_page, build_refused_page, sort_codes
from trueorigin.web.photos import PhotoDesk, read_upload
from trueorigin.web.requests import find_device
from trueorigin.web.shownfiles import FileShelf
from trueorigin.web.splicing import SplicedPage, cut

_LOG = open_log("scanpage")
# Between two lines of the log about one kind: a full disk refuses thousands of readings a second.
_NOTE_SECONDS: Final = 10

# First path segments of printed codes, and the methods by which anything is read here.
_KINDS: Final = frozenset({"00", "01", "c", "C"})
_READS: Final = frozenset({"GET", "HEAD"})
# Front page and refusals, which say what is wrong with many a request; some 20 kB each.
_PLAIN_PAGES_MAX: Final = 200
# A cell has at most 11 characters; more is no cell.
_PLACE_MAX: Final = 40
_FOREVER: Final = b"public, max-age=31536000, immutable"
# The smallest picture there is: one transparent dot.
_DOT: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_ROBOTS: Final = b"User-agent: *\nDisallow: /00/\nDisallow: /01/\nDisallow: /c/\nDisallow: /C/\n"

_DOT_HEADERS: Final[Headers] = ((b"content-type", b"image/gif"), NO_STORE)
_MAP_HEADERS: Final[Headers] = (
    (b"content-type", b"image/svg+xml"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    (b"cache-control", _FOREVER),
    (b"vary", b"Accept-Encoding"),
    (b"x-content-type-options", b"nosniff"),
)
_START: Final = "http.response.start"
_BODY: Final = "http.response.body"
_Taker: TypeAlias = Callable[[Visit, Scope, Receive], Awaitable[Reply]]

_FIXED: Final[Mapping[str, Reply]] = {
    "/robots.txt": Reply(headers=((b"content-type", b"text/plain"),), body=_ROBOTS),
    "/favicon.ico": Reply(status=HTTPStatus.NO_CONTENT, headers=((b"cache-control", _FOREVER),)),
}


class ScanPage:
    """The ASGI application; one a process. Takes every path that no other surface has."""

    def __init__(self, context: AppContext) -> None:
        """Load templates and words; nothing is rendered before it is asked for."""
        self._context = context
        self._renderer = Renderer(context.public_url)
        self._desk = PhotoDesk()
        self._shelf = FileShelf(context)
        self._answerer = Answerer(context, self._renderer, self._shelf)
        self._plain_pages: Recent[Hashable, SplicedPage] = Recent(_PLAIN_PAGES_MAX)
        # Code of a refusal -> when the log was last told.
        self._noted: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a refusal is an answer, a defect an apology."""
        if scope["type"] != "http":
            raise RuntimeError(f"the scan page does not speak {scope['type']}")
        started = time.perf_counter()
        request_id = self._context.entropy(8).hex()
        method, visit = scope["method"], open_visit(scope)
        first, _, rest = visit.path[1:].partition("/")
        try:
            # From here, not from further in: each coroutine to pass through costs 0.2 us.
            if first in _KINDS and rest and method in _READS:
                reply = await self._answerer.answer(visit)
            elif take := self._find_taker(visit, method):
                reply = await take(visit, scope, receive)
            else:
                reply = await self._dispatch(visit, method, first, rest)
        except DomainError as error:
            reply = self._refuse(visit, error)
            if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self._note_refusal(error, request_id)
        except Exception:  # noqa: BLE001 - consumers get a page in their language, the log the trace
            _LOG.exception("defect", request_id=request_id)
            reply = self._refuse(visit, DomainError("internal"))
        # To HEAD without its body, but with the length it would have.
        body = reply.body
        headers = [
            *reply.headers,
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", request_id.encode()),
        ]
        try:
            await send({"type": _START, "status": int(reply.status), "headers": headers})
            await send({"type": _BODY, "body": b"" if visit.is_head else body})
        finally:
            surface = "static" if first == "static" and rest else "page"
            count_request(surface, method, reply.status, time.perf_counter() - started)

    def _note_refusal(self, error: DomainError, request_id: str) -> None:
        """Tell the log that readings are refused through no fault of theirs."""
        now = time.monotonic()
        if now - self._noted.get(error.code, -math.inf) >= _NOTE_SECONDS:
            self._noted[error.code] = now
            _LOG.error("readings_refused", code=error.code, request_id=request_id)

    def _find_taker(self, visit: Visit, method: str) -> _Taker | None:
        """Return what reads the body of this request; all others have none."""
        if method != "POST":
            return None
        if visit.path == "/photo":
            return self._take_photo
        return self._take_place if visit.path.startswith("/place/") else None

    async def _dispatch(self, visit: Visit, method: str, first: str, rest: str) -> Reply:
        if method not in _READS:
            raise InvalidError("method_not_allowed", method=method[:20], allowed="GET, HEAD")
        if first == "confirm" and rest:
            return await self._confirm(visit, rest)
        if first == "static" and rest:
            return await _serve_asset(visit, rest)
        if first == "map" and rest:
            return await self._show_map(visit, rest)
        if first == "files" and rest:
            file = await self._shelf.answer(rest, visit.first("w"))
            return Reply(headers=encode_headers(file.headers), body=file.body)
        return self._open_path(visit)

    async def _show_map(self, visit: Visit, name: str) -> Reply:
        """Hand out the drawing under maps; it runs nothing, whatever is in it."""
        base = self._context.base_map
        if base is None or name != f"{base.version}.svg":
            raise NotFoundError("path_unknown", path=visit.path[:100])
        if not visit.wishes.is_gzip:
            return Reply(headers=_MAP_HEADERS, body=base.body)
        return Reply(headers=(*_MAP_HEADERS, GZIP), body=await run_sync(pack, base.body))

    def _open_path(self, visit: Visit) -> Reply:
        if visit.path == "/":
            return self._show_home(visit)
        if visit.path == "/check":
            return self._check(visit)
        if visit.path == "/photo":
            # The page that answered a photograph, asked for again: the photograph is gone.
            return see_other(f"/?{visit.raw_query}" if visit.first("lang") else "/")
        reply = _FIXED.get(visit.path)
        if reply is None:
            raise NotFoundError("path_unknown", path=visit.path[:100])
        return reply

    def _show_home(self, visit: Visit, *, code: str = "", problem: str | None = None) -> Reply:
        hosts = self._context.hosts
        page = build_home(visit.language, hosts=hosts, code=code, problem=problem)
        status = HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._page(visit, "home.html", page, status=status, kind=PageKind.HOME)

    def _check(self, visit: Visit) -> Reply:
        """Send a typed or pasted code to its own address, or say what is wrong with it."""
        text = visit.first("code").strip()
        if not text:
            return self._show_home(visit)
        try:
            code = parse_public_code(text, hosts=self._context.hosts)
            location = address_of(code)
        except InvalidError as error:
            if visit.wishes.is_json:
                raise
            problem = visit.language.text(message_id(error.code), **error.params)
            return self._show_home(visit, code=text, problem=problem)
        return see_other(location)

    async def _take_photo(self, visit: Visit, scope: Scope, receive: Receive) -> Reply:
        """Lead to the code on a photograph; ask which, or say why not."""
        try:
            texts = await read_upload(self._desk, scope, receive)
        except DomainError as error:
            page, status = build_refused_page(error, visit.language), status_of(error)
            if page is None:
                raise
        else:
            seen = sort_codes(texts, hosts=self._context.hosts)
            if len(seen.choices) == 1 and not seen.foreign:
                return see_other(seen.choices[0].href)
            page = build_choice_page(seen, visit.language)
            status = HTTPStatus.OK if seen.choices else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._page(visit, "photo.html", page, status=status, kind=PageKind.PHOTO)

    async def _take_place(self, visit: Visit, scope: Scope, receive: Receive) -> Reply:
        """Keep roughly where a reading was made; its reference is the right to say so."""
        context = self._context
        text = await _read_line(Request(scope, receive))
        reference = parse_reference(
            context.vault.confirm_key, visit.path.removeprefix("/place/"), context.clock()
        )
        if reference is None:
            raise NotFoundError("path_unknown", path="/place/")
        unit_key, scan_id = reference

        def keep() -> None:
            with context.database.write() as tx:
                share_place(tx, unit_key, scan_id, text)

        await run_sync(keep)
        return Reply(status=HTTPStatus.NO_CONTENT, headers=(NO_STORE,))

    async def _confirm(self, visit: Visit, text: str) -> Reply:
        """Count the phone that drew a page. Anything but our own reference changes nothing."""
        context = self._context
        reference = parse_reference(context.vault.confirm_key, text, context.clock())
        if reference is not None and not visit.is_head:
            unit_key, scan_id = reference
            await context.confirmations.enqueue(
                Confirmation(
                    unit_key=unit_key,
                    scan_id=scan_id,
                    device_token=find_device(visit.cookies),
                )
            )
        return Reply(headers=_DOT_HEADERS, body=_DOT)

    def _refuse(self, visit: Visit, error: DomainError) -> Reply:
        """Say in the reader's language why there is no answer, as page or as JSON."""
        status = status_of(error)
        extra: dict[str, str] = {}
        seconds = error.params.get("seconds", 1)
        if "seconds" in error.params:
            extra["retry-after"] = str(seconds)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            extra["allow"] = "GET, HEAD"
        if visit.wishes.is_json or status == HTTPStatus.UNAUTHORIZED:
            answer = build_error_response(error, visit.language, extra)
            headers = [pair for pair in answer.raw_headers if pair[0] != b"content-length"]
            return Reply(status=status, headers=tuple(headers), body=bytes(answer.body))
        sentence = None
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            sentence = visit.language.text(message_id(error.code), **error.params)
        page = build_message(status, visit.language, seconds=int(seconds), sentence=sentence)
        refused = encode_headers(tuple(extra.items()))
        return self._page(visit, "message.html", page, status=status, extra=refused)

    def _page(
        self,
        visit: Visit,
        template: str,
        page: object,
        *,
        status: int,
        extra: Headers = (),
        kind: PageKind = PageKind.PLAIN,
    ) -> Reply:
        """Answer with a page that shows no reading.

        To draw one takes the loop 0.8 ms, in which it could answer sixty readings.
        """
        name = _name_plain(page)
        spliced = None if name is None else self._plain_pages.find((visit.language, name))
        if spliced is None:
            spliced = cut(self._renderer.render(template, page, visit.language))
            if name is not None:
                self._plain_pages.keep((visit.language, name), spliced)
        headers = encode_headers(page_headers(visit.language.language, kind))
        is_secure = self._context.has_secure_cookies
        headers = (*headers, *extra)
        return fill_page(visit, spliced, {}, headers, is_secure=is_secure, status=status)


def _name_plain(page: object) -> Hashable:
    """Return what tells a page from others of its language; None if it is one reader's own."""
    if isinstance(page, HomePage):
        return None if page.code or page.problem else HomePage
    return page if isinstance(page, MessagePage) else None


async def _read_line(request: Request) -> str:
    """Read a body of one short line; `place_malformed` as soon as it is longer."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _PLACE_MAX:
            raise InvalidError("place_malformed", field="place")
    return body.decode("ascii", "replace")


def build_scanpage(context: AppContext) -> ASGIApp:
    """Build the consumers' application for one process."""
    return ScanPage(context)


async def _serve_asset(visit: Visit, name: str) -> Reply:
    asset = assets_by_name().get(name)
    if asset is None:
        raise NotFoundError("path_unknown", path=visit.path[:100])
    headers = encode_headers(asset.headers)
    if not visit.wishes.is_gzip:
        return Reply(headers=headers, body=asset.body)
    return Reply(headers=(*headers, GZIP), body=await run_sync(pack, asset.body))
