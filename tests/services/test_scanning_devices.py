# SPDX-License-Identifier: Apache-2.0
"""What counts as a phone, what the next reader is told of it, and what a flood can do."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.budgets import max_queries
from tests.factories import NOW
from tests.scanning_world import NETWORK, Tenant, World, make_actor, new_id, phone

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.scans import Channel, Confirmation, ScanOutcome
from trueorigin.domain.tenancy import Role
from trueorigin.domain.verdict import OTHER_DEVICES_MAX, ReasonCode, Verdict
from trueorigin.services.scanning import SCANS_PER_HOUR_MAX, confirm_scans
from trueorigin.storage import counting, scans
from trueorigin.storage.counting import UnitState
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.scans import ScanRow


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def alice(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


@pytest.fixture
def charlie(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


def ledger(world: World, tenant: Tenant, index: int, level: int = 0) -> list[ScanRow]:
    with world.database.read() as tx:
        return scans.list_scans(tx, tenant.key(index, level), limit=1000)


def codes(outcome: ScanOutcome) -> list[ReasonCode]:
    return [reason.code for reason in outcome.reasons]


# What counts


def test_the_answer_to_the_next_reader_contains_this_reading(world: World, alice: Tenant) -> None:
    first = world.read(alice.code(1), device_token=phone(1), place="31.2,121.5")
    second = world.other_process().read(alice.code(1), device_token=phone(2))
    assert second.verdict is Verdict.GENUINE
    assert second.evidence is not None
    assert (second.evidence.devices, second.evidence.other_devices) == (1, 1)
    assert (second.evidence.first_at, second.evidence.first_place) == (first.at, "31.2,121.5")
    assert second.reasons[0].params == {"devices": 1, "at": first.at}


def test_looking_again_with_the_same_phone_never_counts(world: World, alice: Tenant) -> None:
    world.read(alice.code(1), device_token=phone(1))
    for _ in range(10):
        again = world.read(alice.code(1), device_token=phone(1))
        assert (again.verdict, codes(again)) == (Verdict.GENUINE, [ReasonCode.SAME_DEVICE])
        assert not again.counted
        assert again.evidence is not None
        assert (again.evidence.devices, again.evidence.other_devices) == (1, 0)


def test_a_phone_without_cookie_counts_once_a_network_and_day_until_it_returns_its_token(
    world: World, alice: Tenant
) -> None:
    first = world.read(alice.code(1), minted_token=phone(1))
    assert first.counted
    assert not world.read(alice.code(1), minted_token=phone(2)).counted
    # It kept the token of its first answer: still the same phone, on any network, any day.
    world.tick(days=3)
    assert not world.read(alice.code(1), device_token=phone(1), network="203.0.113.0/24").counted
    assert world.read(alice.code(1), minted_token=phone(3)).counted
    assert world.read(alice.code(1), network="203.0.113.0/24").counted


def test_readings_of_one_batch_see_each_other_in_order(world: World, alice: Tenant) -> None:
    outcomes = world.record(
        [
            world.reading(alice.code(1), minted_token=phone(1)),
            world.reading(alice.code(1), device_token=phone(1), network="203.0.113.0/24"),
            world.reading(alice.code(1), device_token=phone(2)),
            world.reading(alice.code(1), device_token=phone(2)),
        ]
    )
    assert [outcome.counted for outcome in outcomes] == [True, False, True, False]
    devices = [outcome.evidence and outcome.evidence.devices for outcome in outcomes]
    assert devices == [0, 1, 1, 2]


@pytest.mark.parametrize("size", [1, 3])
def test_a_phone_that_is_given_its_own_cookie_again_stays_the_first_one(
    world: World, alice: Tenant, size: int
) -> None:
    readings = [
        world.reading(alice.code(1), device_token=phone(1)),
        world.reading(alice.code(1), minted_token=phone(1)),
        world.reading(alice.code(1), device_token=phone(1)),
    ]
    batches = [readings[at : at + size] for at in range(0, 3, size)]
    outcomes = [outcome for batch in batches for outcome in world.record(batch)]
    assert [outcome.counted for outcome in outcomes] == [True, True, False]
    # Its own reading was the first, so the other phone's time is not known.
    assert outcomes[2].reasons[0].params == {"devices": 1}


def test_signed_in_readers_never_count_but_are_recorded(world: World, alice: Tenant) -> None:
    for role in set(Role) - {Role.KIOSK}:
        outcome = world.read(alice.code(1), actor=make_actor(alice, role), device_token=phone(1))
        assert not outcome.counted
        assert not outcome.can_confirm
    assert world.read(alice.code(1), device_token=phone(1)).counted
    rows = ledger(world, alice, 1)
    assert len(rows) == len(Role)
    signed_in = [row for row in rows if not row.is_counted]
    assert {row.actor_id for row in signed_in} == {alice.organisation.id}
    assert {row.device for row in signed_in} == {row.network for row in signed_in} == {None}


def test_a_public_kiosk_is_one_device(world: World, alice: Tenant, charlie: Tenant) -> None:
    kiosk = make_actor(charlie, Role.KIOSK)
    assert world.read(alice.code(1), actor=kiosk, channel=Channel.KIOSK).counted
    assert not world.read(alice.code(1), actor=kiosk, channel=Channel.KIOSK).counted
    other = make_actor(charlie, Role.KIOSK)
    assert world.read(alice.code(1), actor=other, channel=Channel.KIOSK).counted


def test_many_phones_are_a_caution_from_the_limit_on(world: World, alice: Tenant) -> None:
    verdicts = [
        world.read(alice.code(1), device_token=phone(number)).verdict
        for number in range(OTHER_DEVICES_MAX + 2)
    ]
    assert verdicts == [Verdict.GENUINE] * OTHER_DEVICES_MAX + [Verdict.CAUTION] * 2


# Places


def test_only_credentials_make_places_trusted_whatever_the_text_says(
    world: World, alice: Tenant, charlie: Tenant
) -> None:
    claims = {"place_trusted": True}
    world.read(alice.code(1), device_token=phone(1), place="31.2,121.5*", **claims)
    far = world.read(alice.code(1), device_token=phone(2), place="43.8,87.6*", **claims)
    assert (far.verdict, codes(far)) == (Verdict.CAUTION, [ReasonCode.FAR_APART_REPORTED])
    shanghai, urumqi = make_actor(charlie, Role.KIOSK), make_actor(charlie, Role.KIOSK)
    world.read(alice.code(2), actor=shanghai, place="31.2,121.5", **claims)
    condemned = world.read(alice.code(2), actor=urumqi, place="43.8,87.6", **claims)
    assert (condemned.verdict, codes(condemned)) == (Verdict.SUSPECT, [ReasonCode.FAR_APART])
    assert [row.place for row in ledger(world, alice, 1)] == ["43.8,87.6", "31.2,121.5"]
    assert [row.place for row in ledger(world, alice, 2)] == ["43.8,87.6*", "31.2,121.5*"]


def test_a_phone_that_travels_does_not_worry_itself(world: World, alice: Tenant) -> None:
    world.read(alice.code(1), device_token=phone(1), place="31.2,121.5")
    again = world.read(alice.code(1), device_token=phone(1), place="43.8,87.6")
    assert again.verdict is Verdict.GENUINE


def test_a_text_that_is_no_place_is_dropped(world: World, alice: Tenant) -> None:
    world.read(alice.code(1), place="<script>alert(1)</script>")
    [row] = ledger(world, alice, 1)
    assert row.place is None


# The hour


def test_a_flood_on_one_code_raises_one_counter_and_condemns_nothing(
    world: World, alice: Tenant
) -> None:
    flood = [
        world.reading(alice.code(1), device_token=phone(number), at=NOW, id=new_id(NOW))
        for number in range(1000)
    ]
    outcomes = [
        outcome for at in range(0, 1000, 250) for outcome in world.record(flood[at : at + 250])
    ]
    rows = ledger(world, alice, 1)
    assert len(rows) == SCANS_PER_HOUR_MAX
    assert sum(row.readings for row in rows) == 1000
    assert sorted(row.readings for row in rows)[-2:] == [1, 1000 - SCANS_PER_HOUR_MAX + 1]
    assert {outcome.scan_id for outcome in outcomes} == {row.id for row in rows}
    assert {outcome.verdict for outcome in outcomes} == {Verdict.GENUINE, Verdict.CAUTION}
    assert sum(outcome.counted for outcome in outcomes) == SCANS_PER_HOUR_MAX
    world.at = NOW + timedelta(hours=1)
    assert world.read(alice.code(1), device_token=phone(5)).verdict is Verdict.CAUTION
    assert len(ledger(world, alice, 1)) == SCANS_PER_HOUR_MAX + 1


def test_without_a_limit_every_reading_has_its_line(world: World, alice: Tenant) -> None:
    readings = [world.reading(alice.code(1)) for _ in range(200)]
    world.record(readings, per_hour_max=None)
    assert len(ledger(world, alice, 1)) == 200


# Confirmation


def page(world: World, tenant: Tenant, index: int, **fields: object) -> ScanOutcome:
    return world.read(tenant.code(index), channel=Channel.PAGE, is_confirmed=False, **fields)


def confirm(world: World, outcome: ScanOutcome, token: bytes | None = None) -> bool:
    assert outcome.unit is not None
    assert outcome.scan_id is not None
    confirmation = Confirmation(
        unit_key=outcome.unit.unit_key, scan_id=outcome.scan_id, device_token=token
    )
    with world.database.write() as tx:
        [counted] = confirm_scans(tx, world.vault, [confirmation])
    return counted


def test_a_page_counts_when_it_was_looked_at_and_only_once(world: World, alice: Tenant) -> None:
    outcome = page(world, alice, 1, device_token=phone(1))
    assert (outcome.counted, outcome.can_confirm) == (False, True)
    assert page(world, alice, 1, device_token=phone(2)).evidence == outcome.evidence
    assert confirm(world, outcome, phone(1))
    assert not confirm(world, outcome, phone(1))
    assert not confirm(world, outcome, phone(9))
    second = page(world, alice, 1, device_token=phone(2))
    assert second.evidence is not None
    assert (second.evidence.devices, second.evidence.first_at) == (1, outcome.at)
    assert [row.is_counted for row in ledger(world, alice, 1)] == [False, False, True]


def test_reloading_a_confirmed_page_never_counts(world: World, alice: Tenant) -> None:
    assert confirm(world, page(world, alice, 1, device_token=phone(1)), phone(1))
    again = page(world, alice, 1, device_token=phone(1))
    assert not again.can_confirm
    assert not confirm(world, again, phone(1))


def test_a_new_phone_is_counted_by_the_cookie_it_confirms_with(world: World, alice: Tenant) -> None:
    outcome = page(world, alice, 1, minted_token=phone(1))
    assert confirm(world, outcome, phone(1))
    assert not page(world, alice, 1, device_token=phone(1), network="other").can_confirm
    # Another phone behind the same address is another phone.
    assert confirm(world, page(world, alice, 1, minted_token=phone(2)), phone(2))


def test_a_phone_that_refuses_cookies_is_counted_by_network_and_day(
    world: World, alice: Tenant
) -> None:
    assert confirm(world, page(world, alice, 1, minted_token=phone(1)))
    assert not confirm(world, page(world, alice, 1, minted_token=phone(2)))


def test_nothing_else_can_be_confirmed(world: World, alice: Tenant) -> None:
    worker = page(world, alice, 1, actor=make_actor(alice, Role.SELLER))
    assert not confirm(world, worker, phone(1))
    unknown = Confirmation(unit_key=alice.key(1), scan_id=UUID(int=1), device_token=phone(1))
    with world.database.write() as tx:
        assert confirm_scans(tx, world.vault, [unknown]) == [False]
        assert confirm_scans(tx, world.vault, []) == []
    readings = [
        world.reading(alice.code(2), is_confirmed=False, device_token=phone(number))
        for number in range(SCANS_PER_HOUR_MAX + 1)
    ]
    last = world.record(readings)[-1]
    assert not last.can_confirm
    assert not confirm(world, last, phone(99))


def test_two_confirmations_in_one_batch_count_a_phone_once(world: World, alice: Tenant) -> None:
    pages = [page(world, alice, 1, device_token=phone(1)) for _ in range(2)]
    confirmations = [
        Confirmation(unit_key=alice.key(1), scan_id=each.scan_id, device_token=phone(1))
        for each in pages
        if each.scan_id is not None
    ]
    with world.database.write() as tx:
        assert confirm_scans(tx, world.vault, confirmations) == [True, False]


# Repeating, and cost


def test_a_reading_replayed_with_its_id_is_one_line(world: World, alice: Tenant) -> None:
    reading = world.reading(alice.code(1), device_token=phone(1))
    world.record([reading])
    world.record([reading])
    assert len(ledger(world, alice, 1)) == 1


def test_of_a_full_hour_a_reading_sent_twice_at_once_is_counted_once(
    world: World, alice: Tenant, charlie: Tenant
) -> None:
    kiosk = make_actor(charlie, Role.KIOSK)
    full = [world.reading(alice.code(1), id=new_id(NOW)) for _ in range(SCANS_PER_HOUR_MAX)]
    reading = world.reading(alice.code(1), actor=kiosk, id=new_id(NOW), may_repeat=True)
    later = NOW + timedelta(hours=1)
    of_another_hour = world.reading(alice.code(2), id=new_id(later), at=later)
    first, second, _, third = world.record([*full, reading, reading, of_another_hour, reading])[-4:]
    assert sum(row.readings for row in ledger(world, alice, 1)) == SCANS_PER_HOUR_MAX + 1
    assert second.scan_id == third.scan_id == first.scan_id
    # Nothing is kept of it but that there was one: the same of another batch counts once more.
    world.record([reading])
    assert sum(row.readings for row in ledger(world, alice, 1)) == SCANS_PER_HOUR_MAX + 2


def happen_meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let `act` happen once, between a batch's look at its units and what it writes."""
    find = counting.find_units_and_devices

    def find_and_be_overtaken(
        tx: Tx, asked: Collection[tuple[int, int | None]]
    ) -> tuple[dict[int, UnitState], set[int], dict[tuple[int, int], datetime]]:
        found = find(tx, asked)
        monkeypatch.setattr(counting, "find_units_and_devices", find)
        act()
        return found

    monkeypatch.setattr(counting, "find_units_and_devices", find_and_be_overtaken)


