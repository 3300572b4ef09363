# SPDX-License-Identifier: Apache-2.0
"""FF1 against the samples NIST publishes, and the fast form against the plain one."""

import math
import struct
import threading

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from trueorigin.domain import ff1

K128 = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")
K192 = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F")
K256 = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94")
TWEAK_10 = bytes.fromhex("39383736353433323130")
TWEAK_11 = bytes.fromhex("3737373770717273373737")
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"

# NIST, "Block Cipher Modes of Operation: FF1 samples": number, key, radix, tweak, plain, cipher.
NIST_SAMPLES = [
    pytest.param(K128, 10, b"", "0123456789", "2433477484", id="1-aes128-no-tweak"),
    pytest.param(K128, 10, TWEAK_10, "0123456789", "6124200773", id="2-aes128-tweak"),
    pytest.param(
        K128, 36, TWEAK_11, "0123456789abcdefghi", "a9tv40mll9kdu509eum", id="3-aes128-radix36"
    ),
    pytest.param(K192, 10, b"", "0123456789", "2830668132", id="4-aes192-no-tweak"),
    pytest.param(K192, 10, TWEAK_10, "0123456789", "2496655549", id="5-aes192-tweak"),
    pytest.param(
        K192, 36, TWEAK_11, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr", id="6-aes192-radix36"
    ),
    pytest.param(K256, 10, b"", "0123456789", "6657667009", id="7-aes256-no-tweak"),
    pytest.param(K256, 10, TWEAK_10, "0123456789", "1001623463", id="8-aes256-tweak"),
    pytest.param(
        K256, 36, TWEAK_11, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd", id="9-aes256-radix36"
    ),
]


def _digits(text: str) -> list[int]:
    return [BASE36.index(character) for character in text]


@pytest.mark.parametrize(("key", "radix", "tweak", "plain", "cipher"), NIST_SAMPLES)
def test_nist_sample(key: bytes, radix: int, tweak: bytes, plain: str, cipher: str) -> None:
    assert ff1.encrypt_slow(key, radix, tweak, _digits(plain)) == _digits(cipher)
    assert ff1.decrypt_slow(key, radix, tweak, _digits(cipher)) == _digits(plain)


def _cbc_mac(key: bytes, blocks: bytes) -> bytes:
    """PRF of the standard (Algorithm 6), by a cipher's own CBC mode."""
    encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
    return encryptor.update(blocks)[-16:]


def _other_ff1(key: bytes, tweak: bytes, plain: str) -> str:
    """FF1 of a decimal text, written a second time in another style: text, CBC and floats."""
    n, t = len(plain), len(tweak)
    u, v = n // 2, n - n // 2
    b = math.ceil(math.ceil(v * math.log2(10)) / 8)
    d = 4 * math.ceil(b / 4) + 4
    first = struct.pack(">BBBBHBBII", 1, 2, 1, 0, 10, 10, u % 256, n, t)
    left, right = plain[:u], plain[u:]
    for i in range(10):
        tail = bytes([i]) + int(right).to_bytes(b, "big")
        q = tweak + bytes(-(t + len(tail)) % 16) + tail
        r = _cbc_mac(key, first + q)
        masks = [int.from_bytes(r, "big") ^ j for j in range(1, math.ceil(d / 16))]
        s = r + b"".join(_cbc_mac(key, mask.to_bytes(16, "big")) for mask in masks)
        m = u if i % 2 == 0 else v
        c = (int(left) + int.from_bytes(s[:d], "big")) % 10**m
        left, right = right, str(c).zfill(m)
    return left + right


@pytest.mark.parametrize("length", [6, 7, 56, 57, 100, 511, 512, 513, 600])
@pytest.mark.parametrize("tweak", [b"", TWEAK_10, bytes(range(40))], ids=["none", "10", "40"])
def test_any_length_and_tweak_equals_a_second_writing(length: int, tweak: bytes) -> None:
    # From 57 digits on a round needs several blocks of stream; from 512 on, half the length
    # no longer fits its byte.
    plain = ("31415926535897932384626433832795028841971" * 15)[:length]
    cipher = ff1.encrypt_slow(K256, 10, tweak, _digits(plain))
    assert cipher == _digits(_other_ff1(K256, tweak, plain))
    assert ff1.decrypt_slow(K256, 10, tweak, cipher) == _digits(plain)


