"""Whole data centres for tests of operation: in a folder, on either database, with goods."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from tests.factories import NOW, make_entropy

from trueorigin.adapters.files import FOLDER_NAME, FolderStore
from trueorigin.domain.digitallink import parse_code
from trueorigin.domain.ids import uuid7
from trueorigin.domain.scans import Channel, Reading, ScanOutcome
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.demo import Story, build_demo
from trueorigin.services.demo_stage import Stage
from trueorigin.services.installation import Place, ensure_installation, open_installation
from trueorigin.services.scanning import record_scans
from trueorigin.services.vault import Vault
from trueorigin.storage import snapshot
from trueorigin.storage.database import Database

PUBLIC_URL = "http://zy.example"


@dataclass
class Centre:
    """An opened data centre with the goods of the demo."""

    place: Place
    database: Database
    vault: Vault
    story: Story
    catalogue: Catalogue

    def read(self, item: str, *, at: datetime = NOW, phone: bytes | None = None) -> ScanOutcome:
        """Read one of the story's items as a phone of its own would."""
        reading = Reading(
            code=parse_code(self.story.items[item], hosts=()),
            at=at,
            id=uuid7(at, os.urandom(10)),
            channel=Channel.PAGE,
            device_token=phone or os.urandom(16),
            minted_token=None,
            network="192.0.2.0/24",
            place=None,
            place_trusted=False,
            actor=None,
            is_confirmed=True,
        )
        with self.database.write() as tx:
            return record_scans(tx, self.catalogue, self.vault, [reading])[0]


def fill_centre(place: Place) -> Centre:
    """Make a data centre at `place` and play the demo's story in it."""
    database, vault = ensure_installation(place, at=NOW, entropy=make_entropy(str(place.data)))
    with database.write() as tx:
        stage = Stage(
            tx=tx,
            vault=vault,
            at=NOW,
            entropy=make_entropy(f"story of {place.data}"),
            public_url=PUBLIC_URL,
            files=FolderStore(place.data / FOLDER_NAME),
        )
        story = build_demo(stage)
    return Centre(place=place, database=database, vault=vault, story=story, catalogue=Catalogue())


def open_centre(place: Place, story: Story) -> Centre:
    """Open what is at `place`, which holds `story`."""
    database, vault = open_installation(place)
    return Centre(place=place, database=database, vault=vault, story=story, catalogue=Catalogue())


def dump_all(database: Database) -> bytes:
    """Return everything a database holds, in one comparable form."""
    with database.read() as tx:
        return b"".join(snapshot.dump(tx, lambda _table, _rows: None))


def list_scan_ids(database: Database) -> set[UUID]:
    """Return the id of every line of the ledger."""
    with database.read() as tx:
        return {UUID(str(value)) for (value,) in tx.run("SELECT id FROM scan")}


def sqlite_place(folder: Path) -> Place:
    return Place(data=folder, database=None, master_key=None)
