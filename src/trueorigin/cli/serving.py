# SPDX-License-Identifier: Apache-2.0
"""`serve` and `demo`: start the server processes and stop them without losing an answer."""

import gc
import importlib
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trueorigin.cli.options import Data, DatabaseURL, PublicURL
from trueorigin.cli.output import fail, fail_file, tell
from trueorigin.domain.errors import ConflictError, DomainError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from trueorigin.settings import Settings

# A worker that has not finished its last answers by then is broken.
_STOP_SECONDS_MAX = 30
# A worker takes a second or two to open the port; nobody notices a twentieth of one more.
_LOOK_SECONDS = 0.05
# To one's own machine; longer than that somebody between drops what we send.
_CONNECT_SECONDS_MAX = 1
# A batch of readings makes some ten thousand objects, a thousand events some fifteen thousand.
_YOUNG_OBJECTS = 60_000

Host = Annotated[
    str | None,
    typer.Option(help="Address to listen on [TRUEORIGIN_HOST].", show_default="127.0.0.1"),
]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on [TRUEORIGIN_PORT].", show_default="8000")
]
Workers = Annotated[
    int | None,
    typer.Option(
        help="Server processes; more than one needs PostgreSQL [TRUEORIGIN_WORKERS].",
        show_default="1",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(serve)
    app.command()(demo)


def serve(
    data: Data = None,
    database: DatabaseURL = None,
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    public_url: PublicURL = None,
) -> None:
    """Serve the data centre; an empty folder with an empty database is initialised."""
    from trueorigin.services.installation import ensure_installation
    from trueorigin.settings import load_settings

    settings = load_settings(
        os.environ,
        data=data,
        database=database,
        host=host,
        port=port,
        workers=workers,
        public_url=public_url,
    )
    # What is wrong is told here, in one sentence, before a worker process can fail with it.
    _require_startable(settings)
    opened, _ = ensure_installation(settings.place, at=datetime.now(UTC), entropy=os.urandom)
    opened.close()
    run_server(
        settings, announce=lambda: tell("serving", data=str(settings.data), url=_address(settings))
    )


def demo(
    data: Annotated[Path, typer.Option("--data", help="Data folder of the demo.")] = Path(
        "data/demo"
    ),
    database: DatabaseURL = None,
    host: Host = None,
    port: Port = None,
    public_url: PublicURL = None,
) -> None:
    """Fill a data centre with two invented enterprises and serve it."""
    from trueorigin.cli.demonstration import prepare
    from trueorigin.settings import load_settings

    settings = load_settings(
        os.environ, data=data, database=database, host=host, port=port, public_url=public_url
    )
    _require_startable(settings)
    text = prepare(settings)
    run_server(settings, announce=lambda: typer.echo(text))


def run_server(settings: "Settings", *, announce: Callable[[], None]) -> None:
    """Serve until SIGTERM or Ctrl+C, then finish the answers that were begun.

    `announce` is called once, by the first worker that finds the port open: whoever is told the
    address may click at once, and a start that fails tells none.
    """
    with _shared_figures(settings.workers), _shared_turn() as turn:
        from granian import loops
        from granian.constants import HTTPModes, Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        from trueorigin.adapters.eventloop import open_worker_loop
        from trueorigin.adapters.processes import die_with_parent
        from trueorigin.web.logging import configure_logging

        configure_logging(settings.log_format, settings.log_level)
        if settings.workers > 1:
            # Loaded once for all of them. A single one loads it itself: 90 MB less are resident.
            importlib.import_module("trueorigin.app")
        server_pid = os.getpid()
        # What the server takes where it is told nothing; workers are forked and have it too.
        loops.register("auto")(open_worker_loop)
        server = Server(
            target="trueorigin.app:create_app",
            address=_find_address(settings.host, settings.port)[1],
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            http=HTTPModes.http1,
            websockets=False,
            backlog=4096,
            respawn_failed_workers=True,
            workers_kill_timeout=_STOP_SECONDS_MAX,
            log_access=False,
            log_level=LogLevels.error,
            log_dictconfig={
                "formatters": {},
                "handlers": {},
                "loggers": {"_granian": {"propagate": True}},
            },
        )

        def load_worker() -> "ASGIApp":
            die_with_parent(server_pid)
            # What is loaded stays: looking through it for garbage takes a sixth of the start, and
            # cost a reading 4 % later. Young objects of a whole batch die together, unlooked at.
            gc.disable()
            from trueorigin.app import create_app

            try:
                app = create_app(settings)
            except DomainError as error:
                sys.exit(fail(error))
            except OSError as error:
                sys.exit(fail_file(error))
            gc.collect()
            gc.freeze()
            gc.set_threshold(_YOUNG_OBJECTS)
            gc.enable()
            threading.Thread(
                target=_announce_once_open, args=(settings, turn, announce), daemon=True
            ).start()
            return app

        server.serve(target_loader=load_worker, wrap_loader=False)


def require_free_port(host: str, port: int) -> None:
    """Refuse a port somebody else listens on.

    The server shares its port with its own workers (SO_REUSEPORT), and would share it just as
    silently with another data centre.
    """
    try:
        family, address = _find_address(host, port)
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
            probe.listen(1)
    except OSError as error:
        raise ConflictError(
            "port_in_use", host=host, port=str(port), why=error.strerror or "refused"
        ) from None


def _require_startable(settings: "Settings") -> None:
    """Refuse what a worker would stumble over, apart from its installation."""
    require_free_port(settings.host, settings.port)
    if settings.base_map is not None:
        from trueorigin.web.basemap import load_base_map

        load_base_map(settings.base_map)


def _find_address(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    """Return the first address that `host` stands for; the server itself takes numbers only."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return family, str(address[0])


def _announce_once_open(settings: "Settings", turn: int, announce: Callable[[], None]) -> None:
    """Wait until the port is open, and call `announce` unless another worker took the `turn`."""
    while True:
        try:
            socket.create_connection(
                (settings.host, settings.port), timeout=_CONNECT_SECONDS_MAX
            ).close()
            break
        except ConnectionRefusedError:
            time.sleep(_LOOK_SECONDS)
        except OSError:
            # Where we may not knock at our own door we cannot know, and have waited long enough.
            break
    if os.read(turn, 1):
        announce()


@contextmanager
def _shared_turn() -> Iterator[int]:
    """Give several processes a pipe to read from: one of them finds a byte, all others the end."""
    reader, writer = os.pipe()
    os.write(writer, b"1")
    os.close(writer)
    try:
        yield reader
    finally:
        os.close(reader)


@contextmanager
def _shared_figures(workers: int) -> Iterator[None]:
    """Give several workers a folder for the figures they share; one process needs none."""
    if workers == 1:
        yield
        return
    folder = tempfile.mkdtemp(prefix="trueorigin-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _address(settings: "Settings") -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"
