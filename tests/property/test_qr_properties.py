# SPDX-License-Identifier: Apache-2.0
"""Symbols of random serials equal those of three encoders that we did not write."""

from functools import cache

import numpy as np
import qrcode
import qrcodegen
import segno
import zxingcpp
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

from trueorigin.domain.qr import Template, encode, unpack
from trueorigin.domain.qr_segments import Mode, Segment, segments

serials = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=16, max_size=16)
hosts = st.sampled_from(["A.CN", "AB.CN", "TRUEORIG.CN", "TRACE.TRUEORIGIN.EXAMPLE"])


@cache
def template_for(host: str) -> Template:
    return Template(f"https://{host}/01/09506000134352/21/", 16)


def draw(template: Template, serial: str) -> NDArray[np.bool_]:
    characters = np.frombuffer(serial.encode(), np.uint8).reshape(1, -1)
    (modules,) = unpack(template.render(characters), template.size)
    drawn: NDArray[np.bool_] = modules
    return drawn


def cut(template: Template, text: str) -> list[Segment]:
    parts, at = [], 0
    for part in template.segments:
        parts.append(Segment(mode=part.mode, text=text[at : at + len(part.text)]))
        at += len(part.text)
    return parts


@settings(max_examples=40, deadline=None)
@given(host=hosts, serial=serials)
def test_mixed_url_equals_qrcodegen(host: str, serial: str) -> None:
    template = template_for(host)
    makers = {
        Mode.NUMERIC: qrcodegen.QrSegment.make_numeric,
        Mode.ALPHANUMERIC: qrcodegen.QrSegment.make_alphanumeric,
        Mode.BYTE: lambda text: qrcodegen.QrSegment.make_bytes(text.encode()),
    }
    theirs = qrcodegen.QrCode.encode_segments(
        [makers[part.mode](part.text) for part in cut(template, template.text(serial))],
        qrcodegen.QrCode.Ecc.MEDIUM,
        template.version,
        template.version,
        template.mask,
        boostecl=False,
    )
    size = range(theirs.get_size())
    assert draw(template, serial).tolist() == [
        [theirs.get_module(x, y) for x in size] for y in size
    ]


@settings(max_examples=20, deadline=None)
@given(host=hosts, serial=serials)
def test_mixed_url_equals_qrcode(host: str, serial: str) -> None:
    template = template_for(host)
    modes = {
        Mode.NUMERIC: MODE_NUMBER,
        Mode.ALPHANUMERIC: MODE_ALPHA_NUM,
        Mode.BYTE: MODE_8BIT_BYTE,
    }
    theirs = qrcode.QRCode(
        version=template.version,
        error_correction=qrcode.ERROR_CORRECT_M,
        mask_pattern=template.mask,
        border=0,
    )
    for part in cut(template, template.text(serial)):
        theirs.add_data(QRData(part.text.encode(), mode=modes[part.mode]), optimize=0)
    theirs.make(fit=False)
    assert draw(template, serial).tolist() == theirs.get_matrix()


@settings(max_examples=40, deadline=None)
@given(serial=serials)
def test_alphanumeric_url_equals_segno(serial: str) -> None:
    template = Template("HTTPS://A.CN/C/", 16, mask=4)
    theirs = segno.make_qr(
        template.text(serial),
        version=template.version,
        error="m",
        mode="alphanumeric",
        mask=4,
        boost_error=False,
    )
    assert draw(template, serial).tolist() == [
        [bool(cell) for cell in row] for row in theirs.matrix
    ]


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.sampled_from("0123456789ABCXYZ $%*+-./:abc?=&源é"), min_size=1, max_size=200)
)
def test_segments_keep_the_text_and_are_never_longer_than_bytes(text: str) -> None:
    parts = segments(text)
    assert "".join(part.text for part in parts) == text
    symbol = encode(text)
    whole = qrcodegen.QrCode.encode_segments(
        [qrcodegen.QrSegment.make_bytes(text.encode())],
        qrcodegen.QrCode.Ecc.MEDIUM,
        boostecl=False,
    )
    assert symbol.version <= whole.get_version()


@settings(max_examples=30, deadline=None)
@given(text=st.text(st.sampled_from("0123456789ABCXYZ $%*+-./:abc?=&"), min_size=1, max_size=300))
def test_what_is_encoded_is_read(text: str) -> None:
    modules = encode(text).modules
    picture = np.where(np.kron(np.pad(modules, 4), np.ones((4, 4), np.bool_)), 0, 255)
    read = zxingcpp.read_barcodes(picture.astype(np.uint8), text_mode=zxingcpp.TextMode.Plain)
    assert [found.text for found in read] == [text]
