# SPDX-License-Identifier: Apache-2.0
"""Open the database, and give out transactions: many readers, and writers that are durable.

The only module that begins, commits or rolls back. A failure of the database itself leaves here
as a `DomainError` with a stable code; a failure of the caller's own code leaves unchanged.
"""

import select
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast
from uuid import UUID

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, make_url

from trueorigin.domain.errors import DomainError, InvalidError, UnavailableError
from trueorigin.storage.drivers import DriverConnection, DriverCursor
from trueorigin.storage.failures import name_failure
from trueorigin.storage.postgres_wire import Wire
from trueorigin.storage.sqlite_file import BUSY_TIMEOUT_MS, SqliteFile, open_sqlite_file
from trueorigin.storage.sqlite_log import Mode

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Listener: TypeAlias = Callable[[object], None]

FILE_NAME: Final = "trueorigin.db"
STATEMENT_TIMEOUT_MS: Final = 5000
LOCK_TIMEOUT_MS: Final = 4000
IDLE_TIMEOUT_MS: Final = 60_000
POSTGRESQL_LEAST: Final = 15
# Any constant: it only has to be the same in every process that migrates.
_MIGRATION_LOCK: Final = 0x7275_6F72
# Threads of one process that may read at the same time.
POOL_SIZE: Final = 10


