# SPDX-License-Identifier: Apache-2.0
"""The tables of people, what they belong to, and how they sign in."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from trueorigin.storage.schema_metadata import REFERENCE, metadata
from trueorigin.storage.types import Identifier, Instant

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
    CheckConstraint("role IN ('owner', 'member')", name="role"),
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
