# SPDX-License-Identifier: Apache-2.0
"""Find what was sent to somebody: an index of the events that name a partner."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"

_NAMED = text("partner_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_event_partner_id_id",
        "event",
        ["partner_id", "id"],
        sqlite_where=_NAMED,
        postgresql_where=_NAMED,
    )
