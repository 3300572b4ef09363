# SPDX-License-Identifier: Apache-2.0
"""What a form sent: texts, repeated rows and uploads, under limits; and what was wrong with it.

It knows no product and no batch. A field that is not there reads as an empty text, so a page
without script, which sends nothing for an unticked box, needs no special case.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

from trueorigin.domain.days import parse_day
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
from trueorigin.web.errors import message_id
from trueorigin.web.i18n import Translator
from trueorigin.web.requests import BodyTooLargeError

# The largest honest form: a batch with a hundred materials, each text at its full length.
FORM_BODY_MAX: Final = 2**20
# Several files of one form; each of them has its own limit further in.
UPLOAD_BODY_MAX: Final = 64 * 2**20
FIELDS_MAX: Final = 1000
FILES_MAX: Final = 20
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
# More digits than FIELDS_MAX has.
_ROW_NUMBER: Final = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields of one request; empty for GET."""

    data: FormData = field(default_factory=FormData)

    def text(self, name: str) -> str:
        """Return what was typed, exactly; browsers' line ends become line feeds."""
        value = self.data.get(name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def line(self, name: str) -> str | None:
        """Return what was typed without surrounding blanks, or None if that is nothing."""
        return self.text(name).strip() or None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that may come several times."""
        return tuple(value for value in self.data.getlist(name) if isinstance(value, str))

    def has(self, name: str) -> bool:
        """Tell whether a box is ticked or a button of this name was pressed."""
        return name in self.data

    def rows(self, name: str, columns: Sequence[str]) -> tuple[Mapping[str, str], ...]:
        """Return the rows `name.0.column`, `name.1.column`, ... that are not blank throughout."""
        prefix = f"{name}."
        parts = {
            key[len(prefix) :].partition(".")[0] for key in self.data if key.startswith(prefix)
        }
        numbers = sorted(int(each) for each in parts if _ROW_NUMBER.fullmatch(each))
        rows = [
            {column: self.text(f"{name}.{number}.{column}").strip() for column in columns}
            for number in numbers
        ]
        return tuple(row for row in rows if any(row.values()))

    def day(self, name: str) -> date | None:
        """Return a day in ISO form, None where nothing was given; `date_malformed` else."""
        text = self.text(name).strip()
        if not text:
            return None
        try:
            return parse_day(text)
        except ValueError as error:
            raise InvalidError("date_malformed", field=name) from error

    def choice(self, name: str, known: Iterable[str]) -> str:
        """Return one of `known`, or nothing where nothing was given; `choice_unknown` else."""
        return pick_choice(self.text(name).strip(), known, field=name)

    def number(self, name: str) -> int | None:
        """Return a whole number, None where nothing was given; else refuse (`number_malformed`)."""
        text = self.text(name).strip().replace(",", "").replace("\u202f", "").replace(" ", "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or len(text) > 18:  # noqa: PLR2004 - fits 64 bits
            raise InvalidError("number_malformed", field=name)
        return int(text)

    def uploads(self, name: str) -> tuple[UploadFile, ...]:
        """Return the files chosen in a field; an empty field sends one without name."""
        return tuple(
            value
            for value in self.data.getlist(name)
            if isinstance(value, UploadFile) and value.filename
        )


NO_FORM: Final = Form()


def pick_choice(text: str, known: Iterable[str], *, field: str) -> str:
    """Return `text` if it is known, or nothing; `choice_unknown` for all else.

    What is wished for and not known is never taken for something else.
    """
    words = [str(each) for each in known]
    if text and text not in words:
        raise InvalidError("choice_unknown", field=field, known=", ".join(words))
    return text


async def read_form(request: Request, receive: Receive, body_max: int) -> Form:
    """Read a form body of at most `body_max` bytes; files beyond 1 MB go to disk meanwhile."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {_URLENCODED, _MULTIPART}:
        raise InvalidError("media_type_unsupported", field="Content-Type", expected=_URLENCODED)
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > body_max:
        raise BodyTooLargeError(body_max)
    stream = Request(request.scope, _limit(receive, body_max)).stream()
    try:
        if kind == _URLENCODED:
            data = await FormParser(request.headers, stream, max_fields=FIELDS_MAX).parse()
        else:
            data = await MultiPartParser(
                request.headers,
                stream,
                max_files=FILES_MAX,
                max_fields=FIELDS_MAX,
                max_part_size=FORM_BODY_MAX,
            ).parse()
    except (
        *(MultiPartException, HTTPException, UnicodeDecodeError, ValueError),
        # Who leaves in the middle of an upload is no defect of ours.
        ClientDisconnect,
    ) as error:
        raise InvalidError("body_malformed") from error
    return Form(data=data)


def _limit(receive: Receive, body_max: int) -> Receive:
    """Count what comes in, and stop at the limit: the declared length may be a lie."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > body_max:
            raise BodyTooLargeError(body_max)
        return message

    return counted


@dataclass(frozen=True, slots=True, kw_only=True)
class FormErrors:
    """What was wrong with a form: sentences by field, and those that belong to no field."""

    by_field: Mapping[str, str] = field(default_factory=dict)
    general: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to say."""
        return bool(self.by_field or self.general)

    def get(self, name: str) -> str | None:
        """Return the sentence for a field, or None."""
        return self.by_field.get(name)

    def named(self, names: Sequence[str]) -> "FormErrors":
        """Return the same, with sentences of fields the page lacks among the general ones."""
        known = {name: text for name, text in self.by_field.items() if name in names}
        others = tuple(text for name, text in self.by_field.items() if name not in names)
        return FormErrors(by_field=known, general=(*self.general, *others))


NO_ERRORS: Final = FormErrors()


def word_errors(error: DomainError, language: Translator) -> FormErrors:
    """Put a refusal into sentences: the first one of each field, all without a field."""
    parts = error.errors if isinstance(error, SeveralError) else [error]
    by_field: dict[str, str] = {}
    general: list[str] = []
    for part in parts:
        sentence = language.text(message_id(part.code), **part.params)
        if part.field is None:
            general.append(sentence)
        else:
            by_field.setdefault(part.field, sentence)
    return FormErrors(by_field=by_field, general=tuple(general))
