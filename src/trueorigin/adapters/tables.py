# SPDX-License-Identifier: Apache-2.0
"""Read rows of text from CSV and XLSX files that strangers send, and write both.

It computes nothing: a formula is a fault of its row, merged cells are refused with the file. It
knows no product and no batch. Everything is bounded before it is unpacked.
"""

import csv
import io
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from trueorigin.adapters.files import naming_failures
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.spreadsheets import BYTE_ORDER_MARK, format_line

TABLE_BYTES_MAX: Final = 16 * 2**20
ROWS_MAX: Final = 100_000
COLUMNS_MAX: Final = 60
# What a sheet of Excel ends with; many have a format down to their last row.
_SHEET_ROWS_MAX: Final = 2**20
# A full table of 100,000 rows unpacks to some 60 MiB; beyond this it is a bomb.
UNPACKED_BYTES_MAX: Final = 192 * 2**20
# Spreadsheets shrink by 10 to 50 times; small parts may shrink further.
RATIO_MAX: Final = 100
_RATIO_FROM: Final = 2**20
_PARTS_MAX: Final = 1000
# The longest honest cell is a description, typed with room for blanks.
CELL_LENGTH_MAX: Final = 20_000
# Cells that are there but empty, as where a whole column was coloured.
_WIDTH_MAX: Final = 1024

_ZIP: Final = b"PK\x03\x04"
# Workbooks before 2007, and those behind a password.
_OLE: Final = b"\xd0\xcf\x11\xe0"
_WORKBOOK: Final = "xl/workbook.xml"
_MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z0-9:$]{1,30})")
_FORBIDDEN: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_PIECE: Final = 2**20
# One cell may be as long as its file: the fault then names its row and column.
csv.field_size_limit(TABLE_BYTES_MAX)
_OVERLAP: Final = 200
# Spreadsheets keep 15 digits of a number: the last ones of a longer one are not those typed.
_NUMBER_LIMIT: Final = 10**15
# Such a number in CSV, as they write it down.
_SHORTENED: Final = re.compile(r"-?[0-9](?:\.[0-9]+)?E\+(?:1[1-9]|[2-9][0-9]|[0-9]{3})")
_ZEROS: Final = re.compile("0{2,20}")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number, counted from 1, its texts without blanks around, and its faults.

    A fault names its column by position, and so does `days`: cells that a spreadsheet holds for a
    day or a time, as it also does with 1-2 that somebody typed for a lot.
    """

    number: int
    cells: tuple[str, ...]
    faults: tuple[tuple[int, InvalidError], ...] = ()
    days: tuple[int, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Tell whether there is nothing in it."""
        return not self.faults and not any(self.cells)


def is_shortened(text: str) -> bool:
    """Tell whether a spreadsheet has written a long number down without most of its digits."""
    return _SHORTENED.fullmatch(text) is not None


def put_aside(content: IO[bytes], path: Path) -> None:
    """Write a table to `path` for whoever reads it later: for its owner's eyes only, and durably.

    `disk_full` and `file_not_stored` where the disk refuses.
    """
    content.seek(0)
    try:
        with naming_failures():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
    except DomainError:
        with suppress(OSError):
            path.unlink()
        raise


def glance(content: IO[bytes]) -> None:
    """Refuse a file that is no table as far as that can be told without reading all of it."""
    start = _check_start(content)
    if start != _ZIP:
        next(_read_csv(content.read()), None)
        return
    try:
        with zipfile.ZipFile(content) as archive:
            _check_directory(archive)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as error:
        raise _refuse("table_broken", row=0) from error


def read_table(content: IO[bytes]) -> Iterator[TableRow]:
    """Read a table row by row, the heading first; blank rows are left out but counted.

    CSV is UTF-8 or GB18030, parted by comma, semicolon or tab; of an XLSX the first sheet is
    read. Refused with `field` "file": `table_too_large`, `table_empty`, `table_encoding`,
    `table_broken`, `table_bomb`, `table_merged`, `table_rows`, `table_columns`.
    """
    start = _check_start(content)
    rows = _read_xlsx(content) if start == _ZIP else _read_csv(content.read())
    count = 0
    for row in rows:
        if row.is_blank:
            continue
        # One more for the heading. Blank rows may follow without end, but nothing behind them:
        # what is taken over without its last rows is not taken over whole.
        if row.number > ROWS_MAX + 1:
            raise _refuse("table_rows", max=ROWS_MAX)
        count += 1
        yield row
    if count == 0:
        raise _refuse("table_empty")


