# SPDX-License-Identifier: Apache-2.0
"""Files of events: each event once, each row answered, wherever it is interrupted."""

import io
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.chain_world import Chain, make_chain
from tests.factories import NOW, make_entropy
from tests.same_instant import overtake
from tests.scanning_world import World

from trueorigin.adapters.files import FolderStore
from trueorigin.domain import humancode
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError
from trueorigin.domain.jobs import Job, JobState
from trueorigin.domain.tenancy import Act, Permission, TenantScope
from trueorigin.domain.uploads import RowOutcome, RowResult, UploadCounts, UploadPart
from trueorigin.services import capturing, jobs, pacing, uploading
from trueorigin.services.capturing import EventOutcome
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.jobs import Worker
from trueorigin.services.resolving import Found
from trueorigin.services.uploading import EventUploader, Upload
from trueorigin.storage import events as stored_events, uploads as stored
from trueorigin.storage.database import Database, Tx

HEADING = "kind,at,units,container,plan,site,partner,notes,id\n"


def list_parts(tx: Tx, scope: TenantScope, job_id: UUID) -> list[UploadPart]:
    parts: list[UploadPart] = []
    while part := stored.find_part(tx, scope, job_id, after=parts[-1].first if parts else -1):
        parts.append(part)
    return parts


def clock(minutes: int = 10) -> str:
    """Return some minutes after NOW on the clock on the wall in China."""
    return (NOW + timedelta(hours=8, minutes=minutes)).strftime("%Y-%m-%d %H:%M")


AT = clock()


class Desk:
    """Somebody of Alice's who uploads files, and the worker behind."""

    def __init__(self, chain: Chain, folder: Path) -> None:
        self.chain = chain
        self.database = chain.world.database
        self.store = FolderStore(folder)
        self.pauses: list[float] = []
        self.defects: list[Exception] = []
        self._at = NOW

    def tick(self) -> datetime:
        self._at += timedelta(seconds=2)
        return self._at

    def send(self, data: str | bytes, act: Act | None = None) -> Job:
        content = io.BytesIO(data.encode() if isinstance(data, str) else data)
        upload = Upload(
            content=content,
            name="day.csv",
            labels={"数量": "units"},
            kinds={"发货": "shipping"},
            hosts=["https://ex.cn"],
        )
        return uploading.order_upload(self.database, self.store, act or self.chain.act(), upload)

    def make_worker(self, *, stop_after: int | None = None) -> Worker:
        calls = 0

        def is_stopping() -> bool:
            nonlocal calls
            calls += 1
            return stop_after is not None and calls > stop_after

        uploader = EventUploader(
            database=self.database,
            catalogue=Catalogue(),
            vault=self.chain.world.vault,
            files=self.store,
            clock=self.tick,
            entropy=make_entropy("uploading"),
            pause=self.pauses.append,
        )
        return Worker(
            database=self.database,
            works={uploading.KIND: uploader.work},
            clock=self.tick,
            is_stopping=is_stopping,
            report_defect=lambda _, error: self.defects.append(error),
        )

    def run(self, job: Job, *, stop_after: int | None = None) -> Job:
        assert self.make_worker(stop_after=stop_after).run_next() is not None
        assert self.defects == []
        with self.database.read() as tx:
            return jobs.get_job(tx, self.chain.act().scope, job.id)

    def take(self, data: str | bytes) -> tuple[UploadCounts, list[RowResult]]:
        job = self.run(self.send(data))
        assert job.state is JobState.DONE, job.error
        return self.read(job)

    def read(self, job: Job) -> tuple[UploadCounts, list[RowResult]]:
        scope = self.chain.act().scope
        with self.database.read() as tx:
            parts = list_parts(tx, scope, job.id)
            assert all(part.is_judged for part in parts)
            results = [each for part in parts for each in part.results]
            return stored.count_rows(tx, scope, job.id), results

    def code(self, index: int, level: int = 0) -> str:
        alice = self.chain.alice
        serial = alice.serial(index, level)
        return humancode.group(humancode.build(alice.organisation.prefix, serial))

    def count_events(self) -> int:
        with self.database.read() as tx:
            own = stored_events.list_own_events(tx, self.chain.act().scope, before=None, limit=999)
            return len(own)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(make_chain(World(database)), tmp_path)


