# SPDX-License-Identifier: Apache-2.0
"""Draw the pictures of the demo: logos, goods and an inspection report of invented enterprises.

Everything is drawn at twice its size and then reduced, which makes edges smooth. The bytes
that come out go through the same upload as anybody's.
"""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from trueorigin.adapters.fonts import FOLDER, Face

Colour: TypeAlias = tuple[int, int, int]
Box: TypeAlias = tuple[float, float, float, float]
Point: TypeAlias = tuple[float, float]

_SIDE: Final = 1000
_SCALE: Final = 2
_HEAVY: Final = Face.TITLE.value
_PLAIN: Final = Face.LINE.value

_PAPER: Final = (247, 242, 231)
_INK: Final = (38, 34, 28)
_CINNABAR: Final = (178, 52, 40)
_GOLD: Final = (196, 156, 88)
_CELADON: Final = (126, 164, 150)
_CELADON_DARK: Final = (62, 98, 88)
_LEAF: Final = (44, 110, 70)
_LEAF_LIGHT: Final = (126, 170, 92)
_GRAIN: Final = (222, 178, 84)
_KRAFT: Final = (203, 168, 118)
_WHITE: Final = (250, 250, 246)


class _Sheet:
    """A square picture in units of 1/1000 of its side."""

    def __init__(self, background: tuple[Colour, Colour] | None) -> None:
        """Begin with a background that runs from one colour above to another below."""
        self.size = _SIDE * _SCALE
        if background is None:
            self.image = Image.new("RGBA", (self.size, self.size), (0, 0, 0, 0))
        else:
            self.image = _blend(self.size, *background, sideways=False).convert("RGBA")

    def shape(self, draw: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
        """Return the mask of what `draw` paints in white."""
        mask = Image.new("L", (self.size, self.size), 0)
        draw(ImageDraw.Draw(mask))
        return mask

    def fill(self, mask: Image.Image, first: Colour, last: Colour, *, sideways: bool) -> None:
        """Fill a mask with a run of colours from the left, or from above."""
        box = mask.getbbox()
        if box is None:
            return
        run = _blend(self.size, first, last, sideways=sideways, box=box)
        self.image.paste(run, (0, 0), mask)

    def shadow(self, box: Box, strength: int = 90) -> None:
        """Lay a soft shadow on the ground."""
        mask = self.shape(lambda draw: draw.ellipse(_scaled(box), fill=strength))
        mask = mask.filter(ImageFilter.GaussianBlur(24 * _SCALE))
        self.image.paste((60, 48, 30), (0, 0), mask)

    def write(self, place: Point, text: str, size: float, colour: Colour) -> None:
        """Write one line, its middle at `place`."""
        font = _font(_HEAVY, size)
        draw = ImageDraw.Draw(self.image)
        draw.text(_point(place), text, font=font, fill=colour, anchor="mm")

    def finish(self, kind: str) -> bytes:
        """Return the picture as a file."""
        small = self.image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
        target = io.BytesIO()
        if kind == "JPEG":
            small.convert("RGB").save(target, kind, quality=90)
        else:
            small.save(target, kind)
        return target.getvalue()


def _point(place: Point) -> Point:
    return place[0] * _SCALE, place[1] * _SCALE


def _scaled(box: Box) -> Box:
    return box[0] * _SCALE, box[1] * _SCALE, box[2] * _SCALE, box[3] * _SCALE


def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FOLDER / name, size * _SCALE)


def _blend(
    size: int,
    first: Colour,
    last: Colour,
    *,
    sideways: bool,
    box: tuple[int, int, int, int] | None = None,
) -> Image.Image:
    """Return a square that runs from one colour to another within `box`."""
    left, top, right, bottom = box or (0, 0, size, size)
    start, stop = (left, right) if sideways else (top, bottom)
    share = np.clip((np.arange(size) - start) / max(stop - start, 1), 0, 1)[:, None]
    line = np.asarray(first) * (1 - share) + np.asarray(last) * share
    pixels = line.astype(np.uint8)[None, :, :] if sideways else line.astype(np.uint8)[:, None, :]
    return Image.fromarray(np.ascontiguousarray(np.broadcast_to(pixels, (size, size, 3))))


def _outline(points: Sequence[Point]) -> list[Point]:
    """Mirror the right half of a bottle, (distance from the middle, height), to its whole."""
    right = [(500 + x, y) for x, y in points]
    left = [(500 - x, y) for x, y in reversed(points)]
    return [_point(each) for each in (*right, *left)]


