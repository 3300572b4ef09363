# SPDX-License-Identifier: Apache-2.0
"""Follow a finding: what the owner answered and did, what others found, and when it is closed.

A finding that asks for something (`FOLLOWED`) is open until its authority closes it; unsealing
all that was sealed closes a seal by itself. What the owner did is read from what is on record,
not told: recalls and withdrawals of the same units since.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from trueorigin.domain.catalog import LocalText, Run
from trueorigin.domain.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from trueorigin.domain.inspections import SAID_MAX, Inspection, Note, NoteKind
from trueorigin.domain.packing import Span
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import parse_text
from trueorigin.domain.units import Recall
from trueorigin.services import remits
from trueorigin.services.inspecting import FoundEvent, join_events, share_items
from trueorigin.services.visibility import find_viewer
from trueorigin.storage import audit, containment, inspections, units
from trueorigin.storage.database import Tx

# Two paragraphs: papers go with the authority's own correspondence.
TEXT_LENGTH_MAX: Final = 2000
# Findings on the same goods that are shown beside one.
OTHERS_MAX: Final = 50
# Rows of the register that are looked through for them: an authority's year on one run.
_LOOKED_MAX: Final = 500


class DeedKind(StrEnum):
    """What an owner did about goods."""

    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"


@record
class Deed:
    """Something an owner did with units of a finding since; `span` None is their whole batch."""

    kind: DeedKind
    at: datetime
    span: Span | None
    number: str | None = None
    reason: LocalText | None = None
    lifted_at: datetime | None = None


@record
class Following:
    """A finding and all that came of it, as far as the reader may know."""

    found: FoundEvent
    runs: Mapping[int, Run]
    is_own: bool
    is_owner: bool
    notes: tuple[Note, ...]
    deeds: tuple[Deed, ...]
    others: tuple[FoundEvent, ...]


def get_following(tx: Tx, act: Act, event_id: UUID) -> Following:
    """Return a finding to its authority, to the owner of its goods, and to other authorities.

    These need the goods within their remit. Who may not is answered as if there were none. An
    owner sees its own units and what is said to it. Some ten queries.
    """
    rows = inspections.find_rows(tx, event_id)
    viewer = find_viewer(tx, act.actor)
    is_own = any(row.authority_id == act.scope for row in rows)
    mine = rows if is_own else [row for row in rows if row.owner_id == act.scope]
    if not mine and viewer.is_authority:
        run_ids = sorted({row.span.run_id for row in rows})
        mine = rows if run_ids and remits.covers_runs(tx, viewer.remit, run_ids) else []
    if not mine:
        raise NotFoundError("finding_not_found")
    [found] = join_events(tx, mine)
    is_owner = not is_own and act.scope in found.owner_ids
    runs = containment.find_runs(tx, {row.span.run_id for row in mine})
    others = [
        row
        for row in inspections.list_on_runs(tx, runs.keys(), limit=_LOOKED_MAX)
        if row.event_id != event_id and _share_any(runs, row.span, found.spans)
    ]
    notes = inspections.list_notes(tx, event_id)
    return Following(
        found=found,
        runs=runs,
        is_own=is_own,
        is_owner=is_owner,
        notes=tuple(each for each in notes if not is_owner or each.owner_id in {None, act.scope}),
        deeds=tuple(_find_deeds(tx, runs, found)),
        others=tuple(join_events(tx, _take_events(others))),
    )


def find_onlooked(act: Act, following: Following) -> frozenset[UUID]:
    """Return the owners whose goods another authority looks at with somebody's finding."""
    if following.is_own or following.is_owner:
        return frozenset()
    return following.found.owner_ids - {act.scope}


def answer_finding(tx: Tx, act: Act, event_id: UUID, text: str) -> Note:
    """Add the owner's answer to a finding on its goods; the authority reads it."""
    rows = inspections.find_rows(tx, event_id)
    if not any(row.owner_id == act.scope for row in rows):
        raise NotFoundError("finding_not_found")
    return _append(tx, act, rows, NoteKind.ANSWER, text, owner_id=act.scope)


def close_finding(tx: Tx, act: Act, event_id: UUID, text: str | None = None) -> Note:
    """Stop following one of the authority's own findings; `finding_closed` if it was already."""
    rows = _get_own(tx, act, event_id)
    if all(row.closed_at is not None for row in rows):
        raise ConflictError("finding_closed")
    [found] = join_events(tx, rows)
    if not found.is_open:
        # What conforms or was in error asks for nothing.
        raise ConflictError("finding_not_followed")
    inspections.write_closed(tx, act.scope, event_id, act.at)
    return _append(tx, act, rows, NoteKind.CLOSE, text)


