"""The page of the field app: what it carries, may do, and how a phone hears of a new one."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest
from tests.console_site import PUBLIC_URL, ConsoleSite
from tests.scanning_world import World

from trueorigin.field import build_field
from trueorigin.field.shell import APP
from trueorigin.storage.database import Database
from trueorigin.web.i18n import languages, list_patterns


@pytest.fixture
def site(sqlite_database: Database, tmp_path: Path) -> ConsoleSite:
    return ConsoleSite(World(database=sqlite_database), tmp_path)


def ask(site: ConsoleSite, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(app=build_field(site.context))
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(exchange())


def shell_of(answer: httpx.Response) -> dict[str, object]:
    match = re.search(r'<script type="application/json" id="shell">(.*?)</script>', answer.text)
    assert match
    found: dict[str, object] = json.loads(match[1])
    return found


def test_the_page_asks_nobody_but_us(site: ConsoleSite) -> None:
    answer = ask(site, "/field")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy
    assert "http" not in policy
    assert not re.search(r'(src|href)="(?!/)', answer.text)
    assert "camera=(self)" in answer.headers["permissions-policy"]


def test_it_carries_every_sentence_of_every_language(site: ConsoleSite) -> None:
    shell = shell_of(ask(site, "/field", **{"accept-language": "zh-CN"}))
    assert shell["language"] == "zh"
    assert isinstance(shell["languages"], dict)
    assert set(shell["languages"]) == set(languages())
    words = [set(each["words"]) for each in shell["languages"].values()]
    assert all(each == words[0] for each in words)
    assert "undo" in words[0]
    assert shell["languages"]["zh"]["words"]["say-counted"] == "第 {count} 件"


def test_the_language_is_the_phones(site: ConsoleSite) -> None:
    assert (
        ask(site, "/field", **{"accept-language": "zh"}).headers["content-language"]
        != (ask(site, "/field", **{"accept-language": "en"}).headers["content-language"])
    )


def test_the_worker_keeps_what_the_page_needs_and_changes_with_it(site: ConsoleSite) -> None:
    answer = ask(site, "/field/worker.js")
    assert answer.headers["service-worker-allowed"] == "/field"
    assert answer.headers["cache-control"] == "no-cache"
    kept = json.loads(answer.text.partition("\n")[0].removeprefix("self.KEPT=").rstrip(";"))
    assert kept["page"] == "/field"
    linked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', ask(site, "/field").text))
    # The phone draws the home screen's picture when the app is installed, and keeps it itself.
    assert {each for each in linked if "/icon-" not in each} <= set(kept["files"])
    assert APP.build_worker(["one"]) != APP.build_worker(["another"])
    assert APP.build_worker(["one"]) == APP.build_worker(["one"])


def test_the_manifest_makes_it_installable(site: ConsoleSite) -> None:
    answer = ask(site, "/field/manifest.webmanifest", **{"accept-language": "zh"})
    manifest = answer.json()
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == manifest["scope"] == "/field"
    assert manifest["icons"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/field/nothing", 404), ("POST", "/field", 405), ("HEAD", "/field", 200)],
)
def test_other_requests(site: ConsoleSite, method: str, path: str, status: int) -> None:
    assert ask(site, path, method).status_code == status


def test_patterns_keep_the_names_of_their_placeholders() -> None:
    found = list_patterns("en", "field-")
    assert found["field-say-counted-of"] == "{count} of {max}"
    assert all(each.startswith("field-") for each in found)
