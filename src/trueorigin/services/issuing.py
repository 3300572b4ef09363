# SPDX-License-Identifier: Apache-2.0
"""Runs of codes: order them, release and withdraw ranges of them, write them out.

A run is one row whatever its quantity; what happens to many units is one fact on a range. Nothing
here ever touches a single unit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from trueorigin.domain.catalog import (
    LEVELS_MAX,
    PACK_MAX,
    PACK_MIN,
    QUANTITY_MAX,
    Batch,
    Contents,
    Product,
    Run,
)
from trueorigin.domain.codelist import HEADER, LevelCodes, gtin_of_level, list_rows
from trueorigin.domain.digitallink import CONTENTS_LISTED_MAX, host_of
from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.gs1 import normalise_gtin, sscc_capacity
from trueorigin.domain.lifecycle import Stage, StageFact
from trueorigin.domain.ranges import (
    RANGES_MAX,
    RangeDraft,
    StageRange,
    UnitRange,
    find_overlap,
    find_standing_part,
    list_whole_run,
    parse_range,
)
from trueorigin.domain.serials import SYMBOLS, SYMBOLS_DEFAULT, SerialCipher, guess_chance
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.domain.units import RangeFact, RangeKind
from trueorigin.services.findings import Findings
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, audit, catalog as stored, ssccs, units
from trueorigin.storage.database import Tx

GROUP_LEVELS_MAX = LEVELS_MAX - 1
_STAGES = {RangeKind.RELEASE: Stage.RELEASED, RangeKind.WITHDRAW: Stage.WITHDRAWN}
_STANDING_CODES = {
    RangeKind.RELEASE: "range_released_already",
    RangeKind.WITHDRAW: "range_withdrawn_already",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDraft:
    """What a client orders; `group_gtins` has one entry for each group level, or is empty.

    `contents` None leaves the choice to the size of the groups.
    """

    batch_id: UUID
    quantity: int
    public_url: str
    packing: tuple[int, ...] = ()
    symbols: int = SYMBOLS_DEFAULT
    group_gtins: tuple[str | None, ...] = ()
    contents: Contents | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDraft:
    """What is to be released or withdrawn: no ranges means every unit of every level.

    `effective_at` None means at once.
    """

    ranges: tuple[RangeDraft, ...] = ()
    effective_at: datetime | None = None
    reason: str | None = None


def parse_run(draft: RunDraft) -> RunDraft:
    """Return `draft` in the form it is stored, or refuse it with every fault it has."""
    findings = Findings()
    if not 1 <= draft.quantity <= QUANTITY_MAX:
        findings.add(
            InvalidError("quantity_out_of_range", field="quantity", min=1, max=QUANTITY_MAX)
        )
    if draft.symbols not in SYMBOLS:
        known = ", ".join(str(each) for each in SYMBOLS)
        findings.add(InvalidError("symbols_unknown", field="symbols", known=known))
    if len(draft.packing) > GROUP_LEVELS_MAX:
        findings.add(InvalidError("packing_levels", field="packing", max=GROUP_LEVELS_MAX))
    for place, count in enumerate(draft.packing[:GROUP_LEVELS_MAX]):
        if not PACK_MIN <= count <= PACK_MAX:
            error = InvalidError(
                "packing_count", field=f"packing.{place}", min=PACK_MIN, max=PACK_MAX
            )
            findings.add(error)
    gtins = _parse_group_gtins(findings, draft)
    findings.settle()
    contents = draft.contents
    if contents is None:
        is_listable = any(count <= CONTENTS_LISTED_MAX for count in draft.packing)
        contents = Contents.LIST if is_listable or not draft.packing else Contents.FIRST
    return RunDraft(
        batch_id=draft.batch_id,
        quantity=draft.quantity,
        public_url=draft.public_url,
        packing=draft.packing,
        symbols=draft.symbols,
        group_gtins=gtins,
        contents=contents,
    )


def _parse_group_gtins(findings: Findings, draft: RunDraft) -> tuple[str | None, ...]:
    """Return one GTIN or None for each group level."""
    given = draft.group_gtins or (None,) * len(draft.packing)
    if len(given) != len(draft.packing):
        findings.add(
            InvalidError("group_gtins_count", field="group_gtins", expected=len(draft.packing))
        )
    gtins: list[str | None] = []
    for place, gtin in enumerate(given[:GROUP_LEVELS_MAX]):
        name = f"group_gtins.{place}"
        if gtin is None:
            gtins.append(None)
            continue
        with findings.collecting():
            normal = normalise_gtin(gtin, field=name)
            # Indicator 9 marks goods of varying measure, which are never counted.
            if normal.startswith("9"):
                raise InvalidError("group_gtin_variable", field=name)
            if normal in gtins:
                raise InvalidError("group_gtin_repeated", field=name, gtin=normal)
            gtins.append(normal)
    return tuple(gtins)


def create_run(tx: Tx, act: Act, draft: RunDraft) -> Run:
    """Order the codes of a batch: one row, and a block of SSCCs for each group level in need.

    A level without GTIN gets SSCCs if the organisation has a GS1 company prefix, else URLs of
    its human-readable codes. `sscc_exhausted` names the shortage.
    """
    draft = parse_run(draft)
    batch = stored.get_batch(tx, act.scope, draft.batch_id)
    product = stored.get_product(tx, act.scope, batch.product_id)
    groups = {gtin: f"group_gtins.{at}" for at, gtin in enumerate(draft.group_gtins) if gtin}
    if product.gtin in groups:
        name = groups[product.gtin]
        raise InvalidError("group_gtin_is_product", field=name, gtin=product.gtin)
    # In one order by all: two runs with the same groups would wait for each other in a circle.
    for gtin in sorted(groups):
        _claim_gtin(tx, act, gtin, groups[gtin])
    # Locks are taken from the organisation's own to the data centre's: the last is held shortest.
    stored.bump_revision(tx, act.scope)
    # Only now: a prefix that is given up meanwhile may be another's by the time of the draw.
    organisation = accounts.get_organisation(tx, act.scope)
    epoch, ordinal = accounts.allocate_ordinal(tx, act.scope)
    sscc_first = _reserve_ssccs(tx, act, draft, organisation.gs1_prefix)
    stored.append_public_host(tx, host_of(draft.public_url), act.at)
    run = Run(
        id=stored.next_run_id(tx),
        organisation_id=act.scope,
        batch_id=batch.id,
        product_id=product.id,
        epoch=epoch,
        ordinal=ordinal,
        symbols=draft.symbols,
        quantity=draft.quantity,
        packing=draft.packing,
        group_gtins=draft.group_gtins,
        gs1_prefix=organisation.gs1_prefix if any(f is not None for f in sscc_first) else None,
        sscc_first=sscc_first,
        contents=draft.contents or Contents.LIST,
        public_url=draft.public_url,
        created_at=act.at,
    )
    stored.append_run(tx, act.scope, run)
    audit.append_audit(tx, act, "run.create", str(run.id), {"quantity": run.quantity})
    return run


def _claim_gtin(tx: Tx, act: Act, gtin: str, name: str) -> None:
    """Claim a group's GTIN, and name the field in the refusal as the client wrote it."""
    try:
        stored.claim_gtin(tx, act.scope, gtin)
    except ConflictError as error:
        raise ConflictError(error.code, field=name, **error.params) from error


