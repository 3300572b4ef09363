"""The console of a small data centre, and people who work with it in their browsers."""

import asyncio
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from tests.factories import make_entropy
from tests.scanning_world import Tenant, World

from trueorigin.adapters.files import FolderStore
from trueorigin.console.surface import build_console
from trueorigin.domain.digitallink import host_of
from trueorigin.domain.ids import uuid7
from trueorigin.domain.people import MembershipRole, Person
from trueorigin.domain.tenancy import Act, Actor, Role
from trueorigin.services import people
from trueorigin.services.people import PersonDraft
from trueorigin.services.scanning import confirm_scans, record_scans
from trueorigin.web.basemap import BaseMap
from trueorigin.web.coalescer import Coalescer
from trueorigin.web.context import AppContext
from trueorigin.web.throttle import Throttle

PUBLIC_URL = "https://zy.example"
PASSWORD = "celadon spirit 1368"  # noqa: S105 - of a test's person
SESSION_COOKIE = "__Host-to_session"


class ConsoleSite:
    """The console over a real database, as one process runs it."""

    def __init__(self, world: World, folder: Path, base_map: BaseMap | None = None) -> None:
        self.world = world
        self.entropy = make_entropy("console")
        self.context = AppContext(
            database=world.database,
            vault=world.vault,
            catalogue=world.catalogue,
            coalescer=Coalescer(
                world.database,
                lambda tx, readings: record_scans(tx, world.catalogue, world.vault, readings),
            ),
            confirmations=Coalescer(
                world.database, lambda tx, looks: confirm_scans(tx, world.vault, looks)
            ),
            public_url=PUBLIC_URL,
            trusted_proxies=(),
            has_secure_cookies=True,
            throttle=Throttle(5),
            hosts=frozenset({host_of(PUBLIC_URL)}),
            files=FolderStore(folder / "files"),
            scratch=folder,
            prints=folder / "prints",
            tables=folder / "tables",
            base_map=base_map,
            clock=world.tick,
            entropy=self.entropy,
        )
        self.app = build_console(self.context)

    def hire(
        self, tenant: Tenant, name: str, role: MembershipRole = MembershipRole.OWNER
    ) -> Person:
        """Let somebody act for `tenant`, with `PASSWORD`."""
        world = self.world
        actor = Actor(
            organisation_id=tenant.organisation.id,
            role=Role.MANUFACTURER,
            credential_id=UUID(int=0),
        )
        at = world.tick()
        act = Act(scope=tenant.scope, actor=actor, at=at, entropy=self.entropy)
        draft = PersonDraft(
            email=f"{name.lower()}.{uuid7(at, self.entropy(10)).hex[:12]}@example.com",
            name=name,
            password=PASSWORD,
            role=role,
        )
        return people.create_person(world.database, act, draft)


@dataclass(slots=True)
class Browser:
    """Somebody's browser: it keeps cookies and says where its forms come from."""

    site: ConsoleSite
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    page: "Page" = field(default_factory=lambda: Page(""))

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
        """Send one request as it is, and keep the cookies of the answer."""

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.site.app, client=("198.51.100.7", 4711))
            async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
                headers = {"accept-language": self.language, **options.pop("headers", {})}
                if self.cookies:
                    pairs = (f"{name}={value}" for name, value in self.cookies.items())
                    headers["cookie"] = "; ".join(pairs)
                return await client.request(method, path, headers=headers, **options)

        response = asyncio.run(exchange())
        for line in response.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "max-age=0" in line.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return response

    def get(self, path: str) -> httpx.Response:
        """Open a page; redirects are not followed."""
        response = self.send("GET", path)
        if response.headers.get("content-type", "").startswith("text/html"):
            self.page = Page(response.text)
        return response

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
        """Send a form as the page that is open would."""
        token = {"form_token": self.page.token}
        headers = {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"}
        headers |= options.pop("headers", {})
        response = self.send(
            "POST", path, data={**token, **(data or {})}, headers=headers, **options
        )
        if response.headers.get("content-type", "").startswith("text/html"):
            self.page = Page(response.text)
        return response

    def sign_in(self, person: Person, password: str = PASSWORD) -> httpx.Response:
        """Sign in through the form and open the first page."""
        self.get("/console/sign-in")
        response = self.post("/console/sign-in", {"email": person.email, "password": password})
        if response.status_code == 303:
            self.get("/console")
        return response

    def follow(self, response: httpx.Response) -> httpx.Response:
        """Go where a redirect leads."""
        assert response.status_code == 303, (response.status_code, response.text[:2000])
        return self.get(response.headers["location"])


class Page(HTMLParser):
    """What a page says, links to and asks for, without its markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.language = ""
        self.title = ""
        self.links: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._words: list[str] = []
        self._inside: list[str] = []
        self._collecting: tuple[str, str] | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        """All words, with single blanks."""
        return re.sub(r"\s+", " ", " ".join(self._words)).strip()

    @property
    def token(self) -> str:
        """The form token; empty on a page without forms."""
        return self.values.get("form_token", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag == "input" and given.get("name") and given.get("type") not in {"checkbox", "file"}:
            self.values[given["name"] or ""] = given.get("value") or ""
        if tag == "textarea":
            self._collecting = ("value", given.get("name") or "")
            self.values[given.get("name") or ""] = ""
        if tag == "title":
            self._collecting = ("title", "")
        if tag == "a":
            self._collecting = ("link", given.get("href") or "")
        if (given.get("id") or "").endswith("-error"):
            self._collecting = ("error", (given["id"] or "").removesuffix("-error"))
        if tag in {"style", "script"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "script"}:
            self._inside.pop()
        if tag in {"textarea", "title", "a", "p"}:
            self._collecting = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            return
        kind, name = self._collecting or ("", "")
        if kind == "value":
            self.values[name] += data.removeprefix("\n")
        elif kind == "title":
            self.title += data
            return
        elif kind == "link" and data.strip():
            self.links[data.strip()] = name
        elif kind == "error":
            self.errors[name] = self.errors.get(name, "") + data
        self._words.append(data)
