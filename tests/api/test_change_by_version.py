"""PATCH /products, /batches and /organisation: part of a thing, and never another's words."""

from typing import Any

import pytest
from tests.api_world import World
from tests.hostile_files import make_image

FEATURE = {
    "name": {"zh": "酒精度", "en": "Strength"},
    "value": {"zh": "53 度", "en": "53 %"},
}


def test_what_is_left_out_of_a_product_stays_and_null_empties(world: World) -> None:
    product = world.alice.add_product(category="酒", specification="500 ml", features=[FEATURE])
    picture = world.alice.send("POST", "/files", content=make_image()).json()["id"]
    path = f"/products/{product['id']}"
    changed = world.alice.patch(
        path, {"version": 1, "category": None, "picture_file_ids": [picture]}
    )
    assert changed == world.alice.get(path)
    assert changed.pop("updated_at") is not None
    expected = product | {"category": None, "picture_file_ids": [picture], "version": 2}
    expected.pop("updated_at")
    assert changed == expected
    assert changed["features"] == [FEATURE]


def test_of_two_the_second_is_told(world: World) -> None:
    product = world.alice.add_product()
    path = f"/products/{product['id']}"
    world.alice.patch(path, {"version": 1, "name": {"en": "Alice's"}, "category": "c"})
    error = world.alice.patch(path, {"version": 1, "name": {"en": "Bob's"}}, expect=409)["error"]
    assert (error["code"], error["field"]) == ("edited_meanwhile", "version")
    assert error["params"] == {"version": 2, "fields": "category, name"}
    assert world.alice.get(path)["name"] == {"zh": None, "en": "Alice's"}


def test_of_many_at_once_exactly_one_wins(world: World) -> None:
    product = world.alice.add_product()
    url = f"/api/v1/products/{product['id']}"
    headers = {"Authorization": f"Bearer {world.alice.key}"}
    answers = world.client.request_together(
        [
            {
                "method": "PATCH",
                "url": url,
                "headers": headers,
                "json": {"version": 1, "category": f"c{number}"},
            }
            for number in range(6)
        ]
    )
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409, 409, 409]
    assert world.alice.get(f"/products/{product['id']}")["version"] == 2


def test_of_two_operators_the_second_is_told(world: World) -> None:
    path = f"/organisations/{world.rita.get('/organisation')['id']}/remit"
    assert world.olga.get(path)["version"] == 0
    first = world.olga.post(path, {"categories": ["Tea"], "version": 0})
    assert first["version"] > 0
    error = world.olga.post(path, {"categories": ["Seed"], "version": 0}, expect=409)["error"]
    assert (error["code"], error["field"]) == ("edited_meanwhile", "version")
    assert error["params"] == {"version": first["version"], "fields": "categories"}
    assert world.olga.get(path) == first
    # Without a version what is stored is replaced, whoever set it.
    assert world.olga.post(path, {})["version"] > first["version"]


def test_a_remit_that_is_read_can_be_set_again_as_it_is(world: World) -> None:
    path = f"/organisations/{world.rita.get('/organisation')['id']}/remit"
    area = {"latitude": 32.19876543, "longitude": 119.4123456789, "radius_km": 40}
    part = {"code": "3211", "name": {"zh": "镇江", "en": None}, "areas": [area]}
    world.olga.post(path, {"regions": [{"code": "52"}, part]})
    for reader in (world.olga.get(path), world.rita.get("/remit")):
        assert reader["regions"][1] == part
        # We know where provinces are: nobody draws them.
        assert reader["regions"][0]["areas"] == []
    told = world.olga.get(path)
    del told["is_limited"]
    assert world.olga.post(path, told)["regions"] == told["regions"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        pytest.param({"category": "c"}, "field_missing", "version", id="no version"),
        pytest.param({"version": 0}, "number_too_small", "version", id="version 0"),
        pytest.param({"version": "1"}, "field_not_whole", "version", id="version as text"),
        pytest.param({"version": 1, "gtin": "x"}, "field_unknown", "gtin", id="number"),
        pytest.param({"version": 1, "name": {}}, "text_missing", "name", id="no name"),
        pytest.param(
            {"version": 1, "features": [{"name": {"zh": "a"}, "value": {}}]},
            "text_missing",
            "features.0.value",
            id="feature without value",
        ),
    ],
)
def test_a_wrong_change_of_a_product_is_refused(
    sqlite_world: World, change: dict[str, Any], code: str, field: str
) -> None:
    product = sqlite_world.alice.add_product()
    before = sqlite_world.fingerprint()
    answer = sqlite_world.alice.send("PATCH", f"/products/{product['id']}", json=change)
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (422, field), error
    assert error["code"] == code
    assert sqlite_world.fingerprint() == before


def test_a_batch_changes_its_dates_and_origin(world: World) -> None:
    batch = world.alice.add_batch(world.alice.add_product(), origin={"line": "1"})
    path = f"/batches/{batch['id']}"
    changed = world.alice.patch(path, {"version": 1, "expires_on": None})
    assert (changed["expires_on"], changed["produced_on"]) == (None, batch["produced_on"])
    assert changed["origin"]["line"] == "1"
    again = world.alice.patch(path, {"version": 2, "origin": {"line": "2"}})
    assert (again["origin"]["line"], again["version"]) == ("2", 3)
    error = world.alice.patch(path, {"version": 1, "expires_on": "2031-01-01"}, expect=409)["error"]
    assert error["params"] == {"version": 3, "fields": "expires_on, origin"}


def test_an_organisation_says_who_it_is(world: World) -> None:
    before = world.alice.get("/organisation")
    said = {
        "legal_name": "真源酒业有限公司",
        "uscc": "91440300708461136T",
        "address": "贵州仁怀",
        "email": "hello@alice.example",
        "colour": "#8c2a20",
    }
    after = world.alice.patch("/organisation", said)
    assert after == before | said | {"version": before["version"] + 1}
    stale = {"version": before["version"], "address": "x"}
    error = world.alice.patch("/organisation", stale, expect=409)["error"]
    assert error["code"] == "edited_meanwhile"
    assert world.alice.patch("/organisation", {"address": None})["address"] is None
    wrong = world.alice.patch("/organisation", {"uscc": "914403007084611360"}, expect=422)["error"]
    assert (wrong["code"], wrong["field"]) == ("uscc_check", "uscc")
    assert wrong["params"]["expected"] == "T"
