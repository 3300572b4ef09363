# SPDX-License-Identifier: Apache-2.0
"""Fits a label's texts into the box beside its symbol; decides sizes and lines, draws nothing.

Lengths are printer dots, measured from the label's top left corner downwards. Whatever the
texts, nothing leaves the box, so nothing touches the symbol or its quiet zone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise, product
from typing import Final, TypeAlias

from trueorigin.adapters.fonts import Face, printable, width_of
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.logistic import SSCC_TEXT_LENGTH, Area, Frame
from trueorigin.domain.sheets import QUIET_ZONE_MODULES, Placement

GROUP: Final = 4
_POINTS_PER_INCH: Final = 72

# Below 5 points a code can hardly be typed from paper.
_CODE_POINTS_MIN: Final = 5.0
# Large enough at arm's length; logistic labels are read from a lift truck.
_CODE_POINTS_MAX: Final = 12.0
_CODE_POINTS_MAX_LOGISTIC: Final = 18.0
# A code is broken into one line more rather than made smaller than this.
_CODE_POINTS_WANTED: Final = 5.5

# Sizes as shares of the code's, so that a label of any size looks alike.
_TITLE: Final = 1.25
_LINE: Final = 0.86
_LEADING: Final = 1.28
_GAP: Final = 0.45

# Between logo and name.
_LOGO_GAP: Final = 0.6

# JetBrains Mono's capitals and digits.
_CAPITALS: Final = 0.73
# Of a strip's height, so that the code keeps apart from the label's edge.
_STRIP_FILLED: Final = 0.8

# A logo over the name takes so much of the symbol's height, or of the box below it; of the room
# beside the symbol it takes more, if that is wide enough.
_LOGO_SHARES: Final = (0.36, 0.3, 0.24, 0.19)
_LOGO_SHARE_BESIDE: Final = 0.7
# A written name as wide as the texts below would outshout them.
_LOGO_WIDTH_SHARE: Final = 0.75
_LOGO_BESIDE: Final = 0.5
# A smaller one is a smudge; a thin one, a written name say, may be lower than it is wide.
_LOGO_MM_MIN: Final = 4.0
_LOGO_EDGE_MM_MIN: Final = 1.2

_TITLE_LINES_MAX: Final = 3

# Far more than three lines hold, so it is cut with an ellipsis in any case; bounds the work.
_TEXT_MAX: Final = 500

# Long texts are set smaller before they are cut, but not so small that they look like an excuse.
_SHARES: Final = (1.0, 0.92, 0.85, 0.78)

# Marks that must not begin a line of Chinese.
_CLOSING: Final = frozenset("，。、；：？！）》」』】〉”’…%℃,.;:?!)]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelText:
    """What all labels of a print file say: the product's name, then the rest line by line.

    Title and `lines` are shortened where they are too long, and `lines` left out where there is no
    room; what is in `whole` stands below them, is broken into several lines if need be, and fits
    or nothing does. `sender` stands over everything on logistic labels, shortened if need be.
    """

    title: str
    lines: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    sender: str = ""


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
class Box:
    """Where a picture goes."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BarBlock:
    """Where the bars of an SSCC go, and the digits below them: `size`, `left` and `baseline`."""

    bars: Box
    dots_per_module: int
    size: float
    left: int
    baseline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """The texts of a label, placed, the logo among them; on logistic labels bars and rules too."""

    fixed: tuple[Line, ...]
    code: CodeBlock
    logo: Box | None = None
    bars: BarBlock | None = None
    rules: tuple[Box, ...] = ()


def typeset_logistic(
    text: LabelText, placement: Placement, frame: Frame, *, code_length: int
) -> Typeset:
    """Place the texts of a logistic label as `typeset` does, the sender over them, digits below.

    Raises what `typeset` does.
    """
    left, top, width, height = frame.head
    size = height / _LEADING
    sender = shorten(printable(text.sender[:_TEXT_MAX]), Face.TITLE, width / size * 1000)
    head = _stacked([(Face.TITLE, size, sender)], left, top) if sender else ()
    # The digits are as wide as the bars at the most, and as high as their box asks.
    left, top, width, height = frame.digits
    advance = width_of("0", Face.CODE) / 1000
    size = min(height / _CAPITALS, width / (SSCC_TEXT_LENGTH * advance))
    bars = BarBlock(
        bars=_box_of(frame.bars),
        dots_per_module=frame.dots_per_module,
        size=size,
        left=left + round((width - SSCC_TEXT_LENGTH * advance * size) / 2),
        baseline=top + height,
    )
    body = typeset(text, placement, code_length=code_length, points_max=_CODE_POINTS_MAX_LOGISTIC)
    rules = tuple(_box_of(rule) for rule in frame.rules)
    return replace(body, fixed=(*head, *body.fixed), bars=bars, rules=rules)


