# SPDX-License-Identifier: Apache-2.0
"""Write the codes of a run into a file, and take up a file that was left half-written.

A file appears under its name when it is whole; until then it is NAME.part. What is in a part is
compared with what belongs there before anything is added.
"""

import os
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from trueorigin.domain.codelist import HEADER, list_rows, list_urls
from trueorigin.domain.errors import ConflictError
from trueorigin.services.issuing import Export

# Units whose URLs are made at a time.
_URLS_MAX = 2**14
_CHUNK = 2**20


class CodeFormat(StrEnum):
    """`csv` has one row a unit, with header; `txt` one URL a line, for simple printers."""

    CSV = "csv"
    TXT = "txt"


def write_codes(
    export: Export, code_format: CodeFormat, target: Path, *, report: Callable[[int], None]
) -> int:
    """Write the codes of `export` to `target` and return how many were still missing.

    `report` is told how many more are written, the ones found in a part included. Raises
    `export_of_another` when the part holds something else; then it is left alone.
    """
    part = target.with_name(f"{target.name}.part")
    descriptor = os.open(part, os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        done = _count_units(file.fileno(), code_format)
        keep = _require_same(export, code_format, part, done)
        file.truncate(keep)
        file.seek(keep)
        if not keep and code_format is CodeFormat.CSV:
            file.write(HEADER)
        report(done)
        for chunk in _list_lines(export, code_format, export.start + done, export.stop):
            file.write(chunk)
            report(chunk.count(b"\n"))
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    return export.stop - export.start - done


def list_code_lines(export: Export, code_format: CodeFormat) -> Iterator[bytes]:
    """Yield the whole list, with its header, in constant memory; needs no transaction."""
    if code_format is CodeFormat.CSV:
        yield HEADER
    yield from _list_lines(export, code_format, export.start, export.stop)


def _list_lines(export: Export, code_format: CodeFormat, start: int, stop: int) -> Iterator[bytes]:
    if code_format is CodeFormat.CSV:
        yield from list_rows(export.codes, start, stop)
        return
    for first in range(start, stop, _URLS_MAX):
        urls = list_urls(export.codes, first, min(first + _URLS_MAX, stop))
        yield "".join(f"{url}\n" for url in urls).encode()


def _count_units(descriptor: int, code_format: CodeFormat) -> int:
    """Return how many whole lines of units the file has."""
    lines = 0
    while chunk := os.read(descriptor, _CHUNK):
        lines += chunk.count(b"\n")
    has_header = code_format is CodeFormat.CSV and lines > 0
    return lines - 1 if has_header else lines


def _require_same(export: Export, code_format: CodeFormat, part: Path, done: int) -> int:
    """Return how many bytes of `part` to keep: its header and its first `done` lines.

    Header, first and last line are compared with what belongs there; between them, rows have no
    way to differ but a damaged disk.
    """
    if done > export.stop - export.start:
        raise ConflictError("export_of_another", file=str(part))
    header = HEADER if code_format is CodeFormat.CSV else b""
    if not done:
        return 0
    last = export.start + done - 1
    first_line = b"".join(_list_lines(export, code_format, export.start, export.start + 1))
    last_line = b"".join(_list_lines(export, code_format, last, last + 1))
    with part.open("rb") as file:
        start = file.read(len(header) + len(first_line))
        whole = _end_of_lines(part)
        file.seek(whole - len(last_line))
        end = file.read(len(last_line))
    if start != header + first_line or end != last_line:
        raise ConflictError("export_of_another", file=str(part))
    return whole


def _end_of_lines(part: Path) -> int:
    """Return where the last whole line of `part` ends; no line of ours is longer than a chunk."""
    with part.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - _CHUNK)
        file.seek(start)
        return start + file.read().rfind(b"\n") + 1
