"""Events read in columns mean what they mean row by row, and nothing that is not plain passes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies as st
from tests.factories import make_gtin

from trueorigin.domain import digitallink
from trueorigin.domain.digitallink import PrintedCode, parse_code
from trueorigin.domain.errors import DomainError
from trueorigin.domain.eventdrafts import parse_event
from trueorigin.domain.events import EventKind
from trueorigin.domain.ids import from_microseconds
from trueorigin.domain.plainevents import read_plain
from trueorigin.domain.serials import ALPHABET, SYMBOLS

HOSTS = frozenset({"t.example", "old.example:8443"})
GTINS = [make_gtin("0690123000001"), make_gtin("0690123000002")]
PLAIN_KINDS = [each for each in EventKind if each not in {EventKind.PACKING, EventKind.UNPACKING}]

ids = st.uuids().map(str)
zones = st.integers(-14 * 60, 14 * 60).map(lambda count: timezone(timedelta(minutes=count)))
seconds = st.floats(946_771_200, 4_102_185_600).map(lambda at: datetime.fromtimestamp(at, UTC))
instants = st.tuples(seconds, zones).map(lambda pair: pair[0].astimezone(pair[1]))
serials = st.sampled_from(SYMBOLS).flatmap(
    lambda count: st.text(ALPHABET, min_size=count, max_size=count)
)
items = st.tuples(st.sampled_from(GTINS), serials).map(lambda pair: f"/01/{pair[0]}/21/{pair[1]}")
prefixes = st.sampled_from(["", "https://t.example", "https://old.example:8443"])
shared = st.fixed_dictionaries(
    {}, optional={"site": st.none() | ids.map(str.upper), "partner": ids.map("urn:uuid:".__add__)}
)


@st.composite
def plain_batches(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Make documents that are plain, all printed for the same host."""
    prefix = draw(prefixes)
    return [
        {
            "id": event_id,
            "kind": draw(st.sampled_from(PLAIN_KINDS)).value,
            "at": draw(instants).isoformat(),
            "units": [prefix + draw(items)],
            **draw(shared),
        }
        for event_id in draw(st.lists(ids, min_size=1, max_size=6, unique=True))
    ]


# What a batch may hold instead: of another form, of another type, or nothing that could be stored.
ODDITIES: list[dict[str, Any]] = [
    {"id": "x"},
    {"id": None},
    {"id": "01931A2B-3C4D-7E5F-8A6B-7C8D9E0F1A2B"},
    {"id": "01931a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b\n01931a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b"},
    {"id": ""},
    {"kind": "packing"},
    {"kind": "unpacking"},
    {"kind": "eating"},
    {"kind": ["shipping"]},
    {"kind": None},
    {"at": "2026-03-14T17:30:00"},
    {"at": "2026-03-14T17:30:00+08:00:30"},
    {"at": "1999-03-14T17:30:00Z"},
    {"at": "2100-01-01T00:00:00Z"},
    {"at": "yesterday"},
    {"at": 5},
    {"units": []},
    {"units": None},
    {"units": "/01/06901230000041/21/TYVYJ54W1J81SXW3"},
    {"units": [7]},
    {"units": [{"run": 1, "level": 0, "from": 0, "to": 1}]},
    {"units": [f"/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3"] * 2},
    {"units": [f"/01/{GTINS[0]}/21/tyvyj54w1j81sxw3"]},
    {"units": [f"/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3?n=A"]},
    {"units": ["/01/00000000000000/21/TYVYJ54W1J81SXW3"]},
    {"units": [f"https://evil.example/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3"]},
    {"units": [f"http://t.example/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3"]},
    {"units": [f"https://t.example/x/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3"]},
    {"units": [f"/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3\n/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3"]},
    {"units": [f"/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3\n"]},
    {"units": [""]},
    {"site": "x"},
    {"site": 7},
    {"site": "-" * 20 + "01931a2b3c4d7e5f8a6b7c8d9e0f1a2b"},
    {"partner": []},
    {"container": None},
    {"details": {"notes": "x"}},
    {"plan": {"run": 1, "level": 1, "from": 0, "to": 1}},
    {"colour": "red"},
]


