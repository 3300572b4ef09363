# SPDX-License-Identifier: Apache-2.0
"""The code of a group is answered with what it holds: the same numbers as the route says."""

from typing import Any

from tests.api.test_hard_events import Sender
from tests.api_world import Person, World


def verify(reader: Person, code: str) -> dict[str, Any]:
    answer: dict[str, Any] = reader.post(
        "/verifications", {"code": code, "include": ["group"]}, expect=200
    )
    return answer


def test_readers_clients_and_partners_are_told_the_same(world: World) -> None:
    sender = Sender(world)
    run = sender.run
    [case] = world.alice.list_rows(run, level=1, to=1)
    items = [row["number"] for row in world.alice.list_rows(run)]
    assert verify(world.dora, case["code"])["group"] == {
        "level": 0,
        "count": 24,
        "items": 24,
        "packed": False,
        "numbers": items[:24],
        "agrees": None,
        "missing": [],
        "extra": [],
        "gone": [],
        "added": [],
    }
    plan = {"run": run["id"], "level": 1, "from": 0, "to": 5}
    assert sender.send("packing", plan=plan) is None
    assert sender.send("unpacking", units=[sender.items[3]]) is None
    assert sender.send("packing", units=[sender.items[50]], container=case["code"]) is None
    # Somebody printed a list of his own: item 0 is missing, and one is invented.
    edited = "".join([*items[1:24], "ZZZZZZ"])
    url = case["url"].partition("?")[0] + f"?n={edited}"
    told = verify(world.dora, url)["group"]
    route = world.alice.get(f"/units/{url.replace('/', '%2F').replace('?', '%3F')}/contents")
    now, claim = route["now"], route["claim"]
    assert told["packed"] is True
    assert told["numbers"] == now["numbers"]
    assert told["count"] == now["count"] == 24
    assert told["gone"] == [items[3]]
    assert told["added"] == [items[50]]
    expected = {"missing": [items[0], items[50]], "extra": [items[3], "ZZZZZZ"]}
    for each in (told, claim):
        assert {name: each[name] for name in expected} == expected
        assert (each["agrees"], each["count"]) == (False, 24)
    assert route["missing"] == [{"run": run["id"], "level": 0, "from": 3, "to": 4}]
    assert route["extra"] == [{"run": run["id"], "level": 0, "from": 50, "to": 51}]
    # Nothing of it changed what is on record.
    assert verify(world.dora, case["code"])["group"]["numbers"] == now["numbers"]


def test_a_box_with_a_code_of_its_own_holds_what_was_packed_into_it(world: World) -> None:
    """EPCIS 2.0 lets any identifier be a parent: a bottle goes into a gift box of another run."""
    sender = Sender(world)
    bottle, other, box = sender.items[:3]
    route = f"/units/{box}/contents"
    assert world.alice.get(route, expect=404)["error"]["code"] == "unit_no_group"
    assert sender.send("packing", units=[bottle, other], container=box) is None
    assert sender.send("unpacking", units=[other]) is None
    told = world.alice.get(route)
    number = world.alice.list_rows(sender.run, to=1)[0]["number"]
    inside = {"run": sender.run["id"], "level": 0, "from": 0, "to": 1}
    assert told["planned"] == {"count": 0, "units": [], "numbers": []}
    assert told["now"] == {"count": 1, "units": [inside], "numbers": [number]}
    assert (told["missing"], told["extra"], told["claim"]) == ([], [inside], None)
    group = verify(world.dora, box)["group"]
    assert (group["level"], group["numbers"], group["added"]) == (0, [number], [number])
    assert verify(world.dora, bottle)["group"] is None
    assert sender.send("unpacking", container=box) is None
    assert world.alice.get(route)["now"]["count"] == 0
    assert verify(world.dora, box)["group"]["count"] == 0


def test_an_item_and_an_invented_code_hold_nothing(world: World) -> None:
    sender = Sender(world)
    assert verify(world.dora, sender.items[0])["group"] is None
    [row] = world.alice.list_rows(sender.run, level=1, to=1)
    invented = row["code"][:5] + "".join("0" if each != "-" else each for each in row["code"][5:])
    assert verify(world.dora, invented)["group"] is None
