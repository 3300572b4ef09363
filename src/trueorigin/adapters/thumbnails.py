# SPDX-License-Identifier: Apache-2.0
"""Make small pictures of our own stored ones, for pages on phones.

Takes only what `adapters/images.py` has drawn anew; strangers' bytes do not come here.
"""

import io
import threading
from typing import Final

from PIL import Image

MEDIA_TYPE: Final = "image/webp"
_QUALITY: Final = 82
# A stored picture of 4 megapixels takes some 20 MB and 0.1 s: others wait.
_AT_ONCE: Final = threading.BoundedSemaphore(2)


def shrink_image(content: bytes, width: int) -> bytes:
    """Return the picture as WebP, `width` pixels wide; wider ones only, never enlarged."""
    with _AT_ONCE, Image.open(io.BytesIO(content)) as image:
        height = max(1, round(image.height * width / image.width))
        if image.format == "JPEG":
            image.draft("RGB", (width * 2, height * 2))
        mode = "RGBA" if image.has_transparency_data else "RGB"
        small = image.convert(mode).resize((width, height), Image.Resampling.LANCZOS)
        target = io.BytesIO()
        small.save(target, "WEBP", quality=_QUALITY, method=4)
    return target.getvalue()
