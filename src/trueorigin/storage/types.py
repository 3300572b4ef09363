# SPDX-License-Identifier: Apache-2.0
"""Column types that mean the same on SQLite and PostgreSQL: instants, identifiers, documents."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from trueorigin.domain.ids import from_microseconds, to_microseconds


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as whole microseconds UTC so that both databases compare alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Send microseconds."""
        del dialect
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime."""
        del dialect
        return None if value is None else from_microseconds(value)


class Identifier(TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, the canonical 36 characters on SQLite; both sort alike."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the stored form."""
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(Uuid() if native else Text())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID | str | None:
        """Send the native or the canonical form."""
        if value is None or dialect.name == "postgresql":
            return value
        return str(value)

    def process_result_value(self, value: UUID | str | None, dialect: Dialect) -> UUID | None:
        """Return a UUID."""
        del dialect
        return UUID(value) if isinstance(value, str) else value


class Document(TypeDecorator[Any]):
    """A JSON document: JSONB on PostgreSQL, compact text on SQLite. None is SQL NULL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the stored form."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - any JSON
        """Send text where the database has no JSON of its own."""
        if value is None or dialect.name == "postgresql":
            return value
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - any JSON
        """Return the parsed document."""
        return json.loads(value) if dialect.name == "sqlite" and value is not None else value
