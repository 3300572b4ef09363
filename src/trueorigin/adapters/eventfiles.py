# SPDX-License-Identifier: Apache-2.0
"""Read a JSON file of many events one by one, so that its size costs no memory.

It knows no event: it finds the one long list in the file, `events` or `eventList`, however deep,
and hands out what is in it. A file that is broken anywhere is refused with `upload_broken`.
"""

import codecs
import json
from collections.abc import Generator, Iterator
from typing import IO, Any, Final

from trueorigin.domain.errors import InvalidError

_PIECE: Final = 2**18
# One event with a thousand codes of three hundred characters; longer is no event.
_VALUE_LENGTH_MAX: Final = 2**20
_LISTS: Final = frozenset({"events", "eventList"})
_FRAMES: Final = frozenset({"epcisBody", "queryResults", "resultsBody"})
_BLANKS: Final = " \t\r\n"


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def read_documents(content: IO[bytes]) -> Iterator[Any]:
    """Yield the events of a file: of a list, of a document with a list, or the only one.

    `upload_broken` says after how many events it could not be read on, `upload_no_events` that
    there is no list of events in it.
    """
    content.seek(0)
    return _Reader(content).read()


class _Reader:
    """A window of text that moves over the file."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text = ""
        self._at = 0
        self._count = 0
        self._is_over = False

    def read(self) -> Iterator[Any]:
        """Yield the events."""
        try:
            yield from self._read()
        except (ValueError, RecursionError) as error:
            raise InvalidError("upload_broken", field="file", count=self._count) from error

    def _read(self) -> Iterator[Any]:
        start = self._peek()
        if start == "[":
            yield from self._read_list()
        elif start == "{":
            members: dict[str, Any] = {}
            found = yield from self._read_object(members)
            if not found:
                if not members:
                    raise InvalidError("upload_no_events", field="file")
                self._count += 1
                yield members
        else:
            raise ValueError("neither a list nor an object")
        if self._peek():
            raise ValueError("something behind the end")

    def _read_list(self) -> Iterator[Any]:
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            value = self._read_value()
            self._count += 1
            yield value
            if self._peek() != ",":
                break
            self._take(",")
        self._take("]")

    def _read_object(self, members: dict[str, Any]) -> Generator[Any, None, bool]:
        """Yield the events of the list in an object, wherever it is; return whether there is one.

        The other members are collected.
        """
        found = False
        self._take("{")
        while self._peek() != "}":
            name = self._read_name()
            self._take(":")
            follows = self._peek()
            if name in _LISTS and follows == "[":
                found = True
                yield from self._read_list()
            elif name in _FRAMES and follows == "{":
                found |= yield from self._read_object({})
            else:
                members[name] = self._read_value()
            if self._peek() != ",":
                break
            self._take(",")
        self._take("}")
        return found

    def _read_name(self) -> str:
        if self._peek() != '"':
            raise ValueError("a name expected")
        return str(self._read_value())

    def _peek(self) -> str:
        """Return the next character that is no blank; nothing at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _take(self, character: str) -> None:
        if self._peek() != character:
            raise ValueError(f"{character} expected")
        self._at += 1

    def _read_value(self) -> Any:  # noqa: ANN401 - any JSON
        """Read one value, with as much of the file as that takes."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if len(self._text) - self._at > _VALUE_LENGTH_MAX or not self._fill():
                    raise
                continue
            # A number may go on behind the window.
            if end == len(self._text) and self._fill():
                continue
            self._at = end
            return value

    def _fill(self) -> bool:
        """Move the window on; False at the end of the file."""
        if self._is_over:
            return False
        piece = self._content.read(_PIECE)
        self._is_over = not piece
        self._text = self._text[self._at :] + self._decode(piece, self._is_over)
        self._at = 0
        return bool(piece)
