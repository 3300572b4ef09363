# SPDX-License-Identifier: Apache-2.0
"""Runs, labels, recalls and print jobs in the console: the way of the work, and bad input."""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from tests.console_house import Office
from tests.console_site import Browser

from trueorigin.adapters import zpl
from trueorigin.adapters.barcodes import rasterise, read_symbols
from trueorigin.adapters.svg import read_modules
from trueorigin.domain.jobs import JobState
from trueorigin.services import issuing, jobs, printing
from trueorigin.services.jobs import JobLostError, Progress, Worker
from trueorigin.storage import jobs as stored
from trueorigin.web.workshop import build_print_shop, build_works

CONFIRMED = {"confirmed": "yes"}


def order_run(office: Office, browser: Browser, **fields: str) -> str:
    browser.get("/console/runs/new")
    form = {"batch_id": str(office.alices.batch.id), "quantity": "960", "symbols": "16"}
    form |= {"packing.0": "24", "packing.1": "", "packing.2": "", "contents": ""}
    response = browser.post("/console/runs/new", {**form, **fields})
    assert response.status_code == 303, browser.page.text
    return str(response.headers["location"])


def drawings(html: str) -> list[str]:
    return re.findall(r"<svg xmlns.*?</svg>", html, re.DOTALL)


def test_a_run_is_looked_at_ordered_released_and_withdrawn(both_offices: Office) -> None:
    office = both_offices
    alice = office.browser(office.alice)
    alice.get("/console/runs/new")
    form = {"batch_id": str(office.alices.batch.id), "quantity": "960", "packing.0": "24"}
    form |= {"symbols": "16"}
    preview = alice.post("/console/runs/new", {**form, "preview": "yes"})
    assert preview.status_code == 200, alice.page.text
    assert len(drawings(preview.text)) == 2
    shown = [symbol.text for symbol in read_symbols(read_modules(drawings(preview.text)[0]))]
    assert office.alices.product.gtin is not None
    assert office.alices.product.gtin in shown[0]
    path = order_run(office, alice)
    alice.get(path)
    assert "Release the codes when the goods leave" in alice.page.text
    # First labels, then the release: the button that stands out is the first of the two.
    marked = [each["href"] for tag, each in alice.page.tags if each.get("class") == "button main"]
    assert marked == [f"{path}/labels"]
    part = {"level": "0", "from": "10", "to": "19", "reason": "First pallet"}
    asked = alice.post(f"{path}/release", part)
    assert asked.status_code == 200
    assert "Item 10 to 19 (10 in all)" in alice.page.text
    assert alice.post(f"{path}/release", {**part, **CONFIRMED}).status_code == 303
    again = alice.post(f"{path}/release", {**part, **CONFIRMED})
    assert again.status_code == 409
    alice.get(path)
    assert "First pallet" in alice.page.text
    assert "Released" in alice.page.text
    whole = alice.post(f"{path}/withdraw", {"level": "", "from": "", "to": "", **CONFIRMED})
    assert whole.status_code == 303
    alice.get(path)
    assert "Withdrawn" in alice.page.text


def test_every_form_of_a_range_says_that_its_last_number_is_part_of_it(
    office: Office, alice: Browser
) -> None:
    path = order_run(office, alice)
    run = path.rpartition("/")[2]
    forms = {f"{path}/{each}" for each in ("labels", "release", "withdraw")}
    forms |= {f"/console/recalls/new?run={run}", "/console/acts/shipping", "/console/acts/packing"}
    for language, labels in (
        ("en", ("First number", "Last number")),
        ("zh", ("第一个序号", "最后一个序号")),
    ):
        alice.language = language
        for form in forms:
            alice.get(form)
            for label in labels:
                assert label in alice.page.text, form


def test_nothing_happens_before_it_is_confirmed(office: Office, alice: Browser) -> None:
    path = order_run(office, alice)
    alice.get(f"{path}/withdraw")
    assert alice.post(f"{path}/withdraw", {"level": ""}).status_code == 200
    alice.get(path)
    assert "Nothing is released yet" in alice.page.text


