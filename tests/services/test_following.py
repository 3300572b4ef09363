"""Following findings: open and closed, answered, what was done since, what others found."""

from typing import Any
from uuid import UUID

import pytest
from tests.factories import make_act, make_id
from tests.same_instant import overtake
from tests.scanning_world import Tenant, World
from tests.supervised_world import (
    GUIYANG,
    GUIZHOU,
    JIANGSU,
    NANJING,
    Supervised,
    join_authority,
    open_supervision,
    seat,
)

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from trueorigin.domain.eventdrafts import DeclarationDraft
from trueorigin.domain.events import Declaration, EventKind
from trueorigin.domain.inspections import (
    DETAIL,
    SAID_MAX,
    InspectionFilter,
    InspectionResult,
    NoteKind,
)
from trueorigin.domain.packing import Span
from trueorigin.domain.ranges import RangeDraft
from trueorigin.domain.units import RangeKind
from trueorigin.services import capturing, following, inspecting, recalls
from trueorigin.services.following import TEXT_LENGTH_MAX, DeedKind, Following
from trueorigin.services.recalls import RecallDraft
from trueorigin.storage import events as stored_events
from trueorigin.storage.database import Database, Tx


@pytest.fixture
def supervised(database: Database) -> Supervised:
    return open_supervision(World(database=database))


def find(
    supervised: Supervised,
    result: str = "sealed",
    *,
    by: Tenant | None = None,
    span: Span | None = None,
    **fields: Any,  # noqa: ANN401 - of any type
) -> UUID:
    """Record a finding on ten of Alice's items, unless told otherwise."""
    about = span or Span(supervised.alice.run.id, 0, 0, 10)
    fields = {"details": {DETAIL: {"result": result}}, **fields}
    outcome = supervised.tell(by or supervised.rita, EventKind.INSPECTING, about, **fields)
    assert outcome.error is None, outcome.error
    assert outcome.event_id is not None
    return outcome.event_id


def follow(supervised: Supervised, event_id: UUID, by: Tenant | None = None) -> Following:
    with supervised.world.database.read() as tx:
        return following.get_following(tx, supervised.act(by), event_id)


def listed(
    supervised: Supervised,
    *,
    by: Tenant | None = None,
    region: str = "",
    **wanted: Any,  # noqa: ANN401 - of any type
) -> list[UUID]:
    act = supervised.act(by)
    with supervised.world.database.read() as tx:
        narrow = inspecting.narrow_region(tx, act.scope, InspectionFilter(**wanted), region)
        found = inspecting.list_inspections(
            tx, act.scope, "own" if by is None else "goods", narrow, limit=50
        )
    return [each.event.id for each in found]


@pytest.mark.parametrize("result", InspectionResult)
def test_what_asks_for_something_is_open(supervised: Supervised, result: InspectionResult) -> None:
    event_id = find(supervised, result.value)
    is_open = result not in {InspectionResult.CONFORMS, InspectionResult.UNSEALED}
    assert follow(supervised, event_id).found.is_open is is_open
    assert listed(supervised, is_open=True) == ([event_id] if is_open else [])
    assert listed(supervised, is_open=False) == ([] if is_open else [event_id])


def test_an_authority_closes_and_opens_its_own_finding(supervised: Supervised) -> None:
    event_id = find(supervised)
    database = supervised.world.database
    with database.write() as tx:
        following.close_finding(tx, supervised.act(), event_id, "Labels are right")
    told = follow(supervised, event_id)
    assert (told.found.is_open, told.found.closed_at is not None) == (False, True)
    [note] = told.notes
    assert (note.kind, note.text) == (NoteKind.CLOSE, "Labels are right")
    with database.write() as tx, pytest.raises(ConflictError) as refused:
        following.close_finding(tx, supervised.act(), event_id)
    assert refused.value.code == "finding_closed"
    with database.write() as tx:
        following.reopen_finding(tx, supervised.act(), event_id)
    assert follow(supervised, event_id).found.is_open
    with database.write() as tx, pytest.raises(ConflictError) as refused:
        following.reopen_finding(tx, supervised.act(), event_id)
    assert refused.value.code == "finding_open"


