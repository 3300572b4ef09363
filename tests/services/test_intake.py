"""Uploads of events: plain ones in columns, all others row by row, with the same outcome."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from tests.chain_world import Chain, make_chain
from tests.factories import make_id
from tests.scanning_world import Tenant, World
from tests.supervised_world import GUIZHOU, JIANGSU, open_supervision, seat

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.events import EventKind
from trueorigin.domain.tenancy import Act
from trueorigin.services import capturing
from trueorigin.services.capturing import EventOutcome, Intake, Outcome, open_pace
from trueorigin.services.pacing import Pace
from trueorigin.storage import events as stored
from trueorigin.storage.database import Database, Tx

HOSTS = frozenset({"t.example"})


@pytest.fixture
def chain(database: Database) -> Chain:
    return make_chain(World(database))


def tell(tenant: Tenant, index: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - of any type
    """Write an event about one item, as a phone sends it."""
    return {
        "id": str(make_id()),
        "kind": "shipping",
        "at": "2026-03-14T17:30:00+08:00",
        "units": [f"https://t.example/01/{tenant.product.gtin}/21/{tenant.serial(index)}"],
        **fields,
    }


def take(
    world: World, act: Act, documents: Sequence[object], pace: Pace | None = None
) -> list[EventOutcome]:
    pace = pace or replace(open_pace(), pause=lambda _held: None)
    intake = Intake(world.database, world.catalogue, world.vault, HOSTS, pace)
    return intake.capture(act, documents)


def refusal(outcome: EventOutcome) -> tuple[str, str | None]:
    assert outcome.outcome is Outcome.REFUSED
    assert outcome.error is not None
    return outcome.error.code, outcome.error.field


@pytest.fixture
def columns_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything be plain that is answered."""
    monkeypatch.setattr(capturing, "resolve_events", _fail)


def _fail(*_arguments: object) -> None:
    raise AssertionError("events were taken row by row")