def _check_start(content: IO[bytes]) -> bytes:
    """Judge size and first bytes, and return those; the file is read from its start again."""
    content.seek(0, io.SEEK_END)
    size = content.tell()
    if size > TABLE_BYTES_MAX:
        raise _refuse("table_too_large", max=TABLE_BYTES_MAX // 2**20)
    content.seek(0)
    start = content.read(len(_ZIP))
    content.seek(0)
    if not start:
        raise _refuse("table_empty")
    if start == _OLE:
        raise _refuse("table_broken", row=0)
    return start


def _refuse(code: str, **params: str | int) -> InvalidError:
    return InvalidError(code, field="file", **params)


def _build_row(
    number: int,
    cells: Sequence[str],
    faults: Iterable[tuple[int, InvalidError]] = (),
    days: Iterable[int] = (),
) -> TableRow:
    """Bound one row in both directions."""
    kept = [cell.strip() for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    if len(kept) > COLUMNS_MAX:
        raise _refuse("table_columns", max=COLUMNS_MAX, row=number)
    found = list(faults)
    for position, cell in enumerate(kept):
        if len(cell) > CELL_LENGTH_MAX:
            long = InvalidError("text_too_long", max=CELL_LENGTH_MAX, length=len(cell))
            found.append((position, long))
            kept[position] = ""
    return TableRow(number, tuple(kept), tuple(found), tuple(days))


def _read_csv(data: bytes) -> Iterator[TableRow]:
    text = _decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield _build_row(number, cells)
    except csv.Error as error:
        raise _refuse("table_broken", row=number + 1) from error


def _decode(data: bytes) -> str:
    """Return the text; a byte sequence that is neither encoding throughout is refused."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # No text has these: it is a picture or UTF-16 that happens to decode.
        if "\0" in text:
            break
        return text
    raise _refuse("table_encoding")


def _find_delimiter(text: str) -> str:
    """Return what parts the heading, outside of quotes."""
    heading = re.sub(r'"[^"]*"', "", text[:100_000].lstrip().partition("\n")[0])
    return max(",;\t", key=heading.count)


def _read_xlsx(content: IO[bytes]) -> Iterator[TableRow]:
    try:
        with zipfile.ZipFile(content) as archive:
            _check_archive(archive)
        content.seek(0)
        book = load_workbook(content, read_only=True, keep_links=False)
        try:
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            if not sheets:
                raise _refuse("table_empty")
            # What a file says of its own size may be a lie, or missing.
            sheets[0].reset_dimensions()
            yield from _read_sheet(sheets[0])
        finally:
            book.close()
    except InvalidError:
        raise
    except MemoryError:
        raise _refuse("table_bomb", max=UNPACKED_BYTES_MAX // 2**20) from None
    # The reader meets whatever a stranger wrote with whatever exception comes of it.
    except (
        *(zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError),
        *(AttributeError, EOFError, OSError, RuntimeError, OverflowError),
    ) as error:
        raise _refuse("table_broken", row=0) from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Judge the directory before anything is unpacked, then every part for what is refused.

    `zipfile` never hands out more bytes of a part than the directory says.
    """
    _check_directory(archive)
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")):
            _check_part(archive, part)


def _check_directory(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    is_dense = unpacked > _RATIO_FROM and unpacked > RATIO_MAX * max(packed, 1)
    if len(parts) > _PARTS_MAX or unpacked > UNPACKED_BYTES_MAX or is_dense:
        raise _refuse("table_bomb", max=UNPACKED_BYTES_MAX // 2**20)
    if _WORKBOOK not in archive.namelist():
        raise _refuse("table_broken", row=0)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse merged cells, and XML that defines things of its own or hides in UTF-16."""
    is_sheet = part.filename.startswith("xl/worksheets/")
    before = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            if not before and (piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in piece[:64]):
                raise _refuse("table_broken", row=0)
            # What lies across two pieces is seen by joining them.
            window = before + piece
            if _FORBIDDEN.search(window):
                raise _refuse("table_broken", row=0)
            merged = _MERGED.search(window) if is_sheet else None
            if merged is not None:
                raise _refuse("table_merged", cells=merged[1].decode("ascii"))
            before = window[-_OVERLAP:]


def _read_sheet(sheet: Any) -> Iterator[TableRow]:  # noqa: ANN401 - the library has no types
    for number, cells in enumerate(islice(sheet.iter_rows(), _SHEET_ROWS_MAX + 1), start=1):
        # A row number of a thousand millions would make as many blank rows.
        if number > _SHEET_ROWS_MAX:
            raise _refuse("table_rows", max=ROWS_MAX)
        # What fills the gap between two row numbers.
        if not cells:
            continue
        if len(cells) > _WIDTH_MAX:
            raise _refuse("table_columns", max=COLUMNS_MAX, row=number)
        texts: list[str] = []
        faults: list[tuple[int, InvalidError]] = []
        days: list[int] = []
        for position, cell in enumerate(cells):
            name = f"{get_column_letter(position + 1)}{number}"
            if cell.data_type == "f":
                faults.append((position, InvalidError("table_formula", cell=name)))
                texts.append("")
            elif cell.data_type == "e":
                faults.append((position, InvalidError("table_cell_error", cell=name)))
                texts.append("")
            elif isinstance(cell.value, int | float) and abs(cell.value) >= _NUMBER_LIMIT:
                faults.append((position, InvalidError("table_number_long")))
                texts.append("")
            else:
                if cell.is_date:
                    days.append(position)
                texts.append(_word_cell(cell))
        yield _build_row(number, texts, faults, days)


def _word_cell(cell: Any) -> str:  # noqa: ANN401 - the library has no types
    """Return a cell as it would be typed: whole numbers without a point, days in ISO form.

    A day without a time of day is a day; zeros in front that a format shows are there.
    """
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and value >= 0 and _ZEROS.fullmatch(cell.number_format):
        return str(value).zfill(len(cell.number_format))
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if value is None or isinstance(value, str):
        return value or ""
    return value.isoformat() if isinstance(value, date) else str(value)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table that every spreadsheet opens: UTF-8 with BOM; no cell runs as a formula."""
    return (BYTE_ORDER_MARK + "".join(map(format_line, rows))).encode()


def write_xlsx(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Write a workbook of one sheet whose cells are all text, so that no zero in front is lost."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, text)
            cell.data_type, cell.number_format = "s", "@"
            cells.append(cell)
        sheet.append(cells)
    for position in range(COLUMNS_MAX):
        sheet.column_dimensions[get_column_letter(position + 1)].number_format = "@"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
