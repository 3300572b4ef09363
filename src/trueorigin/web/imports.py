# SPDX-License-Identifier: Apache-2.0
"""Tables at the edge: small ones are judged where they arrive, all others beside this process."""

import io
import threading
from dataclasses import replace
from typing import Final

from trueorigin.adapters.aside import run_aside
from trueorigin.adapters.tables import TABLE_BYTES_MAX
from trueorigin.domain.errors import DomainError
from trueorigin.domain.imports import Import
from trueorigin.domain.tenancy import Act
from trueorigin.services.importing import Upload, stage_table, stage_table_at
from trueorigin.web.context import AppContext

# Some 200 rows, a tenth of a second: less than another process takes to start.
SMALL_BYTES_MAX: Final = 16 * 2**10
# Each takes a core for up to a minute; readings need the others.
TABLES_AT_ONCE: Final = 2
# Whoever waits holds a thread that pages need.
WAIT_S_MAX: Final = 10
_PLACES: Final = threading.BoundedSemaphore(TABLES_AT_ONCE)


def judge_table(context: AppContext, act: Act, upload: Upload) -> Import:
    """Judge a table and keep its rows, as `stage_table` does, without delaying a reading.

    `busy` when several others are being judged and it takes too long.
    """
    content = upload.content.read(TABLE_BYTES_MAX + 1)
    upload = replace(upload, content=io.BytesIO(content))
    # What is too large is refused before it is looked into.
    if context.place is None or not SMALL_BYTES_MAX < len(content) <= TABLE_BYTES_MAX:
        return stage_table(context.database, act, upload)
    if not _PLACES.acquire(timeout=WAIT_S_MAX):
        raise DomainError("busy", seconds=30)
    try:
        return run_aside(stage_table_at, context.place, act, upload)
    finally:
        _PLACES.release()
