"""Transactions: snapshots, durability, one writer, and the failures of the database itself."""

import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from tests.factories import NOW, make_organisation, make_scan

from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import unit_key
from trueorigin.storage import accounts, catalog, database as module, scans
from trueorigin.storage.database import (
    LOCK_TIMEOUT_MS,
    STATEMENT_TIMEOUT_MS,
    Database,
    Tx,
    migrate,
    newest_revision,
    require_current_schema,
    schema_revision,
)
from trueorigin.storage.failures import name_failure
from trueorigin.storage.sqlite_file import BUSY_TIMEOUT_MS


def _add_host(tx: Tx, host: str) -> None:
    catalog.append_public_host(tx, host, NOW)


def test_a_write_is_seen_after_its_end(database: Database) -> None:
    with database.write() as tx:
        _add_host(tx, "t.example")
    with database.read() as tx:
        assert catalog.list_public_hosts(tx) == ["t.example"]


def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as tx:
            _add_host(tx, "t.example")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as tx:
        assert catalog.list_public_hosts(tx) == []


def test_a_write_is_not_seen_before_its_end(database: Database) -> None:
    with database.write() as tx:
        _add_host(tx, "t.example")
        with database.read() as other:
            assert catalog.list_public_hosts(other) == []


def test_a_reader_keeps_its_snapshot_while_others_write(database: Database) -> None:
    with database.read() as reader:
        assert catalog.list_public_hosts(reader) == []
        with database.write() as tx:
            _add_host(tx, "t.example")
            accounts.append_organisation(tx, make_organisation())
        assert catalog.list_public_hosts(reader) == []
        assert accounts.list_organisations(reader, None, 10) == []


def test_a_reader_cannot_write(database: Database) -> None:
    with (
        pytest.raises((sa.exc.DBAPIError, DomainError)),
        database.read() as tx,
    ):
        _add_host(tx, "t.example")
    with database.read() as tx:
        assert catalog.list_public_hosts(tx) == []


