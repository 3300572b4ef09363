# SPDX-License-Identifier: Apache-2.0
"""The code list against a row-by-row oracle made of the plain single-code functions."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies as st

from trueorigin.domain import humancode
from trueorigin.domain.catalog import Contents, Run
from trueorigin.domain.codelist import LevelCodes, gtin_of_level, list_rows, list_urls
from trueorigin.domain.digitallink import (
    build_contents,
    build_group_url,
    build_item_url,
    parse_code,
)
from trueorigin.domain.gs1 import build_sscc
from trueorigin.domain.serials import Position, SerialCipher, number

KEY = bytes(range(32))
PREFIX = "7K2M"
GTIN = "06901234567892"
CASE_GTIN = "16901234567899"
HOST = "https://ex.cn"

RUN = Run(
    id=1,
    organisation_id=UUID(int=1),
    batch_id=UUID(int=2),
    product_id=UUID(int=3),
    epoch=0,
    ordinal=77,
    symbols=16,
    quantity=10_007,
    packing=(24, 40),
    group_gtins=(None, None),
    gs1_prefix="6901234",
    sscc_first=(95, 1_000_000),
    contents=Contents.LIST,
    public_url=HOST,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def codes_of(run: Run, level: int, *, gtin: str | None = GTIN) -> LevelCodes:
    return LevelCodes(
        run=run,
        level=level,
        gtin=gtin_of_level(run, level, gtin),
        prefix=PREFIX,
        cipher=SerialCipher(KEY, run.symbols),
    )


def plain_row(codes: LevelCodes, index: int) -> str:
    """One row, written without any array."""
    run, level = codes.run, codes.level

    def serial_of(level: int, index: int) -> str:
        return codes.cipher.encode(Position(run.ordinal, level, index))

    serial = serial_of(level, index)
    code = humancode.build(codes.prefix, serial)
    contents = None
    if level and run.contents is not Contents.NONE:
        packed = run.packing[level - 1]
        inside = range(index * packed, min((index + 1) * packed, run.quantity_at(level - 1)))
        listed = inside if run.contents is Contents.LIST else inside[:1]
        names = [number(serial_of(level - 1, child)) for child in listed]
        contents = build_contents(names, count=len(inside))
    first = run.sscc_first[level - 1] if level else None
    if codes.gtin is not None and level == 0:
        url = build_item_url(run.public_url, codes.gtin, serial)
    elif codes.gtin is not None:
        url = build_group_url(run.public_url, gtin=codes.gtin, serial=serial, contents=contents)
    elif first is not None and run.gs1_prefix is not None:
        sscc = build_sscc(run.gs1_prefix, first + index)
        url = build_group_url(run.public_url, sscc=sscc, serial=serial, contents=contents)
    else:
        url = build_group_url(run.public_url, code=code, contents=contents)
    parent = run.parent_index(level, index)
    above = "" if parent is None else number(serial_of(level + 1, parent))
    grouped = humancode.group(code)
    return f"{level},{index},{number(serial)},{serial},{grouped},{url},{above}\n"


VARIANTS = {
    "SSCC groups": RUN,
    "groups with GTINs": replace(RUN, group_gtins=(CASE_GTIN, None), sscc_first=(None, 5)),
    "no numbers at all": replace(RUN, gs1_prefix=None, sscc_first=(None, None)),
    "first and count": replace(RUN, contents=Contents.FIRST),
    "no contents": replace(RUN, contents=Contents.NONE),
    "14 symbols": replace(RUN, symbols=14),
    "20 symbols": replace(RUN, symbols=20),
    "longest prefix": replace(RUN, gs1_prefix="690123456789", sscc_first=(95, 99_000)),
    "more than can be listed": replace(RUN, packing=(101, 40), quantity=101 * 40 + 60),
    "a last group of one": replace(RUN, packing=(24,), group_gtins=(None,), quantity=24 * 4 + 1),
    "no groups": replace(RUN, packing=(), group_gtins=(), sscc_first=(), quantity=1001),
}


@pytest.mark.parametrize("run", VARIANTS.values(), ids=VARIANTS.keys())
def test_every_row_equals_the_one_written_by_hand(run: Run) -> None:
    for level in run.levels:
        codes = codes_of(run, level)
        quantity = run.quantity_at(level)
        chosen = sorted({*range(12), *range(95, 106), *range(quantity - 7, quantity)})
        for index in (i for i in chosen if 0 <= i < quantity):
            assert b"".join(list_rows(codes, index, index + 1)).decode() == plain_row(codes, index)


@pytest.mark.parametrize("run", VARIANTS.values(), ids=VARIANTS.keys())
def test_the_urls_of_labels_are_those_of_the_list(run: Run) -> None:
    for level in run.levels:
        codes = codes_of(run, level)
        stop = min(run.quantity_at(level), 120)
        rows = b"".join(list_rows(codes, 0, stop)).decode().splitlines()
        assert [row.split(",")[5] for row in rows] == list_urls(codes, 0, stop)


def test_goods_without_gtin_get_a_url_of_their_readable_code() -> None:
    codes = codes_of(RUN, 0, gtin=None)
    row = b"".join(list_rows(codes, 7, 8)).decode()
    assert row == plain_row(codes, 7)
    assert f"{HOST[:8]}EX.CN/C/{PREFIX}" in row


@settings(max_examples=60)
@given(level=st.integers(0, 2), cuts=st.lists(st.integers(0, 10_007), min_size=1, max_size=6))
def test_a_list_is_the_same_bytes_however_it_is_cut(level: int, cuts: list[int]) -> None:
    codes = codes_of(RUN, level)
    quantity = RUN.quantity_at(level)
    bounds = sorted({0, quantity, *(cut % quantity for cut in cuts)})
    parts = [b"".join(list_rows(codes, a, b)) for a, b in itertools.pairwise(bounds)]
    assert b"".join(parts) == WHOLE[level]


WHOLE = [b"".join(list_rows(codes_of(RUN, level), 0, RUN.quantity_at(level))) for level in range(3)]


def test_the_last_unit_of_the_largest_run_is_listed() -> None:
    run = replace(RUN, quantity=2**32, packing=(100_000, 100), sscc_first=(None, None))
    codes = codes_of(run, 0)
    rows = b"".join(list_rows(codes, 2**32 - 2, 2**32)).decode().splitlines(keepends=True)
    assert rows == [plain_row(codes, 2**32 - 2), plain_row(codes, 2**32 - 1)]


def test_chunks_stay_small_whatever_the_packing() -> None:
    run = replace(RUN, quantity=10_000_000, packing=(100_000,), sscc_first=(None,))
    codes = codes_of(replace(run, group_gtins=(None,)), 1)
    assert max(len(chunk) for chunk in list_rows(codes, 0, 100)) < 100_000
    codes = codes_of(replace(run, group_gtins=(None,)), 0)
    assert len(next(iter(list_rows(codes, 2_000_000, 3_000_000)))) < 10_000_000


def test_every_listed_url_and_code_is_read_back() -> None:
    for level in RUN.levels:
        for line in b"".join(list_rows(codes_of(RUN, level), 0, 10)).decode().splitlines():
            _, _, _, serial, code, url, _ = line.split(",")
            assert parse_code(code, hosts=[HOST]).serial == serial
            assert parse_code(url, hosts=[HOST]).serial == serial
