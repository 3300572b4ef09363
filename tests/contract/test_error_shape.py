# SPDX-License-Identifier: Apache-2.0
"""One shape for every refusal, whoever makes it, and a sentence and a status for every code."""

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api_world import World

import trueorigin
from trueorigin.api.failures import _CODES
from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    SeveralError,
    UnauthenticatedError,
)
from trueorigin.services import catalog
from trueorigin.web.errors import build_error_response, message_id, status_of
from trueorigin.web.i18n import languages, translator

SOURCE = Path(trueorigin.__file__).parent
CODE = re.compile(r"[a-z][a-z0-9_]*")


def send(world: World, method: str, path: str, **options: Any) -> Any:  # noqa: ANN401 - httpx.Response
    return world.alice.send(method, path, **options)


def reuse(world: World) -> httpx.Response:
    answers = [
        world.alice.send(
            "POST",
            "/products",
            json={"internal_number": number, "name": {"en": "x"}},
            headers={"Idempotency-Key": "k"},
        )
        for number in ("1", "2")
    ]
    last: httpx.Response = answers[-1]
    return last


JSON = {"Content-Type": "application/json"}
XML = {"Content-Type": "text/xml"}
NO_NAME = {"gtin": "1"}

PRODUCERS: dict[str, tuple[int, str, Callable[[World], httpx.Response]]] = {
    "unknown path": (404, "path_unknown", lambda w: send(w, "GET", "/nothing")),
    "id of no form": (404, "path_unknown", lambda w: send(w, "GET", "/products/7")),
    "run id of no form": (404, "path_unknown", lambda w: send(w, "GET", "/runs/x")),
    "run id beyond 29 bits": (404, "path_unknown", lambda w: send(w, "GET", f"/runs/{2**70}")),
    "line feed in the path": (404, "path_unknown", lambda w: send(w, "GET", "/runs/%0A")),
    "method": (405, "method_not_allowed", lambda w: send(w, "PUT", "/products")),
    "no key": (401, "credential_missing", lambda w: w.dora.send("GET", "/products")),
    "wrong role": (403, "permission_missing", lambda w: w.sam.send("GET", "/products")),
    "no body": (400, "body_missing", lambda w: send(w, "POST", "/products")),
    "malformed JSON": (
        400,
        "body_malformed",
        lambda w: send(w, "POST", "/products", content=b'{"a":', headers=JSON),
    ),
    "no UTF-8": (
        400,
        "body_malformed",
        lambda w: send(w, "POST", "/products", content=b'{"a":"\xff"}', headers=JSON),
    ),
    "endless nesting": (
        400,
        "body_malformed",
        lambda w: send(w, "POST", "/products", content=b"[" * 200_000, headers=JSON),
    ),
    "endless number": (
        400,
        "body_malformed",
        lambda w: send(w, "POST", "/products", content=b'{"a":' + b"9" * 9999 + b"}", headers=JSON),
    ),
    "a list": (422, "body_not_object", lambda w: send(w, "POST", "/products", json=[1])),
    "other media type": (
        415,
        "media_type_unsupported",
        lambda w: send(w, "POST", "/products", content=b"a=b", headers=XML),
    ),
    "too large": (
        413,
        "body_too_large",
        lambda w: send(w, "POST", "/products", content=b" " * 2_000_000, headers=JSON),
    ),
    "missing field": (422, "field_missing", lambda w: send(w, "POST", "/products", json=NO_NAME)),
    "wrong query": (422, "field_unknown", lambda w: send(w, "GET", "/products?page=1")),
    "query twice": (422, "field_twice", lambda w: send(w, "GET", "/products?limit=1&limit=2")),
    "not found": (
        404,
        "product_not_found",
        lambda w: send(w, "GET", "/products/00000000-0000-0000-0000-000000000000"),
    ),
    "reused key": (409, "idempotency_key_reused", reuse),
}


def assert_shape(error: Any) -> None:  # noqa: ANN401 - JSON
    assert set(error) == {"code", "message", "field", "params", "errors"}
    assert CODE.fullmatch(error["code"])
    assert error["message"]
    assert error["field"] is None or isinstance(error["field"], str)
    assert all(isinstance(value, str | int) for value in error["params"].values())
    for part in error["errors"]:
        assert_shape(part)


