# SPDX-License-Identifier: Apache-2.0
"""The one collection all tables belong to, and the three ways a table lies on a cluster."""

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