def _reserve_ssccs(
    tx: Tx, act: Act, draft: RunDraft, gs1_prefix: str | None
) -> tuple[int | None, ...]:
    """Reserve the SSCCs of every group level without GTIN; return the first of each level."""
    firsts: list[int | None] = []
    below = draft.quantity
    for count, gtin in zip(draft.packing, draft.group_gtins, strict=True):
        below = -(-below // count)
        if gtin is not None or gs1_prefix is None:
            firsts.append(None)
            continue
        capacity = sscc_capacity(gs1_prefix)
        firsts.append(ssccs.reserve_sscc(tx, act.scope, gs1_prefix, below, capacity))
    return tuple(firsts)


def get_run(tx: Tx, scope: TenantScope, run_id: int) -> Run:
    """Return one run of this organisation."""
    return stored.get_run(tx, scope, run_id)


def list_runs(
    tx: Tx, scope: TenantScope, *, batch_id: UUID | None, after: int | None, limit: int
) -> list[Run]:
    """List runs in the order they were made, of one batch or of all."""
    return stored.list_runs(tx, scope, batch_id=batch_id, after=after, limit=limit)


def list_facts(tx: Tx, scope: TenantScope, run_id: int, *, limit: int) -> list[RangeFact]:
    """List what was done to ranges of a run, the last recorded first."""
    stored.get_run(tx, scope, run_id)
    return units.list_newest_facts(tx, scope, run_id, limit=limit)


def chance_of_guess(run: Run) -> float:
    """Return the chance that one invented serial is that of any unit of `run`, groups included."""
    return guess_chance(sum(run.quantity_at(level) for level in run.levels), run.symbols)


def release(tx: Tx, act: Act, run_id: int, draft: StageDraft) -> list[RangeFact]:
    """Release ranges of a run for sale, at once or at a time, and return the facts recorded."""
    return _append_stage(tx, act, run_id, RangeKind.RELEASE, draft)


def withdraw(tx: Tx, act: Act, run_id: int, draft: StageDraft) -> list[RangeFact]:
    """Withdraw ranges of a run, at once or at a time, and return the facts recorded."""
    return _append_stage(tx, act, run_id, RangeKind.WITHDRAW, draft)


def _append_stage(
    tx: Tx, act: Act, run_id: int, kind: RangeKind, draft: StageDraft
) -> list[RangeFact]:
    """Record one fact for each range, unless part of one is in that stage already."""
    # First the lock: two releases of one range must not both find it free.
    stored.bump_revision(tx, act.scope)
    run = stored.get_run(tx, act.scope, run_id)
    effective_at = draft.effective_at or act.at
    ranges = parse_ranges(run, draft.ranges)
    reason = draft.reason
    if reason is not None:
        reason = parse_text(reason, field="reason", length_max=LINE_LENGTH_MAX)
    for place, each in enumerate(ranges):
        name = f"ranges.{place}" if len(draft.ranges) > 1 else "from"
        _refuse_standing(tx, act.scope, run_id, each, (kind, effective_at, name))
    facts = [
        RangeFact(
            id=act.new_id(),
            run_id=run_id,
            level=each.level,
            start=each.start,
            stop=each.stop,
            kind=kind,
            effective_at=effective_at,
            recall_id=None,
            reason=reason,
            actor_id=act.actor.credential_id,
            created_at=act.at,
        )
        for each in ranges
    ]
    for fact in facts:
        units.append_range_fact(tx, act.scope, fact)
    detail = {"ranges": [[each.level, each.start, each.stop] for each in ranges]}
    audit.append_audit(tx, act, f"run.{kind.value}", str(run_id), detail)
    return facts


def parse_ranges(run: Run, drafts: Sequence[RangeDraft]) -> list[UnitRange]:
    """Return the ranges meant, every level of the run if none is named, or refuse them all."""
    if not drafts:
        return list_whole_run(run)
    if len(drafts) > RANGES_MAX:
        raise InvalidError("too_many", field="ranges", max=RANGES_MAX, count=len(drafts))
    findings = Findings()
    ranges: list[UnitRange] = []
    for place, draft in enumerate(drafts):
        with findings.collecting():
            field = f"ranges.{place}." if len(drafts) > 1 else ""
            ranges.append(parse_range(run, draft, field=field))
    findings.settle()
    overlap = find_overlap(ranges)
    if overlap is not None:
        raise InvalidError(
            "ranges_overlap",
            field="ranges",
            level=overlap.level,
            start=overlap.start,
            to=overlap.stop,
            last=overlap.stop - 1,
        )
    return ranges


def _refuse_standing(
    tx: Tx,
    scope: TenantScope,
    run_id: int,
    wanted: UnitRange,
    rule: tuple[RangeKind, datetime, str],
) -> None:
    """Refuse a range of which some part is released (or withdrawn) already at that time."""
    kind, at, field = rule
    facts = units.list_overlapping_facts(tx, scope, run_id, wanted.level, wanted.start, wanted.stop)
    stages = [
        StageRange(
            start=fact.start,
            stop=fact.stop,
            fact=StageFact(
                effective_at=fact.effective_at, fact_id=fact.id, stage=_STAGES[fact.kind]
            ),
        )
        for fact in facts
        if fact.kind in _STAGES
    ]
    part = find_standing_part(wanted, stages, stage=_STAGES[kind], at=at)
    if part is not None:
        raise ConflictError(
            _STANDING_CODES[kind],
            field=field,
            level=wanted.level,
            start=part[0],
            to=part[1],
            last=part[1] - 1,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A range of codes that may be written out, and whose they are; `maker` by its name."""

    codes: LevelCodes
    batch: Batch
    product: Product
    maker: str
    start: int
    stop: int


def open_codes(tx: Tx, vault: Vault, scope: TenantScope, run_id: int, draft: RangeDraft) -> Export:
    """Find what the codes of a range are computed from.

    Nothing is recorded: what is made of it leaves the house only after `open_export`.
    """
    run = stored.get_run(tx, scope, run_id)
    wanted = parse_range(run, draft)
    batch = stored.get_batch(tx, scope, run.batch_id)
    product = stored.get_product(tx, scope, run.product_id)
    organisation = accounts.get_organisation(tx, scope)
    wrapped = dict(accounts.list_epochs(tx, scope))[run.epoch]
    key = vault.unwrap(wrapped, organisation_id=run.organisation_id, epoch=run.epoch)
    codes = LevelCodes(
        run=run,
        level=wanted.level,
        gtin=gtin_of_level(run, wanted.level, product.gtin),
        prefix=organisation.prefix,
        cipher=SerialCipher(key, run.symbols),
    )
    return Export(
        codes=codes,
        batch=batch,
        product=product,
        maker=organisation.name,
        start=wanted.start,
        stop=wanted.stop,
    )


def open_export(
    tx: Tx, vault: Vault, act: Act, run_id: int, draft: RangeDraft, *, purpose: str
) -> Export:
    """Find what the codes of a range are computed from, and record who took them and what for.

    The transaction may end before the first code is written.
    """
    export = open_codes(tx, vault, act.scope, run_id, draft)
    detail = {"level": export.codes.level, "from": export.start, "to": export.stop}
    audit.append_audit(tx, act, f"code.{purpose}", str(run_id), detail)
    return export


def export_codes(export: Export) -> Iterator[bytes]:
    """Yield the code list as CSV, header first, in constant memory; needs no transaction."""
    yield HEADER
    yield from list_rows(export.codes, export.start, export.stop)
