# SPDX-License-Identifier: Apache-2.0
"""Open the data centre a command works on, and act in it for one of its organisations."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.tenancy import Act, Organisation, Role
from trueorigin.services.access import open_local_act
from trueorigin.services.accounts import get_organisation_by_name
from trueorigin.services.installation import open_installation
from trueorigin.services.vault import Vault
from trueorigin.settings import Settings, load_settings
from trueorigin.storage.catalog import find_run
from trueorigin.storage.database import Database, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An opened data centre. Works beside a running server."""

    settings: Settings
    database: Database
    vault: Vault

    def open_act(self, tx: Tx, organisation: str, role: Role = Role.MANUFACTURER) -> Act:
        """Act for the organisation of this name, as whoever runs the data centre may."""
        found = get_organisation_by_name(tx, organisation)
        return self.act_for(found, role)

    def open_act_of_run(self, tx: Tx, run_id: int) -> Act:
        """Act for the organisation that ordered this run."""
        run = find_run(tx, run_id)
        if run is None:
            raise NotFoundError("run_not_found")
        return open_local_act(run.organisation_id, Role.MANUFACTURER, at=now(), entropy=os.urandom)

    def act_for(self, organisation: Organisation, role: Role = Role.MANUFACTURER) -> Act:
        """Act for `organisation` at this moment."""
        return open_local_act(organisation.id, role, at=now(), entropy=os.urandom)


@contextmanager
def open_session(
    data: Path | None, database: str | None, public_url: str | None = None
) -> Iterator[Session]:
    """Open what `--data` and `--database` name, else what the environment does; close it after."""
    settings = load_settings(os.environ, data=data, database=database, public_url=public_url)
    opened, vault = open_installation(settings.place)
    try:
        yield Session(settings=settings, database=opened, vault=vault)
    finally:
        opened.close()


def now() -> datetime:
    """Return the present instant: commands are where time comes in."""
    return datetime.now(UTC)
