# SPDX-License-Identifier: Apache-2.0
"""Walks the URL table: nobody, a wrong role, another tenant, the right key; on both databases.

Every line of the table is tested because the tests are made from the table; a route for which no
example is given fails.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import uuid4

import pytest
from tests.api_world import Person, World
from tests.device_makers import enrol
from tests.hostile_files import make_image

from trueorigin.api import ROUTES
from trueorigin.api.routing import Route
from trueorigin.domain.devices import Profile
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Permission, Role

REASON = {"en": "Leaking caps"}
SITE = {"kind": "shop", "name": "First shop"}
AREA = {"latitude": 32, "longitude": 118.5, "radius_km": 300}
TERRITORY = {"name": {"en": "Jiangsu"}, "areas": [AREA]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """One of everything, all Alice's."""

    product: str
    batch: str
    run: int
    recall: str
    key: str
    organisation: str
    file: str
    device: str
    device_key: str
    event: str
    case: str
    site: str
    territory: str
    partner: str
    partner_prefix: str
    finding: str
    closed: str
    authority: str


def tell(run: int) -> dict[str, Any]:
    """Return an event about some items of a run."""
    units = {"run": run, "level": 0, "from": 0, "to": 5}
    at = "2026-03-14T17:30:00+08:00"
    return {"id": str(uuid4()), "kind": "shipping", "at": at, "units": [units]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request that succeeds with the right key; `owned` if it names a thing of one tenant."""

    path: Callable[[Things], str]
    body: Callable[[Things], dict[str, Any]] | None = None
    content: bytes | None = None
    owned: bool = True
    query: dict[str, Any] = field(default_factory=dict)


def fixed(path: str) -> Callable[[Things], str]:
    return lambda _things: path


EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/organisation"): Example(path=fixed("/organisation"), owned=False),
    ("PATCH", "/organisation"): Example(
        path=fixed("/organisation"), body=lambda _: {"phone": "1"}, owned=False
    ),
    ("GET", "/api-keys"): Example(path=fixed("/api-keys"), owned=False),
    ("POST", "/api-keys"): Example(
        path=fixed("/api-keys"), body=lambda _: {"role": "manufacturer"}, owned=False
    ),
    ("DELETE", "/api-keys/{key_id}"): Example(path=lambda t: f"/api-keys/{t.key}"),
    ("POST", "/devices/enrolment"): Example(
        path=fixed("/devices/enrolment"), body=lambda _: {"code": "0000"}, owned=False
    ),
    ("GET", "/devices/me"): Example(path=fixed("/devices/me")),
    ("GET", "/field/context"): Example(path=fixed("/field/context")),
    ("GET", "/devices"): Example(path=fixed("/devices"), owned=False),
    ("DELETE", "/devices/{device_id}"): Example(path=lambda t: f"/devices/{t.device}"),
    ("GET", "/audit"): Example(path=fixed("/audit"), owned=False),
    ("GET", "/organisations"): Example(path=fixed("/organisations"), owned=False),
    ("POST", "/organisations/{organisation_id}/verification"): Example(
        path=lambda t: f"/organisations/{t.organisation}/verification",
        body=lambda _: {},
        owned=False,
    ),
    ("GET", "/organisations/{organisation_id}/remit"): Example(
        path=lambda t: f"/organisations/{t.authority}/remit", owned=False
    ),
    ("POST", "/organisations/{organisation_id}/remit"): Example(
        path=lambda t: f"/organisations/{t.authority}/remit",
        body=lambda _: {"categories": ["Tea"]},
        owned=False,
    ),
    ("GET", "/remit"): Example(path=fixed("/remit"), owned=False),
    # Authorities search what is everybody's.
    ("GET", "/registry/products"): Example(path=fixed("/registry/products"), owned=False),
    ("GET", "/registry/products/{product_id}"): Example(
        path=lambda t: f"/registry/products/{t.product}", owned=False
    ),
    ("GET", "/registry/enterprises"): Example(path=fixed("/registry/enterprises"), owned=False),
    ("GET", "/registry/enterprises/{organisation_id}"): Example(
        path=lambda t: f"/registry/enterprises/{t.organisation}", owned=False
    ),
    ("GET", "/products"): Example(path=fixed("/products"), owned=False),
    ("POST", "/products"): Example(
        path=fixed("/products"),
        body=lambda _: {"internal_number": "NEW", "name": {"en": "New"}},
        owned=False,
    ),
    ("GET", "/products/{product_id}"): Example(path=lambda t: f"/products/{t.product}"),
    ("PATCH", "/products/{product_id}"): Example(
        path=lambda t: f"/products/{t.product}", body=lambda _: {"version": 1, "category": "c"}
    ),
    ("GET", "/batches"): Example(path=fixed("/batches"), owned=False),
    ("POST", "/batches"): Example(
        path=fixed("/batches"), body=lambda t: {"product_id": t.product, "lot": "NEW"}
    ),
    ("GET", "/batches/{batch_id}"): Example(path=lambda t: f"/batches/{t.batch}"),
    ("PATCH", "/batches/{batch_id}"): Example(
        path=lambda t: f"/batches/{t.batch}", body=lambda _: {"version": 1, "expires_on": None}
    ),
    ("GET", "/files"): Example(path=fixed("/files"), owned=False),
    ("POST", "/files"): Example(path=fixed("/files"), content=make_image(), owned=False),
    ("GET", "/files/{file_id}"): Example(path=lambda t: f"/files/{t.file}"),
    ("GET", "/runs"): Example(path=fixed("/runs"), owned=False),
    ("POST", "/runs"): Example(
        path=fixed("/runs"), body=lambda t: {"batch_id": t.batch, "quantity": 5}
    ),
    ("GET", "/runs/{run_id}"): Example(path=lambda t: f"/runs/{t.run}"),
    ("POST", "/runs/{run_id}/releases"): Example(
        path=lambda t: f"/runs/{t.run}/releases", body=lambda _: {"to": 5}
    ),
    ("POST", "/runs/{run_id}/withdrawals"): Example(
        path=lambda t: f"/runs/{t.run}/withdrawals", body=lambda _: {"to": 5}
    ),
    ("GET", "/runs/{run_id}/codes"): Example(path=lambda t: f"/runs/{t.run}/codes"),
    ("GET", "/runs/{run_id}/labels.pdf"): Example(
        path=lambda t: f"/runs/{t.run}/labels.pdf", query={"to": 2}
    ),
    ("GET", "/runs/{run_id}/labels.zpl"): Example(
        path=lambda t: f"/runs/{t.run}/labels.zpl", query={"to": 2}
    ),
    ("GET", "/runs/{run_id}/labels.zip"): Example(
        path=lambda t: f"/runs/{t.run}/labels.zip", query={"to": 2}
    ),
    ("GET", "/label-layouts"): Example(path=fixed("/label-layouts"), owned=False),
    ("GET", "/label-advice"): Example(path=fixed("/label-advice"), owned=False),
    ("GET", "/recalls"): Example(path=fixed("/recalls"), owned=False),
    ("POST", "/recalls"): Example(
        path=fixed("/recalls"), body=lambda t: {"batch_id": t.batch, "reason": REASON}
    ),
    ("GET", "/recalls/{recall_id}"): Example(path=lambda t: f"/recalls/{t.recall}"),
    ("POST", "/recalls/{recall_id}/lifting"): Example(
        path=lambda t: f"/recalls/{t.recall}/lifting", body=lambda _: {}
    ),
    ("GET", "/events"): Example(path=fixed("/events"), owned=False),
    # Each row is answered by itself; those of others' goods are refused.
    ("POST", "/events"): Example(path=fixed("/events"), body=lambda t: tell(t.run), owned=False),
    ("GET", "/events/{event_id}"): Example(path=lambda t: f"/events/{t.event}"),
    ("POST", "/events/{event_id}/declaration"): Example(
        path=lambda t: f"/events/{t.event}/declaration", body=lambda _: {"reason": "Wrong pallet"}
    ),
    ("GET", "/units/{code}/history"): Example(path=lambda t: f"/units/{t.case}/history"),
    ("GET", "/units/{code}/contents"): Example(path=lambda t: f"/units/{t.case}/contents"),
    ("GET", "/units/{code}/positions"): Example(path=lambda t: f"/units/{t.case}/positions"),
    ("GET", "/runs/{run_id}/positions"): Example(path=lambda t: f"/runs/{t.run}/positions"),
    ("GET", "/batches/{batch_id}/positions"): Example(
        path=lambda t: f"/batches/{t.batch}/positions"
    ),
    ("GET", "/material-lots/positions"): Example(
        path=fixed("/material-lots/positions"), query={"lot": "M7"}, owned=False
    ),
    ("GET", "/runs/{run_id}/reconciliation"): Example(
        path=lambda t: f"/runs/{t.run}/reconciliation"
    ),
    ("GET", "/inspections"): Example(path=fixed("/inspections"), owned=False),
    # An authority's findings are on anybody's goods.
    ("POST", "/inspections"): Example(
        path=fixed("/inspections"),
        body=lambda t: {"code": t.case, "result": "conforms"},
        owned=False,
    ),
    ("GET", "/inspections/{event_id}"): Example(path=lambda t: f"/inspections/{t.finding}"),
    ("POST", "/inspections/{event_id}/answers"): Example(
        path=lambda t: f"/inspections/{t.finding}/answers", body=lambda _: {"text": "Recalled"}
    ),
    ("POST", "/inspections/{event_id}/closing"): Example(
        path=lambda t: f"/inspections/{t.finding}/closing", body=lambda _: {}, owned=False
    ),
    ("POST", "/inspections/{event_id}/reopening"): Example(
        path=lambda t: f"/inspections/{t.closed}/reopening", body=lambda _: {}, owned=False
    ),
    ("GET", "/sites"): Example(path=fixed("/sites"), owned=False),
    ("POST", "/sites"): Example(path=fixed("/sites"), body=lambda _: SITE, owned=False),
    ("GET", "/sites/{site_id}"): Example(path=lambda t: f"/sites/{t.site}"),
    ("PATCH", "/sites/{site_id}"): Example(
        path=lambda t: f"/sites/{t.site}", body=lambda _: {"name": "New"}
    ),
    ("POST", "/sites/{site_id}/closing"): Example(
        path=lambda t: f"/sites/{t.site}/closing", body=lambda _: {}
    ),
    ("GET", "/partners"): Example(path=fixed("/partners"), owned=False),
    ("POST", "/partners"): Example(
        path=fixed("/partners"), body=lambda t: {"prefix": t.partner_prefix}, owned=False
    ),
    ("DELETE", "/partners/{partner_id}"): Example(path=lambda t: f"/partners/{t.partner}"),
    ("GET", "/owners"): Example(path=fixed("/owners"), owned=False),
    ("GET", "/territories"): Example(path=fixed("/territories"), owned=False),
    ("POST", "/territories"): Example(
        path=fixed("/territories"), body=lambda _: TERRITORY, owned=False
    ),
    ("POST", "/territories/{territory_id}/closing"): Example(
        path=lambda t: f"/territories/{t.territory}/closing", body=lambda _: {}
    ),
    ("POST", "/verifications"): Example(
        path=fixed("/verifications"),
        body=lambda _: {"code": "/01/06901234567892/21/0123456789ABCDEF"},
        owned=False,
    ),
}

# Not a list of one's own things: of all organisations, and of one device.
OF_DEVICES = {"/devices/me", "/field/context"}
ELSEWHERE = {"/organisations", *OF_DEVICES}
GUARDED = [route for route in ROUTES if route.permission is not None]


def ids_of(things: Things) -> list[str]:
    """Return the ids that no other tenant may see anywhere; a run's number tells nothing."""
    return [str(value) for name, value in asdict(things).items() if name != "run"]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.fixture
def things(world: World) -> Things:
    run = world.alice.add_run(100)
    recall = world.alice.post("/recalls", {"batch_id": run["batch_id"], "reason": REASON})
    phone = enrol(world, Profile.PACKER)
    event = tell(run["id"])
    assert world.alice.post("/events", event, expect=200)["stored"] == 1
    # Not Charlie's: it would see whose goods it may handle.
    data_centre = world.olga.get("/organisation")
    partner = world.alice.post("/partners", {"prefix": data_centre["prefix"]})
    case = world.alice.list_rows(run, level=1, to=1)[0]["code"]
    sealed = {"code": case, "result": "sealed"}
    finding, closed = (world.rita.post("/inspections", sealed)["event_id"] for _ in range(2))
    world.rita.post(f"/inspections/{closed}/closing", {})
    return Things(
        finding=finding,
        closed=closed,
        authority=world.rita.get("/organisation")["id"],
        event=event["id"],
        case=case,
        site=world.alice.post("/sites", SITE)["id"],
        territory=world.alice.post("/territories", TERRITORY)["id"],
        partner=partner["id"],
        partner_prefix=partner["prefix"],
        product=run["product_id"],
        batch=run["batch_id"],
        run=run["id"],
        recall=recall["id"],
        key=world.alice.post("/api-keys", {"role": "seller"})["id"],
        organisation=world.alice.get("/organisation")["id"],
        file=world.alice.send("POST", "/files", content=make_image()).json()["id"],
        device=phone["device_id"],
        device_key=phone["key"],
    )


def ask(person: Person, route: Route, things: Things, *, method: str | None = None) -> Any:  # noqa: ANN401 - httpx.Response
    example = EXAMPLES[route.method, route.path]
    options: dict[str, Any] = {"params": example.query}
    if example.body is not None:
        options["json"] = example.body(things)
    if example.content is not None:
        options["content"] = example.content
    return person.send(method or route.method, example.path(things), **options)


def entitled(world: World, route: Route, things: Things) -> Person:
    if route.path in OF_DEVICES:
        return replace(world.dora, key=things.device_key)
    if route.permission in {Permission.INSPECTION_WRITE, Permission.REGISTRY_READ}:
        return world.rita
    is_operators = route.permission is Permission.ORGANISATION_VERIFY
    return world.olga if is_operators else world.alice


def test_every_route_has_an_example() -> None:
    assert set(EXAMPLES) == {(route.method, route.path) for route in ROUTES}


def test_only_enrolment_and_verifications_need_no_key() -> None:
    assert [name_of(route) for route in ROUTES if route.permission is None] == [
        "POST /devices/enrolment",
        "POST /verifications",
    ]


def test_no_route_serves_nobody_a_wrong_role_or_another_tenant(
    world: World, things: Things
) -> None:
    """All in one world: whoever is refused changes nothing."""
    before = world.fingerprint()
    for route in GUARDED:
        name = name_of(route)
        # (1) Nobody.
        answer = ask(world.dora, route, things)
        told = (answer.status_code, answer.json()["error"]["code"])
        assert told == (401, "credential_missing"), name
        # (2) The right tenant, without the permission.
        if route.permission not in ROLE_PERMISSIONS[Role.SELLER]:
            answer = ask(world.sam, route, things)
            told = (answer.status_code, answer.json()["error"]["code"])
            assert told == (403, "permission_missing"), name
        # (3) The right permission in another tenant: what is not one's own does not exist.
        if EXAMPLES[route.method, route.path].owned:
            answer = ask(world.charlie, route, things)
            assert answer.status_code == 404, (name, answer.text)
            assert answer.json()["error"]["code"].endswith("_not_found"), name
        assert world.fingerprint() == before, name


def test_each_route_that_reads_serves_those_entitled(world: World, things: Things) -> None:
    for route in GUARDED:
        if route.method == "GET":
            answer = ask(entitled(world, route, things), route, things)
            assert answer.status_code == route.status, (name_of(route), answer.text)


def test_each_route_that_reads_says_its_head_alone(world: World, things: Things) -> None:
    """RFC 9110 section 9.3.2: status and fields of GET, and no body, whoever asks."""
    for route in GUARDED:
        if route.method != "GET":
            continue
        for person in (entitled(world, route, things), world.dora):
            whole = ask(person, route, things)
            head = ask(person, route, things, method="HEAD")
            assert (head.status_code, head.content) == (whole.status_code, b""), name_of(route)
            assert head.headers.keys() == whole.headers.keys(), name_of(route)
            assert head.headers["content-type"] == whole.headers["content-type"], name_of(route)


@pytest.mark.parametrize(
    "route", [route for route in GUARDED if route.method != "GET"], ids=name_of
)
def test_each_route_that_writes_serves_those_entitled(
    world: World, things: Things, route: Route
) -> None:
    answer = ask(entitled(world, route, things), route, things)
    assert answer.status_code == route.status, answer.text


def test_lists_of_another_tenant_show_nothing_of_ones_own(world: World, things: Things) -> None:
    lists = [
        route
        for route in GUARDED
        if route.method == "GET"
        and "{" not in route.path
        and route.path not in ELSEWHERE
        and route.permission in ROLE_PERMISSIONS[Role.MANUFACTURER]
    ]
    assert len(lists) > 10
    for route in lists:
        answer = ask(world.charlie, route, things)
        assert answer.status_code == 200, name_of(route)
        for secret in ids_of(things):
            assert secret not in answer.text, name_of(route)
        if route.path == "/runs":
            assert answer.json()["items"] == []


def test_the_operator_sees_organisations_but_not_what_is_theirs(
    world: World, things: Things
) -> None:
    for path in (f"/products/{things.product}", f"/runs/{things.run}/codes", "/recalls"):
        assert world.olga.send("GET", path).status_code == 403


@pytest.mark.parametrize("profile", Profile)
def test_a_device_may_what_is_on_its_list_and_nothing_else(
    world: World, things: Things, profile: Profile
) -> None:
    phone = enrol(world, profile)
    person = replace(world.dora, key=phone["key"])
    allowed = set(phone["permissions"])
    assert allowed
    before = world.fingerprint()
    for route in GUARDED:
        if route.permission in allowed or route.permission is None:
            continue
        answer = ask(person, route, things)
        assert answer.status_code == 403, name_of(route)
        assert answer.json()["error"]["code"] == "permission_missing"
    assert world.fingerprint() == before
    for route in GUARDED:
        if route.permission in allowed:
            answer = ask(person, route, things)
            # Another authority's finding it may see, and leaves alone.
            is_others = "finding_not_own" in answer.text
            assert is_others or answer.status_code not in {401, 403}, (name_of(route), answer.text)
