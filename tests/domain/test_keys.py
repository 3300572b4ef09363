# SPDX-License-Identifier: Apache-2.0
"""Keys: separated by purpose, wrapped with their context, and recognised or refused."""

import base64
import hashlib
import hmac

import pytest

from trueorigin.domain import keys
from trueorigin.domain.errors import DomainError, InvalidError

MASTER = bytes(range(32))
OTHER = bytes(range(1, 33))
EPOCH_KEY = bytes(range(64, 96))
NONCE = bytes(range(12))


def _hkdf_by_hand(key: bytes, info: bytes) -> bytes:
    """RFC 5869 with an empty salt and one block of output, in the standard library's words."""
    extracted = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


@pytest.mark.parametrize("purpose", list(keys.Purpose))
def test_derived_key_is_hkdf_of_the_purpose(purpose: keys.Purpose) -> None:
    expected = _hkdf_by_hand(MASTER, b"trueorigin/1/" + purpose.value.encode())
    assert keys.derive(MASTER, purpose) == expected
    assert keys.derive(MASTER, purpose.value) == expected


def test_no_two_purposes_and_no_two_masters_share_a_key() -> None:
    derived = {
        keys.derive(master, purpose) for master in (MASTER, OTHER) for purpose in keys.Purpose
    }
    assert len(derived) == 2 * len(keys.Purpose)
    assert MASTER not in derived


def test_unknown_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="'everything'"):
        keys.derive(MASTER, "everything")


def test_short_master_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        keys.derive(MASTER[:31], keys.Purpose.WRAP)


def test_wrapped_key_opens_again() -> None:
    wrapped = keys.wrap(MASTER, EPOCH_KEY, context=b"alice|1", nonce=NONCE)
    assert len(wrapped) == 12 + 32 + 16
    assert wrapped.startswith(NONCE)
    assert EPOCH_KEY not in wrapped
    assert keys.unwrap(MASTER, wrapped, context=b"alice|1") == EPOCH_KEY


@pytest.mark.parametrize(
    ("master", "context", "cut"),
    [
        pytest.param(OTHER, b"alice|1", slice(None), id="another-master"),
        pytest.param(MASTER, b"charlie|1", slice(None), id="row-of-another-organisation"),
        pytest.param(MASTER, b"alice|2", slice(None), id="another-epoch"),
        pytest.param(MASTER, b"alice|1", slice(-1), id="cut-short"),
        pytest.param(MASTER, b"alice|1", slice(12), id="nonce-only"),
        pytest.param(MASTER, b"alice|1", slice(5), id="less-than-a-nonce"),
        pytest.param(MASTER, b"alice|1", slice(0), id="empty"),
    ],
)
def test_wrapped_key_stays_shut(master: bytes, context: bytes, cut: slice) -> None:
    wrapped = keys.wrap(MASTER, EPOCH_KEY, context=b"alice|1", nonce=NONCE)
    with pytest.raises(DomainError) as caught:
        keys.unwrap(master, wrapped[cut], context=context)
    assert caught.value.code == "master_key_wrong"


def test_any_changed_bit_of_a_wrapped_key_is_noticed() -> None:
    wrapped = keys.wrap(MASTER, EPOCH_KEY, context=b"alice|1", nonce=NONCE)
    for at in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[at] ^= 1
        with pytest.raises(DomainError):
            keys.unwrap(MASTER, bytes(changed), context=b"alice|1")


@pytest.mark.parametrize(
    ("key", "nonce"), [(EPOCH_KEY[:16], NONCE), (EPOCH_KEY, NONCE[:8])], ids=["key", "nonce"]
)
def test_wrapping_wrong_lengths_is_refused(key: bytes, nonce: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes and a nonce 12"):
        keys.wrap(MASTER, key, context=b"", nonce=nonce)


def test_key_check_value_tells_masters_apart() -> None:
    assert len(keys.key_check_value(MASTER)) == 8
    assert keys.key_check_value(MASTER) == keys.key_check_value(bytes(range(32)))
    assert keys.key_check_value(MASTER) != keys.key_check_value(OTHER)


SPECIAL = bytes([251, 255] * 8) + MASTER[:16]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(base64.b64encode(SPECIAL).decode(), id="base64"),
        pytest.param(base64.b64encode(SPECIAL).decode().rstrip("="), id="base64-unpadded"),
        pytest.param(base64.urlsafe_b64encode(SPECIAL).decode(), id="base64-url-safe"),
        pytest.param(f"  {base64.b64encode(SPECIAL).decode()}\r\n", id="line-of-a-file"),
        pytest.param(SPECIAL.hex(), id="hex"),
        pytest.param(SPECIAL.hex().upper(), id="hex-upper-case"),
        pytest.param(keys.format_master_key(SPECIAL), id="as-we-write-it"),
    ],
)
def test_master_key_is_read(text: str) -> None:
    assert keys.parse_master_key(text) == SPECIAL


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("correct horse battery staple", id="pass-phrase"),
        pytest.param(base64.b64encode(SPECIAL[:31]).decode(), id="31-bytes"),
        pytest.param(base64.b64encode(SPECIAL + b"x").decode(), id="33-bytes"),
        pytest.param(SPECIAL.hex()[:-1] + "g", id="hex-with-a-wrong-digit"),
        pytest.param("0" * 64, id="placeholder-of-zeros"),
        pytest.param(base64.b64encode(b"\xff" * 32).decode(), id="placeholder-of-ones"),
        pytest.param("钥" * 43, id="not-ascii"),
        pytest.param("A" * 100_000, id="a-whole-file"),
        pytest.param(base64.b64encode(SPECIAL).decode()[:20] + "\n!" + "A" * 22, id="noise"),
    ],
)
def test_master_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidError) as caught:
        keys.parse_master_key(text)
    assert caught.value.code == "master_key_malformed"
    assert caught.value.params == {"bytes": 32}


def test_refusal_never_quotes_the_key() -> None:
    text = base64.b64encode(SPECIAL + b"x").decode()
    with pytest.raises(InvalidError) as caught:
        keys.parse_master_key(text)
    assert text not in f"{caught.value} {caught.value.params}"


def test_writing_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 33"):
        keys.format_master_key(SPECIAL + b"x")
