# SPDX-License-Identifier: Apache-2.0
"""The consumer's surface: what a printed code opens, and the page where one can be typed.

A plain ASGI application beside the JSON surface. It takes readings to the queue and words the
answers; it never judges. Without script, cookie or second request every page is complete.

    GET|HEAD  /                      the home page
              /check?code=           sends a typed code to its own address
              /01/... /00/... /c/... a printed code: page or JSON, by Accept
              /confirm/{reference}   the picture in a page that counts the phone
              /files/{name}          pictures and papers that such a page shows
              /static/{name}         style is in the page; icon and script are here
    POST      /photo                 a photograph: leads to the code on it, or says what to do
              /place/{reference}     roughly where, of a reader who chose to say so
"""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import parse_qs

import orjson
from anyio.to_thread import run_sync
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from trueorigin.domain.digitallink import PrintedCode, parse_code
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError
from trueorigin.domain.scans import (
    Channel,
    Confirmation,
    ScanOutcome,
    build_reference,
    parse_reference,
)
from trueorigin.domain.tenancy import Actor
from trueorigin.services import access
from trueorigin.services.catalogue import Recent
from trueorigin.services.contents import GroupContents, find_planned_contents
from trueorigin.services.placing import share_place
from trueorigin.web.accepting import is_unattended, takes_gzip, wants_json
from trueorigin.web.addresses import address_of, show_code
from trueorigin.web.answers import GroupPart
from trueorigin.web.assets import assets_by_name
from trueorigin.web.brand import find_brand_style, list_file_ids
from trueorigin.web.context import AppContext
from trueorigin.web.errors import build_error_response, message_id, status_of
from trueorigin.web.i18n import Translator, negotiate, translator
from trueorigin.web.logging import open_log
from trueorigin.web.pages import (
    LANGUAGE_COOKIE,
    PageKind,
    Renderer,
    build_home,
    build_language_cookie,
    build_message,
    page_headers,
)
from trueorigin.web.photopages import build_choice_page, build_refused_page, sort_codes
from trueorigin.web.photos import PhotoDesk, read_upload
from trueorigin.web.readings import build_reading, identify, submit_reading
from trueorigin.web.requests import find_bearer, find_device
from trueorigin.web.shownfiles import FileShelf
from trueorigin.web.splicing import SplicedPage, cut
from trueorigin.web.verdictpage import Frame, build_answer, build_verdict_page, word_group
from trueorigin.web.wording import build_answer_json

_LOG = open_log("scanpage")

# Rendered frames: one a batch, language and kind of answer; about 25 kB each.
_FRAMES_MAX: Final = 1000
# The longest query that a link to the same page in another language takes along.
_QUERY_MAX: Final = 2048
# No link of ours has more than four parameters; a query with so many is read as none.
_FIELDS_MAX: Final = 20

