# SPDX-License-Identifier: Apache-2.0
"""Judge the rows of a table by the same drafts as the forms, and build what they describe.

It stores nothing. Every fault names row and column; a table is judged to its end.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from trueorigin.adapters.tables import TableRow, is_shortened
from trueorigin.domain.catalog import Batch, Feature, LocalText, Material, Origin, Product
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
from trueorigin.domain.gs1 import check_charset82, normalise_gtin
from trueorigin.domain.imports import (
    COLUMNS,
    FAULTS_MAX,
    FEATURE_COLUMNS,
    FEATURE_PARTS,
    MATERIAL_COLUMNS,
    MATERIAL_PARTS,
    REQUIRED,
    Fault,
    ImportKind,
)
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.services.catalog import BatchDraft, ProductDraft, parse_batch, parse_product
from trueorigin.services.findings import Findings
from trueorigin.storage import catalog, imports as stored
from trueorigin.storage.database import Database, Tx

# Rows that share one look into the database.
CHUNK_ROWS: Final = 500
# With the time of day that spreadsheets keep beside, which says nothing more of a day.
_DAY: Final = re.compile(
    r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}.{0,10})?"
)
_DAY_COLUMNS: Final = frozenset({"produced_on", "expires_on"})
# The ends of columns that hold somebody's numbers, letter by letter.
_NUMBER_ENDS: Final = ("lot", "internal_number")
_SHOWN_MAX: Final = 100
_NOBODY: Final = UUID(int=0)

Cells = Mapping[str, str]


class RowsRefusedError(Exception):
    """Rows that were right when they were judged are not any more."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Carry what is wrong."""
        super().__init__(len(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that is right by itself."""

    number: int
    cells: Cells
    draft: ProductDraft | BatchDraft


def parse_heading(
    kind: ImportKind, row: TableRow, labels: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """Return the column each position means, and what is wrong with the heading.

    `labels` maps what people call columns, in any language and casefolded, to their names.
    """
    names: list[str] = []
    faults: list[Fault] = []

    def refuse(code: str, column: str, **params: str) -> None:
        faults.append(Fault(row=row.number, column=column, code=code, params=params))

    for text in row.cells:
        folded = text.casefold()
        name = folded if folded in COLUMNS[kind] else labels.get(folded, "")
        if not name:
            refuse("import_column_unknown", "", heading=text[:_SHOWN_MAX])
        elif name in names:
            refuse("import_column_twice", name)
        names.append(name)
    for group in REQUIRED[kind]:
        if not set(group) & set(names):
            refuse("import_column_missing", group[0])
    return tuple(names), tuple(faults)


@dataclass(slots=True)
class Check:
    """The judgement of one table, growing row by row."""

    database: Database
    scope: TenantScope
    kind: ImportKind
    columns: tuple[str, ...]
    # Number of the row and its payload; bytes, since 100,000 dictionaries would fill the memory.
    kept: list[tuple[int, bytes]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    row_count: int = 0
    _seen: dict[tuple[object, ...], int] = field(default_factory=dict)

    def add(self, rows: Sequence[TableRow]) -> None:
        """Judge some rows: each by itself, beside the others, and beside what is stored."""
        self.row_count += len(rows)
        known = [(row, self._name_cells(row)) for row in rows]
        with self.database.read() as tx:
            products = self._find_products(tx, [cells for _, cells in known])
            lines = [line for row, cells in known if (line := self._judge(row, cells, products))]
            conflicts = find_conflicts(tx, self.scope, lines)
        for fault in conflicts:
            self.refuse(fault)
        wrong = {fault.row for fault in conflicts}
        self.kept.extend(
            (line.number, orjson.dumps(build_payload(line)))
            for line in lines
            if line.number not in wrong
        )

    def refuse(self, fault: Fault) -> None:
        """Count a fault and keep it if there are not too many yet."""
        self.fault_count += 1
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(fault)

    def _name_cells(self, row: TableRow) -> Cells:
        """Return the texts of a row by column; a cell without heading is a fault."""
        if len(row.cells) > len(self.columns):
            self._fault(row.number, "", InvalidError("import_cell_nowhere"))
        for position, error in row.faults:
            column = self.columns[position] if position < len(self.columns) else ""
            self._fault(row.number, column, error)
        return {name: text for name, text in self._pair(row) if text}

    def _pair(self, row: TableRow) -> Iterator[tuple[str, str]]:
        return zip(self.columns, row.cells, strict=False)

    def _find_altered(self, row: TableRow) -> list[tuple[str, InvalidError]]:
        """Return the cells that a spreadsheet has made something else of than was typed."""
        columns = [self.columns[each] for each in row.days if each < len(self.columns)]
        found = [
            (name, InvalidError("table_day_unexpected"))
            for name in columns
            if name not in _DAY_COLUMNS
        ]
        return found + [
            (name, InvalidError("table_number_long"))
            for name, text in self._pair(row)
            if is_shortened(text) and name.endswith(_NUMBER_ENDS)
        ]

    def _fault(self, number: int, column: str, error: DomainError) -> None:
        self.refuse(Fault(row=number, column=column, code=error.code, params=dict(error.params)))

    def _find_products(self, tx: Tx, rows: Sequence[Cells]) -> Callable[[Cells], UUID | None]:
        """Look up the products that batches name; nothing for a table of products."""
        if self.kind is ImportKind.PRODUCTS:
            return lambda _: None
        gtins = {gtin for cells in rows if (gtin := _find_gtin(cells))}
        numbers = {cells["internal_number"] for cells in rows if "internal_number" in cells}
        by_gtin, by_number = stored.find_visible_numbers(tx, self.scope, gtins, numbers)

        def find(cells: Cells) -> UUID | None:
            if "gtin" in cells:
                return by_gtin.get(_find_gtin(cells) or "")
            return by_number.get(cells.get("internal_number", ""))

        return find

    def _judge(
        self, row: TableRow, cells: Cells, find: Callable[[Cells], UUID | None]
    ) -> Line | None:
        """Return the row if it is right by itself and no other row says the same."""
        altered = self._find_altered(row)
        for column, fault in altered:
            self._fault(row.number, column, fault)
        if altered or row.faults or len(row.cells) > len(self.columns):
            return None
        try:
            if self.kind is ImportKind.PRODUCTS:
                draft: ProductDraft | BatchDraft = parse_product(build_product_draft(cells))
            else:
                draft = _parse_batch_row(cells, find(cells))
        except DomainError as error:
            parts = error.errors if isinstance(error, SeveralError) else [error]
            for part in parts:
                self._fault(row.number, _column_of(part.field, cells), part)
            return None
        line = Line(number=row.number, cells=cells, draft=draft)
        return None if self._is_repeated(line) else line

    def _is_repeated(self, line: Line) -> bool:
        is_repeated = False
        for column, key in _keys_of(line.draft):
            first = self._seen.setdefault((column, *key), line.number)
            if first != line.number:
                error = InvalidError("import_duplicate", value=str(key[-1]), first=first)
                self._fault(line.number, column, error)
                is_repeated = True
        return is_repeated


def find_conflicts(tx: Tx, scope: TenantScope, lines: Sequence[Line]) -> list[Fault]:
    """Return which rows say what is stored already, or take a GTIN of somebody else."""
    products = [(line, each) for line in lines if isinstance(each := line.draft, ProductDraft)]
    batches = [(line, each) for line in lines if isinstance(each := line.draft, BatchDraft)]
    faults: list[Fault] = []

    def refuse(line: Line, column: str, code: str, value: str | None) -> None:
        faults.append(Fault(row=line.number, column=column, code=code, params={"value": value}))

    if products:
        gtins = [each.gtin for _, each in products if each.gtin]
        numbers = [each.internal_number for _, each in products if each.internal_number]
        owners = catalog.find_gtin_owners(tx, gtins)
        by_gtin, by_number = stored.find_numbers(tx, scope, gtins, numbers)
        for line, product in products:
            if owners.get(product.gtin or "", scope) != scope:
                refuse(line, "gtin", "gtin_taken", product.gtin)
            elif product.gtin in by_gtin:
                refuse(line, "gtin", "gtin_registered", product.gtin)
            if product.internal_number in by_number:
                refuse(line, "internal_number", "internal_number_taken", product.internal_number)
    if batches:
        taken = stored.find_lots(tx, scope, [(each.product_id, each.lot) for _, each in batches])
        for line, batch in batches:
            if (batch.product_id, batch.lot) in taken:
                refuse(line, "lot", "lot_taken", batch.lot)
    return faults


def build_payload(line: Line) -> dict[str, Any]:
    """Return what is kept of a row until it is moved."""
    payload: dict[str, Any] = {"cells": dict(line.cells)}
    if isinstance(line.draft, BatchDraft):
        payload["product_id"] = str(line.draft.product_id)
    return payload


def parse_payload(kind: ImportKind, number: int, payload: Mapping[str, Any]) -> Line:
    """Return the row of a payload; it was right before."""
    cells: Cells = payload["cells"]
    if kind is ImportKind.PRODUCTS:
        return Line(number=number, cells=cells, draft=parse_product(build_product_draft(cells)))
    draft = _parse_batch_row(cells, UUID(payload["product_id"]))
    return Line(number=number, cells=cells, draft=draft)


def build_product(line: Line, act: Act, import_id: UUID) -> Product:
    """Return the product of a row, hidden until its import is visible."""
    draft = line.draft
    assert isinstance(draft, ProductDraft), "a row of products"  # noqa: S101 - the kind says so
    return Product(
        id=act.new_id(),
        organisation_id=act.scope,
        gtin=draft.gtin,
        internal_number=draft.internal_number,
        name=draft.name,
        description=draft.description,
        category=draft.category,
        specification=draft.specification,
        created_at=act.at,
        features=draft.features,
        import_id=import_id,
    )


def build_batch(line: Line, act: Act, import_id: UUID) -> Batch:
    """Return the batch of a row, hidden until its import is visible."""
    draft = line.draft
    assert isinstance(draft, BatchDraft), "a row of batches"  # noqa: S101 - the kind says so
    return Batch(
        id=act.new_id(),
        organisation_id=act.scope,
        product_id=draft.product_id,
        lot=draft.lot,
        produced_on=draft.produced_on,
        expires_on=draft.expires_on,
        origin=draft.origin,
        created_at=act.at,
        import_id=import_id,
    )


def build_product_draft(cells: Cells) -> ProductDraft:
    """Return what a row says of a product, unchecked."""
    return ProductDraft(
        gtin=cells.get("gtin"),
        internal_number=cells.get("internal_number"),
        name=_local(cells, "name"),
        description=_local(cells, "description") if _has(cells, "description") else None,
        category=cells.get("category"),
        specification=cells.get("specification"),
        features=tuple(
            Feature(
                name=_local(cells, f"feature_{number}_name"),
                value=_local(cells, f"feature_{number}_value"),
            )
            for number in _given(cells, "feature")
        ),
    )


def _parse_batch_row(cells: Cells, product_id: UUID | None) -> BatchDraft:
    """Check what a row says of a batch, all of it at once."""
    findings = Findings()
    if "gtin" in cells and "internal_number" in cells:
        findings.add(InvalidError("product_number_twice", field="internal_number"))
    elif "gtin" in cells:
        with findings.collecting():
            normalise_gtin(cells["gtin"], field="gtin")
    elif "internal_number" in cells:
        with findings.collecting():
            check_charset82(cells["internal_number"], field="internal_number")
    else:
        findings.add(InvalidError("product_number_missing", field="gtin"))
    if product_id is None and not findings.errors:
        column = "gtin" if "gtin" in cells else "internal_number"
        findings.add(InvalidError("import_product_unknown", field=column, value=cells[column]))
    days: dict[str, date | None] = {}
    for name in ("produced_on", "expires_on"):
        days[name] = None
        with findings.collecting():
            days[name] = _parse_day(cells.get(name), name)
    draft = BatchDraft(
        product_id=product_id or _NOBODY,
        lot=cells.get("lot", ""),
        produced_on=days["produced_on"],
        expires_on=days["expires_on"],
        origin=Origin(
            place=_local(cells, "place") if _has(cells, "place") else None,
            line=cells.get("line"),
            materials=tuple(
                Material(
                    name=cells.get(f"material_{number}_name", ""),
                    supplier=cells.get(f"material_{number}_supplier"),
                    lot=cells.get(f"material_{number}_lot"),
                )
                for number in _given(cells, "material")
            ),
        ),
    )
    try:
        draft = parse_batch(draft)
    except SeveralError as error:
        findings.errors.extend(error.errors)
    except InvalidError as error:
        findings.add(error)
    findings.settle()
    return draft


def _parse_day(text: str | None, name: str) -> date | None:
    """Return a day: year, month, day, with -, / or a point between, in Chinese or as one number."""
    if text is None:
        return None
    match = _DAY.fullmatch(text)
    try:
        if match is not None:
            return date(*(int(part) for part in match.groups() if part))
    except ValueError:
        pass
    raise InvalidError("date_malformed", field=name)


def _find_gtin(cells: Cells) -> str | None:
    try:
        return normalise_gtin(cells["gtin"], field="gtin") if "gtin" in cells else None
    except InvalidError:
        return None


def _keys_of(draft: ProductDraft | BatchDraft) -> list[tuple[str, tuple[object, ...]]]:
    """Return what must not come twice, each with the column that says it."""
    if isinstance(draft, BatchDraft):
        return [("lot", (draft.product_id, draft.lot))]
    pairs = (("gtin", draft.gtin), ("internal_number", draft.internal_number))
    return [(column, (value,)) for column, value in pairs if value is not None]


def _local(cells: Cells, name: str) -> LocalText:
    return LocalText(zh=cells.get(f"{name}_zh"), en=cells.get(f"{name}_en"))


def _has(cells: Cells, name: str) -> bool:
    return f"{name}_zh" in cells or f"{name}_en" in cells


def _given(cells: Cells, group: str) -> list[int]:
    """Return the numbers of a repeated group that say anything."""
    parts, count = (
        (FEATURE_PARTS, FEATURE_COLUMNS)
        if group == "feature"
        else (MATERIAL_PARTS, MATERIAL_COLUMNS)
    )
    return [
        number
        for number in range(1, count + 1)
        if any(f"{group}_{number}_{part}" in cells for part in parts)
    ]


def _column_of(name: str | None, cells: Cells) -> str:
    """Return the column of a refused field, such as "features.0.name.zh"."""
    parts = (name or "").removeprefix("origin.").split(".")
    if parts[0] in {"features", "materials"}:
        group = parts[0].removesuffix("s")
        given = _given(cells, group)
        place = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
        parts = [group, str(given[place] if place < len(given) else 1), *parts[2:]]
    column = "_".join(parts)
    known = {each for columns in COLUMNS.values() for each in columns}
    if column in known:
        return column
    return next((f"{column}_{each}" for each in ("zh", "en") if f"{column}_{each}" in known), "")