def _round(points: Sequence[Point], steps: int = 14) -> list[Point]:
    """Put a smooth curve through points (Catmull and Rom's)."""
    padded = [points[0], *points, points[-1]]
    curve: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append(
                (_spline((a[0], b[0], c[0], d[0]), t), _spline((a[1], b[1], c[1], d[1]), t))
            )
    return [*curve, points[-1]]


def _spline(values: tuple[float, float, float, float], t: float) -> float:
    a, b, c, d = values
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def _polygon(points: Sequence[Point]) -> Callable[[ImageDraw.ImageDraw], None]:
    return lambda draw: draw.polygon([_point(each) for each in points], fill=255)


def _seal(sheet: _Sheet, box: Box, text: str, colour: Colour = _CINNABAR) -> None:
    """Stamp four characters as a seal, read from the right."""
    left, top, right, bottom = box
    width = right - left
    mask = sheet.shape(
        lambda draw: draw.rounded_rectangle(_scaled(box), radius=width * 0.14 * _SCALE, fill=255)
    )
    sheet.image.paste(colour, (0, 0), mask)
    inner = (left + width * 0.06, top + width * 0.06, right - width * 0.06, bottom - width * 0.06)
    ImageDraw.Draw(sheet.image).rounded_rectangle(
        _scaled(inner),
        radius=width * 0.1 * _SCALE,
        outline=_PAPER,
        width=int(width * 0.018 * _SCALE),
    )
    places = ((0.7, 0.31), (0.7, 0.69), (0.3, 0.31), (0.3, 0.69))
    for symbol, (across, down) in zip(text, places, strict=True):
        place = (left + width * across, top + (bottom - top) * down)
        sheet.write(place, symbol, width * 0.36, _PAPER)


def _ear(sheet: _Sheet, foot: Point, height: float, lean: float, colour: Colour) -> None:
    """Draw an ear of rice that bows to one side."""
    stem = []
    for step in range(31):
        t = step / 30
        stem.append((foot[0] + lean * height * t**2.4, foot[1] - height * (t - 0.12 * t**4)))
    draw = ImageDraw.Draw(sheet.image)
    draw.line([_point(each) for each in stem], fill=colour, width=int(height * 0.022 * _SCALE))
    for step in range(11, 31, 2):
        (x, y), (before_x, before_y) = stem[step], stem[step - 1]
        along = math.atan2(y - before_y, x - before_x)
        for side in (-1, 1):
            turn = along + side * 0.62
            length = height * (0.15 - 0.0016 * step)
            middle = (x + math.cos(turn) * length * 0.62, y + math.sin(turn) * length * 0.62)
            _grain(draw, middle, length, turn, colour)


def _grain(
    draw: ImageDraw.ImageDraw, middle: Point, length: float, turn: float, colour: Colour
) -> None:
    points = []
    for step in range(24):
        angle = step / 24 * 2 * math.pi
        along, across = math.cos(angle) * length / 2, math.sin(angle) * length * 0.19
        points.append(
            (
                middle[0] + along * math.cos(turn) - across * math.sin(turn),
                middle[1] + along * math.sin(turn) + across * math.cos(turn),
            )
        )
    draw.polygon([_point(each) for each in points], fill=colour)


def _bottle(sheet: _Sheet, outline: Sequence[Point], first: Colour, last: Colour) -> Image.Image:
    """Fill an outline as a round body: darker at both edges, a streak of light on the left."""
    mask = sheet.shape(lambda draw: draw.polygon(_outline(_round(outline)), fill=255))
    sheet.fill(mask, first, last, sideways=True)
    shade = sheet.shape(
        lambda draw: draw.polygon(_outline(_round([(x * 0.34, y) for x, y in outline])), fill=120)
    ).filter(ImageFilter.GaussianBlur(26 * _SCALE))
    light = Image.new("L", (sheet.size, sheet.size), 0)
    light.paste(shade, (-int(55 * _SCALE), 0))
    light = Image.fromarray((np.asarray(light) * (np.asarray(mask) / 255)).astype(np.uint8))
    sheet.image.paste((255, 255, 255), (0, 0), light)
    return mask


def draw_distillery_logo() -> bytes:
    """Draw the seal of the invented distillery, as PNG without background."""
    sheet = _Sheet(None)
    _seal(sheet, (60, 60, 940, 940), "江南春酿")
    return sheet.finish("PNG")


