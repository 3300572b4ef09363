# SPDX-License-Identifier: Apache-2.0
"""The long work of a server process: a thread that looks for it, and a process that does it.

What the work is stands in `build_works`. The thread looks every second, in a transaction that only
reads, so an idle data centre pays next to nothing. What it finds is done in a process of its own:
beside print files that were made in this one, readings took 12 times as long.
"""

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from structlog.typing import FilteringBoundLogger

from trueorigin.adapters.aside import Aside, AsideError
from trueorigin.adapters.files import FileStore
from trueorigin.domain.jobs import Job
from trueorigin.services import importing, judging, printing, uploading
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.importing import Importer
from trueorigin.services.installation import Place, open_installation
from trueorigin.services.jobs import Work, Worker, has_work
from trueorigin.services.judging import Judge
from trueorigin.services.printing import PrintShop
from trueorigin.services.uploading import EventUploader
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Database
from trueorigin.web.labels import build_label_order
from trueorigin.web.logging import configure_logging, open_log

_LOOK_EVERY_S: Final = 1.0
# Old print files and forgotten tables are looked for about once an hour.
_TIDY_EVERY: Final = 3600
# An upload that has not come to its end in a day was killed.
_UPLOAD_AGE_MAX: Final = timedelta(days=1)


class Tools(Protocol):
    """What the work needs of a process; an `AppContext` has it."""

    @property
    def database(self) -> Database:
        """The database, open."""

    @property
    def vault(self) -> Vault:
        """The keys."""

    @property
    def files(self) -> FileStore:
        """Where uploads are kept."""

    @property
    def prints(self) -> Path:
        """Folder for print files."""

    @property
    def tables(self) -> Path:
        """Folder for tables that wait to be judged."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Source of time."""

    @property
    def entropy(self) -> Callable[[int], bytes]:
        """Source of randomness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Where another process finds its tools. Holds the master key if a setting does.

    It can be pickled. `log` is format and level, as `configure_logging` takes them.
    """

    place: Place
    files: FileStore
    prints: Path
    tables: Path
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    log: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """The tools of the process that does the work."""

    database: Database
    vault: Vault
    files: FileStore
    prints: Path
    tables: Path
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]


def build_print_shop(tools: Tools) -> PrintShop:
    """Build what prints large orders of labels."""
    return PrintShop(
        database=tools.database,
        vault=tools.vault,
        folder=tools.prints,
        files=tools.files,
        build=build_label_order,
        clock=tools.clock,
        entropy=tools.entropy,
    )


def build_importer(tools: Tools) -> Importer:
    """Build what takes tables over."""
    return Importer(database=tools.database, clock=tools.clock, entropy=tools.entropy)


def build_event_uploader(tools: Tools) -> EventUploader:
    """Build what takes files of events in."""
    return EventUploader(
        database=tools.database,
        catalogue=Catalogue(),
        vault=tools.vault,
        files=tools.files,
        clock=tools.clock,
        entropy=tools.entropy,
    )


def build_judge(tools: Tools) -> Judge:
    """Build what judges large tables."""
    return Judge(
        database=tools.database, folder=tools.tables, clock=tools.clock, entropy=tools.entropy
    )


def build_works(tools: Tools) -> Mapping[str, Work]:
    """Return what can be ordered, by its kind."""
    return {
        importing.KIND: build_importer(tools).work,
        judging.KIND: build_judge(tools).work,
        printing.KIND: build_print_shop(tools).print_labels,
        uploading.KIND: build_event_uploader(tools).work,
    }


def do_jobs(premises: Premises) -> None:
    """Do all jobs that wait, one after the other; at SIGTERM put the last one back and return.

    This is the whole life of a process: it opens the data centre for itself.
    """
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    configure_logging(*premises.log)
    log = open_log("workshop")

    def report(job: Job, error: Exception) -> None:
        log.error("job_failed", job=str(job.id), kind=job.kind, exc_info=error)

    database, vault = open_installation(premises.place)
    try:
        tools = _Bench(
            database=database,
            vault=vault,
            files=premises.files,
            prints=premises.prints,
            tables=premises.tables,
            clock=premises.clock,
            entropy=premises.entropy,
        )
        worker = Worker(
            database=database,
            works=build_works(tools),
            clock=premises.clock,
            is_stopping=stopping.is_set,
            report_defect=report,
        )
        while not stopping.is_set() and worker.has_work():
            worker.run_next()
    finally:
        database.close()


class Workshop:
    """Has the jobs of all organisations done, until it is stopped."""

    def __init__(self, tools: Tools, premises: Premises, log: FilteringBoundLogger) -> None:
        """Prepare; nothing runs yet."""
        self._log = log
        self._premises = premises
        self._stopping = threading.Event()
        self._shop = build_print_shop(tools)
        self._importer = build_importer(tools)
        self._uploader = build_event_uploader(tools)
        self._judge = build_judge(tools)
        self._database = tools.database
        self._files = tools.files
        self._clock = tools.clock
        self._kinds = tuple(build_works(tools))
        self._aside: Aside[None] | None = None
        self._thread = threading.Thread(target=self._run, name="workshop", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Have what is being worked on put back into the queue, and wait for that."""
        self._stopping.set()
        aside = self._aside
        if aside is not None:
            aside.stop()
        self._thread.join()

    def _run(self) -> None:
        looks = 0
        while not self._stopping.wait(_LOOK_EVERY_S):
            if looks % _TIDY_EVERY == 0:
                self._tidy()
            looks += 1
            try:
                if has_work(self._database, self._kinds, self._clock()):
                    self._work()
            except Exception:  # noqa: BLE001 - the database may be away; work waits for it
                self._log.exception("workshop_failed")

    def _tidy(self) -> None:
        """Clear away what is old; what cannot be cleared keeps nobody's work waiting."""
        clearings = (
            self._shop.clear,
            self._importer.give_up,
            self._uploader.clear,
            self._judge.clear,
            self._clear_uploads,
        )
        for clear in clearings:
            try:
                clear()
            except Exception:  # noqa: BLE001 - in an hour it is tried again
                self._log.exception("tidying_failed")

    def _clear_uploads(self) -> None:
        self._files.clear(self._clock() - _UPLOAD_AGE_MAX)

    def _work(self) -> None:
        self._aside = Aside(do_jobs, self._premises)
        # Whoever stops us either finds the process or has said so before it began.
        if self._stopping.is_set():
            self._aside.stop()
        try:
            self._aside.result()
        except AsideError:
            # Stopped before it could listen.
            if not self._stopping.is_set():
                raise