_KINDS: Final = frozenset({"00", "01", "c", "C"})
# A cell has at most 11 characters; more is no cell.
_PLACE_MAX: Final = 40
_FOREVER: Final = "public, max-age=31536000, immutable"
_NO_STORE: Final = "no-store"
# The smallest picture there is: one transparent dot.
_DOT: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_ROBOTS: Final = b"User-agent: *\nDisallow: /00/\nDisallow: /01/\nDisallow: /c/\nDisallow: /C/\n"

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One request, with what its headers say about the reader."""

    connection: HTTPConnection
    headers: Mapping[str, str]
    path: str
    query: Mapping[str, list[str]]
    raw_query: str
    language: Translator
    is_head: bool
    is_json: bool
    is_gzip: bool

    def first(self, name: str) -> str:
        """Return the first value of a query parameter, or an empty text."""
        return self.query.get(name, [""])[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """A whole answer, before it is sent."""

    status: int = HTTPStatus.OK
    headers: Headers = field(default_factory=list)
    body: bytes = b""


_Taker: TypeAlias = Callable[[_Visit, Scope, Receive], Awaitable[_Reply]]

_FIXED: Final[Mapping[str, _Reply]] = {
    "/robots.txt": _Reply(headers=[("content-type", "text/plain")], body=_ROBOTS),
    "/favicon.ico": _Reply(status=HTTPStatus.NO_CONTENT, headers=[("cache-control", _FOREVER)]),
}


class ScanPage:
    """The ASGI application; one a process. Takes every path that no other surface has."""

    def __init__(self, context: AppContext) -> None:
        """Load templates and words; nothing is rendered before it is asked for."""
        self._context = context
        self._renderer = Renderer(context.public_url)
        self._desk = PhotoDesk()
        self._shelf = FileShelf(context)
        self._frames: Recent[Frame, SplicedPage] = Recent(_FRAMES_MAX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a refusal is an answer, a defect an apology."""
        if scope["type"] != "http":
            raise RuntimeError(f"the scan page does not speak {scope['type']}")
        visit = _open_visit(scope)
        try:
            take = self._find_taker(visit, scope["method"])
            if take is None:
                reply = await self._dispatch(visit, scope["method"])
            else:
                reply = await take(visit, scope, receive)
        except DomainError as error:
            reply = self._refuse(visit, error)
        except Exception:  # noqa: BLE001 - consumers get a page in their language, the log the trace
            _LOG.exception("defect")
            reply = self._refuse(visit, DomainError("internal"))
        await _send_reply(send, reply, is_head=visit.is_head)

    def _find_taker(self, visit: _Visit, method: str) -> _Taker | None:
        """Return what reads the body of this request; all others have none."""
        if method != "POST":
            return None
        if visit.path == "/photo":
            return self._take_photo
        return self._take_place if visit.path.startswith("/place/") else None

    async def _dispatch(self, visit: _Visit, method: str) -> _Reply:
        if method not in {"GET", "HEAD"}:
            raise InvalidError("method_not_allowed", method=method[:20], allowed="GET, HEAD")
        first, _, rest = visit.path[1:].partition("/")
        if first in _KINDS and rest:
            return await self._answer_code(visit)
        if first == "confirm" and rest:
            return await self._confirm(visit, rest)
        if first == "static" and rest:
            return _serve_asset(visit, rest)
        if first == "files" and rest:
            file = await self._shelf.answer(rest, visit.first("w"))
            return _Reply(headers=list(file.headers), body=file.body)
        return self._open_path(visit)

    def _open_path(self, visit: _Visit) -> _Reply:
        if visit.path == "/":
            return self._show_home(visit)
        if visit.path == "/check":
            return self._check(visit)
        if visit.path == "/photo":
            # The page that answered a photograph, asked for again: the photograph is gone.
            return _see_other(f"/?{visit.raw_query}" if visit.first("lang") else "/")
        reply = _FIXED.get(visit.path)
        if reply is None:
            raise NotFoundError("path_unknown", path=visit.path[:100])
        return reply

    def _show_home(self, visit: _Visit, *, code: str = "", problem: str | None = None) -> _Reply:
        hosts = self._context.hosts
        page = build_home(visit.language, hosts=hosts, code=code, problem=problem)
        status = HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._page(visit, "home.html", page, status=status, kind=PageKind.HOME)

    def _check(self, visit: _Visit) -> _Reply:
        """Send a typed or pasted code to its own address, or say what is wrong with it."""
        text = visit.first("code").strip()
        if not text:
            return self._show_home(visit)
        try:
            code = parse_code(text, hosts=self._context.hosts)
            location = address_of(code)
        except InvalidError as error:
            if visit.is_json:
                raise
            problem = visit.language.text(message_id(error.code), **error.params)
            return self._show_home(visit, code=text, problem=problem)
        return _see_other(location)

    async def _take_photo(self, visit: _Visit, scope: Scope, receive: Receive) -> _Reply:
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
                return _see_other(seen.choices[0].href)
            page = build_choice_page(seen, visit.language)
            status = HTTPStatus.OK if seen.choices else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._page(visit, "photo.html", page, status=status, kind=PageKind.PHOTO)

    async def _take_place(self, visit: _Visit, scope: Scope, receive: Receive) -> _Reply:
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
        return _Reply(status=HTTPStatus.NO_CONTENT, headers=[("cache-control", _NO_STORE)])

    async def _answer_code(self, visit: _Visit) -> _Reply:
        """Record the reading of a printed code and answer it once that is durable."""
        context = self._context
        address = visit.path + (f"?{visit.raw_query}" if visit.raw_query else "")
        code = parse_code(address, hosts=context.hosts)
        actor = await self._find_actor(visit)
        is_attended = not (visit.is_head or is_unattended(visit.headers))
        sender = identify(context, visit.connection, actor)
        reading = build_reading(
            context,
            sender,
            code,
            channel=Channel.API if visit.is_json else Channel.PAGE,
            is_confirmed=visit.is_json and is_attended,
        )
        outcome = await submit_reading(context, reading)
        cookie = sender.cookie(is_secure=context.has_secure_cookies)
        cookies: Headers = []
        if cookie is not None and outcome.scan_id is not None and is_attended:
            cookies.append(("set-cookie", cookie))
        if visit.is_json:
            return _answer_json(visit, outcome, cookies)
        confirm = self._confirm_path(outcome) if is_attended else None
        return await self._answer_page(visit, code, outcome, cookies, confirm)

    async def _answer_page(
        self,
        visit: _Visit,
        code: PrintedCode,
        outcome: ScanOutcome,
        cookies: Headers,
        confirm: str | None,
    ) -> _Reply:
        read_code = show_code(code) if outcome.unit is None else None
        answer = build_answer(
            outcome,
            visit.language,
            confirm_path=confirm,
            read_code=read_code,
            is_mistyped=code.is_mistyped,
        )
        if answer.frame.is_group:
            # What a group holds is its own: its page would be kept for nobody else.
            contents = await self._find_contents(outcome, code.contents)
            group = word_group(contents, outcome, visit.language) if contents else None
            spliced = await self._draw(answer.frame, group)
        else:
            kept = self._frames.find_many((answer.frame,)).get(answer.frame)
            spliced = kept or await self._draw(answer.frame)
            if kept is None:
                self._frames.keep(answer.frame, spliced)
        style = find_brand_style(answer.frame)
        headers = page_headers(visit.language.language, PageKind.ANSWER, style)
        return self._fill(visit, spliced, answer.fills, (*headers, *cookies))

    async def _draw(self, frame: Frame, group: GroupPart | None = None) -> SplicedPage:
        """Render the page of a frame; 1 to 2 ms, so pages of items are kept."""
        files = await self._shelf.show(list_file_ids(frame))
        page = build_verdict_page(frame, group=group, files=files)
        return cut(self._renderer.render("verdict.html", page, translator(frame.language)))

    async def _find_contents(self, outcome: ScanOutcome, claim: str | None) -> GroupContents | None:
        unit = outcome.unit
        if unit is None or unit.level == 0:
            return None
        context = self._context

        def look_up() -> GroupContents:
            with context.database.read() as tx:
                return find_planned_contents(tx, context.catalogue, context.vault, unit, claim)

        return await run_sync(look_up)

    async def _find_actor(self, visit: _Visit) -> Actor | None:
        """Return whom a bearer key speaks for: signed-in readers never count."""
        if "authorization" not in visit.headers:
            return None
        secret = find_bearer(visit.connection.headers)
        if secret is None:
            return None

        def look_up(secret: str) -> Actor:
            with self._context.database.read() as tx:
                return access.get_actor(tx, secret)

        return await run_sync(look_up, secret)

    def _confirm_path(self, outcome: ScanOutcome) -> str | None:
        """Return the address of the picture that counts the reader of this page, if one may."""
        if not outcome.can_confirm or outcome.unit is None or outcome.scan_id is None:
            return None
        key, unit_key = self._context.vault.confirm_key, outcome.unit.unit_key
        return f"/confirm/{build_reference(key, unit_key, outcome.scan_id, outcome.at)}"

    async def _confirm(self, visit: _Visit, text: str) -> _Reply:
        """Count the phone that drew a page. Anything but our own reference changes nothing."""
        context = self._context
        reference = parse_reference(context.vault.confirm_key, text, context.clock())
        if reference is not None and not visit.is_head:
            unit_key, scan_id = reference
            await context.confirmations.submit(
                Confirmation(
                    unit_key=unit_key,
                    scan_id=scan_id,
                    device_token=find_device(visit.connection.cookies),
                )
            )
        headers = [("content-type", "image/gif"), ("cache-control", _NO_STORE)]
        return _Reply(headers=headers, body=_DOT)

    def _refuse(self, visit: _Visit, error: DomainError) -> _Reply:
        """Say in the reader's language why there is no answer, as page or as JSON."""
        status = status_of(error)
        extra: Headers = []
        seconds = error.params.get("seconds", 1)
        if "seconds" in error.params:
            extra.append(("retry-after", str(seconds)))
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            extra.append(("allow", "GET, HEAD"))
        if visit.is_json or status == HTTPStatus.UNAUTHORIZED:
            answer = build_error_response(error, visit.language, dict(extra))
            headers = [(name.decode(), value.decode()) for name, value in answer.raw_headers]
            return _Reply(status=status, headers=headers, body=bytes(answer.body))
        sentence = None
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            sentence = visit.language.text(message_id(error.code), **error.params)
        page = build_message(status, visit.language, seconds=int(seconds), sentence=sentence)
        return self._page(visit, "message.html", page, status=status, extra=extra)

    def _page(
        self,
        visit: _Visit,
        template: str,
        page: object,
        *,
        status: int,
        extra: Headers | None = None,
        kind: PageKind = PageKind.PLAIN,
    ) -> _Reply:
        spliced = cut(self._renderer.render(template, page, visit.language))
        headers = (*page_headers(visit.language.language, kind), *(extra or ()))
        return self._fill(visit, spliced, {}, headers, status=status)

    def _fill(
        self,
        visit: _Visit,
        spliced: SplicedPage,
        fills: Mapping[str, str],
        given: Sequence[tuple[str, str]],
        *,
        status: int = HTTPStatus.OK,
    ) -> _Reply:
        values = {**fills, "query": _kept_query(visit)}
        headers = list(given)
        if visit.first("lang") == visit.language.language:
            is_secure = self._context.has_secure_cookies
            cookie = build_language_cookie(visit.language.language, is_secure=is_secure)
            headers.append(("set-cookie", cookie))
        if not visit.is_gzip:
            return _Reply(status=status, headers=headers, body=spliced.fill(values))
        headers.append(("content-encoding", "gzip"))
        return _Reply(status=status, headers=headers, body=spliced.fill_gzip(values))


