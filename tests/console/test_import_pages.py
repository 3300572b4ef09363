# SPDX-License-Identifier: Apache-2.0
"""Importing through the console: template, report, confirmation, and the goods that appear."""

from collections.abc import Callable

import httpx
import pytest
from tests.console_house import Office
from tests.console_site import Browser

from trueorigin.services.jobs import Worker
from trueorigin.storage import imports as stored
from trueorigin.web.workshop import build_works

SCRIPT = "<script>alert(1)</script>"


def send(browser: Browser, content: bytes, kind: str = "products") -> httpx.Response:
    browser.get("/console/imports")
    files = [("file", ("goods.csv", content, "text/csv"))]
    return browser.post("/console/imports", {"kind": kind}, files=files)


def work(office: Office, fail: Callable[[str], None] = pytest.fail) -> None:
    context = office.site.context
    worker = Worker(
        database=context.database,
        works=build_works(context),
        clock=context.clock,
        is_stopping=lambda: False,
        report_defect=lambda _, error: fail(repr(error)),
    )
    assert worker.run_next() is not None


@pytest.mark.parametrize("kind", ["products", "batches"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_template_is_understood_when_it_comes_back(
    office: Office, kind: str, suffix: str, language: str
) -> None:
    browser = office.browser(office.alice)
    browser.language = language
    template = browser.send("GET", f"/console/imports/templates/{kind}.{suffix}")
    assert template.status_code == 200
    browser.follow(send(browser, template.content, kind))
    faults = [each for tag, each in browser.page.tags if tag == "tr"]
    assert len(faults) == 2  # the heading, and that there are no rows


def test_a_right_table_is_confirmed_and_its_goods_appear(both_offices: Office) -> None:
    browser = both_offices.browser(both_offices.alice)
    browser.follow(send(browser, b"internal_number,name_en\nN-1,Imported Tea\n"))
    path = next(each["action"] or "" for tag, each in browser.page.tags if "confirm" in str(each))
    response = browser.post(path)
    browser.follow(response)
    assert "being taken over" in browser.page.text
    work(both_offices)
    browser.follow(response)
    assert "All rows are taken over" in browser.page.text
    browser.get("/console/products")
    assert "Imported Tea" in browser.page.links


def test_a_large_table_is_judged_by_the_worker_and_its_page_says_how_far(
    both_offices: Office,
) -> None:
    browser = both_offices.browser(both_offices.alice)
    rows = "".join(f"N-{number},Imported Tea {number}\n" for number in range(1000))
    response = send(browser, f"internal_number,name_en\n{rows}".encode())
    path = response.headers["location"]
    browser.follow(response)
    assert "Every row is being checked" in browser.page.text
    assert 'http-equiv="refresh"' in browser.page.html
    assert browser.post(f"{path}/confirm").status_code == 409
    work(both_offices)
    browser.get(path)
    assert "Every row is right" in browser.page.text
    assert 'http-equiv="refresh"' not in browser.page.html
    browser.post(f"{path}/confirm")
    work(both_offices)
    browser.get(path)
    assert "All rows are taken over" in browser.page.text


def test_work_that_failed_is_told_at_once_with_what_to_do(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, faults = office.browser(office.alice), list[str]()
    path = send(browser, b"internal_number,name_en\nN-1,Imported Tea\n").headers["location"]
    browser.get(path)
    browser.post(f"{path}/confirm")
    with monkeypatch.context() as patch:
        patch.setattr(stored, "reveal_import", lambda *_: 1 / 0)
        work(office, faults.append)
    assert faults
    for language, failed, cause, again in (
        ("en", "Taking the rows over has failed", "Something went wrong on our side", "Try again"),
        ("zh", "接收失败", "我们这边出了错", "重试"),
    ):
        browser.language = language
        browser.get("/console/imports")
        assert ("Failed" if language == "en" else "失败") in browser.page.text
        browser.get(path)
        for words in (failed, cause, again):
            assert words in browser.page.text
        assert 'http-equiv="refresh"' not in browser.page.html
    browser.language = "en"
    browser.post(f"{path}/confirm")
    browser.get(path)
    assert "being taken over" in browser.page.text
    work(office)
    browser.get(path)
    assert "All rows are taken over" in browser.page.text


def test_a_table_that_could_not_be_checked_can_only_be_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = office.browser(office.alice)
    rows = "".join(f"N-{number},Imported Tea {number}\n" for number in range(1000))
    path = send(browser, f"internal_number,name_en\n{rows}".encode()).headers["location"]
    with monkeypatch.context() as patch:
        patch.setattr(stored, "update_import", lambda *_: 1 / 0)
        work(office, lambda _: None)
    browser.get(path)
    assert "Checking this table has failed" in browser.page.text
    assert browser.post(f"{path}/confirm").status_code == 409
    browser.post(f"{path}/discard")
    browser.get(path)
    assert "Given up; nothing was stored." in browser.page.text


def test_a_large_file_that_is_broken_inside_is_refused_on_its_page(office: Office) -> None:
    browser = office.browser(office.alice)
    browser.language = "zh"
    rows = "N-1,Tea\n" * 3000 + 'N-2,"never closed\n'
    response = send(browser, f"internal_number,name_en\n{rows}".encode())
    work(office)
    browser.follow(response)
    assert "整个文件" in browser.page.text
    assert "无法把该文件读成表格" in browser.page.text


def test_a_large_file_that_is_no_table_is_refused_at_the_field(alice: Browser) -> None:
    assert send(alice, b"PK\x03\x04" + bytes(20_000)).status_code == 422
    assert "cannot be read as a table" in alice.page.errors["file"]


def test_faults_are_shown_and_downloaded_without_running_anything(alice: Browser) -> None:
    content = f"internal_number,name_en\n=1+1\u0020号,{SCRIPT}\n{SCRIPT},Tea\n".encode()
    response = send(alice, content)
    alice.follow(response)
    assert "nothing was stored" in alice.page.text
    assert SCRIPT not in alice.page.html
    report = alice.send("GET", f"{response.headers['location']}/report.csv")
    assert report.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in report.headers["content-disposition"]
    assert not any(line.startswith(("=", "+", "@")) for line in report.text.splitlines())


def test_what_is_no_table_is_said_at_the_field(alice: Browser) -> None:
    assert send(alice, b"\x89PNG\r\n\x1a\n\0").status_code == 422
    assert "UTF-8" in alice.page.errors["file"]


def test_another_organisations_import_is_not_there(office: Office, alice: Browser) -> None:
    path = send(alice, b"internal_number,name_en\nN-1,Tea\n").headers["location"]
    charlie = office.browser(office.charlie)
    assert charlie.get(path).status_code == 404
    assert charlie.get(f"{path}/report.csv").status_code == 404
    charlie.get("/console/imports")
    assert charlie.post(f"{path}/confirm").status_code == 404
    assert charlie.post(f"{path}/discard").status_code == 404
