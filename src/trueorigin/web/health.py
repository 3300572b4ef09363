# SPDX-License-Identifier: Apache-2.0
"""Tell load balancers whether this process lives (/healthz) and can answer readings (/readyz).

Neither says why in public: the reason of a refusal goes to the log.
"""

from collections.abc import Callable

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trueorigin.storage.database import Database, require_current_schema
from trueorigin.web.logging import open_log

_NO_STORE = {"Cache-Control": "no-store"}
_UNAVAILABLE = 503
_LOG = open_log("health")


def is_ready(database: Database) -> bool:
    """Say whether `database` answers and has the schema this program needs. One query."""
    try:
        with database.read() as tx:
            require_current_schema(tx)
    except Exception:  # noqa: BLE001 - whatever keeps the database from answering means: not ready
        _LOG.exception("not_ready")
        return False
    return True


def build_health_routes(database: Database, is_accepting: Callable[[], bool]) -> list[Route]:
    """Build the two routes; `is_accepting` says whether the queue of readings has room."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    async def ready(_request: Request) -> Response:
        if is_accepting() and await anyio.to_thread.run_sync(is_ready, database):
            return JSONResponse({"status": "ready"}, headers=_NO_STORE)
        return JSONResponse({"status": "not ready"}, status_code=_UNAVAILABLE, headers=_NO_STORE)

    return [Route("/healthz", live), Route("/readyz", ready)]
