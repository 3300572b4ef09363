# SPDX-License-Identifier: Apache-2.0
"""The logo that an organisation's labels carry: found beside its other files, opened once."""

from functools import lru_cache
from typing import Final

from trueorigin.adapters.files import FileStore
from trueorigin.adapters.logos import Logo, open_logo as read_logo
from trueorigin.domain.designs import Look
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.files import File
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage import accounts, files
from trueorigin.storage.database import Tx

# Opened logos take up to 3 MB each; those who look at labels look at them again and again.
_KEPT: Final = 8


def find_logo(tx: Tx, scope: TenantScope, look: Look) -> File | None:
    """Return the organisation's logo if `look` shows it; `logo_missing` when there is none.

    An organisation prints its own labels, so its logo needs nobody's verification here.
    """
    if not look.has_logo:
        return None
    file_id = accounts.get_organisation(tx, scope).logo_file_id
    if file_id is None:
        raise InvalidError("logo_missing", field="design")
    return files.get_file(tx, scope, file_id)


def open_logo(store: FileStore, file: File | None) -> Logo | None:
    """Open a logo as labels print it; outside of any transaction. `logo_blank` when it is white."""
    return None if file is None else _open(store, file.sha256)


@lru_cache(maxsize=_KEPT)
def _open(store: FileStore, sha256: bytes) -> Logo:
    with store.open(sha256) as content:
        return read_logo(content.read())
