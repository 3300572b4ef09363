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


def make_pdf(*, pages: int = 1, password: str = "") -> bytes:
    """Make a PDF document, perhaps with a password."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 200))
    target = io.BytesIO()
    encryption = pikepdf.Encryption(user=password, owner="o") if password else None
    document.save(target, encryption=encryption or False)
    return target.getvalue()


def make_active_pdf(kind: str) -> bytes:
    """Make a PDF document that does, or carries, something; `ACTIVE` names the kinds."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(200, 200))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    if kind == "script in a page":
        page.obj.AA = pikepdf.Dictionary(O=script)
    elif kind == "script in a link":
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=script)
        page.obj.Annots = pikepdf.Array([link])
    elif kind == "script that nothing leads to":
        document.Root.Unused = pikepdf.Array([pikepdf.Array([document.make_indirect(script)])])
    elif kind == "script when opened":
        document.Root.OpenAction = document.make_indirect(script)
    elif kind == "named script":
        names = pikepdf.Dictionary(Names=pikepdf.Array(["a", script]))
        document.Root.Names = pikepdf.Dictionary(JavaScript=names)
    elif kind == "program to launch":
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    elif kind == "form that is sent":
        document.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.SubmitForm, F="http://a.example"
        )
    elif kind == "XFA form":
        document.Root.AcroForm = pikepdf.Dictionary(XFA=document.make_stream(b"<xdp/>"))
    else:
        virus = document.make_stream(EICAR, Type=pikepdf.Name.EmbeddedFile)
        carrier = pikepdf.Dictionary(F="virus.com", EF=pikepdf.Dictionary(F=virus))
        names = pikepdf.Dictionary(Names=pikepdf.Array(["virus.com", carrier]))
        document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=names)
    target = io.BytesIO()
    document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


ACTIVE = (
    "script when opened",
    "script in a page",
    "script in a link",
    "script that nothing leads to",
    "named script",
    "program to launch",
    "form that is sent",
    "XFA form",
    "EICAR as an attachment",
)


def make_pdf_bomb(mebibytes: int) -> bytes:
    """Make a PDF whose two compressed objects unpack to so much; a thousandth of that long."""
    packer = zlib.compressobj(6)
    packed = packer.compress(b"1 0 2 3 ".ljust(20) + b"<<>>")
    blanks = b" " * 2**20
    packed += b"".join(packer.compress(blanks) for _ in range(mebibytes)) + packer.flush()
    head = b"<</Type/ObjStm/N 2/First 20/Filter/FlateDecode/Length %d>>" % len(packed)
    objects = {
        3: b"<</Type/Catalog/Pages 4 0 R>>",
        4: b"<</Type/Pages/Kids[6 0 R]/Count 1>>",
        6: b"<</Type/Page/Parent 4 0 R/MediaBox[0 0 9 9]/Group 1 0 R>>",
        5: head + b"stream\n" + packed + b"\nendstream",
    }
    out, places = b"%PDF-1.5\n", {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    places[7] = len(out)
    rows = [b"\0\0\0\0\xff", b"\2\0\0\5\0", b"\2\0\0\5\1"]
    rows += [b"\1%b\0" % places[number].to_bytes(3) for number in range(3, 8)]
    table = b"".join(rows)
    head = b"<</Type/XRef/Size 8/W[1 3 1]/Root 3 0 R/Length %d>>" % len(table)
    out += b"7 0 obj\n%bstream\n%b\nendstream\nendobj\n" % (head, table)
    return out + b"startxref\n%d\n%%%%EOF\n" % places[7]


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
