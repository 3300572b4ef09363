"""A line of the ledger learns its place once, and whatever was counted with it moves along."""

import pytest
from tests.scanning_world import World, phone

from trueorigin.storage import counting, places, scans
from trueorigin.storage.database import Database


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_line_learns_its_place_once(database: Database, *, is_confirmed: bool) -> None:
    world = World(database=database)
    with database.write() as tx:
        alice = world.join(tx)
    outcome = world.read(alice.code(7), device_token=phone(1), is_confirmed=is_confirmed)
    assert outcome.scan_id is not None
    key = alice.key(7)
    with database.write() as tx:
        assert places.add_place(tx, key, outcome.scan_id, "31.2,121.5")
        assert not places.add_place(tx, key, outcome.scan_id, "22.5,114.1")
    with database.read() as tx:
        [line] = scans.list_scans(tx, key, limit=5)
        states = counting.find_unit_states(tx, [key])
        figures = tx.run("SELECT place, readings, devices FROM reading_figure ORDER BY place", [])
        told = [tuple(row) for row in figures if any(row[1:])]
    assert line.place == "31.2,121.5"
    if is_confirmed:
        assert (states[key].first_place, states[key].last_place) == ("31.2,121.5", "31.2,121.5")
    else:
        assert states == {}
    assert told == [("31.2,121.5", 1, int(is_confirmed))]


def test_a_reading_that_is_not_there_learns_nothing(database: Database) -> None:
    world = World(database=database)
    with database.write() as tx:
        alice = world.join(tx)
    outcome = world.read(alice.code(7), device_token=phone(1))
    assert outcome.scan_id is not None
    with database.write() as tx:
        assert not places.add_place(tx, alice.key(8), outcome.scan_id, "31.2,121.5")


def test_a_later_phone_leaves_the_first_place_alone(database: Database) -> None:
    world = World(database=database)
    with database.write() as tx:
        alice = world.join(tx)
    world.read(alice.code(7), device_token=phone(1), place="22.5,114.1")
    second = world.read(alice.code(7), device_token=phone(2))
    assert second.scan_id is not None
    with database.write() as tx:
        assert places.add_place(tx, alice.key(7), second.scan_id, "31.2,121.5")
    with database.read() as tx:
        state = counting.find_unit_states(tx, [alice.key(7)])[alice.key(7)]
    assert (state.first_place, state.last_place) == ("22.5,114.1", "31.2,121.5")
