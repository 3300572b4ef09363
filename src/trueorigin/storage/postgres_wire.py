# SPDX-License-Identifier: Apache-2.0
"""Send several statements to PostgreSQL at once: one wait for what a batch of readings says.

    later   SELECT catalogue_revision   kept
    ask     SELECT unit_state           both written at once, one wait, rows of both
    send    INSERT scan                 kept
    send    INSERT unit_state           kept
    send    INSERT reading_figure       kept
    commit  COMMIT                      all four written at once, one wait

A round trip of the driver's cursor costs 45 us of ours and 65 us until it is over, most of it for
waking two processes; a statement more in the same one, 8 us. So what is not waited for is kept
until something is. Statements are prepared once a connection; the driver itself prepares none,
since it forgets all that is prepared, these too, whenever it undoes a transaction.

Every failure is raised by whoever waits for the round trip of its statement; what came after it was
not run, and the transaction can only be undone. Belongs to one connection, as a cursor does.
"""

import select
from collections.abc import Callable, Sequence
from hashlib import blake2s
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

from trueorigin.domain.errors import ConflictError
from trueorigin.storage.failures import OVERTAKEN

Row = tuple[Any, ...]

_BEGIN: Final = "BEGIN"
_COMMIT: Final = "COMMIT"
# SQLSTATE for a name under which no statement is prepared, and for one that is taken.
_FORGOTTEN: Final = b"26000"
_KNOWN: Final = b"42P05"


class _Rows:
    """Where the rows of a statement will be."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Row] | None = None


class _Message(NamedTuple):
    """One statement on its way; `parameters` as text, in UTF-8. None asks for no `rows`."""

    sql: str
    parameters: list[bytes | None]
    rows: _Rows | None = None
    must_change: bool = False


class Wire:
    """The hot statements of one connection; see above."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        """Use the driver's connection, whose other cursors may be used in between."""
        self._connection = connection
        self._pgconn: PGconn = connection.pgconn
        self._transformer = Transformer(connection)
        self._names: dict[str, bytes] = {}
        self._kept: list[_Message] = []
        self._reading, self._writing = select.poll(), select.poll()
        self._reading.register(self._pgconn.socket, select.POLLIN)
        self._writing.register(self._pgconn.socket, select.POLLIN | select.POLLOUT)

    def send(self, sql: str, params: Sequence[object], *, must_change: bool = False) -> None:
        """Keep a statement for the next round trip; nobody asks what it returns.

        One that `must_change` rows and changes none was overtaken (`storage/retrying.py`).
        """
        values = [_to_text(each) for each in params]
        self._kept.append(_Message(sql, values, must_change=must_change))

    def later(self, sql: str, params: Sequence[object]) -> Callable[[], list[Row]]:
        """Keep a statement for the next round trip; return what gives its rows, after it."""
        rows = _Rows()
        self._kept.append(_Message(sql, [_to_text(each) for each in params], rows))

        def find() -> list[Row]:
            if rows.found is None:
                self.flush()
            if rows.found is None:
                raise psycopg.OperationalError("the transaction was undone")
            return rows.found

        return find

    def ask(self, sql: str, params: Sequence[object]) -> list[Row]:
        """Run what was kept, then this statement, and return its rows."""
        return self.later(sql, params)()

    def flush(self) -> None:
        """Run what was kept, before a statement that goes another way."""
        if self._kept:
            self._exchange()

    def commit(self) -> None:
        """Run what was kept and end the transaction for good; an idle connection stays idle."""
        if self._kept or self._pgconn.transaction_status != TransactionStatus.IDLE:
            self.send(_COMMIT, ())
            if self._exchange().command_status != b"COMMIT":
                # What it answers to a transaction that a failed statement has ended already.
                raise psycopg.OperationalError("the transaction was undone")

    def forget(self) -> None:
        """Drop what was kept: its transaction is undone."""
        self._kept.clear()

    def _exchange(self) -> PGresult:
        """Write all that is kept, wait, and return the result of the last statement."""
        begins = self._pgconn.transaction_status == TransactionStatus.IDLE
        if begins:
            self._kept.insert(0, _Message(_BEGIN, []))
        kept, self._kept = self._kept, []
        try:
            results = self._talk(kept)
            if begins and any(_says(result, _FORGOTTEN) for result in results):
                # Whoever lends out its connections has cleaned this one. Nothing was done so far.
                self._require_success(self._pgconn.exec_(b"ROLLBACK"))
                self._names.clear()
                results = self._talk(kept)
        except BaseException:
            # Whatever is under way would be taken for the answer to the next question.
            if self._pgconn.status == ConnStatus.OK:
                self._connection.close()
            raise
        for message, result in zip(kept, results, strict=True):
            self._require_success(result)
            if message.rows is not None:
                message.rows.found = self._load(result)
            if message.must_change and not result.command_tuples:
                raise ConflictError(OVERTAKEN)
        return results[-1]

    def _prepare(self, sql: str) -> bytes:
        """Return the name of a statement, by which no connection of ours means another."""
        name = self._names.get(sql)
        if name is None:
            name = b"hot_%s" % blake2s(sql.encode(), digest_size=8).hexdigest().encode()
            result = self._pgconn.prepare(name, _number(sql))
            # Taken: prepared a moment ago, before others turned out to be forgotten.
            if not _says(result, _KNOWN):
                self._require_success(result)
            self._names[sql] = name
        return name

    def _talk(self, messages: Sequence[_Message]) -> list[PGresult]:
        pgconn = self._pgconn
        named = [(self._prepare(each.sql), each.parameters) for each in messages]
        pgconn.enter_pipeline_mode()
        for name, parameters in named:
            pgconn.send_query_prepared(name, parameters)
        pgconn.pipeline_sync()
        while pgconn.flush():
            # It may have to be rid of answers before it takes more.
            self._writing.poll()
            pgconn.consume_input()
        results = []
        for _ in named:
            results.append(self._read())
            # Behind the results of a statement, always one, comes nothing once.
            pgconn.get_result()
        if self._read().status != ExecStatus.PIPELINE_SYNC:
            raise psycopg.OperationalError("PostgreSQL answers out of turn")
        pgconn.exit_pipeline_mode()
        return results

    def _read(self) -> PGresult:
        # It must not wait by itself: it would keep all other threads waiting.
        while self._pgconn.is_busy():
            self._reading.poll()
            self._pgconn.consume_input()
        result = self._pgconn.get_result()
        if result is None or self._pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        return result

    def _require_success(self, result: PGresult) -> None:
        if result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
            return
        if self._pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        raise error_from_result(result, encoding="utf-8")

    def _load(self, result: PGresult) -> list[Row]:
        transformer = self._transformer
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)


def _to_text(value: object) -> bytes | None:
    if value is None:
        return None
    text = str(value).encode()
    if b"\0" in text:
        # PostgreSQL would take the text to end here.
        raise psycopg.DataError("PostgreSQL text holds no NUL")
    return text


def _says(result: PGresult, state: bytes) -> bool:
    return result.error_field(DiagnosticField.SQLSTATE) == state


def _number(sql: str) -> bytes:
    """Write the statement with parameters as PostgreSQL counts them."""
    first, *rest = sql.split("%s")
    return "".join([first, *(f"${at}{part}" for at, part in enumerate(rest, 1))]).encode()
