# SPDX-License-Identifier: Apache-2.0
"""JSON files of events, read one by one, whatever their size and their mistakes."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from trueorigin.adapters.eventfiles import read_documents
from trueorigin.domain.errors import InvalidError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
FRAMES = (
    lambda events: events,
    lambda events: {"events": events},
    lambda events: {"@context": ["x"], "type": "EPCISDocument", "epcisBody": {"eventList": events}},
    lambda events: {
        "type": "EPCISQueryDocument",
        "epcisBody": {"queryResults": {"queryName": "q", "resultsBody": {"eventList": events}}},
        "id": 7,
    },
)


def read(data: bytes | str) -> list[Any]:
    return list(read_documents(io.BytesIO(data.encode() if isinstance(data, str) else data)))


@given(
    events=st.lists(JSON, max_size=8), frame=st.sampled_from(FRAMES), indent=st.none() | st.just(2)
)
def test_what_was_written_is_read(events: list[Any], frame: Any, indent: int | None) -> None:  # noqa: ANN401 - a function
    text = json.dumps(frame(events), indent=indent, ensure_ascii=False)
    assert read("\ufeff" + text + "\n") == events


def test_one_event_is_a_file_too() -> None:
    assert read('{"id": "x", "kind": "storing"}') == [{"id": "x", "kind": "storing"}]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("null", 0),
        ("[", 0),
        ("[1, 2,", 2),
        ("[1, 2", 2),
        ("[1 2]", 1),
        ("[1] 2", 1),
        ("[NaN]", 0),
        ('{"events": [1,]}', 1),
        ('{"events" [1]}', 0),
        ("{1: 2}", 0),
        ('["x"]'.encode("utf-16"), 0),
        (b'["\xff"]', 0),
        ("[" * 100_000, 0),
        ('["' + "x" * (3 * 2**20) + '"]', 0),
    ],
)
def test_a_broken_file_says_how_far_it_could_be_read(text: str | bytes, count: int) -> None:
    with pytest.raises(InvalidError) as caught:
        read(text)
    assert (caught.value.code, caught.value.field) == ("upload_broken", "file")
    assert caught.value.params == {"count": count}


def test_an_object_without_anything_holds_no_events() -> None:
    with pytest.raises(InvalidError, match="upload_no_events"):
        read("{}")


class Endless(io.RawIOBase):
    """A file of many events that is made while it is read."""

    def __init__(self, count: int) -> None:
        self._pieces = self._make(count)
        self._rest = b""

    @staticmethod
    def _make(count: int) -> Iterator[bytes]:
        yield b'{"events": ['
        for number in range(count):
            yield b'%s{"id": "%032d", "details": {"notes": "%s"}}' % (
                b"," if number else b"",
                number,
                b"x" * 500,
            )
        yield b"]}"

    def seek(self, *_: int) -> int:
        return 0

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def test_memory_is_flat() -> None:
    def measure(count: int) -> int:
        tracemalloc.start()
        assert len([None for _ in read_documents(Endless(count))]) == count  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    small = measure(2_000)
    assert measure(20_000) < 1.2 * small + 2**20
