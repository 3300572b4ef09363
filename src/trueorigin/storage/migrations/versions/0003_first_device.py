# SPDX-License-Identifier: Apache-2.0
"""The first phone of a unit beside its state: two rows of three less for most units.

Nothing is filled in: a row without it was written by the program before, which keeps every phone
in `unit_device`. That program does not look here. While it still runs beside this one it may count
a unit's first phone again, which by itself never makes an answer worse than a caution.
"""

from alembic import op
from sqlalchemy import BigInteger, Column

from trueorigin.storage.types import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for column in (
        Column("device", BigInteger()),
        Column("alias", BigInteger()),
        Column("device_at", Instant()),
    ):
        op.add_column("unit_state", column)
