# SPDX-License-Identifier: Apache-2.0
"""The JSON surface in this process, on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api_world import World, open_world

from trueorigin.storage.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with open_world(database, tmp_path) as world:
        yield world


@pytest.fixture
def sqlite_world(sqlite_database: Database, tmp_path: Path) -> Iterator[World]:
    """For refusals that come before any statement: one database shows what both would."""
    with open_world(sqlite_database, tmp_path) as world:
        yield world
