# SPDX-License-Identifier: Apache-2.0
"""Events of the supply chain and whom they touch: new tables only, no old one is changed."""

from alembic import op
from sqlalchemy import BigInteger, CheckConstraint, Column, PrimaryKeyConstraint, SmallInteger

from trueorigin.storage.types import Document, Identifier, Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_events()
    _create_touches()


def _create_events() -> None:
    op.create_table(
        "event",
        Column("id", Identifier(), nullable=False),
        Column("is_declaration", SmallInteger(), autoincrement=False, nullable=False),
        Column("kind", SmallInteger(), nullable=False),
        Column("effect", SmallInteger(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("offset_minutes", SmallInteger(), nullable=False),
        Column("recorded_at", Instant(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("actor_id", Identifier()),
        Column("site_id", Identifier()),
        Column("partner_id", Identifier()),
        Column("about", Document(), nullable=False),
        Column("container", BigInteger()),
        Column("plan", Document()),
        Column("details", Document()),
        PrimaryKeyConstraint("id", "is_declaration", name="pk_event"),
        sqlite_with_rowid=False,
    )


def _create_touches() -> None:
    op.create_table(
        "unit_event",
        Column("unit_key", BigInteger(), autoincrement=False, nullable=False),
        Column("part", SmallInteger(), autoincrement=False, nullable=False),
        Column("at", Instant(), autoincrement=False, nullable=False),
        Column("event_id", Identifier(), nullable=False),
        Column("container", BigInteger()),
        PrimaryKeyConstraint("unit_key", "part", "at", "event_id", name="pk_unit_event"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "range_event",
        Column("run_id", BigInteger(), autoincrement=False, nullable=False),
        Column("level", SmallInteger(), autoincrement=False, nullable=False),
        Column("start", BigInteger(), autoincrement=False, nullable=False),
        Column("event_id", Identifier(), nullable=False),
        Column("stop", BigInteger(), nullable=False),
        Column("part", SmallInteger(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("container", BigInteger()),
        Column("base", BigInteger(), nullable=False),
        Column("size", BigInteger(), nullable=False),
        CheckConstraint(
            "start >= 0 AND start < stop AND stop <= 4294967296",
            name=op.f("ck_range_event_bounds"),
        ),
        PrimaryKeyConstraint("run_id", "level", "start", "event_id", name="pk_range_event"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_block",
        Column("run_id", BigInteger(), autoincrement=False, nullable=False),
        Column("level", SmallInteger(), autoincrement=False, nullable=False),
        Column("part", SmallInteger(), autoincrement=False, nullable=False),
        Column("exponent", SmallInteger(), autoincrement=False, nullable=False),
        Column("prefix", BigInteger(), autoincrement=False, nullable=False),
        Column("at", Instant(), autoincrement=False, nullable=False),
        Column("event_id", Identifier(), nullable=False),
        Column("container", BigInteger()),
        Column("base", BigInteger(), nullable=False),
        Column("size", BigInteger(), nullable=False),
        PrimaryKeyConstraint(
            "run_id",
            "level",
            "part",
            "exponent",
            "prefix",
            "at",
            "event_id",
            name="pk_event_block",
        ),
        sqlite_with_rowid=False,
    )
