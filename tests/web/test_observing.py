"""Every request has an id, figures and at most one line, and no line gives anything away."""

import io
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from pathlib import Path
from typing import TextIO

import anyio
import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from trueorigin.web.logging import configure_logging, open_log, redact_path
from trueorigin.web.metrics import show_metrics
from trueorigin.web.observing import Observer, answer_defect

SERIAL = "TYVYJ54W1J81SXW3"


@pytest.fixture(autouse=True)
def restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


async def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.url.path)


async def fail(_request: Request) -> PlainTextResponse:
    raise RuntimeError("a defect")


async def fail_late(_request: Request) -> StreamingResponse:
    async def body() -> object:
        yield b"first"
        raise RuntimeError("a defect")

    return StreamingResponse(body())  # type: ignore[arg-type]


APP = Observer(
    Starlette(
        routes=[
            Route("/api/v1/fail", fail),
            Route("/late", fail_late),
            Route("/metrics", show_metrics),
            Route("/{path:path}", answer, methods=["GET", "POST"]),
        ],
        exception_handlers={Exception: answer_defect},
    )
)


def get(  # noqa: PLR0913 - what a test is about is one of them
    path: str,
    *,
    method: str = "GET",
    log_format: str = "json",
    headers: dict[str, str] | None = None,
    app: Observer = APP,
    is_strict: bool = False,
    log: TextIO | None = None,
) -> tuple[Response, list[str]]:
    """Send one request; return the answer and the log lines it left."""
    log = log or io.StringIO()

    async def send() -> Response:
        transport = ASGITransport(app=app, raise_app_exceptions=is_strict)
        async with AsyncClient(transport=transport, base_url="http://zy.cn") as client:
            return await client.request(method, path, headers=headers)

    with redirect_stderr(log):
        configure_logging(log_format, "info")
        response = anyio.run(send)
    return response, log.getvalue().splitlines() if isinstance(log, io.StringIO) else []


def test_an_answer_carries_an_id_that_finds_its_line() -> None:
    response, lines = get("/api/v1/products")
    [line] = [json.loads(each) for each in lines]
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/products", 200)
    assert line["ms"] >= 0


def test_a_line_names_no_person_and_gives_no_code_away() -> None:
    headers = {"X-Forwarded-For": "198.51.100.7", "Cookie": "to_device=abc", "User-Agent": "Phone"}
    path = f"/api/v1/units/{SERIAL}?code={SERIAL}&name=Dora"
    _, lines = get(path, headers=headers)
    [line] = lines
    for secret in (SERIAL, "198.51.100.7", "abc", "Phone", "Dora", "?"):
        assert secret not in line


@pytest.mark.parametrize("path", [f"/01/09521234000013/21/{SERIAL}", "/healthz", "/static/a.css"])
def test_readings_probes_and_files_leave_no_line(path: str) -> None:
    assert get(path)[1] == []


@pytest.mark.parametrize("path", ["/console/products", "/field", "/kiosk"])
def test_requests_of_people_at_work_leave_a_line(path: str) -> None:
    [line] = [json.loads(each) for each in get(path)[1]]
    assert (line["event"], line["path"]) == ("request", path)


def test_a_defect_is_a_plain_500_and_one_line_with_its_trace() -> None:
    response, lines = get("/api/v1/fail", headers={"Accept-Language": "zh"})
    assert response.status_code == 500
    error = response.json()["error"]
    assert error["code"] == "internal"
    assert "a defect" not in response.text
    events = [json.loads(line) for line in lines]
    assert [event["event"] for event in events] == ["request_failed", "request"]
    assert "a defect" in events[0]["exception"]
    assert {event["request_id"] for event in events} == {response.headers["X-Request-Id"]}


def test_a_defect_before_any_framework_is_answered_all_the_same() -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise RuntimeError("a defect")

    response, lines = get("/01/x", app=Observer(app))
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal"
    assert len(lines) == 2


def test_half_an_answer_does_not_look_like_a_whole_one() -> None:
    with pytest.raises(RuntimeError, match="a defect"):
        get("/late", is_strict=True)


def test_a_defect_on_a_consumers_page_leaves_a_line_too() -> None:
    _, lines = get("/late")
    assert any("request_failed" in line for line in lines)


def open_full_disk(buffering: int) -> TextIO:
    return Path("/dev/full").open("w", buffering=buffering)


def open_gone_reader(buffering: int) -> TextIO:
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w", buffering=buffering)


@pytest.mark.parametrize("buffering", [1, -1], ids=["line by line", "in blocks"])
@pytest.mark.parametrize("open_log_file", [open_full_disk, open_gone_reader])
def test_a_log_that_takes_nothing_ends_no_answer_and_no_loop(
    open_log_file: Callable[[int], TextIO], buffering: int
) -> None:
    taken = open_log_file(buffering)
    try:
        with redirect_stderr(taken):
            configure_logging("json", "info")
            open_log("workshop").error("workshop_failed")
            logging.getLogger("library").error("a line of somebody else's")
        # Answered to its end, with nothing raised behind it.
        assert get("/api/v1/products", log=taken, is_strict=True)[0].status_code == 200
    finally:
        with suppress(OSError):
            taken.close()


def test_lines_can_be_text_for_people() -> None:
    _, [line] = get("/api/v1/products", log_format="text")
    assert "status=200" in line
    assert line.startswith("timestamp=")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/"),
        ("/api/v1/runs/17/codes", "/api/v1/runs/17/codes"),
        (f"/01/09521234000013/21/{SERIAL}", "/01/09521234000013/21/*"),
        (f"/00/095212340000000037/{SERIAL}", "/00/095212340000000037/*"),
        (f"/c/A1CE-{SERIAL}-X", "/c/*"),
        ("/c/ABCDEFGHJKMNPQ", "/c/*"),
        ("/a" * 50, "/a" * 8),
        ("/" + "9" * 19, "/*"),
        ("/١٢٣٤٥٦٧٨٩٠١٢٣", "/*"),
    ],
)
def test_a_path_is_shown_without_what_could_be_a_code(path: str, shown: str) -> None:
    assert redact_path(path) == shown


def test_figures_are_counted_by_surface_and_class_of_status() -> None:
    def count() -> float:
        text = get("/metrics")[0].text
        wanted = 'trueorigin_requests_total{method="POST",status="2xx",surface="api"} '
        found = [line for line in text.splitlines() if line.startswith(wanted)]
        return float(found[0].rsplit(" ", 1)[1]) if found else 0

    before = count()
    get("/api/v1/anything", method="POST")
    get(f"/01/09521234000013/21/{SERIAL}")
    assert count() == before + 1
    assert SERIAL not in get("/metrics")[0].text


def test_invented_methods_share_one_label() -> None:
    get("/api/v1/x", method="DORA")
    text = get("/metrics")[0].text
    assert "DORA" not in text
    assert 'method="OTHER"' in text
