# SPDX-License-Identifier: Apache-2.0
"""Start the demo as a program of its own, look for all its pages, and stop it again.

For tests in browsers and for pictures. Everything is done over HTTP as a browser would do it; no
part of the program is imported but its URL table.
"""

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from tools.ports import lend_port

from trueorigin.console import ROUTES
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Permission, Role

PROGRAM = Path(sys.executable).with_name("trueorigin")
# Ten seconds, but for a machine that runs all tests at once.
START_SECONDS_MAX = 300
# What acts or hands out a file is no page to look at; authorities' own pages are not for a maker.
_NO_PAGE = re.compile(r"\.(csv|svg)$|/templates/|/files/")
PAGES = frozenset(
    route.path
    for route in ROUTES
    if route.method == "GET"
    and not _NO_PAGE.search(route.path)
    and (
        not isinstance(route.permission, Permission)
        or route.permission in ROLE_PERMISSIONS[Role.MANUFACTURER]
    )
)
_TOKEN = re.compile(r'name="form_token"\s+value="([^"]+)"')
_LINK = re.compile(r'href="(/console[^"]*)"')
_RUN = re.compile(r"/console/runs/(\d+)")
# What a page can be about; periods, places and cursors only choose rows of it.
_SUBJECTS = frozenset({"batch", "code", "kind", "product", "q", "run", "unit"})
# One right row and four wrong ones.
_PRODUCTS = """gtin,name_zh,name_en,category
09521234000099,新酒,New spirit,白酒
09521234000014,错号,Wrong check digit,白酒
not a number,无号,No number,白酒
09521234000099,重号,The same once more,白酒
09521234000105,,,白酒
"""
# Of a unit that nobody made.
_EVENTS = "kind,at,units\nshipping,2026-07-01T08:00:00+08:00,ZZZZ-0000\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo, and one person of its first enterprise; `items` are paths of its codes."""

    base: str
    email: str
    password: str
    items: Mapping[str, str]
    data: Path


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Fill a new data centre in `folder` and serve it; its codes carry its own address."""
    base = f"http://127.0.0.1:{(port := lend_port())}"
    log, data = folder / "demo.log", folder / "data"
    command = [str(PROGRAM), "demo", "--data", str(data), "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, "--public-url", base], stdout=file, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(base, process, log)
        found: dict[str, Any] = json.loads((data / "demo.json").read_text(encoding="utf-8"))
        person = next(each for each in found["sign_ins"] if each["email"])
        yield Demo(
            base=base,
            email=person["email"],
            password=person["password"],
            items=found["items"],
            data=data,
        )
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_until_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    # One client: each new one reads the machine's certificates, which is work beside the start.
    with httpx.Client(base_url=base) as client:
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if client.get("/readyz").is_success:
                    return
            time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-3000:])


class _Visitor:
    """Somebody who fills in forms of the console without a browser."""

    def __init__(self, demo: Demo) -> None:
        """Sign in as the demo's person."""
        self._http = httpx.Client(base_url=demo.base, follow_redirects=True, timeout=60)
        self._http.headers["origin"] = demo.base
        self._token = ""
        self.get("/console/sign-in")
        self.send("/console/sign-in", {"email": demo.email, "password": demo.password})

    def get(self, path: str) -> httpx.Response:
        """Open a page; its form token is kept for the next form."""
        return self._keep(self._http.get(path))

    def send(self, path: str, fields: dict[str, str], **files: tuple[str, io.BytesIO]) -> str:
        """Send a form and return where it leads."""
        data = {"form_token": self._token, **fields}
        return self._keep(self._http.post(path, data=data, files=files or None)).url.path

    def close(self) -> None:
        """Close the connections; the session stays."""
        self._http.close()

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        if not answer.is_success:
            raise RuntimeError(f"{answer.url} answered {answer.status_code}: {answer.text[:2000]}")
        if "form_token" in answer.text:
            self._token = _TOKEN.findall(answer.text)[-1]
        return answer


def list_addresses(demo: Demo) -> dict[str, str]:
    """Follow every link of the console, and return one address for each kind of page.

    Kinds are lines of the URL table, and what they are asked about: a list and the list of one
    product are different pages to look at. What the demo lacks is made first.
    """
    visitor = _Visitor(demo)
    waiting = ["/console/sign-in", *_make_what_is_missing(visitor, demo), "/console"]
    found: dict[str, str] = {}
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind is not None and kind not in found:
            found[kind] = address
            links = _LINK.findall(visitor.get(address).text)
            waiting.extend(link.replace("&amp;", "&") for link in links)
    visitor.close()
    return found


def _make_what_is_missing(visitor: _Visitor, demo: Demo) -> list[str]:
    """Make a refused table, a recall, a stopped print job, a phone and a file of events."""
    visitor.get("/console/imports")
    table = ("spirits-2026.csv", io.BytesIO(_PRODUCTS.encode()))
    refused = visitor.send("/console/imports", {"kind": "products"}, file=table)
    found = _LINK.findall(visitor.get("/console/runs").text)
    # The first and largest of the story.
    run = str(min(int(each[1]) for each in map(_RUN.fullmatch, found) if each))
    visitor.get(f"/console/recalls/new?run={run}")
    last = {"run": run, "level": "0", "from": "999990", "to": "999999", "confirmed": "yes"}
    reason = {"reason.zh": "瓶盖密封不严", "reason.en": "The seal of the cap may leak"}
    recalled = visitor.send("/console/recalls/new", {**last, **reason})
    visitor.get(f"/console/runs/{run}/labels")
    wanted = {"level": "0", "from": "1", "to": "6000", "format": "pdf", "layout": "a4-24"}
    order = {**wanted, "dpi": "300", "language": "zh"}
    job = visitor.send(f"/console/runs/{run}/labels", order)
    visitor.send(f"{job}/cancel", {})
    visitor.get("/console/devices")
    visitor.send("/console/devices", {"label": "Loading ramp", "profile": "logistics"})
    visitor.get("/console/uploads")
    told = ("july.csv", io.BytesIO(_EVENTS.encode()))
    uploaded = visitor.send("/console/uploads", {}, file=told)
    searched = "/console/search?q=JNC"
    return [
        refused,
        recalled,
        job,
        uploaded,
        searched,
        f"/console/units?code={demo.items['copied']}",
    ]


def kind_of(address: str) -> str | None:
    """Return the line of the URL table an address belongs to, and what it is asked about."""
    parts = urlsplit(address)
    if _NO_PAGE.search(parts.path):
        return None
    for path in sorted(PAGES, key=lambda each: each.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), parts.path):
            names = sorted({name for name, _ in parse_qsl(parts.query)} & _SUBJECTS)
            return f"{path}?{'&'.join(names)}" if names else path
    return None
