# SPDX-License-Identifier: Apache-2.0
"""Keep what became of each row of an uploaded file of events."""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, SmallInteger

from trueorigin.storage.types import Document, Identifier

revision = "0010"
down_revision = "0009"

_COUNTS = ("rows", "stored", "repeated", "flagged", "refused")


def upgrade() -> None:
    op.create_table(
        "event_upload_part",
        Column("job_id", Identifier(), nullable=False),
        Column("first", Integer(), autoincrement=False, nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        *(Column(name, Integer(), nullable=False) for name in _COUNTS),
        Column("is_judged", SmallInteger(), nullable=False),
        Column("results", Document(), nullable=False),
        ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_event_upload_part_job_id")),
        ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_upload_part_organisation_id"),
        ),
        PrimaryKeyConstraint("job_id", "first", name=op.f("pk_event_upload_part")),
        sqlite_with_rowid=False,
    )