@pytest.mark.parametrize(
    ("radix", "numerals", "says"),
    [
        pytest.param(1, [0] * 30, "radix must be", id="radix-1"),
        pytest.param(65_537, [0] * 30, "radix must be", id="radix-above-2-to-16"),
        pytest.param(10, [0] * 5, "fewer than", id="domain-below-a-million"),
        pytest.param(32, [32] + [0] * 15, "not below the radix", id="numeral-too-large"),
        pytest.param(32, [-1] + [0] * 15, "not below the radix", id="numeral-negative"),
    ],
)
def test_plain_form_refuses(radix: int, numerals: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ff1.encrypt_slow(K256, radix, b"", numerals)


def test_domain_of_exactly_a_million_is_allowed() -> None:
    cipher = ff1.encrypt_slow(K256, 10, b"", [0] * 6)
    assert ff1.decrypt_slow(K256, 10, b"", cipher) == [0] * 6


def _halves(numerals: list[int]) -> tuple[int, int]:
    middle = len(numerals) // 2
    hi = lo = 0
    for numeral in numerals[:middle]:
        hi = hi << 5 | numeral
    for numeral in numerals[middle:]:
        lo = lo << 5 | numeral
    return hi, lo


def _numerals(hi: int, lo: int, symbols: int) -> list[int]:
    half = symbols // 2
    return [word >> (5 * place) & 31 for word in (hi, lo) for place in range(half - 1, -1, -1)]


@pytest.mark.parametrize("symbols", ff1.FAST_SYMBOLS)
@pytest.mark.parametrize("tweak", [b"", b"a", b"12345678"], ids=["none", "1-byte", "8-bytes"])
def test_fast_form_equals_the_plain_form(symbols: int, tweak: bytes) -> None:
    cipher = ff1.Cipher(K256, symbols, tweak=tweak)
    random = np.random.default_rng(symbols)
    hi = random.integers(0, 1 << cipher.bits, 40, dtype=np.uint64)
    lo = random.integers(0, 1 << cipher.bits, 40, dtype=np.uint64)
    # The corners of the domain, where a carry or a mask would show.
    top = (1 << cipher.bits) - 1
    hi[:4], lo[:4] = [0, 0, top, top], [0, top, 0, top]
    plain = [_numerals(int(a), int(b), symbols) for a, b in zip(hi, lo, strict=True)]
    singles = [cipher.encrypt_one(int(a), int(b)) for a, b in zip(hi, lo, strict=True)]

    cipher.encrypt(hi, lo)
    found = [(int(a), int(b)) for a, b in zip(hi, lo, strict=True)]
    expected = [_halves(ff1.encrypt_slow(K256, 32, tweak, numerals)) for numerals in plain]
    assert found == expected
    assert singles == expected

    assert [cipher.decrypt_one(*pair) for pair in found] == [_halves(n) for n in plain]
    few = cipher.decrypt_few([a << cipher.bits | b for a, b in found])
    assert list(zip(*few, strict=True)) == [_halves(n) for n in plain]
    cipher.decrypt(hi, lo)
    assert [(int(a), int(b)) for a, b in zip(hi, lo, strict=True)] == [_halves(n) for n in plain]


@pytest.mark.parametrize("key", [K128, K192], ids=["aes128", "aes192"])
def test_fast_form_takes_shorter_keys_too(key: bytes) -> None:
    expected = _halves(ff1.encrypt_slow(key, 32, b"", _numerals(5, 6, 16)))
    assert ff1.Cipher(key, 16).encrypt_one(5, 6) == expected


@pytest.mark.parametrize("size", [0, 1, ff1.CHUNK - 1, ff1.CHUNK, ff1.CHUNK + 1, 2 * ff1.CHUNK + 3])
def test_chunks_leave_no_seam(size: int) -> None:
    cipher = ff1.Cipher(K256, 16)
    hi = np.arange(size, dtype=np.uint64)
    lo = np.arange(size, dtype=np.uint64)[::-1].copy()
    cipher.encrypt(hi, lo)
    for at in {0, 1, ff1.CHUNK - 1, ff1.CHUNK, size - 1} & set(range(size)):
        assert (int(hi[at]), int(lo[at])) == cipher.encrypt_one(at, size - 1 - at)
    cipher.decrypt(hi, lo)
    assert np.array_equal(hi, np.arange(size))
    assert np.array_equal(lo, np.arange(size)[::-1])


def test_two_threads_share_one_cipher() -> None:
    cipher = ff1.Cipher(K256, 16)
    expected = cipher.encrypt_one(1, 2)
    failures: list[str] = []

    def work() -> None:
        for _ in range(60):
            hi, lo = np.full(3_000, 1, np.uint64), np.full(3_000, 2, np.uint64)
            cipher.encrypt(hi, lo)
            if {(int(a), int(b)) for a, b in zip(hi, lo, strict=True)} != {expected}:
                failures.append("bulk")
            if cipher.encrypt_one(1, 2) != expected:
                failures.append("single")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("symbols", [0, 13, 15, 18, 22])
def test_fast_form_refuses_other_lengths(symbols: int) -> None:
    with pytest.raises(ValueError, match="symbols must be one of"):
        ff1.Cipher(K256, symbols)


def test_fast_form_refuses_a_tweak_of_nine_bytes() -> None:
    with pytest.raises(ValueError, match="at most 8 bytes"):
        ff1.Cipher(K256, 16, tweak=bytes(9))


@pytest.mark.parametrize("pair", [(1 << 40, 0), (0, 1 << 40), (-1, 0), (0, -1)])
def test_single_form_refuses_a_half_out_of_range(pair: tuple[int, int]) -> None:
    cipher = ff1.Cipher(K256, 16)
    with pytest.raises(ValueError, match="not within 40 bits"):
        cipher.encrypt_one(*pair)
    with pytest.raises(ValueError, match="not within 40 bits"):
        cipher.decrypt_one(*pair)


@pytest.mark.parametrize("symbols", ff1.FAST_SYMBOLS)
def test_lanes_of_a_long_integer_keep_to_themselves(symbols: int) -> None:
    cipher = ff1.Cipher(K256, symbols)
    most = (1 << 2 * cipher.bits) - 1
    # All zeros beside all ones: whatever is borrowed or carried shows in the neighbour.
    for texts in ([], [0], [most], [0, most, 0, 0, most, most, 1]):
        his, los = cipher.decrypt_few(texts)
        split = [divmod(text, 1 << cipher.bits) for text in texts]
        assert list(zip(his, los, strict=True)) == [cipher.decrypt_one(*pair) for pair in split]
    for wrong in (-1, most + 1):
        with pytest.raises(ValueError, match="not within"):
            cipher.decrypt_few([0, wrong])
