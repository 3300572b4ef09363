# SPDX-License-Identifier: Apache-2.0
"""The JSON surface in this process, on either database, with the cast signed in."""

import asyncio
import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount
from starlette.types import ASGIApp
from tests.factories import NOW, make_entropy

from trueorigin.adapters.files import FolderStore
from trueorigin.api.surface import BASE_PATH, build_api
from trueorigin.domain.scans import Confirmation, Reading, ScanOutcome
from trueorigin.domain.tenancy import Role, TenantScope
from trueorigin.services import accounts
from trueorigin.services.accounts import LocalAct, OrganisationDraft
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.scanning import confirm_scans, record_scans
from trueorigin.services.vault import Vault
from trueorigin.storage import audit
from trueorigin.storage.audit import AuditEntry
from trueorigin.storage.database import Database, Tx
from trueorigin.web.coalescer import Coalescer
from trueorigin.web.context import AppContext
from trueorigin.web.requests import answer_http_failure
from trueorigin.web.throttle import Throttle

PUBLIC_URL = "https://ex.cn"
MASTER = bytes(range(32))
NOT_ISSUED_LIMIT = 50
CATALOGUE_TABLES = (
    "api_key",
    "audit",
    "batch",
    "catalogue_revision",
    "device",
    "event",
    "gtin_owner",
    "idempotency",
    "inspection",
    "key_epoch",
    "organisation",
    "partnership",
    "product",
    "range_fact",
    "recall",
    "run",
    "run_counter",
    "site",
    "sscc_pool",
    "territory",
)


class Clock:
    """A clock that a test sets; every look moves it by a millisecond."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class Browser:
    """Sends requests to the surface in this process, in one event loop, without a network."""

    def __init__(self, app: ASGIApp) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
        return self._runner.run(self._client.request(method, url, **options))

    def request_together(self, requests: list[dict[str, Any]]) -> list[httpx.Response]:
        """Send several requests at the same time; answers in the order of the requests."""

        async def send_all() -> list[httpx.Response]:
            return await asyncio.gather(*(self._client.request(**each) for each in requests))

        return self._runner.run(send_all())

    def forget_cookies(self) -> None:
        self._client.cookies.clear()

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of the cast with a key, or Dora without one."""

    client: Browser
    key: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, **options: Any) -> Any:  # noqa: ANN401 - httpx.Response
        headers = dict(self.headers) | options.pop("headers", {})
        if self.key is not None:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        return self.client.request(method, f"{BASE_PATH}{path}", headers=headers, **options)

    def get(self, path: str, *, expect: int = 200, **options: Any) -> Any:  # noqa: ANN401 - JSON
        return self._expect(self.send("GET", path, **options), expect)

    def post(self, path: str, body: object, *, expect: int = 201, **options: Any) -> Any:  # noqa: ANN401 - JSON
        return self._expect(self.send("POST", path, json=body, **options), expect)

    def patch(self, path: str, body: object, *, expect: int = 200) -> Any:  # noqa: ANN401 - JSON
        return self._expect(self.send("PATCH", path, json=body), expect)

    def delete(self, path: str, *, expect: int = 204) -> None:
        answer = self.send("DELETE", path)
        assert answer.status_code == expect, answer.text

    @staticmethod
    def _expect(answer: Any, status: int) -> Any:  # noqa: ANN401 - JSON
        assert answer.status_code == status, answer.text
        return answer.json()

    # What most tests begin with.

    def add_product(self, **fields: object) -> dict[str, Any]:
        body: dict[str, object] = {"gtin": "06901234567892", "name": {"zh": "酒", "en": "Spirit"}}
        made: dict[str, Any] = self.post("/products", body | fields)
        return made

    def add_batch(self, product: dict[str, Any], **fields: object) -> dict[str, Any]:
        body: dict[str, object] = {
            "product_id": product["id"],
            "lot": "L1",
            "produced_on": "2026-01-01",
            "expires_on": "2030-12-31",
        }
        made: dict[str, Any] = self.post("/batches", body | fields)
        return made

    def add_run(self, quantity: int = 100, **fields: object) -> dict[str, Any]:
        """Order a run of a fresh product; `fields` go into the order."""
        product = self.add_product(gtin=None, internal_number=f"P{next(_numbers)}")
        return self.add_run_of(self.add_batch(product), quantity, **fields)

    def add_run_of(
        self, batch: dict[str, Any], quantity: int = 100, **fields: object
    ) -> dict[str, Any]:
        body: dict[str, object] = {
            "batch_id": batch["id"],
            "quantity": quantity,
            "packing": [24, 2],
        }
        made: dict[str, Any] = self.post("/runs", body | fields)
        return made

    def list_rows(self, run: dict[str, Any], **query: int) -> list[dict[str, str]]:
        """Return the code list as one dictionary a row."""
        answer = self.send("GET", f"/runs/{run['id']}/codes", params=query)
        assert answer.status_code == 200, answer.text
        header, *rows = answer.text.splitlines()
        names = header.split(",")
        return [dict(zip(names, row.split(","), strict=True)) for row in rows]


