"""Real Chromium, and the scan page behind a real HTTP server on this machine."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from tests.browsing import PATIENCE_MS, OpenServer, launch
from tests.consumer_site import Site
from tests.field_house import House, running_house
from tests.scanning_world import Tenant, World
from tools.running_demo import START_SECONDS_MAX, Demo, running_demo

from trueorigin.storage.database import Database

FOLDER = Path(__file__).parent
# The first test of a module may have to start the demo, and a browser besides.
TEST_SECONDS_MAX = 2 * START_SECONDS_MAX

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder that do not say otherwise the time they may need."""
    for item in items:
        if item.path.parent == FOLDER and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TEST_SECONDS_MAX))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for one module: while it runs, this thread can run no other event loop."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as its own program, with a port of its own; one for each worker."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A data centre for phones and kiosks, which tests may fill as they like; one a worker."""
    with running_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright for one module, for browsers of several kinds; not together with `browser`."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Chromium of that Playwright."""
    browser = launch(playwright.chromium)
    yield browser
    browser.close()


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return World(database=sqlite_database)


@pytest.fixture
def alice(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


@pytest.fixture
def site_url(world: World, tmp_path: Path) -> Iterator[str]:
    """The address of the scan page, served over HTTP to browsers on this machine."""
    site = Site(world, tmp_path, has_secure_cookies=False)
    # The tests' clock moves with each reading: one at a time.
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("GET", b"")

        def do_POST(self) -> None:
            self.answer("POST", self.rfile.read(int(self.headers["content-length"])))

        def answer(self, method: str, content: bytes) -> None:
            sent = {name.lower(): value for name, value in self.headers.items()}
            client = self.client_address[0]
            with lock:
                reply = asyncio.run(site.request(method, self.path, sent, client, content))
            self.send_response(reply.status)
            for name, value in reply.pairs:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
            pass

    server = OpenServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
