# SPDX-License-Identifier: Apache-2.0
"""More roles of people, and ways to search the trail.

Rows of before keep their meaning. While the program before this one still runs beside it, it
refuses people who were given one of the new roles.
"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, MetaData, Table, Text

from trueorigin.storage.types import Identifier, Instant

revision = "0007"
down_revision = "0006"

_ROLES = (
    "role IN ('owner', 'quality', 'production', 'packer', 'logistics', 'sales', 'inspector',"
    " 'read_only', 'member')"
)


def upgrade() -> None:
    # SQLite cannot change a constraint: there the table is copied, from what 0002 made of it.
    with op.batch_alter_table("membership", copy_from=_membership()) as table:
        table.drop_constraint(op.f("ck_membership_role"), type_="check")
        table.create_check_constraint(op.f("ck_membership_role"), _ROLES)
    for column in ("actor_id", "action"):
        op.create_index(
            f"ix_audit_organisation_id_{column}_id", "audit", ["organisation_id", column, "id"]
        )


def _membership() -> Table:
    return Table(
        "membership",
        MetaData(),
        Column("person_id", Identifier(), primary_key=True),
        Column("organisation_id", Identifier(), primary_key=True),
        Column("role", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        CheckConstraint("role IN ('owner', 'member')", name=op.f("ck_membership_role")),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id"),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_membership_organisation_id"
        ),
        Index("ix_membership_organisation_id", "organisation_id"),
    )