def check_equal(documents: list[Any]) -> bool:
    """Hold what is read in columns against what is read row by row; say whether it is plain."""
    columns = read_plain(documents, hosts=HOSTS)
    if columns is None:
        return False
    rows = zip(*columns, strict=True)
    for document, row in zip(documents, rows, strict=True):
        draft = parse_event(document, hosts=HOSTS)
        event_id, kind, at, offset, gtin, serial, site, partner = row
        assert (str(draft.id), draft.kind) == (event_id, kind)
        assert draft.at.astimezone(UTC) == from_microseconds(at)
        assert draft.at.utcoffset() == timedelta(minutes=offset)
        assert draft.units == (PrintedCode(gtin=gtin, serial=serial),)
        named = [None if each is None else UUID(each) for each in (site, partner)]
        assert [draft.site_id, draft.partner_id] == named
        assert (draft.containers, draft.plan, draft.details) == ((), None, None)
    return True


@given(plain_batches())
@settings(max_examples=100)
def test_a_plain_batch_is_read_as_its_rows_are(documents: list[dict[str, Any]]) -> None:
    assert check_equal(documents)


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("oddity", ODDITIES, ids=repr)
def test_one_that_is_not_plain_leaves_the_batch_to_the_rows(
    oddity: dict[str, Any], place: int
) -> None:
    documents: list[dict[str, Any]] = [
        {
            "id": str(UUID(int=number)),
            "kind": "selling",
            "at": "2026-03-14T09:30:00Z",
            "units": [f"/01/{GTINS[0]}/21/TYVYJ54W1J81SXW{number}"],
        }
        for number in range(3)
    ]
    assert check_equal(documents)
    documents[place] |= oddity
    assert not check_equal(documents)


@given(plain_batches(), st.lists(st.integers(0, 5), min_size=1, max_size=3), st.data())
@settings(max_examples=100)
def test_whatever_is_read_in_columns_is_read_by_rows(
    documents: list[dict[str, Any]], places: list[int], data: st.DataObject
) -> None:
    """Any value in any field: refused by neither or left to the rows."""
    anything = st.none() | st.integers() | st.text(max_size=40) | st.lists(items | st.none())
    for place in places:
        name = data.draw(st.sampled_from(["id", "kind", "at", "units", "site", "partner"]))
        documents[place % len(documents)][name] = data.draw(anything)
    check_equal(documents)


@pytest.mark.parametrize("documents", [[], [None], [[]], ["x"], [{}], [{"id": 1}, 2]])
def test_what_is_no_event_is_not_plain(documents: list[object]) -> None:
    assert read_plain(documents, hosts=HOSTS) is None


def test_an_id_that_comes_twice_is_left_to_the_rows() -> None:
    document = {
        "id": str(UUID(int=7)),
        "kind": "selling",
        "at": "2026-03-14T09:30:00Z",
        "units": [f"/01/{GTINS[0]}/21/TYVYJ54W1J81SXW3"],
    }
    assert check_equal([document])
    assert not check_equal([document, document])


@given(st.lists(st.tuples(prefixes, items).map("".join) | st.text(max_size=60), min_size=1))
@settings(max_examples=100)
def test_items_are_read_together_as_one_by_one(texts: list[str]) -> None:
    found = digitallink.parse_items(texts, hosts=HOSTS)
    if found is None:
        return
    for text, gtin, serial in zip(texts, *found, strict=True):
        assert parse_code(text, hosts=HOSTS) == PrintedCode(gtin=gtin, serial=serial)


def test_a_wrong_check_digit_is_no_item() -> None:
    wrong = f"/01/{GTINS[0][:-1]}{(int(GTINS[0][-1]) + 1) % 10}/21/TYVYJ54W1J81SXW3"
    assert digitallink.parse_items([wrong], hosts=HOSTS) is None
    with pytest.raises(DomainError, match="gtin"):
        parse_code(wrong, hosts=HOSTS)