def table(*rows: Sequence[str]) -> str:
    return HEADING + "".join(",".join(row) + "\n" for row in rows)


def row(kind: str = "shipping", units: str = "", **cells: str) -> list[str]:
    told = {"kind": kind, "at": AT, "units": units, **cells}
    return [told.get(name, "") for name in HEADING.strip().split(",")]


def outcomes(results: Sequence[RowResult]) -> list[str]:
    return [each.outcome.value for each in results]


def test_a_table_is_taken_in_with_the_words_of_people(desk: Desk) -> None:
    site = desk.chain.add_site(name="North Store", gln="6901234567892")
    desk.chain.link(desk.chain.charlie)
    charlie = desk.chain.charlie.organisation
    run = desk.chain.alice.run.id
    counts, results = desk.take(
        table(
            row("发货", desk.code(1), site="north store", partner=charlie.prefix),
            row("SHIPPING", f"{desk.code(2)} {desk.code(3)}", site=site.gln or ""),
            row("packing", f"{run}/0/24-29", container=desk.code(1, 1), notes="by hand"),
            row("packing", plan=f"{run}/1/2-3"),
            row("unpacking", container=desk.code(1, 1), at=clock(80).replace(" ", "T") + "+09:00"),
        )
    )
    assert outcomes(results) == ["stored"] * 5
    assert counts == UploadCounts(rows=5, stored=5)
    # A row has the number that a spreadsheet shows.
    assert [each.row for each in results] == [2, 3, 4, 5, 6]
    with desk.database.read() as tx:
        ids = [each.event_id for each in results if each.event_id is not None]
        found = stored_events.find_events(tx, ids)
    shipped, _, packed, planned, emptied = (found[each] for each in ids)
    assert (shipped.site_id, shipped.partner_id) == (site.id, charlie.id)
    # On the clocks of the organisation, unless the table says otherwise.
    assert (shipped.at, shipped.offset_minutes) == (NOW + timedelta(minutes=10), 480)
    assert (packed.about[0].size, packed.details) == (6, {"notes": "by hand"})
    assert planned.plan is not None
    assert planned.plan.containers.size == 2
    assert (emptied.effect.name, emptied.offset_minutes) == ("EMPTIED", 540)
    assert emptied.at == NOW + timedelta(minutes=20)


def test_a_file_sent_again_adds_nothing(desk: Desk) -> None:
    data = table(row(units=desk.code(1)), row(units=desk.code(2)), row(units=desk.code(1)))
    _, first = desk.take(data)
    # A row that says the same again is the same event.
    assert outcomes(first) == ["stored", "stored", "repeated"]
    _, second = desk.take(data)
    assert outcomes(second) == ["repeated"] * 3
    assert [each.event_id for each in second] == [each.event_id for each in first]
    assert desk.count_events() == 2


WRONG: dict[str, tuple[dict[str, str], str, str | None]] = {
    "kind": ({"kind": "teleporting"}, "event_kind_unknown", "kind"),
    "time": ({"at": "yesterday"}, "event_field_malformed", "at"),
    "year": ({"at": "1926-03-14 09:30"}, "event_time_out_of_range", "at"),
    "code": ({"units": "XYZ"}, "code_malformed", "units.0"),
    "run": ({"units": "99999/0/0-1"}, "run_not_found", "units.0"),
    "range": ({"units": "RUN/0/5-4"}, "range_reversed", "units.0.to"),
    "nothing": ({"units": ""}, "event_units_missing", "units"),
    "site": ({"site": "Nowhere"}, "site_not_found", "site"),
    "partner": ({"partner": "Nobody"}, "partner_not_found", "partner"),
    "twins": ({"site": "Twin"}, "upload_name_ambiguous", "site"),
    "id": ({"id": "7"}, "event_field_malformed", "id"),
    "itself": (
        {"kind": "packing", "units": "CASE", "container": "CASE"},
        "event_container_in_itself",
        "container",
    ),
}


