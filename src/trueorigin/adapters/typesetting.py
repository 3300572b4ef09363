# SPDX-License-Identifier: Apache-2.0
"""Fits a label's texts into the box beside its symbol; decides sizes and lines, draws nothing.

Lengths are printer dots, measured from the label's top left corner downwards. Whatever the
texts, nothing leaves the box, so nothing touches the symbol or its quiet zone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, product
from typing import Final, TypeAlias

from trueorigin.adapters.fonts import Face, printable, width_of
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.sheets import Placement

GROUP: Final = 4
_POINTS_PER_INCH: Final = 72

# Below 5 points a code can hardly be typed from paper.
_CODE_POINTS_MIN: Final = 5.0
# A code is broken into one line more rather than made smaller than this.
_CODE_POINTS_WANTED: Final = 5.5

# Sizes as shares of the code's, so that a label of any size looks alike.
_TITLE: Final = 1.25
_LINE: Final = 0.86
_LEADING: Final = 1.28
_GAP: Final = 0.45

_TITLE_LINES_MAX: Final = 3

# Far more than three lines hold, so it is cut with an ellipsis in any case; bounds the work.
_TEXT_MAX: Final = 500

# Long texts are set smaller before they are cut, but not so small that they look like an excuse.
_SHARES: Final = (1.0, 0.92, 0.85, 0.78)

# Marks that must not begin a line of Chinese.
_CLOSING: Final = frozenset("，。、；：？！）》」』】〉”’…%℃,.;:?!)]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelText:
    """What all labels of a print file say: the product's name, then lot and the like."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text with its baseline's left end."""

    face: Face
    size: float
    left: int
    baseline: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBlock:
    """Where the human-readable code goes; `lines` are [from, to) of its characters."""

    size: float
    left: int
    baseline: float
    leading: float
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """The texts of a label, placed."""

    fixed: tuple[Line, ...]
    code: CodeBlock


def typeset(text: LabelText, placement: Placement, *, code_length: int) -> Typeset:
    """Place name, lines and code; long texts shrink a little, then wrap, then end in an ellipsis.

    The name starts level with the symbol's upper edge and the code ends level with its lower
    edge when there is room, so that symbol and text stand as one block. Raises
    `label_text_too_small` when not even the code can be read.
    """
    left, top, width, height = placement.text
    size, groups = _code_size(placement, code_length)
    code_lines = _code_lines(code_length, groups)
    code_height = (len(code_lines) - 1) * size * _LEADING + size
    if code_height > height:
        raise InvalidError("label_text_too_small", field="layout")
    rest = code_height + size * _GAP
    is_beside = left >= placement.symbol[0] + placement.side
    rooms = (placement.side - rest, height - rest) if is_beside else (height - rest,)
    lines = _fixed_lines(text, width, rooms, size)
    total = _height(lines) + rest
    if not is_beside:
        box_top, box_height = float(top), total
    elif total <= placement.side:
        box_top, box_height = float(placement.symbol[1]), float(placement.side)
    else:
        box_top, box_height = top + (height - total) / 2, total
    placed = []
    at = box_top
    for face, line_size, words in lines:
        # Chinese fills its em from 0.12 below the baseline to 0.88 above it.
        baseline = at + 0.88 * line_size
        placed.append(Line(face=face, size=line_size, left=left, baseline=baseline, text=words))
        at += line_size * _LEADING
    first = box_top + box_height - (len(code_lines) - 1) * size * _LEADING
    code = CodeBlock(
        size=size, left=left, baseline=first, leading=size * _LEADING, lines=tuple(code_lines)
    )
    return Typeset(fixed=tuple(placed), code=code)


def _code_size(placement: Placement, length: int) -> tuple[float, int]:
    """Return the size of the code in dots and the groups on a line."""
    _, _, width, height = placement.text
    points = placement.dpi / _POINTS_PER_INCH
    # Bigger labels are read from further away.
    largest = min(max(0.095 * height, 6.5 * points), 12 * points)
    wanted = max(_CODE_POINTS_WANTED * points, 0.8 * largest)
    advance = width_of("0", Face.CODE) / 1000
    best, best_groups = 0.0, 1
    for groups in range(-(-length // GROUP), 0, -1):
        characters = min(groups * (GROUP + 1) - 1, length + (length - 1) // GROUP)
        size = min(largest, width / (characters * advance))
        if size > best:
            best, best_groups = size, groups
        if best >= wanted:
            break
    if best < _CODE_POINTS_MIN * points:
        raise InvalidError("label_text_too_small", field="layout")
    return best, best_groups


def _code_lines(length: int, groups: int) -> list[tuple[int, int]]:
    """Deal the groups of a code evenly to as few lines as `groups` a line allow."""
    total = -(-length // GROUP)
    count = -(-total // groups)
    step = -(-total // count) * GROUP
    return [(start, min(start + step, length)) for start in range(0, length, step)]


_Lines: TypeAlias = list[tuple[Face, float, str]]


def _height(lines: _Lines) -> float:
    return sum(size * _LEADING for _, size, _ in lines)


def _fixed_lines(text: LabelText, width: int, rooms: Sequence[float], code_size: float) -> _Lines:
    """Return name and lines in the largest size that fits the first of `rooms` that can hold them.

    When none holds them whole, what of them fits the last in the smallest size.
    """
    title = printable(text.title[:_TEXT_MAX])
    lines = [line for line in (printable(line[:_TEXT_MAX]) for line in text.lines) if line]
    for room, share in product(rooms, _SHARES):
        title_size, line_size = code_size * _TITLE * share, code_size * _LINE * share
        names = _wrap(title, Face.TITLE, width / title_size * 1000)
        chosen = [(Face.TITLE, title_size, name) for name in names[:_TITLE_LINES_MAX]]
        chosen += [
            (Face.LINE, line_size, shorten(line, Face.LINE, width / line_size * 1000))
            for line in lines
        ]
        is_whole = len(names) <= _TITLE_LINES_MAX and all(
            line == whole for (_, _, line), whole in zip(chosen[len(names) :], lines, strict=False)
        )
        if is_whole and _height(chosen) <= room:
            return chosen
    return _cropped(title, lines, width, rooms[-1], code_size * _SHARES[-1])


def _cropped(title: str, lines: list[str], width: int, room: float, code_size: float) -> _Lines:
    """Return as many lines as `room` holds: the name's first, then the rest, the name's others."""
    title_size, line_size = code_size * _TITLE, code_size * _LINE
    below = [
        (Face.LINE, line_size, shorten(line, Face.LINE, width / line_size * 1000)) for line in lines
    ]
    while below and (title_size + line_size * len(below)) * _LEADING > room:
        below.pop()
    left = room - line_size * len(below) * _LEADING
    count = min(int(left / (title_size * _LEADING)), _TITLE_LINES_MAX)
    names = _wrap(title, Face.TITLE, width / title_size * 1000)
    if len(names) > count > 0:
        rest = " ".join(names[count - 1 :]) if " " in title else "".join(names[count - 1 :])
        names = [*names[: count - 1], shorten(rest, Face.TITLE, width / title_size * 1000)]
    return [*((Face.TITLE, title_size, name) for name in names[:count]), *below]


def shorten(text: str, face: Face, width: float) -> str:
    """Return `text`, cut with an ellipsis when wider than `width` thousandths of its size."""
    if width_of(text, face) <= width:
        return text
    kept = _fitting(text, face, width - width_of("…", face))
    return text[:kept].rstrip() + "…"


def _fitting(text: str, face: Face, width: float) -> int:
    """Return how many leading characters of `text` are no wider than `width` together."""
    ends = accumulate(width_of(character, face) for character in text)
    return next((index for index, end in enumerate(ends) if end > width), len(text))


def _words(text: str) -> Iterator[str]:
    """Yield the smallest pieces a line may break between; blanks stay with the word before."""
    start = 0
    for at, (before, after) in enumerate(pairwise(text), start=1):
        is_break = before == " " or (_is_ideographic(before) or _is_ideographic(after))
        if is_break and after != " " and after not in _CLOSING:
            yield text[start:at]
            start = at
    yield text[start:]


def _is_ideographic(character: str) -> bool:
    return (
        "\u2e80" <= character <= "\u9fff"
        or "\uf900" <= character <= "\uffef"
        or character > "\uffff"
    )


def _wrap(text: str, face: Face, width: float) -> list[str]:
    """Break `text` into lines of at most `width`; a word too long for a line is cut anywhere."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if line and width_of((line + word).rstrip(), face) > width:
            lines.append(line.rstrip())
            line = ""
        line += word
        while width_of(line.rstrip(), face) > width and len(line) > 1:
            fits = max(1, _fitting(line, face, width))
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line.rstrip()] if line.strip() else lines
