# SPDX-License-Identifier: Apache-2.0
"""The outermost layer of every request: its id, its figures, its log line, its last resort.

It decides nothing about the answer, except that a defect becomes a plain 500 and one log line
with the trace, instead of a broken connection.
"""

import secrets
import time
from collections.abc import Callable

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trueorigin.domain.errors import DomainError
from trueorigin.web.errors import build_error_response
from trueorigin.web.logging import open_log, redact_path
from trueorigin.web.metrics import count_request
from trueorigin.web.requests import pick_translator

_LOG = open_log("request")
_DEFECT = 500

# First path segment -> name in figures and log lines; all else is the consumers' pages.
_SURFACES = {
    "api": "api",
    "console": "console",
    "field": "field",
    "kiosk": "kiosk",
    "healthz": "health",
    "readyz": "health",
    "metrics": "health",
    "static": "static",
}
# Readings are in the ledger and probes come every second: their lines would drown the others.
_QUIET = frozenset({"health", "static", "page"})


class Observer:
    """Plain ASGI middleware; about 10 us a request, most of it the random id."""

    def __init__(self, app: ASGIApp, *, clock: Callable[[], float] = time.perf_counter) -> None:
        """Wrap `app`; `clock` counts seconds and is replaced in tests."""
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and account for it, however it ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = self._clock()
        request_id = secrets.token_hex(8)
        status = 0
        is_complete = False

        async def send_observed(message: Message) -> None:
            nonlocal status, is_complete
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            else:
                is_complete = not message.get("more_body", False)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_observed)
            except Exception:
                _LOG.exception("request_failed", path=redact_path(scope["path"]))
                if not status:
                    await answer_defect(Request(scope))(scope, receive, send_observed)
                elif not is_complete:
                    # Half an answer must not look like a whole one.
                    raise
            finally:
                self._account(scope, status or _DEFECT, self._clock() - started)

    @staticmethod
    def _account(scope: Scope, status: int, seconds: float) -> None:
        first_segment = scope["path"][1:].partition("/")[0]
        surface = _SURFACES.get(first_segment, "page")
        count_request(surface, scope["method"], status, seconds)
        if surface in _QUIET and status < _DEFECT:
            return
        _LOG.info(
            "request",
            method=scope["method"],
            path=redact_path(scope["path"]),
            status=status,
            ms=round(seconds * 1000, 1),
        )


def answer_defect(request: Request, _error: Exception | None = None) -> Response:
    """Build the answer to a request that met a defect of ours; it says nothing about the defect."""
    return build_error_response(DomainError("internal"), pick_translator(request.headers))
