# SPDX-License-Identifier: Apache-2.0
"""Sites of the caller's organisation at the JSON surface: where goods are made, kept and sold."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, Page, PageQuery
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Act
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.services import sites
from trueorigin.services.sites import SiteDraft
from trueorigin.storage import sites as stored
from trueorigin.storage.database import Tx

# GLNs are written with blanks here and there.
_GLN_LENGTH_MAX: Final = 40


class SiteBody(Body):
    """A fixed place; `is_public` null means that shops and kiosks are named to consumers."""

    kind: SiteKind
    name: str = Field(max_length=NAME_LENGTH_MAX)
    gln: str | None = Field(default=None, max_length=_GLN_LENGTH_MAX)
    country: str | None = Field(default=None, max_length=2, examples=["CN"])
    region: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    address: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    is_public: bool | None = None

    def to_draft(self) -> SiteDraft:
        """Return what the service checks."""
        return SiteDraft(**{name: getattr(self, name) for name in SiteBody.model_fields})


class SiteChange(Body):
    """What is to be changed of a site; what is not named stays as it is."""

    kind: SiteKind | None = None
    name: str | None = Field(default=None, max_length=NAME_LENGTH_MAX)
    gln: str | None = Field(default=None, max_length=_GLN_LENGTH_MAX)
    country: str | None = Field(default=None, max_length=2)
    region: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    address: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    is_public: bool | None = None

    def to_draft(self, site: Site) -> SiteDraft:
        """Return the whole of what the site shall be."""
        now = SiteDraft(**{name: getattr(site, name) for name in SiteBody.model_fields})
        said = {name: getattr(self, name) for name in self.model_fields_set}
        # A site has a kind and a name; null is no new one.
        kept = {name for name in ("kind", "name") if said.get(name, "") is None}
        return replace(now, **{name: said[name] for name in said.keys() - kept})


class SiteAnswer(Answer):
    """A site; one that was closed stays, since events name it."""

    id: UUID
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
    closed_at: datetime | None

    @classmethod
    def of(cls, site: Site) -> "SiteAnswer":
        """Show a site."""
        return cls(**{name: getattr(site, name) for name in cls.model_fields})


class SiteQuery(PageQuery):
    """Which sites are wanted: open ones, or with `closed` all."""

    closed: bool = False


class ClosingBody(Body):
    """Nothing needs to be said to close something."""


def create_site(call: CallHere, body: SiteBody) -> Response:
    """Register a site."""
    draft = body.to_draft()
    return call.create(lambda tx, act: SiteAnswer.of(sites.create_site(tx, act, draft)))


def list_sites(call: CallHere, query: Annotated[SiteQuery, Query()]) -> Page[SiteAnswer]:
    """List sites in the order they were made."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: stored.list_sites(
            tx, scope, after=after, limit=query.limit + 1, with_closed=query.closed
        )
    )
    return build_page(rows, query.limit, SiteAnswer.of, lambda site: site.id)


def get_site(call: CallHere, site_id: UUID) -> SiteAnswer:
    """Return one site."""
    return call.read(lambda tx, scope: SiteAnswer.of(stored.get_site(tx, scope, site_id)))


def update_site(call: CallHere, site_id: UUID, body: SiteChange) -> SiteAnswer:
    """Change what a site is said to be; what happened there stays as it was recorded."""

    def change(tx: Tx, act: Act) -> SiteAnswer:
        draft = body.to_draft(stored.get_site(tx, act.scope, site_id))
        return SiteAnswer.of(sites.update_site(tx, act, site_id, draft))

    return call.write(change)


def close_site(call: CallHere, site_id: UUID, body: ClosingBody | None = None) -> Response:
    """Take a site out of use. Closing it again changes nothing."""
    del body
    return call.create(lambda tx, act: SiteAnswer.of(sites.close_site(tx, act, site_id)))
