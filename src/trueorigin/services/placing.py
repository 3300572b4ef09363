# SPDX-License-Identifier: Apache-2.0
"""Take down roughly where a reading was made, once its reader has chosen to say so.

It helps to tell copies from genuine goods in later readings; the answer already given stays as it
is. Nothing finer than a cell of a tenth of a degree is accepted, let alone kept.
"""

from uuid import UUID

from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.risk import build_place, parse_place
from trueorigin.storage import places
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
