# SPDX-License-Identifier: Apache-2.0
"""Many pictures of labels in one ZIP file, written and read one at a time."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# A ZIP file knows no time zone and no year before; with a fixed one the same labels give the same
# bytes.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_DEFLATE_LEVEL: Final = 6


def write_archive(out: BinaryIO, members: Iterable[tuple[str, bytes]]) -> int:
    """Write named members to `out`, which need not be seekable, and return how many."""
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_DEFLATE_LEVEL) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            # A PNG is deflated already.
            is_packed = name.endswith(".png")
            info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
            count += 1
    return count


def read_members(path: Path, names: Iterable[str]) -> list[bytes]:
    """Return members of an archive of ours by their names."""
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in names]


def encode_png(dots: NDArray[np.bool_], *, dpi: float) -> bytes:
    """Return one picture (height, width) of black dots as a PNG of one bit a dot."""
    out = io.BytesIO()
    Image.fromarray(~dots).save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def decode_png(data: bytes) -> NDArray[np.uint8]:
    """Return a PNG of ours in shades of grey, (height, width)."""
    return np.asarray(Image.open(io.BytesIO(data), formats=("PNG",)).convert("L"))
