# SPDX-License-Identifier: Apache-2.0
"""Uploaded pictures and papers: judged by their content, kept, and opened for those who may.

What a client says a file is counts for nothing. Pictures are drawn anew, documents are checked and
kept as they are; anything else is refused. Nothing is decoded inside a transaction.
"""

import io
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO, Final
from uuid import UUID

from trueorigin.adapters import papers
from trueorigin.adapters.files import FileStore
from trueorigin.adapters.images import redraw_image
from trueorigin.domain.errors import ConflictError, InvalidError, NotFoundError
from trueorigin.domain.files import (
    FILE_BYTES_MAX,
    IMAGE_TYPES,
    ORGANISATION_BYTES_MAX,
    PAPER_TYPES,
    File,
    clean_name,
)
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.storage import audit, files as stored
from trueorigin.storage.database import Database, Tx

__all__ = (
    "FILE_BYTES_MAX",
    "IMAGE_TYPES",
    "PAPER_TYPES",
    "File",
    "Upload",
    "find_files",
    "find_public_file",
    "get_file",
    "keep_file",
    "list_files",
    "open_content",
    "prepare_file",
    "require_files",
    "store_file",
)

_IMAGE_MAGICS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it arrives; `name` is whatever the client wrote."""

    content: IO[bytes]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    content: bytes
    media_type: str
    width: int | None = None
    height: int | None = None


def store_file(
    database: Database,
    store: FileStore,
    act: Act,
    upload: Upload,
    *,
    accept: Collection[str] = PAPER_TYPES,
    field: str = "file",
) -> File:
    """Judge an upload, keep its content, and then what is known of it: both steps below."""
    row = prepare_file(store, act, upload, accept=accept, field=field)
    with database.write() as tx:
        return keep_file(tx, act, row, field=field)


def prepare_file(
    store: FileStore,
    act: Act,
    upload: Upload,
    *,
    accept: Collection[str] = PAPER_TYPES,
    field: str = "file",
) -> File:
    """Judge an upload and keep its content; nobody finds it before `keep_file`.

    Refused: `file_empty`, `file_too_large` beyond `FILE_BYTES_MAX`, `file_type_refused` for all
    but the media types in `accept`, and whatever `redraw_image` and `check_pdf` refuse. Takes up
    to a second for a large photograph: outside of any transaction. A crash before `keep_file`
    leaves bytes that nobody names.
    """
    judged = _judge(upload.content.read(FILE_BYTES_MAX + 1), accept, field)
    content = store.put(io.BytesIO(judged.content), limit=FILE_BYTES_MAX)
    return File(
        id=act.new_id(),
        organisation_id=act.scope,
        sha256=content.sha256,
        media_type=judged.media_type,
        bytes=content.bytes,
        name=clean_name(upload.name, judged.media_type),
        created_at=act.at,
        actor_id=act.actor.credential_id,
        width=judged.width,
        height=judged.height,
    )


def keep_file(tx: Tx, act: Act, row: File, *, field: str = "file") -> File:
    """Keep what is known of a prepared file; `storage_full` beyond `ORGANISATION_BYTES_MAX`."""
    if stored.count_bytes(tx, act.scope) + row.bytes > ORGANISATION_BYTES_MAX:
        raise ConflictError("storage_full", field=field, max=ORGANISATION_BYTES_MAX)
    stored.append_file(tx, act.scope, row)
    detail = {"name": row.name, "sha256": row.sha256.hex()}
    audit.append_audit(tx, act, "file.create", str(row.id), detail)
    return row


def _judge(data: bytes, accept: Collection[str], field: str) -> _Judged:
    """Return what is to be kept of `data`, by its own first bytes."""
    if not data:
        raise InvalidError("file_empty", field=field)
    if len(data) > FILE_BYTES_MAX:
        raise InvalidError("file_too_large", field=field, max=FILE_BYTES_MAX)
    if papers.is_pdf(data) and papers.MEDIA_TYPE in accept:
        papers.check_pdf(data, field=field)
        return _Judged(content=data, media_type=papers.MEDIA_TYPE)
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if data.startswith(_IMAGE_MAGICS) or is_webp:
        drawn = redraw_image(data, field=field)
        if drawn.media_type in accept:
            return _Judged(
                content=drawn.content,
                media_type=drawn.media_type,
                width=drawn.width,
                height=drawn.height,
            )
    raise InvalidError("file_type_refused", field=field)


def get_file(tx: Tx, scope: TenantScope, file_id: UUID) -> File:
    """Return what is known of one of the organisation's files."""
    return stored.get_file(tx, scope, file_id)


def find_public_file(tx: Tx, file_id: UUID) -> File | None:
    """Return what is known of any file, for pages that show it to everybody.

    Who may see it is settled before: by an address that only such a page can make.
    """
    return stored.find_file(tx, file_id)


def find_files(tx: Tx, scope: TenantScope, file_ids: Collection[UUID]) -> dict[UUID, File]:
    """Return those of these files that are the organisation's. One query."""
    return stored.find_files(tx, scope, file_ids)


def list_files(tx: Tx, scope: TenantScope, *, after: UUID | None, limit: int) -> list[File]:
    """List the organisation's files in the order they came."""
    return stored.list_files(tx, scope, after=after, limit=limit)


def require_files(
    tx: Tx, scope: TenantScope, file_ids: Collection[UUID], *, accept: Collection[str], field: str
) -> None:
    """Refuse ids that are no file of the organisation (`file_unknown`) or of no accepted type.

    Another organisation's file and none at all are refused alike.
    """
    found = stored.find_files(tx, scope, file_ids)
    for position, file_id in enumerate(file_ids):
        known = found.get(file_id)
        if known is None:
            raise InvalidError("file_unknown", field=f"{field}.{position}")
        if known.media_type not in accept:
            raise InvalidError("file_type_refused", field=f"{field}.{position}")


def open_content(store: FileStore, file: File | None) -> IO[bytes]:
    """Open the bytes of a file; the caller closes them. `file_not_found` for None."""
    if file is None:
        raise NotFoundError("file_not_found")
    return store.open(file.sha256)