def test_what_asks_for_nothing_is_not_closed(supervised: Supervised) -> None:
    wrong = find(supervised)
    with supervised.world.database.write() as tx:
        capturing.declare_error(tx, supervised.act(), wrong, reason="Wrong pallet")
    assert listed(supervised, is_open=True) == []
    for event_id in (find(supervised, "conforms"), wrong):
        with (
            supervised.world.database.write() as tx,
            pytest.raises(ConflictError) as refused,
        ):
            following.close_finding(tx, supervised.act(), event_id)
        assert refused.value.code == "finding_not_followed"


def test_unsealing_all_that_was_sealed_closes_the_seal(supervised: Supervised) -> None:
    run = supervised.alice.run.id
    sealed = find(supervised)
    find(supervised, "unsealed", span=Span(run, 0, 0, 5))
    assert follow(supervised, sealed).found.is_open
    other = join_authority(supervised)
    find(supervised, "unsealed", by=other, span=Span(run, 0, 0, 20))
    assert follow(supervised, sealed).found.is_open
    find(supervised, "unsealed", span=Span(run, 0, 0, 20))
    assert not follow(supervised, sealed).found.is_open


def test_a_seal_that_arrives_after_its_unsealing_is_closed(supervised: Supervised) -> None:
    early = supervised.world.tick()
    find(supervised, "unsealed")
    assert not follow(supervised, find(supervised, at=early)).found.is_open
    # A seal after the unsealing is a new one.
    assert follow(supervised, find(supervised)).found.is_open


def test_a_seal_that_was_opened_again_is_closed_by_another_unsealing_only(
    supervised: Supervised,
) -> None:
    sealed = find(supervised)
    find(supervised, "unsealed")
    with supervised.world.database.write() as tx:
        following.reopen_finding(tx, supervised.act(), sealed, "Half the pallet only")
    # Whatever else is found of the run, by whomever, says nothing of this seal.
    find(supervised, "conforms", span=Span(supervised.alice.run.id, 0, 500, 501))
    find(supervised, "sampled", by=join_authority(supervised))
    assert follow(supervised, sealed).found.is_open
    find(supervised, "unsealed")
    assert not follow(supervised, sealed).found.is_open


def declare(supervised: Supervised, event_id: UUID, by: Tenant | None = None) -> None:
    with supervised.world.database.write() as tx:
        capturing.declare_error(tx, supervised.act(by), event_id, reason="Wrong pallet")


def close(supervised: Supervised, event_id: UUID) -> None:
    with supervised.world.database.write() as tx:
        following.close_finding(tx, supervised.act(), event_id, "Settled")


def reopen(supervised: Supervised, event_id: UUID) -> None:
    with supervised.world.database.write() as tx:
        following.reopen_finding(tx, supervised.act(), event_id, "Not settled")


def test_a_seal_is_followed_again_when_its_unsealing_was_in_error(supervised: Supervised) -> None:
    beside = Span(supervised.alice.run.id, 0, 20, 30)
    sealed, other = find(supervised), find(supervised, span=beside)
    off, other_off = find(supervised, "unsealed"), find(supervised, "unsealed", span=beside)
    declare(supervised, off)
    assert listed(supervised, is_open=True) == [sealed]
    assert follow(supervised, sealed).found.is_open
    assert not follow(supervised, other).found.is_open
    # Whatever is found of the run afterwards does not close it again.
    find(supervised, "sampled", by=join_authority(supervised))
    assert follow(supervised, sealed).found.is_open
    declare(supervised, other_off)
    assert listed(supervised, is_open=True) == [other, sealed]
    find(supervised, "unsealed")
    assert listed(supervised, is_open=True) == [other]


def test_a_seal_stays_closed_while_another_unsealing_holds(supervised: Supervised) -> None:
    sealed = find(supervised)
    wide = Span(supervised.alice.run.id, 0, 0, 20)
    offs = [find(supervised, "unsealed"), find(supervised, "unsealed", span=wide)]
    first_at = follow(supervised, sealed).found.closed_at
    declare(supervised, offs[0])
    closed_at = follow(supervised, sealed).found.closed_at
    # It is off since the one that holds.
    assert closed_at == follow(supervised, offs[1]).found.event.at
    assert first_at is not None
    assert closed_at > first_at
    declare(supervised, offs[1])
    assert follow(supervised, sealed).found.is_open


