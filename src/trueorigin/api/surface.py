# SPDX-License-Identifier: Apache-2.0
"""Build the JSON surface from its URL table: gate, limits, failures and its description."""

import inspect
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response, StreamingResponse
from starlette.types import ASGIApp

from trueorigin.api import ROUTES
from trueorigin.api.calls import REPLAYED_HEADER
from trueorigin.api.failures import install_failures
from trueorigin.api.forms import ErrorAnswer
from trueorigin.api.routing import JSON, Route, guard
from trueorigin.domain.files import FILE_BYTES_MAX
from trueorigin.web.context import AppContext
from trueorigin.web.heads import HeadAsGet
from trueorigin.web.photos import PhotoDesk
from trueorigin.web.requests import (
    EVENTS_BODY_MAX,
    IDEMPOTENCY_KEY_MAX,
    JSON_BODY_MAX,
    PHOTO_BODY_MAX,
    BodyLimit,
)

BASE_PATH: Final = "/api/v1"
# Of the contract, not of the program: new members raise the second number, nothing else changes.
API_VERSION: Final = "1.0"
_BEARER: Final = "bearer"
_NO_CONTENT: Final = 204
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeat a request under its key and the act still happens once.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": IDEMPOTENCY_KEY_MAX,
        "pattern": "^[!-~]+$",
    },
}


def build_api(context: AppContext) -> ASGIApp:
    """Build the surface, to be mounted at `BASE_PATH`.

    Its own description is at `/openapi.json`; it serves no page and fetches nothing from outside.
    """
    app = FastAPI(
        title="TrueOrigin",
        version=API_VERSION,
        summary="Anti-counterfeit and traceability data centre",
        servers=[{"url": BASE_PATH}],
        root_path_in_servers=False,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.photo_desk = PhotoDesk()
    install_failures(app)
    for route in ROUTES:
        _add_route(app, route, context)
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign] # FastAPI's documented hook
    app.add_middleware(BodyLimit, limit_of=limit_of)
    return HeadAsGet(app)


def limit_of(path: str, content_type: str) -> int:
    """Return how many bytes a request to `path` may send: a file, events, or some JSON."""
    if path.endswith("/events"):
        return EVENTS_BODY_MAX
    if path.endswith("/files"):
        return FILE_BYTES_MAX
    is_photo = path.endswith("/verifications") and content_type.lower().startswith("multipart/")
    return PHOTO_BODY_MAX if is_photo else JSON_BODY_MAX


def _add_route(app: FastAPI, route: Route, context: AppContext) -> None:
    """Register one line of the table behind its gate."""
    is_json = route.media == JSON
    success: dict[str, Any] = {"description": "Success"}
    if not is_json:
        success["content"] = {route.media: {"schema": {"type": "string"}}}
    if route.is_act:
        success["headers"] = {
            REPLAYED_HEADER: {
                "description": "true when the answer was given before",
                "schema": {"type": "string"},
            }
        }
    extra: dict[str, Any] = dict(route.extra)
    summary, _, detail = inspect.cleandoc(route.endpoint.__doc__ or "").partition("\n\n")
    if route.permission is not None:
        extra["security"] = [{_BEARER: []}]
        detail = f"{detail}\n\nPermission: `{route.permission.value}`."
    if route.is_act:
        extra["parameters"] = [_IDEMPOTENCY_KEY]
    options: dict[str, Any] = {} if route.answer is None else {"response_model": route.answer}
    if route.status == _NO_CONTENT:
        options["response_class"] = Response
    elif not is_json:
        options["response_class"] = StreamingResponse
        options["response_model"] = None
    app.router.add_api_route(
        # A printed address has slashes, encoded or not when it comes here.
        route.path.replace("{code}", "{code:path}"),
        route.endpoint,
        methods=[route.method],
        status_code=route.status,
        summary=summary,
        description=detail.strip(),
        operation_id=route.endpoint.__name__,
        tags=[route.path.split("/")[1]],
        responses={
            route.status: success,
            "4XX": {"description": "Refused", "model": ErrorAnswer},
            "5XX": {"description": "Not possible now", "model": ErrorAnswer},
        },
        route_class_override=guard(route, context),
        openapi_extra=extra,
        **options,
    )


def _describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description, built once, with the one way to show a key."""
    if app.openapi_schema is None:
        description = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
            servers=app.servers,
        )
        description.setdefault("components", {})["securitySchemes"] = {
            _BEARER: {"type": "http", "scheme": "bearer"}
        }
        app.openapi_schema = description
    return app.openapi_schema
