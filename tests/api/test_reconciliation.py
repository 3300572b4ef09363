"""GET /runs/{id}/reconciliation: what was issued, what became of it, and what does not fit."""

from typing import Any
from uuid import uuid4

import pytest
from tests.api_world import Person, World

from trueorigin.api import reconciliation as surface
from trueorigin.domain.reconciling import GapCode
from trueorigin.services import reconciling
from trueorigin.web.i18n import languages, translator


def store(person: Person, kind: str, hour: int, **units: Any) -> None:  # noqa: ANN401 - JSON
    event = {"id": str(uuid4()), "kind": kind, "at": f"2026-03-14T0{hour}:00:00Z"}
    answer = person.post("/events", {"events": [event | units]}, expect=200)
    assert [each["error"] for each in answer["outcomes"]] == [None]


def span(run: int, level: int, start: int, stop: int) -> dict[str, int]:
    return {"run": run, "level": level, "from": start, "to": stop}


def reconcile(world: World, run: int) -> dict[str, Any]:
    found: dict[str, Any] = world.alice.get(f"/runs/{run}/reconciliation")
    return found


def gaps_of(level: dict[str, Any]) -> dict[str, list[tuple[int, int]]]:
    return {
        gap["code"]: [(each["from"], each["to"]) for each in gap["ranges"]] for gap in level["gaps"]
    }


