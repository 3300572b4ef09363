# SPDX-License-Identifier: Apache-2.0
"""When a unit was inside which container: the fold of its own packing, in any order of arrival.

A unit is inside at most one container. Its own packings follow one another by event time, then
by id, and each holds until the next; breaking the container up ends it too.

    own packings     into A        into B        out
                     |             |             |
    in A             [=============)
    in B                           [=====)
                                         |
    B                                    emptied        what B holds later is none of ours

Containers lie in containers; who climbs stops after `DEPTH_MAX`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

from trueorigin.domain.events import Moment, Part, Touch

# Item, case, pallet, container and as many again; beyond lies only an error of packing.
DEPTH_MAX: Final = 8

ALWAYS: Final = Moment(datetime.min.replace(tzinfo=UTC), UUID(int=0))
FOREVER: Final = Moment(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


class Stay(NamedTuple):
    """A unit was inside `container` from `start` until, not including, `stop`."""

    container: int
    start: Moment
    stop: Moment


def fold_stays(touches: Iterable[Touch], index: int) -> list[Stay]:
    """Return where the unit with this index was, as far as its own packings tell, in order.

    `touches` are those of one unit that count, in any order; others than packings are ignored.
    """
    packed = sorted((each for each in touches if each.part is Part.PACKED), key=_order)
    ends = [*(each.moment for each in packed[1:]), FOREVER]
    return [
        Stay(container, each.moment, end)
        for each, end in zip(packed, ends, strict=False)
        if (container := each.container_of(index)) is not None
    ]


def find_emptying(touches: Iterable[Touch], entered: Moment) -> Moment:
    """Return when whatever entered a container at `entered` came out because all did.

    `touches` are those of the container that count, in any order; FOREVER if it never was.
    """
    later = (each.moment for each in touches if each.part is Part.EMPTIED and each.moment > entered)
    return min(later, default=FOREVER)


def _order(touch: Touch) -> Moment:
    return touch.moment
