# SPDX-License-Identifier: Apache-2.0
"""Tables taken over whole or not at all: faults by row, nothing early, nobody waits."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from openpyxl import Workbook
from tests.factories import NOW, Cast, make_entropy, make_gtin, make_organisation, scope_of
from tests.same_instant import meet_at

from trueorigin.adapters import tables
from trueorigin.domain.errors import ConflictError, InvalidError, NotFoundError
from trueorigin.domain.imports import Import, ImportKind, ImportState
from trueorigin.domain.jobs import Job, JobState
from trueorigin.domain.tenancy import Act, Actor, Organisation, Role
from trueorigin.services import catalog, importing, jobs, judging, pacing
from trueorigin.services.importing import Importer
from trueorigin.services.jobs import Worker
from trueorigin.services.judging import Upload
from trueorigin.storage import accounts, catalog as stored_catalog
from trueorigin.storage.database import Database

HEADING = "gtin,internal_number,name_zh,name_en,category\r\n"
ENTROPY = make_entropy("importing")


def act_for(organisation: Organisation) -> Act:
    actor = Actor(
        organisation_id=organisation.id, role=Role.MANUFACTURER, credential_id=organisation.id
    )
    return Act(scope=scope_of(organisation), actor=actor, at=NOW, entropy=ENTROPY)


def stage(
    database: Database,
    act: Act,
    data: bytes | str,
    kind: ImportKind = ImportKind.PRODUCTS,
    **labels: str,
) -> Import:
    content = io.BytesIO(data.encode() if isinstance(data, str) else data)
    upload = Upload(kind=kind, content=content, name="goods.csv", labels=labels)
    return judging.stage_table(database, act, upload, pause=lambda _: None)


def xlsx(rows: Sequence[Sequence[Any]], merged: str | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    if merged:
        book.active.merge_cells(merged)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def make_worker(database: Database, pauses: list[float]) -> Worker:
    at = NOW

    def tick() -> datetime:
        nonlocal at
        at += timedelta(seconds=2)
        return at

    importer = Importer(database=database, clock=tick, entropy=ENTROPY, pause=pauses.append)
    defects: list[Exception] = []
    return Worker(
        database=database,
        works={importing.KIND: importer.work},
        clock=tick,
        is_stopping=lambda: False,
        report_defect=lambda _, error: defects.append(error),
    )


def work_once(worker: Worker) -> None:
    """Do one job; of workers who ask at the same instant one is told that there is none."""
    while worker.run_next() is None:
        pass


def confirm(database: Database, act: Act, found: Import) -> Import:
    with database.write() as tx:
        return importing.confirm_import(tx, act, found.id)


def load(database: Database, act: Act, found: Import) -> Import:
    with database.read() as tx:
        return importing.get_import(tx, act.scope, found.id)


def finish(database: Database, act: Act, found: Import) -> Import:
    confirm(database, act, found)
    worker = make_worker(database, [])
    job = worker.run_next()
    assert job is not None
    assert job_of(database, act, job).state is JobState.DONE
    return load(database, act, found)


def job_of(database: Database, act: Act, job: Job) -> Job:
    with database.read() as tx:
        return jobs.get_job(tx, act.scope, job.id)


def names(database: Database, act: Act) -> list[str]:
    with database.read() as tx:
        found = catalog.list_products(tx, act.scope, after=None, limit=1000)
    return [each.name.pick("en") for each in found]


def codes(found: Import) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in found.faults]


def file_refusal(data: bytes) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        list(tables.read_table(io.BytesIO(data)))
    assert caught.value.field == "file"
    return caught.value


def test_products_are_hidden_until_they_are_moved_and_then_all_there(
    database: Database, cast: Cast
) -> None:
    act = act_for(cast.alice.organisation)
    before = names(database, act)
    rows = "".join(f",N-{number},茶,Tea {number},\r\n" for number in range(150))
    found = stage(database, act, HEADING + rows)
    assert (found.state, found.row_count, found.is_ready) == (ImportState.STAGED, 150, True)
    assert names(database, act) == before
    found = finish(database, act, found)
    assert found.state is ImportState.VISIBLE
    assert len(names(database, act)) == len(before) + 150


def test_a_hundred_thousand_rows_with_ten_bad_store_nothing(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    bad = set(range(5_000, 100_000, 10_000))
    rows = [f",{'号' if number in bad else 'N'}-{number},,Tea,\r\n" for number in range(2, 100_002)]
    found = stage(database, act, HEADING + "".join(rows))
    assert found.state is ImportState.REJECTED
    assert found.fault_count == 10
    assert {each.row for each in found.faults} == bad
    assert {each.column for each in found.faults} == {"internal_number"}
    with pytest.raises(ConflictError):
        confirm(database, act, found)


def test_one_row_more_is_refused() -> None:
    data = HEADING + ",N,,Tea,\r\n" * 100_001
    assert file_refusal(data.encode()).code == "table_rows"


def test_somebody_elses_gtin_and_ones_own_are_named_by_row(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    data = (
        HEADING + f"{cast.charlie.product.gtin},,,Theirs,\r\n{cast.alice.product.gtin},,,Ours,\r\n"
    )
    found = stage(database, act, data)
    assert codes(found) == [(2, "gtin", "gtin_taken"), (3, "gtin", "gtin_registered")]


def test_the_same_number_twice_in_a_file_names_the_first_row(
    database: Database, cast: Cast
) -> None:
    act = act_for(cast.alice.organisation)
    found = stage(database, act, HEADING + ",N-1,,Tea,\r\n,N-2,,Tea,\r\n\r\n,N-1,,Tea,\r\n")
    assert codes(found) == [(5, "internal_number", "import_duplicate")]
    assert found.faults[0].params["first"] == 2


def batch_table(cast: Cast, *rows: str) -> str:
    lines = [f"{cast.alice.product.gtin},{row}\r\n" for row in rows]
    return "gtin,lot,produced_on,expires_on,material_2_name,material_2_supplier\r\n" + "".join(
        lines
    )


def test_batches_find_their_product_and_keep_their_materials(
    database: Database, cast: Cast
) -> None:
    act = act_for(cast.alice.organisation)
    data = batch_table(cast, "L-1,2026/3/4,2027-03-04,Leaves,Garden")
    finish(database, act, stage(database, act, data, ImportKind.BATCHES))
    with database.read() as tx:
        found = catalog.list_batches(tx, act.scope, product_id=None, after=None, limit=100)
    batch = next(each for each in found if each.lot == "L-1")
    assert batch.product_id == cast.alice.product.id
    assert str(batch.produced_on) == "2026-03-04"
    assert batch.origin.materials[0].supplier == "Garden"


def test_a_lot_twice_inside_a_file_or_stored_already_is_refused(
    database: Database, cast: Cast
) -> None:
    act = act_for(cast.alice.organisation)
    data = batch_table(cast, "L-1,,,,", "L-1,,,,", f"{cast.alice.batch.lot},,,,")
    found = stage(database, act, data, ImportKind.BATCHES)
    assert codes(found) == [(3, "lot", "import_duplicate"), (4, "lot", "lot_taken")]


def test_batches_of_another_organisations_product_are_of_no_product(
    database: Database, cast: Cast
) -> None:
    act = act_for(cast.charlie.organisation)
    found = stage(database, act, batch_table(cast, "L-1,,,,"), ImportKind.BATCHES)
    assert codes(found) == [(2, "gtin", "import_product_unknown")]


def test_every_fault_of_a_row_is_reported_in_its_column(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    data = batch_table(cast, "L 1,2026-02-30,1850-01-01,,Garden")
    found = stage(database, act, data, ImportKind.BATCHES)
    assert {(column, code) for _, column, code in codes(found)} == {
        ("lot", "gs1_characters"),
        ("produced_on", "date_malformed"),
        ("expires_on", "date_implausible"),
        ("material_2_name", "text_blank"),
    }


def test_headings_may_be_words_of_any_language(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    found = stage(database, act, "编号;Name\r\nN-1;Tea\r\n", 编号="internal_number", name="name_en")
    assert found.state is ImportState.STAGED


def test_unknown_repeated_and_missing_headings_are_reported(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    found = stage(database, act, "gtin,gtin,colour\r\n1,2,3\r\n")
    assert [each.code for each in found.faults] == [
        "import_column_twice",
        "import_column_unknown",
        "import_column_missing",
    ]


def test_another_organisations_import_is_not_found(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    found = stage(database, act, HEADING + ",N-1,,Tea,\r\n")
    charlie = act_for(cast.charlie.organisation)
    for step in (importing.confirm_import, importing.discard_import):
        with pytest.raises(NotFoundError), database.write() as tx:
            step(tx, charlie, found.id)


def test_a_number_taken_meanwhile_rejects_all_and_frees_every_gtin(
    database: Database, cast: Cast
) -> None:
    act, charlie = act_for(cast.alice.organisation), act_for(cast.charlie.organisation)
    gtins = [make_gtin(f"0690888{number:06}") for number in range(60)]
    rows = "".join(f"{gtin},,,Tea,\r\n" for gtin in gtins)
    found = stage(database, act, HEADING + rows)
    draft = catalog.ProductDraft(name=cast.alice.product.name, gtin=gtins[50])
    with database.write() as tx:
        catalog.create_product(tx, charlie, draft)
    before = names(database, act)
    found = finish(database, act, found)
    assert found.state is ImportState.REJECTED
    assert codes(found) == [(52, "gtin", "gtin_taken")]
    assert names(database, act) == before
    with database.write() as tx:
        other = catalog.ProductDraft(name=cast.alice.product.name, gtin=gtins[0])
        catalog.create_product(tx, charlie, other)


class Killed(BaseException):
    """What a worker meets when its process is killed."""


def test_a_worker_killed_in_between_shows_nothing_and_the_next_one_goes_on(
    database: Database, cast: Cast
) -> None:
    act = act_for(cast.alice.organisation)
    before = names(database, act)
    found = stage(database, act, HEADING + "".join(f",N-{n},,Tea,\r\n" for n in range(100)))
    confirm(database, act, found)
    calls = 0

    def die(_: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Killed

    first = make_worker(database, [])
    killed = Importer(database=database, clock=first.clock, entropy=ENTROPY, pause=die)
    broken = Worker(
        database=database,
        works={importing.KIND: killed.work},
        clock=first.clock,
        is_stopping=lambda: False,
        report_defect=first.report_defect,
    )
    with pytest.raises(Killed):
        broken.run_next()
    assert names(database, act) == before
    assert load(database, act, found).state is ImportState.STAGED
    for _ in range(30):  # half a minute without a sign of life
        first.clock()
    assert first.run_next() is not None
    assert load(database, act, found).state is ImportState.VISIBLE
    assert len(names(database, act)) == len(before) + 100


def test_of_two_tables_with_the_same_goods_in_opposite_order_one_is_taken_over(
    database: Database, cast: Cast
) -> None:
    gtins = [make_gtin(f"095212340070{number}") for number in range(3)]
    lines = [f"{gtin},,,Tea,\r\n" for gtin in gtins]
    dora = make_organisation()
    with database.write() as tx:
        accounts.append_organisation(tx, dora)
    tables = []
    for tenant, rows in ((cast.alice, lines), (cast.charlie, lines[::-1])):
        act = act_for(tenant.organisation)
        found = stage(database, act, HEADING + "".join(rows))
        confirm(database, act, found)
        tables.append((act, found))
    # Both have one of the outer GTINs when they come to the middle one.
    meet_at(
        database,
        lambda tx: stored_catalog.claim_gtin(tx, scope_of(dora), gtins[1]),
        [partial(work_once, make_worker(database, [])) for _ in tables],
    )
    ends = [load(database, act, found) for act, found in tables]
    assert {each.state for each in ends} == {ImportState.VISIBLE, ImportState.REJECTED}
    assert {fault.code for each in ends for fault in each.faults} == {"gtin_taken"}


def test_a_discarded_import_leaves_no_row(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    found = stage(database, act, HEADING + ",N-1,,Tea,\r\n")
    with database.write() as tx:
        importing.discard_import(tx, act, found.id)
    assert make_worker(database, []).run_next() is not None
    assert load(database, act, found).state is ImportState.REJECTED
    again = stage(database, act, HEADING + ",N-1,,Tea,\r\n")
    assert finish(database, act, again).state is ImportState.VISIBLE


def test_interrupted_and_forgotten_tables_are_given_up(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    found = stage(database, act, HEADING + ",N-1,,Tea,\r\n")
    for days, state in ((6, ImportState.STAGED), (8, ImportState.REJECTED)):
        at = NOW + timedelta(days=days)
        clock = partial(datetime.fromtimestamp, at.timestamp(), UTC)
        Importer(database=database, clock=clock, entropy=ENTROPY).give_up()
        assert load(database, act, found).state is state


def test_no_transaction_takes_more_rows_than_its_bound_and_others_get_a_turn_after_each(
    database: Database, cast: Cast
) -> None:
    act, count = act_for(cast.alice.organisation), 3000
    rows = "".join(f",N-{number},,Tea,\r\n" for number in range(count))
    content = io.BytesIO((HEADING + rows).encode())
    upload = Upload(kind=ImportKind.PRODUCTS, content=content, name="goods.csv", labels={})
    staging: list[float] = []
    found = judging.stage_table(database, act, upload, pause=staging.append)
    confirm(database, act, found)
    moving: list[float] = []
    make_worker(database, moving).run_next()
    assert load(database, act, found).state is ImportState.VISIBLE
    for pauses in (staging, moving):
        assert count / pacing.ROWS_MOST <= len(pauses) <= count / pacing.ROWS_LEAST
        assert min(pauses) > 0


def test_formulas_and_error_cells_are_refused_by_row_with_the_cell_named() -> None:
    data = xlsx([("internal_number", "name_en"), ("N-1", "=1+1"), (6901234567892, "Tea")])
    rows = list(tables.read_table(io.BytesIO(data)))
    assert rows[1].faults[0][1].code == "table_formula"
    assert rows[1].faults[0][1].params["cell"] == "B2"
    assert rows[2].cells == ("6901234567892", "Tea")


def test_merged_cells_are_refused_by_name() -> None:
    refusal = file_refusal(xlsx([("a", "b"), ("c", "d")], merged="A2:B2"))
    assert (refusal.code, refusal.params["cells"]) == ("table_merged", "A2:B2")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_told_apart(encoding: str, delimiter: str) -> None:
    data = f"品名{delimiter}规格\n龙井{delimiter}250 克\n".encode(encoding)
    rows = [row.cells for row in tables.read_table(io.BytesIO(data))]
    assert rows == [("品名", "规格"), ("龙井", "250 克")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table_empty"),
        (b"\r\n\r\n", "table_empty"),
        ("a,b".encode("utf-16"), "table_encoding"),
        (b"caf\xe9,1\n", "table_encoding"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "table_encoding"),
        (b'a,"b\n', "table_broken"),
        (b"PK\x03\x04 no archive", "table_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "table_broken"),
        (b"a," * 61 + b"a\n", "table_columns"),
        (b"a" * (16 * 2**20 + 1), "table_too_large"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, code: str) -> None:
    assert file_refusal(data).code == code


@pytest.mark.parametrize("at", [tables.ROWS_MAX + 2, tables.ROWS_MAX + 500, 2**20, 10**9])
def test_a_row_behind_more_blank_ones_than_a_table_may_have_is_not_left_out(at: int) -> None:
    """It is refused: a table is taken over whole or not at all."""
    if at < 10**9:
        lines = "a,b\n" + "\n" * (at - 2)
        assert [row.cells for row in tables.read_table(io.BytesIO(lines.encode()))] == [("a", "b")]
        assert file_refusal(f"{lines}c,d\n".encode()).code == "table_rows"
    parts = {
        name: zipfile.ZipFile(io.BytesIO(xlsx([("a", "b"), ("c", "d")]))).read(name)
        for name in zipfile.ZipFile(io.BytesIO(xlsx([("a", "b"), ("c", "d")]))).namelist()
    }
    sheet = "xl/worksheets/sheet1.xml"
    # Rows and cells of which nothing says where they are follow one another.
    parts[sheet] = re.sub(rb'(<c) r="[A-Z]+2"', rb"\1", parts[sheet]).replace(
        b'<row r="2"', b'<row r="%d"' % at
    )
    assert b'<row r="%d"' % at in parts[sheet]
    assert file_refusal(archive(parts)).code == "table_rows"


def archive(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    data = archive({"xl/workbook.xml": b"<a/>", "xl/media/bomb.bin": bytes(2**25)})

    def refuse_to_unpack(*_arguments: object, **_options: object) -> None:
        raise AssertionError

    monkeypatch.setattr(zipfile.ZipFile, "open", refuse_to_unpack)
    assert file_refusal(data).code == "table_bomb"


def test_a_cell_of_a_megabyte_is_a_fault_of_its_row(database: Database, cast: Cast) -> None:
    act = act_for(cast.alice.organisation)
    found = stage(database, act, f"internal_number,name_en\r\nN-1,Tea\r\nN-2,{'x' * 2**20}\r\n")
    assert codes(found) == [(3, "name_en", "text_too_long")]


def test_xml_with_entities_of_its_own_is_refused() -> None:
    lol = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    assert file_refusal(archive({"xl/workbook.xml": lol})).code == "table_broken"


def test_written_cells_never_run_and_come_back_as_text() -> None:
    starts = ("=1+1", " @A1", "\n=1", "\uff1d1")
    written = tables.write_csv([(start, "a") for start in starts]).decode("utf-8-sig")
    assert [cell for cell, _ in csv.reader(io.StringIO(written, newline=""))] == [
        f"'{start}" for start in starts
    ]
    data = tables.write_xlsx("t", [("gtin", "=1+1"), ("0690", "x")])
    rows = [row.cells for row in tables.read_table(io.BytesIO(data))]
    assert rows == [("gtin", "=1+1"), ("0690", "x")]