_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One data centre with its cast. Bob works for Alice; Sam's key of hers is a seller's.

    Rita is with an authority.
    """

    database: Database
    context: AppContext
    clock: Clock
    client: Browser
    alice: Person
    sam: Person
    charlie: Person
    olga: Person
    rita: Person
    dora: Person

    def count(self, table: str) -> int:
        with self.database.read() as tx:
            return int(tx.run(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - our own names

    def list_audit(self, person: Person) -> list[AuditEntry]:
        """Return what the organisation of `person` has on record, oldest first."""
        organisation = UUID(person.get("/organisation")["id"])
        with self.database.read() as tx:
            return audit.list_audit(tx, TenantScope(organisation), limit=1000)

    def fingerprint(self) -> str:
        """Return a hash of everything stored, to prove that a refusal stored nothing."""
        digest = hashlib.sha256()
        with self.database.read() as tx:
            for table in CATALOGUE_TABLES:
                rows = sorted(str(row) for row in tx.run(f"SELECT * FROM {table}"))  # noqa: S608 - our own names
                digest.update(json.dumps([table, rows]).encode())
        return digest.hexdigest()


def make_key(tx: Tx, vault: Vault, name: str, role: Role, entropy: Callable[[int], bytes]) -> str:
    act = LocalAct(at=NOW, entropy=entropy, role=role)
    draft = OrganisationDraft(name=name, roles=frozenset({role}))
    return accounts.create_local_key(tx, vault, act, draft).secret


def build_context(database: Database, scratch: Path, clock: Callable[[], datetime]) -> AppContext:
    vault, catalogue = Vault(MASTER), Catalogue()

    def record(tx: Tx, readings: list[Reading]) -> list[ScanOutcome]:
        return record_scans(tx, catalogue, vault, readings)

    def confirm(tx: Tx, confirmations: list[Confirmation]) -> list[bool]:
        return confirm_scans(tx, vault, confirmations)

    return AppContext(
        database=database,
        vault=vault,
        catalogue=catalogue,
        coalescer=Coalescer(database, record),
        confirmations=Coalescer(database, confirm),
        public_url=PUBLIC_URL,
        trusted_proxies=(),
        has_secure_cookies=True,
        throttle=Throttle(NOT_ISSUED_LIMIT),
        hosts=frozenset({"ex.cn"}),
        files=FolderStore(scratch / "files"),
        scratch=scratch,
        prints=scratch / "prints",
        tables=scratch / "tables",
        clock=clock,
        entropy=make_entropy("world"),
    )


@contextmanager
def open_world(database: Database, scratch: Path) -> Iterator[World]:
    """Serve the JSON surface on `database` until the block ends."""
    clock = Clock()
    context = build_context(database, scratch, clock)
    entropy = make_entropy("keys")
    with database.write() as tx:
        keys = {
            person: make_key(tx, context.vault, organisation, role, entropy)
            for person, organisation, role in (
                ("alice", "Alice's Distillery", Role.MANUFACTURER),
                ("sam", "Alice's Distillery", Role.SELLER),
                ("charlie", "Charlie's Seeds", Role.MANUFACTURER),
                ("olga", "Data centre", Role.OPERATOR),
                ("rita", "Market Supervision", Role.REGULATOR),
            )
        }
    app = Starlette(
        routes=[Mount(BASE_PATH, build_api(context))],
        exception_handlers={HTTPException: answer_http_failure},
    )
    with closing(Browser(app)) as client:
        people = {name: Person(client=client, key=key) for name, key in keys.items()}
        yield World(
            database=database,
            context=context,
            clock=clock,
            client=client,
            dora=Person(client=client),
            **people,
        )
