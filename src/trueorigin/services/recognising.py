# SPDX-License-Identifier: Apache-2.0
"""From printed codes to units: whose they are, what they decrypt to, and whether that was issued.

A batch costs a few queries at most and none when the catalogue knows its runs. Codes that nobody
issued are decrypted like others, with a key of nobody where no organisation is found, and give
the same answer whatever made them fail. Nothing is recorded here.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.gs1 import COMPANY_PREFIX_MAX, COMPANY_PREFIX_MIN, split_sscc
from trueorigin.domain.records import record
from trueorigin.domain.scans import ScanUnit
from trueorigin.domain.serials import SYMBOLS, SYMBOLS_DEFAULT, Position, SerialCipher, number
from trueorigin.domain.units import unit_key
from trueorigin.services.catalogue import Catalogue, OrganisationEntry, RunEntry
from trueorigin.services.vault import Vault
from trueorigin.storage import catalog
from trueorigin.storage.database import Tx

# From so many serials on, arrays beat one at a time: 25 us each against 150 us and 2 us each.
_ARRAYS_FROM: Final = 8


@record
class Recognition:
    """What became of a code: `entry` and `unit` are None unless it was issued.

    `is_owned` says that the code leads to an organisation we know, issued or not.
    """

    is_owned: bool
    entry: RunEntry | None = None
    unit: ScanUnit | None = None


_FOREIGN: Final = Recognition(is_owned=False)
_INVENTED: Final = Recognition(is_owned=True)


def recognise(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    codes: Sequence[PrintedCode],
    own_ids: Sequence[UUID | None],
) -> list[Recognition]:
    """Return what each code turns out to be, in order.

    `own_ids` are the organisations of signed-in readers, in whom a bare serial means something.
    """
    entries = _find_organisations(tx, catalogue, vault, codes, own_ids)
    found = [_FOREIGN if entry is None else _INVENTED for entry in entries]
    # One array of serials for each key, whatever the order they came in.
    groups: dict[tuple[OrganisationEntry | None, int], list[int]] = {}
    for at, (code, entry) in enumerate(zip(codes, entries, strict=True)):
        length = len(code.serial or "")
        symbols = length if length in SYMBOLS else SYMBOLS_DEFAULT
        groups.setdefault((entry, symbols), []).append(at)
    for (entry, symbols), members in groups.items():
        serials = [codes[at].serial or "" for at in members]
        if entry is None:
            _decode(catalogue.decoy_cipher(vault, symbols), serials)
            continue
        for epoch, cipher in entry.ciphers(symbols):
            positions = _decode(cipher, serials)
            ordinals = {position.ordinal for position in positions if position is not None}
            runs = catalogue.find_runs(tx, entry, epoch, ordinals)
            for at, position, serial in zip(members, positions, serials, strict=True):
                run = None if position is None else runs.get(position.ordinal)
                if (
                    position is not None
                    and run is not None
                    and _is_issued(run, codes[at], position)
                ):
                    found[at] = _build_recognition(run, position, serial)
    for at, (code, own_id) in enumerate(zip(codes, own_ids, strict=True)):
        entry = entries[at]
        if own_id is not None and entry is not None and code.serial is None and code.sscc:
            found[at] = _recognise_sscc(tx, catalogue, entry, code.sscc) or _INVENTED
    return found


def _build_recognition(entry: RunEntry, position: Position, serial: str) -> Recognition:
    level, index = position.level, position.index
    unit = ScanUnit(
        organisation=entry.organisation,
        product=entry.product,
        batch=entry.batch,
        run=entry.run,
        level=level,
        index=index,
        number=number(serial),
        unit_key=unit_key(entry.run.id, level, index),
    )
    return Recognition(is_owned=True, entry=entry, unit=unit)


def _find_organisations(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    codes: Sequence[PrintedCode],
    own_ids: Sequence[UUID | None],
) -> list[OrganisationEntry | None]:
    """Return whom each code leads to: by GTIN, SSCC, code prefix, or as the reader's own."""
    gtins = catalogue.find_gtin_owners(tx, {code.gtin for code in codes if code.gtin})
    prefixes = catalogue.find_prefix_owners(tx, {code.prefix for code in codes if code.prefix})
    gs1 = catalogue.find_gs1_prefix_owners(
        tx, {part for code in codes if code.sscc for part in _gs1_prefixes(code.sscc)}
    )
    own = {own_id for own_id in own_ids if own_id is not None}
    owners = {*gtins.values(), *prefixes.values(), *gs1.values(), *own}
    opened = catalogue.open_organisations(tx, vault, owners)
    by_gtin = _resolve(gtins, opened)
    by_prefix = _resolve(prefixes, opened)
    by_gs1 = _resolve(gs1, opened)
    entries = []
    for code, own_id in zip(codes, own_ids, strict=True):
        if code.gtin is not None:
            entry = by_gtin.get(code.gtin)
        elif code.sscc is not None:
            known = (by_gs1.get(part) for part in _gs1_prefixes(code.sscc))
            entry = next((each for each in known if each is not None), None)
        elif code.prefix is not None:
            entry = by_prefix.get(code.prefix)
        elif own_id is not None and not code.is_mistyped:
            # A mistyped code was never printed like this, whoever reads it.
            entry = opened.get(own_id)
        else:
            entry = None
        entries.append(entry)
    return entries


def _resolve(
    owners: dict[str, UUID], opened: dict[UUID, OrganisationEntry]
) -> dict[str, OrganisationEntry]:
    return {name: opened[owner] for name, owner in owners.items() if owner in opened}


def _gs1_prefixes(sscc: str) -> list[str]:
    """Return every company prefix an SSCC could carry, the longest first."""
    lengths = range(COMPANY_PREFIX_MAX, COMPANY_PREFIX_MIN - 1, -1)
    return [sscc[1 : 1 + length] for length in lengths]


def _decode(cipher: SerialCipher, serials: list[str]) -> list[Position | None]:
    if len(serials) < _ARRAYS_FROM:
        return [cipher.decode(serial) for serial in serials]
    return cipher.decode_many(serials)


def _is_issued(entry: RunEntry, code: PrintedCode, position: Position) -> bool:
    """Say whether the run has such a unit and prints it exactly as the code claims."""
    run, level = entry.run, position.level
    if level >= len(entry.quantities) or position.index >= entry.quantities[level]:
        return False
    if code.serial is None or len(code.serial) != run.symbols:
        return False
    if code.gtin is not None:
        return entry.gtins[level] == code.gtin
    if code.sscc is not None:
        first = None if level == 0 else run.sscc_first[level - 1]
        return (
            first is not None
            and run.gs1_prefix is not None
            and split_sscc(code.sscc, run.gs1_prefix) == first + position.index
        )
    return True


def _recognise_sscc(
    tx: Tx, catalogue: Catalogue, entry: OrganisationEntry, sscc: str
) -> Recognition | None:
    """Recognise a plain SSCC, which proves nothing: for signed-in readers only. Two queries."""
    for prefix in _gs1_prefixes(sscc):
        reference = split_sscc(sscc, prefix)
        place = None if reference is None else catalog.find_sscc_unit(tx, prefix, reference)
        run = None if place is None else catalog.find_run(tx, place[0])
        if place is None or run is None or run.organisation_id != entry.organisation.id:
            continue
        run_entry = catalogue.find_runs(tx, entry, run.epoch, {run.ordinal})[run.ordinal]
        position = Position(run.ordinal, *place[1:])
        cipher = dict(entry.ciphers(run.symbols))[run.epoch]
        return _build_recognition(run_entry, position, cipher.encode(position))
    return None
