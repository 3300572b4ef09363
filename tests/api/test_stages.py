# SPDX-License-Identifier: Apache-2.0
"""POST /runs/{id}/releases and /withdrawals: ranges, times, and what stands already."""

from datetime import timedelta
from typing import Any

import pytest
from tests.api_world import World
from tests.factories import NOW


def release(world: World, run: dict[str, Any], body: dict[str, Any], expect: int = 201) -> Any:  # noqa: ANN401 - JSON
    return world.alice.post(f"/runs/{run['id']}/releases", body, expect=expect)


def withdraw(world: World, run: dict[str, Any], body: dict[str, Any], expect: int = 201) -> Any:  # noqa: ANN401 - JSON
    return world.alice.post(f"/runs/{run['id']}/withdrawals", body, expect=expect)


def verdict_of(world: World, run: dict[str, Any], index: int, level: int = 0) -> str:
    rows = world.alice.list_rows(run, level=level, **{"from": index, "to": index + 1})
    answer = world.dora.send("POST", "/verifications", json={"code": rows[0]["url"]})
    return str(answer.json()["verdict"])


def test_a_released_range_is_genuine_and_its_neighbours_are_not(world: World) -> None:
    run = world.alice.add_run(100)
    made = release(world, run, {"level": 0, "from": 10, "to": 20, "reason": "Checked"})
    assert made["run_id"] == run["id"]
    assert [(r["level"], r["from"], r["to"]) for r in made["ranges"]] == [(0, 10, 20)]
    assert [verdict_of(world, run, i) for i in (9, 10, 19, 20)] == [
        "not_released",
        "genuine",
        "genuine",
        "not_released",
    ]


def test_no_range_means_the_whole_run_at_every_level(world: World) -> None:
    run = world.alice.add_run(100)
    made = release(world, run, {})
    assert [(r["level"], r["from"], r["to"]) for r in made["ranges"]] == [
        (0, 0, 100),
        (1, 0, 5),
        (2, 0, 3),
    ]
    assert verdict_of(world, run, 2, level=2) == "genuine"


def test_several_ranges_are_one_act(world: World) -> None:
    run = world.alice.add_run(100)
    body = {"ranges": [{"level": 0, "from": 0, "to": 5}, {"level": 1, "from": 4}]}
    made = release(world, run, body)
    assert [(r["level"], r["from"], r["to"]) for r in made["ranges"]] == [(0, 0, 5), (1, 4, 5)]


def test_withdrawn_units_say_so_and_may_be_released_again(world: World) -> None:
    run = world.alice.add_run(100)
    release(world, run, {"level": 0})
    withdraw(world, run, {"level": 0, "from": 0, "to": 10})
    assert verdict_of(world, run, 3) == "withdrawn"
    release(world, run, {"level": 0, "from": 3, "to": 4})
    assert verdict_of(world, run, 3) == "genuine"
    assert verdict_of(world, run, 4) == "withdrawn"


def test_a_release_at_a_time_holds_from_then_on(world: World) -> None:
    run = world.alice.add_run(100)
    at = NOW + timedelta(hours=5)
    made = release(world, run, {"level": 0, "at": at.isoformat()})
    assert made["effective_at"] == "2026-03-14T14:30:00Z"
    assert verdict_of(world, run, 0) == "not_released"
    world.clock.now = at
    assert verdict_of(world, run, 0) == "genuine"


def test_a_range_that_stands_already_names_the_overlapping_part(world: World) -> None:
    run = world.alice.add_run(100)
    release(world, run, {"level": 0, "from": 20, "to": 40})
    before = world.fingerprint()
    error = release(world, run, {"level": 0, "from": 10, "to": 30}, expect=409)["error"]
    assert error["code"] == "range_released_already"
    assert error["params"] == {"level": 0, "start": 20, "to": 30, "last": 29}
    assert world.fingerprint() == before
    # The same range of another kind or level, or at an earlier time, stands in nobody's way.
    release(world, run, {"level": 1, "from": 1, "to": 3})
    release(world, run, {"level": 0, "from": 10, "to": 30, "at": "2026-01-01T00:00:00Z"})
    withdraw(world, run, {"level": 0, "from": 10, "to": 30})
    error = withdraw(world, run, {"level": 0, "from": 29, "to": 31}, expect=409)["error"]
    assert error["code"] == "range_withdrawn_already"
    assert error["params"] == {"level": 0, "start": 29, "to": 30, "last": 29}


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        pytest.param({"from": 5, "to": 5}, "range_reversed", "to", id="empty"),
        pytest.param({"from": 6, "to": 5}, "range_reversed", "to", id="reversed"),
        pytest.param({"to": 101}, "range_beyond_run", "to", id="beyond the run"),
        pytest.param({"level": 1, "to": 6}, "range_beyond_run", "to", id="beyond the cases"),
        pytest.param({"level": 3}, "level_unknown", "level", id="level the run has not"),
        pytest.param({"level": 4}, "number_not_below", "level", id="level nothing has"),
        pytest.param({"from": -1}, "number_too_small", "from", id="negative"),
        pytest.param({"from": "1"}, "field_not_whole", "from", id="text"),
        pytest.param({"ranges": []}, "too_few", "ranges", id="no ranges"),
        pytest.param({"level": 0, "ranges": [{}]}, "range_twice", "ranges", id="both forms"),
        pytest.param(
            {"ranges": [{"from": 0, "to": 9}, {"from": 8, "to": 12}]},
            "ranges_overlap",
            "ranges",
            id="overlapping ranges",
        ),
        pytest.param(
            {"ranges": [{"to": 5}, {"from": 9, "to": 8}]}, "range_reversed", "ranges.1.to", id="2nd"
        ),
        pytest.param({"ranges": [{}] * 1001}, "too_many", "ranges", id="1001 ranges"),
        pytest.param({"at": "2026-01-01"}, "instant_malformed", "at", id="day for an instant"),
        pytest.param(
            {"at": "2026-01-01T00:00:00"}, "instant_malformed", "at", id="instant without zone"
        ),
        pytest.param({"at": 1_700_000_000}, "instant_malformed", "at", id="time stamp"),
        pytest.param(
            {"at": "0001-01-01T00:00:00+14:00"},
            "instant_implausible",
            "at",
            id="before the calendar",
        ),
        pytest.param({"at": "2026-13-01T00:00:00Z"}, "instant_malformed", "at", id="month 13"),
        pytest.param({"reason": "\x00"}, "text_character_refused", "reason", id="NUL"),
    ],
)
def test_a_wrong_range_is_refused_by_field(
    sqlite_world: World, body: dict[str, Any], code: str, field: str
) -> None:
    run = sqlite_world.alice.add_run(100)
    before = sqlite_world.fingerprint()
    error = release(sqlite_world, run, body, expect=422)["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert sqlite_world.fingerprint() == before


def test_overlap_between_ranges_of_one_request_is_named(world: World) -> None:
    run = world.alice.add_run(100)
    body = {"ranges": [{"from": 0, "to": 9}, {"from": 4, "to": 6}]}
    error = release(world, run, body, expect=422)["error"]
    assert error["params"] == {"level": 0, "start": 4, "to": 6, "last": 5}


def test_a_stage_costs_the_same_whatever_it_covers(world: World) -> None:
    run = world.alice.add_run(4_294_967_296, packing=[24, 40, 20])
    release(world, run, {})
    assert world.count("range_fact") == 4
    assert world.count("range_block") <= 4 * 64
