# SPDX-License-Identifier: Apache-2.0
"""Take down roughly where a reading was made, once its reader has chosen to say so.

It helps to tell copies from genuine goods in later readings; the answer already given stays as it
is. Nothing finer than a cell of a tenth of a degree is accepted, let alone kept.
"""

from uuid import UUID

from trueorigin.domain.diversions import Seen, find_diversion
from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.risk import Place, build_place, parse_place
from trueorigin.domain.units import split_unit_key
from trueorigin.services.chainfacts import find_lives
from trueorigin.storage import catalog, diversions, events, places, scans
from trueorigin.storage.database import Tx


def share_place(tx: Tx, unit_key: int, scan_id: UUID, text: str) -> None:
    """Keep the place of a public reading; a reader's word for it, so never a trusted place.

    Refused: `place_malformed` for anything but a cell, `place_known` where there is one already
    or the reading was never a line of its own.
    """
    given = parse_place(text)
    if given is None or str(given) != text:
        raise InvalidError("place_malformed", field="place")
    place = build_place(given.latitude, given.longitude)
    if place is None or not places.add_place(tx, unit_key, scan_id, place.stored):
        raise ConflictError("place_known")
    _note_diversion(tx, unit_key, scan_id, place)


def _note_diversion(tx: Tx, unit_key: int, scan_id: UUID, place: Place) -> None:
    """Tell the owner where the reading was out of region, as the scan path does of a known place.

    One query where nothing ever happened to any unit of its run.
    """
    run_id = split_unit_key(unit_key)[0]
    if not events.find_marked_runs(tx, [run_id]):
        return
    row, run = scans.find_scan(tx, unit_key, scan_id), catalog.find_run(tx, run_id)
    if row is None or run is None:
        return
    facts = find_lives(tx, [unit_key]).find_facts(unit_key, row.at)
    seen = Seen(unit_key=unit_key, scan_id=scan_id, organisation_id=run.organisation_id, at=row.at)
    found = find_diversion(facts.shipment, seen, place)
    if found is not None:
        diversions.append_diversions(tx, [found])
