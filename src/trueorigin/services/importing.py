# SPDX-License-Identifier: Apache-2.0
"""Take a table of products or batches over, whole or not at all.

What was judged right (`judging.py`) waits in the database until a person confirms it; then a
worker moves the rows in short transactions, hidden, and one flag shows all of them at once. Whoever
is killed in between leaves nothing visible: the worker that follows goes on, or clears up.
"""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.imports import WHOLE_FILE, Fault, Import, ImportKind, ImportState
from trueorigin.domain.jobs import Job, JobState
from trueorigin.domain.tenancy import Act, Actor, Role, TenantScope
from trueorigin.services import access
from trueorigin.services.import_rows import (
    Line,
    RowsRefusedError,
    build_batch,
    build_product,
    find_conflicts,
    parse_payload,
)
from trueorigin.services.jobs import JobLostError, Progress, cancel_job, get_job, order_job
from trueorigin.services.pacing import pace_rows
from trueorigin.storage import audit, imports as stored
from trueorigin.storage.database import Database, Tx

KIND: Final = "import"
# A table whose keeping was interrupted is given up after this, one that waits for its person later.
_INTERRUPTED_AFTER: Final = timedelta(hours=1)
_FORGOTTEN_AFTER: Final = timedelta(days=7)


def get_import(tx: Tx, scope: TenantScope, import_id: UUID) -> Import:
    """Return one of this organisation's imports."""
    return stored.get_import(tx, scope, import_id)


def list_imports(tx: Tx, scope: TenantScope, *, before: UUID | None, limit: int) -> list[Import]:
    """List imports, newest first."""
    return stored.list_imports(tx, scope, before=before, limit=limit)


def find_failures(
    tx: Tx, scope: TenantScope, imports: Collection[UUID]
) -> dict[UUID, Mapping[str, Any]]:
    """Return which of these imports wait for a person because their work has failed, and why."""
    return stored.find_failures(tx, scope, imports)


def confirm_import(tx: Tx, act: Act, import_id: UUID) -> Import:
    """Order the rows of an import to be taken over; confirming twice changes nothing.

    Where that work has failed it is ordered anew, and goes on behind what was done.
    """
    stored.lock_catalogue(tx, act.scope)
    found = stored.get_import(tx, act.scope, import_id)
    has_failed = import_id in stored.find_failures(tx, act.scope, [import_id])
    if found.is_ready and found.job_id is not None and not has_failed:
        return found
    if found.state is not ImportState.STAGED or not found.is_ready:
        raise ConflictError("import_over")
    return _order(tx, act, found)


def discard_import(tx: Tx, act: Act, import_id: UUID) -> Import:
    """Give up an import nobody has confirmed; its rows are cleared away in the background.

    A table that is being judged is judged no further.
    """
    stored.lock_catalogue(tx, act.scope)
    found = stored.get_import(tx, act.scope, import_id)
    work = None if found.job_id is None else get_job(tx, act.scope, found.job_id)
    is_moving = found.is_ready and work is not None and not work.state.is_over
    if found.state is not ImportState.STAGED or is_moving:
        raise ConflictError("import_over")
    if found.job_id is not None:
        cancel_job(tx, act, found.job_id)
    audit.append_audit(tx, act, "import.discard", str(import_id), {})
    return _order(tx, act, replace(found, state=ImportState.REJECTED, decided_at=act.at))


def _order(tx: Tx, act: Act, row: Import) -> Import:
    row = replace(row, job_id=_order_work(tx, act, row).id)
    if not stored.update_import(tx, act.scope, row):
        raise ConflictError("import_over")
    return row


def _order_work(tx: Tx, act: Act, row: Import) -> Job:
    params = {"import_id": str(row.id)}
    return order_job(tx, act, KIND, params, total=max(row.row_count, 1))


def _give_up_failed(tx: Tx, act: Act, import_id: UUID) -> None:
    """Reject an import whose work has failed, with the reason; clear anew what is rejected."""
    stored.lock_catalogue(tx, act.scope)
    found = stored.get_import(tx, act.scope, import_id)
    work = None if found.job_id is None else get_job(tx, act.scope, found.job_id)
    if work is None or work.state is not JobState.FAILED or work.error is None:
        return
    if found.state is ImportState.REJECTED:
        stored.hand_over(tx, act.scope, found.id, _order_work(tx, act, found).id)
    if found.state is ImportState.STAGED:
        fault = Fault(row=WHOLE_FILE, column="", **work.error)
        _order(tx, act, _refuse(found, act.at, (fault,)))
        audit.append_audit(tx, act, "import.reject", str(found.id), {"faults": 1})


def _refuse(found: Import, at: datetime, faults: tuple[Fault, ...]) -> Import:
    state = ImportState.REJECTED
    return replace(found, state=state, decided_at=at, faults=faults, fault_count=len(faults))


