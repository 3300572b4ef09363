# SPDX-License-Identifier: Apache-2.0
"""People, files, background work, imports and figures: what the console needs.

New columns of old tables are nullable, so that the program before this step can go on writing;
nothing is filled in, since storage reads NULL as the value a new row begins with.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
)

from trueorigin.storage.types import Document, Identifier, Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _widen_tables()
    _create_people()
    _create_files()
    _create_work()
    _create_imports()
    _create_figures()


def _widen_tables() -> None:
    for column in (
        Column("legal_name", Text()),
        Column("uscc", Text()),
        Column("address", Text()),
        Column("email", Text()),
        Column("logo_file_id", Identifier()),
        Column("colour", Text()),
        Column("version", Integer()),
    ):
        op.add_column("organisation", column)
    op.create_index("uq_organisation_uscc", "organisation", ["uscc"], unique=True)
    for column in (
        Column("features", Document()),
        Column("picture_file_ids", Document()),
        Column("certificate_file_ids", Document()),
        Column("version", Integer()),
        Column("updated_at", Instant()),
        Column("import_id", Identifier()),
    ):
        op.add_column("product", column)
    for column in (
        Column("paper_file_ids", Document()),
        Column("version", Integer()),
        Column("updated_at", Instant()),
        Column("import_id", Identifier()),
    ):
        op.add_column("batch", column)
    op.add_column("run", Column("downloads_max", Integer()))


def _create_people() -> None:
    op.create_table(
        "person",
        Column("id", Identifier(), nullable=False),
        Column("email", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("password_hash", Text(), nullable=False),
        Column("language", Text()),
        Column("created_at", Instant(), nullable=False),
        Column("disabled_at", Instant()),
        PrimaryKeyConstraint("id", name="pk_person"),
        UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_table(
        "membership",
        Column("person_id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        CheckConstraint("role IN ('owner', 'member')", name=op.f("ck_membership_role")),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_membership_organisation_id"
        ),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id"),
        PrimaryKeyConstraint("person_id", "organisation_id", name="pk_membership"),
    )
    op.create_index("ix_membership_organisation_id", "membership", ["organisation_id"])
    op.create_table(
        "session",
        Column("id", Identifier(), nullable=False),
        Column("person_id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("secret_hash", LargeBinary(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("seen_at", Instant(), nullable=False),
        Column("expires_at", Instant(), nullable=False),
        Column("revoked_at", Instant()),
        Column("device_label", Text(), nullable=False),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_session_organisation_id"
        ),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_session_person_id"),
        PrimaryKeyConstraint("id", name="pk_session"),
        UniqueConstraint("secret_hash", name="uq_session_secret_hash"),
    )
    op.create_index("ix_session_person_id_id", "session", ["person_id", "id"])
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_table(
        "sign_in_failure",
        Column("bucket", LargeBinary(), nullable=False),
        Column("failures", Integer(), nullable=False),
        Column("first_at", Instant(), nullable=False),
        Column("blocked_until", Instant(), nullable=False),
        PrimaryKeyConstraint("bucket", name="pk_sign_in_failure"),
    )
    op.create_index("ix_sign_in_failure_blocked_until", "sign_in_failure", ["blocked_until"])


def _create_files() -> None:
    op.create_table(
        "file",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("sha256", LargeBinary(), nullable=False),
        Column("media_type", Text(), nullable=False),
        Column("bytes", BigInteger(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("actor_id", Identifier()),
        Column("width", Integer()),
        Column("height", Integer()),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_file_organisation_id"
        ),
        PrimaryKeyConstraint("id", name="pk_file"),
    )
    op.create_index("ix_file_organisation_id_id", "file", ["organisation_id", "id"])
    op.create_index("ix_file_organisation_id_sha256", "file", ["organisation_id", "sha256"])


def _create_work() -> None:
    op.create_table(
        "job",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("actor_id", Identifier()),
        Column("kind", Text(), nullable=False),
        Column("params", Document(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("done", BigInteger(), nullable=False),
        Column("total", BigInteger(), nullable=False),
        Column("result", Document()),
        Column("error", Document()),
        Column("created_at", Instant(), nullable=False),
        Column("started_at", Instant()),
        Column("heartbeat_at", Instant()),
        Column("finished_at", Instant()),
        CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_job_state"),
        ),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_job_organisation_id"
        ),
        PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_organisation_id_id", "job", ["organisation_id", "id"])
    op.create_index("ix_job_state_id", "job", ["state", "id"])
    op.create_table(
        "code_download",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("actor_id", Identifier()),
        Column("run_id", BigInteger(), nullable=False),
        Column("level", SmallInteger(), nullable=False),
        Column("start", BigInteger(), nullable=False),
        Column("stop", BigInteger(), nullable=False),
        Column("format", Text(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("reason", Text()),
        Column("job_id", Identifier()),
        CheckConstraint("start >= 0 AND start < stop", name=op.f("ck_code_download_bounds")),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_code_download_organisation_id"
        ),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_code_download_run_id"),
        PrimaryKeyConstraint("id", name="pk_code_download"),
    )
    op.create_index(
        "ix_code_download_organisation_id_id", "code_download", ["organisation_id", "id"]
    )
    op.create_index("ix_code_download_run_id_id", "code_download", ["run_id", "id"])


def _create_imports() -> None:
    op.create_table(
        "import_batch",
        Column("id", Identifier(), nullable=False),
        Column("organisation_id", Identifier(), nullable=False),
        Column("actor_id", Identifier()),
        Column("job_id", Identifier()),
        Column("kind", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("row_count", Integer(), nullable=False),
        Column("report", Document()),
        Column("created_at", Instant(), nullable=False),
        Column("decided_at", Instant()),
        CheckConstraint(
            "state IN ('staged', 'visible', 'rejected')", name=op.f("ck_import_batch_state")
        ),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_import_batch_organisation_id"
        ),
        PrimaryKeyConstraint("id", name="pk_import_batch"),
    )
    op.create_index("ix_import_batch_organisation_id_id", "import_batch", ["organisation_id", "id"])
    op.create_table(
        "import_row",
        Column("import_id", Identifier(), nullable=False),
        Column("row", Integer(), autoincrement=False, nullable=False),
        Column("payload", Document(), nullable=False),
        ForeignKeyConstraint(["import_id"], ["import_batch.id"], name="fk_import_row_import_id"),
        PrimaryKeyConstraint("import_id", "row", name="pk_import_row"),
        sqlite_with_rowid=False,
    )


def _create_figures() -> None:
    op.create_index("ix_not_issued_count_product_minute", "not_issued_count", ["product", "minute"])
    op.create_table(
        "reading_figure",
        Column("run_id", BigInteger(), autoincrement=False, nullable=False),
        Column("day", Integer(), autoincrement=False, nullable=False),
        Column("place", Text(), nullable=False),
        Column("verdict", SmallInteger(), autoincrement=False, nullable=False),
        Column("readings", BigInteger(), nullable=False),
        Column("devices", BigInteger(), nullable=False),
        PrimaryKeyConstraint("run_id", "day", "place", "verdict", name="pk_reading_figure"),
        sqlite_with_rowid=False,
    )
    # What was read before there were figures; the place without the star of a trusted one.
    op.execute(
        "INSERT INTO reading_figure (run_id, day, place, verdict, readings, devices)"
        " SELECT unit_key >> 34, at / 86400000000, rtrim(coalesce(place, ''), '*'), verdict,"
        " sum(readings), sum(counted) FROM scan GROUP BY 1, 2, 3, 4"
    )
