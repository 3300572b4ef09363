"""Looking up codes, figures and their rows, and CSV files: of one's own goods only."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
import segno
from tests.console_house import Office
from tests.console_site import Browser, ConsoleSite
from tests.scanning_world import Tenant, World, phone

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.spreadsheets import BYTE_ORDER_MARK, format_line
from trueorigin.services.demo import forge
from trueorigin.storage import audit, catalog
from trueorigin.web.basemap import load_base_map

PLACE = "31.2,121.5"


def url_of(tenant: Tenant, index: int) -> str:
    gtin = tenant.product.gtin
    return f"/console/units?code=https://zy.example/01/{gtin}/21/{tenant.serial(index)}"


def read(world: World, tenant: Tenant, count: int, index: int = 3) -> None:
    for number in range(count):
        world.read(tenant.code(index), device_token=phone(number), place=PLACE)


def test_a_unit_is_shown_with_all_its_readings(both_offices: Office) -> None:
    office = both_offices
    read(office.site.world, office.alices, 8)
    alice = office.browser(office.alice)
    assert alice.get(url_of(office.alices, 3)).status_code == 200
    page = alice.page
    assert office.alices.serial(3)[:6] in page.title
    assert office.alices.batch.lot in page.text
    assert page.text.count("Phone ") == 8
    assert "near Shanghai · 31.2° N 121.5° E" in page.text
    assert "Genuine" in page.text
    assert "Take a closer look" in page.text
    assert any(tag == "svg" and given.get("role") == "img" for tag, given in page.tags)


def test_only_where_codes_are_looked_up_may_a_camera_be_used(office: Office) -> None:
    alice = office.browser(office.alice)
    answer = alice.get("/console/units")
    assert "camera=(self)" in answer.headers["permissions-policy"]
    assert "'wasm-unsafe-eval'" in answer.headers["content-security-policy"]
    [scan] = [given for _, given in alice.page.tags if given.get("id") == "scan"]
    assert scan["data-ask"] == "/console/units"
    assert scan["data-hosts"] == "zy.example"
    assert "hidden" in scan
    for path in ("/console", "/console/products", url_of(office.alices, 5)):
        answer = alice.get(path)
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "wasm" not in answer.headers["content-security-policy"]


def test_looking_a_unit_up_is_no_reading(office: Office) -> None:
    alice = office.browser(office.alice)
    alice.get(url_of(office.alices, 5))
    assert "Nobody has read this code so far" in alice.page.text
    alice.get(url_of(office.alices, 5))
    assert "Nobody has read this code so far" in alice.page.text


def test_older_readings_are_a_page_away(office: Office) -> None:
    read(office.site.world, office.alices, 55)
    alice = office.browser(office.alice)
    alice.get(url_of(office.alices, 3))
    assert alice.page.text.count("Phone ") == 50
    alice.get(next(href for href in alice.page.links.values() if "before=" in href))
    assert alice.page.text.count("Phone ") == 5


def test_codes_of_others_forged_and_unknown_are_answered_alike(both_offices: Office) -> None:
    office = both_offices
    read(office.site.world, office.charlies, 2)
    alice = office.browser(office.alice)
    answers = []
    for path in (
        url_of(office.charlies, 3),
        forge(url_of(office.alices, 3)),
        "/console/units?code=https://zy.example/01/04006381333931/21/ABCDEFGHJKMNPQRS",
    ):
        response = alice.get(path)
        assert response.status_code == 404
        answers.append(alice.page.errors["code"])
        assert office.charlies.batch.lot + " " not in alice.page.text
    assert len(set(answers)) == 1


def test_the_last_day_of_a_period_is_part_of_it(office: Office, alice: Browser) -> None:
    read(office.site.world, office.alices, 1)
    today = alice.get("/console/figures").text
    assert "from=2026-02-13&amp;to=2026-03-14" in today
    for days, count in (("from=2026-03-14&to=2026-03-14", 1), ("to=2026-03-13", 0)):
        alice.get(f"/console/readings?{days}")
        assert alice.page.text.count("near Shanghai") == count
    alice.get("/console/readings?to=9999-12-31")
    assert alice.page.text.count("near Shanghai") == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/units?unit=0", 404),
        ("/console/units?unit=99999999999999999999", 404),
        ("/console/units?unit=x", 404),
        ("/console/units?code=https://evil.example/01/1", 422),
        ("/console/units?code=%00%F0%9F%92%A9", 422),
        ("/console/figures?product=x", 404),
        ("/console/figures?run=999999", 404),
        ("/console/readings?place=<script>", 404),
        ("/console/readings?from=1&to=x&after=y", 422),
        ("/console/readings?from=9999-12-31", 200),
    ],
)
def test_hostile_addresses(alice: Browser, path: str, status: int) -> None:
    assert alice.get(path).status_code == status
    assert "<script>" not in alice.page.html.partition("<body")[2]


@pytest.mark.parametrize(
    "path",
    [
        "/console/figures",
        "/console/readings",
        "/console/invented",
        "/console/readings.csv",
        "/console/figures.csv",
    ],
)
@pytest.mark.parametrize("what", ["product", "batch", "run"])
def test_anothers_goods_are_an_unknown_page(office: Office, path: str, what: str) -> None:
    charlies = office.charlies
    ids = {"product": charlies.product.id, "batch": charlies.batch.id, "run": charlies.run.id}
    alice = office.browser(office.alice)
    assert alice.get(f"{path}?{what}={ids[what]}").status_code == 404


def test_another_ones_unit_key_is_an_unknown_page(office: Office) -> None:
    alice = office.browser(office.alice)
    assert alice.get(f"/console/units?unit={office.alices.key(3)}").status_code == 200
    assert alice.get(f"/console/units?unit={office.charlies.key(3)}").status_code == 404


def test_every_figure_leads_to_as_many_rows(both_offices: Office) -> None:
    office = both_offices
    world = office.site.world
    read(world, office.alices, 8)
    # The first phone once more: a reading, but no phone.
    read(world, office.alices, 1)
    read(world, office.charlies, 3)
    assert office.alices.product.gtin is not None
    world.read(PrintedCode(gtin=office.alices.product.gtin, serial="0" * 16))
    alice = office.browser(office.alice)
    subjects = (
        "",
        f"?product={office.alices.product.id}",
        f"?batch={office.alices.batch.id}",
        f"?run={office.alices.run.id}",
    )
    for path in ("/console", *(f"/console/figures{subject}" for subject in subjects)):
        assert alice.get(path).status_code == 200
        html = alice.page.html
        found = re.findall(r'<a href="(/console/readings[^"]+)"[^>]*>([\d,]+)</a>', html)
        assert found
        for href, text in found:
            alice.get(href.replace("&amp;", "&"))
            rows = alice.page.html.count('<th scope="row"')
            assert rows == int(text), (path, href)
    alice.get("/console/figures")
    totals = dict(
        re.findall(r"<dt>([^<]+)</dt>\s*<dd[^>]*>\s*(?:<a[^>]*>)?([\d,]+)", alice.page.html)
    )
    assert totals == {
        "Readings": "9",
        "With a warning": "4",
        "Phones": "8",
        "Invented codes": "1",
        "Codes issued": "1,000",
        "Released now": "1,000",
    }


def test_files_hold_the_readings_and_are_safe_to_open(office: Office) -> None:
    world, tenant = office.site.world, office.alices
    read(world, tenant, 4)
    read(world, office.charlies, 4)
    evil = replace(tenant.product, name=LocalText(zh=None, en='=HYPERLINK("//evil")'))
    with world.database.write() as tx:
        catalog.update_product(tx, tenant.scope, evil)
    alice = office.browser(office.alice)
    response = alice.send("GET", f"/console/readings.csv?run={tenant.run.id}")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.text.startswith(BYTE_ORDER_MARK)
    rows = list(csv.reader(io.StringIO(response.text.removeprefix(BYTE_ORDER_MARK))))
    assert len(rows) == 5
    assert {row[1] for row in rows[1:]} == {'\'=HYPERLINK("//evil")'}
    assert {row[4] for row in rows[1:]} == {str(tenant.run.id)}
    figures = alice.send("GET", "/console/figures.csv?from=2026-03-01&to=2026-03-14").text
    assert [line.split(",")[-2:] for line in figures.splitlines()[1:]] == [["4", "4"]]
    with world.database.read() as tx:
        trail = audit.list_audit(tx, tenant.scope, limit=1000)
    taken = [
        (each.action, each.detail["from"], each.detail["to"])
        for each in trail
        if each.action.endswith(".export")
    ]
    # The first and the last day, as people write them.
    assert sorted(taken) == [
        ("figure.export", "2026-03-01", "2026-03-14"),
        ("reading.export", "1970-01-01", "2026-03-14"),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_no_cell_begins_a_formula(start: str) -> None:
    [[cell]] = csv.reader(io.StringIO(format_line([f"{start}1+1"]), newline=""))
    assert cell == f"'{start}1+1"


def test_numbers_and_common_texts_stay_as_they_are() -> None:
    line = format_line([-33.9, 7, None, "a,b", 'say "hi"', "LOT-1"])
    assert line == '-33.9,7,,"a,b","say ""hi""",LOT-1\r\n'


