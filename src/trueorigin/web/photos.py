# SPDX-License-Identifier: Apache-2.0
"""Photographs of labels as they arrive: received under limits, decoded a few at a time.

What a code on a photograph means is not known here; see `photopages.py`.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from anyio.to_thread import run_sync
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope

from trueorigin.adapters.barcodes import read_photo
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.web.requests import JSON_BODY_MAX, PHOTO_BODY_MAX, BodyTooLargeError

# Decoding a photograph takes a core for a moment; more at a time would starve the readings.
PHOTOS_AT_ONCE: Final = 2
# Those who wait keep their photograph in a file meanwhile.
PHOTOS_WAITING_MAX: Final = 16
_FORM_FIELDS_MAX: Final = 4
_MULTIPART: Final = "multipart/form-data"
# Boundaries and field names around the photograph itself.
_ENVELOPE_MAX: Final = 2**14


class PhotoDesk:
    """Lets only so many photographs be decoded at a time in one process."""

    def __init__(self) -> None:
        """Start idle; belongs to one event loop."""
        self._places = asyncio.Semaphore(PHOTOS_AT_ONCE)
        self._waiting = 0

    @contextmanager
    def _queueing(self) -> Iterator[None]:
        if self._waiting >= PHOTOS_WAITING_MAX:
            raise DomainError("busy", seconds=2)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def read_codes(self, photo: UploadFile) -> list[str]:
        """Return the texts of the symbols in `photo`, each once, from top to bottom."""
        with self._queueing():
            async with self._places:
                symbols = await run_sync(read_photo, await photo.read())
        return list(dict.fromkeys(symbol.text for symbol in symbols))

    async def read_form(self, request: Request) -> list[str]:
        """Return the codes on the photograph of a form, at least one."""
        try:
            form = await request.form(
                max_files=1, max_fields=_FORM_FIELDS_MAX, max_part_size=JSON_BODY_MAX
            )
        except (MultiPartException, HTTPException, ClientDisconnect):
            raise InvalidError("body_malformed") from None
        try:
            photo = form.get("photo")
            if not isinstance(photo, UploadFile) or not photo.size:
                raise InvalidError("field_missing", field="photo")
            texts = await self.read_codes(photo)
        finally:
            await form.close()
        if not texts:
            raise InvalidError("photo_without_code", field="photo")
        return texts


async def read_upload(desk: PhotoDesk, scope: Scope, receive: Receive) -> list[str]:
    """Return the codes on an uploaded photograph, for a surface without a limit of its own.

    `body_too_large` beyond `PHOTO_BODY_MAX`: by the declared length before a byte is read, else
    as soon as it is passed.
    """
    request = Request(scope, receive)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise InvalidError(
            "media_type_unsupported", field="Content-Type", expected="multipart/form-data"
        )
    limit = PHOTO_BODY_MAX + _ENVELOPE_MAX
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise BodyTooLargeError(PHOTO_BODY_MAX)
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise BodyTooLargeError(PHOTO_BODY_MAX)
        return message

    return await desk.read_form(Request(scope, counted))
