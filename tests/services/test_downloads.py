# SPDX-License-Identifier: Apache-2.0
"""Downloads of codes: each is logged; a code leaves the house only so often in one format."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories import NOW, make_act
from tests.scanning_world import Tenant, World

from trueorigin.domain.downloads import CONTINUED_WITHIN
from trueorigin.domain.errors import ConflictError, InvalidError, NotFoundError
from trueorigin.domain.ranges import RangeDraft, UnitRange
from trueorigin.domain.tenancy import Act
from trueorigin.services import access, downloads
from trueorigin.services.downloads import Taking
from trueorigin.storage import audit
from trueorigin.storage.database import Database


class Printer:
    """Somebody who takes codes of Alice's run again and again."""

    def __init__(self, database: Database) -> None:
        self.world = World(database=database)
        with database.write() as tx:
            self.tenant: Tenant = self.world.join(tx)
        self.act: Act = make_act(self.tenant.organisation)

    def take(
        self,
        file_format: str = "pdf",
        start: int | None = 0,
        stop: int | None = 100,
        *,
        act: Act | None = None,
        is_limited: bool = True,
        is_resumable: bool = False,
    ) -> None:
        taking = Taking(
            run_id=self.tenant.run.id,
            range=RangeDraft(level=0, start=start, stop=stop),
            format=file_format,
            is_limited=is_limited,
            is_resumable=is_resumable,
        )
        with self.world.database.write() as tx:
            downloads.take_codes(tx, self.world.vault, act or self.act, taking)

    def taken(self, file_format: str | None = None) -> int:
        whole = UnitRange(level=0, start=0, stop=self.tenant.run.quantity)
        with self.world.database.read() as tx:
            found = downloads.find_allowance(
                tx, self.tenant.scope, self.tenant.run.id, whole, file_format
            )
        return found.taken

    def later(self, delta: timedelta) -> Act:
        return replace(self.act, at=NOW + delta)


@pytest.fixture
def printer(database: Database) -> Printer:
    return Printer(database)


@pytest.fixture
def sqlite_printer(sqlite_database: Database) -> Printer:
    return Printer(sqlite_database)


def test_the_fourth_of_one_format_is_refused_and_logs_nothing(printer: Printer) -> None:
    for _ in range(3):
        printer.take()
    with pytest.raises(ConflictError) as refused:
        printer.take()
    assert (refused.value.code, refused.value.params) == ("downloads_used_up", {"limit": 3})
    assert printer.taken() == 3
    # Another format is another need, and other codes are other codes.
    printer.take("zpl")
    printer.take("pdf", 100, 200)
    assert (printer.taken("pdf"), printer.taken("zpl"), printer.taken("csv")) == (3, 1, 0)


def test_one_code_that_is_used_up_refuses_a_range_with_it(sqlite_printer: Printer) -> None:
    for start, stop in ((0, 50), (40, 60), (49, 70)):
        sqlite_printer.take("pdf", start, stop)
    with pytest.raises(ConflictError):
        sqlite_printer.take("pdf", 49, 50)
    sqlite_printer.take("pdf", 50, 100)
    with pytest.raises(ConflictError):
        sqlite_printer.take("pdf", None, None)


def test_who_takes_it_is_of_no_matter(sqlite_printer: Printer) -> None:
    acts = [make_act(sqlite_printer.tenant.organisation) for _ in range(4)]
    for act in acts[:3]:
        sqlite_printer.take(act=act)
    with pytest.raises(ConflictError):
        sqlite_printer.take(act=acts[3])


