# SPDX-License-Identifier: Apache-2.0
"""Who handles goods, where, and what was found of them: new tables, and an index on events."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
)

from trueorigin.storage.types import Document, Identifier, Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ix_event_organisation_id_id", "event", ["organisation_id", "id"])
    op.create_table(
        "run_mark",
        Column("run_id", BigInteger(), autoincrement=False, nullable=False),
        ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_mark_run_id")),
        PrimaryKeyConstraint("run_id", name=op.f("pk_run_mark")),
    )
    _create_sites()
    _create_territories()
    _create_partnerships()
    _create_inspections()
    _create_diversions()


def _belongs_to(table: str, column: str = "organisation_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], ["organisation.id"], name=op.f(f"fk_{table}_{column}"))


def _create_sites() -> None:
    op.create_table(
        "site",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("gln", Text()),
        Column("country", Text()),
        Column("region", Text()),
        Column("address", Text()),
        Column("latitude", Double()),
        Column("longitude", Double()),
        Column("is_public", SmallInteger(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("closed_at", Instant()),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_site_position")),
        _belongs_to("site"),
        PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_index("uq_site_organisation_id_gln", "site", ["organisation_id", "gln"], unique=True)
    op.create_index("ix_site_organisation_id_id", "site", ["organisation_id", "id"])


def _create_territories() -> None:
    op.create_table(
        "territory",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("name_zh", Text()),
        Column("name_en", Text()),
        Column("areas", Document(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("closed_at", Instant()),
        _belongs_to("territory"),
        PrimaryKeyConstraint("id", name=op.f("pk_territory")),
    )
    op.create_index("ix_territory_organisation_id_id", "territory", ["organisation_id", "id"])


def _create_partnerships() -> None:
    op.create_table(
        "partnership",
        Column("organisation_id", Identifier(), nullable=False),
        Column("partner_id", Identifier(), nullable=False),
        Column("may_bring", SmallInteger(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("ended_at", Instant()),
        CheckConstraint("organisation_id <> partner_id", name=op.f("ck_partnership_two")),
        _belongs_to("partnership"),
        _belongs_to("partnership", "partner_id"),
        PrimaryKeyConstraint("organisation_id", "partner_id", name=op.f("pk_partnership")),
    )
    op.create_index("ix_partnership_partner_id", "partnership", ["partner_id"])


def _create_inspections() -> None:
    op.create_table(
        "inspection",
        Column("event_id", Identifier(), nullable=False),
        Column("run_id", BigInteger(), autoincrement=False, nullable=False),
        Column("level", SmallInteger(), autoincrement=False, nullable=False),
        Column("start", BigInteger(), autoincrement=False, nullable=False),
        Column("stop", BigInteger(), nullable=False),
        Column("authority_id", Identifier(), nullable=False),
        Column("owner_id", Identifier(), nullable=False),
        Column("result", Text(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("recorded_at", Instant(), nullable=False),
        PrimaryKeyConstraint("event_id", "run_id", "level", "start", name=op.f("pk_inspection")),
    )
    op.create_index(
        "ix_inspection_authority_id_event_id", "inspection", ["authority_id", "event_id"]
    )
    op.create_index("ix_inspection_owner_id_event_id", "inspection", ["owner_id", "event_id"])


def _create_diversions() -> None:
    op.create_table(
        "diversion",
        Column("unit_key", BigInteger(), autoincrement=False, nullable=False),
        Column("scan_id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("territory_id", Identifier(), nullable=False),
        Column("event_id", Identifier(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("place", Text(), nullable=False),
        Column("km", BigInteger(), nullable=False),
        PrimaryKeyConstraint("unit_key", "scan_id", name=op.f("pk_diversion")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_diversion_organisation_id_scan_id", "diversion", ["organisation_id", "scan_id"]
    )
