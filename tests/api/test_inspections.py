"""POST and GET /inspections: findings of authorities, for them and for the owners of goods."""

from typing import Any
from uuid import uuid4

import pytest
from tests.api_world import World
from tests.hostile_files import make_image

AT = "2026-03-14T16:00:00+08:00"


def finding(code: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"code": code, "result": "does_not_conform", "at": AT, **fields}


def test_a_finding_is_recorded_with_all_it_says(world: World) -> None:
    run = world.alice.add_run(100)
    [case] = world.alice.list_rows(run, level=1, to=1)
    photo = world.rita.send("POST", "/files", content=make_image()).json()["id"]
    site = world.rita.post("/sites", {"kind": "office", "name": "Branch"})["id"]
    made = world.rita.post(
        "/inspections",
        finding(
            case["code"],
            authority="南京市市场监督管理局",
            document="宁市监〔2026〕7号",
            notes={"zh": "酒精度不符", "en": "Strength is wrong"},
            file_ids=[photo],
            site=site,
        ),
    )
    assert made["result"] == "does_not_conform"
    assert made["organisation"]["name"] == "Market Supervision"
    assert (made["authority"], made["document"]) == ("南京市市场监督管理局", "宁市监〔2026〕7号")
    assert made["notes"] == {"zh": "酒精度不符", "en": "Strength is wrong"}
    assert (made["file_ids"], made["site"]["name"]) == ([photo], "Branch")
    assert made["units"] == [{"run": run["id"], "level": 1, "from": 0, "to": 1}]
    assert [each["name"] for each in made["owners"]] == ["Alice's Distillery"]
    assert (made["at"], made["declaration"]) == ("2026-03-14T08:00:00Z", None)
    event = world.rita.get(f"/events/{made['event_id']}")
    assert (event["kind"], event["offset_minutes"]) == ("inspecting", 480)
    # Both sides list it, nobody else does.
    assert world.rita.get("/inspections")["items"] == [made]
    assert world.alice.get("/inspections")["items"] == [made]
    assert world.charlie.get("/inspections")["items"] == []
    assert world.rita.get("/inspections?side=goods")["items"] == []
    assert world.alice.get("/inspections?side=own")["items"] == []


def test_ranges_of_several_owners_are_one_finding_of_which_each_sees_its_own(
    world: World,
) -> None:
    runs = [person.add_run(100)["id"] for person in (world.alice, world.charlie)]
    units = [
        {"run": run, "level": 0, "from": start, "to": start + 5}
        for run in runs
        for start in (0, 10)
    ]
    made = world.rita.post("/inspections", {"units": units, "result": "sampled"})
    assert made["units"] == units
    assert {each["name"] for each in made["owners"]} == {"Alice's Distillery", "Charlie's Seeds"}
    [alices] = world.alice.get("/inspections")["items"]
    assert alices["units"] == units[:2]
    assert [each["name"] for each in alices["owners"]] == ["Alice's Distillery"]


def test_the_same_finding_again_is_recorded_once(world: World) -> None:
    [case] = world.alice.list_rows(world.alice.add_run(100), level=1, to=1)
    body = finding(case["code"], id=str(uuid4()))
    first = world.rita.post("/inspections", body)
    assert world.rita.post("/inspections", body) == first
    other = world.rita.post("/inspections", body | {"result": "conforms"}, expect=409)
    assert other["error"]["code"] == "event_id_taken"
    assert len(world.rita.get("/inspections")["items"]) == 1


def test_a_finding_in_error_stays_in_the_list(world: World) -> None:
    [case] = world.alice.list_rows(world.alice.add_run(100), level=1, to=1)
    made = world.rita.post("/inspections", finding(case["code"]))
    world.rita.post(f"/events/{made['event_id']}/declaration", {"reason": "Wrong sample"})
    for person in (world.rita, world.alice):
        [shown] = person.get("/inspections")["items"]
        assert shown["declaration"]["reason"] == "Wrong sample"


def test_findings_are_listed_page_by_page(world: World) -> None:
    rows = world.alice.list_rows(world.alice.add_run(100), to=3)
    made = [world.rita.post("/inspections", finding(row["code"]))["event_id"] for row in rows]
    seen, after = [], None
    while True:
        page = world.alice.get("/inspections", params={"limit": 1, **(after or {})})
        seen += [each["event_id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == sorted(made, reverse=True)


REFUSED: dict[str, tuple[dict[str, Any], int, str, str | None]] = {
    "neither": ({"code": None}, 422, "inspection_units", "code"),
    "both": ({"units": ["x"]}, 422, "inspection_units", "code"),
    "no result": ({"result": "fine"}, 422, "choice_unknown", "result"),
    "no zone": ({"at": "2026-03-14T16:00:00"}, 422, "event_time_zone_missing", "at"),
    "no time": ({"at": "today"}, 422, "event_field_malformed", "at"),
    "unknown photo": ({"file_ids": [str(uuid4())]}, 422, "file_unknown", "file_ids.0"),
    "unknown site": ({"site": str(uuid4())}, 404, "site_not_found", "site"),
    "unknown code": ({"code": "/C/NONE0123456789ABCDEFG"}, 404, "unit_not_found", "units.0"),
}


@pytest.mark.parametrize(("fields", "status", "code", "field"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_finding_is_refused_with_its_field(
    sqlite_world: World, fields: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    world = sqlite_world
    [case] = world.alice.list_rows(world.alice.add_run(100), level=1, to=1)
    error = world.rita.post("/inspections", finding(case["code"]) | fields, expect=status)["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert world.rita.get("/inspections")["items"] == []


def test_only_authorities_find(world: World) -> None:
    [case] = world.alice.list_rows(world.alice.add_run(100), level=1, to=1)
    refused = world.alice.post("/inspections", finding(case["code"]), expect=403)["error"]
    assert refused["code"] == "permission_missing"
    # Nor by the long way.
    event = {
        "id": str(uuid4()),
        "kind": "inspecting",
        "at": AT,
        "units": [case["code"]],
        "details": {"inspection": {"result": "conforms"}},
    }
    [row] = world.alice.post("/events", event, expect=200)["outcomes"]
    assert row["error"]["code"] == "finding_refused"
