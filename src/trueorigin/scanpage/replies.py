# SPDX-License-Identifier: Apache-2.0
"""Whole answers of the consumer's surface, before they are sent. Nothing here is decided."""

from http import HTTPStatus
from typing import Final, TypeAlias

from trueorigin.domain.records import record

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

NO_STORE: Final = (b"cache-control", b"no-store")


@record
class Reply:
    """A whole answer, before it is sent. Names of headers are in lower case."""

    headers: Headers = ()
    body: bytes = b""
    # A plain number: members of an enumeration are hashed and turned into numbers by Python code.
    status: int = int(HTTPStatus.OK)


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
