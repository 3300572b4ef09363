# SPDX-License-Identifier: Apache-2.0
"""Sales regions: draw and close them. A drawn one never changes, since shipments name it."""

from uuid import UUID

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act
from trueorigin.domain.territories import (
    AREAS_MAX,
    RADIUS_KM_MAX,
    RADIUS_KM_MIN,
    TERRITORIES_MAX,
    Area,
    Territory,
)
from trueorigin.domain.texts import NAME_LENGTH_MAX, parse_local_text
from trueorigin.services.findings import Findings
from trueorigin.storage import audit, territories as stored
from trueorigin.storage.database import Tx

_LATITUDE_MAX, _LONGITUDE_MAX = 90, 180


@record
class TerritoryDraft:
    """A sales region as told."""

    name: LocalText
    areas: tuple[Area, ...]


def parse_territory(draft: TerritoryDraft) -> TerritoryDraft:
    """Return a draft with its name normalised, or refuse it with every fault it has."""
    findings = Findings()
    name = findings.check(
        lambda: parse_local_text(draft.name, field="name", length_max=NAME_LENGTH_MAX), draft.name
    )
    if not draft.areas:
        findings.add(InvalidError("areas_missing", field="areas"))
    if len(draft.areas) > AREAS_MAX:
        findings.add(InvalidError("too_many", field="areas", max=AREAS_MAX, count=len(draft.areas)))
    for place, area in enumerate(draft.areas[:AREAS_MAX]):
        for field, least, most in (
            ("latitude", -_LATITUDE_MAX, _LATITUDE_MAX),
            ("longitude", -_LONGITUDE_MAX, _LONGITUDE_MAX),
            ("radius_km", RADIUS_KM_MIN, RADIUS_KM_MAX),
        ):
            if not least <= getattr(area, field) <= most:
                code, name_ = "position_out_of_range", f"areas.{place}.{field}"
                findings.add(InvalidError(code, field=name_, min=least, max=most))
    findings.settle()
    return TerritoryDraft(name=name, areas=draft.areas)


def create_territory(tx: Tx, act: Act, draft: TerritoryDraft) -> Territory:
    """Check and keep a new sales region; at most `TERRITORIES_MAX` open ones."""
    draft = parse_territory(draft)
    if stored.count_territories(tx, act.scope, limit=TERRITORIES_MAX) >= TERRITORIES_MAX:
        raise ConflictError("territories_too_many", max=TERRITORIES_MAX)
    territory = Territory(
        id=act.new_id(),
        organisation_id=act.scope,
        name=draft.name,
        areas=draft.areas,
        created_at=act.at,
    )
    stored.append_territory(tx, act.scope, territory)
    audit.append_audit(tx, act, "territory.create", str(territory.id), _name(territory))
    return territory


def close_territory(tx: Tx, act: Act, territory_id: UUID) -> Territory:
    """Take a sales region out of use for new shipments. Closing it again changes nothing."""
    found = stored.get_territory(tx, act.scope, territory_id)
    if found.closed_at is None:
        stored.close_territory(tx, act.scope, territory_id, act.at)
        audit.append_audit(tx, act, "territory.close", str(territory_id), _name(found))
    return stored.get_territory(tx, act.scope, territory_id)


def _name(territory: Territory) -> dict[str, str]:
    """Return what the trail calls a sales region."""
    return {"name": territory.name.zh or territory.name.en or ""}
