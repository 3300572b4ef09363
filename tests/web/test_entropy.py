"""Stored random bytes are those of their source, each handed out once."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from itertools import count

from trueorigin.web.entropy import EntropyStock


def numbered(numbers: Iterator[int]) -> EntropyStock:
    """A stock whose every eight bytes are another number."""

    def source(size: int) -> bytes:
        return b"".join(next(numbers).to_bytes(8, "big") for _ in range(size // 8))

    return EntropyStock(source)


def test_no_byte_is_handed_out_twice_by_many_threads() -> None:
    stock = numbered(count())
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(stock, [8] * 20_000))
    assert len(set(taken)) == len(taken)


def test_a_stock_that_is_sent_to_another_process_is_empty_there() -> None:
    stock = EntropyStock(os.urandom)
    assert stock(8) + stock(8)
    copies = [copy(stock) for _ in range(2)]
    assert len({each(8) for each in (stock, *copies)}) == 3


def test_more_than_the_stock_comes_whole() -> None:
    assert len(EntropyStock(os.urandom)(100_000)) == 100_000


def test_lengths_are_kept_over_the_end_of_a_stock() -> None:
    stock = EntropyStock(os.urandom)
    assert [len(stock(size)) for size in (8000, 191, 2, 0)] == [8000, 191, 2, 0]
