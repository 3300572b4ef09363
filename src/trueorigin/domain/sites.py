# SPDX-License-Identifier: Apache-2.0
"""Fixed places: where goods are made, kept, sold and read, named by a GLN where there is one."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from trueorigin.domain.records import record
from trueorigin.domain.risk import Place, build_place

# Sites of one organisation: every shop of a chain, and a bound on what a page or a phone loads.
SITES_MAX: Final = 5000


class SiteKind(StrEnum):
    """What a site is for."""

    FACTORY = "factory"
    WAREHOUSE = "warehouse"
    SHOP = "shop"
    OFFICE = "office"
    KIOSK = "kiosk"


@record
class Site:
    """A fixed place of one organisation.

    `gln` is a GLN of 13 digits (GS1 General Specifications, AI 414), `country` an ISO 3166-1
    alpha-2 code, `region` the province or city as people say it. Latitude and longitude (degrees,
    WGS 84) are both given or neither. Consumers see name and region of a site only where
    `is_public`; of the others they see that something happened.
    """

    id: UUID
    organisation_id: UUID
    kind: SiteKind
    name: str
    gln: str | None
    country: str | None
    region: str | None
    address: str | None
    latitude: float | None
    longitude: float | None
    is_public: bool
    created_at: datetime
    closed_at: datetime | None = None

    @property
    def place(self) -> Place | None:
        """Return the cell it lies in, vouched for by whoever entered it."""
        if self.latitude is None or self.longitude is None:
            return None
        return build_place(self.latitude, self.longitude, is_trusted=True)

    @property
    def public_name(self) -> str | None:
        """Return what consumers are told of where it is; None unless `is_public`."""
        if not self.is_public:
            return None
        return f"{self.name} ({self.region})" if self.region else self.name

    @property
    def public_region(self) -> str | None:
        """Return the province or city it lies in, or its name; None unless `is_public`."""
        return (self.region or self.name) if self.is_public else None
