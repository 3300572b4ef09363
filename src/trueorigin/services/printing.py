# SPDX-License-Identifier: Apache-2.0
"""Large orders of labels: printed part by part in the background, each part read back.

A part is a file of its own. Parts that are written stay written: whoever takes up the work after
a crash begins with the first one that is missing.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

from trueorigin.adapters.files import FileStore, naming_failures
from trueorigin.adapters.logos import Logo
from trueorigin.domain.designs import LOOK_DEFAULT, Look, restore_look
from trueorigin.domain.errors import InvalidError, NotFoundError
from trueorigin.domain.jobs import ABANDONED_AFTER, RESULT_AGE_MAX, Job
from trueorigin.domain.ranges import RangeDraft, UnitRange, parse_range
from trueorigin.domain.sheets import get_layout
from trueorigin.domain.tenancy import Act, Actor, Role
from trueorigin.services import access, downloads, files, issuing, jobs, logos
from trueorigin.services.issuing import Export
from trueorigin.services.jobs import Progress
from trueorigin.services.labelling import LabelFormat, LabelOrder, build_labels
from trueorigin.services.vault import Vault
from trueorigin.storage import jobs as stored
from trueorigin.storage.database import Database, Tx

KIND: Final = "labels"
# Below the data folder; backups leave it out, since everything in it can be printed again.
FOLDER_NAME: Final = "prints"
# A part takes seconds: little is lost when a worker is killed.
PART_LABELS: Final = 5_000
# Two hundred parts; whoever needs more has machines that take the code list.
LABELS_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOrder:
    """Which labels are wanted, and how; everything a worker elsewhere needs."""

    run_id: int
    level: int
    start: int
    stop: int
    format: str
    layout: str
    language: str
    dpi: int
    skip: int = 0
    look: Look = field(default=LOOK_DEFAULT)

    @property
    def range(self) -> RangeDraft:
        """Return the units as the services take them."""
        return RangeDraft(level=self.level, start=self.start, stop=self.stop)

    @property
    def is_large(self) -> bool:
        """Tell whether this is work for the background."""
        return self.stop - self.start > PART_LABELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a printed order: the labels of units [start, stop)."""

    name: str
    start: int
    stop: int
    bytes: int


def order_print(tx: Tx, act: Act, order: PrintOrder) -> Job:
    """Put a large order in the queue; refused as its downloads would be.

    The logo is the one of now, whatever becomes of it until the last part is printed.
    """
    run = issuing.get_run(tx, act.scope, order.run_id)
    wanted = parse_range(run, order.range)
    get_layout(order.layout)
    logo = logos.find_logo(tx, act.scope, order.look)
    count = wanted.stop - wanted.start
    if count > LABELS_MAX:
        raise InvalidError("labels_too_many", field="to", limit=LABELS_MAX)
    downloads.require_allowance(tx, act.scope, run.id, wanted, order.format)
    params = asdict(order) | {"logo_file_id": None if logo is None else str(logo.id)}
    return jobs.order_job(tx, act, KIND, params, total=count)


def parse_order(job: Job) -> PrintOrder:
    """Return what a job of this kind prints."""
    params = {name: value for name, value in job.params.items() if name != "logo_file_id"}
    # Orders of before there were designs have none.
    look = params.pop("look", None)
    return PrintOrder(**params, look=LOOK_DEFAULT if look is None else restore_look(look))