def _see_other(location: str) -> _Reply:
    return _Reply(
        status=HTTPStatus.SEE_OTHER,
        headers=[
            ("location", location),
            ("cache-control", _NO_STORE),
            ("referrer-policy", "no-referrer"),
        ],
    )


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


def _open_visit(scope: Scope) -> _Visit:
    connection = HTTPConnection(scope)
    # One pass instead of a search for each name; a name sent twice counts as its last value.
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    raw_query = scope["query_string"].decode("latin-1")
    is_plain = not raw_query or raw_query.count("&") >= _FIELDS_MAX
    query = {} if is_plain else parse_qs(raw_query, max_num_fields=_FIELDS_MAX)
    raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    path = raw_path.partition("?")[0]
    wish = query.get("lang", [""])[0]
    chosen = negotiate(
        headers.get("accept-language"), connection.cookies.get(LANGUAGE_COOKIE), wish or None
    )
    return _Visit(
        connection=connection,
        headers=headers,
        # One slash too many is no reason to leave a shopper without an answer.
        path=path[:-1] if len(path) > 1 and path.endswith("/") else path,
        query=query,
        raw_query=raw_query,
        language=translator(chosen),
        is_head=scope["method"] == "HEAD",
        is_json=wants_json(headers.get("accept")),
        is_gzip=takes_gzip(headers.get("accept-encoding")),
    )


