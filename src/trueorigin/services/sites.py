# SPDX-License-Identifier: Apache-2.0
"""Sites: enter, correct and close the fixed places of an organisation."""

import re
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.gs1 import check_gln
from trueorigin.domain.records import record
from trueorigin.domain.sites import SITES_MAX, Site, SiteKind
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX, parse_text
from trueorigin.services.findings import Findings
from trueorigin.storage import audit, sites as stored
from trueorigin.storage.database import Tx

_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_LATITUDE_MAX, _LONGITUDE_MAX = 90, 180


@record
class SiteDraft:
    """A site as told; `is_public` None means public for shops and kiosks only."""

    kind: SiteKind
    name: str
    gln: str | None = None
    country: str | None = None
    region: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_public: bool | None = None


def parse_site(draft: SiteDraft) -> SiteDraft:
    """Return a draft with its texts normalised, or refuse it with every fault it has."""
    findings = Findings()
    name = findings.check(
        lambda: parse_text(draft.name, field="name", length_max=NAME_LENGTH_MAX), draft.name
    )
    gln = draft.gln
    if gln is not None:
        gln = findings.check(lambda: check_gln(draft.gln or ""), gln)
    region = findings.check(lambda: _parse_line(draft.region, "region"), None)
    address = findings.check(lambda: _parse_line(draft.address, "address"), None)
    if draft.country is not None and not _COUNTRY.fullmatch(draft.country):
        findings.add(InvalidError("country_malformed", field="country", given=draft.country[:10]))
    findings.check(lambda: _check_position(draft), None)
    findings.settle()
    is_public = draft.is_public
    if is_public is None:
        is_public = draft.kind in {SiteKind.SHOP, SiteKind.KIOSK}
    return replace(draft, name=name, gln=gln, is_public=is_public, region=region, address=address)


def _parse_line(text: str | None, field: str) -> str | None:
    return None if text is None else parse_text(text, field=field, length_max=LINE_LENGTH_MAX)


def _check_position(draft: SiteDraft) -> None:
    for field, value, limit in (
        ("latitude", draft.latitude, _LATITUDE_MAX),
        ("longitude", draft.longitude, _LONGITUDE_MAX),
    ):
        if value is not None and not -limit <= value <= limit:
            raise InvalidError("position_out_of_range", field=field, min=-limit, max=limit)
    if (draft.latitude is None) is not (draft.longitude is None):
        missing = "latitude" if draft.latitude is None else "longitude"
        raise InvalidError("position_incomplete", field=missing)


def create_site(tx: Tx, act: Act, draft: SiteDraft) -> Site:
    """Check and keep a new site; at most `SITES_MAX` open ones."""
    draft = parse_site(draft)
    if stored.count_sites(tx, act.scope, limit=SITES_MAX) >= SITES_MAX:
        raise ConflictError("sites_too_many", max=SITES_MAX)
    site = _build(draft, id=act.new_id(), organisation_id=act.scope, created_at=act.at)
    stored.append_site(tx, act.scope, site)
    audit.append_audit(tx, act, "site.create", str(site.id), {"name": site.name})
    return site


def update_site(tx: Tx, act: Act, site_id: UUID, draft: SiteDraft) -> Site:
    """Write what a site is said to be now; what happened there stays as it was recorded."""
    draft = parse_site(draft)
    before = stored.get_site(tx, act.scope, site_id)
    site = _build(
        draft,
        id=before.id,
        organisation_id=before.organisation_id,
        created_at=before.created_at,
        closed_at=before.closed_at,
    )
    if site != before:
        stored.update_site(tx, act.scope, site)
        audit.append_audit(tx, act, "site.update", str(site.id), {"name": site.name})
    return site


def close_site(tx: Tx, act: Act, site_id: UUID) -> Site:
    """Take a site out of use. Closing it again changes nothing."""
    if stored.get_site(tx, act.scope, site_id).closed_at is None:
        stored.close_site(tx, act.scope, site_id, act.at)
        audit.append_audit(tx, act, "site.close", str(site_id), {})
    return stored.get_site(tx, act.scope, site_id)


def _build(draft: SiteDraft, **fixed: Any) -> Site:  # noqa: ANN401 - of any type
    said = {name: getattr(draft, name) for name in SiteDraft.__dataclass_fields__}
    return Site(**said, **fixed)
