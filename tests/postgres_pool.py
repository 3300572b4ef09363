# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL databases for tests: migrated and empty, lent to one test after the other.

To copy a template costs a tenth of a second and more, to empty what a test filled two thousandths.
A database is lent again only when nothing shows that somebody had it before.
"""

import os
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

# Emptied tables keep the space of their rows, and reading past it takes time.
KEPT_BYTES_MAX = 2 << 20
# A connection that its test has closed may take a moment to be gone.
GOODBYE_MS = 10_000
# All that a migration or ANALYZE would change; sequences too, which nothing here sets back.
_SHAPE = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
    SELECT concat_ws(' ', c.oid, relname, relkind, relnatts, reloptions, reltuples, relpages, (
        SELECT string_agg(concat_ws(' ', attname, atttypid, attnotnull, atthasdef), ',')
        FROM pg_attribute WHERE attrelid = c.oid)) AS line
    FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', tgrelid, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_temp_%'
        AND nspname NOT LIKE 'pg_toast_temp_%'
    UNION ALL SELECT concat_ws(' ', schemaname, sequencename, last_value) FROM pg_sequences
) AS shape"""
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"""
_BYTES = """
SELECT sum(pg_relation_size(oid)) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"""
_SEND_AWAY = """
SELECT bool_and(pg_terminate_backend(pid, %s)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""

_numbers = count()
_Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pristine:
    """What every lent database looks like: its shape, its tables, and rows of migrations."""

    shape: str
    tables: tuple[str, ...]
    rows: dict[str, bytes]


@dataclass(slots=True, kw_only=True)
class PostgresServer:
    """A server on which tests create databases; `template` is migrated and empty."""

    url: str
    template: str
    pristine: Pristine | None = None
    returned: list[str] = field(default_factory=list)

    def database_url(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def create(self, template: str) -> str:
        """Copy a database and return the name of the copy."""
        name = f"trueorigin_test_{os.getpid()}_{next(_numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def lend(self) -> str:
        """Return the name of a database like the template, of which nobody else knows."""
        if self.pristine is None:
            with self._connect(self.template) as connection:
                self.pristine = read_pristine(connection)
        return self.returned.pop() if self.returned else self.create(self.template)

    def take_back(self, name: str) -> None:
        """Empty a lent database for the next test, or drop it where that cannot make it new."""
        assert self.pristine is not None
        with self._connect(name) as connection:
            is_new = make_new(connection, self.pristine)
        if is_new:
            self.returned.append(name)
        else:
            self.drop(name)

    def _connect(self, name: str) -> _Connection:
        return psycopg.connect(self.database_url(name), autocommit=True)


def read_pristine(connection: _Connection) -> Pristine:
    """Look at a database in the state that others shall be brought back to."""
    tables = tuple(name for (name,) in connection.execute(_TABLES))
    rows = {name: _copy_out(connection, name) for name in _list_used(connection, tables)}
    return Pristine(shape=_read_shape(connection), tables=tables, rows=rows)


def make_new(connection: _Connection, pristine: Pristine) -> bool:
    """Bring a database back to its first state; tell whether that worked."""
    connection.execute(_SEND_AWAY, [GOODBYE_MS])
    if _read_shape(connection) != pristine.shape:
        return False
    if connection.execute(_BYTES).fetchall()[0][0] > KEPT_BYTES_MAX:
        return False
    used = _list_used(connection, pristine.tables)
    changed = [name for name in used if name not in pristine.rows]
    changed += [
        name for name in pristine.rows if _copy_out(connection, name) != pristine.rows[name]
    ]
    with connection.transaction():
        _delete_rows(connection, changed)
        for name in set(changed) & set(pristine.rows):
            copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
            with connection.cursor().copy(copy) as target:
                target.write(pristine.rows[name])
    return True


def _read_shape(connection: _Connection) -> str:
    return str(connection.execute(_SHAPE).fetchall()[0][0])


def _list_used(connection: _Connection, tables: tuple[str, ...]) -> list[str]:
    one = sql.SQL("EXISTS (SELECT 1 FROM {})")
    each = sql.SQL(", ").join(one.format(sql.Identifier(name)) for name in tables)
    [flags] = connection.execute(sql.SQL("SELECT {}").format(each)).fetchall()
    return [name for name, is_used in zip(tables, flags, strict=True) if is_used]


def _delete_rows(connection: _Connection, tables: list[str]) -> None:
    """One statement for all, so that no order of foreign keys need be known."""
    if not tables:
        return
    one = sql.SQL("{} AS (DELETE FROM {})")
    names = [(sql.Identifier(f"gone_{at}"), sql.Identifier(name)) for at, name in enumerate(tables)]
    parts = sql.SQL(", ").join(one.format(*pair) for pair in names)
    connection.execute(sql.SQL("WITH {} SELECT").format(parts))


def _copy_out(connection: _Connection, name: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))
    with connection.cursor().copy(statement) as source:
        return b"".join(bytes(block) for block in source)
