"""A stream of every table restores on either database, whole or not at all."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from tests.chain_makers import RUN, case, declare, item, make_site, make_territory, pack
from tests.factories import (
    NOW,
    Cast,
    Tenant,
    later,
    make_act,
    make_api_key,
    make_cast,
    make_fact,
    make_id,
    make_recall,
    make_run,
    make_scan,
)

from trueorigin.domain.errors import ConflictError, DomainError, InvalidError
from trueorigin.domain.inspections import Inspection, InspectionResult, Note, NoteKind
from trueorigin.domain.packing import Span
from trueorigin.domain.partners import Partnership
from trueorigin.domain.remits import Remit
from trueorigin.domain.units import unit_key
from trueorigin.storage import (
    accounts,
    audit,
    catalog,
    counting,
    events,
    idempotency,
    inspections,
    partners,
    presence,
    remits,
    retention,
    scans,
    schema,
    sites,
    snapshot,
    ssccs,
    territories,
    units,
)
from trueorigin.storage.accounts import Installation
from trueorigin.storage.counting import NewDevice
from trueorigin.storage.database import Database, Tx, migrate
from trueorigin.storage.presence import Basis, Seen
from trueorigin.storage.schema import metadata


def _fill(tx: Tx) -> Cast:
    """Put at least one row into every table, with the values that are hard to carry."""
    cast = make_cast(tx)
    alice = cast.alice
    accounts.append_installation(
        tx, Installation(instance=make_id(), key_check=bytes(range(256)), created_at=NOW)
    )
    key = make_api_key(alice.organisation, label="\n\t\\N \"'\u2028 真源 🍶")
    accounts.append_api_key(tx, alice.scope, key, b"\x00" * 32)
    catalog.append_public_host(tx, "t.example", NOW)
    catalog.append_public_host(tx, "T.example", NOW)
    catalog.append_public_host(tx, "ä.example", NOW)
    ssccs.reserve_sscc(tx, alice.scope, "690123", 42, 1000)
    run = make_run(alice.batch, id=99, ordinal=99, gs1_prefix="690123", sscc_first=(0, None))
    catalog.append_run(tx, alice.scope, run)
    recall = make_recall(alice.batch, instruction=None)
    units.append_recall(tx, alice.scope, recall)
    units.append_range_fact(tx, alice.scope, make_fact(run, 1, 999, recall_id=recall.id))
    rows = [
        make_scan(unit_key(99, 0, n), at=later(days=45 * (n % 3)), device=-(2**63) + n)
        for n in range(2500)
    ]
    scans.append_scans(tx, rows)
    devices = (NewDevice(unit_key=1, device=n, at=NOW, place=None) for n in (2**63 - 1, -(2**63)))
    counting.count_devices(tx, list(devices))
    scans.append_not_issued(tx, {(1, -1, ""): 1, (1, -1, "A1CE"): 2})
    idempotency.reserve_key(tx, alice.scope, "k", "r", b"h", NOW)
    idempotency.store_answer(tx, alice.scope, "k", 200, b"")
    audit.append_audit(tx, make_act(alice.organisation), "a.b", "c", {"z": 1, "aa": [None, "酒"]})
    _fill_console(tx, alice)
    _fill_chain(tx, cast)
    return cast


def _fill_chain(tx: Tx, cast: Cast) -> None:
    """Put rows into every table of the chain."""
    alice, charlie = cast.alice, cast.charlie
    packed = pack(NOW, case(1), item(1), Span(RUN, 0, 5, 9), details={"vehicle": "京A·12345"})
    events.append_events(tx, [packed])
    events.append_declarations(tx, [declare(packed)])
    events.mark_runs(tx, [alice.run.id])
    finding = Inspection(
        event_id=packed.id,
        authority_id=charlie.organisation.id,
        owner_id=alice.organisation.id,
        span=Span(RUN, 0, 5, 9),
        result=InspectionResult.CONFORMS,
        at=NOW,
        recorded_at=NOW,
    )
    inspections.append_inspections(tx, [finding])
    remits.write_remit(tx, charlie.scope, Remit(categories=("白酒",)), NOW)
    seen = Seen(cell=1, product_id=alice.product.id, organisation_id=alice.scope)
    presence.append_presence(tx, Basis.READ, [seen])
    presence.write_mark(tx, 20_000)
    note = Note(
        id=make_id(),
        event_id=finding.event_id,
        kind=NoteKind.ANSWER,
        organisation_id=alice.scope,
        at=NOW,
        text="我们已召回",
    )
    inspections.append_note(tx, alice.scope, note)
    link = Partnership(
        organisation_id=alice.scope,
        partner_id=charlie.organisation.id,
        may_bring=True,
        created_at=NOW,
    )
    partners.put_partnership(tx, alice.scope, link)
    sites.append_site(tx, alice.scope, make_site(alice.organisation, gln="9501101530003"))
    region = make_territory(alice.organisation)
    territories.append_territory(tx, alice.scope, region)
    values = {
        "unit_key": item(1),
        "scan_id": make_id(),
        "organisation_id": alice.scope,
        "territory_id": region.id,
        "event_id": packed.id,
        "at": NOW,
        "place": "31.2,121.5",
        "km": 40,
    }
    tx.execute(sa.insert(schema.diversion).values(**values))


def _fill_console(tx: Tx, alice: Tenant) -> None:
    """Put a row into every table of the console."""
    own = {"organisation_id": alice.scope, "created_at": NOW}
    person = make_id()
    dated: dict[str, object] = {"created_at": NOW, "id": person}
    rows: list[tuple[sa.Table, dict[str, object]]] = [
        (schema.person, {**dated, "email": "a@b.example", "name": "艾丽", "password_hash": "$"}),
        (schema.membership, {**own, "person_id": person, "role": "owner"}),
        (
            schema.session,
            {
                **own,
                "id": make_id(),
                "person_id": person,
                "secret_hash": b"\xff\x00",
                "seen_at": NOW,
                "expires_at": NOW,
                "device_label": "",
            },
        ),
        (
            schema.device,
            {
                **own,
                "id": make_id(),
                "kind": "field",
                "profile": "packer",
                "label": "2 号线 \u2028",
                "person_id": person,
                "enrol_hash": b"\x00\xff",
                "enrol_expires_at": NOW,
            },
        ),
        (
            schema.sign_in_failure,
            {"bucket": b"\x00\xff", "failures": 1, "first_at": NOW, "blocked_until": NOW},
        ),
        (
            schema.file,
            {
                **own,
                "id": make_id(),
                "sha256": bytes(32),
                "media_type": "image/png",
                "bytes": 1,
                "name": "真.png",
            },
        ),
    ]
    for table, values in rows:
        tx.execute(sa.insert(table).values(**values))
    _fill_work(tx, alice)


def _fill_work(tx: Tx, alice: Tenant) -> None:
    """Put a row into every table of the background, of imports and of figures."""
    own = {"organisation_id": alice.scope, "created_at": NOW}
    import_id = make_id()
    job_id = make_id()
    rows: list[tuple[sa.Table, dict[str, object]]] = [
        (
            schema.job,
            {
                **own,
                "id": job_id,
                "kind": "labels",
                "params": {"a": [1]},
                "state": "done",
                "done": 2**40,
                "total": 2**40,
            },
        ),
        (
            schema.code_download,
            {
                "id": make_id(),
                "organisation_id": alice.scope,
                "run_id": alice.run.id,
                "level": 0,
                "start": 0,
                "stop": 2**32,
                "format": "pdf",
                "at": NOW,
            },
        ),
        (
            schema.import_batch,
            {
                **own,
                "id": import_id,
                "kind": "products",
                "name": "a.csv",
                "state": "visible",
                "row_count": 1,
            },
        ),
        (
            schema.event_upload_part,
            {
                "job_id": job_id,
                "first": 0,
                "organisation_id": own["organisation_id"],
                **dict.fromkeys(("rows", "stored"), 1),
                **dict.fromkeys(("repeated", "flagged", "refused", "is_judged"), 0),
                "results": [[2, None, "stored", [], None, None, None]],
            },
        ),
        (schema.import_row, {"import_id": import_id, "row": 2, "payload": {"name": "酒"}}),
        (
            schema.reading_figure,
            {"run_id": 99, "day": 0, "place": "", "verdict": 1, "readings": 1, "devices": 1},
        ),
    ]
    for table, values in rows:
        tx.execute(sa.insert(table).values(**values))


def _ignore(_table: str, _rows: int) -> None:
    """Show no progress."""


def _dump(database: Database) -> list[bytes]:
    with database.read() as tx:
        return list(snapshot.dump(tx, _ignore))


def _load(database: Database, lines: list[bytes]) -> list[snapshot.TableSummary]:
    with database.write() as tx:
        return snapshot.load(tx, lines, _ignore)


def _remake(row: list[object]) -> bytes:
    return orjson.dumps(row) + b"\n"


def test_every_table_is_filled_by_these_tests(database: Database) -> None:
    with database.write() as tx:
        _fill(tx)
        for name, table in metadata.tables.items():
            assert tx.execute(sa.select(table).limit(1)).first() is not None, name


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param("sqlite_database", "postgres_database", id="SQLite to PostgreSQL"),
        pytest.param("postgres_database", "sqlite_database", id="PostgreSQL to SQLite"),
    ],
)
def test_a_snapshot_restores_into_the_other_database(
    request: pytest.FixtureRequest, source: str, target: str
) -> None:
    origin, copy = request.getfixturevalue(source), request.getfixturevalue(target)
    with origin.write() as tx:
        cast = _fill(tx)
    lines = _dump(origin)
    summaries = _load(copy, lines)
    # The copy gives the very same stream, so nothing was lost, changed or put in another order.
    assert _dump(copy) == lines
    assert {each.name for each in summaries} == set(metadata.tables)
    assert next(each.rows for each in summaries if each.name == "scan") == 2500
    with copy.write() as tx:
        product = cast.alice.product
        assert catalog.get_product(tx, cast.alice.scope, product.id) == product
        # Numbers go on where they were.
        assert catalog.next_run_id(tx) == cast.charlie.run.id + 1
        assert ssccs.reserve_sscc(tx, cast.alice.scope, "690123", 1, 1000) == 42


def test_restored_readings_lie_in_their_partitions(
    sqlite_database: Database, postgres_database: Database
) -> None:
    with sqlite_database.write() as tx:
        _fill(tx)
    _load(postgres_database, _dump(sqlite_database))
    with postgres_database.read() as tx:
        assert tx.run("SELECT count(*) FROM scan_default") == [(0,)]
        months = ["scan_202603", "scan_202604", "scan_202605", "scan_202606"]
        assert retention.list_partitions(tx) == months


def test_an_empty_database_restores_empty(sqlite_database: Database, tmp_path: Path) -> None:
    copy = Database.open(None, tmp_path / "copy")
    migrate(copy)
    lines = _dump(sqlite_database)
    assert all(each.rows == (each.name == "run_counter") for each in _load(copy, lines))
    assert _dump(copy) == lines
    copy.close()


def test_a_snapshot_is_one_instant(database: Database) -> None:
    with database.read() as tx:
        stream = snapshot.dump(tx, _ignore)
        first = [next(stream)]
        with database.write() as other:
            make_cast(other)
        lines = first + list(stream)
    assert not any(b"Distillery" in line for line in lines)


def test_progress_is_told_by_table(database: Database) -> None:
    with database.write() as tx:
        _fill(tx)
    told: list[tuple[str, int]] = []
    with database.read() as tx:
        for _ in snapshot.dump(tx, lambda table, rows: told.append((table, rows))):
            pass
    assert [rows for table, rows in told if table == "scan"] == [1000, 2000, 2500]


def test_a_used_database_is_not_overwritten(database: Database, cast: Cast) -> None:
    lines = _dump(database)
    with database.write() as tx, pytest.raises(ConflictError) as caught:
        snapshot.load(tx, lines, _ignore)
    assert caught.value.code == "database_not_empty"
    with database.read() as tx:
        assert accounts.get_organisation(tx, cast.alice.scope) == cast.alice.organisation


def _change_a_row(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"Distillery", b"Dist1llery") for line in lines]


def _lose_a_row(lines: list[bytes]) -> list[bytes]:
    place = next(n for n, line in enumerate(lines) if b"Distillery" in line)
    return lines[:place] + lines[place + 1 :]


def _repeat_a_row(lines: list[bytes]) -> list[bytes]:
    place = next(n for n, line in enumerate(lines) if b"Distillery" in line)
    return [*lines[:place], lines[place], *lines[place:]]


def _break_json(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"Distillery", b'"') for line in lines]


def _break_bytes(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b'"d3JhcHBlZA=="', b'"!"') for line in lines]


def _shorten_a_row(lines: list[bytes]) -> list[bytes]:
    place = next(n for n, line in enumerate(lines) if b"d3JhcHBlZA==" in line)
    return [*lines[:place], _remake(orjson.loads(lines[place])[:1]), *lines[place + 1 :]]


def _lie_about_type(lines: list[bytes]) -> list[bytes]:
    """Put a consistent checksum on a row no schema takes."""
    table = next(n for n, line in enumerate(lines) if b'"table":"public_host"' in line)
    row = _remake([None, 5])
    end = {"end": "public_host", "rows": 1, "sha256": sha256(row).hexdigest()}
    stop = next(n for n, line in enumerate(lines) if b'"end":"public_host"' in line)
    return [*lines[: table + 1], row, orjson.dumps(end) + b"\n", *lines[stop + 1 :]]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_change_a_row, id="changed row"),
        pytest.param(_lose_a_row, id="lost row"),
        pytest.param(_repeat_a_row, id="repeated row"),
        pytest.param(_break_json, id="no JSON"),
        pytest.param(_break_bytes, id="no base64"),
        pytest.param(_shorten_a_row, id="short row"),
        pytest.param(_lie_about_type, id="row the schema refuses"),
        pytest.param(lambda lines: lines[:-1], id="end cut off"),
        pytest.param(lambda lines: lines[: len(lines) // 2], id="half cut off"),
        pytest.param(lambda lines: [*lines, lines[1]], id="more after the end"),
        pytest.param(lambda lines: [lines[0], *lines[2:]], id="table's head lost"),
    ],
)
def test_a_damaged_snapshot_changes_nothing(
    database: Database, tmp_path: Path, damage: Callable[[list[bytes]], list[bytes]]
) -> None:
    origin = Database.open(None, tmp_path / "origin")
    migrate(origin)
    with origin.write() as tx:
        _fill(tx)
    lines = damage(_dump(origin))
    origin.close()
    with pytest.raises(DomainError) as caught:
        _load(database, lines)
    assert caught.value.code == "snapshot_damaged"
    with database.write() as tx:
        assert accounts.list_organisations(tx, None, 9) == []
        assert catalog.next_run_id(tx) == 1


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"format": "other", "version": 1, "schema": "0001"}, id="format"),
        pytest.param({"format": snapshot.FORMAT, "version": 2, "schema": "0001"}, id="version"),
        pytest.param({"format": snapshot.FORMAT, "version": 1, "schema": "9999"}, id="schema"),
    ],
)
def test_a_stream_of_another_kind_is_refused(
    sqlite_database: Database, header: dict[str, object]
) -> None:
    lines = [orjson.dumps(header), *_dump(sqlite_database)[1:]]
    with pytest.raises(InvalidError, match="snapshot_unknown"):
        _load(sqlite_database, lines)
    with pytest.raises(InvalidError, match="snapshot_unknown"):
        _load(sqlite_database, [])
