# SPDX-License-Identifier: Apache-2.0
"""Answer a printed code: the path that nearly every request takes, from address to bytes.

    address -> PrintedCode -> Reading -> [queue, one commit for many] -> ScanOutcome -> bytes
               1.1 us         6 us        see web/coalescer.py                         JSON 5 us
                                                                                       page 30 us

It judges nothing and keeps nothing but rendered pages: one a batch, language and kind of answer,
with slots for what differs from unit to unit (see web/splicing.py).
"""

from functools import lru_cache
from typing import Final

from anyio.to_thread import run_sync
from starlette.datastructures import Headers as HeaderView

from trueorigin.domain.digitallink import PrintedCode, parse_code
from trueorigin.domain.scans import Channel, ScanOutcome, build_reference
from trueorigin.domain.tenancy import Actor
from trueorigin.scanpage.replies import NO_STORE, Headers, encode_headers
from trueorigin.scanpage.visits import Visit
from trueorigin.services import access
from trueorigin.services.recent import Recent
from trueorigin.web.addresses import show_code
from trueorigin.web.answers import GroupPart
from trueorigin.web.brand import find_brand_style, list_file_ids
from trueorigin.web.contents import find_contents
from trueorigin.web.context import AppContext
from trueorigin.web.i18n import translator
from trueorigin.web.pages import PageKind, Renderer, page_headers
from trueorigin.web.readings import build_reading, identify, submit_reading
from trueorigin.web.requests import build_device_cookie, find_bearer
from trueorigin.web.shownfiles import FileShelf
from trueorigin.web.splicing import SplicedPage, cut
from trueorigin.web.verdictpage import Frame, build_answer, build_verdict_page, word_group
from trueorigin.web.wording import write_answer_json

# Rendered frames: one a batch, language and kind of answer; about 25 kB each.
_FRAMES_MAX: Final = 1000


class Answerer:
    """Answers printed codes for one process."""

    def __init__(self, context: AppContext, renderer: Renderer, shelf: FileShelf) -> None:
        """Start without pages; each is rendered when it is first asked for."""
        self._context = context
        self._renderer = renderer
        self._shelf = shelf
        self._frames: Recent[Frame, SplicedPage] = Recent(_FRAMES_MAX)

    async def answer(self, visit: Visit) -> tuple[Headers, SplicedPage | bytes, dict[str, str]]:
        """Record the reading of the code in the address and answer it once that is durable.

        Returns headers, JSON or a page, and what fills the page's slots.
        """
        context, is_json = self._context, visit.wishes.is_json
        address = f"{visit.path}?{visit.raw_query}" if visit.raw_query else visit.path
        code = parse_code(address, hosts=context.hosts)
        actor = await self._find_actor(visit) if visit.has_key else None
        sender = identify(context, visit.scope, visit.cookies, actor)
        reading = build_reading(
            context,
            sender,
            code,
            channel=Channel.API if is_json else Channel.PAGE,
            is_confirmed=is_json and visit.is_attended,
        )
        outcome = await submit_reading(context, reading)
        cookies: Headers = ()
        if sender.minted_token is not None and outcome.scan_id is not None and visit.is_attended:
            cookie = build_device_cookie(sender.minted_token, is_secure=context.has_secure_cookies)
            cookies = ((b"set-cookie", cookie.encode()),)
        if is_json:
            headers = _json_headers(visit.language.tag)
            return (*headers, *cookies), write_answer_json(outcome, visit.language), {}
        return await self._answer_page(visit, code, outcome, cookies)

    async def _answer_page(
        self, visit: Visit, code: PrintedCode, outcome: ScanOutcome, cookies: Headers
    ) -> tuple[Headers, SplicedPage, dict[str, str]]:
        answer = build_answer(
            outcome,
            visit.language,
            confirm_path=self._confirm_path(outcome) if visit.is_attended else None,
            read_code=show_code(code) if outcome.unit is None else None,
            is_mistyped=code.is_mistyped,
        )
        frame = answer.frame
        if frame.is_group:
            # What a group holds is its own: its page would be kept for nobody else.
            contents = await find_contents(self._context, outcome, code.contents)
            group = word_group(contents, outcome, visit.language) if contents else None
            page = await self._draw(frame, group)
        else:
            kept = self._frames.find(frame)
            page = kept or await self._draw(frame)
            if kept is None:
                self._frames.keep(frame, page)
        headers = _answer_headers(visit.language.language, find_brand_style(frame))
        return (*headers, *cookies), page, answer.fills

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
