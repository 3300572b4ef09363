# SPDX-License-Identifier: Apache-2.0
"""Keys: one purpose each, wrapped at rest, and a master key that is recognised or refused.

Works on keys it is given; draws no randomness, reads no file and keeps nothing. Who holds the
master key and where is the caller's business.
"""

import base64
import binascii
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trueorigin.domain.errors import DomainError, InvalidError

# Every key here is a 256-bit key: master, epoch and whatever is derived from them.
KEY_BYTES: Final = 32

# SP 800-38D section 8.2: 96 bits is the nonce length GCM is made for.
NONCE_BYTES: Final = 12

# Enough to tell any two master keys apart, too little to help a search for one.
CHECK_BYTES: Final = 8

# Keeps our derived keys apart from those of any other program fed the same master key.
_LABEL: Final = b"trueorigin/1/"


class Purpose(StrEnum):
    """What a derived key is for; the value is part of every derived key and never changes."""

    BROWSER = "browser"  # signs the marks of browsers that people have signed in from
    CHECK = "check"  # the value that recognises a master key
    CONFIRM = "confirm"  # signs the page's "a person looked at this" beacon
    DEVICE = "device"  # pseudonyms of phones, one for each unit
    FILE = "file"  # signs the addresses under which pages show files to everybody
    NETWORK = "network"  # pseudonyms of network prefixes
    SERIAL = "serial"  # the FF1 key of an epoch
    SIGN_IN = "sign_in"  # pseudonyms of accounts and networks whose sign-ins failed
    WRAP = "wrap"  # encrypts other keys at rest


def derive(master: bytes, purpose: Purpose | str) -> bytes:
    """Derive the 32-byte key of one purpose from a uniformly random 32-byte key.

    HKDF-SHA256 (RFC 5869) without salt, which section 3.1 allows for such input.
    """
    if len(master) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(master)}")
    info = _LABEL + Purpose(purpose).value.encode("ascii")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)


def wrap(master: bytes, key: bytes, *, context: bytes, nonce: bytes) -> bytes:
    """Encrypt `key` for storage; the result is nonce (12) | ciphertext (32) | tag (16).

    `context` says which key this is (organisation and epoch): a wrapped key copied to another
    row does not open there. `nonce` must be fresh random bytes, never used twice.
    """
    if len(key) != KEY_BYTES or len(nonce) != NONCE_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes and a nonce {NONCE_BYTES}")
    return nonce + AESGCM(derive(master, Purpose.WRAP)).encrypt(nonce, key, context)


def unwrap(master: bytes, wrapped: bytes, *, context: bytes) -> bytes:
    """Decrypt what `wrap` made; a wrong master, context or any changed bit is refused.

    The three cannot be told apart, so the refusal names the likeliest: `master_key_wrong`.
    """
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    if len(nonce) != NONCE_BYTES:
        raise DomainError("master_key_wrong")
    try:
        return AESGCM(derive(master, Purpose.WRAP)).decrypt(nonce, sealed, context)
    except InvalidTag:
        raise DomainError("master_key_wrong") from None


def key_check_value(master: bytes) -> bytes:
    """Return 8 bytes that recognise a master key and say nothing about it.

    Stored beside the data, so that a process started with another key notices before it writes.
    """
    return derive(master, Purpose.CHECK)[:CHECK_BYTES]


def format_master_key(key: bytes) -> str:
    """Write a master key as base64, the form that `parse_master_key` and key files hold."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    return base64.b64encode(key).decode("ascii")


def parse_master_key(text: str) -> bytes:
    """Read a 32-byte master key from base64 (plain or URL-safe) or from 64 hexadecimal digits.

    Surrounding white space is dropped. Refused with `master_key_malformed`: any other length,
    and 32 equal bytes, which is a placeholder somebody forgot to replace.
    """
    key = _decode(text.strip())
    if key is None or len(key) != KEY_BYTES or len(set(key)) == 1:
        raise InvalidError("master_key_malformed", field="master_key", bytes=KEY_BYTES)
    return key


def _decode(text: str) -> bytes | None:
    """Decode base64 or hexadecimal, or return None; 64 digits are always hexadecimal."""
    try:
        if len(text) == 2 * KEY_BYTES:
            return binascii.unhexlify(text)
        padded = text.rstrip("=")
        padded += "=" * (-len(padded) % 4)
        return base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
