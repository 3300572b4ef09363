# SPDX-License-Identifier: Apache-2.0
"""What the data centre knows of an organisation's goods: units, their readings, and figures.

Looking something up is no reading: nothing here records a scan. A code that is forged, unknown or
another organisation's is refused alike (`unit_not_found`).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from trueorigin.domain.days import date_of
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.lifecycle import Stage
from trueorigin.domain.ranges import UnitRange, count_standing
from trueorigin.domain.serials import Position as SerialPosition, number
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.domain.units import Recall, UnitRangeState, fold_range_facts, split_unit_key
from trueorigin.domain.verdict import Verdict
from trueorigin.services.catalogue import Catalogue, RunEntry
from trueorigin.services.recognising import recognise
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, audit, catalog, counting, figures, readings, scans, units
from trueorigin.storage.counting import UnitState
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.figures import FigureRow, Period, Subject, Sums
from trueorigin.storage.readings import Filter, Invented, Position, ReadingPage, RunStages
from trueorigin.storage.scans import ScanRow

__all__ = [
    "FigureRow",
    "Filter",
    "Invented",
    "Overview",
    "Period",
    "Position",
    "ReadingPage",
    "Shares",
    "Subject",
    "Sums",
    "Unit",
    "describe_unit",
    "find_unit",
    "get_overview",
    "get_unit",
    "list_invented",
    "list_readings",
    "list_unit_readings",
    "open_export",
    "read_all_figures",
    "read_all_readings",
    "sum_parts",
]

# Lines or figures in memory at a time while they are written out.
_CHUNK: Final = 1000
_NOTHING: Final = Sums()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit as it stands."""

    entry: RunEntry
    level: int
    index: int
    number: str
    unit_key: int
    state: UnitRangeState
    recalls: tuple[Recall, ...]
    devices: UnitState | None


def find_unit(tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, code: PrintedCode) -> Unit:
    """Return the unit of a code, if it is one of the organisation's own."""
    [unit] = recognise(tx, catalogue, vault, [code], [act.scope]).units
    if unit is None or unit.organisation.id != act.scope:
        raise NotFoundError("unit_not_found", field="code")
    return get_unit(tx, catalogue, vault, act, unit.unit_key)


def get_unit(tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, unit_key: int) -> Unit:
    """Return one of the organisation's units by its key."""
    run = catalog.find_run(tx, split_unit_key(unit_key)[0])
    if run is None or run.organisation_id != act.scope:
        raise NotFoundError("unit_not_found", field="code")
    return describe_unit(tx, catalogue, vault, unit_key, at=act.at)


def describe_unit(
    tx: Tx, catalogue: Catalogue, vault: Vault, unit_key: int, *, at: datetime
) -> Unit:
    """Return anybody's unit as it stands at `at`: who may see it is decided by the caller."""
    run_id, level, index = split_unit_key(unit_key)
    run = catalog.find_run(tx, run_id)
    if run is None or level not in run.levels or index >= run.quantity_at(level):
        raise NotFoundError("unit_not_found", field="code")
    owner = catalogue.open_organisations(tx, vault, {run.organisation_id})[run.organisation_id]
    entry = catalogue.find_runs(tx, owner, run.epoch, [run.ordinal])[run.ordinal]
    serial = dict(owner.ciphers(run.symbols))[run.epoch].encode(
        SerialPosition(run.ordinal, level, index)
    )
    [facts] = units.find_range_facts(tx, [(run_id, level, index)])
    state = fold_range_facts(facts, at)
    ranges = units.find_recalls(tx, list(state.recall_ids)).values()
    in_force = [each for each in (*entry.batch_recalls, *ranges) if each.is_in_force(at)]
    return Unit(
        entry=entry,
        level=level,
        index=index,
        number=number(serial),
        unit_key=unit_key,
        state=state,
        recalls=tuple(sorted(in_force, key=lambda each: (each.effective_at, each.id))),
        devices=counting.find_unit_states(tx, [unit_key]).get(unit_key),
    )


