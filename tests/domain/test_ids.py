"""Ids made by hand are those that the library makes."""

import pickle
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given, strategies as st

from trueorigin.domain.ids import uuid7, uuid7_floor, uuid7_instant

INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


@given(at=INSTANTS, entropy=st.binary(min_size=10, max_size=12))
def test_an_id_holds_its_instant_and_its_chance(at: datetime, entropy: bytes) -> None:
    made = uuid7(at, entropy)
    assert uuid7_instant(made) == at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert made.version == 7
    assert made.variant == RFC_4122
    random = int.from_bytes(entropy[:10], "big")
    assert made.int & (2**62 - 1) == random & (2**62 - 1)
    assert made.int >> 64 & 0xFFF == random >> 64 & 0xFFF


def test_an_id_of_a_time_without_calendar_is_of_its_end() -> None:
    """Whoever makes an id may put anything into it."""
    assert uuid7_instant(UUID("ffffffff-ffff-7fff-bfff-ffffffffffff")).year == 9999
    assert uuid7_instant(UUID(int=0)) == datetime(1970, 1, 1, tzinfo=UTC)


@given(at=INSTANTS, entropy=st.binary(min_size=10, max_size=10))
def test_an_id_is_like_any_other(at: datetime, entropy: bytes) -> None:
    made = uuid7(at, entropy)
    plain = UUID(int=made.int)
    assert made == plain
    assert hash(made) == hash(plain)
    assert repr(made) == repr(plain)
    assert made.bytes == plain.bytes
    assert made.is_safe is plain.is_safe
    assert pickle.loads(pickle.dumps(made)) == plain  # noqa: S301 - our own


def test_ids_of_later_milliseconds_are_larger() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert uuid7(at, b"\xff" * 10) < uuid7_floor(at + timedelta(milliseconds=1))
    assert uuid7_floor(at) <= uuid7(at, bytes(10))
