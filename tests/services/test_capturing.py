"""Events taken in: by codes and ranges, once each, wrong rows named and the others stored."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from tests.budgets import max_queries
from tests.chain_world import Chain, draft, make_chain
from tests.factories import NOW, later, make_id
from tests.scanning_world import Tenant, World

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import DomainError, NotFoundError
from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import Effect, Event, EventKind, Part
from trueorigin.domain.packing import Plan, Span, span_of
from trueorigin.services.capturing import (
    EventOutcome,
    Outcome,
    declare_error,
    parse_events,
)
from trueorigin.storage import events as stored
from trueorigin.storage.database import Database

SENDER = UUID(int=0x5E4D)


@pytest.fixture
def chain(database: Database) -> Chain:
    return make_chain(World(database))


def find_event(chain: Chain, outcome: EventOutcome) -> Event:
    assert outcome.event_id is not None
    with chain.world.database.read() as tx:
        return stored.find_events(tx, [outcome.event_id])[outcome.event_id]


def refusal(outcome: EventOutcome) -> tuple[str, str | None]:
    assert outcome.outcome is Outcome.REFUSED
    assert outcome.error is not None
    return outcome.error.code, outcome.error.field


def test_what_was_packed_by_code_moves_with_its_case(chain: Chain) -> None:
    case, item = chain.alice.code(2, level=1), chain.alice.code(7)
    pack = draft(EventKind.PACKING, units=(item,), containers=(case,))
    ship = draft(EventKind.SHIPPING, at=later(hours=1), units=(case,))
    chain.store(ship, pack)
    assert chain.felt(chain.alice.key(7)) == [
        (pack.id, Part.PACKED, ()),
        (ship.id, Part.SUBJECT, (chain.alice.key(2, level=1),)),
    ]


def test_an_event_keeps_all_it_was_told_with(chain: Chain) -> None:
    wall = datetime(2026, 3, 14, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    site = chain.add_site()
    chain.link(chain.charlie)
    told = draft(
        at=wall,
        units=(chain.alice.code(9), Span(chain.alice.run.id, 0, 7, 9)),
        site_id=site.id,
        partner_id=chain.charlie.organisation.id,
        details={"carrier": "顺丰"},
    )
    [outcome] = chain.capture(told)
    event = find_event(chain, outcome)
    assert event.at == wall
    assert event.offset_minutes == 480
    assert event.recorded_at == NOW
    assert event.organisation_id == chain.alice.organisation.id
    assert (event.site_id, event.partner_id) == (told.site_id, told.partner_id)
    assert event.details == {"carrier": "顺丰"}
    # What was read one by one is one range where the numbers follow one another.
    assert event.about == (Span(chain.alice.run.id, 0, 7, 10),)


def test_a_whole_run_packed_as_planned_is_one_event(chain: Chain) -> None:
    run = chain.alice.run
    cases = Span(run.id, 1, 0, run.quantity_at(1))
    [outcome] = chain.capture(draft(EventKind.PACKING, plan=PlanDraft(containers=cases)))
    assert find_event(chain, outcome).plan == Plan(containers=cases, first=0, stop=1000, size=24)
    assert chain.look(chain.alice.key(999)).history.places[0].path == (chain.alice.key(41, 1),)


def test_a_plan_with_offset_and_rejects(chain: Chain) -> None:
    cases = Span(chain.alice.run.id, 1, 1, 3)
    plan = PlanDraft(containers=cases, first=30, rejects=(31, 40))
    [outcome] = chain.capture(draft(EventKind.PACKING, plan=plan))
    assert find_event(chain, outcome).plan == Plan(
        containers=cases, first=30, stop=80, size=24, rejects=(31, 40)
    )


def alices_run(chain: Chain, start: int, stop: int, level: int = 0) -> Span:
    return Span(chain.alice.run.id, level, start, stop)


PLAN_REFUSED: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "items as containers": ({"level": 0}, "event_plan_level", "plan.level"),
    "beyond the run": ({"stop": 43}, "range_beyond_run", "plan.to"),
    "level the run has not": ({"level": 3}, "level_unknown", "plan.level"),
    "first beyond the run": ({"first": 1000}, "event_plan_children", "plan.first"),
    "last beyond the run": ({"last": 1001}, "event_plan_children", "plan.first"),
    "last before the first": ({"first": 9, "last": 9}, "event_plan_children", "plan.first"),
    "reject twice": ({"rejects": (3, 3)}, "event_plan_rejects", "plan.rejects"),
    "reject outside": ({"first": 5, "rejects": (3,)}, "event_plan_rejects", "plan.rejects"),
    "too few for the cases": ({"last": 24}, "event_plan_inexact", "plan"),
    "too many for the cases": ({"last": 49}, "event_plan_inexact", "plan"),
}


@pytest.mark.parametrize(("fields", "code", "field"), PLAN_REFUSED.values(), ids=PLAN_REFUSED)
def test_a_plan_that_does_not_fit_is_refused(
    chain: Chain, fields: dict[str, Any], code: str, field: str | None
) -> None:
    plan = PlanDraft(
        containers=alices_run(chain, 0, fields.get("stop", 2), fields.get("level", 1)),
        first=fields.get("first"),
        stop=fields.get("last"),
        rejects=fields.get("rejects", ()),
    )
    [outcome] = chain.capture(draft(EventKind.PACKING, plan=plan))
    assert refusal(outcome) == (code, field)


def test_a_case_in_itself_is_refused(chain: Chain) -> None:
    case = chain.alice.code(2, level=1)
    for units in ((case,), (alices_run(chain, 0, 5, level=1),)):
        [outcome] = chain.capture(draft(EventKind.PACKING, units=units, containers=(case,)))
        assert refusal(outcome) == ("event_container_in_itself", "container")


def test_a_range_is_no_single_container(chain: Chain) -> None:
    cases = alices_run(chain, 0, 2, level=1)
    told = draft(EventKind.PACKING, units=(chain.alice.code(1),), containers=(cases,))
    assert refusal(chain.capture(told)[0]) == ("event_containers", "container")


def test_a_broken_up_range_of_cases_lets_everything_out(chain: Chain) -> None:
    cases = alices_run(chain, 0, 42, level=1)
    packed = draft(EventKind.PACKING, plan=PlanDraft(containers=cases))
    broken = draft(EventKind.UNPACKING, at=later(hours=1), containers=(cases,))
    shipped = draft(at=later(hours=2), units=(cases,))
    chain.store(shipped, broken, packed)
    assert [each[0] for each in chain.felt(chain.alice.key(500))] == [packed.id, broken.id]


UNKNOWN = PrintedCode(prefix="NONE", serial="0" * 16)


@pytest.mark.parametrize("who", ["nobody's code", "another's code", "another's run", "no run"])
def test_units_of_others_and_units_nobody_issued_look_the_same(chain: Chain, who: str) -> None:
    reference = {
        "nobody's code": UNKNOWN,
        "another's code": chain.charlie.code(5, level=1),
        "another's run": Span(chain.charlie.run.id, 1, 0, 5),
        "no run": Span(2**28, 1, 0, 5),
    }[who]
    code = "run_not_found" if isinstance(reference, Span) else "unit_not_found"
    [outcome] = chain.capture(draft(units=(chain.alice.code(1), reference)))
    assert refusal(outcome) == (code, "units.1")
    told = draft(EventKind.PACKING, units=(chain.alice.code(1),), containers=(reference,))
    assert refusal(chain.capture(told)[0]) == (code, "container.0")
    if isinstance(reference, Span):
        told = draft(EventKind.PACKING, plan=PlanDraft(containers=reference))
        assert refusal(chain.capture(told)[0]) == (code, "plan")


def test_an_event_sent_again_is_stored_once(chain: Chain) -> None:
    told = draft(units=(chain.alice.code(1),), details={"vehicle": "7"})
    assert [each.outcome for each in chain.capture(told, told)] == ["stored", "repeated"]
    assert [each.outcome for each in chain.capture(told)] == ["repeated"]
    assert len(chain.felt(chain.alice.key(1))) == 1


def test_another_event_under_the_same_id_is_refused(chain: Chain) -> None:
    told = draft(units=(chain.alice.code(1),))
    other = replace(told, units=(chain.alice.code(2),))
    first, second = chain.capture(told, other)
    assert first.outcome is Outcome.STORED
    assert refusal(second) == ("event_id_taken", "id")
    assert refusal(chain.capture(other)[0]) == ("event_id_taken", "id")
    # Charlie cannot find out what it says either.
    foreign = replace(told, units=(chain.charlie.code(1),))
    assert refusal(chain.capture(foreign, by=chain.charlie)[0]) == ("event_id_taken", "id")


@pytest.mark.parametrize("count", [1, 300])
def test_a_batch_costs_the_same_statements_whatever_its_size(chain: Chain, count: int) -> None:
    case = chain.alice.code(1, level=1)
    told = [
        draft(
            EventKind.PACKING,
            units=(chain.alice.code(n), alices_run(chain, 900, 990)),
            containers=(case,),
        )
        for n in range(count)
    ]
    # The first event of a run makes every process read it anew.
    chain.store(draft(units=(case,)))
    chain.store(draft(units=(case,)))
    with max_queries(chain.world.database, 11):
        chain.store(*told)


def test_declared_in_error_it_counts_for_nothing_and_is_seen(chain: Chain) -> None:
    case, item = chain.alice.code(2, level=1), chain.alice.code(7)
    packed = draft(EventKind.PACKING, units=(item,), containers=(case,))
    shipped = draft(at=later(hours=1), units=(case,))
    chain.store(packed, shipped)
    with chain.world.database.write() as tx:
        assert declare_error(tx, chain.act(), packed.id, reason="Wrong case")
        assert not declare_error(tx, chain.act(), packed.id, reason="Wrong case")
    [entry] = chain.look(chain.alice.key(7)).history.entries
    assert entry.event.id == packed.id
    assert entry.event.declaration is not None
    assert entry.event.declaration.reason == "Wrong case"
    # What is sent again is still the same event.
    assert [each.outcome for each in chain.capture(packed)] == ["repeated"]


def test_what_is_declared_before_it_arrives_never_counts(chain: Chain) -> None:
    told = draft(units=(chain.alice.code(7),))
    with chain.world.database.write() as tx:
        assert declare_error(tx, chain.act(), told.id, reason=None, declared_at=later(hours=2))
    chain.store(told)
    [entry] = chain.look(chain.alice.key(7)).history.entries
    assert entry.event.declaration is not None
    assert entry.event.declaration.declared_at == later(hours=2)


def test_charlie_cannot_take_back_what_alice_has_said(chain: Chain) -> None:
    told = draft(units=(chain.alice.code(7),))
    chain.store(told)
    with chain.world.database.write() as tx, pytest.raises(NotFoundError, match="event_not_found"):
        declare_error(tx, chain.act(chain.charlie), told.id, reason="Never")
    [entry] = chain.look(chain.alice.key(7)).history.entries
    assert entry.event.declaration is None


def test_what_charlie_declares_beforehand_does_not_hurt_alice(chain: Chain) -> None:
    told = draft(units=(chain.alice.code(7),))
    with chain.world.database.write() as tx:
        declare_error(tx, chain.act(chain.charlie), told.id, reason="Mischief")
    chain.store(told)
    [entry] = chain.look(chain.alice.key(7)).history.entries
    assert entry.event.declaration is None


def test_a_device_clock_a_year_off_is_kept_and_flagged(chain: Chain) -> None:
    told = draft(at=later(days=365), units=(chain.alice.code(7),))
    chain.store(told)
    [anomaly] = chain.look(chain.alice.key(7)).anomalies
    assert (anomaly.moment.id, anomaly.code) == (told.id, "clock_ahead")


def test_the_same_unit_named_twice_is_one(chain: Chain) -> None:
    code = chain.alice.code(7)
    [outcome] = chain.capture(draft(units=(code, code, span_of(chain.alice.key(7)))))
    assert find_event(chain, outcome).about == (span_of(chain.alice.key(7)),)
    assert find_event(chain, outcome).effect is Effect.NONE


def test_a_group_is_named_by_its_plain_sscc(database: Database) -> None:
    world = World(database)
    with database.write() as tx:
        tenant: Tenant = world.join(tx)
    chain = Chain(world, tenant, tenant)
    assert refusal(chain.capture(draft(units=(PrintedCode(sscc="006141410000000005"),)))[0]) == (
        "unit_not_found",
        "units.0",
    )


def test_documents_are_parsed_one_by_one() -> None:
    good, bad = parse_events(
        [
            {
                "id": str(make_id()),
                "kind": "storing",
                "at": "2026-03-14T09:30:00Z",
                "units": [{"run": 1, "level": 0, "from": 0, "to": 1}],
            },
            {},
        ],
        hosts=(),
        sender=SENDER,
    )
    assert not isinstance(good, DomainError)
    assert good.kind is EventKind.STORING
    assert isinstance(bad, DomainError)