def list_unit_readings(
    tx: Tx, unit: Unit, *, before: UUID | None = None, limit: int
) -> list[ScanRow]:
    """List the readings of a unit that was found for its organisation, newest first."""
    return scans.list_scans(tx, unit.unit_key, before=before, limit=limit)


def list_readings(
    tx: Tx, scope: TenantScope, wanted: Filter, *, after: Position | None = None, limit: int
) -> ReadingPage:
    """List readings of the organisation's units in order of units and time."""
    require_subject(tx, scope, wanted.subject)
    return readings.list_readings(tx, scope, wanted, after=after, limit=limit)


def require_subject(tx: Tx, scope: TenantScope, subject: Subject) -> None:
    """Refuse a product, batch or run that is not the organisation's own."""
    if subject.product_id is not None:
        catalog.get_product(tx, scope, subject.product_id)
    if subject.batch_id is not None:
        catalog.get_batch(tx, scope, subject.batch_id)
    if subject.run_id is not None:
        catalog.get_run(tx, scope, subject.run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Items of one product, batch or run: ordered codes, and those released at the moment.

    `released` is None where there are more releases than are folded for one page.
    """

    issued: int = 0
    released: int | None = 0
    sums: Sums = _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All figures of one subject in one period; `invented` is None for batches and runs."""

    shares: Shares
    invented: int | None
    by_verdict: dict[Verdict, int]
    by_day: dict[int, Sums]
    by_place: dict[str, Sums]


def get_overview(
    tx: Tx, scope: TenantScope, subject: Subject, period: Period, *, at: datetime
) -> Overview:
    """Return the figures of a subject that is the organisation's own. At most ten queries."""
    require_subject(tx, scope, subject)
    runs, is_whole = readings.list_run_stages(tx, scope, subject)
    narrow = subject.batch_id is not None or subject.run_id is not None
    numbers = [] if narrow else _list_numbers(tx, scope, subject)
    places = figures.sum_by_place(tx, scope, subject, period)
    return Overview(
        shares=Shares(
            issued=sum(each.quantity for each in runs),
            released=sum(_count_released(each, at) for each in runs) if is_whole else None,
            sums=figures.sum_figures(tx, scope, subject, period),
        ),
        invented=None if narrow else readings.sum_not_issued(tx, scope, numbers, period),
        by_verdict=figures.sum_by_verdict(tx, scope, subject, period),
        by_day=figures.sum_by_day(tx, scope, subject, period),
        by_place={place: each for place, each in places.items() if each.readings},
    )


def _count_released(run: RunStages, at: datetime) -> int:
    whole = UnitRange(level=0, start=0, stop=run.quantity)
    return count_standing(whole, run.facts, stage=Stage.RELEASED, at=at)


def _list_numbers(tx: Tx, scope: TenantScope, subject: Subject) -> list[str]:
    """Return the numbers that invented codes of a subject would carry."""
    if subject.product_id is None:
        own = accounts.get_organisation(tx, scope)
        products = catalog.list_products(tx, scope, limit=figures.KEYS_MAX)
        found = {own.prefix, *(each.gtin for each in products if each.gtin is not None)}
    else:
        product = catalog.get_product(tx, scope, subject.product_id)
        found = {product.gtin} if product.gtin is not None else set()
        found |= readings.list_numbers(tx, scope, subject.product_id)
    return sorted(found)


def sum_parts(
    tx: Tx,
    scope: TenantScope,
    subject: Subject,
    ids: Collection[UUID | int],
    period: Period,
    *,
    at: datetime,
) -> dict[UUID | int, Shares]:
    """Return the figures of each part: of products, of a product's batches, of a batch's runs."""
    products = [each for each in ids if isinstance(each, UUID)] if _is_whole(subject) else []
    runs, is_whole = readings.list_run_stages(tx, scope, subject, product_ids=products)
    sums: dict[UUID | int, Sums] = {}
    if _is_whole(subject):
        sums.update(figures.sum_by_product(tx, scope, products, period).items())
    elif subject.batch_id is None:
        batches = [each for each in ids if isinstance(each, UUID)]
        sums.update(figures.sum_by_batch(tx, scope, batches, period).items())
    else:
        numbers = [each for each in ids if isinstance(each, int)]
        sums.update(figures.sum_by_run(tx, scope, numbers, period).items())
    issued: dict[UUID | int, int] = {}
    released: dict[UUID | int, int] = {}
    for run in runs:
        key = _part_of(subject, run)
        issued[key] = issued.get(key, 0) + run.quantity
        released[key] = released.get(key, 0) + _count_released(run, at)
    return {
        each: Shares(
            issued=issued.get(each, 0),
            released=released.get(each, 0) if is_whole else None,
            sums=sums.get(each, _NOTHING),
        )
        for each in ids
    }


def _is_whole(subject: Subject) -> bool:
    return subject == Subject()


def _part_of(subject: Subject, run: RunStages) -> UUID | int:
    if _is_whole(subject):
        return run.product_id
    return run.batch_id if subject.batch_id is None else run.id


def list_invented(
    tx: Tx, scope: TenantScope, subject: Subject, period: Period, *, limit: int
) -> list[Invented]:
    """List by day how often codes that nobody issued carried the subject's numbers."""
    require_subject(tx, scope, subject)
    numbers = _list_numbers(tx, scope, subject)
    return readings.list_not_issued_days(tx, scope, numbers, period, limit=limit)


def open_export(tx: Tx, act: Act, kind: str, wanted: Filter) -> None:
    """Check whose rows are asked for and record who takes them; `kind`: reading or figure."""
    require_subject(tx, act.scope, wanted.subject)
    subject = wanted.subject
    named = (
        ("product", subject.product_id),
        ("batch", subject.batch_id),
        ("run", subject.run_id),
        ("place", wanted.place),
    )
    detail = {name: str(value) for name, value in named if value is not None}
    first, last = date_of(wanted.period.start), date_of(wanted.period.stop - 1)
    detail |= {"from": first.isoformat(), "to": last.isoformat()}
    detail["verdicts"] = ",".join(wanted.verdicts)
    detail["counted"] = str(wanted.is_counted)
    what = subject.run_id or subject.batch_id or subject.product_id or act.scope
    audit.append_audit(tx, act, f"{kind}.export", str(what), detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What a line of an export is about."""

    product_name: str
    product_number: str
    lot: str


def read_all_readings(
    database: Database, scope: TenantScope, wanted: Filter, language: str
) -> Iterator[Sequence[tuple[ScanRow, Goods]]]:
    """Yield all matching readings in chunks, each from a short transaction of its own."""
    goods: dict[int, Goods] = {}
    after: Position | None = None
    while True:
        with database.read() as tx:
            page = readings.list_readings(tx, scope, wanted, after=after, limit=_CHUNK)
            for run_id in {split_unit_key(row.unit_key)[0] for row in page.rows} - goods.keys():
                goods[run_id] = _find_goods(tx, scope, run_id, language)
        yield [(row, goods[split_unit_key(row.unit_key)[0]]) for row in page.rows]
        if page.next is None:
            return
        after = page.next


def _find_goods(tx: Tx, scope: TenantScope, run_id: int, language: str) -> Goods:
    run = catalog.get_run(tx, scope, run_id)
    product = catalog.get_product(tx, scope, run.product_id)
    return Goods(
        product_name=product.name.pick(language),
        product_number=product.gtin or product.internal_number or "",
        lot=catalog.get_batch(tx, scope, run.batch_id).lot,
    )


def read_all_figures(
    database: Database, scope: TenantScope, subject: Subject, period: Period
) -> Iterator[Sequence[FigureRow]]:
    """Yield all figures of a subject in chunks, each from a short transaction of its own."""
    after = None
    while True:
        with database.read() as tx:
            rows = figures.list_figures(tx, scope, subject, period, after=after, limit=_CHUNK)
        yield rows
        if len(rows) < _CHUNK:
            return
        after = rows[-1].key
