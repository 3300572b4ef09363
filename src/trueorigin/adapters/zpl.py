# SPDX-License-Identifier: Apache-2.0
"""Labels for printers that speak ZPL: each label a format of its own with one picture.

    ^XA^PW708^LL472^LH0,0^FO0,0^GFA,42008,42008,89,:Z64:eJzt...:1A2B^FS^XZ

The printer's own QR command is not used: it cannot mix segments, so its symbols would be larger.
Z64 is deflate in base64 with the CRC of its characters (poly 0x1021 from 0); a label of 60 by 40
mm takes 4 KB of it, 42 uncompressed. One label a line, so that a print job can be cut anywhere.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from trueorigin.adapters.pdf import LabelChunk, LabelJob
from trueorigin.adapters.raster import Raster

# Pictures in memory at a time: some 10 MB on the usual labels.
_BATCH: Final = 32
_DEFLATE_LEVEL: Final = 6
# No label of ours has more dots; what is read back is our own, the bound is for damaged files.
_PICTURE_BYTES_MAX: Final = 2**26
_FIELD: Final = re.compile(
    rb"\^GFA,(\d{1,9}),(\d{1,9}),(\d{1,5}),:Z64:([A-Za-z0-9+/=]+):([0-9A-F]{4})"
)


def write_zpl(out: BinaryIO, job: LabelJob, chunks: Iterable[LabelChunk]) -> int:
    """Write one line of ZPL a label and return how many; the sheet's places are of no matter.

    Raises `label_too_small` or `label_text_too_small` when symbol or code do not fit the label.
    """
    raster = Raster(job)
    row_bytes = -(-raster.width // 8)
    total = row_bytes * raster.height
    head = (
        f"^XA^PW{raster.width}^LL{raster.height}^LH0,0^FO0,0^GFA,{total},{total},{row_bytes},"
    ).encode()
    count = 0
    for part in cut_chunks(chunks, _BATCH):
        for picture in np.packbits(raster.draw(part), axis=-1):
            packed = base64.b64encode(zlib.compress(picture.tobytes(), _DEFLATE_LEVEL))
            check = binascii.crc_hqx(packed, 0)
            out.write(b"%b:Z64:%b:%04X^FS^XZ\n" % (head, packed, check))
            count += 1
    return count


def cut_chunks(chunks: Iterable[LabelChunk], size: int) -> Iterator[LabelChunk]:
    """Cut chunks of any size into such of at most `size` labels."""
    for chunk in chunks:
        for start in range(0, len(chunk.codes), size):
            yield LabelChunk(
                symbols=chunk.symbols[start : start + size], codes=chunk.codes[start : start + size]
            )


def read_picture(line: bytes) -> NDArray[np.uint8]:
    """Return the picture of one line as a printer would print it: 0 is black, 255 white.

    Raises ValueError for anything a printer would refuse or misprint: another form, a wrong check
    sum, a wrong size.
    """
    found = _FIELD.search(line)
    if found is None:
        raise ValueError("no picture in this line")
    packed = found[4]
    if binascii.crc_hqx(packed, 0) != int(found[5], 16):
        raise ValueError("the check sum of the picture is wrong")
    total, row_bytes = int(found[2]), int(found[3])
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), total + 1)
    except (zlib.error, binascii.Error) as error:
        raise ValueError("the picture is damaged") from error
    if int(found[1]) != total or not 0 < len(data) == total <= _PICTURE_BYTES_MAX:
        raise ValueError("the picture has another size than it says")
    bits = np.unpackbits(np.frombuffer(data, np.uint8).reshape(-1, row_bytes), axis=1)
    return np.where(bits, np.uint8(0), np.uint8(255))