def test_what_was_closed_by_hand_stays_closed_when_an_unsealing_was_in_error(
    supervised: Supervised,
) -> None:
    sealed = find(supervised)
    close(supervised, sealed)
    declare(supervised, find(supervised, "unsealed"))
    assert not follow(supervised, sealed).found.is_open
    # Opened by hand and closed by the next unsealing, it is that one's again.
    reopen(supervised, sealed)
    off = find(supervised, "unsealed")
    assert not follow(supervised, sealed).found.is_open
    declare(supervised, off)
    assert follow(supervised, sealed).found.is_open


def test_a_seal_of_several_ranges_is_closed_by_hand_as_a_whole(supervised: Supervised) -> None:
    run = supervised.alice.run.id
    spans = (Span(run, 0, 0, 10), Span(run, 0, 20, 30))
    details = {DETAIL: {"result": "sealed"}}
    outcome = supervised.tell(supervised.rita, EventKind.INSPECTING, *spans, details=details)
    assert outcome.event_id is not None
    off = find(supervised, "unsealed")
    assert follow(supervised, outcome.event_id).found.is_open
    close(supervised, outcome.event_id)
    declare(supervised, off)
    assert not follow(supervised, outcome.event_id).found.is_open


def test_nobody_else_opens_a_seal_by_declaring_its_unsealing(supervised: Supervised) -> None:
    sealed = find(supervised)
    off = make_id()
    declare(supervised, off, supervised.charlie)
    find(supervised, "unsealed", id=off)
    assert not follow(supervised, sealed).found.is_open
    hidden = make_id()
    declare(supervised, hidden, supervised.charlie)
    find(supervised, "sampled", id=hidden)
    assert listed(supervised, is_open=True) == [hidden]


@pytest.mark.parametrize("is_declared_first", ["before", "with it"])
def test_an_unsealing_that_comes_with_its_error_closes_nothing(
    supervised: Supervised, is_declared_first: str
) -> None:
    sealed = find(supervised)
    event_id = make_id()
    if is_declared_first == "before":
        declare(supervised, event_id)
        find(supervised, "unsealed", id=event_id)
    else:
        told = DeclarationDraft(at=supervised.world.tick(), reason="Wrong pallet")
        find(supervised, "unsealed", id=event_id, declaration=told)
    assert follow(supervised, event_id).found.event.declaration is not None
    assert listed(supervised, is_open=True) == [sealed]


def test_a_seal_that_was_left_closed_by_an_unsealing_in_error_is_found_and_opened(
    supervised: Supervised,
) -> None:
    database, run = supervised.world.database, supervised.alice.run.id
    spans = [Span(run, 0, start, start + 10) for start in (0, 20, 40, 60)]
    left, held, by_hand, others = (find(supervised, span=each) for each in spans)
    close(supervised, by_hand)
    offs = [find(supervised, "unsealed", span=each) for each in spans]
    find(supervised, "unsealed", span=Span(run, 0, 15, 35))
    before = follow(supervised, held).found.closed_at
    # As programs did that only kept the declaration.
    at, recorders = supervised.world.tick(), [supervised.rita] * 3 + [supervised.charlie]
    told = [
        Declaration(off, tenant.scope, None, at, at, None)
        for off, tenant in zip(offs, recorders, strict=True)
    ]
    with database.write() as tx:
        stored_events.append_declarations(tx, told)
    assert listed(supervised, is_open=True) == []
    # One is open again, of another it is another unsealing that took it off. None is left out where
    # they are many.
    assert capturing.mend_seals(database, page=1) == 2
    assert listed(supervised, is_open=True) == [left]
    assert before is not None
    after = follow(supervised, held).found.closed_at
    assert after is not None
    assert after > before
    assert not follow(supervised, by_hand).found.is_open
    assert not follow(supervised, others).found.is_open
    assert capturing.mend_seals(database) == 0


def find_in(supervised: Supervised, tx: Tx, result: str, **fields: Any) -> None:  # noqa: ANN401
    """Record a finding on the same items in a transaction that goes on."""
    about = Span(supervised.alice.run.id, 0, 0, 10)
    fields = {"details": {DETAIL: {"result": result}}, **fields}
    outcome = supervised.tell_in(tx, supervised.rita, EventKind.INSPECTING, about, **fields)
    assert outcome.error is None, outcome.error


