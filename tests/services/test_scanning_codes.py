# SPDX-License-Identifier: Apache-2.0
"""Which codes are recognised, and that everything else gets one and the same answer."""

from dataclasses import replace

import pytest
from tests.factories import NOW
from tests.scanning_world import Tenant, World, make_actor, new_id, phone

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.gs1 import build_sscc
from trueorigin.domain.scans import ScanOutcome
from trueorigin.domain.serials import Position, SerialCipher
from trueorigin.domain.tenancy import Role
from trueorigin.domain.verdict import ReasonCode, Verdict
from trueorigin.storage import catalog, scans, ssccs
from trueorigin.storage.database import Database
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


def not_issued(world: World) -> list[tuple[int, int, str, int]]:
    with world.database.read() as tx:
        return scans.list_not_issued(tx, 0, limit=1000)


def codes(outcome: ScanOutcome) -> list[ReasonCode]:
    return [reason.code for reason in outcome.reasons]


# What is recognised


def test_first_reading_tells_product_batch_and_unit_and_is_in_the_ledger(
    world: World, alice: Tenant
) -> None:
    outcome = world.read(alice.code(41), device_token=phone(1))
    assert outcome.verdict is Verdict.GENUINE
    assert codes(outcome) == [ReasonCode.FIRST_READING]
    unit = outcome.unit
    assert unit is not None
    assert (unit.product, unit.batch, unit.run) == (alice.product, alice.batch, alice.run)
    assert unit.organisation == alice.organisation
    assert (unit.level, unit.index, unit.unit_key) == (0, 41, alice.key(41))
    assert unit.number == alice.serial(41)[:6]
    assert outcome.evidence is not None
    assert outcome.evidence.is_first_reading
    assert outcome.counted
    [row] = ledger(world, alice, 41)
    assert row.id == outcome.scan_id
    assert (row.at, row.verdict, row.is_counted) == (outcome.at, Verdict.GENUINE, True)


def test_human_readable_code_alone_leads_to_the_unit(world: World, alice: Tenant) -> None:
    code = PrintedCode(prefix=alice.organisation.prefix, serial=alice.serial(7))
    outcome = world.read(code)
    assert outcome.unit is not None
    assert outcome.unit.index == 7


def test_groups_are_recognised_at_their_level(world: World, alice: Tenant) -> None:
    with world.database.write() as tx:
        world.release(tx, alice, level=1, start=0, stop=42)
    outcome = world.read(alice.code(41, level=1))
    assert outcome.unit is not None
    assert (outcome.verdict, outcome.unit.level) == (Verdict.GENUINE, 1)
    assert world.read(alice.code(42, level=1)).verdict is Verdict.NOT_ISSUED


def test_old_epochs_stay_valid(world: World, alice: Tenant) -> None:
    with world.database.write() as tx:
        world.start_epoch(tx, alice)
        newer = world.add_run(tx, alice)
        world.release(tx, newer)
    assert newer.run.epoch == 1
    for tenant in (alice, newer):
        outcome = world.read(tenant.code(3))
        assert outcome.unit is not None
        assert (outcome.verdict, outcome.unit.run.id) == (Verdict.GENUINE, tenant.run.id)


@pytest.mark.parametrize("symbols", [14, 16, 20])
def test_every_length_of_serial_is_recognised(world: World, symbols: int) -> None:
    with world.database.write() as tx:
        tenant = world.join(tx, symbols=symbols)
    assert world.read(tenant.code(0)).verdict is Verdict.GENUINE


def test_many_codes_at_once_are_recognised_like_single_ones(world: World, alice: Tenant) -> None:
    readings = [world.reading(alice.code(index)) for index in range(100)]
    outcomes = world.record(readings)
    assert [each.unit and each.unit.index for each in outcomes] == list(range(100))


# What is not


