# SPDX-License-Identifier: Apache-2.0
"""What every surface needs from the process: opened once by `app.py`, handed to each surface."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final, TypeAlias

from trueorigin.adapters.files import FileStore
from trueorigin.domain.scans import Confirmation, Reading, ScanOutcome
from trueorigin.services.capturing import open_pace
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.installation import Place
from trueorigin.services.pacing import Pace
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Database
from trueorigin.web.basemap import BaseMap
from trueorigin.web.coalescer import Coalescer
from trueorigin.web.throttle import Throttle

# Each takes some 300 MB while it is read and stored.
UPLOADS_AT_ONCE: Final = 1

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class AppContext:
    """The parts of one running process.

    `coalescer` records readings, `confirmations` counts the phones that looked at their page.
    `public_url` has no trailing slash and is printed on new runs. `trusted_proxies` may name the
    client in `X-Forwarded-For`. `hosts` are the hosts of present and former public URLs, as
    `digitallink.parse_code` takes them. `files` keeps what is uploaded. `scratch` is a folder for
    files that are gone after the request, `prints` one for print files that wait for their
    owners, `tables` one for tables that wait to be judged. `place` is where processes of their own
    find the data centre for heavy work; without it the work is done in this one. `uploads` has the
    places for large uploads of events, `event_pace` is that of all uploads. `clock` and `entropy`
    are the only sources of time and randomness below the surfaces.
    """

    database: Database
    vault: Vault
    catalogue: Catalogue
    coalescer: Coalescer[Reading, ScanOutcome]
    confirmations: Coalescer[Confirmation, bool]
    public_url: str
    trusted_proxies: tuple[Network, ...]
    has_secure_cookies: bool
    throttle: Throttle
    hosts: frozenset[str]
    files: FileStore
    scratch: Path
    prints: Path
    tables: Path
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    base_map: BaseMap | None = None
    place: Place | None = None
    uploads: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(UPLOADS_AT_ONCE))
    event_pace: Pace = field(default_factory=open_pace)