def test_raw_and_core_statements_share_one_transaction(database: Database) -> None:
    def fail() -> None:
        with database.write() as tx:
            tx.run("INSERT INTO public_host (host, created_at) VALUES ('raw.example', 1)")
            assert catalog.list_public_hosts(tx) == ["raw.example"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as tx:
        assert catalog.list_public_hosts(tx) == []


def test_many_threads_write_without_losing_one(database: Database) -> None:
    organisation = make_organisation()
    with database.write() as tx:
        accounts.append_organisation(tx, organisation)
        accounts.append_epoch(tx, TenantScope(organisation.id), 0, b"k", NOW)
    drawn: list[tuple[int, int]] = []

    def draw() -> None:
        for _ in range(10):
            with database.write() as tx:
                drawn.append(accounts.allocate_ordinal(tx, TenantScope(organisation.id)))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == [(0, number) for number in range(40)]


def test_many_threads_read_while_one_writes(database: Database) -> None:
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                with database.read() as tx:
                    hosts = catalog.list_public_hosts(tx)
                    assert len(hosts) % 2 == 0
        except BaseException as error:  # noqa: BLE001 - reported by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(20):
        with database.write() as tx:
            _add_host(tx, f"a{number}.example")
            _add_host(tx, f"b{number}.example")
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_transaction_that_ended_leaves_no_cursor_behind(database: Database) -> None:
    """Collected later, it would reset a statement that another thread is running by then."""
    with database.write() as tx:
        tx.run("SELECT 1")
    with pytest.raises((sqlite3.ProgrammingError, psycopg.InterfaceError)):
        tx.run("SELECT 1")


def test_threads_that_share_the_writer_never_disturb_each_other(database: Database) -> None:
    failures: list[BaseException] = []

    def write(thread: int) -> None:
        try:
            for turn in range(60):
                with database.write() as tx:
                    rows = [make_scan(unit_key(1 + thread, 0, turn)) for _ in range(50)]
                    scans.append_scans(tx, rows)
                    assert len(scans.list_scans(tx, rows[0].unit_key, limit=99)) == 50
        except BaseException as error:  # noqa: BLE001 - reported by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.read() as tx:
        assert tx.run("SELECT count(*) FROM scan") == [(4 * 60 * 50,)]


def test_sqlite_commits_are_durable_and_keys_are_enforced(sqlite_database: Database) -> None:
    with sqlite_database.write() as tx:
        assert tx.run("PRAGMA journal_mode") == [("wal",)]
        assert tx.run("PRAGMA synchronous") == [(2,)]
        assert tx.run("PRAGMA foreign_keys") == [(1,)]
        assert tx.run("PRAGMA busy_timeout") == [(BUSY_TIMEOUT_MS,)]


def test_sqlite_file_is_private(tmp_path: Path) -> None:
    database = Database.open(None, tmp_path / "data")
    migrate(database)
    database.close()
    file = tmp_path / "data" / module.FILE_NAME
    for each in file.parent.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600, each
    assert file.exists()
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_another_process_writes_while_this_one_does(sqlite_database: Database) -> None:
    """The command line beside a busy server: each gets its turn, nothing is lost."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from trueorigin.domain.ids import from_microseconds\n"
        "from trueorigin.storage import catalog\n"
        "from trueorigin.storage.database import Database\n"
        "database = Database.open(None, Path(sys.argv[1]))\n"
        "for number in range(20):\n"
        "    with database.write() as tx:\n"
        "        catalog.append_public_host(tx, f'cli{number}', from_microseconds(0))\n"
        "database.close()\n"
    )
    folder = str(Path(sqlite_database.location).parent)
    command = [sys.executable, "-c", script, folder]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        number = 0
        while process.poll() is None:
            with sqlite_database.write() as tx:
                _add_host(tx, f"server{number}")
            number += 1
        assert process.stderr is not None
        assert process.returncode == 0, process.stderr.read()
    with sqlite_database.read() as tx:
        hosts = catalog.list_public_hosts(tx)
    assert len([host for host in hosts if host.startswith("cli")]) == 20
    assert len([host for host in hosts if host.startswith("server")]) == number > 20


def test_a_writer_that_waits_too_long_is_told_so(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 50)
    with (
        sqlite_database.write(),
        pytest.raises(DomainError) as caught,
        sqlite_database.write(),
    ):
        pass
    assert caught.value.code == "database_busy"


def test_a_postgresql_statement_that_takes_too_long_is_ended(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_TIMEOUT_MS", LOCK_TIMEOUT_MS)
    monkeypatch.setattr(module, "STATEMENT_TIMEOUT_MS", STATEMENT_TIMEOUT_MS)
    with postgres_database.write() as tx:
        assert tx.run("SHOW statement_timeout") == [("5s",)]
        assert tx.run("SHOW lock_timeout") == [("4s",)]
        assert tx.run("SHOW idle_in_transaction_session_timeout") == [("1min",)]

    def sleep() -> None:
        with postgres_database.write() as tx:
            tx.run("SET LOCAL statement_timeout = 20")
            tx.run("SELECT pg_sleep(2)")

    with pytest.raises(DomainError) as caught:
        sleep()
    assert caught.value.code == "database_busy"
    with postgres_database.write() as tx:
        tx.lift_timeouts()
        assert tx.run("SHOW statement_timeout") == [("0",)]
    with postgres_database.write() as tx:
        assert tx.run("SHOW statement_timeout") == [("5s",)]


def test_a_postgresql_lock_that_takes_too_long_is_given_up(postgres_database: Database) -> None:
    def wait() -> None:
        with postgres_database.write() as tx:
            tx.run("SET LOCAL lock_timeout = 20")
            _add_host(tx, "t.example")

    with postgres_database.write() as tx:
        tx.run("LOCK TABLE public_host")
        with pytest.raises(DomainError) as caught:
            wait()
    assert caught.value.code == "database_busy"


def test_a_connection_that_died_is_replaced(postgres_database: Database) -> None:
    def lose_connection() -> None:
        with postgres_database.write() as tx:
            pid = tx.run("SELECT pg_backend_pid()")[0][0]
            with postgres_database.write() as other:
                other.run("SELECT pg_terminate_backend(%s)", (pid,))
            tx.run("SELECT 1")

    with pytest.raises(DomainError) as caught:
        lose_connection()
    assert caught.value.code == "database_unreachable"
    with postgres_database.write() as tx:
        assert tx.run("SELECT 1") == [(1,)]


def test_connections_that_the_server_closed_while_idle_are_replaced(
    postgres_database: Database,
) -> None:
    with postgres_database.write() as one, postgres_database.write() as other:
        pids = [tx.run("SELECT pg_backend_pid()")[0][0] for tx in (one, other)]
    with postgres_database.write() as tx:
        [(own,)] = tx.run("SELECT pg_backend_pid()")
        [idle] = set(pids) - {own}
        tx.run("SELECT pg_terminate_backend(%s, 5000)", (idle,))
    for database in (postgres_database.write, postgres_database.read):
        with database() as one, database() as other:
            found = {tx.run("SELECT pg_backend_pid()")[0][0] for tx in (one, other)}
        assert idle not in found
        assert len(found) == 2


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://nobody@127.0.0.1:1/none", id="nothing listens"),
        pytest.param("postgresql://nobody@/none?host=/nonexistent", id="no such socket"),
    ],
)
def test_an_unreachable_server_is_named(url: str, tmp_path: Path) -> None:
    database = Database.open(url, tmp_path)
    with pytest.raises(DomainError) as caught, database.read():
        pass
    assert caught.value.code == "database_unreachable"
    database.close()


def test_a_server_that_knows_no_such_database_is_named(postgres_url: str, tmp_path: Path) -> None:
    url = sa.make_url(postgres_url).set(database="missing").render_as_string(hide_password=False)
    database = Database.open(url, tmp_path)
    with pytest.raises(DomainError) as caught, database.read():
        pass
    assert caught.value.code == "database_unreachable"
    database.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DomainError) as caught:
        Database.open(None, tmp_path / "file")
    assert caught.value.code == "folder_unwritable"


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / module.FILE_NAME).write_bytes(b"not a database" * 1000)
    database = Database.open(None, tmp_path)
    with pytest.raises(DomainError) as caught:
        migrate(database)
    assert caught.value.code == "database_damaged"
    database.close()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("mysql://u@h/d", id="other database"),
        pytest.param("nonsense", id="no url"),
        pytest.param("", id="empty"),
        pytest.param("sqlite://", id="in memory"),
        pytest.param("sqlite:///:memory:", id="in memory by name"),
    ],
)
def test_a_url_we_cannot_use_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidError) as caught:
        Database.open(url, tmp_path)
    assert caught.value.code == "database_url_invalid"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_location_never_shows_the_password(scheme: str, tmp_path: Path) -> None:
    database = Database.open(f"{scheme}://alice:hunter2@db.example/trueorigin", tmp_path)
    assert database.dialect == "postgresql"
    assert "hunter2" not in database.location
    assert "db.example" in database.location
    database.close()


def test_a_sqlite_url_names_the_file(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/other.db", tmp_path / "unused")
    migrate(database)
    database.close()
    assert (tmp_path / "other.db").exists()
    assert not (tmp_path / "unused").exists()


def test_an_empty_database_has_no_schema(tmp_path: Path) -> None:
    database = Database.open(None, tmp_path)
    with database.read() as tx:
        assert schema_revision(tx) is None
        with pytest.raises(DomainError) as caught:
            require_current_schema(tx)
    assert caught.value.code == "schema_missing"
    database.close()


def test_a_schema_of_a_newer_program_is_refused(database: Database) -> None:
    with database.write() as tx:
        tx.run("UPDATE alembic_version SET version_num = '9999'")
    with database.read() as tx, pytest.raises(DomainError) as caught:
        require_current_schema(tx)
    assert caught.value.code == "schema_differs"
    assert caught.value.params == {"found": "9999", "expected": newest_revision()}
    with pytest.raises(DomainError) as refused:
        migrate(database)
    assert refused.value.code == "schema_differs"


def test_an_old_postgresql_is_refused(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POSTGRESQL_LEAST", 99)
    with pytest.raises(DomainError) as caught:
        migrate(postgres_database)
    assert caught.value.code == "database_too_old"
    assert caught.value.params["least"] == 99


def test_processes_that_start_together_migrate_once(
    postgres_url: str, postgres_server: object, tmp_path: Path
) -> None:
    del postgres_server
    admin = Database.open(postgres_url, tmp_path)
    name = f"together_{id(admin)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    admin.close()
    url = sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    failures: list[BaseException] = []

    def start() -> None:
        database = Database.open(url, tmp_path)
        try:
            migrate(database)
            with database.read() as tx:
                require_current_schema(tx)
        except BaseException as error:  # noqa: BLE001 - reported by the test's own thread
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")
    assert failures == []


def test_a_failed_migration_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database.open(None, tmp_path)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("alembic.operations.Operations.create_index", fail)
    with pytest.raises(ZeroDivisionError):
        migrate(database)
    with database.read() as tx:
        assert sa.inspect(tx.connection).get_table_names() == []
    database.close()


def test_watching_sees_every_statement_and_stops(database: Database) -> None:
    seen: list[object] = []
    with database.watching(seen.append), database.write() as tx:
        tx.run("SELECT 1")
        _add_host(tx, "t.example")
    assert len(seen) == 2
    with database.read() as tx:
        catalog.list_public_hosts(tx)
    assert len(seen) == 2


def _sqlite_error(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(_sqlite_error("SQLITE_BUSY"), "database_busy", id="busy"),
        pytest.param(_sqlite_error("SQLITE_BUSY_SNAPSHOT"), "database_busy", id="busy snapshot"),
        pytest.param(_sqlite_error("SQLITE_FULL"), "database_full", id="disk full"),
        pytest.param(_sqlite_error("SQLITE_IOERR_WRITE"), "database_unreachable", id="disk gone"),
        pytest.param(_sqlite_error("SQLITE_CORRUPT"), "database_damaged", id="damaged"),
        pytest.param(_sqlite_error("SQLITE_ERROR"), None, id="our own fault"),
        pytest.param(psycopg.errors.DeadlockDetected(), "database_busy", id="deadlock"),
        pytest.param(psycopg.errors.SerializationFailure(), "database_busy", id="serialisation"),
        pytest.param(psycopg.errors.DiskFull(), "database_full", id="server's disk full"),
        pytest.param(psycopg.errors.AdminShutdown(), "database_unreachable", id="shutdown"),
        pytest.param(psycopg.errors.TooManyConnections(), "database_busy", id="connections"),
        pytest.param(psycopg.errors.InvalidPassword(), "database_unreachable", id="password"),
        pytest.param(psycopg.errors.UniqueViolation(), "changed_meanwhile", id="duplicate"),
        pytest.param(psycopg.errors.UndefinedTable(), None, id="our own fault on PostgreSQL"),
        pytest.param(psycopg.OperationalError(), "database_unreachable", id="no answer"),
        pytest.param(psycopg.ProgrammingError(), None, id="misuse of the driver"),
        pytest.param(sa.exc.TimeoutError(), "database_busy", id="pool used up"),
        pytest.param(ZeroDivisionError(), None, id="not the database"),
    ],
)
def test_failures_have_names(error: BaseException, code: str | None) -> None:
    found = name_failure(error)
    assert (None if found is None else found.code) == code