@pytest.mark.parametrize("at", ["9999-12-31T23:59", "0001-01-01T00:00", "1969-12-31T23:00", "now"])
def test_an_instant_beyond_reason_is_refused_at_its_field(
    office: Office, alice: Browser, at: str
) -> None:
    path = order_run(office, alice)
    for act in ("release", "withdraw"):
        alice.get(f"{path}/{act}")
        answer = alice.post(f"{path}/{act}", {"level": "", "at": at, "confirmed": "yes"})
        assert answer.status_code == 422, act
        assert 'href="#at"' in alice.page.html, act


@pytest.mark.parametrize("level", ["4", "-1", "\uff10", "all"])
def test_a_level_that_is_none_never_means_the_whole_run(
    office: Office, alice: Browser, level: str
) -> None:
    path = order_run(office, alice)
    for act in ("release", "withdraw", "labels"):
        alice.get(f"{path}/{act}")
        answer = alice.post(f"{path}/{act}", {"level": level, "format": "pdf", "confirmed": "yes"})
        assert answer.status_code == 422, act
        assert 'href="#level"' in alice.page.html, act
    alice.get(path)
    assert "Nothing is released yet" in alice.page.text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({"quantity": ""}, "quantity", id="no quantity"),
        pytest.param({"quantity": "-3"}, "quantity", id="below zero"),
        pytest.param({"quantity": "4294967297"}, "quantity", id="too many"),
        pytest.param({"batch_id": "x"}, "batch_id", id="no batch"),
        pytest.param({"packing.0": "", "packing.1": "40"}, "packing.0", id="a gap"),
        pytest.param({"packing.0": "1"}, "packing.0", id="a pack of one"),
        pytest.param({"group_gtins.0": "123"}, "group_gtins.0", id="no GTIN"),
        pytest.param({"symbols": "3"}, "symbols", id="no length"),
    ],
)
def test_a_wrong_order_names_its_field(
    office: Office, alice: Browser, fields: dict[str, str], wrong: str
) -> None:
    alice.get("/console/runs/new")
    form = {"batch_id": str(office.alices.batch.id), "quantity": "10", "symbols": "16"}
    form |= {"packing.0": "5"}
    response = alice.post("/console/runs/new", {**form, **fields})
    assert response.status_code == 422
    assert wrong in alice.page.errors
    assert alice.get("/console/runs").status_code == 200


