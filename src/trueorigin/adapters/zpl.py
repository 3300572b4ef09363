# SPDX-License-Identifier: Apache-2.0
"""Labels for printers that speak ZPL: each label a format of its own with one picture.

    ^XA^PW708^LL472^LH0,0^FO0,0^GFA,42008,42008,89,:Z64:eJzt...:1A2B^FS^XZ

The printer's own QR command is not used: it cannot mix segments, so its symbols would be larger.
Z64 is deflate in base64 with the CRC of its characters (poly 0x1021 from 0); a label of 60 by 40
mm takes 4 KB of it, 42 uncompressed. One label a line, so that a print job can be cut anywhere.

A logo is sent once: the first line stores it in the printer's memory under a name made of its
dots, labels recall it, and the last line throws it away; these two print nothing.

    ~DGR:TO4F1A2B.GRF,3780,27,:Z64:...:9C01
    ^XA^PW708^LL472^LH0,0^FO378,60^XGR:TO4F1A2B.GRF,1,1^FS^FO0,0^GFA,...^FS^XZ
    ^XA^IDR:TO4F1A2B.GRF^FS^XZ
"""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterable
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from trueorigin.adapters.pdf import LabelChunk, LabelJob, cut_chunks
from trueorigin.adapters.raster import Raster

# Pictures in memory at a time: some 10 MB on the usual labels.
_BATCH: Final = 32
_DEFLATE_LEVEL: Final = 6
# No label of ours has more dots; what is read back is our own, the bound is for damaged files.
_PICTURE_BYTES_MAX: Final = 2**26
_Z64: Final = rb":Z64:([A-Za-z0-9+/=]+):([0-9A-F]{4})"
_FIELD: Final = re.compile(rb"\^GFA,(\d{1,9}),(\d{1,9}),(\d{1,5})," + _Z64)
_STORED: Final = re.compile(rb"~DGR:(\w{1,8}\.GRF),(\d{1,9}),(\d{1,5})," + _Z64 + rb"\n?")
_RECALLED: Final = re.compile(rb"\^FO(\d{1,5}),(\d{1,5})\^XGR:(\w{1,8}\.GRF),1,1\^FS")
_FORGOTTEN: Final = re.compile(rb"\^XA\^IDR:(\w{1,8}\.GRF)\^FS\^XZ\n?")


def write_zpl(out: BinaryIO, job: LabelJob, chunks: Iterable[LabelChunk]) -> int:
    """Write one line of ZPL a label and return how many; the sheet's places are of no matter.

    Raises what `LabelJob.arrange` does.
    """
    usual, *last = job.forms
    raster = Raster(usual, is_logo_apart=True)
    name, recall = b"", b""
    if raster.logo is not None:
        box, dots = raster.logo
        name = _name_graphic(dots)
        recall = b"^FO%d,%d^XGR:%b,1,1^FS" % (box.left, box.top, name)
        picture = np.packbits(dots, axis=-1)
        out.write(
            b"~DGR:%b,%d,%d,%b\n" % (name, picture.size, picture.shape[1], _pack(picture.tobytes()))
        )
    # A last label of its own has the logo in its picture: other texts may move it or make it small.
    forms = [(raster, _open_line(raster, recall))]
    forms += [(each, _open_line(each, b"")) for each in map(Raster, last)]
    count = 0
    for part in cut_chunks(chunks, _BATCH):
        raster, head = forms[part.is_last]
        for picture in np.packbits(raster.draw(part), axis=-1):
            out.write(b"%b%b^FS^XZ\n" % (head, _pack(picture.tobytes())))
            count += 1
    if name:
        out.write(b"^XA^IDR:%b^FS^XZ\n" % name)
    return count


def _open_line(raster: Raster, recall: bytes) -> bytes:
    """Return the beginning of a label's line, up to its picture."""
    row_bytes = -(-raster.width // 8)
    total = row_bytes * raster.height
    size = b"^XA^PW%d^LL%d^LH0,0" % (raster.width, raster.height)
    return size + recall + b"^FO0,0^GFA,%d,%d,%d," % (total, total, row_bytes)


def _pack(data: bytes) -> bytes:
    """Return data as Z64."""
    packed = base64.b64encode(zlib.compress(data, _DEFLATE_LEVEL))
    return b":Z64:%b:%04X" % (packed, binascii.crc_hqx(packed, 0))


def _name_graphic(dots: NDArray[np.bool_]) -> bytes:
    """Return a name of at most eight characters that another logo will hardly have."""
    digest = hashlib.sha256(repr(dots.shape).encode() + dots.tobytes()).hexdigest()
    return f"TO{digest[:6].upper()}.GRF".encode()


def read_picture(line: bytes) -> NDArray[np.uint8]:
    """Return the picture of one line as a printer would print it: 0 is black, 255 white.

    Raises ValueError for anything a printer would refuse or misprint: another form, a wrong check
    sum, a wrong size, a logo that was not sent.
    """
    picture = Printer().take(line)
    if picture is None:
        raise ValueError("no picture in this line")
    return picture


class Printer:
    """Does with our ZPL what a printer does, as far as we use the language."""

    def __init__(self) -> None:
        """Begin with an empty memory."""
        self._stored: dict[bytes, NDArray[np.bool_]] = {}

    def take(self, line: bytes) -> NDArray[np.uint8] | None:
        """Return the label that `line` prints, or None when it only stores or throws away.

        0 is black, 255 white. Raises ValueError for what a printer would refuse or misprint.
        """
        stored = _STORED.fullmatch(line)
        if stored is not None:
            self._stored[stored[1]] = _unpack(stored[2], stored[3], (stored[4], stored[5]))
            return None
        forgotten = _FORGOTTEN.fullmatch(line)
        if forgotten is not None:
            self._stored.pop(forgotten[1], None)
            return None
        found = _FIELD.search(line)
        if found is None:
            raise ValueError("no picture in this line")
        if found[1] != found[2]:
            raise ValueError("the picture has another size than it says")
        bits = _unpack(found[2], found[3], (found[4], found[5]))
        for left, top, name in _RECALLED.findall(line):
            logo = self._stored.get(name)
            if logo is None:
                raise ValueError("a picture is recalled that was not stored")
            # What does not fit is cut off, as on paper.
            room = bits[int(top) :, int(left) :][: logo.shape[0], : logo.shape[1]]
            room |= logo[: room.shape[0], : room.shape[1]]
        return np.where(bits, np.uint8(0), np.uint8(255))


def _unpack(size: bytes, width: bytes, z64: tuple[bytes, bytes]) -> NDArray[np.bool_]:
    """Return the dots of a picture of `size` bytes, `width` a row."""
    packed, check = z64
    if binascii.crc_hqx(packed, 0) != int(check, 16):
        raise ValueError("the check sum of the picture is wrong")
    total, row_bytes = int(size), int(width)
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), total + 1)
    except (zlib.error, binascii.Error) as error:
        raise ValueError("the picture is damaged") from error
    if not 0 < len(data) == total <= _PICTURE_BYTES_MAX or not row_bytes or total % row_bytes:
        raise ValueError("the picture has another size than it says")
    rows = np.frombuffer(data, np.uint8).reshape(-1, row_bytes)
    return np.unpackbits(rows, axis=1).astype(np.bool_)
