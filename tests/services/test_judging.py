# SPDX-License-Identifier: Apache-2.0
"""Large tables are judged by a worker: killed, cancelled or hopeless, nothing half-done is left."""

import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.factories import NOW, Cast, make_act, make_entropy

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.imports import Import, ImportKind, ImportState
from trueorigin.domain.jobs import UNFINISHED_MAX, JobState
from trueorigin.domain.tenancy import Act
from trueorigin.services import catalog, importing, jobs, judging
from trueorigin.services.catalog import ProductDraft
from trueorigin.services.importing import Importer
from trueorigin.services.jobs import Worker
from trueorigin.services.judging import Judge, Upload
from trueorigin.storage import imports as stored
from trueorigin.storage.database import Database

ENTROPY = make_entropy("judging")
HEADING = "internal_number,name_en\r\n"


class Killed(BaseException):
    """What a worker meets when its process is killed."""


class Desk:
    """A worker with a clock of its own and a folder of tables."""

    def __init__(self, database: Database, act: Act, folder: Path) -> None:
        self.database, self.act, self.folder = database, act, folder
        self.at = NOW
        self.defects: list[Exception] = []
        self.pause: Callable[[float], None] = lambda _: None

    def clock(self) -> datetime:
        self.at += timedelta(seconds=2)
        return self.at

    def send(self, rows: str, kind: ImportKind = ImportKind.PRODUCTS) -> Import:
        content = io.BytesIO((HEADING + rows).encode())
        upload = Upload(kind=kind, content=content, name="goods.csv", labels={})
        return judging.order_judgement(self.database, self.act, upload, self.folder)

    def work(self) -> None:
        judge = Judge(
            database=self.database,
            folder=self.folder,
            clock=self.clock,
            entropy=ENTROPY,
            pause=self.pause,
        )
        importer = Importer(
            database=self.database, clock=self.clock, entropy=ENTROPY, pause=lambda _: None
        )
        worker = Worker(
            database=self.database,
            works={judging.KIND: judge.work, importing.KIND: importer.work},
            clock=self.clock,
            is_stopping=lambda: False,
            report_defect=lambda _, error: self.defects.append(error),
        )
        assert worker.run_next() is not None

    def load(self, found: Import) -> Import:
        with self.database.read() as tx:
            return importing.get_import(tx, self.act.scope, found.id)

    def count_waiting(self, found: Import) -> int:
        with self.database.read() as tx:
            return len(stored.list_rows(tx, self.act.scope, found.id, limit=2000))

    def die_at(self, call: int) -> None:
        """Be killed at the given pause, once."""
        calls = 0

        def pause(_: float) -> None:
            nonlocal calls
            calls += 1
            if calls == call:
                raise Killed

        self.pause = pause

    def be_killed(self, call: int) -> None:
        """Work until killed, and let so much time pass that another worker takes over."""
        self.die_at(call)
        with pytest.raises(Killed):
            self.work()
        self.at += timedelta(minutes=1)
        self.pause = lambda _: None


@pytest.fixture
def desk(database: Database, cast: Cast, tmp_path: Path) -> Desk:
    return Desk(database, make_act(cast.alice.organisation), tmp_path / "tables")


def rows_of(count: int) -> str:
    return "".join(f"N-{number},Tea\r\n" for number in range(count))


def upload_of(rows: str) -> Upload:
    content = io.BytesIO((HEADING + rows).encode())
    return Upload(kind=ImportKind.PRODUCTS, content=content, name="goods.csv", labels={})


def test_a_table_waits_unseen_until_a_worker_has_judged_it(desk: Desk) -> None:
    found = desk.send(rows_of(700))
    [path] = desk.folder.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert desk.load(found).is_ready is False
    with pytest.raises(ConflictError), desk.database.write() as tx:
        importing.confirm_import(tx, desk.act, found.id)
    desk.work()
    found = desk.load(found)
    assert (found.state, found.row_count, found.is_ready) == (ImportState.STAGED, 700, True)
    assert found.job_id is None
    assert list(desk.folder.iterdir()) == []
    with desk.database.write() as tx:
        importing.confirm_import(tx, desk.act, found.id)
    desk.work()
    assert desk.load(found).state is ImportState.VISIBLE
    assert desk.defects == []