def test_pages_are_complete_in_chinese(office: Office) -> None:
    read(office.site.world, office.alices, 8)
    browser = office.browser(office.alice)
    browser.post("/console/language", {"language": "zh", "next": "/console"})
    for path in ("/console/figures", "/console/readings", "/console/invented", "/console/units"):
        assert browser.get(path).status_code == 200
        assert browser.page.language == "zh-Hans"
    browser.get(url_of(office.alices, 3))
    assert "已放行" in browser.page.text


def test_a_map_of_ones_own_replaces_ours_and_runs_nothing(office: Office, tmp_path: Path) -> None:
    own = tmp_path / "own.svg"
    own.write_text('<svg viewBox="-180 -90 360 180"><script>alert(1)</script></svg>')
    base = load_base_map(own)
    assert base is not None
    site = ConsoleSite(office.site.world, tmp_path, base_map=base)
    browser = Browser(site)
    browser.sign_in(office.alice)
    answer = browser.get(f"/console/base-map.svg?v={base.version}")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == own.read_bytes()
    plain = browser.send("GET", "/console/base-map.svg", headers={"accept-encoding": "identity"})
    assert plain.content == own.read_bytes()
    assert "sandbox" in answer.headers["content-security-policy"]
    own.write_text("<html>")
    with pytest.raises(InvalidError, match="base_map_invalid"):
        load_base_map(own)
    with pytest.raises(InvalidError, match="base_map_invalid"):
        load_base_map(tmp_path / "missing.svg")


def test_a_photograph_of_a_label_leads_to_its_unit(office: Office) -> None:
    alice = office.browser(office.alice)
    alice.get("/console/units")
    target = f"https://zy.example/01/{office.alices.product.gtin}/21/{office.alices.serial(3)}"
    picture = io.BytesIO()
    segno.make(target).save(picture, kind="png", scale=6)
    response = alice.post("/console/units", files={"photo": ("a.png", picture.getvalue())})
    assert alice.follow(response).status_code == 200
    assert office.alices.serial(3)[:6] in alice.page.title
    alice.get("/console/units")
    response = alice.post("/console/units", files={"photo": ("a.png", b"no picture")})
    assert response.status_code in {415, 422}
    assert alice.page.errors["photo"]


def test_nobody_reads_without_signing_in(office: Office) -> None:
    for path in ("units", "figures", "readings", "invented", "base-map.svg", "figures.csv"):
        assert Browser(office.site).get(f"/console/{path}").status_code == 303
