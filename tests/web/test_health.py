"""A process says that it lives, and that it is ready only while it can answer readings."""

import anyio
import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette

from trueorigin.storage.database import Database
from trueorigin.web.health import build_health_routes


def status_of(path: str, database: Database, *, is_accepting: bool = True) -> int:
    app = Starlette(routes=build_health_routes(database, lambda: is_accepting))

    async def send() -> int:
        async with AsyncClient(transport=ASGITransport(app=app), base_url="http://zy.cn") as client:
            response = await client.get(path)
            assert response.headers["Cache-Control"] == "no-store"
            return response.status_code

    return anyio.run(send)


def test_a_sound_process_lives_and_is_ready(database: Database) -> None:
    assert status_of("/healthz", database) == 200
    assert status_of("/readyz", database) == 200


def test_a_full_queue_is_not_ready_but_alive(database: Database) -> None:
    assert status_of("/readyz", database, is_accepting=False) == 503
    assert status_of("/healthz", database, is_accepting=False) == 200


@pytest.mark.parametrize("version", ["0000", None])
def test_other_tables_are_not_ready(database: Database, version: str | None) -> None:
    with database.write() as tx:
        if version is None:
            tx.run("DROP TABLE alembic_version")
        else:
            tx.run(f"UPDATE alembic_version SET version_num = '{version}'")  # noqa: S608 - fixed text
    assert status_of("/readyz", database) == 503
    assert status_of("/healthz", database) == 200
