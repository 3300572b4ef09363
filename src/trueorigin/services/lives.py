# SPDX-License-Identifier: Apache-2.0
"""Look up one unit, whoever it belongs to: its life as far as the asker may see it.

Owners see everything of their goods, partners what they did or were named in, authorities
everything of everybody; an authority's look at others' goods is taken down by `record_look`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from trueorigin.domain.containment import FOREVER
from trueorigin.domain.digitallink import PrintedCode, parse_contents
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.events import PLACING, Event, Part
from trueorigin.domain.history import History, Place
from trueorigin.domain.packing import Span
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act, Organisation
from trueorigin.domain.units import split_unit_key, unit_key
from trueorigin.services import tracing
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.insight import Unit, describe_unit
from trueorigin.services.naming import find_numbers
from trueorigin.services.recognising import recognise
from trueorigin.services.tracing import UnitHistory
from trueorigin.services.vault import Vault
from trueorigin.services.visibility import Viewer, find_viewer, knows
from trueorigin.storage import accounts, audit
from trueorigin.storage.database import Tx

# Units of one group that are listed one by one: the cases of any pallet, the items of any case.
CHILDREN_MAX: Final = 500


@record
class Life:
    """A unit and its life; `is_own` says that it is the asker's."""

    unit: Unit
    is_own: bool
    may_look_inside: bool
    told: UnitHistory

    @property
    def key(self) -> int:
        """Return its key."""
        return self.unit.unit_key

    @property
    def owner(self) -> Organisation:
        """Return whose it is."""
        return self.unit.entry.organisation

    @property
    def last(self) -> Event | None:
        """Return the last event that put it somewhere, as far as the asker may see."""
        return find_last(self.told.history)

    @property
    def containers(self) -> tuple[Place, ...]:
        """Return the containers it is in now, the nearest first."""
        places = [each for each in self.told.history.places if each.stop == FOREVER]
        return tuple(sorted(places, key=lambda each: len(each.path)))


def find_last(history: History) -> Event | None:
    """Return the last event of a history that put the unit somewhere and counts."""
    for entry in reversed(history.entries):
        event = entry.event
        if entry.part is Part.SUBJECT and event.kind in PLACING and event.declaration is None:
            return event
    return None


def find_life(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    act: Act,
    wanted: PrintedCode | int,
) -> Life:
    """Return the life of a unit, by its code or by its key; `unit_not_found` for strangers.

    Whoever holds a code of goods it may handle is told which goods these are, though it may see
    nothing of their life. A key can be guessed: it leads no further than what may be seen.
    """
    viewer = find_viewer(tx, act.actor)
    key = wanted if isinstance(wanted, int) else _recognise(tx, catalogue, vault, act, wanted)
    unit = describe_unit(tx, catalogue, vault, key, at=act.at)
    owner_id = unit.entry.organisation.id
    # A former partner still sees what it did, and no more.
    may_be_unseen = knows(viewer, owner_id) and (
        viewer.is_authority or isinstance(wanted, PrintedCode)
    )
    told = _find_history(tx, viewer, unit, may_be_unseen=may_be_unseen)
    is_own = owner_id == act.scope
    return Life(unit=unit, is_own=is_own, may_look_inside=is_own or viewer.is_authority, told=told)


def _recognise(tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, code: PrintedCode) -> int:
    [unit] = recognise(tx, catalogue, vault, [code], [act.scope]).units
    if unit is None:
        raise NotFoundError("unit_not_found", field="code")
    return unit.unit_key


def _find_history(tx: Tx, viewer: Viewer, unit: Unit, *, may_be_unseen: bool) -> UnitHistory:
    """Return what may be seen of a life; nothing of it where the unit as such may be known."""
    try:
        return tracing.find_history(tx, viewer, unit.unit_key)
    except NotFoundError:
        if not may_be_unseen:
            raise
    return UnitHistory(
        run=unit.entry.run,
        batch=unit.entry.batch,
        product=unit.entry.product,
        history=History(unit=unit.unit_key, entries=(), places=()),
        anomalies=(),
    )


def record_look(tx: Tx, act: Act, life: Life) -> None:
    """Take down that an authority looked at a unit of somebody else, in the trails of both."""
    if life.is_own:
        return
    unit, names = life.unit, accounts.find_organisations(tx, [act.scope])
    detail = {
        "number": unit.number,
        "run": unit.entry.run.id,
        "level": unit.level,
        "index": unit.index,
        "owner": life.owner.name,
        "authority": names[act.scope].name,
    }
    audit.append_audit(tx, act, "unit.look", str(life.key), detail)
    audit.append_audit(tx, act, "unit.look", str(life.key), detail, of=life.owner.id)


@record
class Child:
    """A unit that is in a group, should be, or is printed on it; `key` None: printed only."""

    number: str
    key: int | None
    is_planned: bool
    is_inside: bool
    is_printed: bool | None


@record
class Contents:
    """What a group holds now, beside its packing plan and what is printed on it.

    `planned` and `inside` are numbers of units; `printed` is None where no code was given or it
    names no units. At most `CHILDREN_MAX` are listed.
    """

    level: int
    planned: int
    inside: int
    printed: int | None
    is_packed: bool
    children: tuple[Child, ...]

    @property
    def is_cut(self) -> bool:
        """Say whether there are more than are listed."""
        return max(self.planned, self.inside) > len(self.children)


def find_contents(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    life: Life,
    *,
    claim: str | None,
    at: datetime,
) -> Contents | None:
    """Return what is in a group at `at`, what was planned, and what its label says; None: item."""
    run_id, level, index = split_unit_key(life.key)
    if level == 0:
        return None
    run = life.told.run
    size = run.packing[level - 1]
    stop = min((index + 1) * size, run.quantity_at(level - 1))
    plan = Span(run_id, level - 1, index * size, stop)
    inside = tracing.find_contents(tx, life.key, at=at)
    planned = list(_list_keys([plan]))
    present = list(_list_keys(inside))
    keys = list(dict.fromkeys([*planned, *present]))[:CHILDREN_MAX]
    numbers = find_numbers(tx, catalogue, vault, keys)
    printed = None if claim is None else parse_contents(claim)
    listed = None if printed is None or not printed.is_listed else set(printed.numbers)
    planned_set, present_set = set(planned), set(present)
    children = [
        Child(
            number=numbers[key],
            key=key,
            is_planned=key in planned_set,
            is_inside=key in present_set,
            is_printed=None if listed is None else numbers[key] in listed,
        )
        for key in keys
    ]
    for extra in sorted((listed or set()) - set(numbers.values()))[:CHILDREN_MAX]:
        child = Child(number=extra, key=None, is_planned=False, is_inside=False, is_printed=True)
        children.append(child)
    return Contents(
        level=level - 1,
        planned=plan.size,
        inside=sum(span.size for span in inside),
        printed=None if printed is None else printed.count,
        is_packed=any(entry.part is Part.CONTAINER for entry in life.told.history.entries),
        children=tuple(children),
    )


def _list_keys(spans: Sequence[Span]) -> list[int]:
    """Return the keys of the first units of some spans, as many as can be listed."""
    keys: list[int] = []
    for span in spans:
        stop = min(span.stop, span.start + CHILDREN_MAX - len(keys))
        keys += [unit_key(span.run_id, span.level, index) for index in range(span.start, stop)]
    return keys
