# SPDX-License-Identifier: Apache-2.0
"""Look over an installation and say what is wrong before it hurts, and what to do about it.

Changes nothing. Each finding is a code with figures; its sentences are in the locale files under
`doctor-<code>`.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from trueorigin.adapters import keyfile
from trueorigin.adapters.files import FOLDER_NAME, FolderStore
from trueorigin.domain.errors import DomainError, InvalidError, Param
from trueorigin.services import judging, printing
from trueorigin.services.installation import Place, require_own_sessions, unlock
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, checkup, files
from trueorigin.storage.database import FILE_NAME, Database, Tx, require_current_schema

_PYTHON_LEAST = (3, 11)
# Below the first new readings are refused within days at most; below the second, at any moment.
_FREE_BYTES_WARN, _FREE_BYTES_FAIL = 2 * 2**30, 200 * 2**20
# With a host of at most this length the symbol of a 16-symbol serial is QR version 3-M.
_HOST_LENGTH_MAX = 11
# Verdicts compare instants of several machines; more than this shows in them.
_CLOCK_SKEW_MAX = timedelta(seconds=2)
_OTHERS_MAY = 0o077
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - recognised, not bound

STATIC = Path(__file__).resolve().parent.parent / "static"
_BUILT = (
    "fonts/NotoSansSC-Regular.ttf",
    "fonts/NotoSansSC-SemiBold.ttf",
    "built/console.js",
    "built/detector.js",
    "built/home.js",
    "built/place.js",
    "built/scan.js",
    "built/zxing_reader.wasm",
)
_PAGE = 1000
# Below the data folder, each made when it is needed first.
_FOLDERS = (FOLDER_NAME, printing.FOLDER_NAME, judging.FOLDER_NAME, "scratch")


class Status(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `code` names the sentence, `params` its figures.

    `error` is the refusal that ended the examination, if one did.
    """

    status: Status
    code: str
    params: dict[str, Param]
    error: DomainError | None = None


def _ok(code: str, **params: Param) -> Finding:
    return Finding(Status.OK, code, params)


def _warn(code: str, **params: Param) -> Finding:
    return Finding(Status.WARN, code, params)


def _fail(code: str, **params: Param) -> Finding:
    return Finding(Status.FAIL, code, params)


def examine(
    place: Place,
    public_url: str,
    trusted_proxies: Sequence[object] = (),
    *,
    at: datetime,
    free_bytes: Callable[[Path], int] | None = None,
) -> Iterator[Finding]:
    """Yield a finding for each check, those outside the database first.

    Stops early where the rest cannot be known, for instance behind an unreachable database.
    `public_url` and `trusted_proxies` are the server's, as far as whoever asks was told them.
    `free_bytes` measures a folder's disk and is replaced in tests.
    """
    yield _check_python(sys.version_info[:2])
    yield from _check_folder(place.data, free_bytes or _free_bytes)
    yield check_public_url(public_url)
    if public_url.startswith("https:"):
        yield check_proxies(trusted_proxies)
    yield _check_built(STATIC)
    try:
        yield from _examine_database(place, at)
    except DomainError as error:
        yield Finding(Status.FAIL, "refused", {}, error)


def _examine_database(place: Place, at: datetime) -> Iterator[Finding]:
    if place.database is None and not (place.data / FILE_NAME).is_file():
        raise InvalidError("installation_missing", data=str(place.data))
    database = Database.open(place.database, place.data)
    try:
        require_own_sessions(database)
        with database.read() as tx:
            tx.lift_timeouts()
            yield from _check_database(tx, place, at)
    finally:
        database.close()


