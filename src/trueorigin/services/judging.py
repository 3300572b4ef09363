# SPDX-License-Identifier: Apache-2.0
"""Judge a table of products or batches: every row of it, before any row is taken over.

Small tables are judged where they arrive. All others wait in a folder for a worker: 100,000 rows
take some 20 seconds, longer than anybody's request should. A worker that is killed is followed by
another one, which begins again; whatever rows are kept meanwhile, nobody can confirm or see them.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Final
from uuid import UUID

import orjson

from trueorigin.adapters.tables import TableRow, put_aside, read_table
from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    InvalidError,
    UnavailableError,
)
from trueorigin.domain.imports import WHOLE_FILE, Fault, Import, ImportKind, ImportState
from trueorigin.domain.jobs import Job
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.services.import_rows import CHUNK_ROWS, Check, parse_heading
from trueorigin.services.importing import open_act
from trueorigin.services.jobs import JobLostError, Progress, order_job
from trueorigin.services.pacing import pace_rows
from trueorigin.storage import imports as stored
from trueorigin.storage.database import Database

KIND: Final = "table"
# Below the data folder; backups leave it out, since whoever sent a table has it.
FOLDER_NAME: Final = "tables"
# A file that ends its worker three times would end every worker after it.
TRIES_MAX: Final = 3
_NAME_LENGTH_MAX: Final = 200
# What nobody came to judge, or was given up while it waited, is thrown away.
_FORGOTTEN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A table as it was sent; `labels` as `parse_heading` takes them."""

    kind: ImportKind
    content: IO[bytes]
    name: str
    labels: Mapping[str, str]


def stage_table(
    database: Database, act: Act, upload: Upload, *, pause: Callable[[float], None] = time.sleep
) -> Import:
    """Judge a whole table and keep its rows; return it staged, or rejected with its faults.

    A file that is no table at all is refused with `field` "file". Between two transactions it
    pauses for longer than it held the database: others get their turn.
    """
    check = _check_table(database, act.scope, upload, lambda _: None)
    row = _decide(_build_import(act, upload), check, act.at)
    with database.write() as tx:
        stored.append_import(tx, act.scope, row)
    if row.state is ImportState.REJECTED:
        return row
    return _keep_rows(database, act, row, check, pause, lambda _: None)


def order_judgement(database: Database, act: Act, upload: Upload, folder: Path) -> Import:
    """Put a table aside for a worker; return its import, which has a page from now on.

    `jobs_too_many` as for all long work.
    """
    row = _build_import(act, upload)
    path = folder / str(row.id)
    put_aside(upload.content, path)
    params = {"import_id": str(row.id), "labels": dict(upload.labels)}
    try:
        with database.write() as tx:
            # How many rows there are is known when the last one is judged.
            job = order_job(tx, act, KIND, params, total=1)
            row = replace(row, job_id=job.id)
            stored.append_import(tx, act.scope, row)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges the tables in `folder`; the work of a `Worker`."""

    database: Database
    folder: Path
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    pause: Callable[[float], None] = time.sleep

    def work(self, job: Job, progress: Progress) -> None:
        """Judge one table from its first row on; whoever was here before may have kept rows."""
        act = open_act(job, self.clock(), self.entropy)
        path = self.folder / job.params["import_id"]
        with self.database.read() as tx:
            found = stored.get_import(tx, act.scope, UUID(job.params["import_id"]))
        tries = (job.result or {}).get("tries", 0) + 1
        progress.keep(0, {"tries": tries})
        if found.state is ImportState.STAGED and not found.is_ready:
            try:
                self._judge(act, found, path, progress)
            except JobLostError:
                raise
            except UnavailableError:
                # The file did no harm: such a try is none.
                progress.keep(0, {"tries": tries - 1})
                raise
            except DomainError as error:
                self._reject(act, found, error, progress)
            except Exception:
                self._reject(act, found, DomainError("internal"), progress)
                raise
        # What is judged is judged; `clear` comes for the file.
        with suppress(OSError):
            path.unlink()

    def clear(self) -> int:
        """Throw away tables that nobody will judge any more; return how many."""
        count = 0
        before = (self.clock() - _FORGOTTEN_AFTER).timestamp()
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
        return count

    def _judge(self, act: Act, found: Import, path: Path, progress: Progress) -> None:
        if (progress.job.result or {})["tries"] > TRIES_MAX:
            raise InvalidError("table_unreadable")
        try:
            content = path.open("rb")
        except OSError as error:
            raise InvalidError("table_gone") from error
        with content:
            upload = Upload(
                kind=found.kind,
                content=content,
                name=found.name,
                labels=progress.job.params["labels"],
            )
            check = _check_table(self.database, act.scope, upload, progress.advance)
        row = _decide(found, check, self.clock())
        with self.database.write() as tx:
            if not stored.update_import(tx, act.scope, row):
                raise ConflictError("import_over")
        if row.state is ImportState.REJECTED:
            self._clear(act, row, progress)
            return
        _keep_rows(self.database, act, row, check, self.pause, progress.advance)

    def _reject(self, act: Act, found: Import, error: DomainError, progress: Progress) -> None:
        """Say on the import's page why its file cannot be judged."""
        fault = Fault(row=WHOLE_FILE, column="", code=error.code, params=dict(error.params))
        rejected = replace(
            found,
            state=ImportState.REJECTED,
            decided_at=self.clock(),
            faults=(fault,),
            fault_count=1,
        )
        with self.database.write() as tx:
            is_ours = stored.update_import(tx, act.scope, rejected)
        if is_ours:
            self._clear(act, rejected, progress)

    def _clear(self, act: Act, row: Import, progress: Progress) -> None:
        """Remove the rows that another worker had kept before it was killed."""
        pace = pace_rows(self.database, self.pause)
        while True:
            with self.database.write_bulk() as tx:
                started = time.perf_counter()
                count = stored.delete_rows(tx, act.scope, row.id, limit=pace.size)
            if count == 0:
                return
            pace.rest(count, time.perf_counter() - started)
            progress.advance(0)