def draw_farm_logo() -> bytes:
    """Draw the sign of the invented seed company, as PNG without background."""
    sheet = _Sheet(None)
    disc = sheet.shape(lambda draw: draw.ellipse(_scaled((50, 50, 950, 950)), fill=255))
    sheet.fill(disc, _LEAF, (24, 78, 52), sideways=False)
    _ear(sheet, (430, 830), 640, 0.26, _GRAIN)
    _ear(sheet, (430, 830), 520, -0.34, _LEAF_LIGHT)
    return sheet.finish("PNG")


def draw_liquor() -> bytes:
    """Draw a celadon bottle."""
    sheet = _Sheet((_PAPER, (226, 216, 196)))
    sheet.shadow((250, 850, 780, 930))
    neck = [
        (44, 150),
        (46, 260),
        (60, 330),
        (190, 440),
        (214, 560),
        (206, 760),
        (176, 880),
        (120, 890),
    ]
    _bottle(sheet, neck, _CELADON_DARK, _CELADON)
    cap = sheet.shape(
        lambda draw: draw.rounded_rectangle(_scaled((448, 96, 552, 196)), 40, fill=255)
    )
    sheet.fill(cap, (128, 34, 28), _CINNABAR, sideways=True)
    band = sheet.shape(lambda draw: draw.rectangle(_scaled((452, 196, 548, 210)), fill=255))
    sheet.image.paste(_GOLD, (0, 0), band)
    label = sheet.shape(
        lambda draw: draw.rounded_rectangle(_scaled((390, 500, 610, 790)), 24, fill=255)
    )
    sheet.image.paste(_PAPER, (0, 0), label)
    for place, symbol in enumerate("江南春"):
        sheet.write((500, 556 + 76 * place), symbol, 66, _INK)
    sheet.write((500, 766), "十二年陈酿", 24, _CINNABAR)
    return sheet.finish("JPEG")


def draw_gift_box() -> bytes:
    """Draw a box for a feast, with a ribbon."""
    sheet = _Sheet((_PAPER, (226, 216, 196)))
    sheet.shadow((120, 800, 900, 910))
    body = sheet.shape(lambda draw: draw.rectangle(_scaled((180, 330, 820, 850)), fill=255))
    sheet.fill(body, (188, 58, 44), (140, 36, 30), sideways=True)
    lid = sheet.shape(lambda draw: draw.rectangle(_scaled((160, 260, 840, 400)), fill=255))
    sheet.fill(lid, (206, 74, 58), (160, 44, 36), sideways=True)
    edge = sheet.shape(lambda draw: draw.rectangle(_scaled((160, 394, 840, 404)), fill=80))
    sheet.image.paste((40, 10, 8), (0, 0), edge)
    ribbon = sheet.shape(lambda draw: draw.rectangle(_scaled((462, 260, 538, 850)), fill=255))
    sheet.fill(ribbon, (222, 188, 120), _GOLD, sideways=True)
    for side in (-1, 1):
        loop = _round(
            [
                (500, 262),
                (500 + side * 70, 150),
                (500 + side * 170, 130),
                (500 + side * 176, 214),
                (500, 262),
            ]
        )
        mask = sheet.shape(_polygon(loop))
        sheet.fill(mask, (226, 194, 128), (178, 138, 70), sideways=False)
    knot = sheet.shape(lambda draw: draw.ellipse(_scaled((464, 226, 536, 290)), fill=255))
    sheet.image.paste((206, 168, 98), (0, 0), knot)
    _seal(sheet, (400, 500, 600, 700), "家宴礼盒", (120, 28, 24))
    return sheet.finish("JPEG")


def draw_seeds() -> bytes:
    """Draw a bag of rice seed."""
    sheet = _Sheet(((243, 244, 232), (218, 222, 198)))
    sheet.shadow((200, 850, 830, 935))
    bag = [(236, 150), (226, 200), (248, 400), (262, 640), (252, 840), (226, 896), (150, 904)]
    _bottle(sheet, bag, (176, 140, 92), _KRAFT)
    top = sheet.shape(lambda draw: draw.rectangle(_scaled((262, 130, 738, 196)), fill=255))
    sheet.fill(top, _LEAF, (34, 92, 58), sideways=True)
    stitches = ImageDraw.Draw(sheet.image)
    for place in range(284, 730, 26):
        stitches.line((_point((place, 163)), _point((place + 13, 163))), _PAPER, 4 * _SCALE)
    label = sheet.shape(
        lambda draw: draw.rounded_rectangle(_scaled((320, 290, 680, 800)), 40, fill=255)
    )
    sheet.image.paste((250, 247, 236), (0, 0), label)
    _ear(sheet, (470, 600), 280, 0.3, _GRAIN)
    _ear(sheet, (470, 600), 220, -0.36, _LEAF_LIGHT)
    sheet.write((500, 668), "禾优 8 号", 62, _LEAF)
    sheet.write((500, 738), "杂交水稻种子", 34, _INK)
    return sheet.finish("JPEG")


