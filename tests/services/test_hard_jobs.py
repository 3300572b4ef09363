# SPDX-License-Identifier: Apache-2.0
"""Work of which the database was away, the worker failed or the clock was wrong: none is stuck."""

import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.factories import NOW, Cast, make_act, make_entropy

from trueorigin.domain.errors import UnavailableError
from trueorigin.domain.imports import WHOLE_FILE, Import, ImportKind, ImportState
from trueorigin.domain.jobs import ABANDONED_AFTER, GIVE_UP_AFTER, Job, JobState
from trueorigin.services import importing, jobs, judging
from trueorigin.services.importing import Importer
from trueorigin.services.jobs import Progress, Work, Worker
from trueorigin.services.judging import Judge, Upload
from trueorigin.storage import imports as stored
from trueorigin.storage.database import Database
from trueorigin.storage.failures import name_failure

ENTROPY = make_entropy("hard jobs")
SECOND = timedelta(seconds=1)
TABLE = b"internal_number,name_en\r\nN-1,Tea\r\nN-2,Tea\r\n"


class Shop:
    """A worker whose clock stands still between two jobs."""

    def __init__(self, database: Database, cast: Cast, folder: Path) -> None:
        self.database, self.at, self.folder = database, NOW, folder
        self.act = make_act(cast.alice.organisation)
        tools: dict[str, Any] = {"database": database, "clock": self.clock, "entropy": ENTROPY}
        self.importer = Importer(**tools, pause=lambda _: None)
        judge = Judge(**tools, folder=folder, pause=lambda _: None)
        self.defects: list[Exception] = []
        self.works: dict[str, Work] = {
            importing.KIND: self.importer.work,
            judging.KIND: judge.work,
        }

    def clock(self) -> datetime:
        return self.at

    def order(self, work: Work) -> Job:
        """Order work of a kind of its own."""
        self.works["any"] = work
        with self.database.write() as tx:
            return jobs.order_job(tx, self.act, "any", {}, total=1)

    def work(self, after: timedelta = timedelta(0)) -> JobState | None:
        """Do the next job so much later, and return what it is then; None where none waits."""
        self.at += after
        worker = Worker(
            database=self.database,
            works=self.works,
            clock=self.clock,
            is_stopping=lambda: False,
            report_defect=lambda _, error: self.defects.append(error),
        )
        job = worker.run_next()
        if job is None:
            assert not worker.has_work()
            return None
        with self.database.read() as tx:
            return jobs.get_job(tx, self.act.scope, job.id).state

    def stage(self) -> Import:
        return judging.stage_table(self.database, self.act, self._upload(), pause=lambda _: None)

    def send(self) -> Import:
        return judging.order_judgement(self.database, self.act, self._upload(), self.folder)

    def _upload(self) -> Upload:
        content = io.BytesIO(TABLE)
        return Upload(kind=ImportKind.PRODUCTS, content=content, name="goods.csv", labels={})

    def confirm(self, found: Import) -> None:
        with self.database.write() as tx:
            importing.confirm_import(tx, self.act, found.id)

    def discard(self, found: Import) -> None:
        with self.database.write() as tx:
            importing.discard_import(tx, self.act, found.id)

    def find_failures(self, *found: Import) -> dict[UUID, Mapping[str, Any]]:
        with self.database.read() as tx:
            return importing.find_failures(tx, self.act.scope, [each.id for each in found])

    def load(self, found: Import) -> Import:
        with self.database.read() as tx:
            return importing.get_import(tx, self.act.scope, found.id)


@pytest.fixture
def shop(database: Database, cast: Cast, tmp_path: Path) -> Shop:
    return Shop(database, cast, tmp_path / "tables")


