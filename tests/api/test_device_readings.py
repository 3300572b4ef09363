# SPDX-License-Identifier: Apache-2.0
"""Readings that a device made earlier: with its own id and time, stored once however often sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.api.test_create_verification import issue
from tests.api_world import Person, World
from tests.device_makers import enrol, make_site

from trueorigin.domain.devices import Profile
from trueorigin.domain.ids import uuid7
from trueorigin.domain.scans import Channel
from trueorigin.domain.units import unit_key
from trueorigin.storage import scans
from trueorigin.storage.scans import ScanRow
from trueorigin.web.readings import STAMP_AGE_MAX, STAMP_SLACK


def make_kiosk(world: World) -> Person:
    key = enrol(world, Profile.KIOSK, "Hall", make_site(world))["key"]
    return replace(world.dora, key=key)


def stamp(at: datetime, seed: int = 1) -> dict[str, str]:
    return {"id": str(uuid7(at, bytes([seed]) * 10)), "at": at.isoformat()}


def lines(world: World, run: dict[str, Any], index: int = 0) -> Sequence[ScanRow]:
    with world.database.read() as tx:
        return scans.list_scans(tx, unit_key(run["id"], 0, index), limit=50)


def count_figures(world: World) -> list[int]:
    """Return readings and counted phones of every figure there is."""
    with world.database.read() as tx:
        rows = tx.run("SELECT readings, devices FROM reading_figure")
        return [value for row in rows for value in row]


def test_a_late_reading_keeps_its_id_its_time_and_the_place_of_its_kiosk(world: World) -> None:
    run, rows = issue(world)
    kiosk = make_kiosk(world)
    world.clock.now += timedelta(days=2)
    made = world.clock.now - timedelta(hours=5)
    told = kiosk.post("/verifications", {"code": rows[0]["url"], **stamp(made)}, expect=200)
    assert told["verdict"] == "genuine"
    [line] = lines(world, run)
    assert (line.id, line.at) == (UUID(stamp(made)["id"]), made)
    assert line.channel == Channel.KIOSK
    assert (line.place or "").endswith("*")
    assert line.is_counted


def test_what_is_sent_again_is_stored_and_counted_once(world: World) -> None:
    run, rows = issue(world)
    kiosk = make_kiosk(world)
    body = {"code": rows[0]["url"], **stamp(world.clock.now)}
    first = kiosk.post("/verifications", body, expect=200)
    before = count_figures(world)
    assert sum(before) > 0
    again = kiosk.post("/verifications", body, expect=200)
    assert again["scan"] == first["scan"]
    assert again["unit"] == first["unit"]
    [line] = lines(world, run)
    assert line.readings == 1
    assert count_figures(world) == before
    other = kiosk.post(
        "/verifications", {"code": rows[0]["url"], **stamp(world.clock.now, 2)}, expect=200
    )
    assert other["scan"]["counted"] is False
    assert len(lines(world, run)) == 2


def test_a_clock_a_little_ahead_is_set_back_and_a_wrong_one_refused(world: World) -> None:
    run, rows = issue(world)
    kiosk = make_kiosk(world)
    now = world.clock.now
    ahead = {"code": rows[0]["url"], **stamp(now + STAMP_SLACK)}
    kiosk.post("/verifications", ahead, expect=200)
    assert lines(world, run)[0].at < now + timedelta(seconds=1)
    for at in (now + STAMP_SLACK + timedelta(seconds=1), now - STAMP_AGE_MAX):
        body = {"code": rows[1]["url"], **stamp(at)}
        refused = kiosk.post("/verifications", body, expect=422)
        assert refused["error"]["code"] == "reading_time_out_of_range"
    assert lines(world, run, 1) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"id": str(uuid4())}, "reading_id_malformed", id="random id"),
        pytest.param(
            {"id": "ffffffff-ffff-7fff-bfff-ffffffffffff"}, "reading_id_malformed", id="year 10889"
        ),
        pytest.param({"at": None}, "reading_stamp_half", id="no time"),
        pytest.param({"id": None}, "reading_stamp_half", id="no id"),
        pytest.param({"at": "2026-11-22T18:00:00"}, "event_time_zone_missing", id="no zone"),
    ],
)
def test_half_and_foreign_stamps_are_refused(
    world: World, change: dict[str, Any], code: str
) -> None:
    run, rows = issue(world)
    kiosk = make_kiosk(world)
    body = {"code": rows[0]["url"], **stamp(world.clock.now), **change}
    assert kiosk.post("/verifications", body, expect=422)["error"]["code"] == code
    assert lines(world, run) == []


def test_an_id_of_another_time_than_the_reading_is_refused(world: World) -> None:
    run, rows = issue(world)
    kiosk = make_kiosk(world)
    at = world.clock.now
    body = {"code": rows[0]["url"], **stamp(at - timedelta(days=1)), "at": at.isoformat()}
    refused = kiosk.post("/verifications", body, expect=422)
    assert refused["error"]["code"] == "reading_id_malformed"
    assert lines(world, run) == []


def test_strangers_and_api_keys_cannot_choose_what_the_ledger_says(world: World) -> None:
    run, rows = issue(world)
    body = {"code": rows[0]["url"], **stamp(world.clock.now)}
    for who in (world.dora, world.alice):
        refused = who.post("/verifications", body, expect=403)
        assert refused["error"]["code"] == "reading_stamp_device_only"
    assert lines(world, run) == []
