# SPDX-License-Identifier: Apache-2.0
"""Keep the master key in a file that only the owner can read, and never write half of one."""

import os
from pathlib import Path

from trueorigin.domain.errors import DomainError
from trueorigin.domain.keys import format_master_key, parse_master_key

FILE_NAME = "master.key"
# Holds the new key while a rotation runs; whichever of the two opens the database is the key.
NEXT_FILE_NAME = "master.key.next"
# A key in base64 has 44 characters; more than this is the wrong file.
_FILE_BYTES_MAX = 1000


def find_master_key(folder: Path) -> bytes | None:
    """Return the key kept in `folder`, or None where there is no such file.

    A file that is there but cannot be read or is no key is an error, never None: a new key would
    be made in its place.
    """
    return _find(folder / FILE_NAME)


def create_master_key(folder: Path, key: bytes) -> None:
    """Write `key` to a file of mode 0600 in `folder`; on disk, whole, when this returns.

    Fails with `FileExistsError` rather than replace a key.
    """
    draft = _write_draft(folder, key)
    try:
        # A link, unlike a rename, never replaces what is there.
        os.link(draft, folder / FILE_NAME)
    finally:
        draft.unlink()
    sync_folder(folder)


def find_next_key(folder: Path) -> bytes | None:
    """Return the key that a rotation has prepared in `folder` and not yet put in place."""
    return _find(folder / NEXT_FILE_NAME)


def prepare_next_key(folder: Path, key: bytes) -> None:
    """Write the key that a rotation is about to use; on disk when this returns."""
    _write_draft(folder, key).replace(folder / NEXT_FILE_NAME)
    sync_folder(folder)


def promote_next_key(folder: Path) -> None:
    """Put the prepared key in the place of the old one, at once or not at all."""
    (folder / NEXT_FILE_NAME).replace(folder / FILE_NAME)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _find(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(_FILE_BYTES_MAX)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DomainError(
            "master_key_unreadable", file=str(path), why=error.strerror or "unreadable"
        ) from None
    return parse_master_key(content.decode("ascii", "replace"))


def write_private_file(path: Path, content: bytes) -> None:
    """Write or replace a file that only its owner may read; whole and on disk, or not at all."""
    _draft_beside(path, content).replace(path)
    sync_folder(path.parent)


def _write_draft(folder: Path, key: bytes) -> Path:
    return _draft_beside(folder / FILE_NAME, format_master_key(key).encode() + b"\n")


def _draft_beside(path: Path, content: bytes) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