def test_a_fresh_run_is_issued_and_nothing_else(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    found = reconcile(world, run)
    assert [each["issued"] for each in found["levels"]] == [100, 5, 3]
    assert (found["readings"], found["is_cut"]) == (0, False)
    for level in found["levels"]:
        assert level["gaps"] == []
        assert sum(value for value in level.values() if isinstance(value, int)) == (
            level["issued"] + level["level"]
        )


def test_what_happens_to_a_case_happens_to_its_items(world: World) -> None:
    order = world.alice.add_run(100)
    run = order["id"]
    world.alice.list_rows(order)
    world.alice.post(f"/runs/{run}/releases", {"level": 0, "from": 0, "to": 96})
    store(world.alice, "packing", 1, plan=span(run, 1, 0, 5))
    store(world.alice, "shipping", 2, units=[span(run, 1, 0, 2)])
    store(world.alice, "receiving", 3, units=[span(run, 1, 1, 3)])
    store(world.alice, "selling", 4, units=[span(run, 0, 10, 20), span(run, 0, 98, 99)])
    store(world.alice, "returning", 5, units=[span(run, 0, 10, 12)])
    store(world.alice, "destroying", 6, units=[span(run, 0, 11, 12)])
    items, cases, _ = reconcile(world, run)["levels"]
    figures = {name: items[name] for name in items if name not in {"level", "gaps"}}
    assert figures == {
        "issued": 100,
        "downloaded": 100,
        "overprinted": 0,
        "released": 96,
        "withdrawn": 0,
        "recalled": 0,
        "packed": 100,
        "shipped": 48,
        "received": 48,
        "sold": 11,
        "returned": 2,
        "destroyed": 1,
        "read": 0,
    }
    assert (cases["shipped"], cases["received"], cases["sold"]) == (2, 2, 0)
    assert gaps_of(items) == {
        "received_not_shipped": [(48, 72)],
        "sold_not_shipped": [(98, 99)],
        "sold_not_released": [(98, 99)],
    }
    assert gaps_of(cases) == {"shipped_not_released": [(0, 2)], "received_not_shipped": [(2, 3)]}


def test_what_was_taken_out_before_is_not_shipped_with_the_case(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    store(world.alice, "packing", 1, plan=span(run, 1, 0, 5))
    store(world.alice, "unpacking", 2, units=[span(run, 0, 3, 5)])
    store(world.alice, "shipping", 3, units=[span(run, 1, 0, 1)])
    # What was taken out after it was shipped, was shipped.
    store(world.alice, "unpacking", 4, container=span(run, 1, 0, 1))
    assert reconcile(world, run)["levels"][0]["shipped"] == 22


def test_an_event_in_error_counts_for_nothing(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    store(world.alice, "selling", 1, units=[span(run, 0, 0, 10)])
    [event] = world.alice.get("/events")["items"]
    world.alice.post(f"/events/{event['id']}/declaration", {})
    assert reconcile(world, run)["levels"][0]["sold"] == 0


def test_codes_taken_twice_and_never_stand_out(world: World) -> None:
    order = world.alice.add_run(100)
    run = order["id"]
    for bounds in ({"to": 30}, {"from": 10, "to": 20}, {"from": 40, "to": 60}):
        layout = {"layout": "a4-24", **bounds}
        assert world.alice.send("GET", f"/runs/{run}/labels.pdf", params=layout).is_success
    world.alice.list_rows(order, **{"from": 50, "to": 70})
    # Going on with a list that one has is no further copy.
    world.alice.list_rows(order, **{"from": 50, "to": 70})
    world.alice.post(f"/runs/{run}/releases", {"level": 0, "from": 0, "to": 50})
    [items, *_] = reconcile(world, run)["levels"]
    assert (items["downloaded"], items["overprinted"], items["released"]) == (60, 20, 50)
    assert gaps_of(items) == {
        "overprinted": [(10, 20), (50, 60)],
        "released_not_downloaded": [(30, 40)],
    }


def test_withdrawn_recalled_and_read(world: World) -> None:
    order = world.alice.add_run(100)
    run = order["id"]
    rows = world.alice.list_rows(order)
    world.alice.post(f"/runs/{run}/releases", {})
    world.alice.post(f"/runs/{run}/withdrawals", {"level": 0, "from": 90, "to": 100})
    recall = world.alice.post(
        "/recalls", {"run_id": run, "level": 0, "from": 0, "to": 7, "reason": {"en": "Leak"}}
    )
    for row in (rows[5], rows[5], rows[95]):
        world.client.forget_cookies()
        world.dora.post("/verifications", {"code": row["code"]}, expect=200)
    found = reconcile(world, run)
    [items, *_] = found["levels"]
    assert (items["released"], items["withdrawn"], items["recalled"]) == (90, 10, 7)
    # Withdrawn ones were released once.
    assert (items["read"], found["readings"], gaps_of(items)) == (2, 3, {})
    world.alice.post(f"/recalls/{recall['id']}/lifting", {})
    world.alice.post("/recalls", {"batch_id": order["batch_id"], "reason": {"en": "Leak"}})
    assert [each["recalled"] for each in reconcile(world, run)["levels"]] == [100, 5, 3]


def test_what_was_read_before_its_release_stands_out(world: World) -> None:
    order = world.alice.add_run(100)
    row = world.alice.list_rows(order, **{"from": 5, "to": 6})[0]
    world.dora.post("/verifications", {"code": row["code"]}, expect=200)
    [items, *_] = reconcile(world, order["id"])["levels"]
    assert gaps_of(items) == {"read_not_released": [(5, 6)]}


def test_answers_are_bounded_and_say_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = world.alice.add_run(100)["id"]
    odd = [span(run, 0, index, index + 1) for index in range(1, 10, 2)]
    store(world.alice, "selling", 1, units=odd)
    monkeypatch.setattr(surface, "RANGES_MAX", 2)
    [items, *_] = reconcile(world, run)["levels"]
    [gap, _] = items["gaps"]
    assert (gap["count"], len(gap["ranges"]), gap["has_more"]) == (5, 2, True)
    world.alice.post(f"/runs/{run}/releases", {"level": 0, "from": 0, "to": 5})
    monkeypatch.setattr(reconciling, "PARTS_MAX", 1)
    assert reconcile(world, run)["is_cut"] is True


def test_a_run_of_four_billion_costs_what_happened(world: World) -> None:
    run = world.alice.add_run(4_294_967_296, packing=[100, 100])["id"]
    world.alice.post(f"/runs/{run}/releases", {})
    cases = span(run, 1, 0, 42_949_673)
    store(world.alice, "packing", 1, plan=cases)
    store(world.alice, "shipping", 2, units=[span(run, 1, 0, 40_000_000)])
    [items, *_] = reconcile(world, run)["levels"]
    assert (items["packed"], items["shipped"]) == (4_294_967_296, 4_000_000_000)


def test_every_gap_has_words() -> None:
    for language in languages():
        text = translator(language)
        assert [each for each in GapCode if not text.has(f"gap-{each.replace('_', '-')}")] == []