def _box_of(area: Area) -> Box:
    left, top, width, height = area
    return Box(left=left, top=top, width=width, height=height)


def typeset(
    text: LabelText,
    placement: Placement,
    *,
    code_length: int,
    logo: tuple[int, int] | None = None,
    points_max: float = _CODE_POINTS_MAX,
) -> Typeset:
    """Place name, lines and code; long texts shrink a little, then wrap, then end in an ellipsis.

    The name starts level with the symbol's upper edge and the code ends level with its lower
    edge when there is room, so that symbol and text stand as one block. `logo` is the size of a
    picture, of which only the shape counts; it stands over the name, or beside the symbol where
    the texts are below. `points_max` bounds the code. Raises `label_text_too_small` when not even
    the code can be read, `label_texts_too_long` and `label_logo_too_small`.
    """
    size, groups = _code_size(placement, code_length, points_max)
    code_lines = _code_lines(code_length, groups)
    if placement.is_strip:
        return Typeset(fixed=(), code=_code_in_strip(placement, size, code_lines))
    left, top, _, height = placement.text
    code_height = (len(code_lines) - 1) * size * _LEADING + size
    if code_height > height:
        raise InvalidError("label_text_too_small", field="layout")
    rest = code_height + size * _GAP
    block = _fill_block(text, placement, logo, size=size, rest=rest)
    total = _height(block.lines) + rest + block.above
    if not block.is_beside:
        box_top, box_height = float(top), total
    elif total <= placement.side:
        box_top, box_height = float(placement.symbol[1]), float(placement.side)
    else:
        box_top, box_height = top + (height - total) / 2, total
    box = block.logo
    if box is not None and block.above:
        box = replace(box, top=round(box_top))
    first = box_top + box_height - (len(code_lines) - 1) * size * _LEADING
    code = CodeBlock(
        size=size, left=left, baseline=first, leading=size * _LEADING, lines=tuple(code_lines)
    )
    return Typeset(fixed=_stacked(block.lines, left, box_top + block.above), code=code, logo=box)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """What stands over the code: lines, a logo, and how much of the height that one takes."""

    lines: "_Lines"
    logo: Box | None
    above: float
    is_beside: bool


def _fill_block(
    text: LabelText,
    placement: Placement,
    logo: tuple[int, int] | None,
    *,
    size: float,
    rest: float,
) -> _Block:
    """Choose the largest logo that leaves room for the texts; else the smallest, and cut texts.

    `size` is the code's, `rest` the height that it takes.
    """
    left, _, width, height = placement.text
    is_beside = left >= placement.symbol[0] + placement.side
    box, lines, above, room = None, None, 0.0, 0.0
    for box in _logo_boxes(placement, logo, is_beside=is_beside):
        is_over = box is not None and not _is_apart(box, placement)
        above = box.height + size * _LOGO_GAP if box is not None and is_over else 0.0
        room = height - rest - above
        rooms = (placement.side - rest - above, room) if is_beside else (room,)
        lines = _fixed_lines(text, width, rooms, size)
        if lines is not None:
            break
    if lines is None:
        lines = _cropped(text, width, room, size * _SHARES[-1])
    return _Block(lines=lines, logo=box, above=above, is_beside=is_beside)


def _stacked(lines: "_Lines", left: int, top: float) -> tuple[Line, ...]:
    """Put lines below one another."""
    placed = []
    for face, size, words in lines:
        # Chinese fills its em from 0.12 below the baseline to 0.88 above it.
        baseline = top + 0.88 * size
        placed.append(Line(face=face, size=size, left=left, baseline=baseline, text=words))
        top += size * _LEADING
    return tuple(placed)


def _code_in_strip(placement: Placement, size: float, lines: list[tuple[int, int]]) -> CodeBlock:
    """Put the code, which is one line, into the middle of its strip."""
    left, top, width, height = placement.text
    ((start, end),) = lines
    characters = end - start + (end - start - 1) // GROUP
    used = characters * width_of("0", Face.CODE) * size / 1000
    return CodeBlock(
        size=size,
        left=left + round((width - used) / 2),
        baseline=top + (height + _CAPITALS * size) / 2,
        leading=size * _LEADING,
        lines=tuple(lines),
    )


