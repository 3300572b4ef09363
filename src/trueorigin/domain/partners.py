# SPDX-License-Identifier: Apache-2.0
"""Partners: organisations whose hands an owner lets its goods pass through."""

from datetime import datetime
from typing import Final
from uuid import UUID

from trueorigin.domain.records import record

# Partners of one organisation: all shops of a national brand's dealers.
PARTNERS_MAX: Final = 20_000


@record
class Partnership:
    """An owner lets a partner record what it does with the owner's goods, until `ended_at`.

    A partner that `may_bring` others passes this on to its own partners, one step and no further:
    a dealer brings its shops.
    """

    organisation_id: UUID
    partner_id: UUID
    may_bring: bool
    created_at: datetime
    ended_at: datetime | None = None
