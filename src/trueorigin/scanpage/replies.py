# SPDX-License-Identifier: Apache-2.0
"""Whole answers of the consumer's surface, and how one is sent. Nothing here is decided."""

from http import HTTPStatus
from typing import Final, TypeAlias

from starlette.types import Send

from trueorigin.domain.records import record

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

NO_STORE: Final = (b"cache-control", b"no-store")


@record
class Reply:
    """A whole answer, before it is sent. Names of headers are in lower case."""

    status: int = HTTPStatus.OK
    headers: Headers = ()
    body: bytes = b""


def encode_headers(headers: tuple[tuple[str, str], ...]) -> Headers:
    """Return headers as they are sent."""
    return tuple((name.encode(), value.encode("latin-1", "replace")) for name, value in headers)


def see_other(location: str) -> Reply:
    """Send the reader to another address of ours."""
    return Reply(
        status=HTTPStatus.SEE_OTHER,
        headers=(
            (b"location", location.encode("latin-1", "replace")),
            NO_STORE,
            (b"referrer-policy", b"no-referrer"),
        ),
    )


async def send_reply(send: Send, reply: Reply, request_id: bytes, *, is_head: bool) -> None:
    """Send an answer; to HEAD without its body, but with the length it would have."""
    headers = [
        *reply.headers,
        (b"content-length", b"%d" % len(reply.body)),
        (b"x-request-id", request_id),
    ]
    await send({"type": "http.response.start", "status": int(reply.status), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else reply.body})