def test_wrong_rows_are_named_and_the_others_stored(desk: Desk) -> None:
    for _ in range(2):
        desk.chain.add_site(name="Twin")
    run = str(desk.chain.alice.run.id)
    rows = []
    for place, (cells, _, _) in enumerate(WRONG.values()):
        rows.append(row(units=desk.code(place)))
        spoilt = {"kind": "shipping", "units": desk.code(500), **cells}
        spoilt = {
            name: value.replace("RUN", run).replace("CASE", desk.code(0, 1))
            for name, value in spoilt.items()
        }
        rows.append(row(spoilt.pop("kind"), spoilt.pop("units"), **spoilt))
    counts, results = desk.take(table(*rows))
    assert outcomes(results) == ["stored", "refused"] * len(WRONG)
    refused = [(each.code, each.field) for each in results if each.outcome is RowOutcome.REFUSED]
    assert dict(zip(WRONG, refused, strict=True)) == {
        name: (code, field) for name, (_, code, field) in WRONG.items()
    }
    assert counts.stored == counts.refused == len(WRONG) == desk.count_events()


def test_what_contradicts_the_rest_is_flagged_once_all_is_known(desk: Desk) -> None:
    code = desk.code(7)
    counts, results = desk.take(
        table(
            # The first row is wrong because of the last one.
            row("shipping", code, at=clock(30)),
            row("receiving", desk.code(8)),
            row("storing", desk.code(9), at="2031-01-01 00:00"),
            row("selling", code, at=clock(5)),
        )
    )
    assert outcomes(results) == ["flagged", "stored", "flagged", "stored"]
    assert results[0].flags == ("after_sale",)
    assert results[2].flags == ("clock_ahead",)
    assert counts.flagged == 2
    # Sent again, the flags are told again.
    _, again = desk.take(table(row("storing", desk.code(9), at="2031-01-01 00:00")))
    assert (again[0].outcome, again[0].flags) == (RowOutcome.REPEATED, ("clock_ahead",))


def test_times_as_excel_saves_them_are_read(desk: Desk) -> None:
    """Open a table, save it: 2026-03-14 09:05 becomes 2026/3/14 9:05."""
    told = ["2026/3/14 9:05", "2026/3/14 9:05:30", "2026-3-4 19:05", "2026.3.14 09:05"]
    wrong = ["2026/13/1 9:05", "2026/3/14 24:05", "3/14/2026 9:05", "2026/3/14 9"]
    _, results = desk.take(
        table(*(row(units=desk.code(place), at=at) for place, at in enumerate([*told, *wrong])))
    )
    stored_rows, refused = results[: len(told)], results[len(told) :]
    assert [(each.code, each.field) for each in refused] == [("event_field_malformed", "at")] * 4
    with desk.database.read() as tx:
        ids = [each.event_id for each in stored_rows if each.event_id is not None]
        found = stored_events.find_events(tx, ids)
    assert [found[each].at.isoformat() for each in ids] == [
        "2026-03-14T01:05:00+00:00",
        "2026-03-14T01:05:30+00:00",
        "2026-03-04T11:05:00+00:00",
        "2026-03-14T01:05:00+00:00",
    ]


def make_documents(desk: Desk, count: int) -> list[dict[str, Any]]:
    run = desk.chain.alice.run.id
    return [
        {
            "id": str(UUID(int=(0x0197_8F3E_0000_7000_8000 << 48) | place)),
            "kind": "storing",
            "at": (NOW + timedelta(minutes=10)).isoformat(),
            "units": [{"run": run, "level": 0, "from": place % 1000, "to": place % 1000 + 1}],
        }
        for place in range(count)
    ]


def test_json_in_both_forms_is_taken_in(desk: Desk) -> None:
    native = make_documents(desk, 3)
    _, results = desk.take(json.dumps({"events": native}))
    assert outcomes(results) == ["stored"] * 3
    assert [each.row for each in results] == [1, 2, 3]
    event = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "eventTime": (NOW + timedelta(minutes=10)).isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://ex.cn/epcis/units/{desk.chain.alice.run.id}/0/5"],
    }
    document = {
        "type": "EPCISDocument",
        "epcisBody": {"eventList": [event, {**event, "type": "X"}]},
    }
    _, results = desk.take(json.dumps(document))
    assert outcomes(results) == ["stored", "refused"]
    assert (results[1].code, results[1].field) == ("epcis_type_unsupported", "type")


