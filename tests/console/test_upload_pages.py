# SPDX-License-Identifier: Apache-2.0
"""Files of events through the console: upload, answers by row, the table to take away."""

import csv
import io
import json
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from tests.console_house import Office
from tests.console_site import PUBLIC_URL, Browser

from trueorigin.console import uploads
from trueorigin.domain.people import MembershipRole
from trueorigin.services import uploading
from trueorigin.services.jobs import Worker
from trueorigin.web.workshop import build_works

SCRIPT = "<script>alert(1)</script>"


def send(browser: Browser, content: bytes | str, name: str = "day.csv") -> httpx.Response:
    browser.get("/console/uploads")
    data = content.encode() if isinstance(content, str) else content
    return browser.post("/console/uploads", files=[("file", (name, data, "text/csv"))])


def work(office: Office) -> None:
    context = office.site.context
    worker = Worker(
        database=context.database,
        works={uploading.KIND: build_works(context)[uploading.KIND]},
        clock=context.clock,
        is_stopping=lambda: False,
        report_defect=lambda _, error: pytest.fail(repr(error)),
    )
    assert worker.run_next() is not None


def take(office: Office, browser: Browser, content: bytes | str) -> str:
    """Send a file, have it taken in, and look at its page; return that page's address."""
    response = send(browser, content)
    assert response.status_code == 303, browser.page.errors
    work(office)
    browser.follow(response)
    return str(response.headers["location"])


def read_rows(browser: Browser, path: str) -> list[list[str]]:
    answer = browser.send("GET", path)
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_template_is_understood_when_it_comes_back_filled_in(
    office: Office, language: str
) -> None:
    browser = office.browser(office.alice)
    browser.language = language
    template = browser.send("GET", "/console/uploads/template.csv")
    heading = template.content.decode("utf-8-sig").strip().split(",")
    at = office.site.world.at.isoformat()
    run = office.alices.run.id
    cells = dict.fromkeys(heading, "")
    kind, when, units = heading[:3]
    cells |= {kind: "Shipped" if language == "en" else "发货", when: at, units: f"{run}/0/0-5"}
    filled = template.content + ",".join(cells.values()).encode()
    path = take(office, browser, filled)
    [_, row] = read_rows(browser, f"{path}/rows.csv")
    assert row[0] == "2"
    assert row[4] == ""
    assert row[5]


def test_each_row_is_answered_and_wrong_ones_are_shown(both_offices: Office) -> None:
    office = both_offices
    browser = office.browser(office.alice)
    run, at = office.alices.run.id, office.site.world.at.isoformat()
    table = (
        "kind,at,units,notes\n"
        f"storing,{at},{run}/0/0-5,fine\n"
        f"=1+1,{at},{run}/0/0-5,{SCRIPT}\n"
        f"storing,{at},{SCRIPT},\n"
        f"storing,2031-01-01 00:00,{run}/0/0-5,later\n"
    )
    response = send(browser, table)
    browser.follow(response)
    # Somebody looks before anybody has worked on it.
    assert "data-live" in browser.page.html
    work(office)
    browser.follow(response)
    page = browser.page
    assert "data-live" not in page.html
    assert SCRIPT not in page.html
    for words in ("Stored, with a contradiction", "Refused", "Rows with a problem"):
        assert words in page.text
    path = str(response.headers["location"])
    heading, *rows = read_rows(browser, f"{path}/rows.csv")
    assert len(heading) == 6
    assert [row[0] for row in rows] == ["2", "3", "4", "5"]
    assert [row[4] for row in rows] == [
        "",
        "event_kind_unknown",
        "digital_link_malformed",
        "clock_ahead",
    ]
    assert [bool(row[3]) for row in rows] == [False, True, True, True]
    # Nothing in it runs in a spreadsheet.
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    problems = read_rows(browser, f"{path}/rows.csv?rows=problems")
    assert problems[1:] == rows[1:]
    # A stored event is a link to its page.
    assert f"/console/events/{rows[3][5]}" in page.links.values()
    # Sent again, nothing is stored twice.
    again = take(office, browser, table)
    assert [row[1] for row in read_rows(browser, f"{again}/rows.csv")[1:]] == [
        "Known already",
        "Refused",
        "Refused",
        "Known already",
    ]
    browser.get("/console/uploads")
    assert browser.page.text.count("day.csv") == 2