def _kept_query(visit: _Visit) -> str:
    """Return what a link to this page in another language carries on, ending in `&`."""
    if len(visit.raw_query) > _QUERY_MAX:
        return ""
    kept = [part for part in visit.raw_query.split("&") if part and not part.startswith("lang=")]
    return "".join(f"{part}&" for part in kept)


def _answer_json(visit: _Visit, outcome: ScanOutcome, cookies: Headers) -> _Reply:
    return _Reply(
        headers=[
            ("content-type", "application/json"),
            ("content-language", visit.language.tag),
            ("cache-control", _NO_STORE),
            ("vary", "Accept, Accept-Language, Cookie"),
            ("x-content-type-options", "nosniff"),
            *cookies,
        ],
        body=orjson.dumps(build_answer_json(outcome, visit.language)),
    )


def _serve_asset(visit: _Visit, name: str) -> _Reply:
    asset = assets_by_name().get(name)
    if asset is None:
        raise NotFoundError("path_unknown", path=visit.path[:100])
    if not visit.is_gzip:
        return _Reply(headers=[*asset.headers], body=asset.body)
    return _Reply(headers=[*asset.headers, ("content-encoding", "gzip")], body=asset.gzipped)


async def _send_reply(send: Send, reply: _Reply, *, is_head: bool) -> None:
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in reply.headers]
    if all(name != b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": int(reply.status), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else reply.body})
