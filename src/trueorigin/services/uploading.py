# SPDX-License-Identifier: Apache-2.0
"""Take files of events in, in the background: each event whole and once, each row answered.

A file is read whole before anything of it is stored: a broken one leaves nothing. Then events are
stored some hundred at a time, in one transaction with the answers to their rows. Whoever is killed
in between has lost nothing: the worker that follows goes on behind the last answer. At last each
event is held against the lives of its units, now that all the others are known.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import IO, Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from trueorigin.adapters.eventfiles import read_documents
from trueorigin.adapters.files import FileStore
from trueorigin.adapters.tables import TableRow, read_table
from trueorigin.domain.anomalies import find_anomalies
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.eventdrafts import EventDraft
from trueorigin.domain.events import Event, EventKind, Part, list_touches
from trueorigin.domain.files import File, clean_name
from trueorigin.domain.jobs import RESULT_AGE_MAX, Job
from trueorigin.domain.records import record
from trueorigin.domain.sites import SITES_MAX
from trueorigin.domain.tenancy import Act, Actor, Permission, Role
from trueorigin.domain.territories import TERRITORIES_MAX
from trueorigin.domain.units import list_stage_facts, split_unit_key, unit_key
from trueorigin.domain.uploads import (
    COLUMNS,
    REQUIRED,
    Directory,
    RowOutcome,
    RowResult,
    UploadFormat,
    UploadPart,
    build_row_document,
    fold_name,
)
from trueorigin.services import access, partners, tracing
from trueorigin.services.capturing import EVENTS_MAX, EventOutcome, parse_events, store_events
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.files import get_file, keep_file
from trueorigin.services.jobs import JobLostError, Progress, order_job
from trueorigin.services.pacing import HOLD_MAX_S, Pace
from trueorigin.services.resolving import Told, resolve_events
from trueorigin.services.vault import Vault
from trueorigin.storage import (
    accounts,
    containment,
    events as stored_events,
    sites,
    territories,
    units,
    uploads as stored,
)
from trueorigin.storage.database import Database, Tx

KIND: Final = "events"
# 100,000 events of EPCIS with six hundred letters each.
FILE_BYTES_MAX: Final = 60 * 2**20
# Rows after which a worker that only counts shows that it lives.
_BEAT_ROWS: Final = 1000
# Of what one event says of a range, the first and last units are looked at, and all of so many.
_JUDGED_MAX: Final = 10
# Units whose lives are read in one transaction.
_LIVES_MAX: Final = 500
# Stands for what a refusal cannot quote.
REPLACEMENT: Final = "\ufffd"
# A list box of more is no choice, but a table may name any of them.
_PARTNERS_MAX: Final = 10_000
_TIDY_LIMIT: Final = 1000


@record
class Upload:
    """A file as it was sent.

    `labels` are what columns are called, and `kinds` what kinds of events are called, folded.
    """

    content: IO[bytes]
    name: str
    labels: Mapping[str, str]
    kinds: Mapping[str, str]
    hosts: Sequence[str]


_MEDIA_TYPES: Final = {UploadFormat.CSV: "text/csv", UploadFormat.JSON: "application/json"}


class Row(NamedTuple):
    """One row of a file: its number there, and the document it is, or why it is none."""

    number: int
    document: object


def order_upload(database: Database, store: FileStore, act: Act, upload: Upload) -> Job:
    """Keep a file and order that its events be taken in; durable when this returns.

    Refused: `table_empty`, `file_too_large`, `upload_type_unknown`. What is in the file is judged
    by the worker.
    """
    upload.content.seek(0)
    start = upload.content.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise InvalidError("table_empty", field="file")
    if start.startswith((b"PK", b"\xd0\xcf", b"%PDF", b"\x1f\x8b")):
        raise InvalidError("upload_type_unknown", field="file")
    form = UploadFormat.JSON if start[:1] in {b"{", b"["} else UploadFormat.CSV
    upload.content.seek(0)
    content = store.put(upload.content, limit=FILE_BYTES_MAX)
    media_type = _MEDIA_TYPES[form]
    file = File(
        id=act.new_id(),
        organisation_id=act.scope,
        sha256=content.sha256,
        media_type=media_type,
        bytes=content.bytes,
        name=clean_name(upload.name, media_type),
        created_at=act.at,
        actor_id=act.actor.credential_id,
    )
    allowed = act.actor.allowed
    params = {
        "file_id": str(file.id),
        "name": file.name,
        "format": form.value,
        "role": act.actor.role.value,
        "allowed": None if allowed is None else sorted(allowed),
        "labels": dict(upload.labels),
        "kinds": dict(upload.kinds),
        "hosts": sorted(upload.hosts),
    }
    with database.write() as tx:
        keep_file(tx, act, file)
        return order_job(tx, act, KIND, params, total=EVENTS_MAX)


@record
class EventUploader:
    """Takes in what was uploaded; the work of a `Worker`."""

    database: Database
    catalogue: Catalogue
    vault: Vault
    files: FileStore
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    pause: Callable[[float], None] = time.sleep

    def work(self, job: Job, progress: Progress) -> None:
        """Do what is left of one upload: what was answered is not asked again."""
        taking = _Taking(self, job, progress)
        taking.count()
        taking.store()
        taking.judge()
        with self.database.read() as tx:
            counts = stored.count_rows(tx, taking.scope, job.id)
        progress.keep(counts.rows, {"rows": counts.rows})

    def clear(self) -> None:
        """Throw away the answers to files that were sent long ago."""
        while True:
            with self.database.write() as tx:
                before = self.clock() - RESULT_AGE_MAX
                if stored.delete_old_parts(tx, before, limit=_TIDY_LIMIT) < _TIDY_LIMIT:
                    return

    def open_act(self, job: Job) -> Act:
        """Act for whoever sent the file, as far as they were allowed to then."""
        allowed = job.params["allowed"]
        actor = Actor(
            organisation_id=job.organisation_id,
            role=Role(job.params["role"]),
            credential_id=job.actor_id or access.LOCAL_CREDENTIAL,
            allowed=None if allowed is None else frozenset(map(Permission, allowed)),
        )
        return access.open_act(actor, self.clock(), self.entropy)


class _Taking:
    """One file on its way in."""

    def __init__(self, uploader: EventUploader, job: Job, progress: Progress) -> None:
        self._uploader = uploader
        self._database = uploader.database
        self._job = job
        self._progress = progress
        self._act = uploader.open_act(job)
        self.scope = self._act.scope
        self._pace = Pace(
            aim_s=HOLD_MAX_S / 4, pause=uploader.pause, watch=self._database.find_change
        )

    def count(self) -> None:
        """Read the whole file once, before anything is stored; refuse it where it is broken."""
        if self._job.result is not None:
            return
        count = 0
        for _ in self._read_rows():
            count += 1
            if count > EVENTS_MAX:
                raise InvalidError("too_many", field="file", max=EVENTS_MAX, count=count)
            if count % _BEAT_ROWS == 0:
                self._progress.advance(0)
        if count == 0:
            raise InvalidError("upload_no_events", field="file")
        self._progress.keep(0, {"rows": count})

    def store(self) -> None:
        """Store what is not answered yet, with its answers."""
        with self._database.read() as tx:
            first = stored.find_next(tx, self.scope, self._job.id)
            directory = _build_directory(tx, self._act, self._job)
        rows = islice(self._read_rows(), first, None)
        sender, hosts = self.scope, self._job.params["hosts"]
        while chunk := list(islice(rows, self._pace.size)):
            told = _parse_rows(chunk, directory, hosts=hosts, sender=sender)
            self._store_chunk(first, chunk, told)
            first += len(chunk)
            self._progress.advance(len(chunk))

    def _store_chunk(self, first: int, rows: Sequence[Row], told: Sequence[Told]) -> None:
        uploader, job_id = self._uploader, self._job.id
        act = replace(self._act, at=uploader.clock())
        with self._database.read() as tx:
            found = resolve_events(tx, uploader.catalogue, uploader.vault, act, told)
        with self._database.write_bulk() as tx:
            started = time.perf_counter()
            # Another worker has been here: it goes on, this one stops.
            if stored.find_next(tx, self.scope, job_id) != first:
                raise JobLostError
            outcomes = store_events(tx, found)
            results = tuple(map(_build_result, rows, told, outcomes))
            part = UploadPart(first=first, results=results)
            # Or it has been at these very rows meanwhile.
            if not stored.append_part(tx, self.scope, job_id, part):
                raise JobLostError
            held = time.perf_counter() - started
        self._pace.rest(len(rows), held)

    def judge(self) -> None:
        """Look for what cannot be, in the lives of the units of what is stored."""
        while True:
            with self._database.read() as tx:
                part = stored.find_unjudged(tx, self.scope, self._job.id)
            if part is None:
                return
            flags = self._find_flags(part)
            results = tuple(_flag(each, flags) for each in part.results)
            judged = replace(part, results=results, is_judged=True)
            with self._database.write_bulk() as tx:
                stored.update_part(tx, self.scope, self._job.id, judged)
            self._progress.advance(0)

    def _find_flags(self, part: UploadPart) -> dict[UUID, tuple[str, ...]]:
        """Return what cannot be of the events of some rows."""
        ids = {each.event_id for each in part.results if each.event_id is not None}
        with self._database.read() as tx:
            events = stored_events.find_events(tx, ids)
        wanted = [(event, key) for event in events.values() for key in _list_judged(event)]
        flags: dict[UUID, set[str]] = {}
        for at in range(0, len(wanted), _LIVES_MAX):
            some = wanted[at : at + _LIVES_MAX]
            with self._database.read() as tx:
                for event, codes in _judge(tx, some):
                    flags.setdefault(event.id, set()).update(codes)
        return {event_id: tuple(sorted(codes)) for event_id, codes in flags.items() if codes}

    def _read_rows(self) -> Iterator[Row]:
        with self._database.read() as tx:
            file = get_file(tx, self.scope, UUID(self._job.params["file_id"]))
        with self._uploader.files.open(file.sha256) as content:
            if self._job.params["format"] == UploadFormat.JSON:
                for number, document in enumerate(read_documents(content), start=1):
                    yield Row(number, _check_document(document))
            else:
                yield from _read_table_rows(content, self._job.params["labels"])


def _check_document(document: object) -> object:
    """Return what stands in a file if a machine could send it, or the refusal of its row.

    Half characters, numbers beyond 64 bits and brackets without end can be written down in JSON,
    and neither hashed nor stored.
    """
    try:
        orjson.dumps(document)
    except orjson.JSONEncodeError:
        return InvalidError("event_malformed")
    return document


def _read_table_rows(content: IO[bytes], labels: Mapping[str, str]) -> Iterator[Row]:
    rows = read_table(content)
    columns = _parse_heading(next(rows), labels)
    for row in rows:
        yield Row(row.number, _read_cells(row, columns))


def _parse_heading(heading: TableRow, labels: Mapping[str, str]) -> list[str]:
    """Return which column is what; a heading that is unknown or missing is refused by name."""
    columns = []
    for cell in heading.cells:
        folded = fold_name(cell)
        column = labels.get(folded, folded)
        if column not in COLUMNS or column in columns:
            raise InvalidError("upload_column_unknown", field="file", name=cell[:100])
        columns.append(column)
    for name in REQUIRED:
        if name not in columns:
            raise InvalidError("upload_column_missing", field="file", name=name)
    return columns


def _read_cells(row: TableRow, columns: Sequence[str]) -> object:
    for position, error in row.faults:
        name = columns[position] if position < len(columns) else None
        return InvalidError(error.code, field=name, **error.params)
    if len(row.cells) > len(columns):
        return InvalidError("upload_cells_too_many", field=None, count=len(columns))
    # A spreadsheet puts an apostrophe before what it would take for a formula, and so do we.
    cells = (each.removeprefix("'") for each in row.cells)
    return {name: cell for name, cell in zip(columns, cells, strict=False) if cell}


def _parse_rows(
    rows: Sequence[Row], directory: Directory | None, *, hosts: Sequence[str], sender: UUID
) -> list[Told]:
    """Read rows as events, each as a draft or as its refusal."""
    documents: list[object] = []
    refused: dict[int, DomainError] = {}
    for place, (_, document) in enumerate(rows):
        if isinstance(document, DomainError):
            refused[place] = document
        elif directory is not None:
            assert isinstance(document, dict)  # noqa: S101 - the cells of a table
            try:
                document = build_row_document(document, directory, sender)  # noqa: PLW2901 - the same row
            except DomainError as error:
                refused[place] = error
        documents.append(document)
    told = parse_events(documents, hosts=hosts, sender=sender)
    return [refused.get(place, each) for place, each in enumerate(told)]


def _build_directory(tx: Tx, act: Act, job: Job) -> Directory | None:
    """Look up what people call things; None for files in which nothing is named in words."""
    if job.params["format"] == UploadFormat.JSON:
        return None
    scope = act.scope
    linked = [
        *partners.list_partners(tx, scope, limit=_PARTNERS_MAX),
        *partners.list_owners(tx, scope, limit=_PARTNERS_MAX),
    ]
    current = [each.organisation for each in linked if each.partnership.ended_at is None]
    places = sites.list_sites(tx, scope, limit=SITES_MAX)
    regions = territories.list_territories(tx, scope, limit=TERRITORIES_MAX)
    zone = accounts.find_organisations(tx, [scope])[scope].time_zone
    kinds = {kind.value: kind for kind in EventKind}
    return Directory(
        sites=_index((each.id, (each.name, each.gln, str(each.id))) for each in places),
        partners=_index((each.id, (each.name, each.prefix, str(each.id))) for each in current),
        territories=_index(
            (each.id, (each.name.zh, each.name.en, str(each.id))) for each in regions
        ),
        kinds=kinds | {name: EventKind(kind) for name, kind in job.params["kinds"].items()},
        zone=ZoneInfo(zone),
    )


def _index(named: Iterable[tuple[UUID, Iterable[str | None]]]) -> dict[str, list[UUID]]:
    index: dict[str, list[UUID]] = {}
    for thing, names in named:
        for name in {fold_name(each) for each in names if each}:
            held = index.setdefault(name, [])
            if thing not in held:
                held.append(thing)
    return index


def _build_result(row: Row, told: Told, outcome: EventOutcome) -> RowResult:
    error = outcome.error
    event_id = told.id if isinstance(told, EventDraft) else None
    return RowResult(
        row=row.number,
        event_id=event_id,
        outcome=RowOutcome(outcome.outcome.value),
        code=None if error is None else error.code,
        field=None if error is None or error.field is None else _show(error.field),
        params=None
        if error is None
        else {
            name: _show(value) if isinstance(value, str) else value
            for name, value in error.params.items()
        },
    )


def _show(text: str) -> str:
    """Return what a refusal quotes of a file without what cannot be seen, or not be stored."""
    return "".join(each if each.isprintable() or each.isspace() else REPLACEMENT for each in text)


def _flag(result: RowResult, flags: Mapping[UUID, tuple[str, ...]]) -> RowResult:
    codes = flags.get(result.event_id, ()) if result.event_id is not None else ()
    if result.outcome is RowOutcome.REFUSED or not codes:
        return result
    is_new = result.outcome is RowOutcome.STORED
    return replace(result, flags=codes, outcome=RowOutcome.FLAGGED if is_new else result.outcome)


def _list_judged(event: Event) -> Iterator[int]:
    """Yield the units that stand for all an event is about."""
    for touch in list_touches(event):
        if touch.part in {Part.PACKED, Part.SUBJECT, Part.EMPTIED}:
            run_id, level, start, stop = touch.span
            few = stop - start <= _JUDGED_MAX
            for index in range(start, stop) if few else (start, stop - 1):
                yield unit_key(run_id, level, index)


def _judge(tx: Tx, wanted: Sequence[tuple[Event, int]]) -> Iterator[tuple[Event, list[str]]]:
    """Yield events with what cannot be in the life of a unit, by its whole history."""
    keys = list({key for _, key in wanted})
    histories = tracing.find_histories(tx, keys)
    facts = dict(zip(keys, units.find_range_facts(tx, [*map(split_unit_key, keys)]), strict=True))
    runs = containment.find_runs(tx, {split_unit_key(key)[0] for key in keys})
    found: dict[int, dict[Any, list[str]]] = {}
    for key in keys:
        issued_at = runs[split_unit_key(key)[0]].created_at
        stages = list_stage_facts(facts[key])
        for anomaly in find_anomalies(histories[key], stages, issued_at=issued_at):
            found.setdefault(key, {}).setdefault(anomaly.moment, []).append(anomaly.code.value)
    for event, key in wanted:
        yield event, found.get(key, {}).get(event.moment, [])