EPCIS: dict[str, Any] = {
    "type": "ObjectEvent",
    "action": "OBSERVE",
    "bizStep": "shipping",
    "eventTime": (NOW + timedelta(minutes=10)).isoformat(),
    "epcList": ["https://ex.cn/epcis/units/1/0/5"],
}
# What JSON can say and no program should: one row, and what it is refused for.
SPOILT: dict[str, tuple[dict[str, Any], str]] = {
    "half a character": ({"details": {"carrier": "\ud800"}}, "event_malformed"),
    "half a character in a name": ({"\ud800": 1}, "event_malformed"),
    "a number of 400 digits": ({"details": {"count": 10**399}}, "event_malformed"),
    "infinity": ({"details": {"count": 1e999}}, "event_field_malformed"),
    "a name with NUL": ({"a\0b": 1}, "field_unknown"),
    "EPCIS with half a character": (EPCIS | {"eventID": "\ud800"}, "event_malformed"),
    "EPCIS with a number of 30 digits": (EPCIS | {"ilmd": 10**30}, "event_malformed"),
    "EPCIS whose action is a list": (EPCIS | {"action": ["OBSERVE"]}, "event_field_malformed"),
    "EPCIS whose unit holds NUL": (EPCIS | {"epcList": ["a\0b"]}, "epcis_identifier_unsupported"),
}


@pytest.mark.parametrize(("spoilt", "code"), SPOILT.values(), ids=SPOILT.keys())
def test_what_cannot_be_stored_is_refused_by_its_row_alone(
    desk: Desk, spoilt: dict[str, Any], code: str
) -> None:
    before, after = make_documents(desk, 2)
    document = spoilt if "type" in spoilt else {**before, **spoilt}
    # As another program might write it: Python's own spells infinity in its own way.
    data = json.dumps([before, document, after]).replace("Infinity", "1e999")
    counts, results = desk.take(data)
    assert outcomes(results) == ["stored", "refused", "stored"]
    assert (counts.stored, counts.refused, results[1].code) == (2, 1, code)
    assert "\0" not in f"{results[1].field}{results[1].params}"


@pytest.mark.parametrize("stop_after", [0, 1, 3, 6])
def test_whoever_is_stopped_is_followed_by_somebody_who_goes_on(
    desk: Desk, stop_after: int
) -> None:
    documents = make_documents(desk, 120)
    documents[70]["kind"] = "teleporting"
    job = desk.send(json.dumps(documents))
    stopped = desk.run(job, stop_after=stop_after)
    assert stopped.state is JobState.QUEUED
    before = desk.count_events()
    assert before <= 119
    done = desk.run(job)
    assert done.state is JobState.DONE
    counts, results = desk.read(job)
    # No row is answered twice, and none "repeated" that was stored by the one before.
    assert (counts.rows, counts.stored, counts.refused) == (120, 119, 1)
    assert [each.row for each in results] == list(range(1, 121))
    assert desk.count_events() == 119


def test_a_worker_that_was_given_up_and_still_stores_costs_nobody_the_upload(desk: Desk) -> None:
    job = desk.send(json.dumps(make_documents(desk, 3)))
    scope = desk.chain.act().scope
    row = RowResult(row=1, event_id=None, outcome=RowOutcome.REFUSED, code="event_kind_unknown")

    def store(tx: Tx) -> None:
        stored.append_part(tx, scope, job.id, UploadPart(first=0, results=(row,)))

    state = overtake(desk.database, store, lambda: desk.run(job)).state
    # SQLite has one writer: there it finds at once what the other has done.
    is_alone = desk.database.dialect == "sqlite"
    assert state is (JobState.DONE if is_alone else JobState.RUNNING)
    for _ in range(20):  # half a minute without a sign of life
        desk.tick()
    assert is_alone or desk.run(job).state is JobState.DONE
    counts, _ = desk.read(job)
    assert (counts.rows, counts.refused, counts.stored) == (3, 1, 2)
    assert desk.count_events() == 2


def test_readings_get_their_turn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.take(json.dumps(make_documents(desk, 200)))
    # After each transaction, and never for longer than anybody would wait.
    assert len(desk.pauses) >= 3
    assert all(0 < each <= 0.05 for each in desk.pauses)
    monkeypatch.setattr(pacing, "_ALONE_AFTER_S", 1e-9)
    monkeypatch.setattr(pacing, "_PAUSE_RATIO_ALONE", 0)
    desk.pauses.clear()
    desk.take(json.dumps(make_documents(desk, 200)))
    assert (desk.pauses[0] > 0, set(desk.pauses[1:])) == (True, {0})