def list_parts(job: Job) -> tuple[Part, ...]:
    """Return the parts of a job that are printed so far."""
    return tuple(Part(**each) for each in (job.result or {}).get("files", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintShop:
    """Prints what is ordered, into `folder`; `build` says how the labels of an export look."""

    database: Database
    vault: Vault
    files: FileStore
    folder: Path
    build: Callable[[Export, PrintOrder, Logo | None], LabelOrder]
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    def print_labels(self, job: Job, progress: Progress) -> None:
        """Print the parts of `job` that are missing."""
        order = parse_order(job)
        export, logo = self._open_export(job, order)
        folder = self.folder / str(job.id)
        with naming_failures():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep(folder)
        parts = self._list_kept(job)
        progress.keep(_count(parts), _result(parts))
        for number, wanted in enumerate(cut_parts(order)):
            if number < len(parts):
                continue
            name = f"run-{order.run_id}-level-{order.level}-{wanted.start}-{wanted.stop}"
            path = folder / f"{name}.{LabelFormat(order.format).suffix}"
            skip = order.skip if wanted.start == order.start else 0
            part = replace_range(export, wanted)
            look = self.build(part, replace(order, skip=skip), logo)
            size = self._print_part(look, part, path, progress)
            parts.append(Part(name=path.name, start=wanted.start, stop=wanted.stop, bytes=size))
            progress.keep(_count(parts), _result(parts))

    def _print_part(self, look: LabelOrder, export: Export, path: Path, progress: Progress) -> int:
        """Print one file under a name of its own, then give it the right one."""
        draft = path.with_name(f".{os.getpid()}-{self.entropy(8).hex()}{path.suffix}")
        # Codes are worth money: for their owner's eyes only, from the first byte on.
        with naming_failures():
            os.close(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600))
            try:
                build_labels(export, look, draft, report=progress.advance)
                size = draft.stat().st_size
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
        return size

    def _open_export(self, job: Job, order: PrintOrder) -> tuple[Export, Logo | None]:
        """Open codes and logo in the name of whoever ordered them."""
        actor = Actor(
            organisation_id=job.organisation_id,
            role=Role.MANUFACTURER,
            credential_id=job.actor_id or access.LOCAL_CREDENTIAL,
        )
        act = access.open_act(actor, self.clock(), self.entropy)
        logo_id = job.params.get("logo_file_id")
        with self.database.write() as tx:
            export = issuing.open_export(
                tx, self.vault, act, order.run_id, order.range, purpose="print"
            )
            logo = files.get_file(tx, act.scope, UUID(logo_id)) if logo_id else None
        return export, logos.open_logo(self.files, logo)

    def _sweep(self, folder: Path) -> None:
        """Throw away what killed workers left half-written; a living one writes all the time."""
        before = (self.clock() - ABANDONED_AFTER).timestamp()
        for draft in folder.glob(".*"):
            with suppress(OSError):
                if draft.stat().st_mtime < before:
                    draft.unlink()

    def _list_kept(self, job: Job) -> list[Part]:
        """Return the parts printed before, as far as their files are here without a gap."""
        kept = []
        for part in list_parts(job):
            path = self.folder / str(job.id) / part.name
            if not path.is_file() or path.stat().st_size != part.bytes:
                break
            kept.append(part)
        return kept

    def open_part(self, job: Job, part: Part) -> BinaryIO:
        """Open a printed file; `print_gone` when it has been thrown away."""
        try:
            return (self.folder / str(job.id) / part.name).open("rb")
        except OSError as error:
            raise NotFoundError("print_gone") from error

    def clear(self) -> int:
        """Throw away what was finished long ago, or belongs to no job; return how much."""
        if not self.folder.is_dir():
            return 0
        folders = {}
        for each in self.folder.iterdir():
            with suppress(ValueError):
                folders[UUID(each.name)] = each
        with self.database.read() as tx:
            old = stored.list_finished_ids(tx, folders, self.clock() - RESULT_AGE_MAX)
        for job_id in old:
            shutil.rmtree(folders[job_id], ignore_errors=True)
        return len(old)


def cut_parts(order: PrintOrder) -> list[UnitRange]:
    """Cut an order into parts; on sheets a part but the last ends with a full sheet."""
    layout, kind = get_layout(order.layout), LabelFormat(order.format)
    per_page = layout.per_page if kind is LabelFormat.PDF else 1
    size = max(PART_LABELS // per_page, 1) * per_page
    parts = []
    start, stop = order.start, min(order.start + size - order.skip % per_page, order.stop)
    while start < order.stop:
        parts.append(UnitRange(level=order.level, start=start, stop=stop))
        start, stop = stop, min(stop + size, order.stop)
    return parts


def replace_range(export: Export, wanted: UnitRange) -> Export:
    """Return the export of a part of another one's units."""
    return replace(export, start=wanted.start, stop=wanted.stop)


def _count(parts: Iterable[Part]) -> int:
    return sum(part.stop - part.start for part in parts)


def _result(parts: Iterable[Part]) -> Mapping[str, Any]:
    return {"files": [asdict(part) for part in parts]}
