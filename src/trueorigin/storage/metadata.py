# SPDX-License-Identifier: Apache-2.0
"""What all tables have in common: how constraints are named, and how tables lie on a cluster.

`info["distribution"]` says how a table lies on a Citus cluster: by `unit_key` (grows with what
happens to single units), by `run_id` (range facts), by `id` (events), or "reference" (a copy on
every node). A distributed table has its distribution column first in every primary and unique
key.
"""

from typing import Final

from sqlalchemy import MetaData

# Without fixed names the two databases would invent different ones, and migrations could not
# name what they change.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

REFERENCE: Final = {"distribution": "reference"}
BY_UNIT: Final = {"distribution": "unit_key"}
BY_RUN: Final = {"distribution": "run_id"}
BY_ID: Final = {"distribution": "id"}