BROKEN: dict[str, tuple[str | bytes, str]] = {
    "broken": ('[{"id": 1}, {"id": ', "upload_broken"),
    "no events": ("{}", "upload_no_events"),
    "only a heading": (HEADING, "upload_no_events"),
    "a heading nobody knows": ("kind,at,colour\n", "upload_column_unknown"),
    "a heading twice": ("kind,at,kind\n", "upload_column_unknown"),
    "no time": ("kind,units\nshipping,1\n", "upload_column_missing"),
    "rubbish": (b"kind,at\n\xff\xfe\x00", "table_encoding"),
    "too many": (HEADING + "x,y\n" * 100_001, "table_rows"),
}


@pytest.mark.parametrize(("data", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_leaves_nothing(desk: Desk, data: str | bytes, code: str) -> None:
    job = desk.run(desk.send(data))
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error["code"] == code
    assert desk.count_events() == 0
    assert desk.read(job) == (UploadCounts(), [])


def test_a_file_that_breaks_off_late_leaves_nothing_either(desk: Desk) -> None:
    text = json.dumps(make_documents(desk, 300))[:-1] + ", oops]"
    job = desk.run(desk.send(text))
    assert job.error == {"code": "upload_broken", "params": {"count": 300}}
    assert desk.count_events() == 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table_empty"),
        (b"  \n", "table_empty"),
        (b"PK\x03\x04rest", "upload_type_unknown"),
        (b"%PDF-1.7", "upload_type_unknown"),
        (b"\x1f\x8brest", "upload_type_unknown"),
    ],
)
def test_what_is_no_file_of_events_is_not_even_kept(desk: Desk, data: bytes, code: str) -> None:
    with pytest.raises(InvalidError) as caught:
        desk.send(data)
    assert (caught.value.code, caught.value.field) == (code, "file")


def test_it_is_done_with_no_more_than_its_sender_may(desk: Desk) -> None:
    """A person who may not record findings does not by a file; nor a stranger of others' goods."""
    act = desk.chain.act(desk.chain.charlie)
    job = desk.send(table(row(units=desk.code(1))), act)
    assert desk.make_worker().run_next() is not None
    with desk.database.read() as tx:
        [part] = list_parts(tx, act.scope, job.id)
        with pytest.raises(NotFoundError):
            jobs.get_job(tx, desk.chain.act().scope, job.id)
        assert list_parts(tx, desk.chain.act().scope, job.id) == []
    [result] = part.results
    assert (result.outcome, result.code) == (RowOutcome.REFUSED, "unit_not_found")
    assert Permission.EVENT_WRITE.value in str(sorted(act.actor.permissions))


def test_answers_of_long_ago_are_thrown_away(desk: Desk) -> None:
    job = desk.run(desk.send(table(row(units=desk.code(1)))))
    uploader = EventUploader(
        database=desk.database,
        catalogue=Catalogue(),
        vault=desk.chain.world.vault,
        files=desk.store,
        clock=lambda: NOW + timedelta(days=6),
        entropy=make_entropy("uploading"),
    )
    uploader.clear()
    assert desk.read(job)[0].rows == 1
    with desk.database.write() as tx:
        assert stored.delete_old_parts(tx, NOW + timedelta(seconds=1), limit=10) == 1
    assert desk.read(job)[0].rows == 0
    assert desk.count_events() == 1


def test_what_fails_in_the_middle_is_completed_by_sending_it_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = json.dumps(make_documents(desk, 90))
    calls = 0
    store = capturing.store_events

    def fail_later(tx: Tx, found: Sequence[Found]) -> list[EventOutcome]:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise DomainError("database_busy")
        return store(tx, found)

    with monkeypatch.context() as patch:
        patch.setattr(uploading, "store_events", fail_later)
        job = desk.run(desk.send(data))
    assert job.state is JobState.FAILED
    before = desk.count_events()
    assert 0 < before < 90
    with desk.database.read() as tx:
        # What is stored is answered, and nothing else is.
        assert stored.count_rows(tx, desk.chain.act().scope, job.id).stored == before
    counts, _ = desk.take(data)
    assert (counts.stored, counts.repeated) == (90 - before, before)
    assert desk.count_events() == 90
