# SPDX-License-Identifier: Apache-2.0
"""Serials on one core: beside the AES that FF1 cannot do without, and beside other ways.

Ten rounds of FF1 are ten AES-256 blocks a serial; encrypting as many blocks in one go is the
floor. Rivals draw random serials and keep a set of them, or call a package for each.
"""

import secrets
from typing import Final

import numpy as np
from bench.rounds import LOAD_CORE, Plan, interleave, on_core, rate_of
from bench.table import Line, Reach
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher, algorithms
from cryptography.hazmat.primitives.ciphers.modes import ECB
from fastfpe import ff1 as fastfpe

from trueorigin.domain import ff1, keys
from trueorigin.domain.serials import (
    ALPHABET,
    LEVEL_BITS,
    ORDINAL_BITS,
    SYMBOLS_DEFAULT,
    SerialCipher,
    as_text,
)

ROW: Final = "serials"
SERIALS: Final = 1 << 20
# Of the slow ways fewer are made: one takes as long as a hundred of ours.
DRAWN: Final = 1 << 17
BATCH: Final = 512
_KEY: Final = bytes(range(32))
_ORDINAL: Final = 1
_REACHES: Final = {"aes": Reach(at_least=0.22), "package": Reach(at_least=40), "secrets": None}
_RIVALS: Final = {
    "aes": "AES-256 of the same blocks",
    "secrets": "secrets and a set",
    "package": "fastfpe, the fastest package",
}


def measure(plan: Plan) -> list[Line]:
    """Make serials in all ways in turn."""
    count, drawn = plan.scaled(SERIALS, ff1.CHUNK), plan.scaled(DRAWN, ff1.CHUNK)
    cipher = SerialCipher(_KEY, SYMBOLS_DEFAULT)
    made = as_text(cipher.encode_range(_ORDINAL, 0, 0, drawn))
    plain = [_write_plain(index) for index in range(drawn)]
    key = keys.derive(_KEY, keys.Purpose.SERIAL).hex()
    if [_encrypt(key, text) for text in plain[:100]] != made[:100]:
        raise RuntimeError("the package does not make the same serials")
    batch = made[:BATCH]
    works = {
        "ours": rate_of(lambda: cipher.encode_range(_ORDINAL, 0, 0, count), count),
        "aes": rate_of(lambda: _encrypt_blocks(count), count),
        "secrets": rate_of(lambda: _draw(drawn), drawn),
        "package": rate_of(lambda: [_encrypt(key, text) for text in plain], drawn),
        "read": rate_of(lambda: [cipher.decode(text) for text in batch], len(batch)),
        "read-batch": rate_of(lambda: [cipher.decode_many(batch) for _ in range(40)], 40 * BATCH),
    }
    with on_core(LOAD_CORE):
        found = interleave(works, plan.rounds)
    lines = [
        Line(
            row=ROW,
            key=name,
            title="serials made",
            unit="/s",
            ours=found["ours"],
            rival=rival,
            theirs=found[name],
            reach=_REACHES[name],
        )
        for name, rival in _RIVALS.items()
    ]
    read = Line(
        row=ROW,
        key="read",
        title=f"serials read, {BATCH} at a time",
        unit="/s",
        ours=found["read-batch"],
        rival="one at a time",
        theirs=found["read"],
    )
    return [*lines, read]


def _encrypt_blocks(count: int) -> None:
    """Encrypt as many blocks as FF1 does for `count` serials, in pieces of the same size."""
    key = keys.derive(_KEY, keys.Purpose.SERIAL)
    # ECB is the floor, not a way to keep secrets.
    encryptor = BlockCipher(algorithms.AES(key), ECB()).encryptor()  # noqa: S305
    plain = np.zeros(ff1.CHUNK * ff1.BLOCK, np.uint8).data
    sealed = np.zeros(ff1.CHUNK * ff1.BLOCK + ff1.BLOCK - 1, np.uint8).data
    for _ in range(ff1.ROUNDS * count // ff1.CHUNK):
        encryptor.update_into(plain, sealed)


def _draw(count: int) -> set[str]:
    """Draw serials that differ, as systems do that store every one."""
    drawn: set[str] = set()
    while len(drawn) < count:
        number = secrets.randbits(5 * SYMBOLS_DEFAULT)
        drawn.add("".join([ALPHABET[number >> shift & 31] for shift in range(75, -1, -5)]))
    return drawn


def _write_plain(index: int) -> str:
    """Write the text that FF1 encrypts into the serial of an item."""
    place_bits = ORDINAL_BITS + LEVEL_BITS + 32
    value = (_ORDINAL << (LEVEL_BITS + 32) | index) << (5 * SYMBOLS_DEFAULT - place_bits)
    shifts = range(5 * (SYMBOLS_DEFAULT - 1), -1, -5)
    return "".join([ALPHABET[value >> shift & 31] for shift in shifts])


def _encrypt(key: str, text: str) -> str:
    return str(fastfpe.encrypt(key, "", ALPHABET, text))
