# SPDX-License-Identifier: Apache-2.0
"""FF1, the format-preserving cipher of NIST SP 800-38G: a plain form and a fast one.

`encrypt_slow` and `decrypt_slow` follow the standard line by line for any radix, tweak and AES
key length; they exist to be compared with NIST's samples and with the fast form. `Cipher` does
the one case that codes need, many at once. Nothing here knows what the symbols mean.

How the fast form is fast. With radix 32 and an even length both halves are whole numbers of
bits, so the modulus is a power of two and only the low bits of the AES output matter. With at
most 50 bits a half and a tweak of at most 8 bytes the round input is one AES block; the first
block of the chain, P, is constant for a key. A round over a whole array is therefore one call of
AES and a few passes of numpy. The 16 bytes of a round's input block, Q xor AES(P):

    byte   0        8                15
           +--------+----+--+---------+
           | tweak, |  0 |i |  half B |     i: round number, directly before half B
           | zeros  |    |  |big-end. |     B: 5 bytes (14, 16 symbols) or 7 bytes (20)
           +--------+----+--+---------+

Bytes 0-7 never change, so they are written once a call; bytes 8-15 are one 64-bit word. The
output's bytes 4-11, read as one unaligned big-endian word, end in the low bits of step 6.vi.
"""

import threading
from collections.abc import Sequence
from struct import Struct
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher, CipherContext, algorithms
from cryptography.hazmat.primitives.ciphers.modes import ECB

Words: TypeAlias = npt.NDArray[np.uint64]

ROUNDS: Final = 10
BLOCK: Final = 16

# SP 800-38G section 5.1: radix at most 2^16; at least a million texts, the floor that its
# revision 1 draft raised from one hundred after attacks on tiny domains.
RADIX_MIN: Final = 2
RADIX_MAX: Final = 2**16
DOMAIN_MIN: Final = 1_000_000

# The lengths the fast form handles: both halves below 2^56, and the halves' bytes, the round
# number and the tweak together in one block.
FAST_SYMBOLS: Final = (14, 16, 20)
FAST_TWEAK_MAX: Final = 8
_FAST_RADIX: Final = 32

# 8,192 blocks in, as many out and three words each are 460 KB: they stay in a 1 MB L2 cache.
# Measured: with 2,048 numpy's call overhead costs 30 %, with 65,536 the cache costs 25 %.
CHUNK: Final = 8_192

# A batch of readings is at most this long: 28 KB a thread and cipher.
_OWN_SIZE: Final = 512

_LOW_WORD: Final = 2**64 - 1
# Bits of an output block behind its bytes 4-11.
_LAST_BYTES: Final = 32


def _block_cipher(key: bytes) -> CipherContext:
    """Return an AES encryptor for whole blocks; never share one between threads."""
    # ECB is the raw permutation that FF1's own CBC-MAC construction is built from.
    return BlockCipher(algorithms.AES(key), ECB()).encryptor()  # noqa: S305 - see above


