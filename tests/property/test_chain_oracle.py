"""A unit's life against an oracle that stores every unit, over random stories in random order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

from hypothesis import HealthCheck, given, settings, strategies as st
from tests.chain_makers import ALICE, WAREHOUSE, Ledger, make_site
from tests.chain_stories import QUANTITIES, UNITS, Felt, Oracle, Story, list_keys, tell_story
from tests.factories import NOW, later, make_organisation

from trueorigin.domain.chainfacts import ChainFacts, Surroundings, fold_chain
from trueorigin.domain.events import (
    PLACING,
    Declaration,
    Effect,
    Event,
    EventKind,
    Moment,
    Part,
)
from trueorigin.domain.history import Climb, History, build_history
from trueorigin.domain.inspections import DETAIL, find_finding
from trueorigin.domain.packing import Span, span_of
from trueorigin.domain.positions import Ground, Position
from trueorigin.services import tracing
from trueorigin.storage import containment, events
from trueorigin.storage.database import Database, Tx

seeds = st.integers(0, 2**64)
lengths = st.integers(0, 40)
_SITE = make_site(make_organisation(id=ALICE), id=WAREHOUSE)
AROUND = Surroundings(sites={WAREHOUSE: _SITE}, territories={}, organisations={})


def feel(history: History) -> list[Felt]:
    return [(entry.event.id, entry.part, entry.path) for entry in history.entries]


def chain_at(history: History, moment: Moment) -> tuple[int, ...]:
    """Return the containers around a unit, after checking that each is inside the next."""
    paths = [place.path for place in history.places if place.start <= moment < place.stop]
    longest = max(paths, key=len, default=())
    assert sorted(paths, key=len) == [longest[:depth] for depth in range(1, len(longest) + 1)]
    return longest


def assert_same_life(histories: Mapping[int, History], oracle: Oracle) -> None:
    for unit, history in histories.items():
        assert feel(history) == oracle.felt[unit]
        for moment, chain in oracle.chains[unit].items():
            assert chain_at(history, moment) == chain


@settings(max_examples=1000, deadline=None)
@given(seed=seeds, length=lengths)
def test_histories_are_what_a_table_of_every_unit_tells(seed: int, length: int) -> None:
    story = tell_story(seed, length)
    ledger = Ledger(tuple(story.told().values()))
    # Looking back as little as possible: then it often has to look back again.
    histories = ledger.climb(UNITS, lookback=1)
    assert_same_life(histories, Oracle().walk(ledger.events, PLACING))


@settings(max_examples=600, deadline=None)
@given(seed=seeds, length=lengths)
def test_last_places_are_what_a_table_of_every_unit_tells(seed: int, length: int) -> None:
    ledger = Ledger(tuple(tell_story(seed, length).told().values()))
    ground = Ground.of(ledger.touches, ledger.outlines)
    oracle = Oracle().walk(ledger.events, PLACING)
    for run_id, quantities in QUANTITIES.items():
        for level, quantity in enumerate(quantities):
            whole = Span(run_id, level, 0, quantity)
            found: dict[int, Moment | None] = {}
            for span, moment in ground.list_last(whole):
                for unit in list_keys(span):
                    assert unit not in found
                    found[unit] = moment
            lasts = {unit: oracle.last[unit] for unit in list_keys(whole)}
            assert found == {unit: last and last.moment for unit, last in lasts.items()}


@settings(max_examples=500, deadline=None)
@given(seed=seeds, length=lengths)
def test_what_is_inside_now_is_what_a_table_of_every_unit_tells(seed: int, length: int) -> None:
    ledger = Ledger(tuple(tell_story(seed, length).told().values()))
    ground = Ground.of(ledger.touches, ledger.outlines)
    oracle = Oracle().walk(ledger.events, PLACING)
    for container in UNITS:
        inside: list[int] = []
        for run_id, quantities in QUANTITIES.items():
            for level, quantity in enumerate(quantities):
                for span in ground.list_inside(
                    Span(run_id, level, 0, quantity), span_of(container)
                ):
                    inside += list_keys(span)
        assert sorted(inside) == sorted(u for u, p in oracle.parents.items() if p == container)


def tell_facts(
    felt: Sequence[Felt], chain: Sequence[int], told: Mapping[UUID, Event]
) -> tuple[object, ...]:
    """Return what `fold_chain` should, by walking through all a unit ever felt, again and again.

    Each fact is looked for by itself, from its own end; nothing is folded.
    """
    lived = [(told[each], part, path) for each, part, path in felt if not told[each].declaration]
    subject = [event for event, part, _ in lived if part is Part.SUBJECT]
    kinds = [event.kind for event in subject]
    returns = [place for place, kind in enumerate(kinds) if kind is EventKind.RETURNING]
    since = returns[-1] + 1 if returns else 0
    destroyed = [event.at for event in subject if event.kind is EventKind.DESTROYING]
    sold = [event.at for event in subject[since:] if event.kind is EventKind.SELLING]
    found = [event for event in subject if event.kind is EventKind.INSPECTING]
    results = [each.result.value for event in found if (each := find_finding(event))]
    judging = [each for each in results if each in {"conforms", "suspected_counterfeit"}]
    seals = [each for each in results if each in {"sealed", "unsealed"}]
    putting = [
        (event, part, path)
        for event, part, path in lived
        if (part is Part.SUBJECT and event.kind is not EventKind.INSPECTING)
        or (part is Part.PACKED and event.effect in {Effect.INTO, Effect.PLANNED})
    ]
    kept = None
    if chain and putting:
        last, part, path = putting[-1]
        is_kept = last.kind.value in {"receiving", "storing"} and part is Part.SUBJECT and path
        if is_kept and last.site_id == WAREHOUSE:
            kept = last.at
    return (
        destroyed[0] if destroyed else None,
        sold[0] if sold else None,
        judging[-1] if judging else None,
        bool(seals) and seals[-1] == "sealed",
        results,
        kept,
    )


def fold_facts(history: History) -> tuple[object, ...]:
    facts = fold_chain(history, AROUND, at=later(days=2))
    return (
        facts.destroyed_at,
        None if facts.sale is None else facts.sale.at,
        None if facts.judged is None else facts.judged.result.value,
        facts.sealed is not None,
        [each.result.value for each in facts.findings],
        None if facts.keeping is None else facts.keeping.since,
    )


def inspect(story: Story, seed: int) -> Story:
    """Let authorities find something in half of the inspections, and name a site we know."""
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    sites = {each.site_id for each in story.events} - {None}
    known = min(sites, default=None, key=str)

    def change(event: Event) -> Event:
        if event.site_id is not None and event.site_id == known:
            event = replace(event, site_id=WAREHOUSE)
        if event.kind is not EventKind.INSPECTING or random.random() < 0.3:
            return event
        results = ("conforms", "suspected_counterfeit", "sealed", "unsealed", "sampled")
        return replace(event, details={DETAIL: {"result": random.choice(results)}})

    return replace(story, events=tuple(map(change, story.events)))


@settings(max_examples=300, deadline=None)
@given(seed=seeds, length=lengths)
def test_facts_of_the_chain_are_what_a_table_of_every_unit_tells(seed: int, length: int) -> None:
    story = inspect(tell_story(seed, length), seed)
    told = story.told()
    oracle = Oracle().walk(told, PLACING)
    mixed = list(told.values())
    Random(seed + 1).shuffle(mixed)  # noqa: S311 - repeatable on purpose
    for unit, history in Ledger(mixed).climb(UNITS).items():
        expected = tell_facts(oracle.felt[unit], oracle.chain(unit), told)
        assert fold_facts(history) == expected
        # Nothing that has not happened yet counts.
        assert fold_chain(history, AROUND, at=NOW - timedelta(days=1)) == ChainFacts()


def deal(story: Story, seed: int) -> Iterator[tuple[Sequence[Event], Sequence[Declaration]]]:
    """Yield the story in batches as an unreliable network brings it: mixed up, and repeatedly."""
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    waiting: list[Event | Declaration] = [*story.events, *story.declarations]
    waiting += random.choices(waiting, k=len(waiting) // 3) if waiting else []
    random.shuffle(waiting)
    while waiting:
        size = random.randint(1, 12)
        batch, waiting = waiting[:size], waiting[size:]
        told = {each.id: each for each in batch if isinstance(each, Event)}
        declared = {each.event_id: each for each in batch if isinstance(each, Declaration)}
        yield list(told.values()), list(declared.values())


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=seeds, length=st.integers(0, 60))
def test_stored_in_any_order_it_is_the_same_life(
    database: Database, seed: int, length: int
) -> None:
    story = tell_story(seed, length)
    oracle = Oracle().walk(story.told(), PLACING)
    with database.write() as tx:
        tx.run("SAVEPOINT story")
        new = [0, 0]
        for told, declared in deal(story, seed):
            new[0] += len(told) - len(events.append_events(tx, told))
            new[1] += len(events.append_declarations(tx, declared))
        assert new == [len(story.events), len(story.declarations)]
        assert events.find_events(tx, {each.id for each in story.events}) == story.told()
        assert_same_life(tracing.find_histories(tx, UNITS), oracle)
        assert_same_life(climb_stored(tx, story), oracle)
        for run_id, quantities in QUANTITIES.items():
            for level, quantity in enumerate(quantities):
                whole = Span(run_id, level, 0, quantity)
                assert_same_places(tracing.find_positions(tx, [whole], at=later(days=2)), oracle)
        for unit in UNITS:
            found = tracing.find_packed(tx, unit, at=later(days=2)) or []
            inside = [child for child, parent in oracle.parents.items() if parent == unit]
            assert [key for span in found for key in list_keys(span)] == sorted(inside)
        tx.run("ROLLBACK TO story")


def climb_stored(tx: Tx, story: Story) -> dict[int, History]:
    """Climb looking back as little as possible, so that it often has to look back again."""
    climb = Climb(UNITS, lookback=1)
    while windows := climb.list_windows():
        found = containment.find_touches(tx, windows)
        ids = {touch.moment.id for touches in found.values() for touch in touches}
        climb.go_on(found, events.find_declared(tx, ids))
    return {unit: build_history(trace, story.told()) for unit, trace in climb.traces.items()}


def assert_same_places(positions: Iterable[Position], oracle: Oracle) -> None:
    for position in positions:
        for unit in list_keys(position.span):
            last = oracle.last[unit]
            assert position.kind == (None if last is None else last.kind)
            assert position.site_id == (None if last is None else last.site_id)
            assert position.partner_id == (None if last is None else last.partner_id)