def declare_in(supervised: Supervised, tx: Tx, event_id: UUID) -> None:
    capturing.declare_error(tx, supervised.act(), event_id, reason="Wrong pallet")


@pytest.mark.parametrize("first", ["told", "declared"])
def test_an_unsealing_and_its_error_at_the_same_instant_leave_the_seal_open(
    supervised: Supervised, first: str
) -> None:
    sealed, off = find(supervised), make_id()
    database = supervised.world.database
    if first == "declared":
        overtake(
            database,
            lambda tx: declare_in(supervised, tx, off),
            lambda: find(supervised, "unsealed", id=off),
        )
    else:
        overtake(
            database,
            lambda tx: find_in(supervised, tx, "unsealed", id=off),
            lambda: declare(supervised, off),
        )
    assert follow(supervised, off).found.event.declaration is not None
    assert follow(supervised, sealed).found.is_open


@pytest.mark.parametrize("first", ["told", "declared"])
def test_a_late_seal_at_the_same_instant_as_the_error_of_its_unsealing_is_open(
    supervised: Supervised, first: str
) -> None:
    sealed, early = make_id(), supervised.world.tick()
    off = find(supervised, "unsealed")
    database = supervised.world.database
    if first == "declared":
        overtake(
            database,
            lambda tx: declare_in(supervised, tx, off),
            lambda: find(supervised, id=sealed, at=early),
        )
    else:
        overtake(
            database,
            lambda tx: find_in(supervised, tx, "sealed", id=sealed, at=early),
            lambda: declare(supervised, off),
        )
    assert follow(supervised, sealed).found.is_open


def test_a_seal_and_its_unsealing_at_the_same_instant_close_it(supervised: Supervised) -> None:
    sealed = make_id()
    # The first event of a run is waited for anyway.
    find(supervised, "sampled")
    overtake(
        supervised.world.database,
        lambda tx: find_in(supervised, tx, "sealed", id=sealed),
        lambda: find(supervised, "unsealed"),
    )
    assert not follow(supervised, sealed).found.is_open


def test_the_owner_answers_and_both_read_it(supervised: Supervised) -> None:
    event_id = find(supervised)
    act = supervised.act(supervised.alice)
    with supervised.world.database.write() as tx:
        following.answer_finding(tx, act, event_id, "  We recall the batch.\r\nToday. ")
    for tenant in (supervised.rita, supervised.alice):
        [note] = follow(supervised, event_id, tenant).notes
        assert note.text == "We recall the batch.\nToday."
        assert note.organisation_id == supervised.alice.organisation.id


def test_one_owner_reads_nothing_of_another(supervised: Supervised) -> None:
    spans = [Span(each.run.id, 0, 0, 5) for each in (supervised.alice, supervised.charlie)]
    act = supervised.act()
    outcome = supervised.tell(
        supervised.rita, EventKind.INSPECTING, *spans, details={DETAIL: {"result": "sampled"}}
    )
    assert outcome.event_id is not None
    with supervised.world.database.write() as tx:
        following.answer_finding(tx, supervised.act(supervised.alice), outcome.event_id, "Ours")
    told = follow(supervised, outcome.event_id, supervised.charlie)
    assert told.notes == ()
    assert told.found.spans == (spans[1],)
    assert told.found.owner_ids == {supervised.charlie.organisation.id}
    assert len(follow(supervised, outcome.event_id).found.spans) == 2
    assert act.scope == supervised.rita.scope


@pytest.mark.parametrize("text", ["", "x" * (TEXT_LENGTH_MAX + 1), "\u202e"])
def test_an_answer_that_says_nothing_is_refused(supervised: Supervised, text: str) -> None:
    event_id = find(supervised)
    act = supervised.act(supervised.alice)
    with supervised.world.database.write() as tx, pytest.raises(DomainError) as refused:
        following.answer_finding(tx, act, event_id, text)
    assert refused.value.field == "text"


def test_notes_have_a_limit(supervised: Supervised) -> None:
    event_id = find(supervised)
    act = supervised.act(supervised.alice)
    with supervised.world.database.write() as tx:
        for number in range(SAID_MAX):
            following.answer_finding(tx, act, event_id, str(number))
        with pytest.raises(ConflictError) as refused:
            following.answer_finding(tx, act, event_id, "One more")
    assert refused.value.code == "finding_notes_too_many"