@pytest.mark.parametrize("earlier", [0, 1, 2], ids=["unread", "read once", "read twice"])
def test_a_device_counted_by_another_process_meanwhile_is_not_counted_again(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch, earlier: int
) -> None:
    world = World(postgres_database)
    with world.database.write() as tx:
        alice = world.join(tx)
    for number in range(earlier):
        world.read(alice.code(1), device_token=phone(number))

    def overtake() -> None:
        overtaking = world.other_process().read(
            alice.code(1), minted_token=phone(8), network="203.0.113.0/24"
        )
        assert overtaking.counted

    readings = [
        # By its alias, by the network it came from, and another phone: only that one counts.
        world.reading(alice.code(1), device_token=phone(8)),
        world.reading(alice.code(1), network="203.0.113.0/24", minted_token=phone(8)),
        world.reading(alice.code(1), device_token=phone(9)),
    ]
    happen_meanwhile(monkeypatch, overtake)
    late = world.record(readings)
    assert [outcome.counted for outcome in late] == [False, False, True]
    assert sum(row.is_counted for row in ledger(world, alice, 1)) == earlier + 2
    with world.database.read() as tx:
        assert counting.find_unit_states(tx, [alice.key(1)])[alice.key(1)].devices == earlier + 2


def test_a_reading_that_another_process_entered_meanwhile_stays_as_it_was_entered(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same reading, sent twice: it counts once, with the line of whoever was first."""
    world = World(postgres_database)
    with world.database.write() as tx:
        alice = world.join(tx)
    reading = world.reading(alice.code(1), device_token=phone(8))

    def overtake() -> None:
        [first] = world.other_process().record([reading])
        assert first.counted

    happen_meanwhile(monkeypatch, overtake)
    [late] = world.record([reading])
    assert not late.counted
    assert [row.is_counted for row in ledger(world, alice, 1)] == [True]
    with world.database.read() as tx:
        assert counting.find_unit_states(tx, [alice.key(1)])[alice.key(1)].devices == 1


def test_a_warm_batch_costs_a_fixed_number_of_statements(world: World, alice: Tenant) -> None:
    def batch(start: int) -> None:
        world.record(
            [
                world.reading(alice.code(index % 1000), device_token=phone(start + index))
                for index in range(start, start + 300)
            ]
        )

    batch(0)
    with max_queries(world.database, 12):
        batch(150)
    forged = [world.reading(PrintedCode(gtin=alice.product.gtin, serial="1" * 16))] * 300
    with max_queries(world.database, 2):
        world.record(forged)


def test_every_channel_is_recorded_under_its_number(world: World, alice: Tenant) -> None:
    for channel in Channel:
        world.read(alice.code(1), channel=channel, network=NETWORK)
    assert [row.channel for row in ledger(world, alice, 1)] == sorted(Channel, reverse=True)
