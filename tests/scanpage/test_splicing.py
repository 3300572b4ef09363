"""A page filled after it was packed is the page that would have been packed whole."""

import gzip
import zlib

import pytest
from hypothesis import given, settings, strategies as st

from trueorigin.web.splicing import cut, slot

TEXTS = st.text(max_size=200).filter(lambda text: "\x02" not in text and "\x03" not in text)


@settings(max_examples=80, deadline=None)
@given(pieces=st.lists(TEXTS, min_size=1, max_size=6), values=st.lists(TEXTS, min_size=6))
def test_packed_and_plain_pages_are_the_same(pieces: list[str], values: list[str]) -> None:
    html = "".join(f"{piece}{slot(f's{place}')}" for place, piece in enumerate(pieces))
    page = cut(html)
    fills = {f"s{place}": value for place, value in enumerate(values)}
    assert gzip.decompress(page.fill_gzip(fills)) == page.fill(fills)


@settings(max_examples=80, deadline=None)
@given(
    pieces=st.lists(TEXTS | st.just("<p>源</p>" * 200), min_size=1, max_size=6),
    values=st.lists(TEXTS, min_size=6),
    fixed=st.sets(st.integers(0, 5)),
)
def test_slots_filled_for_good_are_as_those_filled_for_one(
    pieces: list[str], values: list[str], fixed: set[int]
) -> None:
    page = cut("".join(f"{piece}{slot(f's{place}')}" for place, piece in enumerate(pieces)))
    fills = {f"s{place}": value for place, value in enumerate(values)}
    kept = page.fix({name: value for name, value in fills.items() if int(name[1:]) in fixed})
    own = {name: value for name, value in fills.items() if int(name[1:]) not in fixed}
    assert kept.fill(own) == page.fill(fills)
    assert kept.fill_gzip(own) == page.fill_gzip(fills)


def test_values_are_escaped_and_never_looked_at_again() -> None:
    page = cut(f"<p>{slot('a')}</p>{slot('a')}")
    assert page.fill({"a": f"<b>{slot('a')}"}) == b"<p>&lt;b&gt;\x02a\x03</p>&lt;b&gt;\x02a\x03"


def test_a_value_longer_than_one_stored_block_is_split() -> None:
    page = cut(slot("a"))
    value = "真" * 50_000
    packed = page.fill_gzip({"a": value})
    assert zlib.decompress(packed, wbits=31).decode() == value


def test_a_page_without_slots_is_packed_as_it_is() -> None:
    assert gzip.decompress(cut("真源").fill_gzip({})).decode() == "真源"


def test_a_slot_nobody_fills_is_an_error() -> None:
    with pytest.raises(KeyError):
        cut(slot("a")).fill({})