def reopen_finding(tx: Tx, act: Act, event_id: UUID, text: str | None = None) -> Note:
    """Follow a closed finding again; `finding_open` if it is."""
    rows = _get_own(tx, act, event_id)
    if all(row.closed_at is None for row in rows):
        raise ConflictError("finding_open")
    inspections.write_closed(tx, act.scope, event_id, None)
    return _append(tx, act, rows, NoteKind.REOPEN, text)


def _get_own(tx: Tx, act: Act, event_id: UUID) -> list[Inspection]:
    rows = inspections.find_rows(tx, event_id)
    if not rows:
        raise NotFoundError("finding_not_found")
    if rows[0].authority_id != act.scope:
        # Who may not even see it is told that there is none.
        get_following(tx, act, event_id)
        raise ForbiddenError("finding_not_own")
    return rows


def _append(
    tx: Tx,
    act: Act,
    rows: Sequence[Inspection],
    kind: NoteKind,
    text: str | None,
    *,
    owner_id: UUID | None = None,
) -> Note:
    event_id = rows[0].event_id
    if text is not None or kind is NoteKind.ANSWER:
        if not text:
            raise InvalidError("field_missing", field="text")
        text = parse_text(text, field="text", length_max=TEXT_LENGTH_MAX, is_multiline=True)
    if len(inspections.list_notes(tx, event_id)) >= SAID_MAX:
        raise ConflictError("finding_notes_too_many", max=SAID_MAX)
    note = Note(
        id=act.new_id(),
        event_id=event_id,
        kind=kind,
        organisation_id=act.scope,
        at=act.at,
        actor_id=act.actor.credential_id,
        owner_id=owner_id,
        text=text,
    )
    inspections.append_note(tx, act.scope, note)
    detail = {"result": rows[0].result.value, "label": str(event_id)}
    audit.append_audit(tx, act, f"inspection.{kind.value}", str(event_id), detail)
    return note


def _take_events(rows: Iterable[Inspection]) -> list[Inspection]:
    """Return the rows of the first `OTHERS_MAX` events."""
    taken: list[Inspection] = []
    ids: set[UUID] = set()
    for row in rows:
        if row.event_id not in ids and len(ids) == OTHERS_MAX:
            break
        ids.add(row.event_id)
        taken.append(row)
    return taken


def _find_deeds(tx: Tx, runs: Mapping[int, Run], found: FoundEvent) -> list[Deed]:
    """Return what was done with these units since they were looked at, the oldest first."""
    deeds = [*_list_withdrawals(tx, runs, found), *_list_recalls(tx, runs, found)]
    return sorted(deeds, key=lambda each: each.at)


def _list_withdrawals(tx: Tx, runs: Mapping[int, Run], found: FoundEvent) -> Iterator[Deed]:
    for fact in units.list_withdrawals(tx, runs.keys(), since=found.event.at):
        span = Span(fact.run_id, fact.level, fact.start, fact.stop)
        if _share_any(runs, span, found.spans):
            reason = None if fact.reason is None else LocalText(zh=fact.reason, en=fact.reason)
            yield Deed(kind=DeedKind.WITHDRAWN, at=fact.effective_at, span=span, reason=reason)


def _list_recalls(tx: Tx, runs: Mapping[int, Run], found: FoundEvent) -> Iterator[Deed]:
    batch_ids = {run.batch_id for run in runs.values()}
    for _, recall in units.list_recalls_of(tx, batch_ids):
        span = _span_of(recall)
        is_later = recall.created_at >= found.event.at
        if is_later and (span is None or _share_any(runs, span, found.spans)):
            yield Deed(
                kind=DeedKind.RECALLED,
                at=recall.effective_at,
                span=span,
                number=recall.number,
                reason=recall.reason,
                lifted_at=recall.lifted_at,
            )


def _span_of(recall: Recall) -> Span | None:
    if recall.run_id is None or recall.level is None or recall.start is None or recall.stop is None:
        return None
    return Span(recall.run_id, recall.level, recall.start, recall.stop)


def _share_any(runs: Mapping[int, Run], one: Span, others: Collection[Span]) -> bool:
    return any(share_items(runs, one, other) for other in others)
