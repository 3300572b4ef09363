# SPDX-License-Identifier: Apache-2.0
"""Tables of products or batches that are taken over whole or not at all: shapes and columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

# Repeated groups of columns; whoever needs more adds it in the form afterwards.
FEATURE_COLUMNS: Final = 5
MATERIAL_COLUMNS: Final = 10
# So many faults are kept for the report; whoever has more has the wrong file.
FAULTS_MAX: Final = 1000
# Row of a fault that the file as a whole has.
WHOLE_FILE: Final = 0


class ImportKind(StrEnum):
    """What the rows of a table are."""

    PRODUCTS = "products"
    BATCHES = "batches"


class ImportState(StrEnum):
    """What has become of a table; nobody sees its rows unless it is visible."""

    STAGED = "staged"
    VISIBLE = "visible"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong in one row, counted from 1 like a spreadsheet does.

    `column` is the name of one of `COLUMNS`, or empty where the row as a whole is meant; row 0 is
    the whole file.
    """

    row: int
    column: str
    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One uploaded table. `is_ready` once all its rows are kept.

    `job_id` is who works on it: until it is ready who judges it, then, once it is confirmed, who
    takes it over.
    """

    id: UUID
    organisation_id: UUID
    actor_id: UUID | None
    job_id: UUID | None
    kind: ImportKind
    name: str
    state: ImportState
    row_count: int
    created_at: datetime
    decided_at: datetime | None
    is_ready: bool = False
    faults: tuple[Fault, ...] = ()
    # How many there were in all; at most `FAULTS_MAX` of them are kept.
    fault_count: int = 0


def _numbered(prefix: str, count: int, parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}_{number}_{part}" for number in range(1, count + 1) for part in parts)


FEATURE_PARTS: Final = ("name_zh", "name_en", "value_zh", "value_en")
MATERIAL_PARTS: Final = ("name", "supplier", "lot")

# What a column is called in a file, in the order of the template.
COLUMNS: Final[Mapping[ImportKind, tuple[str, ...]]] = {
    ImportKind.PRODUCTS: (
        "gtin",
        "internal_number",
        "name_zh",
        "name_en",
        "description_zh",
        "description_en",
        "category",
        "specification",
        *_numbered("feature", FEATURE_COLUMNS, FEATURE_PARTS),
    ),
    ImportKind.BATCHES: (
        "gtin",
        "internal_number",
        "lot",
        "produced_on",
        "expires_on",
        "place_zh",
        "place_en",
        "line",
        *_numbered("material", MATERIAL_COLUMNS, MATERIAL_PARTS),
    ),
}
# Without these no row can be right.
REQUIRED: Final[Mapping[ImportKind, tuple[tuple[str, ...], ...]]] = {
    ImportKind.PRODUCTS: (("gtin", "internal_number"), ("name_zh", "name_en")),
    ImportKind.BATCHES: (("gtin", "internal_number"), ("lot",)),
}
