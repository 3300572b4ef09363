# SPDX-License-Identifier: Apache-2.0
"""Verdicts are total and ordered; devices count once however readings interleave and batch."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies as st
from tests.factories import NOW
from tests.scanning_world import Tenant, World, new_id, phone

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.chainfacts import ChainFacts, Found, Keeping, Sale
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.ids import uuid7_instant
from trueorigin.domain.inspections import InspectionResult
from trueorigin.domain.lifecycle import Stage
from trueorigin.domain.risk import Sighting, build_place
from trueorigin.domain.scans import Channel, Confirmation, Reading, ScanOutcome
from trueorigin.domain.verdict import (
    ReasonCode,
    RecallNotice,
    Standing,
    UnitFacts,
    Verdict,
    decide,
)
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.scanning import confirm_scans, record_scans
from trueorigin.services.weighing import Judge, Reader, UnitBook
from trueorigin.storage import counting, scans
from trueorigin.storage.counting import UnitState
from trueorigin.storage.database import Database, Tx

NO_ID = UUID(int=0)
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

# The verdict each reason asks for, most serious first: the table of docs/verdicts.md.
VERDICT_OF = {
    ReasonCode.NOT_ISSUED: Verdict.NOT_ISSUED,
    ReasonCode.RECALLED: Verdict.RECALLED,
    ReasonCode.WITHDRAWN: Verdict.WITHDRAWN,
    ReasonCode.NOT_RELEASED: Verdict.NOT_RELEASED,
    ReasonCode.DESTROYED: Verdict.SUSPECT,
    ReasonCode.SUSPECTED_COUNTERFEIT: Verdict.SUSPECT,
    ReasonCode.FAR_APART: Verdict.SUSPECT,
    ReasonCode.FAR_APART_REPORTED: Verdict.CAUTION,
    ReasonCode.DOES_NOT_CONFORM: Verdict.CAUTION,
    ReasonCode.SEALED_BY_AUTHORITY: Verdict.CAUTION,
    ReasonCode.SEALED_ELSEWHERE: Verdict.CAUTION,
    ReasonCode.ALREADY_SOLD: Verdict.CAUTION,
    ReasonCode.READ_BEFORE_RELEASE: Verdict.CAUTION,
    ReasonCode.MANY_DEVICES: Verdict.CAUTION,
    ReasonCode.EXPIRED: Verdict.CAUTION,
    ReasonCode.SAME_DEVICE: Verdict.GENUINE,
    ReasonCode.FIRST_READING: Verdict.GENUINE,
    ReasonCode.FEW_DEVICES: Verdict.GENUINE,
    ReasonCode.SOLD: Verdict.GENUINE,
    ReasonCode.ORGANISATION_UNVERIFIED: Verdict.GENUINE,
}

instants = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2027, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
)
places = st.builds(
    build_place, st.floats(-90, 90), st.floats(-180, 180), is_trusted=st.booleans()
).map(lambda place: place or pytest.fail("a place on Earth"))
sightings = st.builds(Sighting, place=places, at=instants)
recalls = st.builds(
    RecallNotice,
    effective_at=instants,
    reason=st.just(LocalText(zh="碎片", en=None)),
    instruction=st.none(),
    contact=st.none() | st.just("400"),
)
standings = st.builds(
    Standing,
    is_organisation_verified=st.booleans(),
    stage=st.sampled_from(Stage),
    stage_since=st.none() | instants,
    first_released_at=st.none() | instants,
    recall=st.none() | recalls,
    expires_on=st.none() | st.just(date(2026, 5, 1)),
    expires_at=st.none() | instants,
)
findings = st.builds(
    Found,
    event_id=st.just(NO_ID),
    at=instants,
    result=st.sampled_from(InspectionResult),
    authority=st.just("市局"),
)
chains = st.builds(
    ChainFacts,
    destroyed_at=st.none() | instants,
    judged=st.none() | findings,
    sealed=st.none() | findings,
    sale=st.none() | st.builds(Sale, at=instants, place=st.none() | st.just("南京路店")),
    keeping=st.none()
    | st.builds(Keeping, place=places, since=instants, region=st.none() | st.just("上海")),
)
facts_of_units = st.builds(
    UnitFacts,
    standing=standings,
    other_devices=st.integers(0, 20),
    first_other_at=st.none() | instants,
    is_known_device=st.booleans(),
    last_sighting=st.none() | sightings,
    sighting=st.none() | sightings,
    chain=st.none() | chains,
    place=st.none() | places,
    is_handler=st.booleans(),
)


@given(facts=st.none() | facts_of_units, at=instants)
def test_the_verdict_is_that_of_the_first_reason_and_reasons_are_in_order(
    facts: UnitFacts | None, at: datetime
) -> None:
    decision = decide(facts, at=at)
    assert decision == decide(facts, at=at)
    codes = [reason.code for reason in decision.reasons]
    assert codes
    order = [list(ReasonCode).index(code) for code in codes]
    assert order == sorted(set(order))
    assert decision.verdict is VERDICT_OF[codes[0]]
    ranks = [list(Verdict).index(VERDICT_OF[code]) for code in codes]
    assert min(ranks) == ranks[0]


@given(facts=facts_of_units, at=instants, devices=st.integers(0, 10**9))
def test_devices_alone_never_make_a_unit_worse_than_caution(
    facts: UnitFacts, at: datetime, devices: int
) -> None:
    few = decide(replace(facts, other_devices=0), at=at).verdict
    many = decide(replace(facts, other_devices=devices), at=at).verdict
    worst = list(Verdict).index(Verdict.CAUTION)
    assert list(Verdict).index(many) >= min(list(Verdict).index(few), worst)


@given(facts=facts_of_units, at=instants)
def test_a_chain_that_says_nothing_changes_nothing(facts: UnitFacts, at: datetime) -> None:
    silent = decide(replace(facts, chain=ChainFacts()), at=at)
    assert silent == decide(replace(facts, chain=None), at=at)


@given(facts=facts_of_units, at=instants)
def test_a_chain_only_ever_adds_reasons(facts: UnitFacts, at: datetime) -> None:
    """What speaks against goods without the chain still does with it, in the same words."""
    without, told = decide(replace(facts, chain=None), at=at), decide(facts, at=at)
    assert list(Verdict).index(told.verdict) <= list(Verdict).index(without.verdict)
    warned = [each for each in without.reasons if VERDICT_OF[each.code] is not Verdict.GENUINE]
    assert [each for each in told.reasons if each in warned] == warned


@given(facts=facts_of_units, sale=st.builds(Sale, at=instants, place=st.none()), at=instants)
def test_a_sale_never_worries_a_consumer(facts: UnitFacts, sale: Sale, at: datetime) -> None:
    chain = facts.chain or ChainFacts()
    unsold = replace(facts, chain=replace(chain, sale=None), is_handler=False)
    sold = replace(unsold, chain=replace(chain, sale=sale))
    assert decide(sold, at=at).verdict is decide(unsold, at=at).verdict


@given(chosen=st.lists(standings, min_size=1, max_size=3), data=st.data())
def test_what_a_judge_remembers_is_what_the_rules_say(
    chosen: list[Standing], data: st.DataObject
) -> None:
    judge, own = Judge(), 7
    for _ in range(12):
        standing, at = data.draw(st.sampled_from(chosen)), data.draw(instants)
        is_known = data.draw(st.booleans())
        state = UnitState(1, 1, AT, None, AT, None) if is_known else None
        book = UnitBook(state, {own: AT} if is_known else {}, 0, None)
        reading = Reading(
            code=PrintedCode(),
            at=at,
            id=NO_ID,
            channel=Channel.API,
            device_token=None,
            minted_token=None,
            network="",
            place=None,
            place_trusted=False,
            actor=None,
            is_confirmed=True,
        )
        decision, evidence = judge.decide(reading, Reader(0, None, 1, own), book, standing, None)
        facts = UnitFacts(standing, 0, None, is_known, None, None)
        assert decision == decide(facts, at=at)
        assert (evidence.devices, evidence.other_devices) == (int(is_known), 0)


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("verdicts")
    (folder / sqlite_template.name).write_bytes(sqlite_template.read_bytes())
    database = Database.open(None, folder)
    yield World(database)
    database.close()


@pytest.fixture(scope="module")
def alice(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


def fresh_run(world: World, tx: Tx, alice: Tenant) -> Tenant:
    run = world.add_run(tx, alice, quantity=10)
    world.release(tx, run, effective_at=NOW - timedelta(days=1))
    return run


# One look of somebody: (phone, keeps cookies, asks as a page, and then looks at it).
looks = st.tuples(st.integers(0, 3), st.booleans(), st.booleans(), st.booleans())


@settings(max_examples=60, deadline=None)
@given(sequence=st.lists(looks, max_size=25))
def test_counted_devices_are_the_distinct_ones_however_looks_interleave(
    world: World, alice: Tenant, sequence: list[tuple[int, bool, bool, bool]]
) -> None:
    """Phones with cookies are themselves; each without lives behind a network of its own."""
    seen: set[str] = set()
    with world.database.write() as tx:
        unit = fresh_run(world, tx, alice)
        for number, keeps_cookies, is_page, is_looked_at in sequence:
            token = phone(number) if keeps_cookies else None
            reading = world.reading(
                unit.code(0),
                device_token=token,
                minted_token=None if keeps_cookies else new_id(NOW).bytes,
                network=f"network of {number}",
                is_confirmed=not is_page,
            )
            [outcome] = record_scans(tx, world.catalogue, world.vault, [reading])
            counted = outcome.counted
            assert outcome.evidence is not None
            assert outcome.evidence.devices == len(seen)
            name = f"{number} {keeps_cookies}"
            if is_page and is_looked_at:
                confirmation = Confirmation(
                    unit_key=unit.key(0), scan_id=reading.id, device_token=token
                )
                [counted] = confirm_scans(tx, world.vault, [confirmation])
            assert counted is ((not is_page or is_looked_at) and name not in seen)
            if not is_page or is_looked_at:
                seen.add(name)
        state = counting.find_unit_states(tx, [unit.key(0)]).get(unit.key(0))
        assert (0 if state is None else state.devices) == len(seen)


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 2),  # unit
            st.sampled_from([None, 0, 1, 2]),  # phone
            st.booleans(),  # whether it sends its cookie, or is given it by this answer
            st.booleans(),  # confirmed
            st.sampled_from([None, "31.2,121.5", "43.8,87.6"]),
            st.sampled_from([0, 1, 1800]),  # seconds since the last one
        ),
        max_size=30,
    ),
    cuts=st.lists(st.integers(1, 8), max_size=10),
)
def test_a_batch_of_many_is_as_many_batches_of_one(
    world: World,
    alice: Tenant,
    steps: list[tuple[int, int | None, bool, bool, str | None, int]],
    cuts: list[int],
) -> None:
    with world.database.write() as tx:
        runs = [fresh_run(world, tx, alice) for _ in range(2)]
        both: list[list[Reading]] = [[], []]
        for unit, number, is_known, is_confirmed, place, seconds in steps:
            world.tick(seconds=seconds, milliseconds=1)
            model = world.reading(
                runs[0].code(unit),
                device_token=phone(number) if number is not None and is_known else None,
                minted_token=phone(number) if number is not None and not is_known else None,
                is_confirmed=is_confirmed,
                place=place,
            )
            both[0].append(model)
            both[1].append(replace(model, code=runs[1].code(unit)))
        together = []
        rest = both[0]
        for size in [*cuts, len(both[0])]:
            together += _record(tx, world, rest[:size])
            rest = rest[size:]
        alone = [outcome for each in both[1] for outcome in _record(tx, world, [each])]
        assert [_seen(outcome) for outcome in together] == [_seen(outcome) for outcome in alone]
        for unit in range(3):
            assert _stored(tx, runs[0], unit) == _stored(tx, runs[1], unit)


def _record(tx: Tx, world: World, readings: list[Reading]) -> list[ScanOutcome]:
    cold = Catalogue()
    return record_scans(tx, cold, world.vault, readings, per_hour_max=4)


def _seen(outcome: ScanOutcome) -> tuple[object, ...]:
    assert outcome.unit is not None
    return (
        outcome.verdict,
        outcome.reasons,
        outcome.unit.index,
        outcome.evidence,
        outcome.scan_id,
        outcome.at,
        outcome.counted,
        outcome.can_confirm,
    )


def _stored(tx: Tx, tenant: Tenant, unit: int) -> tuple[object, ...]:
    key = tenant.key(unit)
    state = counting.find_unit_states(tx, [key]).get(key)
    rows = scans.list_scans(tx, key, limit=100)
    for row in rows:
        assert uuid7_instant(row.id) <= row.at
    return (
        None if state is None else replace(state, unit_key=0, device=None, alias=None),
        [replace(row, unit_key=0, device=None) for row in rows],
    )