def _build_import(act: Act, upload: Upload) -> Import:
    name = "".join(each for each in upload.name if each.isprintable())[:_NAME_LENGTH_MAX]
    return Import(
        id=act.new_id(),
        organisation_id=act.scope,
        actor_id=act.actor.credential_id,
        job_id=None,
        kind=upload.kind,
        name=name or upload.kind.value,
        state=ImportState.STAGED,
        row_count=0,
        created_at=act.at,
        decided_at=None,
    )


def _decide(row: Import, check: Check, at: datetime) -> Import:
    is_right = check.fault_count == 0
    return replace(
        row,
        state=ImportState.STAGED if is_right else ImportState.REJECTED,
        row_count=check.row_count,
        decided_at=None if is_right else at,
        faults=tuple(check.faults),
        fault_count=check.fault_count,
    )


def _keep_rows(
    database: Database,
    act: Act,
    row: Import,
    check: Check,
    pause: Callable[[float], None],
    advance: Callable[[int], None],
) -> Import:
    """Keep the rows of a table that is right, then say that all of them are there.

    `advance` is told how many are kept after each transaction.
    """
    pace, begin = pace_rows(database, pause), 0
    while chunk := check.kept[begin : begin + pace.size]:
        rows = [(number, orjson.loads(payload)) for number, payload in chunk]
        with database.write_bulk() as tx:
            started = time.perf_counter()
            stored.append_rows(tx, act.scope, row.id, rows)
        held = time.perf_counter() - started
        begin += len(chunk)
        pace.rest(len(chunk), held)
        advance(len(chunk))
    ready = replace(row, is_ready=True, job_id=None)
    with database.write() as tx:
        if not stored.update_import(tx, act.scope, ready):
            raise ConflictError("import_over")
    return ready


def _check_table(
    database: Database, scope: TenantScope, upload: Upload, report: Callable[[int], None]
) -> Check:
    """Judge all rows; `report` is told of every chunk."""
    rows = read_table(upload.content)
    columns, faults = parse_heading(upload.kind, next(rows), upload.labels)
    check = Check(database=database, scope=scope, kind=upload.kind, columns=columns)
    for fault in faults:
        check.refuse(fault)
    if faults:
        return check
    last: TableRow | None = None
    while chunk := list(islice(rows, CHUNK_ROWS)):
        check.add(chunk)
        last = chunk[-1]
        report(len(chunk))
    if last is None:
        check.refuse(Fault(row=1, column="", code="import_no_rows", params={}))
    check.faults.sort(key=lambda fault: fault.row)
    return check