def test_faults_are_those_of_a_table_judged_at_once(desk: Desk) -> None:
    rows = rows_of(600) + "号,Tea\r\nN-7,Tea\r\nN-601,\r\n"
    found = desk.send(rows)
    desk.work()
    found = desk.load(found)
    at_once = judging.stage_table(desk.database, desk.act, upload_of(rows))
    assert found.state is at_once.state is ImportState.REJECTED
    assert found.faults == at_once.faults
    assert found.row_count == at_once.row_count == 603
    assert desk.count_waiting(found) == 0


@pytest.mark.parametrize("call", [1, 4])
def test_a_worker_killed_while_it_keeps_rows_is_followed_by_one_that_keeps_all(
    desk: Desk, call: int
) -> None:
    found = desk.send(rows_of(500))
    desk.be_killed(call)
    assert desk.load(found).is_ready is False
    assert 0 < desk.count_waiting(found) < 500
    desk.work()
    assert desk.load(found).is_ready is True
    assert desk.count_waiting(found) == 500


def test_rows_of_a_killed_worker_go_when_the_table_is_wrong_by_now(desk: Desk) -> None:
    found = desk.send(rows_of(500))
    desk.be_killed(2)
    with desk.database.write() as tx:
        name = LocalText(zh=None, en="Tea")
        catalog.create_product(tx, desk.act, ProductDraft(name=name, internal_number="N-3"))
    desk.work()
    found = desk.load(found)
    assert found.state is ImportState.REJECTED
    assert [(each.row, each.code) for each in found.faults] == [(5, "internal_number_taken")]
    assert desk.count_waiting(found) == 0


def test_a_table_that_ends_every_worker_is_refused_in_the_end(desk: Desk) -> None:
    found = desk.send(rows_of(500))
    for _ in range(judging.TRIES_MAX):
        desk.be_killed(1)
    desk.work()
    found = desk.load(found)
    assert found.state is ImportState.REJECTED
    assert [(each.row, each.code) for each in found.faults] == [(0, "table_unreadable")]
    assert desk.count_waiting(found) == 0
    assert list(desk.folder.iterdir()) == []


def test_a_file_broken_inside_and_one_that_is_gone_say_so(desk: Desk) -> None:
    broken = desk.send(rows_of(10) + 'N-11,"never closed\r\n')
    desk.work()
    gone = desk.send(rows_of(10))
    (desk.folder / str(gone.id)).unlink()
    desk.work()
    for found, code in ((broken, "table_broken"), (gone, "table_gone")):
        assert [(each.row, each.code) for each in desk.load(found).faults] == [(0, code)]
    assert desk.defects == []


def test_what_nobody_foresaw_is_reported_and_ends_the_import(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = desk.send(rows_of(10))

    def fail(*_: object) -> None:
        raise RuntimeError("surprise")

    monkeypatch.setattr(judging, "parse_heading", fail)
    desk.work()
    assert [each.code for each in desk.load(found).faults] == ["internal"]
    assert [str(each) for each in desk.defects] == ["surprise"]


def test_giving_up_ends_the_judgement(desk: Desk) -> None:
    found = desk.send(rows_of(500))
    with desk.database.write() as tx:
        given_up = importing.discard_import(tx, desk.act, found.id)
    assert found.job_id is not None
    with desk.database.read() as tx:
        assert jobs.get_job(tx, desk.act.scope, found.job_id).state is JobState.CANCELLED
    assert given_up.state is ImportState.REJECTED
    desk.work()
    assert desk.load(found).state is ImportState.REJECTED
    assert desk.count_waiting(found) == 0


def test_what_waited_a_day_for_nothing_is_thrown_away(desk: Desk) -> None:
    old, new = desk.send(rows_of(1)), desk.send(rows_of(1))
    begun = desk.at.timestamp()
    os.utime(desk.folder / str(old.id), (begun - 90_000, begun - 90_000))
    os.utime(desk.folder / str(new.id), (begun - 80_000, begun - 80_000))
    judge = Judge(database=desk.database, folder=desk.folder, clock=desk.clock, entropy=ENTROPY)
    assert judge.clear() == 1
    assert [each.name for each in desk.folder.iterdir()] == [str(new.id)]


def test_a_refused_order_leaves_no_file(desk: Desk) -> None:
    for _ in range(UNFINISHED_MAX):
        desk.send(rows_of(1))
    with pytest.raises(InvalidError) as caught:
        desk.send(rows_of(1))
    assert caught.value.code == "jobs_too_many"
    assert len(list(desk.folder.iterdir())) == UNFINISHED_MAX
