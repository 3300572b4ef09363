# SPDX-License-Identifier: Apache-2.0
"""Recalls: order that a batch or a range of a run is not to be used, and lift the order.

An order in force is the gravest thing a consumer can be told, so it says why, and is only ever
ended, never changed or removed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from trueorigin.domain.catalog import LocalText, Run
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.ranges import RangeDraft, UnitRange, list_whole_run, parse_range
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_local_text, parse_text
from trueorigin.domain.units import RangeFact, RangeKind, Recall
from trueorigin.services.findings import Findings
from trueorigin.storage import audit, catalog, search, units as stored
from trueorigin.storage.database import Tx
from trueorigin.storage.search import RecallOfBatch

# A paragraph on a phone.
REASON_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDraft:
    """What is recalled: a batch, or a range of a run (all of it if `range` is None), and why."""

    reason: LocalText
    batch_id: UUID | None = None
    run_id: int | None = None
    range: RangeDraft | None = None
    number: str | None = None
    instruction: LocalText | None = None
    contact: str | None = None
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wording:
    """The texts of an order, checked."""

    reason: LocalText
    instruction: LocalText | None
    contact: str | None
    number: str | None


def _parse_wording(draft: RecallDraft) -> _Wording:
    """Check subject and texts, or refuse them with every fault they have."""
    findings = Findings()
    if (draft.batch_id is None) == (draft.run_id is None):
        findings.add(InvalidError("recall_subject", field="batch_id"))
    elif draft.batch_id is not None and draft.range is not None:
        findings.add(InvalidError("recall_range_of_batch", field="level"))
    reason, instruction = draft.reason, draft.instruction
    contact, number = draft.contact, draft.number
    with findings.collecting():
        reason = parse_local_text(
            reason, field="reason", length_max=REASON_LENGTH_MAX, is_multiline=True
        )
    if instruction is not None:
        with findings.collecting():
            instruction = parse_local_text(
                instruction, field="instruction", length_max=REASON_LENGTH_MAX, is_multiline=True
            )
    if contact is not None:
        with findings.collecting():
            contact = parse_text(contact, field="contact", length_max=LINE_LENGTH_MAX)
    if number is not None:
        with findings.collecting():
            number = parse_text(number, field="number", length_max=LINE_LENGTH_MAX)
    findings.settle()
    return _Wording(reason=reason, instruction=instruction, contact=contact, number=number)


def create_recall(tx: Tx, act: Act, draft: RecallDraft) -> Recall:
    """Order a recall; from its effective time on, every reading of its units says so.

    A recalled group takes what is packed in it, as planned, along; a batch takes every run, also
    those ordered later.
    """
    wording = _parse_wording(draft)
    ranges: list[UnitRange] = []
    wanted: UnitRange | None = None
    if draft.batch_id is not None:
        catalog.get_batch(tx, act.scope, draft.batch_id)
    elif draft.run_id is not None:
        run = catalog.get_run(tx, act.scope, draft.run_id)
        if draft.range is None:
            ranges = list_whole_run(run)
        else:
            wanted = parse_range(run, draft.range)
            ranges = _with_contents(run, wanted)
    recall = Recall(
        id=act.new_id(),
        organisation_id=act.scope,
        number=wording.number,
        batch_id=draft.batch_id,
        run_id=draft.run_id,
        level=wanted.level if wanted else None,
        start=wanted.start if wanted else None,
        stop=wanted.stop if wanted else None,
        reason=wording.reason,
        instruction=wording.instruction,
        contact=wording.contact,
        effective_at=draft.effective_at or act.at,
        lifted_at=None,
        created_at=act.at,
    )
    stored.append_recall(tx, act.scope, recall)
    for each in ranges:
        stored.append_range_fact(tx, act.scope, _build_fact(act, recall, each))
    subject = {"batch_id": str(draft.batch_id)} if draft.batch_id else {"run_id": draft.run_id}
    audit.append_audit(tx, act, "recall.create", str(recall.id), subject)
    return recall


def _with_contents(run: Run, wanted: UnitRange) -> list[UnitRange]:
    """Return `wanted` and, for each level below, what the packing plan puts inside."""
    ranges = [wanted]
    for level in range(wanted.level - 1, -1, -1):
        count = run.packing[level]
        above = ranges[-1]
        stop = min(above.stop * count, run.quantity_at(level))
        ranges.append(UnitRange(level=level, start=above.start * count, stop=stop))
    return ranges


def _build_fact(act: Act, recall: Recall, each: UnitRange) -> RangeFact:
    """Build the fact by which the units of one range are found to be recalled."""
    if recall.run_id is None:
        raise ValueError("a batch is recalled without facts on ranges")
    return RangeFact(
        id=act.new_id(),
        run_id=recall.run_id,
        level=each.level,
        start=each.start,
        stop=each.stop,
        kind=RangeKind.RECALL,
        effective_at=recall.effective_at,
        recall_id=recall.id,
        reason=None,
        actor_id=act.actor.credential_id,
        created_at=act.at,
    )


def lift_recall(tx: Tx, act: Act, recall_id: UUID) -> Recall:
    """End a recall now; lifting twice keeps the first time."""
    before = stored.get_recall(tx, act.scope, recall_id)
    if before.lifted_at is not None:
        return before
    stored.lift_recall(tx, act.scope, recall_id, act.at)
    audit.append_audit(tx, act, "recall.lift", str(recall_id), {})
    return stored.get_recall(tx, act.scope, recall_id)


def get_recall(tx: Tx, scope: TenantScope, recall_id: UUID) -> Recall:
    """Return one of this organisation's recalls."""
    return stored.get_recall(tx, scope, recall_id)


def get_recall_of_batch(tx: Tx, scope: TenantScope, recall_id: UUID) -> RecallOfBatch:
    """Return one of this organisation's recalls, and what it is about."""
    return search.list_subjects(tx, scope, [stored.get_recall(tx, scope, recall_id)])[0]


def list_recalls(tx: Tx, scope: TenantScope, *, after: UUID | None, limit: int) -> list[Recall]:
    """List recalls in the order they were made, lifted ones too."""
    return stored.list_recalls(tx, scope, after=after, limit=limit)


def list_newest_recalls(
    tx: Tx, scope: TenantScope, *, before: UUID | None, limit: int
) -> list[RecallOfBatch]:
    """List recalls and what they are about, newest first, lifted ones too. Four queries."""
    found = stored.list_newest_recalls(tx, scope, before=before, limit=limit)
    return search.list_subjects(tx, scope, found)


def check_recall(tx: Tx, act: Act, draft: RecallDraft) -> None:
    """Refuse what `create_recall` would refuse, and order nothing: for a page that asks again."""
    _parse_wording(draft)
    if draft.batch_id is not None:
        catalog.get_batch(tx, act.scope, draft.batch_id)
    elif draft.run_id is not None and draft.range is not None:
        parse_range(catalog.get_run(tx, act.scope, draft.run_id), draft.range)