def test_strangers_find_nothing_and_others_do_not_close(supervised: Supervised) -> None:
    event_id = find(supervised)
    for say in (following.answer_finding, following.close_finding, following.reopen_finding):
        with supervised.world.database.write() as tx, pytest.raises(NotFoundError):
            say(tx, supervised.act(supervised.charlie), event_id, "Mine")
        with supervised.world.database.write() as tx, pytest.raises(NotFoundError):
            say(tx, supervised.act(), make_id(), "Nobody's")
    with pytest.raises(NotFoundError):
        follow(supervised, event_id, supervised.charlie)
    for stranger in (join_authority(supervised), supervised.alice):
        with supervised.world.database.write() as tx, pytest.raises(ForbiddenError) as refused:
            following.close_finding(tx, supervised.act(stranger), event_id)
        assert refused.value.code == "finding_not_own"


def test_another_authority_sees_a_finding_within_its_remit(supervised: Supervised) -> None:
    seat(supervised, supervised.alice, GUIZHOU + "0103")
    supervised.keep_goods(supervised.alice, GUIYANG)
    theirs = find(supervised, by=join_authority(supervised))
    assert follow(supervised, theirs).is_own is False
    supervised.limit(JIANGSU)
    with pytest.raises(NotFoundError):
        follow(supervised, theirs)


def test_what_others_found_of_the_same_units_stands_beside_it(supervised: Supervised) -> None:
    run = supervised.alice.run
    mine = find(supervised)
    other = join_authority(supervised)
    # The case that holds the items, by plan; items beside them are nobody's business here.
    on_case = find(supervised, "conforms", by=other, span=Span(run.id, 1, 0, 1))
    find(supervised, "conforms", by=other, span=Span(run.id, 0, 10, 20))
    [each] = follow(supervised, mine).others
    assert each.event.id == on_case
    assert each.event.organisation_id == other.organisation.id


def test_what_the_owner_did_since_is_read_from_what_is_on_record(supervised: Supervised) -> None:
    world, alice = supervised.world, supervised.alice
    with world.database.write() as tx:
        early = Span(alice.run.id, 0, 0, 3)
        world.release(tx, alice, kind=RangeKind.WITHDRAW, start=0, stop=3, created_at=world.at)
    event_id = find(supervised)
    world.tick(minutes=1)
    with world.database.write() as tx:
        for start, stop in ((5, 8), (500, 600)):
            world.release(
                tx, alice, kind=RangeKind.WITHDRAW, start=start, stop=stop, created_at=world.at
            )
        act = make_act(alice.organisation, at=world.tick())
        reason = LocalText(zh=None, en="Caps")
        for draft in (
            RecallDraft(batch_id=alice.batch.id, number="R-1", reason=reason),
            RecallDraft(
                run_id=alice.run.id, range=RangeDraft(level=0, start=900, stop=950), reason=reason
            ),
        ):
            recalls.create_recall(tx, act, draft)
    deeds = follow(supervised, event_id).deeds
    assert [(each.kind, each.span) for each in deeds] == [
        (DeedKind.WITHDRAWN, Span(alice.run.id, 0, 5, 8)),
        (DeedKind.RECALLED, None),
    ]
    assert deeds[1].number == "R-1"
    assert early not in [each.span for each in deeds]


def test_findings_are_listed_by_what_is_asked_for(supervised: Supervised) -> None:
    alice, charlie = supervised.alice, supervised.charlie
    site = supervised.add_site(supervised.rita, NANJING)
    here = find(supervised, site_id=site.id)
    there = find(supervised, "conforms", span=Span(charlie.run.id, 0, 0, 5))
    assert listed(supervised) == [there, here]
    assert listed(supervised, product_id=alice.product.id) == [here]
    assert listed(supervised, owner_id=charlie.organisation.id) == [there]
    assert listed(supervised, result=InspectionResult.SEALED) == [here]
    assert listed(supervised, region=JIANGSU) == [here]
    assert listed(supervised, region=GUIZHOU) == []
    assert listed(supervised, by=alice, is_open=True) == [here]
    assert listed(supervised, by=charlie, product_id=alice.product.id) == []
