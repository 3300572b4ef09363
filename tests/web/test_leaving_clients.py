"""Who leaves while sending: refused like half a body, and never taken for a defect of ours."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request

from trueorigin.api.failures import install_failures
from trueorigin.console.forms import read_form
from trueorigin.domain.errors import InvalidError
from trueorigin.web.photos import PhotoDesk, read_upload

FORM = "multipart/form-data; boundary=b"
HALF = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\nhalf'


def half_sent(kind: str) -> tuple[dict[str, Any], Callable[[], Awaitable[dict[str, Any]]]]:
    """Return a request whose sender leaves after the first part of its body."""
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": HALF, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"content-type", kind.encode())],
    }
    return scope, receive


@pytest.mark.parametrize("kind", [FORM, "application/x-www-form-urlencoded"])
def test_half_a_form_is_refused(kind: str) -> None:
    scope, receive = half_sent(kind)
    with pytest.raises(InvalidError, match="body_malformed"):
        asyncio.run(read_form(Request(scope), receive, 2**20))


def test_half_a_photograph_is_refused() -> None:
    scope, receive = half_sent(FORM)

    async def send_half() -> None:
        await read_upload(PhotoDesk(), scope, receive)

    with pytest.raises(InvalidError, match="body_malformed"):
        asyncio.run(send_half())


def test_half_a_body_of_the_json_interface_is_refused() -> None:
    app = FastAPI()
    install_failures(app)

    @app.post("/")
    async def read(request: Request) -> int:
        return len(await request.body())

    scope, receive = half_sent("application/json")
    sent: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401 - the protocol's own dictionaries
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert b"body_malformed" in sent[1]["body"]
