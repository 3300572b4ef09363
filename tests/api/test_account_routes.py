# SPDX-License-Identifier: Apache-2.0
"""The caller's organisation, its keys, and the operator's word for others."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from tests.api_world import Person, World

from trueorigin.storage.schema import metadata


def test_an_organisation_describes_itself(world: World) -> None:
    changed = world.alice.patch(
        "/organisation",
        {"website": "https://alice.example/about", "phone": "400-000-0000", "gs1_prefix": "690123"},
    )
    assert changed["website"] == "https://alice.example/about"
    assert world.alice.get("/organisation") == changed
    emptied = world.alice.patch("/organisation", {"phone": None})
    assert (emptied["phone"], emptied["gs1_prefix"]) == (None, "690123")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        pytest.param(
            {"website": "javascript:alert(1)"}, "website_malformed", "website", id="script"
        ),
        pytest.param({"website": "https://a@b.cn"}, "website_malformed", "website", id="user part"),
        pytest.param({"website": "https://[x"}, "website_malformed", "website", id="no host"),
        pytest.param({"time_zone": "Mars/Base"}, "time_zone_unknown", "time_zone", id="no zone"),
        pytest.param(
            {"time_zone": "../../etc/passwd"}, "time_zone_unknown", "time_zone", id="a path"
        ),
        pytest.param({"gs1_prefix": "12"}, "company_prefix_malformed", "gs1_prefix", id="short"),
        pytest.param({"name": " "}, "text_blank", "name", id="blank name"),
        pytest.param({"name": None}, "field_not_text", "name", id="no name"),
        pytest.param({"prefix": "AAAA"}, "field_unknown", "prefix", id="prefix"),
        pytest.param({"verified_at": None}, "field_unknown", "verified_at", id="verification"),
    ],
)
def test_a_wrong_description_is_refused_by_field(
    sqlite_world: World, fields: dict[str, Any], code: str, field: str
) -> None:
    before = sqlite_world.fingerprint()
    error = sqlite_world.alice.patch("/organisation", fields, expect=422)["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert sqlite_world.fingerprint() == before


def test_names_and_gs1_prefixes_of_others_are_taken(world: World) -> None:
    world.alice.patch("/organisation", {"gs1_prefix": "690123"})
    for fields, code in (
        ({"name": "Alice's Distillery"}, "organisation_name_taken"),
        ({"gs1_prefix": "690123"}, "gs1_prefix_taken"),
        ({"gs1_prefix": "6901234"}, "gs1_prefix_taken"),
    ):
        assert world.charlie.patch("/organisation", fields, expect=409)["error"]["code"] == code


def test_the_operator_vouches_for_an_organisation(world: World) -> None:
    alice = world.alice.get("/organisation")
    assert alice["verified_at"] is None
    path = f"/organisations/{alice['id']}/verification"
    verified = world.olga.post(path, {})
    assert verified["verified_at"] is not None
    assert world.olga.post(path, {"verified": True})["verified_at"] == verified["verified_at"]
    assert world.alice.get("/organisation")["verified_at"] == verified["verified_at"]
    assert world.olga.post(path, {"verified": False})["verified_at"] is None
    names = {each["name"] for each in world.olga.get("/organisations")["items"]}
    assert {"Alice's Distillery", "Charlie's Seeds"} <= names
    world.olga.post(f"/organisations/{uuid4()}/verification", {}, expect=404)


@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({"phone": "1"}, True),
        ({"time_zone": "UTC"}, True),
        ({"name": "Bob's"}, False),
        ({"website": "https://b.example"}, False),
        ({"gs1_prefix": "690999"}, False),
    ],
)
def test_what_was_verified_cannot_change_under_the_operators_word(
    world: World, fields: dict[str, Any], stays: object
) -> None:
    alice = world.alice.get("/organisation")
    world.olga.post(f"/organisations/{alice['id']}/verification", {})
    changed = world.alice.patch("/organisation", fields)
    assert (changed["verified_at"] is not None) == stays


def test_a_key_works_until_it_is_revoked(world: World) -> None:
    made = world.alice.post("/api-keys", {"role": "manufacturer", "label": "Line 2"})
    bob = Person(client=world.client, key=made["key"])
    assert bob.get("/organisation")["name"] == "Alice's Distillery"
    world.alice.delete(f"/api-keys/{made['id']}")
    assert bob.get("/organisation", expect=401)["error"]["code"] == "credential_invalid"
    world.alice.delete(f"/api-keys/{made['id']}")
    listed = {key["id"]: key for key in world.alice.get("/api-keys")["items"]}
    assert listed[made["id"]]["revoked_at"] is not None
    assert all("key" not in key for key in listed.values())


def test_secrets_are_stored_as_hashes_only(world: World) -> None:
    made = world.alice.post(
        "/api-keys", {"role": "manufacturer"}, headers={"Idempotency-Key": "once"}
    )
    again = world.alice.post(
        "/api-keys", {"role": "manufacturer"}, headers={"Idempotency-Key": "once"}
    )
    assert again == made | {"key": None}
    with world.database.read() as tx:
        stored = str([tx.execute(sa.select(table)).all() for table in metadata.tables.values()])
    assert made["key"] not in stored


@pytest.mark.parametrize("role", ["operator", "regulator", "kiosk"])
def test_nobody_gives_keys_in_a_role_the_organisation_has_not(world: World, role: str) -> None:
    error = world.alice.post("/api-keys", {"role": role}, expect=403)["error"]
    assert error["code"] == "role_not_held"


def test_a_key_of_another_organisation_cannot_be_revoked(world: World) -> None:
    made = world.alice.post("/api-keys", {"role": "seller"})
    world.charlie.delete(f"/api-keys/{made['id']}", expect=404)
    assert Person(client=world.client, key=made["key"]).get("/organisation")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        pytest.param("Basic YTpi", "credential_scheme", id="other scheme"),
        pytest.param("Bearer", "credential_scheme", id="no key"),
        pytest.param("Bearer to_wrong", "credential_invalid", id="wrong key"),
        pytest.param("Bearer " + "x" * 5000, "credential_invalid", id="endless key"),
    ],
)
def test_a_wrong_credential_is_refused(sqlite_world: World, header: str, code: str) -> None:
    answer = sqlite_world.dora.send("GET", "/organisation", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == code
    assert answer.headers["www-authenticate"].startswith("Bearer")
