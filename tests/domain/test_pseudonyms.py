# SPDX-License-Identifier: Apache-2.0
"""Pseudonyms that cannot be linked, and references that cannot be forged."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from trueorigin.domain.ids import DAY_US
from trueorigin.domain.scans import (
    CONFIRM_TTL_S,
    Pseudonyms,
    build_reference,
    parse_reference,
)
from trueorigin.domain.units import unit_key

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
UNIT, SCAN = unit_key(2**29 - 1, 3, 2**32 - 1), UUID("019a9b00-0000-7000-8000-000000000001")
NAMES = Pseudonyms(KEY, OTHER_KEY)
PHONE = bytes(16)


def test_a_phone_has_one_name_a_unit_and_unrelated_ones_elsewhere() -> None:
    assert NAMES.name_phone(UNIT, PHONE) == NAMES.name_phone(UNIT, PHONE)
    others = {
        NAMES.name_phone(UNIT - 1, PHONE),
        NAMES.name_phone(UNIT, bytes([1] * 16)),
        Pseudonyms(OTHER_KEY, KEY).name_phone(UNIT, PHONE),
        NAMES.name_kiosk(UNIT, UUID(bytes=PHONE)),
    }
    assert len(others | {NAMES.name_phone(UNIT, PHONE)}) == 5


def test_a_visitor_without_cookie_is_named_by_unit_network_and_day() -> None:
    name = NAMES.name_visitor(UNIT, NAMES.name_visit("198.51.100.0/24", 5 * DAY_US))
    assert NAMES.name_visitor(UNIT, NAMES.name_visit("198.51.100.0/24", 6 * DAY_US - 1)) == name
    assert NAMES.name_visitor(UNIT, NAMES.name_visit("198.51.100.0/24", 6 * DAY_US)) != name
    assert NAMES.name_visitor(UNIT, NAMES.name_visit("198.51.101.0/24", 5 * DAY_US)) != name
    assert NAMES.name_visitor(UNIT - 1, NAMES.name_visit("198.51.100.0/24", 5 * DAY_US)) != name


def test_a_network_has_another_name_every_day() -> None:
    name = NAMES.name_visit("198.51.100.0/24", 0).network
    assert NAMES.name_visit("198.51.100.0/24", DAY_US - 1).network == name
    assert NAMES.name_visit("198.51.100.0/24", DAY_US).network != name
    assert NAMES.name_visit("198.51.101.0/24", 0).network != name


def test_every_name_fits_a_signed_64_bit_column() -> None:
    names = [NAMES.name_phone(number, PHONE) for number in range(200)]
    assert all(-(2**63) <= name < 2**63 for name in names)
    assert min(names) < 0 < max(names)


def test_a_reference_leads_back_to_its_scan_until_it_expires() -> None:
    text = build_reference(KEY, UNIT, SCAN, AT)
    assert len(text) == 54
    assert text.replace("-", "").replace("_", "").isalnum()
    end = AT + timedelta(seconds=CONFIRM_TTL_S)
    assert parse_reference(KEY, text, AT) == (UNIT, SCAN)
    assert parse_reference(KEY, text, end) == (UNIT, SCAN)
    assert parse_reference(KEY, text, end + timedelta(seconds=1)) is None


def test_a_reference_with_any_bit_changed_or_another_key_is_none() -> None:
    text = build_reference(KEY, UNIT, SCAN, AT)
    raw = base64.urlsafe_b64decode(text + "==")
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        forged = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        assert parse_reference(KEY, forged, AT) is None
    assert parse_reference(OTHER_KEY, text, AT) is None


@pytest.mark.parametrize(
    "text", ["", "A", "A" * 53, "A" * 54, "A" * 55, "A" * 10_000, "é" * 54, "*" * 54, "A=" * 27]
)
def test_any_other_text_is_no_reference(text: str) -> None:
    assert parse_reference(KEY, text, AT) is None
