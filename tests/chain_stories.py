"""Random life stories of goods, and an oracle that stores every unit and walks through them.

The oracle knows nothing of spans, blocks, windows or arithmetic: it keeps for each unit the one
container it is in, applies events one by one in the order of their times, and after each asks of
every single unit what it felt. Slow and plain; everything clever is compared with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import TypeAlias
from uuid import UUID

from tests.chain_makers import ALICE, SAM
from tests.factories import NOW

from trueorigin.domain.events import Declaration, Effect, Event, EventKind, Moment, Part
from trueorigin.domain.ids import uuid7
from trueorigin.domain.packing import Plan, Span, join_spans
from trueorigin.domain.units import unit_key

# Units of each level: a run packed three to a case and two cases to a pallet, and some totes.
GOODS, TOTES = 5, 9
QUANTITIES: Mapping[int, tuple[int, ...]] = {GOODS: (17, 6, 3), TOTES: (4,)}
PACKING = (3, 2)
CHAIN_MAX = 8

MOVEMENTS = (
    EventKind.COMMISSIONING,
    EventKind.SHIPPING,
    EventKind.RECEIVING,
    EventKind.STORING,
    EventKind.SELLING,
    EventKind.RETURNING,
    EventKind.DESTROYING,
    EventKind.INSPECTING,
)
_KINDS = {
    Effect.INTO: EventKind.PACKING,
    Effect.PLANNED: EventKind.PACKING,
    Effect.OUT: EventKind.UNPACKING,
    Effect.EMPTIED: EventKind.UNPACKING,
}
_EFFECTS = (
    *(Effect.NONE,) * 6,
    *(Effect.INTO,) * 6,
    *(Effect.PLANNED,) * 2,
    *(Effect.OUT,) * 2,
    *(Effect.EMPTIED,) * 2,
)

UNITS = tuple(
    unit_key(run_id, level, index)
    for run_id, quantities in QUANTITIES.items()
    for level, quantity in enumerate(quantities)
    for index in range(quantity)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened, in no particular order; some of it is declared in error."""

    events: tuple[Event, ...]
    declarations: tuple[Declaration, ...]

    def told(self) -> dict[UUID, Event]:
        """Return the events as they are read back: with the declarations that count."""
        recorders = {event.id: event.organisation_id for event in self.events}
        declared = {
            each.event_id: each
            for each in self.declarations
            if recorders.get(each.event_id) == each.organisation_id
        }
        return {
            event.id: replace(event, declaration=declared.get(event.id)) for event in self.events
        }


def tell_story(seed: int, length: int, *, hours: int = 12) -> Story:
    """Make up `length` events within so few `hours` that many are of the same time."""
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    events = [_make_event(random, hours) for _ in range(length)]
    declarations = [
        Declaration(
            event_id=event.id,
            # Nobody may take back what another one has said.
            organisation_id=random.choice((event.organisation_id, event.organisation_id, SAM)),
            actor_id=None,
            declared_at=NOW,
            recorded_at=NOW,
            reason="Wrong pallet",
        )
        for event in events
        if random.random() < 0.15
    ]
    random.shuffle(events)
    return Story(events=tuple(events), declarations=tuple(declarations))


def _make_event(random: Random, hours: int) -> Event:
    effect = random.choice(_EFFECTS)
    at = NOW + timedelta(hours=random.randrange(hours))
    container, plan = None, None
    about = tuple({_make_span(random) for _ in range(random.choice((1, 1, 2)))})
    if effect is Effect.INTO:
        # Mostly the same few: containers that are used again and again.
        container = random.choice(UNITS if random.random() < 0.4 else UNITS[-5:])
        about = tuple(span for span in about if not span.holds(container))
        if not about:
            effect, container, about = Effect.OUT, None, (_make_span(random),)
    elif effect is Effect.PLANNED:
        plan = make_plan(random)
        about = (plan.containers,)
    return Event(
        id=uuid7(NOW, random.randbytes(10)),
        kind=_KINDS.get(effect) or random.choice(MOVEMENTS),
        effect=effect,
        at=at,
        offset_minutes=random.choice((0, 480, -210)),
        recorded_at=NOW + timedelta(days=1),
        organisation_id=random.choice((ALICE, SAM)),
        actor_id=None,
        site_id=random.choice((None, UUID(int=0x517E1), UUID(int=0x517E2))),
        partner_id=random.choice((None, SAM)),
        about=join_spans(about),
        container=container,
        plan=plan,
        details=random.choice((None, {"vehicle": '\u8d35 C\u00b712345 \\ "', "pallets": 2})),
    )


def _make_span(random: Random) -> Span:
    run_id = random.choice((GOODS, GOODS, GOODS, TOTES))
    level = random.randrange(len(QUANTITIES[run_id]))
    quantity = QUANTITIES[run_id][level]
    start = random.randrange(quantity)
    stop = start + 1 if random.random() < 0.5 else random.randint(start + 1, quantity)
    return Span(run_id, level, start, stop)


