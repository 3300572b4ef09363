# SPDX-License-Identifier: Apache-2.0
"""One unit, found by its code, however that was got hold of; its page is in `lives.py`.

Looking here is no reading. What is forged, unknown or another organisation's is answered alike.
"""

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from trueorigin.adapters.barcodes import read_photo
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.insight import UNITS_PATH, read_number
from trueorigin.console.lives import TEMPLATE, build_page
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.digitallink import CODE_LENGTH_MAX, parse_code
from trueorigin.domain.errors import DomainError, ForbiddenError, InvalidError, NotFoundError
from trueorigin.domain.tenancy import Permission
from trueorigin.services.lives import find_life
from trueorigin.services.looks import record_look
from trueorigin.services.search import clean_text
from trueorigin.web.errors import message_id, status_of
from trueorigin.web.pages import ScanPart, build_scan
from trueorigin.web.requests import PHOTO_BODY_MAX

_TEMPLATE: Final = "console/units.html"
# Decoding takes a core for a moment; consumers' photographs go first.
_PHOTOS: Final = BoundedSemaphore(1)
_PHOTO_WAIT_S: Final = 2
_CODES_SHOWN_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsPage:
    """The box for a code, and what it led to."""

    text: str = field(metadata={"help": "What is in the box."})
    errors: FormErrors = field(default=NO_ERRORS, metadata={"help": "What was wrong with it."})
    choices: tuple[tuple[str, str], ...] = field(
        default=(), metadata={"help": "Address and text of each code on a photograph."}
    )
    length_max: int = field(default=CODE_LENGTH_MAX, metadata={"help": "Characters."})
    scan: ScanPart | None = field(default=None, metadata={"help": "The camera; None: no scripts."})


def show_page(request: ConsoleRequest) -> Response:
    """Show the box, or the unit of `?code=` or `?unit=` with its readings."""
    text = clean_text(request.query.get("code", ""))
    key = read_number(request, "unit")
    if not text and key is None:
        return _show_box(request, UnitsPage(text=""))
    try:
        return _show_unit(request, text, key)
    except (ForbiddenError, InvalidError, NotFoundError) as error:
        if not text:
            raise
        errors = FormErrors(by_field={"code": _word_refusal(request, error)})
        page = UnitsPage(text=text[:CODE_LENGTH_MAX], errors=errors)
        return _show_box(request, page, status=status_of(error))


def _show_box(request: ConsoleRequest, page: UnitsPage, *, status: int = HTTPStatus.OK) -> Response:
    """Show the ways to a code: the field, the camera and the photograph."""
    scan = build_scan(request.translator, request.context.hosts, ask=UNITS_PATH)
    return request.page(_TEMPLATE, replace(page, scan=scan), status=status, has_camera=True)


def _word_refusal(request: ConsoleRequest, error: DomainError) -> str:
    if isinstance(error, NotFoundError):
        return request.translator.text("error-unit-not-found")
    if isinstance(error, ForbiddenError):
        return request.translator.text(message_id(error.code), **error.params)
    said = request.form_errors(error)
    return next(iter((*said.by_field.values(), *said.general)))


def _show_unit(request: ConsoleRequest, text: str, key: int | None) -> Response:
    """Show a unit's life; whose look has to be taken down is asked with the right to write."""
    context, act = request.context, request.act
    code = parse_code(text, hosts=context.hosts) if text else None
    wanted = code if code is not None else key or 0
    with request.read() as tx:
        life = find_life(tx, context.catalogue, context.vault, act, wanted)
        page = build_page(request, tx, life, None if code is None else code.contents)
    if not life.is_own and request.may(Permission.INSPECTION_WRITE):
        with request.write() as tx:
            record_look(tx, act, life)
    return request.page(TEMPLATE, page)


def read_label(request: ConsoleRequest) -> Response:
    """Find the code on a photograph; several are offered, none of them is followed by itself."""
    try:
        texts = _read_codes(request)
    except InvalidError as error:
        page = UnitsPage(text="", errors=request.form_errors(error))
        return _show_box(request, page, status=status_of(error))
    links = tuple(
        (f"{UNITS_PATH}?{urlencode({'code': text})}", text[:200])
        for text in texts[:_CODES_SHOWN_MAX]
    )
    if len(links) == 1:
        return request.redirect(links[0][0])
    return _show_box(request, UnitsPage(text="", choices=links))


def _read_codes(request: ConsoleRequest) -> list[str]:
    """Return what is on the photograph of the form, each once, at least one."""
    uploads = request.form.uploads("photo")
    if not uploads:
        raise InvalidError("field_missing", field="photo")
    data = uploads[0].file.read(PHOTO_BODY_MAX + 1)
    if len(data) > PHOTO_BODY_MAX:
        raise InvalidError("body_too_large", field="photo", max=PHOTO_BODY_MAX)
    if not _PHOTOS.acquire(timeout=_PHOTO_WAIT_S):
        raise DomainError("busy", seconds=_PHOTO_WAIT_S)
    try:
        symbols = read_photo(data)
    finally:
        _PHOTOS.release()
    if not symbols:
        raise InvalidError("photo_without_code", field="photo")
    return list(dict.fromkeys(symbol.text for symbol in symbols))
