# SPDX-License-Identifier: Apache-2.0
"""Remits of authorities, the words their searches use, where goods are, and notes to findings.

Words of what is registered already, and the cells in which goods were handled so far, are filled
in here; those in which they were read follow within the hour (`services/upkeep.py`). While the
program before this one still runs beside it, what it registers is not found; saving it once more
puts that right.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
)

from trueorigin.domain.cells import cell_of
from trueorigin.domain.remits import find_division
from trueorigin.domain.risk import build_place
from trueorigin.domain.words import fold_line, list_number_words, list_words
from trueorigin.storage.types import Document, Identifier, Instant

revision = "0011"
down_revision = "0010"

_CHUNK = 1000
# As in `storage/registry.py` and `storage/presence.py` when this was written.
_NAME, _CATEGORY, _ENTERPRISE, _SEAT = 1, 2, 3, 4
_HANDLED = 2
_ENTERPRISES = {"manufacturer", "seller", "logistics"}


def upgrade() -> None:
    _create_tables()
    for name, kind in (("cell", Integer()), ("closed_at", Instant())):
        op.add_column("inspection", Column(name, kind))
    op.create_index("ix_inspection_run_id_event_id", "inspection", ["run_id", "event_id"])
    bind = op.get_bind()
    words = sa.table(
        "registry_word",
        sa.column("kind", SmallInteger()),
        sa.column("word", LargeBinary()),
        sa.column("subject_id", Identifier()),
    )
    for rows in (_list_product_words(bind), _list_enterprise_words(bind)):
        for chunk in _cut(rows):
            bind.execute(sa.insert(words), chunk)
    _fill_presence(bind)


def _create_tables() -> None:
    op.create_table(
        "remit",
        Column("organisation_id", Identifier(), nullable=False),
        Column("regions", Document(), nullable=False),
        Column("categories", Document(), nullable=False),
        Column("set_at", Instant(), nullable=False),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_remit_organisation_id")
        ),
        PrimaryKeyConstraint("organisation_id", name=op.f("pk_remit")),
    )
    op.create_table(
        "registry_word",
        Column("kind", SmallInteger(), autoincrement=False, nullable=False),
        Column("word", LargeBinary(), nullable=False),
        Column("subject_id", Identifier(), nullable=False),
        PrimaryKeyConstraint("kind", "word", "subject_id", name=op.f("pk_registry_word")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_registry_word_subject_id_kind_word", "registry_word", ["subject_id", "kind", "word"]
    )
    op.create_table(
        "presence",
        Column("cell", Integer(), autoincrement=False, nullable=False),
        Column("product_id", Identifier(), nullable=False),
        Column("basis", SmallInteger(), autoincrement=False, nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        PrimaryKeyConstraint("cell", "product_id", "basis", name=op.f("pk_presence")),
        sqlite_with_rowid=False,
    )
    for column in ("product_id", "organisation_id"):
        op.create_index(f"ix_presence_{column}_cell", "presence", [column, "cell"])
    op.create_table(
        "presence_mark",
        Column("id", SmallInteger(), autoincrement=False, nullable=False),
        Column("day", BigInteger(), nullable=False),
        CheckConstraint("id = 1", name=op.f("ck_presence_mark_single")),
        PrimaryKeyConstraint("id", name=op.f("pk_presence_mark")),
    )
    op.create_table(
        "finding_note",
        Column("event_id", Identifier(), nullable=False),
        Column("id", Identifier(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("actor_id", Identifier()),
        Column("owner_id", Identifier()),
        Column("text", Text()),
        Column("at", Instant(), nullable=False),
        PrimaryKeyConstraint("event_id", "id", name=op.f("pk_finding_note")),
    )


def _list_product_words(bind: sa.Connection) -> Iterator[dict[str, Any]]:
    product = sa.table(
        "product",
        sa.column("id", Identifier()),
        *map(sa.column, ("name_zh", "name_en", "gtin", "internal_number", "category")),
    )
    for row in bind.execute(sa.select(product)).all():
        words = [*list_words((row.name_zh, row.name_en)),
                 *list_number_words((row.gtin, row.internal_number))]  # fmt: skip
        for word in dict.fromkeys(words):
            yield {"kind": _NAME, "word": word, "subject_id": row.id}
        if row.category:
            word = fold_line(row.category).encode()
            yield {"kind": _CATEGORY, "word": word, "subject_id": row.id}


def _list_enterprise_words(bind: sa.Connection) -> Iterator[dict[str, Any]]:
    organisation = sa.table(
        "organisation",
        sa.column("id", Identifier()),
        sa.column("roles", Document()),
        *map(sa.column, ("name", "legal_name", "uscc")),
    )
    for row in bind.execute(sa.select(organisation)).all():
        if not _ENTERPRISES.intersection(row.roles):
            continue
        words = [*list_words((row.name, row.legal_name)), *list_number_words((row.uscc,))]
        for word in dict.fromkeys(words):
            yield {"kind": _ENTERPRISE, "word": word, "subject_id": row.id}
        division = find_division(row.uscc)
        if division is not None:
            yield {"kind": _SEAT, "word": division.encode(), "subject_id": row.id}


def _cut(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _fill_presence(bind: sa.Connection) -> None:
    """Enter where events so far took place, of those that name a site whose position is known."""
    found = bind.execute(
        sa.text(
            "SELECT DISTINCT s.latitude, s.longitude, r.product_id, r.organisation_id"
            " FROM (SELECT unit_key / 17179869184 AS run_id, event_id FROM unit_event"
            " UNION SELECT run_id, event_id FROM range_event) AS t"
            " JOIN event AS e ON e.id = t.event_id AND e.is_declaration = 0"
            " JOIN site AS s ON s.id = e.site_id AND s.latitude IS NOT NULL"
            " JOIN run AS r ON r.id = t.run_id"
        ).columns(product_id=Identifier(), organisation_id=Identifier())
    ).all()
    table = sa.table(
        "presence",
        sa.column("cell", Integer()),
        sa.column("product_id", Identifier()),
        sa.column("basis", SmallInteger()),
        sa.column("organisation_id", Identifier()),
    )
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in found:
        place = build_place(each.latitude, each.longitude)
        if place is not None:
            cell = cell_of(place)
            rows[cell, each.product_id] = {
                "cell": cell,
                "product_id": each.product_id,
                "basis": _HANDLED,
                "organisation_id": each.organisation_id,
            }
    if rows:
        bind.execute(sa.insert(table), list(rows.values()))
