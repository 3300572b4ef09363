# SPDX-License-Identifier: Apache-2.0
"""One archive with everything a data centre needs to exist again, written while it serves.

A tar file with these members, in this order:

    manifest.json       format, time, and length and SHA-256 of every other member
    master.key          without it no printed code can be verified
    snapshot.jsonl.gz   every table, in a form both databases read
    files/...           uploaded files

Whoever has the archive has the master key: it is written for its owner alone. It appears under
its name only when it is whole, and what a killed backup left beside it goes with the next one.
Restoring goes into an empty place only and is all or nothing; killed, it can be repeated.
"""

import fcntl
import gzip
import hashlib
import io
import os
import re
import secrets
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Final, TypeAlias

import orjson

from trueorigin.adapters import keyfile
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError
from trueorigin.domain.keys import format_master_key, parse_master_key
from trueorigin.services.installation import Place, find_key, unlock
from trueorigin.storage import snapshot
from trueorigin.storage.database import (
    FILE_NAME,
    Database,
    migrate,
    require_current_schema,
    schema_revision,
)

FORMAT: Final = "trueorigin-backup"
VERSION: Final = 1
MANIFEST, KEY, SNAPSHOT, FILES = "manifest.json", "master.key", "snapshot.jsonl.gz", "files"
# A manifest names each file in some 150 bytes: room for 100,000 of them.
_MANIFEST_BYTES_MAX: Final = 2**24
_CHUNK: Final = 2**20
# Level 6 takes three times as long for a tenth less.
_GZIP_LEVEL: Final = 3
_TOKEN_BYTES: Final = 8
# Between making a draft and locking it lies no second; without a lock it is a dead process's.
_DRAFT_AGE_MIN: Final = timedelta(minutes=1)