def encode(alice: Tenant, *, symbols: int = 16, ordinal: int | None = None) -> str:
    """Return what only the holder of Alice's key could print, for a unit that she never ordered."""
    cipher = SerialCipher(alice.keys[0], symbols)
    return cipher.encode(Position(alice.run.ordinal if ordinal is None else ordinal, 0, 5))


def forgeries(alice: Tenant, charlie: Tenant) -> dict[str, PrintedCode]:
    serial, gtin = alice.serial(5), alice.product.gtin
    changed = ("0" if serial[0] != "0" else "1") + serial[1:]
    return {
        "one symbol changed": PrintedCode(gtin=gtin, serial=changed),
        "a right serial under another organisation": PrintedCode(
            gtin=charlie.product.gtin, serial=serial
        ),
        "an unknown GTIN": PrintedCode(gtin="09999999999994", serial=serial),
        "an unknown prefix": PrintedCode(prefix="ZZZZ", serial=serial),
        "a foreign serial": PrintedCode(gtin=gtin, serial="ABC-123"),
        "beyond the quantity": PrintedCode(gtin=gtin, serial=alice.serial(1000)),
        "a level without group": PrintedCode(gtin=gtin, serial=alice.serial(0, level=3)),
        "a case under the item's GTIN": PrintedCode(gtin=gtin, serial=alice.serial(0, level=1)),
        "a bare serial of nobody": PrintedCode(serial=serial),
        "mistyped": PrintedCode(serial=serial, is_mistyped=True),
        "another length than the run's": PrintedCode(gtin=gtin, serial=encode(alice, symbols=14)),
        "a run that does not exist": PrintedCode(gtin=gtin, serial=encode(alice, ordinal=77)),
        "a plain SSCC": PrintedCode(sscc="069012300000000017"),
        "an SSCC we did not print": PrintedCode(sscc="069012300000000017", serial=serial),
    }


def test_forged_foreign_and_unknown_codes_get_the_same_answer(
    world: World, alice: Tenant, charlie: Tenant
) -> None:
    for name, code in forgeries(alice, charlie).items():
        outcome = world.read(code)
        assert outcome.verdict is Verdict.NOT_ISSUED, name
        assert codes(outcome) == [ReasonCode.NOT_ISSUED], name
        assert (outcome.unit, outcome.evidence, outcome.scan_id) == (None, None, None), name
        assert not outcome.counted, name
        assert not outcome.can_confirm, name


def test_a_serial_under_another_product_of_the_same_organisation_is_not_issued(
    world: World, alice: Tenant
) -> None:
    with world.database.write() as tx:
        catalog.claim_gtin(tx, alice.scope, "06901234567892")
    code = PrintedCode(gtin="06901234567892", serial=alice.serial(5))
    assert world.read(code).verdict is Verdict.NOT_ISSUED


def test_invented_codes_are_counted_by_minute_network_and_product_not_stored(
    world: World, alice: Tenant, charlie: Tenant
) -> None:
    readings = [world.reading(code) for code in forgeries(alice, charlie).values()]
    minute = int(readings[0].at.timestamp()) // 60
    world.record(readings)
    counted = not_issued(world)
    assert sum(count for *_, count in counted) == len(readings)
    assert {row[0] for row in counted} <= {minute, minute + 1}
    assert len({network for _, network, _, _ in counted}) == 1
    # Invented GTINs must not fill the table with rows of their own.
    assert {product for _, _, product, _ in counted} == {
        "",
        alice.product.gtin,
        charlie.product.gtin,
    }
    for tenant in (alice, charlie):
        assert ledger(world, tenant, 5) == []


def test_an_invented_code_that_a_kiosk_sends_twice_at_once_is_counted_once(
    world: World, alice: Tenant, charlie: Tenant
) -> None:
    actor = make_actor(charlie, Role.KIOSK)
    for each in (*forgeries(alice, charlie).values(), PrintedCode(serial="nonsense")):
        before = sum(count for *_, count in not_issued(world))
        reading = world.reading(each, actor=actor, may_repeat=True)
        assert [told.scan_id for told in world.record([reading, reading])] == [None, None]
        assert sum(count for *_, count in not_issued(world)) == before + 1
        # Others know nothing of an id: theirs are readings each.
        world.record([replace(reading, id=new_id(NOW)), *[world.reading(each)] * 2])
        assert sum(count for *_, count in not_issued(world)) == before + 4


