# SPDX-License-Identifier: Apache-2.0
"""The first schema."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
)

from trueorigin.storage.types import Document, Identifier, Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_accounts()
    _create_products()
    _create_runs()
    _create_ranges()
    _create_units()
    _create_records()


def _create_accounts() -> None:
    op.create_table(
        "installation",
        Column("id", SmallInteger(), autoincrement=False, nullable=False),
        Column("instance", Identifier(), nullable=False),
        Column("key_check", LargeBinary(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        CheckConstraint("id = 1", name=op.f("ck_installation_single")),
        PrimaryKeyConstraint("id", name="pk_installation"),
    )
    op.create_table(
        "organisation",
        Column("id", Identifier(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("prefix", Text(), nullable=False),
        Column("roles", Document(), nullable=False),
        Column("time_zone", Text(), nullable=False),
        Column("gs1_prefix", Text()),
        Column("website", Text()),
        Column("phone", Text()),
        Column("verified_at", Instant()),
        Column("created_at", Instant(), nullable=False),
        CheckConstraint("length(prefix) = 4", name=op.f("ck_organisation_prefix")),
        PrimaryKeyConstraint("id", name="pk_organisation"),
        UniqueConstraint("gs1_prefix", name="uq_organisation_gs1_prefix"),
        UniqueConstraint("name", name="uq_organisation_name"),
        UniqueConstraint("prefix", name="uq_organisation_prefix"),
    )
    op.create_table(
        "catalogue_revision",
        Column("organisation_id", Identifier(), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_catalogue_revision_organisation_id"
        ),
        PrimaryKeyConstraint("organisation_id", name="pk_catalogue_revision"),
    )
    op.create_table(
        "key_epoch",
        Column("organisation_id", Identifier(), nullable=False),
        Column("epoch", Integer(), autoincrement=False, nullable=False),
        Column("wrapped", LargeBinary(), nullable=False),
        Column("next_ordinal", Integer(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_key_epoch_organisation_id"
        ),
        PrimaryKeyConstraint("organisation_id", "epoch", name="pk_key_epoch"),
    )
    op.create_table(
        "api_key",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("secret_hash", LargeBinary(), nullable=False),
        Column("label", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("revoked_at", Instant()),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_api_key_organisation_id"
        ),
        PrimaryKeyConstraint("id", name="pk_api_key"),
        UniqueConstraint("secret_hash", name="uq_api_key_secret_hash"),
    )
    op.create_index("ix_api_key_organisation_id_id", "api_key", ["organisation_id", "id"])


def _create_products() -> None:
    op.create_table(
        "gtin_owner",
        Column("gtin", Text(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_gtin_owner_organisation_id"
        ),
        PrimaryKeyConstraint("gtin", name="pk_gtin_owner"),
    )
    op.create_table(
        "product",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("gtin", Text()),
        Column("internal_number", Text()),
        Column("name_zh", Text()),
        Column("name_en", Text()),
        Column("description_zh", Text()),
        Column("description_en", Text()),
        Column("category", Text()),
        Column("specification", Text()),
        Column("created_at", Instant(), nullable=False),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_product_organisation_id"
        ),
        PrimaryKeyConstraint("id", name="pk_product"),
        UniqueConstraint("gtin", name="uq_product_gtin"),
        UniqueConstraint(
            "organisation_id", "internal_number", name="uq_product_organisation_id_internal_number"
        ),
    )
    op.create_index("ix_product_organisation_id_id", "product", ["organisation_id", "id"])
    op.create_table(
        "batch",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("product_id", Identifier(), nullable=False),
        Column("lot", Text(), nullable=False),
        Column("produced_on", Date()),
        Column("expires_on", Date()),
        Column("origin", Document(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_batch_organisation_id"
        ),
        ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_batch_product_id"),
        PrimaryKeyConstraint("id", name="pk_batch"),
        UniqueConstraint("product_id", "lot", name="uq_batch_product_id_lot"),
    )
    op.create_index("ix_batch_organisation_id_id", "batch", ["organisation_id", "id"])
    op.create_index("ix_batch_product_id_id", "batch", ["product_id", "id"])


def _create_runs() -> None:
    op.create_table(
        "run",
        Column("id", BigInteger(), autoincrement=False, nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("batch_id", Identifier(), nullable=False),
        Column("product_id", Identifier(), nullable=False),
        Column("epoch", Integer(), nullable=False),
        Column("ordinal", Integer(), nullable=False),
        Column("symbols", SmallInteger(), nullable=False),
        Column("quantity", BigInteger(), nullable=False),
        Column("packing", Document(), nullable=False),
        Column("group_gtins", Document(), nullable=False),
        Column("gs1_prefix", Text()),
        Column("sscc_first", Document(), nullable=False),
        Column("contents", Text(), nullable=False),
        Column("public_url", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        CheckConstraint("id > 0 AND id < 536870912", name=op.f("ck_run_id")),
        CheckConstraint("quantity > 0 AND quantity <= 4294967296", name=op.f("ck_run_quantity")),
        ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_run_batch_id"),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_run_organisation_id"
        ),
        ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_run_product_id"),
        PrimaryKeyConstraint("id", name="pk_run"),
        UniqueConstraint(
            "organisation_id", "epoch", "ordinal", name="uq_run_organisation_id_epoch_ordinal"
        ),
    )
    op.create_index("ix_run_batch_id_id", "run", ["batch_id", "id"])
    op.create_index("ix_run_organisation_id_id", "run", ["organisation_id", "id"])
    op.create_table(
        "run_counter",
        Column("id", SmallInteger(), autoincrement=False, nullable=False),
        Column("next_run_id", BigInteger(), nullable=False),
        CheckConstraint("id = 1", name=op.f("ck_run_counter_single")),
        PrimaryKeyConstraint("id", name="pk_run_counter"),
    )
    op.execute("INSERT INTO run_counter (id, next_run_id) VALUES (1, 1)")
    op.create_table(
        "sscc_pool",
        Column("gs1_prefix", Text(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("next_reference", BigInteger(), nullable=False),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_sscc_pool_organisation_id"
        ),
        PrimaryKeyConstraint("gs1_prefix", name="pk_sscc_pool"),
    )
    op.create_table(
        "sscc_block",
        Column("gs1_prefix", Text(), nullable=False),
        Column("first", BigInteger(), autoincrement=False, nullable=False),
        Column("stop", BigInteger(), nullable=False),
        Column("run_id", BigInteger(), nullable=False),
        Column("level", SmallInteger(), nullable=False),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_sscc_block_run_id"),
        PrimaryKeyConstraint("gs1_prefix", "first", name="pk_sscc_block"),
    )
    op.create_table(
        "public_host",
        Column("host", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        PrimaryKeyConstraint("host", name="pk_public_host"),
    )


def _create_ranges() -> None:
    op.create_table(
        "recall",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("number", Text()),
        Column("batch_id", Identifier()),
        Column("run_id", BigInteger()),
        Column("level", SmallInteger()),
        Column("start", BigInteger()),
        Column("stop", BigInteger()),
        Column("reason", Document(), nullable=False),
        Column("instruction", Document()),
        Column("contact", Text()),
        Column("effective_at", Instant(), nullable=False),
        Column("lifted_at", Instant()),
        Column("created_at", Instant(), nullable=False),
        CheckConstraint("(batch_id IS NULL) <> (run_id IS NULL)", name=op.f("ck_recall_subject")),
        ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_recall_batch_id"),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_recall_organisation_id"
        ),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_recall_run_id"),
        PrimaryKeyConstraint("id", name="pk_recall"),
    )
    op.create_index("ix_recall_batch_id", "recall", ["batch_id"])
    op.create_index("ix_recall_organisation_id_id", "recall", ["organisation_id", "id"])
    op.create_index("ix_recall_run_id", "recall", ["run_id"])
    op.create_table(
        "range_fact",
        Column("run_id", BigInteger(), autoincrement=False, nullable=False),
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("level", SmallInteger(), nullable=False),
        Column("start", BigInteger(), nullable=False),
        Column("stop", BigInteger(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("effective_at", Instant(), nullable=False),
        Column("recall_id", Identifier()),
        Column("reason", Text()),
        Column("actor_id", Identifier()),
        Column("created_at", Instant(), nullable=False),
        CheckConstraint(
            "kind IN ('release', 'withdraw', 'recall')", name=op.f("ck_range_fact_kind")
        ),
        CheckConstraint(
            "start >= 0 AND start < stop AND stop <= 4294967296", name=op.f("ck_range_fact_bounds")
        ),
        PrimaryKeyConstraint("run_id", "id", name="pk_range_fact"),
    )
    op.create_index("ix_range_fact_run_id_level_start", "range_fact", ["run_id", "level", "start"])
    op.create_table(
        "range_block",
        Column("run_id", BigInteger(), autoincrement=False, nullable=False),
        Column("level", SmallInteger(), autoincrement=False, nullable=False),
        Column("exponent", SmallInteger(), autoincrement=False, nullable=False),
        Column("prefix", BigInteger(), autoincrement=False, nullable=False),
        Column("fact_id", Identifier(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("effective_at", Instant(), nullable=False),
        Column("recall_id", Identifier()),
        PrimaryKeyConstraint(
            "run_id", "level", "exponent", "prefix", "fact_id", name="pk_range_block"
        ),
        sqlite_with_rowid=False,
    )


def _create_units() -> None:
    op.create_table(
        "scan",
        Column("unit_key", BigInteger(), autoincrement=False, nullable=False),
        Column("id", Identifier(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("channel", SmallInteger(), nullable=False),
        Column("verdict", SmallInteger(), nullable=False),
        Column("counted", SmallInteger(), nullable=False),
        Column("readings", BigInteger(), nullable=False),
        Column("device", BigInteger()),
        Column("network", BigInteger()),
        Column("place", Text()),
        Column("actor_id", Identifier()),
        PrimaryKeyConstraint("unit_key", "id", name="pk_scan"),
        postgresql_partition_by="RANGE (id)",
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Catches what no monthly partition covers; ensure_partitions() makes those.
        op.execute("CREATE TABLE scan_default PARTITION OF scan DEFAULT")
    op.create_table(
        "unit_device",
        Column("unit_key", BigInteger(), autoincrement=False, nullable=False),
        Column("device", BigInteger(), autoincrement=False, nullable=False),
        Column("at", Instant(), nullable=False),
        PrimaryKeyConstraint("unit_key", "device", name="pk_unit_device"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unit_state",
        Column("unit_key", BigInteger(), autoincrement=False, nullable=False),
        Column("devices", BigInteger(), nullable=False),
        Column("first_at", Instant(), nullable=False),
        Column("first_place", Text()),
        Column("last_at", Instant(), nullable=False),
        Column("last_place", Text()),
        PrimaryKeyConstraint("unit_key", name="pk_unit_state"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "not_issued_count",
        Column("minute", BigInteger(), autoincrement=False, nullable=False),
        Column("network", BigInteger(), autoincrement=False, nullable=False),
        Column("product", Text(), nullable=False),
        Column("readings", BigInteger(), nullable=False),
        PrimaryKeyConstraint("minute", "network", "product", name="pk_not_issued_count"),
        sqlite_with_rowid=False,
    )


def _create_records() -> None:
    op.create_table(
        "idempotency",
        Column("organisation_id", Identifier(), nullable=False),
        Column("key", Text(), nullable=False),
        Column("route", Text(), nullable=False),
        Column("request_hash", LargeBinary(), nullable=False),
        Column("status", SmallInteger()),
        Column("body", LargeBinary()),
        Column("created_at", Instant(), nullable=False),
        PrimaryKeyConstraint("organisation_id", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])
    op.create_table(
        "audit",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("actor_id", Identifier()),
        Column("action", Text(), nullable=False),
        Column("subject", Text(), nullable=False),
        Column("detail", Document(), nullable=False),
        Column("at", Instant(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_organisation_id_id", "audit", ["organisation_id", "id"])
