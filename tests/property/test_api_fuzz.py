# SPDX-License-Identifier: Apache-2.0
"""Requests made from the published description, right ones and wrong ones, never break anything.

Whatever is sent: no answer is a defect, every refusal has the one shape, every success the form
that the description promises. Both databases, for each judges text and numbers its own way.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies as st
from pydantic import TypeAdapter
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from tests.api_world import World, open_world
from tests.postgres_pool import PostgresServer

from trueorigin.api import ROUTES
from trueorigin.api.forms import ErrorAnswer
from trueorigin.api.routing import Route
from trueorigin.api.surface import BASE_PATH
from trueorigin.storage.database import FILE_NAME, Database

DESCRIPTION = Path(__file__).parents[1] / "contract" / "openapi.json"
SCHEMA = schemathesis.openapi.from_dict(json.loads(DESCRIPTION.read_text()))
# Headers that a client library may not send at all, or that would end the sign-in.
HEADERS_SENT = {"idempotency-key"}


@contextmanager
def opened(url: str | None, folder: Path) -> Iterator[World]:
    with closing(Database.open(url, folder)) as database, open_world(database, folder) as world:
        yield world


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One data centre for all examples, with a run to aim at."""
    folder = tmp_path_factory.mktemp("fuzz")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / FILE_NAME)
        with opened(None, folder) as world:
            world.alice.add_run(100)
            yield world
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create(server.template)
    with opened(server.database_url(name), folder) as world:
        world.alice.add_run(100)
        yield world
    server.drop(name)


def aim(world: World) -> dict[str, str]:
    """Return path parameters that exist."""
    run = world.alice.get("/runs")["items"][0]
    [case] = world.alice.list_rows(run, level=1, to=1)
    return {
        "code": case["code"],
        "run_id": str(run["id"]),
        "batch_id": run["batch_id"],
        "product_id": run["product_id"],
        "organisation_id": world.alice.get("/organisation")["id"],
    }


def spell(query: dict[str, Any]) -> dict[str, str]:
    """Write query values as a client would that knows nothing of types."""
    return {name: str(value).encode("utf-8", "replace").decode() for name, value in query.items()}


def send(world: World, route: Route, case: Any, known: dict[str, str] | None) -> Any:  # noqa: ANN401 - schemathesis
    """Send what was generated, as the one who may."""
    path = route.path
    for name, value in {**(case.path_parameters or {}), **(known or {})}.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe="") or "%20")
    headers = {
        name: value
        for name, value in (case.headers or {}).items()
        if name.lower() in HEADERS_SENT and isinstance(value, str) and value.isascii()
    }
    options: dict[str, Any] = {"params": spell(case.query or {}), "headers": headers}
    if case.body is not NOT_SET and case.media_type == "application/json":
        raw = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
        options["content"] = raw
        options["headers"]["Content-Type"] = "application/json"
    person = world.olga if path.startswith("/organisations") else world.alice
    if (route.method, path) == ("POST", "/inspections"):
        person = world.rita
    return person.send(route.method, path, **options)


def check(route: Route, answer: Any) -> None:  # noqa: ANN401 - httpx.Response
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        ErrorAnswer.model_validate_json(answer.content, extra="forbid")
        return
    assert answer.status_code == route.status
    model = route.answer or route.endpoint.__annotations__["return"]
    if (
        answer.headers.get("content-type") == "application/json"
        and b'"choice"' not in answer.content
    ):
        TypeAdapter(model).validate_json(answer.content)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_no_request_breaks_anything(seeded: World, route: Route, mode: GenerationMode) -> None:
    operation = SCHEMA[route.path][route.method]
    known = aim(seeded)

    @settings(
        max_examples=10,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=operation.as_strategy(generation_mode=mode), aimed=st.booleans())
    def run(case: Any, aimed: object) -> None:  # noqa: ANN401 - schemathesis
        check(route, send(seeded, route, case, known if aimed else None))

    run()


@pytest.mark.parametrize("path", [route.path for route in ROUTES if "{" in route.path])
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Dots alone are resolved by the client and lead elsewhere.
@given(text=st.text(min_size=1, max_size=40).filter(lambda text: text.strip(".")))
def test_any_text_in_a_path_is_refused_in_form(seeded: World, path: str, text: str) -> None:
    first, _, rest = path.partition("{")
    wild = first + quote(text.encode("utf-8", "surrogatepass"), safe="") + rest.partition("}")[2]
    for method in ("GET", "POST", "DELETE"):
        answer = seeded.client.request(
            method, f"{BASE_PATH}{wild}", headers={"Authorization": f"Bearer {seeded.alice.key}"}
        )
        assert answer.status_code < 500, answer.text
        # The run's own id is a text like any other.
        if answer.status_code < 400:
            assert text.strip() in {"1", "01"} or int(text) == 1
            continue
        ErrorAnswer.model_validate_json(answer.content, extra="forbid")
