# SPDX-License-Identifier: Apache-2.0
"""PgBouncer before PostgreSQL: one that keeps sessions serves, one that lends them is refused."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.e2e.program import Server, get_json, wait_until
from tests.e2e.test_serving import issue
from tools.install_debian import find_pgbouncer
from tools.ports import lend_port
from tools.test_postgres import as_server_user

# As many as one process asks for, and not one more.
SESSIONS = 10


@contextmanager
def pooled(url: str, mode: str) -> Iterator[str]:
    """Run PgBouncer before the database of `url`; yield the URL that leads through it."""
    program = find_pgbouncer()
    assert program is not None
    port, target = lend_port(), conninfo_to_dict(url)
    names = ("host", "port", "dbname", "user", "password")
    behind = " ".join(f"{name}={target[name]}" for name in names if target.get(name))
    settings = (
        f"[databases]\npooled = {behind}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
        f"default_pool_size = {SESSIONS}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        # The packaged user has to read it; pytest's own folders are closed to others.
        Path(folder).chmod(0o755)
        file = Path(folder) / "pgbouncer.ini"
        file.write_text(settings)
        command = as_server_user([program, "--quiet", str(file)])
        with subprocess.Popen(command) as bouncer:
            try:
                through = f"postgresql://{target['user']}@127.0.0.1:{port}/pooled"
                wait_until(lambda: bouncer.poll() is not None or is_open(through), "no answer")
                assert bouncer.poll() is None
                yield through
            finally:
                bouncer.kill()


def is_open(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_readings_go_through_a_pooler_that_keeps_sessions(
    postgres_backed_server: Server,
) -> None:
    server = postgres_backed_server
    direct = server.database
    assert direct is not None
    with pooled(direct, "session") as server.database:
        base = server.start()
        paths = issue(server, base)
        for path in paths * 3:
            status, answer = get_json(base, path)
            assert (status, answer["verdict"]) == (200, "genuine")
        assert len(server.list_scan_ids()) == 3 * len(paths)
        server.kill()
    server.database = direct
    assert "Traceback" not in server.logs()


def test_a_pooler_that_lends_sessions_is_refused_before_anything_is_made(
    postgres_backed_server: Server,
) -> None:
    server = postgres_backed_server
    direct = server.database
    assert direct is not None
    with pooled(direct, "transaction") as server.database:
        refused = server.try_cli("serve", "--port", str(lend_port()))
        seen = server.try_cli("doctor")
    server.database = direct
    assert refused.returncode == 2
    assert refused.stderr.endswith("[database_pooled]\n")
    assert len(refused.stderr.splitlines()) == 1
    assert seen.returncode == 1
    assert "[database_pooled]" in seen.stdout
    assert server.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_the_pooler_of_these_tests_is_what_it_is_taken_for(
    mode: str,
    postgres_backed_server: Server,
) -> None:
    direct = postgres_backed_server.database
    assert direct is not None
    with (
        pooled(direct, mode) as url,
        psycopg.connect(url) as one,
        psycopg.connect(url) as other,
    ):
        sessions = set()
        for connection in (one, other):
            sessions |= set(connection.execute("SELECT pg_backend_pid()").fetchall())
            connection.commit()
    assert len(sessions) == (2 if mode == "session" else 1)
