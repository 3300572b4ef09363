# SPDX-License-Identifier: Apache-2.0
"""The ledger line of a unit's first phone may hold what is known of the unit, on SQLite.

Nothing is moved: states that have rows of their own keep them. The program before knows nothing of
such lines, and only one program may write to a SQLite file at a time.
"""

from alembic import op
from sqlalchemy import BigInteger, Column

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("scan", Column("alias", BigInteger()))
