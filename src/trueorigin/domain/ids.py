# SPDX-License-Identifier: Apache-2.0
"""Time-ordered ids (UUIDv7, RFC 9562 section 5.7) made from a given instant and given bytes."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, SafeUUID

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)
# The last millisecond that the calendar has. An id has room for 900 years more.
_LAST_MS: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
# Version and variant of a UUIDv7, and the bits that they leave for time and chance.
_MARKS: Final = 0x7 << 76 | 0x2 << 62
_FREE: Final = (2**128 - 1) & ~(0xF << 76 | 0x3 << 62)
_NEW, _SET, _UNKNOWN = object.__new__, object.__setattr__, SafeUUID.unknown


def to_microseconds(at: datetime) -> int:
    """Return `at` as whole microseconds since 1970-01-01 UTC, the form every table stores."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Undo `to_microseconds`."""
    # By position: it is half the price.
    return _EPOCH + timedelta(0, 0, value)


def uuid7(at: datetime, entropy: bytes) -> UUID:
    """Build a UUIDv7 from `at` (millisecond resolution) and 10 random bytes.

    Layout, most significant first: unix_ts_ms 48 | version 4 | rand_a 12 | variant 2 | rand_b 62.
    """
    milliseconds = (at - _EPOCH) // _MILLISECOND
    random = int.from_bytes(entropy[:10], "big")
    # `UUID(int=...)` looks for six ways of being made: 0.8 us, this 0.3.
    made = _NEW(UUID)
    _SET(made, "int", (milliseconds << 80 | random) & _FREE | _MARKS)
    _SET(made, "is_safe", _UNKNOWN)
    return made


def uuid7_floor(at: datetime) -> UUID:
    """Return the smallest UUIDv7 of the millisecond of `at`: a lower bound for searches."""
    return uuid7(at, bytes(10))


def uuid7_instant(value: UUID) -> datetime:
    """Return the instant inside a UUIDv7, to the millisecond; past the year 9999, its end."""
    return _EPOCH + timedelta(milliseconds=min(value.int >> 80, _LAST_MS))