def test_files_of_every_format_read_back_and_are_logged(
    office: Office, alice: Browser, tmp_path: Path
) -> None:
    path = order_run(office, alice)
    form = {"level": "0", "from": "0", "to": "1", "dpi": "300", "language": "zh", "skip": ""}
    form |= {"layout": "roll-60x40"}
    found: dict[str, list[str]] = {}
    for number, kind in enumerate(("pdf", "zpl", "svg", "csv", "txt")):
        # A download is never of the same codes more often than allowed.
        bounds = {"from": str(2 * (number // 3)), "to": str(2 * (number // 3) + 1)}
        alice.get(f"{path}/labels")
        response = alice.post(f"{path}/labels", {**form, **bounds, "format": kind})
        assert response.status_code == 200, response.text[:500]
        name = f"run-{path.rpartition('/')[2]}-level-0-{bounds['from']}-{bounds['to']}."
        assert f'attachment; filename="{name}' in response.headers["content-disposition"]
        assert response.headers["cache-control"] == "no-store"
        if kind == "pdf":
            file = tmp_path / "labels.pdf"
            file.write_bytes(response.content)
            pictures = [rasterise(file, page, dpi=300) for page in range(2)]
        elif kind == "zpl":
            pictures = [zpl.read_picture(line) for line in response.content.splitlines()]
        elif kind == "svg":
            with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
                pictures = [read_modules(archive.read(n).decode()) for n in archive.namelist()]
        else:
            found[kind] = response.text.splitlines()
            continue
        found[kind] = [symbol.text for picture in pictures for symbol in read_symbols(picture)]
    assert len(found["pdf"]) == 2
    assert found["pdf"] == found["zpl"] == found["svg"]
    assert [row.split(",")[5] for row in found["csv"][1:]] == found["txt"]
    alice.get(f"{path}/labels")
    assert "Item 0 to 1 (2 in all)" in alice.page.text
    assert "Alice" in alice.page.text
    # Each code once in a format, whatever other formats it was taken in.
    assert "has been downloaded once" in alice.page.text


def test_a_fourth_download_needs_an_owner_with_a_reason(both_offices: Office) -> None:
    office = both_offices
    bob, alice = office.browser(office.bob), office.browser(office.alice)
    path = order_run(office, bob)
    form = {"level": "0", "from": "0", "to": "4", "format": "csv"}
    for _ in range(3):
        assert bob.post(f"{path}/labels", form).status_code == 200
    bob.get(f"{path}/labels")
    assert bob.post(f"{path}/labels", form).status_code == 409
    assert "3 times in this format" in bob.page.text
    # Other codes of the run are not concerned.
    other = bob.post(f"{path}/labels", {**form, "from": "5", "to": "9"})
    assert other.status_code == 200
    allowance = path + "/allowance"
    assert bob.post(allowance, {"more": "1", "reason": "x"}).status_code == 403
    alice.get(f"{path}/labels")
    assert alice.post(allowance, {"more": "1", "reason": " "}).status_code == 422
    assert alice.post(allowance, {"more": "99", "reason": "x"}).status_code == 422
    assert alice.post(allowance, {"more": "1", "reason": "Roll was torn"}).status_code == 303
    bob.get(f"{path}/labels")
    assert bob.post(f"{path}/labels", form).status_code == 200
    assert bob.post(f"{path}/labels", form).status_code == 409


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({"from": "a"}, "from", id="no number"),
        pytest.param({"to": "99999"}, "to", id="beyond the run"),
        pytest.param({"to": "960"}, "to", id="one beyond the run"),
        pytest.param({"from": "7", "to": "6"}, "to", id="backwards"),
        pytest.param({"layout": "napkin"}, "layout", id="no such sheet"),
        pytest.param({"dpi": "72"}, "dpi", id="no such printer"),
        pytest.param({"skip": "24"}, "skip", id="a whole sheet skipped"),
        pytest.param({"format": "exe"}, "format", id="no such format"),
        pytest.param({"level": "1", "layout": "a4-65"}, "layout", id="too small a label"),
    ],
)
def test_a_wrong_choice_of_labels_is_named_and_not_logged(
    office: Office, alice: Browser, fields: dict[str, str], wrong: str
) -> None:
    path = order_run(office, alice)
    alice.get(f"{path}/labels")
    form = {"level": "0", "from": "", "to": "10", "format": "pdf", "layout": "a4-24"}
    form |= {"dpi": "300", "language": "en", "skip": ""}
    assert alice.post(f"{path}/labels", {**form, **fields}).status_code == 422
    assert wrong in alice.page.errors
    alice.get(f"{path}/labels")
    assert "has been downloaded 0 times" in alice.page.text


def test_a_recall_is_asked_for_ordered_and_ended(both_offices: Office) -> None:
    office = both_offices
    alice = office.browser(office.alice)
    path = order_run(office, alice)
    number = path.rpartition("/")[2]
    alice.get(f"/console/recalls/new?run={number}")
    hostile = "<script>alert(1)</script>"
    form = {"run": number, "level": "0", "from": "0", "to": "99", "reason.en": hostile}
    assert alice.post("/console/recalls/new", {**form, "reason.en": ""}).status_code == 422
    assert alice.post("/console/recalls/new", form).status_code == 200
    assert "Recall these goods?" in alice.page.text
    made = alice.post("/console/recalls/new", {**form, **CONFIRMED})
    alice.follow(made)
    assert "<script>alert" not in alice.page.html
    assert "In force" in alice.page.text
    assert "Item 0 to 99 (100 in all)" in alice.page.text
    recall = made.headers["location"]
    alice.get("/console/recalls")
    assert "Item 0 to 99 (100 in all)" in alice.page.text
    assert alice.page.links[hostile] == recall
    alice.get(f"{recall}/lift")
    assert "End this recall?" in alice.page.text
    alice.follow(alice.post(f"{recall}/lift"))
    assert "Ended" in alice.page.text


def test_a_batch_is_recalled_whole(office: Office, alice: Browser) -> None:
    batch = str(office.alices.batch.id)
    alice.get(f"/console/recalls/new?batch={batch}")
    form = {"batch": batch, "reason.zh": "玻璃碎屑", **CONFIRMED}
    alice.follow(alice.post("/console/recalls/new", form))
    assert "玻璃碎屑" in alice.page.text


def test_the_advisor_says_what_to_change(alice: Browser) -> None:
    alice.get("/console/advisor?host=zy.example&symbols=16&dpi=300&layout=a4-24&dots=")
    assert "Meets GS1" in alice.page.text
    assert "Version 3, 29 by 29 squares" in alice.page.text
    alice.get("/console/advisor?host=zy.example&symbols=16&dpi=300&layout=&dots=4")
    assert "Does not meet GS1" in alice.page.text
    assert "0.339 mm" in alice.page.text
    for query in ("host=%00", "symbols=9", "dpi=12", "dots=-1", "layout=x", "dpi=x"):
        response = alice.get(f"/console/advisor?{query}")
        assert response.status_code == 200
        assert alice.page.errors, query


def test_the_advisor_judges_each_level_of_groups(alice: Browser) -> None:
    asked = "/console/advisor?host=zy.example&symbols=16&dpi=300&layout=a4-24&dots="
    alice.get(f"{asked}&packing.0=24&packing.1=200&contents=&identifier=sscc")
    assert "Case of 24" in alice.page.text
    assert "numbers of all 24 units" in alice.page.text
    assert "Pallet of 200" in alice.page.text
    assert "A list holds at most 100 numbers" in alice.page.text
    alice.get(f"{asked}&packing.0=24&contents=first&identifier=gtin&group_layout=roll-60x40")
    assert "number of the first unit" in alice.page.text
    assert "The whole list would fit this label" in alice.page.text
    alice.get(f"{asked}&packing.0=100&group_layout=roll-40x30")
    assert "Does not fit this label" in alice.page.text
    for query, wrong in (
        ("packing.1=24", "packing.0"),
        ("packing.0=x", "packing.0"),
        ("packing.0=1", "packing.0"),
        ("group_layout=x", "group_layout"),
        ("group_design=x", "group_design"),
        ("group_design=logistic&identifier=code", "group_design"),
    ):
        assert alice.get(f"{asked}&{query}").status_code == 200
        assert list(alice.page.errors) == [wrong], query


def order_labels(office: Office, browser: Browser, quantity: int) -> tuple[str, str]:
    path = order_run(office, browser, quantity=str(quantity))
    browser.get(f"{path}/labels")
    form = {"level": "0", "from": "", "to": "", "format": "pdf", "layout": "a4-65"}
    form |= {"dpi": "300", "language": "en", "skip": ""}
    response = browser.post(f"{path}/labels", form)
    assert response.status_code == 303, browser.page.text
    return path, response.headers["location"]


def make_worker(office: Office) -> Worker:
    def report(_job: object, error: Exception) -> None:
        raise AssertionError from error

    return Worker(
        database=office.site.context.database,
        works=build_works(office.site.context),
        clock=office.site.context.clock,
        is_stopping=lambda: False,
        report_defect=report,
    )


def test_a_large_order_goes_on_where_a_killed_worker_left_it(both_offices: Office) -> None:
    office = both_offices
    alice = office.browser(office.alice)
    _, path = order_labels(office, alice, 10_500)
    alice.get(path)
    assert "Waiting" in alice.page.text
    assert 'http-equiv="refresh"' in alice.page.html
    worker = make_worker(office)
    with worker.database.write() as tx:
        at = worker.clock()
        job = stored.claim_job(tx, [printing.KIND], at=at, abandoned_before=at)
    assert job is not None
    shop = build_print_shop(office.site.context)

    class Killed(Progress):
        """A worker whose process ends after its first file, without a word."""

        def keep(self, done: int, result: object) -> None:
            super().keep(done, result)  # type: ignore[arg-type] # passed on as it came
            if done:
                raise KeyboardInterrupt

    lost = Killed(worker, job)
    with pytest.raises(KeyboardInterrupt):
        shop.print_labels(job, lost)
    first = next((shop.folder / str(job.id)).iterdir())
    before = first.stat().st_mtime_ns
    # It is still claimed, and free only after a while without a sign of life.
    assert worker.run_next() is None
    office.site.world.tick(minutes=1)
    assert worker.run_next() is not None
    assert first.stat().st_mtime_ns == before
    with pytest.raises(JobLostError):
        lost.finish(JobState.DONE)
    with worker.database.read() as tx:
        done = jobs.get_job(tx, office.alices.scope, job.id)
    assert done.state is JobState.DONE
    parts = printing.list_parts(done)
    assert [(part.start, part.stop) for part in parts] == [
        (0, 4940),
        (4940, 9880),
        (9880, 10_500),
    ]
    alice.get(path)
    assert "Ready" in alice.page.text
    file = alice.post(f"{path}/files/2")
    assert file.status_code == 200
    assert len(file.content) == parts[2].bytes
    assert alice.post(f"{path}/files/3").status_code == 404


def test_a_cancelled_order_is_not_printed(office: Office, alice: Browser) -> None:
    _, path = order_labels(office, alice, 6_000)
    alice.get(path)
    alice.follow(alice.post(f"{path}/cancel"))
    assert "Cancelled" in alice.page.text or "cancelled" in alice.page.text
    assert make_worker(office).run_next() is None


def test_a_stopping_worker_puts_its_work_back(office: Office, alice: Browser) -> None:
    order_labels(office, alice, 6_000)
    worker = replace(make_worker(office), is_stopping=lambda: True)
    taken = worker.run_next()
    assert taken is not None
    with worker.database.read() as tx:
        job = jobs.get_job(tx, office.alices.scope, taken.id)
    assert job.state is JobState.QUEUED
    assert make_worker(office).has_work()


def test_charlie_sees_nothing_of_it(both_offices: Office) -> None:
    office = both_offices
    alice, charlie = office.browser(office.alice), office.browser(office.charlie)
    run, job = order_labels(office, alice, 6_000)
    number = run.rpartition("/")[2]
    form = {"run": number, "reason.en": "x", **CONFIRMED}
    alice.get(f"/console/recalls/new?run={number}")
    recall = alice.post("/console/recalls/new", form).headers["location"]
    for path in (run, f"{run}/release", f"{run}/withdraw", f"{run}/labels", job, recall):
        assert charlie.get(path).status_code == 404, path
    for path in (f"{recall}/lift", f"/console/recalls/new?run={number}"):
        assert charlie.get(path).status_code == 404, path
    charlie.get("/console/runs")
    acts = {
        f"{run}/release": CONFIRMED,
        f"{run}/withdraw": CONFIRMED,
        f"{run}/labels": {"level": "0", "format": "csv"},
        f"{run}/allowance": {"more": "1", "reason": "x"},
        f"{job}/cancel": {},
        f"{job}/files/0": {},
        f"{recall}/lift": {},
        "/console/recalls/new": form,
    }
    for path, data in acts.items():
        assert charlie.post(path, data).status_code == 404, path
    batch = {"batch_id": str(office.alices.batch.id), "quantity": "5", "symbols": "16"}
    assert charlie.post("/console/runs/new", batch).status_code == 404
    for path in ("/console/runs", "/console/jobs", "/console/recalls"):
        charlie.get(path)
        assert number not in charlie.page.links.values()
        assert not any(link.startswith((run, job, recall)) for link in charlie.page.links.values())
    with office.site.context.database.read() as tx:
        assert len(issuing.list_facts(tx, office.alices.scope, int(number), limit=10)) == 2
