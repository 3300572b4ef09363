# SPDX-License-Identifier: Apache-2.0
"""The thread of a server process that does long work, beside the requests.

What the work is stands in `build_works`. The thread looks for it every second, in a transaction
that only reads, so an idle data centre pays next to nothing.
"""

import threading
from collections.abc import Mapping
from typing import Final

from structlog.typing import FilteringBoundLogger

from trueorigin.domain.jobs import Job
from trueorigin.services import importing, printing
from trueorigin.services.importing import Importer
from trueorigin.services.jobs import Work, Worker
from trueorigin.services.printing import PrintShop
from trueorigin.web.context import AppContext
from trueorigin.web.labels import word_export

_LOOK_EVERY_S: Final = 1.0
# Old print files and forgotten tables are looked for about once an hour.
_TIDY_EVERY: Final = 3600


def build_print_shop(context: AppContext) -> PrintShop:
    """Build what prints large orders of labels."""
    return PrintShop(
        database=context.database,
        vault=context.vault,
        folder=context.prints,
        word=word_export,
        clock=context.clock,
        entropy=context.entropy,
    )


def build_importer(context: AppContext) -> Importer:
    """Build what takes tables over."""
    return Importer(database=context.database, clock=context.clock, entropy=context.entropy)


def build_works(context: AppContext) -> Mapping[str, Work]:
    """Return what can be ordered, by its kind."""
    return {
        importing.KIND: build_importer(context).work,
        printing.KIND: build_print_shop(context).print_labels,
    }


class Workshop:
    """Does the jobs of all organisations, one after the other, until it is stopped."""

    def __init__(self, context: AppContext, log: FilteringBoundLogger) -> None:
        """Prepare; nothing runs yet."""
        self._log = log
        self._stopping = threading.Event()
        self._shop = build_print_shop(context)
        self._importer = build_importer(context)
        self._worker = Worker(
            database=context.database,
            works=build_works(context),
            clock=context.clock,
            is_stopping=self._stopping.is_set,
            report_defect=self._report,
        )
        self._thread = threading.Thread(target=self._run, name="workshop", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Put what is being worked on back into the queue, and wait for that."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        looks = 0
        while not self._stopping.wait(_LOOK_EVERY_S):
            try:
                if looks % _TIDY_EVERY == 0:
                    self._shop.clear()
                    self._importer.give_up()
                looks += 1
                while self._worker.has_work() and not self._stopping.is_set():
                    self._worker.run_next()
            except Exception:  # noqa: BLE001 - the database may be away; work waits for it
                self._log.exception("workshop_failed")

    def _report(self, job: Job, error: Exception) -> None:
        self._log.error("job_failed", job=str(job.id), kind=job.kind, exc_info=error)
