# SPDX-License-Identifier: Apache-2.0
"""Bodies beyond their limit are refused before they are read, and memory never holds them."""

import asyncio
import itertools
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Message
from tests.api_world import World

from trueorigin.api.surface import build_api
from trueorigin.web.requests import JSON_BODY_MAX, PHOTO_BODY_MAX

MIB = 2**20


def send_chunks(
    world: World, path: str, chunks: Iterator[bytes], headers: dict[str, str]
) -> tuple[list[Message], int]:
    """Send a body chunk by chunk; return the answer and how many bytes were taken."""
    app = build_api(world.context)
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.9", 5),
        "server": ("ex.cn", 443),
    }
    taken = 0
    answers: list[Message] = []

    async def receive() -> Message:
        nonlocal taken
        chunk = next(chunks, b"")
        taken += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

    async def send(message: Message) -> None:
        answers.append(message)

    async def serve() -> None:
        await app(scope, receive, send)

    asyncio.run(serve())
    return answers, taken


def endless() -> Iterator[bytes]:
    """200 MB, in pieces as a server hands them over; the head of a form, for who reads forms."""
    head = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n'
    return itertools.chain([head], itertools.repeat(b"x" * 65_536, 3200))


@pytest.mark.parametrize(
    ("path", "kind", "limit"),
    [
        pytest.param("/products", "application/json", JSON_BODY_MAX, id="JSON"),
        pytest.param("/verifications", "application/json", JSON_BODY_MAX, id="JSON, no key"),
        pytest.param(
            "/verifications", "multipart/form-data; boundary=b", PHOTO_BODY_MAX, id="photograph"
        ),
    ],
)
def test_200_megabytes_without_length_are_refused_at_the_limit(
    sqlite_world: World, path: str, kind: str, limit: int
) -> None:
    headers = {"Content-Type": kind, "Authorization": f"Bearer {sqlite_world.alice.key}"}
    tracemalloc.start()
    answers, taken = send_chunks(sqlite_world, path, endless(), headers)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answers[0]["status"] == 413
    assert b'"body_too_large"' in answers[1]["body"]
    assert taken <= limit + 65_536
    # A photograph waits in a file, not in memory.
    assert peak < 8 * MIB


def test_a_declared_length_is_refused_before_a_byte_is_read(sqlite_world: World) -> None:
    for declared in ("200000000", "9" * 5000):
        headers = {
            "Content-Type": "application/json",
            "Content-Length": declared,
            "Authorization": f"Bearer {sqlite_world.alice.key}",
        }
        answers, taken = send_chunks(sqlite_world, "/products", endless(), headers)
        assert answers[0]["status"] == 413
        assert taken == 0
        assert (b"connection", b"close") in answers[0]["headers"]


def test_the_largest_body_is_read(sqlite_world: World) -> None:
    body = b'{"internal_number": "A", "name": {"en": "x"}}'
    padded = body + b" " * (JSON_BODY_MAX - len(body))
    headers = {"Content-Type": "application/json"}
    answer = sqlite_world.alice.send("POST", "/products", content=padded, headers=headers)
    assert answer.status_code == 201, answer.text
    answer = sqlite_world.alice.send("POST", "/products", content=padded + b" ", headers=headers)
    assert answer.status_code == 413
    assert answer.json()["error"]["params"] == {"max": JSON_BODY_MAX}


def test_a_stranger_is_refused_before_the_body_is_looked_at(sqlite_world: World) -> None:
    headers = {"Content-Type": "application/json"}
    answers, taken = send_chunks(sqlite_world, "/products", endless(), headers)
    assert answers[0]["status"] == 401
    assert taken == 0
