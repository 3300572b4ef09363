"""POST /events: many at a time, each row answered, once each whatever is sent again."""

from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from tests.api_world import Person, World

from trueorigin.api import events as surface
from trueorigin.services.capturing import EVENTS_MAX
from trueorigin.web.requests import EVENTS_BODY_MAX, JSON_BODY_MAX

AT = "2026-03-14T17:30:00+08:00"


def tell(run: int, start: int = 0, stop: int | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return an event about items of a run."""
    units = {"run": run, "level": 0, "from": start, "to": start + 1 if stop is None else stop}
    return {"id": str(uuid4()), "kind": "shipping", "at": AT, "units": [units], **fields}


def upload(person: Person, *events: object, query: str = "", expect: int = 200) -> Any:  # noqa: ANN401 - JSON
    return person.post(f"/events{query}", {"events": list(events)}, expect=expect)


def test_one_wrong_row_is_named_and_stops_no_other(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    right, wrong, late = tell(run), tell(run, 100), tell(run, 5, 9)
    answer = upload(world.alice, right, wrong, late)
    assert (answer["stored"], answer["repeated"], answer["refused"]) == (2, 0, 1)
    assert [(each["row"], each["id"], each["outcome"]) for each in answer["outcomes"]] == [
        (0, right["id"], "stored"),
        (1, wrong["id"], "refused"),
        (2, late["id"], "stored"),
    ]
    error = answer["outcomes"][1]["error"]
    assert (error["code"], error["field"]) == ("range_beyond_run", "units.0.to")
    assert error["message"]
    assert answer["outcomes"][0]["error"] is None
    listed = world.alice.get("/events")["items"]
    assert {each["id"] for each in listed} == {right["id"], late["id"]}


def test_refusals_are_in_the_readers_language(sqlite_world: World) -> None:
    body = {"events": [{"id": str(uuid4()), "kind": "teleporting"}]}
    said = {
        language: sqlite_world.alice.post(
            "/events", body, expect=200, headers={"Accept-Language": language}
        )["outcomes"][0]["error"]["message"]
        for language in ("zh", "en")
    }
    assert said["en"].startswith("There is no such kind of event")
    assert said["zh"] != said["en"]


def test_a_single_event_is_a_body_too(world: World) -> None:
    event = tell(world.alice.add_run(100)["id"])
    assert world.alice.post("/events", event, expect=200)["stored"] == 1
    assert world.alice.post("/events", event, expect=200)["repeated"] == 1


def test_the_same_queue_again_stores_nothing(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    queue = [tell(run, index) for index in range(30)]
    assert upload(world.alice, *queue)["stored"] == 30
    before = world.fingerprint()
    again = upload(world.alice, *queue)
    assert (again["stored"], again["repeated"]) == (0, 30)
    assert world.fingerprint() == before
    other = {**queue[0], "kind": "selling"}
    [refused] = upload(world.alice, other)["outcomes"]
    assert (refused["outcome"], refused["error"]["code"]) == ("refused", "event_id_taken")


def test_of_many_rows_only_those_that_were_not_stored_are_answered(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surface, "OUTCOMES_MAX", 3)
    alice = sqlite_world.alice
    run = alice.add_run(100)["id"]
    few = upload(alice, tell(run), tell(run), tell(run, 100))
    assert [each["row"] for each in few["outcomes"]] == [0, 1, 2]
    many = upload(alice, tell(run), tell(run), tell(run), tell(run, 100))
    assert [each["row"] for each in many["outcomes"]] == [3]
    every = upload(alice, *[tell(run)] * 2, tell(run), tell(run), query="?outcomes=all")
    assert [each["row"] for each in every["outcomes"]] == [0, 1, 2, 3]
    quiet = upload(alice, tell(run), query="?outcomes=refused")
    assert quiet["outcomes"] == []


WRONG_BODIES: dict[str, tuple[bytes, int, str, str | None]] = {
    "nothing": (b"", 400, "body_missing", None),
    "no JSON": (b"{", 400, "body_malformed", None),
    "no Unicode": (b'{"events": ["\xff"]}', 400, "body_malformed", None),
    "no number": (b'{"events": [NaN]}', 400, "body_malformed", None),
    "nested without end": (b'{"events": ' + b"[" * 5000, 400, "body_malformed", None),
    "list": (b"[]", 422, "body_not_object", None),
    "no list": (b'{"events": {}}', 422, "field_not_list", "events"),
    "more than events": (b'{"events": [], "note": 1}', 422, "field_unknown", "note"),
}


@pytest.mark.parametrize(
    ("body", "status", "code", "field"), WRONG_BODIES.values(), ids=WRONG_BODIES
)
def test_a_body_that_holds_no_events_is_refused_whole(
    sqlite_world: World, body: bytes, status: int, code: str, field: str | None
) -> None:
    answer = sqlite_world.alice.send(
        "POST", "/events", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == (code, field)


@pytest.mark.parametrize("row", [None, 1, "ship it", [], {}], ids=str)
def test_what_is_no_event_is_a_refused_row(sqlite_world: World, row: object) -> None:
    [outcome] = upload(sqlite_world.alice, row)["outcomes"]
    assert (outcome["row"], outcome["id"], outcome["outcome"]) == (0, None, "refused")


def test_the_id_of_a_refused_row_comes_back(sqlite_world: World) -> None:
    named = uuid4()
    rows = [{"id": str(named)}, {"id": 5}, {"id": "5"}, {"id": "5" * 100}]
    found = upload(sqlite_world.alice, *rows)["outcomes"]
    assert [each["id"] for each in found] == [str(named), None, None, None]


def test_no_events_are_no_fault(sqlite_world: World) -> None:
    nothing = {"stored": 0, "repeated": 0, "refused": 0, "outcomes": []}
    assert upload(sqlite_world.alice) == nothing


def test_more_events_than_a_large_warehouse_has_are_refused(sqlite_world: World) -> None:
    for count, code in ((EVENTS_MAX, None), (EVENTS_MAX + 1, "too_many")):
        body = b'{"events": [' + b",".join([b"0"] * count) + b"]}"
        answer = sqlite_world.alice.send(
            "POST", "/events", content=body, headers={"Content-Type": "application/json"}
        )
        if code is None:
            assert answer.json()["refused"] == EVENTS_MAX
        else:
            assert answer.json()["error"]["code"] == code


def test_a_body_of_nothing_but_brackets_is_refused_unread(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surface, "PARTS_MAX", 10)
    assert upload(sqlite_world.alice, *[[]] * 8)["refused"] == 8
    error = upload(sqlite_world.alice, *[[]] * 9, expect=422)["error"]
    assert (error["code"], error["params"]) == ("too_many", {"max": 10, "count": 11})


def test_events_may_be_larger_than_other_bodies(sqlite_world: World) -> None:
    run = sqlite_world.alice.add_run(100)["id"]
    padded = orjson.dumps({"events": [tell(run)]}) + b" " * JSON_BODY_MAX
    headers = {"Content-Type": "application/json"}
    answer = sqlite_world.alice.send("POST", "/events", content=padded, headers=headers)
    assert answer.json()["stored"] == 1
    headers["Content-Length"] = str(EVENTS_BODY_MAX + 1)
    answer = sqlite_world.alice.send("POST", "/events", content=b"{}", headers=headers)
    assert answer.status_code == 413
    # The same bytes are too many elsewhere.
    headers["Content-Length"] = str(JSON_BODY_MAX + 1)
    answer = sqlite_world.alice.send("POST", "/sites", content=b"{}", headers=headers)
    assert answer.status_code == 413


def test_one_large_upload_at_a_time_is_read(sqlite_world: World) -> None:
    run = sqlite_world.alice.add_run(100)["id"]
    headers = {"Content-Type": "application/json"}
    small = orjson.dumps({"events": [tell(run)]})
    with sqlite_world.context.uploads:
        large = sqlite_world.alice.send(
            "POST", "/events", content=small + b" " * JSON_BODY_MAX, headers=headers
        )
        assert (large.status_code, large.json()["error"]["code"]) == (503, "busy")
        assert large.headers["Retry-After"] == "5"
        # Phones with a few events are not kept waiting.
        assert sqlite_world.alice.post("/events", tell(run), expect=200)["stored"] == 1
    large = sqlite_world.alice.send(
        "POST", "/events", content=small + b" " * JSON_BODY_MAX, headers=headers
    )
    assert large.json()["stored"] == 1


def test_codes_name_units_as_they_are_printed(world: World) -> None:
    run = world.alice.add_run(100)
    item = world.alice.list_rows(run, to=1)[0]
    [case] = world.alice.list_rows(run, level=1, to=1)
    event = {
        "id": str(uuid4()),
        "kind": "packing",
        "at": AT,
        "units": [item["url"], item["code"]],
        "container": case["code"],
    }
    assert upload(world.alice, event)["stored"] == 1
    shown = world.alice.get(f"/events/{event['id']}")
    assert shown["units"] == [{"run": run["id"], "level": 0, "from": 0, "to": 1}]
    assert shown["container"] == {
        "run": run["id"],
        "level": 1,
        "index": 0,
        "number": case["number"],
    }


def test_an_event_is_shown_with_who_and_where(world: World) -> None:
    site = world.alice.post("/sites", {"kind": "warehouse", "name": "北仓", "region": "江苏"})
    charlie = world.charlie.get("/organisation")
    world.alice.post("/partners", {"prefix": charlie["prefix"]})
    event = tell(
        world.alice.add_run(100)["id"],
        site=site["id"],
        partner=charlie["id"],
        details={"carrier": "顺丰"},
    )
    assert upload(world.alice, event)["stored"] == 1
    shown = world.alice.get(f"/events/{event['id']}")
    assert shown["at"] == "2026-03-14T09:30:00Z"
    assert shown["offset_minutes"] == 480
    assert shown["organisation"]["name"] == "Alice's Distillery"
    assert shown["partner"] == {
        "id": charlie["id"],
        "name": "Charlie's Seeds",
        "is_verified": False,
    }
    assert (shown["site"]["name"], shown["site"]["region"]) == ("北仓", "江苏")
    assert shown["details"] == {"carrier": "顺丰"}
    assert shown["declaration"] is None
    # Who was named may see it, and it is not in the list of what Charlie recorded.
    assert world.charlie.get(f"/events/{event['id']}") == shown
    assert world.charlie.get("/events")["items"] == []


def test_others_do_not_find_an_event(world: World) -> None:
    event = tell(world.alice.add_run(100)["id"])
    upload(world.alice, event)
    for other in (event["id"], str(UUID(int=5))):
        error = world.charlie.get(f"/events/{other}", expect=404)["error"]
        assert error["code"] == "event_not_found"


def test_a_plan_is_shown(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    plan = {"run": run, "level": 1, "from": 0, "to": 5}
    event = {"id": str(uuid4()), "kind": "packing", "at": AT, "plan": plan}
    assert upload(world.alice, event)["stored"] == 1
    shown = world.alice.get(f"/events/{event['id']}")
    assert shown["plan"] == {"first": 0, "stop": 100, "size": 24, "rejects": []}
    assert shown["units"] == [plan]


def test_an_event_in_error_stays_visible_with_its_declaration(world: World) -> None:
    event = tell(world.alice.add_run(100)["id"])
    upload(world.alice, event)
    path = f"/events/{event['id']}/declaration"
    first = world.alice.post(path, {"reason": "Wrong pallet", "declared_at": AT})
    assert first == {"event_id": event["id"], "is_new": True}
    assert world.alice.post(path, {"reason": "Again"})["is_new"] is False
    shown = world.alice.get(f"/events/{event['id']}")
    assert shown["declaration"]["reason"] == "Wrong pallet"
    assert shown["declaration"]["declared_at"] == "2026-03-14T09:30:00Z"
    assert [each.action for each in world.list_audit(world.alice)].count("event.declare") == 1


def test_only_the_recorder_declares_an_error(world: World) -> None:
    event = tell(world.alice.add_run(100)["id"])
    upload(world.alice, event)
    path = f"/events/{event['id']}/declaration"
    assert world.charlie.post(path, {}, expect=404)["error"]["code"] == "event_not_found"
    assert world.alice.get(f"/events/{event['id']}")["declaration"] is None


def test_own_events_are_listed_newest_first_page_by_page(world: World) -> None:
    run = world.alice.add_run(100)["id"]
    ids = sorted((str(uuid4()) for _ in range(5)), reverse=True)
    upload(world.alice, *({**tell(run), "id": each} for each in ids))
    seen, after = [], None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = world.alice.get("/events", params=query)
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == ids
