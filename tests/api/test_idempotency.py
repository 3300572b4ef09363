# SPDX-License-Identifier: Apache-2.0
"""Idempotency-Key: a repetition gets the first answer, and the act happens once."""

import threading
from typing import Any

import pytest
from tests.api_world import Browser, Person, World

from trueorigin.api.surface import build_api

BODY = {"internal_number": "A", "name": {"en": "Spirit"}}


def post(person: Person, key: str, body: dict[str, Any], path: str = "/products") -> Any:  # noqa: ANN401 - httpx.Response
    return person.send("POST", path, json=body, headers={"Idempotency-Key": key})


def test_a_repetition_gets_the_same_bytes_and_acts_once(world: World) -> None:
    first, second = (post(world.alice, "k-1", BODY) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert world.count("product") == 1


def test_the_same_key_for_another_request_is_refused(world: World) -> None:
    post(world.alice, "k-1", BODY)
    for path, body in (
        ("/products", BODY | {"internal_number": "B"}),
        ("/batches", {"product_id": "00000000-0000-0000-0000-000000000000", "lot": "1"}),
    ):
        answer = post(world.alice, "k-1", body, path)
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "idempotency_key_reused"
    assert world.count("product") == 1


def test_each_organisation_has_keys_of_its_own(world: World) -> None:
    assert post(world.alice, "k-1", BODY).status_code == 201
    answer = post(world.charlie, "k-1", BODY)
    assert answer.status_code == 201
    assert "idempotency-replayed" not in answer.headers


def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    world.charlie.add_product(gtin="06901234567892")
    wrong = {"gtin": "06901234567892", "name": {"en": "Spirit"}}
    assert post(world.alice, "k-1", wrong).status_code == 409
    assert post(world.alice, "k-1", BODY).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 201])
def test_a_malformed_key_is_refused(sqlite_world: World, key: str) -> None:
    answer = sqlite_world.alice.send(
        "POST", "/products", json=BODY, headers={"Idempotency-Key": key.encode()}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "idempotency_key_malformed"
    assert sqlite_world.count("product") == 0


def test_the_longest_key_is_accepted(world: World) -> None:
    assert post(world.alice, "x" * 200, BODY).status_code == 201


def test_every_act_takes_a_key(world: World) -> None:
    run = world.alice.add_run(100)
    reason = {"reason": {"en": "Why"}}
    recall = world.alice.post("/recalls", {"run_id": run["id"]} | reason)
    for path, body in (
        ("/batches", {"product_id": run["product_id"], "lot": "L9"}),
        ("/runs", {"batch_id": run["batch_id"], "quantity": 5}),
        (f"/runs/{run['id']}/releases", {"to": 5}),
        (f"/runs/{run['id']}/withdrawals", {"to": 2}),
        ("/recalls", {"run_id": run["id"]} | reason),
        (f"/recalls/{recall['id']}/lifting", {}),
    ):
        first, second = (post(world.alice, path, body, path) for _ in range(2))
        assert first.status_code == 201, first.text
        assert second.headers["idempotency-replayed"] == "true", path
        assert second.content == first.content


def test_simultaneous_repetitions_act_once(world: World) -> None:
    app = build_api(world.context)
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        browser = Browser(app)
        person = Person(client=browser, key=world.alice.key)
        answer = browser.request(
            "POST",
            "/products",
            json=BODY,
            headers={"Authorization": f"Bearer {person.key}", "Idempotency-Key": "storm"},
        )
        answers.append((answer.status_code, answer.content))
        browser.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert len(answers) == 8
    assert world.count("product") == 1