@pytest.mark.parametrize(("status", "code", "produce"), PRODUCERS.values(), ids=PRODUCERS.keys())
def test_every_refusal_has_the_one_shape(
    sqlite_world: World, status: int, code: str, produce: Callable[[World], httpx.Response]
) -> None:
    answer = produce(sqlite_world)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert_shape(error)
    assert error["code"] == code


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/products", "GET, HEAD, POST"),
        ("/products/00000000-0000-0000-0000-000000000000", "GET, HEAD, PATCH"),
        ("/verifications", "POST"),
    ],
)
def test_a_wrong_method_is_told_all_the_right_ones(
    sqlite_world: World, path: str, methods: str
) -> None:
    assert send(sqlite_world, "PUT", path).headers["allow"] == methods


def test_choices_are_listed_in_no_language(sqlite_world: World) -> None:
    found = [
        send(sqlite_world, "GET", f"/label-advice?host=zy.example&identifier={given}")
        for given in ("x", "'")
    ]
    assert {each.json()["error"]["params"]["known"] for each in found} == {"sscc, gtin, code"}


def test_several_faults_are_listed_in_full(sqlite_world: World) -> None:
    answer = sqlite_world.alice.send("POST", "/runs", json={"quantity": "x", "packing": 5})
    error = answer.json()["error"]
    assert_shape(error)
    assert error["code"] == "several"
    assert {part["field"]: part["code"] for part in error["errors"]} == {
        "batch_id": "field_missing",
        "quantity": "field_not_whole",
        "packing": "field_not_list",
    }


def test_a_body_full_of_faults_gets_a_short_answer(sqlite_world: World) -> None:
    body = {f"field{number}": 1 for number in range(20_000)}
    answer = sqlite_world.alice.send("POST", "/products", json=body)
    assert answer.status_code == 422
    assert len(answer.content) < 100_000


def test_a_defect_is_500_without_a_trace(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_args: object, **_options: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(catalog, "list_products", break_down)
    answer = sqlite_world.alice.send("GET", "/products")
    assert answer.status_code == 500
    assert_shape(answer.json()["error"])
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("language", languages())
def test_sentences_are_in_the_readers_language(sqlite_world: World, language: str) -> None:
    answer = sqlite_world.alice.send("GET", "/nothing", headers={"Accept-Language": language})
    assert answer.json()["error"]["message"] == translator(language).text("error-path-unknown")
    assert answer.headers["content-language"] == translator(language).tag


def codes_in_source() -> list[tuple[str, str]]:
    """Return every (kind of error, code) that the program can raise."""
    found = {("InvalidError", code) for code, _ in _CODES.values()} | {("SeveralError", "several")}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            code = node.args[0]
            if name in KINDS and isinstance(code, ast.Constant) and isinstance(code.value, str):
                found.add((name, code.value))
    return sorted(found)


KINDS: dict[str, type[DomainError]] = {
    kind.__name__: kind
    for kind in (
        ConflictError,
        DomainError,
        ForbiddenError,
        InvalidError,
        NotFoundError,
        UnauthenticatedError,
    )
}


@pytest.mark.parametrize("language", languages())
def test_every_code_has_a_sentence(language: str) -> None:
    codes = codes_in_source()
    assert len(codes) > 80
    missing = [code for _, code in codes if not translator(language).has(message_id(code))]
    assert missing == []


def test_expected_refusals_are_no_defects() -> None:
    """A code of a named kind never becomes a 500; only a bare `DomainError` may."""
    for kind, code in codes_in_source():
        if kind not in {"DomainError", "SeveralError"}:
            assert 400 <= status_of(KINDS[kind](code)) < 500, code
    assert status_of(SeveralError([])) == 422
    assert status_of(DomainError("nobody_thought_of_it")) == 500


def test_a_database_that_cannot_answer_is_not_our_defect() -> None:
    for code in ("database_busy", "database_unreachable", "folder_unwritable"):
        answer = build_error_response(DomainError(code), translator("en"))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    answer = build_error_response(DomainError("busy", seconds=5), translator("en"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert status_of(DomainError("database_full")) == 507
    assert status_of(DomainError("database_damaged")) == 500
