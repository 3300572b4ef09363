# SPDX-License-Identifier: Apache-2.0
"""Uploaded pictures and papers at the JSON surface."""

import io
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, Page, PageQuery
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.api.routing import BYTES
from trueorigin.domain.files import EXTENSIONS, File
from trueorigin.services import files
from trueorigin.services.files import Upload
from trueorigin.web.files import build_file_response

# A file is the whole body: no form, no base64.
REQUEST_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            media: {"schema": {"type": "string", "format": "binary"}}
            for media in (BYTES, *EXTENSIONS)
        },
    }
}


class NameQuery(Body):
    """What the file is called; its ending follows from what it is."""

    name: str = Field(default="", max_length=1000, examples=["certificate.pdf"])


class FileAnswer(Answer):
    """What is known of a file; `sha256` is that of the content that is handed out."""

    id: UUID
    name: str
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    sha256: str
    created_at: datetime

    @classmethod
    def of(cls, file: File) -> "FileAnswer":
        """Show a file."""
        return cls(
            id=file.id,
            name=file.name,
            media_type=file.media_type,
            bytes=file.bytes,
            width=file.width,
            height=file.height,
            sha256=file.sha256.hex(),
            created_at=file.created_at,
        )


def create_file(call: CallHere, query: Annotated[NameQuery, Query()]) -> Response:
    """Upload a JPEG, PNG or WebP picture or a PDF as the body; its content decides what it is.

    A picture is drawn anew, at most 2048 pixels a side and without the data a camera adds.
    """
    upload = Upload(content=io.BytesIO(call.content), name=query.name)
    row = files.prepare_file(call.context.files, call.open_act(), upload)
    return call.create(lambda tx, act: FileAnswer.of(files.keep_file(tx, act, row)))


def list_files(call: CallHere, query: Annotated[PageQuery, Query()]) -> Page[FileAnswer]:
    """List the organisation's files in the order they came."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: files.list_files(tx, scope, after=after, limit=query.limit + 1)
    )
    return build_page(rows, query.limit, FileAnswer.of, lambda file: file.id)


def get_file(call: CallHere, file_id: UUID) -> Response:
    """Return the content of a file; a PDF comes as a download."""
    file = call.read(lambda tx, scope: files.get_file(tx, scope, file_id))
    return build_file_response(
        file,
        files.open_content(call.context.files, file),
        is_public=False,
        if_none_match=call.request.headers.get("if-none-match"),
    )
