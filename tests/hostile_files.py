"""Files that strangers send: honest ones, disguised ones and bombs."""

import io
import struct
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image, ImageCms

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


def make_image(
    kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object
) -> bytes:
    """Make a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, (200, 20, 20))
    image.paste((20, 20, 200), (size[0] // 2, 0, size[0], size[1]))
    target = io.BytesIO()
    image.convert(mode).save(target, kind, **options)
    return target.getvalue()


def make_photo(orientation: int = 1, *, kind: str = "JPEG") -> bytes:
    """Make a photograph with orientation, place and a comment in its EXIF data."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "SECRET-DESCRIPTION"
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 0.0), 3: "E", 4: (121.0, 28.0, 0.0)}
    return make_image(kind, exif=exif)


def make_pdf(*, pages: int = 1, password: str = "", script: bool = False) -> bytes:
    """Make a PDF document, with a script that runs when it is opened or with a password."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 200))
    if script:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        document.Root.OpenAction = document.make_indirect(action)
    target = io.BytesIO()
    encryption = pikepdf.Encryption(user=password, owner="o") if password else None
    document.save(target, encryption=encryption or False)
    return target.getvalue()


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def make_png_bomb(width: int, height: int) -> bytes:
    """Make a PNG of a few hundred KB at most that claims to be this large and really is."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + -(-width // 8))
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def make_text_bomb() -> bytes:
    """Make a tiny PNG whose comment unpacks to 200 MB."""
    plain = make_image()
    comment = b"c\x00\x00" + zlib.compress(b"\x00" * (200 * 2**20), 9)
    return plain[:33] + _chunk(b"zTXt", comment) + plain[33:]


def make_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


# What every upload refuses as "not a file we take", by name.
DISGUISED: dict[str, Callable[[], bytes]] = {
    "EICAR test file": lambda: EICAR,
    "SVG with script": lambda: SVG,
    "HTML": lambda: HTML,
    "GIF": lambda: make_image("GIF"),
    "BMP": lambda: make_image("BMP"),
    "TIFF": lambda: make_image("TIFF"),
    "ZIP": lambda: b"PK\x03\x04" + bytes(100),
    "Windows program": lambda: b"MZ" + bytes(100),
    "ELF program": lambda: b"\x7fELF" + bytes(100),
    "PDF behind a kilobyte of HTML": lambda: HTML + make_pdf(),
    "EPS": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    "one byte": lambda: b"\x00",
}
# Right first bytes, and nothing right behind them.
BROKEN: dict[str, Callable[[], bytes]] = {
    "PNG cut off": lambda: make_image()[:60],
    "JPEG cut off": lambda: make_image("JPEG")[:300],
    "WebP cut off": lambda: make_image("WEBP")[:30],
    "PNG signature and script": lambda: b"\x89PNG\r\n\x1a\n" + HTML,
    "JPEG signature and script": lambda: b"\xff\xd8\xff" + HTML,
    "PNG of nothing": lambda: make_image()[:8],
}