def open_act(ordered: Job | Import, at: datetime, entropy: Callable[[int], bytes]) -> Act:
    """Open an act in the name of whoever ordered work on a table, or sent it."""
    actor = Actor(
        organisation_id=ordered.organisation_id,
        role=Role.MANUFACTURER,
        credential_id=ordered.actor_id or access.LOCAL_CREDENTIAL,
    )
    return access.open_act(actor, at, entropy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Moves confirmed rows, and clears rejected ones; the work of a `Worker`."""

    database: Database
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    pause: Callable[[float], None] = time.sleep

    def work(self, job: Job, progress: Progress) -> None:
        """Do what is left of one import: what was moved is not waiting any more."""
        act = open_act(job, self.clock(), self.entropy)
        import_id = UUID(job.params["import_id"])
        with self.database.read() as tx:
            found = stored.get_import(tx, act.scope, import_id)
        if found.state is ImportState.STAGED:
            found = self._move_all(act, found, progress)
        if found.state is ImportState.REJECTED:
            self._clear(act, found, progress)

    def give_up(self) -> None:
        """Reject tables whose keeping was interrupted or failed, and those forgotten for a week.

        Where the work has failed, the table's page says why from then on. What could not be cleared
        away is tried again: until then nobody else may have its numbers.
        """
        at = self.clock()
        with self.database.read() as tx:
            waiting = stored.list_unattended(tx, before=at - _INTERRUPTED_AFTER)
        for each in waiting:
            act = open_act(each, self.clock(), self.entropy)
            # Another process does the same, or too much work of theirs waits: in an hour, then.
            with suppress(ConflictError, InvalidError), self.database.write() as tx:
                if each.job_id is not None:
                    _give_up_failed(tx, act, each.id)
                elif not each.is_ready or each.created_at < at - _FORGOTTEN_AFTER:
                    discard_import(tx, act, each.id)

    def _move_all(self, act: Act, found: Import, progress: Progress) -> Import:
        """Move every row, then reveal them; or reject the import with what is in its way."""
        pace = pace_rows(self.database, self.pause)
        while rows := self._list_waiting(act, found):
            begin = 0
            while chunk := rows[begin : begin + pace.size]:
                lines = [parse_payload(found.kind, number, payload) for number, payload in chunk]
                try:
                    held = self._move(act, found, lines)
                except RowsRefusedError as error:
                    return self._reject(act, found, error.faults)
                begin += len(lines)
                pace.rest(len(lines), held)
                progress.advance(len(lines))
        with self.database.write() as tx:
            if not stored.reveal_import(tx, act.scope, found.id, self.clock()):
                return stored.get_import(tx, act.scope, found.id)
            detail = {"kind": found.kind.value, "rows": found.row_count}
            audit.append_audit(tx, act, "import.reveal", str(found.id), detail)
            return stored.get_import(tx, act.scope, found.id)

    def _list_waiting(self, act: Act, found: Import) -> list[tuple[int, dict[str, Any]]]:
        with self.database.read() as tx:
            return stored.list_rows(tx, act.scope, found.id, limit=stored.PAGE_MAX)

    def _move(self, act: Act, found: Import, lines: list[Line]) -> float:
        """Move some rows in one transaction; return for how many seconds it held the database."""
        is_product = found.kind is ImportKind.PRODUCTS
        products = [build_product(line, act, found.id) for line in lines] if is_product else []
        batches = [] if is_product else [build_batch(line, act, found.id) for line in lines]
        numbers = [line.number for line in lines]
        with self.database.write_bulk() as tx:
            started = time.perf_counter()
            stored.lock_catalogue(tx, act.scope)
            conflicts = find_conflicts(tx, act.scope, lines)
            if conflicts:
                raise RowsRefusedError(conflicts)
            # Another worker has been here: it goes on, this one stops.
            if stored.take_rows(tx, act.scope, found.id, numbers) != len(numbers):
                raise JobLostError
            try:
                if is_product:
                    stored.append_products(tx, act.scope, products)
                else:
                    stored.append_batches(tx, act.scope, batches)
            except ConflictError as error:
                raise RowsRefusedError(_blame(lines, error)) from error
        return time.perf_counter() - started

    def _reject(self, act: Act, found: Import, faults: tuple[Fault, ...]) -> Import:
        rejected = _refuse(found, self.clock(), faults)
        with self.database.write() as tx:
            stored.update_import(tx, act.scope, rejected)
            audit.append_audit(tx, act, "import.reject", str(found.id), {"faults": len(faults)})
        return rejected

    def _clear(self, act: Act, found: Import, progress: Progress) -> None:
        """Remove what was moved and what waits, in short transactions."""
        pace = pace_rows(self.database, self.pause)
        delete = (
            stored.delete_products if found.kind is ImportKind.PRODUCTS else stored.delete_batches
        )
        for remove in (delete, stored.delete_rows):
            while True:
                with self.database.write_bulk() as tx:
                    started = time.perf_counter()
                    stored.lock_catalogue(tx, act.scope)
                    count = remove(tx, act.scope, found.id, limit=pace.size)
                held = time.perf_counter() - started
                if count == 0:
                    break
                pace.rest(count, held)
                progress.advance(0)


def _blame(lines: list[Line], error: ConflictError) -> list[Fault]:
    """Return the fault of the row whose number somebody took at this very moment."""
    value = error.params.get("value")
    return [
        Fault(row=line.number, column="gtin", code=error.code, params=dict(error.params))
        for line in lines
        if getattr(line.draft, "gtin", None) == value
    ]