def fail_once(patch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    """Have one function of the storage of imports fail at its next call."""
    function: Callable[..., object] = getattr(stored, name)

    def fail(*_: object, **__: object) -> object:
        patch.setattr(stored, name, function)
        raise error

    patch.setattr(stored, name, fail)


def fail_to_reveal(shop: Shop, patch: pytest.MonkeyPatch, found: Import) -> None:
    """Let the work of a confirmed import fail for good, at its last step."""
    shop.confirm(found)
    fail_once(patch, "reveal_import", ZeroDivisionError())
    assert shop.work() is JobState.FAILED


def be_away(_: Job, __: Progress) -> None:
    raise UnavailableError("database_unreachable")


def test_only_what_passes_by_itself_is_waited_for() -> None:
    for passing in (psycopg.errors.DeadlockDetected(), psycopg.errors.AdminShutdown()):
        assert isinstance(name_failure(passing), UnavailableError)
    for lasting in (psycopg.errors.DataCorrupted(), psycopg.errors.UniqueViolation()):
        assert not isinstance(name_failure(lasting), UnavailableError)


def test_work_that_met_no_database_is_taken_up_again(shop: Shop) -> None:
    shop.order(be_away)
    assert shop.work() is JobState.RUNNING
    assert shop.work(ABANDONED_AFTER) is None
    shop.works["any"] = lambda _, __: None
    assert shop.work(SECOND) is JobState.DONE


def test_work_that_met_no_database_for_an_hour_has_failed(shop: Shop) -> None:
    job = shop.order(be_away)
    assert shop.work() is JobState.RUNNING
    assert shop.work(GIVE_UP_AFTER - SECOND) is JobState.RUNNING
    assert shop.work(ABANDONED_AFTER + SECOND) is JobState.FAILED
    with shop.database.read() as tx:
        error = jobs.get_job(tx, shop.act.scope, job.id).error
    assert error == {"code": "database_unreachable", "params": {}}
    assert shop.work(GIVE_UP_AFTER) is None


def test_an_import_that_met_a_busy_database_goes_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.stage()
    shop.confirm(found)
    fail_once(monkeypatch, "append_products", UnavailableError("database_busy"))
    assert shop.work() is JobState.RUNNING
    assert shop.load(found).state is ImportState.STAGED
    assert shop.work(ABANDONED_AFTER + SECOND) is JobState.DONE
    assert shop.load(found).state is ImportState.VISIBLE


def test_a_table_is_not_rejected_because_the_database_was_busy(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.send()
    for _ in range(judging.TRIES_MAX + 1):
        fail_once(monkeypatch, "append_rows", UnavailableError("database_busy"))
        assert shop.work(ABANDONED_AFTER + SECOND) is JobState.RUNNING
    assert shop.work(ABANDONED_AFTER + SECOND) is JobState.DONE
    judged = shop.load(found)
    assert (judged.state, judged.is_ready, judged.fault_count) == (ImportState.STAGED, True, 0)


def test_an_import_whose_work_failed_gives_its_numbers_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.stage()
    fail_to_reveal(shop, monkeypatch, found)
    assert len(shop.defects) == 1
    shop.importer.give_up()
    assert shop.load(found).state is ImportState.STAGED
    shop.at += timedelta(hours=2)
    shop.importer.give_up()
    given_up = shop.load(found)
    assert given_up.state is ImportState.REJECTED
    assert [(each.row, each.code) for each in given_up.faults] == [(WHOLE_FILE, "internal")]
    assert shop.work() is JobState.DONE
    again = shop.stage()
    assert again.is_ready
    shop.confirm(again)
    assert shop.work() is JobState.DONE
    assert shop.load(again).state is ImportState.VISIBLE


def test_an_import_whose_work_failed_says_so_at_once_and_can_be_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, other = shop.stage(), shop.stage()
    assert shop.find_failures(found, other) == {}
    shop.confirm(found)
    assert shop.find_failures(found, other) == {}
    fail_once(monkeypatch, "reveal_import", ZeroDivisionError())
    assert shop.work() is JobState.FAILED
    assert shop.find_failures(found, other) == {found.id: {"code": "internal", "params": {}}}
    failed = shop.load(found).job_id
    shop.confirm(found)
    again = shop.load(found).job_id
    assert again != failed
    shop.confirm(found)
    assert shop.load(found).job_id == again
    assert shop.find_failures(found, other) == {}
    assert shop.work() is JobState.DONE
    assert shop.load(found).state is ImportState.VISIBLE


def test_nobody_is_told_of_what_failed_at_another_organisation(
    shop: Shop, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.stage()
    fail_to_reveal(shop, monkeypatch, found)
    charlie = make_act(cast.charlie.organisation)
    with shop.database.read() as tx:
        assert importing.find_failures(tx, charlie.scope, [found.id]) == {}


def test_an_import_that_has_just_failed_is_not_given_up_for_its_age(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.stage()
    shop.at += timedelta(days=1)
    fail_to_reveal(shop, monkeypatch, found)
    shop.importer.give_up()
    assert shop.load(found).state is ImportState.STAGED


def test_what_could_not_be_cleared_away_is_cleared_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.stage()
    fail_to_reveal(shop, monkeypatch, found)
    shop.discard(found)
    fail_once(monkeypatch, "delete_products", ZeroDivisionError())
    assert shop.work() is JobState.FAILED
    assert not shop.stage().is_ready
    shop.at += timedelta(hours=2)
    shop.importer.give_up()
    shop.importer.give_up()
    assert shop.work() is JobState.DONE
    assert shop.work() is None
    assert shop.stage().is_ready
    shop.at += timedelta(hours=2)
    shop.importer.give_up()
    assert shop.work() is not JobState.DONE


def test_what_a_worker_with_a_wrong_clock_left_is_not_stuck(shop: Shop) -> None:
    shop.order(be_away)
    assert shop.work(timedelta(days=365)) is JobState.RUNNING
    shop.works["any"] = lambda _, __: None
    assert shop.work(timedelta(days=-365)) is JobState.DONE


def test_a_clock_that_is_set_back_under_a_worker_costs_it_nothing(shop: Shop) -> None:
    def count(_: Job, progress: Progress) -> None:
        shop.at -= timedelta(days=1)
        progress.advance(1)
        heartbeat = progress.job.heartbeat_at
        assert heartbeat == shop.at
        progress.keep(1, {})
        assert progress.job.heartbeat_at != heartbeat

    shop.order(count)
    assert shop.work() is JobState.DONE
