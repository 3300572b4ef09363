# SPDX-License-Identifier: Apache-2.0
"""The one table from refusal to HTTP status, and the one JSON shape of every error.

    {"error": {"code", "message", "field", "params", "errors": [the same five, one for each]}}

`message` is a sentence in the reader's language; programs read `code`. Text and status belong
here; the refusals themselves belong to the domain.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypedDict

from starlette.responses import JSONResponse

from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    Param,
    SeveralError,
    UnauthenticatedError,
)
from trueorigin.web.i18n import Translator

# The first class that fits wins. What is not listed is our defect: 500.
_STATUS_OF_KIND: tuple[tuple[type[DomainError], int], ...] = (
    (SeveralError, 422),
    (InvalidError, 422),
    (NotFoundError, 404),
    (ConflictError, 409),
    (ForbiddenError, 403),
    (UnauthenticatedError, 401),
)

# Codes whose status differs from that of their kind.
STATUS_OF_CODE: Mapping[str, int] = MappingProxyType(
    {
        "body_malformed": 400,
        "body_missing": 400,
        "body_too_large": 413,
        "busy": 503,
        "database_busy": 503,
        "database_full": 507,
        "database_unreachable": 503,
        "disk_full": 507,
        "enrolment_throttled": 429,
        "folder_unwritable": 503,
        "idempotency_key_malformed": 400,
        "internal": 500,
        "media_type_unsupported": 415,
        "method_not_allowed": 405,
        "path_unknown": 404,
        "sign_in_throttled": 429,
        "too_many_unknown_codes": 429,
    }
)

# Statuses that ask to come back later.
_WAITING = frozenset({429, 503})

# What a framework refuses by itself -> our code for it.
_CODE_OF_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "body_malformed",
        404: "path_unknown",
        405: "method_not_allowed",
    }
)


class ErrorBody(TypedDict):
    """One refusal as clients see it."""

    code: str
    message: str
    field: str | None
    params: dict[str, Param]
    errors: list["ErrorBody"]


class ErrorAnswer(TypedDict):
    """The whole body of every answer that is no success."""

    error: ErrorBody


def status_of(error: DomainError) -> int:
    """Return the HTTP status of `error`: by its code, else by its kind, else 500."""
    status = STATUS_OF_CODE.get(error.code)
    if status is not None:
        return status
    return next((status for kind, status in _STATUS_OF_KIND if isinstance(error, kind)), 500)


def name_http_failure(status: int) -> DomainError:
    """Return the refusal that stands for a status which a framework gave by itself.

    Only 400, 404 and 405 ever come: bodies and their types are judged before the framework.
    """
    return DomainError(_CODE_OF_STATUS.get(status, "internal"))


def message_id(code: str) -> str:
    """Return the name of the sentence of an error code in the locale files."""
    return f"error-{code.replace('_', '-')}"


def build_error_body(error: DomainError, translator: Translator) -> ErrorBody:
    """Describe `error` and, for a `SeveralError`, each of its parts, in the reader's language."""
    parts = error.errors if isinstance(error, SeveralError) else []
    return ErrorBody(
        code=error.code,
        message=translator.text(message_id(error.code), **error.params),
        field=error.field,
        params=dict(error.params),
        errors=[build_error_body(part, translator) for part in parts],
    )


def build_error_response(
    error: DomainError, translator: Translator, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Build the answer for `error`.

    401 names the scheme (RFC 9110 section 11.6.1); 429 and 503 say when to come back.
    """
    status = status_of(error)
    extra = dict(headers or {})
    if status in _WAITING:
        extra.setdefault("Retry-After", str(error.params.get("seconds", 1)))
    extra["Content-Language"] = translator.tag
    extra["Cache-Control"] = "no-store"
    if status == 401:  # noqa: PLR2004 - the number is the name
        extra["WWW-Authenticate"] = 'Bearer realm="trueorigin"'
    answer = ErrorAnswer(error=build_error_body(error, translator))
    return JSONResponse(answer, status_code=status, headers=extra)