def draw_pesticide() -> bytes:
    """Draw a bottle of crop protection with its green band."""
    sheet = _Sheet(((240, 245, 240), (212, 224, 212)))
    sheet.shadow((280, 850, 750, 930))
    body = [(58, 210), (60, 300), (150, 370), (172, 450), (172, 820), (160, 886), (110, 892)]
    _bottle(sheet, body, (214, 218, 208), _WHITE)
    cap = sheet.shape(
        lambda draw: draw.rounded_rectangle(_scaled((428, 110, 572, 228)), 36, fill=255)
    )
    sheet.fill(cap, (28, 96, 62), (62, 150, 96), sideways=True)
    grooves = ImageDraw.Draw(sheet.image)
    for place in range(442, 568, 14):
        grooves.line((_point((place, 124)), _point((place, 216))), (24, 84, 54), 2 * _SCALE)
    label = sheet.shape(lambda draw: draw.rectangle(_scaled((330, 480, 670, 790)), fill=255))
    sheet.fill(label, _LEAF, (60, 146, 92), sideways=True)
    band = sheet.shape(lambda draw: draw.rectangle(_scaled((330, 700, 670, 790)), fill=255))
    sheet.image.paste(_WHITE, (0, 0), band)
    sheet.write((500, 556), "绿盾", 88, _WHITE)
    sheet.write((500, 642), "阿维菌素 1.8 %", 36, _WHITE)
    sheet.write((500, 745), "乳油  200 mL", 34, _INK)
    return sheet.finish("JPEG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an inspection report says; `rows` are item and result."""

    title: str
    maker: str
    product: str
    lot: str
    day: str
    rows: tuple[tuple[str, str], ...]
    seal: str


def draw_report(report: Report) -> bytes:
    """Draw an inspection report on a sheet of A4, as PDF."""
    width, height = 1240, 1754
    page = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(page)
    large, plain = (
        ImageFont.truetype(FOLDER / name, size) for name, size in ((_HEAVY, 58), (_PLAIN, 30))
    )
    draw.rectangle((70, 70, width - 70, height - 70), outline=_CELADON_DARK, width=4)
    draw.text((width / 2, 190), report.title, font=large, fill=_INK, anchor="mm")
    head = (report.maker, report.product, f"批号 Lot {report.lot}", f"日期 Date {report.day}")
    for place, line in enumerate(head):
        draw.text((140, 300 + 56 * place), line, font=plain, fill=_INK)
    top = 580
    for place, (item, result) in enumerate(report.rows):
        y = top + 76 * place
        draw.line((140, y, width - 140, y), fill=(190, 184, 170), width=2)
        draw.text((150, y + 18), item, font=plain, fill=_INK)
        draw.text((width - 150, y + 18), result, font=plain, fill=_LEAF, anchor="ra")
    _stamp(page, (width - 330, height - 350), report.seal)
    target = io.BytesIO()
    page.save(target, "PDF", resolution=150)
    return target.getvalue()


def _stamp(page: Image.Image, middle: Point, text: str) -> None:
    draw = ImageDraw.Draw(page)
    x, y = middle
    draw.ellipse((x - 130, y - 130, x + 130, y + 130), outline=_CINNABAR, width=8)
    font = ImageFont.truetype(FOLDER / _HEAVY, 44)
    draw.text((x, y), text, font=font, fill=_CINNABAR, anchor="mm")


# By the names the demo's goods call them.
PICTURES: Final[Mapping[str, Callable[[], bytes]]] = {
    "liquor": draw_liquor,
    "gift-box": draw_gift_box,
    "seeds": draw_seeds,
    "pesticide": draw_pesticide,
}
LOGOS: Final[Mapping[str, Callable[[], bytes]]] = {
    "distillery": draw_distillery_logo,
    "farm": draw_farm_logo,
}
