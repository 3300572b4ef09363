"""A small data centre with its consumers' surface, and Dora's phone."""

from pathlib import Path

import pytest
from tests.consumer_site import Phone, Site
from tests.scanning_world import Tenant, World

from trueorigin.storage.database import Database


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return World(database=sqlite_database)


@pytest.fixture
def alice(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


@pytest.fixture
def site(world: World, tmp_path: Path) -> Site:
    return Site(world, tmp_path)


@pytest.fixture
def dora(site: Site) -> Phone:
    return Phone(site)