Progress: TypeAlias = Callable[[str, int], None]
_Members: TypeAlias = dict[str, dict[str, int | str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What an archive holds."""

    rows: int
    bytes: int


def write_backup(
    database: Database, place: Place, target: Path, *, at: datetime, report: Progress
) -> Summary:
    """Write an archive to `target`, replacing one that is there once the new one is whole.

    Needs room for it twice beside `target`. Every table is read in one snapshot, so readings
    that are answered meanwhile are either in it with all that belongs to them, or not at all.
    """
    key = find_key(place)
    if key is None:
        raise DomainError("master_key_missing", file=str(place.data / keyfile.FILE_NAME))
    _sweep(target, at)
    with _draft(target) as draft, _draft(target.with_name(f"{target.name}.rows")) as dump:
        rows = _write_snapshot(database, dump, report)
        key_text = format_master_key(key).encode() + b"\n"
        sources = {SNAPSHOT: dump, **_list_files(place.data / FILES)}
        members: _Members = {KEY: _describe(io.BytesIO(key_text))}
        for name, path in sources.items():
            with path.open("rb") as content:
                members[name] = _describe(content)
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": at.isoformat(),
            "rows": rows,
            "members": members,
        }
        with draft.open("r+b") as file, tarfile.open(fileobj=file, mode="w") as archive:
            _add(archive, MANIFEST, io.BytesIO(orjson.dumps(manifest)), at)
            _add(archive, KEY, io.BytesIO(key_text), at)
            for name, path in sources.items():
                with path.open("rb") as source:
                    _add(archive, name, source, at)
        _sync(draft)
        size = draft.stat().st_size
        draft.replace(target)
    keyfile.sync_folder(target.absolute().parent)
    return Summary(rows=rows, bytes=size)


def read_backup(archive: Path, place: Place, *, report: Progress) -> Summary:
    """Make the data centre of `archive` again at `place`, which must be empty.

    The whole archive is checked before anything is written. Raises `backup_damaged`,
    `place_not_empty` and `database_not_empty`; then nothing was changed.
    """
    rows, key, members = _verify(archive)
    _require_empty(place, key, members)
    place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database.open(place.database, place.data)
    written: list[Path] = []
    try:
        migrate(database)
        with tarfile.open(archive) as source, database.write() as tx:
            with _open_member(source, SNAPSHOT) as packed, gzip.open(packed) as lines:
                snapshot.load(tx, lines, report)
            _write_files(source, place, members, written)
            if find_key(place) is None:
                keyfile.create_master_key(place.data, key)
                written.append(place.data / keyfile.FILE_NAME)
            unlock(tx, place)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    finally:
        database.close()
    return Summary(rows=rows, bytes=archive.stat().st_size)


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Make an empty file beside `target` that only its owner may read; gone after the block.

    It is locked as long as this process lives.
    """
    draft = target.with_name(f".{target.name}.{secrets.token_hex(_TOKEN_BYTES)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        # Where the file system has no locks, nobody else gets one either, and nothing is swept.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
        os.close(descriptor)


def _sweep(target: Path, at: datetime) -> None:
    """Throw away what killed backups have left beside `target`: the master key is in it."""
    name = re.compile(rf"\.{re.escape(target.name)}(\.rows)?\.[0-9a-f]{{{2 * _TOKEN_BYTES}}}")
    before = (at - _DRAFT_AGE_MIN).timestamp()
    for path in target.absolute().parent.iterdir():
        if name.fullmatch(path.name) is None:
            continue
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.stat().st_mtime < before:
                path.unlink()


def _write_snapshot(database: Database, target: Path, report: Progress) -> int:
    counts: dict[str, int] = {}

    def note(table: str, rows: int) -> None:
        counts[table] = rows
        report(table, rows)

    with (
        target.open("r+b") as file,
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0) as packed,
        database.read() as tx,
    ):
        for line in snapshot.dump(tx, note):
            packed.write(line)
    return sum(counts.values())


def _list_files(folder: Path) -> dict[str, Path]:
    """Return the regular files below `folder` by their names in the archive.

    Names with a dot in front are drafts that nothing in the database knows of yet.
    """
    paths = sorted(
        path for path in folder.rglob("[!.]*") if path.is_file() and not path.is_symlink()
    )
    return {f"{FILES}/{path.relative_to(folder).as_posix()}": path for path in paths}


def _describe(file: IO[bytes]) -> dict[str, int | str]:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes], at: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size = file.seek(0, os.SEEK_END)
    file.seek(0)
    member.mode, member.mtime = 0o600, int(at.timestamp())
    archive.addfile(member, file)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _verify(path: Path) -> tuple[int, bytes, _Members]:
    """Check every member against the manifest; return how many rows, the key, and the members."""
    try:
        with tarfile.open(path) as archive:
            members = archive.getmembers()
            if not members or members[0].name != MANIFEST:
                raise InvalidError("backup_unknown", file=str(path))
            with _open_member(archive, MANIFEST) as file:
                manifest = orjson.loads(file.read(_MANIFEST_BYTES_MAX))
            if (manifest["format"], manifest["version"]) != (FORMAT, VERSION):
                raise InvalidError("backup_unknown", file=str(path))
            expected: _Members = manifest["members"]
            found = {}
            for member in members[1:]:
                with _open_member(archive, member.name) as file:
                    found[member.name] = _describe(file)
            if found != expected or not {KEY, SNAPSHOT} <= found.keys():
                raise InvalidError("backup_damaged", file=str(path))
            with _open_member(archive, KEY) as file:
                key = parse_master_key(file.read().decode("ascii"))
            return int(manifest["rows"]), key, expected
    except (tarfile.TarError, orjson.JSONDecodeError, EOFError, KeyError, TypeError) as error:
        raise InvalidError("backup_damaged", file=str(path)) from error


@contextmanager
def _open_member(archive: tarfile.TarFile, name: str) -> Iterator[IO[bytes]]:
    file = archive.extractfile(name)
    if file is None:
        # A link, a device or a folder: nothing we ever wrote.
        raise InvalidError("backup_damaged", file=str(archive.name))
    with file:
        yield file


def _require_empty(place: Place, key: bytes, members: _Members) -> None:
    """Refuse to restore over anything; an earlier attempt that was interrupted does not count.

    It may have left files of this archive, whole, and drafts of them.
    """
    present = find_key(place)
    if place.master_key is not None and present != key:
        raise DomainError("master_key_wrong")
    if present is not None and present != key:
        raise ConflictError("place_not_empty", found=str(place.data / keyfile.FILE_NAME))
    files = place.data / FILES
    if files.exists() and not _list_files(files).keys() <= members.keys():
        raise ConflictError("place_not_empty", found=str(files))
    if place.database is None and not (place.data / FILE_NAME).exists():
        return
    database = Database.open(place.database, place.data)
    try:
        with database.read() as tx:
            # Tables of another version are in use; whether ours are, `snapshot.load` finds out.
            if schema_revision(tx) is not None:
                require_current_schema(tx)
    finally:
        database.close()


def _write_files(
    archive: tarfile.TarFile, place: Place, members: _Members, written: list[Path]
) -> None:
    """Write the files of the archive below the data folder, and nowhere else.

    Each is noted in `written` before it has its name, so that a failure can take it back; it has
    that once it is whole. What is there as it should be stays.
    """
    for member in archive.getmembers():
        name = PurePosixPath(member.name)
        if name.parts[0] != FILES:
            continue
        if name.is_absolute() or ".." in name.parts:
            raise InvalidError("backup_damaged", file=str(archive.name))
        target = place.data / name
        if target.is_file():
            with target.open("rb") as present:
                if _describe(present) == members[member.name]:
                    continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The same name each time: the next attempt takes up what a killed one left.
        draft = target.with_name(f".{target.name}.restored")
        written += [draft, target]
        descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file, _open_member(archive, member.name) as source:
            shutil.copyfileobj(source, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
