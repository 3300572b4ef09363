# SPDX-License-Identifier: Apache-2.0
"""Put the parts of one server process together: the only place that knows all of them.

Clock and randomness of the process enter here. Business happens further in.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from trueorigin.adapters.files import FOLDER_NAME, FolderStore
from trueorigin.adapters.processes import Turns
from trueorigin.api.surface import BASE_PATH, build_api
from trueorigin.console.surface import build_console
from trueorigin.domain.digitallink import host_of
from trueorigin.field import build_field
from trueorigin.kiosk import build_kiosk
from trueorigin.scanpage import build_scanpage
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.installation import ensure_installation
from trueorigin.services.judging import FOLDER_NAME as TABLES
from trueorigin.services.printing import FOLDER_NAME as PRINTS
from trueorigin.services.scanning import confirm_scans, must_last, record_scans
from trueorigin.services.upkeep import prepare_months, run_upkeep
from trueorigin.services.vault import Vault
from trueorigin.settings import Settings
from trueorigin.storage.catalog import append_public_host, list_public_hosts
from trueorigin.storage.database import Database
from trueorigin.web.basemap import load_base_map
from trueorigin.web.coalescer import Coalescer
from trueorigin.web.context import AppContext
from trueorigin.web.entropy import EntropyStock
from trueorigin.web.health import build_health_routes
from trueorigin.web.logging import configure_logging, open_log
from trueorigin.web.metrics import publish_figures, show_metrics
from trueorigin.web.observing import Observer, answer_defect
from trueorigin.web.requests import answer_http_failure
from trueorigin.web.throttle import Throttle
from trueorigin.web.workshop import Premises, Workshop

# First path segments of what is not a consumer's page; pages skip the router altogether.
_INNER: Final = frozenset({"api", "healthz", "readyz", "metrics"})
_UPKEEP_SECONDS: Final = 3600
# Between two chunks of a deletion, so that readings go first.
_PAUSE_SECONDS: Final = 0.05
# A scratch folder older than this belongs to a process that was killed.
_SCRATCH_SECONDS_MAX: Final = 24 * 3600
_LOG = open_log("app")


def create_app(settings: Settings) -> ASGIApp:
    """Build the application of one process; it opens its database now and closes it at the end.

    An empty data folder with an empty database becomes a new data centre. Everything that keeps
    a data centre from starting is a `DomainError`.
    """
    configure_logging(settings.log_format, settings.log_level)
    database, vault = ensure_installation(settings.place, at=_now(), entropy=os.urandom)
    try:
        context = _build_context(settings, database, vault)
    except BaseException:
        database.close()
        raise
    scanpage = build_scanpage(context)
    routes: list[BaseRoute] = [
        *build_health_routes(database, lambda: context.coalescer.waiting < settings.queue_max),
        Route("/metrics", show_metrics),
        Mount(BASE_PATH, build_api(context)),
        Mount("/", scanpage),
    ]
    publish_figures(
        {
            "readings_waiting": lambda: context.coalescer.waiting,
            "confirmations_waiting": lambda: context.confirmations.waiting,
        }
    )
    inner = Starlette(
        routes=routes,
        lifespan=partial(_live, context, settings),
        exception_handlers={Exception: answer_defect, HTTPException: answer_http_failure},
    )
    rooms = {"console": build_console(context), "field": build_field(context)}
    rooms["kiosk"] = build_kiosk(context)
    return _split(Observer(inner), scanpage, {name: Observer(room) for name, room in rooms.items()})


def _build_context(settings: Settings, database: Database, vault: Vault) -> AppContext:
    catalogue = Catalogue()
    per_hour_max = settings.readings_per_hour or None
    hosts = {host_of(url) for url in (settings.public_address, *settings.former_urls)}
    with database.write() as tx:
        for host in sorted(hosts):
            append_public_host(tx, host, _now())
        hosts.update(list_public_hosts(tx))
    return AppContext(
        database=database,
        vault=vault,
        catalogue=catalogue,
        coalescer=Coalescer(
            database,
            lambda tx, readings: record_scans(
                tx, catalogue, vault, readings, per_hour_max=per_hour_max
            ),
            queue_max=settings.queue_max,
            note=Turns().note,
            must_last=must_last,
        ),
        confirmations=Coalescer(
            database,
            lambda tx, looks: confirm_scans(tx, vault, looks),
            queue_max=settings.queue_max,
        ),
        public_url=settings.public_address,
        trusted_proxies=settings.trusted_proxies,
        has_secure_cookies=settings.has_secure_cookies,
        throttle=Throttle(settings.invented_per_minute),
        hosts=frozenset(hosts),
        files=FolderStore(settings.data / FOLDER_NAME),
        scratch=_make_scratch(settings.data / "scratch"),
        prints=settings.data / PRINTS,
        tables=settings.data / TABLES,
        base_map=load_base_map(settings.base_map),
        place=settings.place,
        clock=_now,
        entropy=EntropyStock(os.urandom),
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _make_scratch(parent: Path) -> Path:
    """Make this process's own folder for short-lived files; clear those of killed processes."""
    parent.mkdir(mode=0o700, exist_ok=True)
    for old in parent.iterdir():
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > _SCRATCH_SECONDS_MAX:
                shutil.rmtree(old)
    return Path(tempfile.mkdtemp(dir=parent))


