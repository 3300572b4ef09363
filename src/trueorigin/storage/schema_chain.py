# SPDX-License-Identifier: Apache-2.0
"""The tables of the chain: events, and whom they touch.

Everybody else takes them from `schema.py`, which holds all tables. An event is stored once, under
its id; single units and ranges of units each have a way to find theirs:

    event         the event itself; a declaration in error is a second row of the same id
    unit_event    one row for each single unit it touches
    range_event   one row for each range it touches, to find them all
    event_block   the dyadic blocks of that range, to find those that hold one unit
    run_mark      runs of which there is any event: readings of all others ask nothing of the chain

Around them who handles goods, where, and what was found of them: `partnership`, `site`,
`territory`, `inspection` and `diversion`; and what went into them: `batch_material`.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)

from trueorigin.storage.metadata import BY_ID, BY_RUN, BY_UNIT, REFERENCE, metadata
from trueorigin.storage.types import Document, Identifier, Instant

_NAMED = text("partner_id IS NOT NULL")

# `kind` and `effect` are 0 in a declaration, whose `at` is when it was made. `container` is the
# unit key of the parent, `about` is [[run, level, start, stop], ...].
event = Table(
    "event",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("is_declaration", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("effect", SmallInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("offset_minutes", SmallInteger, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("organisation_id", Identifier, nullable=False),
    Column("actor_id", Identifier),
    Column("site_id", Identifier),
    Column("partner_id", Identifier),
    Column("about", Document, nullable=False),
    Column("container", BigInteger),
    Column("plan", Document),
    Column("details", Document),
    Index(None, "organisation_id", "id"),
    # Few events name a partner; the others pay nothing for those who look for theirs.
    Index(None, "partner_id", "id", sqlite_where=_NAMED, postgresql_where=_NAMED),
    sqlite_with_rowid=False,
    info=BY_ID,
)

# `part` is a number of `Part`; which of a unit's rows are wanted depends on it, so it comes
# before the time.
unit_event = Table(
    "unit_event",
    metadata,
    Column("unit_key", BigInteger, primary_key=True, autoincrement=False),
    Column("part", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, primary_key=True, autoincrement=False),
    Column("event_id", Identifier, primary_key=True),
    Column("container", BigInteger),
    sqlite_with_rowid=False,
    info=BY_UNIT,
)

# A unit i packed by plan is in `container + (i - base) / size`.
range_event = Table(
    "range_event",
    metadata,
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Identifier, primary_key=True),
    Column("stop", BigInteger, nullable=False),
    Column("part", SmallInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("container", BigInteger),
    Column("base", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    CheckConstraint("start >= 0 AND start < stop AND stop <= 4294967296", name="bounds"),
    sqlite_with_rowid=False,
    info=BY_RUN,
)

event_block = Table(
    "event_block",
    metadata,
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("part", SmallInteger, primary_key=True, autoincrement=False),
    Column("exponent", SmallInteger, primary_key=True, autoincrement=False),
    Column("prefix", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, primary_key=True, autoincrement=False),
    Column("event_id", Identifier, primary_key=True),
    Column("container", BigInteger),
    Column("base", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    info=BY_RUN,
)

run_mark = Table(
    "run_mark",
    metadata,
    Column("run_id", BigInteger, ForeignKey("run.id"), primary_key=True, autoincrement=False),
    info=REFERENCE,
)

site = Table(
    "site",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("gln", Text),
    Column("country", Text),
    Column("region", Text),
    Column("address", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("is_public", SmallInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index("uq_site_organisation_id_gln", "organisation_id", "gln", unique=True),
    Index(None, "organisation_id", "id"),
    CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position"),
    info=REFERENCE,
)

territory = Table(
    "territory",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("name_zh", Text),
    Column("name_en", Text),
    Column("areas", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index(None, "organisation_id", "id"),
    info=REFERENCE,
)

# The raw materials of every batch, as its origin names them, to find the batches of a material.
batch_material = Table(
    "batch_material",
    metadata,
    Column("batch_id", Identifier, ForeignKey("batch.id"), primary_key=True),
    Column("place", SmallInteger, primary_key=True, autoincrement=False),
    Column("organisation_id", Identifier, nullable=False),
    Column("name", Text, nullable=False),
    Column("supplier", Text),
    Column("lot", Text),
    Index(None, "organisation_id", "lot"),
    Index(None, "organisation_id", "name"),
    info=REFERENCE,
)

# `organisation_id` owns goods and lets `partner_id` handle them.
partnership = Table(
    "partnership",
    metadata,
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), primary_key=True),
    Column("partner_id", Identifier, ForeignKey("organisation.id"), primary_key=True),
    Column("may_bring", SmallInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "partner_id"),
    CheckConstraint("organisation_id <> partner_id", name="two"),
    info=REFERENCE,
)

# The register of findings: one row for each range an inspection is about. What it says is in its
# event; here it is found by authority and by owner. `cell` is where it was made (`cells.py`), and
# `closed_at` since when nobody follows it any more.
inspection = Table(
    "inspection",
    metadata,
    Column("event_id", Identifier, primary_key=True),
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("stop", BigInteger, nullable=False),
    Column("authority_id", Identifier, nullable=False),
    Column("owner_id", Identifier, nullable=False),
    Column("result", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("cell", Integer),
    Column("closed_at", Instant),
    Index(None, "authority_id", "event_id"),
    Index(None, "owner_id", "event_id"),
    Index(None, "run_id", "event_id"),
    info=REFERENCE,
)

# Readings outside the sales region their unit was shipped to; `km` from its edge.
diversion = Table(
    "diversion",
    metadata,
    Column("unit_key", BigInteger, primary_key=True, autoincrement=False),
    Column("scan_id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, nullable=False),
    Column("territory_id", Identifier, nullable=False),
    Column("event_id", Identifier, nullable=False),
    Column("at", Instant, nullable=False),
    Column("place", Text, nullable=False),
    Column("km", BigInteger, nullable=False),
    Index(None, "organisation_id", "scan_id"),
    sqlite_with_rowid=False,
    info=BY_UNIT,
)
