# SPDX-License-Identifier: Apache-2.0
"""What SQLite and PostgreSQL spell differently, one function per difference, side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from trueorigin.domain.errors import ConflictError
from trueorigin.storage.database import Dialect, Tx

# What of an identifier takes turns: 62 random bits, and two that are the same in all.
_LAST_HALF: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """A rule that no two rows agree in `columns`, and the refusal that names it."""

    columns: tuple[str, ...]
    code: str
    field: str


def insert_new(tx: Tx, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert `rows` in one statement, leave out those that exist; return how many were new."""
    if not rows:
        return 0
    # Both databases spell ON CONFLICT alike; SQLAlchemy keeps one class for each.
    insert = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    statement = insert(table).values(rows).on_conflict_do_nothing()
    return tx.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def insert_unique(
    tx: Tx, table: sa.Table, row: Mapping[str, Any], rules: Sequence[Unique] = ()
) -> None:
    """Insert one row, or raise the `ConflictError` of the first rule it breaks.

    Asks instead of failing: a failed statement would end the transaction on PostgreSQL, and its
    message names an index, not a field.
    """
    if insert_new(tx, table, [row]):
        return
    for rule in rules:
        # NULL equals nothing, so it breaks no rule.
        if any(row[name] is None for name in rule.columns):
            continue
        same = [table.c[name] == row[name] for name in rule.columns]
        if tx.execute(sa.select(sa.literal(1)).select_from(table).where(*same)).first():
            raise ConflictError(rule.code, field=rule.field, value=str(row[rule.columns[-1]]))
    raise ConflictError("id_taken", field="id")


def take_turns(tx: Tx, names: Iterable[int]) -> None:
    """Wait for other transactions that named one of these, and make others wait until the end.

    Names have 64 bits. All are taken in one order, so ask once a transaction, and early. SQLite's
    one writer has all turns.
    """
    if tx.dialect == "postgresql":
        wanted = [_sign(each) for each in sorted(set(names))]
        if wanted:
            tx.send(
                "SELECT pg_advisory_xact_lock(n) FROM unnest(%s::bigint[]) AS n", [_array(wanted)]
            )


def take_turns_by(tx: Tx, ids: Iterable[UUID]) -> None:
    """Take turns, see `take_turns`, with those that named one of these identifiers."""
    take_turns(tx, (each.int & _LAST_HALF for each in ids))


def _sign(name: int) -> int:
    """Return 64 bits as PostgreSQL counts: with a sign."""
    return name - (1 << 64) if name >> 63 else name


@cache
def rows_sql(dialect: Dialect, columns: str) -> str:
    """Return a FROM item with many rows sent as parameters: columns given as "name type, ...".

    Its parameters are made by `rows_params`. The rows keep their order.
    """
    names, types = zip(*(column.split() for column in columns.split(",")), strict=True)
    if dialect == "postgresql":
        arrays = ", ".join(f"%s::{each}[]" for each in types)
        return f"unnest({arrays}) AS r({', '.join(names)})"
    parts = ", ".join(
        f"json_extract(value, '$[{number}]') AS {name}" for number, name in enumerate(names)
    )
    return f"(SELECT {parts} FROM json_each(?)) AS r"  # noqa: S608 - our own names


def rows_params(dialect: Dialect, rows: Sequence[Sequence[object]]) -> list[object]:
    """Return the parameters of `rows_sql` for `rows`, of which there is at least one."""
    if dialect == "postgresql":
        return [_array(column) for column in zip(*rows, strict=True)]
    return [orjson.dumps(rows).decode()]


def _array(values: Sequence[object]) -> str:
    """Write an array of numbers, identifiers or text as PostgreSQL does.

    Its form and JSON's differ in the brackets, and in escapes: those are written one by one.
    """
    text = orjson.dumps(values).decode()
    if "\\" not in text:
        return f"{{{text[1:-1]}}}"
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: object) -> str:
    """Write one value of an array: quoted, with backslashes before what would end the quotes."""
    if value is None:
        return "NULL"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def keys_sql(dialect: Dialect, column: str) -> str:
    """Return the condition that `column`, a big integer, is among a list sent as a parameter."""
    if dialect == "postgresql":
        return f"{column} = ANY(%s::bigint[])"
    return f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own names


def keys_param(dialect: Dialect, keys: Sequence[int] | Sequence[UUID]) -> object:
    """Return the parameter of `keys_sql`, or of a like condition on identifiers."""
    return _array(keys) if dialect == "postgresql" else orjson.dumps(keys).decode()


def match_few(dialect: Dialect, column: str, ids: Sequence[UUID]) -> tuple[str, list[object]]:
    """Return the condition that `column` is one of a few identifiers, and its parameters.

    SQLite is given them one by one: of one identifier that takes 4 us, read from a list 16 us.
    """
    if dialect == "postgresql":
        return f"{column} = ANY(%s::uuid[])", [keys_param(dialect, ids)]
    return f"{column} IN ({', '.join('?' * len(ids))})", list(to_texts(ids))


def copy_rows(tx: Tx, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Add many rows of driver values as fast as each database can; names must be our own."""
    names = ", ".join(f'"{name}"' for name in columns)
    if tx.dialect == "sqlite":
        marks = ", ".join("?" * len(columns))
        tx.run_many(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - our own names
        return
    cursor = cast("psycopg.Cursor[Any]", tx.driver)
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def ranges_table(dialect: Dialect, ranges: Sequence[tuple[int, int]]) -> sa.CTE:
    """Return ranges [low, high] of whole numbers, sent as parameters, as a table to join with."""
    if dialect == "postgresql":
        lows, highs = zip(*ranges, strict=True) if ranges else ((), ())
        arrays = (sa.cast(list(each), postgresql.ARRAY(sa.Integer)) for each in (lows, highs))
        given = sa.func.unnest(*arrays).table_valued("low", "high").render_derived()
        return sa.select(given.c.low, given.c.high).cte()
    each = sa.func.json_each(orjson.dumps(ranges).decode()).table_valued("value")
    low, high = (
        sa.cast(sa.func.json_extract(each.c.value, f"$[{place}]"), sa.Integer) for place in (0, 1)
    )
    return sa.select(low.label("low"), high.label("high")).cte()


def to_identifiers(dialect: Dialect, ids: Sequence[UUID]) -> Sequence[UUID | str]:
    """Return identifiers as the driver takes them."""
    return ids if dialect == "postgresql" else to_texts(ids)


def to_texts(ids: Sequence[UUID]) -> list[str]:
    """Write identifiers in their canonical form; 0.15 us each, by `str` 0.7 us."""
    texts: list[str] = orjson.loads(orjson.dumps(ids))
    return texts


def to_uuid(value: UUID | str) -> UUID:
    """Return an identifier as the driver hands it out: native on PostgreSQL, text on SQLite."""
    return UUID(value) if isinstance(value, str) else value


def in_bytewise_order(dialect: Dialect, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Order text alike on both: SQLite compares bytes, PostgreSQL by the database's locale."""
    if dialect == "postgresql" and isinstance(column.type, sa.Text):
        return sa.collate(column, "C")
    return column
