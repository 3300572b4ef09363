# SPDX-License-Identifier: Apache-2.0
"""HEAD is answered as GET is, without the body (RFC 9110 section 9.3.2)."""

from collections.abc import AsyncGenerator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MARK: Final = "trueorigin.is_head"


class HeadAsGet:
    """ASGI wrapper: what it wraps knows GET alone, and nothing of a body leaves for HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as GET where it is HEAD."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        is_over = False

        async def send_head(message: Message) -> None:
            nonlocal is_over
            if message["type"] != "http.response.body":
                await send(message)
            elif not is_over:
                is_over = True
                await send({"type": "http.response.body", "body": b""})

        await self._app({**scope, "method": "GET", _MARK: True}, receive, send_head)


async def cut_body(request: Request, response: Response) -> Response:
    """Return what HEAD is answered instead of `response`; of a stream only its start is made.

    A stream that was never begun could not close the file it reads.
    """
    if not request.scope.get(_MARK):
        return response
    if isinstance(response, StreamingResponse):
        stream = aiter(response.body_iterator)
        await anext(stream, None)
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()
    head = Response(status_code=response.status_code, background=response.background)
    head.raw_headers = response.raw_headers
    return head
