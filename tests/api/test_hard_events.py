"""What no warehouse should send and every warehouse does: kept, answered row by row, flagged."""

from typing import Any
from uuid import UUID

import orjson
from tests.api_world import Person, World

JSON = {"Content-Type": "application/json"}
DAY = "2026-03-14"


def make_id(number: int) -> str:
    return str(UUID(int=(0x0197_8F3E_0000_7000_8000 << 48) | number))


class Sender:
    """Sends events of Alice's in order, two seconds after one another."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.run = world.alice.add_run(100)
        self.items = [row["code"] for row in world.alice.list_rows(self.run)]
        self.cases = [row["code"] for row in world.alice.list_rows(self.run, level=1)]
        self.pallets = [row["code"] for row in world.alice.list_rows(self.run, level=2)]
        self.count = 0

    def tell(self, kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        self.count += 1
        at = f"{DAY}T09:{self.count // 30:02}:{self.count % 30 * 2:02}Z"
        return {"id": make_id(self.count), "kind": kind, "at": at, **fields}

    def send(self, kind: str, **fields: Any) -> str | None:  # noqa: ANN401 - JSON
        event = self.tell(kind, **fields)
        [row] = self.world.alice.post("/events", event, expect=200)["outcomes"]
        return None if row["error"] is None else row["error"]["code"]

    def flags(self, code: str) -> set[str]:
        events = self.world.alice.get(f"/units/{code}/history")["events"]
        return {flag["code"] for each in events for flag in each["anomalies"]}


def test_a_case_in_itself_is_refused_and_a_loop_is_kept_and_flagged(world: World) -> None:
    sender = Sender(world)
    world.alice.post(f"/runs/{sender.run['id']}/releases", {"at": "2026-03-14T00:00:00Z"})
    case, pallet = sender.cases[0], sender.pallets[0]
    assert sender.send("packing", units=[case], container=case) == "event_container_in_itself"
    assert sender.send("packing", units=[case], container=pallet) is None
    assert sender.send("packing", units=[pallet], container=case) is None
    assert "loop" in sender.flags(case)
    # Nothing runs in circles for it.
    contents = world.alice.get(f"/units/{pallet}/contents")
    assert contents["now"]["count"] == 1
    assert world.alice.get(f"/units/{pallet}/positions")["count"] >= 0
    assert world.alice.get(f"/runs/{sender.run['id']}/reconciliation")["is_cut"] is False


def test_a_unit_in_two_cases_is_in_the_later_one(world: World) -> None:
    sender = Sender(world)
    for case in sender.cases[:2]:
        assert sender.send("packing", units=[sender.items[0]], container=case) is None
    assert "packed_twice" in sender.flags(sender.items[0])
    counts = [
        world.alice.get(f"/units/{case}/contents")["now"]["count"] for case in sender.cases[:2]
    ]
    assert counts == [0, 1]


def test_another_organisations_pallet_does_not_exist(world: World) -> None:
    sender = Sender(world)
    [pallet] = world.charlie.list_rows(world.charlie.add_run(100), level=2, to=1)
    case = sender.cases[0]
    assert sender.send("packing", units=[case], container=pallet["code"]) == "unit_not_found"
    assert sender.send("packing", units=[pallet["code"]], container=case) == "unit_not_found"


def test_unreleased_and_withdrawn_units_are_packed_and_flagged(world: World) -> None:
    sender = Sender(world)
    run = sender.run["id"]
    assert sender.send("packing", units=[sender.items[0]], container=sender.cases[0]) is None
    assert "before_release" in sender.flags(sender.items[0])
    early = {"at": "2026-03-14T00:00:00Z"}
    world.alice.post(f"/runs/{run}/releases", early)
    assert sender.flags(sender.items[0]) == set()
    world.alice.post(f"/runs/{run}/withdrawals", {"level": 0, "from": 0, "to": 1, **early})
    assert sender.send("shipping", units=[sender.items[0]]) is None
    assert "after_withdrawal" in sender.flags(sender.items[0])


def test_a_clock_a_year_off_is_kept_and_flagged(world: World) -> None:
    sender = Sender(world)
    for year, flag in ((2027, "clock_ahead"), (2025, "clock_behind")):
        event = sender.tell("storing", units=[sender.items[year - 2025]])
        event["at"] = event["at"].replace("2026", str(year))
        [row] = world.alice.post("/events", event, expect=200)["outcomes"]
        assert row["outcome"] == "stored"
        assert sender.flags(sender.items[year - 2025]) == {flag}
    # Beyond all clocks.
    event = sender.tell("storing", units=[sender.items[0]]) | {"at": "1999-12-31T23:59:59Z"}
    [row] = world.alice.post("/events", event, expect=200)["outcomes"]
    assert row["error"]["code"] == "event_time_out_of_range"


def test_one_queue_sent_by_two_phones_at_once_is_stored_once(world: World) -> None:
    sender = Sender(world)
    queue = [sender.tell("storing", units=[code]) for code in sender.items]
    request = {
        "method": "POST",
        "url": "/api/v1/events",
        "json": {"events": queue},
        "headers": {"Authorization": f"Bearer {world.alice.key}"},
    }
    answers = [each.json() for each in world.client.request_together([request] * 2)]
    assert sum(each["stored"] for each in answers) == 100
    assert sum(each["repeated"] for each in answers) == 100
    assert sum(each["refused"] for each in answers) == 0
    assert world.count("event") == 100


def test_ties_of_time_are_decided_by_id_whatever_came_first(world: World) -> None:
    sender = Sender(world)
    one, two = (
        sender.tell("packing", units=[sender.items[0]], container=case) for case in sender.cases[:2]
    )
    for event in (two, one):
        world.alice.post("/events", event | {"at": f"{DAY}T09:00:00Z"}, expect=200)
    life = world.alice.get(f"/units/{sender.items[0]}/history")
    assert [each["event"]["id"] for each in life["events"]] == [one["id"], two["id"]]
    [now] = [place for place in life["places"] if place["until"] is None]
    assert now["path"][0]["index"] == 1


def test_a_container_reused_a_hundred_times_shows_each_load_its_own(world: World) -> None:
    sender = Sender(world)
    case, events = sender.cases[0], []
    for item in sender.items:
        events.append(sender.tell("packing", units=[item], container=case))
        events.append(sender.tell("shipping", units=[case]))
        events.append(sender.tell("unpacking", container=case))
    # In no order at all.
    body = {"events": [*events[1::2], *events[::2]]}
    assert world.alice.post("/events", body, expect=200)["stored"] == 300
    for number in (0, 57, 99):
        life = world.alice.get(f"/units/{sender.items[number]}/history")
        mine = [each["id"] for each in events[3 * number : 3 * number + 3]]
        assert [each["event"]["id"] for each in life["events"]] == mine
        assert len(life["places"]) == 1
    assert world.alice.get(f"/units/{case}/contents")["now"]["count"] == 0
    [items, *_] = world.alice.get(f"/runs/{sender.run['id']}/reconciliation")["levels"]
    assert (items["packed"], items["shipped"]) == (100, 100)


def upload(person: Person, content: bytes) -> Any:  # noqa: ANN401 - JSON
    answer = person.send("POST", "/events", content=content, headers=JSON)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_ten_wrong_of_a_hundred_thousand_are_named_and_the_others_stored(
    sqlite_world: World,
) -> None:
    """Some 20 s, the price of a hundred thousand events; on one database, for that reason."""
    world = sqlite_world
    run = world.alice.add_run(100_000)["id"]
    events = [
        {
            "id": make_id(number),
            "kind": "storing",
            "at": f"{DAY}T09:00:00Z",
            "units": [{"run": run, "level": 0, "from": number, "to": number + 1}],
        }
        for number in range(100_000)
    ]
    wrong = list(range(7, 100_000, 10_000))
    for number in wrong:
        events[number]["units"] = [{"run": run, "level": 0, "from": 5, "to": 100_001}]
    content = orjson.dumps({"events": events})
    answer = upload(world.alice, content)
    assert (answer["stored"], answer["repeated"], answer["refused"]) == (99_990, 0, 10)
    assert [each["row"] for each in answer["outcomes"]] == wrong
    assert {each["error"]["code"] for each in answer["outcomes"]} == {"range_beyond_run"}
    assert [each["id"] for each in answer["outcomes"]] == [make_id(number) for number in wrong]
    assert world.count("event") == 99_990