def list_rows(tx: Tx) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that an upload writes, in an order of its own."""
    tables = ("event", "unit_event", "range_event", "event_block", "run_mark", "presence")
    return {
        name: sorted(tx.run(f"SELECT * FROM {name}"), key=repr)  # noqa: S608 - our own words
        for name in tables
    }


def test_columns_store_what_rows_store(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """All kinds, both runs, sites with and without a place, zones: the same rows, bit by bit."""
    chain.link(chain.charlie)
    chain.link(chain.alice, chain.charlie)
    sites = [chain.add_site(latitude=31.2, longitude=121.5), chain.add_site(name="南仓")]
    partner = str(chain.charlie.organisation.id)
    kinds = [each.value for each in EventKind if each.value not in {"packing", "unpacking"}]
    documents = [tell(chain.alice, n, kind=kind) for n, kind in enumerate(kinds)]
    documents += [tell(chain.charlie, n, partner=partner) for n in range(20)]
    documents += [tell(chain.alice, n, site=str(sites[n % 2].id).upper()) for n in range(30, 60)]
    documents += [tell(chain.alice, 5, at="2026-03-14T09:30:00.123456Z", partner=None)]
    act, world = chain.act(), chain.world
    found = {}
    for way in ("columns_only", "rows_only"):
        with monkeypatch.context() as patch:
            if way == "columns_only":
                patch.setattr(capturing, "resolve_events", _fail)
            else:
                patch.setattr(capturing, "resolve_plain", lambda *_arguments: None)
            outcomes = take(world, act, documents)
        assert [(each.outcome, str(each.event_id)) for each in outcomes] == [
            (Outcome.STORED, each["id"]) for each in documents
        ]
        with world.database.write() as tx:
            found[way] = list_rows(tx)
            for name in found[way]:
                tx.run(f"DELETE FROM {name}")  # noqa: S608 - our own words
    assert found["columns_only"] == found["rows_only"]
    assert len(found["rows_only"]["event"]) == len(documents)
    assert len(found["rows_only"]["presence"]) == 1


def test_ten_wrong_rows_are_named_and_the_others_stored(chain: Chain) -> None:
    documents = [tell(chain.alice, n) for n in range(500)]
    url = f"https://t.example/01/{chain.alice.product.gtin}/21"
    wrong = list(range(3, 500, 50))
    spoils: list[dict[str, Any]] = [
        {"kind": "eating"},
        {"at": "2026-03-14T17:30:00"},
        {"units": []},
        {"units": [f"{url}/{chain.charlie.serial(1)}"]},
        {"id": "x"},
        {"units": ["https://evil.example/01/1"]},
        {"container": f"{url}/{chain.alice.serial(1)}"},
        {"details": {"notes": "x" * 9999}},
        {"units": [{"run": chain.alice.run.id, "level": 0, "from": 5, "to": 5}]},
        {"units": [{"run": chain.alice.run.id, "level": 0, "from": 5, "to": 1001}]},
    ]
    for row, spoil in zip(wrong, spoils, strict=True):
        documents[row] |= spoil
    outcomes = take(chain.world, chain.act(), documents)
    refused = [row for row, each in enumerate(outcomes) if each.outcome is Outcome.REFUSED]
    assert refused == wrong
    assert {each.outcome for each in outcomes} == {Outcome.STORED, Outcome.REFUSED}
    assert [refusal(outcomes[row])[0] for row in wrong] == [
        "event_kind_unknown",
        "event_time_zone_missing",
        "event_units_missing",
        "unit_not_found",
        "event_field_malformed",
        "foreign_url",
        "event_containers",
        "event_details_too_long",
        "range_reversed",
        "range_beyond_run",
    ]
    assert [str(each.event_id) for row, each in enumerate(outcomes) if row not in wrong] == [
        each["id"] for row, each in enumerate(documents) if row not in wrong
    ]
    assert len(chain.felt(chain.alice.key(499))) == 1


WRONG = ("invented", "another's", "another's site", "a stranger", "another level")


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_row_among_plain_ones_is_named_as_alone(chain: Chain, wrong: str) -> None:
    serial = chain.alice.serial(7)
    spoils: dict[str, dict[str, Any]] = {
        "invented": {"units": [f"/01/{chain.alice.product.gtin}/21/{serial[::-1]}"]},
        "another's": {"units": tell(chain.charlie, 7)["units"]},
        "another's site": {"site": str(chain.add_site(chain.charlie).id)},
        "a stranger": {"partner": str(chain.charlie.organisation.id)},
        # A case by its serial, behind the number of an item.
        "another level": {
            "units": [f"/01/{chain.alice.product.gtin}/21/{chain.alice.serial(7, level=1)}"]
        },
    }
    documents = [
        tell(chain.alice, n, units=[f"/01/{chain.alice.product.gtin}/21/{chain.alice.serial(n)}"])
        for n in range(20)
    ]
    documents[11] |= spoils[wrong]
    outcomes = take(chain.world, chain.act(), documents)
    [alone] = take(chain.world, chain.act(), [documents[11] | {"id": str(make_id())}])
    assert refusal(outcomes.pop(11)) == refusal(alone)
    assert {each.outcome for each in outcomes} == {Outcome.STORED}


@pytest.mark.usefixtures("columns_only")
def test_what_a_partner_may_do_is_plain(chain: Chain) -> None:
    chain.link(chain.charlie)
    both = [tell(chain.alice, 1), tell(chain.charlie, 1)]
    outcomes = take(chain.world, chain.act(chain.charlie), both)
    assert [each.outcome for each in outcomes] == ["stored", "stored"]


def test_what_a_partner_may_not_do_is_refused_in_a_plain_batch(chain: Chain) -> None:
    chain.link(chain.charlie)
    both = [tell(chain.charlie, 1, kind="commissioning"), tell(chain.alice, 1)]
    outcomes = take(chain.world, chain.act(chain.charlie), both)
    assert [each.outcome for each in outcomes] == ["stored", "stored"]
    both = [
        tell(chain.charlie, 2, kind="commissioning"),
        tell(chain.alice, 2, kind="commissioning"),
    ]
    first, second = take(chain.world, chain.act(chain.charlie), both)
    assert first.outcome is Outcome.STORED
    assert refusal(second) == ("event_kind_refused", "kind")


def test_an_authority_is_told_what_lies_outside_its_remit(database: Database) -> None:
    world = World(database)
    supervised = open_supervision(world)
    seat(supervised, supervised.alice, GUIZHOU + "0103")
    supervised.limit(JIANGSU)
    documents = [tell(supervised.alice, n, kind="inspecting") for n in range(3)]
    for outcome in take(world, supervised.act(), documents):
        assert refusal(outcome) == ("remit_region", "units")


@pytest.mark.usefixtures("columns_only")
def test_an_authority_for_everything_inspects_anything(database: Database) -> None:
    world = World(database)
    supervised = open_supervision(world)
    documents = [tell(supervised.alice, n, kind="inspecting") for n in range(3)]
    outcomes = take(world, supervised.act(), documents)
    assert {each.outcome for each in outcomes} == {Outcome.STORED}


def test_serials_of_all_lengths_and_owners_share_a_batch(database: Database) -> None:
    world = World(database)
    with database.write() as tx:
        tenants = [world.join(tx, symbols=symbols) for symbols in (14, 16, 20)]
    chain = Chain(world, tenants[0], tenants[1])
    for owner in tenants[1:]:
        chain.link(tenants[0], owner)
    documents = [tell(tenant, n) for n in range(5) for tenant in tenants]
    outcomes = take(world, chain.act(), documents)
    assert {each.outcome for each in outcomes} == {Outcome.STORED}
    for tenant in tenants:
        assert len(chain.felt(tenant.key(4))) == 1


def test_an_upload_lets_others_write_and_says_what_is_too_much(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [tell(chain.alice, n % 1000) for n in range(600)]
    rests = list[float]()

    def upload() -> list[EventOutcome]:
        pace = replace(open_pace(), pause=rests.append)
        return take(chain.world, chain.act(), documents, pace)

    assert {each.outcome for each in upload()} == {Outcome.STORED}
    assert rests == []
    monkeypatch.setattr(Database, "is_awaited", True)
    assert {each.outcome for each in upload()} == {Outcome.REPEATED}
    assert len(rests) >= 2
    assert all(rest > 0 for rest in rests)
    documents *= capturing.EVENTS_MAX // len(documents) + 1
    with pytest.raises(InvalidError, match="too_many"):
        upload()


def test_what_is_stored_already_is_repeated_whatever_is_beside_it(chain: Chain) -> None:
    documents = [tell(chain.alice, n) for n in range(40)]
    assert {each.outcome for each in take(chain.world, chain.act(), documents[10:12])} == {"stored"}
    # Another event under an id that is taken.
    documents[11] = documents[11] | {"kind": "selling"}
    pace = Pace(size=4, least=4, most=4, pause=lambda _held: None)
    outcomes = take(chain.world, chain.act(), documents, pace)
    told = [each.outcome.value for each in outcomes]
    assert told == ["stored"] * 10 + ["repeated", "refused"] + ["stored"] * 28
    assert refusal(outcomes[11]) == ("event_id_taken", "id")
    assert [str(each.event_id) for each in outcomes] == [each["id"] for each in documents]
    for n in range(40):
        assert len(chain.felt(chain.alice.key(n))) == 1


def test_one_queue_uploaded_by_two_phones_at_once_is_stored_once(chain: Chain) -> None:
    documents = [tell(chain.alice, n) for n in range(100)]
    barrier = Barrier(2)
    outcomes: list[EventOutcome] = []

    def upload() -> None:
        barrier.wait()
        outcomes.extend(take(chain.world, chain.act(), documents))

    phones = [Thread(target=upload) for _ in range(2)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join()
    found = sorted(each.outcome for each in outcomes)
    assert found == ["repeated"] * len(documents) + ["stored"] * len(documents)
    assert len(chain.felt(chain.alice.key(50))) == 1


def test_a_declaration_that_came_first_counts(chain: Chain) -> None:
    document = tell(chain.alice, 7)
    with chain.world.database.write() as tx:
        capturing.declare_error(tx, chain.act(), UUID(document["id"]), reason="Wrong case")
    [outcome] = take(chain.world, chain.act(), [document])
    assert outcome.outcome is Outcome.STORED
    [entry] = chain.look(chain.alice.key(7)).history.entries
    assert entry.event.declaration is not None


def test_the_first_event_of_a_run_is_known_to_every_process(chain: Chain) -> None:
    """A unit that was destroyed is so with the next reading, though the run was read before."""
    with chain.world.database.read() as tx:
        assert stored.find_marked_runs(tx, [chain.alice.run.id]) == set()
    take(chain.world, chain.act(), [tell(chain.alice, 7, kind="destroying")])
    with chain.world.database.read() as tx:
        assert stored.find_marked_runs(tx, [chain.alice.run.id]) == {chain.alice.run.id}