def test_ten_thousand_invented_codes_of_one_network_stay_a_few_rows(
    world: World, alice: Tenant
) -> None:
    for start in range(0, 10_000, 500):
        world.record(
            [
                world.reading(PrintedCode(gtin=alice.product.gtin, serial=f"{start + i:016}"))
                for i in range(500)
            ]
        )
        world.at = NOW
    rows = not_issued(world)
    assert sum(count for *_, count in rows) == 10_000
    assert len(rows) <= 10


def test_networks_are_pseudonyms_of_one_day(world: World, alice: Tenant) -> None:
    forged = PrintedCode(gtin=alice.product.gtin, serial="0" * 16)
    world.read(forged)
    world.tick(days=1)
    world.read(forged)
    first, second = not_issued(world)
    assert first[1] != second[1]


# Groups with an SSCC


@pytest.fixture
def palletised(world: World) -> Tenant:
    with world.database.write() as tx:
        tenant = world.join(
            tx,
            gs1_prefix="690123456",
            packing=(24,),
            group_gtins=(None,),
            sscc_first=(None,),
        )
        first = ssccs.reserve_sscc(tx, tenant.scope, "690123456", 42, 10**8)
        tenant = world.add_run(
            tx,
            tenant,
            packing=(24,),
            group_gtins=(None,),
            sscc_first=(first,),
            gs1_prefix="690123456",
        )
        world.release(tx, tenant, level=1, stop=42)
        return tenant


SSCC_OF_3 = build_sscc("690123456", 3)


def test_sscc_with_serial_leads_to_its_group(world: World, palletised: Tenant) -> None:
    code = PrintedCode(sscc=SSCC_OF_3, serial=palletised.serial(3, level=1))
    outcome = world.read(code)
    assert outcome.unit is not None
    assert (outcome.verdict, outcome.unit.level, outcome.unit.index) == (Verdict.GENUINE, 1, 3)
    other = PrintedCode(sscc=SSCC_OF_3, serial=palletised.serial(4, level=1))
    assert world.read(other).verdict is Verdict.NOT_ISSUED
    item = PrintedCode(sscc=SSCC_OF_3, serial=palletised.serial(3))
    assert world.read(item).verdict is Verdict.NOT_ISSUED


def test_plain_sscc_resolves_for_signed_in_readers_only(
    world: World, palletised: Tenant, charlie: Tenant
) -> None:
    plain = PrintedCode(sscc=SSCC_OF_3)
    assert world.read(plain).verdict is Verdict.NOT_ISSUED
    outcome = world.read(plain, actor=make_actor(charlie, Role.LOGISTICS))
    assert outcome.unit is not None
    assert (outcome.unit.level, outcome.unit.index) == (1, 3)
    assert outcome.unit.number == palletised.serial(3, level=1)[:6]
    beyond = PrintedCode(sscc=build_sscc("690123456", 99))
    assert world.read(beyond, actor=make_actor(charlie, Role.LOGISTICS)).unit is None


def test_bare_serial_means_something_inside_its_own_organisation_only(
    world: World, alice: Tenant, charlie: Tenant
) -> None:
    mistyped = PrintedCode(serial=alice.serial(5), is_mistyped=True)
    assert world.read(mistyped, actor=make_actor(alice, Role.MANUFACTURER)).unit is None
    bare = PrintedCode(serial=alice.serial(5))
    assert world.read(bare, actor=make_actor(alice, Role.MANUFACTURER)).unit is not None
    assert world.read(bare, actor=make_actor(charlie, Role.MANUFACTURER)).unit is None
