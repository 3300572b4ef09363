# SPDX-License-Identifier: Apache-2.0
"""Every table, once, for both databases; migrations must arrive at exactly this.

Columns of a later migration are nullable, since the program before it goes on writing rows
without them: storage reads such a NULL as the value a new row begins with.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from trueorigin.storage.metadata import BY_RUN, BY_UNIT, REFERENCE, metadata
from trueorigin.storage.schema_chain import (
    batch_material,
    diversion,
    event,
    event_block,
    inspection,
    partnership,
    range_event,
    run_mark,
    site,
    territory,
    unit_event,
)
from trueorigin.storage.schema_console import (
    code_download,
    device,
    event_upload_part,
    file,
    import_batch,
    import_row,
    job,
    membership,
    person,
    reading_figure,
    session,
    sign_in_failure,
)
from trueorigin.storage.schema_registry import (
    finding_note,
    presence,
    presence_mark,
    registry_word,
    remit,
)
from trueorigin.storage.types import Document, Identifier, Instant

__all__ = (
    "api_key",
    "audit",
    "batch",
    "batch_material",
    "catalogue_revision",
    "code_download",
    "device",
    "diversion",
    "event",
    "event_block",
    "event_upload_part",
    "file",
    "finding_note",
    "gtin_owner",
    "idempotency",
    "import_batch",
    "import_row",
    "inspection",
    "installation",
    "job",
    "key_epoch",
    "membership",
    "metadata",
    "not_issued_count",
    "organisation",
    "partnership",
    "person",
    "presence",
    "presence_mark",
    "product",
    "public_host",
    "range_block",
    "range_event",
    "range_fact",
    "reading_figure",
    "recall",
    "registry_word",
    "remit",
    "run",
    "run_counter",
    "run_mark",
    "scan",
    "session",
    "sign_in_failure",
    "site",
    "sscc_block",
    "sscc_pool",
    "territory",
    "unit_device",
    "unit_event",
    "unit_state",
)

installation = Table(
    "installation",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("instance", Identifier, nullable=False),
    Column("key_check", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("id = 1", name="single"),
    info=REFERENCE,
)

organisation = Table(
    "organisation",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("prefix", Text, nullable=False, unique=True),
    Column("roles", Document, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("gs1_prefix", Text, unique=True),
    Column("website", Text),
    Column("phone", Text),
    Column("verified_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("legal_name", Text),
    Column("uscc", Text),
    Column("address", Text),
    Column("email", Text),
    Column("logo_file_id", Identifier),
    Column("colour", Text),
    Column("version", Integer),
    Index("uq_organisation_uscc", "uscc", unique=True),
    CheckConstraint("length(prefix) = 4", name="prefix"),
    info=REFERENCE,
)

# One row an organisation, raised in the transaction of every change a reading must see.
catalogue_revision = Table(
    "catalogue_revision",
    metadata,
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    info=REFERENCE,
)

key_epoch = Table(
    "key_epoch",
    metadata,
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("next_ordinal", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    info=REFERENCE,
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index(None, "organisation_id", "id"),
    info=REFERENCE,
)

gtin_owner = Table(
    "gtin_owner",
    metadata,
    Column("gtin", Text, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    info=REFERENCE,
)

product = Table(
    "product",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("gtin", Text, unique=True),
    Column("internal_number", Text),
    Column("name_zh", Text),
    Column("name_en", Text),
    Column("description_zh", Text),
    Column("description_en", Text),
    Column("category", Text),
    Column("specification", Text),
    Column("created_at", Instant, nullable=False),
    Column("features", Document),
    Column("picture_file_ids", Document),
    Column("certificate_file_ids", Document),
    Column("version", Integer),
    Column("updated_at", Instant),
    Column("import_id", Identifier),
    UniqueConstraint("organisation_id", "internal_number"),
    Index(None, "organisation_id", "id"),
    info=REFERENCE,
)

batch = Table(
    "batch",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("product_id", Identifier, ForeignKey("product.id"), nullable=False),
    Column("lot", Text, nullable=False),
    Column("produced_on", Date),
    Column("expires_on", Date),
    Column("origin", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("paper_file_ids", Document),
    Column("version", Integer),
    Column("updated_at", Instant),
    Column("import_id", Identifier),
    UniqueConstraint("product_id", "lot"),
    Index(None, "organisation_id", "id"),
    Index(None, "product_id", "id"),
    info=REFERENCE,
)

run = Table(
    "run",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("batch_id", Identifier, ForeignKey("batch.id"), nullable=False),
    Column("product_id", Identifier, ForeignKey("product.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("symbols", SmallInteger, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("packing", Document, nullable=False),
    Column("group_gtins", Document, nullable=False),
    Column("gs1_prefix", Text),
    Column("sscc_first", Document, nullable=False),
    Column("contents", Text, nullable=False),
    Column("public_url", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("downloads_max", Integer),
    UniqueConstraint("organisation_id", "epoch", "ordinal"),
    Index(None, "organisation_id", "id"),
    Index(None, "batch_id", "id"),
    CheckConstraint("id > 0 AND id < 536870912", name="id"),
    CheckConstraint("quantity > 0 AND quantity <= 4294967296", name="quantity"),
    info=REFERENCE,
)

# One row: the next run id. Locked by every new run, which is rare.
run_counter = Table(
    "run_counter",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("next_run_id", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single"),
    info=REFERENCE,
)

sscc_pool = Table(
    "sscc_pool",
    metadata,
    Column("gs1_prefix", Text, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("next_reference", BigInteger, nullable=False),
    info=REFERENCE,
)

# Which run and level a block of SSCC serial references belongs to.
sscc_block = Table(
    "sscc_block",
    metadata,
    Column("gs1_prefix", Text, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("stop", BigInteger, nullable=False),
    Column("run_id", BigInteger, ForeignKey("run.id"), nullable=False),
    Column("level", SmallInteger, nullable=False),
    info=REFERENCE,
)

public_host = Table(
    "public_host",
    metadata,
    Column("host", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
    info=REFERENCE,
)

recall = Table(
    "recall",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisation.id"), nullable=False),
    Column("number", Text),
    Column("batch_id", Identifier, ForeignKey("batch.id")),
    Column("run_id", BigInteger, ForeignKey("run.id")),
    Column("level", SmallInteger),
    Column("start", BigInteger),
    Column("stop", BigInteger),
    Column("reason", Document, nullable=False),
    Column("instruction", Document),
    Column("contact", Text),
    Column("effective_at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("created_at", Instant, nullable=False),
    Index(None, "organisation_id", "id"),
    Index(None, "batch_id"),
    Index(None, "run_id"),
    CheckConstraint("(batch_id IS NULL) <> (run_id IS NULL)", name="subject"),
    info=REFERENCE,
)

range_fact = Table(
    "range_fact",
    metadata,
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("stop", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("recall_id", Identifier),
    Column("reason", Text),
    Column("actor_id", Identifier),
    Column("created_at", Instant, nullable=False),
    Index(None, "run_id", "level", "start"),
    CheckConstraint("start >= 0 AND start < stop AND stop <= 4294967296", name="bounds"),
    CheckConstraint("kind IN ('release', 'withdraw', 'recall')", name="kind"),
    info=BY_RUN,
)

range_block = Table(
    "range_block",
    metadata,
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("exponent", SmallInteger, primary_key=True, autoincrement=False),
    Column("prefix", BigInteger, primary_key=True, autoincrement=False),
    Column("fact_id", Identifier, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("recall_id", Identifier),
    sqlite_with_rowid=False,
    info=BY_RUN,
)

# The ledger of readings. The primary key is the only index: a reading is found by its unit.
# PostgreSQL keeps it in monthly partitions by the time inside the id. `alias` is of opening lines
# (see `storage/openings.py`).
scan = Table(
    "scan",
    metadata,
    Column("unit_key", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Identifier, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("channel", SmallInteger, nullable=False),
    Column("verdict", SmallInteger, nullable=False),
    Column("counted", SmallInteger, nullable=False),
    Column("readings", BigInteger, nullable=False),
    Column("device", BigInteger),
    Column("network", BigInteger),
    Column("place", Text),
    Column("actor_id", Identifier),
    Column("alias", BigInteger),
    sqlite_with_rowid=False,
    postgresql_partition_by="RANGE (id)",
    info=BY_UNIT,
)

unit_device = Table(
    "unit_device",
    metadata,
    Column("unit_key", BigInteger, primary_key=True, autoincrement=False),
    Column("device", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
    info=BY_UNIT,
)

# `device` and `alias` are the first phone that counted and its second name, `device_at` when it
# did where that is not `first_at`: most units never see another one, and have no `unit_device`.
unit_state = Table(
    "unit_state",
    metadata,
    Column("unit_key", BigInteger, primary_key=True, autoincrement=False),
    Column("devices", BigInteger, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("first_place", Text),
    Column("last_at", Instant, nullable=False),
    Column("last_place", Text),
    Column("device", BigInteger),
    Column("alias", BigInteger),
    Column("device_at", Instant),
    sqlite_with_rowid=False,
    info=BY_UNIT,
)

not_issued_count = Table(
    "not_issued_count",
    metadata,
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("network", BigInteger, primary_key=True, autoincrement=False),
    Column("product", Text, primary_key=True),
    Column("readings", BigInteger, nullable=False),
    Index(None, "product", "minute"),
    sqlite_with_rowid=False,
    info=REFERENCE,
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("organisation_id", Identifier, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("body", LargeBinary),
    Column("created_at", Instant, nullable=False),
    Index(None, "created_at"),
    info=REFERENCE,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, nullable=False),
    Column("actor_id", Identifier),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Document, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "organisation_id", "id"),
    # To look for what one person did, or for one sort of thing done, in a long trail.
    Index(None, "organisation_id", "actor_id", "id"),
    Index(None, "organisation_id", "action", "id"),
    info=REFERENCE,
)
