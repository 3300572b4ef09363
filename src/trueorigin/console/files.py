# SPDX-License-Identifier: Apache-2.0
"""Uploads in forms, and an organisation's own files.

A file is kept as soon as it arrives, before the rest of the form is judged: whatever else is
wrong, nobody chooses the same file twice.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.forms import Form, FormErrors, word_errors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.tenancy import TenantScope
from trueorigin.services import files
from trueorigin.services.files import IMAGE_TYPES, PAPER_TYPES, Upload
from trueorigin.storage.database import Tx
from trueorigin.web.errors import status_of
from trueorigin.web.files import build_file_response

# As `accept` of a file field wants them.
PICTURES_ACCEPTED: Final = ",".join(sorted(IMAGE_TYPES))
PAPERS_ACCEPTED: Final = ",".join(sorted(PAPER_TYPES))
# More than a form shows at once; ids beyond it were never sent by our own page.
_IDS_MAX: Final = 100
_KIB: Final = 1024
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file as pages show it."""

    id: UUID = field(metadata={"help": "Its id."})
    href: str = field(metadata={"help": "Where it is opened."})
    name: str = field(metadata={"help": "What it is called."})
    kib: int = field(metadata={"help": "Its size in units of 1024 bytes, rounded up."})
    is_picture: bool = field(metadata={"help": "Whether browsers draw it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """What came of the files of one form: ids of those kept, sentences for those refused."""

    ids: Mapping[str, tuple[UUID, ...]]
    errors: FormErrors
    refusal: DomainError | None

    def settle(self) -> None:
        """Stop before anything is saved if a file was refused."""
        if self.refusal is not None:
            raise self.refusal

    def join(self, others: FormErrors) -> FormErrors:
        """Return the sentences about refused files together with `others`."""
        return FormErrors(
            by_field={**others.by_field, **self.errors.by_field}, general=others.general
        )


def keep_uploads(request: ConsoleRequest, accepted: Mapping[str, str]) -> Uploads:
    """Keep the files of these fields; each field accepts the media types of its list."""
    ids: dict[str, tuple[UUID, ...]] = {}
    by_field: dict[str, str] = {}
    refusal: DomainError | None = None
    context = request.context
    for name, types in accepted.items():
        kept: list[UUID] = []
        for upload in request.form.uploads(name):
            try:
                stored = files.store_file(
                    context.database,
                    context.files,
                    request.act,
                    Upload(content=upload.file, name=upload.filename or ""),
                    accept=types.split(","),
                    field=name,
                )
            except DomainError as error:
                if status_of(error) >= _SERVER_ERROR:
                    raise
                refusal = error
                sentence = word_errors(error, request.translator).by_field.get(name, "")
                by_field[name] = f"{upload.filename}: {sentence}"
            else:
                kept.append(stored.id)
        ids[name] = tuple(kept)
    return Uploads(ids=ids, errors=FormErrors(by_field=by_field), refusal=refusal)


def read_ids(form: Form, name: str) -> tuple[UUID, ...]:
    """Return the ids of files that are ticked to be kept; the service checks whose they are."""
    found = form.texts(f"{name}-kept")
    if len(found) > _IDS_MAX:
        raise InvalidError("too_many", field=name, max=_IDS_MAX, count=len(found))
    try:
        return tuple(UUID(text) for text in found)
    except ValueError as error:
        raise InvalidError("file_unknown", field=name) from error


def list_views(tx: Tx, scope: TenantScope, ids: Collection[UUID]) -> tuple[FileView, ...]:
    """Return the organisation's files of these ids, in their order; others are left out."""
    found = files.find_files(tx, scope, ids)
    return tuple(
        FileView(
            id=each.id,
            href=path_of_file(each.id),
            name=each.name,
            kib=-(-each.bytes // _KIB),
            is_picture=each.is_image,
        )
        for each in (found[key] for key in ids if key in found)
    )


def name_files(request: ConsoleRequest, ids: Collection[UUID]) -> str:
    """Return the names of files, one a line."""
    with request.read() as tx:
        return "\n".join(view.name for view in list_views(tx, request.act.scope, ids))


def path_of_file(file_id: UUID) -> str:
    """Return where a person of its organisation opens a file."""
    return f"/console/files/{file_id}"


def show_file(request: ConsoleRequest) -> Response:
    """Hand out one of the organisation's files so that nothing in it can run."""
    with request.read() as tx:
        file = files.get_file(tx, request.act.scope, request.uuid("file_id"))
    content = files.open_content(request.context.files, file)
    return build_file_response(
        file, content, is_public=False, if_none_match=request.headers.get("if-none-match")
    )
