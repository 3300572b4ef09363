# SPDX-License-Identifier: Apache-2.0
"""Give every failure of the JSON surface the one shape, whoever raised it: us or the framework."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from trueorigin.domain.errors import (
    DomainError,
    InvalidError,
    NotFoundError,
    Param,
    SeveralError,
)
from trueorigin.web.errors import build_error_response
from trueorigin.web.requests import answer_http_failure, pick_translator

# More faults than this in one body are no slip; the answer stays small.
FAULTS_MAX = 100

_CHOICE = re.compile("'([^']*)'")

# Pydantic's names for what is wrong -> ours, and which of its facts the sentence shows.
_CODES: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {
        "missing": ("field_missing", {}),
        "extra_forbidden": ("field_unknown", {}),
        "string_type": ("field_not_text", {}),
        "string_unicode": ("text_not_unicode", {}),
        "string_too_long": ("text_too_long", {"max": "max_length"}),
        "int_type": ("field_not_whole", {}),
        "int_parsing": ("field_not_whole", {}),
        "int_parsing_size": ("field_not_whole", {}),
        "int_from_float": ("field_not_whole", {}),
        "bool_type": ("field_not_boolean", {}),
        "greater_than_equal": ("number_too_small", {"min": "ge"}),
        "less_than_equal": ("number_too_large", {"max": "le"}),
        "less_than": ("number_not_below", {"limit": "lt"}),
        "list_type": ("field_not_list", {}),
        "too_long": ("too_many", {"max": "max_length", "count": "actual_length"}),
        "too_short": ("too_few", {"min": "min_length"}),
        "model_type": ("field_not_object", {}),
        "model_attributes_type": ("field_not_object", {}),
        "dict_type": ("field_not_object", {}),
        "literal_error": ("choice_unknown", {"known": "expected"}),
        "enum": ("choice_unknown", {"known": "expected"}),
        "uuid_type": ("id_malformed", {}),
        "uuid_parsing": ("id_malformed", {}),
        "day_malformed": ("day_malformed", {}),
        "date_from_datetime_parsing": ("day_malformed", {}),
        "date_parsing": ("day_malformed", {}),
        "instant_malformed": ("instant_malformed", {}),
        "instant_implausible": ("instant_implausible", {"min": "min", "max": "max"}),
        "datetime_parsing": ("instant_malformed", {}),
        "datetime_from_date_parsing": ("instant_malformed", {}),
    }
)


def describe_fault(fault: Mapping[str, Any]) -> DomainError:
    """Name one of pydantic's faults; its place is a dotted path without `body` or `query`."""
    place = [str(part) for part in fault["loc"]]
    if place[:1] in (["body"], ["query"], ["path"], ["header"]):
        origin, place = place[0], place[1:]
    else:
        origin = "body"
    if fault["type"] == "json_invalid":
        return InvalidError("body_malformed")
    if origin == "path":
        # An id that cannot exist names nothing, as one that does not exist.
        return NotFoundError("path_unknown")
    if not place and fault["type"] in {"missing", "model_type", "model_attributes_type"}:
        return InvalidError("body_missing" if fault["type"] == "missing" else "body_not_object")
    code, facts = _CODES.get(fault["type"], ("field_malformed", {}))
    context = fault.get("ctx", {})
    params: dict[str, Param] = {
        name: value if isinstance(value := context.get(key, ""), int) else str(value)
        for name, key in facts.items()
    }
    if code == "choice_unknown":
        # The framework joins them by an English "or".
        params["known"] = ", ".join(_CHOICE.findall(str(params["known"])))
    return InvalidError(code, field=".".join(place) or None, **params)


def describe_faults(faults: Sequence[Mapping[str, Any]]) -> DomainError:
    """Name all faults of one request in the order of its fields; a lone one by itself."""
    errors = [describe_fault(fault) for fault in faults[:FAULTS_MAX]]
    absent = [error for error in errors if isinstance(error, NotFoundError)]
    if absent:
        return absent[0]
    return errors[0] if len(errors) == 1 else SeveralError(errors)


def install_failures(app: FastAPI) -> None:
    """Answer every failure of `app` in the one shape and the reader's language."""

    def answer(request: Request, error: DomainError) -> Response:
        return build_error_response(error, pick_translator(request.headers))

    async def on_refusal(request: Request, error: Exception) -> Response:
        if not isinstance(error, DomainError):
            raise error
        return answer(request, error)

    async def on_faults(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return answer(request, describe_faults(error.errors()))

    async def on_half_a_body(request: Request, _error: Exception) -> Response:
        # Who leaves while sending is no defect of ours, and reads no answer either.
        return answer(request, InvalidError("body_malformed"))

    async def on_defect(request: Request, _error: Exception) -> Response:
        return answer(request, DomainError("internal"))

    app.add_exception_handler(DomainError, on_refusal)
    app.add_exception_handler(RequestValidationError, on_faults)
    app.add_exception_handler(HTTPException, answer_http_failure)
    app.add_exception_handler(ClientDisconnect, on_half_a_body)
    app.add_exception_handler(Exception, on_defect)