def _first_block(radix: int, length: int, tweak_length: int) -> bytes:
    """Build P of step 5: the constant that opens every round's chain."""
    return (
        bytes([1, 2, 1])
        + radix.to_bytes(3, "big")
        + bytes([ROUNDS, (length // 2) % 256])
        + length.to_bytes(4, "big")
        + tweak_length.to_bytes(4, "big")
    )


def _number(numerals: Sequence[int], radix: int) -> int:
    """NUM_radix of the standard: the numerals read as one number, first the most significant."""
    value = 0
    for numeral in numerals:
        value = value * radix + numeral
    return value


def _numerals(value: int, radix: int, length: int) -> list[int]:
    """STR_radix of the standard: the inverse of `_number`, padded to `length`."""
    out = [0] * length
    for place in range(length - 1, -1, -1):
        value, out[place] = divmod(value, radix)
    return out


class _PlainRounds:
    """The round function of FF1 for one key, tweak, radix and length, exactly as written."""

    def __init__(self, key: bytes, radix: int, tweak: bytes, numerals: Sequence[int]) -> None:
        length = len(numerals)
        if not RADIX_MIN <= radix <= RADIX_MAX:
            raise ValueError(f"radix must be {RADIX_MIN} to {RADIX_MAX}, not {radix}")
        if radix**length < DOMAIN_MIN:
            raise ValueError(f"{length} numerals of radix {radix} are fewer than {DOMAIN_MIN}")
        if any(not 0 <= numeral < radix for numeral in numerals):
            raise ValueError(f"a numeral is not below the radix {radix}")
        self.radix = radix
        self.tweak = tweak
        # Step 1 and 2: the shorter half comes first.
        self.u = length // 2
        self.v = length - self.u
        # Step 3 and 4: bytes that hold half B, and bytes of pseudo-random output used.
        self.b = ((radix**self.v - 1).bit_length() + 7) // 8
        self.d = 4 * ((self.b + 3) // 4) + 4
        self._aes = _block_cipher(key)
        self._chain = self._aes.update(_first_block(radix, length, len(tweak)))

    def offset(self, index: int, half: Sequence[int]) -> int:
        """Return y of step 6: what round `index` adds to the other half."""
        padding = (-len(self.tweak) - self.b - 1) % BLOCK
        q = (
            self.tweak
            + bytes(padding)
            + bytes([index])
            + _number(half, self.radix).to_bytes(self.b, "big")
        )
        chain = self._chain
        for at in range(0, len(q), BLOCK):
            mixed = int.from_bytes(chain, "big") ^ int.from_bytes(q[at : at + BLOCK], "big")
            chain = self._aes.update(mixed.to_bytes(BLOCK, "big"))
        stream = chain
        for counter in range(1, (self.d + BLOCK - 1) // BLOCK):
            mixed = int.from_bytes(chain, "big") ^ counter
            stream += self._aes.update(mixed.to_bytes(BLOCK, "big"))
        return int.from_bytes(stream[: self.d], "big")

    def width(self, index: int) -> int:
        """Return m of step 6.v: the length of the half that round `index` replaces."""
        return self.u if index % 2 == 0 else self.v


def encrypt_slow(key: bytes, radix: int, tweak: bytes, numerals: Sequence[int]) -> list[int]:
    """Encrypt `numerals` by Algorithm 7 of SP 800-38G, for any radix, length and tweak."""
    rounds = _PlainRounds(key, radix, tweak, numerals)
    a, b = list(numerals[: rounds.u]), list(numerals[rounds.u :])
    for index in range(ROUNDS):
        width = rounds.width(index)
        total = (_number(a, radix) + rounds.offset(index, b)) % radix**width
        a, b = b, _numerals(total, radix, width)
    return a + b


def decrypt_slow(key: bytes, radix: int, tweak: bytes, numerals: Sequence[int]) -> list[int]:
    """Decrypt `numerals` by Algorithm 8 of SP 800-38G, the inverse of `encrypt_slow`."""
    rounds = _PlainRounds(key, radix, tweak, numerals)
    a, b = list(numerals[: rounds.u]), list(numerals[rounds.u :])
    for index in range(ROUNDS - 1, -1, -1):
        width = rounds.width(index)
        total = (_number(b, radix) - rounds.offset(index, a)) % radix**width
        a, b = _numerals(total, radix, width), a
    return a + b


class Workspace:
    """Memory for chunks of up to `size` texts under one cipher: AES in, AES out, one word each.

    A caller of many short arrays hands the same one to every call; it serves one call at a time.
    """

    __slots__ = ("inputs", "outputs", "results", "size", "tails", "words")

    def __init__(self, size: int, head: int) -> None:
        """Reserve the memory; `head` is bytes 0 to 7 of every input block."""
        self.size = size
        self.words = np.empty(size, np.uint64)
        self.inputs = np.empty(size * BLOCK, np.uint8)
        # The encryptor insists on room for one further block less one byte.
        self.outputs = np.empty(size * BLOCK + BLOCK - 1, np.uint8)
        pairs = self.inputs.view(">u8").reshape(size, 2)
        pairs[:, 0] = head
        self.tails: Words = pairs[:, 1]
        self.results: Words = np.ndarray(
            (size,), np.dtype(">u8"), buffer=self.outputs.data, offset=4, strides=(BLOCK,)
        )


class Cipher:
    """FF1 over radix 32 for one key and one even length, on arrays of halves.

    A text of `symbols` symbols is two unsigned numbers of `bits` bits: the first half of the
    symbols and the second. Building one costs about 20 us; keep it. It may be used by many
    threads at once: scratch memory belongs to a call, the single-block encryptor to a thread.
    """

    __slots__ = (
        "_head",
        "_key",
        "_local",
        "_mask",
        "_masks",
        "_pairs",
        "_round_shift",
        "_tails",
        "bits",
        "symbols",
    )

    def __init__(self, key: bytes, symbols: int, *, tweak: bytes = b"") -> None:
        """Prepare the round constants; `symbols` is one of `FAST_SYMBOLS`."""
        if symbols not in FAST_SYMBOLS:
            raise ValueError(f"symbols must be one of {FAST_SYMBOLS}, not {symbols}")
        if len(tweak) > FAST_TWEAK_MAX:
            raise ValueError(f"a tweak is at most {FAST_TWEAK_MAX} bytes, not {len(tweak)}")
        self.symbols = symbols
        self.bits = 5 * (symbols // 2)
        self._mask = (1 << self.bits) - 1
        self._key = key
        self._local = threading.local()
        chain = self._encryptor().update(_first_block(_FAST_RADIX, symbols, len(tweak)))
        half_bytes = (self.bits + 7) // 8
        constant = int.from_bytes(chain, "big") ^ int.from_bytes(tweak.ljust(BLOCK, b"\0"), "big")
        self._round_shift = 8 * half_bytes
        starts = [constant ^ (index << self._round_shift) for index in range(ROUNDS)]
        self._head = constant >> 64
        # Arrays without dimensions: numpy takes a number of its own for one in 0.2 us each time.
        self._tails = tuple(np.array(start & _LOW_WORD, np.uint64) for start in starts)
        self._masks = np.array(self._mask, np.uint64)
        self._pairs = tuple(zip(starts[0::2], starts[1::2], strict=True))

    def _encryptor(self) -> CipherContext:
        """Return this thread's encryptor: a shared one fails when two threads meet in it."""
        encryptor: CipherContext | None = getattr(self._local, "encryptor", None)
        if encryptor is None:
            encryptor = self._local.encryptor = _block_cipher(self._key)
        return encryptor

    def workspace(self, size: int) -> Workspace:
        """Return memory that fits arrays of `size` texts under this cipher."""
        return Workspace(min(CHUNK, size), self._head)

    def own_workspace(self, size: int) -> Workspace:
        """Return this thread's memory if it fits `size` texts, else new memory.

        For many short arrays by turns: reserving takes as long as decrypting 64 texts.
        """
        if size > _OWN_SIZE:
            return self.workspace(size)
        found: Workspace | None = getattr(self._local, "workspace", None)
        if found is None:
            found = self._local.workspace = self.workspace(_OWN_SIZE)
        return found

    def encrypt(self, hi: Words, lo: Words, workspace: Workspace | None = None) -> None:
        """Encrypt the texts `hi[k], lo[k]` in place.

        Both are contiguous arrays of one length and every value is below `2**bits`; a larger one
        gives a wrong text, not an error.
        """
        memory = workspace or self.workspace(hi.size)
        for start in range(0, hi.size, memory.size or 1):
            chunk = slice(start, start + memory.size)
            self._run(hi[chunk], lo[chunk], memory, np.add)

    def decrypt(self, hi: Words, lo: Words, workspace: Workspace | None = None) -> None:
        """Decrypt in place; the inverse of `encrypt`, at the same cost."""
        memory = workspace or self.workspace(hi.size)
        for start in range(0, hi.size, memory.size or 1):
            chunk = slice(start, start + memory.size)
            self._run(hi[chunk], lo[chunk], memory, np.subtract)

    def _run(self, hi: Words, lo: Words, memory: Workspace, combine: np.ufunc) -> None:
        """Run the rounds over one chunk, upwards to add and downwards to subtract.

        The halves never swap places: an even round changes `hi`, an odd one `lo`, and after ten
        rounds each is where the standard's swapping would have put it. Outputs are given by
        position and copies are assignments: a batch of readings is short, so what counts is what
        a call costs, and this way the ten rounds take 13 us instead of 22.
        """
        update_into = self._encryptor().update_into
        xor, keep, mask, size = np.bitwise_xor, np.bitwise_and, self._masks, hi.size
        words, tails, results = memory.words[:size], memory.tails[:size], memory.results[:size]
        inputs = memory.inputs.data[: size * BLOCK]
        outputs = memory.outputs.data[: size * BLOCK + BLOCK - 1]
        for index in range(ROUNDS) if combine is np.add else range(ROUNDS - 1, -1, -1):
            source, target = (lo, hi) if index % 2 == 0 else (hi, lo)
            xor(source, self._tails[index], words)
            tails[...] = words
            update_into(inputs, outputs)
            words[...] = results
            combine(target, words, target)
            keep(target, mask, target)

    def encrypt_one(self, hi: int, lo: int) -> tuple[int, int]:
        """Encrypt one text given as its two halves; about 8 us, half of it in AES calls."""
        self._check_halves(hi, lo)
        update, mask, number = self._encryptor().update, self._mask, int.from_bytes
        for even, odd in self._pairs:
            hi = (hi + number(update((even ^ lo).to_bytes(BLOCK, "big"))[4:12], "big")) & mask
            lo = (lo + number(update((odd ^ hi).to_bytes(BLOCK, "big"))[4:12], "big")) & mask
        return hi, lo

    def decrypt_one(self, hi: int, lo: int) -> tuple[int, int]:
        """Decrypt one text given as its two halves; the inverse of `encrypt_one`."""
        self._check_halves(hi, lo)
        update, mask, number = self._encryptor().update, self._mask, int.from_bytes
        for even, odd in reversed(self._pairs):
            lo = (lo - number(update((odd ^ hi).to_bytes(BLOCK, "big"))[4:12], "big")) & mask
            hi = (hi - number(update((even ^ lo).to_bytes(BLOCK, "big"))[4:12], "big")) & mask
        return hi, lo

    def decrypt_few(self, texts: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Decrypt texts, each given as one number, into their first and their second halves.

        Halves lie in one long integer, in a lane of one AES block each, so that a round is one
        call of AES and a few operations on integers, however many lanes there are:

            |         block of text 0         |         block of text 1         | ...
            | 0 ... 0 | borrow, 1 bit |  half | 0 ... 0 | borrow, 1 bit |  half | ...

        A subtraction borrows from the bit above its half, not from the lane beside it. For fewer
        than 32 texts this beats arrays, whose code is never in the processor's cache when a batch
        of readings comes to it: 8 serials take 30 us there instead of 63 us, 26 take 55 instead
        of 69.
        """
        number, bits, mask, size = int.from_bytes, self.bits, self._mask, len(texts) * BLOCK
        if texts and not 0 <= min(texts) <= max(texts) < 1 << 2 * bits:
            raise ValueError(f"a half is not within {bits} bits")
        lanes = Struct(">" + "8xQ" * len(texts))
        ones = number(lanes.pack(*[1] * len(texts)), "big")
        masks, borrows, start = ones * mask, ones << bits, ones * self._pairs[0][0]
        step = ones << self._round_shift
        hi = number(lanes.pack(*[text >> bits for text in texts]), "big")
        lo = number(lanes.pack(*[text & mask for text in texts]), "big")
        update = self._encryptor().update
        for even in range(ROUNDS - 2, -1, -2):
            stream = number(update((start ^ (even + 1) * step ^ hi).to_bytes(size, "big")), "big")
            lo = (lo | borrows) - (stream >> _LAST_BYTES & masks) & masks
            stream = number(update((start ^ even * step ^ lo).to_bytes(size, "big")), "big")
            hi = (hi | borrows) - (stream >> _LAST_BYTES & masks) & masks
        return lanes.unpack(hi.to_bytes(size, "big")), lanes.unpack(lo.to_bytes(size, "big"))

    def _check_halves(self, hi: int, lo: int) -> None:
        """Refuse a half that its bits cannot hold; arrays are not checked, for their speed."""
        if not (0 <= hi <= self._mask and 0 <= lo <= self._mask):
            raise ValueError(f"a half is not within {self.bits} bits")