def _split(inner: ASGIApp, scanpage: ASGIApp, rooms: Mapping[str, ASGIApp]) -> ASGIApp:
    """Send readers' requests straight to their pages; all else, and lifespan, to `inner`.

    `rooms` are the surfaces that take everything beneath their name.

    The router costs 25 us a request, a reading without it about 60.
    """
    surfaces = {**dict.fromkeys(_INNER, inner), **rooms}

    # It hands on what the surface returns: another coroutine to pass through costs 0.2 us.
    def serve(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        surface = inner
        if scope["type"] == "http":
            surface = surfaces.get(scope["path"][1:].partition("/")[0], scanpage)
        return surface(scope, receive, send)

    return serve


@asynccontextmanager
async def _live(context: AppContext, settings: Settings, _app: Starlette) -> AsyncIterator[None]:
    """Keep the process in order while it serves; at the end answer what was accepted."""
    await asyncio.to_thread(prepare_months, context.database, _now())
    stopping = False

    def pause() -> None:
        if stopping:
            raise _StoppingError
        time.sleep(_PAUSE_SECONDS)

    workshop = Workshop(context, _build_premises(settings), _LOG)
    workshop.start()
    upkeep = asyncio.create_task(_keep_up(context.database, settings.retention_days, pause))
    try:
        yield
    finally:
        stopping = True
        await asyncio.to_thread(workshop.stop)
        upkeep.cancel()
        with suppress(asyncio.CancelledError):
            await upkeep
        await context.coalescer.close()
        await context.confirmations.close()
        context.database.close()
        shutil.rmtree(context.scratch, ignore_errors=True)


def _build_premises(settings: Settings) -> Premises:
    """Say where the process that does long work finds the data centre."""
    return Premises(
        place=settings.place,
        files=FolderStore(settings.data / FOLDER_NAME),
        prints=settings.data / PRINTS,
        tables=settings.data / TABLES,
        # Not `_now`: that process need not load this module, nor all the surfaces with it.
        clock=partial(datetime.now, UTC),
        entropy=os.urandom,
        log=(settings.log_format, settings.log_level),
    )


class _StoppingError(Exception):
    """Ends a deletion between two chunks because the process stops."""


async def _keep_up(database: Database, retention_days: int, pause: Callable[[], None]) -> None:
    """Do what is due now and then every hour; a failure is logged and tried again.

    Readings are kept by whole months, so looking for old ones once a month is enough.
    """
    swept_month = ""
    while True:
        at = _now()
        month = f"{at - timedelta(days=retention_days):%Y-%m}"
        days = 0 if month == swept_month else retention_days
        work = partial(run_upkeep, database, at=at, retention_days=days, pause=pause)
        try:
            done = await asyncio.to_thread(work)
        except _StoppingError:
            return
        except Exception:  # noqa: BLE001 - it is logged, and the server goes on serving
            _LOG.exception("upkeep_failed")
        else:
            swept_month = month
            told = {
                "scans_deleted": done.scans_deleted,
                "partitions_dropped": len(done.partitions_dropped),
                "partitions_made": len(done.partitions_made),
                "seals_reopened": done.seals_reopened,
            }
            if any(told.values()):
                _LOG.info("upkeep", **told)
        await asyncio.sleep(_UPKEEP_SECONDS)