def _logo_boxes(
    placement: Placement, logo: tuple[int, int] | None, *, is_beside: bool
) -> Iterator[Box | None]:
    """Yield where the logo may go, the best first; the top of those over the name is still open.

    Over the name it takes less of the height each time; beside the symbol there is one place.
    Without a logo there is one place too: none.
    """
    if logo is None:
        yield None
        return
    left, top, width, height = placement.text
    symbol_right = left if is_beside else placement.symbol[0] + placement.side
    quiet = QUIET_ZONE_MODULES * placement.dots_per_module
    beside = 0 if is_beside else left + width - symbol_right - quiet
    shown = False
    if beside >= _LOGO_BESIDE * placement.side:
        room = (min(beside, placement.side), round(_LOGO_SHARE_BESIDE * placement.side))
        box = _fit_logo(logo, room, placement.dpi)
        if box is not None:
            shown = True
            right = left + width - box.width
            yield replace(box, left=right, top=placement.symbol[1])
    most = placement.side if is_beside else height
    for share in () if shown else _LOGO_SHARES:
        room = (round(_LOGO_WIDTH_SHARE * width), round(share * most))
        box = _fit_logo(logo, room, placement.dpi)
        if box is not None:
            shown = True
            yield replace(box, left=left, top=top)
    if not shown:
        raise InvalidError("label_logo_too_small", field="layout")


def _is_apart(box: Box, placement: Placement) -> bool:
    """Tell whether the logo is beside the symbol, where it takes nothing from the texts."""
    return box.left > placement.text[0] and box.top == placement.symbol[1]


def _fit_logo(logo: tuple[int, int], room: tuple[int, int], dpi: float) -> Box | None:
    """Return the largest box of the logo's shape within `room`; None when nobody would know it."""
    scale = min(room[0] / logo[0], room[1] / logo[1])
    width, height = (max(1, int(side * scale)) for side in logo)
    least = dpi / 25.4
    if max(width, height) < _LOGO_MM_MIN * least or min(width, height) < _LOGO_EDGE_MM_MIN * least:
        return None
    return Box(left=0, top=0, width=width, height=height)


def _code_size(placement: Placement, length: int, points_max: float) -> tuple[float, int]:
    """Return the size of the code in dots and the groups on a line."""
    _, _, width, height = placement.text
    points = placement.dpi / _POINTS_PER_INCH
    # Bigger labels are read from further away.
    largest = min(max(0.095 * height, 6.5 * points), points_max * points)
    wanted = max(_CODE_POINTS_WANTED * points, 0.8 * largest)
    if placement.is_strip:
        largest = min(_STRIP_FILLED * height, points_max * points)
        wanted = 0.0
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


def _fixed_lines(
    text: LabelText, width: int, rooms: Sequence[float], code_size: float
) -> _Lines | None:
    """Return name and lines in the largest size that fits the first of `rooms` that can hold them.

    None when none holds them uncut.
    """
    title = printable(text.title[:_TEXT_MAX])
    lines = [*_clean(text.lines), *_clean(text.whole)]
    for room, share in product(rooms, _SHARES):
        title_size, line_size = code_size * _TITLE * share, code_size * _LINE * share
        names = _wrap(title, Face.TITLE, width / title_size * 1000)
        chosen = [(Face.TITLE, title_size, name) for name in names]
        chosen += [(Face.LINE, line_size, line) for line in lines]
        is_uncut = len(names) <= _TITLE_LINES_MAX and all(
            width_of(line, Face.LINE) <= width / line_size * 1000 for line in lines
        )
        if is_uncut and _height(chosen) <= room:
            return chosen
    return None


def _clean(lines: Sequence[str]) -> list[str]:
    return [line for line in (printable(line[:_TEXT_MAX]) for line in lines) if line]


def _cropped(text: LabelText, width: int, room: float, code_size: float) -> _Lines:
    """Return as many lines as `room` holds: the name's first, then the rest, the name's others.

    Raises `label_texts_too_long` when that leaves out what must be whole, or all of a name.
    """
    title_size, line_size = code_size * _TITLE, code_size * _LINE
    title = printable(text.title[:_TEXT_MAX])
    whole = [
        (Face.LINE, line_size, part)
        for line in _clean(text.whole)
        for part in _wrap(line, Face.LINE, width / line_size * 1000)
    ]
    fixed = _height(whole)
    if whole and fixed + (title_size * _LEADING if title else 0.0) > room:
        raise InvalidError("label_texts_too_long", field="layout")
    below = [
        (Face.LINE, line_size, shorten(line, Face.LINE, width / line_size * 1000))
        for line in _clean(text.lines)
    ]
    while below and (title_size + line_size * len(below)) * _LEADING + fixed > room:
        below.pop()
    left = room - _height(below) - fixed
    count = max(0, min(int(left / (title_size * _LEADING)), _TITLE_LINES_MAX))
    names = _wrap(title, Face.TITLE, width / title_size * 1000)
    if len(names) > count > 0:
        rest = " ".join(names[count - 1 :]) if " " in title else "".join(names[count - 1 :])
        names = [*names[: count - 1], shorten(rest, Face.TITLE, width / title_size * 1000)]
    return [*((Face.TITLE, title_size, name) for name in names[:count]), *below, *whole]


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
