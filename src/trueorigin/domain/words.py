# SPDX-License-Identifier: Apache-2.0
"""What a name is found by: words of letters from their beginning, Chinese from any character.

Each is stored as bytes, so that "begins with" is one range of an index, the same on every
database: `茅台酒` is kept as `茅台酒`, `台酒` and `酒`, and found by any part of it.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# Further characters of a word tell no two names apart that the first do not.
WORD_LENGTH_MAX: Final = 24
# Words of one name or one search: the longest name that is stored has about as many.
WORDS_MAX: Final = 200
# Words somebody types into a search; each is one more look into the index for every candidate.
SEARCH_WORDS_MAX: Final = 8

# Scripts written without blanks between words: ideographs, kana and hangul.
_DENSE: Final = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(rf"[{_DENSE}]+|[^\W_{_DENSE}]+")
_IS_DENSE: Final = re.compile(rf"[{_DENSE}]")


def _split(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def list_words(texts: Iterable[str | None]) -> list[bytes]:
    """Return what the names `texts` are found by, each once, in order; None says nothing."""
    found: dict[str, None] = {}
    for text in texts:
        for run in _split(text or ""):
            starts = range(len(run)) if _IS_DENSE.match(run) else range(1)
            found.update(dict.fromkeys(run[start : start + WORD_LENGTH_MAX] for start in starts))
    return [word.encode() for word in list(found)[:WORDS_MAX]]


def list_number_words(numbers: Iterable[str | None]) -> list[bytes]:
    """Return what numbers are found by: their parts, and these without the zeros before them."""
    found: dict[str, None] = {}
    for number in numbers:
        for run in _split(number or ""):
            shapes = (run[:WORD_LENGTH_MAX], run[:WORD_LENGTH_MAX].lstrip("0"))
            found.update(dict.fromkeys(each for each in shapes if each))
    return [word.encode() for word in found]


def list_sought(text: str) -> list[bytes]:
    """Return the beginnings that all have to be found, the longest first; none for no letters."""
    runs = {run[at : at + WORD_LENGTH_MAX] for run in _split(text)
            for at in range(0, len(run), WORD_LENGTH_MAX)}  # fmt: skip
    words = sorted((run.encode() for run in runs), key=lambda word: (-len(word), word))
    return words[:SEARCH_WORDS_MAX]


def fold_line(text: str) -> str:
    """Return a line so that two of them are the same words: width, case and blanks left out."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def after(word: bytes) -> bytes:
    """Return what comes right behind everything that begins with `word`: UTF-8 has no 0xFF."""
    return word + b"\xff"
