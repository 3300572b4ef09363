# SPDX-License-Identifier: Apache-2.0
"""Time-ordered ids (UUIDv7, RFC 9562 section 5.7) made from a given instant and given bytes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)


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
    value = (milliseconds & (2**48 - 1)) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def uuid7_floor(at: datetime) -> UUID:
    """Return the smallest UUIDv7 of the millisecond of `at`: a lower bound for searches."""
    return uuid7(at, bytes(10))


def uuid7_instant(value: UUID) -> datetime:
    """Return the instant inside a UUIDv7, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=value.int >> 80)
