# SPDX-License-Identifier: Apache-2.0
"""Open a data centre, or make a new one where there is none: schema, identity and master key.

A database that is in use is never given a new master key: without the right one the process does
not start. Every step may be interrupted and is simply taken up by the next start.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trueorigin.adapters import keyfile
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.ids import uuid7
from trueorigin.domain.keys import KEY_BYTES, parse_master_key
from trueorigin.services.accounts import rotate_master as rewrap_under
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, checkup
from trueorigin.storage.accounts import Installation
from trueorigin.storage.database import (
    FILE_NAME,
    Database,
    Tx,
    migrate,
    require_current_schema,
    schema_revision,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a data centre lives: its folder, its database (None: SQLite there), its key.

    `master_key` is the text of the setting; None means the key file in the folder.
    """

    data: Path
    database: str | None
    master_key: str | None


def find_key(place: Place) -> bytes | None:
    """Return the master key of `place`, or None where it has none yet."""
    if place.master_key is not None:
        return parse_master_key(place.master_key)
    return keyfile.find_master_key(place.data)


def open_installation(place: Place) -> tuple[Database, Vault]:
    """Open what is there; the caller closes the database.

    Refuses what is not there (`installation_missing`), a schema that is not this program's, and
    a wrong or missing master key.
    """
    if place.database is None and not (place.data / FILE_NAME).is_file():
        raise InvalidError("installation_missing", data=str(place.data))
    database = Database.open(place.database, place.data)
    try:
        with database.read() as tx:
            return database, unlock(tx, place)
    except BaseException:
        database.close()
        raise


def upgrade_schema(place: Place) -> None:
    """Bring the tables of a data centre to this program's; refused where there is none."""
    if place.database is None and not (place.data / FILE_NAME).is_file():
        raise InvalidError("installation_missing", data=str(place.data))
    database = Database.open(place.database, place.data)
    try:
        with database.read() as tx:
            is_new = schema_revision(tx) is None
        if is_new:
            raise InvalidError("installation_missing", data=str(place.data))
        migrate(database)
    finally:
        database.close()


def unlock(tx: Tx, place: Place) -> Vault:
    """Return the keys of the data centre that `tx` sees, once its master key is proven."""
    row = None
    if schema_revision(tx) is not None:
        require_current_schema(tx)
        row = accounts.find_installation(tx)
    if row is None:
        raise InvalidError("installation_missing", data=str(place.data))
    key = find_key(place)
    if key is None:
        raise DomainError("master_key_missing", file=str(place.data / keyfile.FILE_NAME))
    vault = Vault(key)
    if hmac.compare_digest(vault.check, row.key_check):
        return vault
    return _finish_rotation(place, row.key_check)


def _finish_rotation(place: Place, key_check: bytes) -> Vault:
    """Take up a rotation that was interrupted after its commit; else the key is simply wrong."""
    prepared = keyfile.find_next_key(place.data) if place.master_key is None else None
    if prepared is None:
        raise DomainError("master_key_wrong")
    vault = Vault(prepared)
    if not hmac.compare_digest(vault.check, key_check):
        raise DomainError("master_key_wrong")
    keyfile.promote_next_key(place.data)
    return vault


def rotate_master(database: Database, place: Place, entropy: Callable[[int], bytes]) -> int:
    """Wrap all epoch keys under a new master key and return how many they are.

    Only for a key kept in the file: another one has to be changed where it is kept. Server
    processes must be stopped; they hold the old key. May be interrupted at any point.
    """
    if place.master_key is not None:
        raise InvalidError("master_key_elsewhere", field="TRUEORIGIN_MASTER_KEY")
    old = find_key(place)
    if old is None:
        raise DomainError("master_key_missing", file=str(place.data / keyfile.FILE_NAME))
    new = entropy(KEY_BYTES)
    keyfile.prepare_next_key(place.data, new)
    with database.write() as tx:
        count = rewrap_under(tx, Vault(old), Vault(new), entropy)
    keyfile.promote_next_key(place.data)
    return count


def ensure_installation(
    place: Place, *, at: datetime, entropy: Callable[[int], bytes]
) -> tuple[Database, Vault]:
    """Open what is there, or make a new data centre in an empty database.

    Processes that start together on one empty database make one data centre between them: the
    others find it made, and are refused if they do not hold its key. So is a pooler that gives no
    connection a session of its own (`database_pooled`): what fails behind one fails now and then.
    """
    database = Database.open(place.database, place.data)
    try:
        place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        require_own_sessions(database)
        with database.read() as tx:
            is_new = schema_revision(tx) is None
        if is_new:
            migrate(database)
        _ensure_identity(database, place, at=at, entropy=entropy)
        with database.read() as tx:
            return database, unlock(tx, place)
    except BaseException:
        database.close()
        raise


def require_own_sessions(database: Database) -> None:
    """Refuse a pooler that lends each connection a session for one transaction only."""
    if checkup.shares_sessions(database):
        raise DomainError("database_pooled")


def _ensure_identity(
    database: Database, place: Place, *, at: datetime, entropy: Callable[[int], bytes]
) -> None:
    with database.read() as tx:
        require_current_schema(tx)
        if accounts.find_installation(tx) is not None:
            return
    found = find_key(place)
    key = found or entropy(KEY_BYTES)
    with database.write() as tx:
        if accounts.find_installation(tx) is not None:
            return
        # Waits for, and then fails after, another process that does the same.
        row = Installation(
            instance=uuid7(at, entropy(10)), key_check=Vault(key).check, created_at=at
        )
        accounts.append_installation(tx, row)
        # Before the commit: a crash leaves a key without a data centre, which the next start
        # uses, and never a data centre without its key.
        if found is None:
            keyfile.create_master_key(place.data, key)
