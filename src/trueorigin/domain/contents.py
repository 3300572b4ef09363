# SPDX-License-Identifier: Apache-2.0
"""What is inside a group: now, by its packing plan, and as its printed code claims. Pure.

The plan is arithmetic, what is inside now follows from events, and the printed list is a claim of
whoever printed it: compared with what is inside, never believed, and without any effect.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from trueorigin.domain.catalog import PACK_MAX, Run
from trueorigin.domain.digitallink import Contents
from trueorigin.domain.packing import Span
from trueorigin.domain.records import record
from trueorigin.domain.units import unit_key

# Units that are named one by one: the cases of any pallet, the items of any case.
LISTED_MAX: Final = 500
# Numbers that are computed to be compared with a label: the largest group that can be ordered.
COMPARED_MAX: Final = PACK_MAX


@record
class Group:
    """A unit that holds others: the one with this index, of this level.

    An item holds what was packed into it, as a gift box that has a code of its own does.
    """

    run: Run
    level: int
    index: int

    @property
    def key(self) -> int:
        """Return its unit key."""
        return unit_key(self.run.id, self.level, self.index)

    @property
    def plan(self) -> Span:
        """Return what it was planned to hold; the last group of a run may be short.

        Only of levels above 0: nothing was ever planned to be in an item.
        """
        below = self.level - 1
        first = self.index * self.run.packing[below]
        stop = min(first + self.run.packing[below], self.run.quantity_at(below))
        return Span(self.run.id, below, first, stop)


@record
class Load:
    """Units in ranges, in order: how many they are, and how many items they hold by plan.

    `numbers` are those of the first `LISTED_MAX`.
    """

    spans: tuple[Span, ...]
    count: int
    items: int
    numbers: tuple[str, ...]

    def list_keys(self) -> Iterator[int]:
        """Yield the keys of the units whose numbers are listed, in the same order."""
        room = len(self.numbers)
        for span in self.spans:
            stop = min(span.stop, span.start + room)
            for index in range(span.start, stop):
                yield unit_key(span.run_id, span.level, index)
            room -= max(stop - span.start, 0)


@record
class Claim:
    """What a label says is inside, and whether that `agrees` with what is.

    Where it names every unit, `missing` is inside and not on the label, `extra` on the label and
    not inside. Else `numbers` is the first one and `count` how many; then both are empty.
    """

    count: int
    numbers: tuple[str, ...]
    is_listed: bool
    agrees: bool
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@record
class Member:
    """A unit that is in a group, should be, or is printed on it.

    `key` is None for a number that is only printed; `is_printed` where the label names no units.
    """

    number: str
    key: int | None
    is_planned: bool
    is_inside: bool
    is_printed: bool | None


@record
class GroupContents:
    """The contents of a group; `now` is None where nothing was ever packed into it.

    `gone` was planned and is not inside, `added` the other way around; where nothing was ever
    packed, neither says anything, and the claim is held against the plan. `claim` is None where
    the label says nothing readable.
    """

    planned: Load
    now: Load | None
    gone: Load
    added: Load
    claim: Claim | None

    @property
    def held(self) -> Load:
        """Return what is inside as far as anybody knows: now, else by plan."""
        return self.planned if self.now is None else self.now

    @property
    def level(self) -> int:
        """Return the level of the largest units inside; of an empty group, of those planned."""
        spans = self.held.spans or self.planned.spans
        return max((span.level for span in spans), default=0)

    def list_members(self) -> tuple[Member, ...]:
        """Return the units one by one: planned, then added, at most `LISTED_MAX` of them.

        Behind these come the numbers that are only printed.
        """
        claim = self.claim
        printed = set(claim.numbers) if claim is not None and claim.is_listed else None
        gone = set(self.gone.list_keys())
        loads = ((self.planned, True), (self.added, False))
        members = [
            Member(
                number=number,
                key=key,
                is_planned=is_planned,
                is_inside=self.now is not None and key not in gone,
                is_printed=None if printed is None else number in printed,
            )
            for load, is_planned in loads
            for key, number in zip(load.list_keys(), load.numbers, strict=True)
        ][:LISTED_MAX]
        known = {each.number for each in members}
        members += [
            Member(number=number, key=None, is_planned=False, is_inside=False, is_printed=True)
            for number in (claim.extra if claim is not None else ())
            if number not in known
        ]
        return tuple(members)


def compare_claim(
    claimed: Contents, count: int, numbers: Sequence[str], firsts: Collection[str]
) -> Claim:
    """Hold a label against the `numbers` of what is inside, `count` units in all.

    In a full list order means nothing, and a number that is printed twice is extra once. `firsts`
    are the first units inside of each run: one of them is what a label in short names.
    """
    if not claimed.is_listed:
        agrees = claimed.count == count and claimed.numbers[0] in firsts
        return Claim(count=claimed.count, numbers=claimed.numbers, is_listed=False, agrees=agrees)
    missing = Counter(numbers)
    extra = []
    for each in claimed.numbers:
        if missing[each]:
            missing[each] -= 1
        else:
            extra.append(each)
    left = tuple(missing.elements())
    return Claim(
        count=claimed.count,
        numbers=claimed.numbers,
        is_listed=True,
        agrees=not left and not extra and claimed.count == count,
        missing=left[:LISTED_MAX],
        extra=tuple(extra),
    )
