# SPDX-License-Identifier: Apache-2.0
"""Pictures and papers on consumers' pages: what a page says of them, and their bytes.

A file is found by an address that only a page of released goods contains (`domain/publicfiles.py`).
What is handed out cannot run: pictures were drawn anew when they came, everything else is offered
as a download, and every answer forbids itself scripts.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from uuid import UUID

from anyio.to_thread import run_sync

from trueorigin.adapters import thumbnails
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.files import File
from trueorigin.domain.publicfiles import WIDTHS, build_file_path, parse_file_name
from trueorigin.services.files import find_public_file, open_content
from trueorigin.services.recent import Recent
from trueorigin.web.context import AppContext

# A line about a file is some 500 bytes.
_FILES_MAX: Final = 10_000
# Small pictures that pages ask for again and again.
_SHRUNK_BYTES_MAX: Final = 32 * 2**20
# Nothing under an address ever changes.
_FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file as a page shows it; `width` and `height` only of pictures."""

    path: str
    name: str
    media_type: str
    bytes: int
    width: int
    height: int

    @property
    def is_image(self) -> bool:
        """Tell whether browsers draw it themselves."""
        return self.width > 0

    @property
    def widths(self) -> tuple[int, ...]:
        """Return the smaller widths it is offered at."""
        return tuple(width for width in WIDTHS if width < self.width)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """The bytes of a file with the headers that keep them harmless."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


class FileShelf:
    """The public files of one process; rows and small pictures are kept, they never change."""

    def __init__(self, context: AppContext) -> None:
        """Start empty."""
        self._context = context
        self._files: Recent[UUID, File] = Recent(_FILES_MAX)
        self._shrunk: Recent[tuple[UUID, int], bytes] = Recent(_SHRUNK_BYTES_MAX)

    async def show(self, file_ids: Collection[UUID]) -> Mapping[UUID, ShownFile]:
        """Describe those of these files that exist; looks up what was not asked for before."""
        if not file_ids:
            return {}
        found = self._files.find_many(file_ids)
        missing = [each for each in file_ids if each not in found]
        if missing:
            for row in await run_sync(self._load, missing):
                self._files.keep(row.id, row)
                found[row.id] = row
        key = self._context.vault.file_key
        return {file_id: _describe(key, row) for file_id, row in found.items()}

    async def answer(self, name: str, width: str) -> FileAnswer:
        """Return a file by the last part of its address, or `file_not_found`.

        `width` is one of `publicfiles.WIDTHS`, or empty for the file itself.
        """
        file_id = parse_file_name(self._context.vault.file_key, name)
        wanted = next((each for each in WIDTHS if str(each) == width), 0)
        if file_id is None or (width and not wanted):
            raise NotFoundError("file_not_found")
        return await run_sync(self._read, file_id, wanted)

    def _load(self, file_ids: Collection[UUID]) -> list[File]:
        with self._context.database.read() as tx:
            rows = [find_public_file(tx, each) for each in file_ids]
        return [row for row in rows if row is not None]

    def _read(self, file_id: UUID, width: int) -> FileAnswer:
        row = self._files.find_many((file_id,)).get(file_id)
        if row is None:
            row = next(iter(self._load((file_id,))), None)
        if row is not None and row.is_image and width and width < (row.width or 0):
            return FileAnswer(
                headers=_headers(thumbnails.MEDIA_TYPE), body=self._shrink(row, width)
            )
        with open_content(self._context.files, row) as content:
            body = content.read()
        assert row is not None  # noqa: S101 - `open_content` refuses what is not there
        return FileAnswer(headers=_headers(row.media_type, row.name), body=body)

    def _shrink(self, row: File, width: int) -> bytes:
        key = (row.id, width)
        body = self._shrunk.find_many((key,)).get(key)
        if body is None:
            with open_content(self._context.files, row) as content:
                body = thumbnails.shrink_image(content.read(), width)
            self._shrunk.keep(key, body, weight=len(body))
        return body


def _describe(key: bytes, row: File) -> ShownFile:
    return ShownFile(
        path=build_file_path(key, row.id),
        name=row.name,
        media_type=row.media_type,
        bytes=row.bytes,
        width=(row.width or 0) if row.is_image else 0,
        height=(row.height or 0) if row.is_image else 0,
    )


def _headers(media_type: str, name: str | None = None) -> tuple[tuple[str, str], ...]:
    """Return the headers of a file; all but pictures are downloads, never pages of this host."""
    is_image = media_type.startswith("image/")
    kind = "inline" if is_image else "attachment"
    disposition = kind if name is None else f"{kind}; filename*=UTF-8''{quote(name, safe='')}"
    return (
        ("content-type", media_type),
        ("content-disposition", disposition),
        ("cache-control", _FOREVER),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    )