def check_public_url(url: str) -> Finding:
    """Judge the address that goes onto labels, while there is still time to change it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in _LOCAL_HOSTS:
        return _warn("public-url-local", url=url)
    if parts.scheme != "https":
        return _warn("public-url-plain", url=url)
    if len(parts.netloc) > _HOST_LENGTH_MAX:
        return _warn("public-url-long", url=url, length=len(parts.netloc), max=_HOST_LENGTH_MAX)
    return _ok("public-url", url=url)


def check_proxies(trusted: Sequence[object]) -> Finding:
    """Look for whoever speaks https in our place, for we do not: readers come through it."""
    if not trusted:
        return _warn("proxies-none")
    return _ok("proxies", proxies=", ".join(map(str, trusted)))


def _check_python(version: tuple[int, ...]) -> Finding:
    text = ".".join(map(str, version))
    return (
        _ok("python", version=text)
        if version >= _PYTHON_LEAST
        else _fail("python-old", version=text)
    )


def _check_folder(folder: Path, free_bytes: Callable[[Path], int]) -> Iterator[Finding]:
    if not folder.is_dir():
        yield _fail("folder-missing", folder=str(folder))
        return
    for each in (folder, *(folder / name for name in _FOLDERS)):
        if each.is_dir() and not _is_usable(each, like=folder):
            yield _fail("folder-read-only", folder=str(each))
    if folder.stat().st_mode & _OTHERS_MAY:
        yield _warn("folder-open", folder=str(folder))
    key = folder / keyfile.FILE_NAME
    if key.exists() and key.stat().st_mode & _OTHERS_MAY:
        yield _fail("key-open", file=str(key))
    free = free_bytes(folder)
    megabytes = free // 2**20
    if free < _FREE_BYTES_FAIL:
        yield _fail("disk-full", megabytes=megabytes)
    elif free < _FREE_BYTES_WARN:
        yield _warn("disk-low", megabytes=megabytes)
    else:
        yield _ok("disk", megabytes=megabytes)


def _is_usable(folder: Path, *, like: Path) -> bool:
    """Tell whether a folder can be written to by us and by the owner of `like`, who may be another.

    Who looks as root may do everything, and sees only by its owner whether the server may.
    """
    owners = {folder.stat().st_uid, like.stat().st_uid}
    return os.access(folder, os.W_OK | os.X_OK) and len(owners) == 1


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _check_built(static: Path) -> Finding:
    missing = [name for name in _BUILT if not (static / name).is_file()]
    return _fail("files-missing", files=", ".join(missing)) if missing else _ok("files")


def _check_database(tx: Tx, place: Place, at: datetime) -> Iterator[Finding]:
    yield _ok("database", dialect=tx.dialect)
    require_current_schema(tx)
    yield _ok("schema")
    vault = unlock(tx, place)
    yield _ok("master-key")
    yield _check_epochs(tx, vault)
    weak = checkup.list_weak_settings(tx)
    yield _fail("weak-settings", settings=", ".join(weak)) if weak else _ok("durable")
    damage = checkup.find_damage(tx)
    yield _fail("damaged", fault=damage[:200]) if damage else _ok("whole")
    yield _check_contents(tx, FolderStore(place.data / FOLDER_NAME))
    yield _check_clock(tx, at)


def _check_epochs(tx: Tx, vault: Vault) -> Finding:
    epochs = accounts.list_every_epoch(tx)
    for owner, epoch, wrapped in epochs:
        try:
            vault.unwrap(wrapped, organisation_id=owner, epoch=epoch)
        except DomainError:
            return _fail("epoch-lost", organisation=str(owner), epoch=epoch)
    return _ok("epochs", count=len(epochs))


def _check_contents(tx: Tx, store: FolderStore) -> Finding:
    """Look for every uploaded content, and whether it is as long as it was; reads none of them."""
    after, count, lost = b"", 0, 0
    while page := files.list_contents(tx, after=after, limit=_PAGE):
        for digest, size in page:
            try:
                with store.open(digest) as content:
                    lost += content.seek(0, os.SEEK_END) != size
            except DomainError:
                lost += 1
        count += len(page)
        after = page[-1][0]
    return _fail("contents-lost", lost=lost, count=count) if lost else _ok("contents", count=count)


def _check_clock(tx: Tx, at: datetime) -> Finding:
    row = accounts.find_installation(tx)
    if row is not None and at < row.created_at:
        return _fail("clock-behind", since=row.created_at.isoformat(timespec="seconds"))
    there = checkup.read_clock(tx)
    if there is not None and abs(there - at) > _CLOCK_SKEW_MAX:
        return _warn("clock-differs", seconds=int(abs(there - at).total_seconds()))
    return _ok("clock")