def test_the_page_says_what_is_done_between_the_last_row_and_the_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = office.browser(office.alice)
    run, at = office.alices.run.id, office.site.world.at.isoformat()
    response = send(browser, f"kind,at,units\nstoring,{at},{run}/0/0-5\n")
    seen = []
    judge = uploading._judge  # noqa: SLF001 - the step between the two

    def watch(*given: Any) -> Any:  # noqa: ANN401 - handed on
        browser.follow(response)
        seen.append(browser.page.text)
        return judge(*given)

    monkeypatch.setattr(uploading, "_judge", watch)
    work(office)
    [text] = seen
    assert "In progress" in text
    assert "held against the others" in text
    browser.follow(response)
    assert "In progress" not in browser.page.text
    assert "Ready" in browser.page.text


def test_json_is_taken_in_as_the_interface_takes_it(office: Office) -> None:
    browser = office.browser(office.alice)
    event = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "storing",
        "eventTime": office.site.world.at.isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"{PUBLIC_URL}/epcis/units/{office.alices.run.id}/0/5"],
    }
    body = {
        "type": "EPCISDocument",
        "epcisBody": {"eventList": [event, event | {"epcList": ["x"]}]},
    }
    path = take(office, browser, json.dumps(body))
    rows = read_rows(browser, f"{path}/rows.csv")[1:]
    assert [row[4] for row in rows] == ["", "epcis_identifier_unsupported"]
    assert rows[1][2] == "epcList.0"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "nothing in this file"),
        (b"PK\x03\x04", "neither a table"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(office: Office, content: bytes, sentence: str) -> None:
    browser = office.browser(office.alice)
    assert send(browser, content).status_code == 422
    assert sentence in browser.page.errors["file"]


def test_a_broken_file_says_that_nothing_was_taken_in(office: Office) -> None:
    browser = office.browser(office.alice)
    take(office, browser, '[{"id": 1}, oops]')
    assert "Nothing of this file was taken in" in browser.page.text
    assert "after the first event" in browser.page.text


def test_others_see_neither_file_nor_answers(office: Office) -> None:
    path = take(office, office.browser(office.alice), "kind,at\nx,y\n")
    charlie = office.browser(office.charlie)
    for address in (path, f"{path}/rows.csv"):
        assert charlie.send("GET", address).status_code == 404


def test_whoever_may_only_read_may_not_send(office: Office) -> None:
    reader = office.site.hire(office.alices, "Rod", role=MembershipRole.READ_ONLY)
    browser = office.browser(reader)
    browser.get("/console/events")
    assert "/console/uploads" not in browser.page.links.values()
    assert browser.send("GET", "/console/uploads").status_code == 403


def test_who_takes_the_answers_slowly_keeps_no_connection(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = office.browser(office.alice)
    path = take(office, browser, "kind,at,units\nselling,2026-03-14 09:30,nothing\n")
    reader = office.site.context.database._reader  # noqa: SLF001 - nobody else can tell
    assert isinstance(reader.pool, sa.QueuePool)
    pool, held = reader.pool, []
    write = uploads._format_result  # noqa: SLF001 - what is done while a line is on its way

    def watch(*given: Any) -> str:  # noqa: ANN401 - handed on
        held.append(pool.checkedout())
        return write(*given)

    monkeypatch.setattr(uploads, "_format_result", watch)
    assert len(read_rows(browser, f"{path}/rows.csv")) == 2
    assert held == [0]
    assert browser.send("GET", f"{path}/rows.csv?rows=some").status_code == 422
