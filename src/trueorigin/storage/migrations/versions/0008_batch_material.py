# SPDX-License-Identifier: Apache-2.0
"""Find batches by their raw materials: a table of them, filled from the origin of each batch.

While the program before this one still runs beside it, batches it changes are not found by what
changed; saving them once more puts that right.
"""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, SmallInteger, Text

from trueorigin.storage.types import Identifier

revision = "0008"
down_revision = "0007"

_FILL = {
    "sqlite": "INSERT INTO batch_material (batch_id, place, organisation_id, name, supplier, lot)"
    " SELECT b.id, m.key, b.organisation_id, json_extract(m.value, '$.name'),"
    " json_extract(m.value, '$.supplier'), json_extract(m.value, '$.lot')"
    " FROM batch AS b, json_each(b.origin, '$.materials') AS m",
    "postgresql": "INSERT INTO batch_material"
    " (batch_id, place, organisation_id, name, supplier, lot)"
    " SELECT b.id, m.place - 1, b.organisation_id, m.value ->> 'name',"
    " m.value ->> 'supplier', m.value ->> 'lot' FROM batch AS b,"
    " jsonb_array_elements(b.origin -> 'materials') WITH ORDINALITY AS m(value, place)",
}


def upgrade() -> None:
    op.create_table(
        "batch_material",
        Column("batch_id", Identifier(), nullable=False),
        Column("place", SmallInteger(), autoincrement=False, nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("supplier", Text()),
        Column("lot", Text()),
        ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_material_batch_id")),
        PrimaryKeyConstraint("batch_id", "place", name=op.f("pk_batch_material")),
    )
    for column in ("lot", "name"):
        op.create_index(
            f"ix_batch_material_organisation_id_{column}",
            "batch_material",
            ["organisation_id", column],
        )
    op.execute(_FILL[op.get_bind().dialect.name])
