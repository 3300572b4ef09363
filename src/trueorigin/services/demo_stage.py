# SPDX-License-Identifier: Apache-2.0
"""Where the demo's story is played."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from trueorigin.adapters.files import FileStore
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the story is played: the present, randomness for keys, and the printed address."""

    tx: Tx
    vault: Vault
    files: FileStore
    at: datetime
    entropy: Callable[[int], bytes]
    public_url: str