def test_going_on_with_a_list_is_no_further_download(printer: Printer) -> None:
    for start in (0, 0, 30, 60, 99, 0):
        printer.take("csv", start, 100, is_resumable=True)
    assert printer.taken("csv") == 1
    with printer.world.database.read() as tx:
        rows = downloads.list_downloads(
            tx, printer.tenant.scope, printer.tenant.run.id, before=None, limit=10
        )
    # All at one instant, so in no order.
    assert sorted(each.is_continued for each in rows) == [False, *[True] * 5]
    # A larger range, another credential, another format and another day are new ones.
    printer.take("csv", 0, 101, is_resumable=True)
    assert printer.taken("csv") == 2
    printer.take("csv", is_resumable=True, act=make_act(printer.tenant.organisation))
    assert printer.taken("csv") == 3
    printer.take("txt", is_resumable=True)
    assert printer.taken("txt") == 1
    with pytest.raises(ConflictError):
        printer.take("csv", is_resumable=True, act=printer.later(2 * CONTINUED_WITHIN))
    printer.take("csv", is_resumable=True, act=printer.later(CONTINUED_WITHIN / 2))


def test_a_continued_list_does_not_carry_itself_on_for_ever(sqlite_printer: Printer) -> None:
    for hours in range(0, 96, 6):
        act = sqlite_printer.later(timedelta(hours=hours))
        if hours <= 84:
            sqlite_printer.take("csv", is_resumable=True, act=act)
        else:
            with pytest.raises(ConflictError):
                sqlite_printer.take("csv", is_resumable=True, act=act)
    assert sqlite_printer.taken("csv") == 3


def test_the_command_line_is_logged_and_counted_but_not_refused(sqlite_printer: Printer) -> None:
    act = access.open_local_act(
        sqlite_printer.tenant.organisation.id,
        sqlite_printer.act.actor.role,
        at=NOW,
        entropy=sqlite_printer.act.entropy,
    )
    for _ in range(5):
        sqlite_printer.take(act=act, is_limited=False)
    assert sqlite_printer.taken() == 5
    with pytest.raises(ConflictError):
        sqlite_printer.take()


def test_an_owner_allows_more_with_a_reason(printer: Printer) -> None:
    run_id = printer.tenant.run.id
    for _ in range(3):
        printer.take()
    with printer.world.database.write() as tx:
        assert downloads.allow_more(tx, printer.act, run_id, 2, "Roll was torn") == 5
    for _ in range(2):
        printer.take()
    with pytest.raises(ConflictError):
        printer.take()
    with printer.world.database.read() as tx:
        trail = audit.list_audit(tx, printer.tenant.scope, limit=100)
    (allowed,) = (each for each in trail if each.action == "download.allow")
    assert allowed.detail["reason"] == "Roll was torn"


@pytest.mark.parametrize(("more", "reason"), [(0, "x"), (11, "x"), (1, "  ")])
def test_more_without_measure_or_reason_is_refused(
    sqlite_printer: Printer, more: int, reason: str
) -> None:
    with sqlite_printer.world.database.write() as tx, pytest.raises(InvalidError):
        downloads.allow_more(tx, sqlite_printer.act, sqlite_printer.tenant.run.id, more, reason)


def test_preparing_takes_nothing_but_obeys_the_limit(sqlite_printer: Printer) -> None:
    world, tenant = sqlite_printer.world, sqlite_printer.tenant
    taking = Taking(run_id=tenant.run.id, range=RangeDraft(level=0, start=0, stop=9), format="pdf")
    with world.database.read() as tx:
        export = downloads.prepare_codes(tx, world.vault, tenant.scope, taking)
    assert (export.start, export.stop) == (0, 9)
    assert sqlite_printer.taken() == 0
    for _ in range(3):
        sqlite_printer.take("pdf", 0, 9)
    with world.database.read() as tx, pytest.raises(ConflictError):
        downloads.prepare_codes(tx, world.vault, tenant.scope, taking)


def test_charlie_takes_nothing_of_alices(sqlite_printer: Printer) -> None:
    with sqlite_printer.world.database.write() as tx:
        charlie = sqlite_printer.world.join(tx)
    with pytest.raises(NotFoundError):
        sqlite_printer.take(act=make_act(charlie.organisation))
    assert sqlite_printer.taken() == 0
