# SPDX-License-Identifier: Apache-2.0
"""Draw strangers' pictures anew, so that nothing but their pixels is kept.

The bytes are hostile: the type is taken from the content, the size in pixels is known before
anything is decoded, and the work is bounded. What comes out was written by this program: no EXIF,
no place where a photograph was taken, no second picture, nothing hidden behind the end.
"""

import io
import struct
import tempfile
import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageCms, ImageOps

from trueorigin.domain.errors import InvalidError

# A 50-megapixel phone takes 8192 by 6144; a bomb of a few KB may claim far more.
PIXELS_MAX: Final = 51_000_000
# Sharp on every screen, and seldom more than half a megabyte.
SIDE_MAX: Final = 2048
MEDIA_TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_JPEG_QUALITY: Final = 88
_WEBP_QUALITY: Final = 86
# A decoded picture takes up to 204 MB: others wait rather than fill the memory.
_AT_ONCE: Final = threading.BoundedSemaphore(2)
# What Pillow raises at damaged or malicious files.
_DAMAGE: Final = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error,
    OverflowError, MemoryError, ImageCms.PyCMSError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnImage:
    """A picture as it is kept and served."""

    content: bytes
    media_type: str
    width: int
    height: int


def redraw_image(data: bytes, *, field: str = "file") -> DrawnImage:
    """Return a JPEG, PNG or WebP of at most `SIDE_MAX` pixels a side, upright and in sRGB.

    Of several pictures in one file the first is taken. Raises `image_type`, `image_too_large`
    beyond `PIXELS_MAX`, or `image_broken`.
    """
    with _AT_ONCE:
        try:
            image = _open(data, field)
            kind = str(image.format)
            drawn = _draw(image)
            content = _encode(drawn, kind)
        except InvalidError:
            raise
        except _DAMAGE:
            raise InvalidError("image_broken", field=field) from None
    return DrawnImage(
        content=content, media_type=MEDIA_TYPES[kind], width=drawn.width, height=drawn.height
    )


def _open(data: bytes, field: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=tuple(MEDIA_TYPES))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidError("image_too_large", field=field, limit=PIXELS_MAX) from None
    except _DAMAGE:
        raise InvalidError("image_type", field=field) from None
    if image.width * image.height > PIXELS_MAX:
        raise InvalidError("image_too_large", field=field, limit=PIXELS_MAX)
    return image


def _draw(image: Image.Image) -> Image.Image:
    # A JPEG decodes at half or a quarter of its size for a quarter or a sixteenth of the work.
    image.draft(None, (SIDE_MAX, SIDE_MAX))
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    drawn = _to_screen_colours(_to_plain_mode(upright), profile)
    drawn.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS)
    # A fresh picture: whatever the file said besides its pixels stays behind.
    fresh = Image.new(drawn.mode, drawn.size)
    fresh.paste(drawn)
    return fresh


def _to_plain_mode(image: Image.Image) -> Image.Image:
    """Return shades of grey or RGB, with transparency where there is some; CMYK stays."""
    if image.mode.startswith("I"):
        # The upper of two bytes: Pillow itself would cut all above 255 off.
        shades = np.asarray(image).astype(np.uint32) >> 8
        return Image.fromarray(np.minimum(shades, 255).astype(np.uint8))
    if image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _to_screen_colours(image: Image.Image, profile: object) -> Image.Image:
    """Turn the colours of the file's own profile into sRGB, which needs none."""
    if isinstance(profile, bytes) and image.mode in {"RGB", "CMYK"}:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        wanted = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, source, wanted, outputMode="RGB")
        if turned is not None:
            return turned
    return image.convert("RGB") if image.mode == "CMYK" else image


def _encode(image: Image.Image, kind: str) -> bytes:
    # Into a file, since only then Pillow lets other threads run: a JPEG held all of them up for
    # 295 ms, now for 25.
    with tempfile.TemporaryFile() as target:
        if kind == "JPEG":
            image.save(target, kind, quality=_JPEG_QUALITY, optimize=True, progressive=True)
        elif kind == "WEBP":
            image.save(target, kind, quality=_WEBP_QUALITY, method=4)
        else:
            image.save(target, kind, optimize=True)
        target.seek(0)
        return target.read()
