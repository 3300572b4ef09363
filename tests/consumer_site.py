"""The consumers' surface of a small data centre, and phones that look at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path

from starlette.types import ASGIApp, Message
from tests.factories import make_entropy
from tests.scanning_world import Tenant, World

from trueorigin.adapters.files import FolderStore
from trueorigin.domain.digitallink import host_of
from trueorigin.domain.scans import Reading, ScanOutcome
from trueorigin.scanpage import build_scanpage
from trueorigin.services.scanning import confirm_scans, must_last, record_scans
from trueorigin.storage.database import Tx
from trueorigin.web.basemap import load_base_map
from trueorigin.web.coalescer import Coalescer
from trueorigin.web.context import AppContext
from trueorigin.web.throttle import Throttle

PUBLIC_URL = "https://zy.example"
GUESSES_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    headers: dict[str, str]
    pairs: list[tuple[str, str]]
    cookies: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(slots=True)
class Phone:
    """Somebody's phone: it keeps cookies and sends the same language with each request."""

    site: "Site"
    language: str = "en"
    network: str = "198.51.100.7"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Reply:
        sent = {"accept": "text/html", "accept-language": self.language, **self.headers}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        reply = asyncio.run(self.site.request(method, path, sent, self.network))
        self.cookies |= reply.cookies
        return reply

    def post(self, path: str, body: bytes, *, kind: str = "text/plain") -> Reply:
        sent = {"accept": "text/html", "accept-language": self.language, "content-type": kind}
        sent |= {"content-length": str(len(body)), **self.headers}
        return asyncio.run(self.site.request("POST", path, sent, self.network, body))

    def send_photo(self, photo: bytes) -> Reply:
        """Send a photograph the way a form without script does."""
        head = b'--cut\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
        body = head + b"Content-Type: image/jpeg\r\n\r\n" + photo + b"\r\n--cut--\r\n"
        return self.post("/photo", body, kind="multipart/form-data; boundary=cut")

    def look(self, path: str) -> Reply:
        """Open a page and draw it, with the picture that counts the phone."""
        reply = self.get(path)
        for source in Outline.of(reply.text).images:
            if source.startswith("/confirm/"):
                assert self.get(source).status == 200
        return reply

    def ask(self, path: str, **headers: str) -> Reply:
        return self.get(path, accept="application/json", **headers)


class Site:
    """The scan page over a real database, as the process runs it."""

    def __init__(self, world: World, scratch: Path, *, has_secure_cookies: bool = True) -> None:
        self._has_secure_cookies = has_secure_cookies
        self.world = world
        self._scratch = scratch
        self._entropy = make_entropy("site")
        self._throttle = Throttle(GUESSES_MAX)
        # What the next readings fail with, if anything.
        self.fault: Exception | None = None

    def _record(self, tx: Tx, readings: list[Reading]) -> list[ScanOutcome]:
        if self.fault is not None:
            raise self.fault
        return record_scans(tx, self.world.catalogue, self.world.vault, readings)

    async def request(
        self, method: str, path: str, headers: dict[str, str], client: str, content: bytes = b""
    ) -> Reply:
        async with self.process() as app:
            return await send_request(app, method, path, headers, client, content)

    @asynccontextmanager
    async def process(self) -> AsyncIterator[ASGIApp]:
        """Run a process of its own, which remembers what it wrote."""
        world = self.world
        context = AppContext(
            database=world.database,
            vault=world.vault,
            catalogue=world.catalogue,
            coalescer=Coalescer(
                world.database,
                self._record,
                must_last=must_last,
            ),
            confirmations=Coalescer(
                world.database, lambda tx, looks: confirm_scans(tx, world.vault, looks)
            ),
            public_url=PUBLIC_URL,
            trusted_proxies=(),
            has_secure_cookies=self._has_secure_cookies,
            throttle=self._throttle,
            hosts=frozenset({host_of(PUBLIC_URL)}),
            files=FolderStore(self._scratch / "files"),
            scratch=self._scratch,
            prints=self._scratch / "prints",
            tables=self._scratch / "tables",
            clock=world.tick,
            entropy=self._entropy,
            base_map=load_base_map(None),
        )
        try:
            yield build_scanpage(context)
        finally:
            await context.coalescer.close()
            await context.confirmations.close()


async def send_request(
    app: ASGIApp,
    method: str,
    path: str,
    headers: dict[str, str],
    client: str,
    content: bytes = b"",
) -> Reply:
    """Ask an application once."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    target, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (client, 4711),
    }
    await app(scope, receive, send)
    start, body = sent
    return _reply(start, body)


def _reply(start: Message, body: Message) -> Reply:
    pairs = [(name.decode(), value.decode("latin-1")) for name, value in start["headers"]]
    cookies: dict[str, str] = {}
    for name, value in pairs:
        if name == "set-cookie":
            cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
    return Reply(
        status=start["status"], headers=dict(pairs), pairs=pairs, cookies=cookies, body=body["body"]
    )


class Outline(HTMLParser):
    """What a page says and links to, without its markup."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.verdict = ""
        self.images: list[str] = []
        self.links: dict[str, str] = {}
        self.sources: list[str] = []
        self.words: list[str] = []
        self._hidden = 0
        self._link: str | None = None

    @classmethod
    def of(cls, html: str) -> "Outline":
        outline = cls()
        outline.feed(html)
        return outline

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.language = given.get("lang") or "" if tag == "html" else self.language
        self.verdict = given.get("data-verdict") or self.verdict
        self._hidden += tag in {"style", "script", "title"}
        if tag == "img":
            self.images.append(given["src"] or "")
        if tag == "a":
            self._link = given["href"]
        self.sources += [given[name] or "" for name in ("src", "href", "action") if name in given]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script", "title"}
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
            if self._link is not None and data.strip():
                self.links[data.strip()] = self._link


def item_path(tenant: Tenant, index: int) -> str:
    return f"/01/{tenant.product.gtin}/21/{tenant.serial(index)}"
