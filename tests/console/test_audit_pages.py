"""The page of who did what: for owners, in words, filtered, as CSV that no program runs."""

import csv
import io

import pytest
from tests.console_house import Office
from tests.console_site import Browser


def make_device(browser: Browser, label: str) -> None:
    browser.get("/console/devices")
    form = {"label": label, "profile": "packer", "person": ""}
    assert browser.post("/console/devices", form).status_code == 200


def test_acts_are_told_in_words_newest_first(both_offices: Office) -> None:
    alice = both_offices.browser(both_offices.alice)
    make_device(alice, "Line 2")
    alice.get("/console/audit")
    text = alice.page.text
    newest = text.index("Phone or kiosk made Line 2 Alice")
    assert newest < text.index("Signed in", newest)
    alice.get("/console/audit?action=device.create")
    assert alice.page.text.count("Line 2") >= 1
    assert "Signed in Alice" not in alice.page.text
    alice.get(f"/console/audit?actor={both_offices.bob.id}")
    assert "Nothing of the kind" in alice.page.text


def test_words_are_those_of_the_reader(office: Office) -> None:
    alice = office.browser(office.alice)
    make_device(alice, "Line 2")
    alice.language = "zh"
    alice.get("/console/audit")
    assert "创建手机或查询机" in alice.page.text


@pytest.mark.parametrize(
    "query", ["action=nothing", "actor=x", "before=x", "action=%00", "actor=%27;DROP", "before=0"]
)
def test_a_wrong_query_is_refused(office: Office, query: str) -> None:
    alice = office.browser(office.alice)
    assert alice.get(f"/console/audit?{query}").status_code == 422
    assert "Signed in" not in alice.page.text
    assert query.partition("=")[0] in alice.page.text


def test_old_lines_are_a_page_away(office: Office) -> None:
    alice = office.browser(office.alice)
    for number in range(51):
        make_device(alice, f"Line {number}")
    alice.get("/console/audit?action=device.create")
    assert "Line 50" in alice.page.text
    older = next(href for text, href in alice.page.links.items() if "before=" in href)
    alice.get(older)
    assert "Phone or kiosk made Line 0" in alice.page.text
    assert "Phone or kiosk made Line 50" not in alice.page.text


def test_members_and_others_do_not_see_it(office: Office) -> None:
    make_device(office.browser(office.alice), "Secret line")
    bob, charlie = office.browser(office.bob), office.browser(office.charlie)
    for path in ("/console/audit", "/console/audit.csv"):
        assert bob.get(path).status_code == 403
        assert "Secret line" not in charlie.get(path).text
    assert "/console/audit" not in bob.page.links.values()


def test_the_table_is_text_whatever_things_are_called(office: Office) -> None:
    alice = office.browser(office.alice)
    make_device(alice, '=HYPERLINK("http://evil.example","x")')
    response = alice.get("/console/audit.csv?action=device.create")
    assert response.headers["content-type"].startswith("text/csv")
    (head, line) = csv.reader(io.StringIO(response.text.removeprefix("\ufeff")))
    assert head == ["When (Asia/Shanghai)", "Who", "What", "On what", "Details"]
    assert line[1:3] == ["Alice", "Phone or kiosk made"]
    assert line[3].startswith("'=HYPERLINK")
    assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@"))]
    # Taking it away is an act like any other.
    alice.get("/console/audit?action=audit.export")
    assert "Record of acts exported" in alice.page.text


def test_what_somebody_is_called_stays_text_on_the_page(office: Office) -> None:
    alice = office.browser(office.alice)
    hostile = "<script>alert(1)</script>"
    make_device(alice, hostile)
    alice.get("/console/audit")
    assert hostile not in alice.page.html
    assert hostile in alice.page.text