class Tx:
    """One open transaction. Statements go through here, so that every one of them is counted."""

    __slots__ = (
        "_connection", "_cursor", "_listeners", "_pooled", "_wire", "bumped", "dialect", "engine",
        "is_again",
    )  # fmt: skip

    def __init__(
        self, engine: sa.Engine, pooled: sa.PoolProxiedConnection, listeners: Sequence[Listener]
    ) -> None:
        """Wrap a connection of the engine's pool on which a transaction begins."""
        self.engine = engine
        self.dialect: Dialect = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
        self._pooled = pooled
        self._listeners = listeners
        self._connection: sa.Connection | None = None
        self._cursor: DriverCursor | None = None
        self._wire: Wire | None = None
        # Whether this was tried before. What it adds may be there, since another process was
        # quicker or only the answer was lost: so it asks instead of taking for granted.
        self.is_again = False
        # Organisations whose catalogue revision this transaction has raised already.
        self.bumped: set[UUID] = set()

    @property
    def connection(self) -> sa.Connection:
        """Return SQLAlchemy's view of this transaction, made when first asked for.

        Readings ask for none: it is a third of what an empty transaction costs.
        """
        self._flush()
        if self._connection is None:
            self._connection = sa.Connection(self.engine, self._pooled)
            # Nothing is sent: for the database it has begun.
            self._connection.begin()
        return self._connection

    @property
    def raw(self) -> DriverConnection:
        """Return the driver's own connection, which `Database` begins and ends."""
        return cast("DriverConnection", self._pooled.driver_connection)

    @property
    def driver(self) -> DriverCursor:
        """Return the driver's own cursor inside this transaction, for the hot statements."""
        self._flush()
        if self._cursor is None:
            self._cursor = self.raw.cursor()
        return self._cursor

    def execute(
        self, statement: sa.Executable, params: Sequence[dict[str, Any]] | None = None
    ) -> sa.CursorResult[Any]:
        """Run a SQLAlchemy Core statement."""
        self._note(statement)
        if params is None:
            return cast("sa.CursorResult[Any]", self.connection.execute(statement))
        return cast("sa.CursorResult[Any]", self.connection.execute(statement, params))

    def run(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement straight on the driver and return its rows."""
        self._note(sql)
        cursor = self.driver
        cursor.execute(sql, params)
        return [] if cursor.description is None else cursor.fetchall()

    def ask(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one hot statement and return its rows; see `storage/postgres_wire.py`."""
        if self._wire is None:
            return self.run(sql, params)
        self._note(sql)
        return self._wire.ask(sql, params)

    def later(self, sql: str, params: Sequence[object] = ()) -> Callable[[], list[tuple[Any, ...]]]:
        """Run one hot statement at the latest with the next `ask`; return what gives its rows."""
        if self._wire is None:
            rows = self.run(sql, params)
            return lambda: rows
        self._note(sql)
        return self._wire.later(sql, params)

    def send(self, sql: str, params: Sequence[object] = (), *, must_change: bool = False) -> None:
        """Run one hot statement at the latest with the next one or the commit; it fails there.

        On PostgreSQL one that `must_change` rows and changes none was overtaken; what else was sent
        with the commit is done, so it comes alone.
        """
        if self._wire is None:
            self.run(sql, params)
        else:
            self._note(sql)
            self._wire.send(sql, params, must_change=must_change)

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> int:
        """Run one SQLite statement for every row; return how many rows it changed in all."""
        self._note(sql)
        self.driver.executemany(sql, rows)
        return self.driver.rowcount

    def close(self) -> None:
        """Give the connection back to its pool, which undoes what was not committed.

        The cursor first: one that is collected later resets its statement, which SQLite's driver
        shares with the connection's next cursor, in the middle of another thread's work.
        """
        if self._cursor is not None:
            self._cursor.close()
        if self._wire is not None:
            self._wire.forget()
            self._wire = None
        if self._connection is not None:
            self._connection.close()
        else:
            self._pooled.close()

    def commit(self) -> None:
        """End the transaction for good."""
        if self._wire is None:
            self.raw.commit()
        else:
            self._wire.commit()

    def open_wire(self) -> None:
        """Let the hot statements of this PostgreSQL transaction share their round trips."""
        wire = self._pooled.info.get(Wire)
        if wire is None:
            wire = self._pooled.info[Wire] = Wire(cast("psycopg.Connection[Any]", self.raw))
        self._wire = wire

    def _flush(self) -> None:
        if self._wire is not None:
            self._wire.flush()

    def discard_if_broken(self, error: BaseException) -> None:
        """Tell the pool about a connection that died under a statement it did not send itself."""
        if isinstance(error, psycopg.OperationalError) and cast("Any", self.raw).closed:
            self._pooled.invalidate(error)

    def use_mode(self, mode: Mode) -> None:
        """Tell SQLite what the commit of this transaction, which has not begun, waits for.

        The connection stays like that: nearly always the next one wants the same.
        """
        info = self._pooled.info
        if info.get(Mode) is not mode:
            for pragma in mode.value:
                self.raw.execute(pragma)
            info[Mode] = mode

    def wait_for_no_disk(self) -> None:
        """Let PostgreSQL's commit return before it is on the disk, half a second later.

        On SQLite that is what the `Mode` says.
        """
        if self.dialect == "postgresql":
            self.send("SET LOCAL synchronous_commit = off")

    def lift_timeouts(self) -> None:
        """Let this transaction run as long as it needs: migrations, backups, retention."""
        if self.dialect == "postgresql":
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                self.run(f"SET LOCAL {name} = 0")

    def _note(self, statement: object) -> None:
        for listener in self._listeners:
            listener(statement)


class Database:
    """The process's database; thread-safe. Lives from start to `close`."""

    def __init__(
        self, writer: sa.Engine, reader: sa.Engine, *, location: str, file: SqliteFile | None = None
    ) -> None:
        """Use `open`; this takes engines that are already set up, and what SQLite needs besides."""
        self.dialect: Dialect = "sqlite" if writer.dialect.name == "sqlite" else "postgresql"
        # What an operator may see of the address: never a password.
        self.location = location
        self._writer = writer
        self._reader = reader
        # SQLite has one writer. Waiting here is fair and wakes at once; its own wait polls.
        self._write_lock = None if file is None else file.turn
        # Threads that wait for it; adding to a set and taking from it need no lock.
        self._waiting: set[int] = set()
        self._listeners: list[Listener] = []
        self._file = file

    @staticmethod
    def open(url: str | None, data: Path, *, pool_size: int = POOL_SIZE) -> "Database":
        """Open `url`, or the SQLite file in `data` where it is None; `data` is made if missing.

        PostgreSQL is not contacted yet: the first transaction does that.
        """
        parsed = _parse_url(url, data)
        if parsed.get_backend_name() == "sqlite":
            path = Path(parsed.database or "")
            file = open_sqlite_file(path, pool_size)
            return Database(file.writer, file.reader, location=str(path), file=file)
        return _open_postgresql(parsed, pool_size)

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a read-only transaction: everything read in it comes from one snapshot."""
        with self._transaction(self._reader) as tx:
            # SQLAlchemy knows how each database is told so.
            assert tx.connection.in_transaction()  # noqa: S101 - begun by being asked for
            yield tx

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Open a transaction that is durable when the block ends, and undone if it raises.

        Raises `database_busy` when other writers hold the database too long. Never nest two.
        """
        with self._writing(Mode.ORDINARY) as tx:
            yield tx

    @contextmanager
    def write_pending(self, *, is_again: bool = False) -> Iterator[Tx]:
        """Open a transaction that is durable once `sync` has returned after it.

        Nobody may be told of what it did before that. The next writer need not wait for the disk.
        For `is_again` see `Tx`.
        """
        with self._writing(Mode.PENDING) as tx:
            tx.is_again = is_again
            yield tx

    def sync(self) -> None:
        """Wait until everything that was committed is on the disk; PostgreSQL's commits are."""
        if self._file is not None:
            self._file.log.sync()

    @contextmanager
    def write_bulk(self) -> Iterator[Tx]:
        """Open a transaction that is undone if it raises, durable with the next `write` or `sync`.

        For many small steps that somebody takes up again after a crash: nobody waits for the disk
        meanwhile, and what SQLite moves from its log into the database is moved here rather than
        in somebody's reading. Beside 100 rows at a time readings wait 4 ms in 99 % of cases, in
        ordinary transactions 22 ms.
        """
        with self._writing(Mode.BULK) as tx:
            tx.wait_for_no_disk()
            yield tx

    @contextmanager
    def _writing(self, mode: Mode) -> Iterator[Tx]:
        with self._turn(), self._transaction(self._writer) as tx:
            self._begin_writing(tx, mode)
            yield tx
            tx.commit()
        if self._file is not None:
            self._file.log.note_commit()

    def _begin_writing(self, tx: Tx, mode: Mode) -> None:
        """Begin; on PostgreSQL that goes with the first statement."""
        if self._file is None:
            tx.open_wire()
        else:
            tx.use_mode(mode)
            with self._file.passing():
                tx.raw.execute("BEGIN IMMEDIATE")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the threads of this process that write to the one SQLite file before us."""
        lock = self._write_lock
        if lock is not None and not lock.acquire(blocking=False):
            self._wait_for(lock)
        try:
            yield
        finally:
            if lock is not None:
                lock.release()

    def _wait_for(self, lock: threading.Lock) -> None:
        name = threading.get_ident()
        self._waiting.add(name)
        try:
            if not lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
                raise UnavailableError("database_busy")
        finally:
            self._waiting.discard(name)

    @property
    def is_awaited(self) -> bool:
        """Say whether a thread of this process waits to write; never where many write at once."""
        return bool(self._waiting)

    def find_change(self) -> object:
        """Return what is another value once somebody has committed a change, in any process.

        On SQLite a change of the same few milliseconds may be missed, on PostgreSQL one of another
        database of the same server is seen too. Not to be asked within a transaction that writes.
        """
        if self._file is not None:
            return self._file.log.find_change()
        with self.read() as tx:
            return tx.run("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")

    @contextmanager
    def watching(self, listener: Listener) -> Iterator[None]:
        """Call `listener` with every statement any thread sends while the block runs."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def close(self) -> None:
        """Close every pooled connection; open transactions must have ended."""
        if self._file is not None:
            self._file.log.close()
        self._reader.dispose()
        self._writer.dispose()
        if self._file is not None:
            self._file.close()

    @contextmanager
    def _transaction(self, engine: sa.Engine) -> Iterator[Tx]:
        """Give out a connection for one transaction, and name the failures of the database."""
        try:
            with closing(Tx(engine, engine.raw_connection(), self._listeners)) as tx:
                try:
                    yield tx
                except BaseException as error:
                    tx.discard_if_broken(error)
                    raise
        except (sa.exc.SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
            refusal = name_failure(error)
            if refusal is None:
                raise
            raise refusal from error


def _parse_url(url: str | None, data: Path) -> URL:
    if url is None:
        return URL.create("sqlite", database=str(data / FILE_NAME))
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise InvalidError("database_url_invalid", field="database") from error
    name = parsed.drivername
    if name in {"postgresql", "postgres", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if name != "sqlite" or not parsed.database or parsed.database.startswith(":"):
        raise InvalidError("database_url_invalid", field="database")
    return parsed


def _open_postgresql(url: URL, pool_size: int) -> Database:
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        connect_args={"connect_timeout": 5, "application_name": "trueorigin"},
    )

    @sa.event.listens_for(engine, "connect")
    def configure(connection: psycopg.Connection[Any], _record: object) -> None:
        # SET rather than start-up options: connection poolers drop those.
        connection.execute(
            "SELECT set_config('statement_timeout', %s, false),"
            " set_config('lock_timeout', %s, false),"
            " set_config('idle_in_transaction_session_timeout', %s, false)",
            (str(STATEMENT_TIMEOUT_MS), str(LOCK_TIMEOUT_MS), str(IDLE_TIMEOUT_MS)),
        )
        connection.commit()
        # See `Wire`, which does.
        connection.prepare_threshold = None

    @sa.event.listens_for(engine, "checkout")
    def require_alive(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
        # A server that was restarted costs one reconnect, not one failed request a connection.
        # When it closes a connection it says so, and something waits to be read; asking it each
        # time would be one more round trip, 60 us of ours.
        waiting = select.poll()
        if not connection.closed:
            waiting.register(connection.fileno(), select.POLLIN)
        if connection.closed or waiting.poll(0):
            raise sa.exc.DisconnectionError

    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(engine, reader, location=url.render_as_string(hide_password=True))


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@lru_cache(maxsize=1)
def newest_revision() -> str:
    """Return the schema revision this program was written for; finding out takes 30 ms, once."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def schema_revision(tx: Tx) -> str | None:
    """Return the revision the database is at, or None where it holds no TrueOrigin schema."""
    if not sa.inspect(tx.connection).has_table("alembic_version"):
        return None
    found = tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def require_current_schema(tx: Tx) -> None:
    """Raise unless the schema is exactly this program's: `schema_missing`, `schema_differs`."""
    found, expected = schema_revision(tx), newest_revision()
    if found is None:
        raise DomainError("schema_missing")
    if found != expected:
        raise DomainError("schema_differs", found=found, expected=expected)


def migrate(database: Database) -> None:
    """Apply every missing migration in one transaction; processes that start together take turns.

    A database that a newer program has already migrated is refused (`schema_differs`).
    """
    with database.write() as tx:
        tx.lift_timeouts()
        if tx.dialect == "postgresql":
            _require_version(tx)
            tx.run("SET LOCAL lock_timeout = '60s'")
            tx.run("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        found = schema_revision(tx)
        known = {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}
        if found is not None and found not in known:
            raise DomainError("schema_differs", found=found, expected=newest_revision())
        if found != newest_revision():
            command.upgrade(_config(tx.connection), "head")


def _require_version(tx: Tx) -> None:
    version = int(tx.run("SHOW server_version_num")[0][0]) // 10_000
    if version < POSTGRESQL_LEAST:
        raise DomainError("database_too_old", found=version, least=POSTGRESQL_LEAST)
