# SPDX-License-Identifier: Apache-2.0
"""The surface of public kiosks: one page, which a service worker keeps on the kiosk.

Everything the page knows and sends goes through the JSON interface with the key of its device;
this surface hands out the page and nothing else.

    GET|HEAD  /kiosk              the page, the same for every kiosk in one language
              /kiosk/worker.js    keeps page and files for when there is no network
"""

from functools import lru_cache
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from trueorigin.kiosk.shell import APP, build_shell
from trueorigin.web.context import AppContext
from trueorigin.web.i18n import languages, negotiate, translator
from trueorigin.web.pages import LANGUAGE_COOKIE, Renderer
from trueorigin.web.requests import answer_http_failure

# Languages times nothing else.
_PAGES_MAX: Final = 16


def build_kiosk(context: AppContext) -> ASGIApp:
    """Build the surface for one process; it takes every path whose first part is `kiosk`."""
    renderer = Renderer(context.public_url)

    @lru_cache(maxsize=_PAGES_MAX)
    def render(language: str) -> str:
        words = translator(language)
        return renderer.render("kiosk.html", build_shell(words, context.hosts), words)

    async def show_page(request: Request) -> Response:
        language = negotiate(
            request.headers.get("accept-language"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.query_params.get("lang"),
        )
        return Response(render(language), headers=APP.page_headers(language))

    async def send_worker(_request: Request) -> Response:
        pages = tuple(render(language) for language in languages())
        return Response(APP.build_worker(pages), headers=APP.worker_headers)

    return Starlette(
        routes=[Route(APP.page_path, show_page), Route(APP.worker_path, send_worker)],
        exception_handlers={HTTPException: answer_http_failure},
        middleware=[Middleware(GZipMiddleware)],
    )
