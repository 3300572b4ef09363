# SPDX-License-Identifier: Apache-2.0
"""The page of the public kiosk: what it carries, may do, and how a kiosk hears of a new one."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest
from tests.console_site import PUBLIC_URL, ConsoleSite
from tests.scanning_world import World

from trueorigin.kiosk import build_kiosk
from trueorigin.kiosk.shell import APP
from trueorigin.storage.database import Database
from trueorigin.web.i18n import languages


@pytest.fixture
def site(sqlite_database: Database, tmp_path: Path) -> ConsoleSite:
    return ConsoleSite(World(database=sqlite_database), tmp_path)


def ask(site: ConsoleSite, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(app=build_kiosk(site.context))
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(exchange())


def test_nothing_leads_out_of_the_page(site: ConsoleSite) -> None:
    answer = ask(site, "/kiosk")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    for part in ("form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe-inline" not in policy
    assert "<a " not in answer.text
    assert not re.search(r'(src|href)="(?!/)', answer.text)
    assert "geolocation=()" in answer.headers["permissions-policy"]


def test_it_carries_every_sentence_of_every_language(site: ConsoleSite) -> None:
    text = ask(site, "/kiosk", **{"accept-language": "zh-CN"}).text
    match = re.search(r'<script type="application/json" id="shell">(.*?)</script>', text)
    assert match
    shell = json.loads(match[1])
    assert shell["language"] == "zh"
    assert set(shell["languages"]) == set(languages())
    words = [set(each["words"]) for each in shell["languages"].values()]
    assert all(each == words[0] for each in words)
    for verdict in ("genuine", "caution", "suspect", "recalled", "withdrawn", "not-released"):
        assert {f"verdict-{verdict}", f"says-{verdict}"} <= words[0]


def test_the_worker_keeps_the_page_and_changes_with_it(site: ConsoleSite) -> None:
    answer = ask(site, "/kiosk/worker.js")
    assert answer.headers["service-worker-allowed"] == "/kiosk"
    kept = json.loads(answer.text.partition(";\n")[0].removeprefix("self.KEPT="))
    assert (kept["app"], kept["page"]) == ("kiosk", "/kiosk")
    assert any(path.startswith("/static/kiosk.") for path in kept["files"])
    assert APP.build_worker(["one"]) != APP.build_worker(["other"])


def test_other_paths_and_methods_are_refused(site: ConsoleSite) -> None:
    assert ask(site, "/kiosk/else").status_code == 404
    assert ask(site, "/kiosk", "POST").status_code == 405
    assert ask(site, "/kiosk", "HEAD").content == b""
