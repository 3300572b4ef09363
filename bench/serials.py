# SPDX-License-Identifier: Apache-2.0
"""How fast codes are made and read, as a share of the raw AES that FF1 cannot do without.

Ten rounds of FF1 are ten AES-256 blocks a code. The floor is the same number of blocks encrypted in
one go, in the same process, in rounds interleaved with ours, so that a busy machine slows
both. Processor time is counted, not the clock on the wall. Run: python -m bench.serials
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher, algorithms
from cryptography.hazmat.primitives.ciphers.modes import ECB

from trueorigin.domain import digitallink, ff1, humancode, keys, serials
from trueorigin.domain.serials import Position, SerialCipher

ROUNDS = 5
CODES = 1 << 19
SINGLES = 4_000
BATCH = 512
KEY = bytes(range(32))

# The least share of the floor that bulk encryption must reach (design: 0.24 to 0.28 measured).
SHARE_MIN = 0.22


def _seconds(work: Callable[[], object]) -> float:
    """Return the processor time this thread spends in `work`."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def _median_of(work: Callable[[], object], count: int) -> float:
    """Return the median seconds for one of `count` things that `work` does."""
    return statistics.median(_seconds(work) for _ in range(ROUNDS)) / count


def measure_bulk(symbols: int) -> dict[str, float]:
    """Measure FF1 alone and whole serials against the AES floor of the same blocks."""
    key = keys.derive(KEY, keys.Purpose.SERIAL)
    cipher, made = ff1.Cipher(key, symbols), SerialCipher(KEY, symbols)
    hi = np.arange(CODES, dtype=np.uint64)
    lo = hi.copy()
    # ECB is the floor: AES and nothing else.
    encryptor = BlockCipher(algorithms.AES(key), ECB()).encryptor()  # noqa: S305 - see above
    plain = np.zeros(ff1.CHUNK * ff1.BLOCK, np.uint8).data
    sealed = np.zeros(ff1.CHUNK * ff1.BLOCK + ff1.BLOCK - 1, np.uint8).data

    def floor() -> None:
        for _ in range(ff1.ROUNDS * CODES // ff1.CHUNK):
            encryptor.update_into(plain, sealed)

    floors, ff1s, texts = [], [], []
    for _ in range(ROUNDS):
        floors.append(_seconds(floor))
        ff1s.append(_seconds(lambda: cipher.encrypt(hi, lo)))
        texts.append(_seconds(lambda: made.encode_range(1, 0, 0, CODES)))
    share = statistics.median(a / b for a, b in zip(floors, ff1s, strict=True))
    share_text = statistics.median(a / b for a, b in zip(floors, texts, strict=True))
    return {
        "ff1_share_of_aes": round(share, 3),
        "serials_share_of_aes": round(share_text, 3),
        "ff1_million_a_second": round(CODES / statistics.median(ff1s) / 1e6, 2),
        "serials_million_a_second": round(CODES / statistics.median(texts) / 1e6, 2),
        "aes_floor_million_a_second": round(CODES / statistics.median(floors) / 1e6, 2),
    }


def measure_single() -> dict[str, float]:
    """Measure what one reading costs: decoding alone, in a batch, and taking the link apart."""
    cipher = SerialCipher(KEY, serials.SYMBOLS_DEFAULT)
    key = keys.derive(KEY, keys.Purpose.SERIAL)
    raw = ff1.Cipher(key, serials.SYMBOLS_DEFAULT)
    texts = serials.as_text(cipher.encode_range(1, 0, 0, SINGLES))
    batch = texts[:BATCH]
    hi = np.arange(BATCH, dtype=np.uint64)
    lo = hi.copy()
    host = "https://zy.example"
    stem = digitallink.build_item_stem(host, "06901234567892")
    urls = [stem + text for text in texts]
    codes = [humancode.group(humancode.build("7K3M", text)) for text in texts]
    positions = [Position(1, 0, index) for index in range(SINGLES)]

    def each(work: Callable[[str], object], inputs: list[str]) -> float:
        return _median_of(lambda: [work(text) for text in inputs], len(inputs))

    def decrypt_batch() -> None:
        for _ in range(20):
            raw.decrypt(hi, lo)

    def read(text: str) -> object:
        return digitallink.parse_code(text, hosts=[host])

    found = {
        "ff1_decrypt_one_us": _median_of(
            lambda: [raw.decrypt_one(index, index) for index in range(SINGLES)], SINGLES
        ),
        "ff1_decrypt_in_512_us": _median_of(decrypt_batch, 20 * BATCH),
        "decode_one_us": each(cipher.decode, texts),
        "decode_in_512_us": _median_of(
            lambda: [cipher.decode_many(batch) for _ in range(20)], 20 * BATCH
        ),
        "encode_one_us": _median_of(
            lambda: [cipher.encode(position) for position in positions], SINGLES
        ),
        "parse_url_us": each(read, urls),
        "parse_readable_code_us": each(read, codes),
        "build_cipher_us": _median_of(
            lambda: [SerialCipher(KEY, serials.SYMBOLS_DEFAULT) for _ in range(200)], 200
        ),
    }
    return {name: round(seconds * 1e6, 3) for name, seconds in found.items()}


def measure() -> dict[str, object]:
    """Measure everything; the result can be printed as JSON."""
    bulk = {str(symbols): measure_bulk(symbols) for symbols in serials.SYMBOLS}
    reached = min(figures["ff1_share_of_aes"] for figures in bulk.values())
    return {
        "bulk": bulk,
        "single": measure_single(),
        "floor": {"ff1_share_of_aes_min": SHARE_MIN, "reached": reached},
        "ok": reached >= SHARE_MIN,
    }


def main() -> int:
    """Print the figures and fail below the floor."""
    figures = measure()
    print(json.dumps(figures, indent=2))
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
