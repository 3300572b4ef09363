# SPDX-License-Identifier: Apache-2.0
"""Answer a printed code: the path that nearly every request takes, from address to bytes.

    address -> PrintedCode -> Reading -> [queue, one commit for many] -> ScanOutcome -> bytes
               1 us           3 us        see web/coalescer.py                         JSON 3 us
                                                                                       page 10 us

It judges nothing and keeps nothing but rendered pages: one a batch, language and kind of answer,
with slots for what differs from unit to unit (see web/splicing.py); and the same for a minute,
with all in it that answers of the minute share.
"""

from functools import lru_cache
from typing import Final

from anyio.to_thread import run_sync
from starlette.datastructures import Headers as HeaderView

from trueorigin.domain.digitallink import PrintedCode, parse_code
from trueorigin.domain.scans import Channel, ScanOutcome, build_reference
from trueorigin.domain.tenancy import Actor
from trueorigin.scanpage.filling import fill_page
from trueorigin.scanpage.replies import NO_STORE, Headers, Reply, encode_headers
from trueorigin.scanpage.visits import Visit
from trueorigin.services import access
from trueorigin.services.recent import Recent
from trueorigin.web.addresses import show_code
from trueorigin.web.alike import Alike
from trueorigin.web.answers import GroupPart
from trueorigin.web.brand import find_brand_style, list_file_ids
from trueorigin.web.contents import find_contents
from trueorigin.web.context import AppContext
from trueorigin.web.i18n import Translator, translator
from trueorigin.web.pages import PageKind, Renderer, page_headers
from trueorigin.web.readings import build_reading, identify, is_guess, slow_guessing
from trueorigin.web.requests import (
    build_device_cookie,
    client_network,
    direct_network,
    find_bearer,
)
from trueorigin.web.shownfiles import FileShelf
from trueorigin.web.splicing import SplicedPage, cut
from trueorigin.web.verdictpage import (
    Frame,
    build_answer,
    build_verdict_page,
    liken_page,
    word_group,
    word_own,
)
from trueorigin.web.wording import write_answer_json

# Rendered frames: one a batch, language and kind of answer; about 25 kB each.
_FRAMES_MAX: Final = 1000
# Frames with what is the same for a minute in them: 35 kB each.
_MINUTES_MAX: Final = 500
# Members of an enumeration are looked up in 0.1 us, globals in 0.02 us.
_API, _PAGE = Channel.API, Channel.PAGE


class Answerer:
    """Answers printed codes for one process."""

    def __init__(self, context: AppContext, renderer: Renderer, shelf: FileShelf) -> None:
        """Start without pages; each is rendered when it is first asked for."""
        self._context = context
        self._renderer = renderer
        self._shelf = shelf
        self._frames: Recent[Frame, SplicedPage] = Recent(_FRAMES_MAX)
        self._minutes: Alike[tuple[SplicedPage, Headers]] = Alike(_MINUTES_MAX)

    async def answer(self, visit: Visit) -> Reply:
        """Record the reading of the code in the address and answer it once that is durable."""
        context, wishes = self._context, visit.wishes
        is_json, is_attended = wishes.is_json, visit.is_attended
        address = f"{visit.path}?{visit.raw_query}" if visit.raw_query else visit.path
        code = parse_code(address, hosts=context.hosts)
        actor = await self._find_actor(visit) if visit.has_key else None
        if visit.is_forwarded:
            network = client_network(visit.scope, context.trusted_proxies)
        else:
            network = direct_network(visit.scope)
        sender = identify(context, network, visit.cookies, actor)
        channel = _API if is_json else _PAGE
        is_confirmed = is_json and is_attended
        reading = build_reading(context, sender, code, channel=channel, is_confirmed=is_confirmed)
        outcome = await context.coalescer.enqueue(reading)
        if is_guess(reading, outcome):
            await slow_guessing(context, reading)
        cookies: Headers = ()
        token = sender.minted_token
        if token is not None and outcome.scan_id is not None and is_attended:
            cookie = build_device_cookie(token, is_secure=context.has_secure_cookies)
            cookies = ((b"set-cookie", cookie.encode()),)
        if is_json:
            language = wishes.language
            headers = _json_headers(language.tag) + cookies
            return Reply(headers, write_answer_json(outcome, language))
        return await self._answer_page(visit, code, outcome, cookies)

    async def _answer_page(
        self, visit: Visit, code: PrintedCode, outcome: ScanOutcome, cookies: Headers
    ) -> Reply:
        is_secure, is_mistyped = self._context.has_secure_cookies, code.is_mistyped
        language = visit.wishes.language
        confirm = self._confirm_path(outcome) if visit.is_attended else None
        read = show_code(code) if outcome.unit is None else None
        # The page of a minute has few open slots and is found without its frame: 10 us, not 25.
        likeness = liken_page(outcome, language, confirm, read, is_mistyped=is_mistyped)
        kept = None if visit.raw_query else self._minutes.find(likeness)
        own = word_own(outcome, language, confirm, read)
        if kept is not None:
            page, headers = kept
            return fill_page(visit, page, own, headers + cookies, is_secure=is_secure)
        answer = build_answer(outcome, language, confirm, read, is_mistyped=is_mistyped)
        frame = answer.frame
        headers = _answer_headers(language.language, find_brand_style(frame))
        page = await self._find_page(frame, code, outcome, language)
        if not (visit.raw_query or frame.is_group or frame.recall):
            shared = {name: text for name, text in answer.fills.items() if name not in own}
            self._minutes.keep(likeness, (page.fix({**shared, "query": ""}), headers), outcome)
        return fill_page(visit, page, answer.fills, headers + cookies, is_secure=is_secure)

    async def _find_page(
        self, frame: Frame, code: PrintedCode, outcome: ScanOutcome, language: Translator
    ) -> SplicedPage:
        if frame.is_group:
            # What a group holds is its own: its page would be kept for nobody else.
            contents = await find_contents(self._context, outcome, code.contents)
            group = word_group(contents, outcome, language) if contents else None
            return await self._draw(frame, group)
        kept = self._frames.find(frame)
        if kept is not None:
            return kept
        page = await self._draw(frame)
        self._frames.keep(frame, page)
        return page

    async def _draw(self, frame: Frame, group: GroupPart | None = None) -> SplicedPage:
        """Render the page of a frame; 1 to 2 ms, so pages of items are kept."""
        files = await self._shelf.show(list_file_ids(frame))
        base_map = self._context.base_map
        page = build_verdict_page(frame, group=group, files=files, base_map=base_map)
        return cut(self._renderer.render("verdict.html", page, translator(frame.language)))

    async def _find_actor(self, visit: Visit) -> Actor | None:
        """Return whom a bearer key speaks for: signed-in readers never count."""
        secret = find_bearer(HeaderView(scope=visit.scope))
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


@lru_cache(maxsize=32)
def _json_headers(tag: str) -> Headers:
    return (
        (b"content-type", b"application/json"),
        (b"content-language", tag.encode()),
        NO_STORE,
        (b"vary", b"Accept, Accept-Language, Cookie"),
        (b"x-content-type-options", b"nosniff"),
    )


@lru_cache(maxsize=256)
def _answer_headers(language: str, style: str) -> Headers:
    return encode_headers(page_headers(language, PageKind.ANSWER, style))