def make_plan(random: Random) -> Plan:
    """Make a plan of the goods with an offset and rejects; its last container may be short."""
    while True:
        level = random.choice((1, 1, 2))
        size = PACKING[level - 1]
        below = QUANTITIES[GOODS][level - 1]
        first = random.randrange(below)
        stop = random.randint(first + 1, below)
        rejects = tuple(each for each in range(first, stop) if random.random() < 0.15)
        count = stop - first - len(rejects)
        containers = -(-count // size)
        room = QUANTITIES[GOODS][level] - containers
        if count and room >= 0:
            start = random.randint(0, room)
            span = Span(GOODS, level, start, start + containers)
            return Plan(containers=span, first=first, stop=stop, size=size, rejects=rejects)


# An event of a history as the oracle tells it: (id, part, path).
Felt: TypeAlias = tuple[UUID, Part, tuple[int, ...]]


@dataclass(slots=True)
class Oracle:
    """Every unit, and the container it is in.

    `felt` holds each unit's history in order, `chains` at each moment the containers around it.
    """

    parents: dict[int, int] = field(default_factory=dict)
    felt: dict[int, list[Felt]] = field(default_factory=lambda: {unit: [] for unit in UNITS})
    chains: dict[int, dict[Moment, tuple[int, ...]]] = field(
        default_factory=lambda: {unit: {} for unit in UNITS}
    )
    last: dict[int, Event | None] = field(default_factory=lambda: dict.fromkeys(UNITS))

    def walk(self, events: Mapping[UUID, Event], placing: frozenset[EventKind]) -> "Oracle":
        """Let everything happen, in the order of event time and id."""
        for event in sorted(events.values(), key=lambda each: each.moment):
            before = {unit: self.chain(unit) for unit in UNITS}
            parts = dict(list_parts(event))
            if event.declaration is None:
                self._apply(event, parts)
            for unit in UNITS:
                after = self.chain(unit)
                self.chains[unit][event.moment] = after
                felt = _feel(event, parts, unit, (before[unit], after))
                if felt is not None:
                    self.felt[unit].append(felt)
                    if event.declaration is None and event.kind in placing:
                        self.last[unit] = event
        return self

    def _apply(self, event: Event, parts: Mapping[int, Part]) -> None:
        for unit, part in parts.items():
            if part is Part.PACKED:
                self.parents.pop(unit, None)
        if event.effect is Effect.EMPTIED:
            for unit, parent in list(self.parents.items()):
                if parent in parts:
                    del self.parents[unit]
        if event.effect is Effect.INTO:
            assert event.container is not None
            for unit, part in parts.items():
                if part is Part.PACKED:
                    self.parents[unit] = event.container
        if event.plan is not None:
            self.parents.update(pack(event.plan))

    def chain(self, unit: int) -> tuple[int, ...]:
        """Return the containers around a unit, from the nearest outwards."""
        chain: list[int] = []
        while len(chain) < CHAIN_MAX:
            parent = self.parents.get(chain[-1] if chain else unit)
            if parent is None or parent == unit or parent in chain:
                break
            chain.append(parent)
        return tuple(chain)


def _feel(
    event: Event,
    parts: Mapping[int, Part],
    unit: int,
    chains: tuple[tuple[int, ...], tuple[int, ...]],
) -> Felt | None:
    if unit in parts:
        return event.id, parts[unit], ()
    before, after = chains
    for depth, container in enumerate(after, start=1):
        if parts.get(container) in {Part.PACKED, Part.SUBJECT}:
            return event.id, parts[container], after[:depth]
    for depth, container in enumerate(before, start=1):
        # Also whoever is inside something that is inside: it comes out of what is emptied.
        if parts.get(container) is Part.EMPTIED and event.declaration is None:
            return event.id, Part.EMPTIED, before[:depth]
    return None


def pack(plan: Plan) -> dict[int, int]:
    """Put children into containers one after the other."""
    run_id, level, container, _ = plan.containers
    packed: dict[int, int] = {}
    room = plan.size
    for child in range(plan.first, plan.stop):
        if child in plan.rejects:
            continue
        if room == 0:
            container, room = container + 1, plan.size
        packed[unit_key(run_id, level - 1, child)] = unit_key(run_id, level, container)
        room -= 1
    return packed


def list_parts(event: Event) -> Iterator[tuple[int, Part]]:
    """Yield every single unit that an event touches."""
    if event.plan is not None:
        run_id, level = event.plan.containers[:2]
        for child in pack(event.plan):
            yield child, Part.PACKED
        for reject in event.plan.rejects:
            yield unit_key(run_id, level - 1, reject), Part.REJECTED
        for container in list_keys(event.plan.containers):
            yield container, Part.CONTAINER
        return
    parts = {Effect.NONE: Part.SUBJECT, Effect.EMPTIED: Part.EMPTIED}
    for span in event.about:
        for unit in list_keys(span):
            yield unit, parts.get(event.effect, Part.PACKED)
    if event.container is not None:
        yield event.container, Part.CONTAINER


def list_keys(span: Span) -> Iterator[int]:
    for index in range(span.start, span.stop):
        yield unit_key(span.run_id, span.level, index)
