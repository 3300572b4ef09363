# SPDX-License-Identifier: Apache-2.0
"""Keep the bytes of uploaded files under their digest, in a folder.

What is stored never changes and is never overwritten; a name a client gave is not seen here, so
it can lead nowhere. Knows neither types nor owners.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Protocol

from trueorigin.domain.errors import DomainError, InvalidError, UnavailableError

# Below the data folder; backups carry it whole.
FOLDER_NAME: Final = "files"
DIGEST_BYTES: Final = 32
_CHUNK: Final = 2**18
# Backups pass over names that begin with a dot.
_DRAFT_PREFIX: Final = ".draft-"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """Where bytes went: their SHA-256, and how many they are."""

    sha256: bytes
    bytes: int


def is_full(error: OSError) -> bool:
    """Tell a disk that is full, or what one may have of it, from all other failures."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def naming_failures() -> Iterator[None]:
    """Name what keeps a file from being written: `disk_full`, and `file_not_stored` for all else.

    A full disk passes as soon as somebody makes room; other failures do not.
    """
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise UnavailableError("disk_full") from error
        raise DomainError("file_not_stored", why=error.strerror or "unwritable") from error


class FileStore(Protocol):
    """Where contents are kept; the same whether it is a folder or another machine."""

    def __hash__(self) -> int:
        """Let what was opened from a store be remembered with it."""

    def put(self, content: IO[bytes], *, limit: int) -> StoredContent:
        """Keep all of `content`; on disk when this returns. `file_too_large` beyond `limit`."""

    def open(self, sha256: bytes) -> IO[bytes]:
        """Open a content for reading; `file_content_missing` where it is not there."""

    def clear(self, before: datetime) -> int:
        """Throw away what was left half-written before that moment; return how much."""


class FolderStore:
    """A folder with one file for each content: `ab/abcd...`, named by its SHA-256."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made by the first content."""
        self._folder = folder

    def put(self, content: IO[bytes], *, limit: int) -> StoredContent:
        """Keep all of `content`; on disk when this returns. `file_too_large` beyond `limit`.

        Two that put the same content at once both succeed: one rename replaces the other's equal.
        """
        draft = self._folder / f"{_DRAFT_PREFIX}{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with naming_failures():
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                stored = _write_draft(draft, content, limit)
                target = self._path(stored.sha256)
                if not target.exists():
                    is_new = not target.parent.exists()
                    target.parent.mkdir(exist_ok=True, mode=0o700)
                    draft.replace(target)
                    _sync_folder(target.parent)
                    if is_new:
                        _sync_folder(self._folder)
        finally:
            with suppress(OSError):
                draft.unlink()
        return stored

    def open(self, sha256: bytes) -> IO[bytes]:
        """Open a content for reading; `file_content_missing` where it is not there."""
        try:
            return self._path(sha256).open("rb")
        except OSError as error:
            raise DomainError("file_content_missing", sha256=sha256.hex()) from error

    def clear(self, before: datetime) -> int:
        """Throw away what killed uploads last wrote to before that moment; return how many."""
        cleared = 0
        for draft in self._folder.glob(f"{_DRAFT_PREFIX}*"):
            with suppress(OSError):
                if draft.stat().st_mtime < before.timestamp():
                    draft.unlink()
                    cleared += 1
        return cleared

    def _path(self, sha256: bytes) -> Path:
        if len(sha256) != DIGEST_BYTES:
            raise ValueError(f"a digest has {DIGEST_BYTES} bytes, not {len(sha256)}")
        name = sha256.hex()
        return self._folder / name[:2] / name


def _write_draft(draft: Path, content: IO[bytes], limit: int) -> StoredContent:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise InvalidError("file_too_large", field="file", max=limit)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return StoredContent(sha256=digest.digest(), bytes=size)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
