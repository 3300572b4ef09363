# SPDX-License-Identifier: Apache-2.0
"""What spreadsheets make of numbers and days: taken as it was typed, or refused by row."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook
from tests.factories import Cast
from tests.services.test_importing import act_for, codes, finish, names, stage, xlsx

from trueorigin.adapters import tables
from trueorigin.domain.catalog import Batch
from trueorigin.domain.imports import ImportKind
from trueorigin.services import catalog
from trueorigin.storage.database import Database

BATCHES = ("internal_number", "lot", "produced_on")


def workbook(*cells: tuple[object, str]) -> bytes:
    """Return one column of cells, each with its number format."""
    book = Workbook()
    sheet = book.active
    for place, (value, form) in enumerate(cells, start=1):
        cell = sheet.cell(place, 1, value)
        cell.number_format = form
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(data: bytes) -> list[str]:
    return [row.cells[0] for row in tables.read_table(io.BytesIO(data))]


def test_cells_are_read_as_they_are_shown() -> None:
    data = workbook(
        (7, "00000"),
        (7, "General"),
        (1.5, "00000"),
        (999_999_999_999_999, "General"),
        (True, "General"),
        (datetime(2026, 3, 14, 9, 5), "yyyy/m/d h:mm"),  # noqa: DTZ001 - as a cell has it
        (date(2026, 3, 14), "yyyy/m/d"),
    )
    assert read(data) == [
        *("00007", "7", "1.5", "999999999999999", "TRUE"),
        *("2026-03-14 09:05:00", "2026-03-14"),
    ]


@pytest.mark.parametrize("number", [10**15, 12345678901234567890, 1.2345678901234567e19, -1e15])
def test_a_number_that_has_lost_digits_is_refused(number: float) -> None:
    [row] = tables.read_table(io.BytesIO(workbook((number, "General"))))
    assert [(place, fault.code) for place, fault in row.faults] == [(0, "table_number_long")]


def list_batches(database: Database, cast: Cast, rows: Sequence[Sequence[Any]]) -> list[Batch]:
    """Take in batches of N-1 and return them."""
    act = act_for(cast.alice.organisation)
    finish(database, act, stage(database, act, "internal_number,name_en\r\nN-1,Tea\r\n"))
    assert names(database, act)[-1:] == ["Tea"]
    found = stage(database, act, xlsx(rows), ImportKind.BATCHES)
    assert codes(found) == []
    finish(database, act, found)
    with database.read() as tx:
        return catalog.list_batches(tx, act.scope, product_id=None, after=None, limit=100)


def test_days_are_read_in_every_form_that_says_the_year_first(
    database: Database, cast: Cast
) -> None:
    forms = [
        *("2026-3-4", "2026/03/04", "2026.3.4", "2026年3月4日", "20260304", 20260304),
        *(date(2026, 3, 4), datetime(2026, 3, 4, 8, 30), "2026-3-4 8:30"),  # noqa: DTZ001 - as above
    ]
    rows = [("N-1", f"Q{place}", form) for place, form in enumerate(forms)]
    batches = list_batches(database, cast, [BATCHES, *rows])
    produced = {each.lot: each.produced_on for each in batches if each.lot.startswith("Q")}
    assert produced == {f"Q{place}": date(2026, 3, 4) for place in range(len(forms))}


def test_a_lot_that_became_a_day_or_lost_its_digits_is_no_lot(
    database: Database, cast: Cast
) -> None:
    act = act_for(cast.alice.organisation)
    finish(database, act, stage(database, act, "internal_number,name_en\r\nN-1,Tea\r\n"))
    rows = [
        BATCHES,
        # What was typed is 1-2, and 1:30.
        ("N-1", date(2026, 1, 2), "2026-01-01"),
        ("N-1", time(1, 30), "2026-01-01"),
        ("N-1", 2026010100000123, "2026-01-01"),
        ("N-1", "1.23457E+15", "2026-01-01"),
        ("N-1", "1-2", "2026-01-01"),
        ("N-1", "1.5E+05", "2026-01-01"),
    ]
    assert codes(stage(database, act, xlsx(rows), ImportKind.BATCHES)) == [
        (2, "lot", "table_day_unexpected"),
        (3, "lot", "table_day_unexpected"),
        (4, "lot", "table_number_long"),
        (5, "lot", "table_number_long"),
    ]
