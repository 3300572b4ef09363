# SPDX-License-Identifier: Apache-2.0
"""The tables of supervision: what authorities answer for, look things up by, and follow.

Everybody else takes them from `schema.py`, which holds all tables.

    remit           which regions and categories an authority answers for; no row is no limit
    registry_word   words by which products and enterprises are found, across all enterprises
    presence        in which cells a product was read or handled
    presence_mark   up to which day readings are in `presence`
    finding_note    what was said to a finding: answers of the owner, closed and opened again
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)

from trueorigin.storage.metadata import REFERENCE, metadata
from trueorigin.storage.types import Document, Identifier, Instant

remit = Table(
    "remit",
    metadata,
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), primary_key=True),
    Column("regions", Document, nullable=False),
    Column("categories", Document, nullable=False),
    Column("set_at", Instant, nullable=False),
    info=REFERENCE,
)

# `kind` is a number of `WordKind`, `word` UTF-8: bytes are in one order on both databases.
registry_word = Table(
    "registry_word",
    metadata,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("word", LargeBinary, primary_key=True),
    Column("subject_id", Identifier, primary_key=True),
    Index(None, "subject_id", "kind", "word"),
    sqlite_with_rowid=False,
    info=REFERENCE,
)

# `cell` is a number of `domain/cells.py`, `basis` one of `Basis`.
presence = Table(
    "presence",
    metadata,
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("product_id", Identifier, primary_key=True),
    Column("basis", SmallInteger, primary_key=True, autoincrement=False),
    Column("organisation_id", Identifier, nullable=False),
    Index(None, "product_id", "cell"),
    Index(None, "organisation_id", "cell"),
    sqlite_with_rowid=False,
    info=REFERENCE,
)

# One row: days since 1970, UTC.
presence_mark = Table(
    "presence_mark",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("day", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single"),
    info=REFERENCE,
)

finding_note = Table(
    "finding_note",
    metadata,
    Column("event_id", Identifier, primary_key=True),
    Column("id", Identifier, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("organisation_id", Identifier, nullable=False),
    Column("actor_id", Identifier),
    Column("owner_id", Identifier),
    Column("text", Text),
    Column("at", Instant, nullable=False),
    info=REFERENCE,
)
