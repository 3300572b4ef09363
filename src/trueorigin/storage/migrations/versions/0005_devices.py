# SPDX-License-Identifier: Apache-2.0
"""Phones and kiosks of an organisation: a new table only, no old one is changed."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

from trueorigin.storage.types import Identifier, Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "device",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("profile", Text(), nullable=False),
        Column("label", Text(), nullable=False),
        Column("site_id", Identifier()),
        Column("person_id", Identifier()),
        Column("created_by", Identifier()),
        Column("created_at", Instant(), nullable=False),
        Column("enrol_hash", LargeBinary()),
        Column("enrol_expires_at", Instant()),
        Column("secret_hash", LargeBinary()),
        Column("enrolled_at", Instant()),
        Column("revoked_at", Instant()),
        Column("last_seen_at", Instant()),
        Column("app_version", Text()),
        CheckConstraint("kind IN ('field', 'kiosk')", name=op.f("ck_device_kind")),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_device_organisation_id"
        ),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_device_person_id"),
        PrimaryKeyConstraint("id", name="pk_device"),
        UniqueConstraint("enrol_hash", name="uq_device_enrol_hash"),
        UniqueConstraint("secret_hash", name="uq_device_secret_hash"),
    )
    op.create_index("ix_device_organisation_id_id", "device", ["organisation_id", "id"])
    op.create_index("ix_device_person_id", "device", ["person_id"])
