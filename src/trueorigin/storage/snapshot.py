# SPDX-License-Identifier: Apache-2.0
"""Write every table as one stream of lines and read it back, on either database.

A stream is JSON lines: a header; for each table its name and columns, its rows as arrays, and a
line with their number and SHA-256; an end. Rows come in order of the primary key, so equal
databases give equal streams. Compression and encryption are not done here.
"""

import base64
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias, cast

import orjson
import psycopg
import sqlalchemy as sa

from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.ids import to_microseconds
from trueorigin.storage.database import Tx, newest_revision, require_current_schema
from trueorigin.storage.dialect import copy_rows, in_bytewise_order
from trueorigin.storage.openings import settled_lines, settled_states
from trueorigin.storage.retention import spread_default_partition
from trueorigin.storage.schema import metadata, run_counter, scan, unit_state
from trueorigin.storage.types import Document

FORMAT: Final = "trueorigin-snapshot"
VERSION: Final = 1
# Rows in memory at a time, and between two calls of the progress function.
CHUNK_ROWS: Final = 1000

# Called with the table's name and how many of its rows are done so far.
Progress: TypeAlias = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """What a stream holds of one table."""

    name: str
    rows: int
    sha256: str


def dump(tx: Tx, progress: Progress) -> Iterator[bytes]:
    """Yield the lines of a stream from one read transaction, in constant memory."""
    require_current_schema(tx)
    tx.lift_timeouts()
    yield _line({"format": FORMAT, "version": VERSION, "schema": newest_revision()})
    for table in metadata.sorted_tables:
        yield _line({"table": table.name, "columns": [column.name for column in table.columns]})
        digest, rows = hashlib.sha256(), 0
        for chunk in _read_chunks(tx, table):
            for row in chunk:
                line = _line(tuple(row))
                digest.update(line)
                yield line
            rows += len(chunk)
            progress(table.name, rows)
        yield _line({"end": table.name, "rows": rows, "sha256": digest.hexdigest()})
    yield _line({"end": FORMAT})


def load(tx: Tx, lines: Iterable[bytes], progress: Progress) -> list[TableSummary]:
    """Fill an empty, migrated database from a stream, in the one transaction given.

    Raises `database_not_empty`; `snapshot_unknown` for another format or schema; and
    `snapshot_damaged` where rows are missing, changed or not ours: roll back then.
    """
    require_current_schema(tx)
    tx.lift_timeouts()
    _require_empty(tx)
    stream = _parse(lines)
    header = next(stream, None)
    expected = {"format": FORMAT, "version": VERSION, "schema": newest_revision()}
    if header is None or header[1] != expected:
        raise InvalidError("snapshot_unknown")
    tx.execute(sa.delete(run_counter))
    summaries = [_load_table(tx, table, stream, progress) for table in metadata.sorted_tables]
    if _next(stream, FORMAT)[1] != {"end": FORMAT} or next(stream, None) is not None:
        raise InvalidError("snapshot_damaged", table=FORMAT)
    spread_default_partition(tx)
    return summaries


_Parsed: TypeAlias = tuple[bytes, Any]


def _read_chunks(tx: Tx, table: sa.Table) -> Iterator[Sequence[Sequence[object]]]:
    query = _select_rows(tx, table)
    # A cursor on the server: the rows never lie in this process all together.
    result = tx.execute(query.execution_options(stream_results=True, yield_per=CHUNK_ROWS))
    with result:
        yield from cast("Iterator[Sequence[Sequence[object]]]", result.partitions())


def _select_rows(tx: Tx, table: sa.Table) -> "sa.Select[Any] | sa.CompoundSelect[Any]":
    """Select the rows of a table as both databases would have them, in order of their keys."""
    if tx.dialect == "sqlite" and table is scan:
        return settled_lines()
    if tx.dialect == "sqlite" and table is unit_state:
        return settled_states()
    keys = table.primary_key.columns
    return sa.select(table).order_by(*(in_bytewise_order(tx.dialect, key) for key in keys))


def _load_table(
    tx: Tx, table: sa.Table, stream: Iterator[_Parsed], progress: Progress
) -> TableSummary:
    names = [column.name for column in table.columns]
    if _next(stream, table.name)[1] != {"table": table.name, "columns": names}:
        raise InvalidError("snapshot_damaged", table=table.name)
    digest, rows, chunk = hashlib.sha256(), 0, list[Sequence[object]]()
    decode = _decoder(table)
    while True:
        line, value = _next(stream, table.name)
        is_row = isinstance(value, list)
        if is_row:
            digest.update(line)
            rows += 1
            chunk.append(decode(value))
        if chunk and (not is_row or len(chunk) == CHUNK_ROWS):
            _insert(tx, table, chunk)
            progress(table.name, rows)
            chunk = []
        if not is_row:
            break
    summary = TableSummary(name=table.name, rows=rows, sha256=digest.hexdigest())
    if value != {"end": table.name, "rows": rows, "sha256": summary.sha256}:
        raise InvalidError("snapshot_damaged", table=table.name)
    return summary


def _insert(tx: Tx, table: sa.Table, chunk: Sequence[Sequence[object]]) -> None:
    try:
        copy_rows(tx, table.name, [column.name for column in table.columns], chunk)
    except (
        psycopg.DataError,
        psycopg.IntegrityError,
        sqlite3.IntegrityError,
        sqlite3.ProgrammingError,
    ) as error:
        raise InvalidError("snapshot_damaged", table=table.name) from error


def _decoder(table: sa.Table) -> Callable[[list[Any]], Sequence[object]]:
    """Return what turns a row of the stream into values for the driver.

    Instants travel as integers, identifiers and dates as text: both drivers take those as they
    are. Only bytes and documents need a change.
    """
    binary = [n for n, c in enumerate(table.columns) if isinstance(c.type, sa.LargeBinary)]
    documents = [n for n, c in enumerate(table.columns) if isinstance(c.type, Document)]

    def decode(row: list[Any]) -> Sequence[object]:
        try:
            for place in binary:
                if row[place] is not None:
                    row[place] = base64.b64decode(row[place], validate=True)
        except (IndexError, ValueError, TypeError) as error:
            raise InvalidError("snapshot_damaged", table=table.name) from error
        for place in documents:
            row[place] = None if row[place] is None else orjson.dumps(row[place]).decode()
        return row

    return decode


def _require_empty(tx: Tx) -> None:
    for table in metadata.sorted_tables:
        if table is not run_counter and tx.execute(sa.select(table).limit(1)).first():
            raise ConflictError("database_not_empty", table=table.name)


def _parse(lines: Iterable[bytes]) -> Iterator[_Parsed]:
    for line in lines:
        try:
            yield line, orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise InvalidError("snapshot_damaged", table="?") from error


def _next(stream: Iterator[_Parsed], table: str) -> _Parsed:
    found = next(stream, None)
    if found is None:
        raise InvalidError("snapshot_damaged", table=table)
    return found


def _line(value: object) -> bytes:
    # PostgreSQL keeps the keys of documents in its own order.
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    return orjson.dumps(value, default=_encode, option=options)


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return to_microseconds(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)
