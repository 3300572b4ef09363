# SPDX-License-Identifier: Apache-2.0
"""The bare server with a ledger: looks a reading's unit up, writes its line, answers fixed bytes.

Batches, tables, the look-up, waits for the disk, loop and turns are the program's own. Nothing is
decrypted, judged or worded, and nothing but the line is written. So it tells what verdicts and
answers cost, and what cannot be had by making them cheaper. `BENCH_DATA` says where the SQLite data
centre is.
"""

import gc
import os
import zlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.floor import BODY, START

from trueorigin.domain.ids import to_microseconds, uuid7
from trueorigin.domain.units import unit_key
from trueorigin.domain.verdict import Verdict
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.openings import OPENING, select_states
from trueorigin.storage.scans import VERDICT_CODES
from trueorigin.web.coalescer import Coalescer

# The run that fixtures read from, of so many units.
_RUN: Final = 1
_UNITS: Final = 10**9
_SPREAD: Final = 0x9E3779B1
_GENUINE: Final = VERDICT_CODES[Verdict.GENUINE]
_INSERT: Final = (
    "INSERT INTO scan (unit_key, id, at, channel, verdict, counted, readings, device, network,"
    " alias) VALUES (?, ?, ?, 1, ?, ?, 1, ?, 1, ?)"
)


def _write(tx: Tx, paths: list[bytes]) -> list[None]:
    """Look the units up that stand for some paths, and write a line for each."""
    now = datetime.now(UTC)
    at = to_microseconds(now)
    # Alike for a path that is read again, and in no order.
    keys = [unit_key(_RUN, 0, zlib.crc32(path) * _SPREAD % _UNITS) for path in paths]
    select_states(tx, set(keys))
    rows = [
        (key, str(uuid7(now, os.urandom(10))), at, _GENUINE, OPENING, key ^ at, key)
        for key in sorted(keys)
    ]
    tx.run_many(_INSERT, rows)
    return [None] * len(paths)


class App:
    """The ASGI application."""

    def __init__(self) -> None:
        """Open nothing before the server starts."""
        self._ledger: Coalescer[bytes, None] | None = None

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer any HTTP request with the same few bytes, once its line is on the disk."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        # The first request only asks whether the server is there.
        if self._ledger is not None and scope["path"] != "/":
            await self._ledger.enqueue(scope["raw_path"])
        await send(START)
        await send({"type": "http.response.body", "body": BODY})

    async def _live(
        self,
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        database = Database.open(None, Path(os.environ["BENCH_DATA"]))
        self._ledger = ledger = Coalescer(database, _write)
        # As in the program: what is loaded stays, and nothing here needs to be looked for.
        gc.disable()
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await ledger.close()
        database.close()
        await send({"type": "lifespan.shutdown.complete"})


app = App()
