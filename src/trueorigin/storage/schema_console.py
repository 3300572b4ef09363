# SPDX-License-Identifier: Apache-2.0
"""The tables of the console: people, files, devices, work of the background, imports, figures.

Everybody else takes them from `schema.py`, which holds all tables.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)

from trueorigin.storage.metadata import BY_RUN, REFERENCE, metadata
from trueorigin.storage.types import Document, Identifier, Instant

person = Table(
    "person",
    metadata,
    Column("id", Identifier, primary_key=True),
    # Folded: two spellings of one address are one person.
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("language", Text),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    info=REFERENCE,
)

membership = Table(
    "membership",
    metadata,
    Column("person_id", Identifier, ForeignKey("person.id"), primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), primary_key=True),
    Column("role", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "organisation_id"),
    CheckConstraint(
        "role IN ('owner', 'quality', 'production', 'packer', 'logistics', 'sales', 'inspector',"
        " 'read_only', 'member')",
        name="role",
    ),
    info=REFERENCE,
)

session = Table(
    "session",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("person_id", Identifier, ForeignKey("person.id"), nullable=False),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    # Written at most once in five minutes: reading a page must not write.
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("device_label", Text, nullable=False),
    Index(None, "person_id", "id"),
    Index(None, "expires_at"),
    info=REFERENCE,
)

# A phone or kiosk of an organisation. A code that waits to be used has a hash and an end; using it
# takes both away and puts the hash of the device's own key in their place.
device = Table(
    "device",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("site_id", Identifier),
    Column("person_id", Identifier, ForeignKey("person.id")),
    Column("created_by", Identifier),
    Column("created_at", Instant, nullable=False),
    Column("enrol_hash", LargeBinary, unique=True),
    Column("enrol_expires_at", Instant),
    Column("secret_hash", LargeBinary, unique=True),
    Column("enrolled_at", Instant),
    Column("revoked_at", Instant),
    # Written at most once a minute.
    Column("last_seen_at", Instant),
    Column("app_version", Text),
    Index(None, "organisation_id", "id"),
    Index(None, "person_id"),
    CheckConstraint("kind IN ('field', 'kiosk')", name="kind"),
    info=REFERENCE,
)

# `bucket` is a keyed pseudonym of an e-mail address or of a network.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("bucket", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("blocked_until", Instant, nullable=False),
    Index(None, "blocked_until"),
    info=REFERENCE,
)

# What was uploaded; the bytes lie in the file store under their digest.
file = Table(
    "file",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("actor_id", Identifier),
    Column("width", Integer),
    Column("height", Integer),
    Index(None, "organisation_id", "id"),
    Index(None, "organisation_id", "sha256"),
    info=REFERENCE,
)

# Long work of the background: whoever runs it shows by `heartbeat_at` that it is alive.
job = Table(
    "job",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("actor_id", Identifier),
    Column("kind", Text, nullable=False),
    Column("params", Document, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("result", Document),
    Column("error", Document),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("heartbeat_at", Instant),
    Column("finished_at", Instant),
    Index(None, "organisation_id", "id"),
    Index(None, "state", "id"),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
    info=REFERENCE,
)

# Who took which codes away: never deleted.
code_download = Table(
    "code_download",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("actor_id", Identifier),
    Column("run_id", BigInteger, ForeignKey("run.id"), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("stop", BigInteger, nullable=False),
    Column("format", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text),
    Column("job_id", Identifier),
    Index(None, "organisation_id", "id"),
    Index(None, "run_id", "id"),
    CheckConstraint("start >= 0 AND start < stop", name="bounds"),
    info=REFERENCE,
)

# Products and batches of one uploaded table: seen by nobody until the state is 'visible'.
import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("actor_id", Identifier),
    Column("job_id", Identifier),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("report", Document),
    Column("created_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Index(None, "organisation_id", "id"),
    CheckConstraint("state IN ('staged', 'visible', 'rejected')", name="state"),
    info=REFERENCE,
)

import_row = Table(
    "import_row",
    metadata,
    Column("import_id", Identifier, ForeignKey("import_batch.id"), primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("payload", Document, nullable=False),
    sqlite_with_rowid=False,
    info=REFERENCE,
)

# What became of the rows of an uploaded file of events; `first` is the place of the first of some
# rows in succession, written with their events. `results` is a list of [row, event id, outcome,
# flags, code, field, params].
event_upload_part = Table(
    "event_upload_part",
    metadata,
    Column("job_id", Identifier, ForeignKey("job.id"), primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
    Column("flagged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("is_judged", SmallInteger, nullable=False),
    Column("results", Document, nullable=False),
    sqlite_with_rowid=False,
    info=REFERENCE,
)

# How often the codes of a run were read, by day since 1970 on the calendar of their
# organisation, place and verdict; raised in the
# transaction that records the readings. `place` is '' where it is unknown.
reading_figure = Table(
    "reading_figure",
    metadata,
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("place", Text, primary_key=True),
    Column("verdict", SmallInteger, primary_key=True, autoincrement=False),
    Column("readings", BigInteger, nullable=False),
    Column("devices", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    info=BY_RUN,
)
