# SPDX-License-Identifier: Apache-2.0
"""What the program itself puts together, as `serve` does: the loop and the queue of readings."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import granian.server
import pytest
from granian import loops
from tests.consumer_site import send_request

from trueorigin import app as program
from trueorigin.adapters.eventloop import WorkerLoop
from trueorigin.cli.serving import run_server
from trueorigin.domain.errors import DomainError
from trueorigin.settings import load_settings
from trueorigin.storage.database import Database

INVENTED = "/01/09521234000013/21/7777777777777777"


def test_workers_run_the_loop_that_is_woken_seldom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[type] = []

    class Server:
        """Takes what the real one takes, and makes the loop of a worker where that would."""

        def __init__(self, **_options: object) -> None:
            pass

        def serve(self, target_loader: Callable[[], object], **_options: object) -> None:
            assert callable(target_loader)
            loop = loops.get("auto")
            served.append(type(loop))
            asyncio.set_event_loop(None)
            loop.close()

    monkeypatch.setattr(granian.server, "Server", Server)
    run_server(load_settings({}, data=tmp_path), announce=lambda: None)
    assert served == [WorkerLoop]


def test_the_program_answers_invented_codes_without_waiting_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Database) -> None:
        raise DomainError("database_unreachable")

    app = program.create_app(load_settings({}, data=tmp_path))
    monkeypatch.setattr(Database, "sync", fail)
    headers = {"accept": "application/json", "host": "localhost:8000"}
    reply = asyncio.run(send_request(app, "GET", INVENTED, headers, "198.51.100.7"))
    assert (reply.status, json.loads(reply.body)["verdict"]) == (200, "not_issued")
